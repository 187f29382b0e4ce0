package solver

import (
	"fmt"
	"math/bits"
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
// eligible pair. 0 violations prove that no plan is better. Eligibility and cost are worked out here once more, pair by
// pair; no code of the index, the shortlists or the flow is used.
func Certify(p *Problem, plan *Plan) *Verdict {
	c := &check{p: p, plan: plan, out: &Verdict{}}
	if !c.shape() {
		return c.out
	}
	c.feasible()
	c.findHolders()
	c.merchantsKnow()
	c.agentPrices()
	for l := range p.lines {
		c.line(int32(l))
	}
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

	price   []int64          // agent -> price of one more shift
	worked  map[uint64]int32 // agent<<8 | day -> place in Plan.Seats
	held    map[int32][]int32
	filled  []int64
	holders map[TagLevel][]uint64 // tag and least level asked for -> bit per agent
	known   map[uint64]int32      // merchant<<32 | agent -> place in Problem.relations

	// Most agents are in none of the tables above: these say so without a look-up.
	works, related, pinned []bool
}

func (c *check) bad(format string, args ...any) {
	c.out.Violations++
	if len(c.out.First) < 10 {
		c.out.First = append(c.out.First, fmt.Sprintf(format, args...))
	}
}

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
	for _, a := range plan.Prices.Agent {
		if a.Agent < 0 || int(a.Agent) >= len(p.agents) {
			c.bad("price of agent %d, who is not there", a.Agent)
		}
	}
	if q := plan.Prices.Big; q < 10_000*p.seats || q > 1<<50 {
		c.bad("a scale of W above every Q expected, got %d", q)
	}
	return c.out.Violations == 0
}

