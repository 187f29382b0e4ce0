package account

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/clock"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// linkRow is a row of account.link.
type linkRow struct {
	ID               uuid.UUID
	Purpose          purpose
	TokenHash        []byte
	OrganisationID   *uuid.UUID
	OrganisationKind *OrganisationKind
	OrganisationName string // read, not stored here
	Role             *auth.Role
	AccountID        *uuid.UUID
	PersonID         *uuid.UUID
	EmailIndex       []byte
	Email            []byte
	DataKey          []byte
	MadeAt           time.Time
	ExpiresAt        time.Time
}

func (l linkRow) organisation() Organisation {
	return Organisation{ID: *l.OrganisationID, Kind: *l.OrganisationKind, Name: l.OrganisationName}
}

func insertLink(tx *postgres.Tx, l linkRow) error {
	return tx.Exec(`insert into account.link (id, purpose, token_hash, organisation_id, organisation_kind, role, account_id, person_id,
			email_index, email, data_key, made_by, made_at, expires_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		l.ID, l.Purpose, l.TokenHash, l.OrganisationID, l.OrganisationKind, l.Role, l.AccountID, l.PersonID,
		l.EmailIndex, l.Email, l.DataKey, optional(tx.Actor.AccountID), clock.Now(), l.ExpiresAt).Error
}

const linkColumns = `l.id, l.purpose, l.token_hash, l.organisation_id, l.organisation_kind, coalesce(o.name, '') as organisation_name, l.role,
	l.account_id, l.person_id, l.email_index, l.email, l.data_key, l.made_at, l.expires_at`

// stillMeant holds while whoever made the link may still make one: links die with their maker's rights, as API keys do, so that
// nobody who is put out leaves a door open. The command line's have no maker.
const stillMeant = `(l.made_by is null or exists (select from account.membership m
		where m.account_id = l.made_by and m.organisation_id = coalesce(l.organisation_id, ?) and m.role in ('owner', 'operator')
			and not exists (select from account.disablement d where d.account_id = m.account_id)))`

// selectLink returns ErrLink for a link that is unknown, used or over, or whose maker may make none any more.
func selectLink(tx *postgres.Tx, hash []byte, now time.Time) (linkRow, error) {
	var rows []linkRow
	err := tx.Raw(`select `+linkColumns+` from account.link l left join account.organisation o on o.id = l.organisation_id
		where l.token_hash = ? and l.used_at is null and l.expires_at > ? and `+stillMeant, hash, now, PlatformID()).Scan(&rows).Error
	if err != nil {
		return linkRow{}, fmt.Errorf("select link: %w", err)
	}
	if len(rows) == 0 {
		return linkRow{}, ErrLink
	}
	return rows[0], nil
}

// lockLink lets one of many who use a link at once through; the others then find it used.
func lockLink(tx *postgres.Tx, hash []byte, now time.Time) (linkRow, error) {
	if err := tx.Exec(`select from account.link where token_hash = ? for update`, hash).Error; err != nil {
		return linkRow{}, fmt.Errorf("lock link: %w", err)
	}
	return selectLink(tx, hash, now)
}

// updateLinkUsed marks a link as used, and drops the e-mail and the key, which are the account's now.
func updateLinkUsed(tx *postgres.Tx, id, account uuid.UUID) error {
	return tx.Exec(`update account.link set used_at = ?, account_id = ?, email_index = null, email = null, data_key = null where id = ?`,
		clock.Now(), account, id).Error
}

func selectInvitations(tx *postgres.Tx, organisation uuid.UUID, now time.Time) (rows []linkRow, err error) {
	err = tx.Raw(`select `+linkColumns+` from account.link l join account.organisation o on o.id = l.organisation_id
		where l.organisation_id = ? and l.purpose = ? and l.used_at is null and l.expires_at > ? and `+stillMeant+` order by l.made_at desc, l.id`,
		organisation, purposeInvitation, now, PlatformID()).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("select invitations: %w", err)
	}
	return rows, nil
}

func deleteInvitation(tx *postgres.Tx, organisation, id uuid.UUID) error {
	done := tx.Exec(`delete from account.link where id = ? and organisation_id = ? and used_at is null`, id, organisation)
	if done.Error != nil {
		return fmt.Errorf("delete invitation: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return fault.ErrNotFound
	}
	return nil
}

func deleteInvitationsTo(tx *postgres.Tx, organisation uuid.UUID, indexes [][]byte) error {
	return tx.Exec(`delete from account.link where organisation_id = ? and email_index in ? and used_at is null`, organisation, indexes).Error
}

func deleteResets(tx *postgres.Tx, account uuid.UUID) error {
	return tx.Exec(`delete from account.link where account_id = ? and purpose = ? and used_at is null`, account, purposeReset).Error
}
