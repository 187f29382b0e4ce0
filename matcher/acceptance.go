package matcher

import (
	"context"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/fault"
)

// AcceptOffer takes the seat of a live offer of the agent who acts. Other live offers that it overlaps are withdrawn.
//
// Faults: not found, ErrOfferExpired, ErrOfferEnded, and those of the rules that ClaimSeat has.
func (s *Service) AcceptOffer(ctx context.Context, offerID uuid.UUID) (*Assignment, error) {
	actor, _ := auth.ActorFrom(ctx)
	shift, err := s.selectShiftOf(ctx, `select shift_id from matcher.offer where id = $1 and agent_id = $2`, offerID, actor.AccountID)
	if err != nil {
		return nil, err
	}
	return s.ask(ctx, newSeatRequest(ctx, seatAccept, actor.AccountID, shift, offerID))
}

func (m *member) decideAcceptance(now time.Time) (*seatChange, error) {
	switch {
	case m.offer == nil || m.blocked || m.shift.id == uuid.Nil:
		return nil, fault.ErrNotFound
	case m.offer.state == "expired" || m.offer.state == offerLive && !now.Before(m.offer.expiresAt):
		return nil, ErrOfferExpired
	case m.offer.state != offerLive:
		return nil, ErrOfferEnded
	}
	if err := m.ask(now); err != nil {
		return nil, err
	}
	return m.take(now, takenByOffer, m.offer.seat, m.subject)
}

const offerLive = "live"
