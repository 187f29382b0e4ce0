package solver

import (
	"cmp"
	"errors"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"sync"
)

// ErrStopped is what Prepare returns when the stop function ended it.
var ErrStopped = errors.New("solver: stopped before the index was ready")

// An Index answers who may work a line, cheapest first. Agents are renumbered by the part of their cost that no line
// changes (their rank), so that a bit set over ranks lists them in order of cost. A line is the AND of a few sets: one per
// required tag and level, one per window, one per channel, language and rating asked for. Only agents whom a merchant knows
// cost something else there; they are kept apart, by merchant.
type Index struct {
	p     *Problem
	order []int32 // rank -> agent
	rank  []int32 // agent -> rank
	base  []int16 // rank -> cost before relations

	words   int
	lineSet [][][]uint64 // line -> its sets, smallest first
	atMost  []int32      // line -> agents in the smallest of them

	relationEnd []int32        // merchant -> end in the two below
	byRank      []int32        // ranks, ascending
	byCost      []relationCost // those who may work there, cheapest first

	pinsOf map[int32][]int32 // agent -> pinned lines
}

type relationCost struct {
	rank int32
	cost int16
}

// Prepare indexes a problem. It returns ErrStopped, or an error when a pair has two relations.
func Prepare(p *Problem, o Options) (*Index, error) {
	x := &Index{p: p, words: (len(p.agents) + 63) / 64, pinsOf: make(map[int32][]int32)}
	for _, s := range p.pins {
		x.pinsOf[s.Agent] = append(x.pinsOf[s.Agent], s.Line)
	}
	x.rankAgents()
	if err := x.rankRelations(); err != nil {
		return nil, err
	}
	if !x.buildSets(max(1, o.Threads), o.Stop) {
		return nil, ErrStopped
	}
	return x, nil
}

// cost is 10000 less what rating, price and idle days are worth: 5,400 to 10,000.
func (r *agentRow) cost() int {
	return 10000 - (int(r.rating)-MinRating)*10 - (MaxPriceCents-int(r.price))/3 - 20*min(int(r.idle), 30)
}

// bonus is what a relation takes off the cost: up to 2,500.
func (r *Relation) bonus() int {
	b := 100 * min(r.PastShifts, 20)
	if r.Kind == Favourite {
		b += 500
	}
	return b
}

// rankAgents sorts by counting: costs are small integers.
func (x *Index) rankAgents() {
	const low, high = 5400, 10000
	p := x.p
	n := len(p.agents)
	var start [high - low + 2]int32
	costs := make([]int16, n)
	for a := range p.agents {
		c := p.agents[a].cost()
		costs[a] = int16(c) //nolint:gosec // at most 10,000
		start[c-low+1]++
	}
	for c := 1; c < len(start); c++ {
		start[c] += start[c-1]
	}
	x.order, x.rank, x.base = make([]int32, n), make([]int32, n), make([]int16, n)
	place := func(a int32) {
		c := costs[a]
		r := start[int(c)-low]
		start[int(c)-low]++
		x.order[r], x.rank[a], x.base[r] = a, r, c
	}
	if p.Seed == 0 {
		for a := range n {
			place(int32(a))
		}
		return
	}
	for _, a := range rand.New(rand.NewPCG(p.Seed, 0)).Perm(n) { //nolint:gosec // ties, not secrets
		place(int32(a)) //nolint:gosec // agents are indexed by int32
	}
}

