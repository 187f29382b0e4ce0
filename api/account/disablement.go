package account

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"peakseat/internal/audit"
	"peakseat/internal/auth"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

const maxReason = 500

// The reasons that fact.AccountDisabled gives. What the operator wrote may name people; it stays in the audit trail.
const (
	disabledByOperator = "operator"
	disabledByErasure  = "erased"
)

// Disable puts an account out: its sessions end, and every process refuses its tokens and keys within seconds. It is an
// operator's, with a reason for the audit trail; an account that is out stays so. It returns fault.ErrNotFound,
// ErrOwnAccount, ErrErased, ErrSessionNeeded or fault.ErrInvalid.
func (s *Service) Disable(ctx context.Context, account uuid.UUID, reason string) error {
	if err := checkOperation(ctx, account, reason); err != nil {
		return err
	}
	var revoked []auth.Revoked
	err := postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		revoked = nil
		row, err := lockAccount(tx, account)
		switch {
		case err != nil:
			return err
		case row.ErasedAt != nil:
			return ErrErased
		case row.Disabled:
			return nil
		}
		if err := insertDisablement(tx, account); err != nil {
			return err
		}
		if revoked, err = endSessions(tx, account, uuid.Nil, endedByDisabled); err != nil {
			return err
		}
		whole, err := insertAccountRevocation(tx, account, false)
		if err != nil {
			return err
		}
		revoked = append(revoked, whole)
		if err := audit.Record(tx, audit.Entry{Action: "account.disabled", Subject: account.String(), Reason: strings.TrimSpace(reason)}); err != nil {
			return err
		}
		return outbox.Append(tx, fact.AccountDisabled{AccountID: account.String(), Reason: disabledByOperator})
	})
	if err != nil {
		return err
	}
	s.revocations.Add(revoked...)
	return nil
}

// Enable lets a disabled account in again; its sessions do not come back. Its refusals are those of Disable.
func (s *Service) Enable(ctx context.Context, account uuid.UUID, reason string) error {
	if err := checkOperation(ctx, account, reason); err != nil {
		return err
	}
	var revoked []auth.Revoked
	err := postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		revoked = nil
		row, err := lockAccount(tx, account)
		switch {
		case err != nil:
			return err
		case row.ErasedAt != nil:
			return ErrErased
		case !row.Disabled:
			return nil
		}
		if err := deleteDisablement(tx, account); err != nil {
			return err
		}
		lifted, err := insertAccountRevocation(tx, account, true)
		if err != nil {
			return err
		}
		revoked = append(revoked, lifted)
		if err := audit.Record(tx, audit.Entry{Action: "account.enabled", Subject: account.String(), Reason: strings.TrimSpace(reason)}); err != nil {
			return err
		}
		return outbox.Append(tx, fact.AccountEnabled{AccountID: account.String()})
	})
	if err != nil {
		return err
	}
	s.revocations.Add(revoked...)
	return nil
}

// checkOperation holds what every act of an operator upon an account asks for: a session, another's account, a reason.
func checkOperation(ctx context.Context, account uuid.UUID, reason string) error {
	actor, _ := auth.ActorFrom(ctx)
	switch {
	case actor.SessionID == uuid.Nil:
		return ErrSessionNeeded
	case actor.AccountID == account:
		return ErrOwnAccount
	}
	var wrong fault.Collect
	switch n := utf8.RuneCountInString(strings.TrimSpace(reason)); {
	case n == 0:
		wrong.Add("/reason", "required", "请写明理由，它会记入审计。", "Give a reason; it is kept in the audit trail.")
	case n > maxReason:
		wrong.Add("/reason", "too_long", "最多 500 个字符。", "At most 500 characters.")
	}
	return wrong.Err()
}

func insertDisablement(tx *postgres.Tx, account uuid.UUID) error {
	return tx.Exec(`insert into account.disablement (account_id, by, disabled_at) values (?, ?, ?)`, account, tx.Actor.AccountID, tx.Now).Error
}

func deleteDisablement(tx *postgres.Tx, account uuid.UUID) error {
	return tx.Exec(`delete from account.disablement where account_id = ?`, account).Error
}
