package certification

import (
	"context"
	"time"

	"github.com/google/uuid"

	"peakseat/certification/badge"
	"peakseat/internal/audit"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// HoldFor is how long one person's suspension lasts, and how long a request to revoke waits for a second person.
const HoldFor = 72 * time.Hour

// Grounds are why somebody acts against a credential. The code is public; the text is for the holder and officials.
type Grounds struct {
	Code string `json:"reason_code" enum:"cheating,misconduct,evidence_wrong,security,other"`
	Text string `json:"reason" minLength:"1" maxLength:"2000"`
}

// Suspend takes a credential out of force at once, for 72 hours. It returns ErrSuspended, ErrSuspendedBefore, ErrRevoked
// or ErrExpired.
func (s *Service) Suspend(ctx context.Context, id uuid.UUID, why Grounds) (c *Credential, err error) {
	return s.act(ctx, id, func(tx *postgres.Tx, c *Credential, version int64) error {
		switch c.State {
		case badge.Suspended:
			return ErrSuspended
		case badge.Revoked:
			return ErrRevoked
		case badge.Expired, badge.Unknown:
			return ErrExpired
		case badge.Valid, badge.Expiring:
		}
		// one whose time is over and that no sweep has ended yet would be ended in the middle of the new one
		if _, err := endSuspensions(tx, c, &tx.Actor.AccountID); err != nil {
			return err
		}
		until := tx.Now.Add(HoldFor)
		if err := tx.Exec(`insert into certification.suspension (id, credential_id, reason_code, reason, suspended_by, suspended_at, until) values (?, ?, ?, ?, ?, ?, ?)`,
			newID(), id, why.Code, why.Text, tx.Actor.AccountID, tx.Now, until).Error; err != nil {
			return refusal(err)
		}
		if err := outbox.Append(tx, fact.CredentialSuspended{CredentialID: id.String(), AgentID: c.AgentID.String(), ReasonCode: why.Code, Until: until}); err != nil {
			return err
		}
		return settleAs(tx, c, version, "suspended", audit.Entry{Action: "credential.suspended", Reason: why.Text})
	})
}

// Reinstate ends a suspension before its time. It returns fault.ErrNotFound where there is none.
func (s *Service) Reinstate(ctx context.Context, id uuid.UUID, reason string) (*Credential, error) {
	return s.act(ctx, id, func(tx *postgres.Tx, c *Credential, version int64) error {
		return s.reinstate(tx, c, version, "official", reason)
	})
}

func (s *Service) reinstate(tx *postgres.Tx, c *Credential, version int64, by, reason string) error {
	var who *uuid.UUID
	if tx.Actor.AccountID != uuid.Nil {
		who = &tx.Actor.AccountID
	}
	ended, err := endSuspensions(tx, c, who)
	if err != nil {
		return err
	}
	if ended == 0 {
		return fault.ErrNotFound
	}
	if err := outbox.Append(tx, fact.CredentialReinstated{CredentialID: c.ID.String(), AgentID: c.AgentID.String(), By: by}); err != nil {
		return err
	}
	if err := settleAs(tx, c, version, "reinstated", audit.Entry{Action: "credential.reinstated", Reason: reason}); err != nil {
		return err
	}
	return s.issueFollowing(tx, c.AgentID)
}

func endSuspensions(tx *postgres.Tx, c *Credential, by *uuid.UUID) (int64, error) {
	r := tx.Exec(`insert into certification.suspension_end (suspension_id, ended_by, ended_at)
		select p.id, ?, ? from certification.suspension p where p.credential_id = ? and not exists (select from certification.suspension_end e where e.suspension_id = p.id)`, by, tx.Now, c.ID)
	return r.RowsAffected, r.Error
}

// RevocationRequest waits for a second person.
type RevocationRequest struct {
	ID           uuid.UUID `json:"id"`
	CredentialID uuid.UUID `json:"credential_id"`
	AgentID      uuid.UUID `json:"agent_id" doc:"the holder"`
	NameZH       string    `json:"name_zh" gorm:"column:name_zh" doc:"of the credential"`
	NameEN       string    `json:"name_en" gorm:"column:name_en"`
	ReasonCode   string    `json:"reason_code"`
	Reason       string    `json:"reason"`
	RequestedBy  uuid.UUID `json:"requested_by"`
	RequestedAt  time.Time `json:"requested_at"`
	LapsesAt     time.Time `json:"lapses_at" gorm:"-" doc:"until when a second person may confirm it"`
}

// RequestRevocation asks for a second person's confirmation within 72 hours. It returns ErrRevoked.
func (s *Service) RequestRevocation(ctx context.Context, id uuid.UUID, why Grounds) (r *RevocationRequest, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		c, err := selectCredential(tx, id)
		if err != nil {
			return err
		}
		if c.State == badge.Revoked {
			return ErrRevoked
		}
		r = &RevocationRequest{
			ID: newID(), CredentialID: id, AgentID: c.AgentID, NameZH: c.NameZH, NameEN: c.NameEN,
			ReasonCode: why.Code, Reason: why.Text, RequestedBy: tx.Actor.AccountID, RequestedAt: tx.Now, LapsesAt: tx.Now.Add(HoldFor),
		}
		if err := tx.Exec(`insert into certification.revocation_request (id, credential_id, reason_code, reason, requested_by, requested_at) values (?, ?, ?, ?, ?, ?)`,
			r.ID, id, r.ReasonCode, r.Reason, r.RequestedBy, r.RequestedAt).Error; err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "revocation.requested", Subject: id.String(), Reason: why.Text})
	})
	return r, err
}

