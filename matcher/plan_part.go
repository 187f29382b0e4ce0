package matcher

import (
	"bytes"
	"cmp"
	"encoding/gob"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/clock"
	"peakseat/matcher/solver"
)

// planPart is what can be solved by itself: a week, or some of the components of its eligibility graph. It holds all that
// solving needs, so that it can be stored and whoever solves it finds the same.
type planPart struct {
	problem *solver.Problem
	live    []solver.Seat
	shifts  []uuid.UUID // by line, those of pins left out
	agents  []uuid.UUID // by agent
	seats   int         // open
}

// partResult is what was found: pairs to be offered, pairs of live offers to be withdrawn, and the value in the model.
type partResult struct {
	Chosen, Withdrawn []partPair
	Weight, Quality   int64
	Took              time.Duration
}

type partPair struct{ Shift, Agent uuid.UUID }

// parts are the weeks, in order of time. They are solved apart: what an agent may do on a Monday after what a plan gives
// them on the Sunday is the business of merge.
func (d *planData) parts() (parts []*planPart, err error) {
	for shifts := d.shifts; len(shifts) > 0; {
		monday := weekOf(DateOf(shifts[0].startsAt.In(modelZone())))
		end := monday.Add(7).At(0, modelZone())
		n, _ := slices.BinarySearchFunc(shifts, end, func(s *planShift, t time.Time) int { return s.startsAt.Compare(t) })
		m := &weekModel{planData: d, monday: monday, zero: monday.Add(-1).At(0, modelZone()), shifts: shifts[:n]}
		if err := m.build(); err != nil {
			return nil, fmt.Errorf("model the week of %s: %w", monday, err)
		}
		p := &planPart{problem: m.problem, live: m.live}
		for _, s := range m.lines {
			p.shifts = append(p.shifts, s.id)
			p.seats += s.open
		}
		for _, c := range m.agents {
			p.agents = append(p.agents, c.id)
		}
		parts = append(parts, p)
		shifts = shifts[n:]
	}
	return parts, nil
}

// splitParts are the weeks, each split.
func (d *planData) splitParts(seats int) (split []*planPart, err error) {
	weeks, err := d.parts()
	if err != nil {
		return nil, err
	}
	for _, w := range weeks {
		parts, err := w.split(seats, runtime.GOMAXPROCS(0))
		if err != nil {
			return nil, err
		}
		split = append(split, parts...)
	}
	return split, nil
}

// split parts a week into the components of its eligibility graph, some of them together so that each part has about as
// many seats as said. Seats that nobody may take are in none. A week that is one component, as most are, stays whole.
func (p *planPart) split(seats, threads int) ([]*planPart, error) {
	if p.seats <= seats {
		return []*planPart{p}, nil
	}
	x, err := solver.Prepare(p.problem, solver.Options{Threads: threads})
	if err != nil {
		return nil, fmt.Errorf("index a week: %w", err)
	}
	lineIn, agentIn, components := x.Components(p.live)
	if components < 2 {
		return []*planPart{p}, nil
	}
	size := make([]int, components)
	for l := range p.shifts {
		if c := lineIn[l]; c >= 0 {
			size[c] += p.problem.Line(int32(l)).Seats
		}
	}
	bins := min(components, (p.seats+seats-1)/seats)
	binOf, load := make([]int, components), make([]int, bins)
	order := make([]int, components)
	for c := range order {
		order[c] = c
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(size[b], size[a]) })
	for _, c := range order { // the largest first, each to where least is
		bin := 0
		for b := range load {
			if load[b] < load[bin] {
				bin = b
			}
		}
		binOf[c] = bin
		load[bin] += size[c]
	}
	lines, agents := make([][]int32, bins), make([][]int32, bins)
	for l := range p.shifts {
		if c := lineIn[l]; c >= 0 {
			lines[binOf[c]] = append(lines[binOf[c]], int32(l))
		}
	}
	for a, c := range agentIn {
		if c >= 0 {
			agents[binOf[c]] = append(agents[binOf[c]], int32(a))
		}
	}
	parts := make([]*planPart, 0, bins)
	for b := range bins {
		part, err := p.part(lines[b], agents[b])
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return parts, nil
}

func (p *planPart) part(lines, agents []int32) (*planPart, error) {
	problem, err := p.problem.Part(lines, agents)
	if err != nil {
		return nil, fmt.Errorf("part a week: %w", err)
	}
	part := &planPart{problem: problem}
	lineAt, agentAt := make(map[int32]int32, len(lines)), make(map[int32]int32, len(agents))
	for i, l := range lines {
		lineAt[l] = int32(i)
		part.shifts = append(part.shifts, p.shifts[l])
		part.seats += p.problem.Line(l).Seats
	}
	for i, a := range agents {
		agentAt[a] = int32(i)
		part.agents = append(part.agents, p.agents[a])
	}
	for _, s := range p.live {
		if l, there := lineAt[s.Line]; there {
			part.live = append(part.live, solver.Seat{Line: l, Agent: agentAt[s.Agent]})
			part.seats--
		}
	}
	return part, nil
}

