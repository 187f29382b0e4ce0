package solver

import (
	"bytes"
	"compress/flate"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// Components numbers the parts of a problem that have nothing to do with each other: agents and lines belong together where
// an eligible pair, or a pair in also, joins them. lines and agents give each one's part, from 0 in the order of the lines;
// -1 is a line that nobody may work, or an agent who may work nowhere. Solving the parts one by one gives the W and Q of
// solving all at once.
func (x *Index) Components(also []Seat) (lines, agents []int32, parts int) {
	n := len(x.p.agents)
	set := make(disjoint, n+len(x.p.lines))
	for i := range set {
		set[i] = int32(i)
	}
	for l := range x.p.lines {
		if x.p.open(int32(l)) == 0 {
			continue
		}
		for list := (shortlist{line: int32(l)}); list.more(x); list.listed = list.listed[:0] {
			for _, c := range list.listed {
				set.join(int32(n+l), x.order[c.who]) //nolint:gosec // the same
			}
		}
	}
	for _, s := range also {
		set.join(int32(n)+s.Line, s.Agent) //nolint:gosec // the same
	}
	size := make([]int32, len(set))
	for i := range set {
		size[set.root(int32(i))]++
	}
	number := make([]int32, len(set))
	of := func(i int) int32 {
		root := set.root(int32(i)) //nolint:gosec // the same
		if size[root] == 1 {
			return -1
		}
		if number[root] == 0 {
			parts++
			number[root] = int32(parts) //nolint:gosec // the same
		}
		return number[root] - 1
	}
	lines, agents = make([]int32, len(x.p.lines)), make([]int32, n)
	for l := range lines {
		lines[l] = of(n + l)
	}
	for a := range agents {
		agents[a] = of(a)
	}
	return lines, agents, parts
}

// disjoint is a forest over sets: each points to another of its set, a root to itself.
type disjoint []int32

func (d disjoint) root(i int32) int32 {
	for d[i] != i {
		d[i] = d[d[i]]
		i = d[i]
	}
	return i
}

// join lets the smaller number win, so that the forest does not depend on the order of calls.
func (d disjoint) join(a, b int32) {
	a, b = d.root(a), d.root(b)
	d[max(a, b)] = min(a, b)
}

// Eligible parts the seats whose pairs a plan may use from the others.
func (x *Index) Eligible(seats []Seat) (yes, no []Seat) {
	asked := make(map[int32]map[int32]bool, len(seats)) // line -> agent -> eligible
	for _, s := range seats {
		if asked[s.Line] == nil {
			asked[s.Line] = map[int32]bool{}
		}
		asked[s.Line][s.Agent] = false
	}
	for line, agents := range asked {
		for list := (shortlist{line: line}); list.more(x); list.listed = list.listed[:0] {
			for _, c := range list.listed {
				if _, is := agents[x.order[c.who]]; is {
					agents[x.order[c.who]] = true
				}
			}
		}
	}
	for _, s := range seats {
		if asked[s.Line][s.Agent] {
			yes = append(yes, s)
		} else {
			no = append(no, s)
		}
	}
	return yes, no
}

// With is the problem with more pins. It shares everything else.
func (p *Problem) With(pins []Seat) (*Problem, error) {
	q := *p
	q.pins, q.pinned = slices.Clone(p.pins), slices.Clone(p.pinned)
	for _, s := range pins {
		if err := q.Pin(s); err != nil {
			return nil, err
		}
	}
	return &q, nil
}

// Part is the problem of some of its lines and agents, renumbered in the order given, with the relations and pins among
// them. An agent's pin keeps its line, behind those given and with no open seat.
func (p *Problem) Part(lines, agents []int32) (*Problem, error) {
	q := &Problem{Seed: p.Seed, CapHours: p.CapHours}
	agentAt, lineAt := make([]int32, len(p.agents)), make([]int32, len(p.lines))
	for _, a := range agents {
		if err := q.AddAgent(p.Agent(a)); err != nil {
			return nil, err
		}
		agentAt[a] = int32(len(q.agents)) //nolint:gosec // from 1; agents are indexed by int32
	}
	merchants := make([]bool, p.merchants)
	for _, l := range lines {
		if err := q.AddLine(p.lines[l]); err != nil {
			return nil, err
		}
		lineAt[l] = int32(len(q.lines)) //nolint:gosec // from 1; lines are indexed by int32
		merchants[p.lines[l].Merchant] = true
	}
	for _, r := range p.relations {
		if r.Agent = agentAt[r.Agent] - 1; r.Agent >= 0 && merchants[r.Merchant] {
			if err := q.AddRelation(r); err != nil {
				return nil, err
			}
		}
	}
	for s := range p.excluded {
		if agent, line := agentAt[s.Agent]-1, lineAt[s.Line]-1; agent >= 0 && line >= 0 {
			q.exclude(Seat{line, agent})
		}
	}
	outside := map[int32][]int32{} // the agents here who are pinned to a line that is not
	for _, s := range p.pins {
		agent, line := agentAt[s.Agent]-1, lineAt[s.Line]-1
		switch {
		case agent >= 0 && line >= 0:
			if err := q.Pin(Seat{line, agent}); err != nil {
				return nil, err
			}
		case agent >= 0:
			outside[s.Line] = append(outside[s.Line], agent)
		case line >= 0:
			return nil, fmt.Errorf("a part with everybody who holds a seat of line %d expected", s.Line)
		}
	}
	for l := range p.lines {
		held := outside[int32(l)]
		if len(held) == 0 {
			continue
		}
		line := p.lines[l]
		line.Seats = len(held)
		if err := q.AddLine(line); err != nil {
			return nil, err
		}
		for _, agent := range held {
			if err := q.Pin(Seat{int32(len(q.lines) - 1), agent}); err != nil { //nolint:gosec // lines are indexed by int32
				return nil, err
			}
		}
	}
	return q, nil
}

// stored is a Problem as Encode writes it.
type stored struct {
	Seed      uint64
	CapHours  bool
	Agents    []Agent
	Lines     []Line
	Relations []Relation
	Pins      []Seat
	Excluded  []Seat
}

// Encode writes the problem in a form that Decode reads: what another program needs to solve it.
func (p *Problem) Encode() ([]byte, error) {
	s := stored{Seed: p.Seed, CapHours: p.CapHours, Lines: p.lines, Relations: p.relations, Pins: p.pins, Agents: make([]Agent, len(p.agents))}
	s.Excluded = slices.SortedFunc(maps.Keys(p.excluded), compareSeats)
	for i := range s.Agents {
		s.Agents[i] = p.Agent(int32(i))
	}
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := gob.NewEncoder(w).Encode(&s); err != nil {
		return nil, fmt.Errorf("encode a problem: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Decode reads what Encode wrote, with every check of building a problem.
func Decode(text []byte) (*Problem, error) {
	var s stored
	r := flate.NewReader(bytes.NewReader(text))
	if err := gob.NewDecoder(r).Decode(&s); err != nil {
		return nil, fmt.Errorf("decode a problem: %w", err)
	}
	if n, err := r.Read(make([]byte, 1)); n > 0 || !errors.Is(err, io.EOF) { // the end says that nothing was cut off
		return nil, fmt.Errorf("decode a problem: its end expected: %w", err)
	}
	p := &Problem{Seed: s.Seed, CapHours: s.CapHours}
	for _, a := range s.Agents {
		if err := p.AddAgent(a); err != nil {
			return nil, err
		}
	}
	for _, l := range s.Lines {
		if err := p.AddLine(l); err != nil {
			return nil, err
		}
	}
	for _, r := range s.Relations {
		if err := p.AddRelation(r); err != nil {
			return nil, err
		}
	}
	for _, seat := range s.Pins {
		if err := p.Pin(seat); err != nil {
			return nil, err
		}
	}
	for _, seat := range s.Excluded {
		if err := p.Exclude(seat); err != nil {
			return nil, err
		}
	}
	return p, nil
}
