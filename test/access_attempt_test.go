package test

import (
	"testing"

	"github.com/google/uuid"
)

// sits is a fresh attempt of the side's agent, on the device that is the agent's id; an open one before it is handed in.
func (w *accessWorld) sits(t *testing.T, s *tenants) uuid.UUID {
	t.Helper()
	p := s.people["agent"]
	mine := p.Get(t, "/attempts?limit=1").Want(t, 200)
	if mine.Text("items", 0, "state") == "open" {
		p.Do(t, "POST", "/attempts/"+mine.Text("items", 0, "id")+"/submission", nil, device(s)).Want(t, 200)
	}
	return p.Do(t, "POST", "/papers/"+w.paper(t, true).String()+"/attempts", nil, device(s)).Want(t, 201).ID(t, "id")
}

func device(s *tenants) map[string]string {
	return map[string]string{"Exam-Device": s.people["agent"].AccountID.String()}
}

// handedIn is an attempt that waits for a grader.
func (w *accessWorld) handedIn(t *testing.T, s *tenants) uuid.UUID {
	t.Helper()
	id := w.sits(t, s)
	p := s.people["agent"]
	p.Do(t, "PUT", "/attempts/"+id.String()+"/answers/1", map[string]any{"seq": 1, "answer": map[string]any{"text": "because"}}, device(s)).Want(t, 200)
	p.Do(t, "POST", "/attempts/"+id.String()+"/submission", nil, device(s)).Want(t, 200)
	return id
}

// markedBy is an attempt that somebody marked.
func (w *accessWorld) marked(t *testing.T, s *tenants) uuid.UUID {
	t.Helper()
	id := w.handedIn(t, s)
	w.trainer.Post(t, "/grading-tasks/"+w.gradingTask(t, id).String()+"/mark", map[string]any{"points": []int{50}}).Want(t, 204)
	return id
}

