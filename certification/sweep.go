package certification

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// sweepEvery is how late the end of a suspension or of a credential may be acted on.
const sweepEvery = 500 * time.Millisecond

// sweepBatch bounds what one look takes on.
const sweepBatch = 200

// Loops are certification's sweeps; each runs on the worker role.
func (s *Service) Loops() []func(ctx context.Context) error {
	return []func(ctx context.Context) error{func(ctx context.Context) error {
		ticker := time.NewTicker(sweepEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-ticker.C:
				if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
					s.Log.ErrorContext(ctx, "certification's deadlines could not be acted on", slog.Any("error", err))
				}
			}
		}
	}}
}

// Sweep ends the suspensions whose time is over, and lets a lower or later grant of a tag take the place of an expired one.
func (s *Service) Sweep(ctx context.Context) error {
	var suspended, expired []uuid.UUID
	err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		if err := tx.Raw(`select p.credential_id from certification.suspension p where p.until <= ? and not exists (select from certification.suspension_end e where e.suspension_id = p.id)
			order by p.until limit ?`, tx.Now, sweepBatch).Scan(&suspended).Error; err != nil {
			return err
		}
		return tx.Raw(`select distinct h.agent_id from certification.held_tag h where h.credential_id is not null and h.expires_at <= ? limit ?`, tx.Now, sweepBatch).Scan(&expired).Error
	})
	if err != nil {
		return err
	}
	var problems []error
	for _, id := range suspended {
		problems = append(problems, postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
			c, version, err := lockCredential(tx, id)
			if err != nil {
				return err
			}
			err = reinstate(tx, c, version, "time", "72 hours are over")
			if errors.Is(err, fault.ErrNotFound) { // somebody was faster; the version is counted all the same
				_, err = settleTags(tx, c.AgentID, version)
			}
			return err
		}))
	}
	for _, agent := range expired {
		problems = append(problems, postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
			version, err := nextVersion(tx, agent)
			if err != nil {
				return err
			}
			_, err = settleTags(tx, agent, version)
			return err
		}))
	}
	return errors.Join(problems...)
}
