package academy_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"peakseat/academy/exchange"
	"peakseat/internal/apitest"
	"peakseat/internal/auth"
)

const gradedFact = "peakseat.academy.attempt.graded.v1"

// sitter is somebody with a device.
type sitter struct {
	*apitest.Person
	device string
}

func (s *examBoard) sitter(t *testing.T) *sitter {
	t.Helper()
	return &sitter{s.Agent(t), uuid.NewString()}
}

func (p *sitter) do(t *testing.T, method, path string, body any) *apitest.Reply {
	t.Helper()
	return p.Do(t, method, path, body, map[string]string{"Exam-Device": p.device})
}

func (p *sitter) start(t *testing.T, paper uuid.UUID) *apitest.Reply {
	t.Helper()
	return p.do(t, http.MethodPost, "/papers/"+paper.String()+"/attempts", nil)
}

// sits begins an attempt and gives its path and what it was shown.
func (p *sitter) sits(t *testing.T, paper uuid.UUID) (path string, form *apitest.Reply) {
	t.Helper()
	form = p.start(t, paper).Want(t, 201)
	return "/attempts/" + form.Text("id"), form
}

func (p *sitter) save(t *testing.T, attempt string, position, seq int, answer map[string]any) *apitest.Reply {
	t.Helper()
	return p.do(t, http.MethodPut, fmt.Sprintf("%s/answers/%d", attempt, position), map[string]any{"seq": seq, "answer": answer})
}

func (p *sitter) submit(t *testing.T, attempt string) *apitest.Reply {
	t.Helper()
	return p.do(t, http.MethodPost, attempt+"/submission", nil)
}

// published makes a paper of the bank's questions; more changes its terms.
func (s *examBoard) published(t *testing.T, code string, count int, more map[string]any) uuid.UUID {
	t.Helper()
	body := map[string]any{
		"code": code, "name_zh": "考试", "name_en": "Exam", "minutes": 30, "grace_seconds": 5, "pass_score": 8000, "max_attempts": 2, "cool_down_minutes": 60, "max_overlap": 100,
		"bank_ids": []any{s.bank}, "blueprint": []any{map[string]any{"topic": "", "difficulty": 0, "count": count, "points": 1}},
	}
	maps.Copy(body, more)
	p := s.trainer.Post(t, "/papers", body).Want(t, 201)
	id := p.ID(t, "paper_id")
	s.trainer.Post(t, "/papers/"+id.String()+"/versions/1/publication", nil).Want(t, 200)
	return id
}

// pick answers every question by the text of the choice, the given number of them rightly.
func (p *sitter) pick(t *testing.T, attempt string, form *apitest.Reply, right int) {
	t.Helper()
	for i := range form.Len("questions") {
		word := "worse"
		if i < right {
			word = "right"
		}
		p.save(t, attempt, form.Int("questions", i, "position"), 1, map[string]any{"choice": choiceAt(t, form, i, word)}).Want(t, 200)
	}
}

func choiceAt(t *testing.T, form *apitest.Reply, question int, word string) int {
	t.Helper()
	for c := range form.Len("questions", question, "question", "choices") {
		if form.Text("questions", question, "question", "choices", c, "body") == word {
			return c
		}
	}
	t.Fatalf("no choice %q in %v", word, form.At("questions", question))
	return 0
}

func asked(form *apitest.Reply) (texts []string) {
	for i := range form.Len("questions") {
		texts = append(texts, form.Text("questions", i, "question", "text", "body"))
	}
	slices.Sort(texts)
	return texts
}

