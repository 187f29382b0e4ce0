package matcher_test

import (
	"net/http"
	"testing"

	"peakseat/internal/apitest"
)

// How many blocks of a day a plan may give is one unless said, from 1 to 4, and the agent's own.
func TestBlocksADayAreSetOverTheAPI(t *testing.T) {
	t.Parallel()
	stack := apitest.Start(t)
	agent, other := stack.Agent(t), stack.Agent(t)
	profile := func(blocks any) map[string]any {
		body := map[string]any{
			"max_day_minutes": 720, "max_week_minutes": 2400, "longest_shift_minutes": 480, "needs": []string{},
			"least_pay": map[string]any{"amount": 2500, "currency": "CNY"},
		}
		if blocks != nil {
			body["blocks_a_day"] = blocks
		}
		return body
	}
	if n := agent.Get(t, "/profile").Want(t, http.StatusOK).Int("blocks_a_day"); n != 1 {
		t.Errorf("%d blocks a day at first", n)
	}
	for _, blocks := range []int{4, 2} {
		if n := agent.Put(t, "/profile", profile(blocks)).Want(t, http.StatusOK).Int("blocks_a_day"); n != blocks {
			t.Errorf("%d blocks a day are answered, %d were sent", n, blocks)
		}
	}
	for _, wrong := range []any{0, 5, -1, 1.5, "2"} {
		reply := agent.Put(t, "/profile", profile(wrong)).WantProblem(t, http.StatusUnprocessableEntity, "invalid_request")
		if field := reply.Text("errors", 0, "pointer"); field != "/blocks_a_day" {
			t.Errorf("%v blocks a day: the fault points at %q", wrong, field)
		}
	}
	if n := agent.Get(t, "/profile").Want(t, http.StatusOK).Int("blocks_a_day"); n != 2 {
		t.Errorf("%d blocks a day are kept after refusals, want 2", n)
	}
	if n := other.Get(t, "/profile").Want(t, http.StatusOK).Int("blocks_a_day"); n != 1 {
		t.Errorf("%d blocks a day of somebody else", n)
	}
	if n := agent.Put(t, "/profile", profile(nil)).Want(t, http.StatusOK).Int("blocks_a_day"); n != 1 {
		t.Errorf("%d blocks a day where none are said", n)
	}
	if n := stack.Facts(t, "peakseat.matcher.agent.changed.v1"); n < 3 {
		t.Errorf("%d facts tell of it, want 3 at least", n)
	}
}
