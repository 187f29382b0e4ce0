package solver_test

import (
	"fmt"

	"pgregory.net/rapid"

	"peakseat/matcher/solver"
)

// small is a problem of a few agents and seats in plain values, from which both a Problem and its best plan by trying
// everything are made.
type small struct { //nolint:recvcheck // withWork returns a changed copy
	agents    []solver.Agent
	lines     []solver.Line
	relations []solver.Relation
	pins      []solver.Seat
	capHours  bool
	seed      uint64
}

func drawSmall(t *rapid.T) small {
	n := func(name string, low, high int) int { return rapid.IntRange(low, high).Draw(t, name) }
	s := small{capHours: rapid.Bool().Draw(t, "capHours"), seed: uint64(n("seed", 0, 3))}
	for range n("agents", 1, 5) {
		a := solver.Agent{
			Rating: n("rating", 300, 500), PriceCents: n("price", 0, 6000), IdleDays: n("idle", 0, 40),
			WeekShifts: n("weekShifts", 0, 3), DayMinutes: n("day", 2, 10) * 60, WeekMinutes: n("week", 4, 16) * 60,
			RestSameDay: n("restSame", 0, 1) * 15, RestOtherDay: n("restOther", 0, 10) * 60,
			Channels: uint32(n("channels", 1, 3)), Languages: uint32(n("languages", 1, 3)),
		}
		for tag := range 2 {
			if level := n("level", 0, 4); level > 0 {
				a.Tags = append(a.Tags, solver.NewTagLevel(tag, level))
			}
		}
		for d := range 3 {
			if from := n("free", -4, 12); from >= 0 {
				a.Free = append(a.Free, solver.Interval{Start: d*1440 + from*60, End: d*1440 + (from+n("hours", 6, 20))*60})
			}
		}
		s.agents = append(s.agents, a)
	}
	for left := n("seats", 1, 6); left > 0; {
		d := n("dayOf", 0, 2)
		l := solver.Line{
			Merchant: n("merchant", 0, 1), Day: d, Seats: min(left, n("lineSeats", 1, 3)), Weight: n("weight", 1, 3),
			Channel: n("channel", 0, 1), Language: n("language", 0, 1), MinRating: n("minRating", 0, 1) * 350,
			Start: d*1440 + n("start", 6, 22)*60,
		}
		l.End = l.Start + n("length", 2, 6)*60
		for tag := range 2 {
			if level := n("need", -1, 2); level > 0 {
				l.Tags = append(l.Tags, solver.NewTagLevel(tag, level))
			}
		}
		left -= l.Seats
		s.lines = append(s.lines, l)
	}
	for m := range 2 {
		for a := range s.agents {
			if k := n("kind", 0, 5); k >= 1 && k <= 3 {
				s.relations = append(s.relations, solver.Relation{
					Merchant: int32(m), Agent: int32(a), Kind: solver.RelationKind(k), PastShifts: n("past", 0, 25),
				})
			}
		}
	}
	if n("pin", 0, 2) == 0 {
		// What is held keeps the hours by itself: nobody is judged for a shift on another day.
		if line, agent := n("pinLine", 0, len(s.lines)-1), n("pinAgent", 0, len(s.agents)-1); s.keepsRules(agent, []int{line}) {
			s.pins = append(s.pins, solver.Seat{Line: int32(line), Agent: int32(agent)})
		}
	}
	return s
}

// withWork adds an agent and a line that they can work, so that the plan is not empty.
func (s small) withWork() small {
	s.agents = append(s.agents, solver.Agent{
		Rating: 400, WeekShifts: 1, DayMinutes: 600, WeekMinutes: 600, Channels: 1, Languages: 1,
		Free: []solver.Interval{{Start: 0, End: 1440}},
	})
	s.lines = append(s.lines, solver.Line{Merchant: 2, Start: 60, End: 120, Seats: 1, Weight: 1})
	return s
}

func (s *small) problem() *solver.Problem {
	p := &solver.Problem{Seed: s.seed, CapHours: s.capHours}
	must := func(err error) {
		if err != nil {
			panic(fmt.Sprintf("small problem: %v", err))
		}
	}
	for _, a := range s.agents {
		must(p.AddAgent(a))
	}
	for _, l := range s.lines {
		must(p.AddLine(l))
	}
	for _, r := range s.relations {
		must(p.AddRelation(r))
	}
	for _, pin := range s.pins {
		must(p.Pin(pin))
	}
	return p
}

