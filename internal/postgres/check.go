package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Check refuses a server on which an answered "done" could be lost, or whose roles may do
// more than they should. It returns every reason, not the first. db is any pool.
func Check(ctx context.Context, db *DB) error {
	var problems []error
	for name, wanted := range map[string]string{"fsync": "on", "full_page_writes": "on"} {
		var value string
		if err := db.Pool.QueryRow(ctx, `select pg_catalog.current_setting($1)`, name).Scan(&value); err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		if value != wanted {
			problems = append(problems, fmt.Errorf("%s is %q: set it to %q, or a crash loses what was answered", name, value, wanted))
		}
	}
	var synchronous string
	if err := db.Pool.QueryRow(ctx, `select pg_catalog.current_setting('synchronous_commit')`).Scan(&synchronous); err != nil {
		return fmt.Errorf("read synchronous_commit: %w", err)
	}
	if synchronous == "off" {
		problems = append(problems, errors.New(`synchronous_commit is "off": set it to "on", or a crash loses what was answered`))
	}
	rows, err := db.Pool.Query(ctx, `select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_catalog.pg_roles
		where rolname in ('peakseat_app', 'peakseat_claim', 'peakseat_system')`)
	if err != nil {
		return fmt.Errorf("read the roles: %w", err)
	}
	defer rows.Close()
	seen := 0
	for rows.Next() {
		var name string
		var super, bypass, createRole, createDB bool
		if err := rows.Scan(&name, &super, &bypass, &createRole, &createDB); err != nil {
			return fmt.Errorf("read the roles: %w", err)
		}
		seen++
		if super || bypass || createRole || createDB {
			problems = append(problems, fmt.Errorf("role %s may do too much: it must be no superuser, not bypass row-level security, and create no roles or databases", name))
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the roles: %w", err)
	}
	if seen != 3 {
		problems = append(problems, errors.New("the roles peakseat_app, peakseat_claim and peakseat_system are missing: run peakseat migrate"))
	}
	if seen == 3 {
		rights, err := tooMuch(ctx, db)
		if err != nil {
			return err
		}
		problems = append(problems, rights...)
	}
	return errors.Join(problems...)
}

// tooMuch lists what the program's roles may do that the promises forbid, and the guards that are switched off:
//
//   - a role owns a table, or may become another role, the owner among them: it could take any guard away;
//   - it may empty a table, which asks no policy and no row's trigger, or put a trigger of its own on one;
//   - it may update or delete rows whose trigger refuses that, be it in one column. A trigger called append_only stands for
//     both, whatever it refuses now; where rows may be forgotten the trigger refuses updates alone and is called otherwise;
//   - it may write through a view, which asks the policies of the view's owner;
//   - a table has policies that are not asked, or a trigger that does not fire.
func tooMuch(ctx context.Context, db *DB) ([]error, error) {
	rows, err := db.Pool.Query(ctx, `
		with role as (
			select oid, rolname as name from pg_catalog.pg_roles where rolname in ('peakseat_app', 'peakseat_claim', 'peakseat_system')),
		relation as (
			select c.oid, n.nspname || '.' || c.relname as name, c.relowner, c.relkind in ('r', 'p') as stored, c.relrowsecurity
			from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
			where c.relkind in ('r', 'p', 'v') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\_toast%' and n.nspname not like 'pg\_temp%'),
		guard as (
			select t.tgrelid, bool_or(t.tgtype & 16 = 16 or t.tgname = 'append_only') as updates, bool_or(t.tgtype & 8 = 8 or t.tgname = 'append_only') as deletes
			from pg_catalog.pg_trigger t join pg_catalog.pg_proc p on p.oid = t.tgfoid
			where p.proname = 'refuse_change' and p.pronamespace = 'platform'::regnamespace
			group by t.tgrelid)
		select 'role ' || r.name || ' owns ' || c.name || ': tables belong to peakseat_owner'
			from role r join relation c on c.relowner = r.oid
		union all select 'role ' || r.name || ' may become ' || m.roleid::regrole || ': revoke it'
			from role r join pg_catalog.pg_auth_members m on m.member = r.oid
		union all select 'role ' || r.name || ' may empty ' || c.name || ' or put triggers on it: revoke it'
			from role r, relation c where c.stored and pg_catalog.has_table_privilege(r.oid, c.oid, 'truncate, trigger')
		union all select 'role ' || r.name || ' may change ' || c.name || ', which is append-only: revoke it'
			from role r, relation c join guard g on g.tgrelid = c.oid
			where g.updates and pg_catalog.has_any_column_privilege(r.oid, c.oid, 'update') or g.deletes and pg_catalog.has_table_privilege(r.oid, c.oid, 'delete')
		union all select 'role ' || r.name || ' may write through the view ' || c.name || ': revoke it'
			from role r, relation c where not c.stored and (pg_catalog.has_any_column_privilege(r.oid, c.oid, 'insert, update') or pg_catalog.has_table_privilege(r.oid, c.oid, 'delete'))
		union all select 'nobody asks the policies of ' || c.name || ': enable row level security'
			from relation c where not c.relrowsecurity and exists (select from pg_catalog.pg_policy p where p.polrelid = c.oid)
		union all select distinct 'a trigger of ' || c.name || ' is disabled: enable it'
			from relation c join pg_catalog.pg_trigger t on t.tgrelid = c.oid where t.tgenabled not in ('O', 'A')`)
	if err != nil {
		return nil, fmt.Errorf("read the rights: %w", err)
	}
	problems, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (error, error) {
		var text string
		err := row.Scan(&text)
		return errors.New(text), err
	})
	if err != nil {
		return nil, fmt.Errorf("read the rights: %w", err)
	}
	return problems, nil
}

// Pending lists the modules whose newest migration has not run, so that a server does not start on an old schema.
func Pending(ctx context.Context, db *DB, modules ...Module) ([]string, error) {
	var old []string
	for _, m := range modules {
		p, err := provider(db.sql, m)
		if err != nil {
			return nil, err
		}
		wanted := p.ListSources()
		var version int64
		err = db.Pool.QueryRow(ctx, fmt.Sprintf(`select coalesce(max(version_id), 0) from %s.goose_version where is_applied`, m.Schema)).Scan(&version)
		switch {
		case Code(err) == "42P01" || Code(err) == "3F000" || Code(err) == "42501":
			version = 0
		case err != nil:
			return nil, fmt.Errorf("read the version of %s: %w", m.Schema, err)
		}
		if len(wanted) > 0 && version < wanted[len(wanted)-1].Version {
			old = append(old, m.Schema)
		}
	}
	return old, nil
}

// ClockMoved tells whether the rules' clock is not the real one.
func ClockMoved(ctx context.Context, db *DB) (bool, error) {
	var moved bool
	err := db.Pool.QueryRow(ctx, `select rate <> 1 or anchor_real <> anchor_rules from platform.clock`).Scan(&moved)
	return moved, err
}

// MoveClock sets the rules' clock: it reads now from this moment on and runs at rate. db is the System pool.
func MoveClock(tx *Tx, now time.Time, rate float64) error {
	return tx.Exec(`update platform.clock set anchor_real = transaction_timestamp(), anchor_rules = ?, rate = ?`, now, rate).Error
}

// RestClock puts the rules' clock back to the real time, as if it had never been moved. tx is the System pool's.
func RestClock(tx *Tx) error {
	return tx.Exec(`update platform.clock set anchor_real = transaction_timestamp(), anchor_rules = transaction_timestamp(), rate = 1`).Error
}
