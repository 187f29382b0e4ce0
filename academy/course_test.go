package academy_test

import (
	"encoding/base64"
	"maps"
	"strings"
	"testing"

	"peakseat/internal/apitest"
	"peakseat/internal/auth"
)

// school is a marketplace with a trainer and an agent.
type school struct {
	*apitest.Stack
	operator, trainer, agent *apitest.Person
}

func openSchool(t *testing.T) *school {
	t.Helper()
	s := &school{Stack: apitest.Start(t)}
	s.operator = s.Operator(t)
	s.trainer = s.operator.Invited(t, auth.Trainer)
	s.agent = s.Agent(t)
	return s
}

func lesson(key string, more map[string]any) map[string]any {
	l := map[string]any{"key": key, "title_zh": "第一课", "title_en": "Lesson", "body_zh": "# 你好", "body_en": "# Hello", "minutes": 5}
	maps.Copy(l, more)
	return l
}

func courseBody(code string, lessons ...map[string]any) map[string]any {
	body := map[string]any{"name_zh": "入门", "name_en": "Basics", "about_zh": "从这里开始", "about_en": "Begin here", "lessons": lessons}
	if code != "" {
		body["code"] = code
	}
	return body
}

func withQuiz() map[string]any {
	option := func(text string, right bool) map[string]any {
		return map[string]any{"zh": text, "en": text, "right": right}
	}
	return map[string]any{"quiz_pass": 100, "quiz": []any{
		map[string]any{
			"kind": "single_choice", "text_zh": "先做什么？", "text_en": "What first?", "why_zh": "先问候", "why_en": "MARK greet first",
			"options": []any{option("answer", false), option("greet", true)},
		},
		map[string]any{
			"kind": "multiple_choice", "text_zh": "问什么？", "text_en": "Ask what?",
			"options": []any{option("height", true), option("weight", true), option("password", false)},
		},
	}}
}

func (s *school) course(t *testing.T, code string, lessons ...map[string]any) *apitest.Reply {
	t.Helper()
	c := s.trainer.Post(t, "/courses", courseBody(code, lessons...)).Want(t, 201)
	return s.trainer.Post(t, "/course-versions/"+c.Text("version_id")+"/publication", nil).Want(t, 200)
}

func TestAnAgentTakesACourse(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	c := s.course(t, "base_course", lesson("one", withQuiz()), lesson("two", nil))
	at := "/courses/" + c.Text("id")
	one, two := map[string]any{"lesson": "one"}, map[string]any{"lesson": "two"}

	s.agent.Post(t, at+"/lessons-done", one).WantProblem(t, 409, "not_enrolled")
	s.agent.Post(t, at+"/enrolment", nil).Want(t, 200)
	read := s.agent.Get(t, at).Want(t, 200)
	if body := string(read.Body); strings.Contains(body, `"right"`) || strings.Contains(body, "MARK") {
		t.Errorf("the keys are sent before answering: %s", body)
	}
	s.agent.Post(t, at+"/lessons-done", one).WantProblem(t, 409, "quiz_first")
	s.agent.Post(t, at+"/quiz-answers", map[string]any{"lesson": "one", "answers": [][]int{{1}}}).WantProblem(t, 422, "invalid_request")
	wrong := s.agent.Post(t, at+"/quiz-answers", map[string]any{"lesson": "one", "answers": [][]int{{1}, {0}}}).Want(t, 200)
	if wrong.At("passed") != false || wrong.Int("correct") != 1 || wrong.Text("items", 0, "why_en") != "MARK greet first" {
		t.Errorf("one of two right is %s", wrong.Body)
	}
	s.agent.Post(t, at+"/lessons-done", one).WantProblem(t, 409, "quiz_first")
	right := s.agent.Post(t, at+"/quiz-answers", map[string]any{"lesson": "one", "answers": [][]int{{1}, {1, 0}}}).Want(t, 200)
	if right.At("passed") != true {
		t.Errorf("both right is %s", right.Body)
	}
	s.agent.Put(t, at+"/place", map[string]any{"lesson": "two", "at": 250}).Want(t, 200)
	s.agent.Put(t, at+"/place", map[string]any{"lesson": "three", "at": 250}).WantProblem(t, 422, "invalid_request")
	s.agent.Post(t, at+"/lessons-done", one).Want(t, 200)
	if s.Facts(t, "peakseat.academy.course.completed.v1") != 0 {
		t.Error("the course is complete with one lesson of two")
	}
	p := s.SignIn(t, s.agent.Email).Get(t, at).Want(t, 200) // on another device
	if p.Text("progress", "place", "lesson") != "two" || p.Int("progress", "place", "at") != 250 || p.Int("progress", "lessons", 0, "quiz_tries") != 2 {
		t.Errorf("the course goes on at %v", p.At("progress"))
	}
	s.agent.Post(t, at+"/lessons-done", two).Want(t, 200)
	done := s.agent.Post(t, at+"/lessons-done", two).Want(t, 200)
	if done.Text("completed_at") == "" || s.Facts(t, "peakseat.academy.course.completed.v1") != 1 {
		t.Errorf("after the last lesson: %s", done.Body)
	}
	if list := s.trainer.Get(t, at+"/enrolments").Want(t, 200); list.Int("items", 0, "lessons_done") != 2 || list.Text("items", 0, "completed_at") == "" {
		t.Errorf("the trainer sees %s", list.Body)
	}
}

