package solver_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"peakseat/matcher/solver"
)

// live is a problem in plain values that changes as a session is told.
type live struct {
	rand      *rand.Rand
	days      int
	agents    []solver.Agent
	lines     []solver.Line
	relations []solver.Relation
	pins      []solver.Seat
	excluded  []solver.Seat
	capHours  bool
}

func newLive(seed uint64, agents, lines int) *live {
	m := &live{rand: rand.New(rand.NewPCG(seed, 1)), days: 3, capHours: seed%2 == 0}
	for range agents {
		m.agents = append(m.agents, m.agent())
	}
	for range lines {
		m.lines = append(m.lines, m.line())
	}
	for merchant := range 3 {
		for agent := range agents {
			if m.rand.IntN(3) == 0 {
				m.relations = append(m.relations, m.relation(merchant, agent))
			}
		}
	}
	return m
}

// agent has few values to choose from, so that ties are many.
func (m *live) agent() solver.Agent {
	n := m.rand.IntN
	a := solver.Agent{
		Rating: 300 + 50*n(5), PriceCents: 1500 * n(5), IdleDays: 20 * n(2), WeekShifts: n(4),
		DayMinutes: 240 + 60*n(8), WeekMinutes: 600 + 120*n(8), RestOtherDay: 60 * n(12),
		Channels: uint32(1 + n(3)), Languages: uint32(1 + n(3)),
	}
	for tag := range 3 {
		if level := n(5); level > 0 {
			a.Tags = append(a.Tags, solver.NewTagLevel(tag, level))
		}
	}
	for d := range m.days {
		for range n(3) {
			from := d*1440 + 60*n(12)
			a.Free = append(a.Free, solver.Interval{Start: from, End: from + 60*(6+n(20))})
		}
	}
	return a
}

func (m *live) line() solver.Line {
	n := m.rand.IntN
	l := solver.Line{
		Merchant: n(3), Day: n(m.days), Seats: 1 + n(3), Weight: 1 + n(3), Channel: n(2), Language: n(2), MinRating: 350 * n(2),
	}
	l.Start = l.Day*1440 + 60*(6+n(10))
	l.End = l.Start + 60*(2+n(6))
	for tag := range 3 {
		if n(3) == 0 {
			l.Tags = append(l.Tags, solver.NewTagLevel(tag, 1+n(2)))
		}
	}
	return l
}

func (m *live) relation(merchant, agent int) solver.Relation {
	return solver.Relation{
		Merchant: int32(merchant), Agent: int32(agent), Kind: solver.RelationKind(1 + m.rand.IntN(3)), PastShifts: 5 * m.rand.IntN(5),
	}
}

// problem is made afresh, without the lines that have no seat; at is where each line went, or -1.
func (m *live) problem(t *testing.T) (p *solver.Problem, at []int32) {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	p = &solver.Problem{CapHours: m.capHours}
	for _, a := range m.agents {
		must(p.AddAgent(a))
	}
	for _, l := range m.lines {
		if l.Seats == 0 {
			at = append(at, -1)
			continue
		}
		at = append(at, int32(p.Lines()))
		must(p.AddLine(l))
	}
	for _, r := range m.relations {
		must(p.AddRelation(r))
	}
	for _, s := range m.pins {
		must(p.Pin(solver.Seat{Line: at[s.Line], Agent: s.Agent}))
	}
	for _, s := range m.excluded {
		if at[s.Line] >= 0 {
			must(p.Exclude(solver.Seat{Line: at[s.Line], Agent: s.Agent}))
		}
	}
	return p, at
}

// event changes the model and the session alike.
func (m *live) event(t *testing.T, s *solver.Session) (what string, c solver.Change) {
	t.Helper()
	n := m.rand.IntN
	agent, line := int32(n(len(m.agents))), int32(n(len(m.lines)))
	planned := s.Plan().Seats
	seat := solver.Seat{Line: line, Agent: agent}
	if len(planned) > 0 && n(3) > 0 {
		seat = planned[n(len(planned))]
		agent, line = seat.Agent, seat.Line
	}
	var err error
	switch kind := n(20); {
	case kind < 2:
		what = fmt.Sprint("leaves ", agent)
		c, err = s.RemoveAgent(agent)
		m.agents[agent].WeekShifts = 0
		m.pins = slices.DeleteFunc(m.pins, func(p solver.Seat) bool { return p.Agent == agent })
	case kind < 4:
		what = "joins"
		a := m.agent()
		_, c, err = s.AddAgent(a)
		m.agents = append(m.agents, a)
	case kind < 8:
		what = fmt.Sprint("changes ", agent)
		a := m.agents[agent]
		switch n(5) {
		case 0:
			a = m.agent()
		case 1:
			a.WeekShifts = n(4)
		case 2:
			a.Tags = m.agent().Tags
		case 3:
			a.Free = m.agent().Free
		case 4:
			a.IdleDays = 20 * n(2)
		}
		c, err = s.SetAgent(agent, a)
		m.agents[agent] = a
	case kind < 10:
		what = fmt.Sprint("no-show ", seat)
		c, err = s.Exclude(seat)
		m.excluded = append(m.excluded, seat)
	case kind < 13:
		pinned := 0
		for _, p := range m.pins {
			if p.Line == line {
				pinned++
			}
		}
		seats := pinned + n(4)
		what = fmt.Sprint("seats of ", line, ": ", seats)
		c, err = s.SetSeats(line, seats)
		m.lines[line].Seats = seats
	case kind < 15:
		r := m.relation(n(4), int(agent))
		what = fmt.Sprint("relation ", r)
		c, err = s.SetRelation(r)
		m.relations = slices.DeleteFunc(m.relations, func(o solver.Relation) bool { return o.Merchant == r.Merchant && o.Agent == r.Agent })
		m.relations = append(m.relations, r)
	case kind < 17:
		what = fmt.Sprint("pin ", seat)
		if c, err = s.Pin(seat); err == nil {
			m.pins = append(m.pins, seat)
		}
		err = nil // a full line refuses
	case kind < 19 && len(m.pins) > 0:
		i := n(len(m.pins))
		what = fmt.Sprint("unpin ", m.pins[i])
		c, err = s.Unpin(m.pins[i])
		m.pins = slices.Delete(m.pins, i, i+1)
	case kind == 19 && len(m.lines) < 40:
		what = "line"
		if n(10) == 0 && m.days < 5 {
			m.days++
		}
		l := m.line()
		_, c, err = s.AddLine(l)
		m.lines = append(m.lines, l)
	}
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	return what, c
}

