package matcher

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"peakseat/internal/auth"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
)

// Release gives the seat of an assignment of the agent who acts back to the hall, until the start.
//
// Faults: not found, ErrAlreadyReleased, ErrReleaseTooLate, ErrTooManyClaims.
func (s *Service) Release(ctx context.Context, assignmentID uuid.UUID) (*Assignment, error) {
	actor, _ := auth.ActorFrom(ctx)
	shift, err := s.selectShiftOf(ctx, `select shift_id from matcher.assignment where id = $1 and agent_id = $2`, assignmentID, actor.AccountID)
	if err != nil {
		return nil, err
	}
	defer s.market.tellFreed()
	return s.ask(ctx, newSeatRequest(ctx, seatRelease, actor.AccountID, shift, assignmentID))
}

// selectShiftOf reads the shift of an agent's assignment or offer, which never changes, so that the batch knows what to lock.
func (s *Service) selectShiftOf(ctx context.Context, query string, id, agent uuid.UUID) (shift uuid.UUID, err error) {
	err = s.claims.db.Pool.QueryRow(ctx, query, id, agent).Scan(&shift)
	if errors.Is(err, pgx.ErrNoRows) {
		return shift, fault.ErrNotFound
	}
	if err != nil {
		return shift, fmt.Errorf("look up the shift: %w", err)
	}
	return shift, nil
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
