package matcher

import (
	"context"
	"errors"
	"fmt"
	"runtime"
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
	Parts  *int `json:"parts,omitempty" doc:"independent parts in which it was solved, each by whichever matcher was free; absent where one solved it at once"`
	Filled *int `json:"filled,omitempty" doc:"seats that had nobody and for which somebody was chosen"`
	Offers *int `json:"offers,omitempty" doc:"sent; less than filled where somebody was faster, more where offers were moved"`
	Moved  *int `json:"moved,omitempty" doc:"live offers withdrawn, and their agents asked about another seat, because a seat would have stayed empty"`

	Weight       *int64 `json:"weight,omitempty" doc:"W of the model: the sum of the weights of filled seats, 1, 3 or 10 by priority"`
	Quality      *int64 `json:"quality,omitempty" doc:"Q of the model: the sum of the quality of its pairs, less that of the offers moved"`
	OfferWeight  *int64 `json:"offer_weight,omitempty" doc:"W of the offers sent, which also keep rest and hours"`
	OfferQuality *int64 `json:"offer_quality,omitempty" doc:"Q of the offers sent, less that of the offers moved"`
	SolveMS      *int   `json:"solve_ms,omitempty" doc:"to model and solve, without reading and sending; of all parts together"`

	CreatedAt  time.Time  `json:"created_at"`
	FinishedAt *time.Time `json:"finished_at,omitempty"`
}

// PlanProgress is how far a run is. The total is known once somebody is chosen, or parts are being solved.
type PlanProgress struct {
	Step  string `json:"step" enum:"waiting,reading,solving,offering,done"`
	Done  int    `json:"done" doc:"of the total: seats offered, or given up because somebody was faster; while solving, parts solved"`
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

const (
	planJob = "matcher.plan"
	partJob = "matcher.part"
)

type planArgs struct {
	PlanID uuid.UUID `json:"plan_id"`
}

type partArgs struct {
	PlanID uuid.UUID `json:"plan_id"`
	N      int       `json:"n"`
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
	return []job.Worker{
		{Kind: planJob, Tries: planTries, Run: s.runPlan},
		{Kind: partJob, Tries: planTries, Slots: runtime.GOMAXPROCS(0), Run: s.runPart},
	}
}

const (
	planTries = 5
	planChunk = 100   // offers made under one set of locks
	partSeats = 2_000 // a plan of more is solved in parts of about so many where it falls into parts
)

// runPlan is one run:
//
//	read seats and agents -> model and solve, week by week -> merge -> offer, a hundred at a time
//	                      \-> store independent parts; the run ends -> whoever solves the last has it go on
//
// Who is chosen is stored before the first offer, and every chunk marks its own in the transaction of its offers: a worker
// that takes over goes on with those that are left.
func (s *Service) runPlan(ctx context.Context, r *job.Running) error {
	var args planArgs
	if err := r.Args(&args); err != nil {
		return err
	}
	return s.orFail(ctx, r, args.PlanID, s.plan(ctx, r, args.PlanID))
}

// orFail ends the plan where its job has no try left.
func (s *Service) orFail(ctx context.Context, r *job.Running, id uuid.UUID, err error) error {
	if err == nil || ctx.Err() != nil || errors.Is(err, job.ErrLeaseLost) || r.Try < planTries {
		return err
	}
	failed := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		return tx.Exec(`update matcher.plan set state = 'failed', error = ?, finished_at = ? where id = ? and state <> 'done'`, outbox.Reason(err), tx.Now, id).Error
	})
	return errors.Join(err, failed)
}

func (s *Service) plan(ctx context.Context, r *job.Running, id uuid.UUID) error {
	begun, err := s.beginPlan(ctx, id)
	if err != nil {
		return err
	}
	switch {
	case begun.Step == "done" || begun.State == "failed":
		return nil
	case begun.Step == "offering":
	case begun.Parts != nil && begun.Solved < *begun.Parts:
		return nil // the last part calls again
	case begun.Parts != nil:
		if err := s.mergeParts(ctx, r, id); err != nil {
			return err
		}
	default:
		apart, err := s.choose(ctx, r, id)
		if err != nil || apart {
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

type begunPlan struct {
	State, Step string
	Parts       *int
	Solved      int
}

func (s *Service) beginPlan(ctx context.Context, id uuid.UUID) (begun begunPlan, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		var rows []begunPlan
		if err = tx.Raw(`update matcher.plan set state = case when state = 'queued' then 'running' else state end, step = case when step = 'waiting' then 'reading' else step end
			where id = ? returning state, step, parts, solved`, id).Scan(&rows).Error; err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.ErrNotFound
		}
		begun = rows[0]
		return nil
	})
	return begun, err
}

