package test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"
)

func scenarioScript(t *testing.T) json.RawMessage {
	t.Helper()
	raw, err := os.ReadFile("../academy/scenario/presale_sizes.json")
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func (w *accessWorld) writtenScenario(t *testing.T) uuid.UUID {
	t.Helper()
	return w.trainer.Post(t, "/scenarios", map[string]any{"script": scenarioScript(t)}).Want(t, 201).ID(t, "id")
}

// run is a live one of the side's agent, who has no other.
func (w *accessWorld) run(t *testing.T, s *tenants) uuid.UUID {
	t.Helper()
	w.writtenScenario(t)
	w.endRuns(t, s)
	return s.people["agent"].Post(t, "/simulation-runs", runBody()).Want(t, 201).ID(t, "id")
}

func (w *accessWorld) endRuns(t *testing.T, s *tenants) {
	t.Helper()
	list := s.people["agent"].Get(t, "/simulation-runs").Want(t, 200)
	for i := range list.Len("items") {
		if list.At("items", i, "ended_at") == nil {
			s.people["agent"].Post(t, "/simulation-runs/"+list.Text("items", i, "id")+"/end", nil).Want(t, 200)
		}
	}
}

func runBody() map[string]any { return map[string]any{"scenario": "presale_sizes", "language": "zh"} }

func simulationOperations() []operation {
	running := func(t *testing.T, w *accessWorld, s *tenants) uuid.UUID { t.Helper(); return w.run(t, s) }
	return []operation{
		{op: "GET /scenarios", may: holders, ask: plain},
		{op: "POST /scenarios", may: officials, ask: func(t *testing.T, _ *accessWorld, _ *tenants, _ string) request {
			return request{body: map[string]any{"script": scenarioScript(t)}}
		}},
		{op: "GET /scenarios/{id}", may: officials, ask: at(func(t *testing.T, w *accessWorld, _ *tenants) uuid.UUID { t.Helper(); return w.writtenScenario(t) })},
		{op: "POST /simulation-runs", may: "agent", ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			w.writtenScenario(t)
			w.endRuns(t, s)
			return request{body: runBody()}
		}},
		{op: "GET /simulation-runs", may: holders, ask: plain},
		{op: "GET /simulation-runs/{id}", may: holders, ask: at(running)},
		{op: "POST /simulation-runs/{id}/replies", may: "agent", ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			id := w.run(t, s)
			w.MoveTo(t, w.Now(t).Add(4*time.Second)) // the first customer comes within 3
			return request{id: id, body: map[string]any{"dialogue": "size", "text": s.private + " says hello"}}
		}},
		{op: "POST /simulation-runs/{id}/end", may: "agent", ask: at(running)},
		{op: "GET /simulation-runs/{id}/stream", may: holders, ask: at(running), stream: true},
	}
}
