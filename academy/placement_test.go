package academy_test

import (
	"strings"
	"testing"
	"time"

	"peakseat/internal/apitest"
)

// openPlacement is a bank of 60 questions of five difficulties, and a test of it.
func openPlacement(t *testing.T) (s *examBoard, test string) {
	t.Helper()
	s = openBoard(t)
	for difficulty := range 5 {
		s.fill(t, "售前", difficulty+1, 12)
	}
	test = s.trainer.Post(t, "/placement-tests", map[string]any{
		"code": "where", "name_zh": "定级", "name_en": "Placement", "bank_id": s.bank, "topic": "", "min_items": 8, "max_items": 30, "target_se": 0.4,
	}).Want(t, 201).Text("id")
	return s, test
}

// sit answers a placement to its end: right where knows holds for the question's difficulty.
func sit(t *testing.T, p *apitest.Person, started *apitest.Reply, knows func(difficulty int) bool) *apitest.Reply {
	t.Helper()
	r := started
	for r.Text("state") == "open" {
		stem := r.Text("question", "question", "text", "body") // About 售前 3, number 7
		r = p.Post(t, "/placements/"+started.Text("id")+"/answers", map[string]any{
			"position": r.Int("question", "position"), "answer": map[string]any{"choice": choiceOf(r, knows(int(stem[len("About 售前 ")]-'0')))},
		}).Want(t, 200)
	}
	return r
}

// choiceOf is the place of the right choice, or of a wrong one.
func choiceOf(r *apitest.Reply, right bool) int {
	for i := range r.Len("question", "question", "choices") {
		if (r.Text("question", "question", "choices", i, "body") == "right") == right {
			return i
		}
	}
	return -1
}

func TestPlacementFindsTheLevel(t *testing.T) {
	t.Parallel()
	s, test := openPlacement(t)
	for want, knows := range map[int]func(int) bool{
		5: func(int) bool { return true },
		1: func(int) bool { return false },
		4: func(difficulty int) bool { return difficulty <= 4 },
		2: func(difficulty int) bool { return difficulty <= 1 },
	} {
		agent := s.Agent(t)
		started := agent.Post(t, "/placement-tests/"+test+"/placements", nil).Want(t, 201)
		agent.Post(t, "/placement-tests/"+test+"/placements", nil).WantProblem(t, 409, "placement_open")
		done := sit(t, agent, started, knows)
		if level := done.Int("level"); level < want-1 || level > want+1 || (want == 5 || want == 1) && level != want {
			t.Errorf("somebody of level %d is placed at %d after %d answers: %s", want, level, done.Int("answered"), done.Body)
		}
		se, _ := done.At("se").(float64)
		switch by := done.Text("stopped_by"); {
		case by == "precise" && (se > 0.4 || done.Int("answered") < 8), by == "length" && (se <= 0.4 || done.Int("answered") != 30), by != "precise" && by != "length":
			t.Errorf("it stopped by %q: %s", by, done.Body)
		}
		agent.Post(t, "/placements/"+started.Text("id")+"/answers", map[string]any{"position": 1, "answer": map[string]any{"choice": 0}}).WantProblem(t, 409, "placement_finished")
		s.agent.Get(t, "/placements/"+started.Text("id")).WantProblem(t, 404, "not_found")
		if again := agent.Get(t, "/placements/"+started.Text("id")).Want(t, 200); again.Int("level") != done.Int("level") || again.Int("answered") != done.Int("answered") {
			t.Errorf("read again: %s", again.Body)
		}
	}
	if r := s.trainer.Get(t, "/placements?limit=3").Want(t, 200); r.Len("items") != 3 || r.Text("next_cursor") == "" {
		t.Errorf("trainers see %s", r.Body)
	}
}

