package solver

import (
	"cmp"
	"errors"
	"math"
	"slices"
)

// A Roster is the roster model of a problem, indexed. An agent may work several shifts a day: of two shifts the later starts
// no sooner than the agent's rest after the earlier ends, the shifts that start on a work day take at most DayMinutes and
// all of them WeekMinutes. The weekly cap of shifts does not count. W and Q are those of the daily model.
//
// The model is NP-hard: tasks of fixed times for people who can do some of them are so already without any hours (Kolen,
// Lenstra, Papadimitriou and Spieksma, Interval scheduling: a survey, Naval Research Logistics 54, 2007). Plan searches, and
// its bound proves how far from the best it can be.
type Roster struct {
	p       *Problem
	big     int64 // what a unit of W is worth in Q: more than all of Q
	lines   []rosterLine
	agents  []rosterAgent
	byLine  []chance // candidates of a line, cheapest first
	byAgent []option // lines of an agent, by start
}

type rosterLine struct {
	start, end, day int32
	seats           int32 // not pinned, and no more than there are candidates
	from, to        int32 // in Roster.byLine
	worth           int64 // of a seat in W, times big
}

type rosterAgent struct {
	day, week, restSame, restOther int32
	from, to                       int32 // in Roster.byAgent
}

// A chance is an eligible agent of a line and an option an eligible line of an agent, with 10000 - cost.
type (
	chance struct{ agent, value int32 }
	option struct{ line, value int32 }
)

const mostValue = 10_000 - 2_900

var errTooManySeats = errors.New("solver: fewer seats expected, or lower weights, for the roster model")

// PrepareRoster lists who may work what. It returns ErrStopped, or an error when a pair has two relations or the seats are
// more than 64 bits can weigh (about a million at the highest weight).
func PrepareRoster(p *Problem, o Options) (*Roster, error) {
	// Eligible are those whom the daily model finds so with no cap of shifts and nothing pinned: pins are shifts held here.
	alone := *p
	alone.CapHours, alone.pins = true, nil
	alone.agents = slices.Clone(p.agents)
	for a := range alone.agents {
		alone.agents[a].weekShifts = 1
	}
	x, err := Prepare(&alone, o)
	if err != nil {
		return nil, err
	}
	r := &Roster{p: p, lines: make([]rosterLine, len(p.lines)), agents: make([]rosterAgent, len(p.agents))}
	for a := range p.agents {
		n := &p.agents[a]
		r.agents[a] = rosterAgent{
			day: int32(n.dayMinutes), week: int32(n.weekMinutes), restSame: int32(n.restSame), restOther: int32(n.restOther),
		}
	}
	var seats, weight int64
	for i := range p.lines {
		l := int32(i)
		if o.Stop != nil && i%64 == 0 && o.Stop() {
			return nil, ErrStopped
		}
		from := len(r.byLine)
		for a, cost := range x.Candidates(l) {
			if p.open(l) == 0 {
				break
			}
			r.byLine = append(r.byLine, chance{a, int32(10_000 - cost)}) //nolint:gosec // 0 to 7,100
			r.agents[a].to++
		}
		if len(r.byLine) > math.MaxInt32 {
			return nil, errTooManySeats
		}
		line := &p.lines[i]
		open := min(p.open(l), len(r.byLine)-from)
		r.lines[i] = rosterLine{
			start: int32(line.Start), end: int32(line.End), day: int32(line.Day), seats: int32(open), //nolint:gosec // AddLine checked
			from: int32(from), to: int32(len(r.byLine)), //nolint:gosec // checked above
		}
		seats += int64(open)
		weight += int64(open) * int64(line.Weight)
	}
	r.big = mostValue*seats + 1
	if weight > math.MaxInt64/4/r.big {
		return nil, errTooManySeats
	}
	for l := range r.lines {
		r.lines[l].worth = int64(p.lines[l].Weight) * r.big
	}
	r.listOptions()
	return r, nil
}

// listOptions turns the candidates round: the same pairs by agent.
func (r *Roster) listOptions() {
	order := make([]int32, len(r.lines))
	for l := range order {
		order[l] = int32(l)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(r.lines[a].start, r.lines[b].start) })
	end := int32(0)
	for a := range r.agents {
		n := &r.agents[a]
		n.from, n.to, end = end, end, end+n.to
	}
	r.byAgent = make([]option, end)
	for _, l := range order {
		for _, c := range r.candidates(l) {
			a := &r.agents[c.agent]
			r.byAgent[a.to] = option{l, c.value}
			a.to++
		}
	}
}

func (r *Roster) candidates(line int32) []chance {
	return r.byLine[r.lines[line].from:r.lines[line].to]
}

func (r *Roster) options(agent int32) []option {
	return r.byAgent[r.agents[agent].from:r.agents[agent].to]
}

// rest is what the agent needs between two shifts that start on these days.
func (a *rosterAgent) rest(day, other int32) int32 {
	if day == other {
		return a.restSame
	}
	return a.restOther
}
