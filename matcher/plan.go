package matcher

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/audit"
	"peakseat/internal/clock"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/job"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"
)

// Plan is one run of the matching engine: what it was asked, how far it is, and what came of it.
type Plan struct {
	ID         uuid.UUID  `json:"id"`
	AskedBy    *uuid.UUID `json:"asked_by,omitempty" doc:"absent: the scheduler"`
	BookingID  *uuid.UUID `json:"booking_id,omitempty"`
	CampaignID *uuid.UUID `json:"campaign_id,omitempty"`
	From       *time.Time `json:"from,omitempty"`
	To         *time.Time `json:"to,omitempty"`

	State    string       `json:"state" enum:"queued,running,done,failed"`
	Progress PlanProgress `json:"progress" gorm:"-"`
	Error    string       `json:"error,omitempty"`

	Seats  *int `json:"seats,omitempty" doc:"open seats of unstarted shifts when it was planned"`
	Agents *int `json:"agents,omitempty" doc:"who hold a tag that one of them needs"`
	Filled *int `json:"filled,omitempty" doc:"seats for which somebody was chosen"`
	Offers *int `json:"offers,omitempty" doc:"sent; less than filled where somebody was faster"`

	Weight       *int64 `json:"weight,omitempty" doc:"W of the model: the sum of the weights of filled seats, 1, 3 or 10 by priority"`
	Quality      *int64 `json:"quality,omitempty" doc:"Q of the model: the sum of the quality of its pairs"`
	OfferWeight  *int64 `json:"offer_weight,omitempty" doc:"W of the offers sent, which also keep rest and hours"`
	OfferQuality *int64 `json:"offer_quality,omitempty" doc:"Q of the offers sent"`
	SolveMS      *int   `json:"solve_ms,omitempty" doc:"to model and solve, without reading and sending"`

	CreatedAt  time.Time  `json:"created_at"`
	FinishedAt *time.Time `json:"finished_at,omitempty"`
}

// PlanProgress is how far a run is. The total is known once somebody is chosen.
type PlanProgress struct {
	Step  string `json:"step" enum:"waiting,reading,solving,offering,done"`
	Done  int    `json:"done" doc:"of the total: seats offered, or given up because somebody was faster"`
	Total int    `json:"total"`
}

// PlanRequest says what is to be planned: one booking, one campaign, or all shifts that start in a time.
type PlanRequest struct {
	BookingID  *uuid.UUID `json:"booking_id,omitempty" format:"uuid"`
	CampaignID *uuid.UUID `json:"campaign_id,omitempty" format:"uuid"`
	From       *time.Time `json:"from,omitempty"`
	To         *time.Time `json:"to,omitempty" doc:"not included"`
}

const mostPlanned = 62 * 24 * time.Hour

func (r *PlanRequest) check() error {
	var wrong fault.Collect
	scopes := 0
	for _, said := range []bool{r.BookingID != nil, r.CampaignID != nil, r.From != nil || r.To != nil} {
		if said {
			scopes++
		}
	}
	switch {
	case scopes != 1:
		wrong.Add("", "one_scope", "请指定 booking_id、campaign_id 或 from 与 to 之一。", "Say one of booking_id, campaign_id, or from and to.")
	case r.From != nil && r.To == nil:
		wrong.Add("/to", "required", "请填写结束时间。", "Say until when.")
	case r.To != nil && r.From == nil:
		wrong.Add("/from", "required", "请填写开始时间。", "Say from when.")
	case r.From != nil && !r.To.After(*r.From):
		wrong.Add("/to", "before_start", "结束必须晚于开始。", "The end must be after the start.")
	case r.From != nil && r.To.Sub(*r.From) > mostPlanned:
		wrong.Add("/to", "too_long", "一次最多排 62 天。", "At most 62 days at once.")
	}
	return wrong.Err()
}

const planJob = "matcher.plan"

