package test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/apitest"
	"peakseat/internal/app"
	"peakseat/internal/auth"
	"peakseat/internal/fact"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// trialMarket is a market whose merchant allows trial seats, with a credential that takes a course and a trial.
type trialMarket struct {
	*market
	trainer, mentor, newcomer *apitest.Person
	shift                     uuid.UUID
	start                     time.Time
}

func newTrialMarket(t *testing.T) *trialMarket {
	t.Helper()
	m := &trialMarket{market: newMarket(t)}
	m.trainer = m.operator.Invited(t, auth.Trainer)
	m.operator.Post(t, "/credential-templates", map[string]any{
		"code": "presale_agent", "name_zh": "售前云客服", "name_en": "Pre-sale agent", "about_zh": "能独立接待售前咨询", "about_en": "Answers customers before they buy",
		"requirements":         []any{map[string]any{"kind": "course", "ref": "base"}, map[string]any{"kind": "trial_shift", "ref": "presale", "score": 70}},
		"renewal_requirements": []any{map[string]any{"kind": "course", "ref": "base"}},
		"grants":               []any{map[string]any{"tag": "function/presale", "level": 2}}, "valid_days": 365,
	}).Want(t, 201)
	m.mentor, m.newcomer = m.agent(t, 3), m.Agent(t)
	m.mentor.Put(t, "/profile", map[string]any{
		"max_day_minutes": 720, "max_week_minutes": 3600, "longest_shift_minutes": 720, "least_pay": cny(0), "needs": []string{}, "mentors": true,
	}).Want(t, 200)
	m.shift = m.bookTrials(t, m.Now(t).AddDate(0, 0, 3), 4)
	m.mentor.Post(t, "/shifts/"+m.shift.String()+"/claims", nil).Want(t, 201)
	return m
}

// bookTrials is a confirmed shift of an evening that allows trial seats.
func (m *trialMarket) bookTrials(t *testing.T, day time.Time, seats int) uuid.UUID {
	t.Helper()
	date := day.Format(time.DateOnly)
	booking := m.merchant.Post(t, "/bookings", map[string]any{
		"shop_id": m.shop, "title": "双11 试岗", "starts_on": date, "ends_on": date, "trial_seats_allowed": true,
		"windows":      []map[string]any{{"start": "18:00", "end": "22:00", "seats": seats}},
		"requirements": []map[string]any{{"tag": "function/presale", "level": 2}},
	}).Want(t, 201).Text("id")
	quote := m.merchant.Post(t, "/bookings/"+booking+"/quotes", nil).Want(t, 201).Text("id")
	m.merchant.Post(t, "/bookings/"+booking+"/confirmation", map[string]any{"quote_id": quote}).Want(t, 200)
	shift := m.merchant.Get(t, "/bookings/"+booking+"/shifts").Want(t, 200)
	if shift.Int("items", 0, "seats") != seats || shift.Int("items", 0, "open") != seats || shift.Int("items", 0, "trial_seats") != (seats+3)/4 {
		t.Fatalf("the shift: %s", shift.Body)
	}
	var err error
	if m.start, err = time.Parse(time.RFC3339, shift.Text("items", 0, "starts_at")); err != nil {
		t.Fatal(err)
	}
	return shift.ID(t, "items", 0, "id")
}

// ready has an agent finish the course.
func (m *trialMarket) ready(t *testing.T, agent *apitest.Person) {
	t.Helper()
	f := fact.CourseCompleted{AgentID: agent.AccountID.String(), CourseID: uuid.NewString(), Code: "base", Version: 1}
	if err := postgres.InTx(t.Context(), m.DB.System, func(tx *postgres.Tx) error { return outbox.Append(tx, f) }); err != nil {
		t.Fatal(err)
	}
	apitest.Until(t, "the matcher knows who may try out", func() bool {
		return agent.Get(t, "/shifts/"+m.shift.String()+"/eligibility?kind=trial").Want(t, 200).At("eligible") == true
	})
}

func (m *trialMarket) tryOut(t *testing.T, agent *apitest.Person) string {
	t.Helper()
	return agent.Post(t, "/shifts/"+m.shift.String()+"/claims?kind=trial", nil).Want(t, 201).Text("id")
}

