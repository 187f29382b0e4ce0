package solver_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"peakseat/matcher/solver"
)

// A plan made again over its own offers changes nothing.
func TestReplanningWithoutAChangeChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawTight(t)
		p := s.problem()
		r := replanned(t, p, solve(t, p).Seats)
		if len(r.Seats)+len(r.Withdrawn) != 0 || r.Weight != 0 || r.Quality != 0 {
			t.Fatalf("got %+v", r)
		}
	})
}

// After any change of the market the plan has the best W, and of all plans of that W it withdraws the fewest offers.
func TestReplanningWithdrawsTheFewest(t *testing.T) {
	t.Parallel()
	withdrew := false
	rapid.Check(t, func(t *rapid.T) {
		s := drawTight(t)
		live := s.drawLive(t)
		if len(live) > 0 && rapid.Bool().Draw(t, "lost") { // an agent with an offer is lost, and the offer with them
			gone := live[rapid.IntRange(0, len(live)-1).Draw(t, "who")].Agent
			s.agents[gone].WeekShifts = 0
			live = slices.DeleteFunc(live, func(o solver.Seat) bool { return o.Agent == gone })
		}
		p := s.problem()
		r := replanned(t, p, live)
		before := int64(0)
		for _, o := range live {
			before += int64(s.lines[o.Line].Weight)
		}
		weight, fewest := s.fewest(live)
		if r.Weight+before != weight || len(r.Withdrawn) != fewest {
			t.Fatalf("W %d by withdrawing %d of %v, want W %d by %d", r.Weight+before, len(r.Withdrawn), live, weight, fewest)
		}
		if r.OfferWeight != r.Weight {
			t.Fatalf("W of the offers is %d, of the model %d", r.OfferWeight, r.Weight)
		}
		withdrew = withdrew || fewest > 0
		s.checkReplan(t, live, r)
	})
	if !withdrew {
		t.Error("no draw needed an offer back: the test says little")
	}
}

// The same of rosters: several shifts a day, with rest and hours. On problems this small the search hardly ever misses.
func TestReplanningARosterWithdrawsTheFewest(t *testing.T) {
	t.Parallel()
	const n = 300
	examples := rapid.Custom(drawTightRoster)
	best, withdrew := 0, 0
	for i := range n {
		s := examples.Example(i)
		live := s.liveRoster(uint64(i))
		r, err := solver.Replanned(s.problem(), live, solver.Options{}, rosterSolver)
		if err != nil {
			t.Fatal(err)
		}
		weight, fewest := s.fewestOfRosters(live)
		for _, o := range live {
			weight -= int64(s.lines[o.Line].Weight)
		}
		s.holdReplan(t, live, r)
		if r.Weight > weight || r.Weight == weight && len(r.Withdrawn) < fewest {
			t.Fatalf("example %d: W %d by withdrawing %d, trying everything finds %d by %d", i, r.Weight, len(r.Withdrawn), weight, fewest)
		}
		if r.Weight == weight && len(r.Withdrawn) == fewest {
			best++
		}
		if fewest > 0 {
			withdrew++
		}
	}
	t.Logf("of %d problems %d best, %d need an offer back", n, best, withdrew)
	if best < n*99/100 || withdrew < 10 {
		t.Errorf("of %d problems %d best, %d need an offer back", n, best, withdrew)
	}
}

func rosterSolver(p *solver.Problem, o solver.Options) (*solver.Plan, *solver.Offers, error) {
	r, err := solver.PrepareRoster(p, o)
	if err != nil {
		return nil, nil, err
	}
	plan := r.Plan(o)
	plan.Complete = true // as well as the search can
	return plan, &solver.Offers{Seats: plan.Seats, Weight: plan.Weight, Quality: plan.Quality}, nil
}

// liveRoster are pairs that can stand beside each other.
func (s *small) liveRoster(seed uint64) (live []solver.Seat) {
	random := rand.New(rand.NewPCG(seed, 11))
	given := make([][]int, len(s.agents))
	for _, l := range s.openSeats() {
		a := random.IntN(len(s.agents))
		if _, ok := s.cost(l, a); ok && s.keepsRoster(a, append(given[a], l)) {
			given[a] = append(given[a], l)
			live = append(live, solver.Seat{Line: int32(l), Agent: int32(a)})
		}
	}
	return live
}

