package main

import (
	"slices"
	"strings"
)

// kind says what sort of guard a mutant lacks.
type kind string

// The kinds, the gravest first: what guards money, seats, rest and tenants comes before what only tidies.
const (
	exclude  kind = "exclude"  // an exclusion constraint
	trigger  kind = "trigger"  // append-only, balance, seal
	check    kind = "check"    // a check constraint
	widen    kind = "widen"    // a policy that lets everybody in
	open     kind = "open"     // a table without row-level security
	unique   kind = "unique"   // a key, or a unique index
	access   kind = "access"   // an operation that lets in whom it refused, or refuses whom it let in
	foreign  kind = "foreign"  // a foreign key
	grant    kind = "grant"    // rights that a role has not
	narrow   kind = "narrow"   // a policy that is gone
	revoke   kind = "revoke"   // a right that a role has
	nullable kind = "nullable" // a column that may be null
)

func kinds() []kind {
	return []kind{exclude, trigger, check, widen, open, unique, access, foreign, grant, narrow, revoke, nullable}
}

func kindNames() (names []string) {
	for _, k := range kinds() {
		names = append(names, string(k))
	}
	return names
}

// mutant is the program without one guard.
type mutant struct {
	Name   string // "check matcher.seat seat_state_check"
	Kind   kind
	Schema string // whose tests must turn red; "" for an access rule
	Table  string // whose guard it was; "" for an access rule
	SQL    string // what a database mutant runs
	Rule   string // what an access mutant puts into the environment: "17 widen"
}

// rank orders the mutants by what their survival would mean.
func (m mutant) rank() int {
	rank := 10 * slices.Index(kinds(), m.Kind)
	if m.Kind == check && m.Schema != "billing" && !strings.Contains(m.Name, "matcher.seat") && !strings.Contains(m.Name, "matcher.shift") &&
		!strings.Contains(m.Name, "matcher.assignment") && !strings.Contains(m.Name, "matcher.agent_") && !strings.Contains(m.Name, "matcher.offer") {
		rank = 10*slices.Index(kinds(), access) + 5 // neither money, capacity nor rest
	}
	return rank
}
