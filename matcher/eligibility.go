package matcher

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fault"
	"peakseat/internal/rules"
)

// The rules of eligibility, in the order in which they are asked. A blocked pair is no rule: to it the
// shift does not exist.
const (
	ruleOpen        = "shift_open"       // until an hour before its end
	ruleAccount     = "account_active"   // not disabled
	ruleOwn         = "own_organisation" // nobody works for an organisation of their own
	ruleTag         = "tag"              // one of each required tag, at level and valid at the end
	rulePack        = "brand_pack"       // the quiz of the shop's brand pack, where it has one
	ruleAvailable   = "availability"     // weekly pattern and dated times hold the whole of it in one piece
	ruleLongest     = "longest_shift"    // the agent's own limit
	ruleOwnDay      = "own_day_hours"    // the agent's own limits
	ruleOwnWeek     = "own_week_hours"   //
	ruleDay         = "day_hours"        // the platform's
	ruleWeek        = "week_hours"       //
	ruleOverlap     = "overlap"          // with another assignment, whoever the merchant is
	ruleRestBetween = "rest_between"     // 15 minutes between two shifts
	ruleRestOfNight = "rest_of_night"    // 8 hours between shifts of two work days
	rulePay         = "least_pay"        // the agent's own limit
	ruleNeeds       = "needs"            // no_voice and its like
)

// Rule is one rule of eligibility, asked of one agent and one shift.
type Rule struct {
	Name   string
	Tag    string      // of a tag rule
	Pack   *PackNeeded // of a pack rule
	Passed bool
	short  Short // of one that says no, where that is a number
	texts  func() (value, needed, next fault.Text)
}

// Short is how far an agent is short of a rule, and in what.
type Short struct {
	By   int64  `json:"by"`
	Unit string `json:"unit" enum:"levels,minutes,fen" doc:"fen per hour"`
}

func shortMinutes(n int) Short { return Short{int64(n), "minutes"} }

// Texts are what the agent has, what the shift needs, and what to do next, for people. Next is
// empty where the rule passed.
func (r Rule) Texts() (value, needed, next fault.Text) {
	value, needed, next = r.texts()
	if r.Passed {
		next = fault.Text{}
	}
	return value, needed, next
}

// agentFacts is all that the rules ask of an agent.
type agentFacts struct {
	id          uuid.UUID
	zone        *time.Location
	disabled    bool
	maxDay      int // own limits, in minutes
	maxWeek     int
	longest     int
	leastPay    int64 // per hour, minor units
	needs       []string
	anyTime     bool         // no weekly pattern
	weekly      []minuteSpan // else minutes of the local week from Monday on, merged, ascending
	more, less  []stretch    // dated availability
	tags        map[string]heldTag
	packs       map[uuid.UUID]int // by shop, the newest version of its pack whose quiz was passed
	paths       []trialPath       // read for trial seats only
	held        []heldSeat        // live assignments, at least those within a day and a night of the shift
	offers      []heldOffer       // live offers
	dayMinutes  func(d Date) int  // assigned minutes of a work day
	weekMinutes func(monday Date) int
}

// shiftFacts is all that the rules ask of a shift; own is about the agent and it. With trial the rules are those of its trial seats.
type shiftFacts struct {
	id, booking, merchant uuid.UUID
	shop                  uuid.UUID
	startsAt, endsAt      time.Time
	pay                   int64
	currency              string
	tags                  []Requirement
	pack                  int // version of the shop's pack whose quiz must have been passed; 0: none
	state                 string
	zone                  *time.Location // the shop's
	book                  rules.Book
	own                   bool
	trial                 *trialSeats
}

type (
	minuteSpan struct{ from, to int }
	stretch    struct{ from, to time.Time }
	heldTag    struct {
		level     int
		expiresAt time.Time
	}
	heldSeat struct {
		stretch
		id      uuid.UUID
		workDay Date
	}
	heldOffer struct {
		stretch
		id, shift uuid.UUID
		seat      int
		expiresAt time.Time
	}
)

// taking is what the agent would hold of the shift if it were taken now: the whole of it before its
// start, and what is left of it after.
func (s *shiftFacts) taking(now time.Time) stretch {
	from := s.startsAt
	if now.After(from) {
		from = now
	}
	return stretch{from, s.endsAt}
}

// takeable tells whether seats of the shift may still change hands.
func (s *shiftFacts) takeable(now time.Time) bool {
	return s.state == shiftOpen && !now.After(s.takeUntil())
}

