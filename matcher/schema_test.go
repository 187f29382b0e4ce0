package matcher_test

import (
	"testing"

	"peakseat/internal/dbtest"
	"peakseat/matcher"
)

// Every table with a tenant has row-level security and a policy for each role that may touch it.
func TestEveryTableHasPolicies(t *testing.T) {
	t.Parallel()
	pools := dbtest.Open(t, matcher.Module())
	rows, err := pools.System.Pool.Query(t.Context(), `
		select c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
		where n.nspname = 'matcher' and c.relkind = 'r' and c.relname not in ('goose_version', 'campaign')
		  and (not c.relrowsecurity or not exists (select from pg_catalog.pg_policies p
		    where p.schemaname = 'matcher' and p.tablename = c.relname and p.roles @> array['peakseat_app'::name]))`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			t.Fatal(err)
		}
		t.Errorf("matcher.%s is open to every tenant", table)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
