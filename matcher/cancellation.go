package matcher

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// CancellationRequest says what of a booking is given up. Empty means everything that has not started.
type CancellationRequest struct {
	ShiftIDs []uuid.UUID `json:"shift_ids,omitempty" maxItems:"1000" doc:"these shifts; all of the booking when absent"`
	Seats    int         `json:"seats,omitempty" minimum:"1" maximum:"5000" doc:"this many seats of each shift; all when absent"`
}

// Cancellation is what was given up.
type Cancellation struct {
	Booking   *Booking `json:"booking"`
	Seats     int      `json:"seats" doc:"seats cancelled; their hold has returned to the wallet"`
	Withdrawn int      `json:"withdrawn" doc:"agents who held one of them"`
}

// The refusals of cancellation.
var (
	ErrNothingToCancel = fault.New(fault.Conflict, "nothing_to_cancel",
		"没有可以取消的席位：已经开始、结束或取消的班次不能取消。", "There is no seat to cancel: shifts that have started, ended or been cancelled cannot be.")
	ErrUnknownShift = fault.ErrInvalid.At("/shift_ids", "unknown_shift", "其中有班次不属于这个预订。", "One of the shifts does not belong to this booking.")
)

// CancelSeats gives up seats of shifts that have not started and returns their hold at once.
// Open seats go first, then offered ones, then those taken last; who holds one is withdrawn. It
// acts for the agents too, so it runs under the system role, for the actor's merchant only.
func (s *Service) CancelSeats(ctx context.Context, bookingID uuid.UUID, r CancellationRequest) (done *Cancellation, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		done = &Cancellation{}
		shifts, err := s.lockForCancelling(tx, bookingID, r.ShiftIDs)
		if err != nil {
			return err
		}
		for _, id := range shifts {
			if err := s.cancelSeats(tx, bookingID, id, r.Seats, done); err != nil {
				return err
			}
		}
		if done.Seats == 0 {
			return ErrNothingToCancel
		}
		if err := closeIfAllCancelled(tx, bookingID); err != nil {
			return err
		}
		done.Booking, err = selectBooking(tx, bookingID)
		return err
	})
	return done, err
}

// lockForCancelling checks whose booking it is and locks its unstarted shifts and the agents on them.
func (s *Service) lockForCancelling(tx *postgres.Tx, bookingID uuid.UUID, wanted []uuid.UUID) ([]uuid.UUID, error) {
	booking, err := lockBooking(tx, bookingID)
	if err != nil {
		return nil, err
	}
	if booking.MerchantID != tx.Actor.OrganisationID {
		return nil, fault.ErrNotFound
	}
	var all, open []uuid.UUID
	if err := tx.Raw(`select id from matcher.shift where booking_id = ?`, bookingID).Scan(&all).Error; err != nil {
		return nil, err
	}
	for _, id := range wanted {
		if !slices.Contains(all, id) {
			return nil, ErrUnknownShift
		}
	}
	if len(wanted) == 0 {
		wanted = all
	}
	ids := postgres.ArrayOf(wanted)
	var agents []uuid.UUID
	if err := tx.Raw(`select agent_id from matcher.assignment where shift_id = any (?::uuid[]) and live
		union select agent_id from matcher.offer where shift_id = any (?::uuid[]) and state = 'live'`, ids, ids).Scan(&agents).Error; err != nil {
		return nil, err
	}
	if err := lock(tx, wanted, agents); err != nil {
		return nil, err
	}
	err = tx.Raw(`select id from matcher.shift where id = any (?::uuid[]) and state = 'open' and starts_at > ? order by starts_at, id for update`, ids, tx.Now).Scan(&open).Error
	return open, err
}

func (s *Service) cancelSeats(tx *postgres.Tx, bookingID, shiftID uuid.UUID, most int, done *Cancellation) error {
	var seats []struct {
		SeatNo       int
		AssignmentID *uuid.UUID
		OfferID      *uuid.UUID
	}
	limit := &most
	if most == 0 {
		limit = nil
	}
	if err := tx.Raw(`select t.seat_no, t.assignment_id, t.offer_id from matcher.seat t left join matcher.assignment a on a.id = t.assignment_id
		where t.shift_id = ? and t.state <> 'cancelled' and t.kind = 'regular'
		order by case t.state when 'open' then 0 when 'offered' then 1 else 2 end, a.taken_at desc, t.seat_no desc limit ?`, shiftID, limit).Scan(&seats).Error; err != nil {
		return err
	}
	if len(seats) == 0 {
		return nil
	}
	numbers := []int{}
	var assignments, offers []uuid.UUID
	for _, seat := range seats {
		numbers = append(numbers, seat.SeatNo)
		if seat.AssignmentID != nil {
			assignments = append(assignments, *seat.AssignmentID)
		}
		if seat.OfferID != nil {
			offers = append(offers, *seat.OfferID)
		}
	}
	if err := withdrawOffers(tx, offers); err != nil {
		return err
	}
	if err := withdrawAssignments(tx, assignments, "merchant"); err != nil {
		return err
	}
	if err := tx.Exec(`update matcher.seat set state = 'cancelled', assignment_id = null, offer_id = null where shift_id = ? and seat_no = any (?::int[])`, shiftID, postgres.ArrayOf(numbers)).Error; err != nil {
		return err
	}
	if err := tx.Exec(`update matcher.shift set seats = seats - ?, state = case when seats = ? then 'cancelled' else state end where id = ?`, len(seats), len(seats), shiftID).Error; err != nil {
		return err
	}
	if err := cancelTrials(tx, shiftID); err != nil {
		return err
	}
	if err := s.Escrow.Return(tx, bookingID, shiftID, len(seats)); err != nil {
		return fmt.Errorf("return the hold of shift %s: %w", shiftID, err)
	}
	done.Seats += len(seats)
	done.Withdrawn += len(assignments)
	f := fact.SeatsCancelled{BookingID: bookingID.String(), ShiftID: shiftID.String(), MerchantID: tx.Actor.OrganisationID.String(), Seats: len(seats)}
	for _, id := range assignments {
		f.Withdrawn = append(f.Withdrawn, id.String())
	}
	return outbox.Append(tx, f)
}

// cancelTrials gives up the trial seats of a shift that has no other left. A trial whose mentor alone went finds another, or is
// withdrawn by the sweep.
func cancelTrials(tx *postgres.Tx, shiftID uuid.UUID) error {
	var held []uuid.UUID
	if err := tx.Raw(`select a.id from matcher.assignment a join matcher.shift s on s.id = a.shift_id where s.id = ? and s.state = 'cancelled' and a.trial and a.live`, shiftID).Scan(&held).Error; err != nil {
		return err
	}
	if err := withdrawAssignments(tx, held, "merchant"); err != nil {
		return err
	}
	return tx.Exec(`update matcher.seat t set state = 'cancelled' from matcher.shift s where t.shift_id = ? and s.id = t.shift_id and s.state = 'cancelled' and t.kind = 'trial'`, shiftID).Error
}

func closeIfAllCancelled(tx *postgres.Tx, bookingID uuid.UUID) error {
	return tx.Exec(`update matcher.booking b set version = version + 1,
			state = case when not exists (select from matcher.shift s where s.booking_id = b.id and s.state <> 'cancelled') then 'cancelled' else state end
		where id = ?`, bookingID).Error
}