// The next placement waits until the cool-down after the last is over, by the server's clock; other tests do not wait.
func TestPlacementsCoolDown(t *testing.T) {
	t.Parallel()
	s, other := openPlacement(t)
	test := s.trainer.Post(t, "/placement-tests", map[string]any{
		"code": "rarely", "name_zh": "定级", "name_en": "Placement", "bank_id": s.bank, "topic": "", "min_items": 1, "max_items": 1, "target_se": 0.01, "cool_down_minutes": 90,
	}).Want(t, 201)
	if test.Int("cool_down_minutes") != 90 {
		t.Errorf("made: %s", test.Body)
	}
	at := "/placement-tests/" + test.Text("id") + "/placements"
	done := sit(t, s.agent, s.agent.Post(t, at, nil).Want(t, 201), func(int) bool { return true })
	finished, err := time.Parse(time.RFC3339, done.Text("finished_at"))
	if err != nil {
		t.Fatal(err)
	}
	refused := s.agent.Post(t, at, nil).WantProblem(t, 409, "cool_down")
	if again, err := time.Parse(time.RFC3339, refused.Text("retry_at")); err != nil || !again.Equal(finished.Add(90*time.Minute)) {
		t.Errorf("finished at %s, told %s", finished, refused.Body)
	}
	s.Agent(t).Post(t, at, nil).Want(t, 201)
	s.agent.Post(t, "/placement-tests/"+other+"/placements", nil).Want(t, 201)
	s.MoveTo(t, finished.Add(89*time.Minute))
	s.agent.Post(t, at, nil).WantProblem(t, 409, "cool_down")
	s.MoveTo(t, finished.Add(90*time.Minute+time.Second))
	s.agent.Post(t, at, nil).Want(t, 201)
}

func TestPlacementAsksOneAfterTheOther(t *testing.T) {
	t.Parallel()
	s, test := openPlacement(t)
	started := s.agent.Post(t, "/placement-tests/"+test+"/placements", nil).Want(t, 201)
	path := "/placements/" + started.Text("id")
	if body := string(started.Body); strings.Contains(body, "weight") || strings.Contains(body, "layout") || strings.Contains(body, "售前/") {
		t.Errorf("the examinee is sent %s", body)
	}
	resumed := s.agent.Get(t, path).Want(t, 200)
	if resumed.Text("question", "question", "text", "body") != started.Text("question", "question", "text", "body") {
		t.Errorf("another question is asked: %s", resumed.Body)
	}
	if seen := s.trainer.Get(t, path).Want(t, 200); seen.At("question") != nil {
		t.Errorf("a trainer is asked %s", seen.Body)
	}
	answer := func(position int, body any) *apitest.Reply {
		return s.agent.Post(t, path+"/answers", map[string]any{"position": position, "answer": body})
	}
	answer(1, map[string]any{"choice": 9}).WantProblem(t, 422, "invalid_request")
	answer(2, map[string]any{"choice": 0}).WantProblem(t, 409, "placement_moved_on")
	next := answer(1, map[string]any{"choice": 0}).Want(t, 200)
	answer(1, map[string]any{"choice": 1}).WantProblem(t, 409, "placement_moved_on")
	if next.Int("question", "position") != 2 || next.Int("answered") != 1 {
		t.Errorf("the second question is %s", next.Body)
	}
	asked := map[string]bool{}
	for r := next; r.Text("state") == "open"; {
		stem := r.Text("question", "question", "text", "body")
		if asked[stem] {
			t.Fatalf("%q is asked twice", stem)
		}
		asked[stem] = true
		r = answer(r.Int("question", "position"), map[string]any{"choice": 0}).Want(t, 200)
	}

	empty := s.trainer.Post(t, "/question-banks", map[string]any{"code": "empty", "name": "空"}).Want(t, 201).Text("id")
	terms := map[string]any{"code": "nothing", "name_zh": "空", "name_en": "Empty", "bank_id": empty, "topic": "", "min_items": 1, "max_items": 2, "target_se": 0.4}
	nothing := s.trainer.Post(t, "/placement-tests", terms).Want(t, 201).Text("id")
	s.agent.Post(t, "/placement-tests/"+nothing+"/placements", nil).WantProblem(t, 409, "placement_empty")
	s.trainer.Post(t, "/placement-tests", terms).WantProblem(t, 409, "placement_test_exists")
	terms["code"], terms["max_items"], terms["min_items"] = "wrong", 1, 2
	s.trainer.Post(t, "/placement-tests", terms).WantProblem(t, 422, "invalid_request")
}
