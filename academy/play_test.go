package academy_test

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/apitest"
	"peakseat/internal/fact"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// tell writes facts as their context would.
func (s *school) tell(t *testing.T, facts ...fact.Fact) {
	t.Helper()
	if err := postgres.InTx(t.Context(), s.DB.System, func(tx *postgres.Tx) error { return outbox.Append(tx, facts...) }); err != nil {
		t.Fatal(err)
	}
}

func (s *school) points(t *testing.T, p *apitest.Person, want int) *apitest.Reply {
	t.Helper()
	var r *apitest.Reply
	apitest.Until(t, "the points are there", func() bool { r = p.Get(t, "/play").Want(t, 200); return r.Int("points") == want })
	return r
}

func badges(r *apitest.Reply) map[string]bool {
	list := map[string]bool{}
	for i := range r.Len("badges") {
		list[r.Text("badges", i, "code")] = true
	}
	return list
}

func TestPointsFollowTheirEventsAndReverse(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	attempt := fact.AttemptGraded{AttemptID: uuid.NewString(), AgentID: s.agent.AccountID.String(), PaperID: uuid.NewString(), Code: "base_exam", Version: 1, Seq: 1, Score: 90_00, Passed: true}
	s.tell(t, attempt)
	if r := s.points(t, s.agent, 150); !badges(r)["first_exam"] || r.Int("streak_days") != 1 {
		t.Errorf("after an exam: %s", r.Body)
	}
	second := attempt // another pass of the same paper is worth nothing more
	second.AttemptID = uuid.NewString()
	s.tell(t, second, fact.CourseCompleted{AgentID: attempt.AgentID, CourseID: uuid.NewString(), Code: "base_course", Version: 1})
	s.points(t, s.agent, 250)
	attempt.Seq, attempt.Passed, attempt.Score = 2, false, 40_00 // an appeal took the first pass away; the second stands
	s.tell(t, attempt)
	second.Seq, second.Passed = 2, false
	s.tell(t, second)
	if r := s.points(t, s.agent, 100); badges(r)["first_exam"] || !badges(r)["first_course"] || r.Int("events", 0, "points") != -150 || r.Len("events") != 3 {
		t.Errorf("after the reversal: %s", r.Body)
	}
	board := s.agent.Get(t, "/leaderboard").Want(t, 200)
	if board.Len("items") != 1 || board.Int("items", 0, "points") != 100 || board.At("items", 0, "me") != true {
		t.Errorf("the board is %s", board.Body)
	}
	if n := s.Agent(t).Get(t, "/leaderboard").Want(t, 200).Len("items"); n != 0 {
		t.Errorf("who has no points is in a cohort of %d", n)
	}
}