// takeUntil is the last moment in which a seat may be taken: a trial is of a whole shift.
func (s *shiftFacts) takeUntil() time.Time {
	if s.trial != nil {
		return s.startsAt
	}
	return s.endsAt.Add(-s.book.Seats.TakeUntil)
}

const shiftOpen = "open"

// minutes of a stretch, begun ones included.
func (t stretch) minutes() int {
	return int((t.to.Sub(t.from) + time.Minute - 1) / time.Minute)
}

func (t stretch) overlaps(o stretch) bool { return t.from.Before(o.to) && o.from.Before(t.to) }

// gap is the time between two stretches that do not overlap.
func (t stretch) gap(o stretch) time.Duration {
	return max(t.from.Sub(o.to), o.from.Sub(t.to))
}

// near tells whether less than rest lies between two stretches.
func (t stretch) near(o stretch, rest time.Duration) bool {
	return t.from.Before(o.to.Add(rest)) && o.from.Before(t.to.Add(rest))
}

// weekOf is the Monday of the date's ISO week.
func weekOf(d Date) Date { return d.Add(-weekdayOf(d)) }

// weekdayOf counts from Monday, 0.
func weekdayOf(d Date) int {
	return (int(d.At(0, time.UTC).Weekday()) + 6) % 7
}

// eligible tells whether every rule passes.
func eligible(a *agentFacts, s *shiftFacts, now time.Time) bool {
	return walk(a, s, now, func(r Rule) bool { return r.Passed })
}

// evaluate asks every rule.
func evaluate(a *agentFacts, s *shiftFacts, now time.Time) []Rule {
	list := make([]Rule, 0, 15+len(s.tags))
	walk(a, s, now, func(r Rule) bool {
		list = append(list, r)
		return true
	})
	return list
}

// failed are the rules that say no.
func failed(list []Rule) []Rule {
	return slices.DeleteFunc(slices.Clone(list), func(r Rule) bool { return r.Passed })
}

