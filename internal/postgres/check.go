package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"
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

// tooMuch lists append-only tables that a role of the program may change, and tables that such a role owns. A table whose
// trigger refuses only updates may be deleted from: what somebody may have forgotten.
func tooMuch(ctx context.Context, db *DB) ([]error, error) {
	rows, err := db.Pool.Query(ctx, `
		select r.rolname, n.nspname || '.' || c.relname, c.relowner = r.oid
		from pg_catalog.pg_roles r, pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
		where r.rolname in ('peakseat_app', 'peakseat_claim', 'peakseat_system')
		  and c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\_toast%' and n.nspname not like 'pg\_temp%'
		  and (c.relowner = r.oid
		    or exists (select from pg_catalog.pg_trigger t join pg_catalog.pg_proc p on p.oid = t.tgfoid
		               where t.tgrelid = c.oid and p.proname = 'refuse_change' and t.tgtype & 2 = 2 and t.tgtype & 1 = 1
		                 and pg_catalog.has_table_privilege(r.oid, c.oid, 'update, truncate' || case when t.tgtype & 8 = 8 then ', delete' else '' end)))`)
	if err != nil {
		return nil, fmt.Errorf("read the rights: %w", err)
	}
	defer rows.Close()
	var problems []error
	for rows.Next() {
		var role, table string
		var owns bool
		if err := rows.Scan(&role, &table, &owns); err != nil {
			return nil, fmt.Errorf("read the rights: %w", err)
		}
		if owns {
			problems = append(problems, fmt.Errorf("role %s owns %s: tables belong to peakseat_owner", role, table))
		} else {
			problems = append(problems, fmt.Errorf("role %s may change %s, which is append-only: revoke it", role, table))
		}
	}
	if err := rows.Err(); err != nil {
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
