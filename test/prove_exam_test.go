package test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"peakseat/internal/auth"
	"peakseat/internal/provetest"
)

func TestNoSavedAnswerIsLostWhenTheProgramIsKilled(t *testing.T) {
	t.Parallel()
	proveExam(t, 40, 500*time.Millisecond, 5*time.Second)
}

// 2,000 people answer at once, each saving every five seconds, and the program is killed half way.
func TestProveExam(t *testing.T) { //nolint:paralleltest // it measures
	provetest.Need(t)
	const people, every = 2000, 5 * time.Second
	hall := proveExam(t, people, every, 40*time.Second)
	note := fmt.Sprintf("%d examinees, each saving an answer every %v over HTTP, open loop; the clients share the machine's two cores", people, every)
	before := func(s timed) bool { return s.due.Before(hall.killed.Add(-time.Second)) }
	whole := func(timed) bool { return true }
	provetest.Record(t, "exam_save_p99_undisturbed", hall.latency(0.99, before), "ms", note+"; up to a second before the kill")
	provetest.Record(t, "exam_save_p50", hall.latency(0.5, whole), "ms", note)
	provetest.Record(t, "exam_save_p99", hall.latency(0.99, whole), "ms", note+"; kill and restart included")
	provetest.Record(t, "exam_save_max", hall.latency(1, whole), "ms", note+"; kill and restart included")
	provetest.Record(t, "exam_saves", float64(len(hall.took)), "saves", "acknowledged at the first try, from the time at which they were due")
	provetest.Record(t, "exam_saves_retried", float64(hall.retried), "saves", "the program was killed half way; they were repeated until they were acknowledged")
	if !t.Failed() { // each acknowledged answer was read back
		provetest.Record(t, "exam_acknowledged_and_lost", 0, "answers", "after kill -9 of the program half way")
	}
}

const examQuestions = 20

// examHall is an exam and those who sit it.
type examHall struct {
	url     string
	http    *http.Client
	people  []*examinee
	mu      sync.Mutex
	took    []timed // saves acknowledged at the first try
	retried int
	killed  time.Time
}

// timed is how long something took from when it was due.
type timed struct {
	due  time.Time
	took time.Duration
}

// examinee is one of them, with what was acknowledged.
type examinee struct {
	seededToken
	attempt string
	seq     int
	kept    [examQuestions + 1]savedChoice
}

type savedChoice struct{ seq, choice int }

// proveExam has people sit an exam for a while; half way the program is killed.
func proveExam(t *testing.T, people int, every, lasts time.Duration) *examHall {
	t.Helper()
	dir := newInstall(t)
	tokens := dir.seeded(t, people, 10)
	addr := freeAddr(t)
	p := dir.serve(t, addr)
	h := &examHall{url: p.url, http: &http.Client{Transport: &http.Transport{MaxConnsPerHost: 256, MaxIdleConnsPerHost: 256, DisableCompression: true}}}
	t.Cleanup(h.http.CloseIdleConnections)
	paper := h.paper(t, tokensOf(tokens, auth.Trainer)[0])
	for _, token := range tokensOf(tokens, auth.Agent) {
		h.people = append(h.people, &examinee{seededToken: token})
	}
	h.all(t, func(ctx context.Context, e *examinee) error {
		var form struct {
			ID        string           `json:"id"`
			Questions []map[string]any `json:"questions"`
		}
		if err := h.call(ctx, e, http.MethodPost, "/papers/"+paper+"/attempts", nil, http.StatusCreated, &form); err != nil {
			return err
		}
		if e.attempt = form.ID; len(form.Questions) != examQuestions {
			return fmt.Errorf("a form of %d questions", len(form.Questions))
		}
		return nil
	})

	killed := make(chan struct{})
	began := time.Now()
	var crowd errgroup.Group
	for i, e := range h.people {
		crowd.Go(func() error {
			random := rand.New(rand.NewPCG(uint64(i), 1))
			first := began.Add(every * time.Duration(i) / time.Duration(len(h.people)))
			for due := first; due.Before(began.Add(lasts)); due = due.Add(every) {
				if err := h.save(t.Context(), e, due, random); err != nil {
					return err
				}
			}
			return nil
		})
	}
	crowd.Go(func() error {
		defer close(killed)
		return pauseFor(t.Context(), lasts/2)
	})
	<-killed
	h.killed = time.Now()
	p.kill()
	p = dir.serve(t, addr)
	t.Logf("the program was killed half way, and ready again in %v", p.ready)
	if err := crowd.Wait(); err != nil {
		t.Fatal(err)
	}
	h.judge(t)
	if h.retried == 0 {
		t.Error("no save was repeated: the kill hit nobody")
	}
	dir.audited(t)
	return h
}

