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
	p      *Problem
	order  []int32 // rank -> agent
	rank   []int32 // agent -> rank
	base   []int16 // rank -> cost before relations
	ranked int32   // ranks below are in order of base and in the sets; the others are late

	words   int
	sets    *sets
	lineSet [][][]uint64 // line -> its sets, smallest first
	atMost  []int32      // line -> agents in the smallest of them
	known   []acquaintances

	pinsOf map[int32][]int32 // agent -> pinned lines
	tied   []uint64          // bit per agent: pinned or excluded somewhere; as long as need be

	late    []int64  // keys of those who joined, or changed their base, after Prepare
	reverse *reverse // of a Session
}

// acquaintances are the agents whom one merchant knows.
type acquaintances struct {
	byRank []acquaintance
	byCost []relationCost // those who may work there, cheapest first, then those who may not
}

type acquaintance struct {
	rank     int32
	relation int32 // in Problem.relations
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
		x.tie(s.Agent)
	}
	for s := range p.excluded {
		x.tie(s.Agent)
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
	x.ranked = int32(n) //nolint:gosec // agents are indexed by int32
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
	first, second := make([]int32, len(all)), make([]int32, len(all))

	countedOut(all, first, rank, func(i int32) int32 { return x.rank[p.relations[i].Agent] })
	countedOut(first, second, merchant, func(i int32) int32 { return p.relations[i].Merchant })
	byRank := make([]acquaintance, len(all))
	for k, i := range second {
		r := &p.relations[i]
		byRank[k] = acquaintance{x.rank[r.Agent], i}
		if k > 0 && byRank[k-1].rank == byRank[k].rank && p.relations[second[k-1]].Merchant == r.Merchant {
			return fmt.Errorf("solver: merchant %d and agent %d have two relations", r.Merchant, r.Agent)
		}
	}

	// A counting pass leaves the ends behind.
	ends := slices.Clone(merchant)
	for m := range merchant {
		merchant[m] -= before(ends, m)
	}
	countedOut(second, first, byCost[:], func(i int32) int32 { return int32(cost[i]) })
	countedOut(first, second, merchant, func(i int32) int32 { return p.relations[i].Merchant })
	costs := make([]relationCost, len(all))
	for k, i := range second {
		costs[k] = relationCost{x.rank[p.relations[i].Agent], cost[i]}
	}
	x.known = make([]acquaintances, p.merchants)
	for m, to := range ends {
		from := before(ends, m)
		x.known[m] = acquaintances{byRank[from:to:to], costs[from:to:to]}
	}
	return nil
}

// before is where part m begins, given where each ends.
func before(ends []int32, m int) int32 {
	if m == 0 {
		return 0
	}
	return ends[m-1]
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

// sets are the bit sets, and what they are of in the forms in which an agent's row is held against them.
type sets struct {
	bits [][]uint64
	size []int32 // agents in each when it was made

	tag    [][]int32 // tag*8 + held level -> sets of that tag asking for no more than the level
	window []window  // by start
	from   []int32   // hour -> first window that starts in it or later

	channel, language [32]int32 // bit -> set, or -1
	rating            []leastSet
	minutes           []leastSet
	joint             []jointSet // of a channel, a language, a rating and a length

	byTag    map[TagLevel]int32
	byWindow map[[2]int]int32
	byJoint  map[profile]int32
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

// profile is what a line asks for besides tags and a window.
type profile struct {
	channel, language uint8
	rating, minutes   uint16
}

type jointSet struct {
	profile
	set int32
}

// buildSets makes every set in one pass over the agents by rank, 64 at a time, and then each line's list of sets.
func (x *Index) buildSets(threads int, stop func() bool) bool {
	p := x.p
	s := newSets(p)
	x.sets = s
	for i := range p.lines {
		s.plan(x, &p.lines[i])
	}
	s.order()
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
	s.count(0)
	for i := range p.lines {
		s.join(x, x.profileOf(&p.lines[i]))
	}
	x.lineSet, x.atMost = make([][][]uint64, 0, len(p.lines)), make([]int32, 0, len(p.lines))
	for i := range p.lines {
		x.appendLineSet(&p.lines[i])
	}
	return true
}

func newSets(p *Problem) *sets {
	s := &sets{
		tag:   make([][]int32, 8*p.tags),
		byTag: make(map[TagLevel]int32), byWindow: make(map[[2]int]int32), byJoint: make(map[profile]int32),
	}
	for i := range 32 {
		s.channel[i], s.language[i] = -1, -1
	}
	return s
}

// plan adds the sets that the line needs and nobody needed before, without their bits.
func (s *sets) plan(x *Index, l *Line) {
	add := func() int32 {
		s.bits = append(s.bits, make([]uint64, x.words))
		return int32(len(s.bits) - 1) //nolint:gosec // a few thousand sets
	}
	for _, t := range l.Tags {
		if _, ok := s.byTag[t]; ok {
			continue
		}
		set := add()
		s.byTag[t] = set
		if short := 8*(t.Tag()+1) - len(s.tag); short > 0 {
			s.tag = append(s.tag, make([][]int32, short)...)
		}
		for held := t.Level(); held <= MaxLevel; held++ {
			s.tag[t.Tag()*8+held] = append(s.tag[t.Tag()*8+held], set)
		}
	}
	if _, ok := s.byWindow[[2]int{l.Start, l.End}]; !ok {
		set := add()
		s.byWindow[[2]int{l.Start, l.End}] = set
		s.window = append(s.window, window{uint16(l.Start), uint16(l.End), set}) //nolint:gosec // AddLine checked
	}
	if s.channel[l.Channel] < 0 {
		s.channel[l.Channel] = add()
	}
	if s.language[l.Language] < 0 {
		s.language[l.Language] = add()
	}
	of := x.profileOf(l)
	if leastOf(s.rating, of.rating) < 0 {
		s.rating = append(s.rating, leastSet{of.rating, add()})
	}
	if leastOf(s.minutes, of.minutes) < 0 {
		s.minutes = append(s.minutes, leastSet{of.minutes, add()})
	}
}

// order sorts the windows, so that an interval finds those within it.
func (s *sets) order() {
	slices.SortFunc(s.window, func(a, b window) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end)) })
	s.from = make([]int32, MaxMinute/60+2)
	for h := range s.from {
		n, _ := slices.BinarySearchFunc(s.window, 60*h, func(w window, at int) int { return cmp.Compare(int(w.start), at) })
		s.from[h] = int32(n) //nolint:gosec // a few thousand windows
	}
}

