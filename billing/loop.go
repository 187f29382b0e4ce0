package billing

import (
	"context"
	"log/slog"
	"time"

	"peakseat/internal/postgres"

	"github.com/google/uuid"
)

const (
	sweepEvery = time.Second // how soon after its time a deadline acts
	sweepPage  = 200         // rows looked up at once
)

// Loops are the sweeps: timesheets that approve themselves and disputes that nobody ruled. Any number of workers may
// run them; a row is acted on by one of them, once.
func (s *Service) Loops() []func(ctx context.Context) error {
	return []func(ctx context.Context) error{
		func(ctx context.Context) error { return every(ctx, "approve_due", s.ApproveDue) },
		func(ctx context.Context) error { return every(ctx, "rule_due", s.RuleDue) },
	}
}

// ApproveDue approves every timesheet whose deadline has passed and says how many.
func (s *Service) ApproveDue(ctx context.Context) (int, error) {
	return s.sweep(ctx, selectDueTimesheets, s.approveDue)
}

// RuleDue closes every dispute whose day has passed without a ruling and says how many.
func (s *Service) RuleDue(ctx context.Context) (int, error) {
	return s.sweep(ctx, selectDueDisputes, s.ruleDue)
}

// sweep acts on each due row in a transaction of its own. A row that fails is logged and does not hold up the others.
func (s *Service) sweep(ctx context.Context, due func(*postgres.Tx, int) ([]uuid.UUID, error), act func(context.Context, uuid.UUID) (bool, error)) (int, error) {
	done := 0
	for {
		var ids []uuid.UUID
		err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) (err error) {
			ids, err = due(tx, sweepPage)
			return err
		})
		if err != nil {
			return done, err
		}
		before := done
		for _, id := range ids {
			acted, err := act(ctx, id)
			switch {
			case ctx.Err() != nil:
				return done, ctx.Err()
			case postgres.Down(err):
				return done, err
			case err != nil:
				slog.ErrorContext(ctx, "deadline failed", "id", id, "error", err)
			case acted:
				done++
			}
		}
		if len(ids) < sweepPage || done == before {
			return done, nil
		}
	}
}

// every runs a sweep until ctx ends, and outlives its failures.
func every(ctx context.Context, name string, sweep func(context.Context) (int, error)) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		done, err := sweep(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			slog.WarnContext(ctx, "sweep failed", "sweep", name, "error", err)
		case done > 0:
			slog.InfoContext(ctx, "sweep done", "sweep", name, "acted", done)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
