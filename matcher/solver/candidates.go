package solver

import (
	"cmp"
	"iter"
	"math"
	"math/bits"
	"slices"
)

// candidate is an eligible agent of a line.
type candidate struct {
	who  int32 // rank; ^node once the flow has made the agent a node
	cost int32
	// reach is the cost with the price last seen. Prices never fall during a solve, so it stays a lower bound, and a
	// candidate who is out of reach costs one comparison instead of a load from far away.
	reach int64
}

// keyOf orders the candidates of a line.
func keyOf(cost, rank int32) int64 { return int64(cost)<<32 | int64(rank) }

// endKey is behind every candidate.
const endKey = math.MaxInt64

// A shortlist lists a line's candidates from the cheapest on and no further than asked for. What it still has to list
// follows from its frontier alone, so changes of the index behind the frontier come by themselves, and those before it are
// mended with add and drop.
type shortlist struct {
	listed   []candidate
	line     int32
	at       int32 // rank; the sets hold nobody below it who is not listed
	frontier int64 // key; every candidate before it is listed, none from it on
}

// Candidates yields the agents who may work the line with their cost, cheapest first.
func (x *Index) Candidates(line int32) iter.Seq2[int32, int] {
	return func(yield func(agent int32, cost int) bool) {
		list := shortlist{line: line}
		for i := 0; i < len(list.listed) || list.more(x); i++ {
			if c := &list.listed[i]; !yield(x.order[c.who], int(c.cost)) {
				return
			}
		}
	}
}

// more lists some further candidates; false says that all were listed.
func (s *shortlist) more(x *Index) bool {
	if s.frontier == endKey {
		return false
	}
	r := s.read(x)
	const least, most = 16, 256
	before := len(s.listed)
	for range min(max(least, before/2), most) {
		c := r.next()
		if c.who < 0 {
			break
		}
		s.listed = append(s.listed, c)
	}
	s.at, s.frontier = x.ranked, endKey
	if r.common.who >= 0 {
		s.at = r.common.who
	}
	for _, c := range [...]candidate{r.common, r.special, r.late} {
		if c.who >= 0 {
			s.frontier = min(s.frontier, keyOf(c.cost, c.who))
		}
	}
	return len(s.listed) > before
}

// add lists an agent who has become a candidate, unless the list is not that far yet. who is the rank or ^node.
func (s *shortlist) add(x *Index, rank, who, cost int32) {
	if keyOf(cost, rank) >= s.frontier {
		if rank < x.ranked {
			s.at = min(s.at, rank)
		}
		return
	}
	i, _ := slices.BinarySearchFunc(s.listed, cost+1, compareCost)
	s.listed = slices.Insert(s.listed, i, candidate{who, cost, int64(cost)})
}

// drop takes an agent off the list who is no candidate any more. node is 0 for an agent without one.
func (s *shortlist) drop(rank, node, cost int32) {
	if keyOf(cost, rank) >= s.frontier {
		return
	}
	i, _ := slices.BinarySearchFunc(s.listed, cost, compareCost)
	for s.listed[i].who != rank && s.listed[i].who != ^node {
		i++
	}
	s.listed = slices.Delete(s.listed, i, i+1)
}

func compareCost(c candidate, cost int32) int { return cmp.Compare(c.cost, cost) }

// reader merges three streams of candidates: agents out of the AND of the line's sets, whose costs ascend with their ranks,
// those whom the merchant knows, and the late ones, who are in no set.
type reader struct {
	x    *Index
	line int32
	sets [][]uint64
	word int32  // of the sets, next to read
	left uint64 // bits of the word before it still to list

	knows []acquaintance // all of the merchant's
	skip  []acquaintance // those still ahead of the sets
	costs []relationCost
	lates []int64

	common, special, late candidate // next of each stream; who -1 at its end
}

func (s *shortlist) read(x *Index) reader {
	r := reader{x: x, line: s.line, sets: x.lineSet[s.line], lates: x.late}
	if m := x.p.lines[s.line].Merchant; m < len(x.known) {
		r.knows, r.costs = x.known[m].byRank, x.known[m].byCost
	}
	r.skip = r.knows
	if s.frontier > 0 {
		i, _ := slices.BinarySearchFunc(r.knows, s.at, compareRank)
		r.skip = r.knows[i:]
		i, _ = slices.BinarySearchFunc(r.costs, s.frontier, func(k relationCost, at int64) int {
			return cmp.Compare(keyOf(int32(k.cost), k.rank), at)
		})
		r.costs = r.costs[i:]
		i, _ = slices.BinarySearch(r.lates, s.frontier)
		r.lates = r.lates[i:]
	}
	if r.word = s.at >> 6; int(r.word) < x.words {
		r.left = ^uint64(0) << (s.at & 63)
		for _, set := range r.sets {
			r.left &= set[r.word]
		}
		r.word++
	}
	r.common, r.special, r.late = r.nextCommon(), r.nextSpecial(), r.nextLate()
	return r
}

