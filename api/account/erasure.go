package account

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/audit"
	"peakseat/internal/auth"
	"peakseat/internal/fact"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/seal"
)

// Export is what this context holds about the actor, for them to take along.
type Export struct {
	Me
	Identity Identity // masked: whoever holds a session reads no more of it than on the screen
	Sessions []SessionSeen
}

// SessionSeen is one session of the actor. Times are the machine's.
type SessionSeen struct {
	ID             uuid.UUID  `json:"id"`
	OrganisationID *uuid.UUID `json:"organisation_id,omitempty"`
	BeganAt        time.Time  `json:"began_at"`
	RefreshedAt    time.Time  `json:"refreshed_at"`
	ExpiresAt      time.Time  `json:"expires_at"`
	EndedAt        *time.Time `json:"ended_at,omitempty"`
	EndedBy        *string    `json:"ended_by,omitempty"`
}

// ExportMe returns it.
func (s *Service) ExportMe(ctx context.Context) (export Export, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if export.Me, err = s.selectMe(tx); err != nil {
			return err
		}
		if export.Identity, err = s.MyIdentity(tx.Context()); err != nil {
			return err
		}
		return tx.Raw(`select id, organisation_id, began_at, refreshed_at, expires_at, ended_at, ended_by
			from account.session where account_id = ? order by began_at`, tx.Actor.AccountID).Scan(&export.Sessions).Error
	})
	return export, err
}

// Erase destroys the actor's data key, and with it the name and the e-mail, whatever copies of the rows exist. The id
// stays, so that books and facts that name it stay whole. It runs under the system role, since an owner's colleagues
// elsewhere have to be counted; the id is the actor's. It returns ErrWrongPassword, ErrLastOwner, ErrSessionNeeded or
// ErrTooManyTries.
func (s *Service) Erase(ctx context.Context, password string, address netip.Addr) error {
	actor, _ := auth.ActorFrom(ctx)
	if actor.SessionID == uuid.Nil {
		return ErrSessionNeeded
	}
	me, err := s.Me(ctx)
	if err != nil {
		return err
	}
	guessed := seal.Normalise(seal.Email, me.Email)
	if wait := s.Throttle.Guess(guessed, address); wait > 0 {
		return ErrTooManyTries.After(wait)
	}
	var hash string
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		hash, err = selectPassword(tx, actor.AccountID)
		return err
	})
	if err != nil {
		return err
	}
	same, err := s.Passwords.Verify(ctx, password, hash)
	switch {
	case err != nil:
		return busy(err)
	case !same:
		return ErrWrongPassword
	}
	s.Throttle.Succeeded(guessed, address)
	var revoked []auth.Revoked
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		revoked, err = erase(tx, actor.AccountID)
		return err
	})
	if err != nil {
		return err
	}
	s.revocations.Add(revoked...)
	return nil
}

func erase(tx *postgres.Tx, id uuid.UUID) ([]auth.Revoked, error) {
	row, err := lockAccount(tx, id)
	switch {
	case err != nil:
		return nil, err
	case row.ErasedAt != nil:
		return nil, ErrErased
	}
	memberships, err := selectMemberships(tx, id)
	if err != nil {
		return nil, err
	}
	facts := []fact.Fact{fact.AccountDisabled{AccountID: id.String(), Reason: disabledByErasure}}
	for _, m := range memberships {
		if last, err := lockLastOf(tx, m, id); err != nil {
			return nil, err
		} else if last {
			return nil, ErrLastOwner
		}
		facts = append(facts, fact.MembershipEnded{OrganisationID: m.ID.String(), AccountID: id.String()})
	}
	revoked, err := endSessions(tx, id, uuid.Nil, endedByErasure)
	if err != nil {
		return nil, err
	}
	whole, err := insertAccountRevocation(tx, id, false)
	if err != nil {
		return nil, err
	}
	for _, query := range []string{
		`delete from account.password where account_id = ?`,
		`delete from account.api_key where account_id = ?`,
		`delete from account.membership where account_id = ?`,
		`delete from account.link where account_id = ? and used_at is null`,
		`delete from account.identity where agent_id = ?`,
	} {
		if err := tx.Exec(query, id).Error; err != nil {
			return nil, fmt.Errorf("erase: %w", err)
		}
	}
	err = tx.Exec(`update account.account set email_index = null, email = null, name = null, data_key = null, erased_at = ?, version = version + 1
		where id = ?`, tx.Now, id).Error
	if err != nil {
		return nil, fmt.Errorf("erase: %w", err)
	}
	if err := audit.Record(tx, audit.Entry{Action: "account.erased", Subject: id.String()}); err != nil {
		return nil, err
	}
	return append(revoked, whole), outbox.Append(tx, append(facts, fact.AccountErased{AccountID: id.String()})...)
}

// lockLastOf tells whether nobody else is the owner (or operator) that the account is in an organisation, and keeps the
// others so until the transaction ends: of two who leave at once one stays.
func lockLastOf(tx *postgres.Tx, m Membership, account uuid.UUID) (last bool, err error) {
	if m.Role != auth.Owner && m.Role != auth.Operator {
		return false, nil
	}
	if err := lockOrganisation(tx, m.ID); err != nil {
		return false, fmt.Errorf("lock organisation: %w", err)
	}
	err = tx.Raw(`select not exists (select from account.membership where organisation_id = ? and role = ? and account_id <> ?)`,
		m.ID, m.Role, account).Scan(&last).Error
	return last, err
}