// choose reads, solves and stores who is chosen, or stores the parts that others solve and tells so.
func (s *Service) choose(ctx context.Context, r *job.Running, id uuid.UUID) (apart bool, err error) {
	data, err := s.readPlan(ctx, id)
	if err != nil {
		return false, err
	}
	if err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		return tx.Exec(`update matcher.plan set step = 'solving', seats = ?, agents = ? where id = ?`, data.seats(), len(data.agents), id).Error
	}); err != nil {
		return false, err
	}
	began := clock.Now()
	if data.seats() > s.partSeats {
		parts, err := data.splitParts(s.partSeats)
		if err != nil {
			return false, err
		}
		if len(parts) > 1 {
			return true, s.storeParts(ctx, r, id, parts, clock.Since(began))
		}
	}
	chosen, err := data.solve(func() bool { return ctx.Err() != nil })
	if err != nil {
		return false, errors.Join(err, ctx.Err())
	}
	return false, s.storeChosen(ctx, r, id, chosen, clock.Since(began))
}

// readPlan reads what a plan stands on as it was at one moment.
func (s *Service) readPlan(ctx context.Context, id uuid.UUID) (data *planData, err error) {
	err = postgres.InSnapshot(ctx, s.System, func(tx *postgres.Tx) (err error) {
		data, err = selectPlanData(tx, id)
		return err
	})
	return data, err
}

// storeParts writes the parts with their jobs, and ends the run.
func (s *Service) storeParts(ctx context.Context, r *job.Running, id uuid.UUID, parts []*planPart, took time.Duration) error {
	return postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		for i, p := range parts {
			input, err := p.encode()
			if err != nil {
				return err
			}
			if err := insertPart(tx, id, i+1, p, input); err != nil {
				return err
			}
			if _, err := job.Enqueue(tx, partJob, partArgs{id, i + 1}, uuid.Nil); err != nil {
				return err
			}
		}
		if err := tx.Exec(`update matcher.plan set parts = ?, solve_ms = ? where id = ?`, len(parts), took.Milliseconds(), id).Error; err != nil {
			return err
		}
		return r.CheckpointTx(tx, "parted")
	})
}

// runPart solves one part of a plan. What is found is stored once; whoever stores the last has the plan go on.
func (s *Service) runPart(ctx context.Context, r *job.Running) error {
	var args partArgs
	if err := r.Args(&args); err != nil {
		return err
	}
	return s.orFail(ctx, r, args.PlanID, s.part(ctx, r, args))
}

func (s *Service) part(ctx context.Context, r *job.Running, args partArgs) error {
	var input []byte
	if err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) (err error) { //nolint:contextcheck,nolintlint // a transaction carries its context
		input, err = selectPart(tx, args)
		return err
	}); err != nil || input == nil {
		return err
	}
	part, err := decodePart(input)
	if err != nil {
		return err
	}
	found, err := part.solve(1, func() bool { return ctx.Err() != nil })
	if err != nil {
		return errors.Join(err, ctx.Err())
	}
	result, err := found.encode()
	if err != nil {
		return err
	}
	return postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		last, err := updatePart(tx, args, found, result)
		if err != nil {
			return err
		}
		if last {
			again, err := job.Enqueue(tx, planJob, planArgs{args.PlanID}, uuid.Nil)
			if err != nil {
				return err
			}
			if err := tx.Exec(`update matcher.plan set job_id = ? where id = ?`, again, args.PlanID).Error; err != nil {
				return err
			}
		}
		return r.CheckpointTx(tx, "solved")
	})
}

