package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func explained(t *testing.T, what string) (text, last string) {
	t.Helper()
	var stdout bytes.Buffer
	c := matchCmd{Dir: matchDir(t, matchAgents, matchDemands, matchRelations), Model: "daily", Explain: what}
	if err := c.Run(t.Context(), output{&stdout}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
	return strings.Join(lines[:len(lines)-1], "\n"), lines[len(lines)-1]
}

// Demand 0 asks for three, two agents hold tag 8; agent 1 is not free for demand 1, and agent 0 works both.
func TestMatchExplains(t *testing.T) {
	t.Parallel()
	for what, want := range map[string][]string{
		"0":   {"2 of 3 seats filled", "share 2 agents, who can fill 2 of their 3 seats", "by 1 more with tag 8 at level 1"},
		"0,0": {"Agent 0 works it."},
		"1,1": {"Agent 1 may not work it", "availability: free for 0 of 240 minutes"},
		"1":   {"No seat is empty."},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			text, last := explained(t, what)
			for _, w := range want {
				if !strings.Contains(text, w) {
					t.Errorf("%q expected in\n%s", w, text)
				}
			}
			if !json.Valid([]byte(last)) {
				t.Errorf("the last line is %q, want the JSON object", last)
			}
		})
	}
}

func TestMatchExplainsWhoWasNearer(t *testing.T) {
	t.Parallel()
	demands := strings.Replace(matchDemands, "33,37,3,", "33,37,1,", 1)
	var stdout bytes.Buffer
	c := matchCmd{Dir: matchDir(t, matchAgents, demands, matchRelations), Model: "daily", Explain: "0,1"}
	if err := c.Run(t.Context(), output{&stdout}); err != nil {
		t.Fatal(err)
	}
	// Agent 0 is worth 1200 + 1000 + 100, agent 1 500 + 400 as a favourite of four shifts.
	for _, want := range []string{"cost 9100", "1400 short", "agent 0, at cost 7700", "loses W 0 and Q 1400", "agent 0 leaves demand 0", "agent 1 works demand 0"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("%q expected in\n%s", want, stdout.String())
		}
	}
}

func TestMatchExplainRefusesWhatIsNotThere(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"9", "0,9", "x", "-1", ","} {
		c := matchCmd{Dir: matchDir(t, matchAgents, matchDemands, matchRelations), Model: "daily", Explain: what}
		err := c.Run(t.Context(), output{&bytes.Buffer{}})
		if bad := (badInput{}); !errors.As(err, &bad) || !strings.Contains(err.Error(), "--explain") {
			t.Errorf("%q: got %v", what, err)
		}
	}
}
