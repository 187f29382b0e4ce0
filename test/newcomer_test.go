package test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/apitest"
	"peakseat/internal/auth"
)

// The whole path of a newcomer, over the API and nothing else: registered, real-name data that an operator verified, a base
// course, an exam, a simulation, a paid trial beside a mentor with its card, a credential that nobody issued, its tag in force, and the first claim of a regular seat.
func TestFromANewcomerToAFirstClaim(t *testing.T) {
	t.Parallel()
	m := &trialMarket{market: newMarket(t)}
	m.trainer = m.operator.Invited(t, auth.Trainer)
	course, paper := m.baseCourse(t), m.baseExam(t)
	m.trainer.Post(t, "/scenarios", map[string]any{"script": json.RawMessage(oneCustomer)}).Want(t, 201)
	m.operator.Post(t, "/credential-templates", map[string]any{
		"code": "presale_agent", "name_zh": "售前云客服", "name_en": "Pre-sale agent", "about_zh": "能独立接待售前咨询", "about_en": "Answers customers before they buy",
		"requirements": []any{
			map[string]any{"kind": "identity", "ref": "verified"},
			map[string]any{"kind": "course", "ref": "base"},
			map[string]any{"kind": "paper", "ref": "base_exam", "score": 80},
			map[string]any{"kind": "simulation", "ref": "one_customer", "score": 70},
			map[string]any{"kind": "trial_shift", "ref": "presale", "score": 70},
		},
		"renewal_requirements": []any{map[string]any{"kind": "paper", "ref": "base_exam", "score": 80}},
		"grants":               []any{map[string]any{"tag": "function/presale", "level": 2}}, "valid_days": 365,
	}).Want(t, 201)
	m.mentor = m.agent(t, 3)
	m.mentor.Put(t, "/profile", map[string]any{
		"max_day_minutes": 720, "max_week_minutes": 3600, "longest_shift_minutes": 720, "least_pay": cny(0), "needs": []string{}, "mentors": true,
	}).Want(t, 200)
	m.shift = m.bookTrials(t, m.Now(t).AddDate(0, 0, 3), 4)
	m.mentor.Post(t, "/shifts/"+m.shift.String()+"/claims", nil).Want(t, 201)

	newcomer := m.Agent(t)
	m.newcomer = newcomer
	at := "/shifts/" + m.shift.String()
	lacks := func(want int) {
		t.Helper()
		apitest.Until(t, fmt.Sprintf("%d requirements are missing", want), func() bool {
			return newcomer.Get(t, "/me/credential-progress").Want(t, 200).Int("items", 0, "missing") == want
		})
	}
	lacks(5)
	m.proveIdentity(t)
	lacks(4)
	m.finishCourse(t, course)
	lacks(3)
	newcomer.Post(t, at+"/claims?kind=trial", nil).WantProblem(t, 403, "agent_not_eligible")
	m.passExam(t, paper)
	lacks(2)
	m.passSimulation(t)
	lacks(1)

	apitest.Until(t, "the hall shows the trial seat", func() bool {
		return newcomer.Get(t, "/hall?kind=trial").Want(t, 200).Len("items") == 1
	})
	newcomer.Post(t, at+"/claims", nil).WantProblem(t, 403, "agent_not_eligible")
	trial := m.tryOut(t, newcomer)
	m.work(t, m.mentor, newcomer)
	m.worked(t, trial)
	m.mentor.Post(t, "/trials/"+trial+"/assessment", card(4)).Want(t, 201)

	apitest.Until(t, "the tag is in force", func() bool {
		r := newcomer.Get(t, "/me/tags").Want(t, 200)
		return r.Text("items", 0, "tag") == "function/presale" && r.Int("items", 0, "level") == 2
	})
	if r := newcomer.Get(t, "/credentials").Want(t, 200); r.Len("items") != 1 || r.Text("items", 0, "state") != "valid" {
		t.Errorf("the credentials are %s", r.Body)
	}
	apitest.Until(t, "the trial is paid", func() bool { return newcomer.Get(t, "/earnings").Want(t, 200).Int("payable", "amount") > 0 })
	next := m.bookTrials(t, m.Now(t).AddDate(0, 0, 3), 1)
	first := newcomer.Post(t, "/shifts/"+next.String()+"/claims", nil).Want(t, 201)
	if first.Int("seat") != 1 || first.At("trial") != nil {
		t.Errorf("the first claim is %s", first.Body)
	}
	m.audited(t)
}

