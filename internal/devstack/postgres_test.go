package devstack_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"peakseat/internal/devstack"
)

func TestPostgresStartsColdThenWarmAndKeepsItsData(t *testing.T) {
	t.Parallel()
	ctx, dir := t.Context(), openTempDir(t)

	begin := time.Now()
	first := startPostgres(t, devstack.Options{Dir: dir})
	t.Logf("cold start %v", time.Since(begin))
	exec(t, first.URL(), `CREATE TABLE kept AS SELECT 42 AS answer`)
	begin = time.Now()
	if err := first.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	t.Logf("stop %v", time.Since(begin))

	begin = time.Now()
	second := startPostgres(t, devstack.Options{Dir: dir})
	t.Logf("warm start %v", time.Since(begin))
	if got := queryInt(t, second.URL(), `SELECT answer FROM kept`); got != 42 {
		t.Errorf("answer = %d after a restart, want 42", got)
	}
	if first.URL() != second.URL() {
		t.Errorf("address changed from %s to %s", first.URL(), second.URL())
	}
}

// openTempDir is a temporary directory that the database's account may enter when the test runs as root.
func openTempDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

func startPostgres(t *testing.T, o devstack.Options) *devstack.Postgres {
	t.Helper()
	p, err := devstack.StartPostgres(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return p
}

func exec(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func queryInt(t *testing.T, url, sql string) int {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var got int
	if err := conn.QueryRow(t.Context(), sql).Scan(&got); err != nil {
		t.Fatal(err)
	}
	return got
}
