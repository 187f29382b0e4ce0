package web

import (
	"net/http"

	"peakseat/internal/auth"
	"peakseat/internal/fault"
)

// Access says who may call an operation. The zero Access is no rule, and Register refuses it.
type Access uint16

// Who there is. Rules are unions: Owner | Finance.
const (
	Anyone Access = 1 << iota // no token needed
	Agent
	Owner
	Booker
	Finance
	Viewer
	Trainer
	Operator
)

// The unions that operations use most.
const (
	Merchant = Owner | Booker | Finance | Viewer // any member of the merchant: reads
	Bookers  = Owner | Booker                    // shops, bookings, live
	Money    = Owner | Finance                   // wallet, timesheets, invoices
	SignedIn = Agent | Merchant | Trainer | Operator
)

func accessOf(role auth.Role) Access {
	switch role {
	case auth.Agent:
		return Agent
	case auth.Owner:
		return Owner
	case auth.Booker:
		return Booker
	case auth.Finance:
		return Finance
	case auth.Viewer:
		return Viewer
	case auth.Trainer:
		return Trainer
	case auth.Operator:
		return Operator
	}
	return 0
}

// check answers nil, 401 for no token, or 403 for a role that never may.
func (a Access) check(actor auth.Actor, known bool) error {
	switch {
	case a&Anyone != 0:
		return nil
	case !known:
		return fault.ErrUnauthenticated
	case a&accessOf(actor.Role) == 0:
		return fault.ErrForbidden
	}
	return nil
}

// ErrScope is the answer to an API key that was not given what the operation needs.
var ErrScope = fault.New(fault.Forbidden, "out_of_scope",
	"这个 API 密钥没有所需的权限范围。", "This API key was not given the scope that this needs.")

// Scope is what an API key must have been given to call the operation: reading or writing what a context owns,
// "matcher:read" or "matcher:write". Whoever signed in needs none.
func (op Op) Scope() string {
	if op.Method == http.MethodGet {
		return op.Tag + ":read"
	}
	return op.Tag + ":write"
}

// admits answers nil, or why the actor may not call the operation.
func (op Op) admits(actor auth.Actor, known bool) error {
	if err := op.Access.check(actor, known); err != nil {
		return err
	}
	if op.Access&Anyone == 0 && !actor.InScope(op.Scope()) {
		return ErrScope
	}
	return nil
}

// String lists the roles, for the table of operations.
func (a Access) String() string {
	if a&Anyone != 0 {
		return "anyone"
	}
	names := []struct {
		access Access
		name   string
	}{
		{SignedIn, "signed in"},
		{Merchant, "merchant"},
		{Agent, "agent"},
		{Owner, "owner"},
		{Booker, "booker"},
		{Finance, "finance"},
		{Viewer, "viewer"},
		{Trainer, "trainer"},
		{Operator, "operator"},
	}
	out := ""
	for _, n := range names {
		if a&n.access == n.access {
			if out != "" {
				out += ", "
			}
			out += n.name
			a &^= n.access
		}
	}
	return out
}