// The whole way of somebody who fails, waits, and passes on another form.
func TestExamFailureAndRetake(t *testing.T) {
	t.Parallel()
	s := openBoard(t)
	s.fill(t, "售前/物流", 2, 4)
	s.fill(t, "售后", 3, 4)
	paper := s.published(t, "base", 4, map[string]any{"max_overlap": 50})
	p := s.sitter(t)
	if st := p.Get(t, "/papers/"+paper.String()+"/standing").Want(t, 200); st.At("may_start") != true || st.Int("attempts_left") != 2 {
		t.Errorf("before the first attempt: %s", st.Body)
	}
	path, form := p.sits(t, paper)
	if form.Int("remaining_seconds") != 1800 || form.Len("questions") != 4 || form.Text("state") != "open" {
		t.Fatalf("the attempt began as %s", form.Body)
	}
	p.pick(t, path, form, 1)
	p.Get(t, path+"/review").WantProblem(t, 409, "not_graded")
	done := p.submit(t, path).Want(t, 200)
	if done.Text("state") != "graded" || done.Int("score") != 2500 || done.At("passed") != false || done.Len("questions") != 0 {
		t.Errorf("the attempt ended as %s", done.Body)
	}
	review := p.Get(t, path+"/review").Want(t, 200)
	right, wrong := 0, 0
	for i := range review.Len("topics") {
		right, wrong = right+review.Int("topics", i, "right"), wrong+review.Int("topics", i, "wrong")
	}
	if right != 1 || wrong != 3 || strings.Contains(string(review.Body), "About") || strings.Contains(string(review.Body), "worse") {
		t.Errorf("the review says %s", review.Body)
	}
	if n := s.Facts(t, gradedFact); n != 1 {
		t.Errorf("%d facts", n)
	}
	apitest.Until(t, "the examinee is told", func() bool {
		n := p.Get(t, "/notices").Want(t, 200)
		return n.Text("items", 0, "kind") == "exam_failed" && strings.Contains(n.Text("items", 0, "text"), "25.00%")
	})

	again := p.start(t, paper).WantProblem(t, 409, "cool_down")
	if st := p.Get(t, "/papers/"+paper.String()+"/standing").Want(t, 200); st.Text("code") != "cool_down" || st.Text("retry_at") != again.Text("retry_at") || st.At("may_start") != false {
		t.Errorf("in the cool-down: %s", st.Body)
	}
	at, err := time.Parse(time.RFC3339, again.Text("retry_at"))
	if err != nil {
		t.Fatal(err)
	}
	s.MoveTo(t, at.Add(-30*time.Second))
	p.start(t, paper).WantProblem(t, 409, "cool_down")
	s.MoveTo(t, at)
	path, second := p.sits(t, paper)
	for _, text := range asked(second) { // eight questions, two forms of four: none need come again
		if slices.Contains(asked(form), text) {
			t.Errorf("%q is asked again", text)
		}
	}
	p.pick(t, path, second, 4)
	if done := p.submit(t, path).Want(t, 200); done.Int("score") != 10000 || done.At("passed") != true {
		t.Errorf("the second attempt ended as %s", done.Body)
	}
	// a pass gives the attempts back, for when it is due again
	if st := p.Get(t, "/papers/"+paper.String()+"/standing").Want(t, 200); st.Int("attempts") != 2 || st.Int("attempts_left") != 2 {
		t.Errorf("after the pass: %s", st.Body)
	}
	evidence := s.trainer.Get(t, path+"/evidence").Want(t, 200)
	if evidence.Int("recomputed") != 10000 || evidence.At("agrees") != true || evidence.Text("events", 0, "kind") != "started" {
		t.Errorf("the evidence says %s", evidence.Body)
	}
}

func TestNoAttemptsLeft(t *testing.T) {
	t.Parallel()
	s := openBoard(t)
	s.fill(t, "售前", 2, 4)
	paper := s.published(t, "base", 2, map[string]any{"max_attempts": 1, "cool_down_minutes": 0})
	p := s.sitter(t)
	path, _ := p.sits(t, paper)
	p.submit(t, path).Want(t, 200)
	p.start(t, paper).WantProblem(t, 409, "no_attempts_left")
}

func TestTimeIsTheServers(t *testing.T) {
	t.Parallel()
	s := openBoard(t)
	s.fill(t, "售前", 2, 4)
	paper := s.published(t, "base", 4, map[string]any{"grace_seconds": 60})
	p := s.sitter(t)
	path, form := p.sits(t, paper)
	ends, err := time.Parse(time.RFC3339, form.Text("ends_at"))
	if err != nil {
		t.Fatal(err)
	}
	right := map[string]any{"choice": choiceAt(t, form, 0, "right")}
	p.save(t, path, 1, 1, right).Want(t, 200)
	s.MoveTo(t, ends.Add(30*time.Second)) // the clock runs on while the test speaks: half of the grace is left
	if r := p.save(t, path, 2, 1, map[string]any{"choice": choiceAt(t, form, 1, "right")}).Want(t, 200); r.Int("remaining_seconds") != 0 {
		t.Errorf("in the grace: %s", r.Body)
	}
	s.MoveTo(t, ends.Add(61*time.Second)) // one second past it
	body := map[string]any{"seq": 9, "answer": right, "saved_at": form.Text("started_at")}
	p.do(t, http.MethodPut, path+"/answers/3", body).WantProblem(t, 422, "invalid_request") // there is no way to say when
	late := p.save(t, path, 3, 9, right)
	if code := late.Text("code"); late.Status != 409 || code != "time_over" && code != "attempt_closed" { // the sweep may have been faster
		t.Errorf("a second too late: %d %s", late.Status, late.Body)
	}
	late = p.submit(t, path)
	if code := late.Text("code"); late.Status != 409 || code != "time_over" && code != "attempt_closed" {
		t.Errorf("a second too late: %d %s", late.Status, late.Body)
	}
	var swept *apitest.Reply
	apitest.Until(t, "the sweep closes it", func() bool {
		swept = p.Get(t, path).Want(t, 200)
		return swept.Text("state") == "graded"
	})
	if swept.Int("score") != 5000 || swept.Text("closed_by") != "time" || swept.Text("closed_at") != form.Text("ends_at") {
		t.Errorf("the sweep left %s", swept.Body)
	}
	p.save(t, path, 1, 2, right).WantProblem(t, 409, "attempt_closed")
	p.submit(t, path).WantProblem(t, 409, "attempt_closed")
	p.do(t, http.MethodPost, path+"/takeover", nil).WantProblem(t, 409, "attempt_closed")
}

