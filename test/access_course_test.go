package test

import (
	"maps"
	"testing"

	"github.com/google/uuid"

	"peakseat/internal/apitest"
)

func courseBody(code bool) map[string]any {
	body := map[string]any{
		"name_zh": "入门", "name_en": "Basics", "about_zh": "从这里开始", "about_en": "Begin here",
		"lessons": []any{map[string]any{
			"key": "one", "title_zh": "第一课", "title_en": "Lesson", "body_zh": "你好", "body_en": "Hello", "minutes": 5, "quiz_pass": 100,
			"quiz": []any{map[string]any{
				"kind": "single_choice", "text_zh": "先做什么？", "text_en": "What first?",
				"options": []any{map[string]any{"zh": "问候", "en": "greet", "right": true}, map[string]any{"zh": "走开", "en": "leave"}},
			}},
		}},
	}
	if code {
		body["code"] = "c" + uuid.NewString()[:8]
	}
	return body
}

// courseDraft is a course that no agent may know of.
func (w *accessWorld) courseDraft(t *testing.T) *apitest.Reply {
	t.Helper()
	return w.trainer.Post(t, "/courses", courseBody(true)).Want(t, 201)
}

func (w *accessWorld) publishedCourse(t *testing.T) *apitest.Reply {
	t.Helper()
	return w.trainer.Post(t, "/course-versions/"+w.courseDraft(t).Text("version_id")+"/publication", nil).Want(t, 200)
}

// taken is a published course that the side's agent is in.
func (w *accessWorld) taken(t *testing.T, s *tenants) uuid.UUID {
	t.Helper()
	id := w.publishedCourse(t).ID(t, "id")
	s.people["agent"].Post(t, "/courses/"+id.String()+"/enrolment", nil).Want(t, 200)
	return id
}

// takenDrawn is such a course whose quiz is drawn from a bank.
func (w *accessWorld) takenDrawn(t *testing.T, s *tenants) uuid.UUID {
	t.Helper()
	question := questionBody()
	question["kind"], question["answers"] = "true_false", []any{map[string]any{"weight": 10000000}, map[string]any{"weight": 0}}
	bank := w.trainer.Post(t, "/question-banks", bankBody()).Want(t, 201).ID(t, "id")
	w.trainer.Post(t, "/question-banks/"+bank.String()+"/questions", question).Want(t, 201)
	body := courseBody(true)
	lesson := body["lessons"].([]any)[0].(map[string]any)
	delete(lesson, "quiz")
	lesson["draw"] = map[string]any{"bank_id": bank, "questions": 1}
	c := w.trainer.Post(t, "/courses", body).Want(t, 201)
	w.trainer.Post(t, "/course-versions/"+c.Text("version_id")+"/publication", nil).Want(t, 200)
	s.people["agent"].Post(t, "/courses/"+c.Text("id")+"/enrolment", nil).Want(t, 200)
	return c.ID(t, "id")
}

func (w *accessWorld) attachment(t *testing.T, publish bool) uuid.UUID {
	t.Helper()
	c := w.courseDraft(t)
	file := w.trainer.Post(t, "/courses/"+c.Text("id")+"/attachments", attachmentBody()).Want(t, 201).ID(t, "id")
	if publish {
		body := courseBody(false)
		lesson := maps.Clone(body["lessons"].([]any)[0].(map[string]any))
		lesson["attachments"] = []any{file}
		body["lessons"] = []any{lesson}
		w.trainer.Do(t, "PUT", "/course-versions/"+c.Text("version_id"), body, map[string]string{"If-Match": `"1"`}).Want(t, 200)
		w.trainer.Post(t, "/course-versions/"+c.Text("version_id")+"/publication", nil).Want(t, 200)
	}
	return file
}

func attachmentBody() map[string]any {
	return map[string]any{"name": "sizes", "media_type": "text/plain", "content": "eA=="}
}

