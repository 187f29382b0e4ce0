package matcher

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// Release gives the seat of an assignment of the agent who acts back to the hall, until the start.
//
// Faults: not found, ErrAlreadyReleased, ErrReleaseTooLate, ErrTooManyClaims.
func (s *Service) Release(ctx context.Context, assignmentID uuid.UUID) (*Assignment, error) {
	actor, _ := auth.ActorFrom(ctx)
	shift, err := s.selectShiftOf(ctx, `select shift_id from matcher.assignment where id = ? and agent_id = platform.account()`, assignmentID)
	if err != nil {
		return nil, err
	}
	defer s.market.tellFreed()
	return s.ask(ctx, newSeatRequest(ctx, seatRelease, actor.AccountID, shift, assignmentID))
}

// selectShiftOf reads the shift of an assignment or offer of the actor's, which never changes, so that the batch
// knows what to lock.
func (s *Service) selectShiftOf(ctx context.Context, query string, id uuid.UUID) (shift uuid.UUID, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) (err error) {
		var found []uuid.UUID // gorm reads an id into a list only
		if err = tx.Raw(query, id).Scan(&found).Error; err != nil {
			return fmt.Errorf("look up the shift: %w", err)
		}
		if len(found) == 0 {
			return fault.ErrNotFound
		}
		shift = found[0]
		return nil
	})
	return shift, err
}

func (m *member) decideRelease(now time.Time) (*seatChange, error) {
	held := m.assignment
	switch {
	case held == nil:
		return nil, fault.ErrNotFound
	case held.state != assignmentHeld:
		return nil, ErrAlreadyReleased
	case !now.Before(held.startsAt):
		return nil, ErrReleaseTooLate
	}
	c := &seatChange{member: m, seatWas: assignmentHeld, assignment: Assignment{
		ID: m.subject, ShiftID: m.shift.id, Seat: held.seat, State: assignmentReleased,
		StartsAt: held.startsAt.In(m.shift.zone), EndsAt: held.endsAt.In(m.shift.zone),
	}}
	return c, c.tell(now, fact.SeatReleased{
		AssignmentID: m.subject.String(), ShiftID: m.shift.id.String(), BookingID: m.shift.booking.String(),
		MerchantID: m.shift.merchant.String(), AgentID: m.seatRequest.agent.String(), Seat: held.seat, By: "agent",
	})
}