// next is the cheapest of the three, the lowest rank first among equals; who -1 at the end of all.
func (r *reader) next() candidate {
	c := r.common
	if r.special.before(c) {
		c = r.special
	}
	if r.late.before(c) {
		c = r.late
		r.late = r.nextLate()
		return c
	}
	switch c.who {
	case -1:
	case r.special.who:
		r.special = r.nextSpecial()
	default:
		r.common = r.nextCommon()
	}
	return c
}

func (c candidate) before(o candidate) bool {
	return c.who >= 0 && (o.who < 0 || keyOf(c.cost, c.who) < keyOf(o.cost, o.who))
}

func compareRank(k acquaintance, rank int32) int { return cmp.Compare(k.rank, rank) }

func (r *reader) nextCommon() candidate {
	for {
		if r.left == 0 && !r.nextWord() {
			return candidate{who: -1}
		}
		rank := (r.word-1)<<6 | int32(bits.TrailingZeros64(r.left)) //nolint:gosec // at most 63
		r.left &= r.left - 1
		for len(r.skip) > 0 && r.skip[0].rank < rank {
			r.skip = r.skip[1:]
		}
		if len(r.skip) > 0 && r.skip[0].rank == rank {
			continue
		}
		if x := r.x; x.may(x.order[rank], r.line) {
			return candidate{rank, int32(x.base[rank]), int64(x.base[rank])}
		}
	}
}

func (r *reader) nextSpecial() candidate {
	x := r.x
	for i, k := range r.costs {
		if k.cost == blockedCost {
			break
		}
		agent := x.order[k.rank]
		var ok bool
		if k.rank < x.ranked {
			ok = r.in(k.rank) && x.may(agent, r.line)
		} else {
			_, ok = x.cost(agent, r.line)
		}
		if ok {
			r.costs = r.costs[i+1:]
			return candidate{k.rank, int32(k.cost), int64(k.cost)}
		}
	}
	r.costs = nil
	return candidate{who: -1}
}

func (r *reader) nextLate() candidate {
	x := r.x
	for i, key := range r.lates {
		rank, base := int32(key&(1<<32-1)), int32(key>>32) //nolint:gosec // as keyOf made it
		if _, ok := slices.BinarySearchFunc(r.knows, rank, compareRank); ok {
			continue
		}
		if _, ok := x.cost(x.order[rank], r.line); ok {
			r.lates = r.lates[i+1:]
			return candidate{rank, base, int64(base)}
		}
	}
	r.lates = nil
	return candidate{who: -1}
}

func (r *reader) in(rank int32) bool {
	for _, set := range r.sets {
		if set[rank>>6]>>(rank&63)&1 == 0 {
			return false
		}
	}
	return true
}

// nextWord moves to the next word of the AND that is not 0. A line has two sets at least: its window and its profile.
func (r *reader) nextWord() bool {
	a, b := r.sets[0], r.sets[1]
	b = b[:len(a)]
	switch len(r.sets) {
	case 3:
		c := r.sets[2][:len(a)]
		for w := int(r.word); w < len(a); w++ {
			if v := a[w] & b[w] & c[w]; v != 0 {
				r.word, r.left = int32(w+1), v //nolint:gosec // words are fewer than 2^31
				return true
			}
		}
	case 4:
		c, d := r.sets[2][:len(a)], r.sets[3][:len(a)]
		for w := int(r.word); w < len(a); w++ {
			if v := a[w] & b[w] & c[w] & d[w]; v != 0 {
				r.word, r.left = int32(w+1), v //nolint:gosec // words are fewer than 2^31
				return true
			}
		}
	default:
		others := r.sets[2:]
		for w := int(r.word); w < len(a); w++ {
			v := a[w] & b[w]
			for i := 0; v != 0 && i < len(others); i++ {
				v &= others[i][w]
			}
			if v != 0 {
				r.word, r.left = int32(w+1), v //nolint:gosec // words are fewer than 2^31
				return true
			}
		}
	}
	r.word = int32(len(a)) //nolint:gosec // words are fewer than 2^31
	return false
}