// work lives the shift with those who hold an assignment of it.
func (m *trialMarket) work(t *testing.T, people ...*apitest.Person) {
	t.Helper()
	step := func(at time.Time, what string) {
		m.MoveTo(t, at)
		for _, p := range people {
			id := p.Get(t, "/assignments").Want(t, 200).Text("items", 0, "id")
			p.Post(t, "/assignments/"+id+"/"+what, nil).Want(t, 200)
		}
	}
	step(m.start.Add(-5*time.Minute), "check-in")
	step(m.start.Add(4*time.Hour), "check-out")
}

// card marks every item alike, with a quote.
func card(points int) map[string]any {
	var items []map[string]any
	for _, item := range []string{"reply_fast", "probe_need", "recommend", "shipping_facts", "follow_up"} {
		items = append(items, map[string]any{"item": item, "score": points, "quote": "客服：在的"})
	}
	return map[string]any{"items": items}
}

func (m *trialMarket) worked(t *testing.T, trial string) {
	t.Helper()
	apitest.Until(t, "the trial waits for its card", func() bool { return m.newcomer.Get(t, "/trials/"+trial).Status == 200 })
}

// A trial that fails is paid all the same, and its newcomer reads which items were not met, each with a quote.
func TestAFailedTrialIsPaidAndShowsWhy(t *testing.T) {
	t.Parallel()
	m := newTrialMarket(t)
	wallet := m.merchant.Get(t, "/wallet").Want(t, 200)
	at := "/shifts/" + m.shift.String()
	if r := m.newcomer.Get(t, at+"/eligibility?kind=trial").Want(t, 200); r.At("eligible") != false {
		t.Errorf("before the course: %s", r.Body)
	}
	m.newcomer.Post(t, at+"/claims?kind=trial", nil).WantProblem(t, 403, "agent_not_eligible")
	m.ready(t, m.newcomer)
	if r := m.newcomer.Get(t, "/hall?kind=trial").Want(t, 200); r.Len("items") != 1 || r.ID(t, "items", 0, "id") != m.shift {
		t.Errorf("the hall of trials: %s", r.Body)
	}
	m.newcomer.Post(t, at+"/claims", nil).WantProblem(t, 403, "agent_not_eligible")
	trial := m.tryOut(t, m.newcomer)
	if r := m.mentor.Get(t, "/assignments").Want(t, 200); r.Text("items", 0, "newcomer_id") != m.newcomer.AccountID.String() {
		t.Errorf("the mentor does not see the newcomer: %s", r.Body)
	}
	if r := m.merchant.Get(t, at+"/assignments").Want(t, 200); r.Len("items") != 2 || r.At("items", 1, "trial") != true {
		t.Errorf("the merchant's roster: %s", r.Body)
	}
	m.work(t, m.mentor, m.newcomer)
	m.worked(t, trial)

	assess := "/trials/" + trial + "/assessment"
	m.newcomer.Post(t, assess, card(4)).WantProblem(t, 403, "own_trial")
	m.trainer.Post(t, assess, card(4)).WantProblem(t, 409, "trial_with_mentor")
	m.agent(t, 3).Post(t, assess, card(4)).Want(t, 404)
	body := card(4)
	items := body["items"].([]map[string]any)
	items[1]["score"], items[1]["quote"] = 1, ""
	items[3]["score"], items[4]["score"] = 0, 2
	if r := m.mentor.Post(t, assess, body).Want(t, 422); r.Len("errors") != 1 {
		t.Errorf("a failed item without a quote: %s", r.Body)
	}
	items[1]["quote"] = "顾客：有推荐吗？客服：都挺好的"
	r := m.mentor.Post(t, assess, body).Want(t, 201)
	if r.Text("state") != "failed" || r.Int("assessment", "score") != 5500 || r.Len("assessment", "failed") != 3 {
		t.Errorf("assessed: %s", r.Body)
	}
	m.mentor.Post(t, assess, card(4)).WantProblem(t, 409, "trial_assessed")
	seen := m.newcomer.Get(t, "/trials/"+trial).Want(t, 200)
	if seen.Text("assessment", "failed", 0, "item") != "probe_need" || seen.Text("assessment", "failed", 0, "quote") == "" {
		t.Errorf("the newcomer reads %s", seen.Body)
	}
	apitest.Until(t, "both are paid", func() bool {
		e, mentor := m.newcomer.Get(t, "/earnings").Want(t, 200), m.mentor.Get(t, "/earnings").Want(t, 200)
		return e.Int("payable", "amount") > 0 && e.Text("lines", 0, "source") == "platform" && mentor.Int("payable", "amount") > 0
	})
	if got := m.merchant.Get(t, "/timesheets").Want(t, 200); got.Len("items") > 1 || got.Text("items", 0, "agent_id") == m.newcomer.AccountID.String() {
		t.Errorf("the merchant's timesheets: %s", got.Body)
	}
	apitest.Until(t, "what stayed unfilled has returned", func() bool {
		now := m.merchant.Get(t, "/wallet").Want(t, 200)
		return now.Int("escrow", "amount")*4 == wallet.Int("escrow", "amount") // the mentor's seat alone waits for approval
	})
	if r := m.newcomer.Get(t, "/me/tags").Want(t, 200); r.Len("items") != 0 {
		t.Errorf("a failed trial grants %s", r.Body)
	}
	m.audited(t)
}

