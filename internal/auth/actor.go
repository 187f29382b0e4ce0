package auth

import (
	"context"
	"slices"

	"github.com/google/uuid"
)

// Role is what an account is in the organisation its session names.
type Role string

// The roles. Owner to viewer are a merchant's staff; trainer and operator belong to the platform's organisation.
const (
	Agent    Role = "agent"
	Owner    Role = "owner"
	Booker   Role = "booker"
	Finance  Role = "finance"
	Viewer   Role = "viewer"
	Trainer  Role = "trainer"
	Operator Role = "operator"
)

// Roles returns every role.
func Roles() []Role { return []Role{Agent, Owner, Booker, Finance, Viewer, Trainer, Operator} }

// Valid tells whether r is one of the roles.
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// IsMerchant tells whether r is a role of a merchant's staff.
func (r Role) IsMerchant() bool {
	return r == Owner || r == Booker || r == Finance || r == Viewer
}

// IsPlatform tells whether r is a role of the platform's own organisation.
func (r Role) IsPlatform() bool { return r == Trainer || r == Operator }

// Actor is who acts in a request. An agent's id is its account id.
type Actor struct {
	AccountID      uuid.UUID
	Role           Role
	OrganisationID uuid.UUID // uuid.Nil for an agent
	SessionID      uuid.UUID // uuid.Nil where an API key acts
	Scopes         []string  // what an API key may; a session is not narrowed
}

// IsAgent tells whether the actor works seats.
func (a Actor) IsAgent() bool { return a.Role == Agent }

// IsMerchant tells whether the actor is staff of a merchant.
func (a Actor) IsMerchant() bool { return a.Role.IsMerchant() }

// IsPlatform tells whether the actor is a trainer or an operator.
func (a Actor) IsPlatform() bool { return a.Role.IsPlatform() }

// Has tells whether any of the roles is the actor's.
func (a Actor) Has(roles ...Role) bool { return slices.Contains(roles, a.Role) }

// InScope tells whether the actor may do what the scope names: a session may do all that its role may, an API key only
// what it was given, and a key that was given nothing may do nothing.
func (a Actor) InScope(scope string) bool {
	return a.SessionID != uuid.Nil || slices.Contains(a.Scopes, scope)
}

type actorKey struct{}

// WithActor returns a context in which the actor acts.
func WithActor(ctx context.Context, actor Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, actor)
}

// ActorFrom returns who acts in the context; false where nobody does: an open operation, or the program itself.
func ActorFrom(ctx context.Context) (Actor, bool) {
	actor, ok := ctx.Value(actorKey{}).(Actor)
	return actor, ok
}
