package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func eventsFile(t *testing.T, dir, text string) string {
	t.Helper()
	path := filepath.Join(dir, "events.jsonl")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The plan after the events is the plan of the files that say the same.
func TestMatchReplaysEventsToAFreshPlan(t *testing.T) {
	t.Parallel()
	run := func(dir, events string) matchReport {
		t.Helper()
		var stdout bytes.Buffer
		if err := (&matchCmd{Dir: dir, Model: "daily", Events: events, Verify: true}).Run(t.Context(), output{&stdout}); err != nil {
			t.Fatal(err)
		}
		r := matchReport{repairReport: &repairReport{}}
		if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	dir := matchDir(t, matchAgents, matchDemands, matchRelations)
	got := run(dir, eventsFile(t, dir, `{"op":"agent_joins","agent":{"agent_id":7,"rating":500,"price_cents":6000,"idle_days":0,"week_cap_shifts":1,"day_cap_h":8,"week_cap_h":40,"min_rest_h":8,"channels":1,"langs":1,"tags":"8:3","avail":"30-40"}}
{"op":"agent_joins","row":"8,500,6000,0,2,8,40,8,1,1,8:1,9-18;33-42"}
{"op":"no_show","demand":1,"agent":0}

{"op":"seats","demand":0,"delta":-1}
{"op":"agent_leaves","agent":1}
{"op":"agent_joins","agent_id":9,"rating":300,"price_cents":0,"idle_days":0,"week_cap_shifts":1,"day_cap_h":8,"week_cap_h":40,"min_rest_h":8,"channels":1,"langs":1,"tags":"","avail":""}
`))
	agents := strings.Join(strings.SplitAfter(matchAgents, "\n")[:2], "") // the first agent alone
	agents = strings.Replace(agents, ",9-18;33-42", ",33-42", 1)          // who does not come on day 0
	want := run(matchDir(t, agents+"7,500,6000,0,1,8,40,8,1,1,8:3,30-40\n8,500,6000,0,2,8,40,8,1,1,8:1,9-18;33-42\n",
		strings.Replace(matchDemands, "37,3,3", "37,2,3", 1), matchRelations[:strings.Index(matchRelations, "\n")+1]), "")
	if got.Weight != want.Weight || got.Quality != want.Quality || got.Weight != 21 || !got.Certified {
		t.Errorf("after the events W %d Q %d (certified %v), afresh W %d Q %d", got.Weight, got.Quality, got.Certified, want.Weight, want.Quality)
	}
	if got.Events != 6 || got.Lost != 1 || got.Refilled != 1 || got.Agents != 5 || got.Seats != 3 {
		t.Errorf("got %d events, %d lost, %d refilled, %d agents, %d seats", got.Events, got.Lost, got.Refilled, got.Agents, got.Seats)
	}
	if got.P50 <= 0 || got.P99 < got.P50 || got.Max < got.P99 {
		t.Errorf("latencies %+v", got.repairReport)
	}
}

func TestMatchRefusesBadEventsWithExitCode2(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{\n":                              "1: a JSON object expected",
		"null\n":                           "1: a JSON object expected",
		`{"op":"strike"}`:                  "1: op agent_leaves, agent_joins, no_show or seats expected",
		`{"op":"agent_leaves"}`:            "1: agent as a whole number expected",
		`{"op":"agent_leaves","agent":55}`: "1: an agent_id that is there expected, got 55",
		"{\"op\":\"agent_leaves\",\"agent\":1}\n{\"op\":\"agent_leaves\",\"agent\":1}": "2: an agent who has not left expected",
		`{"op":"no_show","demand":9,"agent":1}`:                                        "1: a demand_id of demands.csv expected, got 9",
		`{"op":"seats","demand":0,"delta":-4}`:                                         "1: a delta that leaves 0 to",
		`{"op":"seats","demand":0}`:                                                    "1: delta as a whole number expected",
		`{"op":"agent_joins","row":"1,420,3000,5,3,8,40,8,1,1,,"}`:                     "1: a new agent_id expected, 1 was there before",
		`{"op":"agent_joins","row":"5,42,3000,5,3,8,40,8,1,1,,"}`:                      "1: rating of 300 to 500 expected",
		`{"op":"agent_joins","agent":{"agent_id":5}}`:                                  "1: an agent with rating expected, as in agents.csv",
	} {
		dir := matchDir(t, matchAgents, matchDemands, matchRelations)
		err := (&matchCmd{Dir: dir, Model: "daily", Events: eventsFile(t, dir, text)}).Run(t.Context(), output{&bytes.Buffer{}})
		var exit interface{ ExitCode() int }
		if !errors.As(err, &exit) || exit.ExitCode() != 2 || !strings.Contains(err.Error(), "events.jsonl:"+want) {
			t.Errorf("%s: got %v, want %q with exit code 2", text, err, want)
		}
	}
}