func TestAcceptedAnswersEarnPoints(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	helper, third := s.Agent(t), s.Agent(t)
	q := s.agent.Post(t, "/peer-questions", map[string]any{"title": "千牛怎么转接？", "body": "顾客要找售后 100%"}).Want(t, 201)
	at := "/peer-questions/" + q.Text("id")
	answer := helper.Post(t, at+"/answers", map[string]any{"body": "右上角有转接按钮"}).Want(t, 201)
	better := third.Post(t, at+"/answers", map[string]any{"body": "快捷键更快"}).Want(t, 201)
	helper.Do(t, "PUT", at+"/acceptance", map[string]any{"answer_id": answer.Text("id")}, nil).WantProblem(t, 404, "not_found") // whoever asked decides
	s.agent.Put(t, at+"/acceptance", map[string]any{"answer_id": uuid.NewString()}).WantProblem(t, 422, "invalid_request")
	for range 2 {
		s.agent.Put(t, at+"/acceptance", map[string]any{"answer_id": answer.Text("id")}).Want(t, 200)
	}
	s.points(t, helper, 20)
	s.agent.Put(t, at+"/acceptance", map[string]any{"answer_id": better.Text("id")}).Want(t, 200)
	s.points(t, helper, 0)
	s.points(t, third, 20)
	if r := helper.Get(t, at).Want(t, 200); r.Text("list", 0, "id") != better.Text("id") || r.At("list", 0, "accepted") != true || r.At("list", 1, "mine") != true {
		t.Errorf("the helper reads %s", r.Body)
	}
	s.agent.Put(t, at+"/acceptance", map[string]any{}).Want(t, 200)
	s.points(t, third, 0)
	for query, want := range map[string]int{"转接": 1, "千牛 快捷键": 1, "100%": 1, "%%": 0, "微信": 0, "": 1} {
		if n := third.Get(t, "/peer-questions?q="+url.QueryEscape(query)).Want(t, 200).Len("items"); n != want {
			t.Errorf("%q finds %d questions, want %d", query, n, want)
		}
	}
	official := s.trainer.Post(t, at+"/answers", map[string]any{"body": "在培训手册第 3 页"}).Want(t, 201)
	s.trainer.Put(t, at+"/acceptance", map[string]any{"answer_id": official.Text("id")}).Want(t, 200)
	if r := third.Get(t, at).Want(t, 200); r.At("list", 0, "official") != true || r.At("list", 1, "official") != false {
		t.Errorf("an official answer: %s", r.Body)
	}
	for query, want := range map[string]int{"open=true": 0, "mine=true": 0, "": 1} {
		if n := third.Get(t, "/peer-questions?"+query).Want(t, 200).Len("items"); n != want {
			t.Errorf("%q finds %d questions, want %d", query, n, want)
		}
	}
	if n := s.trainer.Get(t, "/leaderboard?cohort="+third.Get(t, "/play").Want(t, 200).Text("cohort")).Want(t, 200).Len("items"); n != 2 {
		t.Errorf("%d stand on the board: a trainer is none of them", n)
	}
	own := s.agent.Post(t, at+"/answers", map[string]any{"body": "自己找到了"}).Want(t, 201)
	s.agent.Put(t, at+"/acceptance", map[string]any{"answer_id": own.Text("id")}).Want(t, 200)
	s.points(t, s.agent, 0) // nobody earns by accepting themselves
	s.agent.Put(t, at+"/acceptance", map[string]any{}).Want(t, 200)
	if r := s.agent.Get(t, "/peer-questions?open=true&mine=true").Want(t, 200); r.Len("items") != 1 || r.Text("items", 0, "handle") != s.agent.Get(t, "/play").Want(t, 200).Text("handle") {
		t.Errorf("my open questions: %s", r.Body)
	}
}

// What was accepted is found by its words, Chinese without spaces too, the best fit first; what was taken back is not.
func TestAcceptedAnswersAreSearched(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	helper := s.Agent(t)
	ask := func(title, body, answer string, accept bool) string {
		at := "/peer-questions/" + s.agent.Post(t, "/peer-questions", map[string]any{"title": title, "body": body}).Want(t, 201).Text("id")
		id := helper.Post(t, at+"/answers", map[string]any{"body": answer}).Want(t, 201).Text("id")
		if accept {
			s.agent.Put(t, at+"/acceptance", map[string]any{"answer_id": id}).Want(t, 200)
		}
		return at
	}
	ask("千牛怎么转接给售后同事？", "顾客要找售后", "右上角有转接按钮，选“转给同事”。", true)
	ask("运费险怎么说", "顾客问退货要不要自己付运费", "有运费险，退货后 72 小时内赔付，不用自己付。", true)
	ask("How do I hand a chat over?", "The customer asks for after-sale", "Click Transfer at the top right, then pick a COLLEAGUE.", true)
	ask("转接之后还算我的吗", "转接", "不算", false)
	taken := ask("转接快捷键", "转接", "Ctrl+T", true)
	s.agent.Put(t, taken+"/acceptance", map[string]any{}).Want(t, 200)
	for _, c := range []struct {
		query string
		found []string
	}{
		{"怎样转接售后", []string{"千牛怎么转接给售后同事？"}},
		{"退货运费谁付", []string{"运费险怎么说"}},
		{"transfer colleague", []string{"How do I hand a chat over?"}},
		{"ＴＲＡＮＳＦＥＲ", []string{"How do I hand a chat over?"}},
		{"怎么", []string{"运费险怎么说", "千牛怎么转接给售后同事？"}},
		{"售后，怎么转接？", []string{"千牛怎么转接给售后同事？"}},
		{"发票抬头", nil},
		{"100%", nil},
		{"？！", nil},
		{"", []string{"How do I hand a chat over?", "运费险怎么说", "千牛怎么转接给售后同事？"}},
	} {
		var titles []string
		for cursor := ""; ; { // a page each
			r := helper.Get(t, "/accepted-answers?limit=1&q="+url.QueryEscape(c.query)+"&cursor="+url.QueryEscape(cursor)).Want(t, 200)
			if r.Len("items") == 0 {
				break
			}
			titles = append(titles, r.Text("items", 0, "title"))
			if cursor = r.Text("next_cursor"); cursor == "" {
				break
			}
		}
		if !slices.Equal(titles, c.found) {
			t.Errorf("%q finds %q, want %q", c.query, titles, c.found)
		}
	}
}