// fewestOfRosters tries everything, as fewest does.
func (s *small) fewestOfRosters(live []solver.Seat) (weight int64, withdrawn int) {
	withdrawn = len(live)
	s.rosters(func(given [][]int, w, _ int64) {
		gone := 0
		for _, o := range live {
			if !slices.Contains(given[o.Agent], int(o.Line)) {
				gone++
			}
		}
		if w > weight || w == weight && gone < withdrawn {
			weight, withdrawn = w, gone
		}
	})
	return weight, withdrawn
}

// holdReplan holds what stays and what is new against the plain values.
func (s *small) holdReplan(t fataler, live []solver.Seat, r *solver.Replan) {
	t.Helper()
	now := slices.Clone(r.Seats)
	for _, o := range live {
		if !slices.Contains(r.Withdrawn, o) {
			now = append(now, o)
		}
	}
	worth := func(seats []solver.Seat) (weight, quality int64) {
		for _, o := range seats {
			cost, _ := s.cost(int(o.Line), int(o.Agent))
			weight, quality = weight+int64(s.lines[o.Line].Weight), quality+int64(10_000-cost)
		}
		return weight, quality
	}
	w, q := worth(now)
	s.holdRoster(t, &solver.Plan{Seats: now, Weight: w, Quality: q, UpperBoundWeight: w, Complete: true})
	if wasW, wasQ := worth(live); r.Weight != w-wasW || r.Quality != q-wasQ {
		t.Fatal("the change is said to be worth", r.Weight, r.Quality, "and is", w-wasW, q-wasQ)
	}
}

// A live pair that a plan could not choose stays.
func TestReplanningKeepsWhoIsNotEligibleAnyMore(t *testing.T) {
	t.Parallel()
	s := small{}.withWork()
	s.agents = append(s.agents, solver.Agent{Rating: 500, WeekShifts: 1, DayMinutes: 600, WeekMinutes: 600, Channels: 1, Languages: 1})
	r := replanned(t, s.problem(), []solver.Seat{{Line: 0, Agent: 1}})
	if len(r.Seats)+len(r.Withdrawn) != 0 {
		t.Errorf("got %+v", r)
	}
}

func replanned(t interface{ Fatal(args ...any) }, p *solver.Problem, live []solver.Seat) *solver.Replan {
	r, err := solver.Replanned(p, live, solver.Options{}, solver.SolveDaily)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Complete {
		t.Fatal("not complete")
	}
	return r
}

// drawTight draws a problem in which most seats have somebody and not all can be filled, without what the daily model does
// not know: rest, hours, and the hours after midnight.
func drawTight(t *rapid.T) small {
	n := func(name string, low, high int) int { return rapid.IntRange(low, high).Draw(t, name) }
	s := small{}
	for range n("agents", 2, 5) {
		a := solver.Agent{
			Rating: n("rating", 300, 500), IdleDays: n("idle", 0, 40), WeekShifts: n("weekShifts", 1, 2), DayMinutes: 1440, WeekMinutes: 10080,
			Channels: 1, Languages: 1, Free: []solver.Interval{{Start: 0, End: 2 * 1440}},
		}
		for tag := range 3 {
			if n("holds", 0, 1) == 1 {
				a.Tags = append(a.Tags, solver.NewTagLevel(tag, 1))
			}
		}
		s.agents = append(s.agents, a)
	}
	for range n("lines", 1, 4) {
		l := solver.Line{Merchant: n("merchant", 0, 1), Day: n("dayOf", 0, 1), Seats: n("lineSeats", 1, 2), Weight: n("weight", 1, 3), MinRating: n("minRating", 0, 1) * 350}
		l.Start = l.Day*1440 + 600
		l.End = l.Start + 240
		l.Tags = []solver.TagLevel{solver.NewTagLevel(n("need", 0, 2), 1)}
		s.lines = append(s.lines, l)
	}
	for m := range 2 {
		for a := range s.agents {
			if k := n("kind", 0, 7); k >= 1 && k <= 3 {
				s.relations = append(s.relations, solver.Relation{Merchant: int32(m), Agent: int32(a), Kind: solver.RelationKind(k), PastShifts: n("past", 0, 25)})
			}
		}
	}
	return s
}

