package test

import (
	"testing"

	"github.com/google/uuid"
)

// questionBank is a bank with enough questions for paperBody.
func (w *accessWorld) questionBank(t *testing.T) uuid.UUID {
	t.Helper()
	bank := w.trainer.Post(t, "/question-banks", bankBody()).Want(t, 201).ID(t, "id")
	w.question(t, bank)
	return bank
}

func (w *accessWorld) question(t *testing.T, bank uuid.UUID) uuid.UUID {
	t.Helper()
	return w.trainer.Post(t, "/question-banks/"+bank.String()+"/questions", questionBody()).Want(t, 201).ID(t, "id")
}

func (w *accessWorld) someQuestion(t *testing.T) uuid.UUID {
	t.Helper()
	return w.question(t, w.trainer.Post(t, "/question-banks", bankBody()).Want(t, 201).ID(t, "id"))
}

func (w *accessWorld) paper(t *testing.T, publish bool) uuid.UUID {
	t.Helper()
	body := w.paperBody(t)
	body["code"] = "p" + uuid.NewString()[:8]
	id := w.trainer.Post(t, "/papers", body).Want(t, 201).ID(t, "paper_id")
	if publish {
		w.trainer.Post(t, "/papers/"+id.String()+"/versions/1/publication", nil).Want(t, 200)
	}
	return id
}

func (w *accessWorld) paperBody(t *testing.T) map[string]any {
	t.Helper()
	return map[string]any{
		"name_zh": "考试", "name_en": "Exam", "minutes": 30, "grace_seconds": 5, "pass_score": 8000, "max_attempts": 1, "cool_down_minutes": 0, "max_overlap": 0,
		"bank_ids": []any{w.questionBank(t)}, "blueprint": []any{map[string]any{"topic": "售前", "difficulty": 0, "count": 1, "points": 1}},
	}
}

// placementTest is a test of a bank with two questions, which are the one and the other.
func (w *accessWorld) placementTest(t *testing.T) uuid.UUID {
	t.Helper()
	return w.trainer.Post(t, "/placement-tests", w.placementBody(t)).Want(t, 201).ID(t, "id")
}

func (w *accessWorld) placementBody(t *testing.T) map[string]any {
	t.Helper()
	bank := w.trainer.Post(t, "/question-banks", bankBody()).Want(t, 201).ID(t, "id")
	for range 2 {
		body := questionBody()
		body["kind"], body["answers"] = "true_false", []any{map[string]any{"weight": 10000000}, map[string]any{"weight": 0}}
		w.trainer.Post(t, "/question-banks/"+bank.String()+"/questions", body).Want(t, 201)
	}
	return map[string]any{"code": "w" + uuid.NewString()[:8], "name_zh": "定级", "name_en": "Placement", "bank_id": bank, "topic": "", "min_items": 1, "max_items": 2, "target_se": 0.1}
}

// placed is a placement of the side's agent, at its first question.
func (w *accessWorld) placed(t *testing.T, s *tenants) uuid.UUID {
	t.Helper()
	return s.people["agent"].Post(t, "/placement-tests/"+w.placementTest(t).String()+"/placements", nil).Want(t, 201).ID(t, "id")
}

// answeredBank is a bank of two questions that thirty people have answered.
func (w *accessWorld) answeredBank(t *testing.T) uuid.UUID {
	t.Helper()
	body := w.placementBody(t)
	test := w.trainer.Post(t, "/placement-tests", body).Want(t, 201).ID(t, "id")
	if _, err := w.DB.System.Pool.Exec(t.Context(), `with sat as (
			insert into academy.placement (id, agent_id, test_id, state, started_at, finished_at, stopped_by, answered, ability, se)
			select gen_random_uuid(), gen_random_uuid(), $1, 'finished', '2026-11-01Z', '2026-11-01Z', 'length', 2, 0, 1 from generate_series(1, 30) returning id, agent_id),
		asked as (insert into academy.placement_item (placement_id, position, agent_id, question_version_id, a, b, shown, layout, asked_at)
			select s.id, row_number() over (partition by s.id order by v.id), s.agent_id, v.id, 1, 0, '{}', '{}', '2026-11-01Z'
			from sat s, academy.question_version v join academy.question q on q.id = v.question_id where q.bank_id = $2 returning placement_id, position, agent_id)
		insert into academy.placement_answer (placement_id, position, agent_id, answer, right_answer, ability, se, answered_at)
		select placement_id, position, agent_id, '{}', position = 1, 0, 1, '2026-11-01Z' from asked`, test, body["bank_id"]); err != nil {
		t.Fatal(err)
	}
	return body["bank_id"].(uuid.UUID)
}

func bankBody() map[string]any {
	return map[string]any{"code": "b" + uuid.NewString()[:8], "name": "基础"}
}

func questionBody() map[string]any {
	return map[string]any{"kind": "open", "category": "售前", "difficulty": 1, "text": map[string]any{"format": "plain", "body": "Why " + uuid.NewString() + "?"}}
}

