package solver

import (
	"slices"
	"sync"
)

// A repair is the mirror of augment, and what both need while a problem changes.
//
// The plan is a minimum-cost flow, proven best by prices: with price(v) the price of a node, every arc u -> v that can take
// more flow has a reduced cost c + price(v) - price(u) of at least 0. A change leaves that true everywhere but at a few nodes,
// which are of two kinds:
//
//   - a line has a unit too many: a seat of it was added, or lost its agent. It is due, and augment sends the unit to the
//     sink along a cheapest path;
//   - a slot, agent or line has a unit too few: it hands on one that nobody gives to it any more. A slot whose line lost it,
//     an agent with weekly capacity that is worth something, a line from which a seat was withdrawn. pull looks for the
//     cheapest path that ends there, by the same Dijkstra along arcs turned round: dist is the distance of a node to the
//     freed one. Units come from a due line, from an empty seat, or from an agent who gives up a shift; the last is also
//     what ends the search of a slot or agent at the latest, for its own capacity may stay unused.
//
// When the nearest such source lies at dist D, the price of each node nearer than D falls by D - dist. Take an arc u -> v of
// reduced cost r >= 0. Since dist(u) <= r + dist(v), and by the same bound where one of the two lies beyond D, r stays at
// least 0 after both ends have moved, and it becomes 0 all along the path, so that the turned arcs are 0 as well. The flow is
// therefore again the cheapest for what is left to do, whichever unit is moved first; when no unit is left, the plan is best
// and the prices prove it. An agent who gives up a shift ends at price dist + price - D = 0, as spare capacity must.
type repair struct {
	head       []int32      // line -> its latest slot; 0 for none, for no agent has the node 0
	next, prev []int32      // slot -> others of its line
	known      [][]lineCost // node -> the lines that its agent may work; nil when not looked up
	due        []int32      // line -> seats still to be given a place
	moved      []move
}

// move is a slot that a line had before, or free.
type move struct{ slot, line int32 }

const ghost = -2 // the line of a slot that hands on a unit without having one

func newRepair(f *flow, threads int) *repair {
	r := &repair{
		head: make([]int32, len(f.lines)), next: make([]int32, len(f.slots)), prev: make([]int32, len(f.slots)),
		known: make([][]lineCost, len(f.agents)), due: make([]int32, len(f.lines)),
	}
	var wait sync.WaitGroup
	for t := range threads {
		wait.Go(func() {
			for n := 1 + t; n < len(f.agents); n += threads {
				r.known[n] = f.x.linesOf(nil, f.agentAt(int32(n))) //nolint:gosec // nodes are indexed by int32
			}
		})
	}
	wait.Wait()
	for i := range f.slots {
		if l := f.slots[i].line; i >= int(f.days) && l != free {
			r.link(int32(i), l)
		}
	}
	for l := range f.lists {
		listed := f.lists[l].listed
		for i := range listed {
			listed[i].reach = int64(listed[i].cost) // prices will fall
		}
	}
	return r
}

// move notes that a slot goes from one line to another.
func (r *repair) move(slot, from, to int32) {
	for len(r.next) <= int(slot) {
		r.next, r.prev = append(r.next, 0), append(r.prev, 0)
	}
	r.moved = append(r.moved, move{slot, from})
	if from >= 0 {
		before, after := r.prev[slot], r.next[slot]
		if before == 0 {
			r.head[from] = after
		} else {
			r.next[before] = after
		}
		r.prev[after] = before
	}
	if to >= 0 {
		r.link(slot, to)
	}
}

func (r *repair) link(slot, line int32) {
	after := r.head[line]
	r.prev[slot], r.next[slot] = 0, after
	r.prev[after], r.head[line] = slot, slot
}

// vacate takes the slot from its line, which is due a seat. The slot becomes free, or a ghost.
func (f *flow) vacate(i, line int32) {
	f.repair.due[f.slots[i].line]++
	f.hold(i, line, 0)
}

// fill gives every seat due its place.
func (f *flow) fill(lines []int32) {
	for _, l := range lines {
		for f.repair.due[l] > 0 {
			f.repair.due[l]--
			f.augment(l)
		}
	}
}

// feed lets an agent work more while somebody would pay for it.
func (f *flow) feed(n int32) {
	a := &f.agents[n]
	for a.used < a.most && a.price > 0 {
		a.used++ // a unit that is not there yet; the search brings it, or takes it back for price 0
		f.begin()
		end := f.noSource()
		f.pullAgent(n, 0, 0, &end)
		f.pull(&end)
	}
}

// refill brings a ghost a unit.
func (f *flow) refill(i int32) {
	f.begin()
	end := f.noSource()
	f.pullSlot(i, 0, &end)
	f.pull(&end)
}

// withdraw takes a seat from a line that has one besides those pinned.
func (f *flow) withdraw(l int32) {
	if f.repair.due[l] > 0 {
		f.repair.due[l]--
		return
	}
	f.begin()
	end := f.noSource()
	f.pullLine(l, 0, 0, &end)
	f.pull(&end)
}

// source is where a pulled unit comes from.
type source struct {
	dist int64
	node int32 // a line, due or with an empty seat, or ^agent who gives up a shift
}

func (f *flow) noSource() source { return source{dist: unreached} }

// ofSlot marks a queued slot.
const ofSlot = -2

