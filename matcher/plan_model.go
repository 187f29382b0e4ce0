package matcher

import (
	"runtime"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/matcher/solver"
)

// planData is what a run stands on: open seats, the agents who may fill them, and what ties the two.
type planData struct {
	now    time.Time
	shifts []*planShift // in order of time
	agents []*candidate // of equal quality, the most skilled first

	past  map[pair]int  // shifts of an agent for a merchant
	core  map[pair]bool // an agent in the core team of a booking
	apart map[pair]bool // an agent who may not work for a merchant
	out   map[pair]bool // an agent who may not be asked about a shift

	live []liveOffer // of these shifts, that may be withdrawn; no candidate holds them
}

type planShift struct {
	shiftFacts
	open     int
	priority int
}

// liveOffer is an offer that waits for its answer.
type liveOffer struct {
	heldOffer
	agent uuid.UUID
}

// chosenPick is a pair and what it is worth. The offers that it withdraws are its agent's.
type chosenPick struct {
	shift, agent    uuid.UUID
	weight, quality int

	withdraws               []uuid.UUID
	lessWeight, lessQuality int // what they were worth
}

// choice is what a run found: pairs that the evaluator lets stand beside each other, and the value of the model before
// rest and hours were looked at, less the value of the offers that it withdraws.
type choice struct {
	picks           []chosenPick
	weight, quality int64
}

// filled is how many seats have somebody who had nobody.
func (c *choice) filled() int {
	n := len(c.picks)
	for _, p := range c.picks {
		n -= len(p.withdraws)
	}
	return n
}

func (d *planData) seats() (n int) {
	for _, s := range d.shifts {
		n += s.open
	}
	return n
}

// weightOf is what a filled seat counts in W.
func weightOf(priority int) int {
	switch priority {
	case 3:
		return 10
	case 2:
		return 3
	}
	return 1
}

// solve models and solves the weeks one after the other.
func (d *planData) solve(stop func() bool) (*choice, error) {
	parts, err := d.parts()
	if err != nil {
		return nil, err
	}
	found := make([]*partResult, len(parts))
	for i, p := range parts {
		if found[i], err = p.solve(runtime.GOMAXPROCS(0), stop); err != nil {
			return nil, err
		}
	}
	return d.merge(found), nil
}

// modelZone is where the model's work days are counted. The evaluator counts each agent's in the agent's own zone.
func modelZone() *time.Location { return time.FixedZone("model", 8*60*60) }

// weekModel is one ISO week as the solver sees it. Minute 0 is the midnight a day before its Monday, so that what an agent
// holds on the Sunday before and on the Monday after keeps its rest.
//
// The solver knows tags and levels, one window of availability, rating, blocks, rest and hours. What else the evaluator asks is
// said in those words:
//
//   - least pay: the language of a line is its class of pay, and an agent speaks the classes that pay enough;
//   - longest shift: the channel of a line is its class of length, and an agent has the channels that are short enough;
//   - a tag that expires within the week: one tag for each day on which a line that needs it ends;
//   - a declared need: the channel tag that it bars is not held;
//   - the quiz of a shop's brand pack: a tag of the shop's own, which who passed holds;
//   - who may not be asked about a shift, or not work for its merchant: a block of the line's group;
//   - a weekly pattern and dated times: the stretches in which an agent is free.
//
// Held seats and live offers are pinned, but for live offers of the plan's own shifts, which solver.Replanned looks after.
type weekModel struct {
	*planData
	monday  Date
	zero    time.Time
	shifts  []*planShift
	problem *solver.Problem
	live    []solver.Seat

	agents  []*candidate // by the solver's index
	lines   []*planShift // by the solver's index; those of pins come after
	indexOf map[uuid.UUID]int32

	pays, lengths classes
	tags          map[string]*tagClasses
	tagCount      int
	packs         map[uuid.UUID]int // by shop, the version that its lines ask for
}

const (
	modelDays   = 9
	tieSeed     = 0 // equal agents in the order of planData
	mostClasses = 32
	wholeDay    = 24 * 60
)

