package solver

// A draft is a roster in the making: who holds what. Changes are logged, so that they can be taken back.
type draft struct {
	*Roster
	held  [][]holding // by agent, pins included
	open  []int32     // seats left, by line
	value int64       // big*W + Q
	log   []change
	work  int64 // candidates looked at
	chain chain
	want  []wanted
}

// A holding is a shift of an agent.
type holding struct {
	option
	start, end, day int32
	pinned          bool
}

type change struct {
	agent int32
	option
	taken bool // else dropped
}

func newDraft(r *Roster) *draft {
	d := &draft{Roster: r, held: make([][]holding, len(r.agents)), open: make([]int32, len(r.lines))}
	for l := range d.open {
		d.open[l] = r.lines[l].seats
	}
	for _, p := range r.p.pins {
		h := r.holding(option{line: p.Line})
		h.pinned = true
		d.held[p.Agent] = append(d.held[p.Agent], h)
	}
	d.chain.reached = make([]reached, len(r.lines))
	return d
}

func (r *Roster) holding(o option) holding {
	l := &r.lines[o.line]
	return holding{option: o, start: l.start, end: l.end, day: l.day}
}

// take gives the agent a shift and drop takes one away.
func (d *draft) take(agent int32, o option) {
	d.log = append(d.log, change{agent, o, true})
	d.put(agent, o)
}

func (d *draft) drop(agent, line int32) {
	d.log = append(d.log, change{agent, d.lift(agent, line), false})
}

// undo takes back all that was logged, last first.
func (d *draft) undo() {
	for i := len(d.log) - 1; i >= 0; i-- {
		if c := &d.log[i]; c.taken {
			d.lift(c.agent, c.line)
		} else {
			d.put(c.agent, c.option)
		}
	}
	d.log = d.log[:0]
}

func (d *draft) put(agent int32, o option) {
	d.held[agent] = append(d.held[agent], d.holding(o))
	d.open[o.line]--
	d.value += d.worth(o)
}

func (d *draft) lift(agent, line int32) option {
	held := d.held[agent]
	i := 0
	for held[i].line != line {
		i++
	}
	o := held[i].option
	last := len(held) - 1
	held[i] = held[last]
	d.held[agent] = held[:last]
	d.open[line]++
	d.value -= d.worth(o)
	return o
}

func (r *Roster) worth(o option) int64 { return r.lines[o.line].worth + int64(o.value) }

// mostLost is how many shifts an agent may give up for one.
const mostLost = 3

// A swap is what an agent gives up to take a line, as places in what the agent holds.
type swap struct {
	lost [mostLost]int32
	n    int
}

// swaps lists the ways in which the agent could take the line. What overlaps it or is too near must go. Where hours are then
// still short, so must one more shift: each that is long enough makes a way; if none is, the least worth go until they
// suffice. There is no way for an agent who holds the line or whose pins forbid it.
func (d *draft) swaps(agent, line int32, out []swap) []swap {
	out = out[:0]
	a, l := &d.agents[agent], &d.lines[line]
	held := d.held[agent]
	var w swap
	day, week := l.end-l.start-a.day, l.end-l.start-a.week // minutes too many, when above 0
	for i := range held {
		h := &held[i]
		if rest := a.rest(l.day, h.day); l.start < h.end+rest && h.start < l.end+rest {
			if h.pinned || h.line == line || w.n == mostLost {
				return out
			}
			w.lost[w.n] = int32(i)
			w.n++
			continue
		}
		week += h.end - h.start
		if h.day == l.day {
			day += h.end - h.start
		}
	}
	switch {
	case day <= 0 && week <= 0:
		return append(out, w)
	case w.n == mostLost:
		return out
	}
	return d.shorten(held, l.day, day, week, w, out)
}

// shorten adds to the swap what frees so many minutes of the day and of the week.
func (d *draft) shorten(held []holding, on, day, week int32, w swap, out []swap) []swap {
	for i := range held {
		h := &held[i]
		if m := h.end - h.start; w.mayLose(h, i) && week <= m && (day <= 0 || h.day == on && day <= m) {
			out = append(out, w.and(i))
		}
	}
	if len(out) > 0 {
		return out
	}
	for w.n < mostLost {
		pick := -1
		for i := range held {
			h := &held[i]
			if w.mayLose(h, i) && (day <= 0 || h.day == on) && (pick < 0 || d.worth(h.option) < d.worth(held[pick].option)) {
				pick = i
			}
		}
		if pick < 0 {
			return out
		}
		w = w.and(pick)
		h := &held[pick]
		week -= h.end - h.start
		if h.day == on {
			day -= h.end - h.start
		}
		if day <= 0 && week <= 0 {
			return append(out, w)
		}
	}
	return out
}

func (w *swap) mayLose(h *holding, i int) bool {
	for _, l := range w.lost[:w.n] {
		if int(l) == i {
			return false
		}
	}
	return !h.pinned
}

func (w *swap) and(i int) swap {
	more := *w
	more.lost[w.n] = int32(i) //nolint:gosec // a week has few shifts
	more.n++
	return more
}
