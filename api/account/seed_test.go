package account_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/google/uuid"

	"peakseat/api/account"
	"peakseat/internal/auth"
	"peakseat/internal/postgres"
)

func TestSeededAccountsSignInWithOnePassword(t *testing.T) {
	t.Parallel()
	h := setup(t)
	if found, err := h.HasRealAccounts(t.Context()); err != nil || found {
		t.Fatalf("an empty database has real accounts: %v, %v", found, err)
	}
	shop := account.Organisation{ID: uuid.New(), Name: "Seeded Shop"}
	seeds := []account.SeedAccount{
		{Email: "owner@seed.example", Name: "Owner", Role: auth.Owner, Organisation: shop},
		{Email: "booker@seed.example", Name: "Booker", Role: auth.Booker, Organisation: shop},
		{Email: "operator@seed.example", Name: "Operator", Role: auth.Operator},
	}
	for i := range 3000 {
		seeds = append(seeds, account.SeedAccount{Email: fmt.Sprintf("agent%d@seed.example", i), Name: "Agent", Role: auth.Agent})
	}
	var tokens map[uuid.UUID]string
	ids := make([]uuid.UUID, len(seeds))
	must(t, postgres.InTx(t.Context(), h.pools.System, func(tx *postgres.Tx) (err error) {
		if err := h.SeedAccounts(tx, h.password, seeds); err != nil {
			return err
		}
		for i, seed := range seeds {
			ids[i] = seed.ID
		}
		tokens, err = h.MintTokens(tx, ids, auth.SeedTokenTTL)
		return err
	}))
	if found, err := h.HasRealAccounts(t.Context()); err != nil || found {
		t.Errorf("seeds count as real: %v, %v", found, err)
	}
	for i, seed := range []int{0, 1, 2, 3, 3002} {
		got := h.actor(t, tokens[ids[seed]])
		want := []auth.Actor{
			{Role: auth.Owner, OrganisationID: shop.ID},
			{Role: auth.Booker, OrganisationID: shop.ID},
			{Role: auth.Operator, OrganisationID: account.PlatformID()},
			{Role: auth.Agent},
			{Role: auth.Agent},
		}[i]
		if got.AccountID != ids[seed] || got.Role != want.Role || got.OrganisationID != want.OrganisationID {
			t.Errorf("seed %d got a token of %+v", seed, got)
		}
		me := h.do(t, "GET", "/me", tokens[ids[seed]], nil).want(http.StatusOK)
		if me.text("email") != seeds[seed].Email {
			t.Errorf("seed %d is %s", seed, me.body)
		}
		h.do(t, "POST", "/sessions", "", object{"email": seeds[seed].Email, "password": h.password}).want(http.StatusCreated)
	}
	h.agent(t, "real@example.com")
	if found, err := h.HasRealAccounts(t.Context()); err != nil || !found {
		t.Errorf("somebody registered and does not count: %v, %v", found, err)
	}
}

func TestErasureDestroysWhoSomebodyWas(t *testing.T) {
	t.Parallel()
	h := setup(t)
	operator, owner := h.operator(t, "operator@example.com"), h.merchant(t, "owner@example.com")
	viewer := h.invite(t, owner, "viewer@example.com", "viewer")
	export := h.do(t, "GET", "/me/export", viewer.access, nil).want(http.StatusOK)
	var held struct {
		Account  struct{ Email string }
		Sessions []object
	}
	if export.into(&held); held.Account.Email != viewer.email || len(held.Sessions) != 1 {
		t.Errorf("exported %s", export.body)
	}
	h.do(t, "POST", "/me/erasure", owner.access, object{"password": h.password}).want(http.StatusConflict, "last_owner")
	h.do(t, "POST", "/me/erasure", viewer.access, object{"password": "not the password"}).want(http.StatusUnprocessableEntity)
	h.do(t, "POST", "/me/erasure", viewer.access, object{"password": h.password}).want(http.StatusNoContent)
	h.do(t, "GET", "/me", viewer.access, nil).want(http.StatusUnauthorized)
	h.do(t, "POST", "/sessions/refresh", "", object{"refresh_token": viewer.refresh}).want(http.StatusUnauthorized)
	h.do(t, "POST", "/sessions", "", object{"email": viewer.email, "password": h.password}).want(http.StatusUnauthorized, "wrong_credentials")
	h.do(t, "POST", "/accounts/"+viewer.id.String()+"/reveal", operator.access, object{"reason": "x"}).want(http.StatusConflict, "account_erased")

	var sealed, links int
	must(t, postgres.InTx(t.Context(), h.pools.System, func(tx *postgres.Tx) error {
		if err := tx.Raw(`select num_nonnulls(email_index, email, name, data_key) from account.account where id = ?`, viewer.id).Scan(&sealed).Error; err != nil {
			return err
		}
		return tx.Raw(`select count(*) from account.link where account_id = ? and num_nonnulls(email_index, email, data_key) > 0`, viewer.id).Scan(&links).Error
	}))
	if sealed != 0 || links != 0 {
		t.Errorf("%d columns and %d links still hold who the person was", sealed, links)
	}
	want := []string{
		"peakseat.account.account.registered.v1", "peakseat.account.membership.granted.v1",
		"peakseat.account.account.disabled.v1", "peakseat.account.membership.ended.v1", "peakseat.account.account.erased.v1",
	}
	if got := h.facts(t, viewer.id); !slices.Equal(got, want) {
		t.Errorf("facts: %v, want %v", got, want)
	}
	h.agent(t, viewer.email) // the address is free again
}

func TestSweepKeepsWhatStillSpeaks(t *testing.T) {
	t.Parallel()
	h := setup(t)
	p := h.agent(t, "agent@example.com")
	gone := h.signIn(t, p)
	h.do(t, "DELETE", "/sessions/current", gone.access, nil).want(http.StatusNoContent)
	count := func(table string) (n int) {
		must(t, postgres.InTx(t.Context(), h.pools.System, func(tx *postgres.Tx) error {
			return tx.Raw(`select count(*) from account.` + table).Scan(&n).Error
		}))
		return n
	}
	must(t, h.Sweep(t.Context()))
	if count("session") != 2 || count("revocation") != 1 || count("refresh_token") != 2 {
		t.Fatal("the sweep took what still speaks")
	}
	must(t, postgres.InTx(t.Context(), h.pools.System, func(tx *postgres.Tx) error {
		if err := tx.Exec(`update account.session set expires_at = now() - interval '31 days' where ended_at is not null`).Error; err != nil {
			return err
		}
		return tx.Exec(`insert into account.revocation (id, account_id, at) values (gen_random_uuid(), gen_random_uuid(), now() - interval '25 hours')`).Error
	}))
	must(t, h.Sweep(t.Context()))
	if count("session") != 1 || count("revocation") != 1 || count("refresh_token") != 1 {
		t.Error("the sweep left what is over")
	}
	h.do(t, "POST", "/sessions/refresh", "", object{"refresh_token": p.refresh}).want(http.StatusOK)
}