func (p *planPart) solve(threads int, stop func() bool) (*partResult, error) {
	began := clock.Now()
	r, err := solver.Replanned(p.problem, p.live, solver.Options{Threads: threads, Stop: stop}, p.model())
	if err != nil {
		return nil, fmt.Errorf("solve a part: %w", err)
	}
	if !r.Complete {
		return nil, errors.New("the run was stopped")
	}
	pairs := func(seats []solver.Seat) (list []partPair) {
		for _, s := range seats {
			list = append(list, partPair{p.shifts[s.Line], p.agents[s.Agent]})
		}
		return list
	}
	return &partResult{Chosen: pairs(r.Seats), Withdrawn: pairs(r.Withdrawn), Weight: r.Weight, Quality: r.Quality, Took: clock.Since(began)}, nil
}

// model is the roster model where somebody allows several shifts a day, else the daily one.
func (p *planPart) model() solver.Solver {
	for a := range p.problem.Agents() {
		if p.problem.Agent(int32(a)).RestSameDay < wholeDay {
			return solveRoster
		}
	}
	return solver.SolveDaily
}

// rosterWork ends the search of a part: the same amount finds the same plan wherever it runs.
const rosterWork = 100_000_000

func solveRoster(p *solver.Problem, o solver.Options) (*solver.Plan, *solver.Offers, error) {
	r, err := solver.PrepareRoster(p, o)
	if err != nil {
		return nil, nil, err
	}
	o.Work = rosterWork
	plan := r.Plan(o)
	plan.Complete = o.Stop == nil || !o.Stop() // as well as the work allows, unless it was stopped
	return plan, &solver.Offers{Seats: plan.Seats, Weight: plan.Weight, Quality: plan.Quality}, nil
}

// storedPart is a planPart as it is kept until it is solved.
type storedPart struct {
	Problem        []byte
	Live           []solver.Seat
	Shifts, Agents []uuid.UUID
}

func (p *planPart) encode() ([]byte, error) {
	problem, err := p.problem.Encode()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(storedPart{problem, p.live, p.shifts, p.agents}); err != nil {
		return nil, fmt.Errorf("encode a part: %w", err)
	}
	return b.Bytes(), nil
}

func decodePart(text []byte) (*planPart, error) {
	var s storedPart
	err := gob.NewDecoder(bytes.NewReader(text)).Decode(&s)
	var problem *solver.Problem
	if err == nil {
		problem, err = solver.Decode(s.Problem)
	}
	if err != nil { // not wrapped: the end of a text is not that of a connection, after which a job is tried for ever
		return nil, errors.New("decode a part: " + err.Error())
	}
	return &planPart{problem: problem, live: s.Live, shifts: s.Shifts, agents: s.Agents}, nil
}

func (r *partResult) encode() ([]byte, error) {
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(r); err != nil {
		return nil, fmt.Errorf("encode a part's result: %w", err)
	}
	return b.Bytes(), nil
}

func decodeResult(text []byte) (*partResult, error) {
	r := &partResult{}
	if err := gob.NewDecoder(bytes.NewReader(text)).Decode(r); err != nil {
		return nil, errors.New("decode a part's result: " + err.Error()) // as above
	}
	return r, nil
}

// merge puts what was found together, the best pairs first, as far as the evaluator lets them stand: the model counts in
// minutes of one zone and a week at a time, the evaluator exactly, and the market may have moved since the parts were read.
// Who would lose an offer keeps it where nothing comes of it. A pair that cannot stand gives its seat to the next best.
func (d *planData) merge(found []*partResult) *choice {
	m := &merging{planData: d, choice: &choice{}, shift: map[uuid.UUID]*planShift{}, agent: map[uuid.UUID]*candidate{}, left: map[uuid.UUID]int{}}
	for _, s := range d.shifts {
		m.shift[s.id], m.left[s.id] = s, s.open
	}
	for _, c := range d.agents {
		m.agent[c.id] = c
	}
	gone := map[pair]bool{}
	var picks []chosenPick
	for _, r := range found {
		m.weight += r.Weight
		m.quality += r.Quality
		for _, p := range r.Withdrawn {
			gone[pair{p.Agent, p.Shift}] = true
		}
		for _, p := range r.Chosen {
			if m.shift[p.Shift] != nil && m.agent[p.Agent] != nil { // else it is gone since
				picks = append(picks, m.pick(p.Shift, p.Agent))
			}
		}
	}
	slices.SortFunc(picks, func(a, b chosenPick) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(b.quality, a.quality), bytes.Compare(a.shift[:], b.shift[:]), bytes.Compare(a.agent[:], b.agent[:]))
	})
	moves := map[uuid.UUID][]liveOffer{}
	for _, o := range d.live {
		if c := m.agent[o.agent]; gone[pair{o.agent, o.shift}] {
			moves[o.agent] = append(moves[o.agent], o)
		} else if c != nil {
			c.assume(o.id, o.stretch)
		}
	}
	picks = m.move(picks, moves)
	m.keep(picks)
	// who changes seats first: the offers that they leave are others' seats
	slices.SortStableFunc(m.picks, func(a, b chosenPick) int {
		return cmp.Or(cmp.Compare(min(len(b.withdraws), 1), min(len(a.withdraws), 1)), bytes.Compare(a.shift[:], b.shift[:]))
	})
	return m.choice
}

