package account

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"peakseat/internal/clock"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
	"peakseat/internal/seal"
	"peakseat/internal/web"
)

// accountRow is a row of account.account, sealed.
type accountRow struct {
	ID         uuid.UUID
	Kind       Kind
	EmailIndex []byte
	Email      []byte
	Name       []byte
	DataKey    []byte
	Seeded     bool
	Version    int64
	CreatedAt  time.Time
	ErasedAt   *time.Time
	Disabled   bool
}

const accountColumns = `a.id, a.kind, a.email_index, a.email, a.name, a.data_key, a.seeded, a.version, a.created_at, a.erased_at,
	exists (select from account.disablement d where d.account_id = a.id) as disabled`

// selectAccount returns fault.ErrNotFound where there is none that the role may see.
func selectAccount(tx *postgres.Tx, id uuid.UUID) (accountRow, error) {
	return oneAccount(tx, `select `+accountColumns+` from account.account a where a.id = ?`, id)
}

// lockAccount locks the account against every other change of it; the facts about it are in the order of this lock.
func lockAccount(tx *postgres.Tx, id uuid.UUID) (accountRow, error) {
	if err := tx.Exec(`select from account.account where id = ? for update`, id).Error; err != nil {
		return accountRow{}, fmt.Errorf("lock account: %w", err)
	}
	return selectAccount(tx, id) // a statement of its own, which sees what the lock waited for
}

// shareAccount keeps the account from being disabled, erased or changed until the transaction ends, and lets others share it.
func shareAccount(tx *postgres.Tx, id uuid.UUID) (accountRow, error) {
	if err := tx.Exec(`select from account.account where id = ? for share`, id).Error; err != nil {
		return accountRow{}, fmt.Errorf("share account: %w", err)
	}
	return selectAccount(tx, id)
}

func (s *Service) selectAccountByEmail(tx *postgres.Tx, email string) (accountRow, error) {
	indexes, err := s.Index.All(seal.Email, email)
	if err != nil {
		return accountRow{}, fault.ErrNotFound.Because(err)
	}
	return oneAccount(tx, `select `+accountColumns+` from account.account a where a.email_index in ?`, indexes)
}

func oneAccount(tx *postgres.Tx, query string, args ...any) (accountRow, error) {
	var rows []accountRow
	if err := tx.Raw(query, args...).Scan(&rows).Error; err != nil {
		return accountRow{}, fmt.Errorf("select account: %w", err)
	}
	if len(rows) == 0 {
		return accountRow{}, fault.ErrNotFound
	}
	return rows[0], nil
}

func existsEmail(tx *postgres.Tx, indexes [][]byte) (taken bool, err error) {
	err = tx.Raw(`select exists (select from account.account where email_index in ?)`, indexes).Scan(&taken).Error
	return taken, err
}

func insertAccount(tx *postgres.Tx, row accountRow) error {
	return tx.Exec(`insert into account.account (id, kind, email_index, email, name, data_key, seeded, created_at) values (?, ?, ?, ?, ?, ?, ?, ?)`,
		row.ID, row.Kind, row.EmailIndex, row.Email, row.Name, row.DataKey, row.Seeded, tx.Now).Error
}

// updateName returns web.ErrChanged where the version is another one.
func updateName(tx *postgres.Tx, id uuid.UUID, sealed []byte, version int64) error {
	done := tx.Exec(`update account.account set name = ?, version = version + 1 where id = ? and version = ?`, sealed, id, version)
	if done.Error != nil {
		return fmt.Errorf("update name: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return web.ErrChanged
	}
	return nil
}

// selectPassword returns the hash, or "" where there is none.
func selectPassword(tx *postgres.Tx, id uuid.UUID) (hash string, err error) {
	err = tx.Raw(`select hash from account.password where account_id = ?`, id).Scan(&hash).Error
	return hash, err
}

func upsertPassword(tx *postgres.Tx, id uuid.UUID, hash string) error {
	return tx.Exec(`insert into account.password (account_id, hash, set_at) values (?, ?, ?)
		on conflict (account_id) do update set hash = excluded.hash, set_at = excluded.set_at`, id, hash, clock.Now()).Error
}

// updatePassword returns web.ErrChanged where the password is no longer the old one.
func updatePassword(tx *postgres.Tx, id uuid.UUID, hash, old string) error {
	done := tx.Exec(`update account.password set hash = ?, set_at = ? where account_id = ? and hash = ?`, hash, clock.Now(), id, old)
	if done.Error != nil {
		return fmt.Errorf("update password: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return web.ErrChanged
	}
	return nil
}

// namedRow is an account and whether it is a member of the organisation asked for.
type namedRow struct {
	accountRow
	Colleague bool
}

func selectNames(tx *postgres.Tx, ids []uuid.UUID, organisation uuid.UUID) (named []namedRow, err error) {
	err = tx.Pgx(func(conn *pgx.Conn) error {
		rows, err := conn.Query(tx.Context(), `
			select a.id, a.email, a.name, a.data_key, a.erased_at,
				exists (select from account.membership m where m.account_id = a.id and m.organisation_id = $2)
			from account.account a where a.id = any ($1)`, ids, organisation)
		if err != nil {
			return fmt.Errorf("select names: %w", err)
		}
		named, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (n namedRow, err error) {
			err = row.Scan(&n.ID, &n.Email, &n.Name, &n.DataKey, &n.ErasedAt, &n.Colleague)
			return n, err
		})
		return err
	})
	return named, err
}
