package solver_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"peakseat/matcher/solver"
)

// A roster breaks no rule, is worth what it says, and lies between the best of trying everything and a bound that holds.
func TestRosterKeepsEveryRuleAndItsBound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSmall(t)
		p := s.problem()
		plan := planRoster(t, p, solver.Options{})
		s.holdRoster(t, plan)
		if v := solver.CheckRoster(p, plan); v.Violations != 0 {
			t.Fatalf("%d violations: %q", v.Violations, v.First)
		}
		w, q := s.bestRoster()
		if plan.Weight > w || plan.Weight == w && plan.Quality > q || plan.UpperBoundWeight < w {
			t.Fatalf("W %d Q %d with bound %d, the best is W %d Q %d", plan.Weight, plan.Quality, plan.UpperBoundWeight, w, q)
		}
		if plan.Complete && plan.Weight != w {
			t.Fatalf("W %d is called proven, the best is %d", plan.Weight, w)
		}
	})
}

// A search may miss the best, but on problems this small hardly ever does; nor is its bound often above it.
func TestRosterFindsTheBestOfSmallProblems(t *testing.T) {
	t.Parallel()
	const n = 500
	examples := rapid.Custom(drawSmall)
	best, proven := 0, 0
	for i := range n {
		s := examples.Example(i)
		plan := planRoster(t, s.problem(), solver.Options{})
		if w, q := s.bestRoster(); plan.Weight == w && plan.Quality == q {
			best++
		}
		if plan.Complete {
			proven++
		}
	}
	t.Logf("of %d problems %d solved best, %d with W proven", n, best, proven)
	if best < n*99/100 || proven < n*99/100 {
		t.Errorf("of %d problems %d solved best, %d with W proven", n, best, proven)
	}
}

// Wherever the work ends, there is a roster that keeps the rules and a bound that holds; the same work gives the same.
func TestRosterCutShortIsStillARoster(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSmall(t)
		p := s.problem()
		o := solver.Options{Work: int64(rapid.IntRange(1, 300).Draw(t, "work"))}
		plan := planRoster(t, p, o)
		s.holdRoster(t, plan)
		if w, _ := s.bestRoster(); plan.UpperBoundWeight < w {
			t.Fatalf("bound %d is below the best W %d", plan.UpperBoundWeight, w)
		}
		again := planRoster(t, s.problem(), o)
		if !slices.Equal(plan.Seats, again.Seats) || plan.UpperBoundWeight != again.UpperBoundWeight || plan.Work != again.Work {
			t.Fatalf("two runs differ: %v and %v", plan, again)
		}
	})
}

func TestRosterStops(t *testing.T) {
	t.Parallel()
	s := rapid.Custom(drawSmall).Example(1).withWork()
	if _, err := solver.PrepareRoster(s.problem(), solver.Options{Stop: func() bool { return true }}); err == nil {
		t.Error("prepared after the stop")
	}
	r, err := solver.PrepareRoster(s.problem(), solver.Options{})
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	plan := r.Plan(solver.Options{Stop: func() bool { calls++; return calls > 1 }})
	if s.holdRoster(t, plan); len(plan.Seats) != 1 {
		t.Errorf("%d seats filled before the second question whether to stop", len(plan.Seats))
	}
}

// Two blocks of four hours a day are what the model is for; the rest between them and the hours of the day bind.
func TestRosterGivesTwoShiftsADay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rest, day int
		filled    int
	}{
		"both":               {rest: 60, day: 480, filled: 2},
		"too near":           {rest: 61, day: 480, filled: 1},
		"too long a day":     {rest: 60, day: 479, filled: 1},
		"no shift fits":      {rest: 60, day: 239, filled: 0},
		"weekly cap is idle": {rest: 0, day: 480, filled: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &solver.Problem{}
			err := p.AddAgent(solver.Agent{
				Rating: 400, WeekShifts: 0, DayMinutes: c.day, WeekMinutes: 2400, RestSameDay: c.rest, RestOtherDay: 660,
				Channels: 1, Languages: 1, Free: []solver.Interval{{Start: 0, End: 1440}},
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, start := range []int{600, 900} {
				if err := p.AddLine(solver.Line{Start: start, End: start + 240, Seats: 1, Weight: 1}); err != nil {
					t.Fatal(err)
				}
			}
			plan := planRoster(t, p, solver.Options{})
			if len(plan.Seats) != c.filled || !plan.Complete {
				t.Errorf("filled %d, want %d; proven: %v", len(plan.Seats), c.filled, plan.Complete)
			}
		})
	}
}