// walk asks the rules in order, as long as visit says so, and tells whether it came to the end. It is
// the one place that knows them; selectFunnel says the same of many agents in SQL, and a test holds the two together.
func walk(a *agentFacts, s *shiftFacts, now time.Time, visit func(Rule) bool) bool {
	t := s.taking(now)
	minutes := t.minutes()
	workDay := DateOf(t.from.In(a.zone))
	day, week := a.dayMinutes(workDay), a.weekMinutes(weekOf(workDay))
	dayCap, weekCap := int(s.book.Hours.DayCap/time.Minute), int(s.book.Hours.WeekCap/time.Minute)

	if !visit(Rule{Name: ruleOpen, Passed: s.takeable(now), texts: func() (fault.Text, fault.Text, fault.Text) {
		last := clockText(s.takeUntil(), a.zone)
		return stateText(s.state), fault.Text{ZH: "开放，" + last + " 前", EN: "open, until " + last},
			fault.Text{ZH: "看看大厅里的其他班次。", EN: "Look for another shift in the hall."}
	}}) {
		return false
	}
	if !visit(Rule{Name: ruleAccount, Passed: !a.disabled, texts: func() (fault.Text, fault.Text, fault.Text) {
		value := fault.Text{ZH: "正常", EN: "active"}
		if a.disabled {
			value = fault.Text{ZH: "已停用", EN: "disabled"}
		}
		return value, fault.Text{ZH: "正常", EN: "active"}, fault.Text{ZH: "联系平台运营。", EN: "Contact the platform."}
	}}) {
		return false
	}
	if !visit(Rule{Name: ruleOwn, Passed: !s.own, texts: func() (fault.Text, fault.Text, fault.Text) {
		value := fault.Text{ZH: "不是成员", EN: "not a member"}
		if s.own {
			value = fault.Text{ZH: "你是这个商家的成员", EN: "you are a member of this merchant"}
		}
		return value, fault.Text{ZH: "不是成员", EN: "not a member"},
			fault.Text{ZH: "不能为自己的组织上班，请选择其他商家的班次。", EN: "Nobody works for an organisation of their own; choose another merchant's shift."}
	}}) {
		return false
	}
	if s.trial != nil {
		if !walkTrial(a, s, t.to, visit) {
			return false
		}
	} else {
		for _, required := range s.tags {
			if !visit(tagRule(a, required, t.to)) {
				return false
			}
		}
	}
	if s.pack > 0 && !visit(packRule(a, s)) {
		return false
	}
	free := a.freeMinutes(t)
	if !visit(Rule{Name: ruleAvailable, Passed: free >= a.wallMinutes(t), short: shortMinutes(a.wallMinutes(t) - free), texts: func() (fault.Text, fault.Text, fault.Text) {
		return fault.Text{ZH: "其中 " + hoursText(free).ZH + "有空", EN: "free for " + hoursText(free).EN + " of it"},
			stretchText(t, a.zone), fault.Text{ZH: "修改你的可上班时间，让它完整包含这个班次。", EN: "Change your availability so that it holds the whole shift."}
	}}) {
		return false
	}
	for _, limit := range []struct {
		rule         string
		is, most     int
		zhNext, next string
	}{
		{ruleLongest, minutes, a.longest, "调高你的单班最长时间，或选择更短的班次。", "Raise your longest shift, or choose a shorter one."},
		{ruleOwnDay, day + minutes, a.maxDay, "调高你的每日工时上限，或释放当天的另一个班次。", "Raise your hours per day, or release another shift of that day."},
		{ruleOwnWeek, week + minutes, a.maxWeek, "调高你的每周工时上限，或释放当周的另一个班次。", "Raise your hours per week, or release another shift of that week."},
		{ruleDay, day + minutes, dayCap, "平台的每日上限不能超过；释放当天的另一个班次。", "The platform's hours per day are fixed; release another shift of that day."},
		{ruleWeek, week + minutes, weekCap, "平台的每周上限不能超过；释放当周的另一个班次。", "The platform's hours per week are fixed; release another shift of that week."},
	} {
		if !visit(Rule{Name: limit.rule, Passed: limit.is <= limit.most, short: shortMinutes(limit.is - limit.most), texts: func() (fault.Text, fault.Text, fault.Text) {
			most := hoursText(limit.most)
			return hoursText(limit.is), fault.Text{ZH: "最多 " + most.ZH, EN: "at most " + most.EN},
				fault.Text{ZH: limit.zhNext, EN: limit.next}
		}}) {
			return false
		}
	}
	if !walkHeld(a, s, t, workDay, visit) {
		return false
	}
	if !visit(Rule{Name: rulePay, Passed: s.pay >= a.leastPay, short: Short{a.leastPay - s.pay, "fen"}, texts: func() (fault.Text, fault.Text, fault.Text) {
		return payText(s.pay), fault.Text{ZH: "至少 " + payText(a.leastPay).ZH, EN: "at least " + payText(a.leastPay).EN},
			fault.Text{ZH: "调低你的最低时薪。", EN: "Lower your least pay."}
	}}) {
		return false
	}
	against := a.needAgainst(s)
	return visit(Rule{Name: ruleNeeds, Passed: against == "", texts: func() (fault.Text, fault.Text, fault.Text) {
		if against == "" {
			return fault.Text{ZH: "没有冲突", EN: "no conflict"}, fault.Text{ZH: "没有冲突", EN: "no conflict"}, fault.Text{}
		}
		channel := channelBarredBy(against)
		return fault.Text{ZH: against, EN: against}, fault.Text{ZH: "需要 " + channel, EN: "requires " + channel},
			fault.Text{ZH: "选择不需要它的班次，或修改你申报的需求。", EN: "Choose a shift without it, or change the needs you declared."}
	}})
}

// walkHeld asks the three rules about other assignments.
func walkHeld(a *agentFacts, s *shiftFacts, t stretch, workDay Date, visit func(Rule) bool) bool {
	between, night := s.book.Hours.RestBetween, s.book.Hours.RestOfNight
	var overlap *heldSeat
	leastBetween, leastNight := time.Duration(-1), time.Duration(-1)
	for i := range a.held {
		h := &a.held[i]
		if t.overlaps(h.stretch) {
			if overlap == nil || h.from.Before(overlap.from) {
				overlap = h
			}
			continue
		}
		gap := t.gap(h.stretch)
		if gap > night {
			continue // not near; not every reader of facts reads so far
		}
		if leastBetween < 0 || gap < leastBetween {
			leastBetween = gap
		}
		if h.workDay != workDay && (leastNight < 0 || gap < leastNight) {
			leastNight = gap
		}
	}
	over := Short{}
	if overlap != nil {
		over = shortMinutes(cutTo(overlap.stretch, t).minutes())
	}
	if !visit(Rule{Name: ruleOverlap, Passed: overlap == nil, short: over, texts: func() (fault.Text, fault.Text, fault.Text) {
		free := fault.Text{ZH: "没有重叠", EN: "no overlap"}
		if overlap == nil {
			return free, free, fault.Text{}
		}
		other := stretchText(overlap.stretch, a.zone)
		return fault.Text{ZH: "你已有 " + other.ZH, EN: "you hold " + other.EN}, free,
			fault.Text{ZH: "先释放那个班次。", EN: "Release that shift first."}
	}}) {
		return false
	}
	for _, rest := range []struct {
		rule        string
		least, need time.Duration
	}{{ruleRestBetween, leastBetween, between}, {ruleRestOfNight, leastNight, night}} {
		if !visit(Rule{Name: rest.rule, Passed: rest.least < 0 || rest.least >= rest.need, short: shortMinutes(int((rest.need - rest.least + time.Minute - 1) / time.Minute)), texts: func() (fault.Text, fault.Text, fault.Text) {
			need := hoursText(int(rest.need / time.Minute))
			value := fault.Text{ZH: "附近没有其他班次", EN: "no other shift near"}
			if rest.least >= 0 {
				is := hoursText(int(rest.least / time.Minute))
				value = fault.Text{ZH: "休息 " + is.ZH, EN: is.EN + " rest"}
			}
			return value, fault.Text{ZH: "至少 " + need.ZH, EN: "at least " + need.EN},
				fault.Text{ZH: "选择离你已有班次更远的班次，或先释放那个班次。", EN: "Choose a shift farther from the one you hold, or release that one first."}
		}}) {
			return false
		}
	}
	return true
}