func (m *weekModel) build() error {
	m.problem = &solver.Problem{Seed: tieSeed, CapHours: true}
	m.pays = classesOf(m.shifts, func(s *planShift) int64 { return s.pay }, false)
	m.lengths = classesOf(m.shifts, func(s *planShift) int64 { return int64(s.minutes()) }, true)
	m.classTags()
	if err := m.addAgents(); err != nil {
		return err
	}
	if err := m.addLines(); err != nil {
		return err
	}
	return m.addPins()
}

func (s *planShift) minutes() int { return stretch{s.startsAt, s.endsAt}.minutes() }

// addAgents adds those who hold a tag that a line needs.
func (m *weekModel) addAgents() error {
	book := m.shifts[0].book.Hours
	anybody := slices.ContainsFunc(m.shifts, func(s *planShift) bool { return len(s.tags) == 0 })
	m.indexOf = make(map[uuid.UUID]int32, len(m.planData.agents))
	end := m.zero.Add(modelDays * 24 * time.Hour)
	for _, c := range m.planData.agents {
		a := solver.Agent{
			Rating: c.rating, PriceCents: solver.MaxPriceCents, IdleDays: min(idleDays(c.lastWorked, m.now), idleMost),
			DayMinutes:  min(c.maxDay, minutesIn(book.DayCap)),
			WeekMinutes: min(c.maxWeek, minutesIn(book.WeekCap)) - c.weeks[m.monday],
			RestSameDay: minutesIn(book.RestBetween), RestOtherDay: minutesIn(book.RestOfNight),
			WeekShifts: modelDays,
			Languages:  m.pays.mask(func(pay int64) bool { return pay >= c.leastPay }),
			Channels:   m.lengths.mask(func(length int64) bool { return length <= int64(c.longest) }),
			Tags:       m.held(c),
		}
		if c.blocks <= 1 {
			a.RestSameDay = wholeDay // one shift a day, whatever the model
		}
		if len(a.Tags) == 0 && !anybody {
			continue
		}
		for _, h := range m.pinned(c) {
			a.WeekMinutes += h.minutes() // those of this week are in the counter, and the solver counts every pin
			a.WeekShifts++
		}
		a.WeekMinutes = max(0, a.WeekMinutes)
		for _, t := range c.freeBetween(m.zero, end) {
			if from, to := m.minuteAfter(t.from), m.minute(t.to); to > from {
				a.Free = append(a.Free, solver.Interval{Start: from, End: to})
			}
		}
		m.indexOf[c.id] = int32(len(m.agents)) //nolint:gosec // agents are few
		m.agents = append(m.agents, c)
		if err := m.problem.AddAgent(a); err != nil {
			return err
		}
	}
	return nil
}

func minutesIn(d time.Duration) int { return int(d / time.Minute) }

// minute is the model's minute in which t lies.
func (m *weekModel) minute(t time.Time) int { return int(t.Sub(m.zero) / time.Minute) }

// minuteAfter is the first that begins at t or after it.
func (m *weekModel) minuteAfter(t time.Time) int {
	return int((t.Sub(m.zero) + time.Minute - 1) / time.Minute)
}

// pinned is what the agent holds near the week.
func (m *weekModel) pinned(c *candidate) []stretch {
	var near []stretch
	end := m.zero.Add(modelDays * 24 * time.Hour)
	for _, h := range c.held {
		if !h.from.Before(m.zero) && h.from.Before(end) {
			near = append(near, h.stretch)
		}
	}
	return near
}

