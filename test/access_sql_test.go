package test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"peakseat/internal/apitest"
	"peakseat/internal/app"
	"peakseat/internal/auth"
	"peakseat/internal/dbtest"
	"peakseat/internal/postgres"
	"peakseat/internal/provetest"
)

// sharedTables hold what is everybody's to read.
func sharedTables() []string {
	return []string{
		"academy.course", "academy.course_attachment", "academy.course_version", "academy.learning_path", "academy.paper", "academy.paper_version", "academy.placement_test", "academy.paper_window",
		"academy.scenario", "academy.scenario_version", "academy.trial_card",
		"academy.peer_question", "academy.peer_answer", "academy.peer_acceptance", "academy.talk",
		"billing.price_book", "certification.tag", "certification.template", "certification.template_version", "matcher.campaign", "platform.clock",
		// views of public columns
		"matcher.hall", "matcher.hall_seats", "matcher.hall_trials",
	}
}

// emptyHere have a tenant's column and no rows that a request may reach, or none that a test can make.
func emptyHere() []string {
	return []string{
		"platform.job", "certification.recheck",
	}
}

// actorOf is p as the program sees a request of theirs.
func actorOf(p *apitest.Person) auth.Actor {
	if p.Token == "" {
		return auth.Actor{}
	}
	return auth.Actor{AccountID: p.AccountID, OrganisationID: p.MerchantID, Role: p.Role, SessionID: uuid.New()}
}

// errUndo ends a transaction that is not to last.
var errUndo = errors.New("undo")

// as runs SQL under the application's role as an actor, and undoes it.
func (w *accessWorld) as(t *testing.T, p *apitest.Person, do func(ctx context.Context, tx pgx.Tx) error) error {
	t.Helper()
	ctx := t.Context()
	if p.Token != "" {
		ctx = auth.WithActor(ctx, actorOf(p))
	}
	err := postgres.InTx(ctx, w.DB.App, func(tx *postgres.Tx) error {
		if err := tx.Pgx(func(conn *pgx.Conn) error {
			nested, err := conn.Begin(tx.Context()) // a savepoint: an error must not end what was set for the actor
			if err != nil {
				return err
			}
			return errors.Join(do(tx.Context(), nested), nested.Rollback(tx.Context()))
		}); err != nil {
			return err
		}
		return errUndo
	})
	if errors.Is(err, errUndo) {
		return nil
	}
	return err
}

// column is one of a table's, with what the application's role may do with it.
type column struct {
	Name                   string
	Select, Insert, Update bool
}

type sqlTable struct {
	Name, Kind      string
	Secured, Delete bool
	Columns         []column
}

