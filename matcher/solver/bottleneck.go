package solver

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// A Bottleneck says why a seat of a line stays empty in the best plan: the lines that could hand an agent on to it, one
// after another, and everybody who could work one of them. None of these agents can be given one more of these lines, so
// nobody can fill more than Filled of their Seats, however people are moved; and none of the lines is worth less than the
// one with the empty seat, or it would have given way.
type Bottleneck struct {
	Lines  []int32 // ascending, the line itself among them
	Seats  int64   // of the lines, pinned ones included
	Filled int64
	Agents int // who may work one of the lines or more; 0 for a seat that nobody may take

	Tags       []TagLevel // that every one of the lines asks for, at the lowest level asked
	Start, End int        // of the window around all of them
}

// Bottleneck follows a complete plan from an empty seat of the line: to the agents who may work the line, from those who
// work another line that day to that line, from those at their weekly cap to all their lines, and so on. False for a line
// without an empty seat.
func (x *Index) Bottleneck(plan *Plan, line int32) (*Bottleneck, bool) {
	p := x.p
	at := newRoster(p, plan)
	if at.filled[line] >= p.lines[line].Seats {
		return nil, false
	}
	out := &Bottleneck{}
	reached := map[int32]bool{line: true}
	known := make(map[int32]bool)
	queue := []int32{line}
	for len(queue) > 0 {
		l := queue[0]
		queue = queue[1:]
		out.Lines = append(out.Lines, l)
		reach := func(other int32) {
			if !reached[other] {
				reached[other] = true
				queue = append(queue, other)
			}
		}
		for agent := range x.Candidates(l) {
			known[agent] = true
			today, works := int32(-1), at.works[agent]
			for _, w := range works {
				if p.lines[w].Day == p.lines[l].Day {
					today = w
				}
			}
			switch {
			case today >= 0:
				reach(today)
			case len(works) >= x.spare(agent):
				for _, w := range works {
					reach(w)
				}
			}
		}
	}
	slices.Sort(out.Lines)
	out.Agents = len(known)
	first := &p.lines[line]
	out.Tags, out.Start, out.End = slices.Clone(first.Tags), first.Start, first.End
	for _, l := range out.Lines {
		o := &p.lines[l]
		out.Seats += int64(o.Seats)
		out.Filled += int64(at.filled[l])
		out.Tags = inBoth(out.Tags, o.Tags)
		out.Start, out.End = min(out.Start, o.Start), max(out.End, o.End)
	}
	return out, true
}

// inBoth are the tags that both lists ask for, at the lower level.
func inBoth(a, b []TagLevel) []TagLevel {
	var out []TagLevel
	for _, t := range a {
		for _, u := range b {
			if t.Tag() == u.Tag() {
				out = append(out, min(t, u))
			}
		}
	}
	return out
}

// roster is who works where in a plan.
type roster struct {
	works  map[int32][]int32 // agent -> lines, pinned ones not among them
	filled []int             // line -> seats, pinned ones included
}

func newRoster(p *Problem, plan *Plan) *roster {
	r := &roster{works: make(map[int32][]int32, len(plan.Seats)), filled: make([]int, len(p.lines))}
	for l, n := range p.pinned {
		r.filled[l] = int(n)
	}
	for _, s := range plan.Seats {
		r.works[s.Agent] = append(r.works[s.Agent], s.Line)
		r.filled[s.Line]++
	}
	return r
}

// RemedyKind says what a remedy changes.
type RemedyKind string

// The kinds of remedy, the smallest change first.
const (
	RemedyLevel   RemedyKind = "level"  // the seat asks for one level less of a tag, or no more for the tag at all
	RemedyWindow  RemedyKind = "window" // the seat starts and ends an hour earlier or later
	RemedyAgents  RemedyKind = "agents" // there are more agents who hold just what the line asks for, in just its window
	minutesMoved             = 60
	mostMoreHands            = 4
)

