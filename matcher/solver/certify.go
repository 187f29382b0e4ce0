package solver

import (
	"cmp"
	"fmt"
	"math/bits"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// A Verdict is what Certify found.
type Verdict struct {
	Violations int64
	First      []string // up to 10 of them in words
	Pairs      int64    // eligible pairs held against the prices
	Weight     int64    // W and Q counted afresh
	Quality    int64
}

// Certify holds a complete daily plan against the problem: every constraint, the values it claims, and its prices over every
// eligible pair. 0 violations prove that no plan is better. Eligibility and cost are worked out here once more; no code of
// the index, the shortlists or the flow is used.
//
// Lines of one window are checked together, on all processors that Go may use. Who holds a tag, suits a profile or is free
// for a window is looked up once and kept as a bit per agent, in the order of the problem; a line's pairs are then walked
// one by one, every one of them.
func Certify(p *Problem, plan *Plan) *Verdict {
	c := &check{p: p, plan: plan, out: &Verdict{}}
	if !c.shape() {
		return c.out
	}
	c.feasible()
	c.lookUp()
	c.merchantsKnow()
	c.agentPrices()
	c.windows()
	if c.out.Weight != plan.Weight || c.out.Quality != plan.Quality {
		c.bad("W %d and Q %d counted, the plan claims %d and %d", c.out.Weight, c.out.Quality, plan.Weight, plan.Quality)
	}
	if !plan.Complete || plan.UpperBoundWeight != plan.Weight {
		c.bad("a complete plan expected whose bound equals its weight")
	}
	return c.out
}

type check struct {
	p    *Problem
	plan *Plan
	out  *Verdict

	price   []int64           // agent -> price of one more shift
	held    map[int32][]int32 // agent -> pinned lines
	filled  []int64
	planned [][]int32             // line -> places in Plan.Seats, by agent
	holders map[TagLevel][]uint64 // tag and least level asked for -> bit per agent
	suited  map[profileOf][]uint64
	known   [][]int32 // merchant -> places in Problem.relations, by agent
}

// profileOf is what a line asks for besides tags and window.
type profileOf struct{ channel, language, rating int }

func (c *check) bad(format string, args ...any) { c.out.bad(format, args...) }

func (v *Verdict) bad(format string, args ...any) {
	v.Violations++
	if len(v.First) < mostInWords {
		v.First = append(v.First, fmt.Sprintf(format, args...))
	}
}

const mostInWords = 10

func (c *check) shape() bool {
	p, plan := c.p, c.plan
	if len(plan.Prices.Line) != len(p.lines) || len(plan.Prices.Seat) != len(plan.Seats) {
		c.bad("a price for each line and seat expected")
	}
	for _, s := range plan.Seats {
		if s.Line < 0 || int(s.Line) >= len(p.lines) || s.Agent < 0 || int(s.Agent) >= len(p.agents) {
			c.bad("seat of line %d and agent %d is of no line or agent", s.Line, s.Agent)
		}
	}
	within := func(price int64) { // so that no sum of them runs over
		if price < -1<<61 || price > 1<<61 {
			c.bad("prices within 2^61 expected, got %d", price)
		}
	}
	for _, a := range plan.Prices.Agent {
		if a.Agent < 0 || int(a.Agent) >= len(p.agents) {
			c.bad("price of agent %d, who is not there", a.Agent)
		}
		within(a.Price)
	}
	for _, prices := range [][]int64{plan.Prices.Line, plan.Prices.Seat} {
		for _, price := range prices {
			within(price)
		}
	}
	if q := plan.Prices.Big; q < 10_000*p.seats || q > 1<<50 {
		c.bad("a scale of W above every Q expected, got %d", q)
	}
	return c.out.Violations == 0
}

// feasible checks days and caps; seats of a line and whether pairs are eligible come out of line.
func (c *check) feasible() {
	p := c.p
	worked := make(map[uint64]struct{}, len(c.plan.Seats)) // agent<<8 | day
	c.held = make(map[int32][]int32)
	c.filled, c.planned = make([]int64, len(p.lines)), make([][]int32, len(p.lines))
	shifts := make(map[int32]int)
	for _, s := range p.pins {
		c.held[s.Agent] = append(c.held[s.Agent], s.Line)
		c.filled[s.Line]++
		shifts[s.Agent]++
	}
	for i, s := range c.plan.Seats {
		key := uint64(s.Agent)<<8 | uint64(p.lines[s.Line].Day) //nolint:gosec // shape checked
		if _, twice := worked[key]; twice {
			c.bad("agent %d has two shifts on day %d", s.Agent, p.lines[s.Line].Day)
		}
		worked[key] = struct{}{}
		shifts[s.Agent]++
		c.filled[s.Line]++
		c.planned[s.Line] = append(c.planned[s.Line], int32(i))
		if n, most := shifts[s.Agent], int(p.agents[s.Agent].weekShifts); n > most {
			c.bad("agent %d has %d shifts, at most %d allowed", s.Agent, n, most)
		}
	}
	for _, list := range c.planned {
		slices.SortFunc(list, func(i, j int32) int { return cmp.Compare(c.plan.Seats[i].Agent, c.plan.Seats[j].Agent) })
	}
	c.price = make([]int64, len(p.agents))
	last := int32(-1)
	for _, a := range c.plan.Prices.Agent {
		if a.Agent <= last {
			c.bad("prices of agents in order and once each expected at agent %d", a.Agent)
		}
		last = a.Agent
		c.price[a.Agent] = a.Price
		if a.Price < 0 || a.Price > 0 && shifts[a.Agent] < int(p.agents[a.Agent].weekShifts) {
			c.bad("agent %d has %d shifts of %d and price %d", a.Agent, shifts[a.Agent], p.agents[a.Agent].weekShifts, a.Price)
		}
	}
}

// agentPrices: an agent's price is at most that of a day worked.
func (c *check) agentPrices() {
	for i, s := range c.plan.Seats {
		if c.plan.Prices.Seat[i] < c.price[s.Agent] {
			c.bad("agent %d works line %d below the agent's price", s.Agent, s.Line)
		}
	}
}

// lookUp finds who holds which tag and suits which profile.
func (c *check) lookUp() {
	p := c.p
	c.holders, c.suited = make(map[TagLevel][]uint64), make(map[profileOf][]uint64)
	asked := make([][]TagLevel, p.tags)
	for i := range p.lines {
		l := &p.lines[i]
		for _, t := range l.Tags {
			if c.holders[t] == nil {
				c.holders[t] = make([]uint64, c.words())
				asked[t.Tag()] = append(asked[t.Tag()], t)
			}
		}
		if f := (profileOf{l.Channel, l.Language, l.MinRating}); c.suited[f] == nil {
			c.suited[f] = make([]uint64, c.words())
		}
	}
	for a := range p.agents {
		for _, held := range p.skillsOf(int32(a)) {
			for _, t := range asked[held.Tag()] {
				if held.Level() >= t.Level() {
					c.holders[t][a/64] |= 1 << (a % 64)
				}
			}
		}
	}
	for f, bit := range c.suited {
		for i := range p.agents {
			a := &p.agents[i]
			if a.channels>>f.channel&1 != 0 && a.languages>>f.language&1 != 0 && int(a.rating) >= f.rating {
				bit[i/64] |= 1 << (i % 64)
			}
		}
	}
}

func (c *check) words() int { return (len(c.p.agents) + 63) / 64 }

func (c *check) merchantsKnow() {
	c.known = make([][]int32, c.p.merchants)
	for i, r := range c.p.relations {
		c.known[r.Merchant] = append(c.known[r.Merchant], int32(i))
	}
	for _, list := range c.known {
		slices.SortFunc(list, func(i, j int32) int { return cmp.Compare(c.p.relations[i].Agent, c.p.relations[j].Agent) })
	}
}

// windows checks the lines, one window after another, as many at once as there are processors.
func (c *check) windows() {
	byWindow := make(map[Interval][]int32)
	var order []Interval
	for l := range c.p.lines {
		w := Interval{c.p.lines[l].Start, c.p.lines[l].End}
		if byWindow[w] == nil {
			order = append(order, w)
		}
		byWindow[w] = append(byWindow[w], int32(l))
	}
	found := make([]Verdict, len(order))
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(order)) {
		wait.Go(func() {
			v := windowCheck{check: c, free: make([]uint64, c.words()), ask: make([]int64, len(c.p.agents))}
			for i := next.Add(1) - 1; int(i) < len(order); i = next.Add(1) - 1 {
				v.out = &found[i]
				v.look(order[i])
				for _, l := range byWindow[order[i]] {
					v.line(l)
				}
			}
		})
	}
	wait.Wait()
	for i := range found { // in one order, whichever processor was first
		f := &found[i]
		c.out.Violations += f.Violations
		c.out.First = append(c.out.First, f.First[:min(len(f.First), mostInWords-min(mostInWords, len(c.out.First)))]...)
		c.out.Pairs += f.Pairs
		c.out.Weight += f.Weight
		c.out.Quality += f.Quality
	}
}

