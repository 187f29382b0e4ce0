package dbtest_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"peakseat/internal/dbtest"
)

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	for range 8 {
		t.Run("copy", func(t *testing.T) {
			t.Parallel()
			conn := connect(t, dbtest.URL(t, oneTable, "one table"))
			var before int
			if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM seat`).Scan(&before); err != nil {
				t.Fatal(err)
			}
			if before != 1 {
				t.Errorf("%d rows in a fresh copy, want the template's 1", before)
			}
			if _, err := conn.Exec(t.Context(), `INSERT INTO seat VALUES (2)`); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func oneTable(ctx context.Context, address string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx) //nolint:errcheck // the error of Exec is the one that counts
	_, err = conn.Exec(ctx, `CREATE TABLE seat (id int PRIMARY KEY); INSERT INTO seat VALUES (1)`)
	return err
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}
