package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"peakseat/internal/clock"
	"peakseat/matcher/solver"
)

// matchCmd is "peakseat match": it plans from files, with no database and no server.
type matchCmd struct {
	Dir       string        `arg:"" help:"Folder with agents.csv, demands.csv and relations.csv; for the roster model also a ptask file (.dat)."`
	Model     string        `default:"daily" enum:"daily,roster" help:"daily: at most one shift per agent and day, solved exactly. roster: several, with rest and hours, searched until the time limit or until nothing better is found, with a proven bound."`
	Out       string        `help:"Write the plan to this file: demand_id,agent_id, one row a filled seat." placeholder:"PLAN.CSV"`
	TimeLimit time.Duration `help:"Stop after so long, reading included, with the best plan for what was handled." placeholder:"10s"`
	Threads   int           `default:"0" help:"Processor threads; 0 takes all there are."`
	Events    string        `help:"Replay these changes on the plan, each repaired at once: one JSON object a line, as below." placeholder:"EVENTS.JSONL"`
	Explain   string        `help:"Say why a seat of the demand is empty, or why the agent is not on it, before the last line." placeholder:"DEMAND_ID[,AGENT_ID]"`
	Verify    bool          `help:"Hold the plan against every constraint and its prices against every eligible pair, by code that shares nothing with the solver; fail unless it is proven best. A roster is held against the constraints alone."`
}

// Help is shown by "peakseat match --help".
func (c *matchCmd) Help() string {
	return `The last line of standard output is one JSON object. weight is the priority-weighted number of seats filled (priority 1, 2, 3
weighs 1, 3, 10) and comes first; quality is the sum over filled seats of 10000 - cost and decides between plans of equal
weight. upper_bound_weight bounds the weight of any plan; certified says that --verify ran and found nothing. Times are
seconds of wall clock; total_s includes writing and --verify, which no phase does.

certified means of a daily plan that it keeps every rule and that no plan is better in weight, then quality. Of a roster it
means only that it keeps every rule and is worth what it says: how far from the best it may be, the solver's own bound tells.
complete says that the weight reaches upper_bound_weight.

In a ptask file (Type, Jobs, Qualifications) a job is a line of one seat and a worker an agent, both numbered from 0.

--events holds one object a line:
  {"op":"agent_leaves","agent":7}                     loses every seat
  {"op":"agent_joins","agent":{"agent_id":8,...}}     the columns of agents.csv: numbers, and texts for tags and avail
  {"op":"agent_joins","row":"8,420,3000,..."}         the same as a row of agents.csv; one who left may come back
  {"op":"no_show","demand":3,"agent":7}               the agent may not work the demand any more, planned for it or not
  {"op":"seats","demand":3,"delta":-1}                seats more or fewer
The report, --out, --verify and --explain are then about the plan after the last of them; repair_p50_us, repair_p99_us and
repair_max_us are microseconds an event, reading not included; refilled counts the seats that agents lost by leaving or not
coming and that did not stay empty.

Exit status: 0 solved, 2 bad input (file:line: what was expected), 1 anything else.`
}

// matchReport is the last line of output.
type matchReport struct {
	Model            string  `json:"model"`
	Agents           int     `json:"agents"`
	Lines            int     `json:"lines"`
	Seats            int64   `json:"seats"`
	Filled           int     `json:"filled"`
	Weight           int64   `json:"weight"`
	Quality          int64   `json:"quality"`
	UpperBoundWeight int64   `json:"upper_bound_weight"`
	Complete         bool    `json:"complete"`
	Certified        bool    `json:"certified"`
	Violations       *int64  `json:"violations,omitempty"`
	PairsChecked     *int64  `json:"pairs_checked,omitempty"`
	LoadSeconds      float64 `json:"load_s"`
	IndexSeconds     float64 `json:"index_s"`
	SolveSeconds     float64 `json:"solve_s"`
	VerifySeconds    float64 `json:"verify_s,omitempty"`
	TotalSeconds     float64 `json:"total_s"`
	PeakRSSBytes     int64   `json:"peak_rss_bytes"`
	*repairReport
}

// badInput makes main exit with 2: the person who called can mend it.
type badInput struct{ error }

func (badInput) ExitCode() int   { return 2 }
func (e badInput) Unwrap() error { return e.error }

var errUnproven = errors.New("the plan is not proven best")

