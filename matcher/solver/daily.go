package solver

import (
	"cmp"
	"math"
	"slices"
)

// Daily solves the daily model exactly, by successive shortest paths with node prices.
//
// Every open seat, lines of higher weight first, sends one unit from its line to the sink along a cheapest path in reduced
// costs: to a free agent, through agents who change lines, or to the place of an empty seat. Distances are bounded by the
// best sink found so far, and only nodes nearer than that change their price, so most agents are never looked at:
//
//   - an agent without a seat has price 0 and is a sink: the first such candidate of a line, being its cheapest, ends the
//     scan of that line;
//   - the price of an (agent, day) without a seat always equals the agent's price, so only seats taken carry one;
//   - candidates come cheapest first and prices are never negative, so a scan ends where cost alone reaches the bound.
func (x *Index) Daily(o Options) *Plan {
	p := x.p
	// Q is at most 7,100 a seat, so W comes first whatever Q is. 1e9 does to 140,000 seats; beyond, the scale grows.
	f := newFlow(x, max(1_000_000_000, 10_000*(p.seats+1)))
	complete, given := f.solve(o)
	plan := f.plan()
	if plan.Complete = complete; !complete {
		// What was handled is best for itself; the rest can add no more than all of its weight.
		for i := range p.lines {
			plan.UpperBoundWeight += int64(p.open(int32(i)) * p.lines[i].Weight)
		}
		plan.UpperBoundWeight -= given
	}
	return plan
}

// solve gives every open seat its place. given is the weight of the seats handled.
func (f *flow) solve(o Options) (complete bool, given int64) {
	x := f.x
	lines := make([]int32, len(x.p.lines))
	for i := range lines {
		lines[i] = int32(i)
	}
	// Within a weight, where few agents stand behind a seat first: a fifth less work than in the order of coming.
	slices.SortStableFunc(lines, func(a, b int32) int {
		l, m := &x.p.lines[a], &x.p.lines[b]
		return cmp.Or(cmp.Compare(m.Weight, l.Weight), cmp.Compare(int64(x.atMost[a])*int64(m.Seats), int64(x.atMost[b])*int64(l.Seats)))
	})
	var turn int64
	for _, l := range lines {
		for range x.p.open(l) {
			if turn++; o.Stop != nil && turn%64 == 1 && o.Stop() || o.Work > 0 && f.work >= o.Work {
				return false, given
			}
			f.augment(l)
			given += int64(x.p.lines[l].Weight)
		}
	}
	return true, given
}

// flow is the state of the daily model: who holds what, and the prices.
type flow struct {
	x      *Index
	days   int32
	big    int64
	lines  []lineNode
	lists  []shortlist
	agents []agentNode // from 1
	slots  []slotNode  // agent's node * days + day
	nodeOf []int32     // rank -> agent's node, or 0 for one without a seat
	repair *repair     // of a Session

	round         int32
	queue         queue
	reachedLines  []int32
	reachedSlots  []int32
	reachedAgents []int32
	work          int64
}

type lineNode struct {
	price int64
	dist  int64
	empty int64 // cost of leaving a seat empty
	round int32 // in which dist was set
	via   int32 // the slot that the line would lose; 0 at the source
	day   int32
	bare  int32 // seats left empty
}

// slotNode is an (agent, day) of an agent with a seat. A day without one has no price of its own: it is the agent's.
type slotNode struct {
	price int64
	dist  int64
	line  int32 // free for none
	cost  int32 // for the line
	round int32
	via   int32 // line that would take the slot over, or ^agent who would give it up for another day
	fresh int32 // cost for the line that would take it over
}

const free = -1

// agentNode is an agent with a seat.
type agentNode struct {
	price int64
	dist  int64
	rank  int32
	used  int32
	most  int32
	round int32
	via   int32 // line that would take one more day of the agent
	cost  int32 // for that line
}

func newFlow(x *Index, big int64) *flow {
	p := x.p
	f := &flow{x: x, days: int32(p.days), big: big} //nolint:gosec // at most 46 days
	f.lines, f.lists = make([]lineNode, 0, len(p.lines)), make([]shortlist, 0, len(p.lines))
	for i := range p.lines {
		f.appendLine(int32(i))
	}
	f.agents, f.slots = make([]agentNode, 1, 1024), make([]slotNode, f.days, 1024*f.days)
	f.nodeOf = make([]int32, len(x.order))
	return f
}

func (f *flow) appendLine(line int32) {
	l := &f.x.p.lines[line]
	f.lines = append(f.lines, lineNode{empty: int64(l.Weight)*f.big + 10_000, day: int32(l.Day)}) //nolint:gosec // at most 46 days
	f.lists = append(f.lists, shortlist{line: line})
}

// sink is where a path ends: at an agent with spare capacity, or at an empty seat of a line.
type sink struct {
	dist int64
	line int32 // whose seat stays empty, or who takes the agent
	rank int32 // of the agent; -1 for an empty seat
	cost int32
}

