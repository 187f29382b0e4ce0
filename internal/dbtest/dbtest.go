package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// patience covers the first start of the server and the first run of the migrations on a loaded machine.
const patience = 2 * time.Minute

// URL gives the superuser's address of a database that nobody else has: a copy of the template named by key. Where that
// template is absent, migrate makes it out of an empty database; key has to change whenever what migrate does changes, so
// that it is best a hash of all migration files.
func URL(tb testing.TB, migrate func(ctx context.Context, address string) error, key string) string {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	defer cancel()
	server, err := theServer()
	if err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
	name, err := server.clone(ctx, migrate, key)
	if err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
	tb.Cleanup(func() {
		if err := server.giveBack(name); err != nil {
			tb.Errorf("dbtest: %v", err)
		}
	})
	return server.url(name)
}

// DataDir is a temporary data directory for a program under test that starts a private PostgreSQL of its own: unlike
// t.TempDir, the account that root's PostgreSQL runs as may enter it.
func DataDir(tb testing.TB) string {
	tb.Helper()
	dir := tb.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o711); err != nil { //nolint:gosec // it has to be entered
		tb.Fatalf("dbtest: %v", err)
	}
	return dir
}

// server is this process's hold on the shared PostgreSQL.
type server struct {
	places places
	admin  *url.URL
	users  *os.File // the shared lock that keeps the keeper alive
	serial atomic.Int64
}

// theServer joins or starts the shared PostgreSQL, once per process.
var theServer = sync.OnceValues(join) //nolint:gochecknoglobals // a test process has one hold on the server

// clone copies the template. It holds no connection between calls, so that a test may look for leaked goroutines.
func (s *server) clone(ctx context.Context, migrate func(context.Context, string) error, key string) (string, error) {
	conn, err := pgx.Connect(ctx, s.admin.String())
	if err != nil {
		return "", fmt.Errorf("connect to the test server: %w", err)
	}
	defer conn.Close(ctx) //nolint:errcheck // nothing hangs on it
	template, err := s.template(ctx, conn, migrate, key)
	if err != nil {
		return "", err
	}
	name := cloneName(os.Getpid(), s.serial.Add(1))
	// file_copy is the faster strategy without fsync: 26 ms against 96 ms for 80 tables.
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template+" STRATEGY file_copy"); err != nil {
		return "", fmt.Errorf("copy the template: %w", err)
	}
	return name, mutate(ctx, s.url(name))
}

// template makes the template where it is absent, under a lock that all processes share: migrations make roles, which
// belong to the whole server. A template is whole when it is marked as one; an unmarked rest of a crash is made anew.
func (s *server) template(ctx context.Context, conn *pgx.Conn, migrate func(context.Context, string) error, key string) (string, error) {
	hash := sha256.Sum256([]byte(key))
	name := "template_" + hex.EncodeToString(hash[:12])
	whole, err := isTemplate(ctx, conn, name)
	if err != nil || whole {
		return name, err
	}
	if _, err = conn.Exec(ctx, `SELECT pg_advisory_lock(1)`); err != nil {
		return "", fmt.Errorf("lock templates: %w", err)
	}
	defer conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(1)`) //nolint:errcheck // closing the connection unlocks too
	if whole, err = isTemplate(ctx, conn, name); err != nil || whole {
		return name, err
	}
	for _, sql := range []string{"DROP DATABASE IF EXISTS " + name + " WITH (FORCE)", "CREATE DATABASE " + name} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return "", fmt.Errorf("make template: %w", err)
		}
	}
	if err := migrate(ctx, s.url(name)); err != nil {
		return "", fmt.Errorf("migrate template: %w", err)
	}
	for _, sql := range []string{
		"ALTER DATABASE " + name + " ALLOW_CONNECTIONS false",
		"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '" + name + "'",
		"ALTER DATABASE " + name + " IS_TEMPLATE true",
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return "", fmt.Errorf("seal template: %w", err)
		}
	}
	return name, nil
}

// giveBack tells the keeper that it may drop the database.
func (s *server) giveBack(name string) error {
	if err := os.WriteFile(filepath.Join(s.places.released, name), nil, 0o600); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("give back %s: %w", name, err)
	}
	return nil
}

func (s *server) url(database string) string {
	address := *s.admin
	address.Path = "/" + database
	return address.String()
}

func isTemplate(ctx context.Context, conn *pgx.Conn, name string) (bool, error) {
	var whole bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)`, name).Scan(&whole); err != nil {
		return false, fmt.Errorf("look for the template: %w", err)
	}
	return whole, nil
}

// cloneName holds the process, so that the keeper knows whose death sets the database free.
func cloneName(pid int, serial int64) string {
	return "t" + strconv.Itoa(pid) + "_" + strconv.FormatInt(serial, 10)
}
