package certification

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"peakseat/certification/badge"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

const (
	sweepEvery  = 500 * time.Millisecond // how late the end of a suspension or of a credential may be acted on
	noticeEvery = 5 * time.Second        // how late it may be told that a credential's end is near
	sweepBatch  = 200                    // what one look takes on
)

// Loops are certification's sweeps; each runs on the worker role.
func (s *Service) Loops() []func(ctx context.Context) error {
	return []func(ctx context.Context) error{s.every(sweepEvery, s.Sweep), s.every(noticeEvery, s.SweepExpiring)}
}

func (s *Service) every(pause time.Duration, sweep func(ctx context.Context) error) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		ticker := time.NewTicker(pause)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-ticker.C:
				if err := sweep(ctx); err != nil && ctx.Err() == nil {
					s.Log.ErrorContext(ctx, "certification's deadlines could not be acted on", slog.Any("error", err))
				}
			}
		}
	}
}

// Sweep ends the suspensions whose time is over, lets a lower or later grant of a tag take the place of an expired one, and
// looks again at agents to whom a changed template may owe a credential, and at tiers whose credentials ended.
func (s *Service) Sweep(ctx context.Context) error {
	var suspended, expired, again, due []uuid.UUID
	err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		if err := tx.Raw(`select p.credential_id from certification.suspension p where p.until <= ? and not exists (select from certification.suspension_end e where e.suspension_id = p.id)
			order by p.until limit ?`, tx.Now, sweepBatch).Scan(&suspended).Error; err != nil {
			return err
		}
		if err := tx.Raw(`select agent_id from certification.recheck limit ?`, sweepBatch).Scan(&again).Error; err != nil {
			return err
		}
		if err := tx.Raw(`select agent_id from certification.holder where standing_due <= ? order by standing_due limit ?`, tx.Now, sweepBatch).Scan(&due).Error; err != nil {
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
			err = s.reinstate(tx, c, version, "time", "72 hours are over")
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
	for _, agent := range due {
		problems = append(problems, postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
			if err := lockHolders(tx, []uuid.UUID{agent}); err != nil {
				return err
			}
			if err := settleTier(tx, agent, false); err != nil {
				return err
			}
			return settleTrials(tx, agent, 0)
		}))
	}
	for _, agent := range again {
		problems = append(problems, postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
			if err := lockHolders(tx, []uuid.UUID{agent}); err != nil {
				return err
			}
			if err := tx.Exec(`delete from certification.recheck where agent_id = ?`, agent).Error; err != nil {
				return err
			}
			return s.issueFollowing(tx, agent)
		}))
	}
	return errors.Join(problems...)
}

// SweepExpiring tells of each credential in force, once, that its end is near, and issues renewals that were earned before.
func (s *Service) SweepExpiring(ctx context.Context) error {
	var near []struct{ ID, AgentID uuid.UUID }
	err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		return tx.Raw(`select c.id, c.agent_id from certification.credential c where c.valid_until > ? and c.valid_until <= ?
				and not exists (select from certification.expiry_notice n where n.credential_id = c.id)
				and not exists (select from certification.credential f where f.agent_id = c.agent_id and f.template_id = c.template_id and f.follows = c.id)
				and not exists (select from certification.revocation r where r.credential_id = c.id)
				and not exists (select from certification.suspension p where p.credential_id = c.id and not exists (select from certification.suspension_end e where e.suspension_id = p.id))
			order by c.valid_until limit ?`, tx.Now, tx.Now.Add(badge.ExpiringWithin), sweepBatch).Scan(&near).Error
	})
	if err != nil {
		return err
	}
	var problems []error
	for _, n := range near {
		problems = append(problems, postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
			return s.tellExpiring(tx, n.ID, n.AgentID)
		}))
	}
	return errors.Join(problems...)
}

func (s *Service) tellExpiring(tx *postgres.Tx, id, agent uuid.UUID) error {
	if err := lockHolders(tx, []uuid.UUID{agent}); err != nil {
		return err
	}
	c, err := selectCredential(tx, id)
	if err != nil || c.State != badge.Expiring {
		return err
	}
	told := tx.Exec(`insert into certification.expiry_notice (credential_id, told_at) values (?, ?) on conflict do nothing`, id, tx.Now)
	if told.Error != nil || told.RowsAffected == 0 {
		return told.Error
	}
	if err := outbox.Append(tx, fact.CredentialExpiring{CredentialID: id.String(), AgentID: agent.String(), TemplateID: c.TemplateID.String(), ValidUntil: c.ValidUntil}); err != nil {
		return err
	}
	return s.issueFollowing(tx, agent)
}
