package account

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

func insertAPIKey(tx *postgres.Tx, organisation uuid.UUID, k APIKey, hash []byte) error {
	return tx.Exec(`insert into account.api_key (id, organisation_id, account_id, name, hash, hint, role, scopes, made_at, expires_at)
		values (?, ?, ?, ?, ?, ?, ?, string_to_array(?, ' '), ?, ?)`,
		k.ID, organisation, k.AccountID, k.Name, hash, k.Hint, k.Role, strings.Join(k.Scopes, " "), k.MadeAt, k.ExpiresAt).Error
}

func selectAPIKeys(tx *postgres.Tx, organisation uuid.UUID) ([]APIKey, error) {
	var rows []struct {
		ID, AccountID     uuid.UUID
		Name, Hint        string
		Role              auth.Role
		Joined            string
		MadeAt            time.Time
		ExpiresAt, UsedAt *time.Time
	}
	err := tx.Raw(`select id, account_id, name, hint, role, array_to_string(scopes, ' ') as joined, made_at, expires_at, used_at
		from account.api_key where organisation_id = ? order by id desc`, organisation).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("select api keys: %w", err)
	}
	keys := make([]APIKey, len(rows))
	for i, r := range rows {
		keys[i] = APIKey{
			ID: r.ID, AccountID: r.AccountID, Name: r.Name, Hint: r.Hint, Role: r.Role, Scopes: strings.Fields(r.Joined),
			MadeAt: r.MadeAt.UTC(), ExpiresAt: r.ExpiresAt, UsedAt: r.UsedAt,
		}
	}
	return keys, nil
}

// deleteAPIKey returns fault.ErrNotFound for a key that is not the organisation's.
func deleteAPIKey(tx *postgres.Tx, organisation, id uuid.UUID) error {
	done := tx.Exec(`delete from account.api_key where id = ? and organisation_id = ?`, id, organisation)
	if done.Error != nil {
		return fmt.Errorf("delete api key: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return fault.ErrNotFound
	}
	return nil
}

// deleteAPIKeysOf deletes the keys that the account made for the organisation and that act in one of the roles.
func deleteAPIKeysOf(tx *postgres.Tx, account, organisation uuid.UUID, roles []auth.Role) error {
	return tx.Exec(`delete from account.api_key where account_id = ? and organisation_id = ? and role in ?`, account, organisation, roles).Error
}

// apiKeyUse is what decides whether a key works now.
type apiKeyUse struct {
	ID, AccountID, OrganisationID uuid.UUID
	Role                          auth.Role
	MakerRole                     auth.Role // "" where the maker left
	Scopes                        string    // joined by spaces
	Disabled                      bool
	ExpiresAt, UsedAt             *time.Time
}

// selectAPIKeyUse returns fault.ErrUnauthenticated for a key that nobody has.
func selectAPIKeyUse(tx *postgres.Tx, hash []byte) (apiKeyUse, error) {
	var rows []apiKeyUse
	err := tx.Raw(`select k.id, k.account_id, k.organisation_id, k.role, coalesce(m.role, '') as maker_role, array_to_string(k.scopes, ' ') as scopes,
			exists (select from account.disablement d where d.account_id = k.account_id) as disabled, k.expires_at, k.used_at
		from account.api_key k
		left join account.membership m on m.organisation_id = k.organisation_id and m.account_id = k.account_id
		where k.hash = ?`, hash).Scan(&rows).Error
	if err != nil {
		return apiKeyUse{}, fmt.Errorf("select api key: %w", err)
	}
	if len(rows) == 0 {
		return apiKeyUse{}, fault.ErrUnauthenticated
	}
	return rows[0], nil
}

func updateAPIKeyUsed(tx *postgres.Tx, id uuid.UUID, now time.Time) error {
	return tx.Exec(`update account.api_key set used_at = ? where id = ?`, now, id).Error
}