// tables are all of the program's own, with the rights of the application's role.
func (w *accessWorld) tables(t *testing.T) []sqlTable {
	t.Helper()
	rows, err := w.DB.System.Pool.Query(t.Context(), `select n.nspname || '.' || c.relname, c.relkind::text, c.relrowsecurity, pg_catalog.has_table_privilege('peakseat_app', c.oid, 'delete'),
			a.attname, pg_catalog.has_column_privilege('peakseat_app', c.oid, a.attnum, 'select'),
			pg_catalog.has_column_privilege('peakseat_app', c.oid, a.attnum, 'insert') and a.attgenerated = '' and a.attidentity <> 'a',
			pg_catalog.has_column_privilege('peakseat_app', c.oid, a.attnum, 'update') and a.attgenerated = ''
		from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace join pg_catalog.pg_attribute a on a.attrelid = c.oid
		where c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'public')
			and a.attnum > 0 and not a.attisdropped order by 1, a.attnum`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var list []sqlTable
	for rows.Next() {
		var one sqlTable
		var c column
		if err := rows.Scan(&one.Name, &one.Kind, &one.Secured, &one.Delete, &c.Name, &c.Select, &c.Insert, &c.Update); err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 || list[len(list)-1].Name != one.Name {
			list = append(list, one)
		}
		last := &list[len(list)-1]
		last.Columns = append(last.Columns, c)
	}
	if len(list) < 40 {
		t.Fatalf("only %d tables were found", len(list))
	}
	return list
}

func (s sqlTable) some(may func(column) bool) []string {
	var names []string
	for _, c := range s.Columns {
		if may(c) {
			names = append(names, `"`+c.Name+`"`)
		}
	}
	return names
}

// noRows: no row of any table is seen by both sides, and none by nobody. Rows of tables without a tenant's column,
// such as lines of a quote, are told apart by their place on disk.
func (w *accessWorld) noRows(t *testing.T) {
	seen, tables := 0, 0
	for _, table := range w.tables(t) {
		columns := table.some(func(c column) bool { return c.Select })
		if len(columns) == 0 || table.Kind != "r" && table.Kind != "p" || strings.HasSuffix(table.Name, ".goose_version") {
			continue
		}
		places := func(p *apitest.Person) map[string]bool {
			found := map[string]bool{}
			err := w.as(t, p, func(ctx context.Context, tx pgx.Tx) error {
				rows, err := tx.Query(ctx, `select tableoid::text || ctid::text from `+table.Name)
				if err != nil {
					return err
				}
				list, err := pgx.CollectRows(rows, pgx.RowTo[string])
				for _, place := range list {
					found[place] = true
				}
				return err
			})
			if err != nil {
				t.Fatalf("%s: %v", table.Name, err)
			}
			return found
		}
		if slices.Contains(sharedTables(), table.Name) {
			continue
		}
		tables++
		theirs, all := map[string]bool{}, 0
		for _, p := range w.theirs.people {
			maps.Copy(theirs, places(p))
		}
		if err := w.DB.System.Pool.QueryRow(t.Context(), `select count(*) from `+table.Name).Scan(&all); err != nil && !refused(err) {
			t.Fatal(err)
		}
		seen += len(theirs)
		if len(theirs) == 0 && all > 0 && w.hasTenant(t, table.Name) && !operatorsOnly(table.Name) {
			t.Errorf("%s: %d rows, of which nobody of a side sees any: the test proves nothing about it", table.Name, all)
		}
		strangers := map[string]*apitest.Person{"nobody": w.Nobody(), "trainer": w.trainer}
		maps.Copy(strangers, w.ours.people)
		for role, p := range strangers {
			if role == "trainer" && (strings.HasPrefix(table.Name, "certification.") || strings.HasPrefix(table.Name, "academy.")) {
				continue // trainers see who learns and holds what
			}
			for place := range places(p) {
				if theirs[place] {
					t.Errorf("%s: %s of another tenant sees row %s", table.Name, role, place)
				}
				if role == "nobody" {
					t.Errorf("%s: nobody sees row %s", table.Name, place)
				}
			}
		}
	}
	if tables < 25 || seen < 200 {
		t.Errorf("only %d tables with %d rows were looked at", tables, seen)
	}
	t.Logf("%d tables: of %d rows that one tenant sees, no other sees any", tables, seen)
	provetest.Record(t, "access_sql_tables", float64(tables), "tables", "")
}

func (w *accessWorld) hasTenant(t *testing.T, table string) bool {
	t.Helper()
	_, has := w.tenantTables(t)[table]
	return has
}

// operatorsOnly are tables with a tenant's column whose rows no tenant sees.
func operatorsOnly(table string) bool {
	return slices.Contains([]string{"platform.audit", "platform.job", "matcher.plan_pick", "matcher.plan", "academy.grading_task", "academy.mark"}, table)
}

// noChanges: nobody changes, deletes or adds a row of another tenant's.
func (w *accessWorld) noChanges(t *testing.T) {
	owners := w.tenantTables(t)
	changed, added := 0, 0
	for _, table := range w.tables(t) {
		columns, has := owners[table.Name]
		if !has || table.Kind != "r" && table.Kind != "p" {
			continue
		}
		theirs := w.whose(t, table.Name, columns, w.theirs)
		var rows []string
		if err := w.DB.System.Pool.QueryRow(t.Context(), fmt.Sprintf(`select json_agg(r::text) from (select row_to_json(r) as r from %s r where %s limit 3) r`, table.Name, theirs)).Scan(&jsonList{&rows}); err != nil {
			t.Fatalf("%s: %v", table.Name, err)
		}
		if len(rows) == 0 && !slices.Contains(emptyHere(), table.Name) {
			t.Errorf("%s has no row of the other side's: the test proves nothing about it", table.Name)
		}
		for _, role := range []string{"nobody", "agent", "owner", "booker", "finance", "viewer", "trainer"} {
			p := w.person(w.ours, role)
			for _, name := range table.some(func(c column) bool { return c.Update }) {
				changed++
				w.changesNone(t, role, p, fmt.Sprintf(`update %s set %s = %s where %s`, table.Name, name, name, theirs))
			}
			if table.Delete {
				changed++
				w.changesNone(t, role, p, fmt.Sprintf(`delete from %s where %s`, table.Name, theirs))
			}
			names := table.some(func(c column) bool { return c.Insert })
			if len(names) == 0 {
				continue
			}
			list := strings.Join(names, ", ")
			for _, row := range rows {
				added++
				err := w.as(t, p, func(ctx context.Context, tx pgx.Tx) error {
					_, err := tx.Exec(ctx, fmt.Sprintf(`insert into %s (%s) select %s from json_populate_record(null::%s, $1)`, table.Name, list, list, table.Name), row)
					return err
				})
				if !refused(err) {
					t.Errorf("%s adds a row of another tenant's to %s: %v", role, table.Name, err)
				}
			}
		}
	}
	if changed < 50 || added < 50 {
		t.Errorf("only %d changes and %d new rows were tried", changed, added)
	}
	t.Logf("%d updates and deletes of another tenant's rows reach none, %d new rows in another's name are refused", changed, added)
}

// changesNone: the statement is refused, or reaches no row.
func (w *accessWorld) changesNone(t *testing.T, role string, p *apitest.Person, sql string) {
	t.Helper()
	err := w.as(t, p, func(ctx context.Context, tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sql)
		if err == nil && tag.RowsAffected() > 0 {
			t.Errorf("%s of another tenant changes %d rows: %s", role, tag.RowsAffected(), sql)
		}
		return err
	})
	if err != nil && !refused(err) {
		t.Errorf("%s: %s: %v", role, sql, err)
	}
}

