package solver

import (
	"cmp"
	"slices"
)

// Offers are the seats of a daily plan that also keep rest and hours: what may be offered to people.
type Offers struct {
	Seats   []Seat // by line, then agent; pinned seats are not among them
	Weight  int64
	Quality int64
	Dropped []Seat // of the plan, because they would break rest or hours
	Given   []Seat // in place of those and in seats that the plan left empty
}

// Offers is the second step after Daily. Of an agent's seats it drops, lowest value first (weight, then quality), what would
// break rest or the hours of day or week beside the better ones and the pinned ones. Then every seat still empty, highest
// weight first, goes to the next best eligible agent who keeps all rules, the daily model's included. W of the offers is
// therefore never above W of a complete plan.
func (x *Index) Offers(plan *Plan) *Offers {
	p := x.p
	out := &Offers{}
	held := make(map[int32][]int32, len(plan.Seats)+len(x.pinsOf))
	for agent, lines := range x.pinsOf {
		held[agent] = slices.Clone(lines)
	}
	empty := make([]int, len(p.lines))
	for l := range empty {
		empty[l] = p.open(int32(l))
	}
	keep := func(s Seat) {
		held[s.Agent] = append(held[s.Agent], s.Line)
		empty[s.Line]--
		out.Seats = append(out.Seats, s)
		out.Weight += int64(p.lines[s.Line].Weight)
	}
	costs := x.costs()
	for _, s := range byValue(p, plan.Seats, costs) {
		if p.fits(s.Agent, s.Line, held[s.Agent]) {
			keep(s)
			out.Quality += 10_000 - int64(costs(s))
		} else {
			out.Dropped = append(out.Dropped, s)
		}
	}
	lines := make([]int32, 0, len(p.lines))
	for l, n := range empty {
		if n > 0 {
			lines = append(lines, int32(l))
		}
	}
	slices.SortStableFunc(lines, func(a, b int32) int { return cmp.Compare(p.lines[b].Weight, p.lines[a].Weight) })
	for _, l := range lines {
		list := shortlist{line: l}
		for i := 0; empty[l] > 0 && (i < len(list.listed) || list.more(x)); i++ {
			c := list.listed[i]
			s := Seat{l, x.order[c.who]}
			if len(held[s.Agent]) < int(p.agents[s.Agent].weekShifts) && p.fits(s.Agent, l, held[s.Agent]) {
				keep(s)
				out.Quality += 10_000 - int64(c.cost)
				out.Given = append(out.Given, s)
			}
		}
	}
	slices.SortFunc(out.Seats, compareSeats)
	return out
}

// byValue sorts seats by weight, then quality, best first.
func byValue(p *Problem, seats []Seat, cost func(Seat) int32) []Seat {
	type valued struct {
		Seat
		weight int
		cost   int32
	}
	all := make([]valued, len(seats))
	for i, s := range seats {
		all[i] = valued{s, p.lines[s.Line].Weight, cost(s)}
	}
	slices.SortFunc(all, func(a, b valued) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.cost, b.cost), compareSeats(a.Seat, b.Seat))
	})
	out := make([]Seat, len(all))
	for i := range all {
		out[i] = all[i].Seat
	}
	return out
}

func compareSeats(a, b Seat) int {
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Agent, b.Agent))
}

// costs gives the cost of eligible pairs.
func (x *Index) costs() func(Seat) int32 {
	known := make(map[uint64]int32, len(x.p.relations))
	for i := range x.p.relations {
		r := &x.p.relations[i]
		known[pairKey(int(r.Merchant), r.Agent)] = int32(r.bonus()) //nolint:gosec // at most 2,500
	}
	return func(s Seat) int32 {
		return int32(x.base[x.rank[s.Agent]]) - known[pairKey(x.p.lines[s.Line].Merchant, s.Agent)]
	}
}

func pairKey(merchant int, agent int32) uint64 {
	return uint64(merchant)<<32 | uint64(agent) //nolint:gosec // both are indices
}