// pull finds the nearest source of what begin was followed by, lowers the prices and moves the unit.
func (f *flow) pull(end *source) {
	for len(f.queue) > 0 && f.queue[0].dist < end.dist {
		it := f.queue.pop()
		f.work++
		switch {
		case it.node < 0:
			if n := ^it.node; it.dist == f.agents[n].dist {
				f.pullDays(n, it.dist, end)
			}
		case it.next == ofSlot:
			if it.dist == f.slots[it.node].dist {
				f.pullDay(it.node, it.dist, end)
			}
		default:
			if l := &f.lines[it.node]; it.dist == l.dist {
				for i := f.repair.head[it.node]; i != 0; i = f.repair.next[i] {
					f.pullSlot(i, it.dist+l.price-int64(f.slots[i].cost)-f.slots[i].price, end)
				}
			}
		}
	}
	f.lower(end.dist)
	f.route(end.node)
}

// pullSlot: a slot would hand its unit to somebody else. Its agent could do without, or another line could use it.
func (f *flow) pullSlot(i int32, dist int64, end *source) {
	s := &f.slots[i]
	if dist >= end.dist || s.round == f.round && s.dist <= dist {
		return
	}
	if s.round != f.round {
		s.round = f.round
		f.reachedSlots = append(f.reachedSlots, i)
	}
	s.dist = dist
	f.queue.push(queued{dist, i, ofSlot})
	n := i / f.days
	f.pullAgent(n, dist+s.price-f.agents[n].price, i, end)
}

// pullAgent: an agent would give up the slot via, 0 at the freed agent, to work on another day or less.
func (f *flow) pullAgent(n int32, dist int64, via int32, end *source) {
	a := &f.agents[n]
	if dist >= end.dist || a.round == f.round && a.dist <= dist {
		return
	}
	if a.round != f.round {
		a.round = f.round
		f.reachedAgents = append(f.reachedAgents, n)
	}
	a.dist, a.via = dist, via
	if d := dist + a.price; d < end.dist {
		*end = source{d, ^n}
	}
	f.queue.push(queued{dist: dist, node: ^n})
}

// pullLine: a line would take the slot via, 0 at the line with a seat too many, and so have a unit to give.
func (f *flow) pullLine(l int32, dist int64, via int32, end *source) {
	line := &f.lines[l]
	if dist >= end.dist || line.round == f.round && line.dist <= dist {
		return
	}
	if line.round != f.round {
		line.round = f.round
		f.reachedLines = append(f.reachedLines, l)
	}
	line.dist, line.via = dist, via
	switch {
	case f.repair.due[l] > 0:
		*end = source{dist, l}
	case line.bare > 0 && dist+line.price-line.empty < end.dist:
		*end = source{dist + line.price - line.empty, l}
	}
	if f.repair.head[l] != 0 {
		f.queue.push(queued{dist, l, -1})
	}
}

// pullDays asks the lines of every day that the agent has free; such a day's price is the agent's.
func (f *flow) pullDays(n int32, dist int64, end *source) {
	dist += f.agents[n].price
	for _, c := range f.linesOf(n) {
		if i := n*f.days + int32(c.day); f.slots[i].line == free {
			f.pullLine(c.line, dist+int64(c.cost)-f.lines[c.line].price, i, end)
		}
	}
}

// pullDay asks the lines of the day of a slot that is taken.
func (f *flow) pullDay(i int32, dist int64, end *source) {
	s := &f.slots[i]
	dist += s.price
	for _, c := range f.linesOf(i / f.days) {
		if int32(c.day) == i%f.days && c.line != s.line {
			f.pullLine(c.line, dist+int64(c.cost)-f.lines[c.line].price, i, end)
		}
	}
}

func (f *flow) linesOf(n int32) []lineCost {
	r := f.repair
	for len(r.known) <= int(n) {
		r.known = append(r.known, nil)
	}
	if r.known[n] == nil {
		r.known[n] = f.x.linesOf(nil, f.agentAt(n))
	}
	return r.known[n]
}

// lower is the mirror of raise.
func (f *flow) lower(bound int64) {
	for _, l := range f.reachedLines {
		if n := &f.lines[l]; n.dist < bound {
			n.price -= bound - n.dist
		}
	}
	for _, i := range f.reachedSlots {
		if n := &f.slots[i]; n.dist < bound {
			n.price -= bound - n.dist
		}
	}
	for _, a := range f.reachedAgents {
		if n := &f.agents[a]; n.dist < bound {
			n.price -= bound - n.dist
		}
	}
}

// route moves the unit from its source on to the freed node.
func (f *flow) route(node int32) {
	switch {
	case node < 0:
		f.agents[^node].used--
	case f.repair.due[node] > 0:
		f.repair.due[node]--
	default:
		f.lines[node].bare--
	}
	for {
		for node < 0 {
			i := f.agents[^node].via
			if i == 0 {
				return
			}
			node = f.slots[i].line
			f.hold(i, free, 0)
			if node == ghost {
				return
			}
		}
		i := f.lines[node].via
		if i == 0 {
			return
		}
		n := i / f.days
		cost, _ := f.x.cost(f.agentOf(i), node)
		switch had := f.slots[i].line; had {
		case free:
			f.take(n, node, cost)
			node = ^n
		case ghost:
			f.hold(i, node, cost)
			return
		default:
			f.hold(i, node, cost)
			node = had
		}
	}
}

// changed is how the plan differs from what it was when the moves began, by slot.
func (f *flow) changed() Change {
	var c Change
	moved := f.repair.moved
	slices.SortStableFunc(moved, func(a, b move) int { return int(a.slot - b.slot) })
	for k, m := range moved {
		if k > 0 && moved[k-1].slot == m.slot {
			continue
		}
		if now := f.slots[m.slot].line; now != m.line {
			if m.line != free {
				c.Dropped = append(c.Dropped, Seat{m.line, f.agentOf(m.slot)})
			}
			if now != free {
				c.Added = append(c.Added, Seat{now, f.agentOf(m.slot)})
			}
		}
	}
	f.repair.moved = moved[:0]
	return c
}