func TestFiftyParallelStartsOneWins(t *testing.T) {
	t.Parallel()
	s := openBoard(t)
	s.fill(t, "售前", 2, 8)
	papers := []uuid.UUID{s.published(t, "one", 4, nil), s.published(t, "two", 4, nil)}
	p := s.sitter(t)
	replies := make([]*apitest.Reply, 50)
	var crowd errgroup.Group
	for i := range replies {
		crowd.Go(func() (err error) {
			replies[i], err = p.Try(t, http.MethodPost, "/papers/"+papers[i%2].String()+"/attempts", nil, map[string]string{"Exam-Device": uuid.NewString()})
			return err
		})
	}
	if err := crowd.Wait(); err != nil {
		t.Fatal(err)
	}
	won := 0
	for _, r := range replies {
		if r.Status == 201 {
			won++
			continue
		}
		r.WantProblem(t, 409, "attempt_open")
	}
	if list := p.Get(t, "/attempts").Want(t, 200); won != 1 || list.Len("items") != 1 {
		t.Errorf("%d of 50 starts won, and there are %d attempts", won, list.Len("items"))
	}
	if refused := p.start(t, papers[0]).WantProblem(t, 409, "attempt_open"); refused.Text("attempt_id") == "" {
		t.Errorf("the refusal does not say which: %s", refused.Body)
	}
}

func TestLateSaveOverwritesNothing(t *testing.T) {
	t.Parallel()
	s := openBoard(t)
	s.fill(t, "售前", 2, 2)
	p := s.sitter(t)
	path, form := p.sits(t, s.published(t, "base", 2, nil))
	say := func(n int) map[string]any { return map[string]any{"choice": n} }
	first := p.save(t, path, 1, 5, say(2)).Want(t, 200)
	if late := p.save(t, path, 1, 3, say(0)).Want(t, 200); late.At("superseded") != true || late.Int("seq") != 5 {
		t.Errorf("a late save: %s", late.Body)
	}
	if same := p.save(t, path, 1, 5, say(2)).Want(t, 200); same.At("superseded") != false || same.Text("saved_at") != first.Text("saved_at") {
		t.Errorf("the same save again: %s, first %s", same.Body, first.Body)
	}
	p.save(t, path, 1, 5, say(1)).WantProblem(t, 409, "seq_reused")
	// fifty saves in any order: the greatest seq is what is kept
	var crowd errgroup.Group
	for i := range 50 {
		crowd.Go(func() error {
			_, err := p.Try(t, http.MethodPut, path+"/answers/2", map[string]any{"seq": i + 1, "answer": say(i % 4)}, map[string]string{"Exam-Device": p.device})
			return err
		})
	}
	if err := crowd.Wait(); err != nil {
		t.Fatal(err)
	}
	// the connection was lost: what comes back is what was saved
	back := p.do(t, http.MethodGet, path, nil).Want(t, 200)
	if back.Int("questions", 0, "answer", "choice") != 2 || back.Int("questions", 0, "seq") != 5 || back.Int("questions", 1, "seq") != 50 || back.Int("questions", 1, "answer", "choice") != 49%4 {
		t.Errorf("read back: %s", back.Body)
	}
	if back.Text("ends_at") != form.Text("ends_at") || back.At("this_device") != true {
		t.Errorf("the end moved from %s: %s", form.Text("ends_at"), back.Body)
	}
	p.save(t, path, 1, 9, map[string]any{"choice": 4}).WantProblem(t, 422, "invalid_request")
	p.save(t, path, 3, 9, say(0)).WantProblem(t, 404, "not_found")
	stranger := s.sitter(t)
	stranger.device = p.device
	stranger.save(t, path, 1, 9, say(0)).WantProblem(t, 404, "not_found")
	stranger.submit(t, path).WantProblem(t, 404, "not_found")
	stranger.do(t, http.MethodGet, path, nil).WantProblem(t, 404, "not_found")
}

