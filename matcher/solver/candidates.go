package solver

import "math/bits"

// candidate is an eligible agent of a line.
type candidate struct {
	who  int32 // rank; ^node once the flow has made the agent a node
	cost int32
	// reach is the cost with the price last seen. Prices never fall during a solve, so it stays a lower bound, and a
	// candidate who is out of reach costs one comparison instead of a load from far away.
	reach int64
}

// A shortlist lists a line's candidates from the cheapest on and no further than asked for. Two streams are merged: agents
// out of the AND of the line's sets, whose costs ascend with their ranks, and those whom the merchant knows.
type shortlist struct {
	listed []candidate
	sets   [][]uint64
	line   int32
	ended  bool
	begun  bool

	word     int32  // of the sets, next to read
	left     uint64 // bits of the word before it still to list
	known    int32  // next in Index.byCost
	knownEnd int32
	skip     int32 // next in Index.byRank

	common, special candidate // next of either stream; who -1 at its end
}

// more lists some further candidates; false says that all were listed.
func (s *shortlist) more(x *Index) bool {
	if s.ended {
		return false
	}
	if !s.begun {
		s.begun = true
		s.sets = x.lineSet[s.line]
		s.known, s.knownEnd = x.relationsOf(x.p.lines[s.line].Merchant)
		s.skip = s.known
		s.common, s.special = s.nextCommon(x), s.nextSpecial(x)
	}
	const least, most = 16, 256
	before := len(s.listed)
	for range min(max(least, before/2), most) {
		switch {
		case s.common.who < 0 && s.special.who < 0:
			s.ended = true
			return len(s.listed) > before
		case s.special.who < 0 || s.common.who >= 0 && s.common.cost <= s.special.cost:
			s.listed = append(s.listed, s.common)
			s.common = s.nextCommon(x)
		default:
			s.listed = append(s.listed, s.special)
			s.special = s.nextSpecial(x)
		}
	}
	return true
}

func (s *shortlist) nextCommon(x *Index) candidate {
	for {
		if s.left == 0 && !s.nextWord() {
			return candidate{who: -1}
		}
		r := (s.word-1)<<6 | int32(bits.TrailingZeros64(s.left)) //nolint:gosec // at most 63
		s.left &= s.left - 1
		for s.skip < s.knownEnd && x.byRank[s.skip] < r {
			s.skip++
		}
		if s.skip < s.knownEnd && x.byRank[s.skip] == r {
			continue
		}
		if len(x.pinsOf) > 0 && !x.keepsPins(x.order[r], s.line) {
			continue
		}
		return candidate{r, int32(x.base[r]), int64(x.base[r])}
	}
}

func (s *shortlist) nextSpecial(x *Index) candidate {
	for ; s.known < s.knownEnd; s.known++ {
		k := x.byCost[s.known]
		if k.cost == blockedCost {
			break
		}
		if !s.in(k.rank) || len(x.pinsOf) > 0 && !x.keepsPins(x.order[k.rank], s.line) {
			continue
		}
		s.known++
		return candidate{k.rank, int32(k.cost), int64(k.cost)}
	}
	s.known = s.knownEnd
	return candidate{who: -1}
}

func (s *shortlist) in(rank int32) bool {
	for _, set := range s.sets {
		if set[rank>>6]>>(rank&63)&1 == 0 {
			return false
		}
	}
	return true
}

// nextWord moves to the next word of the AND that is not 0. A line has two sets at least: its window and its profile.
func (s *shortlist) nextWord() bool {
	a, b := s.sets[0], s.sets[1]
	b = b[:len(a)]
	switch len(s.sets) {
	case 3:
		c := s.sets[2][:len(a)]
		for w := int(s.word); w < len(a); w++ {
			if v := a[w] & b[w] & c[w]; v != 0 {
				s.word, s.left = int32(w+1), v //nolint:gosec // words are fewer than 2^31
				return true
			}
		}
	case 4:
		c, d := s.sets[2][:len(a)], s.sets[3][:len(a)]
		for w := int(s.word); w < len(a); w++ {
			if v := a[w] & b[w] & c[w] & d[w]; v != 0 {
				s.word, s.left = int32(w+1), v //nolint:gosec // words are fewer than 2^31
				return true
			}
		}
	default:
		others := s.sets[2:]
		for w := int(s.word); w < len(a); w++ {
			v := a[w] & b[w]
			for i := 0; v != 0 && i < len(others); i++ {
				v &= others[i][w]
			}
			if v != 0 {
				s.word, s.left = int32(w+1), v //nolint:gosec // words are fewer than 2^31
				return true
			}
		}
	}
	s.word = int32(len(a)) //nolint:gosec // words are fewer than 2^31
	return false
}
