package matcher

import (
	"context"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/postgres"
)

// sweepOffers ends the offers that nobody answered in time; their seats open again.
func (s *Service) sweepOffers(ctx context.Context) (int, error) {
	return s.sweepDue(ctx, `select id, shift_id, agent_id from matcher.offer where state = 'live' and expires_at <= ? order by expires_at limit ?`,
		func(now time.Time) time.Time { return now },
		func(tx *postgres.Tx, d due) error {
			var run []uuid.UUID
			if err := tx.Raw(`select id from matcher.offer where id = ? and state = 'live' and expires_at <= ?`, d.ID, tx.Now).Scan(&run).Error; err != nil {
				return err
			}
			return endOffers(tx, run, "expired")
		})
}