func TestOneDeviceAtATime(t *testing.T) {
	t.Parallel()
	s := openBoard(t)
	s.fill(t, "售前", 2, 2)
	p := s.sitter(t)
	path, _ := p.sits(t, s.published(t, "base", 2, nil))
	p.save(t, path, 1, 1, map[string]any{"choice": 3}).Want(t, 200)
	phone := &sitter{p.Person, uuid.NewString()}
	if r := phone.do(t, http.MethodGet, path, nil).Want(t, 200); r.At("this_device") != false || r.Len("questions") != 0 {
		t.Errorf("another device is shown %s", r.Body)
	}
	if r := p.Get(t, path).Want(t, 200); r.Len("questions") != 0 {
		t.Errorf("no device is shown %s", r.Body)
	}
	phone.save(t, path, 1, 2, map[string]any{"choice": 0}).WantProblem(t, 409, "taken_over")
	phone.submit(t, path).WantProblem(t, 409, "taken_over")
	taken := phone.do(t, http.MethodPost, path+"/takeover", nil).Want(t, 200)
	if taken.At("this_device") != true || taken.Int("questions", 0, "answer", "choice") != 3 || taken.Int("questions", 0, "seq") != 1 {
		t.Errorf("the device that took over is shown %s", taken.Body)
	}
	p.save(t, path, 1, 3, map[string]any{"choice": 1}).WantProblem(t, 409, "taken_over")
	p.submit(t, path).WantProblem(t, 409, "taken_over")
	phone.save(t, path, 1, 2, map[string]any{"choice": 0}).Want(t, 200)
	phone.submit(t, path).Want(t, 200)
	evidence := s.trainer.Get(t, path+"/evidence").Want(t, 200)
	var kinds []string
	for i := range evidence.Len("events") {
		kinds = append(kinds, evidence.Text("events", i, "kind"))
	}
	if !slices.Equal(kinds, []string{"started", "taken_over", "submitted"}) {
		t.Errorf("the events are %v", kinds)
	}
}

func TestAccommodationReachesPastTheWindow(t *testing.T) {
	t.Parallel()
	s := openBoard(t)
	s.fill(t, "售前", 2, 2)
	paper := s.published(t, "base", 2, nil)
	helped, other := s.sitter(t), s.sitter(t)
	grant := func(body map[string]any) *apitest.Reply {
		return s.trainer.Put(t, "/agents/"+helped.AccountID.String()+"/accommodation", body)
	}
	grant(map[string]any{"time_factor": 150, "pause_minutes": 10}).WantProblem(t, 422, "invalid_request") // without a reason
	grant(map[string]any{"time_factor": 150, "pause_minutes": 10, "reason": "reads by screen reader"}).Want(t, 200)
	s.trainer.Put(t, "/agents/"+s.trainer.AccountID.String()+"/accommodation", map[string]any{"time_factor": 150, "pause_minutes": 0, "reason": "mine"}).WantProblem(t, 403, "own_accommodation")
	if r := other.Get(t, "/accommodations").Want(t, 200); r.Len("items") != 0 {
		t.Errorf("somebody else reads %s", r.Body)
	}
	if r := helped.Get(t, "/accommodations").Want(t, 200); r.Text("items", 0, "reason") != "reads by screen reader" {
		t.Errorf("the person reads %s", r.Body)
	}
	now := s.Now(t)
	window := func(opens, closes time.Duration) {
		s.trainer.Put(t, "/papers/"+paper.String()+"/window", map[string]any{"opens_at": now.Add(opens), "closes_at": now.Add(closes)}).Want(t, 200)
	}
	window(time.Hour, 2*time.Hour)
	if r := helped.start(t, paper).WantProblem(t, 409, "outside_window"); r.Text("retry_at") == "" {
		t.Errorf("the refusal does not say when: %s", r.Body)
	}
	window(-time.Hour, 10*time.Minute)
	_, plain := other.sits(t, paper)
	path, long := helped.sits(t, paper)
	if plain.Int("remaining_seconds") > 600 || long.Int("remaining_seconds") != 45*60 || long.Int("time_factor") != 150 || long.Int("pause_left_seconds") != 600 {
		t.Fatalf("without: %d s, with: %d s, %s", plain.Int("remaining_seconds"), long.Int("remaining_seconds"), long.Body)
	}

	// the window is over, the plain attempt with it, and this one goes on
	s.MoveTo(t, now.Add(30*time.Minute))
	helped.save(t, path, 1, 1, map[string]any{"choice": 0}).Want(t, 200)
	other.start(t, paper).WantProblem(t, 409, "outside_window")
	helped.do(t, http.MethodPost, path+"/resumption", nil).WantProblem(t, 409, "attempt_not_paused")
	if r := helped.do(t, http.MethodPost, path+"/pause", nil).Want(t, 200); r.At("paused") != true || r.Len("questions") != 0 {
		t.Errorf("paused, one is shown %s", r.Body)
	}
	helped.save(t, path, 1, 2, map[string]any{"choice": 1}).WantProblem(t, 409, "attempt_paused")
	s.MoveTo(t, now.Add(36*time.Minute))
	back := helped.do(t, http.MethodPost, path+"/resumption", nil).Want(t, 200)
	if left := back.Int("remaining_seconds"); left < 14*60 || left > 15*60 || back.Int("pause_left_seconds") > 300 || back.Int("pause_left_seconds") < 180 || back.Len("questions") != 2 {
		t.Errorf("after six minutes of pause: %s", back.Body)
	}
	// a pause ends by itself with its allowance, and the clock runs on
	helped.do(t, http.MethodPost, path+"/pause", nil).Want(t, 200)
	s.MoveTo(t, now.Add(46*time.Minute))
	back = helped.do(t, http.MethodGet, path, nil).Want(t, 200)
	if left := back.Int("remaining_seconds"); left < 7*60 || left > 9*60 || back.At("paused") != false || back.Int("pause_left_seconds") != 0 {
		t.Errorf("after a pause that ran out: %s", back.Body)
	}
	helped.save(t, path, 1, 2, map[string]any{"choice": 1}).Want(t, 200)
	helped.do(t, http.MethodPost, path+"/pause", nil).WantProblem(t, 409, "no_pause_left")
	helped.submit(t, path).Want(t, 200)
}