func TestTalksHaveSeatsAndAttendance(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	starts := s.Now(t).Add(time.Hour)
	body := map[string]any{"title_zh": "双11 备战", "title_en": "Before the peak", "speaker": "方老师", "link": "https://example.com/live", "capacity": 1, "starts_at": starts, "ends_at": starts.Add(time.Hour)}
	talk := s.trainer.Post(t, "/talks", body).Want(t, 201)
	at, me := "/talks/"+talk.Text("id"), map[string]any{"agent_id": s.agent.AccountID, "attended": true}
	coming := func(p *apitest.Person, yes bool) *apitest.Reply {
		return p.Put(t, at+"/sign-up", map[string]any{"coming": yes})
	}
	other := s.Agent(t)
	coming(other, true).Want(t, 200)
	coming(s.agent, true).WantProblem(t, 409, "talk_full")
	coming(other, false).Want(t, 200)
	if r := coming(s.agent, true).Want(t, 200); r.Int("signed_up") != 1 || r.At("coming") != true {
		t.Errorf("signed up: %s", r.Body)
	}
	s.trainer.Put(t, at+"/attendance", me).WantProblem(t, 409, "talk_to_come")
	s.MoveTo(t, starts.Add(time.Minute))
	coming(s.agent, false).WantProblem(t, 409, "talk_begun")
	s.trainer.Put(t, at+"/attendance", map[string]any{"agent_id": other.AccountID, "attended": true}).WantProblem(t, 422, "invalid_request")
	for range 2 {
		s.trainer.Put(t, at+"/attendance", me).Want(t, 200)
	}
	s.points(t, s.agent, 30)
	if r := s.trainer.Get(t, at+"/guests").Want(t, 200); r.Len("items") != 1 || r.At("items", 0, "attended") != true || r.Text("items", 0, "handle") != s.agent.Get(t, "/play").Want(t, 200).Text("handle") {
		t.Errorf("the guests are %s", r.Body)
	}
	me["attended"] = false
	s.trainer.Put(t, at+"/attendance", me).Want(t, 200)
	s.points(t, s.agent, 0)
	s.trainer.Post(t, "/talks", body).WantProblem(t, 422, "invalid_request") // it would have begun
}

// N sign up for the last seat: one gets it.
func TestTheLastSeatOfATalk(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	starts := s.Now(t).Add(time.Hour)
	talk := s.trainer.Post(t, "/talks", map[string]any{"title_zh": "讲座", "title_en": "Talk", "speaker": "方老师", "link": "https://example.com", "capacity": 1, "starts_at": starts, "ends_at": starts.Add(time.Hour)}).Want(t, 201)
	const tries = 6
	answers := make(chan int, tries)
	for range tries {
		p := s.Agent(t)
		go func() {
			r, err := p.Try(t, "PUT", "/talks/"+talk.Text("id")+"/sign-up", map[string]any{"coming": true}, nil)
			if err != nil {
				answers <- 0
				return
			}
			answers <- r.Status
		}()
	}
	count := map[int]int{}
	for range tries {
		count[<-answers]++
	}
	if count[200] != 1 || count[409] != tries-1 {
		t.Errorf("the last seat is answered %v", count)
	}
}
