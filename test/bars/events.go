package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// repairRecord is how long repairs took on one instance.
type repairRecord struct {
	origin
	Events int        `json:"events"`
	Engine *engineRun `json:"engine"`
}

// replayRecord is how often the repaired plan was worth what LEMON says of the changed files.
type replayRecord struct {
	origin
	Events int `json:"events"`
	Points int `json:"points"` // at which the two were compared
	Equal  int `json:"equal"`

	Wrong []string `json:"wrong,omitempty"`
}

func (y *yardstick) repair(ctx context.Context, name, seed string) (*repairRecord, error) {
	const n = 5000
	m, dir, err := y.market(ctx, name, seed)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "repair.jsonl")
	if err := m.write(path, m.draw(n)); err != nil {
		return nil, err
	}
	r := &repairRecord{origin: y.origin(name, seed), Events: n}
	r.Engine, err = y.match(ctx, dir, "--events", path, "--threads", "1", "--verify")
	return r, err
}

// replay lets the engine repair its plan after ever more of the events, and LEMON plan the files as they then are.
func (y *yardstick) replay(ctx context.Context, name, seed string) (*replayRecord, error) {
	const n, every = 10_000, 500
	m, dir, err := y.market(ctx, name, seed)
	if err != nil {
		return nil, err
	}
	events := m.draw(n)
	changed := filepath.Join(dir, "changed")
	if err := os.MkdirAll(changed, 0o750); err != nil {
		return nil, err
	}
	r := &replayRecord{origin: y.origin(name, seed), Events: n}
	path := filepath.Join(dir, "replay.jsonl")
	for at := every; at <= n; at += every {
		if err := m.write(path, events[:at]); err != nil {
			return nil, err
		}
		repaired, err := y.match(ctx, dir, "--events", path, "--verify")
		if err != nil {
			return nil, err
		}
		if err := m.apply(events[at-every : at]); err != nil {
			return nil, err
		}
		if err := m.files(changed); err != nil {
			return nil, err
		}
		want, err := y.lemon(ctx, changed, "ns")
		if err != nil {
			return nil, err
		}
		r.Points++
		if repaired.Certified && repaired.Weight == want.Weight && repaired.Quality == want.Quality {
			r.Equal++
		} else {
			r.Wrong = append(r.Wrong, fmt.Sprintf("after %d events W %d Q %d, LEMON has W %d Q %d", at, repaired.Weight, repaired.Quality, want.Weight, want.Quality))
		}
	}
	return r, nil
}

// event is one line of an events file.
type event struct {
	Op     string `json:"op"`
	Agent  *int   `json:"agent,omitempty"`
	Demand *int   `json:"demand,omitempty"`
	Delta  int    `json:"delta,omitempty"`
	Row    string `json:"row,omitempty"` // of agents.csv
}

// market is an instance's files in memory, to draw events from and to change as they say. It shares nothing with the
// engine: a leaver loses all hours, and a pair that may not work together any more gets there by a tag of its own, which the
// line asks for and everybody else who holds the line's tags has.
type market struct {
	agents, demands [][]string // rows of columns, the header first
	seats           []int      // by demand
	relations       string
	plan            [][2]int // demand and agent of the first plan
	apart           map[int]map[int]bool
	random          *rand.Rand
}

// Columns of the files.
const (
	agentTags    = 10
	agentAvail   = 11
	demandSeats  = 5
	demandTags   = 10
	demandsFirst = 1 // row of demand 0; the header is row 0
)

func (y *yardstick) market(ctx context.Context, name, seed string) (*market, string, error) {
	dir, err := y.instance(ctx, name, seed)
	if err != nil {
		return nil, "", err
	}
	plan := filepath.Join(dir, "plan.csv")
	if _, err := y.match(ctx, dir, "--out", plan); err != nil {
		return nil, "", err
	}
	number, err := strconv.ParseUint(seed, 10, 64)
	if err != nil {
		return nil, "", err
	}
	m := &market{apart: map[int]map[int]bool{}, random: rand.New(rand.NewPCG(number, 8))}
	if m.agents, err = readRows(filepath.Join(dir, "agents.csv")); err != nil {
		return nil, "", err
	}
	if m.demands, err = readRows(filepath.Join(dir, "demands.csv")); err != nil {
		return nil, "", err
	}
	for _, d := range m.demands[demandsFirst:] {
		n, err := strconv.Atoi(d[demandSeats])
		if err != nil {
			return nil, "", err
		}
		m.seats = append(m.seats, n)
	}
	relations, err := os.ReadFile(filepath.Join(dir, "relations.csv"))
	if err != nil {
		return nil, "", err
	}
	m.relations = string(relations)
	seats, err := readRows(plan)
	if err != nil {
		return nil, "", err
	}
	for _, s := range seats[1:] {
		demand, err := strconv.Atoi(s[0])
		agent, err2 := strconv.Atoi(s[1])
		if err := errors.Join(err, err2); err != nil {
			return nil, "", err
		}
		m.plan = append(m.plan, [2]int{demand, agent})
	}
	if len(m.plan) == 0 {
		return nil, "", errors.New("a plan with a filled seat expected")
	}
	return m, dir, nil
}