// RevocationRequests are those that still wait, the oldest first.
func (s *Service) RevocationRequests(ctx context.Context, after uuid.UUID, limit int) (list []RevocationRequest, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		err := tx.Raw(`select q.*, c.agent_id, v.name_zh, v.name_en from certification.revocation_request q
			join certification.credential c on c.id = q.credential_id
			join certification.template_version v on v.template_id = c.template_id and v.version = c.template_version
			where q.id > ? and q.requested_at > ?
			and not exists (select from certification.revocation r where r.credential_id = q.credential_id) order by q.id limit ?`, after, tx.Now.Add(-HoldFor), limit).Scan(&list).Error
		for i := range list {
			list[i].LapsesAt = list[i].RequestedAt.Add(HoldFor)
		}
		return err
	})
	return list, err
}

// ConfirmRevocation revokes. It returns ErrSecondPerson, ErrRequestLapsed, ErrRevoked or fault.ErrNotFound.
func (s *Service) ConfirmRevocation(ctx context.Context, request uuid.UUID) (c *Credential, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		var q RevocationRequest
		if err := tx.Raw(`select * from certification.revocation_request where id = ?`, request).Scan(&q).Error; err != nil {
			return err
		}
		switch {
		case q.ID == uuid.Nil:
			return fault.ErrNotFound
		case q.RequestedBy == tx.Actor.AccountID:
			return ErrSecondPerson
		case !tx.Now.Before(q.RequestedAt.Add(HoldFor)):
			return ErrRequestLapsed
		}
		found, version, err := lockCredential(tx, q.CredentialID)
		if err != nil {
			return err
		}
		if err := tx.Exec(`insert into certification.revocation (credential_id, request_id, requested_by, confirmed_by, revoked_at) values (?, ?, ?, ?, ?)`,
			q.CredentialID, q.ID, q.RequestedBy, tx.Actor.AccountID, tx.Now).Error; err != nil {
			return refusal(err)
		}
		if err := outbox.Append(tx, fact.CredentialRevoked{CredentialID: q.CredentialID.String(), AgentID: found.AgentID.String(), ReasonCode: q.ReasonCode}); err != nil {
			return err
		}
		if err := settleAs(tx, found, version, "revoked", audit.Entry{Action: "credential.revoked", Reason: q.Reason}); err != nil {
			return err
		}
		c, err = selectCredential(tx, q.CredentialID)
		return err
	})
	return c, err
}

// act does something to a credential under its holder's lock and reads it again.
func (s *Service) act(ctx context.Context, id uuid.UUID, do func(tx *postgres.Tx, c *Credential, version int64) error) (c *Credential, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		found, version, err := lockCredential(tx, id)
		if err != nil {
			return err
		}
		if err := do(tx, found, version); err != nil {
			return err
		}
		c, err = selectCredential(tx, id)
		return err
	})
	return c, err
}