// mergeParts stores who is chosen of all parts, as far as they stand by what is true now.
func (s *Service) mergeParts(ctx context.Context, r *job.Running, id uuid.UUID) error {
	data, err := s.readPlan(ctx, id)
	if err != nil {
		return err
	}
	var results []*partResult
	if err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) (err error) { //nolint:contextcheck,nolintlint // a transaction carries its context
		results, err = selectResults(tx, id)
		return err
	}); err != nil {
		return err
	}
	return s.storeChosen(ctx, r, id, data.merge(results), 0)
}

func (s *Service) storeChosen(ctx context.Context, r *job.Running, id uuid.UUID, chosen *choice, took time.Duration) error {
	return postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		if err := insertPicks(tx, id, chosen.picks); err != nil {
			return err
		}
		if err := tx.Exec(`update matcher.plan set step = 'offering', picked = ?, filled = ?, weight = ?, quality = ?, solve_ms = coalesce(solve_ms, 0) + ? where id = ?`,
			len(chosen.picks), chosen.filled(), chosen.weight, chosen.quality, took.Milliseconds(), id).Error; err != nil {
			return err
		}
		return r.CheckpointTx(tx, "chosen")
	})
}

// offerChosen makes the next offers and tells how many pairs it looked at.
func (s *Service) offerChosen(ctx context.Context, r *job.Running, id uuid.UUID) (n int, err error) {
	var progress PlanProgress
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) (err error) { //nolint:contextcheck,nolintlint // a transaction carries its context
		picks, err := selectPicks(tx, id, planChunk)
		if n = len(picks); err != nil || n == 0 {
			return err
		}
		offered, err := s.offerPicks(tx, picks, id)
		if err != nil {
			return err
		}
		if progress, err = markPicks(tx, id, picks, offered); err != nil {
			return err
		}
		return r.CheckpointTx(tx, "chosen")
	})
	if err != nil {
		return 0, err
	}
	return n, r.Progress(ctx, int64(progress.Done), int64(progress.Total))
}

// errStays undoes the withdrawal of an offer that nothing came of.
var errStays = errors.New("the agent cannot be asked about the other seat")

// offerPicks offers the seats. Who has an offer for another is asked first, so that the seat of that offer is open for
// whom it is meant; where the new offer cannot be made, the old one stays.
func (s *Service) offerPicks(tx *postgres.Tx, picks []numberedPick, plan uuid.UUID) (offered []bool, err error) {
	moved := slices.IndexFunc(picks, func(p numberedPick) bool { return len(p.withdraws) == 0 }) // they come first
	if moved < 0 {
		moved = len(picks)
	}
	if moved > 0 {
		if err := lockPicks(tx, picks); err != nil {
			return nil, err
		}
	}
	for _, p := range picks[:moved] {
		err := postgres.InTx(tx.Context(), s.System, func(tx *postgres.Tx) error {
			if err := withdrawOffers(tx, p.withdraws); err != nil {
				return err
			}
			made, err := makeOffers(tx, []pick{p.pick}, plan)
			if err == nil && !made[0] {
				err = errStays
			}
			return err
		})
		if err != nil && !errors.Is(err, errStays) {
			return nil, err
		}
		offered = append(offered, err == nil)
	}
	others := make([]pick, len(picks)-moved)
	for i, p := range picks[moved:] {
		others[i] = p.pick
	}
	made, err := makeOffers(tx, others, plan)
	return append(offered, made...), err
}

func (s *Service) finishPlan(ctx context.Context, r *job.Running, id uuid.UUID) error {
	return postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		if err := tx.Exec(`update matcher.plan p set state = 'done', step = 'done', error = null, finished_at = ?, offers = t.offers, skipped = t.skipped, moved = t.moved, offer_weight = t.weight, offer_quality = t.quality
			from (select count(*) filter (where outcome = 'offered') as offers, count(*) filter (where outcome = 'skipped') as skipped,
				coalesce(sum(cardinality(withdraws)) filter (where outcome = 'offered'), 0) as moved,
				coalesce(sum(weight - less_weight) filter (where outcome = 'offered'), 0) as weight, coalesce(sum(quality - less_quality) filter (where outcome = 'offered'), 0) as quality
				from matcher.plan_pick where plan_id = ?) t where p.id = ?`, tx.Now, id, id).Error; err != nil {
			return err
		}
		if err := tx.Exec(`update matcher.plan_part set input = null where plan_id = ?`, id).Error; err != nil {
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
