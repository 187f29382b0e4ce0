package account_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"peakseat/internal/auth"
)

func TestAPIKeysActInTheirRoleAndScopes(t *testing.T) {
	t.Parallel()
	h := setup(t)
	owner, other := h.merchant(t, "owner@example.com"), h.merchant(t, "other@example.com")
	made := h.do(t, "POST", "/api-keys", owner.access, object{"name": "Shop", "role": "booker", "scopes": []string{"matcher:write", "matcher:read", "account:read"}}).want(http.StatusCreated)
	key := made.text("key")
	actor, err := h.APIKeyActor(t.Context(), key)
	must(t, err)
	if actor.AccountID != owner.id || actor.OrganisationID != owner.organisation || actor.Role != auth.Booker || actor.SessionID != [16]byte{} {
		t.Errorf("the key acts as %+v", actor)
	}
	if !actor.InScope("matcher:read") || !actor.InScope("matcher:write") || actor.InScope("billing:read") || actor.InScope("account:write") {
		t.Errorf("the key's scopes are %v", actor.Scopes)
	}
	if me := h.do(t, "GET", "/me", key, nil).want(http.StatusOK); me.text("role") != "booker" {
		t.Errorf("the key is %s", me.body)
	}
	h.do(t, "GET", "/api-keys", key, nil).want(http.StatusForbidden, "forbidden") // the key's role, not its maker's
	h.do(t, "PATCH", "/me", key, object{"name": "x"}, "If-Match", `"1"`).want(http.StatusForbidden, "out_of_scope")

	var list struct {
		Items []struct {
			ID, Hint, Key string
			Scopes        []string
			UsedAt        *time.Time `json:"used_at"`
		}
	}
	h.do(t, "GET", "/api-keys", owner.access, nil).want(http.StatusOK).into(&list)
	if len(list.Items) != 1 || list.Items[0].Key != "" || list.Items[0].Hint != key[len(key)-4:] || list.Items[0].UsedAt == nil ||
		!slices.Equal(list.Items[0].Scopes, []string{"account:read", "matcher:read", "matcher:write"}) {
		t.Errorf("listed: %+v", list.Items)
	}
	h.do(t, "DELETE", "/api-keys/"+made.text("id"), other.access, nil).want(http.StatusNotFound)
	h.do(t, "GET", "/me", key, nil).want(http.StatusOK)
	h.do(t, "DELETE", "/api-keys/"+made.text("id"), owner.access, nil).want(http.StatusNoContent)
	h.do(t, "GET", "/me", key, nil).want(http.StatusUnauthorized)
}

func TestAPIKeysCannotBecomeMoreThanTheyAre(t *testing.T) {
	t.Parallel()
	h := setup(t)
	owner := h.merchant(t, "owner@example.com")
	scopes := []string{"account:read", "account:write"}
	key := h.do(t, "POST", "/api-keys", owner.access, object{"name": "All", "role": "owner", "scopes": scopes}).want(http.StatusCreated).text("key")
	h.do(t, "POST", "/api-keys", key, object{"name": "More", "role": "owner", "scopes": []string{"billing:write"}}).want(http.StatusForbidden, "session_required")
	h.do(t, "POST", "/invitations", key, object{"email": "x@example.com", "role": "owner"}).want(http.StatusForbidden, "session_required")
	h.do(t, "POST", "/me/password", key, object{"password": h.password, "new_password": "a new password"}).want(http.StatusForbidden, "session_required")
	h.do(t, "POST", "/me/erasure", key, object{"password": h.password}).want(http.StatusForbidden, "session_required")

	h.do(t, "DELETE", "/sessions/current", key, nil).want(http.StatusConflict, "no_session")

	for _, wrong := range []object{
		{"name": "x", "role": "operator", "scopes": scopes},
		{"name": "x", "role": "booker", "scopes": []string{"everything"}},
		{"name": "x", "role": "booker", "scopes": []string{}},
		{"name": "x", "role": "booker", "scopes": scopes, "expires_at": "2020-01-01T00:00:00Z"},
	} {
		h.do(t, "POST", "/api-keys", owner.access, wrong).want(http.StatusUnprocessableEntity)
	}
	booker := h.invite(t, owner, "booker@example.com", "booker")
	h.do(t, "POST", "/api-keys", booker.access, object{"name": "x", "role": "viewer", "scopes": scopes}).want(http.StatusForbidden)
}

func TestAPIKeysDieWithTheirMakersRights(t *testing.T) {
	t.Parallel()
	h := setup(t)
	operator, owner := h.operator(t, "operator@example.com"), h.merchant(t, "owner@example.com")
	partner := h.invite(t, owner, "partner@example.com", "owner")
	asked := object{"name": "x", "role": "viewer", "scopes": []string{"account:read"}}
	owners := h.do(t, "POST", "/api-keys", owner.access, asked).want(http.StatusCreated).text("key")
	partners := h.do(t, "POST", "/api-keys", partner.access, asked).want(http.StatusCreated).text("key")
	h.do(t, "GET", "/me", partners, nil).want(http.StatusOK)
	h.do(t, "DELETE", "/members/"+partner.id.String(), owner.access, nil).want(http.StatusNoContent)
	h.do(t, "GET", "/me", partners, nil).want(http.StatusUnauthorized)

	h.do(t, "GET", "/me", owners, nil).want(http.StatusOK)
	h.do(t, "POST", "/accounts/"+owner.id.String()+"/disablement", operator.access, object{"reason": "fraud"}).want(http.StatusNoContent)
	h.do(t, "GET", "/me", owners, nil).want(http.StatusUnauthorized)
	for _, nothing := range []string{"ps_key_", "ps_key_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"} {
		h.do(t, "GET", "/me", nothing, nil).want(http.StatusUnauthorized)
	}
}
