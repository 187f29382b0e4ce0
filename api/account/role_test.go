package account_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/auth"
	"peakseat/internal/postgres"
)

func TestAnOwnerGivesColleaguesOtherRoles(t *testing.T) {
	t.Parallel()
	h := setup(t)
	owner, stranger, operator := h.merchant(t, "owner@example.com"), h.merchant(t, "stranger@example.com"), h.operator(t, "operator@example.com")
	colleague := h.invite(t, owner, "colleague@example.com", "booker")
	path := "/members/" + colleague.id.String() + "/role"

	// a role that takes something away ends the session
	h.do(t, "PUT", path, owner.access, object{"role": "viewer"}).want(http.StatusNoContent)
	h.do(t, "GET", "/me", colleague.access, nil).want(http.StatusUnauthorized)
	h.do(t, "POST", "/sessions/refresh", "", object{"refresh_token": colleague.refresh}).want(http.StatusUnauthorized)
	colleague = h.signIn(t, colleague)
	if got := h.actor(t, colleague.access).Role; got != auth.Viewer {
		t.Errorf("who became a viewer signs in as %s", got)
	}
	// one that takes nothing away does not, and comes with the next token
	h.do(t, "PUT", path, owner.access, object{"role": "viewer"}).want(http.StatusNoContent)
	h.do(t, "PUT", path, owner.access, object{"role": "owner"}).want(http.StatusNoContent)
	h.do(t, "GET", "/me", colleague.access, nil).want(http.StatusOK)
	next := h.do(t, "POST", "/sessions/refresh", "", object{"refresh_token": colleague.refresh}).want(http.StatusOK)
	if got := h.actor(t, next.text("access_token")).Role; got != auth.Owner {
		t.Errorf("the next token of who became an owner says %s", got)
	}
	granted := "peakseat.account.membership.granted.v1"
	if facts := h.facts(t, colleague.id); !slices.Equal(facts, []string{"peakseat.account.account.registered.v1", granted, granted, granted}) {
		t.Errorf("facts of the colleague: %v", facts)
	}
	if was := h.rolesBefore(t, colleague.id); !slices.Equal(was, []string{"", "booker", "viewer"}) {
		t.Errorf("the facts say that the colleague was %q", was)
	}
	if got := h.audited(t, colleague.id); !slices.Equal(got, []string{"member.role_changed", "member.role_changed"}) {
		t.Errorf("the trail says %v", got)
	}

	key := h.do(t, "POST", "/api-keys", owner.access, object{"name": "x", "role": "owner", "scopes": []string{"account:write"}}).want(http.StatusCreated).text("key")
	h.do(t, "PUT", path, key, object{"role": "viewer"}).want(http.StatusForbidden, "session_required")
	h.do(t, "PUT", path, owner.access, object{"role": "trainer"}).want(http.StatusUnprocessableEntity, "invalid_request")
	h.do(t, "PUT", "/members/"+owner.id.String()+"/role", owner.access, object{"role": "viewer"}).want(http.StatusConflict, "own_account")
	h.do(t, "PUT", "/members/"+stranger.id.String()+"/role", owner.access, object{"role": "viewer"}).want(http.StatusNotFound)
	h.do(t, "PUT", path, operator.access, object{"role": "trainer"}).want(http.StatusNotFound)
	viewer := h.invite(t, owner, "viewer@example.com", "viewer")
	h.do(t, "PUT", path, viewer.access, object{"role": "viewer"}).want(http.StatusForbidden)

	second := h.invite(t, operator, "second@example.com", "operator")
	h.do(t, "PUT", "/members/"+second.id.String()+"/role", operator.access, object{"role": "owner"}).want(http.StatusUnprocessableEntity)
	h.do(t, "PUT", "/members/"+second.id.String()+"/role", operator.access, object{"role": "trainer"}).want(http.StatusNoContent)
	h.do(t, "GET", "/me", second.access, nil).want(http.StatusUnauthorized)
	if got := h.actor(t, h.signIn(t, second).access).Role; got != auth.Trainer {
		t.Errorf("who became a trainer signs in as %s", got)
	}
}

func TestKeysBeyondANewRoleAreGone(t *testing.T) {
	t.Parallel()
	h := setup(t)
	owner := h.merchant(t, "owner@example.com")
	partner := h.invite(t, owner, "partner@example.com", "owner")
	keys := map[string]string{}
	for _, role := range []string{"owner", "booker", "finance", "viewer"} {
		keys[role] = h.do(t, "POST", "/api-keys", partner.access, object{"name": role, "role": role, "scopes": []string{"account:read"}}).want(http.StatusCreated).text("key")
	}
	become := func(role string, left ...string) {
		t.Helper()
		h.do(t, "PUT", "/members/"+partner.id.String()+"/role", owner.access, object{"role": role}).want(http.StatusNoContent)
		for name, key := range keys {
			want := http.StatusUnauthorized
			if slices.Contains(left, name) {
				want = http.StatusOK
			}
			if r := h.do(t, "GET", "/me", key, nil); r.status != want {
				t.Errorf("of who became %s, the key of a %s is answered %d, want %d", role, name, r.status, want)
			}
		}
		var list struct{ Items []object }
		if h.do(t, "GET", "/api-keys", owner.access, nil).into(&list); len(list.Items) != len(left) {
			t.Errorf("of who became %s, %d keys are listed, want %d", role, len(list.Items), len(left))
		}
	}
	become("booker", "booker", "viewer")
	become("viewer", "viewer")
	become("owner", "viewer") // what is gone does not come back
}

