package matcher_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"peakseat/matcher"
)

// The three readers of facts (claim batch, hall, SQL over all agents) and the evaluator say the same of any agent and
// any shift; and fixing just the rules that say no makes the claim succeed.
func TestEligibilityIsOneTruth(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shops := []shopRow{m.Shop(), m.Shop()}
	// the clock stands still, on an autumn day before clocks change in London and New York
	frozen := time.Date(2026, 10, 20, 3, 17, 0, 0, time.UTC)
	m.packs(shops[1], frozen)
	m.exec(`update platform.clock set anchor_real = $1, anchor_rules = $2, rate = 1e-9`, time.Now(), frozen)
	met := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		shop := rapid.SampledFrom(shops).Draw(rt, "shop")
		shift := drawShift(rt, m, shop, frozen)
		agents := make([]uuid.UUID, 6)
		for i := range agents {
			agents[i] = drawAgent(rt, m, shop, shift)
		}
		byClaim, err := m.service.ClaimVerdicts(t.Context(), shift.ID, agents)
		if err != nil {
			rt.Fatal(err)
		}
		bySet, funnel, eligible, err := m.service.SetVerdicts(t.Context(), shift.ID)
		if err != nil {
			rt.Fatal(err)
		}
		lost := map[string]int{}
		for _, no := range bySet {
			lost[no]++
		}
		for rule, n := range funnel.Lost {
			if lost[rule] != n {
				rt.Fatalf("the funnel loses %d at %q, want %d", n, rule, lost[rule])
			}
		}
		if funnel.Eligible != lost[""] || funnel.Agents != len(bySet) || len(eligible) != lost[""] {
			rt.Fatalf("funnel %+v, %d eligible, want %d", funnel, len(eligible), lost[""])
		}
		for _, agent := range agents {
			rules, set := byClaim[agent], bySet[agent]
			if rules == nil { // blocked
				if set != "account_active" {
					rt.Fatalf("a blocked agent is lost at %q", set)
				}
				continue
			}
			own, err := m.service.ShiftEligibility(m.as(agent), shift.ID)
			if err != nil {
				rt.Fatal(err)
			}
			if !slices.EqualFunc(rules, own, sameRule) {
				rt.Fatalf("the claim says %s, the question %s", told(rules), told(own))
			}
			want := matcher.FirstNo(rules)
			if want == "own_organisation" {
				want = "account_active"
			}
			if set != want {
				rt.Fatalf("SQL says %q, the evaluator %q: %s", set, want, told(rules))
			}
			for _, r := range rules {
				if !r.Passed {
					met[r.Name]++
					fix(m, agent, shift, r)
				}
			}
			if _, err := m.service.ClaimSeat(m.as(agent), shift.ID); err != nil {
				after, _ := m.service.ShiftEligibility(m.as(agent), shift.ID)
				rt.Fatalf("after fixing %s the claim answers %v: %s", told(rules), err, told(after))
			}
		}
	})
	m.sound()
	for _, rule := range []string{
		"account_active", "own_organisation", "tag", "brand_pack", "availability", "longest_shift", "own_day_hours", "own_week_hours",
		"day_hours", "overlap", "rest_between", "rest_of_night", "least_pay", "needs",
	} {
		if met[rule] == 0 {
			t.Errorf("no agent failed %s: the test has lost its teeth", rule)
		}
	}
	t.Log(met)
}

func sameRule(a, b matcher.Rule) bool {
	av, an, ax := a.Texts()
	bv, bn, bx := b.Texts()
	return a.Name == b.Name && a.Tag == b.Tag && a.Passed == b.Passed && av == bv && an == bn && ax == bx
}

func told(rules []matcher.Rule) (s string) {
	var sSb105 strings.Builder
	for _, r := range rules {
		if value, needed, _ := r.Texts(); !r.Passed {
			fmt.Fprintf(&sSb105, "[%s %s: %s, needs %s] ", r.Name, r.Tag, value.EN, needed.EN)
		}
	}
	s += sSb105.String()
	return s
}

