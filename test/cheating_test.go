package test

import (
	"testing"

	"peakseat/internal/apitest"
	"peakseat/internal/auth"
)

// From a flag to a revocation, by people at every step: the program flags an exam answered faster than anybody reads, a trainer
// finds it founded, which changes nothing by itself; one suspends, and the seat goes at once; two revoke; nothing issues the
// credential again by itself, and the appeal is a third person's.
func TestACheatersCredentialIsRevokedByPeople(t *testing.T) {
	t.Parallel()
	m := &trialMarket{market: newMarket(t)}
	m.trainer = m.operator.Invited(t, auth.Trainer)
	third := m.operator.Invited(t, auth.Operator)
	paper := m.baseExam(t)
	requires := []any{map[string]any{"kind": "paper", "ref": "base_exam", "score": 80}}
	m.operator.Post(t, "/credential-templates", map[string]any{
		"code": "presale_agent", "name_zh": "售前云客服", "name_en": "Pre-sale agent", "about_zh": "能独立接待售前咨询", "about_en": "Answers customers before they buy",
		"requirements": requires, "renewal_requirements": requires, "grants": []any{map[string]any{"tag": "function/presale", "level": 2}}, "valid_days": 365,
	}).Want(t, 201)
	m.newcomer = m.Agent(t)
	m.passExam(t, paper)
	var credential string
	apitest.Until(t, "the credential is issued and its tag in force", func() bool {
		credential = m.newcomer.Get(t, "/credentials").Want(t, 200).Text("items", 0, "id")
		return credential != "" && m.newcomer.Get(t, "/me/tags").Want(t, 200).Len("items") == 1
	})
	_, shift := m.book(t, m.merchant, m.shop, m.Now(t).AddDate(0, 0, 3), "18:00", "22:00", 1)
	at := "/shifts/" + shift.String()
	m.newcomer.Post(t, at+"/claims", nil).Want(t, 201)
	held := func() string { return m.newcomer.Get(t, "/assignments").Want(t, 200).Text("items", 0, "state") }

	var flag string
	apitest.Until(t, "the haste is flagged", func() bool {
		r := m.trainer.Get(t, "/exam-flags").Want(t, 200)
		flag = r.Text("items", 0, "id")
		return r.Len("items") == 1 && r.Text("items", 0, "kind") == "speed" && r.Text("items", 0, "involved", 0) == m.newcomer.AccountID.String()
	})
	m.trainer.Post(t, "/exam-flags/"+flag+"/decision", map[string]any{"founded": true, "reason": "two answers in a second, and the chat shows the key"}).Want(t, 200)
	if r := m.newcomer.Get(t, "/credentials").Want(t, 200); r.Text("items", 0, "state") != "valid" || held() != "held" {
		t.Fatalf("a decision on a flag changed %s", r.Body)
	}

	why := map[string]any{"reason_code": "cheating", "reason": "flag " + flag}
	m.trainer.Post(t, "/credentials/"+credential+"/suspension", why).Want(t, 200)
	apitest.Until(t, "the seat is taken back", func() bool { return held() == "withdrawn" })
	m.newcomer.Post(t, at+"/claims", nil).WantProblem(t, 403, "agent_not_eligible")
	request := m.trainer.Post(t, "/credentials/"+credential+"/revocation-requests", why).Want(t, 201).Text("id")
	m.trainer.Post(t, "/revocation-requests/"+request+"/confirmation", nil).WantProblem(t, 409, "second_person_needed")
	m.operator.Post(t, "/revocation-requests/"+request+"/confirmation", nil).Want(t, 200)
	if r := m.newcomer.Get(t, "/me/credential-progress").Want(t, 200); r.Text("items", 0, "state") != "barred" {
		t.Errorf("after the revocation: %s", r.Body)
	}
	if r := m.newcomer.Get(t, "/credentials").Want(t, 200); r.Len("items") != 1 || r.Text("items", 0, "state") != "revoked" || r.Text("items", 0, "reason_code") != "cheating" {
		t.Errorf("the credentials are %s", r.Body)
	}

	appeal := m.newcomer.Post(t, "/credentials/"+credential+"/appeals", map[string]any{"reason": "I had read it before"}).Want(t, 201).Text("id")
	ruling := map[string]any{"upheld": false, "reason": "the key was in the chat"}
	m.trainer.Post(t, "/appeals/"+appeal+"/decision", ruling).WantProblem(t, 409, "other_person_needed")
	m.operator.Post(t, "/appeals/"+appeal+"/decision", ruling).WantProblem(t, 409, "other_person_needed")
	third.Post(t, "/appeals/"+appeal+"/decision", ruling).Want(t, 200)
	m.newcomer.Post(t, at+"/claims", nil).WantProblem(t, 403, "agent_not_eligible")
	m.audited(t)
}
