package auth_test

import (
	"testing"

	"github.com/google/uuid"

	"peakseat/internal/auth"
)

func TestEveryRoleIsOnOneSide(t *testing.T) {
	t.Parallel()
	for _, role := range auth.Roles() {
		if !role.Valid() {
			t.Errorf("%s is not valid", role)
		}
		sides := 0
		actor := auth.Actor{Role: role}
		for _, on := range []bool{actor.IsAgent(), actor.IsMerchant(), actor.IsPlatform()} {
			if on {
				sides++
			}
		}
		if sides != 1 {
			t.Errorf("%s is on %d sides, want 1", role, sides)
		}
	}
	for _, role := range []auth.Role{"", "admin", "Owner", "agent "} {
		if role.Valid() {
			t.Errorf("%q is valid", role)
		}
	}
}

func TestAKeyMayOnlyWhatItWasGiven(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		actor auth.Actor
		want  bool
	}{
		"a session is not narrowed":     {auth.Actor{SessionID: uuid.New()}, true},
		"a key with the scope":          {auth.Actor{Scopes: []string{"reports:read", "bookings:write"}}, true},
		"a key with another scope":      {auth.Actor{Scopes: []string{"bookings:read"}}, false},
		"a key with no scope":           {auth.Actor{}, false},
		"a scope is not a prefix":       {auth.Actor{Scopes: []string{"bookings"}}, false},
		"nor is the scope a substring":  {auth.Actor{Scopes: []string{"bookings:write2"}}, false},
		"a scope does not hold a space": {auth.Actor{Scopes: []string{"a bookings:write"}}, false},
	} {
		if got := tc.actor.InScope("bookings:write"); got != tc.want {
			t.Errorf("%s: InScope = %v, want %v", name, got, tc.want)
		}
	}
}

func TestActorTravelsInTheContext(t *testing.T) {
	t.Parallel()
	if _, ok := auth.ActorFrom(t.Context()); ok {
		t.Error("an actor where nobody acts")
	}
	want := auth.Actor{AccountID: uuid.New(), Role: auth.Booker, OrganisationID: uuid.New(), SessionID: uuid.New()}
	got, ok := auth.ActorFrom(auth.WithActor(t.Context(), want))
	if !ok || got.AccountID != want.AccountID || got.Role != want.Role {
		t.Errorf("ActorFrom = %+v, %v, want %+v", got, ok, want)
	}
	if got.Has(auth.Owner, auth.Finance) || !got.Has(auth.Owner, auth.Booker) {
		t.Error("Has does not ask for the actor's role")
	}
}
