package solver

import "math"

// A bound is a Lagrangian bound on big*W + Q of any roster.
//
// Give every line a price of at least 0 for a seat. Let each agent, alone, choose the shifts that are worth most above their
// prices under all of the agent's own rules: rest, hours of day and week, pins. Whatever the prices, what the agents choose
// so and the prices of all seats add up to no less than any roster is worth, since there no line gives more seats than it
// has and no agent does better than alone. Prices rise where more agents want a line than it has seats and fall where fewer
// do (Held, Wolfe and Crowder, Validation of subgradient optimization, Mathematical Programming 6, 1974).
//
// As each agent's choice is exact, the least such bound is at least as near as that of the linear relaxation (Geoffrion,
// Lagrangean relaxation for integer programming, Mathematical Programming Study 2, 1974). Prices, choices and sums are whole
// numbers: no rounding speaks in the bound's favour.
type bound struct {
	*Roster
	least  int64 // best bound so far
	lowest int64 // of those found by steps
	price  []int64
	wanted []int32   // by line, how many agents chose it
	slope  []float64 // by line, smoothed
	pace   float64
	stale  int // steps since the lowest
	work   int64
	pins   map[int32][]holding
	own    schedule
}

// newBound begins with prices so high that nobody chooses anything: every seat is worth its best candidate.
func newBound(r *Roster) *bound {
	b := &bound{
		Roster: r, pins: make(map[int32][]holding), pace: 1, lowest: math.MaxInt64,
		price: make([]int64, len(r.lines)), wanted: make([]int32, len(r.lines)), slope: make([]float64, len(r.lines)),
	}
	for _, p := range r.p.pins {
		b.pins[p.Agent] = append(b.pins[p.Agent], r.holding(option{line: p.Line}))
	}
	for l := range r.lines {
		if n := &r.lines[l]; n.seats > 0 {
			b.price[l] = n.worth + int64(r.candidates(int32(l))[0].value)
			b.least += b.price[l] * int64(n.seats)
		}
	}
	return b
}

// mostStale is after how many steps without a lower bound the steps become smaller.
const mostStale = 40

// start sets prices near the best: a seat is worth what one more of its line would add to a good roster.
func (b *bound) start(d *draft, stop func() bool) {
	for l := range b.price {
		b.price[l] = 0
		if b.lines[l].seats > 0 && d.open[l] == 0 && !stop() {
			b.price[l] = b.lines[l].worth - d.search(int32(l), firstReach).loss
		}
	}
}

// step lets the agents choose and moves the prices. value is that of a roster, near which the bound should come.
func (b *bound) step(value int64, stop func() bool) {
	clear(b.wanted)
	total := int64(0)
	for l, price := range b.price {
		total += price * int64(b.lines[l].seats)
	}
	for a := range b.agents {
		if a%1024 == 1023 && stop() {
			return
		}
		total += b.alone(int32(a))
	}
	b.work += int64(len(b.agents)+len(b.lines)) / 8
	b.least = min(b.least, total)
	if total < b.lowest {
		b.lowest, b.stale = total, 0
	} else if b.stale++; b.stale == mostStale {
		b.pace, b.stale = b.pace/2, 0
	}
	norm := 0.0
	for l := range b.slope {
		more := float64(b.wanted[l] - b.lines[l].seats)
		if b.price[l] == 0 && more < 0 {
			more = 0
		}
		b.slope[l] = more + float64(0.6*b.slope[l])
		norm += float64(b.slope[l] * b.slope[l])
	}
	if norm == 0 {
		return
	}
	move := b.pace * float64(total-value) / norm
	for l := range b.price {
		b.price[l] = max(0, b.price[l]+int64(math.Round(float64(move*b.slope[l]))))
	}
}

// alone notes the agent's best choice and returns what it is worth above the prices.
func (b *bound) alone(agent int32) int64 {
	s := &b.own
	s.items, s.who = s.items[:0], b.agents[agent]
	pins := b.pins[agent]
	for _, pin := range pins {
		s.who.week -= pin.end - pin.start
	}
	for _, o := range b.options(agent) {
		b.work++
		if profit := b.worth(o) - b.price[o.line]; profit > 0 {
			s.offer(item{holding: b.holding(o), profit: profit}, pins)
		}
	}
	if len(s.items) == 0 {
		return 0
	}
	profit, last := s.best(&b.work)
	for i := last; i >= 0; i = s.labels[i].up {
		b.wanted[s.items[s.labels[i].item].line]++
	}
	return profit
}

// A schedule finds the most profitable set of shifts that one agent may work beside the pinned ones.
type schedule struct {
	who    rosterAgent // week without what is pinned
	items  []item      // by start
	labels []label
	front  []label
}

type item struct {
	holding
	profit   int64
	pinned   int32 // minutes of the day
	from, to int32 // labels that end here
}

// A label is a set of shifts that ends with an item: its profit, and the minutes that it takes of the item's day, pins
// included, and of the week.
type label struct {
	profit    int64
	day, week int32
	item, up  int32 // up -1 for the first shift
}

// offer adds an item, unless pins forbid it.
func (s *schedule) offer(it item, pins []holding) {
	for i := range pins {
		h := &pins[i]
		if rest := s.who.rest(it.day, h.day); it.start < h.end+rest && h.start < it.end+rest {
			return
		}
		if h.day == it.day {
			it.pinned += h.end - h.start
		}
	}
	if m := it.end - it.start; it.pinned+m <= s.who.day && m <= s.who.week {
		s.items = append(s.items, it)
	}
}

// best goes through the items by start and keeps, of the sets that end with each, those that no other equals in profit and
// hours. Two shifts with rest between each and the next have rest between them too.
func (s *schedule) best(work *int64) (profit int64, last int32) {
	s.labels, last = s.labels[:0], -1
	all := int32(0)
	for i := range s.items {
		all += s.items[i].end - s.items[i].start
	}
	scarce := int32(1) // 0 when all items fit into the week, which then need not be counted
	if all <= s.who.week {
		scarce = 0
	}
	for i := range s.items {
		it := &s.items[i]
		m := it.end - it.start
		s.front = append(s.front[:0], label{it.profit, it.pinned + m, m * scarce, int32(i), -1})
		for j := range i {
			o := &s.items[j]
			if it.start < o.end+s.who.rest(o.day, it.day) {
				continue
			}
			for k := o.from; k < o.to; k++ {
				*work++
				p := &s.labels[k]
				day := it.pinned + m
				if o.day == it.day {
					day = p.day + m
				}
				if week := p.week + m*scarce; day <= s.who.day && week <= s.who.week {
					s.keep(label{p.profit + it.profit, day, week, int32(i), k})
				}
			}
		}
		it.from = int32(len(s.labels)) //nolint:gosec // few hours
		s.labels = append(s.labels, s.front...)
		it.to = int32(len(s.labels)) //nolint:gosec // few hours
		for k := it.from; k < it.to; k++ {
			if s.labels[k].profit > profit {
				profit, last = s.labels[k].profit, k
			}
		}
	}
	return profit, last
}

// keep adds a label to the front, unless one there is as good, and removes those that it makes needless.
func (s *schedule) keep(n label) {
	rest := s.front[:0]
	for _, f := range s.front {
		if f.profit >= n.profit && f.day <= n.day && f.week <= n.week {
			return
		}
		if f.profit > n.profit || f.day < n.day || f.week < n.week {
			rest = append(rest, f)
		}
	}
	s.front = rest
	s.front = append(s.front, n)
}
