package academy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/postgres"
	"peakseat/internal/seal"
)

// Keys is what the academy asks about people: the keys under which their answers are sealed. People who were erased are
// missing from the map.
type Keys interface {
	DataKeys(tx *postgres.Tx, people []uuid.UUID) (map[uuid.UUID]seal.DataKey, error)
}

// errUnfit says that what was opened is no list of options.
var errUnfit = errors.New("the sealed answers are no options")

// sealAnswers seals the options of an assessment, a byte each; they open as that assessment's only.
func sealAnswers(key seal.DataKey, id uuid.UUID, answers []int) []byte {
	plain := make([]byte, len(answers))
	for i, a := range answers {
		plain[i] = byte(a) //nolint:gosec // an option of a form: some few
	}
	return key.Seal(answersField(id), plain)
}

func unsealAnswers(key seal.DataKey, id uuid.UUID, sealed []byte, items, options int) ([]int, error) {
	plain, err := key.Unseal(answersField(id), sealed)
	if err != nil {
		return nil, err
	}
	if len(plain) != items {
		return nil, errUnfit
	}
	answers := make([]int, items)
	for i, b := range plain {
		if answers[i] = int(b); answers[i] >= options {
			return nil, errUnfit
		}
	}
	return answers, nil
}

func answersField(id uuid.UUID) string { return "academy.assessment/" + id.String() }

// sealEvery is how often answers are looked for that are not sealed yet.
const sealEvery = time.Minute

func (s *Service) sealLoop(ctx context.Context) error {
	return s.every(ctx, sealEvery, "answers could not be sealed", s.SealAssessments)
}

// SealAssessments seals the answers that were written before answers were sealed.
func (s *Service) SealAssessments(ctx context.Context) error {
	for {
		var done int
		err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) (err error) {
			done, err = s.sealBatch(tx)
			return err
		})
		if err != nil || done == 0 {
			return err
		}
	}
}

func (s *Service) sealBatch(tx *postgres.Tx) (done int, err error) {
	var rows []struct {
		ID, AgentID uuid.UUID
		Answers     string
	}
	if err := tx.Raw(`select id, agent_id, to_json(answers)::text as answers from academy.assessment where sealed is null order by id limit ? for update`, sweepBatch).Scan(&rows).Error; err != nil {
		return 0, err
	}
	var people []uuid.UUID
	for _, r := range rows {
		people = append(people, r.AgentID)
	}
	keys, err := s.Keys.DataKeys(tx, people)
	if err != nil {
		return 0, err
	}
	for _, r := range rows {
		key, there := keys[r.AgentID]
		if !there { // erased: their answers go too
			if err := tx.Exec(`delete from academy.assessment where id = ?`, r.ID).Error; err != nil {
				return 0, err
			}
			continue
		}
		var answers []int
		if err := json.Unmarshal([]byte(r.Answers), &answers); err != nil {
			return 0, fmt.Errorf("read assessment %s: %w", r.ID, err)
		}
		if err := tx.Exec(`update academy.assessment set sealed = ?, answers = null where id = ?`, sealAnswers(key, r.ID, answers), r.ID).Error; err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}
