package test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/apitest"
	"peakseat/internal/app"
	"peakseat/internal/auth"
)

// brand is a market whose merchant keeps a brand pack for the shop.
type brand struct {
	*market
	keys map[string]any // by the text of a question: what is right
}

func (b *brand) path(rest string) string { return "/shops/" + b.shop.String() + "/pack" + rest }

// body is a pack that says how long a discount lasts, so that a version can say something else.
func (b *brand) body(until string) map[string]any {
	return map[string]any{
		"product_sheet": "## 主推款\n\n纯棉卫衣", "promotion_rules": "满 300 减 30，到 " + until + " 为止",
		"facts": []any{
			map[string]any{"question": "什么时候发货？", "answer": "16 点前当天发"},
			map[string]any{"question": "活动到什么时候？", "answer": until},
			map[string]any{"question": "发什么快递？", "answer": "中通"},
		},
		"forbidden_promises": []string{"明天一定到", "绝不掉色"},
		"quick_replies": []any{
			map[string]any{"when": "打招呼", "reply": "您好，在的"}, map[string]any{"when": "催发货", "reply": "马上帮您查"},
		},
	}
}

// write saves a draft with the quiz that is made of it, and gives its revision.
func (b *brand) write(t *testing.T, until string) int {
	t.Helper()
	draft := b.merchant.Get(t, b.path("/draft"))
	terms := map[string]any{"body": b.body(until), "quiz": map[string]any{"pass_percent": 80, "questions": []any{}}}
	saved := b.merchant.Do(t, http.MethodPut, b.path("/draft"), terms, etag(t, draft)).Want(t, 200)
	made := b.merchant.Get(t, b.path("/draft/proposal")).Want(t, 200)
	terms["quiz"] = map[string]any{"pass_percent": 80, "questions": made.At("items")}
	b.keys = map[string]any{}
	for i := range made.Len("items") {
		for o := range made.Len("items", i, "options") {
			if made.At("items", i, "options", o, "right") == true {
				b.keys[made.Text("items", i, "text")+made.Text("items", i, "options", o, "text")] = true
			}
		}
		for p := range made.Len("items", i, "pairs") {
			b.keys[made.Text("items", i, "pairs", p, "left")] = made.Text("items", i, "pairs", p, "right")
		}
	}
	return b.merchant.Do(t, http.MethodPut, b.path("/draft"), terms, etag(t, saved)).Want(t, 200).Int("revision")
}

func (b *brand) publish(t *testing.T, revision int, more map[string]any) *apitest.Reply {
	t.Helper()
	body := map[string]any{"revision": revision}
	maps.Copy(body, more)
	return b.merchant.Post(t, b.path("/versions"), body)
}

// pass sits the quiz in force and answers it all rightly.
func (b *brand) pass(t *testing.T, agent *apitest.Person, version int) {
	t.Helper()
	paper := agent.Get(t, b.path(fmt.Sprintf("?version=%d", version))).Want(t, 200).Text("exam", "paper_id")
	device := map[string]string{"Exam-Device": uuid.NewString()}
	form := agent.Do(t, http.MethodPost, "/papers/"+paper+"/attempts", nil, device).Want(t, 201)
	attempt := "/attempts/" + form.Text("id")
	for i := range form.Len("questions") {
		answer := b.answer(t, form, i)
		agent.Do(t, http.MethodPut, fmt.Sprintf("%s/answers/%d", attempt, form.Int("questions", i, "position")), map[string]any{"seq": 1, "answer": answer}, device).Want(t, 200)
	}
	if r := agent.Do(t, http.MethodPost, attempt+"/submission", nil, device).Want(t, 200); r.At("passed") != true {
		t.Fatalf("the quiz: %s", r.Body)
	}
}

