package solver

import (
	"cmp"
	"slices"
)

// reverse answers what an Index does not: which lines an agent may work, and which merchants know the agent. A Session
// needs it, to tell what a changed agent is to each line and to search from freed capacity backwards.
type reverse struct {
	asked  [][]ask // 1 + the tag that fewest agents hold of those that a line asks for, 0 for none -> lines
	latest []int32 // agent -> 1 + latest relation, 0 for none
	next   []int32 // relation -> 1 + next relation of its agent
}

// ask is what of a line can be held against an agent without looking further.
type ask struct {
	start, end, rating       uint16
	level, channel, language uint8
	line                     int32
}

// lineCost is a line that an agent may work.
type lineCost struct {
	line      int32
	cost, day int16
}

func (x *Index) makeReverse() {
	p := x.p
	r := &reverse{latest: make([]int32, len(p.agents)), next: make([]int32, len(p.relations))}
	x.reverse = r
	for i := range p.relations {
		r.befriend(int32(i), p.relations[i].Agent)
	}
	for i := range p.lines {
		x.ask(int32(i))
	}
}

func (r *reverse) befriend(relation, agent int32) {
	r.next[relation] = r.latest[agent]
	r.latest[agent] = relation + 1
}

// ask appends the line to those of its rarest tag.
func (x *Index) ask(line int32) {
	l, r := &x.p.lines[line], x.reverse
	a := ask{
		uint16(l.Start), uint16(l.End), uint16(l.MinRating), 0, uint8(l.Channel), uint8(l.Language), line, //nolint:gosec // AddLine checked
	}
	list, size := 0, int32(0)
	for _, t := range l.Tags {
		if n := x.sets.size[x.sets.byTag[t]]; list == 0 || n < size {
			list, size, a.level = t.Tag()+1, n, uint8(t.Level()) //nolint:gosec // at most 5
		}
	}
	for len(r.asked) <= list {
		r.asked = append(r.asked, nil)
	}
	r.asked[list] = append(r.asked[list], a)
}

// linesOf lists the lines that the agent may work, by line.
func (x *Index) linesOf(out []lineCost, agent int32) []lineCost {
	p := x.p
	r, free := &p.agents[agent], p.freeOf(agent)
	if out = out[:0]; x.spare(agent) <= 0 {
		return out
	}
	within := func(list []ask, level uint8) {
	asks:
		for i := range list {
			a := &list[i]
			if a.level > level || r.channels>>a.channel&1 == 0 || r.languages>>a.language&1 == 0 || r.rating < a.rating {
				continue
			}
			for _, f := range free {
				if f.start <= a.start && a.end <= f.end {
					if c, ok := x.cost(agent, a.line); ok {
						out = append(out, lineCost{a.line, int16(c), int16(a.start / minutesPerDay)}) //nolint:gosec // at most 10,000
					}
					continue asks
				}
			}
		}
	}
	asked := x.reverse.asked
	if len(asked) > 0 {
		within(asked[0], 0)
	}
	for _, t := range p.skillsOf(agent) {
		if t.Tag()+1 < len(asked) {
			within(asked[t.Tag()+1], uint8(t.Level())) //nolint:gosec // at most 5
		}
	}
	slices.SortFunc(out, func(a, b lineCost) int { return cmp.Compare(a.line, b.line) })
	return out
}

// cost is what the agent costs on the line; false when not eligible. It asks the rows, not the sets.
func (x *Index) cost(agent, line int32) (int32, bool) {
	p := x.p
	a, l := &p.agents[agent], &p.lines[line]
	if a.channels>>l.Channel&1 == 0 || a.languages>>l.Language&1 == 0 || int(a.rating) < l.MinRating {
		return 0, false
	}
	if p.CapHours && l.Minutes() > int(min(a.dayMinutes, a.weekMinutes)) {
		return 0, false
	}
	if !slices.ContainsFunc(p.freeOf(agent), func(f span) bool { return int(f.start) <= l.Start && l.End <= int(f.end) }) {
		return 0, false
	}
	skills := p.skillsOf(agent)
	for _, need := range l.Tags {
		if !slices.ContainsFunc(skills, func(t TagLevel) bool { return t.Tag() == need.Tag() && t >= need }) {
			return 0, false
		}
	}
	if x.spare(agent) <= 0 || !x.may(agent, line) {
		return 0, false
	}
	cost := int32(x.base[x.rank[agent]])
	for i := x.reverse.latest[agent]; i > 0; i = x.reverse.next[i-1] {
		if r := &p.relations[i-1]; int(r.Merchant) == l.Merchant {
			return cost - int32(r.bonus()), r.Kind != Block //nolint:gosec // at most 2,500
		}
	}
	return cost, true
}

