package matcher

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fact"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"
)

// Loops are the matcher's sweeps; each runs on the worker role.
func (s *Service) Loops() []func(ctx context.Context) error {
	return []func(ctx context.Context) error{s.sweepLoop, s.planLoop, s.packLoop}
}

// sweepEvery is how late a deadline may be acted on. Each look that finds nothing reads a few index entries.
const sweepEvery = 250 * time.Millisecond

func (s *Service) sweepLoop(ctx context.Context) error {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
				slog.WarnContext(ctx, "a sweep stopped and begins again", "error", err)
			}
		}
	}
}

// Sweep acts on every deadline that has passed by the rules' clock: no-shows, forgotten check-outs,
// offers that ran out, mentors who left, and the ends of shifts, in this order. Any number may run at once: each act
// takes the locks of its shift and agent, then looks again whether the deadline still holds.
func (s *Service) Sweep(ctx context.Context) error {
	for _, step := range []func(context.Context) (int, error){s.sweepMissing, s.sweepForgotten, s.sweepOffers, s.sweepMentors, s.sweepEnded} {
		for {
			done, err := step(ctx)
			if err != nil {
				return err
			}
			if done < sweepBatch {
				break
			}
		}
	}
	return nil
}

const sweepBatch = 200

// due is something whose deadline has passed.
type due struct{ ID, ShiftID, AgentID uuid.UUID }

// sweepDue finds what is due and hands each to act in a transaction of its own, under its locks.
func (s *Service) sweepDue(ctx context.Context, query string, before func(now time.Time) time.Time, act func(tx *postgres.Tx, d due) error) (int, error) {
	var found []due
	err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		return tx.Raw(query, before(tx.Now), sweepBatch).Scan(&found).Error
	})
	if err != nil {
		return 0, err
	}
	for _, d := range found {
		err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
			var agents []uuid.UUID
			if d.AgentID != uuid.Nil {
				agents = []uuid.UUID{d.AgentID}
			}
			if err := lock(tx, []uuid.UUID{d.ShiftID}, agents); err != nil {
				return err
			}
			return act(tx, d)
		})
		if err != nil {
			return 0, err
		}
		s.market.tellFreed()
	}
	return len(found), nil
}

func (s *Service) sweepMissing(ctx context.Context) (int, error) {
	grace := rules.V1().Attendance.NoShowAfter
	return s.sweepDue(ctx, `select id, shift_id, agent_id from matcher.assignment where state = 'held' and starts_at <= ? order by starts_at limit ?`,
		func(now time.Time) time.Time { return now.Add(-grace) },
		func(tx *postgres.Tx, d due) error {
			a, err := selectAssignment(tx, d.ID)
			if err != nil || a.State != "held" || !missed(a.StartsAt, tx.Now) {
				return err
			}
			return markMissing(tx, []uuid.UUID{a.ID})
		})
}

func (s *Service) sweepForgotten(ctx context.Context) (int, error) {
	grace := rules.V1().Attendance.CheckOutSwept
	return s.sweepDue(ctx, `select id, shift_id, agent_id from matcher.assignment where state = 'present' and ends_at <= ? order by ends_at limit ?`,
		func(now time.Time) time.Time { return now.Add(-grace) },
		func(tx *postgres.Tx, d due) error {
			a, err := selectAssignment(tx, d.ID)
			if err != nil || a.State != "present" || tx.Now.Before(a.EndsAt.Add(grace)) {
				return err
			}
			return finish(tx, a, a.EndsAt, "sweep")
		})
}

// sweepEnded closes shifts that are over: nobody can work them any more, and billing is told how
// many timesheets will come.
func (s *Service) sweepEnded(ctx context.Context) (int, error) {
	return s.sweepDue(ctx, `select id, id as shift_id from matcher.shift where state = 'open' and ends_at <= ? order by ends_at limit ?`,
		func(now time.Time) time.Time { return now },
		func(tx *postgres.Tx, d due) error { return endShift(tx, d.ShiftID) })
}

func endShift(tx *postgres.Tx, id uuid.UUID) error {
	var shifts []struct {
		ID, BookingID, MerchantID uuid.UUID
		EndsAt                    time.Time
	}
	if err := tx.Raw(`update matcher.shift set state = 'ended' where id = ? and state = 'open' and ends_at <= ? returning id, booking_id, merchant_id, ends_at`, id, tx.Now).Scan(&shifts).Error; err != nil {
		return err
	}
	if len(shifts) == 0 {
		return nil
	}
	var late, offers []uuid.UUID
	if err := tx.Raw(`select id from matcher.assignment where shift_id = ? and state = 'held'`, id).Scan(&late).Error; err != nil {
		return err
	}
	if err := markMissing(tx, late); err != nil { // taken within the last minutes and never checked in
		return err
	}
	if err := tx.Raw(`select id from matcher.offer where shift_id = ? and state = 'live'`, id).Scan(&offers).Error; err != nil {
		return err
	}
	if err := endOffers(tx, offers, "expired"); err != nil {
		return err
	}
	var working int
	if err := tx.Raw(`select count(*) from matcher.assignment where shift_id = ? and state in ('present', 'finished') and not trial`, id).Scan(&working).Error; err != nil {
		return err
	}
	if err := tx.Exec(`update matcher.booking b set state = 'finished', version = version + 1 where id = ? and state = 'confirmed'
		and not exists (select from matcher.shift s where s.booking_id = b.id and s.state = 'open')`, shifts[0].BookingID).Error; err != nil {
		return err
	}
	return outbox.Append(tx, fact.ShiftEnded{
		ShiftID: id.String(), BookingID: shifts[0].BookingID.String(), MerchantID: shifts[0].MerchantID.String(), EndsAt: shifts[0].EndsAt, Assignments: working,
	})
}
