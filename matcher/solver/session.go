package solver

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// A Session holds a daily plan with its prices, and keeps both exact while the problem changes: after every call the plan has
// the W and Q of a fresh Daily, and Certify agrees. Pinned seats are never moved. A call looks at what the change touches, not
// at all agents or lines, and takes microseconds; AddLine of a line that asks for what no line asked for before, a line on a
// later day than all others, and room used up make exceptions.
//
// A call that returns an error has changed nothing. A Session is for one goroutine at a time.
type Session struct {
	x *Index
	p *Problem
	f *flow

	due           []int32    // lines with a seat due
	before, after []lineCost // the lines of the agent who changes
}

// A Change is how the plan differs from the one before. Pinned seats are in neither.
type Change struct{ Added, Dropped []Seat }

// sessionBig keeps W before Q to a hundred million seats.
const sessionBig = 1 << 40

// Session plans and goes on from there. It takes the index and its problem over: nobody else may change them, and they
// follow the session's changes. It returns ErrStopped when the options ended the plan early.
func (x *Index) Session(o Options) (*Session, error) {
	if x.reverse != nil {
		return nil, errors.New("solver: an index has one session")
	}
	s := &Session{x: x, p: x.p}
	x.makeReverse()
	x.makeRoom()
	return s, s.solve(o)
}

func (s *Session) solve(o Options) error {
	f := newFlow(s.x, sessionBig)
	if complete, _ := f.solve(o); !complete {
		return ErrStopped
	}
	s.f = f
	f.nodeOf = roomy(f.nodeOf)
	f.agents, f.slots = roomy(f.agents), roomy(f.slots)
	f.repair = newRepair(f, max(1, o.Threads))
	f.repair.next, f.repair.prev, f.repair.known = roomy(f.repair.next), roomy(f.repair.prev), roomy(f.repair.known)
	return nil
}

// makeRoom lets an eighth join without moving what is there, which would take milliseconds at a million agents.
func (x *Index) makeRoom() {
	p, r := x.p, x.reverse
	p.agents, p.skills, p.free, p.relations = roomy(p.agents), roomy(p.skills), roomy(p.free), roomy(p.relations)
	x.order, x.rank, x.base = roomy(x.order), roomy(x.rank), roomy(x.base)
	r.latest, r.next, x.tied = roomy(r.latest), roomy(r.next), slices.Grow(x.tied, 2+len(p.agents)/56)
	x.late = make([]int64, 0, 1024+len(p.agents)/8)
}

func roomy[S ~[]E, E any](s S) S { return slices.Grow(s, 1024+len(s)/8) }

// Problem is the problem as it now is: read-only, and only until the next change.
func (s *Session) Problem() *Problem { return s.p }

// Index is the index as it now is, on the same terms.
func (s *Session) Index() *Index { return s.x }

// Plan is what Daily would return for the problem as it now is: the same W and Q.
func (s *Session) Plan() *Plan { return s.f.plan() }

// AddAgent adds an agent; its index is the number of agents before it.
func (s *Session) AddAgent(a Agent) (int32, Change, error) {
	if err := s.p.AddAgent(a); err != nil {
		return 0, Change{}, err
	}
	agent := int32(len(s.p.agents) - 1) //nolint:gosec // agents are indexed by int32
	s.x.append(agent)
	s.f.nodeOf = append(s.f.nodeOf, 0)
	s.before, s.after = s.before[:0], s.x.linesOf(s.after, agent)
	s.rebalance(agent, s.x.rank[agent])
	return agent, s.settle(), nil
}

// SetAgent replaces all that was said of the agent. One who left is back.
func (s *Session) SetAgent(agent int32, a Agent) (Change, error) {
	if err := s.p.knownAgent(agent); err != nil {
		return Change{}, err
	}
	if err := checkAgent(&a); err != nil {
		return Change{}, err
	}
	s.change(agent, func() { s.p.putAgent(agent, &a) })
	return s.settle(), nil
}

// RemoveAgent lets the agent leave: every seat is lost, pinned ones too, and none is given again.
func (s *Session) RemoveAgent(agent int32) (Change, error) {
	if err := s.p.knownAgent(agent); err != nil {
		return Change{}, err
	}
	s.change(agent, func() {
		s.p.agents[agent].weekShifts = 0
		for _, l := range slices.Clone(s.x.pinsOf[agent]) {
			s.unpin(Seat{l, agent})
		}
	})
	return s.settle(), nil
}

// SetRelation replaces what the agent is to the merchant.
func (s *Session) SetRelation(r Relation) (Change, error) {
	if err := s.p.checkRelation(&r); err != nil {
		return Change{}, err
	}
	s.change(r.Agent, func() { s.x.relate(r) })
	return s.settle(), nil
}

