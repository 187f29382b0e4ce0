package test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"peakseat/internal/apitest"
)

const (
	officials = "trainer operator"
	holders   = "agent trainer operator"
)

// issued is a fresh credential of the side's agent.
func (w *accessWorld) issued(t *testing.T, s *tenants) uuid.UUID {
	t.Helper()
	return w.trainer.Post(t, "/credentials", w.issuance(t, s)).Want(t, 201).ID(t, "id")
}

func (w *accessWorld) issuance(t *testing.T, s *tenants) map[string]any {
	t.Helper()
	return map[string]any{"agent_id": s.people["agent"].AccountID, "template_id": w.template(t), "evidence": "seen"}
}

func (w *accessWorld) template(t *testing.T) uuid.UUID {
	t.Helper()
	return w.trainer.Post(t, "/credential-templates", templateBody()).Want(t, 201).ID(t, "id")
}

func templateBody() map[string]any {
	return map[string]any{
		"code": "t" + uuid.NewString()[:8], "name_zh": "千牛", "name_en": "Qianniu", "about_zh": "会用", "about_en": "Knows it", "valid_days": 365,
		"requirements": []any{}, "renewal_requirements": []any{}, "grants": []any{map[string]any{"tag": "system/qianniu", "level": 1}},
	}
}

// achieved is the side's agent, who has finished a course.
func (w *accessWorld) achieved(t *testing.T, s *tenants) uuid.UUID {
	t.Helper()
	agent := s.people["agent"].AccountID
	for _, sql := range []string{
		`insert into certification.holder (agent_id, version) values ($1, 0) on conflict do nothing`,
		`insert into certification.achievement (agent_id, kind, source_id, seq, ref, passed, achieved_at) values ($1, 'course', $1, 1, 'base', true, '2026-11-01Z') on conflict do nothing`,
	} {
		if _, err := w.DB.System.Pool.Exec(t.Context(), sql, agent); err != nil {
			t.Fatal(err)
		}
	}
	return agent
}

// penalised is a fresh penalty of the side's agent, whose tier has moved before.
func (w *accessWorld) penalised(t *testing.T, s *tenants) uuid.UUID {
	t.Helper()
	agent, id := w.achieved(t, s), uuid.New()
	for _, sql := range []string{
		`insert into certification.standing_event (id, agent_id, kind, subject_id, minutes, happened_at) values ($2, $1, 'late', $2, 0, '2026-11-01Z')`,
		`insert into certification.tier_change (agent_id, seq, from_tier, to_tier, rules_version, score, shifts, parts, cause, changed_at)
			select $1, 1, 'bronze', 'silver', 1, 6000, 10, '[]', 'finished', '2026-11-01Z' where $2::uuid is not null on conflict do nothing`,
		`update certification.holder set tier = 'silver', tier_seq = 1 where agent_id = $1 and tier_seq = 0 and $2::uuid is not null`,
	} {
		if _, err := w.DB.System.Pool.Exec(t.Context(), sql, agent, id); err != nil {
			t.Fatal(err)
		}
	}
	return id
}

// other is an official who is not the one in the role.
func (w *accessWorld) other(role string) *apitest.Person {
	if role == "trainer" {
		return w.operator
	}
	return w.trainer
}

func (w *accessWorld) suspended(t *testing.T, s *tenants, by *apitest.Person) uuid.UUID {
	t.Helper()
	id := w.issued(t, s)
	by.Post(t, "/credentials/"+id.String()+"/suspension", grounds()).Want(t, 200)
	return id
}

func grounds() map[string]any { return map[string]any{"reason_code": "other", "reason": "asked to"} }

// officialList: trainers look after everybody's courses and credentials.
func officialList(op string) bool {
	return slices.Contains([]string{
		"GET /credentials", "GET /credentials/{id}", "GET /revocation-requests", "GET /appeals", "GET /agents/{id}/credential-progress", "GET /credential-templates/{id}/candidates",
		"GET /courses/{id}/enrolments", "GET /simulation-runs", "GET /assessments", "GET /talks/{id}/guests", "GET /placements", "GET /placements/{id}",
		"GET /attempts", "GET /attempts/{id}", "GET /attempts/{id}/review", "GET /attempts/{id}/evidence", "GET /accommodations", "GET /grading-tasks", "GET /exam-flags", "GET /packs",
	}, op)
}

