package test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"peakseat/internal/apitest"
	"peakseat/internal/auth"
)

// What the operator's pages stand on: the chain is verified on demand and names the row that was changed, the trail narrows, and
// people are opened masked.
func TestOperatorVerifiesTheTrailAndOpensPeople(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	operator := s.Operator(t)
	trainer := operator.Invited(t, auth.Trainer)
	agent := s.Agent(t)
	path := "/accounts/" + agent.AccountID.String()
	operator.Post(t, path+"/disablement", map[string]any{"reason": "asked to"}).Want(t, 204)
	operator.Post(t, path+"/enablement", map[string]any{"reason": "asked to"}).Want(t, 204)

	apitest.Until(t, "the rows are sealed", func() bool {
		r := operator.Get(t, "/audit?subject="+agent.AccountID.String()).Want(t, 200)
		return r.Len("items") == 2 && r.At("items", 0, "seal") != nil && r.At("items", 1, "seal") != nil
	})
	v := operator.Post(t, "/audit/verification", nil).Want(t, 200)
	if v.At("broken") != nil || v.Int("sealed") < 2 || len(v.Text("head")) != 64 {
		t.Fatalf("the trail is %s", v.Body)
	}
	if r := operator.Get(t, "/audit?action=account.*&actor="+operator.AccountID.String()).Want(t, 200); r.Len("items") != 2 {
		t.Errorf("by prefix and actor: %s", r.Body)
	}
	if r := operator.Get(t, "/audit?action=credential.*").Want(t, 200); r.Len("items") != 0 {
		t.Errorf("nothing was done to credentials: %s", r.Body)
	}
	if r := operator.Get(t, "/audit?until=2020-01-01T00:00:00Z").Want(t, 200); r.Len("items") != 0 {
		t.Errorf("before everything: %s", r.Body)
	}

	if one := operator.Get(t, path).Want(t, 200); one.Text("email") == agent.Email || !strings.Contains(one.Text("email"), "*") {
		t.Errorf("the e-mail is not masked: %s", one.Body)
	}
	operator.Get(t, "/accounts/00000000-0000-0000-0000-000000000001").Want(t, 404)
	if names := trainer.Get(t, "/names?id="+agent.AccountID.String()+","+operator.AccountID.String()).Want(t, 200); names.Len("items") != 2 || !strings.Contains(names.Text("items", 0, "name"), "*") || strings.Contains(names.Text("items", 1, "name"), "*") {
		t.Errorf("strangers are masked and colleagues are not: %s", names.Body)
	}
	if staff := operator.Get(t, "/accounts?kind=staff").Want(t, 200); strings.Contains(string(staff.Body), agent.AccountID.String()) {
		t.Error("an agent is among the staff")
	}
	if none := operator.Get(t, "/accounts?disabled=true").Want(t, 200); none.Len("items") != 0 {
		t.Errorf("nobody is disabled now: %s", none.Body)
	}

	// the first row that somebody changed by hand is named
	owner, err := pgx.Connect(t.Context(), s.DB.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close(t.Context()) //nolint:errcheck // the test is over
	for _, sql := range []string{`alter table platform.audit disable trigger user`, `update platform.audit set reason = 'another' where action = 'account.disabled'`} {
		if _, err := owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if v := operator.Post(t, "/audit/verification", nil).Want(t, 200); v.At("broken", "why") == nil || v.Int("broken", "seal") == 0 {
		t.Errorf("the changed row is not named: %s", v.Body)
	}
}

// A preview says what usual hours would cost by the evaluator that quotes, and keeps nothing.
func TestPricesArePreviewedAndScheduled(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	operator := s.Operator(t)
	book := map[string]any{}
	operator.Get(t, "/price-book").Into(t, &book)
	delete(book, "version")
	delete(book, "effective_at")
	base, _ := book["base_per_hour"].(float64)
	book["base_per_hour"] = base + 1000

	r := operator.Post(t, "/price-book/preview", book).Want(t, 200)
	if r.Len("items") < 5 || r.Text("items", 0, "kind") != "plain" {
		t.Fatalf("the cases are %s", r.Body)
	}
	if now, then := r.Int("items", 0, "pay_now", "amount"), r.Int("items", 0, "pay_then", "amount"); now != int(base) || then != int(base)+1000 {
		t.Errorf("a plain hour pays %d, then %d", now, then)
	}
	for i := range r.Len("items") {
		if r.Int("items", i, "charge_then", "amount") <= r.Int("items", i, "charge_now", "amount") {
			t.Errorf("%s: merchants pay no more", r.Text("items", i, "kind"))
		}
	}
	if kept := operator.Get(t, "/price-book/versions").Want(t, 200); kept.Len("items") != 1 || kept.Text("items", 0, "state") != "in_force" {
		t.Fatalf("the preview was kept: %s", kept.Body)
	}
	book["effective_at"] = "2099-01-01T00:00:00Z"
	operator.Do(t, "PUT", "/price-book", book, map[string]string{"If-Match": `"1"`}).Want(t, 200)
	versions := operator.Get(t, "/price-book/versions").Want(t, 200)
	if versions.Text("items", 0, "state") != "scheduled" || versions.Text("items", 1, "state") != "in_force" {
		t.Errorf("the versions are %s", versions.Body)
	}
}
