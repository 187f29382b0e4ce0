package audit

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"peakseat/internal/clock"
	"peakseat/internal/postgres"
)

// sealLock is the advisory lock under which the chain grows.
const sealLock = 7365742021

const (
	sealEvery = time.Second
	sealBatch = 1000
	// sealRest is how old a row must be. Ids carry the time, so resting makes it likely
	// that the chain's order is that of the acts; the chain holds in any order.
	sealRest = time.Second
)

// Checkpoint is a place in the chain. Kept elsewhere, it shows that the chain before
// it was not rewritten.
type Checkpoint struct {
	Seq  int64 // 0: nothing is sealed yet
	Hash []byte
}

// Sealer chains new rows. Any number may run: one at a time does the work.
type Sealer struct {
	DB  *postgres.DB // the system role's
	Log *slog.Logger // nil: slog.Default()
}

// Run seals once a second until ctx ends.
func (s *Sealer) Run(ctx context.Context) error {
	log := s.Log
	if log == nil {
		log = slog.Default()
	}
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	for failing := false; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		_, err := Seal(ctx, s.DB, clock.Now().Add(-sealRest))
		if ctx.Err() != nil {
			return nil
		}
		if err != nil && !failing { // once, not every second of an outage
			log.WarnContext(ctx, "the audit trail could not be sealed and is tried again", slog.String("sqlstate", postgres.Code(err)))
		}
		failing = err != nil
	}
}

// Seal chains every row written until the time given, and returns how many.
func Seal(ctx context.Context, db *postgres.DB, until time.Time) (int, error) {
	for total := 0; ; {
		n, err := sealSome(ctx, db, until)
		total += n
		if err != nil || n < sealBatch {
			return total, err
		}
	}
}

func sealSome(ctx context.Context, db *postgres.DB, until time.Time) (int, error) {
	sealed := 0
	err := postgres.InTx(ctx, db, func(tx *postgres.Tx) error {
		return tx.Pgx(func(conn *pgx.Conn) (err error) {
			sealed, err = sealIn(ctx, conn, until)
			return err
		})
	})
	if err != nil {
		return 0, fmt.Errorf("seal the audit trail: %w", err)
	}
	return sealed, nil
}

// sealIn appends seals in the connection's transaction, where no other program does.
func sealIn(ctx context.Context, conn *pgx.Conn, until time.Time) (int, error) {
	var mine bool
	if err := conn.QueryRow(ctx, `select pg_catalog.pg_try_advisory_xact_lock($1)`, sealLock).Scan(&mine); err != nil || !mine {
		return 0, err
	}
	last, err := head(ctx, conn)
	if err != nil {
		return 0, err
	}
	rows, err := conn.Query(ctx, `
		select a.id, a.at, a.actor, a.role, a.action, a.subject, a.reason, a.detail, a.request_id
		from platform.audit_unsealed u join platform.audit a on a.id = u.audit_id
		where a.at <= $1 order by a.id limit $2`, until, sealBatch)
	if err != nil {
		return 0, err
	}
	waiting, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Row])
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	seqs, ids := make([]int64, len(waiting)), make([]uuid.UUID, len(waiting))
	prevs, sums := make([][]byte, len(waiting)), make([][]byte, len(waiting))
	for i, row := range waiting {
		sum := hash(last, row)
		seqs[i], ids[i], prevs[i], sums[i] = last.Seq+1, row.ID, last.Hash, sum
		last = Checkpoint{last.Seq + 1, sum}
	}
	_, err = conn.Exec(ctx, `
		insert into platform.audit_seal (seq, audit_id, prev, hash)
		select * from unnest($1::bigint[], $2::uuid[], $3::bytea[], $4::bytea[])`, seqs, ids, prevs, sums)
	if err != nil {
		return 0, err
	}
	_, err = conn.Exec(ctx, `delete from platform.audit_unsealed where audit_id = any ($1)`, ids)
	return len(waiting), err
}

// Head is the newest place in the chain, to be kept elsewhere. It is an operator's.
func Head(tx *postgres.Tx) (c Checkpoint, err error) {
	err = tx.Pgx(func(conn *pgx.Conn) error {
		c, err = head(tx.Context(), conn)
		return err
	})
	return c, err
}

func head(ctx context.Context, conn *pgx.Conn) (Checkpoint, error) {
	c := beginning()
	err := conn.QueryRow(ctx, `select seq, hash from platform.audit_seal order by seq desc limit 1`).Scan(&c.Seq, &c.Hash)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return Checkpoint{}, fmt.Errorf("read the chain's head: %w", err)
	}
	return c, nil
}

// beginning is what the first seal follows.
func beginning() Checkpoint { return Checkpoint{Hash: make([]byte, sha256.Size)} }

// hash is SHA-256 over "peakseat audit 1", the hash before, the sequence and the row,
// each part preceded by its length in eight bytes; a part that is absent has length 2^64-1.
func hash(prev Checkpoint, row Row) []byte {
	h := sha256.New()
	part := func(b []byte, present bool) {
		length := ^uint64(0)
		if present {
			length = uint64(len(b))
		}
		_, _ = h.Write(binary.BigEndian.AppendUint64(nil, length)) // a hash never fails
		_, _ = h.Write(b)
	}
	number := func(n int64) { part(binary.BigEndian.AppendUint64(nil, uint64(n)), true) } //nolint:gosec // the bits
	part([]byte("peakseat audit 1"), true)
	part(prev.Hash, true)
	number(prev.Seq + 1)
	part(row.ID[:], true)
	number(row.At.UnixMicro())
	if row.Actor != nil {
		part(row.Actor[:], true)
	} else {
		part(nil, false)
	}
	for _, s := range []string{row.Role, row.Action, row.Subject, row.Reason} {
		part([]byte(s), true)
	}
	part(row.Detail, row.Detail != nil)
	part([]byte(row.RequestID), true)
	return h.Sum(nil)
}
