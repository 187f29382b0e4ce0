package test

import (
	"slices"
	"testing"
	"time"

	"peakseat/internal/apitest"
	"peakseat/internal/app"
	"peakseat/internal/auth"
	"peakseat/internal/web"
)

// Each operation lets in whom the table of access_table_test.go names, and nobody else. TestAccess asks the running program;
// this asks what the operations say of themselves, in an instant.
func TestAccessRulesAreTheTables(t *testing.T) {
	t.Parallel()
	agreed := map[string][]string{}
	for _, e := range theOperations() {
		may := roles(e.may)
		slices.Sort(may)
		if before, twice := agreed[e.op]; twice && !slices.Equal(before, may) {
			t.Errorf("%s is in the table twice, with %v and with %v", e.op, before, may)
		}
		agreed[e.op] = may
	}
	for _, op := range app.Operations() {
		name := op.Method + " " + op.Path
		var admitted []string
		for role, bit := range ruleBits() {
			if op.Access&(bit|web.Anyone) != 0 {
				admitted = append(admitted, role)
			}
		}
		slices.Sort(admitted)
		if !slices.Equal(admitted, agreed[name]) {
			t.Errorf("%s admits %v, and the table says %v", name, admitted, agreed[name])
		}
	}
}

// Only operators move the clock. The operation is there on a server for development only, and so in no table.
func TestAccessRulesOfTheClock(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	operator := s.Operator(t)
	body := map[string]any{"now": s.Now(t).Add(time.Hour), "rate": 1}
	s.Nobody().Put(t, "/dev/clock", body).Want(t, 401)
	owner := s.Merchant(t)
	for _, p := range []*apitest.Person{s.Agent(t), owner, owner.Invited(t, auth.Viewer), owner.Invited(t, auth.Finance), owner.Invited(t, auth.Booker), operator.Invited(t, auth.Trainer)} {
		p.Put(t, "/dev/clock", body).WantProblem(t, 403, "forbidden")
	}
	operator.Put(t, "/dev/clock", body).Want(t, 200)
}

func ruleBits() map[string]web.Access {
	return map[string]web.Access{
		"nobody": web.Anyone, string(auth.Agent): web.Agent, string(auth.Owner): web.Owner, string(auth.Booker): web.Booker,
		string(auth.Finance): web.Finance, string(auth.Viewer): web.Viewer, string(auth.Trainer): web.Trainer, string(auth.Operator): web.Operator,
	}
}