// A Remedy is a small change under which one more seat of a line is filled and no other for it stays empty: the best plan
// of the changed problem, solved anew, shows it.
type Remedy struct {
	Kind RemedyKind

	Seat Line // of RemedyLevel and RemedyWindow: what one empty seat of the line would be instead
	Tag  TagLevel
	By   int // of RemedyWindow: minutes that it starts later; below 0 for earlier

	Agent Agent // of RemedyAgents: such a one
	Count int   // and how many of them

	Weight, Quality int64 // what the whole plan gains
}

// Remedies tries the small changes that could fill an empty seat of the line, each by solving the changed problem, and
// returns those that do. It gives up early, with what was found, when the options' stop says so. A complete plan of the
// index's problem is expected. Nil for a line without an empty seat.
func (x *Index) Remedies(plan *Plan, line int32, o Options) ([]Remedy, error) {
	p := x.p
	if newRoster(p, plan).filled[line] >= p.lines[line].Seats {
		return nil, nil
	}
	var out []Remedy
	for _, r := range p.changes(line) {
		ok, err := p.tryRemedy(plan, line, &r, o)
		if err != nil {
			return out, err
		}
		if ok {
			out = append(out, r)
		}
	}
	more := Remedy{Kind: RemedyAgents, Agent: p.justFor(line)}
	for more.Count = 1; more.Count <= mostMoreHands; more.Count++ {
		ok, err := p.tryRemedy(plan, line, &more, o)
		if err != nil {
			return out, err
		}
		if ok {
			out = append(out, more)
			break
		}
	}
	return out, nil
}

// changes are the remedies that change the seat.
func (p *Problem) changes(line int32) []Remedy {
	var out []Remedy
	one := p.lines[line]
	one.Seats = 1
	for i, t := range one.Tags {
		r := Remedy{Kind: RemedyLevel, Tag: t, Seat: one}
		r.Seat.Tags = slices.Clone(one.Tags)
		if t.Level() > 1 {
			r.Seat.Tags[i] = NewTagLevel(t.Tag(), t.Level()-1)
		} else {
			r.Seat.Tags = slices.Delete(r.Seat.Tags, i, i+1)
		}
		out = append(out, r)
	}
	for _, by := range [...]int{minutesMoved, -minutesMoved} {
		r := Remedy{Kind: RemedyWindow, By: by, Seat: one}
		r.Seat.Start += by
		r.Seat.End += by
		r.Seat.Day = r.Seat.Start / minutesPerDay
		if r.Seat.Start >= 0 && r.Seat.End <= MaxMinute {
			out = append(out, r)
		}
	}
	return out
}

// justFor is an agent who can work the line once and nothing beyond.
func (p *Problem) justFor(line int32) Agent {
	l := &p.lines[line]
	return Agent{
		Rating: max(l.MinRating, MinRating), PriceCents: MaxPriceCents, WeekShifts: 1,
		DayMinutes: l.Minutes(), WeekMinutes: l.Minutes(), Channels: 1 << l.Channel, Languages: 1 << l.Language,
		Tags: slices.Clone(l.Tags), Free: []Interval{{l.Start, l.End}},
	}
}

// tryRemedy solves the problem with the change and notes what it gains. True when one more of the line's seats is filled
// and the plan is worth that much more.
func (p *Problem) tryRemedy(plan *Plan, line int32, r *Remedy, o Options) (bool, error) {
	q, err := p.Remedied(line, r)
	if err != nil {
		return false, err
	}
	changed, err := solveAll(q, o)
	if err != nil {
		return false, err
	}
	filled := func(of *Plan) (n int) {
		for _, s := range of.Seats {
			if s.Line == line || int(s.Line) >= len(p.lines) {
				n++
			}
		}
		return n
	}
	r.Weight, r.Quality = changed.Weight-plan.Weight, changed.Quality-plan.Quality
	return filled(changed) > filled(plan) && r.Weight >= int64(p.lines[line].Weight), nil
}

