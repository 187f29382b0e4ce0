package solver_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"peakseat/matcher/solver"
)

// What Alternative says is exact: trying everything with the agent on the line finds the same. Short never says more.
func TestAlternativeIsTheBestPlanWithTheAgent(t *testing.T) {
	t.Parallel()
	tried := 0
	until(func() bool { return tried > 0 }, func() {
		rapid.Check(t, func(t *rapid.T) {
			s := drawSmall(t)
			p := s.problem()
			plan := solve(t, p)
			l, a := rapid.IntRange(0, len(s.lines)-1).Draw(t, "line"), rapid.IntRange(0, len(s.agents)-1).Draw(t, "agent")
			got, ok, err := p.Alternative(plan, int32(l), int32(a), solver.Options{})
			if err != nil {
				t.Fatal(err)
			}
			w, q := s.bestWhere(func(given [][]int) bool { return slices.Contains(given[a], l) })
			if ok != (w > 0) {
				t.Fatalf("alternative %v, the best plan with the agent has W %d", ok, w)
			}
			if !ok {
				return
			}
			tried++
			if got.Weight != plan.Weight-w || got.Quality != plan.Quality-q {
				t.Fatalf("loses W %d Q %d, want %d and %d", got.Weight, got.Quality, plan.Weight-w, plan.Quality-q)
			}
			if short, ok := p.Short(plan, int32(l), int32(a)); ok && short.By > got.Weight*plan.Prices.Big+got.Quality {
				t.Fatalf("%d short, and a plan with the agent loses only W %d Q %d", short.By, got.Weight, got.Quality)
			}
			// The plan, changed as it says, is that plan.
			seats := slices.DeleteFunc(slices.Clone(plan.Seats), func(x solver.Seat) bool { return slices.Contains(got.Gone, x) })
			for _, seat := range got.Instead {
				if !slices.Contains(seats, seat) {
					seats = append(seats, seat)
				}
			}
			weight := int64(0)
			for _, seat := range seats {
				weight += int64(s.lines[seat.Line].Weight)
			}
			if weight != w {
				t.Fatalf("the changed plan has W %d, want %d", weight, w)
			}
		})
	})
	if tried == 0 {
		t.Fatal("no pair was eligible: the test tries nothing")
	}
}

// Nobody can fill more seats of a bottleneck's lines, even were there no others.
func TestBottleneckCannotBeFilledFurther(t *testing.T) {
	t.Parallel()
	found := 0
	until(func() bool { return found > 0 }, func() {
		rapid.Check(t, func(t *rapid.T) {
			s := drawSmall(t)
			plan := solve(t, s.problem())
			x, err := solver.Prepare(s.problem(), solver.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for l := range s.lines {
				b, ok := x.Bottleneck(plan, int32(l))
				empty := s.lines[l].Seats - filledOf(&s, plan, l)
				if ok != (empty > 0) {
					t.Fatalf("line %d has %d empty seats and a bottleneck: %v", l, empty, ok)
				}
				if !ok {
					continue
				}
				found++
				if !slices.Contains(b.Lines, int32(l)) || b.Filled >= b.Seats {
					t.Fatalf("a bottleneck of line %d with an empty seat expected, got %+v", l, b)
				}
				alone, seats, pinned := s, int64(0), int64(0)
				alone.lines = slices.Clone(s.lines)
				for i := range alone.lines {
					alone.lines[i].Weight = 1
					if slices.Contains(b.Lines, int32(i)) {
						seats += int64(s.lines[i].Seats)
						if s.lines[i].Weight < s.lines[l].Weight {
							t.Fatalf("line %d is worth less than line %d and should have given way", i, l)
						}
					}
				}
				for _, pin := range s.pins {
					if slices.Contains(b.Lines, pin.Line) {
						pinned++
					}
				}
				most := int64(0)
				alone.bestWhere(func(given [][]int) bool {
					n := int64(0)
					for _, lines := range given {
						for _, g := range lines {
							if slices.Contains(b.Lines, int32(g)) {
								n++
							}
						}
					}
					most = max(most, n)
					return false // so that every way is asked about
				})
				if seats != b.Seats || most+pinned != b.Filled {
					t.Fatalf("%d of %d seats filled in %v, at most %d of %d can be", b.Filled, b.Seats, b.Lines, most+pinned, seats)
				}
			}
		})
	})
	if found == 0 {
		t.Fatal("no seat stayed empty: the test tries nothing")
	}
}

// Whoever makes the change that a remedy names sees the seat filled, and the plan gain what it says.
func TestRemediesFillTheSeat(t *testing.T) {
	t.Parallel()
	found := map[solver.RemedyKind]int{}
	until(func() bool { return len(found) == 3 }, func() {
		rapid.Check(t, func(t *rapid.T) {
			s := drawSmall(t)
			plan := solve(t, s.problem())
			x, err := solver.Prepare(s.problem(), solver.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for l := range s.lines {
				all, err := x.Remedies(plan, int32(l), solver.Options{})
				if err != nil {
					t.Fatal(err)
				}
				empty := s.lines[l].Seats - filledOf(&s, plan, l)
				if empty == 0 && len(all) > 0 {
					t.Fatalf("line %d is full and has remedies %v", l, all)
				}
				if empty > 0 && !slices.ContainsFunc(all, func(r solver.Remedy) bool { return r.Kind == solver.RemedyAgents }) {
					// Each further agent may go to a better seat first; beyond 4 none is tried.
					if n := emptySeats(&s, plan); n <= 4 {
						t.Fatalf("line %d: one more agent for each of %d empty seats would do, got %v", l, n, all)
					}
				}
				for _, r := range all {
					found[r.Kind]++
					c := s
					c.agents, c.lines = slices.Clone(s.agents), slices.Clone(s.lines)
					switch r.Kind {
					case solver.RemedyAgents:
						for range r.Count {
							c.agents = append(c.agents, r.Agent)
						}
					case solver.RemedyLevel, solver.RemedyWindow:
						c.lines = append(c.lines, r.Seat)
						c.lines[l].Seats--
					}
					if c.lines[l].Seats > 0 { // a line of no seats cannot be written down
						after := solve(t, c.problem())
						n := filledOf(&c, after, l)
						if len(c.lines) > len(s.lines) {
							n += filledOf(&c, after, len(s.lines))
						}
						if n <= filledOf(&s, plan, l) {
							t.Fatalf("%+v fills no seat of line %d", r, l)
						}
					}
					if w, q := c.best(); w != plan.Weight+r.Weight || q != plan.Quality+r.Quality || r.Weight < int64(s.lines[l].Weight) {
						t.Fatalf("%+v gains W %d Q %d", r, w-plan.Weight, q-plan.Quality)
					}
				}
			}
		})
	})
	for _, kind := range []solver.RemedyKind{solver.RemedyAgents, solver.RemedyLevel, solver.RemedyWindow} {
		if found[kind] == 0 {
			t.Errorf("no remedy of kind %s was found: the test tries nothing", kind)
		}
	}
}

func filledOf(s *small, plan *solver.Plan, line int) (n int) {
	for _, seats := range [][]solver.Seat{plan.Seats, s.pins} {
		for _, seat := range seats {
			if int(seat.Line) == line {
				n++
			}
		}
	}
	return n
}

func emptySeats(s *small, plan *solver.Plan) (n int) {
	for l := range s.lines {
		n += s.lines[l].Seats - filledOf(s, plan, l)
	}
	return n
}

// until repeats a check whose draws may all miss what it is about.
func until(tried func() bool, check func()) {
	for range 50 {
		if check(); tried() {
			return
		}
	}
}