func TestPublishedCoursesNeverChange(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	draft := s.trainer.Post(t, "/courses", courseBody("base_course", lesson("one", nil))).Want(t, 201)
	at, version := "/courses/"+draft.Text("id"), "/course-versions/"+draft.Text("version_id")
	s.trainer.Post(t, "/courses", courseBody("base_course", lesson("one", nil))).WantProblem(t, 409, "course_exists")
	s.trainer.Post(t, at+"/versions", courseBody("", lesson("one", nil))).WantProblem(t, 409, "course_has_draft")
	s.agent.Get(t, at).WantProblem(t, 404, "not_found")
	s.agent.Post(t, at+"/enrolment", nil).WantProblem(t, 404, "not_found")
	if n := s.agent.Get(t, "/courses").Want(t, 200).Len("items"); n != 0 {
		t.Errorf("the agent sees %d drafts", n)
	}
	change := func(tag string) *apitest.Reply {
		return s.trainer.Do(t, "PUT", version, courseBody("", lesson("one", nil), lesson("two", nil)), map[string]string{"If-Match": tag})
	}
	change("").WantProblem(t, 428, "if_match_required")
	change(`"7"`).WantProblem(t, 412, "changed_meanwhile")
	change(s.trainer.Get(t, version).Header.Get("ETag")).Want(t, 200)
	s.trainer.Post(t, version+"/publication", nil).Want(t, 200)
	s.trainer.Post(t, version+"/publication", nil).WantProblem(t, 409, "course_published")
	change(`"2"`).WantProblem(t, 409, "course_published")

	s.agent.Post(t, at+"/enrolment", nil).Want(t, 200)
	second := s.trainer.Post(t, at+"/versions", courseBody("", lesson("three", nil))).Want(t, 201)
	s.trainer.Post(t, "/course-versions/"+second.Text("version_id")+"/publication", nil).Want(t, 200)
	if v := s.agent.Get(t, at).Want(t, 200).Int("version"); v != 1 {
		t.Errorf("who is enrolled in version 1 reads version %d", v)
	}
	if v := s.Agent(t).Get(t, at).Want(t, 200).Int("version"); v != 2 {
		t.Errorf("a newcomer reads version %d", v)
	}
	if v := s.agent.Post(t, at+"/enrolment", nil).Want(t, 200).Int("version"); v != 2 {
		t.Errorf("who enrols again is in version %d", v)
	}
}