// addLines adds the open seats, and to each group of lines what its merchant and the agents are to each other. The shifts
// of a booking are one group, but for those about which somebody may not be asked.
func (m *weekModel) addLines() error {
	banned := map[uuid.UUID][]uuid.UUID{} // by shift
	for p := range m.out {
		banned[p.other] = append(banned[p.other], p.agent)
	}
	known := map[uuid.UUID]map[uuid.UUID]solver.Relation{} // by merchant, those whom it knows
	relate := func(merchant, agent uuid.UUID, change func(r *solver.Relation)) {
		i, there := m.indexOf[agent]
		if !there {
			return
		}
		if known[merchant] == nil {
			known[merchant] = map[uuid.UUID]solver.Relation{}
		}
		r, has := known[merchant][agent]
		if !has {
			r = solver.Relation{Agent: i, Kind: solver.Experience}
		}
		change(&r)
		known[merchant][agent] = r
	}
	for p, n := range m.past {
		relate(p.other, p.agent, func(r *solver.Relation) { r.PastShifts = min(n, solver.MaxPastShifts) })
	}
	for p := range m.apart {
		relate(p.other, p.agent, func(r *solver.Relation) { r.Kind = solver.Block })
	}
	team := map[uuid.UUID][]uuid.UUID{} // by booking
	for p := range m.core {
		team[p.other] = append(team[p.other], p.agent)
	}
	offered := map[uuid.UUID][]int32{} // by shift
	for _, o := range m.planData.live {
		if i, there := m.indexOf[o.agent]; there {
			offered[o.shift] = append(offered[o.shift], i)
		}
	}
	groups := map[uuid.UUID]int{} // by booking, or by shift
	for _, s := range m.shifts {
		seats := s.open + len(offered[s.id])
		if seats == 0 {
			continue
		}
		key := s.booking
		if len(banned[s.id]) > 0 {
			key = s.id
		}
		group, there := groups[key]
		if !there {
			group = len(groups) + 1 // 0 is that of pins
			groups[key] = group
			if err := m.addRelations(group, known[s.merchant], team[s.booking], banned[s.id]); err != nil {
				return err
			}
		}
		from := m.minute(s.startsAt)
		line := solver.Line{
			Merchant: group, Day: from / (24 * 60), Start: from, End: m.minuteAfter(s.endsAt), Seats: seats, Weight: weightOf(s.priority),
			Channel: m.lengths.of(int64(s.minutes())), Language: m.pays.of(s.pay),
		}
		for _, r := range s.asked() {
			line.Tags = append(line.Tags, solver.NewTagLevel(m.tags[r.Tag].of(s.endsAt), r.Level))
		}
		for _, agent := range offered[s.id] {
			m.live = append(m.live, solver.Seat{Line: int32(len(m.lines)), Agent: agent}) //nolint:gosec // lines are few
		}
		m.lines = append(m.lines, s)
		if err := m.problem.AddLine(line); err != nil {
			return err
		}
	}
	return nil
}

func (m *weekModel) addRelations(group int, known map[uuid.UUID]solver.Relation, team, banned []uuid.UUID) error {
	all := make(map[int32]solver.Relation, len(known)+len(team)+len(banned))
	for _, r := range known {
		all[r.Agent] = r
	}
	for _, agent := range team {
		if i, there := m.indexOf[agent]; there && all[i].Kind != solver.Block {
			all[i] = solver.Relation{Agent: i, Kind: solver.Favourite, PastShifts: all[i].PastShifts}
		}
	}
	for _, agent := range banned {
		if i, there := m.indexOf[agent]; there {
			all[i] = solver.Relation{Agent: i, Kind: solver.Block}
		}
	}
	for _, r := range all {
		r.Merchant = int32(group) //nolint:gosec // groups are few
		if err := m.problem.AddRelation(r); err != nil {
			return err
		}
	}
	return nil
}

// addPins adds what agents hold as lines without an open seat, one for all who hold the same hours.
func (m *weekModel) addPins() error {
	holders := map[solver.Interval][]int32{}
	for i, c := range m.agents {
		for _, t := range m.pinned(c) {
			key := solver.Interval{Start: m.minute(t.from), End: m.minuteAfter(t.to)}
			holders[key] = append(holders[key], int32(i))
		}
	}
	for hours, agents := range holders {
		line := int32(m.problem.Lines()) //nolint:gosec // lines are few
		if err := m.problem.AddLine(solver.Line{Day: hours.Start / (24 * 60), Start: hours.Start, End: hours.End, Seats: len(agents), Weight: 1}); err != nil {
			return err
		}
		for _, agent := range agents {
			if err := m.problem.Pin(solver.Seat{Line: line, Agent: agent}); err != nil {
				return err
			}
		}
	}
	return nil
}

// classes sort values into at most 32, each with a bound that no value of it is worse than.
type classes struct {
	values []int64 // ascending
	bounds []int64 // by class
}

// classesOf bounds each class by its largest value or by its smallest.
func classesOf(shifts []*planShift, value func(s *planShift) int64, largest bool) classes {
	var c classes
	for _, s := range shifts {
		c.values = append(c.values, value(s))
	}
	slices.Sort(c.values)
	c.values = slices.Compact(c.values)
	c.bounds = make([]int64, min(len(c.values), mostClasses))
	for i, v := range slices.Backward(c.values) {
		class := c.class(i)
		if !largest || c.bounds[class] == 0 {
			c.bounds[class] = v
		}
	}
	return c
}

