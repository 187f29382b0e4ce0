// Package finding is how an audit says what it looked at and what it found.
//
// Each context states its invariants as queries over its own tables (audit.go); internal/app collects them, adds those
// that lie between contexts, and peakseat audit prints the checks. A query selects what is broken, so that an answer
// without rows is the proof, and counts what it looked at, so that a proof about nothing is seen as one.
package finding

import (
	"fmt"

	"github.com/jackc/pgx/v5"

	"peakseat/internal/postgres"
)

// Finding is something that must never be.
type Finding struct {
	Subject string `json:"subject"` // the id of what is wrong
	Detail  string `json:"detail"`  // what it is, and what it should be
}

// Check is one invariant and how it stands.
type Check struct {
	Name     string    `json:"name"`    // stable, snake_case, after its context: "matcher/seat_held_once"
	Checked  int64     `json:"checked"` // rows, accounts, facts: what the invariant is about
	Broken   int64     `json:"broken"`
	Examples []Finding `json:"examples"` // the first of them
}

// Examples is how many findings of a check are kept.
const Examples = 10

// Query states an invariant in SQL.
type Query struct {
	Name    string
	Counted string // selects the number of rows looked at
	Broken  string // selects (subject text, detail text), a row for each breach
	Args    []any  // of Broken
}

// Run asks every query and names the checks after the context.
func Run(tx *postgres.Tx, context string, queries []Query) ([]Check, error) {
	checks := make([]Check, len(queries))
	for i, q := range queries {
		check := Check{Name: context + "/" + q.Name, Examples: []Finding{}}
		err := tx.Pgx(func(conn *pgx.Conn) error {
			if err := conn.QueryRow(tx.Context(), q.Counted).Scan(&check.Checked); err != nil {
				return err
			}
			rows, err := conn.Query(tx.Context(), q.Broken, q.Args...)
			if err != nil {
				return err
			}
			var f Finding
			_, err = pgx.ForEachRow(rows, []any{&f.Subject, &f.Detail}, func() error {
				check.Add(f)
				return nil
			})
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("audit %s: %w", check.Name, err)
		}
		checks[i] = check
	}
	return checks, nil
}

// Add counts a finding and keeps it where there is room.
func (c *Check) Add(f Finding) {
	c.Broken++
	if len(c.Examples) < Examples {
		c.Examples = append(c.Examples, f)
	}
}