func TestRosterRefusesMoreSeatsThanItCanWeigh(t *testing.T) {
	t.Parallel()
	p := &solver.Problem{}
	const n = 3000
	for range n {
		if err := p.AddAgent(solver.Agent{
			Rating: 400, DayMinutes: 60, WeekMinutes: 60, Channels: 1, Languages: 1, Free: []solver.Interval{{Start: 0, End: 1440}},
		}); err != nil {
			t.Fatal(err)
		}
	}
	for range 400 {
		if err := p.AddLine(solver.Line{Start: 60, End: 120, Seats: solver.MaxSeats, Weight: solver.MaxWeight}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := solver.PrepareRoster(p, solver.Options{}); err == nil {
		t.Error("1.2 million seats of weight 1000 were taken")
	}
}

// Each falsified roster must be caught.
func TestCheckRosterCatchesFalsePlans(t *testing.T) {
	t.Parallel()
	falsify := map[string]func(*small, *solver.Plan){
		"a seat less":      func(_ *small, p *solver.Plan) { p.Seats = p.Seats[1:] },
		"a seat twice":     func(_ *small, p *solver.Plan) { p.Seats = append(p.Seats, p.Seats[0]) },
		"another W":        func(_ *small, p *solver.Plan) { p.Weight++; p.UpperBoundWeight++ },
		"another Q":        func(_ *small, p *solver.Plan) { p.Quality++ },
		"a bound too low":  func(_ *small, p *solver.Plan) { p.UpperBoundWeight = p.Weight - 1 },
		"proven and not":   func(_ *small, p *solver.Plan) { p.Complete = !p.Complete },
		"an unknown agent": func(_ *small, p *solver.Plan) { p.Seats[0].Agent = 1 << 20 },
		"less rest": func(s *small, p *solver.Plan) { // a second shift an hour later, for somebody who needs two
			s.agents[s.double(p, 60)].RestSameDay = 120
		},
		"a longer day":  func(s *small, p *solver.Plan) { s.agents[s.double(p, 0)].DayMinutes = 119 },
		"a longer week": func(s *small, p *solver.Plan) { s.agents[s.double(p, 0)].WeekMinutes = 119 },
		"a blocked agent": func(s *small, p *solver.Plan) {
			agent, merchant := p.Seats[0].Agent, int32(s.lines[p.Seats[0].Line].Merchant)
			s.relations = slices.DeleteFunc(s.relations, func(r solver.Relation) bool { return r.Agent == agent && r.Merchant == merchant })
			s.relations = append(s.relations, solver.Relation{Merchant: merchant, Agent: agent, Kind: solver.Block})
		},
		"another language": func(s *small, p *solver.Plan) { s.agents[p.Seats[0].Agent].Languages = 0 },
		"a missing tag": func(s *small, p *solver.Plan) {
			s.lines[p.Seats[0].Line].Tags = []solver.TagLevel{solver.NewTagLevel(7, 1)}
		},
		"no time": func(s *small, p *solver.Plan) { s.agents[p.Seats[0].Agent].Free = nil },
	}
	for name, change := range falsify {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				s := drawSmall(t).withWork()
				s.pins = nil
				plan := planRoster(t, s.problem(), solver.Options{})
				change(&s, plan)
				if solver.CheckRoster(s.problem(), plan).Violations == 0 {
					t.Fatal("the false plan passed")
				}
			})
		})
	}
}

