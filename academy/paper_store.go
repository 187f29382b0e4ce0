package academy

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"peakseat/academy/exchange"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

const paperColumns = `v.id, v.paper_id, p.code, v.version, v.revision, v.state, v.name_zh, v.name_en, v.minutes, v.grace_seconds, v.pass_score, v.max_attempts,
	v.cool_down_minutes, v.max_overlap, to_jsonb(v.bank_ids) as banks, v.blueprint, v.created_at, v.published_at from academy.paper p join academy.paper_version v on v.paper_id = p.id`

type paperRow struct {
	ID, PaperID                                                                uuid.UUID
	Code                                                                       string
	Version                                                                    int
	Revision                                                                   int64
	State                                                                      string
	NameZH                                                                     string `gorm:"column:name_zh"`
	NameEN                                                                     string `gorm:"column:name_en"`
	Minutes, GraceSeconds, PassScore, MaxAttempts, CoolDownMinutes, MaxOverlap int
	BankIDs                                                                    []byte `gorm:"column:banks"`
	Blueprint                                                                  []byte
	CreatedAt                                                                  time.Time
	PublishedAt                                                                *time.Time
}

func selectPapers(tx *postgres.Tx, query string, args ...any) ([]PaperVersion, error) {
	var rows []paperRow
	if err := tx.Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	list := make([]PaperVersion, len(rows))
	for i, r := range rows {
		v := PaperVersion{
			ID: r.ID, PaperID: r.PaperID, Code: r.Code, Version: r.Version, Revision: r.Revision, State: r.State, CreatedAt: r.CreatedAt.UTC(), PublishedAt: r.PublishedAt,
			PaperTerms: PaperTerms{
				NameZH: r.NameZH, NameEN: r.NameEN, Minutes: r.Minutes, GraceSeconds: r.GraceSeconds, PassScore: r.PassScore,
				MaxAttempts: r.MaxAttempts, CoolDownMinutes: r.CoolDownMinutes, MaxOverlap: r.MaxOverlap,
			},
		}
		if err := json.Unmarshal(r.BankIDs, &v.BankIDs); err != nil {
			return nil, fmt.Errorf("read the banks of paper version %s: %w", r.ID, err)
		}
		if err := json.Unmarshal(r.Blueprint, &v.Blueprint); err != nil {
			return nil, fmt.Errorf("read the blueprint of paper version %s: %w", r.ID, err)
		}
		list[i] = v
	}
	return list, nil
}

// selectPaperVersion is a version, of any state.
func selectPaperVersion(tx *postgres.Tx, id uuid.UUID) (PaperVersion, error) {
	return theOne(selectPapers(tx, `select `+paperColumns+` where v.id = ?`, id))
}

// selectPublished is the newest published version of a paper, the one to sit.
func selectPublished(tx *postgres.Tx, paper uuid.UUID) (PaperVersion, error) {
	return theOne(selectPapers(tx, `select `+paperColumns+` where p.id = ? and v.state = 'published' order by v.version desc limit 1`, paper))
}

// selectPool is what a published version draws from, in the order of the ids.
func selectPool(tx *postgres.Tx, paperVersion uuid.UUID) (pool []pooled, err error) {
	err = tx.Raw(`select q.id, q.topic, q.difficulty from academy.paper_pool p join academy.question_version q on q.id = p.question_version_id
		where p.paper_version_id = ? order by q.id`, paperVersion).Scan(&pool).Error
	return pool, err
}

// selectBodies are the questions of a form.
func selectBodies(tx *postgres.Tx, form []DrawnItem) (map[uuid.UUID]exchange.Question, error) {
	ids := make([]uuid.UUID, len(form))
	for i := range form {
		ids[i] = form[i].QuestionVersionID
	}
	var rows []struct {
		ID   uuid.UUID
		Body []byte
	}
	if err := tx.Raw(`select id, body from academy.question_version where id = any(?)`, postgres.ArrayOf(ids)).Scan(&rows).Error; err != nil {
		return nil, err
	}
	bodies := make(map[uuid.UUID]exchange.Question, len(rows))
	for _, r := range rows {
		var q exchange.Question
		if err := json.Unmarshal(r.Body, &q); err != nil {
			return nil, fmt.Errorf("read question version %s: %w", r.ID, err)
		}
		bodies[r.ID] = q
	}
	return bodies, nil
}

func theOne[T any](list []T, err error) (T, error) {
	var none T
	if err != nil {
		return none, err
	}
	if len(list) == 0 {
		return none, fault.ErrNotFound
	}
	return list[0], nil
}
