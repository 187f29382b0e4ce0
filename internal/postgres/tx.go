package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"peakseat/internal/auth"
)

// Tx is one transaction: gorm over it, the rules' time, and who acts.
type Tx struct {
	*gorm.DB
	Now   time.Time  // the rules' clock, read once when the transaction began, in UTC
	Actor auth.Actor // the zero Actor where the program itself acts
	db    *DB
	conn  *sql.Conn
	ctx   context.Context //nolint:containedctx // a transaction lives exactly as long as its context
}

type txKey struct{ db *DB }

// Context is the transaction's own: use cases called with it join the transaction.
func (tx *Tx) Context() context.Context { return tx.ctx }

const maxTries = 3

// InTx runs fn in a transaction of db and commits it if fn returns nil.
//
// The actor comes from ctx and is set for row-level security. A serialization
// failure or deadlock is tried again, three times at most. Called with the
// context of a running transaction of the same db it joins that one under a
// savepoint, and the outermost call commits.
func InTx(ctx context.Context, db *DB, fn func(tx *Tx) error) error {
	if outer, ok := ctx.Value(txKey{db}).(*Tx); ok {
		return outer.savepoint(fn)
	}
	for try := 1; ; try++ {
		err := db.once(ctx, nil, fn)
		if err == nil || try == maxTries || !retryable(err) {
			return err
		}
		pause := time.Duration(rand.Int64N(int64(10*time.Millisecond))) << try //nolint:gosec // jitter, not a secret
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// InSnapshot is InTx for reading only: all its statements see the database as it was at the first. Inside another
// transaction it is part of that one.
func InSnapshot(ctx context.Context, db *DB, fn func(tx *Tx) error) error {
	if outer, ok := ctx.Value(txKey{db}).(*Tx); ok {
		return fn(outer)
	}
	return db.once(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, fn)
}

func (db *DB) once(ctx context.Context, o *sql.TxOptions, fn func(tx *Tx) error) (err error) {
	conn, err := db.sql.Conn(ctx)
	if err != nil {
		return fmt.Errorf("get a connection: %w", err)
	}
	defer func() { _ = conn.Close() }()
	sqlTx, err := conn.BeginTx(ctx, o)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = sqlTx.Rollback() }() // nothing to do after a commit
	tx := &Tx{db: db, conn: conn}
	tx.Actor, _ = auth.ActorFrom(ctx)
	row := sqlTx.QueryRowContext(ctx,
		`select set_config('app.account', $1, true), set_config('app.organisation', $2, true), set_config('app.role', $3, true), platform.rules_now()`,
		text(tx.Actor.AccountID), text(tx.Actor.OrganisationID), string(tx.Actor.Role))
	var ignored string
	if err := row.Scan(&ignored, &ignored, &ignored, &tx.Now); err != nil {
		return fmt.Errorf("set the actor: %w", err)
	}
	tx.Now = tx.Now.UTC()
	tx.ctx = context.WithValue(ctx, txKey{db}, tx)
	session := db.gorm.Session(&gorm.Session{NewDB: true, Context: tx.ctx})
	session.Statement.ConnPool = sqlTx
	tx.DB = session
	if err := fn(tx); err != nil {
		return err
	}
	if err := sqlTx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// savepoint runs fn inside the transaction, so that its failure leaves what came before intact.
func (tx *Tx) savepoint(fn func(tx *Tx) error) error {
	if err := tx.Exec("savepoint nested").Error; err != nil {
		return fmt.Errorf("savepoint: %w", err)
	}
	if err := fn(tx); err != nil {
		if back := tx.Exec("rollback to savepoint nested").Error; back != nil {
			return errors.Join(err, back)
		}
		return err
	}
	return tx.Exec("release savepoint nested").Error
}

func text(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}

func retryable(err error) bool {
	code := Code(err)
	return code == "40001" || code == "40P01"
}

// Code is the SQLSTATE of err, or "".
func Code(err error) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code
	}
	return ""
}

// Constraint is the name of the constraint that err broke, or "". Each context
// turns these names into its faults in one function.
func Constraint(err error) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.ConstraintName
	}
	return ""
}

// Down tells whether err means that the server could not be reached or is shutting
// down, so that the edge answers 503 and not 500.
func Down(err error) bool {
	if err == nil {
		return false
	}
	switch Code(err) {
	case "57P01", "57P02", "57P03", "53300", "08000", "08003", "08006", "08001", "08004":
		return true
	case "":
		var connect *pgconn.ConnectError
		return errors.As(err, &connect) || pgconn.SafeToRetry(err) || errors.Is(err, sql.ErrConnDone) || broken(err)
	}
	return false
}