// double leaves nothing of the plan but the seat of withWork's hour and a second such hour for the same agent, so many
// minutes after it.
func (s *small) double(plan *solver.Plan, gap int) (agent int32) {
	seat := plan.Seats[len(plan.Seats)-1]
	l := s.lines[seat.Line]
	l.Start, l.End = l.End+gap, 2*l.End-l.Start+gap
	s.lines = append(s.lines, l)
	plan.Seats = []solver.Seat{seat, {Line: int32(len(s.lines) - 1), Agent: seat.Agent}}
	s.agents[seat.Agent].Free = []solver.Interval{{Start: 0, End: 1440}}
	cost, _ := s.cost(int(seat.Line), int(seat.Agent))
	plan.Weight, plan.Quality, plan.UpperBoundWeight, plan.Complete = 2, int64(2*(10_000-cost)), 2, true
	return seat.Agent
}

// keepsRoster tells whether an agent may work these lines beside the pinned ones under the roster model.
func (s *small) keepsRoster(agent int, planned []int) bool {
	a, pins := s.agents[agent], s.pinsOf(agent)
	all := append(slices.Clone(planned), pins...)
	week := 0
	for i, x := range all {
		l := s.lines[x]
		week += l.End - l.Start
		day := 0
		for j, y := range all {
			o := s.lines[y]
			rest := a.RestOtherDay
			if o.Day == l.Day {
				rest = a.RestSameDay
				day += o.End - o.Start
			}
			if i < len(planned) && i != j && l.Start < o.End+rest && o.Start < l.End+rest {
				return false
			}
		}
		if i < len(planned) && day > a.DayMinutes {
			return false
		}
	}
	return len(planned) == 0 || week <= a.WeekMinutes
}

// rosters tries every way to fill the seats under the roster model: given has each agent's lines.
func (s *small) rosters(visit func(given [][]int, weight, quality int64)) {
	seats := s.openSeats()
	given := make([][]int, len(s.agents))
	var try func(seat int, w, q int64)
	try = func(seat int, w, q int64) {
		visit(given, w, q)
		if seat == len(seats) {
			return
		}
		l := seats[seat]
		try(seat+1, w, q)
		for a := range s.agents {
			cost, ok := s.cost(l, a)
			if !ok || !s.keepsRoster(a, append(given[a], l)) {
				continue
			}
			given[a] = append(given[a], l)
			try(seat+1, w+int64(s.lines[l].Weight), q+int64(10_000-cost))
			given[a] = given[a][:len(given[a])-1]
		}
	}
	try(0, 0, 0)
}

func (s *small) bestRoster() (weight, quality int64) {
	s.rosters(func(_ [][]int, w, q int64) {
		if w > weight || w == weight && q > quality {
			weight, quality = w, q
		}
	})
	return weight, quality
}

// holdRoster holds a plan against the plain values.
func (s *small) holdRoster(t fataler, plan *solver.Plan) {
	t.Helper()
	given, taken := make([][]int, len(s.agents)), make([]int, len(s.lines))
	for _, p := range s.pins {
		taken[p.Line]++
	}
	var weight, quality int64
	for _, o := range plan.Seats {
		cost, ok := s.cost(int(o.Line), int(o.Agent))
		if !ok {
			t.Fatal("agent", o.Agent, "may not work line", o.Line)
		}
		given[o.Agent] = append(given[o.Agent], int(o.Line))
		if taken[o.Line]++; taken[o.Line] > s.lines[o.Line].Seats {
			t.Fatal("line", o.Line, "has too many seats taken")
		}
		weight += int64(s.lines[o.Line].Weight)
		quality += int64(10_000 - cost)
	}
	for a := range s.agents {
		if !s.keepsRoster(a, given[a]) {
			t.Fatal("agent", a, "cannot work lines", given[a], "beside", s.pinsOf(a))
		}
	}
	if weight != plan.Weight || quality != plan.Quality || plan.Complete != (plan.Weight == plan.UpperBoundWeight) {
		t.Fatal("counted W", weight, "Q", quality, "of", plan)
	}
}

func planRoster(t fataler, p *solver.Problem, o solver.Options) *solver.Plan {
	t.Helper()
	r, err := solver.PrepareRoster(p, o)
	if err != nil {
		t.Fatal(err)
	}
	return r.Plan(o)
}
