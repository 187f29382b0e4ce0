package guardtest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// Refuses asks every constraint for its refusal, and fails also where a constraint, a reference or a nullable column is
// there that the context does not speak of.
func (s Schema) Refuses(t *testing.T) {
	t.Helper()
	u := s.open(t)
	u.judged(func() {
		u.constraints()
		u.primaryKeys()
		u.nulls()
		u.effects()
		u.exec(`set local session_replication_role = origin`)
		u.references()
		u.appendOnly()
	})
}

func (u *subject) constraints() {
	u.Helper()
	spoken := map[string]bool{}
	for _, b := range u.Breaks {
		spoken[b[0]] = true
		if !strings.Contains(b[1], u.only) {
			continue
		}
		_, err := u.attempt(u.sql(b[1]))
		if code, constraint := refusal(err); !slices.Contains([]string{"23514", "23505", "23P01"}, code) || constraint != b[0] {
			u.Errorf("%s does not refuse %s: %v", b[0], strings.ReplaceAll(b[1], "\x00", ", "), err)
		}
	}
	for _, name := range u.texts(`select k.conname from pg_catalog.pg_constraint k where k.connamespace = $1::regnamespace and k.contype in ('c', 'u', 'x') and k.conparentid = 0
			and not exists (select from pg_catalog.pg_class c where c.oid = k.conrelid and (c.relispartition or c.relname = 'goose_version'))
		union select c.relname from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
		where c.relnamespace = $1::regnamespace and i.indisunique and not i.indisprimary and not exists (select from pg_catalog.pg_constraint k where k.conindid = c.oid and k.contype <> 'f')
			and not c.relispartition order by 1`, u.Name) {
		if !spoken[name] {
			u.Errorf("nothing asks %s: add a row that breaks it", name)
		}
	}
}

// primaryKeys refuse a second row of the same key, whatever else is unique about it.
func (u *subject) primaryKeys() {
	u.Helper()
	for _, table := range u.tables {
		if !u.wants(table) {
			continue
		}
		_, err := u.attempt(u.sql(Copy(table)))
		if code, constraint := refusal(err); code != "23505" || !strings.HasSuffix(constraint, "_pkey") {
			u.Errorf("%s takes a row twice: %v", table, err)
		}
	}
}

func (u *subject) effects() {
	u.Helper()
	for _, e := range u.Effects {
		table, trigger, _ := strings.Cut(e.Trigger, ".")
		if !u.wants(table) {
			continue
		}
		statements := []any{`alter table ` + u.name(table) + ` enable always trigger ` + trigger, u.sql(e.SQL)}
		if e.Then != "" {
			statements = append(statements, `do $then$ begin if (`+e.Then+`) is not true then raise exception 'it did nothing'; end if; end $then$`)
		}
		_, err := u.attempt(statements...)
		if _, constraint := refusal(err); constraint != e.Refused || (err == nil) != (e.Refused == "") {
			u.Errorf("%s has no effect on %s: %v", e.Trigger, strings.ReplaceAll(e.SQL, "\x00", ", "), err)
		}
	}
}

func (u *subject) nulls() {
	u.Helper()
	now := u.texts(`select c.relname || '.' || a.attname from pg_catalog.pg_class c join pg_catalog.pg_attribute a on a.attrelid = c.oid
		where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'goose_version'
			and a.attnum > 0 and not a.attisdropped and not a.attnotnull and a.attgenerated = '' order by 1`, u.Name)
	for _, column := range now {
		if !slices.Contains(u.Nullable, column) {
			u.Errorf("%s may be null", column)
		}
	}
	for _, column := range u.Nullable {
		if !slices.Contains(now, column) {
			u.Errorf("%s may not be null", column)
		}
	}
}