func (b *brand) answer(t *testing.T, form *apitest.Reply, i int) map[string]any {
	t.Helper()
	for c := range form.Len("questions", i, "question", "choices") {
		if b.keys[form.Text("questions", i, "question", "text", "body")+form.Text("questions", i, "question", "choices", c, "body")] == true {
			return map[string]any{"choice": c}
		}
	}
	var pairs []int
	for l := range form.Len("questions", i, "question", "lefts") {
		for r := range form.Len("questions", i, "question", "rights") {
			if b.keys[form.Text("questions", i, "question", "lefts", l, "body")] == form.At("questions", i, "question", "rights", r) {
				pairs = append(pairs, r)
			}
		}
	}
	if pairs == nil {
		t.Fatalf("no answer to %v", form.At("questions", i))
	}
	return map[string]any{"matches": pairs}
}

func (b *brand) eligible(t *testing.T, agent *apitest.Person, shift uuid.UUID) (is bool, rule string) {
	t.Helper()
	r := agent.Get(t, "/shifts/"+shift.String()+"/eligibility").Want(t, 200)
	var ruleSb114 strings.Builder
	for i := range r.Len("rules") {
		if r.At("rules", i, "passed") == false {
			ruleSb114.WriteString(r.Text("rules", i, "rule") + " ")
		}
	}
	rule += ruleSb114.String()
	return r.At("eligible") == true, rule
}

func (b *brand) state(t *testing.T, agent *apitest.Person, shift uuid.UUID) string {
	t.Helper()
	r := agent.Get(t, "/assignments").Want(t, 200)
	for i := range r.Len("items") {
		if r.ID(t, "items", i, "shift_id") == shift {
			return r.Text("items", i, "state")
		}
	}
	return "none"
}