func bankOperations() []operation {
	bank := func(t *testing.T, w *accessWorld, _ *tenants) uuid.UUID { t.Helper(); return w.questionBank(t) }
	question := func(t *testing.T, w *accessWorld, _ *tenants) uuid.UUID { t.Helper(); return w.someQuestion(t) }
	draft := func(t *testing.T, w *accessWorld, _ *tenants) uuid.UUID { t.Helper(); return w.paper(t, false) }
	published := func(t *testing.T, w *accessWorld, _ *tenants) uuid.UUID { t.Helper(); return w.paper(t, true) }
	return []operation{
		{op: "GET /question-banks", may: officials, ask: plain},
		{op: "POST /question-banks", may: officials, ask: func(*testing.T, *accessWorld, *tenants, string) request { return request{body: bankBody()} }},
		{op: "GET /question-banks/{id}", may: officials, ask: at(bank)},
		{op: "GET /question-banks/{id}/questions", may: officials, ask: at(bank)},
		{op: "GET /question-banks/{id}/topics", may: officials, ask: at(bank)},
		{op: "POST /question-banks/{id}/questions", may: officials, ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			return request{id: bank(t, w, s), body: questionBody()}
		}},
		{op: "POST /question-banks/{id}/imports", may: officials, ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			return request{id: bank(t, w, s), query: "?format=gift&topic=x&difficulty=1", body: []byte("Is it so? {T}\n"), headers: map[string]string{"Content-Type": "text/plain"}}
		}},
		{op: "GET /question-banks/{id}/export", may: officials, ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			return request{id: bank(t, w, s), query: "?format=gift"}
		}},
		{op: "GET /questions/{id}/versions", may: officials, ask: at(question)},
		{op: "POST /questions/{id}/versions", may: officials, ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			return request{id: question(t, w, s), body: map[string]any{"version": 1, "question": questionBody()}}
		}},
		{op: "POST /questions/{id}/retirement", may: officials, ask: reasoned(question)},
		{op: "GET /papers", may: holders, ask: plain},
		{op: "POST /papers", may: officials, ask: func(t *testing.T, w *accessWorld, _ *tenants, _ string) request {
			body := w.paperBody(t)
			body["code"] = "p" + uuid.NewString()[:8]
			return request{body: body}
		}},
		// a draft is hidden from agents; what is published is everybody's
		{op: "GET /papers/{id}/versions", may: holders, ask: at(published), hidden: draft},
		{op: "POST /papers/{id}/versions", may: officials, ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			return request{id: published(t, w, s), body: w.paperBody(t)}
		}},
		{op: "GET /papers/{id}/versions/{version}", may: holders, ask: at(published), hidden: draft},
		{op: "PUT /papers/{id}/versions/{version}", may: officials, ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			return request{id: draft(t, w, s), headers: map[string]string{"If-Match": `"1"`}, body: w.paperBody(t)}
		}},
		{op: "GET /papers/{id}/versions/{version}/check", may: officials, ask: at(draft)},
		{op: "GET /papers/{id}/versions/{version}/preview", may: officials, ask: at(draft)},
		{op: "GET /papers/{id}/versions/{version}/analysis", may: officials, ask: at(published)},
		{op: "POST /papers/{id}/versions/{version}/publication", may: officials, ask: at(draft)},
		{op: "POST /question-banks/{id}/calibrations", may: officials, ask: func(t *testing.T, w *accessWorld, _ *tenants, _ string) request {
			return request{id: w.answeredBank(t), body: map[string]any{"model": "rasch"}}
		}},
		{op: "GET /calibrations/{id}", may: officials, ask: at(func(t *testing.T, w *accessWorld, _ *tenants) uuid.UUID {
			return w.trainer.Post(t, "/question-banks/"+w.answeredBank(t).String()+"/calibrations", map[string]any{"model": "rasch"}).Want(t, 202).ID(t, "id")
		}), hidden: func(*testing.T, *accessWorld, *tenants) uuid.UUID { return uuid.New() }},
		{op: "GET /placement-tests", may: holders, ask: plain},
		{op: "POST /placement-tests", may: officials, ask: func(t *testing.T, w *accessWorld, _ *tenants, _ string) request {
			return request{body: w.placementBody(t)}
		}},
		// a test is everybody's; only one that is not there is refused
		{
			op: "POST /placement-tests/{id}/placements", may: "agent", ask: at(func(t *testing.T, w *accessWorld, _ *tenants) uuid.UUID { t.Helper(); return w.placementTest(t) }),
			hidden: func(*testing.T, *accessWorld, *tenants) uuid.UUID { return uuid.New() },
		},
		{op: "GET /placements", may: holders, ask: plain},
		{op: "GET /placements/{id}", may: holders, ask: at(func(t *testing.T, w *accessWorld, s *tenants) uuid.UUID { t.Helper(); return w.placed(t, s) })},
		{op: "POST /placements/{id}/answers", may: "agent", ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			return request{id: w.placed(t, s), body: map[string]any{"position": 1, "answer": map[string]any{"truth": true}}}
		}},
	}
}
