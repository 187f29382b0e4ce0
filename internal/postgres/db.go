package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/exaring/otelpgx"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	gormpg "gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Role is a database role that a pool works under.
type Role string

// The four roles. Owner owns the tables and migrates; App serves requests under
// row-level security; Claim runs claim batches; System runs what has many actors or none.
const (
	Owner  Role = "peakseat_owner"
	App    Role = "peakseat_app"
	Claim  Role = "peakseat_claim"
	System Role = "peakseat_system"
)

// DB is one role's connections: a pgx pool, and gorm over the same pool.
type DB struct {
	Pool *pgxpool.Pool
	Role Role
	sql  *sql.DB
	gorm *gorm.DB
}

// Options of a pool. Zero values mean the defaults.
type Options struct {
	MaxConns int32             // 0: 16
	Params   map[string]string // session settings, such as plan_cache_mode for the claim pool
}

// Open connects to url and works as role from the first statement on: the login
// must be a member of it. The role is a start-up parameter, so RESET ROLE comes back to it.
func Open(ctx context.Context, url string, role Role, o Options) (*DB, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		// the URL holds a password and is kept out of the error
		return nil, errors.New("the database URL cannot be read")
	}
	cfg.MaxConns = 16
	if o.MaxConns > 0 {
		cfg.MaxConns = o.MaxConns
	}
	cfg.MinIdleConns = 1
	cfg.MaxConnLifetime = time.Hour
	cfg.ConnConfig.ConnectTimeout = 5 * time.Second
	params := cfg.ConnConfig.RuntimeParams
	params["role"] = string(role)
	params["application_name"] = "peakseat/" + string(role)
	params["timezone"] = "UTC"
	params["search_path"] = "" // an unqualified table fails
	if _, said := params["statement_timeout"]; !said {
		params["statement_timeout"] = "30s"
	}
	if _, said := params["idle_in_transaction_session_timeout"]; !said {
		params["idle_in_transaction_session_timeout"] = "60s"
	}
	maps.Copy(params, o.Params)
	cfg.ConnConfig.Tracer = otelpgx.NewTracer(otelpgx.WithDisableSQLStatementInAttributes())
	cfg.AfterConnect = sendUUIDs
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open the database pool of %s: %w", role, err)
	}
	db := &DB{Pool: pool, Role: role, sql: stdlib.OpenDBFromPool(pool)}
	db.gorm, err = gorm.Open(gormpg.New(gormpg.Config{Conn: db.sql}), &gorm.Config{
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		Logger:                 logger.Discard, // errors are handled or logged once, by the caller
	})
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("open gorm: %w", err)
	}
	return db, nil
}

// Close ends every connection.
func (db *DB) Close() {
	_ = db.sql.Close()
	db.Pool.Close()
}

// Ping asks the server for a sign of life.
func (db *DB) Ping(ctx context.Context) error { return db.Pool.Ping(ctx) }

// Pgx hands fn the raw connection of a transaction, for COPY and batches.
func (tx *Tx) Pgx(fn func(conn *pgx.Conn) error) error {
	return tx.conn.Raw(func(driver any) error {
		return fn(driver.(*stdlib.Conn).Conn()) //nolint:forcetypeassert,errcheck // the pool is pgx's
	})
}
