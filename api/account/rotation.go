package account

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"peakseat/internal/postgres"
	"peakseat/internal/seal"
)

// ErrKeyInUse says that something still lies under a key: retiring it would lose that.
var ErrKeyInUse = errors.New("rows still lie under this key")

// rotationBatch is how many rows a transaction of a rotation moves: few enough that nobody waits for long.
const rotationBatch = 500

// RewrapDataKeys wraps every data key under the key in use; what is sealed under the data keys stays as it is. It may be
// ended and begun again at any time, while servers run. moved counts the data keys that this call wrapped anew.
func (s *Service) RewrapDataKeys(ctx context.Context, progress func(moved int)) (moved int, err error) {
	for _, table := range keyedTables() {
		n, err := s.rotateTable(ctx, table.name, "data_key", func() uint32 { return s.Keyring.KeyIDs()[0] },
			func(row keyedRow) ([]byte, error) {
				wrapped, _, err := s.Keyring.Rewrap(row.Person, row.DataKey)
				return wrapped, err
			}, table.person, func(n int) { progress(moved + n) })
		moved += n
		if err != nil {
			return moved, err
		}
	}
	return moved, nil
}

// ReindexEmails stores every e-mail's blind index under the index key in use. Meanwhile look-ups ask under all keys.
// It may be ended and begun again at any time, while servers run. moved counts the indexes that this call stored anew.
func (s *Service) ReindexEmails(ctx context.Context, progress func(moved int)) (moved int, err error) {
	for _, table := range keyedTables() {
		n, err := s.rotateTable(ctx, table.name, "email_index", func() uint32 { return s.Index.KeyIDs()[0] },
			func(row keyedRow) ([]byte, error) {
				key, err := s.Keyring.Open(row.Person, row.DataKey)
				if err != nil {
					return nil, err
				}
				email, err := key.UnsealText(fieldEmail, row.Email)
				if err != nil {
					return nil, err
				}
				return s.Index.Of(seal.Email, email)
			}, table.person, func(n int) { progress(moved + n) })
		moved += n
		if err != nil {
			return moved, err
		}
	}
	return moved, nil
}

// RetireSealKey destroys a key under which no data key lies any more. It returns ErrKeyInUse, seal.ErrPrimaryKey or
// seal.ErrUnknownKey.
func (s *Service) RetireSealKey(ctx context.Context, id uint32) error {
	return s.retire(ctx, id, "data_key", s.Keyring.Reload, s.Keyring.KeyIDs, s.Keyring.Retire)
}

// RetireIndexKey destroys a key under which no e-mail is indexed any more. Its refusals are those of RetireSealKey.
func (s *Service) RetireIndexKey(ctx context.Context, id uint32) error {
	return s.retire(ctx, id, "email_index", s.Index.Reload, s.Index.KeyIDs, s.Index.Retire)
}

func (s *Service) retire(ctx context.Context, id uint32, column string, reload func() error, ids func() []uint32, retire func(uint32) error) error {
	if err := reload(); err != nil {
		return err
	}
	switch i := slices.Index(ids(), id); i {
	case -1:
		return seal.ErrUnknownKey
	case 0:
		return seal.ErrPrimaryKey
	}
	left, err := s.rowsUnder(ctx, column)
	switch {
	case err != nil:
		return err
	case left[id] > 0:
		return fmt.Errorf("%w: %d of %s", ErrKeyInUse, left[id], column)
	}
	return retire(id)
}

// DataKeysUnder counts the data keys under each key.
func (s *Service) DataKeysUnder(ctx context.Context) (map[uint32]int, error) {
	return s.rowsUnder(ctx, "data_key")
}

// EmailsUnder counts the indexed e-mails under each index key.
func (s *Service) EmailsUnder(ctx context.Context) (map[uint32]int, error) {
	return s.rowsUnder(ctx, "email_index")
}

// WatchKeys reads the files of the keys again at intervals, so that rotations by other processes are seen.
func (s *Service) WatchKeys(ctx context.Context) error {
	ticker := time.NewTicker(seal.ReloadEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if err := errors.Join(s.Keyring.Reload(), s.Index.Reload()); err != nil {
				s.Log.ErrorContext(ctx, "the keys of sealed columns could not be read again", slog.Any("error", err))
			}
		}
	}
}