func (c *classes) class(i int) int { return i * len(c.bounds) / len(c.values) }

func (c *classes) of(value int64) int {
	i, _ := slices.BinarySearch(c.values, value)
	return c.class(i)
}

func (c *classes) mask(fits func(bound int64) bool) (bits uint32) {
	for i, bound := range c.bounds {
		if fits(bound) {
			bits |= 1 << i
		}
	}
	return bits
}

// tagClasses are the solver's tags for one skill tag: one, or one for each day on which a line that needs it ends, where
// somebody's ends before the last of them.
type tagClasses struct {
	byDay bool
	days  map[Date]int      // -> the solver's tag
	until map[int]time.Time // the solver's tag -> until when it must be valid
}

func (t *tagClasses) of(end time.Time) int {
	day := Date{}
	if t.byDay {
		day = DateOf(end.In(modelZone()))
	}
	return t.days[day]
}

func (m *weekModel) classTags() {
	last := map[string]time.Time{}
	for _, s := range m.shifts {
		for _, r := range s.asked() {
			last[r.Tag] = later(last[r.Tag], s.endsAt)
		}
	}
	m.tags = make(map[string]*tagClasses, len(last))
	for tag, end := range last {
		m.tags[tag] = &tagClasses{
			days: map[Date]int{}, until: map[int]time.Time{},
			byDay: slices.ContainsFunc(m.planData.agents, func(c *candidate) bool {
				held, has := c.tags[tag]
				return has && held.expiresAt.Before(end)
			}),
		}
	}
	m.packs = packsOf(m.shifts)
	for _, s := range m.shifts {
		for _, r := range s.asked() {
			t := m.tags[r.Tag]
			day := Date{}
			if t.byDay {
				day = DateOf(s.endsAt.In(modelZone()))
			}
			n, there := t.days[day]
			if !there {
				n = m.tagCount
				m.tagCount++
				t.days[day] = n
			}
			t.until[n] = later(t.until[n], s.endsAt)
		}
	}
}

// held lists the solver's tags of an agent.
func (m *weekModel) held(c *candidate) (tags []solver.TagLevel) {
	for name, held := range c.tags {
		t := m.tags[name]
		if t == nil || slices.ContainsFunc(c.needs, func(need string) bool { return channelBarredBy(need) == name }) {
			continue
		}
		for n, until := range t.until {
			if !held.expiresAt.Before(until) {
				tags = append(tags, solver.NewTagLevel(n, held.level))
			}
		}
	}
	for shop, version := range c.packs {
		if needed := m.packs[shop]; needed > 0 && version >= needed {
			tags = append(tags, solver.NewTagLevel(m.tags[packTag(shop)].of(time.Time{}), 1))
		}
	}
	slices.Sort(tags)
	return tags
}

// freeBetween are the stretches in which an agent is available, merged and in order.
func (c *candidate) freeBetween(from, to time.Time) []stretch {
	all := stretch{from, to}
	free := []stretch{all}
	if !c.anyTime {
		free = nil
		last := DateOf(to.In(c.zone))
		for monday := weekOf(DateOf(from.In(c.zone))).Add(-7); !last.Before(monday); monday = monday.Add(7) {
			for _, w := range c.weekly {
				free = append(free, stretch{monday.At(w.from, c.zone), monday.At(w.to, c.zone)})
			}
		}
		free = append(free, c.more...)
	}
	free = slices.DeleteFunc(free, func(t stretch) bool { return !t.overlaps(all) })
	for i := range free {
		free[i] = cutTo(free[i], all)
	}
	slices.SortFunc(free, func(a, b stretch) int { return a.from.Compare(b.from) })
	merged := free[:0]
	for _, t := range free {
		if n := len(merged); n > 0 && !t.from.After(merged[n-1].to) {
			merged[n-1].to = later(merged[n-1].to, t.to)
			continue
		}
		merged = append(merged, t)
	}
	for _, away := range c.less {
		merged = without(merged, away)
	}
	return merged
}