const unreached = math.MaxInt64 / 4

// augment gives one more seat of the line its best place.
func (f *flow) augment(source int32) {
	f.begin()
	end := sink{dist: unreached}
	f.reachLine(source, 0, 0, unreached)
	for len(f.queue) > 0 && f.queue[0].dist < end.dist {
		it := f.queue.pop()
		f.work++
		if it.node >= 0 {
			f.scan(it, &end)
			continue
		}
		a := &f.agents[^it.node]
		if it.dist != a.dist {
			continue
		}
		for i := ^it.node * f.days; i < (^it.node+1)*f.days; i++ {
			if s := &f.slots[i]; s.line != free {
				f.reachSlot(i, s, it.dist+s.price-a.price, it.node, 0, end.dist)
			}
		}
	}
	f.raise(end.dist)
	f.trace(source, &end)
}

// begin forgets what the search before has reached.
func (f *flow) begin() {
	f.round++
	f.queue = f.queue[:0]
	f.reachedLines, f.reachedSlots, f.reachedAgents = f.reachedLines[:0], f.reachedSlots[:0], f.reachedAgents[:0]
}

// scan goes on through a line's candidates while they are the nearest thing to look at.
func (f *flow) scan(it queued, end *sink) {
	l := it.node
	line := &f.lines[l]
	next := int(it.next)
	if next < 0 {
		if it.dist != line.dist {
			return
		}
		next = 0
		if d := line.dist + line.empty - line.price; d < end.dist {
			*end = sink{dist: d, line: l, rank: -1}
		}
	}
	list := &f.lists[l]
	offset := line.dist - line.price
	first := next
	rising := f.repair == nil // else prices fall as well, and only a candidate's cost is sure
	for ; ; next++ {
		if next == len(list.listed) && !list.more(f.x) {
			break
		}
		c := &list.listed[next]
		d := offset + int64(c.cost)
		if d >= end.dist {
			break
		}
		if offset+c.reach >= end.dist {
			continue
		}
		if d > it.dist && len(f.queue) > 0 && d > f.queue[0].dist {
			f.queue.push(queued{d, l, int32(next)})
			break
		}
		if c.who >= 0 {
			n := f.nodeOf[c.who]
			if n == 0 {
				*end = sink{d, l, c.who, c.cost}
				next++
				break
			}
			c.who = ^n
		}
		n := ^c.who
		i := n*f.days + line.day
		if s := &f.slots[i]; s.line != free {
			if s.line != l {
				if rising {
					c.reach = int64(c.cost) + s.price
				}
				f.reachSlot(i, s, d+s.price, l, c.cost, end.dist)
			}
			continue
		}
		a := &f.agents[n]
		d += a.price
		if rising {
			c.reach = int64(c.cost) + a.price
		}
		switch {
		case d >= end.dist:
		case a.used < a.most:
			*end = sink{d, l, a.rank, c.cost}
		case a.round != f.round:
			a.round = f.round
			f.reachedAgents = append(f.reachedAgents, n)
			a.dist, a.via, a.cost = d, l, c.cost
			f.queue.push(queued{dist: d, node: ^n})
		case d < a.dist:
			a.dist, a.via, a.cost = d, l, c.cost
			f.queue.push(queued{dist: d, node: ^n})
		}
	}
	f.work += int64(next - first)
}

// reachSlot notes a nearer way to a slot that is taken, and so to its line, which would lose it.
func (f *flow) reachSlot(i int32, s *slotNode, dist int64, via, cost int32, bound int64) {
	if dist >= bound || s.round == f.round && s.dist <= dist {
		return
	}
	if s.round != f.round {
		s.round = f.round
		f.reachedSlots = append(f.reachedSlots, i)
	}
	s.dist, s.via, s.fresh = dist, via, cost
	f.reachLine(s.line, dist+f.lines[s.line].price-int64(s.cost)-s.price, i, bound)
}

func (f *flow) reachLine(l int32, dist int64, via int32, bound int64) {
	line := &f.lines[l]
	if dist >= bound || line.round == f.round && line.dist <= dist {
		return
	}
	if line.round != f.round {
		line.round = f.round
		f.reachedLines = append(f.reachedLines, l)
	}
	line.dist, line.via = dist, via
	f.queue.push(queued{dist, l, -1})
}

// raise lifts the price of every node nearer than the sink, which keeps reduced costs at or above 0 and makes those on the
// path 0.
func (f *flow) raise(bound int64) {
	for _, l := range f.reachedLines {
		if n := &f.lines[l]; n.dist < bound {
			n.price += bound - n.dist
		}
	}
	for _, i := range f.reachedSlots {
		if n := &f.slots[i]; n.dist < bound {
			n.price += bound - n.dist
		}
	}
	for _, a := range f.reachedAgents {
		if n := &f.agents[a]; n.dist < bound {
			n.price += bound - n.dist
		}
	}
}

