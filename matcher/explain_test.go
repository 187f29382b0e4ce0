package matcher_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fault"
	"peakseat/matcher"
)

// why asks why an agent has no seat of a shift.
func (m *market) why(agent uuid.UUID, shift shiftRow) (matcher.Eligibility, *matcher.Standing) {
	m.Helper()
	list, standing, err := m.service.WhyNotMe(m.as(agent), shift.ID)
	if err != nil {
		m.Fatal(err)
	}
	e := matcher.Explained(list, "en")
	return e, standing
}

func TestEachRuleSaysHowFarShort(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	long := at(evening(0), 4*time.Hour)
	pattern := `[{"weekday":3,"start":"17:00","end":"21:00"}]`
	for name, c := range map[string]struct {
		rule  string
		agent func(*agentRow)
		by    int64
		unit  string
	}{
		"level":        {"tag", holding("function/presale", 1), 2, "levels"},
		"no tag":       {"tag", func(*agentRow) {}, 3, "levels"},
		"expiry":       {"tag", func(a *agentRow) { a.Tags = []tagRow{{"function/presale", 3, evening(0).Add(time.Hour)}} }, 180, "minutes"},
		"availability": {"availability", func(a *agentRow) { a.Weekly = &pattern }, 60, "minutes"},
		"length":       {"longest_shift", func(a *agentRow) { a.Longest = 200 }, 40, "minutes"},
		"day":          {"own_day_hours", func(a *agentRow) { a.MaxDay = 230 }, 10, "minutes"},
		"week":         {"own_week_hours", func(a *agentRow) { a.MaxWeek = 120 }, 120, "minutes"},
		"pay":          {"least_pay", func(a *agentRow) { a.LeastPay = 3250 }, 250, "fen"},
	} {
		shift := m.Shift(1, requires("function/presale", 3), long)
		e, standing := m.why(m.Agent(c.agent), shift)
		if e.Eligible || standing != nil {
			t.Errorf("%s: got %+v %+v", name, e, standing)
		}
		found := false
		for _, r := range e.Rules {
			if r.Passed && r.Short != nil {
				t.Errorf("%s: %s passed and is short by %+v", name, r.Rule, *r.Short)
			}
			if r.Rule == c.rule && !r.Passed {
				found = true
				if r.Short == nil || *r.Short != (matcher.Short{By: c.by, Unit: c.unit}) || r.NextStep == "" {
					t.Errorf("%s: %+v short by %+v, want %d %s", name, r, r.Short, c.by, c.unit)
				}
			}
		}
		if !found {
			t.Errorf("%s: %s did not say no: %+v", name, c.rule, e.Rules)
		}
	}
	// beside what is held
	agent := m.Agent()
	if _, err := m.service.ClaimSeat(m.as(agent), m.Shift(1, long).ID); err != nil {
		t.Fatal(err)
	}
	for rule, c := range map[string]struct {
		start time.Duration
		by    int64
	}{"overlap": {3 * time.Hour, 60}, "rest_between": {4*time.Hour + 5*time.Minute, 10}, "rest_of_night": {9 * time.Hour, 180}} {
		e, _ := m.why(agent, m.Shift(1, at(evening(0).Add(c.start), 2*time.Hour)))
		for _, r := range e.Rules {
			if r.Rule == rule && (r.Passed || r.Short == nil || *r.Short != (matcher.Short{By: c.by, Unit: "minutes"})) {
				t.Errorf("%s: %+v %+v, want %d minutes", rule, r, r.Short, c.by)
			}
		}
	}
}

