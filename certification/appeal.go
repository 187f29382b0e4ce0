package certification

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/certification/badge"
	"peakseat/internal/audit"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// Appeal is a holder's against one act: a suspension, or a revocation.
type Appeal struct {
	ID           uuid.UUID  `json:"id"`
	CredentialID uuid.UUID  `json:"credential_id"`
	Against      string     `json:"against" enum:"suspension,revocation"`
	AgentID      uuid.UUID  `json:"agent_id"`
	Reason       string     `json:"reason"`
	AppealedAt   time.Time  `json:"appealed_at"`
	Upheld       *bool      `json:"upheld" doc:"null: not decided"`
	Decision     *string    `json:"decision"`
	DecidedAt    *time.Time `json:"decided_at"`
	Mine         bool       `json:"mine" doc:"I had a part in what it is about, so that another person decides"`
	Replacement  *uuid.UUID `json:"replacement,omitempty" doc:"the credential that takes the place of one whose revocation was wrong"`
}

// AppealAgainst files the holder's appeal against the credential's newest suspension or its revocation. It returns
// ErrNothingToAppeal or ErrAppealed.
func (s *Service) AppealAgainst(ctx context.Context, id uuid.UUID, reason string) (a *Appeal, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		c, err := selectCredential(tx, id)
		if err != nil {
			return err
		}
		var act struct {
			ID       uuid.UUID
			Against  string
			By, With uuid.UUID
		}
		if err := tx.Raw(`select * from (
				select request_id as id, 'revocation' as against, requested_by as by, confirmed_by as "with", revoked_at as at from certification.revocation where credential_id = ?
				union all select id, 'suspension', suspended_by, suspended_by, suspended_at from certification.suspension where credential_id = ?) a
			order by against = 'revocation' desc, at desc limit 1`, id, id).Scan(&act).Error; err != nil {
			return err
		}
		if act.ID == uuid.Nil {
			return ErrNothingToAppeal
		}
		involved := slices.Compact([]uuid.UUID{act.By, act.With})
		a = &Appeal{ID: newID(), CredentialID: id, Against: act.Against, AgentID: c.AgentID, Reason: reason, AppealedAt: tx.Now}
		return refusal(tx.Exec(`insert into certification.appeal (id, credential_id, act_id, against, involved, agent_id, reason, appealed_at) values (?, ?, ?, ?, ?::uuid[], ?, ?, ?)`,
			a.ID, id, act.ID, a.Against, postgres.ArrayOf(involved), a.AgentID, reason, tx.Now).Error)
	})
	return a, err
}

// Appeals are those the actor may see, the oldest first; officials see all.
func (s *Service) Appeals(ctx context.Context, after uuid.UUID, limit int) (list []Appeal, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		return tx.Raw(selectAppeal+` where a.id > ? order by a.id limit ?`, after, limit).Scan(&list).Error
	})
	return list, err
}

const selectAppeal = `select a.*, d.upheld, d.reason as decision, d.decided_at, platform.account() = any (a.involved) as mine from certification.appeal a left join certification.appeal_decision d on d.appeal_id = a.id`

// AppealRuling is a decision about an appeal.
type AppealRuling struct {
	Upheld bool   `json:"upheld" doc:"the holder is right"`
	Reason string `json:"reason" minLength:"1" maxLength:"2000"`
}

// DecideAppeal rules. An upheld appeal ends a suspension; a revocation stays in the log for ever, and a new credential
// takes the place of the old one until the same day. It returns ErrOtherPerson, ErrDecided or fault.ErrNotFound.
func (s *Service) DecideAppeal(ctx context.Context, id uuid.UUID, r AppealRuling) (a *Appeal, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		a = &Appeal{}
		if err := tx.Raw(selectAppeal+` where a.id = ?`, id).Scan(a).Error; err != nil {
			return err
		}
		if a.ID == uuid.Nil {
			return fault.ErrNotFound
		}
		c, version, err := lockCredential(tx, a.CredentialID)
		if err != nil {
			return err
		}
		if err := tx.Exec(`insert into certification.appeal_decision (appeal_id, involved, decided_by, upheld, reason, decided_at)
			select id, involved, ?, ?, ?, ? from certification.appeal where id = ?`, tx.Actor.AccountID, r.Upheld, r.Reason, tx.Now, id).Error; err != nil {
			return refusal(err)
		}
		a.Upheld, a.Decision, a.DecidedAt = &r.Upheld, &r.Reason, &tx.Now
		if err := outbox.Append(tx, fact.CredentialAppealDecided{AppealID: id.String(), CredentialID: c.ID.String(), AgentID: c.AgentID.String(), Upheld: r.Upheld}); err != nil {
			return err
		}
		if err := audit.Record(tx, audit.Entry{Action: "appeal.decided", Subject: c.ID.String(), Reason: r.Reason, Detail: map[string]bool{"upheld": r.Upheld}}); err != nil {
			return err
		}
		switch {
		case r.Upheld && a.Against == "suspension":
			err = s.reinstate(tx, c, version, "appeal", r.Reason)
			if errors.Is(err, fault.ErrNotFound) { // its time was over first
				_, err = settleTags(tx, c.AgentID, version)
			}
			return err
		case r.Upheld && c.ValidUntil.After(tx.Now):
			return s.replace(tx, a, c, version)
		}
		_, err = settleTags(tx, c.AgentID, version) // the version is counted, so it is told
		return err
	})
	return a, err
}

func (s *Service) replace(tx *postgres.Tx, a *Appeal, c *Credential, version int64) error {
	if c.State != badge.Revoked {
		return errors.New("only a revoked credential is replaced")
	}
	t, err := selectTemplate(tx, c.TemplateID, c.TemplateVersion)
	if err != nil {
		return err
	}
	made, err := s.insertCredential(tx, t, Issuance{AgentID: c.AgentID, TemplateID: t.ID, Evidence: "appeal " + a.ID.String(), Renews: &c.ID}, c.ValidUntil)
	if err != nil {
		return err
	}
	a.Replacement = &made.ID
	if err := settleAs(tx, made, version, "issued", audit.Entry{Action: "credential.issued", Reason: "appeal " + a.ID.String()}); err != nil {
		return err
	}
	return s.issueFollowing(tx, c.AgentID)
}