// Every kind is sent without what is right, and answered rightly, wrongly and in part.
func TestEveryKindIsAskedWithoutItsKey(t *testing.T) {
	t.Parallel()
	s := openBoard(t)
	for _, q := range everyKind() {
		q.Category, q.Difficulty = "KEY topic "+string(q.Kind), 2
		s.trainer.Post(t, "/question-banks/"+s.bank.String()+"/questions", q).Want(t, 201)
	}
	paper := s.published(t, "all", 9, nil)
	p := s.sitter(t)
	path, form := p.sits(t, paper)
	for _, body := range [][]byte{form.Body, p.do(t, http.MethodGet, path, nil).Body, p.Get(t, "/attempts").Body, p.Get(t, "/papers").Body} {
		if strings.Contains(string(body), "KEY") {
			t.Errorf("the examinee is sent a key: %s", body)
		}
	}
	kinds := map[string]bool{}
	for i := range form.Len("questions") {
		kind, position := form.Text("questions", i, "question", "kind"), form.Int("questions", i, "position")
		kinds[kind] = true
		p.save(t, path, position, 1, rightAnswer(t, form, i)).Want(t, 200)
	}
	if len(kinds) != 9 {
		t.Fatalf("asked: %v", kinds)
	}
	if back := p.do(t, http.MethodGet, path, nil).Want(t, 200); strings.Contains(string(back.Body), "KEY") {
		t.Errorf("the examinee is sent a key: %s", back.Body)
	}
	done := p.submit(t, path).Want(t, 200)
	if done.Text("state") != "submitted" || done.At("score") != nil {
		t.Fatalf("with open answers: %s", done.Body)
	}
	p.start(t, paper).WantProblem(t, 409, "attempt_in_grading")

	tasks := s.trainer.Get(t, "/grading-tasks").Want(t, 200)
	if tasks.Len("items") != 2 || strings.Contains(string(tasks.Body), p.AccountID.String()) {
		t.Fatalf("the graders are given %s", tasks.Body)
	}
	for i := range 2 {
		task := "/grading-tasks/" + tasks.Text("items", i, "id") + "/mark"
		s.trainer.Post(t, task, map[string]any{"points": []int{3, 99}}).WantProblem(t, 422, "invalid_request")
		s.trainer.Post(t, task, map[string]any{"points": []int{3, 1}, "comment": "well said"}).Want(t, 204)
		s.trainer.Post(t, task, map[string]any{"points": []int{3, 1}}).WantProblem(t, 409, "marked_already")
	}
	done = p.Get(t, path).Want(t, 200)
	if done.Text("state") != "graded" || done.Int("score") != 10000 || s.Facts(t, gradedFact) != 1 {
		t.Errorf("graded: %s", done.Body)
	}
	review := p.Get(t, path+"/review").Want(t, 200)
	if review.Len("topics") != 9 || strings.Contains(string(review.Body), "well said") {
		t.Errorf("the review says %s", review.Body)
	}
}

