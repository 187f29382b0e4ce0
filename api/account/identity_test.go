package account_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"peakseat/internal/postgres"
)

const (
	zhangNumber = "11010519900101103X" // none of these is a real person's
	liNumber    = "440524199503080016"
	zhangCard   = "6222021234567890128"
)

// identityBody is real-name data that nothing is wrong with.
func realName(number string) object {
	return object{"name": "张伟民", "number": number, "phone": "138 0013 8000", "bank_account": zhangCard}
}

func TestRealNameDataAreCheckedAndShownMasked(t *testing.T) {
	t.Parallel()
	h := setup(t)
	zhang := h.agent(t, "zhang@example.com")
	if r := h.do(t, "GET", "/me/identity", zhang.access, nil).want(http.StatusOK); r.text("state") != "none" || r.text("version") != "0" {
		t.Errorf("before anything is given: %s", r.body)
	}
	for field, wrong := range map[string][]string{
		"name":         {"", "   ", "张\u0007伟"},
		"number":       {"", "110105199001011031", "11010519900101103", "110105199002301231", "190105199001011237", "110105200903101232", "110105201501011239"},
		"phone":        {"", "12345", "8613", "86123", "+86 02 1234 5678"},
		"bank_account": {"", "6222021234567890129", "622202", "abcd"},
	} {
		for _, value := range wrong {
			body := realName(zhangNumber)
			body[field] = value
			r := h.do(t, "PUT", "/me/identity", zhang.access, body).want(http.StatusUnprocessableEntity)
			if !strings.Contains(string(r.body), `"/`+field+`"`) || value != "" && len(value) > 6 && strings.Contains(string(r.body), value) {
				t.Errorf("%s %q: %s", field, value, r.body)
			}
		}
	}
	given := h.do(t, "PUT", "/me/identity", zhang.access, realName("１１０１０５19900101103x")).want(http.StatusOK)
	for field, want := range map[string]string{
		"state": "given", "name": "张*", "number": "1****************X", "phone": "138****8000", "bank_account": "**** 0128", "version": "1",
	} {
		if given.text(field) != want {
			t.Errorf("%s is %q, want %q", field, given.text(field), want)
		}
	}
	if facts := h.facts(t, zhang.id); len(facts) != 2 || facts[1] != "peakseat.account.identity.changed.v1" {
		t.Errorf("told: %v", facts)
	}
	h.do(t, "PUT", "/me/identity", h.merchant(t, "owner@example.com").access, realName(liNumber)).want(http.StatusForbidden)
}

