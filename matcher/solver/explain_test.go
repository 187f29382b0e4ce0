package solver_test

import (
	"testing"

	"pgregory.net/rapid"

	"peakseat/matcher/solver"
)

// The funnel loses every agent once, at the first rule that Why names, and keeps those who are eligible.
func TestExplainAgreesWithWhy(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSmall(t)
		for a := range s.agents {
			if pins := s.pinsOf(a); len(pins) > 0 && !s.keepsRules(a, pins) {
				t.Skip("pins that break the rules by themselves say nothing of a line more")
			}
		}
		p := s.problem()
		for l := range s.lines {
			first := map[solver.Loss]int{}
			eligible := 0
			for a := range s.agents {
				pins := s.pinsOf(a)
				_, ok := s.cost(l, a)
				ok = ok && len(pins) < s.agents[a].WeekShifts
				ok = ok && (len(pins) == 0 || s.keepsRules(a, append([]int{l}, pins...)))
				why := p.Why(int32(l), int32(a))
				if ok != (len(why) == 0) {
					t.Fatalf("agent %d at line %d: eligible %v, failures %v", a, l, ok, why)
				}
				if ok {
					eligible++
				} else {
					first[solver.Loss{Rule: why[0].Rule, Tag: why[0].Tag}]++
				}
			}
			f := p.Explain(int32(l))
			left := f.Agents
			for _, loss := range f.Losses {
				left -= loss.Lost
				if got := first[solver.Loss{Rule: loss.Rule, Tag: loss.Tag}]; got != loss.Lost {
					t.Fatalf("line %d loses %d at %s, want %d", l, loss.Lost, loss.Rule, got)
				}
			}
			if left != f.Eligible || f.Eligible != eligible {
				t.Fatalf("line %d keeps %d, says %d eligible, want %d", l, left, f.Eligible, eligible)
			}
		}
	})
}

func TestWhyNamesEveryFailureWithItsValues(t *testing.T) {
	t.Parallel()
	p := &solver.Problem{CapHours: true}
	if err := p.AddAgent(solver.Agent{
		Rating: 350, WeekShifts: 1, DayMinutes: 120, WeekMinutes: 600, Channels: 2, Languages: 1,
		Tags: []solver.TagLevel{solver.NewTagLevel(3, 1)}, Free: []solver.Interval{{Start: 0, End: 90}, {Start: 200, End: 1440}},
	}); err != nil {
		t.Fatal(err)
	}
	if err := p.AddLine(solver.Line{
		Start: 60, End: 300, Seats: 1, Weight: 1, MinRating: 400, Language: 0,
		Tags: []solver.TagLevel{solver.NewTagLevel(3, 2), solver.NewTagLevel(4, 1)},
	}); err != nil {
		t.Fatal(err)
	}
	want := []solver.Failure{
		{Rule: solver.RuleTag, Tag: 3, Have: 1, Need: 2},
		{Rule: solver.RuleTag, Tag: 4, Have: 0, Need: 1},
		{Rule: solver.RuleChannel, Tag: -1},
		{Rule: solver.RuleRating, Tag: -1, Have: 350, Need: 400},
		{Rule: solver.RuleAvailability, Tag: -1, Have: 100, Need: 240},
		{Rule: solver.RuleShiftLength, Tag: -1, Have: 240, Need: 120},
	}
	got := p.Why(0, 0)
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("failure %d is %v, want %v", i, got[i], want[i])
		}
	}
}

// Giving the seat to an eligible agent who is short by nothing costs nothing; by more, at least that.
func TestShortIsNeverNegative(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSmall(t)
		p := s.problem()
		plan := solve(t, p)
		for l := range s.lines {
			for a := range s.agents {
				short, ok := p.Short(plan, int32(l), int32(a))
				if ok && short.By < 0 {
					t.Fatalf("agent %d is %d short of line %d: the plan was not the best", a, short.By, l)
				}
				if ok && len(p.Why(int32(l), int32(a))) > 0 {
					t.Fatalf("agent %d is not eligible for line %d", a, l)
				}
			}
		}
	})
}
