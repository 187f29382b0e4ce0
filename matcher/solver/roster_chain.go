package solver

// A chain fills a seat: an agent takes the line and gives up another, which another agent takes, and so on, until somebody
// gives up nothing or the last line stays a seat short (Glover, Ejection chains, reference structures and alternating path
// methods, Discrete Applied Mathematics 65, 1996). Each agent and each line is in a chain once.
//
// The best one is a shortest path over lines. Along a chain the worth of the seat that is short moves from line to line, so
// a link counts only what is lost beside it: shifts given up that nobody takes, and differences of value. In the daily
// model, where an agent gives up one shift at most, this is the augmenting path of the flow.
type chain struct {
	links   []link
	queue   queue
	reached []reached // by line
	turn    int32
	swaps   []swap
}

// A link leaves a seat of its line open, since the agent gave it up to take the line of the link above.
type link struct {
	loss  int64 // of the plan so far, without the worth of the line in W
	line  int32
	agent int32
	value int32 // of the line above for the agent
	up    int32 // -1 at the root, whose seat is to be filled
	depth int32
	n     int32               // of also
	also  [mostLost - 1]int32 // lines given up besides
}

// reached is the best link to a line in the search of that turn.
type reached struct{ link, turn int32 }

const mostLinks = 12

// augment fills one more seat of the line if that makes the plan worth more, by the best chain that it finds among so many
// candidates.
func (d *draft) augment(line int32, candidates int64) bool {
	e := d.search(line, candidates)
	if e.link < 0 {
		return false
	}
	d.apply(&e)
	return true
}

// An ending closes a chain: the agent takes the line of the link, or nobody does.
type ending struct {
	link int32
	loss int64
	last chance // agent -1 for nobody
}

// search finds the best chain, or link -1 when none makes the plan worth more.
func (d *draft) search(line int32, candidates int64) ending {
	c := &d.chain
	c.turn++
	c.links, c.queue = c.links[:0], c.queue[:0]
	d.push(link{line: line, agent: -1, up: -1})
	best := ending{link: -1, loss: d.lines[line].worth}
	for limit := d.work + candidates; len(c.queue) > 0 && d.work < limit; {
		at := c.queue.pop().node
		if n := &c.links[at]; c.reached[n.line].link == at && d.atLeast(n.line, n.loss) < best.loss {
			d.follow(at, &best)
		}
	}
	return best
}

// follow looks at all who could take the line of the link.
func (d *draft) follow(at int32, best *ending) {
	c := &d.chain
	n := c.links[at]
	if loss := n.loss + d.lines[n.line].worth; n.up >= 0 && loss < best.loss {
		*best = ending{at, loss, chance{agent: -1}}
	}
	for _, k := range d.candidates(n.line) {
		d.work++
		c.swaps = d.swaps(k.agent, n.line, c.swaps)
		for i := range c.swaps {
			w := &c.swaps[i]
			loss := n.loss - int64(k.value)
			if w.n == 0 {
				if loss < best.loss && !d.onPath(at, k.agent, -1) {
					*best = ending{at, loss, k}
				}
				continue
			}
			for _, h := range w.lost[:w.n] {
				loss += d.worth(d.held[k.agent][h].option)
			}
			if n.depth < mostLinks {
				d.reach(at, k, w, loss, best.loss)
			}
		}
	}
}

// reach goes on to each line that the agent would give up, the others staying open.
func (d *draft) reach(at int32, k chance, w *swap, all, bound int64) {
	c, held := &d.chain, d.held[k.agent]
	for i, h := range w.lost[:w.n] {
		line := held[h].line
		loss := all - d.lines[line].worth
		if d.atLeast(line, loss) >= bound || c.reached[line].turn == c.turn && c.links[c.reached[line].link].loss <= loss ||
			d.onPath(at, k.agent, line) {
			continue
		}
		next := link{loss: loss, line: line, agent: k.agent, value: k.value, up: at, depth: c.links[at].depth + 1}
		for o, h := range w.lost[:w.n] {
			if o != i {
				next.also[next.n] = held[h].line
				next.n++
			}
		}
		d.push(next)
	}
}

// atLeast is what a chain through a link of such a loss to the line must lose.
func (d *draft) atLeast(line int32, loss int64) int64 {
	return loss - int64(d.candidates(line)[0].value)
}

func (d *draft) push(n link) {
	c := &d.chain
	at := int32(len(c.links)) //nolint:gosec // bounded by the candidates looked at
	c.links = append(c.links, n)
	c.reached[n.line] = reached{at, c.turn}
	c.queue.push(queued{dist: n.loss, node: at})
}

func (d *draft) onPath(at, agent, line int32) bool {
	for at >= 0 {
		n := &d.chain.links[at]
		if n.agent == agent || n.line == line {
			return true
		}
		at = n.up
	}
	return false
}

func (d *draft) apply(e *ending) {
	links := d.chain.links
	if e.last.agent >= 0 {
		d.take(e.last.agent, option{links[e.link].line, e.last.value})
	}
	for n := &links[e.link]; n.up >= 0; n = &links[n.up] {
		d.drop(n.agent, n.line)
		for _, line := range n.also[:n.n] {
			d.drop(n.agent, line)
		}
		d.take(n.agent, option{links[n.up].line, n.value})
	}
}