// J2: a pack is published and agents qualify; a new version takes eligibility for unstarted seats until it is passed, interrupts
// nobody who works, tells the merchant exactly whom it concerns, and releases what was not passed in time.
func TestANewBrandPackTakesEligibilityUntilPassed(t *testing.T) {
	t.Parallel()
	b := &brand{market: newMarket(t)}
	keen, late, idle := b.agent(t, 3), b.agent(t, 3), b.agent(t, 3)
	today := b.Now(t)
	_, first := b.book(t, b.merchant, b.shop, today.AddDate(0, 0, 3), "10:00", "14:00", 2)
	_, second := b.book(t, b.merchant, b.shop, today.AddDate(0, 0, 5), "10:00", "14:00", 3)
	at := func(shift uuid.UUID) string { return "/shifts/" + shift.String() + "/claims" }

	revision := b.write(t, "12 月 1 日")
	v1 := b.publish(t, revision, map[string]any{"note": "第一版"}).Want(t, 201)
	if v1.Int("version") != 1 || v1.Int("quiz_version") != 1 {
		t.Fatalf("published: %s", v1.Body)
	}
	b.publish(t, revision, nil).WantProblem(t, 412, "changed_meanwhile")
	apitest.Until(t, "the matcher knows version 1", func() bool { is, rule := b.eligible(t, keen, first); return !is && rule == "brand_pack " })
	r := keen.Post(t, at(first), nil).WantProblem(t, 403, "agent_not_eligible")
	if r.Int("rules", 0, "pack", "version") != 1 || r.ID(t, "rules", 0, "pack", "shop_id") != b.shop {
		t.Errorf("the refusal: %s", r.Body)
	}
	if r := keen.Get(t, "/hall").Want(t, 200); r.Len("items") != 0 {
		t.Errorf("the hall: %s", r.Body)
	}
	if r := keen.Get(t, "/me/packs").Want(t, 200); r.Len("items") != 1 || r.At("items", 0, "passed") != false || r.Int("items", 0, "open_shifts") != 2 {
		t.Errorf("my packs: %s", r.Body)
	}

	for _, agent := range []*apitest.Person{keen, late} {
		b.pass(t, agent, 0)
		apitest.Until(t, "the matcher knows the pass", func() bool { is, _ := b.eligible(t, agent, first); return is })
		for _, shift := range []uuid.UUID{first, second} {
			agent.Post(t, at(shift), nil).Want(t, 201)
		}
	}
	if r := b.merchant.Get(t, b.path("/progress")).Want(t, 200); r.Int("affected") != 0 || r.Int("holders_now") != 2 {
		t.Errorf("nobody held a seat when version 1 came: %s", r.Body)
	}

	// both work the first shift when version 2 comes
	b.MoveTo(t, startOf(t, b.merchant, first).Add(-5*time.Minute))
	for _, agent := range []*apitest.Person{keen, late} {
		id := assignmentOf(t, agent, first)
		agent.Post(t, "/assignments/"+id+"/check-in", nil).Want(t, 200)
	}
	b.MoveTo(t, startOf(t, b.merchant, first).Add(time.Hour))
	v2 := b.publish(t, b.write(t, "12 月 13 日"), map[string]any{"note": "活动延长"}).Want(t, 201)
	if v2.Int("version") != 2 {
		t.Fatalf("published: %s", v2.Body)
	}
	apitest.Until(t, "the merchant sees whom it concerns", func() bool {
		r := b.merchant.Get(t, b.path("/progress")).Want(t, 200)
		return r.Int("version") == 2 && r.Int("affected") == 2 && r.Int("waiting") == 2 && r.Int("passed") == 0 && r.Len("agents") == 2
	})
	for _, agent := range []*apitest.Person{keen, late} {
		if is, rule := b.eligible(t, agent, second); is || !strings.HasPrefix(rule, "brand_pack") {
			t.Errorf("with version 1 one is eligible %t, %q", is, rule)
		}
		if b.state(t, agent, first) != "present" || b.state(t, agent, second) != "held" {
			t.Errorf("what is held: %s, %s", b.state(t, agent, first), b.state(t, agent, second))
		}
		apitest.Until(t, "the holder is told", func() bool {
			list := agent.Get(t, "/notices").Want(t, 200)
			for i := range list.Len("items") {
				if list.Text("items", i, "kind") == "pack_quiz_due" {
					return true
				}
			}
			return false
		})
	}
	idle.Post(t, at(second), nil).WantProblem(t, 403, "agent_not_eligible")
	b.MoveTo(t, startOf(t, b.merchant, first).Add(4*time.Hour))
	for _, agent := range []*apitest.Person{keen, late} {
		agent.Post(t, "/assignments/"+assignmentOf(t, agent, first)+"/check-out", nil).Want(t, 200)
	}

	b.pass(t, keen, 0)
	apitest.Until(t, "passing gives it back", func() bool {
		_, rule := b.eligible(t, keen, second)
		return rule != "" && !strings.HasPrefix(rule, "brand_pack")
	})
	if r := b.merchant.Get(t, b.path("/progress")).Want(t, 200); r.Int("affected") != 2 || r.Int("passed") != 1 || r.Int("waiting") != 1 || r.Text("agents", 0, "agent_id") != late.AccountID.String() {
		t.Errorf("after one passed: %s", r.Body)
	}
	// an editorial version asks nothing
	if r := b.publish(t, b.write(t, "12 月 13 日（含）"), map[string]any{"editorial": true}).Want(t, 201); r.Int("version") != 3 || r.Int("quiz_version") != 2 {
		t.Errorf("an editorial version: %s", r.Body)
	}

	b.MoveTo(t, startOf(t, b.merchant, second).Add(-2*time.Hour+time.Minute))
	apitest.Until(t, "the deadline releases the other seat", func() bool { return b.state(t, late, second) == "withdrawn" })
	if s := b.state(t, keen, second); s != "held" {
		t.Errorf("who passed has %s", s)
	}
	if r := b.merchant.Get(t, b.path("/progress")).Want(t, 200); r.Int("affected") != 2 || r.Int("released") != 1 || r.Int("passed") != 1 {
		t.Errorf("after the deadline: %s", r.Body)
	}
	b.MoveTo(t, startOf(t, b.merchant, second).Add(-5*time.Minute))
	keen.Post(t, "/assignments/"+assignmentOf(t, keen, second)+"/check-in", nil).Want(t, 200)
	b.isClean(t)
}

