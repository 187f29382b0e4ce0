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

const (
	matchAgents = "agent_id,rating,price_cents,idle_days,week_cap_shifts,day_cap_h,week_cap_h,min_rest_h,channels,langs,tags,avail\n" +
		"0,420,3000,5,3,8,40,8,1,1,8:2;20:1,9-18;33-42\n1,300,6000,0,1,8,40,8,1,1,8:1,33-42\n"
	matchDemands = "demand_id,merchant_id,day,start_h,end_h,seats,priority,channel,lang,min_rating,tags\n" +
		"0,0,1,33,37,3,3,0,0,300,8:1\n1,1,0,9,13,1,1,0,0,300,\n"
	matchRelations = "merchant_id,agent_id,kind,value\n0,1,fav,4\n"
)

func matchDir(t *testing.T, agents, demands, relations string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"agents.csv": agents, "demands.csv": demands, "relations.csv": relations} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestMatchPlansCertifiesAndReports(t *testing.T) {
	t.Parallel()
	dir := matchDir(t, matchAgents, matchDemands, matchRelations)
	out := filepath.Join(dir, "plan.csv")
	var stdout bytes.Buffer
	if err := (&matchCmd{Dir: dir, Model: "daily", Out: out, Verify: true}).Run(t.Context(), output{&stdout}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
	var got map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &got); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"model": "daily", "agents": 2.0, "lines": 2.0, "seats": 4.0, "filled": 3.0, "weight": 21.0, "upper_bound_weight": 21.0,
		"quality": float64(1200 + 1000 + 100 + 500 + 400 + 1200 + 1000 + 100), "certified": true,
	} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	for _, name := range []string{"load_s", "index_s", "solve_s", "total_s", "peak_rss_bytes"} {
		if v, ok := got[name].(float64); !ok || v <= 0 {
			t.Errorf("%s is %v, want a positive number", name, got[name])
		}
	}
	plan, err := os.ReadFile(out)
	if want := "demand_id,agent_id\n0,0\n0,1\n1,0\n"; err != nil || string(plan) != want {
		t.Errorf("plan.csv is %q (%v), want %q", plan, err, want)
	}
}

func TestMatchRefusesBadInputWithExitCode2(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cmd  matchCmd
		want string
	}{
		"a bad row": {
			matchCmd{Model: "daily", Dir: matchDir(t, matchAgents+"2,420,6001,5,3,8,40,8,1,1,,\n", matchDemands, matchRelations)},
			"agents.csv:4: price_cents of 0 to 6000 expected",
		},
		"no folder":     {matchCmd{Model: "daily", Dir: filepath.Join(t.TempDir(), "absent")}, "agents.csv:1: a readable file expected"},
		"minus threads": {matchCmd{Model: "daily", Threads: -1, Dir: t.TempDir()}, "--threads of at least 0 expected"},
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

// A limit that is over before the index is made leaves a valid answer: nothing filled, and a bound that holds.
func TestMatchKeepsItsTimeLimit(t *testing.T) {
	t.Parallel()
	dir := matchDir(t, matchAgents, matchDemands, matchRelations)
	var stdout bytes.Buffer
	if err := (&matchCmd{Dir: dir, Model: "daily", TimeLimit: time.Nanosecond, Verify: true}).Run(t.Context(), output{&stdout}); err != nil {
		t.Fatal(err)
	}
	var got matchReport
	if err := json.Unmarshal(stdout.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Filled != 0 || got.Complete || got.Certified || got.UpperBoundWeight != 31 {
		t.Errorf("got %+v", got)
	}
}