// drawTightRoster lets the same people take several shifts a day, as far as rest and hours go.
func drawTightRoster(t *rapid.T) small {
	s := drawTight(t)
	for i := range s.lines {
		l := &s.lines[i]
		l.Start = l.Day*1440 + rapid.SampledFrom([]int{480, 720, 900, 1080}).Draw(t, "start")
		l.End = l.Start + 240
	}
	for i := range s.agents {
		a := &s.agents[i]
		a.DayMinutes, a.WeekMinutes = 240*rapid.IntRange(1, 2).Draw(t, "day"), 240*rapid.IntRange(1, 3).Draw(t, "week")
		a.RestSameDay, a.RestOtherDay = 60, 480
	}
	return s
}

// drawLive draws pairs that can stand beside each other.
func (s *small) drawLive(t *rapid.T) (live []solver.Seat) {
	for l := range s.lines {
		for a := range s.agents {
			o := solver.Seat{Line: int32(l), Agent: int32(a)}
			if s.may(live, o) && rapid.IntRange(0, 2).Draw(t, "live") > 0 {
				live = append(live, o)
			}
		}
	}
	return live
}

// may tells whether the pair stands beside the others in the daily model.
func (s *small) may(others []solver.Seat, o solver.Seat) bool {
	if _, ok := s.cost(int(o.Line), int(o.Agent)); !ok {
		return false
	}
	onLine, shifts := 0, 0
	for _, x := range others {
		if x.Line == o.Line {
			onLine++
		}
		if x.Agent == o.Agent {
			shifts++
			if s.lines[x.Line].Day == s.lines[o.Line].Day {
				return false
			}
		}
	}
	return onLine < s.lines[o.Line].Seats && shifts < s.agents[o.Agent].WeekShifts
}

// fewest tries everything: the best W, and the fewest of live that a plan of it lacks.
func (s *small) fewest(live []solver.Seat) (weight int64, withdrawn int) {
	var pairs []solver.Seat
	for l := range s.lines {
		for a := range s.agents {
			if _, ok := s.cost(l, a); ok {
				pairs = append(pairs, solver.Seat{Line: int32(l), Agent: int32(a)})
			}
		}
	}
	withdrawn = len(live)
	var try func(from int, taken []solver.Seat, w int64, kept int)
	try = func(from int, taken []solver.Seat, w int64, kept int) {
		if gone := len(live) - kept; w > weight || w == weight && gone < withdrawn {
			weight, withdrawn = w, gone
		}
		for i := from; i < len(pairs); i++ {
			if s.may(taken, pairs[i]) {
				k := kept
				if slices.Contains(live, pairs[i]) {
					k++
				}
				try(i+1, append(slices.Clip(taken), pairs[i]), w+int64(s.lines[pairs[i].Line].Weight), k)
			}
		}
	}
	try(0, nil, 0, 0)
	return weight, withdrawn
}

func (s *small) checkReplan(t *rapid.T, live []solver.Seat, r *solver.Replan) {
	var taken []solver.Seat
	for _, o := range live {
		if !slices.Contains(r.Withdrawn, o) {
			taken = append(taken, o)
		}
	}
	quality := int64(0)
	for _, o := range r.Seats {
		if slices.Contains(live, o) || !s.may(taken, o) {
			t.Fatalf("%v is live or does not stand beside %v", o, taken)
		}
		taken = append(taken, o)
		cost, _ := s.cost(int(o.Line), int(o.Agent))
		quality += int64(10_000 - cost)
	}
	for _, o := range r.Withdrawn {
		cost, _ := s.cost(int(o.Line), int(o.Agent))
		quality -= int64(10_000 - cost)
	}
	if quality != r.Quality || quality != r.OfferQuality {
		t.Fatalf("Q %d and %d, want %d", r.Quality, r.OfferQuality, quality)
	}
}
