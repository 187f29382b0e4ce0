package solver_test

import (
	"cmp"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"peakseat/matcher/solver"
)

// market draws the events of a live week: people leave, join, change or do not come, merchants want more seats or fewer.
// held keeps who works where, from the changes alone.
type market struct {
	rand *rand.Rand
	s    *solver.Session
	held []solver.Seat
	at   map[solver.Seat]int
	gone map[int32]bool
}

func newMarket(s *solver.Session, seed uint64) *market {
	m := &market{rand: rand.New(rand.NewPCG(seed, 2)), s: s, at: map[solver.Seat]int{}, gone: map[int32]bool{}}
	m.follow(solver.Change{Added: s.Plan().Seats})
	return m
}

func (m *market) follow(c solver.Change) {
	for _, s := range c.Dropped {
		i, last := m.at[s], m.held[len(m.held)-1]
		m.held[i], m.at[last] = last, i
		m.held = m.held[:len(m.held)-1]
		delete(m.at, s)
	}
	for _, s := range c.Added {
		m.at[s] = len(m.held)
		m.held = append(m.held, s)
	}
}

// next draws an event and gives what carries it out, so that only that is timed.
func (m *market) next() (kind string, do func() (solver.Change, error)) {
	p, n := m.s.Problem(), m.rand.IntN
	seat := m.held[n(len(m.held))]
	anybody := int32(n(p.Agents()))
	for m.gone[anybody] {
		anybody = int32(n(p.Agents()))
	}
	a := p.Agent(anybody)
	switch k := n(100); {
	case k < 25:
		m.gone[seat.Agent] = true
		return "leave", func() (solver.Change, error) { return m.s.RemoveAgent(seat.Agent) }
	case k < 45:
		return "no-show", func() (solver.Change, error) { return m.s.Exclude(seat) }
	case k < 65:
		return "join", func() (solver.Change, error) {
			_, c, err := m.s.AddAgent(a)
			return c, err
		}
	case k < 75:
		line := p.Line(seat.Line)
		return "seats up", func() (solver.Change, error) { return m.s.SetSeats(seat.Line, line.Seats+1) }
	case k < 85:
		line := p.Line(seat.Line)
		return "seats down", func() (solver.Change, error) { return m.s.SetSeats(seat.Line, line.Seats-1) }
	case k < 90:
		a.Free = p.Agent(int32(n(p.Agents()))).Free
		return "free", func() (solver.Change, error) { return m.s.SetAgent(anybody, a) }
	case k < 95:
		a.IdleDays = n(31)
		return "idle", func() (solver.Change, error) { return m.s.SetAgent(anybody, a) }
	default:
		r := solver.Relation{Merchant: int32(p.Line(seat.Line).Merchant), Agent: seat.Agent, Kind: solver.Experience, PastShifts: n(20)}
		return "relation", func() (solver.Change, error) { return m.s.SetRelation(r) }
	}
}

// 10,000 events on the market's own sizes: every 500th the plan is that of planning afresh, and proven.
//
//	PEAKSEAT_INSTANCES="M XL" go test ./matcher/solver -run MixedEvents -v
func TestSessionStaysAFreshPlanThroughMixedEvents(t *testing.T) {
	t.Parallel()
	events := 2_000
	if os.Getenv("PEAKSEAT_INSTANCES") != "" {
		events = 10_000
	}
	y := buildYardstick(t)
	for _, name := range yardstickNames("M MT") { //nolint:paralleltest // large ones do not fit side by side
		t.Run(name, func(t *testing.T) {
			p, _ := readInstance(t, y.instance(t, name))
			s := newSession(t, p)
			m := newMarket(s, 7)
			for i := range events {
				kind, do := m.next()
				change, err := do()
				if err != nil {
					t.Fatalf("event %d, %s: %v", i, kind, err)
				}
				m.follow(change)
				if (i+1)%500 != 0 {
					continue
				}
				plan := s.Plan()
				if want := solve(t, s.Problem()); plan.Weight != want.Weight || plan.Quality != want.Quality {
					t.Fatalf("after %d events W %d Q %d, afresh W %d Q %d", i+1, plan.Weight, plan.Quality, want.Weight, want.Quality)
				}
				if v := solver.Certify(s.Problem(), plan); v.Violations != 0 {
					t.Fatalf("after %d events: %q", i+1, v.First)
				}
				if len(m.held) != len(plan.Seats) {
					t.Fatalf("after %d events the changes lead to %d seats, the plan has %d", i+1, len(m.held), len(plan.Seats))
				}
			}
			t.Logf("%s: W %d after %d events", name, s.Plan().Weight, events)
		})
	}
}

// BenchmarkRepair replays mixed events, each timed by itself.
//
//	PEAKSEAT_INSTANCES="XL XLT XXL W2" go test ./matcher/solver -run - -bench Repair -benchtime 10000x
func BenchmarkRepair(b *testing.B) {
	y := buildYardstick(b)
	for _, name := range yardstickNames("M MT") {
		var s *solver.Session
		b.Run(name, func(b *testing.B) {
			if s == nil { // the harness runs once more with the full count
				p, _ := readInstance(b, y.instance(b, name))
				s = newSession(b, p)
			}
			m := newMarket(s, 7)
			took := make([]float64, 0, b.N)
			byKind := map[string][]float64{}
			for b.Loop() {
				kind, do := m.next()
				start := time.Now()
				change, err := do()
				d := float64(time.Since(start).Nanoseconds()) / 1e3
				if err != nil {
					b.Fatalf("%s: %v", kind, err)
				}
				m.follow(change)
				took = append(took, d)
				byKind[kind] = append(byKind[kind], d)
			}
			report := func(what string, of []float64) {
				slices.SortFunc(of, cmp.Compare[float64])
				for _, q := range []int{500, 990, 1000} {
					b.ReportMetric(of[(len(of)-1)*q/1000], what+"p"+strconv.Itoa(q/10)+"-µs")
				}
			}
			report("", took)
			for kind, of := range byKind {
				slices.SortFunc(of, cmp.Compare[float64])
				b.Logf("%s: p50 %.1f, p99 %.1f, max %.1f µs of %d", kind, of[len(of)/2], of[len(of)*99/100], slices.Max(of), len(of))
			}
		})
	}
}
