package academy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"peakseat/academy/exchange"
	"peakseat/academy/psychometrics"
	"peakseat/internal/postgres"
)

// Calibration is what people's answers say of a bank's questions, on the scale on which those people are standard normal.
type Calibration struct {
	ID            uuid.UUID        `json:"id"`
	BankID        uuid.UUID        `json:"bank_id"`
	Model         string           `json:"model" enum:"rasch,two_pl"`
	Examinees     int              `json:"examinees"`
	LogLikelihood float64          `json:"log_likelihood"`
	MadeAt        time.Time        `json:"made_at"`
	Items         []CalibratedItem `json:"items" nullable:"false"`
}

// CalibratedItem is a question's parameters with their standard errors: how steeply the chance of a right answer rises, and
// the ability at which it is one half.
type CalibratedItem struct {
	QuestionVersionID uuid.UUID `json:"question_version_id"`
	Answers           int       `json:"answers"`
	A                 float64   `json:"a"`
	B                 float64   `json:"b"`
	SEA               float64   `json:"se_a"`
	SEB               float64   `json:"se_b"`
}

// How much is calibrated at once, the newest and most answered first, so that it takes seconds and not minutes.
const (
	calibratedPeople = 3000
	calibratedItems  = 200
	calibratedLeast  = 30
)

// CalibrateBank estimates the parameters of a bank's questions from everybody's first graded attempts and from placements;
// placements that begin afterwards choose by them. Priors (a near 1, no question beyond reach) hold where answers are few. It
// returns ErrFewAnswers.
func (s *Service) CalibrateBank(ctx context.Context, bank uuid.UUID, model string) (c *Calibration, err error) {
	var ids []uuid.UUID
	var responses []psychometrics.Response
	if err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		if _, err := theOne(selectBanks(tx, `b.id = ?`, bank)); err != nil {
			return err
		}
		ids, responses, err = selectResponses(tx, bank)
		return err
	}); err != nil {
		return nil, err
	}
	if len(responses) < calibratedLeast {
		return nil, ErrFewAnswers
	}
	options := psychometrics.Options{SpreadLogA: 0.5, SpreadB: 3}
	if model == "rasch" {
		options.Model = psychometrics.Rasch
	}
	estimated, err := psychometrics.Calibrate(responses, len(ids), options)
	if errors.Is(err, psychometrics.ErrNoEstimate) {
		return nil, ErrFewAnswers.Because(err)
	}
	if err != nil {
		return nil, fmt.Errorf("calibrate bank %s: %w", bank, err)
	}
	c = &Calibration{ID: newID(), BankID: bank, Model: model, Examinees: len(responses), LogLikelihood: estimated.LogLikelihood, Items: make([]CalibratedItem, len(ids))}
	for i, e := range estimated.Items {
		c.Items[i] = CalibratedItem{QuestionVersionID: ids[i], A: e.A, B: e.B, SEA: e.SEA, SEB: e.SEB}
		for _, r := range responses {
			c.Items[i].Answers += one(r[i] != psychometrics.NotAsked)
		}
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		c.MadeAt = tx.Now
		return insertCalibration(tx, c)
	})
	return c, err
}

// selectResponses are the sittings at a bank's questions that are marked right or wrong at once: everything short of the whole
// mark is wrong.
func selectResponses(tx *postgres.Tx, bank uuid.UUID) (ids []uuid.UUID, responses []psychometrics.Response, err error) {
	var rows []struct {
		Sitting, Version uuid.UUID
		IsRight          bool
	}
	if err := tx.Raw(`with answer as (
			select m.attempt_id as sitting, i.question_version_id as version, m.earned = ? as is_right from academy.mark m
				join academy.attempt_item i on i.attempt_id = m.attempt_id and i.position = m.position
				where m.round = 0 and m.attempt_id in (select distinct on (agent_id, paper_id) id from academy.attempt where state = 'graded' order by agent_id, paper_id, number)
			union all select k.placement_id, i.question_version_id, k.right_answer from academy.placement_answer k
				join academy.placement_item i on i.placement_id = k.placement_id and i.position = k.position and i.agent_id = k.agent_id),
		mine as (select a.* from answer a join academy.question_version v on v.id = a.version join academy.question q on q.id = v.question_id
			where q.bank_id = ? and v.kind not in ('open', 'dialogue')),
		kept as (select version from mine group by version order by count(*) desc, version limit ?),
		people as (select distinct sitting from mine order by sitting desc limit ?)
		select sitting, version, is_right from mine join kept using (version) join people using (sitting) order by sitting, version`,
		int64(exchange.Full), bank, calibratedItems, calibratedPeople).Scan(&rows).Error; err != nil {
		return nil, nil, err
	}
	place := map[uuid.UUID]int{}
	for _, r := range rows {
		if _, known := place[r.Version]; !known {
			place[r.Version] = len(ids)
			ids = append(ids, r.Version)
		}
	}
	last := uuid.Nil
	for _, r := range rows {
		if r.Sitting != last {
			response := make(psychometrics.Response, len(ids))
			for i := range response {
				response[i] = psychometrics.NotAsked
			}
			responses, last = append(responses, response), r.Sitting
		}
		responses[len(responses)-1][place[r.Version]] = psychometrics.Wrong
		if r.IsRight {
			responses[len(responses)-1][place[r.Version]] = psychometrics.Right
		}
	}
	return ids, responses, nil
}

func insertCalibration(tx *postgres.Tx, c *Calibration) error {
	if err := tx.Exec(`insert into academy.calibration (id, bank_id, model, examinees, log_likelihood, made_by, made_at) values (?, ?, ?, ?, ?, ?, ?)`,
		c.ID, c.BankID, c.Model, c.Examinees, c.LogLikelihood, tx.Actor.AccountID, tx.Now).Error; err != nil {
		return refusal(err)
	}
	for _, i := range c.Items {
		if err := tx.Exec(`insert into academy.calibrated_item (calibration_id, question_version_id, answers, a, b, se_a, se_b) values (?, ?, ?, ?, ?, ?, ?)`,
			c.ID, i.QuestionVersionID, i.Answers, i.A, i.B, i.SEA, i.SEB).Error; err != nil {
			return refusal(err)
		}
	}
	return nil
}