// change lets do change the agent's row, pins or exclusions, and brings the sets after it. An agent whose base changes gets
// a late rank.
func (x *Index) change(agent int32, do func()) {
	x.mark(agent, false)
	do()
	if base := int16(x.p.agents[agent].cost()); base != x.base[x.rank[agent]] { //nolint:gosec // at most 10,000
		x.eachRelation(agent, x.part)
		x.rerank(agent, base)
		x.eachRelation(agent, x.acquaint)
	}
	x.mark(agent, true)
}

// mark puts a ranked agent into the sets that the row belongs to, or takes it out of them.
func (x *Index) mark(agent int32, in bool) {
	rank := x.rank[agent]
	if rank >= x.ranked || in && x.spare(agent) <= 0 {
		return
	}
	s, p := x.sets, x.p
	word, bit := rank>>6, uint64(1)<<(rank&63)
	put := func(set int32) {
		if in {
			s.bits[set][word] |= bit
		} else {
			s.bits[set][word] &^= bit
		}
	}
	a := &p.agents[agent]
	for _, held := range p.skillsOf(agent) {
		if i := held.Tag()*8 + held.Level(); i < len(s.tag) {
			for _, set := range s.tag[i] {
				put(set)
			}
		}
	}
	for _, f := range p.freeOf(agent) {
		s.within(f, put)
	}
	for c := range 32 {
		if set := s.channel[c]; set >= 0 && a.channels>>c&1 != 0 {
			put(set)
		}
		if set := s.language[c]; set >= 0 && a.languages>>c&1 != 0 {
			put(set)
		}
	}
	longest := min(a.dayMinutes, a.weekMinutes)
	for _, r := range s.rating {
		if a.rating >= r.least {
			put(r.set)
		}
	}
	for _, m := range s.minutes {
		if longest >= m.least {
			put(m.set)
		}
	}
	for _, j := range s.joint {
		if a.channels>>j.channel&1 != 0 && a.languages>>j.language&1 != 0 && a.rating >= j.rating && longest >= j.minutes {
			put(j.set)
		}
	}
}

// append gives the agent, last of the problem, a late rank.
func (x *Index) append(agent int32) {
	x.rank = append(x.rank, -1)
	x.reverse.latest = append(x.reverse.latest, 0)
	x.rerank(agent, int16(x.p.agents[agent].cost())) //nolint:gosec // at most 10,000
}

// rerank moves the agent among the late ones.
func (x *Index) rerank(agent int32, base int16) {
	rank := x.rank[agent]
	if rank < x.ranked { // or -1
		rank = int32(len(x.order)) //nolint:gosec // agents are indexed by int32
		x.order, x.base = append(x.order, agent), append(x.base, base)
		x.rank[agent] = rank
	} else {
		i, _ := slices.BinarySearch(x.late, keyOf(int32(x.base[rank]), rank))
		x.late = slices.Delete(x.late, i, i+1)
		x.base[rank] = base
	}
	key := keyOf(int32(base), rank)
	i, _ := slices.BinarySearch(x.late, key)
	x.late = slices.Insert(x.late, i, key)
}

// relate replaces the relation of a pair, or adds it.
func (x *Index) relate(r Relation) {
	p := x.p
	for len(x.known) <= int(r.Merchant) {
		x.known = append(x.known, acquaintances{})
	}
	p.merchants = max(p.merchants, len(x.known))
	found := int32(-1)
	x.eachRelation(r.Agent, func(i int32) {
		if p.relations[i].Merchant == r.Merchant {
			found = i
		}
	})
	if found >= 0 {
		x.part(found)
		p.relations[found] = r
	} else {
		found = int32(len(p.relations)) //nolint:gosec // relations are indexed by int32
		p.relations = append(p.relations, r)
		x.reverse.next = append(x.reverse.next, 0)
		x.reverse.befriend(found, r.Agent)
	}
	x.acquaint(found)
}

