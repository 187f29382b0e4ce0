package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"peakseat/internal/clock"
	"peakseat/matcher/solver"
)

const rosterModel = "roster"

var (
	errDailyOnly  = errors.New("--events and --explain are for --model daily")
	errInfeasible = errors.New("the plan breaks a rule")
)

// read reads the folder's three files or, for the roster model, one ptask file.
func (c *matchCmd) read() (*solver.Problem, *solver.Names, error) {
	if c.Model != rosterModel || filepath.Ext(c.Dir) != ".dat" {
		return readProblem(c.Dir)
	}
	f, err := os.Open(c.Dir)
	if err != nil {
		return nil, nil, badInput{fmt.Errorf("%s:1: a readable file expected: %w", c.Dir, err)}
	}
	defer f.Close() //nolint:errcheck // only read
	p, err := solver.ReadTasks(solver.File{Name: c.Dir, Reader: f})
	if _, ok := errors.AsType[*solver.InputError](err); ok {
		return nil, nil, badInput{err}
	}
	return p, &solver.Names{}, err
}

// prepare indexes the problem for the model and returns what plans it.
func (r *matchReport) prepare(p *solver.Problem, o solver.Options) (func() *solver.Plan, error) {
	if r.Model == rosterModel {
		roster, err := solver.PrepareRoster(p, o)
		return func() *solver.Plan { return roster.Plan(o) }, err
	}
	index, err := solver.Prepare(p, o)
	return func() *solver.Plan { return index.Daily(o) }, err
}

// verifyRoster holds the plan against every rule. That no plan is better only the bound can say.
func (r *matchReport) verifyRoster(p *solver.Problem, plan *solver.Plan) {
	start := clock.Now()
	v := solver.CheckRoster(p, plan)
	r.VerifySeconds = clock.Since(start).Seconds()
	r.Violations, r.PairsChecked = &v.Violations, &v.Pairs
	r.Certified = v.Violations == 0
}