func drawTags() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{"channel/chat", "channel/voice", "function/presale", "industry/apparel"})
}

// drawShift makes a shift with seats for all, that may have begun, within the fortnight in which clocks change.
func drawShift(rt *rapid.T, m *market, shop shopRow, now time.Time) shiftRow {
	start := now.Truncate(time.Hour).Add(time.Duration(rapid.IntRange(-4, 32*24).Draw(rt, "start")) * 30 * time.Minute)
	length := time.Duration(rapid.IntRange(7, 24).Draw(rt, "length")) * 30 * time.Minute
	tags := rapid.SliceOfNDistinct(drawTags(), 0, 3, rapid.ID).Draw(rt, "tags")
	return m.Shift(10, ofShop(shop), at(start, length), func(s *shiftRow) {
		for _, tag := range tags {
			requires(tag, int32(rapid.IntRange(1, 3).Draw(rt, "level")))(s)
		}
		s.Pay = int64(rapid.IntRange(20, 40).Draw(rt, "pay")) * 100
	})
}

func drawAgent(rt *rapid.T, m *market, shop shopRow, shift shiftRow) uuid.UUID {
	rarely := func(label string) bool { return rapid.IntRange(0, 7).Draw(rt, label) == 0 }
	id := m.Agent(func(a *agentRow) {
		a.Zone = rapid.SampledFrom([]string{"Asia/Shanghai", "Asia/Shanghai", "America/New_York", "Europe/London", "Asia/Kolkata", "Pacific/Auckland"}).Draw(rt, "zone")
		a.Disabled = rarely("disabled")
		a.MaxDay = rapid.SampledFrom([]int{240, 480, 720, 1440}).Draw(rt, "max day")
		a.MaxWeek = rapid.SampledFrom([]int{300, 1200, 3600, 10080}).Draw(rt, "max week")
		a.Longest = rapid.SampledFrom([]int{300, 720, 720, 1440}).Draw(rt, "longest")
		a.LeastPay = int64(rapid.SampledFrom([]int{0, 0, 3000, 4000}).Draw(rt, "least pay"))
		a.Needs = rapid.SampledFrom([][]string{{}, {}, {"no_voice"}, {"screen_reader", "no_chat"}}).Draw(rt, "needs")
		for _, tag := range shift.Tags {
			if rarely("lacks") {
				continue
			}
			ends := shift.EndsAt.Add(time.Duration(rapid.SampledFrom([]int{-60, 0, 1, 90 * 24 * 60}).Draw(rt, "expiry")) * time.Minute)
			a.Tags = append(a.Tags, tagRow{tag, rapid.IntRange(1, 5).Draw(rt, "held level"), ends})
		}
		if rapid.Bool().Draw(rt, "pattern") {
			weekly := drawWeekly(rt, shift, a.Zone)
			a.Weekly = &weekly
		}
	})
	for range rapid.IntRange(0, 3).Draw(rt, "dated") {
		from := shift.StartsAt.Add(time.Duration(rapid.IntRange(-20, 20).Draw(rt, "from")) * 20 * time.Minute)
		to := from.Add(time.Duration(rapid.IntRange(1, 40).Draw(rt, "for")) * 20 * time.Minute)
		m.exec(`insert into matcher.availability values ($1, $2, $3, $4) on conflict do nothing`, id, from, to, !rarely("away"))
	}
	if passed := rapid.SampledFrom([]int{0, 1, 3, 3, 4}).Draw(rt, "passed"); passed > 0 {
		m.pass(id, shop, passed)
	}
	if rarely("member") {
		m.exec(`insert into matcher.membership values ($1, $2)`, id, shop.Merchant)
	}
	if rarely("blocked") {
		m.exec(`insert into matcher.block values ($1, $2, 'agent', $3)`, shop.Merchant, id, time.Now())
	}
	for range rapid.IntRange(0, 3).Draw(rt, "held") {
		from := shift.StartsAt.Add(time.Duration(rapid.IntRange(-90, 90).Draw(rt, "held from")) * 20 * time.Minute)
		m.hold(id, from, from.Add(time.Duration(rapid.IntRange(1, 12).Draw(rt, "held for"))*30*time.Minute))
	}
	return id
}