// refused: by a missing right or by a policy.
func refused(err error) bool { return postgres.Code(err) == "42501" }

// Every table that holds some tenant's rows is under row-level security, with policies that name their roles, and no
// role of the program passes by them.
func TestEveryTenantTableHasPolicies(t *testing.T) {
	t.Parallel()
	pools := dbtest.Open(t, app.Modules()[1:]...)
	w := &accessWorld{Stack: &apitest.Stack{DB: pools}}
	owners := w.tenantTables(t)
	if len(owners) < 25 {
		t.Fatalf("only %d tables with a tenant's column were found", len(owners))
	}
	for _, table := range w.tables(t) {
		if table.Kind != "r" && table.Kind != "p" || strings.HasSuffix(table.Name, ".goose_version") {
			continue
		}
		_, tenant := owners[table.Name]
		reads := len(table.some(func(c column) bool { return c.Select })) > 0
		shared := slices.Contains(sharedTables(), table.Name)
		if (tenant || reads && !shared) && !table.Secured {
			t.Errorf("%s is not under row-level security", table.Name)
		}
		if !tenant {
			continue
		}
		schema, name, _ := strings.Cut(table.Name, ".")
		rows, err := pools.System.Pool.Query(t.Context(), `select policyname, roles::text[], coalesce(qual, ''), coalesce(with_check, '') from pg_catalog.pg_policies where schemaname = $1 and tablename = $2`, schema, name)
		if err != nil {
			t.Fatal(err)
		}
		type policy struct {
			Name        string
			Roles       []string
			Using, With string
		}
		policies, err := pgx.CollectRows(rows, pgx.RowToStructByPos[policy])
		if err != nil {
			t.Fatal(err)
		}
		named := map[string]int{}
		for _, p := range policies {
			for _, role := range p.Roles {
				named[role]++
				if role == "public" || role == "peakseat_app" && (p.Using == "true" || p.With == "true") {
					t.Errorf("policy %s of %s is open to %s", p.Name, table.Name, role)
				}
				if role == "peakseat_claim" && p.With == "true" && table.Name != "matcher.seat" {
					t.Errorf("policy %s of %s lets a claim batch write in anybody's name", p.Name, table.Name)
				}
			}
		}
		if named["peakseat_system"] == 0 {
			t.Errorf("%s has no policy for peakseat_system", table.Name)
		}
		if reads && named["peakseat_app"] == 0 {
			t.Errorf("%s has no policy for peakseat_app, which may read it", table.Name)
		}
	}
	var loose []string
	if err := pools.System.Pool.QueryRow(t.Context(), `select coalesce(json_agg(rolname), '[]') from pg_catalog.pg_roles
		where rolname like 'peakseat%' and (rolsuper or rolbypassrls or rolcanlogin and rolname in ('peakseat_owner'))`).Scan(&jsonList{&loose}); err != nil {
		t.Fatal(err)
	}
	if len(loose) > 0 {
		t.Errorf("these roles pass by row-level security: %v", loose)
	}
}
