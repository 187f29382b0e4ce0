package academy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/academy/exchange"
	"peakseat/academy/psychometrics"
	"peakseat/internal/fault"
	"peakseat/internal/job"
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

// CalibrationRun is an estimation under way, or what came of it.
type CalibrationRun struct {
	ID          uuid.UUID    `json:"id"`
	State       job.State    `json:"state" enum:"queued,running,done,failed"`
	Done        int64        `json:"done" doc:"of total; nothing is lost where a worker dies, another begins again"`
	Total       int64        `json:"total"`
	Error       string       `json:"error,omitempty" doc:"why it failed: few_answers, or unavailable"`
	Calibration *Calibration `json:"calibration,omitempty" doc:"once it is done"`
}

const calibrationJob = "academy.calibration"

type calibrationArgs struct {
	BankID uuid.UUID `json:"bank_id"`
	Model  string    `json:"model"`
}

// Workers are the academy's long work.
func (s *Service) Workers() []job.Worker {
	return []job.Worker{{Kind: calibrationJob, Run: s.runCalibration}}
}

// CalibrateBank has the parameters of a bank's questions estimated from everybody's first graded attempts and from placements;
// placements that begin afterwards choose by them. It is fault.ErrNotFound where there is no such bank.
func (s *Service) CalibrateBank(ctx context.Context, bank uuid.UUID, model string) (run *CalibrationRun, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if _, err := theOne(selectBanks(tx, `b.id = ?`, bank)); err != nil {
			return err
		}
		id, err := job.Enqueue(tx, calibrationJob, calibrationArgs{bank, model}, tx.Actor.AccountID)
		run = &CalibrationRun{ID: id, State: job.Queued}
		return err
	})
	return run, err
}

// CalibrationRun is an estimation that an official asked for; another official may look at it too.
func (s *Service) CalibrationRun(ctx context.Context, id uuid.UUID) (run *CalibrationRun, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		j, err := job.Get(tx, id)
		if err != nil {
			return err
		}
		if j.Kind != calibrationJob {
			return fault.ErrNotFound
		}
		run = &CalibrationRun{ID: id, State: j.State, Done: j.Done, Total: j.Total}
		switch j.State {
		case job.Failed:
			if run.Error = "unavailable"; strings.Contains(j.Error, "few_answers") {
				run.Error = "few_answers"
			}
		case job.Queued, job.Begun:
		case job.Done:
			run.Calibration, err = selectCalibration(tx, id)
		}
		return err
	})
	return run, err
}

// runCalibration estimates and stores. Priors (a near 1, no question beyond reach) hold where answers are few; where they are too
// few it fails with ErrFewAnswers. The calibration has the job's id, so that a worker that takes over stores it once.
func (s *Service) runCalibration(ctx context.Context, r *job.Running) error {
	var args calibrationArgs
	if err := r.Args(&args); err != nil {
		return err
	}
	var ids []uuid.UUID
	var responses []psychometrics.Response
	if err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) (err error) {
		ids, responses, err = selectResponses(tx, args.BankID)
		return err
	}); err != nil {
		return err
	}
	if len(responses) < calibratedLeast {
		return ErrFewAnswers
	}
	const whole = 100
	options := psychometrics.Options{
		SpreadLogA: 0.5, SpreadB: 3,
		Told: func(share float64) error { return r.Progress(ctx, int64(share*whole), whole) },
	}
	if args.Model == "rasch" {
		options.Model = psychometrics.Rasch
	}
	estimated, err := psychometrics.Calibrate(responses, len(ids), options)
	if errors.Is(err, psychometrics.ErrNoEstimate) {
		return ErrFewAnswers.Because(err)
	}
	if err != nil {
		return fmt.Errorf("calibrate bank %s: %w", args.BankID, err)
	}
	c := &Calibration{ID: r.ID, BankID: args.BankID, Model: args.Model, Examinees: len(responses), LogLikelihood: estimated.LogLikelihood, Items: make([]CalibratedItem, len(ids))}
	for i, e := range estimated.Items {
		c.Items[i] = CalibratedItem{QuestionVersionID: ids[i], A: e.A, B: e.B, SEA: e.SEA, SEB: e.SEB}
		for _, r := range responses {
			c.Items[i].Answers += one(r[i] != psychometrics.NotAsked)
		}
	}
	if err := r.Progress(ctx, whole, whole); err != nil {
		return err
	}
	return postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error { return insertCalibration(tx, c, r.AccountID) })
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

// insertCalibration stores it, unless another worker has.
func insertCalibration(tx *postgres.Tx, c *Calibration, by uuid.UUID) error {
	stored := tx.Exec(`insert into academy.calibration (id, bank_id, model, examinees, log_likelihood, made_by, made_at) values (?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing`,
		c.ID, c.BankID, c.Model, c.Examinees, c.LogLikelihood, by, tx.Now)
	if stored.Error != nil || stored.RowsAffected == 0 {
		return refusal(stored.Error)
	}
	for _, i := range c.Items {
		if err := tx.Exec(`insert into academy.calibrated_item (calibration_id, question_version_id, answers, a, b, se_a, se_b) values (?, ?, ?, ?, ?, ?, ?)`,
			c.ID, i.QuestionVersionID, i.Answers, i.A, i.B, i.SEA, i.SEB).Error; err != nil {
			return refusal(err)
		}
	}
	return nil
}

func selectCalibration(tx *postgres.Tx, id uuid.UUID) (*Calibration, error) {
	var found []struct {
		BankID        uuid.UUID
		Model         string
		Examinees     int
		LogLikelihood float64
		MadeAt        time.Time
	}
	if err := tx.Raw(`select bank_id, model, examinees, log_likelihood, made_at from academy.calibration where id = ?`, id).Scan(&found).Error; err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fault.ErrNotFound
	}
	f := found[0]
	c := &Calibration{ID: id, BankID: f.BankID, Model: f.Model, Examinees: f.Examinees, LogLikelihood: f.LogLikelihood, MadeAt: f.MadeAt.UTC(), Items: []CalibratedItem{}}
	var rows []struct {
		QuestionVersionID uuid.UUID
		Answers           int
		A, B              float64
		SEA               float64 `gorm:"column:se_a"`
		SEB               float64 `gorm:"column:se_b"`
	}
	if err := tx.Raw(`select question_version_id, answers, a, b, se_a, se_b from academy.calibrated_item where calibration_id = ? order by question_version_id`, id).Scan(&rows).Error; err != nil {
		return nil, err
	}
	for _, r := range rows {
		c.Items = append(c.Items, CalibratedItem(r))
	}
	return c, nil
}
