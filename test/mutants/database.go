package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"peakseat/internal/app"
	"peakseat/internal/devstack"
	"peakseat/internal/postgres"
)

// databaseMutants lists what guards a freshly migrated database, each with the SQL that takes it away. Each SQL was tried.
func databaseMutants(ctx context.Context) (list []mutant, err error) {
	home, err := os.MkdirTemp("", "peakseat-mutants-db-")
	if err != nil {
		return nil, fmt.Errorf("make a directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(home)) }()
	if err = os.Chmod(home, 0o711); err != nil {
		return nil, fmt.Errorf("open the directory: %w", err)
	}
	server, err := devstack.StartPostgres(ctx, devstack.Options{Dir: filepath.Join(home, "pg"), Fast: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("start a PostgreSQL: %w", err)
	}
	defer func() { err = errors.Join(err, server.Stop(context.WithoutCancel(ctx))) }()
	if err := postgres.Migrate(ctx, server.URL(), app.Modules()...); err != nil {
		return nil, err
	}
	conn, err := pgx.Connect(ctx, server.URL())
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(ctx) //nolint:errcheck // the server stops
	for _, query := range catalogue() {
		found, err := selectMutants(ctx, conn, query)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	for _, m := range list {
		if err := try(ctx, conn, m.SQL); err != nil {
			return nil, fmt.Errorf("%s cannot be made: %w", m.Name, err)
		}
	}
	return list, nil
}

// try runs a mutant's SQL and takes it back.
func try(ctx context.Context, conn *pgx.Conn, sql string) error {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	_, err = tx.Exec(ctx, sql)
	return errors.Join(err, tx.Rollback(ctx))
}

// selectMutants runs a query of kind, schema, table, what is lost, and the SQL that takes it away.
func selectMutants(ctx context.Context, conn *pgx.Conn, query string) ([]mutant, error) {
	rows, err := conn.Query(ctx, `with own as (
			select c.oid, n.nspname, c.relname, c.relkind, c.relrowsecurity, c.relacl, c.relowner,
				pg_catalog.format('%I.%I', n.nspname, c.relname) as name
			from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
			where n.nspname in (select nspname from pg_catalog.pg_namespace where pg_catalog.pg_get_userbyid(nspowner) = 'peakseat_owner')
				and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'goose_version')`+query)
	if err != nil {
		return nil, fmt.Errorf("read the catalogue: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (m mutant, err error) {
		var lost string
		err = row.Scan(&m.Kind, &m.Schema, &m.Table, &lost, &m.SQL)
		m.Name = string(m.Kind) + " " + m.Schema + "." + m.Table
		if lost != "" {
			m.Name += " " + lost
		}
		return m, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the catalogue: %w", err)
	}
	return list, nil
}

// catalogue are the queries over own, the program's tables.
func catalogue() []string {
	return []string{
		// constraints; a key takes the foreign keys that point at it along
		`select case k.contype when 'x' then 'exclude' when 'c' then 'check' when 'f' then 'foreign' else 'unique' end,
			t.nspname, t.relname, k.conname, pg_catalog.format('alter table %s drop constraint %I cascade', t.name, k.conname)
		from own t join pg_catalog.pg_constraint k on k.conrelid = t.oid where k.contype in ('x', 'c', 'f', 'u', 'p') and k.conparentid = 0 order by 2, 3, 4`,
		// unique indexes that are no constraint
		`select 'unique', t.nspname, t.relname, i.relname, pg_catalog.format('drop index %I.%I', t.nspname, i.relname)
		from own t join pg_catalog.pg_index x on x.indrelid = t.oid join pg_catalog.pg_class i on i.oid = x.indexrelid
		where x.indisunique and not exists (select from pg_catalog.pg_constraint k where k.conindid = i.oid and k.contype in ('p', 'u', 'x')) order by 2, 3, 4`,
		`select 'trigger', t.nspname, t.relname, g.tgname, pg_catalog.format('drop trigger %I on %s', g.tgname, t.name)
		from own t join pg_catalog.pg_trigger g on g.tgrelid = t.oid where not g.tgisinternal order by 2, 3, 4`,
		// a policy lets everybody in: to what is there (using), or with whatever they write (check)
		`select 'widen', t.nspname, t.relname, p.polname || ' ' || w.clause, pg_catalog.format('alter policy %I on %s %s', p.polname, t.name,
			case w.clause when 'using' then 'using (true)' else 'with check (true)' end)
		from own t join pg_catalog.pg_policy p on p.polrelid = t.oid cross join (values ('using'), ('check')) w (clause)
		where pg_catalog.pg_get_expr(case w.clause when 'using' then p.polqual else p.polwithcheck end, p.polrelid) <> 'true' order by 2, 3, 4`,
		`select 'narrow', t.nspname, t.relname, p.polname, pg_catalog.format('drop policy %I on %s', p.polname, t.name)
		from own t join pg_catalog.pg_policy p on p.polrelid = t.oid order by 2, 3, 4`,
		`select 'open', t.nspname, t.relname, '', pg_catalog.format('alter table %s disable row level security', t.name)
		from own t where t.relrowsecurity order by 2, 3`,
		// rights that a role has not on a table of a schema that it may enter
		`select 'grant', t.nspname, t.relname, r.rolname || ' ' || lower(v.name), pg_catalog.format('grant %s on %s to %I', v.name, t.name, r.rolname)
		from own t cross join pg_catalog.pg_roles r cross join (values ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE')) v (name)
		where r.rolname in ('peakseat_app', 'peakseat_claim', 'peakseat_system') and pg_catalog.has_schema_privilege(r.oid, t.nspname, 'usage')
			and not pg_catalog.has_table_privilege(r.oid, t.oid, v.name) order by 2, 3, 4`,
		// rights that a role has
		`select 'revoke', t.nspname, t.relname, r.rolname || ' ' || lower(v.name), pg_catalog.format('revoke %s on %s from %I', v.name, t.name, r.rolname)
		from own t cross join pg_catalog.pg_roles r cross join (values ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) v (name)
		where r.rolname in ('peakseat_app', 'peakseat_claim', 'peakseat_system')
			and (pg_catalog.has_table_privilege(r.oid, t.oid, v.name) or v.name <> 'DELETE' and pg_catalog.has_any_column_privilege(r.oid, t.oid, v.name)) order by 2, 3, 4`,
		`select 'nullable', t.nspname, t.relname, a.attname, pg_catalog.format('alter table %s alter column %I drop not null', t.name, a.attname)
		from own t join pg_catalog.pg_attribute a on a.attrelid = t.oid
		where a.attnum > 0 and a.attnotnull and not a.attisdropped and a.attidentity = '' and a.attgenerated = ''
			and not exists (select from pg_catalog.pg_constraint k where k.conrelid = t.oid and k.contype = 'p' and a.attnum = any (k.conkey)) order by 2, 3, 4`,
	}
}
