package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The agent may work both blocks of the day as a roster, one of them in the daily model.
const rosterAgent = "0,420,3000,5,1,8,40,1,1,1,,9-18\n"

var rosterDemands = strings.SplitAfter(matchDemands, "\n")[0] + "0,0,0,9,13,1,1,0,0,300,\n1,1,0,14,18,1,1,0,0,300,\n"

func TestMatchPlansARoster(t *testing.T) {
	t.Parallel()
	dir := matchDir(t, strings.SplitAfter(matchAgents, "\n")[0]+rosterAgent, rosterDemands, strings.SplitAfter(matchRelations, "\n")[0])
	out := filepath.Join(dir, "plan.csv")
	got := runMatch(t, &matchCmd{Dir: dir, Model: "roster", Out: out, Verify: true, TimeLimit: time.Minute})
	for name, want := range map[string]any{
		"model": "roster", "seats": 2.0, "filled": 2.0, "weight": 2.0, "upper_bound_weight": 2.0, "complete": true, "certified": true,
		"violations": 0.0, "quality": float64(2 * (1200 + 1000 + 100)),
	} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	plan, err := os.ReadFile(out)
	if want := "demand_id,agent_id\n0,0\n1,0\n"; err != nil || string(plan) != want {
		t.Errorf("plan.csv is %q (%v), want %q", plan, err, want)
	}
}

func TestMatchPlansATaskFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "t.dat")
	tasks := "Type = 1\nJobs = 3\n0 60\n30 90\n60 120\nQualifications = 2\n2: 0 1\n2: 0 2\n"
	if err := os.WriteFile(path, []byte(tasks), 0o600); err != nil {
		t.Fatal(err)
	}
	got := runMatch(t, &matchCmd{Dir: path, Model: "roster", Verify: true})
	if got["filled"] != 3.0 || got["seats"] != 3.0 || got["certified"] != true || got["complete"] != true {
		t.Errorf("got %v", got)
	}
}

func TestMatchRefusesABadRosterWithExitCode2(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "t.dat")
	if err := os.WriteFile(path, []byte("Type = 1\nJobs = 1\n60 0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		cmd  matchCmd
		want string
	}{
		"a bad job": {matchCmd{Model: "roster", Dir: path}, "t.dat:3: start and end of job 0"},
		"no file":   {matchCmd{Model: "roster", Dir: filepath.Join(t.TempDir(), "absent.dat")}, "absent.dat:1: a readable file expected"},
		"events":    {matchCmd{Model: "roster", Dir: path, Events: "e.jsonl"}, "--events and --explain are for --model daily"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := c.cmd.Run(t.Context(), output{&bytes.Buffer{}})
			var exit interface{ ExitCode() int }
			if !errors.As(err, &exit) || exit.ExitCode() != 2 || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q with exit code 2", err, c.want)
			}
		})
	}
}

func runMatch(t *testing.T, c *matchCmd) map[string]any {
	t.Helper()
	var stdout bytes.Buffer
	if err := c.Run(t.Context(), output{&stdout}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
	var got map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &got); err != nil {
		t.Fatal(err)
	}
	return got
}