// feasible checks seats and caps; whether pairs are eligible comes out of line.
func (c *check) feasible() {
	p := c.p
	c.works, c.related, c.pinned = make([]bool, len(p.agents)), make([]bool, len(p.agents)), make([]bool, len(p.agents))
	c.worked = make(map[uint64]int32, len(c.plan.Seats))
	c.held = make(map[int32][]int32)
	c.filled = make([]int64, len(p.lines))
	shifts := make(map[int32]int)
	for _, s := range p.pins {
		c.held[s.Agent] = append(c.held[s.Agent], s.Line)
		c.pinned[s.Agent] = true
		c.filled[s.Line]++
		shifts[s.Agent]++
	}
	for i, s := range c.plan.Seats {
		key := uint64(s.Agent)<<8 | uint64(p.lines[s.Line].Day) //nolint:gosec // shape checked
		if _, twice := c.worked[key]; twice {
			c.bad("agent %d has two shifts on day %d", s.Agent, p.lines[s.Line].Day)
		}
		c.worked[key] = int32(i)
		c.works[s.Agent] = true
		shifts[s.Agent]++
		c.filled[s.Line]++
		if n, most := shifts[s.Agent], int(p.agents[s.Agent].weekShifts); n > most {
			c.bad("agent %d has %d shifts, at most %d allowed", s.Agent, n, most)
		}
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

// findHolders looks every agent's tags up once, so that line has to walk only those who hold all of its tags.
func (c *check) findHolders() {
	c.holders = make(map[TagLevel][]uint64)
	asked := make(map[int][]TagLevel)
	for i := range c.p.lines {
		for _, t := range c.p.lines[i].Tags {
			if c.holders[t] == nil {
				c.holders[t] = make([]uint64, len(c.p.agents)/64+1)
				asked[t.Tag()] = append(asked[t.Tag()], t)
			}
		}
	}
	for a := range c.p.agents {
		for _, held := range c.p.skillsOf(int32(a)) {
			for _, t := range asked[held.Tag()] {
				if held.Level() >= t.Level() {
					c.holders[t][a/64] |= 1 << (a % 64)
				}
			}
		}
	}
}

func (c *check) merchantsKnow() {
	c.known = make(map[uint64]int32, len(c.p.relations))
	for i, r := range c.p.relations {
		c.known[uint64(r.Merchant)<<32|uint64(r.Agent)] = int32(i) //nolint:gosec // AddRelation checked
		c.related[r.Agent] = true
	}
}

// line checks the price of a line against its empty seats and against every agent who may work it.
func (c *check) line(l int32) {
	p := c.p
	line := &p.lines[l]
	price := c.plan.Prices.Line[l]
	empty := int64(line.Weight)*c.plan.Prices.Big + 10_000
	switch taken := c.filled[l]; {
	case taken > int64(line.Seats):
		c.bad("line %d has %d seats and %d taken", l, line.Seats, taken)
	case taken < int64(line.Seats) && price < empty:
		c.bad("line %d has an empty seat and price %d below %d", l, price, empty)
	case taken > int64(p.pinned[l]) && price > empty:
		c.bad("line %d has seats taken and price %d above %d", l, price, empty)
	}
	used := int64(0)
	for w := range len(p.agents)/64 + 1 {
		all := ^uint64(0)
		for _, t := range line.Tags {
			all &= c.holders[t][w]
		}
		for ; all != 0; all &= all - 1 {
			a := int32(64*w + bits.TrailingZeros64(all)) //nolint:gosec // agents are indexed by int32
			if int(a) >= len(p.agents) {
				break
			}
			if cost, ok := c.eligible(a, l); ok {
				c.out.Pairs++
				used += c.pair(a, l, cost-price)
			}
		}
	}
	if planned := c.filled[l] - int64(p.pinned[l]); used != planned {
		c.bad("line %d has %d seats taken by agents who may not work it", l, planned-used)
	}
}

// pair checks one eligible pair and returns 1 when the plan uses it. slack is its cost less the line's price.
func (c *check) pair(a, l int32, slack int64) int64 {
	line := &c.p.lines[l]
	i, works := int32(0), c.works[a]
	if works {
		i, works = c.worked[uint64(a)<<8|uint64(line.Day)] //nolint:gosec // indices are not negative
	}
	if works {
		slack += c.plan.Prices.Seat[i]
		if c.plan.Seats[i].Line == l {
			if slack > 0 {
				c.bad("agent %d works line %d at reduced cost %d", a, l, slack)
			}
			c.out.Weight += int64(line.Weight)
			c.out.Quality += 10_000 - c.cost(a, line.Merchant)
			return 1
		}
	} else {
		slack += c.price[a]
	}
	if slack < 0 {
		c.bad("agent %d would improve line %d by %d", a, l, -slack)
	}
	return 0
}

// eligible gives the cost of a pair that the daily model allows, the agent holding the line's tags: FORMAT's rule, and
// beside pinned seats one shift a day, rest and hours.
func (c *check) eligible(agent, l int32) (int64, bool) {
	p := c.p
	a, line := &p.agents[agent], &p.lines[l]
	if a.channels>>line.Channel&1 == 0 || a.languages>>line.Language&1 == 0 || int(a.rating) < line.MinRating || a.weekShifts == 0 {
		return 0, false
	}
	inside := false
	for _, f := range p.freeOf(agent) {
		inside = inside || int(f.start) <= line.Start && line.End <= int(f.end)
	}
	if !inside {
		return 0, false
	}
	length := line.End - line.Start
	if p.CapHours && (length > int(a.dayMinutes) || length > int(a.weekMinutes)) {
		return 0, false
	}
	if c.pinned[agent] {
		held := c.held[agent]
		total := length
		for _, h := range held {
			o := &p.lines[h]
			total += o.End - o.Start
			apart := o.Start >= line.End+int(a.restOther) || line.Start >= o.End+int(a.restOther)
			if o.Day == line.Day || !apart {
				return 0, false
			}
		}
		if length > int(a.dayMinutes) || total > int(a.weekMinutes) || len(held) >= int(a.weekShifts) {
			return 0, false
		}
	}
	cost := c.cost(agent, line.Merchant)
	return cost, cost >= 0
}

// cost is FORMAT's cost of a pair, or -1 when the merchant blocks the agent.
func (c *check) cost(agent int32, merchant int) int64 {
	a := &c.p.agents[agent]
	cost := 10_000 - 10*(int64(a.rating)-300) - (6000-int64(a.price))/3 - 20*min(int64(a.idle), 30)
	if !c.related[agent] {
		return cost
	}
	i, known := c.known[uint64(merchant)<<32|uint64(agent)] //nolint:gosec // indices are not negative
	if !known {
		return cost
	}
	r := &c.p.relations[i]
	switch r.Kind {
	case Block:
		return -1
	case Favourite:
		cost -= 500
	case Experience:
	}
	return cost - 100*min(int64(r.PastShifts), 20)
}