func TestAnOperatorDecidesWhetherRealNameDataAreTrue(t *testing.T) {
	t.Parallel()
	h := setup(t)
	zhang, operator := h.agent(t, "zhang@example.com"), h.operator(t, "operator@example.com")
	at := "/accounts/" + zhang.id.String() + "/identity"
	h.do(t, "GET", at, operator.access, nil).want(http.StatusNotFound)
	h.do(t, "PUT", "/me/identity", zhang.access, realName(zhangNumber)).want(http.StatusOK)

	seen := h.do(t, "GET", "/identities", operator.access, nil).want(http.StatusOK)
	if body := string(seen.body); !strings.Contains(body, "张*") || strings.Contains(body, "伟民") || strings.Contains(body, zhangNumber) || strings.Contains(body, "138001") {
		t.Errorf("the list says %s", body)
	}
	h.do(t, "POST", at+"/reveal", operator.access, object{"reason": " "}).want(http.StatusUnprocessableEntity)
	full := h.do(t, "POST", at+"/reveal", operator.access, object{"reason": "checked against the card"}).want(http.StatusOK)
	if full.text("name") != "张伟民" || full.text("number") != zhangNumber || full.text("phone") != "8613800138000" || full.text("bank_account") != zhangCard {
		t.Errorf("revealed: %s", full.body)
	}
	decide := func(version int, refusal string) reply {
		return h.do(t, "POST", at+"/decision", operator.access, object{"version": version, "refusal": refusal, "reason": "called the registry"})
	}
	decide(2, "name_differs").want(http.StatusPreconditionFailed)
	if r := h.do(t, "POST", at+"/decision", operator.access, object{"version": 1, "refusal": "name_differs", "reason": "the registry says otherwise"}).want(http.StatusOK); r.text("state") != "refused" {
		t.Errorf("decided: %s", r.body)
	}
	if r := h.do(t, "GET", "/me/identity", zhang.access, nil).want(http.StatusOK); r.text("state") != "refused" || r.text("refusal") != "name_differs" || strings.Contains(string(r.body), "registry") {
		t.Errorf("the agent reads %s", r.body)
	}
	// what is left empty stays as it is on file, and another name begins anew
	again := h.do(t, "PUT", "/me/identity", zhang.access, object{"name": "张卫民"}).want(http.StatusOK)
	if again.text("state") != "given" || again.text("version") != "2" || again.text("number") != "1****************X" {
		t.Errorf("corrected: %s", again.body)
	}
	h.do(t, "POST", at+"/decision", operator.access, object{"version": 1, "reason": "it was right"}).want(http.StatusPreconditionFailed)
	if r := h.do(t, "POST", at+"/decision", operator.access, object{"version": 2, "reason": "the registry agrees"}).want(http.StatusOK); r.text("state") != "verified" {
		t.Errorf("decided: %s", r.body)
	}
	// a new phone is no new person
	if r := h.do(t, "PUT", "/me/identity", zhang.access, object{"phone": "+852 6123 4567"}).want(http.StatusOK); r.text("state") != "verified" || r.text("version") != "3" {
		t.Errorf("another phone: %s", r.body)
	}
	if got := fmt.Sprint(h.audited(t, zhang.id)); got != "[identity.revealed identity.refused identity.verified]" {
		t.Errorf("the trail says %s", got)
	}
	if facts := h.facts(t, zhang.id); len(facts) != 5 {
		t.Errorf("told: %v", facts)
	}
	if r := h.do(t, "GET", "/me/export", zhang.access, nil).want(http.StatusOK); strings.Contains(string(r.body), zhangNumber) || !strings.Contains(string(r.body), "verified") {
		t.Errorf("the export says %s", r.body)
	}
}

// One identity number is one agent's: of twenty who give it at once one keeps it.
func TestAnIdentityNumberIsOneAgents(t *testing.T) {
	t.Parallel()
	h := setup(t)
	const many = 6
	people := make([]person, many)
	for i := range people {
		people[i] = h.agent(t, fmt.Sprintf("agent%d@example.com", i))
	}
	statuses := make([]int, many)
	var group sync.WaitGroup
	for i, p := range people {
		group.Go(func() { statuses[i] = h.do(t, "PUT", "/me/identity", p.access, realName(zhangNumber)).status })
	}
	group.Wait()
	kept := -1
	for i, status := range statuses {
		switch {
		case status == http.StatusOK && kept < 0:
			kept = i
		case status != http.StatusConflict:
			t.Errorf("%d of %v", i, statuses)
		}
	}
	if kept < 0 {
		t.Fatalf("nobody kept it: %v", statuses)
	}
	loser := people[(kept+1)%many]
	if r := h.do(t, "PUT", "/me/identity", loser.access, realName(zhangNumber)).want(http.StatusConflict, "identity_taken"); strings.Contains(string(r.body), zhangNumber) {
		t.Errorf("the refusal repeats the number: %s", r.body)
	}
	// while the index key rotates too
	_, err := h.Index.Rotate()
	must(t, err)
	h.do(t, "PUT", "/me/identity", loser.access, realName(zhangNumber)).want(http.StatusConflict, "identity_taken")
	if moved, err := h.Reindex(t.Context(), func(int) {}); err != nil || moved < many+1 {
		t.Errorf("%d indexes were stored anew: %v", moved, err)
	}
	h.do(t, "PUT", "/me/identity", loser.access, realName(zhangNumber)).want(http.StatusConflict, "identity_taken")
	// erasing frees the number and takes the data away
	h.do(t, "POST", "/me/erasure", people[kept].access, object{"password": h.password}).want(http.StatusNoContent)
	var rows int
	must(t, postgres.InTx(context.WithoutCancel(t.Context()), h.pools.System, func(tx *postgres.Tx) error {
		return tx.Raw(`select count(*) from account.identity where agent_id = ?`, people[kept].id).Scan(&rows).Error
	}))
	if rows != 0 {
		t.Errorf("%d rows are left of the erased", rows)
	}
	h.do(t, "PUT", "/me/identity", loser.access, realName(zhangNumber)).want(http.StatusOK)
}
