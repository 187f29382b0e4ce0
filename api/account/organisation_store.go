package account

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/postgres"
)

func insertOrganisation(tx *postgres.Tx, o Organisation) error {
	return tx.Exec(`insert into account.organisation (id, kind, name, created_at) values (?, ?, nullif(?, ''), ?)`,
		o.ID, o.Kind, o.Name, tx.Now).Error
}

func insertMembership(tx *postgres.Tx, o Organisation, account uuid.UUID, role auth.Role) error {
	return tx.Exec(`insert into account.membership (organisation_id, organisation_kind, account_id, role, joined_at) values (?, ?, ?, ?, ?)`,
		o.ID, o.Kind, account, role, tx.Now).Error
}

// selectMemberships lists what an account belongs to, the oldest first.
func selectMemberships(tx *postgres.Tx, account uuid.UUID) (list []Membership, err error) {
	err = tx.Raw(`select o.id, o.kind, coalesce(o.name, '') as name, m.role
		from account.membership m join account.organisation o on o.id = m.organisation_id
		where m.account_id = ? order by m.joined_at, o.id`, account).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("select memberships: %w", err)
	}
	return list, nil
}

type memberRow struct {
	Person   accountRow `gorm:"embedded"`
	Role     auth.Role
	JoinedAt time.Time
}

func selectMembers(tx *postgres.Tx, organisation uuid.UUID) (list []memberRow, err error) {
	err = tx.Raw(`select `+accountColumns+`, m.role, m.joined_at
		from account.membership m join account.account a on a.id = m.account_id
		where m.organisation_id = ? order by m.joined_at, a.id`, organisation).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("select members: %w", err)
	}
	return list, nil
}

// existsMember tells whether somebody with this e-mail is a member.
func existsMember(tx *postgres.Tx, organisation uuid.UUID, indexes [][]byte) (member bool, err error) {
	err = tx.Raw(`select exists (select from account.membership m join account.account a on a.id = m.account_id
		where m.organisation_id = ? and a.email_index in ?)`, organisation, indexes).Scan(&member).Error
	return member, err
}

// selectRole returns "" for who is no member.
func selectRole(tx *postgres.Tx, organisation, account uuid.UUID) (role auth.Role, err error) {
	err = tx.Raw(`select role from account.membership where organisation_id = ? and account_id = ?`, organisation, account).Scan(&role).Error
	return role, err
}

func updateRole(tx *postgres.Tx, organisation, account uuid.UUID, role auth.Role) error {
	return tx.Exec(`update account.membership set role = ? where organisation_id = ? and account_id = ?`, role, organisation, account).Error
}

// lockOrganisation puts those who change its members in line.
func lockOrganisation(tx *postgres.Tx, id uuid.UUID) error {
	return tx.Exec(`select from account.organisation where id = ? for update`, id).Error
}

func deleteMembership(tx *postgres.Tx, organisation, account uuid.UUID) error {
	return tx.Exec(`delete from account.membership where organisation_id = ? and account_id = ?`, organisation, account).Error
}

func updateOrganisationName(tx *postgres.Tx, id uuid.UUID, name string) error {
	return tx.Exec(`update account.organisation set name = ?, version = version + 1 where id = ?`, name, id).Error
}
