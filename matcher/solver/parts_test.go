package solver_test

import (
	"testing"

	"pgregory.net/rapid"

	"peakseat/matcher/solver"
)

// Solved part by part, each read back from what was stored of it, a problem has the W and Q of the whole, and everybody and
// every line that counts is in one part.
func TestPartsMergeToTheWhole(t *testing.T) {
	t.Parallel()
	most := 0
	rapid.Check(t, func(t *rapid.T) {
		p := drawSmall(t)
		for range rapid.IntRange(0, 4).Draw(t, "more") { // others, whose tags nobody of the first holds
			p = p.beside(drawSmall(t))
		}
		all := p.problem()
		want := solve(t, all)
		x, err := solver.Prepare(all, solver.Options{})
		if err != nil {
			t.Fatal(err)
		}
		lines, agents, n := x.Components(nil)
		most = max(most, n)
		var weight, quality int64
		seats := 0
		for part := range int32(n) {
			mine := func(of []int32) (list []int32) {
				for i, c := range of {
					if c == part {
						list = append(list, int32(i))
					}
				}
				return list
			}
			// a line whose holder is elsewhere stays with its holder: a line of the part is held by the part
			l, a := mine(lines), mine(agents)
			for _, pin := range p.pins {
				if lines[pin.Line] == part && agents[pin.Agent] != part {
					a = append(a, pin.Agent)
				}
			}
			q, err := all.Part(l, a)
			if err != nil {
				t.Fatal(err)
			}
			text, err := q.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if q, err = solver.Decode(text); err != nil {
				t.Fatal(err)
			}
			got := solve(t, q)
			weight, quality, seats = weight+got.Weight, quality+got.Quality, seats+len(got.Seats)
			for _, s := range got.Seats {
				if int(s.Line) >= len(l) {
					t.Fatalf("line %d of %d has a seat", s.Line, len(l))
				}
				if _, no := x.Eligible([]solver.Seat{{Line: l[s.Line], Agent: a[s.Agent]}}); len(no) > 0 {
					t.Fatalf("%v is not eligible in the whole", no)
				}
			}
		}
		if weight != want.Weight || quality != want.Quality || seats != len(want.Seats) {
			t.Fatalf("the parts have W %d Q %d, the whole W %d Q %d", weight, quality, want.Weight, want.Quality)
		}
	})
	if most < 2 {
		t.Errorf("at most %d parts: the test says little", most)
	}
}

// beside puts two problems side by side that know nothing of each other.
func (s small) beside(o small) small {
	agents, lines := int32(len(s.agents)), int32(len(s.lines))
	apart := func(tags []solver.TagLevel) (moved []solver.TagLevel) {
		for _, t := range tags {
			moved = append(moved, solver.NewTagLevel(t.Tag()+int(agents)*10, t.Level()))
		}
		return append(moved, solver.NewTagLevel(int(agents)*10+5, 1))
	}
	s.capHours = s.capHours || o.capHours
	for _, a := range o.agents {
		a.Tags = apart(a.Tags)
		s.agents = append(s.agents, a)
	}
	for _, l := range o.lines {
		l.Merchant += int(agents) * 10
		l.Tags = apart(l.Tags)
		s.lines = append(s.lines, l)
	}
	for _, r := range o.relations {
		r.Merchant, r.Agent = r.Merchant+agents*10, r.Agent+agents
		s.relations = append(s.relations, r)
	}
	for _, p := range o.pins {
		s.pins = append(s.pins, solver.Seat{Line: p.Line + lines, Agent: p.Agent + agents})
	}
	return s
}

func TestEligibleIsWhatIsListed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSmall(t)
		p := s.problem()
		x, err := solver.Prepare(p, solver.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for l := range s.lines {
			for a := range s.agents {
				_, want := s.cost(l, a)
				if pins := s.pinsOf(a); want && len(pins) > 0 {
					want = len(pins) < s.agents[a].WeekShifts && s.keepsRules(a, append([]int{l}, pins...))
				}
				want = want && s.agents[a].WeekShifts > 0
				if yes, no := x.Eligible([]solver.Seat{{Line: int32(l), Agent: int32(a)}}); len(yes) == 1 != want || len(no) == 1 == want {
					t.Fatalf("line %d and agent %d: eligible %v, want %v", l, a, yes, want)
				}
			}
		}
	})
}

func TestDecodeRefusesWhatIsCut(t *testing.T) {
	t.Parallel()
	s := small{}.withWork()
	text, err := s.problem().Encode()
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(text) - 1 {
		if p, err := solver.Decode(text[:n]); err == nil {
			t.Fatalf("%d of %d bytes gave %d agents", n, len(text), p.Agents())
		}
	}
}

// BenchmarkComponents tells into how many parts the yardstick's instances fall, and what finding them costs beside the index.
func BenchmarkComponents(b *testing.B) {
	y := buildYardstick(b)
	for _, name := range yardstickNames("L") {
		b.Run(name, func(b *testing.B) {
			p, _ := readInstance(b, y.instance(b, name))
			x, err := solver.Prepare(p, solver.Options{})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				lines, _, parts := x.Components(nil)
				size, largest := make([]int, parts), 0
				for _, c := range lines {
					if c >= 0 {
						size[c]++
						largest = max(largest, size[c])
					}
				}
				b.ReportMetric(float64(parts), "parts")
				b.ReportMetric(float64(largest), "lines-in-the-largest")
				b.ReportMetric(float64(len(lines)), "lines")
			}
		})
	}
}
