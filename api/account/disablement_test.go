package account_test

import (
	"net/http"
	"slices"
	"testing"

	"golang.org/x/sync/errgroup"

	"peakseat/internal/auth"
	"peakseat/internal/postgres"
)

func TestADisabledAccountIsOut(t *testing.T) {
	t.Parallel()
	h := setup(t)
	operator, agent := h.operator(t, "operator@example.com"), h.agent(t, "agent@example.com")
	elsewhere := auth.NewRevocations(h.Revoked, auth.RevocationOptions{})
	must(t, elsewhere.Poll(t.Context()))
	path := "/accounts/" + agent.id.String()
	seeded, _, err := h.MintToken(t.Context(), agent.id, [16]byte{}, auth.SeedTokenTTL)
	must(t, err)
	h.do(t, "GET", "/me", seeded, nil).want(http.StatusOK)

	h.do(t, "POST", path+"/disablement", operator.access, object{"reason": "identity in doubt"}).want(http.StatusNoContent)
	for _, token := range []string{agent.access, seeded} {
		h.do(t, "GET", "/me", token, nil).want(http.StatusUnauthorized)
	}
	h.do(t, "POST", "/sessions/refresh", "", object{"refresh_token": agent.refresh}).want(http.StatusUnauthorized, "refresh_token_invalid")
	h.do(t, "POST", "/sessions", "", object{"email": agent.email, "password": h.password}).want(http.StatusForbidden, "account_disabled")
	h.do(t, "POST", "/sessions", "", object{"email": agent.email, "password": "not the password"}).want(http.StatusUnauthorized, "wrong_credentials")
	if _, _, err := h.MintToken(t.Context(), agent.id, [16]byte{}, auth.SeedTokenTTL); err == nil {
		t.Error("a token was minted for a disabled account")
	}
	if elsewhere.Revoked(h.actor(t, agent.access)) {
		t.Fatal("another process knew before it looked: the test proves nothing")
	}
	must(t, elsewhere.Poll(t.Context()))
	if !elsewhere.Revoked(h.actor(t, agent.access)) || !elsewhere.Revoked(h.actor(t, seeded)) {
		t.Error("another process that looked still lets the account in")
	}
	h.do(t, "POST", path+"/disablement", operator.access, object{"reason": "twice"}).want(http.StatusNoContent)

	h.do(t, "POST", path+"/enablement", operator.access, object{"reason": "identity shown"}).want(http.StatusNoContent)
	h.do(t, "GET", "/me", agent.access, nil).want(http.StatusUnauthorized) // sessions never come back
	h.do(t, "GET", "/me", h.signIn(t, agent).access, nil).want(http.StatusOK)
	must(t, elsewhere.Poll(t.Context()))
	if elsewhere.Revoked(h.actor(t, seeded)) {
		t.Error("another process still keeps the enabled account out")
	}
	want := []string{"peakseat.account.account.registered.v1", "peakseat.account.account.disabled.v1", "peakseat.account.account.enabled.v1"}
	if got := h.facts(t, agent.id); !slices.Equal(got, want) {
		t.Errorf("facts: %v, want %v", got, want)
	}
	if got := h.audited(t, agent.id); !slices.Equal(got, []string{"account.disabled", "account.enabled"}) {
		t.Errorf("the trail says %v", got)
	}
}

func TestWhoMayNotDisable(t *testing.T) {
	t.Parallel()
	h := setup(t)
	operator, owner, agent := h.operator(t, "operator@example.com"), h.merchant(t, "owner@example.com"), h.agent(t, "agent@example.com")
	trainer := h.invite(t, operator, "trainer@example.com", "trainer")
	for _, act := range []string{"disablement", "enablement", "reveal", "password-reset"} {
		path := "/accounts/" + agent.id.String() + "/" + act
		h.do(t, "POST", path, "", object{"reason": "x"}).want(http.StatusUnauthorized)
		for _, p := range []person{owner, agent, trainer} {
			h.do(t, "POST", path, p.access, object{"reason": "x"}).want(http.StatusForbidden)
		}
		h.do(t, "POST", path, operator.access, object{"reason": "  "}).want(http.StatusUnprocessableEntity)
		h.do(t, "POST", "/accounts/"+operator.id.String()+"/"+act, operator.access, object{"reason": "x"}).want(http.StatusConflict, "own_account")
		h.do(t, "POST", "/accounts/01900000-0000-7000-8000-0000000000ff/"+act, operator.access, object{"reason": "x"}).want(http.StatusNotFound, "not_found")
	}
	h.do(t, "GET", "/me", agent.access, nil).want(http.StatusOK)
}

// Whoever signs in or refreshes while the account is being disabled has no session when both are done.
func TestNoSessionSurvivesADisablementThatRaces(t *testing.T) {
	t.Parallel()
	h := setup(t)
	operator, agent := h.operator(t, "operator@example.com"), h.agent(t, "agent@example.com")
	var group errgroup.Group
	for range 6 {
		group.Go(func() error {
			h.do(t, "POST", "/sessions", "", object{"email": agent.email, "password": h.password})
			return nil
		})
	}
	group.Go(func() error {
		h.do(t, "POST", "/accounts/"+agent.id.String()+"/disablement", operator.access, object{"reason": "x"}).want(http.StatusNoContent)
		return nil
	})
	must(t, group.Wait())
	var live int
	must(t, postgres.InTx(t.Context(), h.pools.System, func(tx *postgres.Tx) error {
		return tx.Raw(`select count(*) from account.session where account_id = ? and ended_at is null`, agent.id).Scan(&live).Error
	}))
	if live != 0 {
		t.Errorf("%d sessions live on", live)
	}
}

func TestOperatorsSeeMasksAndRevealWithAReason(t *testing.T) {
	t.Parallel()
	h := setup(t)
	operator, agent := h.operator(t, "operator@example.com"), h.agent(t, "agent@example.com")
	found := h.do(t, "POST", "/accounts/lookup", operator.access, object{"email": "AGENT@example.com"}).want(http.StatusOK)
	if found.text("id") != agent.id.String() || found.text("name") != "W*" || found.text("email") != "a***@example.com" {
		t.Errorf("found %s", found.body)
	}
	h.do(t, "POST", "/accounts/lookup", operator.access, object{"email": "nobody@example.com"}).want(http.StatusNotFound)
	seen := h.do(t, "POST", "/accounts/"+agent.id.String()+"/reveal", operator.access, object{"reason": "payout returned by the bank"}).want(http.StatusOK)
	if seen.text("name") != "Wang Xiaoming" || seen.text("email") != "agent@example.com" {
		t.Errorf("revealed %s", seen.body)
	}
	if got := h.audited(t, agent.id); !slices.Equal(got, []string{"person.revealed"}) {
		t.Errorf("the trail says %v", got)
	}
	// the directory pages through everybody once
	h.agent(t, "second@example.com")
	var ids []string
	for cursor := ""; ; {
		var page struct {
			Items      []struct{ ID, Name string }
			NextCursor string `json:"next_cursor"`
		}
		h.do(t, "GET", "/accounts?limit=2&cursor="+cursor, operator.access, nil).want(http.StatusOK).into(&page)
		for _, item := range page.Items {
			ids = append(ids, item.ID)
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	slices.Sort(ids)
	if len(ids) != 3 || len(slices.Compact(ids)) != 3 {
		t.Errorf("the directory holds %v", ids)
	}
}
