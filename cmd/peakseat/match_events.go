package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"

	"peakseat/internal/clock"
	"peakseat/matcher/solver"
)

// repairReport is what a replay adds to the last line of output.
type repairReport struct {
	Events   int     `json:"events"`
	P50      float64 `json:"repair_p50_us"`
	P99      float64 `json:"repair_p99_us"`
	Max      float64 `json:"repair_max_us"`
	Lost     int     `json:"lost"` // seats of agents who left or did not come
	Refilled int     `json:"refilled"`
}

// replay plans, brings the events to the plan one by one, and returns what it then is.
func (r *matchReport) replay(path string, p *solver.Problem, names *solver.Names, o solver.Options) (*solver.Plan, error) {
	start := clock.Now()
	x, err := solver.Prepare(p, o)
	if err != nil {
		return nil, fmt.Errorf("--events: %w", err)
	}
	r.IndexSeconds = clock.Since(start).Seconds()
	start = clock.Now()
	s, err := x.Session(o)
	if err != nil {
		return nil, fmt.Errorf("--events: %w", err)
	}
	r.SolveSeconds = clock.Since(start).Seconds()
	f, err := os.Open(path) //nolint:gosec // the caller names the file
	if err != nil {
		return nil, badInput{fmt.Errorf("%s:1: a readable file expected: %w", path, err)}
	}
	defer f.Close() //nolint:errcheck // only read
	runtime.GC()    // what loading left behind is not swept in the middle of a repair
	r.repairReport = &repairReport{}
	var took []time.Duration
	err = solver.ReadEvents(solver.File{Name: path, Reader: f}, s, names, func(e *solver.Event) error {
		start := clock.Now()
		change, err := e.Apply(s)
		took = append(took, clock.Since(start))
		r.count(e, change)
		return err
	})
	if _, ok := errors.AsType[*solver.InputError](err); ok {
		return nil, badInput{err}
	}
	if err != nil {
		return nil, err
	}
	r.latencies(took)
	plan := s.Plan()
	r.Agents, r.Seats = p.Agents(), p.Seats()
	r.Filled, r.Weight, r.Quality = len(plan.Seats), plan.Weight, plan.Quality
	r.UpperBoundWeight, r.Complete = plan.UpperBoundWeight, plan.Complete
	return plan, nil
}

// count adds the seats that an agent lost, and those of them that did not stay empty.
func (r *repairReport) count(e *solver.Event, c solver.Change) {
	r.Events++
	if e.Op != "agent_leaves" && e.Op != "no_show" {
		return
	}
	lost := 0
	for _, s := range c.Dropped {
		if s.Agent == e.Agent && (e.Op == "agent_leaves" || s.Line == e.Line) {
			lost++
		}
	}
	empty := len(c.Dropped) - len(c.Added)
	r.Lost += lost
	r.Refilled += lost - min(max(empty, 0), lost)
}

func (r *repairReport) latencies(took []time.Duration) {
	if len(took) == 0 {
		return
	}
	slices.Sort(took)
	at := func(percent int) float64 { return float64(took[(len(took)-1)*percent/100].Nanoseconds()) / 1e3 }
	r.P50, r.P99, r.Max = at(50), at(99), at(100)
}