func (u *subject) references() {
	u.Helper()
	for _, r := range u.References {
		table, column, _ := strings.Cut(r, ".")
		if !u.wants(table) {
			continue
		}
		kind := u.texts(`select format_type(atttypid, null) from pg_catalog.pg_attribute where attrelid = $1::regclass and attname = $2`, u.name(table), column)
		if len(kind) == 0 {
			u.Errorf("there is no %s", r)
			continue
		}
		value := map[string]string{"uuid": "gen_random_uuid()", "integer": "32000", "text": "'nothing'"}[kind[0]]
		// the row is of this transaction, so that a change of one column has all of the row's references looked at
		alone := []any{`alter table ` + u.name(table) + ` disable trigger user`}
		for _, other := range u.texts(`select pg_catalog.quote_ident(k.conname) from pg_catalog.pg_constraint k join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
			where k.conrelid = $1::regclass and k.contype = 'f' and a.attname <> $2`, u.name(table), column) {
			alone = append(alone, `alter table `+u.name(table)+` drop constraint `+other)
		}
		change := `update ` + u.name(table) + ` set ` + column + ` = ` + value
		_, err := u.attempt(append(slices.Clone(alone), change)...)
		if codeOf(err) == "23514" { // not every row of the fixture may have it
			_, err = u.attempt(append(slices.Clone(alone), change+` where `+column+` is not null`)...)
		}
		own := u.texts(`select k.conname from pg_catalog.pg_constraint k join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
			where k.conrelid = $1::regclass and k.contype = 'f' and a.attname = $2`, u.name(table), column)
		if code, _ := refusal(err); code != "23503" || len(own) == 0 { // rows that refer to this one may have spoken
			u.Errorf("%s may name what is not there: %v", r, err)
		}
	}
	for _, r := range u.texts(`select c.relname || '.' || a.attname from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid
			join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
		where k.connamespace = $1::regnamespace and k.contype = 'f' and k.conparentid = 0 order by 1`, u.Name) {
		if !slices.Contains(u.References, r) {
			u.Errorf("nothing asks the reference %s", r)
		}
	}
}

// refused are the commands that the context says each table refuses.
func (u *subject) refused() map[string][]string {
	all := map[string][]string{}
	for _, list := range []struct{ tables, commands []string }{
		{u.AppendOnly, []string{"update", "delete", "truncate"}},
		{u.Undeletable, []string{"delete", "truncate"}},
		{u.Unchanging, []string{"update", "delete"}},
		{u.Erasable, []string{"update", "truncate"}},
	} {
		for _, table := range list.tables {
			all[table] = append(all[table], list.commands...)
		}
	}
	return all
}

// appendOnly asks the triggers as the superuser, whom no right stops. Other tables' triggers are off: what refuses is the
// table's own.
func (u *subject) appendOnly() {
	u.Helper()
	refused := u.refused()
	for table, commands := range refused {
		if !u.wants(table) {
			continue
		}
		var off []any
		for _, other := range u.tables {
			if other != table {
				off = append(off, `alter table `+u.name(other)+` disable trigger user`)
			}
		}
		column := u.columns(table)[0]
		statements := map[string]string{
			"update":   `update ` + u.name(table) + ` set ` + column + ` = ` + column,
			"delete":   `delete from ` + u.name(table),
			"truncate": `truncate ` + u.name(table) + ` cascade`,
		}
		for _, command := range commands {
			before := slices.Clone(off)
			if command == "truncate" { // a partition refuses for itself
				for _, part := range u.texts(`select inhrelid::regclass::text from pg_catalog.pg_inherits where inhparent = $1::regclass`, u.name(table)) {
					before = append(before, `alter table `+part+` disable trigger user`)
				}
			}
			if _, err := u.attempt(append(before, statements[command])...); codeOf(err) != "23001" {
				u.Errorf("%s of %s is not refused: %v", command, table, err)
			}
		}
	}
	for _, now := range u.texts(`select distinct c.relname || ' ' || e.command from pg_catalog.pg_trigger g join pg_catalog.pg_class c on c.oid = g.tgrelid
			join pg_catalog.pg_proc p on p.oid = g.tgfoid cross join (values ('delete', 8), ('update', 16), ('truncate', 32)) e (command, bit)
		where c.relnamespace = $1::regnamespace and not c.relispartition and not g.tgisinternal and p.proname = 'refuse_change' and g.tgtype & e.bit > 0 order by 1`, u.Name) {
		if table, command, _ := strings.Cut(now, " "); !slices.Contains(refused[table], command) {
			u.Errorf("nothing asks whether %s refuses %s", table, command)
		}
	}
}

func codeOf(err error) string {
	code, _ := refusal(err)
	return code
}

// refusal is the SQLSTATE of an error and the constraint that it names.
func refusal(err error) (code, constraint string) {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code, pg.ConstraintName
	}
	return "", ""
}