// windowCheck is what one processor sees of the window that it checks.
type windowCheck struct {
	*check
	out  *Verdict
	free []uint64 // bit per agent who is available for all of the window and may work so long
	ask  []int64  // agent -> cost without relations + price of the agent on the window's day
}

func (v *windowCheck) look(w Interval) {
	p := v.p
	clear(v.free)
	length := w.End - w.Start
	for i := range p.agents {
		a := &p.agents[i]
		v.ask[i] = v.cost(a) + v.price[i]
		if a.weekShifts == 0 || p.CapHours && (length > int(a.dayMinutes) || length > int(a.weekMinutes)) {
			continue
		}
		for _, f := range p.freeOf(int32(i)) {
			if int(f.start) <= w.Start && w.End <= int(f.end) {
				v.free[i/64] |= 1 << (i % 64)
			}
		}
	}
	for i, s := range v.plan.Seats {
		if p.lines[s.Line].Day == w.Start/minutesPerDay {
			v.ask[s.Agent] = v.cost(&p.agents[s.Agent]) + v.plan.Prices.Seat[i]
		}
	}
}

// line checks the price of a line against its empty seats and against every agent who may work it.
func (v *windowCheck) line(l int32) {
	p := v.p
	line := &p.lines[l]
	price := v.plan.Prices.Line[l]
	empty := int64(line.Weight)*v.plan.Prices.Big + 10_000
	switch taken := v.filled[l]; {
	case taken > int64(line.Seats):
		v.out.bad("line %d has %d seats and %d taken", l, line.Seats, taken)
	case taken < int64(line.Seats) && price < empty:
		v.out.bad("line %d has an empty seat and price %d below %d", l, price, empty)
	case taken > int64(p.pinned[l]) && price > empty:
		v.out.bad("line %d has seats taken and price %d above %d", l, price, empty)
	}
	sets := [][]uint64{v.suited[profileOf{line.Channel, line.Language, line.MinRating}]}
	for _, t := range line.Tags {
		sets = append(sets, v.holders[t])
	}
	known, planned := v.known[line.Merchant], v.planned[l]
	used := 0
	for w, all := range v.free {
		for _, set := range sets {
			all &= set[w]
		}
		for ; all != 0; all &= all - 1 {
			a := int32(64*w + bits.TrailingZeros64(all)) //nolint:gosec // agents are indexed by int32
			if len(v.held) > 0 && !v.besidePins(a, l) {
				continue
			}
			if len(p.excluded) > 0 {
				if _, out := p.excluded[Seat{l, a}]; out {
					continue
				}
			}
			off := int64(0)
			for len(known) > 0 && p.relations[known[0]].Agent < a {
				known = known[1:]
			}
			if len(known) > 0 && p.relations[known[0]].Agent == a {
				r := &p.relations[known[0]]
				if r.Kind == Block {
					continue
				}
				off = v.better(r)
			}
			v.out.Pairs++
			slack := v.ask[a] - off - price
			for len(planned) > 0 && v.plan.Seats[planned[0]].Agent < a {
				planned = planned[1:]
			}
			if len(planned) == 0 || v.plan.Seats[planned[0]].Agent != a {
				if slack < 0 {
					v.out.bad("agent %d would improve line %d by %d", a, l, -slack)
				}
			} else {
				if slack > 0 {
					v.out.bad("agent %d works line %d at reduced cost %d", a, l, slack)
				}
				used++
				v.out.Weight += int64(line.Weight)
				v.out.Quality += 10_000 - v.cost(&p.agents[a]) + off
			}
		}
	}
	if all := len(v.planned[l]); used != all {
		v.out.bad("line %d has %d seats taken by agents who may not work it", l, all-used)
	}
}

// besidePins is the daily model's rule for seats held already: one shift a day, rest, hours and the weekly cap.
func (c *check) besidePins(agent, l int32) bool {
	held, pinned := c.held[agent]
	if !pinned {
		return true
	}
	p := c.p
	a, line := &p.agents[agent], &p.lines[l]
	total := line.End - line.Start
	for _, h := range held {
		o := &p.lines[h]
		total += o.End - o.Start
		apart := o.Start >= line.End+int(a.restOther) || line.Start >= o.End+int(a.restOther)
		if o.Day == line.Day || !apart {
			return false
		}
	}
	return line.End-line.Start <= int(a.dayMinutes) && total <= int(a.weekMinutes) && len(held) < int(a.weekShifts)
}

// cost is FORMAT's cost of an agent whom the merchant does not know.
func (c *check) cost(a *agentRow) int64 {
	return 10_000 - 10*(int64(a.rating)-300) - (6000-int64(a.price))/3 - 20*min(int64(a.idle), 30)
}

// better is what FORMAT takes off for one whom it knows.
func (c *check) better(r *Relation) int64 {
	off := 100 * min(int64(r.PastShifts), 20)
	if r.Kind == Favourite {
		off += 500
	}
	return off
}