// keyedTable is a table with sealed rows: the column of the id that a row's data key is bound to.
type keyedTable struct{ name, person string }

func keyedTables() []keyedTable {
	return []keyedTable{{"account.account", "id"}, {"account.link", "person_id"}}
}

// keyedRow is a row of such a table.
type keyedRow struct {
	ID, Person     uuid.UUID
	DataKey, Email []byte
}

// rotateTable stores a column anew in every row in which it does not lie under the key in use, some rows a transaction.
func (s *Service) rotateTable(ctx context.Context, table, column string, primary func() uint32, store func(keyedRow) ([]byte, error),
	person string, progress func(moved int),
) (moved int, err error) {
	for {
		n := 0
		err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
			return tx.Pgx(func(conn *pgx.Conn) (err error) {
				n, err = rotateBatch(tx.Context(), conn, table, column, primary(), store, person)
				return err
			})
		})
		if err != nil {
			return moved, fmt.Errorf("rotate %s of %s: %w", column, table, err)
		}
		moved += n
		if n == 0 {
			return moved, nil
		}
		progress(moved)
	}
}

func rotateBatch(ctx context.Context, conn *pgx.Conn, table, column string, primary uint32, store func(keyedRow) ([]byte, error), person string) (int, error) {
	// the lock keeps an erasure from being undone
	rows, err := conn.Query(ctx, fmt.Sprintf(`select id, %[3]s, data_key, email from %[1]s
		where %[2]s is not null and substr(%[2]s, 1, 5) <> $1 order by id limit $2 for update`, table, column, person), keyPrefix(primary), rotationBatch)
	if err != nil {
		return 0, fmt.Errorf("select: %w", err)
	}
	batch, err := pgx.CollectRows(rows, pgx.RowToStructByPos[keyedRow])
	if err != nil {
		return 0, fmt.Errorf("select: %w", err)
	}
	ids, values := make([]uuid.UUID, len(batch)), make([][]byte, len(batch))
	for i, row := range batch {
		ids[i] = row.ID
		if values[i], err = store(row); err != nil {
			return 0, fmt.Errorf("row %s: %w", row.ID, err)
		}
	}
	_, err = conn.Exec(ctx, fmt.Sprintf(`update %[1]s t set %[2]s = n.value from unnest($1::uuid[], $2::bytea[]) n (id, value) where t.id = n.id`, table, column), ids, values)
	if err != nil {
		return 0, fmt.Errorf("update: %w", err)
	}
	return len(batch), nil
}

func (s *Service) rowsUnder(ctx context.Context, column string) (map[uint32]int, error) {
	under := map[uint32]int{}
	err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		clear(under)
		for _, table := range keyedTables() {
			var found []struct {
				Prefix []byte
				Rows   int
			}
			err := tx.Raw(fmt.Sprintf(`select substr(%[2]s, 1, 5) as prefix, count(*) as rows from %[1]s where %[2]s is not null group by 1`, table.name, column)).Scan(&found).Error
			if err != nil {
				return fmt.Errorf("count rows under keys: %w", err)
			}
			for _, f := range found {
				if len(f.Prefix) == 5 {
					under[binary.BigEndian.Uint32(f.Prefix[1:])] += f.Rows
				}
			}
		}
		return nil
	})
	return under, err
}

// keyPrefix is how what lies under a key begins.
func keyPrefix(id uint32) []byte { return binary.BigEndian.AppendUint32([]byte{1}, id) }

// emailLocks is the first number of the advisory locks on e-mails.
const emailLocks = 7365742

// lockEmails orders those who store the same e-mail while two index keys live: the unique constraint sees only equals.
// Everybody knows both keys before the second is used, so that two of them always meet at one of these locks.
func lockEmails(tx *postgres.Tx, indexes [][]byte) error {
	if len(indexes) < 2 {
		return nil
	}
	locks := make([]int32, len(indexes))
	for i, index := range indexes {
		locks[i] = int32(binary.BigEndian.Uint32(index[len(index)-4:])) //nolint:gosec // any four bytes of a hash
	}
	slices.Sort(locks)
	for _, lock := range locks {
		if err := tx.Exec(`select pg_advisory_xact_lock(?, ?)`, emailLocks, lock).Error; err != nil {
			return fmt.Errorf("lock e-mail: %w", err)
		}
	}
	return nil
}