// cost is the cost of an eligible pair; false when a rule that needs no other seat forbids it.
func (s *small) cost(line, agent int) (int, bool) {
	a, l := s.agents[agent], s.lines[line]
	if a.Channels&(1<<l.Channel) == 0 || a.Languages&(1<<l.Language) == 0 || a.Rating < l.MinRating {
		return 0, false
	}
	for _, need := range l.Tags {
		held := 0
		for _, t := range a.Tags {
			if t.Tag() == need.Tag() {
				held = t.Level()
			}
		}
		if held < need.Level() {
			return 0, false
		}
	}
	inside := false
	for _, f := range a.Free {
		inside = inside || f.Start <= l.Start && f.End >= l.End
	}
	if !inside {
		return 0, false
	}
	if s.capHours && (l.End-l.Start > a.DayMinutes || l.End-l.Start > a.WeekMinutes) {
		return 0, false
	}
	cost := 10000 - (a.Rating-300)*10 - (6000-a.PriceCents)/3 - 20*min(a.IdleDays, 30)
	for _, r := range s.relations {
		if int(r.Agent) != agent || int(r.Merchant) != l.Merchant {
			continue
		}
		switch r.Kind {
		case solver.Block:
			return 0, false
		case solver.Favourite:
			cost -= 500
		case solver.Experience:
		}
		cost -= 100 * min(r.PastShifts, 20)
	}
	return cost, true
}

// keepsRules tells whether a set of lines of one agent keeps one shift a day, rest and hours.
func (s *small) keepsRules(agent int, lines []int) bool {
	a := s.agents[agent]
	week, days := 0, map[int]int{}
	for i, x := range lines {
		l := s.lines[x]
		week += l.End - l.Start
		days[l.Day] += l.End - l.Start
		if days[l.Day] > a.DayMinutes {
			return false
		}
		for _, y := range lines[:i] {
			o := s.lines[y]
			rest := a.RestOtherDay
			if o.Day == l.Day {
				return false
			}
			if l.Start < o.End+rest && o.Start < l.End+rest {
				return false
			}
		}
	}
	return week <= a.WeekMinutes
}

func (s *small) pinsOf(agent int) []int {
	var out []int
	for _, p := range s.pins {
		if int(p.Agent) == agent {
			out = append(out, int(p.Line))
		}
	}
	return out
}

// openSeats has the line of every seat that is not pinned.
func (s *small) openSeats() (seats []int) {
	for l := range s.lines {
		n := s.lines[l].Seats
		for _, p := range s.pins {
			if int(p.Line) == l {
				n--
			}
		}
		for range n {
			seats = append(seats, l)
		}
	}
	return seats
}

// best tries every way to fill the seats under the daily model.
func (s *small) best() (weight, quality int64) {
	return s.bestWhere(func([][]int) bool { return true })
}

// bestWhere tries those ways that it is told to: given has each agent's lines.
func (s *small) bestWhere(keep func(given [][]int) bool) (weight, quality int64) {
	seats := s.openSeats()
	given := make([][]int, len(s.agents))
	allowed := func(agent, line int) (int, bool) {
		cost, ok := s.cost(line, agent)
		pins := s.pinsOf(agent)
		if !ok || len(pins)+len(given[agent]) >= s.agents[agent].WeekShifts {
			return 0, false
		}
		if len(pins) > 0 && !s.keepsRules(agent, append([]int{line}, pins...)) {
			return 0, false
		}
		for _, g := range given[agent] {
			if s.lines[g].Day == s.lines[line].Day {
				return 0, false
			}
		}
		return cost, true
	}
	var try func(seat int, w, q int64)
	try = func(seat int, w, q int64) {
		if (w > weight || w == weight && q > quality) && keep(given) {
			weight, quality = w, q
		}
		if seat == len(seats) {
			return
		}
		l := seats[seat]
		try(seat+1, w, q)
		for a := range s.agents {
			if cost, ok := allowed(a, l); ok {
				given[a] = append(given[a], l)
				try(seat+1, w+int64(s.lines[l].Weight), q+int64(10000-cost))
				given[a] = given[a][:len(given[a])-1]
			}
		}
	}
	try(0, 0, 0)
	return weight, quality
}