func readRows(path string) ([][]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for line := range strings.Lines(string(text)) {
		rows = append(rows, strings.Split(strings.TrimSuffix(line, "\n"), ","))
	}
	return rows, nil
}

// draw makes events about people who were given seats, so that most of them open or free one.
func (m *market) draw(n int) []event {
	var out []event
	left, next := map[int]bool{}, len(m.agents)-1
	seats := slices.Clone(m.seats)
	joined := 0
	for len(out) < n {
		s := m.plan[m.random.IntN(len(m.plan))]
		demand, agent := s[0], s[1]
		switch k := m.random.IntN(10); {
		case k < 4:
			if !left[agent] {
				out = append(out, event{Op: "no_show", Demand: &demand, Agent: &agent})
			}
		case k < 6:
			if !left[agent] && len(left) < joined+len(m.agents)/4 {
				left[agent] = true
				out = append(out, event{Op: "agent_leaves", Agent: &agent})
			}
		case k < 8:
			row := slices.Clone(m.agents[1+m.random.IntN(len(m.agents)-1)])
			row[0] = strconv.Itoa(next)
			next++
			joined++
			out = append(out, event{Op: "agent_joins", Row: strings.Join(row, ",")})
		default:
			delta := 1 + m.random.IntN(2)
			if m.random.IntN(2) == 0 {
				delta = -delta
			}
			if seats[demand]+delta >= 1 {
				seats[demand] += delta
				out = append(out, event{Op: "seats", Demand: &demand, Delta: delta})
			}
		}
	}
	return out
}

func (m *market) write(path string, events []event) error {
	var b strings.Builder
	to := json.NewEncoder(&b)
	for _, e := range events {
		if err := to.Encode(e); err != nil {
			return err
		}
	}
	return os.WriteFile(path, []byte(b.String()), 0o600)
}

func (m *market) apply(events []event) error {
	for _, e := range events {
		switch e.Op {
		case "agent_leaves":
			m.agents[1+*e.Agent] = slices.Clone(m.agents[1+*e.Agent])
			m.agents[1+*e.Agent][agentAvail] = ""
		case "agent_joins":
			m.agents = append(m.agents, strings.Split(e.Row, ","))
		case "no_show":
			if m.apart[*e.Demand] == nil {
				m.apart[*e.Demand] = map[int]bool{}
			}
			m.apart[*e.Demand][*e.Agent] = true
		case "seats":
			m.seats[*e.Demand] += e.Delta
		default:
			return fmt.Errorf("no such event: %s", e.Op)
		}
	}
	return nil
}

// files writes the market as it now is.
func (m *market) files(dir string) error {
	demands := slices.Clone(m.demands)
	for d, n := range m.seats {
		row := slices.Clone(demands[demandsFirst+d])
		row[demandSeats] = strconv.Itoa(n)
		demands[demandsFirst+d] = row
	}
	held := make([]map[string]int, len(m.agents))
	tags := make([][]string, len(m.agents))
	own := 0 // the next tag that nobody uses
	for a, row := range m.agents[1:] {
		held[a] = levels(row[agentTags])
		own = max(own, after(held[a]))
	}
	for _, row := range demands[demandsFirst:] {
		own = max(own, after(levels(row[demandTags])))
	}
	for _, d := range slices.Sorted(maps.Keys(m.apart)) {
		row := demands[demandsFirst+d]
		need := levels(row[demandTags])
		for a := range m.agents[1:] {
			if m.apart[d][a] || m.agents[1+a][agentAvail] == "" {
				continue
			}
			if holds(held[a], need) {
				tags[a] = append(tags[a], fmt.Sprintf("%d:1", own))
			}
		}
		row[demandTags] = join(row[demandTags], []string{fmt.Sprintf("%d:1", own)})
		own++
	}
	agents := slices.Clone(m.agents)
	for a, more := range tags {
		if len(more) > 0 {
			row := slices.Clone(agents[1+a])
			row[agentTags] = join(row[agentTags], more)
			agents[1+a] = row
		}
	}
	for name, text := range map[string]string{"agents.csv": text(agents), "demands.csv": text(demands), "relations.csv": m.relations} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func holds(held, need map[string]int) bool {
	for tag, least := range need {
		if held[tag] < least {
			return false
		}
	}
	return true
}

// levels reads "tag:level;tag:level".
func levels(list string) map[string]int {
	out := map[string]int{}
	for part := range strings.SplitSeq(list, ";") {
		tag, level, ok := strings.Cut(part, ":")
		if n, err := strconv.Atoi(level); ok && err == nil {
			out[tag] = n
		}
	}
	return out
}

// after is the first tag behind all of these.
func after(tags map[string]int) int {
	next := 0
	for tag := range tags {
		if n, err := strconv.Atoi(tag); err == nil {
			next = max(next, n+1)
		}
	}
	return next
}

func join(list string, more []string) string {
	if list == "" {
		return strings.Join(more, ";")
	}
	return list + ";" + strings.Join(more, ";")
}

func text(rows [][]string) string {
	var b strings.Builder
	for _, row := range rows {
		b.WriteString(strings.Join(row, ","))
		b.WriteByte('\n')
	}
	return b.String()
}