func certificationOperations() []operation {
	because := map[string]any{"reason": "asked to"}
	fresh := func(body map[string]any) func(*testing.T, *accessWorld, *tenants, string) request {
		return func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			t.Helper()
			return request{id: w.issued(t, s), body: body}
		}
	}
	return []operation{
		{op: "GET /credential-templates", may: signedIn, ask: plain},
		{op: "POST /credential-templates", may: officials, ask: func(*testing.T, *accessWorld, *tenants, string) request { return request{body: templateBody()} }},
		{op: "POST /credential-templates/{id}/versions", may: officials, ask: func(t *testing.T, w *accessWorld, _ *tenants, _ string) request {
			body := templateBody()
			delete(body, "code")
			return request{id: w.template(t), body: body}
		}},
		{op: "GET /me/credential-progress", may: "agent", ask: plain},
		{op: "GET /agents/{id}/credential-progress", may: officials, ask: at(func(t *testing.T, w *accessWorld, s *tenants) uuid.UUID { t.Helper(); return w.achieved(t, s) })},
		{op: "GET /credential-templates/{id}/candidates", may: officials, ask: at(func(t *testing.T, w *accessWorld, _ *tenants) uuid.UUID { t.Helper(); return w.template(t) })},
		{op: "GET /tier-rules", may: signedIn, ask: plain},
		{op: "GET /me/tier", may: "agent", ask: plain},
		{op: "GET /me/tier-changes", may: "agent", ask: plain},
		{op: "GET /agents/{id}/tier", may: officials, ask: at(func(t *testing.T, w *accessWorld, s *tenants) uuid.UUID { t.Helper(); return w.achieved(t, s) })},
		{op: "GET /penalties", may: "agent operator", ask: plain},
		{op: "POST /penalties/{id}/appeal", may: "agent", ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			t.Helper()
			return request{id: w.penalised(t, s), body: because}
		}},
		{op: "POST /penalties/{id}/decision", may: "operator", ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			t.Helper()
			id := w.penalised(t, s)
			s.people["agent"].Post(t, "/penalties/"+id.String()+"/appeal", because).Want(t, 201)
			return request{id: id, body: map[string]any{"upheld": false, "reason": "looked again"}}
		}},
		{op: "POST /credentials", may: officials, ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			return request{body: w.issuance(t, s)}
		}},
		{op: "GET /credentials", may: holders, ask: plain},
		{op: "GET /credentials/{id}", may: officials, ask: at(func(t *testing.T, w *accessWorld, s *tenants) uuid.UUID { t.Helper(); return w.issued(t, s) })},
		{op: "GET /credentials/{id}/file", may: holders, ask: at(func(t *testing.T, w *accessWorld, s *tenants) uuid.UUID { t.Helper(); return w.issued(t, s) })},
		{op: "PUT /credentials/{id}/consent", may: "agent", ask: fresh(map[string]any{"show_name": false})},
		{op: "POST /credentials/{id}/suspension", may: officials, ask: fresh(grounds())},
		{op: "POST /credentials/{id}/reinstatement", may: officials, ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			return request{id: w.suspended(t, s, w.trainer), body: because}
		}},
		{op: "POST /credentials/{id}/revocation-requests", may: officials, ask: fresh(grounds())},
		{op: "GET /revocation-requests", may: officials, ask: plain},
		{op: "POST /revocation-requests/{id}/confirmation", may: officials, ask: func(t *testing.T, w *accessWorld, s *tenants, role string) request {
			id := w.issued(t, s)
			return request{id: w.other(role).Post(t, "/credentials/"+id.String()+"/revocation-requests", grounds()).Want(t, 201).ID(t, "id")}
		}},
		{op: "POST /credentials/{id}/appeals", may: "agent", ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			return request{id: w.suspended(t, s, w.trainer), body: because}
		}},
		{op: "GET /appeals", may: holders, ask: plain},
		{op: "POST /appeals/{id}/decision", may: officials, ask: func(t *testing.T, w *accessWorld, s *tenants, role string) request {
			id := w.suspended(t, s, w.other(role))
			appeal := s.people["agent"].Post(t, "/credentials/"+id.String()+"/appeals", because).Want(t, 201).ID(t, "id")
			return request{id: appeal, body: map[string]any{"upheld": true, "reason": "looked again"}}
		}},
		// an id that nobody has is of a credential in an unknown state
		{op: "GET /verifications/{public_id}", may: "anyone", ask: plain},
	}
}