func plain(s string) exchange.Text { return exchange.Text{Format: exchange.Plain, Body: s} }

// everyKind is a question of each kind, in which all that is not to be sent says KEY.
func everyKind() []exchange.Question {
	key := plain("KEY")
	full := func(s string, w exchange.Weight) exchange.Answer {
		return exchange.Answer{Text: plain(s), Weight: w, Feedback: key}
	}
	rubric := []exchange.Criterion{{Name: "KEY probe", Points: 3, Guide: key}, {Name: "KEY link", Points: 1, Guide: key}}
	list := []exchange.Question{
		{Kind: exchange.SingleChoice, Answers: []exchange.Answer{full("right", exchange.Full), full("worse", 0), full("worst", 0)}},
		{Kind: exchange.MultipleChoice, Answers: []exchange.Answer{full("right a", exchange.Full/2), full("right b", exchange.Full/2), full("worse", 0)}},
		{Kind: exchange.TrueFalse, Answers: []exchange.Answer{{Feedback: key}, {Weight: exchange.Full, Feedback: key}}},
		{Kind: exchange.Numeric, Answers: []exchange.Answer{{Number: exchange.Number{Value: "7", Tolerance: "0.5"}, Weight: exchange.Full, Feedback: key}}},
		{Kind: exchange.ShortText, Answers: []exchange.Answer{full("KEY seven days", exchange.Full)}},
		{Kind: exchange.Matching, Pairs: []exchange.Pair{{Left: plain("left 1"), Right: "match 1"}, {Left: plain("left 2"), Right: "match 2"}, {Right: "match 3"}}},
		{Kind: exchange.Ordering, Items: []exchange.Text{plain("step 1"), plain("step 2"), plain("step 3")}},
		{Kind: exchange.Open, Guide: key, Rubric: rubric},
		{Kind: exchange.Dialogue, Guide: key, Rubric: rubric, Turns: []exchange.Turn{
			{Speaker: exchange.Customer, Text: "where is it?", Required: []string{"KEY number"}, Forbidden: []string{"KEY promise"}},
			{Speaker: exchange.Agent, Text: "KEY an example"},
			{Speaker: exchange.Customer, Text: "and when?"},
		}},
	}
	for i := range list {
		list[i].Text, list[i].Feedback, list[i].Title, list[i].Tags, list[i].ID = plain("asked: "+string(list[i].Kind)), key, "KEY title", []string{"KEY tag"}, fmt.Sprintf("KEY %d", i)
	}
	return list
}

// rightAnswer answers a question of everyKind as it is shown.
func rightAnswer(t *testing.T, form *apitest.Reply, question int) map[string]any {
	t.Helper()
	place := func(list, text string) int {
		for i := range form.Len("questions", question, "question", list) {
			if shown := form.At("questions", question, "question", list, i); shown == text || form.Text("questions", question, "question", list, i, "body") == text {
				return i
			}
		}
		t.Fatalf("no %s in %s of %v", text, list, form.At("questions", question))
		return 0
	}
	switch exchange.Kind(form.Text("questions", question, "question", "kind")) {
	case exchange.SingleChoice:
		return map[string]any{"choice": place("choices", "right")}
	case exchange.MultipleChoice:
		return map[string]any{"choices": []int{place("choices", "right b"), place("choices", "right a")}}
	case exchange.TrueFalse:
		return map[string]any{"truth": false}
	case exchange.Numeric:
		return map[string]any{"number": "7.5"}
	case exchange.ShortText:
		return map[string]any{"text": "key  SEVEN days."}
	case exchange.Matching:
		matches := make([]int, 2)
		for i := range matches {
			matches[i] = place("rights", "match "+strings.TrimPrefix(form.Text("questions", question, "question", "lefts", i, "body"), "left "))
		}
		return map[string]any{"matches": matches}
	case exchange.Ordering:
		return map[string]any{"order": []int{place("items", "step 1"), place("items", "step 2"), place("items", "step 3")}}
	case exchange.Open:
		return map[string]any{"text": "I would probe the need first."}
	case exchange.Dialogue:
		return map[string]any{"replies": []string{"number 7", "tomorrow"}}
	}
	t.Fatalf("an unknown kind in %v", form.At("questions", question))
	return nil
}

