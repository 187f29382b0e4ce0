package guardtest

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"peakseat/internal/dbtest"
	"peakseat/internal/postgres"
)

// Who the fixture's rows belong to, and who asks beside them.
const (
	Merchant = "00000000-0000-0000-0000-00000000000a" // an organisation
	Agent    = "00000000-0000-0000-0000-00000000000b" // an account
	Owner    = "00000000-0000-0000-0000-00000000000c" // the account of the merchant's owner
	Operator = "00000000-0000-0000-0000-00000000000d" // an account
	Platform = "01900000-0000-7000-8000-000000000001" // the operators' organisation
	Other    = "00000000-0000-0000-0000-0000000000ff" // a person and an organisation that nothing belongs to
)

// Schema is what a context says of its schema.
type Schema struct {
	Name    string
	Modules []postgres.Module // the platform's comes by itself
	// Fixture is one valid row at least for each table.
	Fixture string
	// Breaks name every check, key, unique index and exclusion, but the primary keys.
	Breaks []Break
	// References are the columns (table.column, the first of several) that must name a row of another table.
	References []string
	// AppendOnly tables refuse update, delete and truncate; Undeletable ones the latter two, Unchanging ones the former two,
	// and Erasable ones all but delete.
	AppendOnly, Undeletable, Unchanging, Erasable []string
	// Effects are what triggers do that refuse only some changes, or write beside them.
	Effects []Effect
	// Nullable are the columns (table.column) that may be null.
	Nullable []string
}

// Break is a constraint and SQL that breaks it and no other. Copy writes the SQL of a second row.
type Break [2]string

// Effect is a trigger (table.name), SQL that has it act, and what then is true; or the constraint that it names in refusing.
// It acts alone: other triggers and references are off.
type Effect struct{ Trigger, SQL, Then, Refused string }

// Copy is SQL that writes each row of a table once more, with changed columns: Copy("shift", "id = gen_random_uuid()").
func Copy(table string, changes ...string) string {
	return "copy " + table + " " + strings.Join(changes, "\x00")
}

// onlyVariable names the one table (of whichever schema) to ask about: test/mutants takes a guard of that table away, and asks
// about the others only where nothing of its own turns red.
const onlyVariable = "PEAKSEAT_GUARDS_OF"

// subject is a fixture in a transaction that is never committed.
type subject struct {
	*testing.T
	Schema
	tx     pgx.Tx
	tables []string
	only   string    // the one table to ask about, or ""
	heard  *[]string // what is said of a mutant
}

// wants tells whether the table is to be asked about.
func (u *subject) wants(table string) bool { return u.only == "" || u.only == table }

func (s Schema) open(t *testing.T) *subject {
	t.Helper()
	pools := dbtest.Open(t, s.Modules...)
	conn, err := pgx.Connect(t.Context(), pools.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u := &subject{T: t, Schema: s, tx: tx, only: os.Getenv(onlyVariable)}
	u.exec(`set local session_replication_role = replica`) // no triggers, no references
	u.exec(s.Fixture)
	u.tables = u.texts(`select c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
		where n.nspname = $1 and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'goose_version' order by 1`, s.Name)
	for _, table := range u.tables {
		if u.texts(`select count(*)::text from ` + u.name(table))[0] == "0" {
			t.Errorf("the fixture has no row of %s", table)
		}
	}
	return u
}

func (u *subject) exec(sql string) {
	u.Helper()
	if _, err := u.tx.Exec(u.Context(), sql); err != nil {
		u.Fatalf("%s: %v", sql, err)
	}
}

func (u *subject) texts(query string, args ...any) []string {
	u.Helper()
	rows, err := u.tx.Query(u.Context(), query, args...)
	if err != nil {
		u.Fatalf("%s: %v", query, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		u.Fatalf("%s: %v", query, err)
	}
	return list
}

func (u *subject) name(table string) string { return pgx.Identifier{u.Name, table}.Sanitize() }

// attempt runs statements, takes them back, and returns the error and the rows that the last one reached.
func (u *subject) attempt(statements ...any) (rows int64, err error) {
	u.Helper()
	u.exec(`savepoint attempt`)
	for _, s := range statements {
		tag, failed := u.tx.Exec(u.Context(), fmt.Sprint(s))
		if rows, err = tag.RowsAffected(), failed; err != nil {
			break
		}
	}
	u.exec(`rollback to savepoint attempt`)
	return rows, err
}

// columns are those that can be written.
func (u *subject) columns(table string) []string {
	u.Helper()
	return u.texts(`select pg_catalog.quote_ident(attname) from pg_catalog.pg_attribute
		where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`, u.name(table))
}

// sql writes out what Copy says.
func (u *subject) sql(text string) string {
	u.Helper()
	rest, copied := strings.CutPrefix(text, "copy ")
	if !copied {
		return text
	}
	table, changes, _ := strings.Cut(rest, " ")
	columns := u.columns(table)
	values := slices.Clone(columns)
	for change := range strings.SplitSeq(changes, "\x00") {
		if change == "" {
			continue
		}
		column, value, _ := strings.Cut(change, " = ")
		i := slices.Index(columns, column)
		if i < 0 {
			u.Fatalf("%s has no column %s", table, column)
		}
		values[i] = value
	}
	return fmt.Sprintf("insert into %s (%s) overriding system value select %s from %s", u.name(table), strings.Join(columns, ", "), strings.Join(values, ", "), u.name(table))
}
