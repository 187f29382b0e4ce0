package academy_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"peakseat/academy/marking"
	"peakseat/internal/apitest"
	"peakseat/internal/auth"
	"peakseat/internal/postgres"
)

// drawing is a lesson whose quiz is drawn from the bank.
func (s *examBoard) drawing(questions int, topics ...string) map[string]any {
	return lesson("one", map[string]any{"quiz_pass": 60, "draw": map[string]any{"bank_id": s.bank, "topics": topics, "questions": questions}})
}

// teaches is a published course of lessons, by its path.
func (s *examBoard) teaches(t *testing.T, lessons ...map[string]any) string {
	t.Helper()
	c := s.trainer.Post(t, "/courses", courseBody("c"+uuid.NewString()[:8], lessons...)).Want(t, 201)
	s.trainer.Post(t, "/course-versions/"+c.Text("version_id")+"/publication", nil).Want(t, 200)
	return "/courses/" + c.Text("id")
}

func quizAsked(form *apitest.Reply) (texts []string) {
	for i := range form.Len("questions") {
		texts = append(texts, form.Text("questions", i, "text", "body"))
	}
	return texts
}

// A quiz is drawn anew for each try and each learner, by the server, and stays the same until it is answered.
func TestALessonsQuizIsDrawnFromABank(t *testing.T) {
	t.Parallel()
	s := openBoard(t)
	s.fill(t, "售前/物流", 1, 6)
	s.fill(t, "售前", 2, 6)
	s.fill(t, "售后", 2, 20)
	at := s.teaches(t, s.drawing(5, "售前"), lesson("two", nil))
	s.agent.Get(t, at+"/quiz?lesson=one").WantProblem(t, 409, "not_enrolled")
	s.agent.Post(t, at+"/enrolment", nil).Want(t, 200)
	s.agent.Get(t, at+"/quiz?lesson=two").WantProblem(t, 404, "quiz_not_drawn")
	s.agent.Get(t, at+"/quiz?lesson=three").WantProblem(t, 422, "invalid_request")
	s.agent.Post(t, at+"/lessons-done", map[string]any{"lesson": "one"}).WantProblem(t, 409, "quiz_first")

	form := s.agent.Get(t, at+"/quiz?lesson=one").Want(t, 200)
	if again := s.agent.Get(t, at+"/quiz?lesson=one").Want(t, 200); !slices.Equal(again.Body, form.Body) || form.Len("questions") != 5 || form.Int("try") != 1 {
		t.Fatalf("asked twice: %s\n%s", form.Body, again.Body)
	}
	for _, q := range quizAsked(form) {
		if !strings.HasPrefix(q, "About 售前") {
			t.Errorf("%q is of another topic", q)
		}
	}
	other := s.Agent(t)
	other.Post(t, at+"/enrolment", nil).Want(t, 200)
	if theirs := other.Get(t, at+"/quiz?lesson=one").Want(t, 200); slices.Equal(quizAsked(theirs), quizAsked(form)) {
		t.Error("two learners are asked the same in the same order")
	}

	given := func(form *apitest.Reply, right int) []any {
		answers := make([]any, form.Len("questions"))
		for i := range answers {
			for c := range form.Len("questions", i, "choices") {
				if (form.Text("questions", i, "choices", c, "body") == "right") == (i < right) {
					answers[i] = map[string]any{"choice": c}
				}
			}
		}
		return answers
	}
	answer := func(try int, given []any) *apitest.Reply {
		return s.agent.Post(t, at+"/quiz-answers", map[string]any{"lesson": "one", "try": try, "given": given})
	}
	answer(1, given(form, 5)[:4]).WantProblem(t, 422, "invalid_request")
	answer(2, given(form, 5)).WantProblem(t, 409, "quiz_moved_on")
	answer(1, append(given(form, 5)[:4], map[string]any{"choice": 9})).WantProblem(t, 422, "invalid_request")
	r := answer(1, given(form, 2)).Want(t, 200)
	if r.Int("correct") != 2 || r.At("passed") != false || r.Len("items") != 5 {
		t.Fatalf("two of five right: %s", r.Body)
	}
	for i := range 5 {
		if form.Text("questions", i, "choices", r.Int("items", i, "key", "choice"), "body") != "right" || (r.At("items", i, "correct") == true) != (i < 2) {
			t.Errorf("the key of %d: %v", i, r.At("items", i))
		}
	}
	answer(1, given(form, 5)).WantProblem(t, 409, "quiz_moved_on") // now that the key is known
	second := s.agent.Get(t, at+"/quiz?lesson=one").Want(t, 200)
	for _, q := range quizAsked(second) {
		if slices.Contains(quizAsked(form), q) {
			t.Errorf("%q is asked again, while there are others", q)
		}
	}
	if r := answer(2, given(second, 3)).Want(t, 200); r.At("passed") != true {
		t.Errorf("three of five right: %s", r.Body)
	}
	p := s.agent.Post(t, at+"/lessons-done", map[string]any{"lesson": "one"}).Want(t, 200)
	if p.Int("lessons", 0, "quiz_tries") != 2 || p.Int("lessons", 0, "quiz_best") != 3 {
		t.Errorf("the progress: %s", p.Body)
	}
	if r := s.trainer.Get(t, "/question-banks/"+s.bank.String()+"/topics").Want(t, 200); r.Len("items") != 3 || r.Text("items", 1, "topic") != "售前/物流" || r.Int("items", 2, "questions") != 20 {
		t.Errorf("the topics: %s", r.Body)
	}
}