// proveIdentity has the newcomer say who they are, and an operator find it true.
func (m *trialMarket) proveIdentity(t *testing.T) {
	t.Helper()
	const number, card = "11010519900101103X", "6222021234567890128"
	given := m.newcomer.Put(t, "/me/identity", map[string]any{"name": "张伟民", "number": number, "phone": "13800138000", "bank_account": card}).Want(t, 200)
	if given.Text("state") != "given" || given.Text("number") == number {
		t.Fatalf("given: %s", given.Body)
	}
	waiting := m.operator.Get(t, "/identities").Want(t, 200)
	at := "/accounts/" + waiting.Text("items", 0, "agent_id") + "/identity"
	seen := m.operator.Post(t, at+"/reveal", map[string]any{"reason": "compared with the register"}).Want(t, 200)
	if seen.Text("number") != number || seen.Text("bank_account") != card {
		t.Fatalf("revealed: %s", seen.Body)
	}
	m.operator.Post(t, at+"/decision", map[string]any{"version": seen.Int("version"), "reason": "the register agrees"}).Want(t, 200)
	var told int
	if err := m.DB.System.Pool.QueryRow(t.Context(), `select count(*) from platform.fact where convert_from(body, 'UTF8') like any (array['%' || $1 || '%', '%' || $2 || '%', '%张伟民%'])`, number, card).Scan(&told); err != nil || told > 0 {
		t.Errorf("%d facts tell who the newcomer is: %v", told, err)
	}
}

func (m *trialMarket) baseCourse(t *testing.T) string {
	t.Helper()
	body := courseBody(false)
	body["code"] = "base"
	c := m.trainer.Post(t, "/courses", body).Want(t, 201)
	m.trainer.Post(t, "/course-versions/"+c.Text("version_id")+"/publication", nil).Want(t, 200)
	return "/courses/" + c.Text("id")
}

func (m *trialMarket) finishCourse(t *testing.T, course string) {
	t.Helper()
	m.newcomer.Post(t, course+"/enrolment", nil).Want(t, 200)
	m.newcomer.Post(t, course+"/quiz-answers", map[string]any{"lesson": "one", "answers": []any{[]int{0}}}).Want(t, 200)
	m.newcomer.Post(t, course+"/lessons-done", map[string]any{"lesson": "one"}).Want(t, 200)
}

func (m *trialMarket) baseExam(t *testing.T) string {
	t.Helper()
	bank := m.trainer.Post(t, "/question-banks", bankBody()).Want(t, 201).ID(t, "id")
	gift := "A greeting comes first. {T}\n\nShipping facts are volunteered. {T}\n"
	m.trainer.Do(t, "POST", "/question-banks/"+bank.String()+"/imports?format=gift&topic=base&difficulty=1", []byte(gift), map[string]string{"Content-Type": "text/plain"}).Want(t, 200)
	p := m.trainer.Post(t, "/papers", map[string]any{
		"code": "base_exam", "name_zh": "基础考试", "name_en": "Base exam", "minutes": 30, "grace_seconds": 5, "pass_score": 8000, "max_attempts": 2, "cool_down_minutes": 60,
		"max_overlap": 100, "bank_ids": []any{bank}, "blueprint": []any{map[string]any{"topic": "", "difficulty": 0, "count": 2, "points": 1}},
	}).Want(t, 201).Text("paper_id")
	m.trainer.Post(t, "/papers/"+p+"/versions/1/publication", nil).Want(t, 200)
	return p
}