// save saves an answer at the time at which it is due, again and again until it is acknowledged.
func (h *examHall) save(ctx context.Context, e *examinee, due time.Time, random *rand.Rand) error {
	if err := pauseFor(ctx, time.Until(due)); err != nil {
		return err
	}
	e.seq++
	position, choice := 1+random.IntN(examQuestions), random.IntN(4)
	body := map[string]any{"seq": e.seq, "answer": map[string]any{"choice": choice}}
	for tries := 1; ; tries++ {
		var ack struct{ Seq int }
		err := h.call(ctx, e, http.MethodPut, fmt.Sprintf("/attempts/%s/answers/%d", e.attempt, position), body, http.StatusOK, &ack)
		if err == nil {
			if ack.Seq != e.seq {
				return fmt.Errorf("save %d is acknowledged as %d", e.seq, ack.Seq)
			}
			e.kept[position] = savedChoice{e.seq, choice}
			h.mu.Lock()
			defer h.mu.Unlock()
			if tries > 1 {
				h.retried++
			} else {
				h.took = append(h.took, timed{due, time.Since(due)})
			}
			return nil
		}
		if ctx.Err() != nil || time.Since(due) > time.Minute {
			return err
		}
		if err := pauseFor(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
}

// judge reads every attempt back, hands it in, and looks at the score.
func (h *examHall) judge(t *testing.T) {
	t.Helper()
	began := time.Now()
	h.all(t, func(ctx context.Context, e *examinee) error {
		var back struct {
			Questions []struct {
				Position, Seq int
				Question      struct{ Choices []struct{ Body string } }
				Answer        *struct{ Choice int }
			}
		}
		path := "/attempts/" + e.attempt
		if err := h.call(ctx, e, http.MethodGet, path, nil, http.StatusOK, &back); err != nil {
			return err
		}
		right := 0
		for _, q := range back.Questions {
			kept := e.kept[q.Position]
			if q.Seq != kept.seq || kept.seq > 0 && (q.Answer == nil || q.Answer.Choice != kept.choice) {
				return fmt.Errorf("question %d: %+v was acknowledged, and %d %+v is kept", q.Position, kept, q.Seq, q.Answer)
			}
			if kept.seq > 0 && q.Question.Choices[kept.choice].Body == "right" {
				right++
			}
		}
		var done struct {
			State string
			Score int
		}
		if err := h.call(ctx, e, http.MethodPost, path+"/submission", nil, http.StatusOK, &done); err != nil {
			return err
		}
		if want := right * 10000 / examQuestions; done.State != "graded" || done.Score != want {
			return fmt.Errorf("%d right answers are %s with %d, want %d", right, done.State, done.Score, want)
		}
		return nil
	})
	t.Logf("%d attempts read back, handed in and marked in %v", len(h.people), time.Since(began).Round(time.Millisecond))
}

// paper is a published paper of four choices a question, of which one is right.
func (h *examHall) paper(t *testing.T, trainer seededToken) string {
	t.Helper()
	as := &examinee{seededToken: trainer}
	var file strings.Builder
	for i := range 2 * examQuestions {
		fmt.Fprintf(&file, "Question %d {=right ~wrong ~worse ~worst}\n\n", i)
	}
	var bank, paper struct {
		ID      string `json:"id"`
		PaperID string `json:"paper_id"`
	}
	post := func(path string, body any, want int, into any) {
		t.Helper()
		if err := h.call(t.Context(), as, http.MethodPost, path, body, want, into); err != nil {
			t.Fatal(err)
		}
	}
	post("/question-banks", map[string]any{"code": "proof", "name": "proof"}, http.StatusCreated, &bank)
	post("/question-banks/"+bank.ID+"/imports?format=gift&topic=x&difficulty=1", []byte(file.String()), http.StatusOK, nil)
	post("/papers", map[string]any{
		"code": "proof", "name_zh": "考试", "name_en": "Exam", "minutes": 60, "grace_seconds": 5, "pass_score": 8000, "max_attempts": 1, "cool_down_minutes": 0, "max_overlap": 100,
		"bank_ids": []any{bank.ID}, "blueprint": []any{map[string]any{"topic": "", "difficulty": 0, "count": examQuestions, "points": 1}},
	}, http.StatusCreated, &paper)
	post("/papers/"+paper.PaperID+"/versions/1/publication", nil, http.StatusOK, nil)
	return paper.PaperID
}

// all has everybody do something, some dozens at a time.
func (h *examHall) all(t *testing.T, do func(ctx context.Context, e *examinee) error) {
	t.Helper()
	crowd, ctx := errgroup.WithContext(t.Context())
	crowd.SetLimit(64)
	for _, e := range h.people {
		crowd.Go(func() error { return do(ctx, e) })
	}
	if err := crowd.Wait(); err != nil {
		t.Fatal(err)
	}
}

// call asks once; the device of an examinee is the account's id.
func (h *examHall) call(ctx context.Context, e *examinee, method, path string, body any, want int, into any) error {
	content, isFile := body.([]byte)
	kind := "text/plain"
	if !isFile {
		kind = "application/json"
		if body != nil {
			var err error
			if content, err = json.Marshal(body); err != nil {
				return err
			}
		}
	}
	q, err := http.NewRequestWithContext(ctx, method, h.url+"/api/v1"+path, bytes.NewReader(content))
	if err != nil {
		return err
	}
	q.Header.Set("Authorization", "Bearer "+e.Token)
	q.Header.Set("Content-Type", kind)
	q.Header.Set("Exam-Device", e.AccountID.String())
	r, err := h.http.Do(q)
	if err != nil {
		return err
	}
	defer r.Body.Close() //nolint:errcheck // it was read
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if r.StatusCode != want {
		return fmt.Errorf("%s %s answers %d, want %d: %s", method, path, r.StatusCode, want, raw)
	}
	if into != nil {
		return json.Unmarshal(raw, into)
	}
	return nil
}

// latency is the p-th part of the saves that count and were acknowledged at the first try, in milliseconds from when they were due.
func (h *examHall) latency(p float64, counts func(timed) bool) float64 {
	var list []time.Duration
	for _, one := range h.took {
		if counts(one) {
			list = append(list, one.took)
		}
	}
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return float64(list[int(p*float64(len(list)-1))].Microseconds()) / 1000
}