// rankRelations sorts the relations by merchant and rank, and by merchant and cost: twice by counting, the lower key first.
func (x *Index) rankRelations() error {
	p := x.p
	all := make([]int32, len(p.relations))
	cost := make([]int16, len(p.relations))
	merchant, rank := make([]int32, p.merchants), make([]int32, len(p.agents))
	var byCost [blockedCost + 1]int32
	for i := range p.relations {
		r := &p.relations[i]
		all[i] = int32(i)
		cost[i] = blockedCost
		if r.Kind != Block {
			cost[i] = x.base[x.rank[r.Agent]] - int16(r.bonus()) //nolint:gosec // at most 2,500
		}
		merchant[r.Merchant]++
		rank[x.rank[r.Agent]]++
		byCost[cost[i]]++
	}
	x.relationEnd = make([]int32, p.merchants)
	end := int32(0)
	for m, n := range merchant {
		end += n
		x.relationEnd[m] = end
	}
	first, second := make([]int32, len(all)), make([]int32, len(all))

	countedOut(all, first, rank, func(i int32) int32 { return x.rank[p.relations[i].Agent] })
	countedOut(first, second, merchant, func(i int32) int32 { return p.relations[i].Merchant })
	x.byRank = make([]int32, len(all))
	for k, i := range second {
		r := &p.relations[i]
		x.byRank[k] = x.rank[r.Agent]
		if k > 0 && x.byRank[k-1] == x.byRank[k] && p.relations[second[k-1]].Merchant == r.Merchant {
			return fmt.Errorf("solver: merchant %d and agent %d have two relations", r.Merchant, r.Agent)
		}
	}

	countedOut(second, first, byCost[:], func(i int32) int32 { return int32(cost[i]) })
	for m := range merchant {
		from, to := x.relationsOf(m)
		merchant[m] = to - from
	}
	countedOut(first, second, merchant, func(i int32) int32 { return p.relations[i].Merchant })
	x.byCost = make([]relationCost, len(all))
	for k, i := range second {
		x.byCost[k] = relationCost{x.rank[p.relations[i].Agent], cost[i]}
	}
	return nil
}

// countedOut is one stable pass of sorting by counting: counts[k] items have the key k. It uses counts up.
func countedOut(from, to, counts []int32, key func(int32) int32) {
	at := int32(0)
	for k, n := range counts {
		counts[k] = at
		at += n
	}
	for _, i := range from {
		k := key(i)
		to[counts[k]] = i
		counts[k]++
	}
}

// blockedCost sorts blocked agents behind all others of a merchant.
const blockedCost = 1<<15 - 1

func (x *Index) relationsOf(merchant int) (from, to int32) {
	if merchant > 0 {
		from = x.relationEnd[merchant-1]
	}
	return from, x.relationEnd[merchant]
}

// sets are the bit sets being built: what they are of, in the forms in which an agent's row is held against them.
type sets struct {
	bits [][]uint64

	tag    [][]int32 // tag*8 + held level -> sets of that tag asking for no more than the level
	window []window  // by start
	from   []int32   // hour -> first window that starts in it or later

	channel, language [32]int32 // bit -> set, or -1
	rating            []leastSet
	minutes           []leastSet
}

type window struct {
	start, end uint16
	set        int32
}

// leastSet holds those who have at least so much.
type leastSet struct {
	least uint16
	set   int32
}

type profile struct{ channel, language, rating, minutes int32 }

// buildSets makes every set in one pass over the agents by rank, 64 at a time, and then each line's list of sets.
func (x *Index) buildSets(threads int, stop func() bool) bool {
	p := x.p
	s, ids, profiles := x.planSets()
	stopped := make([]bool, threads)
	var wait sync.WaitGroup
	for t := range threads {
		from, to := x.words*t/threads, x.words*(t+1)/threads
		wait.Go(func() { stopped[t] = !x.fill(s, from, to, stop) })
	}
	wait.Wait()
	if slices.Contains(stopped, true) {
		return false
	}

	size := make([]int, len(s.bits))
	count := func(i int32) {
		for _, w := range s.bits[i] {
			size[i] += bits.OnesCount64(w)
		}
	}
	for i := range s.bits {
		count(int32(i))
	}
	joined := make(map[profile]int32)
	x.lineSet, x.atMost = make([][][]uint64, len(p.lines)), make([]int32, len(p.lines))
	for l := range p.lines {
		f := profiles[l]
		joint, ok := joined[f]
		if !ok {
			joint = int32(len(s.bits)) //nolint:gosec // a few thousand sets
			joined[f] = joint
			s.bits = append(s.bits, x.join(s.bits[f.channel], s.bits[f.language], s.bits[f.rating], s.bits[f.minutes]))
			size = append(size, 0) //nolint:makezero // it grows by one for each joint set
			count(joint)
		}
		mine := append(slices.Clone(ids[l]), joint)
		slices.SortFunc(mine, func(a, b int32) int { return cmp.Or(cmp.Compare(size[a], size[b]), cmp.Compare(a, b)) })
		x.atMost[l] = int32(size[mine[0]]) //nolint:gosec // agents are indexed by int32
		x.lineSet[l] = make([][]uint64, len(mine))
		for i, id := range mine {
			x.lineSet[l][i] = s.bits[id]
		}
	}
	return true
}