func TestSecondGraderAndThird(t *testing.T) {
	t.Parallel()
	s := openBoard(t)
	second, third := s.operator.Invited(t, auth.Trainer), s.operator.Invited(t, auth.Trainer)
	s.trainer.Post(t, "/question-banks/"+s.bank.String()+"/questions", exchange.Question{
		Kind: exchange.Open, Category: "售前", Difficulty: 1, Text: plain("Why?"), Rubric: []exchange.Criterion{{Name: "sense", Points: 10}},
	}).Want(t, 201)
	p := s.sitter(t)
	path, _ := p.sits(t, s.published(t, "open", 1, nil))
	p.save(t, path, 1, 1, map[string]any{"text": "Because."}).Want(t, 200)
	p.submit(t, path).Want(t, 200)
	ask := func(who *apitest.Person) *apitest.Reply {
		return who.Post(t, path+"/second-marking", map[string]any{"reason": "I do not agree"})
	}
	ask(p.Person).WantProblem(t, 409, "not_graded")
	mark := func(who *apitest.Person, points int) {
		t.Helper()
		tasks := who.Get(t, "/grading-tasks").Want(t, 200)
		if tasks.Len("items") != 1 {
			t.Fatalf("there are %s", tasks.Body)
		}
		who.Post(t, "/grading-tasks/"+tasks.Text("items", 0, "id")+"/mark", map[string]any{"points": []int{points}}).Want(t, 204)
	}
	is := func(score, facts int) {
		t.Helper()
		if r := p.Get(t, path).Want(t, 200); r.Int("score") != score || r.Text("state") != "graded" || s.Facts(t, gradedFact) != facts {
			t.Errorf("want %d after %d gradings: %s", score, facts, r.Body)
		}
	}
	mark(s.trainer, 5)
	is(5000, 1)
	ask(s.sitter(t).Person).WantProblem(t, 404, "not_found")
	ask(p.Person).Want(t, 200)
	ask(p.Person).WantProblem(t, 409, "nothing_to_mark_again")
	is(5000, 1) // until somebody has marked it again
	if r := s.trainer.Get(t, "/grading-tasks").Want(t, 200); r.Len("items") != 0 {
		t.Errorf("the first grader is asked again: %s", r.Body)
	}
	task := second.Get(t, "/grading-tasks").Want(t, 200).Text("items", 0, "id")
	s.trainer.Post(t, "/grading-tasks/"+task+"/mark", map[string]any{"points": []int{9}}).WantProblem(t, 409, "other_grader_needed")
	mark(second, 9) // far from five: a third decides
	is(5000, 1)
	mark(third, 8)
	is(8000, 2)
	ask(p.Person).WantProblem(t, 409, "nothing_to_mark_again")
	e := s.trainer.Get(t, path+"/evidence").Want(t, 200)
	if e.Int("recomputed") != 8000 || e.At("agrees") != true || e.Len("items", 0, "marks") != 3 || e.Len("gradings") != 2 || e.Text("gradings", 1, "graded_by") != third.AccountID.String() {
		t.Errorf("the evidence says %s", e.Body)
	}
}

// Officials may have a person look at what the program marked, and that counts.
func TestAPersonOverrulesTheProgram(t *testing.T) {
	t.Parallel()
	s := openBoard(t)
	s.trainer.Post(t, "/question-banks/"+s.bank.String()+"/questions", exchange.Question{
		Kind: exchange.ShortText, Category: "售前", Difficulty: 1, Text: plain("How long?"), Answers: []exchange.Answer{{Text: plain("seven days"), Weight: exchange.Full}},
	}).Want(t, 201)
	p := s.sitter(t)
	path, _ := p.sits(t, s.published(t, "short", 1, nil))
	p.save(t, path, 1, 1, map[string]any{"text": "a week"}).Want(t, 200)
	if r := p.submit(t, path).Want(t, 200); r.Int("score") != 0 {
		t.Errorf("the program gives %s", r.Body)
	}
	p.Post(t, path+"/second-marking", map[string]any{"positions": []int{1}, "reason": "a week is seven days"}).WantProblem(t, 409, "nothing_to_mark_again")
	s.trainer.Post(t, path+"/second-marking", map[string]any{"positions": []int{1}, "reason": "a week is seven days"}).Want(t, 200)
	task := s.operator.Get(t, "/grading-tasks").Want(t, 200).Text("items", 0, "id")
	s.operator.Post(t, "/grading-tasks/"+task+"/mark", map[string]any{"points": []int{100}}).Want(t, 204)
	if r := p.Get(t, path).Want(t, 200); r.Int("score") != 10000 || s.Facts(t, gradedFact) != 2 {
		t.Errorf("after a person: %s", r.Body)
	}
}