func tagRule(a *agentFacts, required Requirement, until time.Time) Rule {
	has, holds := a.tags[required.Tag]
	valid := !has.expiresAt.Before(until)
	short := Short{int64(required.Level - has.level), "levels"}
	if short.By <= 0 {
		short = shortMinutes(stretch{has.expiresAt, until}.minutes())
	}
	return Rule{Name: ruleTag, Tag: required.Tag, Passed: holds && has.level >= required.Level && valid, short: short, texts: func() (fault.Text, fault.Text, fault.Text) {
		value := fault.Text{ZH: "没有", EN: "not held"}
		next := fault.Text{ZH: "完成能授予 " + required.Tag + " 的培训和认证。", EN: "Complete the training that grants " + required.Tag + "."}
		level := strconv.Itoa(has.level)
		switch {
		case holds && !valid:
			at := clockText(has.expiresAt, a.zone)
			value = fault.Text{ZH: level + " 级，" + at + " 到期", EN: "level " + level + ", expires " + at}
			next = fault.Text{ZH: "续期 " + required.Tag + "。", EN: "Renew " + required.Tag + "."}
		case holds:
			value = fault.Text{ZH: level + " 级", EN: "level " + level}
			next = fault.Text{
				ZH: fmt.Sprintf("把 %s 升到 %d 级。", required.Tag, required.Level),
				EN: fmt.Sprintf("Raise %s to level %d.", required.Tag, required.Level),
			}
		}
		at := clockText(until, a.zone)
		return value, fault.Text{
			ZH: fmt.Sprintf("%d 级，有效到 %s", required.Level, at),
			EN: fmt.Sprintf("level %d, valid until %s", required.Level, at),
		}, next
	}}
}

// needAgainst is a declared need that the shift's requirements go against, or "": no_voice bars the tag channel/voice.
func (a *agentFacts) needAgainst(s *shiftFacts) string {
	for _, need := range a.needs {
		channel := channelBarredBy(need)
		if channel != "" && slices.ContainsFunc(s.tags, func(r Requirement) bool { return r.Tag == channel }) {
			return need
		}
	}
	return ""
}

func channelBarredBy(need string) string {
	channel, ok := strings.CutPrefix(need, "no_")
	if !ok || channel == "" {
		return ""
	}
	return "channel/" + channel
}

// freeMinutes are those of the stretch in which the agent is available. A time taken away wins over everything;
// a time added fills what the weekly pattern leaves open.
func (a *agentFacts) freeMinutes(t stretch) int {
	all := a.wallMinutes(t)
	lost := 0
	for _, away := range a.less {
		if t.overlaps(away) {
			lost += max(1, cutTo(away, t).minutes())
		}
	}
	if lost > 0 {
		return max(0, all-lost)
	}
	if a.anyTime {
		return all
	}
	pieces := []stretch{t}
	for _, extra := range a.more {
		pieces = without(pieces, extra)
	}
	free := all
	for _, piece := range pieces {
		free -= a.uncovered(piece)
	}
	return max(0, free)
}

// uncovered counts the minutes of a stretch that the weekly pattern does not hold.
func (a *agentFacts) uncovered(t stretch) int {
	from := a.minuteOfWeek(t.from)
	spans := []minuteSpan{{from, from + a.wallMinutes(t)}}
	if end := spans[0].to; end > minutesOfWeek {
		spans = []minuteSpan{{from, minutesOfWeek}, {0, end - minutesOfWeek}}
	}
	lost := 0
	for _, span := range spans {
		lost += span.to - span.from
		for _, w := range a.weekly {
			lost -= max(0, min(span.to, w.to)-max(span.from, w.from))
		}
	}
	return lost
}