// After every change the plan is worth what a fresh one is, its prices prove it, the lists are those of a fresh index, and the
// change told is the change made.
func TestSessionStaysAFreshPlan(t *testing.T) {
	t.Parallel()
	for _, size := range []struct{ agents, lines, runs, steps int }{{4, 4, 60, 60}, {12, 10, 30, 100}, {30, 20, 10, 150}, {70, 30, 2, 150}} {
		for seed := range uint64(size.runs) {
			t.Run(fmt.Sprint(size.agents, "/", seed), func(t *testing.T) {
				t.Parallel()
				m := newLive(seed, size.agents, size.lines)
				p, _ := m.problem(t)
				s := newSession(t, p)
				history := []string{}
				for step := range size.steps {
					before := s.Plan().Seats
					what, change := m.event(t, s)
					history = append(history, what)
					if fault := m.compare(t, s, before, change); fault != "" {
						t.Fatalf("step %d: %s\n%q", step, fault, history)
					}
				}
			})
		}
	}
}

func newSession(tb testing.TB, p *solver.Problem) *solver.Session {
	tb.Helper()
	x, err := solver.Prepare(p, solver.Options{Threads: 2})
	if err != nil {
		tb.Fatal(err)
	}
	s, err := x.Session(solver.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func (m *live) compare(t *testing.T, s *solver.Session, before []solver.Seat, change solver.Change) string {
	t.Helper()
	plan := s.Plan()
	p, at := m.problem(t)
	x, err := solver.Prepare(p, solver.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for l, fresh := range at {
		if fresh < 0 {
			continue
		}
		want := maps.Collect(x.Candidates(fresh))
		if got := maps.Collect(s.Index().Candidates(int32(l))); !maps.Equal(got, want) {
			return fmt.Sprintf("the index lists %v for line %d, afresh %v", got, l, want)
		}
		if got := s.Shortlist(int32(l)); !maps.Equal(got, want) {
			return fmt.Sprintf("the shortlist of line %d is %v, afresh %v", l, got, want)
		}
	}
	if want := x.Daily(solver.Options{}); plan.Weight != want.Weight || plan.Quality != want.Quality {
		return fmt.Sprintf("W %d Q %d, afresh W %d Q %d", plan.Weight, plan.Quality, want.Weight, want.Quality)
	}
	if v := solver.Certify(s.Problem(), plan); v.Violations != 0 {
		return fmt.Sprintf("certificate: %q", v.First)
	}
	told := slices.DeleteFunc(slices.Clone(before), func(o solver.Seat) bool { return slices.Contains(change.Dropped, o) })
	if len(told)+len(change.Dropped) != len(before) {
		return fmt.Sprintf("dropped %v, of which some were not there", change.Dropped)
	}
	told = append(told, change.Added...)
	slices.SortFunc(told, func(a, b solver.Seat) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Agent, b.Agent)) })
	if !slices.Equal(told, plan.Seats) {
		return fmt.Sprintf("the change leads to %v, the plan is %v", told, plan.Seats)
	}
	return ""
}

// A market may have demand before it has people, and people before it has demand.
func TestSessionBeginsWithNothing(t *testing.T) {
	t.Parallel()
	x, err := solver.Prepare(&solver.Problem{}, solver.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := x.Session(solver.Options{})
	if err != nil {
		t.Fatal(err)
	}
	work := small{}.withWork()
	line, _, err := s.AddLine(work.lines[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.SetSeats(line, 0); err != nil {
		t.Fatalf("without agents: %v", err)
	}
	if _, err := s.SetSeats(line, 1); err != nil {
		t.Fatal(err)
	}
	if _, c, err := s.AddAgent(work.agents[0]); err != nil || len(c.Added) != 1 {
		t.Errorf("the first agent gave %+v (%v), want one seat filled", c, err)
	}

	x, err = solver.Prepare(&solver.Problem{}, solver.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s, err = x.Session(solver.Options{}); err != nil {
		t.Fatal(err)
	}
	agent, _, err := s.AddAgent(work.agents[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.RemoveAgent(agent); err != nil {
		t.Errorf("without lines: %v", err)
	}
}
