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
	return s.rotate(ctx, dataKeyColumns(), func() uint32 { return s.Keyring.KeyIDs()[0] }, progress, func(_ keyedColumn, row keyedRow) ([]byte, error) {
		wrapped, _, err := s.Keyring.Rewrap(row.Person, row.DataKey)
		return wrapped, err
	})
}

// Reindex stores every blind index (of e-mails and identity numbers) under the index key in use. Meanwhile look-ups ask under
// all keys. It may be ended and begun again at any time, while servers run. moved counts the indexes that this call stored anew.
func (s *Service) Reindex(ctx context.Context, progress func(moved int)) (moved int, err error) {
	return s.rotate(ctx, indexColumns(), func() uint32 { return s.Index.KeyIDs()[0] }, progress, func(c keyedColumn, row keyedRow) ([]byte, error) {
		key, err := s.Keyring.Open(row.Person, row.DataKey)
		if err != nil {
			return nil, err
		}
		value, err := key.UnsealText(c.field, row.Sealed)
		if err != nil {
			return nil, err
		}
		return s.Index.Of(c.kind, value)
	})
}

// RetireSealKey destroys a key under which no data key lies any more. It returns ErrKeyInUse, seal.ErrPrimaryKey or
// seal.ErrUnknownKey.
func (s *Service) RetireSealKey(ctx context.Context, id uint32) error {
	return s.retire(ctx, id, dataKeyColumns(), s.Keyring.Reload, s.Keyring.KeyIDs, s.Keyring.Retire)
}

// RetireIndexKey destroys a key under which nothing is indexed any more. Its refusals are those of RetireSealKey.
func (s *Service) RetireIndexKey(ctx context.Context, id uint32) error {
	return s.retire(ctx, id, indexColumns(), s.Index.Reload, s.Index.KeyIDs, s.Index.Retire)
}

func (s *Service) retire(ctx context.Context, id uint32, columns []keyedColumn, reload func() error, ids func() []uint32, retire func(uint32) error) error {
	if err := reload(); err != nil {
		return err
	}
	switch i := slices.Index(ids(), id); i {
	case -1:
		return seal.ErrUnknownKey
	case 0:
		return seal.ErrPrimaryKey
	}
	left, err := s.rowsUnder(ctx, columns)
	switch {
	case err != nil:
		return err
	case left[id] > 0:
		return fmt.Errorf("%w: %d of %s", ErrKeyInUse, left[id], columns[0].column)
	}
	return retire(id)
}

// DataKeysUnder counts the data keys under each key.
func (s *Service) DataKeysUnder(ctx context.Context) (map[uint32]int, error) {
	return s.rowsUnder(ctx, dataKeyColumns())
}

// IndexesUnder counts the blind indexes under each index key.
func (s *Service) IndexesUnder(ctx context.Context) (map[uint32]int, error) {
	return s.rowsUnder(ctx, indexColumns())
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

// keyedColumn is a column of what lies under a key: wrapped data keys, or blind indexes of a sealed field.
type keyedColumn struct {
	table, id, column string
	person            string // the column of the id that the row's data key is bound to
	dataKey           string // where that lies: in the row itself, or in the account's
	sealed            string // the column of the sealed field of a blind index
	field             string // under which it is sealed
	kind              seal.Kind
}

func dataKeyColumns() []keyedColumn {
	return []keyedColumn{
		{table: "account.account", id: "id", column: "data_key", person: "id", dataKey: "t.data_key", sealed: "email"},
		{table: "account.link", id: "id", column: "data_key", person: "person_id", dataKey: "t.data_key", sealed: "email"},
	}
}

func indexColumns() []keyedColumn {
	return []keyedColumn{
		{table: "account.account", id: "id", column: "email_index", person: "id", dataKey: "t.data_key", sealed: "email", field: fieldEmail, kind: seal.Email},
		{table: "account.link", id: "id", column: "email_index", person: "person_id", dataKey: "t.data_key", sealed: "email", field: fieldEmail, kind: seal.Email},
		{
			table: "account.identity", id: "agent_id", column: "number_index", person: "agent_id",
			dataKey: "(select a.data_key from account.account a where a.id = t.agent_id)", sealed: "number", field: fieldNumber, kind: seal.IDNumber,
		},
	}
}

// keyedRow is a row of such a table.
type keyedRow struct {
	ID, Person      uuid.UUID
	DataKey, Sealed []byte
}

// rotate stores the columns anew in every row in which they do not lie under the key in use, some rows a transaction.
func (s *Service) rotate(ctx context.Context, columns []keyedColumn, primary func() uint32, progress func(moved int), store func(keyedColumn, keyedRow) ([]byte, error)) (moved int, err error) {
	for _, c := range columns {
		for {
			n := 0
			err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
				return tx.Pgx(func(conn *pgx.Conn) (err error) {
					n, err = rotateBatch(tx.Context(), conn, c, primary(), store)
					return err
				})
			})
			if err != nil {
				return moved, fmt.Errorf("rotate %s of %s: %w", c.column, c.table, err)
			}
			if n == 0 {
				break
			}
			moved += n
			progress(moved)
		}
	}
	return moved, nil
}

func rotateBatch(ctx context.Context, conn *pgx.Conn, c keyedColumn, primary uint32, store func(keyedColumn, keyedRow) ([]byte, error)) (int, error) {
	// the lock keeps an erasure from being undone
	rows, err := conn.Query(ctx, fmt.Sprintf(`select t.%s, t.%s, %s, t.%s from %s t
		where t.%[6]s is not null and substr(t.%[6]s, 1, 5) <> $1 order by t.%[1]s limit $2 for update of t`, c.id, c.person, c.dataKey, c.sealed, c.table, c.column),
		keyPrefix(primary), rotationBatch)
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
		if values[i], err = store(c, row); err != nil {
			return 0, fmt.Errorf("row %s: %w", row.ID, err)
		}
	}
	_, err = conn.Exec(ctx, fmt.Sprintf(`update %s t set %s = n.value from unnest($1::uuid[], $2::bytea[]) n (id, value) where t.%s = n.id`, c.table, c.column, c.id), ids, values)
	if err != nil {
		return 0, fmt.Errorf("update: %w", err)
	}
	return len(batch), nil
}

func (s *Service) rowsUnder(ctx context.Context, columns []keyedColumn) (map[uint32]int, error) {
	under := map[uint32]int{}
	err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		clear(under)
		for _, c := range columns {
			var found []struct {
				Prefix []byte
				Rows   int
			}
			err := tx.Raw(fmt.Sprintf(`select substr(%[2]s, 1, 5) as prefix, count(*) as rows from %[1]s where %[2]s is not null group by 1`, c.table, c.column)).Scan(&found).Error
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

// indexLocks is the first number of the advisory locks on values that are looked up by a blind index.
const indexLocks = 7365742

// lockIndexes orders those who store the same value while two index keys live: the unique constraint sees only equals.
// Everybody knows both keys before the second is used, so that two of them always meet at one of these locks.
func lockIndexes(tx *postgres.Tx, indexes [][]byte) error {
	if len(indexes) < 2 {
		return nil
	}
	locks := make([]int32, len(indexes))
	for i, index := range indexes {
		locks[i] = int32(binary.BigEndian.Uint32(index[len(index)-4:])) //nolint:gosec // any four bytes of a hash
	}
	slices.Sort(locks)
	for _, lock := range locks {
		if err := tx.Exec(`select pg_advisory_xact_lock(?, ?)`, indexLocks, lock).Error; err != nil {
			return fmt.Errorf("lock an index: %w", err)
		}
	}
	return nil
}
