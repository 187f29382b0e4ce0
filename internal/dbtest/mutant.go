package dbtest

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// mutantVariable holds SQL that takes one guard away (a constraint, a trigger, a policy) from every database that tests
// are given, as the superuser: the suite must then turn red. test/mutants sets it.
const mutantVariable = "PEAKSEAT_MUTANT"

// mutate runs the mutant's SQL on a copy. The template stays whole, so that runs with and without a mutant share it.
func mutate(ctx context.Context, address string) error {
	sql := os.Getenv(mutantVariable)
	if sql == "" {
		return nil
	}
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return fmt.Errorf("connect to make the mutant: %w", err)
	}
	defer conn.Close(ctx) //nolint:errcheck // nothing hangs on it
	_, err = conn.Exec(ctx, sql)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && (refused.Code == "3F000" || refused.Code == "42P01") {
		return nil // the test's database is without that schema
	}
	if err != nil {
		return fmt.Errorf("make the mutant: %w", err)
	}
	return nil
}