// Run plans. Bad input comes back as an error with ExitCode 2.
func (c *matchCmd) Run(ctx context.Context, stdout output) error {
	start := clock.Now()
	switch {
	case c.Model == rosterModel && (c.Events != "" || c.Explain != ""):
		return badInput{errDailyOnly}
	case c.Threads < 0:
		return badInput{fmt.Errorf("--threads of at least 0 expected, got %d", c.Threads)}
	case c.TimeLimit < 0:
		return badInput{fmt.Errorf("--time-limit of at least 0 expected, got %s", c.TimeLimit)}
	}
	if c.Threads > 0 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(c.Threads))
	}
	o := solver.Options{Threads: runtime.GOMAXPROCS(0), Stop: func() bool {
		return ctx.Err() != nil || c.TimeLimit > 0 && clock.Since(start) > c.TimeLimit
	}}
	p, names, err := c.read()
	if err != nil {
		return err
	}
	r := matchReport{Model: c.Model, Agents: p.Agents(), Lines: p.Lines(), Seats: p.Seats(), LoadSeconds: clock.Since(start).Seconds()}
	var plan *solver.Plan
	if c.Events != "" {
		plan, err = r.replay(c.Events, p, names, o)
	} else {
		plan, err = r.plan(p, o)
	}
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if c.Out != "" {
		if err := writePlan(c.Out, plan.Seats, names); err != nil {
			return err
		}
	}
	switch {
	case c.Verify && c.Model == rosterModel:
		r.verifyRoster(p, plan)
	case c.Verify:
		r.verify(p, plan)
	}
	if c.Explain != "" {
		if err := c.explain(stdout, p, names, plan, o); err != nil {
			return err
		}
	}
	r.PeakRSSBytes = peakRSS()
	r.TotalSeconds = clock.Since(start).Seconds()
	if err := json.NewEncoder(stdout).Encode(r); err != nil {
		return err
	}
	switch {
	case r.Violations == nil || r.Certified:
		return nil
	case c.Model == rosterModel:
		return fmt.Errorf("%w: %d violations", errInfeasible, *r.Violations)
	}
	return fmt.Errorf("%w: %d violations", errUnproven, *r.Violations)
}

// plan indexes and solves. A time limit that ends the index leaves an empty plan.
func (r *matchReport) plan(p *solver.Problem, o solver.Options) (*solver.Plan, error) {
	start := clock.Now()
	solve, err := r.prepare(p, o)
	r.IndexSeconds = clock.Since(start).Seconds()
	var plan *solver.Plan
	switch {
	case errors.Is(err, solver.ErrStopped):
		plan = &solver.Plan{}
		for l := range p.Lines() {
			line := p.Line(int32(l))
			plan.UpperBoundWeight += int64(line.Seats * line.Weight)
		}
	case err != nil:
		return nil, err
	default:
		start = clock.Now()
		plan = solve()
		r.SolveSeconds = clock.Since(start).Seconds()
	}
	r.Filled, r.Weight, r.Quality = len(plan.Seats), plan.Weight, plan.Quality
	r.UpperBoundWeight, r.Complete = plan.UpperBoundWeight, plan.Complete
	return plan, nil
}

// verify checks a complete plan; one cut short by the time limit has nothing to prove.
func (r *matchReport) verify(p *solver.Problem, plan *solver.Plan) {
	if !plan.Complete {
		return
	}
	start := clock.Now()
	v := solver.Certify(p, plan)
	r.VerifySeconds = clock.Since(start).Seconds()
	r.Violations, r.PairsChecked = &v.Violations, &v.Pairs
	r.Certified = v.Violations == 0
}

func readProblem(dir string) (*solver.Problem, *solver.Names, error) {
	var files [3]solver.File
	for i, name := range [...]string{"agents.csv", "demands.csv", "relations.csv"} {
		path := filepath.Join(dir, name)
		f, err := os.Open(path) //nolint:gosec // the caller names the folder
		if err != nil {
			return nil, nil, badInput{fmt.Errorf("%s:1: a readable file expected: %w", path, err)}
		}
		defer f.Close() //nolint:errcheck // only read
		files[i] = solver.File{Name: path, Reader: f}
	}
	p, names, err := solver.Read(files[0], files[1], files[2])
	if _, ok := errors.AsType[*solver.InputError](err); ok {
		return nil, nil, badInput{err}
	}
	return p, names, err
}

func writePlan(path string, seats []solver.Seat, names *solver.Names) error {
	f, err := os.Create(path) //nolint:gosec // the caller names the file
	if err != nil {
		return err
	}
	if err := solver.WritePlan(f, seats, names); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

// peakRSS is the most memory that the process ever held, as the Linux kernel counts it. getrusage would count in what the
// parent held before exec. Elsewhere it is what the Go runtime took from the system.
func peakRSS() int64 {
	if f, err := os.Open("/proc/self/status"); err == nil {
		defer f.Close() //nolint:errcheck // only read
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			if size, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
				if kb, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(size, " kB")), 10, 64); err == nil {
					return kb << 10
				}
			}
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys) //nolint:gosec // memory is less than 2^63
}