// packs gives a shop a pack whose quiz of version 3 is asked for: version 2 was editorial, and version 4 is to come.
func (m *market) packs(shop shopRow, now time.Time) {
	m.Helper()
	for version, quiz := range []int{1, 1, 3, 4} {
		since := now.Add(time.Duration(version-2) * time.Hour) // the third comes into force now
		m.exec(`insert into matcher.pack (shop_id, version, merchant_id, quiz_version, since, published_at) values ($1, $2, $3, $4, $5, $6)`,
			shop.ID, version+1, shop.Merchant, quiz, since, now.Add(-3*time.Hour))
	}
}

// pass notes that an agent passed the quiz of a version.
func (m *market) pass(agent uuid.UUID, shop shopRow, version int) {
	m.Helper()
	m.exec(`insert into matcher.pack_pass values ($1, $2, $3, $4, $5, $6) on conflict do nothing`, agent, shop.ID, version, shop.Merchant, newID(), time.Now())
}

// drawWeekly makes windows that often begin or end near the shift.
func drawWeekly(rt *rapid.T, shift shiftRow, zone string) string {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		rt.Fatal(err)
	}
	var windows []matcher.WeeklyWindow
	for range rapid.IntRange(0, 5).Draw(rt, "windows") {
		from := shift.StartsAt.In(loc).Add(time.Duration(rapid.IntRange(-12, 20).Draw(rt, "window")) * 30 * time.Minute)
		to := from.Add(time.Duration(rapid.IntRange(1, 47).Draw(rt, "long")) * 30 * time.Minute)
		weekday := (int(from.Weekday())+6)%7 + 1
		windows = append(windows, matcher.WeeklyWindow{Weekday: weekday, Start: from.Format("15:04"), End: to.Format("15:04")})
	}
	if windows == nil {
		return "[]"
	}
	raw, err := json.Marshal(windows)
	if err != nil {
		rt.Fatal(err)
	}
	return string(raw)
}

// hold gives the agent an assignment, where the constraints let it, as a claim would have.
func (m *market) hold(agent uuid.UUID, from, to time.Time) {
	m.Helper()
	shift := m.Shift(1, at(from, to.Sub(from)))
	_, err := m.pools.System.Pool.Exec(m.Context(), `
		with x as (
			insert into matcher.assignment (id, shift_id, seat_no, booking_id, merchant_id, agent_id, starts_at, ends_at, zone, work_day, week, minutes,
				pay_per_hour, currency, rules_version, taken_by, taken_at, near, far)
			select $1, $2, 1, $3, $4, a.agent_id, $6, $7, a.time_zone, ($6 at time zone a.time_zone)::date, date_trunc('week', $6 at time zone a.time_zone)::date,
				extract(epoch from $7 - $6) / 60, 3000, 'CNY', 1, 'claim', $6, tstzrange($6, $7 + interval '15 minutes'), tstzrange($6, $7 + interval '8 hours')
			from matcher.agent a where a.agent_id = $5
			on conflict do nothing returning *),
		d as (insert into matcher.agent_day select agent_id, work_day, minutes, 720 from x on conflict (agent_id, work_day) do update set minutes = agent_day.minutes + excluded.minutes),
		w as (insert into matcher.agent_week select agent_id, week, minutes, 3600 from x on conflict (agent_id, week) do update set minutes = agent_week.minutes + excluded.minutes),
		k as (insert into platform.idempotency select agent_id, id::text, '', 201, convert_to(id::text, 'UTF8'), $8 from x)
		update matcher.seat s set state = 'held', assignment_id = x.id from x where s.shift_id = x.shift_id`,
		newID(), shift.ID, shift.Shop.Booking, shift.Shop.Merchant, agent, from.UTC(), to.UTC(), time.Now())
	if err != nil {
		// a held day may be full: then there is no assignment, as with a claim
		m.Logf("not held: %v", err)
	}
}