// planSets decides which sets are needed. ids are those of a line's tags and window.
func (x *Index) planSets() (s *sets, ids [][]int32, profiles []profile) {
	p := x.p
	s = &sets{tag: make([][]int32, 8*p.tags)}
	words := func() int32 {
		s.bits = append(s.bits, make([]uint64, x.words))
		return int32(len(s.bits) - 1) //nolint:gosec // a few thousand sets
	}
	for i := range 32 {
		s.channel[i], s.language[i] = -1, -1
	}
	ids, profiles = make([][]int32, len(p.lines)), make([]profile, len(p.lines))
	byTag := make(map[TagLevel]int32)
	byWindow := make(map[[2]int]int32)
	byRating, byMinutes := make(map[int]int32), make(map[int]int32)
	atLeast := func(to *[]leastSet, known map[int]int32, least int) int32 {
		set, ok := known[least]
		if !ok {
			set = words()
			known[least] = set
			*to = append(*to, leastSet{uint16(least), set}) //nolint:gosec // AddLine checked
		}
		return set
	}
	for i := range p.lines {
		l := &p.lines[i]
		for _, t := range l.Tags {
			set, ok := byTag[t]
			if !ok {
				set = words()
				byTag[t] = set
				for held := t.Level(); held <= MaxLevel; held++ {
					s.tag[t.Tag()*8+held] = append(s.tag[t.Tag()*8+held], set)
				}
			}
			ids[i] = append(ids[i], set)
		}
		w, ok := byWindow[[2]int{l.Start, l.End}]
		if !ok {
			w = words()
			byWindow[[2]int{l.Start, l.End}] = w
			s.window = append(s.window, window{uint16(l.Start), uint16(l.End), w}) //nolint:gosec // AddLine checked
		}
		ids[i] = append(ids[i], w)
		if s.channel[l.Channel] < 0 {
			s.channel[l.Channel] = words()
		}
		if s.language[l.Language] < 0 {
			s.language[l.Language] = words()
		}
		minutes := 0
		if p.CapHours {
			minutes = l.Minutes()
		}
		profiles[i] = profile{
			s.channel[l.Channel], s.language[l.Language],
			atLeast(&s.rating, byRating, max(l.MinRating, MinRating)), atLeast(&s.minutes, byMinutes, minutes),
		}
	}
	slices.SortFunc(s.window, func(a, b window) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end)) })
	s.from = make([]int32, MaxMinute/60+2)
	for h := range s.from {
		n, _ := slices.BinarySearchFunc(s.window, 60*h, func(w window, at int) int { return cmp.Compare(int(w.start), at) })
		s.from[h] = int32(n) //nolint:gosec // a few thousand windows
	}
	return s, ids, profiles
}

