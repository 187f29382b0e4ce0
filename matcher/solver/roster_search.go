package solver

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// Plan fills seats until nothing better is found for long, the stop function or the limit of work says so, or the plan is
// proven best; it then returns the best plan so far. Work counts candidates looked at.
//
// Lines are filled one after another, those of higher weight first, each seat by its best ejection chain. Then rounds of
// ruin and recreate follow (Shaw, Using constraint programming and local search methods to solve vehicle routing problems,
// CP 1998): a few agents who could work one line give up what they hold, and the seats are filled again in another order.
// A round that makes the plan worse is taken back. Steps of the bound come between the rounds, while it may still prove W.
//
// UpperBoundWeight is proven. Complete says that W reaches it, not that Q is the best; there are no Prices.
func (r *Roster) Plan(o Options) *Plan {
	d, b := newDraft(r), newBound(r)
	stop := func() bool { return o.Stop != nil && o.Stop() || o.Work > 0 && d.work+b.work >= o.Work }
	lines := r.byScarcity()
	d.fill(lines, stop)
	b.start(d, stop)

	rng := rand.New(rand.NewPCG(r.p.Seed, 1)) //nolint:gosec // to try what is near, not secrets
	patience := 1000 + 8*len(lines)
	for idle := 0; d.value < b.least && !stop(); {
		open := b.least/r.big > d.value/r.big // whether more W may be had
		bounding := open && b.pace > leastPace
		switch {
		case bounding && (b.work <= d.work/2 || idle >= patience):
			b.step(d.value, stop)
		case idle >= patience && (!open || idle >= 8*patience):
			return d.plan(b)
		case d.round(lines, rng):
			idle = 0
		default:
			idle++
		}
	}
	return d.plan(b)
}

// leastPace is where steps of the bound are too small to go on.
const leastPace = 1.0 / 1024

// How many candidates a chain may look at.
const (
	firstReach = 2000
	againReach = 4000 // for a seat that was filled
	otherReach = 1000 // for one that was not
)

// byScarcity orders the lines that somebody may work: higher weight first, then where few agents stand behind a seat.
func (r *Roster) byScarcity() []int32 {
	var lines []int32
	for l := range r.lines {
		if r.lines[l].seats > 0 {
			lines = append(lines, int32(l))
		}
	}
	slices.SortStableFunc(lines, func(a, b int32) int {
		l, m := &r.lines[a], &r.lines[b]
		return cmp.Or(cmp.Compare(m.worth, l.worth), cmp.Compare(int64(l.to-l.from)*int64(m.seats), int64(m.to-m.from)*int64(l.seats)))
	})
	return lines
}

func (d *draft) fill(lines []int32, stop func() bool) {
	for _, l := range lines {
		for d.open[l] > 0 && !stop() && d.augment(l, firstReach) {
		}
	}
	d.log = d.log[:0]
}

// round ruins and recreates; true when the plan is worth more than before.
func (d *draft) round(lines []int32, rng *rand.Rand) bool {
	before := d.value
	around := lines[rng.IntN(len(lines))]
	want := d.want[:0]
	want = append(want, wanted{around, againReach})
	candidates := d.candidates(around)
	for range 1 + rng.IntN(4) {
		agent := candidates[rng.IntN(len(candidates))].agent
		a, l := &d.agents[agent], &d.lines[around]
		for _, h := range slices.Backward(d.held[agent]) { // drop moves only those behind
			rest := a.rest(h.day, l.day)
			if near := h.start < l.end+rest && l.start < h.end+rest; !h.pinned && (near || rng.IntN(2) == 0) {
				d.drop(agent, h.line)
				want = append(want, wanted{h.line, againReach})
			}
		}
		for _, o := range d.options(agent) {
			if d.open[o.line] > 0 && rng.IntN(4) == 0 {
				want = append(want, wanted{o.line, otherReach})
			}
		}
	}
	rng.Shuffle(len(want), func(i, j int) { want[i], want[j] = want[j], want[i] })
	if rng.IntN(2) == 0 {
		slices.SortStableFunc(want, func(a, b wanted) int { return cmp.Compare(d.lines[b.line].worth, d.lines[a.line].worth) })
	}
	for _, w := range want {
		for d.open[w.line] > 0 && d.augment(w.line, w.reach) {
		}
	}
	d.want = want
	if d.value < before {
		d.undo()
	}
	d.log = d.log[:0]
	return d.value > before
}

// wanted is a line to fill again.
type wanted struct {
	line  int32
	reach int64
}

func (d *draft) plan(b *bound) *Plan {
	plan := &Plan{Work: d.work + b.work, Listed: int64(len(d.byLine)), UpperBoundWeight: b.least / d.big}
	for a, held := range d.held {
		for _, h := range held {
			if !h.pinned {
				plan.Seats = append(plan.Seats, Seat{h.line, int32(a)})
				plan.Weight += int64(d.p.lines[h.line].Weight)
				plan.Quality += int64(h.value)
			}
		}
	}
	slices.SortFunc(plan.Seats, compareSeats)
	plan.Complete = plan.Weight == plan.UpperBoundWeight
	return plan
}
