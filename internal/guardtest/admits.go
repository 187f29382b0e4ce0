package guardtest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update-rights", false, "write the golden tables of rights anew") //nolint:gochecknoglobals // a flag of test binaries

// asker is somebody who asks, as the transaction's settings name them.
type asker struct{ name, role, account, organisation, as, actors string }

func askers() []asker {
	return []asker{
		{name: "nobody", role: "peakseat_app"},
		{name: "agent", role: "peakseat_app", account: Agent, as: "agent"},
		{name: "owner", role: "peakseat_app", account: Owner, organisation: Merchant, as: "owner"},
		{name: "viewer", role: "peakseat_app", account: "00000000-0000-0000-0000-00000000000e", organisation: Merchant, as: "viewer"},
		{name: "operator", role: "peakseat_app", account: Operator, organisation: Platform, as: "operator"},
		{name: "trainer", role: "peakseat_app", account: "00000000-0000-0000-0000-00000000000f", organisation: Platform, as: "trainer"},
		{name: "STRANGER-AGENT", role: "peakseat_app", account: Other, as: "agent"},
		{name: "STRANGER-OWNER", role: "peakseat_app", account: Other, organisation: Other, as: "owner"},
		{name: "batch", role: "peakseat_claim", actors: Agent},
		{name: "STRANGER-BATCH", role: "peakseat_claim", actors: Other},
		{name: "system", role: "peakseat_system"},
	}
}

// Admits compares who may do what to the fixture's rows with the golden table testdata/rights.txt. A line is a table, a
// command with the columns where not all may be changed, and who succeeds; an empty list is a right that reaches nothing.
// Strangers are written in capitals. "give away" is changing a row of one's own into another tenant's.
func (s Schema) Admits(t *testing.T) {
	t.Helper()
	u := s.open(t)
	u.judged(u.admits)
}

func (u *subject) admits() {
	u.Helper()
	var lines []string
	for _, table := range u.tables {
		if !u.wants(table) {
			continue
		}
		u.exec(`create temporary table sample on commit drop as select row_number() over () as n, to_jsonb(r) as row from ` + u.name(table) + ` r`)
		u.exec(`grant select on sample to public`)
		for _, command := range []string{"select", "insert", "update", "delete", "truncate"} {
			lines = append(lines, u.who(table, command)...)
		}
		u.exec(`drop table sample`)
	}
	got := strings.Join(lines, "\n") + "\n"
	path := filepath.Join("testdata", "rights.txt")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil { //nolint:gosec // a golden file
			u.Fatalf("%v", err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil { //nolint:gosec // as above
			u.Fatalf("%v", err)
		}
		return
	}
	content, err := os.ReadFile(path) //nolint:gosec // as above
	if err != nil {
		u.Fatalf("%v", err)
	}
	want := strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")
	for _, line := range lines {
		if !slices.Contains(want, line) {
			u.Errorf("now:  %s", line)
		}
	}
	for _, line := range want {
		if table, _, _ := strings.Cut(line, ":"); !u.wants(table) {
			continue
		}
		if !slices.Contains(lines, line) {
			u.Errorf("was:  %s", line)
		}
	}
}

// who lists, by database role, who succeeds with a command on a table.
func (u *subject) who(table, command string) (lines []string) {
	u.Helper()
	type right struct{ columns, succeed []string }
	rights := map[string]*right{}
	gifts := map[string][]string{}
	var order []string
	for _, a := range askers() {
		columns, has := u.right(a.role, table, command)
		if !has {
			continue
		}
		if rights[a.role] == nil {
			rights[a.role] = &right{columns: columns}
			order = append(order, a.role)
		}
		if u.succeeds(a, table, command, columns) {
			rights[a.role].succeed = append(rights[a.role].succeed, a.name)
		}
		if command == "update" && a.role != "peakseat_system" {
			for _, tenant := range []string{"merchant_id", "agent_id", "account_id", "organisation_id", "owner"} {
				if !slices.Contains(columns, tenant) {
					continue
				}
				rows, err := u.attempt(append(u.become(a), `update `+u.name(table)+` set `+tenant+` = '`+Other+`'`)...)
				if codeOf(err) != "42501" && (err != nil || rows > 0) {
					gifts[a.role] = append(gifts[a.role], a.name+" "+tenant)
				}
			}
		}
	}
	for _, role := range order {
		r := rights[role]
		what := command
		if command == "update" && len(r.columns) < len(u.columns(table)) {
			what += " (" + strings.Join(r.columns, ", ") + ")"
		}
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s: %s %s: %s", table, role, what, strings.Join(r.succeed, ", "))))
		if len(gifts[role]) > 0 {
			lines = append(lines, fmt.Sprintf("%s: %s give away: %s", table, role, strings.Join(gifts[role], ", ")))
		}
	}
	return lines
}

// right tells whether a role has a right, and on which columns.
func (u *subject) right(role, table, command string) (columns []string, has bool) {
	u.Helper()
	if command == "delete" || command == "truncate" {
		return nil, u.texts(`select has_table_privilege($1, $2, $3)::text`, role, u.name(table), command)[0] == "true"
	}
	for _, column := range u.columns(table) {
		if u.texts(`select has_column_privilege($1, $2, $3, $4)::text`, role, u.name(table), strings.Trim(column, `"`), command)[0] == "true" {
			columns = append(columns, column)
		}
	}
	return columns, len(columns) > 0
}

func (u *subject) become(a asker) []any {
	return []any{
		fmt.Sprintf(`select set_config('app.account', '%s', true), set_config('app.organisation', '%s', true), set_config('app.role', '%s', true), set_config('app.actors', '%s', true)`,
			a.account, a.organisation, a.as, a.actors),
		`set local role ` + a.role,
	}
}

// succeeds tells whether the command reaches any row. What is inserted is a second row like one of the fixture's: where the
// policy lets it through, a key refuses it.
func (u *subject) succeeds(a asker, table, command string, columns []string) bool {
	u.Helper()
	var list []string
	switch command {
	case "select":
		list = []string{`select ` + columns[0] + ` from ` + u.name(table)}
	case "insert":
		var values []string
		for _, c := range columns {
			values = append(values, `(jsonb_populate_record(null::`+u.name(table)+`, s.row)).`+c)
		}
		for _, n := range u.texts(`select n::text from sample`) {
			list = append(list, `insert into `+u.name(table)+` (`+strings.Join(columns, ", ")+`) overriding system value select `+strings.Join(values, ", ")+` from sample s where n = `+n)
		}
	case "update": // blindly: what reads the row asks the policies of select too
		for _, n := range u.texts(`select n::text from sample`) {
			list = append(list, `update `+u.name(table)+` set `+columns[0]+` = (select (jsonb_populate_record(null::`+u.name(table)+`, s.row)).`+columns[0]+` from sample s where n = `+n+`)`)
		}
	case "delete":
		list = []string{`delete from ` + u.name(table)}
	case "truncate":
		list = []string{`truncate ` + u.name(table) + ` cascade`}
	}
	for _, sql := range list {
		rows, err := u.attempt(append(u.become(a), sql)...)
		// a constraint speaks after the policy has
		if err != nil && codeOf(err) != "42501" || err == nil && (rows > 0 || command == "truncate") {
			return true
		}
	}
	return false
}
