package academy

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/postgres"
)

const (
	// closeEvery is how late an attempt whose time is over may be closed.
	closeEvery = time.Second
	// screenEvery is how late attempts are compared with each other: nobody waits for it.
	screenEvery = 5 * time.Second
	// sweepBatch bounds what one look takes on.
	sweepBatch = 100
)

// attemptLoops are the sweeps of attempts.
func (s *Service) attemptLoops() []func(ctx context.Context) error {
	return []func(ctx context.Context) error{
		func(ctx context.Context) error {
			return s.every(ctx, closeEvery, "attempts whose time is over could not be closed", s.SweepAttempts)
		},
		func(ctx context.Context) error {
			return s.every(ctx, screenEvery, "attempts could not be compared", s.Screen)
		},
	}
}

// every does something now and then until ctx ends.
func (s *Service) every(ctx context.Context, interval time.Duration, failure string, do func(ctx context.Context) error) error {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if err := do(ctx); err != nil && ctx.Err() == nil {
				s.Log.ErrorContext(ctx, "a sweep of the academy failed", slog.String("what", failure), slog.Any("error", err))
			}
		}
	}
}

// SweepAttempts closes every attempt whose time and grace are over, and marks what was saved.
func (s *Service) SweepAttempts(ctx context.Context) error {
	for {
		var due []uuid.UUID
		err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
			return tx.Raw(`select id from academy.attempt where state = 'open' and ends_at < @now
				and ends_at + make_interval(secs => grace_seconds + case when paused_at is null then 0 else pause_left end) < @now order by ends_at limit @batch`,
				map[string]any{"now": tx.Now, "batch": sweepBatch}).Scan(&due).Error
		})
		if err != nil {
			return err
		}
		var problems []error
		for _, id := range due {
			problems = append(problems, postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
				a, err := selectAttempt(tx, id, "for update of a")
				if err != nil || a.State != "open" || !a.over(tx.Now) {
					return err
				}
				return s.closeAttempt(tx, a, "time", a.ends(tx.Now))
			}))
		}
		if err := errors.Join(problems...); err != nil || len(due) < sweepBatch {
			return err
		}
	}
}