// Who is eligible and was not chosen learns how far behind, against which class of agents, and nothing else of them.
func TestWhyNotMe(t *testing.T) {
	t.Parallel()
	m := tellerOf(openMarket(t))
	m.work()
	shop := m.Shop()
	shift := m.Shift(2, ofShop(shop))
	best, known, me := m.Rated(490), m.Rated(400), m.Rated(350)
	for _, agent := range []uuid.UUID{best, known, me} {
		m.lastWorked(agent, 0)
	}
	m.worked(known, shop.Merchant, 4)
	if _, s := m.why(me, shift); s == nil || s.State != "open" || s.Ranking != nil {
		t.Errorf("before the plan: %+v", s)
	}
	m.ask(forBooking(shop))
	if _, s := m.why(best, shift); s == nil || s.State != "asked" {
		t.Errorf("who has an offer: %+v", s)
	}
	e, s := m.why(me, shift)
	if !e.Eligible || s == nil || s.State != "waiting" || s.Ranking == nil {
		t.Fatalf("got %+v %+v", e, s)
	}
	// 1,000 + 400 are the last one's points, 500 mine
	if s.Ranking.ShortBy != 900 || s.Ranking.Class != "known" || s.Instead != nil {
		t.Errorf("got %+v", s.Ranking)
	}
	want := []matcher.RankingPart{{"performance", 500, 2000, true}, {"continuity", 0, 2000, true}, {"core_team", 0, 500, false}, {"fairness", 0, 600, false}}
	for i, p := range s.Ranking.Parts {
		if p != want[i] {
			t.Errorf("part %+v, want %+v", p, want[i])
		}
	}
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []uuid.UUID{best, known} {
		if strings.Contains(string(text), other.String()) {
			t.Errorf("another agent is named in %s", text)
		}
	}
	for _, agent := range []uuid.UUID{best, known} {
		if _, err := m.service.AcceptOffer(m.as(agent), m.offerTo(agent, shift).ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, s := m.why(me, shift); s == nil || s.State != "full" || s.Ranking == nil || s.Ranking.ShortBy != 900 {
		t.Errorf("when all are held: %+v", s)
	}
	if _, s := m.why(best, shift); s == nil || s.State != "held" {
		t.Errorf("who holds a seat: %+v", s)
	}
	m.exec(`insert into matcher.block (merchant_id, agent_id, by, created_at) values ($1, $2, 'merchant', $3)`, shop.Merchant, me, time.Now())
	if _, _, err := m.service.WhyNotMe(m.as(me), shift.ID); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("a blocked pair: %v", err)
	}
}

// Whom the plan chose for another shift learns that it did, and who refused that it was asked.
func TestWhyNotMeKnowsOfThePlan(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	m.work()
	shop := m.Shop()
	easy := m.Shift(1, ofShop(shop))
	hard := m.Shift(1, ofShop(shop), requires("function/presale", 1))
	able := m.Rated(450, holding("function/presale", 1))
	other := m.Rated(400)
	m.ask(forBooking(shop))
	m.offerTo(other, easy)
	if _, s := m.why(able, easy); s == nil || s.State != "waiting" || s.Instead == nil || *s.Instead != hard.ID || s.Ranking.ShortBy != 0 || s.Ranking.Class != "new" {
		t.Errorf("got %+v", s)
	}
	m.refuse(able, hard)
	if _, s := m.why(able, hard); s == nil || s.State != "open" || !s.Asked {
		t.Errorf("who refused: %+v", s)
	}
}

// Operators are told of any agent, with whom the engine chose instead, and what keeps it from asking.
func TestWhyNotThisAgent(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	m.work()
	shop := m.Shop()
	shift := m.Shift(2, ofShop(shop), requires("function/presale", 2))
	skilled := holding("function/presale", 2)
	best, known, next, short := m.Rated(490, skilled), m.Rated(400, skilled), m.Rated(350, skilled), m.Rated(500, holding("function/presale", 1))
	for _, agent := range []uuid.UUID{best, known, next, short} {
		m.lastWorked(agent, 0)
	}
	m.worked(known, shop.Merchant, 4)
	m.ask(forBooking(shop))
	why := func(agent uuid.UUID) *matcher.Explanation {
		t.Helper()
		e, err := m.service.WhyNot(t.Context(), shift.ID, agent, "en")
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	chosen := []matcher.Chosen{{best, 1900, "new"}, {known, 1400, "known"}}
	if e := why(next); !e.Eligible || e.Standing == nil || e.Standing.State != "waiting" || e.Standing.Ranking.ShortBy != 900 || e.Points != 500 || e.Barred != "" || !slices.Equal(e.Chosen, chosen) {
		t.Errorf("the next best: %+v", e)
	}
	if e := why(best); !e.Eligible || e.Standing == nil || e.Standing.State != "asked" || !slices.Equal(e.Chosen, chosen[1:]) {
		t.Errorf("who is asked: %+v", e)
	}
	e := why(short)
	if e.Eligible || e.Standing != nil || e.Points != 2000 {
		t.Errorf("who lacks a level: %+v", e)
	}
	own, _ := m.why(short, shift)
	if !slices.EqualFunc(e.Rules, own.Rules, func(a, b matcher.RuleView) bool {
		return a.Rule == b.Rule && a.Passed == b.Passed && a.Needed == b.Needed
	}) {
		t.Errorf("the operator reads %+v, the agent %+v", e.Rules, own.Rules)
	}
	m.refuse(best, shift)
	if e := why(best); e.Barred != "answered" || !e.Eligible {
		t.Errorf("who refused: %+v", e)
	}
	m.exec(`insert into matcher.block (merchant_id, agent_id, by, created_at) values ($1, $2, 'agent', $3)`, shop.Merchant, next, time.Now())
	if e := why(next); e.Barred != "blocked" {
		t.Errorf("who is blocked: %+v", e)
	}
	m.exec(`insert into matcher.membership (merchant_id, agent_id) values ($1, $2)`, shop.Merchant, known)
	if e := why(known); e.Eligible || !slices.ContainsFunc(e.Rules, func(r matcher.RuleView) bool { return r.Rule == "own_organisation" && !r.Passed }) {
		t.Errorf("a member: %+v", e)
	}
	for _, ids := range [][2]uuid.UUID{{newID(), next}, {shift.ID, newID()}} {
		if _, err := m.service.WhyNot(t.Context(), ids[0], ids[1], "en"); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("an absent id: %v", err)
		}
	}
}

func remedyOf(g *matcher.Gaps, kind string) *matcher.Remedy {
	for i := range g.Remedies {
		if g.Remedies[i].Kind == kind {
			return &g.Remedies[i]
		}
	}
	return nil
}

func TestGapsSayWhatWouldFillThem(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shop := m.Shop()
	shift := m.Shift(6, ofShop(shop), requires("function/presale", 3))
	able := holding("function/presale", 3)
	later := `[{"weekday":3,"start":"18:30","end":"23:30"}]`
	asked := m.Agent(able)
	m.Agents(1, able)
	m.Agents(3, holding("function/presale", 2))
	m.Agents(5, able, func(a *agentRow) { a.Weekly = &later })
	m.Agents(1, able, func(a *agentRow) { a.LeastPay = 3300 })
	m.Agents(1, able, func(a *agentRow) { a.LeastPay = 3600 })
	m.Offer(shift, 1, asked, time.Hour)
	m.refuse(asked, shift)

	g, err := m.service.Gaps(m.operator(), shift.ID)
	if err != nil {
		t.Fatal(err)
	}
	if *g.Free != 1 || g.Bottleneck == nil || *g.Bottleneck != (matcher.Bottleneck{Rule: "availability"}) {
		t.Errorf("free %d, bottleneck %+v", *g.Free, g.Bottleneck)
	}
	window, level, pay, agents := remedyOf(g, "window"), remedyOf(g, "level"), remedyOf(g, "pay"), remedyOf(g, "agents")
	if window == nil || !window.Enough || *window.Agents != 5 || !window.StartsAt.Equal(shift.StartsAt.Add(time.Hour)) || &g.Remedies[0] != window {
		t.Errorf("window %+v", window)
	}
	if level == nil || level.Enough || *level.Agents != 3 || level.Requirements[0] != (matcher.Requirement{Tag: "function/presale", Level: 2}) {
		t.Errorf("level %+v", level)
	}
	if pay == nil || pay.Enough || *pay.Agents != 2 || pay.PayPerHour.Amount != 3600 {
		t.Errorf("pay %+v", pay)
	}
	if agents == nil || !agents.Enough || *agents.Agents != 5 || agents.Requirements[0].Level != 3 || !agents.StartsAt.Equal(shift.StartsAt) {
		t.Errorf("agents %+v", agents)
	}

	seen, err := m.service.Gaps(m.staff(shop.Merchant), shift.ID)
	if err != nil {
		t.Fatal(err)
	}
	if seen.Free != nil || len(seen.Remedies) != len(g.Remedies) || seen.Bottleneck == nil {
		t.Errorf("a merchant sees %+v", seen)
	}
	for _, r := range seen.Remedies {
		if r.Agents != nil {
			t.Errorf("a merchant sees a number of agents: %+v", r)
		}
	}
}

// A remedy that is made does what it said.
func TestARemedyHolds(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	m.work()
	shop := m.Shop()
	shift := m.Shift(2, ofShop(shop), requires("function/presale", 2))
	m.Agents(3, holding("function/presale", 1))
	g, err := m.service.Gaps(m.operator(), shift.ID)
	if err != nil {
		t.Fatal(err)
	}
	level := remedyOf(g, "level")
	if level == nil || !level.Enough || *level.Agents != 3 || g.Bottleneck.Rule != "tag" || g.Bottleneck.Tag != "function/presale" {
		t.Fatalf("got %+v, %+v", level, g.Bottleneck)
	}
	if p := m.ask(forBooking(shop)); *p.Offers != 0 {
		t.Errorf("got %+v", p)
	}
	m.exec(`update matcher.shift set levels = '{1}' where id = $1`, shift.ID)
	if p := m.ask(forBooking(shop)); *p.Offers != 2 {
		t.Errorf("got %+v", p)
	}
	g, err = m.service.Gaps(m.operator(), shift.ID)
	if err != nil {
		t.Fatal(err)
	}
	if g.Bottleneck != nil || len(g.Remedies) != 0 {
		t.Errorf("everybody is asked, and the gaps say %+v %+v", g.Bottleneck, g.Remedies)
	}
}

// Enough are eligible, but they refused.
func TestGapsSayThatAllWereAsked(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shift := m.Shift(1)
	agent := m.Agent()
	m.Offer(shift, 1, agent, time.Hour)
	m.refuse(agent, shift)
	g, err := m.service.Gaps(m.operator(), shift.ID)
	if err != nil {
		t.Fatal(err)
	}
	if g.Bottleneck == nil || g.Bottleneck.Rule != "asked" || *g.Free != 0 {
		t.Errorf("got %+v", g)
	}
}

// Where nearly all agents are blocked, a merchant does not learn it.
func TestGapsDoNotTellAMerchantOfBlocks(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shop := m.Shop()
	shift := m.Shift(1, ofShop(shop))
	agent := m.Agent()
	m.exec(`insert into matcher.block (merchant_id, agent_id, by, created_at) values ($1, $2, 'agent', $3)`, shop.Merchant, agent, time.Now())
	seen, err := m.service.Gaps(m.staff(shop.Merchant), shift.ID)
	if err != nil {
		t.Fatal(err)
	}
	if seen.Bottleneck != nil {
		t.Errorf("a merchant sees %+v", seen.Bottleneck)
	}
}