func TestCoursesAreChecked(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	twoRight := withQuiz()
	twoRight["quiz"].([]any)[0].(map[string]any)["options"] = []any{map[string]any{"zh": "是", "en": "yes", "right": true}, map[string]any{"zh": "否", "en": "no", "right": true}}
	for name, body := range map[string]map[string]any{
		"two lessons of one key":  courseBody("c", lesson("one", nil), lesson("one", nil)),
		"two right answers":       courseBody("c", lesson("one", twoRight)),
		"a pass without a quiz":   courseBody("c", lesson("one", map[string]any{"quiz_pass": 80})),
		"a video that is no link": courseBody("c", lesson("one", map[string]any{"videos": []any{map[string]any{"url": "javascript:alert(1)", "title_zh": "看", "title_en": "see"}}})),
		"a foreign attachment":    courseBody("c", lesson("one", map[string]any{"attachments": []any{s.agent.AccountID}})),
	} {
		if r := s.trainer.Post(t, "/courses", body); r.Status != 422 {
			t.Errorf("%s answers %d: %s", name, r.Status, r.Body)
		}
	}
	c := s.trainer.Post(t, "/courses", courseBody("files", lesson("one", nil))).Want(t, 201)
	file := func(kind, content string) *apitest.Reply {
		return s.trainer.Post(t, "/courses/"+c.Text("id")+"/attachments", map[string]any{"name": "a", "media_type": kind, "content": base64.StdEncoding.EncodeToString([]byte(content))})
	}
	file("application/pdf", "<html>").WantProblem(t, 422, "invalid_request")
	file("text/plain", strings.Repeat("x", 512<<10+1)).WantProblem(t, 422, "invalid_request")
	a := file("text/csv", "size,height\nM,160").Want(t, 201)
	s.agent.Get(t, "/course-attachments/"+a.Text("id")).WantProblem(t, 404, "not_found") // nothing published shows it
	version := "/course-versions/" + c.Text("version_id")
	s.trainer.Do(t, "PUT", version, courseBody("", lesson("one", map[string]any{"attachments": []string{a.Text("id")}})), map[string]string{"If-Match": `"1"`}).Want(t, 200)
	s.trainer.Post(t, version+"/publication", nil).Want(t, 200)
	if r := s.agent.Get(t, "/course-attachments/"+a.Text("id")).Want(t, 200); r.Text("content") != base64.StdEncoding.EncodeToString([]byte("size,height\nM,160")) {
		t.Errorf("the agent reads %s", r.Body)
	}
}

func TestAPathFollowsWhatWasPassed(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	path := func(steps ...any) map[string]any {
		return map[string]any{"code": "base_agent", "name_zh": "入门", "name_en": "Basics", "about_zh": "一步一步", "about_en": "Step by step", "steps": steps}
	}
	course, paper := map[string]any{"kind": "course", "ref": "base_course"}, map[string]any{"kind": "paper", "ref": "base_exam"}
	s.trainer.Post(t, "/learning-paths", path(course)).Want(t, 201)
	if v := s.trainer.Post(t, "/learning-paths", path(course, paper)).Want(t, 201).Int("version"); v != 2 {
		t.Errorf("the second writing of a path is version %d", v)
	}
	c := s.course(t, "base_course", lesson("one", nil))
	s.agent.Post(t, "/courses/"+c.Text("id")+"/enrolment", nil).Want(t, 200)
	s.agent.Post(t, "/courses/"+c.Text("id")+"/lessons-done", map[string]any{"lesson": "one"}).Want(t, 200)
	apitest.Until(t, "the path knows of the course", func() bool { return s.agent.Get(t, "/learning-paths").Want(t, 200).Int("items", 0, "steps_done") == 1 })
	r := s.agent.Get(t, "/learning-paths").Want(t, 200)
	if r.Len("items") != 1 || r.At("items", 0, "steps", 0, "done") != true || r.At("items", 0, "steps", 1, "done") != nil {
		t.Errorf("the agent's path is %s", r.Body)
	}
	if r := s.Agent(t).Get(t, "/learning-paths").Want(t, 200); r.Int("items", 0, "steps_done") != 0 {
		t.Errorf("another agent's path is %s", r.Body)
	}
}
