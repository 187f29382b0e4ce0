package test

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

func (w *accessWorld) asked(t *testing.T, s *tenants) uuid.UUID {
	t.Helper()
	return s.people["agent"].Post(t, "/peer-questions", peerBody()).Want(t, 201).ID(t, "id")
}

func peerBody() map[string]any { return map[string]any{"title": "how", "body": "how to"} }

func (w *accessWorld) announced(t *testing.T) uuid.UUID {
	t.Helper()
	return w.trainer.Post(t, "/talks", w.talkBody(t)).Want(t, 201).ID(t, "id")
}

func (w *accessWorld) talkBody(t *testing.T) map[string]any {
	t.Helper()
	starts := w.Now(t).Add(time.Hour)
	return map[string]any{"title_zh": "讲座", "title_en": "Talk", "speaker": "Tau", "link": "https://example.com", "capacity": 9, "starts_at": starts, "ends_at": starts.Add(time.Hour)}
}

// attended is a talk that the side's agent signed up for and that has begun.
func (w *accessWorld) attended(t *testing.T, s *tenants) request {
	t.Helper()
	id := w.announced(t)
	s.people["agent"].Put(t, "/talks/"+id.String()+"/sign-up", map[string]any{"coming": true}).Want(t, 200)
	w.MoveTo(t, w.Now(t).Add(61*time.Minute))
	return request{id: id, body: map[string]any{"agent_id": s.people["agent"].AccountID, "attended": true}}
}

func playOperations() []operation {
	question := func(body any) func(*testing.T, *accessWorld, *tenants, string) request {
		return func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			t.Helper()
			return request{id: w.asked(t, s), body: body}
		}
	}
	talking := func(body any) func(*testing.T, *accessWorld, *tenants, string) request {
		return func(t *testing.T, w *accessWorld, _ *tenants, _ string) request {
			t.Helper()
			return request{id: w.announced(t), body: body}
		}
	}
	nowhere := func(*testing.T, *accessWorld, *tenants) uuid.UUID { return uuid.Must(uuid.NewV7()) } // they are everybody's
	return []operation{
		{op: "GET /play", may: "agent", ask: plain},
		{op: "GET /leaderboard", may: holders, ask: plain},
		{op: "GET /peer-questions", may: holders, ask: plain},
		{op: "POST /peer-questions", may: "agent", ask: with(func(*accessWorld, *tenants) map[string]any { return peerBody() })},
		{op: "GET /peer-questions/{id}", may: holders, ask: question(nil), hidden: nowhere},
		{op: "POST /peer-questions/{id}/answers", may: "agent trainer", ask: question(map[string]any{"body": "so"}), hidden: nowhere},
		{op: "PUT /peer-questions/{id}/acceptance", may: holders, ask: question(map[string]any{})},
		{op: "GET /accepted-answers", may: holders, ask: plain},
		{op: "GET /talks", may: holders, ask: plain},
		{op: "POST /talks", may: officials, ask: func(t *testing.T, w *accessWorld, _ *tenants, _ string) request {
			t.Helper()
			return request{body: w.talkBody(t)}
		}},
		{op: "PUT /talks/{id}/sign-up", may: "agent", ask: talking(map[string]any{"coming": true}), hidden: nowhere},
		{op: "GET /talks/{id}/guests", may: officials, ask: talking(nil)},
		{op: "PUT /talks/{id}/attendance", may: officials, ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request { return w.attended(t, s) }},
	}
}