func (x *Index) eachRelation(agent int32, do func(relation int32)) {
	for i := x.reverse.latest[agent]; i > 0; i = x.reverse.next[i-1] {
		do(i - 1)
	}
}

// relationCost is what the agent of a relation costs its merchant at present.
func (x *Index) relationCost(relation int32) relationCost {
	r := &x.p.relations[relation]
	k := relationCost{x.rank[r.Agent], blockedCost}
	if r.Kind != Block {
		k.cost = x.base[k.rank] - int16(r.bonus()) //nolint:gosec // at most 2,500
	}
	return k
}

func compareRelations(a, b relationCost) int {
	return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.rank, b.rank))
}

func (x *Index) acquaint(relation int32) {
	m, k := &x.known[x.p.relations[relation].Merchant], x.relationCost(relation)
	i, _ := slices.BinarySearchFunc(m.byRank, k.rank, compareRank)
	m.byRank = slices.Insert(m.byRank, i, acquaintance{k.rank, relation})
	i, _ = slices.BinarySearchFunc(m.byCost, k, compareRelations)
	m.byCost = slices.Insert(m.byCost, i, k)
}

func (x *Index) part(relation int32) {
	m, k := &x.known[x.p.relations[relation].Merchant], x.relationCost(relation)
	i, _ := slices.BinarySearchFunc(m.byRank, k.rank, compareRank)
	m.byRank = slices.Delete(m.byRank, i, i+1)
	i, _ = slices.BinarySearchFunc(m.byCost, k, compareRelations)
	m.byCost = slices.Delete(m.byCost, i, i+1)
}

// appendLine indexes the last line of the problem. A tag, level, window or the like that no line asked for before takes a
// pass over all agents.
func (x *Index) appendLine() {
	p, s := x.p, x.sets
	line := int32(len(p.lines) - 1) //nolint:gosec // lines are indexed by int32
	l := &p.lines[line]
	had := len(s.bits)
	s.plan(x, l)
	fill := func(set int32, member func(agent int32, a *agentRow) bool) {
		if int(set) < had {
			return
		}
		for rank, agent := range x.order[:x.ranked] {
			if x.rank[agent] == int32(rank) && x.spare(agent) > 0 && member(agent, &p.agents[agent]) {
				s.bits[set][rank>>6] |= 1 << (rank & 63)
			}
		}
	}
	for _, need := range l.Tags {
		fill(s.byTag[need], func(agent int32, _ *agentRow) bool {
			return slices.ContainsFunc(p.skillsOf(agent), func(t TagLevel) bool { return t.Tag() == need.Tag() && t >= need })
		})
	}
	fill(s.byWindow[[2]int{l.Start, l.End}], func(agent int32, _ *agentRow) bool {
		return slices.ContainsFunc(p.freeOf(agent), func(f span) bool { return int(f.start) <= l.Start && l.End <= int(f.end) })
	})
	of := x.profileOf(l)
	fill(s.channel[of.channel], func(_ int32, a *agentRow) bool { return a.channels>>of.channel&1 != 0 })
	fill(s.language[of.language], func(_ int32, a *agentRow) bool { return a.languages>>of.language&1 != 0 })
	fill(leastOf(s.rating, of.rating), func(_ int32, a *agentRow) bool { return a.rating >= of.rating })
	fill(leastOf(s.minutes, of.minutes), func(_ int32, a *agentRow) bool { return min(a.dayMinutes, a.weekMinutes) >= of.minutes })
	if len(s.bits) > had {
		s.order()
		s.count(had)
	}
	s.join(x, of)
	x.appendLineSet(l)
	for len(x.known) <= l.Merchant {
		x.known = append(x.known, acquaintances{})
	}
	x.ask(line)
}