// A trainer adds questions to the quiz of the next version, written for it and taken from a bank; the one in force stays as it was,
// and how an attempt went is told by topics in both languages.
func TestATrainerAddsToTheNextPacksQuiz(t *testing.T) {
	t.Parallel()
	b := &brand{market: newMarket(t)}
	trainer := b.operator.Invited(t, auth.Trainer)
	questions := b.path("/draft/trainer-questions")
	read := func() *apitest.Reply { return trainer.Get(t, b.path("/draft")).Want(t, 200) }
	mine := func(text string) map[string]any {
		return map[string]any{"kind": "true_false", "source": "own", "text": text, "true": true}
	}
	put := func(draft *apitest.Reply, own []any, bank ...string) *apitest.Reply {
		return trainer.Do(t, http.MethodPut, questions, map[string]any{"questions": own, "from_bank": append([]string{}, bank...)}, etag(t, draft))
	}
	put(read(), []any{}).WantProblem(t, 409, "pack_unwritten")

	bank := trainer.Post(t, "/question-banks", map[string]any{"code": "base", "name": "基础"}).Want(t, 201).Text("id")
	add := func(kind string, answers ...any) string {
		return trainer.Post(t, "/question-banks/"+bank+"/questions", map[string]any{
			"kind": kind, "category": "售前", "difficulty": 2, "text": map[string]any{"format": "plain", "body": "Ask about " + kind}, "answers": answers,
		}).Want(t, 201).Text("id")
	}
	choice := func(text string, weight int) any {
		return map[string]any{"text": map[string]any{"format": "plain", "body": text}, "weight": weight}
	}
	one, many := add("single_choice", choice("right", 100_00000), choice("wrong", 0)), add("multiple_choice", choice("a", 50_00000), choice("b", 50_00000), choice("c", 0))

	b.publish(t, b.write(t, "12 月 1 日"), nil).Want(t, 201)
	b.write(t, "12 月 13 日")
	before := read()
	if r := put(before, []any{mine("We ship abroad")}, many, uuid.NewString()).WantProblem(t, 422, "invalid_request"); r.Text("errors", 0, "code") != "not_for_packs" || r.Text("errors", 1, "code") != "unknown_question" {
		t.Errorf("what a pack cannot say: %s", r.Body)
	}
	put(before, []any{map[string]any{"kind": "single_choice", "source": "own", "text": "x"}}).WantProblem(t, 422, "invalid_request")
	r := put(before, []any{mine("We ship abroad")}, one).Want(t, 200)
	n := before.Len("quiz", "questions")
	if r.Len("quiz", "questions") != n+2 || r.Text("quiz", "questions", n, "source") != "trainer" || r.Text("quiz", "questions", n+1, "text") != "Ask about single_choice" {
		t.Fatalf("with a trainer's questions: %s", r.Body)
	}
	put(before, []any{}).WantProblem(t, 412, "changed_meanwhile")
	if list := trainer.Get(t, "/packs").Want(t, 200); list.Len("items") != 1 || list.Int("items", 0, "trainers") != 2 || list.Int("items", 0, "questions") != n+2 || list.Int("items", 0, "newest") != 1 || list.Text("items", 0, "shop_name") == "" {
		t.Errorf("the packs: %s", list.Body)
	}
	if v := b.merchant.Get(t, b.path("/versions")).Want(t, 200); v.Len("items") != 1 || v.Len("items", 0, "quiz", "questions") != n {
		t.Errorf("the version in force changed: %s", v.Body)
	}

	// the merchant leaves one of them and changes the other, which becomes the merchant's own
	draft := b.merchant.Get(t, b.path("/draft")).Want(t, 200)
	quiz := draft.At("quiz").(map[string]any)
	quiz["questions"].([]any)[n].(map[string]any)["text"] = "We ship abroad, on demand"
	terms := map[string]any{"body": draft.At("body"), "quiz": quiz}
	saved := b.merchant.Do(t, http.MethodPut, b.path("/draft"), terms, etag(t, draft)).Want(t, 200)
	if saved.Text("quiz", "questions", n, "source") != "own" || saved.Text("quiz", "questions", n+1, "source") != "trainer" {
		t.Errorf("after the merchant's change: %s", saved.Body)
	}
	v2 := b.publish(t, saved.Int("revision"), nil).Want(t, 201)
	if v2.Int("version") != 2 || v2.Len("quiz", "questions") != n+2 {
		t.Errorf("version 2: %s", v2.Body)
	}

	agent := b.agent(t, 3)
	b.book(t, b.merchant, b.shop, b.Now(t).AddDate(0, 0, 3), "10:00", "14:00", 1)
	paper := agent.Get(t, b.path("?version=2")).Want(t, 200).Text("exam", "paper_id")
	device := map[string]string{"Exam-Device": uuid.NewString()}
	form := agent.Do(t, http.MethodPost, "/papers/"+paper+"/attempts", nil, device).Want(t, 201)
	if form.Len("questions") != n+2 {
		t.Errorf("the quiz asks %d of %d", form.Len("questions"), n+2)
	}
	agent.Do(t, http.MethodPost, "/attempts/"+form.Text("id")+"/submission", nil, device).Want(t, 200)
	review := agent.Get(t, "/attempts/"+form.Text("id")+"/review").Want(t, 200)
	names := map[string]string{}
	for i := range review.Len("topics") {
		names[review.Text("topics", i, "topic")] = review.Text("topics", i, "topic_en")
	}
	if want := map[string]string{"禁止承诺": "Forbidden promises", "商品与活动": "Products and promotions", "快捷回复": "Quick replies", "补充": "The merchant's own", "培训师加题": "From trainers"}; !maps.Equal(names, want) {
		t.Errorf("the topics are %v", names)
	}
}