// Eight people answer as they will, and one like another: a person is shown the two, and says what they make of it.
func TestLikenessIsForAPersonToJudge(t *testing.T) {
	t.Parallel()
	s := openBoard(t)
	const questions = 16
	s.fill(t, "售前", 2, questions)
	paper := s.published(t, "base", questions, nil)
	words := []string{"wrong", "worse", "worst"}
	var people []*sitter
	var attempts []string
	sit := func(n uint64) {
		random := rand.New(rand.NewPCG(n, 1))
		chosen := make([]string, questions)
		for i := range chosen {
			chosen[i] = words[random.IntN(3)]
		}
		p := s.sitter(t)
		path, form := p.sits(t, paper)
		texts := asked(form)
		for i := range questions {
			q := slices.Index(texts, form.Text("questions", i, "question", "text", "body"))
			p.save(t, path, i+1, 1, map[string]any{"choice": choiceAt(t, form, i, chosen[q])}).Want(t, 200)
		}
		people, attempts = append(people, p), append(attempts, path)
	}
	for n := range uint64(8) {
		sit(n)
	}
	sit(7) // as the one before
	s.MoveTo(t, s.Now(t).Add(20*time.Minute))
	for i, p := range people {
		p.submit(t, attempts[i]).Want(t, 200)
	}
	for range 2 { // what was compared is not compared again
		if err := s.App.Academy.Screen(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var flags *apitest.Reply
	apitest.Until(t, "the attempts are compared", func() bool { // by this test or by the sweep
		flags = s.trainer.Get(t, "/exam-flags").Want(t, 200)
		return flags.Len("items") > 0
	})
	if flags.Len("items") != 1 || flags.Text("items", 0, "kind") != "similarity" || flags.Int("items", 0, "evidence", "likeness", "same_wrong") != questions || flags.Int("items", 0, "evidence", "seconds_together") < 1199 {
		t.Fatalf("flagged: %s", flags.Body)
	}
	involved := flags.Text("items", 0, "involved", 0) + flags.Text("items", 0, "involved", 1)
	for _, p := range people[7:] {
		if !strings.Contains(involved, p.AccountID.String()) {
			t.Errorf("%s is not involved: %s", p.AccountID, flags.Body)
		}
		p.Get(t, "/exam-flags").WantProblem(t, 403, "forbidden")
	}
	path := "/exam-flags/" + flags.Text("items", 0, "id") + "/decision"
	s.trainer.Post(t, path, map[string]any{"founded": false, "reason": ""}).WantProblem(t, 422, "invalid_request")
	if r := s.trainer.Post(t, path, map[string]any{"founded": false, "reason": "sisters who learn together"}).Want(t, 200); r.At("decision", "founded") != false {
		t.Errorf("decided: %s", r.Body)
	}
	s.operator.Post(t, path, map[string]any{"founded": true, "reason": "again"}).WantProblem(t, 409, "flag_decided")
	if r := s.trainer.Get(t, "/exam-flags").Want(t, 200); r.Len("items") != 0 {
		t.Errorf("still waiting: %s", r.Body)
	}
	if r := s.trainer.Get(t, "/exam-flags?all=true").Want(t, 200); r.Text("items", 0, "decision", "reason") != "sisters who learn together" {
		t.Errorf("all: %s", r.Body)
	}
	if r := people[8].Get(t, attempts[8]).Want(t, 200); r.Text("state") != "graded" {
		t.Errorf("a flag changed the attempt: %s", r.Body)
	}
}

// A start that is repeated with its key begins nothing anew.
func TestStartIsRepeatedByItsKey(t *testing.T) {
	t.Parallel()
	s := openBoard(t)
	s.fill(t, "售前", 2, 2)
	paper := s.published(t, "base", 2, nil)
	p := s.sitter(t)
	headers := map[string]string{"Exam-Device": p.device, "Idempotency-Key": "begin"}
	first := p.Do(t, http.MethodPost, "/papers/"+paper.String()+"/attempts", nil, headers).Want(t, 201)
	again := p.Do(t, http.MethodPost, "/papers/"+paper.String()+"/attempts", nil, headers).Want(t, 201)
	if string(first.Body) != string(again.Body) || !json.Valid(first.Body) {
		t.Errorf("the repeat answers %s, first %s", again.Body, first.Body)
	}
	p.Do(t, http.MethodPost, "/papers/"+paper.String()+"/attempts", nil, nil).WantProblem(t, 422, "invalid_request") // which device?
}
