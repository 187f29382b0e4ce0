package matcher

import (
	"context"

	"github.com/google/uuid"

	"peakseat/internal/postgres"
)

// SetBlock blocks the other side or lifts the block: an agent by a merchant, a merchant by an
// agent. Neither learns of it, and blocking someone who does not exist is no error, so that
// nobody learns who does. What the pair has agreed on before stays.
func (s *Service) SetBlock(ctx context.Context, other uuid.UUID, blocked bool) error {
	return postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		merchant, agent, by := tx.Actor.OrganisationID, other, "merchant"
		if tx.Actor.IsAgent() {
			merchant, agent, by = other, tx.Actor.AccountID, "agent"
		}
		if err := lock(tx, nil, []uuid.UUID{agent}); err != nil {
			return err
		}
		if blocked {
			return tx.Exec(`insert into matcher.block (merchant_id, agent_id, by, created_at) values (?, ?, ?, ?) on conflict do nothing`, merchant, agent, by, tx.Now).Error
		}
		return tx.Exec(`delete from matcher.block where merchant_id = ? and agent_id = ? and by = ?`, merchant, agent, by).Error
	})
}
