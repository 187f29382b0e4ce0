package solver_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"peakseat/matcher/solver"
)

func TestDailyEqualsTryingEverything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSmall(t)
		p := s.problem()
		plan := solve(t, p)
		if w, q := s.best(); plan.Weight != w || plan.Quality != q {
			t.Fatalf("plan has W %d Q %d, the best is W %d Q %d", plan.Weight, plan.Quality, w, q)
		}
		if v := solver.Certify(p, plan); v.Violations != 0 {
			t.Fatalf("certificate: %d violations: %q", v.Violations, v.First)
		}
	})
}

func TestDailyIsTheSameEachTimeAndOnAnyNumberOfThreads(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSmall(t)
		one := solve(t, s.problem())
		x, err := solver.Prepare(s.problem(), solver.Options{Threads: 3})
		if err != nil {
			t.Fatal(err)
		}
		if two := x.Daily(solver.Options{}); !slices.Equal(one.Seats, two.Seats) {
			t.Fatalf("plans differ: %v and %v", one.Seats, two.Seats)
		}
	})
}

// A plan that was cut short says so, is still a plan, and its bound holds.
func TestDailyCutShortKeepsItsBound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSmall(t)
		p := s.problem()
		best := solve(t, p)
		x, err := solver.Prepare(p, solver.Options{})
		if err != nil {
			t.Fatal(err)
		}
		cut := x.Daily(solver.Options{Work: int64(rapid.IntRange(1, 10).Draw(t, "work"))})
		if cut.Weight > best.Weight || cut.UpperBoundWeight < best.Weight {
			t.Fatalf("W %d and bound %d do not enclose the best W %d", cut.Weight, cut.UpperBoundWeight, best.Weight)
		}
		if !cut.Complete && solver.Certify(p, cut).Violations == 0 {
			t.Fatal("an incomplete plan passed the check")
		}
	})
}

func TestPrepareStops(t *testing.T) {
	t.Parallel()
	p := &solver.Problem{}
	if err := p.AddAgent(solver.Agent{Rating: 300}); err != nil {
		t.Fatal(err)
	}
	if _, err := solver.Prepare(p, solver.Options{Stop: func() bool { return true }}); err == nil {
		t.Fatal("an index was made after the stop")
	}
}

func TestPrepareRefusesTwoRelationsOfAPair(t *testing.T) {
	t.Parallel()
	p := &solver.Problem{}
	if err := p.AddAgent(solver.Agent{Rating: 300}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := p.AddRelation(solver.Relation{Kind: solver.Block}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := solver.Prepare(p, solver.Options{}); err == nil {
		t.Fatal("a pair with two relations was taken")
	}
}

// More seats than 1e9 can keep apart: the scale of W must grow with them.
func TestWeightComesFirstWithVeryManySeats(t *testing.T) {
	t.Parallel()
	p := &solver.Problem{}
	if err := p.AddAgent(solver.Agent{
		Rating: 400, WeekShifts: 1, Channels: 1, Languages: 1, Free: []solver.Interval{{Start: 0, End: 1440}},
	}); err != nil {
		t.Fatal(err)
	}
	for _, weight := range []int{1, 3} {
		if err := p.AddLine(solver.Line{Start: 60, End: 120, Seats: 150_000, Weight: weight, Merchant: weight}); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.AddRelation(solver.Relation{Merchant: 1, Kind: solver.Favourite, PastShifts: 20}); err != nil {
		t.Fatal(err)
	}
	plan := solve(t, p)
	if plan.Weight != 3 || plan.Prices.Big <= 1_000_000_000 {
		t.Fatalf("W %d at scale %d, want 3 at more than 1e9", plan.Weight, plan.Prices.Big)
	}
	if v := solver.Certify(p, plan); v.Violations != 0 {
		t.Fatalf("certificate: %q", v.First)
	}
}

type fataler interface {
	Helper()
	Fatal(args ...any)
}

func solve(t fataler, p *solver.Problem) *solver.Plan {
	t.Helper()
	x, err := solver.Prepare(p, solver.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return x.Daily(solver.Options{})
}