// Of many who publish one draft at once, one does.
func TestADraftIsPublishedOnce(t *testing.T) {
	t.Parallel()
	b := &brand{market: newMarket(t)}
	revision := b.write(t, "12 月 1 日")
	const n = 8
	statuses := make([]int, n)
	var g errgroup.Group
	for i := range n {
		g.Go(func() error {
			r, err := b.merchant.Try(t, http.MethodPost, b.path("/versions"), map[string]any{"revision": revision}, nil)
			if err == nil {
				statuses[i] = r.Status
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	counted := map[int]int{}
	for _, s := range statuses {
		counted[s]++
	}
	if counted[201] != 1 || counted[412] != n-1 {
		t.Errorf("answers: %v", counted)
	}
	if r := b.merchant.Get(t, b.path("/versions")).Want(t, 200); r.Len("items") != 1 {
		t.Errorf("versions: %s", r.Body)
	}
}

func (b *brand) isClean(t *testing.T) {
	t.Helper()
	report, err := app.Audit(t.Context(), app.Config{DatabaseURL: b.DB.URL, DataDir: t.TempDir(), UnsafeDatabase: true}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range report.Checks {
		if c.Broken > 0 {
			t.Errorf("%s: %v", c.Name, c.Examples)
		}
	}
}

func startOf(t *testing.T, merchant *apitest.Person, shift uuid.UUID) time.Time {
	t.Helper()
	r := merchant.Get(t, "/bookings").Want(t, 200)
	for i := range r.Len("items") {
		shifts := merchant.Get(t, "/bookings/"+r.Text("items", i, "id")+"/shifts").Want(t, 200)
		if shifts.ID(t, "items", 0, "id") == shift {
			at, err := time.Parse(time.RFC3339, shifts.Text("items", 0, "starts_at"))
			if err != nil {
				t.Fatal(err)
			}
			return at
		}
	}
	t.Fatal("no such shift")
	return time.Time{}
}

func assignmentOf(t *testing.T, agent *apitest.Person, shift uuid.UUID) string {
	t.Helper()
	r := agent.Get(t, "/assignments").Want(t, 200)
	for i := range r.Len("items") {
		if r.ID(t, "items", i, "shift_id") == shift {
			return r.Text("items", i, "id")
		}
	}
	t.Fatal("no assignment at the shift")
	return ""
}