func (w *accessWorld) gradingTask(t *testing.T, attempt uuid.UUID) (id uuid.UUID) {
	t.Helper()
	if err := w.DB.System.Pool.QueryRow(t.Context(), `select id from academy.grading_task where attempt_id = $1`, attempt).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

// hasty is a flag on an attempt that was handed in at once.
func (w *accessWorld) hasty(t *testing.T, s *tenants) (id uuid.UUID) {
	t.Helper()
	bank := w.trainer.Post(t, "/question-banks", bankBody()).Want(t, 201).ID(t, "id")
	w.trainer.Do(t, "POST", "/question-banks/"+bank.String()+"/imports?format=gift&topic=x&difficulty=1", []byte("Is "+uuid.NewString()+" so? {T}\n"), map[string]string{"Content-Type": "text/plain"}).Want(t, 200)
	body := w.paperBody(t)
	body["code"], body["bank_ids"], body["blueprint"] = "p"+uuid.NewString()[:8], []any{bank}, []any{map[string]any{"topic": "", "difficulty": 0, "count": 1, "points": 1}}
	paper := w.trainer.Post(t, "/papers", body).Want(t, 201).Text("paper_id")
	w.trainer.Post(t, "/papers/"+paper+"/versions/1/publication", nil).Want(t, 200)
	w.handedIn(t, s)
	p := s.people["agent"]
	attempt := p.Do(t, "POST", "/papers/"+paper+"/attempts", nil, device(s)).Want(t, 201).ID(t, "id")
	p.Do(t, "PUT", "/attempts/"+attempt.String()+"/answers/1", map[string]any{"seq": 1, "answer": map[string]any{"truth": true}}, device(s)).Want(t, 200)
	p.Do(t, "POST", "/attempts/"+attempt.String()+"/submission", nil, device(s)).Want(t, 200)
	for range 100 { // the oldest paper first
		if err := w.App.Academy.Screen(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := w.DB.System.Pool.QueryRow(t.Context(), `select id from academy.exam_flag where attempt_id = $1`, attempt).Scan(&id); err == nil {
			return id
		}
	}
	t.Fatal("an attempt of no time at all is not flagged")
	return id
}

func attemptOperations() []operation {
	draft := func(t *testing.T, w *accessWorld, _ *tenants) uuid.UUID { t.Helper(); return w.paper(t, false) }
	published := func(t *testing.T, w *accessWorld, _ *tenants) uuid.UUID { t.Helper(); return w.paper(t, true) }
	marked := func(t *testing.T, w *accessWorld, s *tenants) uuid.UUID { t.Helper(); return w.marked(t, s) }
	sitting := func(body any) func(*testing.T, *accessWorld, *tenants, string) request {
		return func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			t.Helper()
			return request{id: w.sits(t, s), body: body, headers: device(s)}
		}
	}
	helped := func(t *testing.T, w *accessWorld, s *tenants) {
		t.Helper()
		w.trainer.Put(t, "/agents/"+s.people["agent"].AccountID.String()+"/accommodation", map[string]any{"time_factor": 150, "pause_minutes": 5, "reason": s.private + " reads slowly"}).Want(t, 200)
	}
	return []operation{
		{op: "GET /papers/{id}/standing", may: "agent", ask: at(published), hidden: draft},
		{op: "POST /papers/{id}/attempts", may: "agent", hidden: draft, ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			w.handedIn(t, s)
			return request{id: w.paper(t, true), headers: device(s)}
		}},
		{op: "GET /attempts", may: holders, ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			w.handedIn(t, s)
			return request{}
		}},
		{op: "GET /attempts/{id}", may: holders, ask: sitting(nil)},
		{op: "PUT /attempts/{id}/answers/{position}", may: "agent", ask: sitting(map[string]any{"seq": 1, "answer": map[string]any{"text": "because"}})},
		{op: "POST /attempts/{id}/takeover", may: "agent", ask: sitting(nil)},
		{op: "POST /attempts/{id}/pause", may: "agent", ask: func(t *testing.T, w *accessWorld, s *tenants, role string) request {
			helped(t, w, s)
			return sitting(nil)(t, w, s, role)
		}},
		{op: "POST /attempts/{id}/resumption", may: "agent", ask: func(t *testing.T, w *accessWorld, s *tenants, role string) request {
			helped(t, w, s)
			r := sitting(nil)(t, w, s, role)
			s.people["agent"].Do(t, "POST", "/attempts/"+r.id.String()+"/pause", nil, device(s)).Want(t, 200)
			return r
		}},
		{op: "POST /attempts/{id}/submission", may: "agent", ask: sitting(nil)},
		{op: "GET /attempts/{id}/review", may: holders, ask: at(marked)},
		{op: "GET /papers/{id}/window", may: holders, ask: at(published), hidden: draft},
		{op: "PUT /papers/{id}/window", may: officials, ask: func(t *testing.T, w *accessWorld, _ *tenants, _ string) request {
			return request{id: w.paper(t, true), body: map[string]any{"opens_at": "2026-01-01T00:00:00Z"}}
		}},
		{op: "GET /accommodations", may: holders, ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			helped(t, w, s)
			return request{}
		}},
		// whoever has the id is granted it: the academy keeps no list of agents
		{op: "PUT /agents/{id}/accommodation", may: officials, blind: true, ask: func(_ *testing.T, _ *accessWorld, s *tenants, _ string) request {
			return request{id: s.people["agent"].AccountID, body: map[string]any{"time_factor": 125, "pause_minutes": 0, "reason": "asked to"}}
		}},
		{op: "GET /grading-tasks", may: officials, ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			w.handedIn(t, s)
			return request{}
		}},
		{op: "POST /grading-tasks/{id}/mark", may: officials, ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			return request{id: w.gradingTask(t, w.handedIn(t, s)), body: map[string]any{"points": []int{50}}}
		}},
		{op: "POST /attempts/{id}/second-marking", may: holders, ask: reasoned(marked)},
		{op: "GET /attempts/{id}/evidence", may: officials, ask: at(marked)},
		{op: "GET /exam-flags", may: officials, ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			w.hasty(t, s)
			return request{}
		}},
		{op: "POST /exam-flags/{id}/decision", may: officials, ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			return request{id: w.hasty(t, s), body: map[string]any{"founded": false, "reason": "a test"}}
		}},
	}
}