// A card that its mentor left lying is a trainer's after 48 hours, and no longer the mentor's.
func TestALateCardGoesToATrainer(t *testing.T) {
	t.Parallel()
	m := newTrialMarket(t)
	m.ready(t, m.newcomer)
	trial := m.tryOut(t, m.newcomer)
	m.work(t, m.mentor, m.newcomer)
	m.worked(t, trial)
	if r := m.trainer.Get(t, "/trials?state=with_trainer").Want(t, 200); r.Len("items") != 0 {
		t.Errorf("the queue at once: %s", r.Body)
	}
	m.MoveTo(t, m.start.Add(4*time.Hour+48*time.Hour+time.Minute))
	if r := m.trainer.Get(t, "/trials?state=with_trainer").Want(t, 200); r.Len("items") != 1 || r.Text("items", 0, "id") != trial {
		t.Fatalf("the queue after 48 hours: %s", r.Body)
	}
	m.mentor.Post(t, "/trials/"+trial+"/assessment", card(4)).WantProblem(t, 409, "trial_with_trainer")
	if r := m.trainer.Post(t, "/trials/"+trial+"/assessment", card(3)).Want(t, 201); r.Text("state") != "passed" || r.Int("assessment", "score") != 7500 {
		t.Errorf("the trainer's card: %s", r.Body)
	}
	apitest.Until(t, "the credential grants its tag", func() bool { return m.newcomer.Get(t, "/me/tags").Want(t, 200).Len("items") == 1 })
	m.audited(t)
}

// A booking that is cancelled takes its trials along.
func TestACancelledBookingEndsItsTrials(t *testing.T) {
	t.Parallel()
	m := newTrialMarket(t)
	m.ready(t, m.newcomer)
	m.tryOut(t, m.newcomer)
	booking := m.merchant.Get(t, "/bookings").Want(t, 200).Text("items", 0, "id")
	m.merchant.Post(t, "/bookings/"+booking+"/cancellation", map[string]any{}).Want(t, 200)
	if r := m.newcomer.Get(t, "/assignments").Want(t, 200); r.Text("items", 0, "state") != "withdrawn" {
		t.Errorf("the newcomer still holds %s", r.Body)
	}
	if r := m.newcomer.Get(t, "/hall?kind=trial").Want(t, 200); r.Len("items") != 0 {
		t.Errorf("the hall still shows %s", r.Body)
	}
	m.audited(t)
}

// audited runs the audit beside the program.
func (m *market) audited(t *testing.T) {
	t.Helper()
	report, err := app.Audit(t.Context(), app.Config{DatabaseURL: m.DB.URL, DataDir: t.TempDir(), UnsafeDatabase: true}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range report.Checks {
		for _, f := range c.Examples {
			t.Errorf("audit: %s %s: %s", c.Name, f.Subject, f.Detail)
		}
	}
}