// Exclude bars the agent from the line: a no-show, or a refusal. A seat planned for them goes to somebody else.
func (s *Session) Exclude(seat Seat) (Change, error) {
	if err := s.p.checkSeat(seat); err != nil {
		return Change{}, err
	}
	s.recall(seat.Agent)
	s.p.exclude(seat)
	s.x.tie(seat.Agent)
	s.after = slices.DeleteFunc(append(s.after[:0], s.before...), func(c lineCost) bool { return c.line == seat.Line })
	s.rebalance(seat.Agent, s.x.rank[seat.Agent])
	return s.settle(), nil
}

// Pin says that the agent holds a seat of the line; if the plan gave it to them, nothing else moves.
func (s *Session) Pin(seat Seat) (Change, error) {
	if err := s.p.checkPin(seat); err != nil {
		return Change{}, err
	}
	if i, ok := s.slot(seat); ok {
		// Line and agent have a unit less to send and to take: what is left stays in balance.
		s.f.hold(i, free, 0)
		s.f.agents[i/s.f.days].used--
	} else {
		s.f.withdraw(seat.Line)
	}
	s.change(seat.Agent, func() {
		s.p.pin(seat)
		s.x.pinsOf[seat.Agent] = append(s.x.pinsOf[seat.Agent], seat.Line)
		s.x.tie(seat.Agent)
	})
	return s.settle(), nil
}

// Unpin gives a pinned seat back: it is filled as if new, by the same agent if that is best.
func (s *Session) Unpin(seat Seat) (Change, error) {
	if !slices.Contains(s.x.pinsOf[seat.Agent], seat.Line) {
		return Change{}, fmt.Errorf("a pinned seat expected, got line %d and agent %d", seat.Line, seat.Agent)
	}
	s.change(seat.Agent, func() { s.unpin(seat) })
	return s.settle(), nil
}

// SetSeats gives the line so many seats, pinned ones included; none is allowed here.
func (s *Session) SetSeats(line int32, seats int) (Change, error) {
	if err := s.p.knownLine(line); err != nil {
		return Change{}, err
	}
	if least := int(s.p.pinned[line]); seats < least || seats > MaxSeats {
		return Change{}, outOfRange("seats", least, MaxSeats, seats)
	}
	l := &s.p.lines[line]
	if err := s.room(seats - l.Seats); err != nil {
		return Change{}, err
	}
	for ; l.Seats > seats; l.Seats-- {
		s.f.withdraw(line)
		s.p.seats--
	}
	if more := seats - l.Seats; more > 0 {
		l.Seats, s.p.seats = seats, s.p.seats+int64(more)
		s.owe(line, more)
	}
	return s.settle(), nil
}

// AddLine adds a line; its index is the number of lines before it.
func (s *Session) AddLine(l Line) (int32, Change, error) {
	if err := s.room(l.Seats); err != nil {
		return 0, Change{}, err
	}
	if err := s.p.AddLine(l); err != nil {
		return 0, Change{}, err
	}
	line := int32(len(s.p.lines) - 1) //nolint:gosec // lines are indexed by int32
	s.x.appendLine()
	if l.Day >= int(s.f.days) {
		return line, s.replan(), nil
	}
	s.f.appendLine(line)
	s.f.repair.head, s.f.repair.due = append(s.f.repair.head, 0), append(s.f.repair.due, 0)
	for agent, cost := range s.x.Candidates(line) {
		if n := s.f.nodeOf[s.x.rank[agent]]; int(n) < len(s.f.repair.known) && s.f.repair.known[n] != nil {
			s.f.repair.known[n] = append(s.f.repair.known[n], lineCost{line, int16(cost), int16(l.Day)}) //nolint:gosec // at most 10,000
		}
	}
	s.owe(line, l.Seats)
	return line, s.settle(), nil
}

func (s *Session) room(more int) error {
	if most := int64(sessionBig / 10_000); s.p.seats+int64(more) > most {
		return fmt.Errorf("at most %d seats of all lines expected", most)
	}
	return nil
}

// replan plans afresh: agents get room for another day.
func (s *Session) replan() Change {
	old := s.Plan().Seats
	_ = s.solve(Options{}) // nothing stops it
	var c Change
	now := s.Plan().Seats
	for len(old) > 0 || len(now) > 0 {
		var order int
		switch {
		case len(old) == 0:
			order = 1
		case len(now) == 0:
			order = -1
		default:
			order = compareSeats(old[0], now[0])
		}
		if order < 0 {
			c.Dropped = append(c.Dropped, old[0])
		} else if order > 0 {
			c.Added = append(c.Added, now[0])
		}
		if order <= 0 {
			old = old[1:]
		}
		if order >= 0 {
			now = now[1:]
		}
	}
	return c
}

// settle fills what is due.
func (s *Session) settle() Change {
	s.f.fill(s.due)
	s.due = s.due[:0]
	return s.f.changed()
}

func (s *Session) owe(line int32, seats int) {
	s.f.repair.due[line] += int32(seats) //nolint:gosec // at most MaxSeats
	s.due = append(s.due, line)
}

