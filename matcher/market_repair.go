package matcher

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"
)

// repair finds whom to ask about seats that wait to be offered. Whoever accepted a seat or has an offer keeps it.
type repair struct {
	now      time.Time
	shifts   map[uuid.UUID]*batchShift
	openings []*opening // in order of time
	out      map[pair]bool
	apart    map[pair]bool
	core     map[pair]bool

	assumed map[uuid.UUID]*candidate // agents looked at, with what is proposed to them
}

// opening is a shift with seats that wait.
type opening struct {
	*batchShift
	priority int
	askTeam  bool  // every open seat is for the core team first
	seats    []int // open, and waiting for the next best
	after    []uuid.UUID
}

// spare is how many more agents are proposed for a shift than it needs: the picture may be a moment behind.
const spare = 3

// propose says whom to ask, in this order: core teams where it is their turn; a fresh plan of the other seats, with all that
// anybody holds or is offered pinned; and the best who are left, for seats that the model leaves empty and the evaluator
// would not, and in place of whoever turns out to be taken.
func (r *repair) propose(m *market) ([]pick, error) {
	r.assumed = map[uuid.UUID]*candidate{}
	picks := r.askTeams(m)
	data := r.narrow(m)
	if len(data.shifts) == 0 {
		return picks, nil
	}
	chosen, err := data.solve(func() bool { return false })
	if err != nil {
		return nil, err
	}
	seatsOf := make(map[uuid.UUID][]int, len(r.openings))
	for _, o := range r.openings {
		seatsOf[o.id] = o.seats
	}
	asked := make(map[pair]bool, len(chosen.picks))
	for _, p := range chosen.picks {
		asked[pair{p.agent, p.shift}] = true
		picks = append(picks, pick{shift: p.shift, agent: p.agent, seats: seatsOf[p.shift]})
	}
	for _, o := range r.openings {
		for left, i := len(o.seats)+spare, 0; left > 0 && i < len(o.after); i++ {
			if !asked[pair{o.after[i], o.id}] {
				picks = append(picks, pick{shift: o.id, agent: o.after[i], seats: o.seats})
				left--
			}
		}
	}
	return picks, nil
}

// askTeams proposes to core teams, shift by shift in order of time, and takes what they are asked about from the seats
// that wait.
func (r *repair) askTeams(m *market) (picks []pick) {
	for _, o := range r.openings {
		if !o.askTeam {
			continue
		}
		numbers := slices.Clone(o.numbers)
		m.best(r.wanted(o, func(c *candidate) bool { return !r.core[pair{c.id, o.booking}] }), r.now, r.assumed, func(c *candidate) bool {
			if len(numbers) == 0 {
				return false
			}
			picks = append(picks, pick{shift: o.id, agent: c.id, seats: numbers[:1]})
			r.assume(c).assume(newID(), o.taking(r.now))
			o.seats = slices.DeleteFunc(o.seats, func(n int) bool { return n == numbers[0] })
			numbers = numbers[1:]
			return true
		})
	}
	return picks
}

// narrow is what a plan of the waiting seats stands on, but of few agents: of k waiting seats each can do with its k best,
// because the others take at most k-1 of those. Who works that day already, and no more than once a day, is left out by the
// model and does not count among the k.
func (r *repair) narrow(m *market) *planData {
	data := &planData{now: r.now, past: map[pair]int{}, core: r.core, apart: r.apart, out: r.out}
	waiting := 0
	for _, o := range r.openings {
		waiting += len(o.seats)
	}
	may := map[uuid.UUID]bool{}
	for _, o := range r.openings {
		if len(o.seats) == 0 {
			continue
		}
		rest := o.shiftFacts
		rest.startsAt = o.taking(r.now).from
		data.shifts = append(data.shifts, &planShift{shiftFacts: rest, open: len(o.seats), priority: o.priority})
		day := DateOf(rest.startsAt.In(modelZone()))
		fresh := 0
		m.best(r.wanted(o, nil), r.now, r.assumed, func(c *candidate) bool {
			works := c.blocks <= 1 && slices.ContainsFunc(c.held, func(h heldSeat) bool { return DateOf(h.from.In(modelZone())) == day })
			if !works {
				fresh++
			}
			if !works || len(o.after) < waiting+spare {
				o.after = append(o.after, c.id)
				may[c.id] = true
				r.assume(c)
			}
			if n := c.past[o.merchant]; n > 0 {
				data.past[pair{c.id, o.merchant}] = n
			}
			return fresh < waiting+spare
		})
	}
	var tags []string
	for _, s := range data.shifts {
		for _, t := range s.tags {
			tags = append(tags, t.Tag)
		}
	}
	slices.Sort(tags)
	tags = slices.Compact(tags)
	for id := range may {
		data.agents = append(data.agents, r.assumed[id])
	}
	slices.SortFunc(data.agents, func(a, b *candidate) int { // as a plan does
		return cmp.Or(cmp.Compare(b.levels(tags), a.levels(tags)), bytes.Compare(a.id[:], b.id[:]))
	})
	slices.SortFunc(data.shifts, func(a, b *planShift) int {
		return cmp.Or(a.startsAt.Compare(b.startsAt), bytes.Compare(a.id[:], b.id[:]))
	})
	return data
}

// wanted is the opening as the market is asked about it.
func (r *repair) wanted(o *opening, not func(c *candidate) bool) *wanted {
	return &wanted{shiftFacts: &o.shiftFacts, core: r.core, not: func(c *candidate) bool {
		return r.out[pair{c.id, o.id}] || r.apart[pair{c.id, o.merchant}] || not != nil && not(c)
	}}
}

// assume is the agent as changed by what is proposed.
func (r *repair) assume(c *candidate) *candidate {
	if r.assumed[c.id] == nil {
		r.assumed[c.id] = c.clone()
	}
	return r.assumed[c.id]
}