// drop takes assignments away again, as releases would.
func (m *market) drop(where string, args ...any) {
	m.Helper()
	m.exec(`with gone as (update matcher.assignment x set state = 'released', ended_at = starts_at where live and `+where+` returning *),
		d as (update matcher.agent_day d set minutes = d.minutes - g.n from (select agent_id, work_day, sum(minutes) n from gone group by 1, 2) g where d.agent_id = g.agent_id and d.work_day = g.work_day),
		w as (update matcher.agent_week d set minutes = d.minutes - g.n from (select agent_id, week, sum(minutes) n from gone group by 1, 2) g where d.agent_id = g.agent_id and d.week = g.week)
		update matcher.seat s set state = 'open', assignment_id = null from gone g where s.assignment_id = g.id`, args...)
}

// fix does what the rule's next step says, and nothing more.
func fix(m *market, agent uuid.UUID, shift shiftRow, r matcher.Rule) {
	switch r.Name {
	case "account_active":
		m.exec(`update matcher.agent set disabled = false where agent_id = $1`, agent)
	case "own_organisation":
		m.exec(`delete from matcher.membership where agent_id = $1`, agent)
	case "tag":
		level := shift.Levels[slices.Index(shift.Tags, r.Tag)]
		m.exec(`insert into matcher.agent_tag values ($1, $2, $3, $4) on conflict (agent_id, tag) do update set level = excluded.level, expires_at = excluded.expires_at`,
			agent, r.Tag, level, shift.EndsAt)
	case "brand_pack":
		m.pass(agent, shift.Shop, r.Pack.Version)
	case "availability":
		m.exec(`delete from matcher.availability where agent_id = $1 and not available`, agent)
		m.exec(`insert into matcher.availability values ($1, $2, $3, true) on conflict (agent_id, starts_at, available) do update set ends_at = greatest(availability.ends_at, excluded.ends_at)`,
			agent, shift.StartsAt, shift.EndsAt)
	case "longest_shift":
		m.exec(`update matcher.agent set longest_shift_minutes = 1440 where agent_id = $1`, agent)
	case "own_day_hours":
		m.exec(`update matcher.agent set max_day_minutes = 1440 where agent_id = $1`, agent)
	case "own_week_hours":
		m.exec(`update matcher.agent set max_week_minutes = 10080 where agent_id = $1`, agent)
	case "day_hours", "week_hours":
		m.drop(`x.agent_id = $1`, agent)
	case "overlap":
		m.drop(`x.agent_id = $1 and x.starts_at < $3 and x.ends_at > $2`, agent, shift.StartsAt, shift.EndsAt)
	case "rest_between":
		m.drop(`x.agent_id = $1 and x.starts_at < $3::timestamptz + interval '15 minutes' and x.ends_at > $2::timestamptz - interval '15 minutes'`, agent, shift.StartsAt.UTC(), shift.EndsAt.UTC())
	case "rest_of_night":
		m.drop(`x.agent_id = $1 and x.starts_at < $3::timestamptz + interval '8 hours' and x.ends_at > $2::timestamptz - interval '8 hours'`, agent, shift.StartsAt.UTC(), shift.EndsAt.UTC())
	case "least_pay":
		m.exec(`update matcher.agent set least_pay = 0 where agent_id = $1`, agent)
	case "needs":
		m.exec(`update matcher.agent set needs = '{}' where agent_id = $1`, agent)
	default:
		m.Fatalf("nobody can fix %s", r.Name)
	}
}