// Remedied is a copy of the problem under a remedy of the line. A seat that is changed is a line of its own, the last.
func (p *Problem) Remedied(line int32, r *Remedy) (*Problem, error) {
	q := p.clone()
	if r.Kind == RemedyAgents {
		for range r.Count {
			if err := q.AddAgent(r.Agent); err != nil {
				return nil, fmt.Errorf("solver: one more agent for line %d: %w", line, err)
			}
		}
		return q, nil
	}
	q.lines[line].Seats--
	q.seats--
	if err := q.AddLine(r.Seat); err != nil {
		return nil, fmt.Errorf("solver: another seat for line %d: %w", line, err)
	}
	return q, nil
}

// clone is a copy that may be changed by itself.
func (p *Problem) clone() *Problem {
	q := *p
	q.agents, q.lines, q.pinned = slices.Clone(p.agents), slices.Clone(p.lines), slices.Clone(p.pinned)
	q.skills, q.free = slices.Clip(p.skills), slices.Clip(p.free)
	q.relations, q.pins = slices.Clip(p.relations), slices.Clip(p.pins)
	q.excluded = maps.Clone(p.excluded)
	return &q
}

// An Alternative is the best plan in which an agent works a line that the best plan gives to others.
type Alternative struct {
	Weight, Quality int64  // what it loses against the best plan
	Instead         []Seat // seats that it has and the best plan has not, the agent's own first
	Gone            []Seat // seats that the best plan has and it has not
}

// Alternative plans anew with the agent on the line. Weight and Quality of what it loses are exact, and never less than
// what Short says. False when the agent is not eligible, or no seat of the line is open. A complete plan is expected.
func (p *Problem) Alternative(plan *Plan, line, agent int32, o Options) (*Alternative, bool, error) {
	if p.open(line) < 1 || len(p.Why(line, agent)) > 0 {
		return nil, false, nil
	}
	cost := p.pairCost()(Seat{line, agent})
	// The agent and one seat are taken out as if both were spoken for; pinning the seat would bring in rest and hours,
	// which the daily model does not know.
	q := p.clone()
	q.lines[line].Seats--
	q.seats--
	q.agents[agent].weekShifts--
	for l := range q.lines {
		if q.lines[l].Day == p.lines[line].Day {
			if err := q.Exclude(Seat{int32(l), agent}); err != nil {
				return nil, false, err
			}
		}
	}
	rest, err := solveAll(q, o)
	if err != nil {
		return nil, false, err
	}
	own := Seat{line, agent}
	out := &Alternative{
		Weight:  plan.Weight - rest.Weight - int64(p.lines[line].Weight),
		Quality: plan.Quality - rest.Quality - int64(10_000-cost),
		Instead: []Seat{own},
	}
	before := make(map[Seat]bool, len(plan.Seats))
	for _, s := range plan.Seats {
		before[s] = true
	}
	delete(before, own)
	for _, s := range rest.Seats {
		if !before[s] {
			out.Instead = append(out.Instead, s)
		}
		delete(before, s)
	}
	out.Gone = slices.SortedFunc(maps.Keys(before), compareSeats)
	return out, true, nil
}

func solveAll(p *Problem, o Options) (*Plan, error) {
	x, err := Prepare(p, o)
	if err != nil {
		return nil, err
	}
	plan := x.Daily(o)
	if !plan.Complete {
		return nil, ErrStopped
	}
	return plan, nil
}

// Holders are the agents on a line of a plan with what each asks of it, cost and price of the day, the weakest first: who
// would have to give way. Pinned agents are not among them.
func (p *Problem) Holders(plan *Plan, line int32) []Holder {
	var out []Holder
	cost := p.pairCost()
	for i, s := range plan.Seats {
		if s.Line == line {
			out = append(out, Holder{s.Agent, int64(cost(s)), plan.Prices.Seat[i]})
		}
	}
	slices.SortFunc(out, func(a, b Holder) int {
		return cmp.Or(cmp.Compare(b.Cost+b.Price, a.Cost+a.Price), cmp.Compare(a.Agent, b.Agent))
	})
	return out
}

// A Holder is an agent on a line: the cost of the pair, and the price of the agent's day.
type Holder struct {
	Agent       int32
	Cost, Price int64
}