const minutesOfWeek = 7 * 24 * 60

func (a *agentFacts) minuteOfWeek(t time.Time) int {
	local := t.In(a.zone)
	return weekdayOf(DateOf(local))*24*60 + local.Hour()*60 + local.Minute()
}

// wallMinutes are the whole minutes that the agent's wall clock passes, begun ones included. Where it was
// turned back over the whole of the stretch, the time that passed.
func (a *agentFacts) wallMinutes(t stretch) int {
	from, to := wallTime(t.from.In(a.zone)).Truncate(time.Minute), wallTime(t.to.In(a.zone))
	if !to.After(from) {
		return t.minutes()
	}
	return stretch{from, to}.minutes()
}

// wallTime is what the wall clock shows, as if it were UTC.
func wallTime(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// without cuts a stretch out of others.
func without(pieces []stretch, cut stretch) []stretch {
	var left []stretch
	for _, p := range pieces {
		if !p.overlaps(cut) {
			left = append(left, p)
			continue
		}
		if p.from.Before(cut.from) {
			left = append(left, stretch{p.from, cut.from})
		}
		if cut.to.Before(p.to) {
			left = append(left, stretch{cut.to, p.to})
		}
	}
	return left
}

func cutTo(t, within stretch) stretch {
	if t.from.Before(within.from) {
		t.from = within.from
	}
	if t.to.After(within.to) {
		t.to = within.to
	}
	return t
}

// refusal is the fault of a claim that rules say no to: closed first, then what the agent is, then what the agent holds.
func refusal(no []Rule) *fault.Fault {
	has := func(names ...string) bool {
		return slices.ContainsFunc(no, func(r Rule) bool { return slices.Contains(names, r.Name) })
	}
	f := ErrNotEligible
	switch {
	case has(ruleOpen):
		f = ErrShiftClosed
	case has(ruleAccount, ruleOwn, ruleTag, rulePack, ruleTrialSeats, ruleTrialPath, ruleMentor, ruleAvailable, ruleLongest, rulePay, ruleNeeds):
	case has(ruleOverlap):
		f = ErrTimeOverlap
	case has(ruleRestBetween, ruleRestOfNight):
		f = ErrRestTooShort
	default:
		f = ErrHoursExceeded
	}
	return f
}

func stateText(state string) fault.Text {
	switch state {
	case shiftOpen:
		return fault.Text{ZH: "开放", EN: "open"}
	case "ended":
		return fault.Text{ZH: "已结束", EN: "ended"}
	case "cancelled":
		return fault.Text{ZH: "已取消", EN: "cancelled"}
	}
	return fault.Text{ZH: "尚未开放", EN: "not open yet"}
}

// hoursText is 6.5 h, or 7 h 20 min where tenths would lie.
func hoursText(minutes int) fault.Text {
	h, m := minutes/60, minutes%60
	switch {
	case minutes < 60:
		return fault.Text{ZH: strconv.Itoa(minutes) + " 分钟", EN: strconv.Itoa(minutes) + " min"}
	case m == 0:
		return fault.Text{ZH: strconv.Itoa(h) + " 小时", EN: strconv.Itoa(h) + " h"}
	case m == 30:
		return fault.Text{ZH: strconv.Itoa(h) + ".5 小时", EN: strconv.Itoa(h) + ".5 h"}
	}
	return fault.Text{ZH: fmt.Sprintf("%d 小时 %d 分钟", h, m), EN: fmt.Sprintf("%d h %d min", h, m)}
}

func payText(minor int64) fault.Text {
	return fault.Text{ZH: fmt.Sprintf("每小时 ¥%d.%02d", minor/100, minor%100), EN: fmt.Sprintf("¥%d.%02d per hour", minor/100, minor%100)}
}

func clockText(t time.Time, loc *time.Location) string {
	return t.In(loc).Format("2006-01-02 15:04 -07:00")
}

func stretchText(t stretch, loc *time.Location) fault.Text {
	from, to := t.from.In(loc), t.to.In(loc)
	text := from.Format("2006-01-02 15:04") + " – " + to.Format("15:04 -07:00")
	if DateOf(from) != DateOf(to) {
		text = from.Format("2006-01-02 15:04") + " – " + to.Format("2006-01-02 15:04 -07:00")
	}
	return fault.Text{ZH: text, EN: text}
}