// trace moves the seats along the path, from its end back to the source.
func (f *flow) trace(source int32, end *sink) {
	l := end.line
	if end.rank < 0 {
		f.lines[l].bare++
	} else {
		n := f.node(end.rank)
		f.agents[n].used++
		f.take(n, l, end.cost)
	}
	for l != source || f.lines[l].via != 0 {
		i := f.lines[l].via
		s := &f.slots[i]
		if s.via >= 0 {
			l = s.via
			f.hold(i, l, s.fresh)
			continue
		}
		n := ^s.via
		f.hold(i, free, 0)
		l = f.agents[n].via
		f.take(n, l, f.agents[n].cost)
	}
}

// take gives the line a day that the agent had free; such a day's price is the agent's.
func (f *flow) take(n, line, cost int32) {
	i := n*f.days + f.lines[line].day
	f.slots[i].price = f.agents[n].price
	f.hold(i, line, cost)
}

// hold writes down who holds a slot.
func (f *flow) hold(i, line, cost int32) {
	s := &f.slots[i]
	if f.repair != nil {
		f.repair.move(i, s.line, line)
	}
	s.line, s.cost = line, cost
}

// node is the agent's node, made on the first seat.
func (f *flow) node(rank int32) int32 {
	if n := f.nodeOf[rank]; n != 0 {
		return n
	}
	n := int32(len(f.agents))                                                                   //nolint:gosec // agents are indexed by int32
	f.agents = append(f.agents, agentNode{rank: rank, most: int32(f.x.spare(f.x.order[rank]))}) //nolint:gosec // a week has few shifts
	for range f.days {
		f.slots = append(f.slots, slotNode{line: free})
	}
	f.nodeOf[rank] = n
	return n
}

// plan reads the seats and prices off.
func (f *flow) plan() *Plan {
	p := f.x.p
	plan := &Plan{Complete: true, Work: f.work}
	taken := f.byLine()
	plan.Seats = make([]Seat, len(taken))
	plan.Prices = Prices{Big: f.big, Line: make([]int64, len(f.lines)), Seat: make([]int64, len(taken))}
	for k, i := range taken {
		s := &f.slots[i]
		plan.Seats[k] = Seat{s.line, f.agentOf(i)}
		plan.Prices.Seat[k] = s.price
		plan.Weight += int64(p.lines[s.line].Weight)
		plan.Quality += int64(10_000 - s.cost)
	}
	for i := range f.lines {
		plan.Prices.Line[i] = f.lines[i].price
		plan.Listed += int64(len(f.lists[i].listed))
	}
	for i := range f.agents {
		if a := &f.agents[i]; a.price != 0 {
			plan.Prices.Agent = append(plan.Prices.Agent, AgentPrice{f.x.order[a.rank], a.price})
		}
	}
	slices.SortFunc(plan.Prices.Agent, func(a, b AgentPrice) int { return cmp.Compare(a.Agent, b.Agent) })
	plan.UpperBoundWeight = plan.Weight
	return plan
}

// byLine lists the taken slots by line, then agent.
func (f *flow) byLine() []int32 {
	from := make([]int32, len(f.lines)+1)
	for i := range f.slots[f.days:] {
		if l := f.slots[int(f.days)+i].line; l != free {
			from[l+1]++
		}
	}
	for l := range f.lines {
		from[l+1] += from[l]
	}
	out, next := make([]int32, from[len(f.lines)]), slices.Clone(from)
	for i := int(f.days); i < len(f.slots); i++ {
		if l := f.slots[i].line; l != free {
			out[next[l]] = int32(i) //nolint:gosec // slots are indexed by int32
			next[l]++
		}
	}
	for l := range f.lines {
		slices.SortFunc(out[from[l]:from[l+1]], func(a, b int32) int { return cmp.Compare(f.agentOf(a), f.agentOf(b)) })
	}
	return out
}

func (f *flow) agentOf(slot int32) int32 { return f.agentAt(slot / f.days) }

func (f *flow) agentAt(node int32) int32 { return f.x.order[f.agents[node].rank] }

// queued is a node to look at: a line from its candidate next on (-1 when first reached), or ^agent.
type queued struct {
	dist int64
	node int32
	next int32
}

// queue is a binary heap by dist.
type queue []queued

func (q *queue) push(it queued) {
	h := append(*q, it)
	i := len(h) - 1
	for i > 0 {
		up := (i - 1) / 2
		if h[up].dist <= it.dist {
			break
		}
		h[i] = h[up]
		i = up
	}
	h[i] = it
	*q = h
}

func (q *queue) pop() queued {
	h := *q
	top := h[0]
	last := h[len(h)-1]
	h = h[:len(h)-1]
	*q = h
	i := 0
	for {
		down := 2*i + 1
		if down >= len(h) {
			break
		}
		if down+1 < len(h) && h[down+1].dist < h[down].dist {
			down++
		}
		if h[down].dist >= last.dist {
			break
		}
		h[i] = h[down]
		i = down
	}
	if len(h) > 0 {
		h[i] = last
	}
	return top
}