// Whoever signs in while the role changes gets the new one, or a token that is refused.
func TestASignInDoesNotKeepAnOldRole(t *testing.T) {
	t.Parallel()
	h := setup(t)
	owner := h.merchant(t, "owner@example.com")
	partner := h.invite(t, owner, "partner@example.com", "owner")
	tokens := make([]string, 8)
	var group errgroup.Group
	for i := range tokens {
		group.Go(func() error {
			r := h.do(t, "POST", "/sessions", "", object{"email": partner.email, "password": h.password})
			if r.status != http.StatusCreated {
				return fmt.Errorf("a sign-in is answered %d %s", r.status, r.body)
			}
			tokens[i] = r.text("access_token")
			return nil
		})
	}
	group.Go(func() error {
		if r := h.do(t, "PUT", "/members/"+partner.id.String()+"/role", owner.access, object{"role": "viewer"}); r.status != http.StatusNoContent {
			return fmt.Errorf("the change is answered %d %s", r.status, r.body)
		}
		return nil
	})
	must(t, group.Wait())
	for _, token := range tokens {
		if r := h.do(t, "GET", "/me", token, nil); r.status == http.StatusOK && h.actor(t, token).Role != auth.Viewer {
			t.Errorf("a token of an %s goes on", h.actor(t, token).Role)
		}
	}
}

// Of owners who all put each other out at once, one stays.
func TestOwnersCannotAllPutEachOtherOut(t *testing.T) {
	t.Parallel()
	h := setup(t)
	owners := []person{h.merchant(t, "owner@example.com")}
	for i := range 5 {
		owners = append(owners, h.invite(t, owners[0], fmt.Sprintf("owner%d@example.com", i), "owner"))
	}
	var (
		group   errgroup.Group
		mu      sync.Mutex
		answers = map[int]int{}
	)
	for i, by := range owners {
		for j, of := range owners {
			if i == j {
				continue
			}
			group.Go(func() error {
				path := "/members/" + of.id.String()
				var r reply
				if (i+j)%2 == 0 {
					r = h.do(t, "DELETE", path, by.access, nil)
				} else {
					r = h.do(t, "PUT", path+"/role", by.access, object{"role": "viewer"})
				}
				mu.Lock()
				defer mu.Unlock()
				answers[r.status]++
				// 401 to a session that ended, 403 and 409 to who is none any more, 404 for who has left
				if !slices.Contains([]int{http.StatusNoContent, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict}, r.status) {
					return fmt.Errorf("answered %d %s", r.status, r.body)
				}
				return nil
			})
		}
	}
	must(t, group.Wait())
	if left := h.owners(t, owners[0].organisation); left != 1 {
		t.Errorf("%d owners stay, want 1; answers %v", left, answers)
	}
	active := 0
	for _, one := range owners {
		if h.do(t, "GET", "/me", one.access, nil).status == http.StatusOK {
			active++
		}
	}
	if active != 1 {
		t.Errorf("%d sessions of former owners go on, want 1", active)
	}
}

// The database alone keeps one, whatever the program forgets to lock.
func TestTheDatabaseKeepsAnOwner(t *testing.T) {
	t.Parallel()
	h := setup(t)
	owners := []person{h.merchant(t, "owner@example.com")}
	for i := range 7 {
		owners = append(owners, h.invite(t, owners[0], fmt.Sprintf("owner%d@example.com", i), "owner"))
	}
	refused := make([]string, len(owners))
	var group errgroup.Group
	for i, one := range owners {
		group.Go(func() error {
			err := postgres.InTx(t.Context(), h.pools.System, func(tx *postgres.Tx) error {
				if i%2 == 0 {
					return tx.Exec(`delete from account.membership where account_id = ?`, one.id).Error
				}
				return tx.Exec(`update account.membership set role = 'viewer' where account_id = ?`, one.id).Error
			})
			if refused[i] = postgres.Constraint(err); refused[i] == "" {
				return err
			}
			return nil
		})
	}
	must(t, group.Wait())
	slices.Sort(refused)
	if left := h.owners(t, owners[0].organisation); left != 1 || refused[6] != "" || refused[7] != "membership_keeps_a_head" {
		t.Errorf("%d owners stay, want 1; refused by %q", left, refused)
	}
}

func (h *house) owners(t *testing.T, organisation uuid.UUID) (n int) {
	t.Helper()
	must(t, postgres.InTx(t.Context(), h.pools.System, func(tx *postgres.Tx) error {
		return tx.Raw(`select count(*) from account.membership where organisation_id = ? and role = 'owner'`, organisation).Scan(&n).Error
	}))
	return n
}
