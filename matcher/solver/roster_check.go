package solver

import "slices"

// CheckRoster holds a plan of the roster model against every constraint and counts W and Q afresh. 0 violations mean that
// the plan may be worked as it stands and is worth what it says; that no plan is better they do not mean. Everything is
// worked out here once more from the problem alone, pair by pair.
func CheckRoster(p *Problem, plan *Plan) *Verdict {
	c := &rosterCheck{p: p, out: &Verdict{}, held: make(map[int32][]shift), filled: make(map[int32]int)}
	for _, s := range p.pins {
		c.held[s.Agent] = append(c.held[s.Agent], shift{&p.lines[s.Line], true})
		c.filled[s.Line]++
	}
	known := make(map[[2]int32]*Relation, len(p.relations))
	for i := range p.relations {
		r := &p.relations[i]
		known[[2]int32{r.Merchant, r.Agent}] = r
	}
	for _, s := range plan.Seats {
		if s.Line < 0 || int(s.Line) >= len(p.lines) || s.Agent < 0 || int(s.Agent) >= len(p.agents) {
			c.out.bad("seat of line %d and agent %d is of no line or agent", s.Line, s.Agent)
			continue
		}
		line := &p.lines[s.Line]
		c.out.Pairs++
		c.eligible(s, line, known[[2]int32{int32(line.Merchant), s.Agent}]) //nolint:gosec // AddLine checked
		c.held[s.Agent] = append(c.held[s.Agent], shift{line, false})
		if c.filled[s.Line]++; c.filled[s.Line] > line.Seats {
			c.out.bad("line %d has more than its %d seats taken", s.Line, line.Seats)
		}
	}
	for agent, shifts := range c.held {
		if slices.ContainsFunc(shifts, func(s shift) bool { return !s.pinned }) {
			c.hours(agent, shifts)
		}
	}
	if c.out.Weight != plan.Weight || c.out.Quality != plan.Quality {
		c.out.bad("W %d and Q %d counted, the plan claims %d and %d", c.out.Weight, c.out.Quality, plan.Weight, plan.Quality)
	}
	if plan.UpperBoundWeight < plan.Weight || plan.Complete != (plan.UpperBoundWeight == plan.Weight) {
		c.out.bad("a bound of at least W expected, and complete where they are equal")
	}
	return c.out
}

type rosterCheck struct {
	p      *Problem
	out    *Verdict
	held   map[int32][]shift // by agent
	filled map[int32]int     // by line
}

type shift struct {
	*Line
	pinned bool
}

// eligible is FORMAT's rule and cost for one pair; known is what merchant and agent are to each other.
func (c *rosterCheck) eligible(s Seat, l *Line, known *Relation) {
	a := c.p.Agent(s.Agent)
	if a.Channels>>l.Channel&1 == 0 || a.Languages>>l.Language&1 == 0 || a.Rating < l.MinRating {
		c.out.bad("line %d asks for a channel, language or rating that agent %d has not", s.Line, s.Agent)
	}
	for _, need := range l.Tags {
		if !slices.ContainsFunc(a.Tags, func(t TagLevel) bool { return t.Tag() == need.Tag() && t.Level() >= need.Level() }) {
			c.out.bad("line %d asks for level %d of tag %d, which agent %d has not", s.Line, need.Level(), need.Tag(), s.Agent)
		}
	}
	if !slices.ContainsFunc(a.Free, func(f Interval) bool { return f.Start <= l.Start && l.End <= f.End }) {
		c.out.bad("agent %d is not free for line %d", s.Agent, s.Line)
	}
	if _, ok := c.p.excluded[s]; ok {
		c.out.bad("agent %d is excluded from line %d", s.Agent, s.Line)
	}
	cost := 10_000 - 10*(a.Rating-300) - (6000-a.PriceCents)/3 - 20*min(a.IdleDays, 30)
	if known != nil {
		switch known.Kind {
		case Block:
			c.out.bad("the merchant of line %d has blocked agent %d", s.Line, s.Agent)
		case Favourite:
			cost -= 500
		case Experience:
		}
		cost -= 100 * min(known.PastShifts, 20)
	}
	c.out.Weight += int64(l.Weight)
	c.out.Quality += int64(10_000 - cost)
}

// hours checks rest between each two shifts of an agent, day and week. What is wrong among pinned shifts alone is not the
// plan's fault.
func (c *rosterCheck) hours(agent int32, shifts []shift) {
	a := c.p.Agent(agent)
	week := 0
	for i, s := range shifts {
		week += s.End - s.Start
		day := 0
		for j, o := range shifts {
			if o.Day == s.Day {
				day += o.End - o.Start
			}
			if j <= i || s.pinned && o.pinned {
				continue
			}
			rest := a.RestOtherDay
			if o.Day == s.Day {
				rest = a.RestSameDay
			}
			if s.Start < o.End+rest && o.Start < s.End+rest {
				c.out.bad("agent %d has shifts at minutes %d and %d that overlap or are too near", agent, s.Start, o.Start)
			}
		}
		if !s.pinned && day > a.DayMinutes {
			c.out.bad("agent %d works %d minutes on day %d, at most %d allowed", agent, day, s.Day, a.DayMinutes)
		}
	}
	if week > a.WeekMinutes {
		c.out.bad("agent %d works %d minutes, at most %d allowed", agent, week, a.WeekMinutes)
	}
}