func courseOperations() []operation {
	draft := func(t *testing.T, w *accessWorld, _ *tenants) uuid.UUID {
		t.Helper()
		return w.courseDraft(t).ID(t, "id")
	}
	version := func(body any, headers map[string]string) func(*testing.T, *accessWorld, *tenants, string) request {
		return func(t *testing.T, w *accessWorld, _ *tenants, _ string) request {
			t.Helper()
			return request{id: w.courseDraft(t).ID(t, "version_id"), body: body, headers: headers}
		}
	}
	taking := func(body any) func(*testing.T, *accessWorld, *tenants, string) request {
		return func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			t.Helper()
			return request{id: w.taken(t, s), body: body}
		}
	}
	published := func(t *testing.T, w *accessWorld, _ *tenants, _ string) request {
		t.Helper()
		return request{id: w.publishedCourse(t).ID(t, "id")}
	}
	return []operation{
		{op: "GET /courses", may: holders, ask: plain},
		{op: "POST /courses", may: officials, ask: func(*testing.T, *accessWorld, *tenants, string) request { return request{body: courseBody(true)} }},
		{op: "GET /courses/{id}", may: holders, ask: published, hidden: draft},
		{op: "POST /courses/{id}/versions", may: officials, ask: func(t *testing.T, w *accessWorld, s *tenants, role string) request {
			r := published(t, w, s, role)
			r.body = courseBody(false)
			return r
		}},
		{op: "GET /course-versions/{id}", may: officials, ask: version(nil, nil)},
		{op: "PUT /course-versions/{id}", may: officials, ask: version(courseBody(false), map[string]string{"If-Match": `"1"`})},
		{op: "POST /course-versions/{id}/publication", may: officials, ask: version(nil, nil)},
		{op: "POST /courses/{id}/attachments", may: officials, ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			return request{id: draft(t, w, s), body: attachmentBody()}
		}},
		{
			op: "GET /course-attachments/{id}", may: holders,
			ask: func(t *testing.T, w *accessWorld, _ *tenants, _ string) request {
				return request{id: w.attachment(t, true)}
			},
			hidden: func(t *testing.T, w *accessWorld, _ *tenants) uuid.UUID { t.Helper(); return w.attachment(t, false) },
		},
		{op: "GET /courses/{id}/enrolments", may: officials, ask: taking(nil)},
		{op: "POST /courses/{id}/enrolment", may: "agent", ask: published, hidden: draft},
		{op: "PUT /courses/{id}/place", may: "agent", ask: taking(map[string]any{"lesson": "one", "at": 5}), hidden: draft},
		{op: "GET /courses/{id}/quiz", may: "agent", hidden: draft, ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			t.Helper()
			return request{id: w.takenDrawn(t, s), query: "?lesson=one"}
		}},
		{op: "POST /courses/{id}/quiz-answers", may: "agent", ask: taking(map[string]any{"lesson": "one", "answers": [][]int{{0}}}), hidden: draft},
		{op: "POST /courses/{id}/lessons-done", may: "agent", hidden: draft, ask: func(t *testing.T, w *accessWorld, s *tenants, role string) request {
			r := taking(map[string]any{"lesson": "one"})(t, w, s, role)
			s.people["agent"].Post(t, "/courses/"+r.id.String()+"/quiz-answers", map[string]any{"lesson": "one", "answers": [][]int{{0}}}).Want(t, 200)
			return r
		}},
		{op: "GET /learning-paths", may: holders, ask: plain},
		{op: "POST /learning-paths", may: officials, ask: with(func(*accessWorld, *tenants) map[string]any {
			return map[string]any{
				"code": "p" + uuid.NewString()[:8], "name_zh": "入门", "name_en": "Basics", "about_zh": "一步一步", "about_en": "Step by step",
				"steps": []any{map[string]any{"kind": "course", "ref": "base_course"}},
			}
		})},
	}
}
