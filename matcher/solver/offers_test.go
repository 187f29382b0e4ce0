package solver_test

import (
	"testing"

	"pgregory.net/rapid"

	"peakseat/matcher/solver"
)

// No offer breaks any rule, whatever is offered beside it or pinned, and no seat stays empty that somebody could take.
func TestOffersBreakNoRule(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSmall(t)
		p := s.problem()
		x, err := solver.Prepare(p, solver.Options{})
		if err != nil {
			t.Fatal(err)
		}
		plan := x.Daily(solver.Options{})
		offers := x.Offers(plan)

		held := make([][]int, len(s.agents))
		taken := make([]int, len(s.lines))
		for a := range s.agents {
			held[a] = s.pinsOf(a)
		}
		for _, pin := range s.pins {
			taken[pin.Line]++
		}
		var weight, quality int64
		for _, o := range offers.Seats {
			cost, ok := s.cost(int(o.Line), int(o.Agent))
			if !ok {
				t.Fatalf("agent %d may not work line %d", o.Agent, o.Line)
			}
			held[o.Agent] = append(held[o.Agent], int(o.Line))
			taken[o.Line]++
			weight += int64(s.lines[o.Line].Weight)
			quality += int64(10000 - cost)
		}
		if weight != offers.Weight || quality != offers.Quality || weight > plan.Weight {
			t.Fatalf("W %d Q %d reported, %d and %d counted, the model has W %d", offers.Weight, offers.Quality, weight, quality, plan.Weight)
		}
		for a, lines := range held {
			if len(lines) > len(s.pinsOf(a)) && (!s.keepsRules(a, lines) || len(lines) > s.agents[a].WeekShifts) {
				t.Fatalf("agent %d would break rest, hours or the weekly cap with lines %v", a, lines)
			}
		}
		for l := range s.lines {
			if taken[l] > s.lines[l].Seats {
				t.Fatalf("line %d has %d of %d seats taken", l, taken[l], s.lines[l].Seats)
			}
			for a := range s.agents {
				if _, ok := s.cost(l, a); ok && taken[l] < s.lines[l].Seats && len(held[a]) < s.agents[a].WeekShifts &&
					s.keepsRules(a, append([]int{l}, held[a]...)) {
					t.Fatalf("line %d has an empty seat that agent %d could take", l, a)
				}
			}
		}
		if len(plan.Seats)-len(offers.Dropped)+len(offers.Given) != len(offers.Seats) {
			t.Fatalf("%d planned - %d dropped + %d given is not %d offered",
				len(plan.Seats), len(offers.Dropped), len(offers.Given), len(offers.Seats))
		}
	})
}

// Two shifts too near each other: the better one stays, and the next best agent gets the other.
func TestOffersGiveTheSeatToTheNextBest(t *testing.T) {
	t.Parallel()
	p := &solver.Problem{}
	for _, rating := range []int{500, 300} {
		if err := p.AddAgent(solver.Agent{
			Rating: rating, WeekShifts: 5, DayMinutes: 480, WeekMinutes: 2400, RestSameDay: 15, RestOtherDay: 480,
			Channels: 1, Languages: 1, Free: []solver.Interval{{Start: 0, End: 2880}},
		}); err != nil {
			t.Fatal(err)
		}
	}
	late := solver.Line{Day: 0, Start: 20 * 60, End: 24 * 60, Seats: 1, Weight: 1}
	early := solver.Line{Day: 1, Start: 30 * 60, End: 34 * 60, Seats: 1, Weight: 3, Merchant: 1}
	for _, l := range []solver.Line{late, early} {
		if err := p.AddLine(l); err != nil {
			t.Fatal(err)
		}
	}
	x, err := solver.Prepare(p, solver.Options{})
	if err != nil {
		t.Fatal(err)
	}
	plan := x.Daily(solver.Options{})
	if len(plan.Seats) != 2 || plan.Seats[0].Agent != 0 || plan.Seats[1].Agent != 0 {
		t.Fatalf("the model gives both lines to the better agent, got %v", plan.Seats)
	}
	offers := x.Offers(plan)
	if len(offers.Dropped) != 1 || len(offers.Given) != 1 || offers.Given[0] != (solver.Seat{Line: 0, Agent: 1}) {
		t.Fatalf("line 0 should go to agent 1, dropped %v and gave %v", offers.Dropped, offers.Given)
	}
}