// Of every kind that a program marks: no key is sent before the answer, and after it the key earns all.
func TestADrawnQuizKeepsItsKeys(t *testing.T) {
	t.Parallel()
	s := openBoard(t)
	marked := 0
	for _, q := range everyKind() {
		q.Category, q.Difficulty = "售前", 1
		s.trainer.Post(t, "/question-banks/"+s.bank.String()+"/questions", q).Want(t, 201)
		if q.Kind != "open" && q.Kind != "dialogue" {
			marked++
		}
	}
	at := s.teaches(t, s.drawing(marked))
	s.agent.Post(t, at+"/enrolment", nil).Want(t, 200)
	for _, path := range []string{at, at + "/quiz?lesson=one"} {
		if r := s.agent.Get(t, path).Want(t, 200); strings.Contains(string(r.Body), "KEY") || strings.Contains(string(r.Body), "weight") {
			t.Errorf("a key is sent: %s", r.Body)
		}
	}
	var form struct {
		Try       int
		Questions []marking.Shown
	}
	s.agent.Get(t, at+"/quiz?lesson=one").Want(t, 200).Into(t, &form)
	r := s.agent.Post(t, at+"/quiz-answers", map[string]any{"lesson": "one", "try": 1, "given": make([]marking.AnswerGiven, marked)}).Want(t, 200)
	var told struct {
		Correct int
		Items   []struct {
			Key marking.AnswerGiven
			Why marking.ShownText
		}
	}
	r.Into(t, &told)
	if told.Correct != 0 || len(form.Questions) != marked || len(told.Items) != marked {
		t.Fatalf("blank answers to %d questions: %s", len(form.Questions), r.Body)
	}
	for i, q := range form.Questions {
		if key := told.Items[i]; key.Key.Blank() || len(q.Check(key.Key)) > 0 || key.Why.Body != "KEY" {
			t.Errorf("the key of %+v is %+v", q, key)
		}
	}
}

// What a published course draws from is frozen; a draft that lacks questions is refused by name.
func TestADrawnQuizIsFrozenWithItsVersion(t *testing.T) {
	t.Parallel()
	s := openBoard(t)
	s.fill(t, "售前", 2, 5)
	short := s.trainer.Post(t, "/courses", courseBody("short", s.drawing(6, "售前"))).Want(t, 201)
	version := "/course-versions/" + short.Text("version_id")
	r := s.trainer.Post(t, version+"/publication", nil).WantProblem(t, 409, "quiz_pool_short")
	if r.Text("errors", 0, "pointer") != "/lessons/0/draw/questions" || !strings.Contains(r.Text("errors", 0, "detail"), "6 questions, the bank has 5") {
		t.Errorf("the refusal: %s", r.Body)
	}
	for name, l := range map[string]map[string]any{
		"no share to pass": lesson("one", map[string]any{"draw": map[string]any{"bank_id": s.bank, "questions": 2}}),
		"no such bank":     lesson("one", map[string]any{"quiz_pass": 60, "draw": map[string]any{"bank_id": uuid.New(), "questions": 2}}),
		"two quizzes":      lesson("one", map[string]any{"quiz_pass": 60, "quiz": withQuiz()["quiz"], "draw": map[string]any{"bank_id": s.bank, "questions": 2}}),
	} {
		if r := s.trainer.Do(t, http.MethodPut, version, courseBody("", l), map[string]string{"If-Match": `"1"`}); r.Status != 422 {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
	}
	at := s.teaches(t, s.drawing(5, "售前"))
	s.agent.Post(t, at+"/enrolment", nil).Want(t, 200)
	form := s.agent.Get(t, at+"/quiz?lesson=one").Want(t, 200)
	for _, q := range s.trainer.Get(t, "/question-banks/"+s.bank.String()+"/questions").Want(t, 200).At("items").([]any) {
		s.trainer.Post(t, "/questions/"+q.(map[string]any)["id"].(string)+"/retirement", map[string]any{"reason": "old"}).Want(t, 200)
	}
	s.fill(t, "售前", 3, 9)
	if after := s.agent.Get(t, at+"/quiz?lesson=one").Want(t, 200); !slices.Equal(after.Body, form.Body) {
		t.Errorf("the form changed with the bank:\n%s\n%s", form.Body, after.Body)
	}
	trainer := auth.WithActor(t.Context(), auth.Actor{AccountID: s.trainer.AccountID, Role: auth.Trainer})
	if err := postgres.InTx(trainer, s.DB.App, func(tx *postgres.Tx) error {
		return tx.Exec(`insert into academy.quiz_pool select v.id, 'one', q.id from academy.course_version v, academy.question_version q where v.published_at is not null`).Error
	}); postgres.Constraint(err) != "course_version_published" {
		t.Errorf("a published quiz gets another question: %v", err)
	}
}
