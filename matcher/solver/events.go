package solver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// An Event is one change of a file of events, which Apply brings to a session.
type Event struct {
	Op    string // agent_leaves, agent_joins, no_show or seats
	Agent int32  // -1 for one who joins for the first time
	Line  int32
	Seats int // of the line, as they shall be
	Joins Agent
}

// Apply tells the session.
func (e *Event) Apply(s *Session) (Change, error) {
	switch {
	case e.Op == "agent_leaves":
		return s.RemoveAgent(e.Agent)
	case e.Op == "agent_joins" && e.Agent < 0:
		_, c, err := s.AddAgent(e.Joins)
		return c, err
	case e.Op == "agent_joins":
		return s.SetAgent(e.Agent, e.Joins)
	case e.Op == "no_show":
		return s.Exclude(Seat{e.Line, e.Agent})
	default:
		return s.SetSeats(e.Line, e.Seats)
	}
}

// ReadEvents calls do for each event of a file, one JSON object a line; do applies it before it returns. What is wrong in the
// file, a change that the session refuses included, comes back as *InputError.
//
//	{"op":"agent_leaves","agent":7}
//	{"op":"agent_joins","agent":{"agent_id":8,"rating":420,...,"tags":"8:2;20:1","avail":"9-18"}}, or its columns beside "op"
//	{"op":"agent_joins","row":"8,420,3000,..."}
//	{"op":"no_show","demand":3,"agent":7}
//	{"op":"seats","demand":3,"delta":-1}
func ReadEvents(f File, s *Session, n *Names, do func(*Event) error) error {
	lines := lineReader{r: f.Reader, buf: make([]byte, 0, 1<<16)}
	r := eventReader{s: s, n: n, left: make(map[int32]bool)}
	for {
		text, err := lines.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return lines.fault(f.Name, err)
		}
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		e, err := r.event(text)
		if err == nil {
			err = do(e)
		}
		if err != nil {
			return &InputError{f.Name, lines.no, err.Error()}
		}
	}
}

type eventReader struct {
	s    *Session
	n    *Names
	left map[int32]bool
}

func (r *eventReader) event(text []byte) (*Event, error) {
	var in map[string]json.RawMessage
	if err := json.Unmarshal(text, &in); err != nil || in == nil {
		return nil, errors.New("a JSON object expected")
	}
	e := &Event{}
	_ = json.Unmarshal(in["op"], &e.Op) // the default below tells
	var err error
	switch e.Op {
	case "agent_leaves":
		if e.Agent, err = r.agent(in); err == nil {
			if r.left[e.Agent] {
				return nil, errors.New("an agent who has not left expected")
			}
			r.left[e.Agent] = true
		}
	case "agent_joins":
		err = r.joins(e, in)
	case "no_show":
		if e.Line, err = r.line(in); err == nil {
			e.Agent, err = r.agent(in)
		}
	case "seats":
		if e.Line, err = r.line(in); err == nil {
			e.Seats, err = r.seats(in, r.s.p.lines[e.Line].Seats)
		}
	default:
		err = errors.New("op agent_leaves, agent_joins, no_show or seats expected")
	}
	return e, err
}

func (r *eventReader) agent(in map[string]json.RawMessage) (int32, error) {
	id, err := whole(in, "agent")
	if err != nil {
		return 0, err
	}
	a, ok := r.n.agents.find(id)
	if !ok {
		return 0, fmt.Errorf("an agent_id that is there expected, got %d", id)
	}
	return a, nil
}

func (r *eventReader) line(in map[string]json.RawMessage) (int32, error) {
	id, err := whole(in, "demand")
	if err != nil {
		return 0, err
	}
	l, ok := r.n.lines.find(id)
	if !ok {
		return 0, fmt.Errorf("a demand_id of demands.csv expected, got %d", id)
	}
	return l, nil
}

func (r *eventReader) seats(in map[string]json.RawMessage, now int) (int, error) {
	delta, err := whole(in, "delta")
	if err == nil && (delta < -int64(now) || delta > int64(MaxSeats-now)) {
		err = fmt.Errorf("a delta that leaves 0 to %d seats of %d expected, got %d", MaxSeats, now, delta)
	}
	return now + int(delta), err
}

func whole(in map[string]json.RawMessage, name string) (int64, error) {
	var v *int64
	if err := json.Unmarshal(in[name], &v); err != nil || v == nil || *v < 0 && name != "delta" {
		return 0, fmt.Errorf("%s as a whole number expected", name)
	}
	return *v, nil
}

// joins reads an agent: a row as text, an object of columns, or the columns beside op.
func (r *eventReader) joins(e *Event, in map[string]json.RawMessage) error {
	var text string
	columns := in
	for _, name := range [...]string{"row", "agent"} {
		if json.Unmarshal(in[name], &text) == nil && text != "" {
			columns = nil
			break
		}
		var inner map[string]json.RawMessage
		if json.Unmarshal(in[name], &inner) == nil && inner != nil {
			columns = inner
			break
		}
	}
	if columns != nil {
		var cells []string
		for name := range strings.SplitSeq(agentsHeader, ",") {
			cell := string(columns[name])
			if strings.HasPrefix(cell, `"`) {
				_ = json.Unmarshal(columns[name], &cell) // it is a string
			}
			if columns[name] == nil || strings.Contains(cell, ",") {
				return fmt.Errorf("an agent with %s expected, as in agents.csv", name)
			}
			cells = append(cells, cell)
		}
		text = strings.Join(cells, ",")
	}
	row := row{rest: []byte(text)}
	id, a := row.agent(nil, nil)
	if row.err != nil {
		return row.err
	}
	if err := checkAgent(&a); err != nil {
		return err
	}
	e.Joins, e.Agent = a, -1
	if i, ok := r.n.agents.find(id); ok {
		if !r.left[i] {
			return fmt.Errorf("a new agent_id expected, %d was there before", id)
		}
		e.Agent = i
		delete(r.left, i)
		return nil
	}
	r.n.agents.add(id)
	return nil
}
