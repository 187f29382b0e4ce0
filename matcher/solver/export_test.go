package solver

import "slices"

// Shortlist reads a copy of the line's own shortlist to its end: agents with their cost.
func (s *Session) Shortlist(line int32) map[int32]int {
	list := s.f.lists[line]
	list.listed = slices.Clone(list.listed)
	for list.more(s.x) {
	}
	out := make(map[int32]int, len(list.listed))
	for _, c := range list.listed {
		who := c.who
		if who < 0 {
			who = s.f.agents[^who].rank
		}
		out[s.x.order[who]] = int(c.cost)
	}
	if len(out) != len(list.listed) || !slices.IsSortedFunc(list.listed, func(a, b candidate) int { return int(a.cost - b.cost) }) {
		return nil
	}
	return out
}