// fill sets the bits of the agents ranked 64*from to 64*to. Threads write different words.
func (x *Index) fill(s *sets, from, to int, stop func() bool) bool {
	word := make([]uint64, len(s.bits))
	within := spanSets{of: make(map[span][]int32)}
	var rows [64]filling
	for w := from; w < to; w++ {
		if stop != nil && w%256 == 0 && stop() {
			return false
		}
		n := x.gather(&rows, x.order[64*w:min(64*w+64, len(x.order))])
		for i := range rows[:n] {
			row := &rows[i]
			bit := uint64(1) << i
			if row.spare <= 0 {
				continue
			}
			for _, held := range row.skills {
				for _, set := range s.tag[held.Tag()*8+held.Level()] {
					word[set] |= bit
				}
			}
			for _, f := range row.free {
				for _, set := range within.sets(s, f) {
					word[set] |= bit
				}
			}
			for c := row.channels; c != 0; c &= c - 1 {
				if set := s.channel[bits.TrailingZeros32(c)]; set >= 0 {
					word[set] |= bit
				}
			}
			for c := row.languages; c != 0; c &= c - 1 {
				if set := s.language[bits.TrailingZeros32(c)]; set >= 0 {
					word[set] |= bit
				}
			}
			for _, r := range s.rating {
				if row.rating >= r.least {
					word[r.set] |= bit
				}
			}
			longest := min(row.dayMinutes, row.weekMinutes)
			for _, m := range s.minutes {
				if longest >= m.least {
					word[m.set] |= bit
				}
			}
		}
		for set, v := range word {
			if v != 0 {
				s.bits[set][w] = v
				word[set] = 0
			}
		}
	}
	return true
}

// filling is what fill reads of an agent.
type filling struct {
	agentRow
	skills []TagLevel
	free   []span
	spare  int

	touched TagLevel // only so that gather loads the two lists
}

// gather collects agents who lie apart in memory. Three loops of loads that do not wait for each other keep many of them
// under way at once, which halves the time that a million agents take.
func (x *Index) gather(rows *[64]filling, agents []int32) int {
	p := x.p
	for i, a := range agents {
		rows[i].agentRow = p.agents[a]
	}
	for i, a := range agents {
		rows[i].skills, rows[i].free = p.skillsOf(a), p.freeOf(a)
		rows[i].spare = x.spare(a)
	}
	for i := range agents {
		r := &rows[i]
		r.touched = 0
		if len(r.skills) > 0 {
			r.touched = r.skills[0]
		}
		if len(r.free) > 0 {
			r.touched += TagLevel(r.free[0].start)
		}
	}
	return len(agents)
}

// spanSets remembers which windows lie within an interval: people's intervals are much alike.
type spanSets struct {
	recent [1024]struct {
		span
		sets []int32
	}
	of map[span][]int32
}

func (m *spanSets) sets(s *sets, f span) []int32 {
	e := &m.recent[(uint32(f.start)*37+uint32(f.end)*101)/4%1024]
	if e.span == f {
		return e.sets
	}
	list, ok := m.of[f]
	if !ok {
		for _, v := range s.window[s.from[f.start/60]:] {
			if v.start >= f.end {
				break
			}
			if v.start >= f.start && v.end <= f.end {
				list = append(list, v.set)
			}
		}
		m.of[f] = list
	}
	e.span, e.sets = f, list
	return list
}

func (x *Index) join(a, b, c, d []uint64) []uint64 {
	out := make([]uint64, x.words)
	for i := range out {
		out[i] = a[i] & b[i] & c[i] & d[i]
	}
	return out
}

// spare is how many shifts the agent may be given.
func (x *Index) spare(agent int32) int {
	n := int(x.p.agents[agent].weekShifts)
	if len(x.pinsOf) > 0 {
		n -= len(x.pinsOf[agent])
	}
	return n
}

// keepsPins tells whether the agent may work the line beside what is pinned: one shift a work day, rest and hours.
func (x *Index) keepsPins(agent, line int32) bool {
	held := x.pinsOf[agent]
	if len(held) == 0 {
		return true
	}
	return x.p.fits(agent, line, held)
}