// count notes the sizes of the sets from one on.
func (s *sets) count(from int) {
	s.size = s.size[:from]
	for _, set := range s.bits[from:] {
		n := 0
		for _, w := range set {
			n += bits.OnesCount64(w)
		}
		s.size = append(s.size, int32(n))
	}
}

// join makes the set of a profile once.
func (s *sets) join(x *Index, of profile) {
	if _, ok := s.byJoint[of]; ok {
		return
	}
	a, b := s.bits[s.channel[of.channel]], s.bits[s.language[of.language]]
	c, d := s.bits[leastOf(s.rating, of.rating)], s.bits[leastOf(s.minutes, of.minutes)]
	joint := make([]uint64, x.words)
	for i := range joint {
		joint[i] = a[i] & b[i] & c[i] & d[i]
	}
	set := int32(len(s.bits)) //nolint:gosec // a few thousand sets
	s.bits = append(s.bits, joint)
	s.count(int(set))
	s.byJoint[of] = set
	s.joint = append(s.joint, jointSet{of, set})
}

func leastOf(known []leastSet, least uint16) int32 {
	for _, k := range known {
		if k.least == least {
			return k.set
		}
	}
	return -1
}

func (x *Index) profileOf(l *Line) profile {
	of := profile{channel: uint8(l.Channel), language: uint8(l.Language), rating: uint16(max(l.MinRating, MinRating))} //nolint:gosec // AddLine checked
	if x.p.CapHours {
		of.minutes = uint16(l.Minutes()) //nolint:gosec // AddLine checked
	}
	return of
}

// appendLineSet lists the sets of the next line, smallest first.
func (x *Index) appendLineSet(l *Line) {
	s := x.sets
	ids := make([]int32, 0, 8)
	for _, t := range l.Tags {
		ids = append(ids, s.byTag[t])
	}
	ids = append(ids, s.byWindow[[2]int{l.Start, l.End}], s.byJoint[x.profileOf(l)])
	slices.SortFunc(ids, func(a, b int32) int { return cmp.Or(cmp.Compare(s.size[a], s.size[b]), cmp.Compare(a, b)) })
	mine := make([][]uint64, len(ids))
	for i, id := range ids {
		mine[i] = s.bits[id]
	}
	x.lineSet = append(x.lineSet, mine)
	x.atMost = append(x.atMost, s.size[ids[0]])
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
		s.within(f, func(set int32) { list = append(list, set) })
		m.of[f] = list
	}
	e.span, e.sets = f, list
	return list
}

// within gives the sets of the windows that lie within an interval.
func (s *sets) within(f span, give func(set int32)) {
	for _, v := range s.window[s.from[f.start/60]:] {
		if v.start >= f.end {
			break
		}
		if v.start >= f.start && v.end <= f.end {
			give(v.set)
		}
	}
}

// spare is how many shifts the agent may be given.
func (x *Index) spare(agent int32) int {
	n := int(x.p.agents[agent].weekShifts)
	if len(x.pinsOf) > 0 {
		n -= len(x.pinsOf[agent])
	}
	return n
}

// may tells whether the agent may work the line as far as pins and exclusions say: one shift a work day, rest and hours
// beside what is pinned.
func (x *Index) may(agent, line int32) bool {
	if int(agent>>6) >= len(x.tied) || x.tied[agent>>6]>>(agent&63)&1 == 0 {
		return true
	}
	if _, out := x.p.excluded[Seat{line, agent}]; out {
		return false
	}
	held := x.pinsOf[agent]
	return len(held) == 0 || x.p.fits(agent, line, held)
}

func (x *Index) tie(agent int32) {
	if short := int(agent>>6) + 1 - len(x.tied); short > 0 {
		x.tied = append(x.tied, make([]uint64, short)...)
	}
	x.tied[agent>>6] |= 1 << (agent & 63)
}