func (s *Session) unpin(seat Seat) {
	s.p.unpin(seat)
	held := s.x.pinsOf[seat.Agent]
	i := slices.Index(held, seat.Line)
	if held = slices.Delete(held, i, i+1); len(held) == 0 {
		delete(s.x.pinsOf, seat.Agent)
	} else {
		s.x.pinsOf[seat.Agent] = held
	}
	s.owe(seat.Line, 1)
}

// slot is where the plan holds the seat.
func (s *Session) slot(seat Seat) (int32, bool) {
	n := s.f.nodeOf[s.x.rank[seat.Agent]]
	i := n*s.f.days + s.f.lines[seat.Line].day
	return i, n != 0 && s.f.slots[i].line == seat.Line
}

// change lets do change the agent's row, relations, pins or exclusions, and repairs what follows.
func (s *Session) change(agent int32, do func()) {
	x, f := s.x, s.f
	rank := x.rank[agent]
	s.recall(agent)
	x.change(agent, do)
	if now := x.rank[agent]; now != rank {
		if int(now) == len(f.nodeOf) {
			f.nodeOf = append(f.nodeOf, 0)
		}
		if n := f.nodeOf[rank]; n != 0 {
			f.nodeOf[now], f.nodeOf[rank], f.agents[n].rank = n, 0, now
		}
	}
	s.after = x.linesOf(s.after, agent)
	s.rebalance(agent, rank)
}

// recall takes down which lines the agent may work before something changes.
func (s *Session) recall(agent int32) {
	if n := s.f.nodeOf[s.x.rank[agent]]; n != 0 {
		s.before = append(s.before[:0], s.f.linesOf(n)...)
	} else {
		s.before = s.x.linesOf(s.before, agent)
	}
}

// rebalance brings lists and flow after a changed agent, who had the rank and the lines before.
//
// As long as every seat held stays eligible at its cost, and nobody would rather have the agent at the prices asked, the plan
// is still the best. A seat that became forbidden leaves its slot without a unit. Anything else is an agent leaving and
// another joining: the one who joins asks a price at which nobody gains, which no capacity needs to be sold at, and then is
// fed one shift after another.
func (s *Session) rebalance(agent, rank int32) {
	x, f := s.x, s.f
	now := x.rank[agent]
	n := f.nodeOf[now]
	s.mend(rank, now, n)
	if n != 0 {
		f.repair.known[n] = append(f.repair.known[n][:0], s.after...)
	}
	most := int32(max(0, x.spare(agent))) //nolint:gosec // a week has few shifts
	var price int64                       // that the agent would ask as somebody new
	better := false
	for _, c := range s.after {
		worth := f.lines[c.line].price - int64(c.cost)
		price = max(price, worth)
		if n == 0 {
			continue
		}
		switch slot := &f.slots[n*f.days+f.lines[c.line].day]; slot.line {
		case free:
			better = better || worth > f.agents[n].price
		case c.line:
			better = better || slot.cost != int32(c.cost)
		default:
			better = better || worth > slot.price
		}
	}
	if n == 0 {
		if price == 0 || most == 0 {
			return
		}
		n, better = f.node(now), true
	}
	a := &f.agents[n]
	a.most = most
	if better || a.used > most {
		s.retire(n)
		if a.price = price; most == 0 {
			a.price = 0
		}
	}
	for i := n * f.days; i < (n+1)*f.days; i++ {
		if l := f.slots[i].line; l != free && !listed(s.after, l) {
			s.due = append(s.due, l)
			f.vacate(i, ghost)
			f.refill(i)
		}
	}
	f.feed(n)
}

// retire takes every seat from the agent.
func (s *Session) retire(n int32) {
	f := s.f
	for i := n * f.days; i < (n+1)*f.days; i++ {
		if l := f.slots[i].line; l != free {
			s.due = append(s.due, l)
			f.vacate(i, free)
			f.agents[n].used--
		}
	}
}

func listed(lines []lineCost, line int32) bool {
	_, ok := slices.BinarySearchFunc(lines, line, func(c lineCost, l int32) int { return cmp.Compare(c.line, l) })
	return ok
}

// mend changes the shortlists from before to after.
func (s *Session) mend(rank, now, node int32) {
	who := now
	if node != 0 {
		who = ^node
	}
	old, fresh := s.before, s.after
	for len(old) > 0 || len(fresh) > 0 {
		gone := len(fresh) == 0 || len(old) > 0 && old[0].line <= fresh[0].line
		come := len(old) == 0 || len(fresh) > 0 && fresh[0].line <= old[0].line
		if gone && come && old[0] == fresh[0] && rank == now {
			old, fresh = old[1:], fresh[1:]
			continue
		}
		if gone {
			s.f.lists[old[0].line].drop(rank, node, int32(old[0].cost))
			old = old[1:]
		}
		if come {
			s.f.lists[fresh[0].line].add(s.x, now, who, int32(fresh[0].cost))
			fresh = fresh[1:]
		}
	}
}