type planArgs struct {
	PlanID uuid.UUID `json:"plan_id"`
}

// AskForPlan has the open seats of a scope planned, by whichever matcher is free.
func (s *Service) AskForPlan(ctx context.Context, r PlanRequest) (plan *Plan, err error) {
	if err = r.check(); err != nil {
		return nil, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) (err error) {
		if err = checkScope(tx, r); err != nil {
			return err
		}
		id, err := insertPlan(tx, r, tx.Actor.AccountID)
		if err != nil {
			return err
		}
		if err = audit.Record(tx, audit.Entry{Action: "plan.asked", Subject: id.String()}); err != nil {
			return err
		}
		plan, err = selectPlan(tx, id)
		return err
	})
	return plan, err
}

// Plan reads one run.
func (s *Service) Plan(ctx context.Context, id uuid.UUID) (plan *Plan, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		plan, err = selectPlan(tx, id)
		return err
	})
	return plan, err
}

// Plans lists runs, the newest first, before the id given.
func (s *Service) Plans(ctx context.Context, before uuid.UUID, limit int) (plans []Plan, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		plans, err = selectPlans(tx, before, limit)
		return err
	})
	return plans, err
}

// SchedulePlans asks for a plan of the shifts whose moments before the start have come (rules.Plans), over seats still
// open, once for each moment however many schedulers run. Seats that were opened after the moment are not planned, nor are
// seeded ones.
func (s *Service) SchedulePlans(ctx context.Context) error {
	return postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		moments := rules.V1().Plans.Before
		passed, err := passMoments(tx, moments)
		if err != nil || len(passed) == 0 {
			return err
		}
		shifts, starts, err := selectToPlan(tx, passed, moments)
		if err != nil || len(shifts) == 0 {
			return err
		}
		first, last := slices.MinFunc(starts, time.Time.Compare), slices.MaxFunc(starts, time.Time.Compare).Add(time.Microsecond)
		id, err := insertPlan(tx, PlanRequest{From: &first, To: &last}, uuid.Nil)
		if err != nil {
			return err
		}
		return tx.Exec(`update matcher.shift_moment set plan_id = ? where shift_id = any (?::uuid[])`, id, postgres.ArrayOf(shifts)).Error
	})
}

const scheduleEvery = time.Second

func (s *Service) planLoop(ctx context.Context) error {
	return every(ctx, scheduleEvery, "scheduling plans", s.SchedulePlans)
}

// Workers are the matcher's long work, for the matcher role.
func (s *Service) Workers() []job.Worker {
	return []job.Worker{{Kind: planJob, Tries: planTries, Run: s.runPlan}}
}

const (
	planTries = 5
	planChunk = 100 // offers made under one set of locks
)

// runPlan is one run:
//
//	read seats and agents -> model and solve, week by week -> keep who is chosen -> offer, a hundred at a time
//
// Who is chosen is stored before the first offer, and every chunk marks its own in the transaction of its offers: a worker
// that takes over goes on with those that are left.
func (s *Service) runPlan(ctx context.Context, r *job.Running) error {
	var args planArgs
	if err := r.Args(&args); err != nil {
		return err
	}
	err := s.plan(ctx, r, args.PlanID)
	if err != nil && ctx.Err() == nil && !errors.Is(err, job.ErrLeaseLost) && r.Try >= planTries {
		failed := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
			return tx.Exec(`update matcher.plan set state = 'failed', error = ?, finished_at = ? where id = ? and state <> 'done'`, outbox.Reason(err), tx.Now, args.PlanID).Error
		})
		return errors.Join(err, failed)
	}
	return err
}

func (s *Service) plan(ctx context.Context, r *job.Running, id uuid.UUID) error {
	step, err := s.beginPlan(ctx, id)
	if err != nil {
		return err
	}
	switch step {
	case "done":
		return nil
	case "offering":
	default:
		if err := s.choose(ctx, r, id); err != nil {
			return err
		}
	}
	for {
		left, err := s.offerChosen(ctx, r, id)
		if err != nil {
			return err
		}
		if left == 0 {
			return s.finishPlan(ctx, r, id)
		}
	}
}