// merging is a merge under way.
type merging struct {
	*planData
	*choice
	shift map[uuid.UUID]*planShift
	agent map[uuid.UUID]*candidate
	left  map[uuid.UUID]int // seats, by shift
}

func (m *merging) pick(shift, agent uuid.UUID) chosenPick {
	s, c := m.shift[shift], m.agent[agent]
	return chosenPick{
		shift: shift, agent: agent, weight: weightOf(s.priority),
		quality: quality(c.rating, m.past[pair{c.id, s.merchant}], m.core[pair{c.id, s.booking}], c.lastWorked, m.now),
	}
}

// move lets those stand who get another seat for an offer, and gives the others their offers back. It returns the picks of
// all others.
func (m *merging) move(picks []chosenPick, moves map[uuid.UUID][]liveOffer) (rest []chosenPick) {
	for _, p := range picks {
		s, c := m.shift[p.shift], m.agent[p.agent]
		var against, others []liveOffer
		for _, o := range moves[p.agent] {
			if o.near(stretch{s.startsAt, s.endsAt}, s.book.Hours.RestOfNight) || sameModelDay(o.from, s.startsAt) {
				against = append(against, o)
			} else {
				others = append(others, o)
			}
		}
		if len(against) == 0 {
			rest = append(rest, p)
			continue
		}
		if !c.plannable(s) || !eligible(&c.agentFacts, &s.shiftFacts, m.now) {
			continue
		}
		for _, o := range against {
			was := m.pick(o.shift, o.agent)
			p.withdraws = append(p.withdraws, o.id)
			p.lessWeight, p.lessQuality = p.lessWeight+was.weight, p.lessQuality+was.quality
			m.left[o.shift]++
		}
		moves[p.agent] = others
		m.left[p.shift]--
		c.assume(newID(), stretch{s.startsAt, s.endsAt})
		m.picks = append(m.picks, p)
	}
	for agent, offers := range moves {
		if c := m.agent[agent]; c != nil {
			for _, o := range offers {
				c.assume(o.id, o.stretch)
			}
		}
	}
	return rest
}

func sameModelDay(a, b time.Time) bool { return DateOf(a.In(modelZone())) == DateOf(b.In(modelZone())) }

// keep takes what stands, and then asks on behalf of the seats whose pair did not.
func (m *merging) keep(picks []chosenPick) {
	var bare []*planShift
	for _, p := range picks {
		s, c := m.shift[p.shift], m.agent[p.agent]
		switch {
		case m.left[p.shift] <= 0:
		case c.plannable(s) && eligible(&c.agentFacts, &s.shiftFacts, m.now):
			m.take(p)
		default:
			bare = append(bare, s)
		}
	}
	for _, s := range bare {
		if m.left[s.id] > 0 {
			m.takeNext(s)
		}
	}
}

func (m *merging) take(p chosenPick) {
	s := m.shift[p.shift]
	m.left[p.shift]--
	m.agent[p.agent].assume(newID(), stretch{s.startsAt, s.endsAt})
	m.picks = append(m.picks, p)
}

// plannable tells whether the shift is one of as many a day as a plan may give.
func (c *candidate) plannable(s *planShift) bool {
	day, n := DateOf(s.startsAt.In(c.zone)), 0
	for _, h := range c.held {
		if h.workDay == day {
			n++
		}
	}
	return n < max(1, c.blocks)
}

// takeNext finds the best who may take a seat of the shift beside all that was chosen.
func (m *merging) takeNext(s *planShift) {
	var best *candidate
	most := chosenPick{}
	for _, c := range m.agents { // equal ones in the order of planData
		if m.out[pair{c.id, s.id}] || m.apart[pair{c.id, s.merchant}] {
			continue
		}
		p := m.pick(s.id, c.id)
		if best != nil && p.quality <= most.quality || !eligible(&c.agentFacts, &s.shiftFacts, m.now) {
			continue
		}
		if c.plannable(s) {
			best, most = c, p
		}
	}
	if best != nil {
		m.take(most)
	}
}