func (m *trialMarket) passExam(t *testing.T, paper string) {
	t.Helper()
	on := map[string]string{"Exam-Device": uuid.NewString()}
	form := m.newcomer.Do(t, "POST", "/papers/"+paper+"/attempts", nil, on).Want(t, 201)
	at := "/attempts/" + form.Text("id")
	for i := range form.Len("questions") {
		m.newcomer.Do(t, "PUT", fmt.Sprintf("%s/answers/%d", at, form.Int("questions", i, "position")), map[string]any{"seq": 1, "answer": map[string]any{"truth": true}}, on).Want(t, 200)
	}
	m.newcomer.Do(t, "POST", at+"/submission", nil, on).Want(t, 200)
}

func (m *trialMarket) passSimulation(t *testing.T) {
	t.Helper()
	run := m.newcomer.Post(t, "/simulation-runs", map[string]any{"scenario": "one_customer", "language": "en"}).Want(t, 201)
	at := "/simulation-runs/" + run.Text("id")
	m.MoveTo(t, m.Now(t).Add(4*time.Second))
	m.newcomer.Post(t, at+"/replies", map[string]any{"dialogue": "one", "text": "Hi, how tall are you?"}).Want(t, 200)
	m.MoveTo(t, m.Now(t).Add(5*time.Second))
	m.newcomer.Post(t, at+"/replies", map[string]any{"dialogue": "one", "text": "Take size M."}).Want(t, 200)
	apitest.Until(t, "the simulation is scored", func() bool {
		m.newcomer.Post(t, at+"/end", nil)
		r := m.newcomer.Get(t, at).Want(t, 200)
		if r.At("score") != nil && r.At("score", "passed") != true {
			t.Fatalf("the simulation was not passed: %s", r.Body)
		}
		return r.At("score", "passed") == true
	})
}

// oneCustomer asks for a size, tells their height, and is served.
const oneCustomer = `{
	"code": "one_customer", "name": {"zh": "一位顾客", "en": "One customer"}, "about": {"zh": "问尺码", "en": "Asks for a size"}, "seconds": 120, "pass": 6000, "typing": [1, 1],
	"scoring": {"first_response": {"weight": 25, "full": 5, "zero": 60}, "answer_ratio": {"weight": 25, "target": 1200, "free": 200, "zero": 1200}, "points": {"weight": 25}, "forbidden": {"weight": 25, "each": 5000}},
	"intents": {"height": ["how tall"], "size_m": ["size m"], "promise": ["guarantee"]},
	"forbidden": [{"id": "promise", "when": {"any": ["promise"]}, "why": {"zh": "不能保证", "en": "No guarantees"}}],
	"dialogues": [{"id": "one", "customer": {"zh": "小雨", "en": "Rain"}, "begins": [0, 0], "start": "ask", "states": {
		"ask": {"say": [{"zh": ["什么码？"], "en": ["Which size?"]}], "rules": [{"when": {"any": ["height"]}, "to": "tell"}], "otherwise": {"after": 2, "to": "left"},
			"impatient": [{"after": 50, "to": "left"}]},
		"tell": {"say": [{"zh": ["160"], "en": ["160"]}], "rules": [{"when": {"any": ["size_m"]}, "to": "done"}]},
		"done": {"say": [{"zh": ["谢谢"], "en": ["Thanks"]}], "ends": "served"},
		"left": {"say": [{"zh": ["再见"], "en": ["Bye"]}], "ends": "lost"}},
		"points": [{"id": "probe", "zh": "先问身高", "en": "Ask the height first", "when": {"any": ["height"]}}, {"id": "size", "zh": "给出尺码", "en": "Name a size", "when": {"all": ["size_m"]}}]}]
}`