func (s *Service) beginPlan(ctx context.Context, id uuid.UUID) (step string, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		var rows []struct{ Step string }
		if err = tx.Raw(`update matcher.plan set state = case when state = 'done' then state else 'running' end, step = case when step = 'waiting' then 'reading' else step end
			where id = ? returning step`, id).Scan(&rows).Error; err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.ErrNotFound
		}
		step = rows[0].Step
		return nil
	})
	return step, err
}

// choose reads, solves and stores who is chosen.
func (s *Service) choose(ctx context.Context, r *job.Running, id uuid.UUID) error {
	var data *planData
	err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) (err error) { //nolint:contextcheck,nolintlint // a transaction carries its context
		data, err = selectPlanData(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	if err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		return tx.Exec(`update matcher.plan set step = 'solving', seats = ?, agents = ? where id = ?`, data.seats(), len(data.agents), id).Error
	}); err != nil {
		return err
	}
	began := clock.Now()
	chosen, err := data.solve(func() bool { return ctx.Err() != nil })
	if err != nil {
		return errors.Join(err, ctx.Err())
	}
	took := clock.Since(began)
	return postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		if err := insertPicks(tx, id, chosen.picks); err != nil {
			return err
		}
		if err := tx.Exec(`update matcher.plan set step = 'offering', picked = ?, filled = ?, weight = ?, quality = ?, solve_ms = ? where id = ?`,
			len(chosen.picks), len(chosen.picks), chosen.weight, chosen.quality, took.Milliseconds(), id).Error; err != nil {
			return err
		}
		return r.CheckpointTx(tx, "chosen")
	})
}

// offerChosen makes the next offers and tells how many pairs it looked at.
func (s *Service) offerChosen(ctx context.Context, r *job.Running, id uuid.UUID) (n int, err error) {
	var progress PlanProgress
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) (err error) { //nolint:contextcheck,nolintlint // a transaction carries its context
		numbers, picks, err := selectPicks(tx, id, planChunk)
		if n = len(picks); err != nil || n == 0 {
			return err
		}
		offered, err := makeOffers(tx, picks, id)
		if err != nil {
			return err
		}
		if progress, err = markPicks(tx, id, numbers, offered); err != nil {
			return err
		}
		return r.CheckpointTx(tx, "chosen")
	})
	if err != nil {
		return 0, err
	}
	return n, r.Progress(ctx, int64(progress.Done), int64(progress.Total))
}

func (s *Service) finishPlan(ctx context.Context, r *job.Running, id uuid.UUID) error {
	return postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		if err := tx.Exec(`update matcher.plan p set state = 'done', step = 'done', error = null, finished_at = ?, offers = t.offers, skipped = t.skipped, offer_weight = t.weight, offer_quality = t.quality
			from (select count(*) filter (where outcome = 'offered') as offers, count(*) filter (where outcome = 'skipped') as skipped,
				coalesce(sum(weight) filter (where outcome = 'offered'), 0) as weight, coalesce(sum(quality) filter (where outcome = 'offered'), 0) as quality
				from matcher.plan_pick where plan_id = ?) t where p.id = ?`, tx.Now, id, id).Error; err != nil {
			return err
		}
		done, err := selectPlan(tx, id)
		if err != nil {
			return err
		}
		if err := r.SetResult(done); err != nil {
			return err
		}
		if err := outbox.Append(tx, fact.PlanFinished{PlanID: id.String(), Seats: *done.Seats, Filled: *done.Filled, Offers: *done.Offers}); err != nil {
			return err
		}
		if err := r.CheckpointTx(tx, "done"); err != nil {
			return fmt.Errorf("end plan %s: %w", id, err)
		}
		return nil
	})
}
