package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"peakseat/internal/clock"
)

// yardstick is the built yardstick in the cache folder.
type yardstick struct {
	*options
	dir    string
	engine string
	specs  map[string][]string // name -> seed and sizes
}

func buildYardstick(ctx context.Context, o *options) (*yardstick, error) {
	if _, err := os.Stat(filepath.Join(o.yardstick, "Makefile")); err != nil {
		return nil, fmt.Errorf("no yardstick (set PEAKSEAT_YARDSTICK to its folder): %w", err)
	}
	for _, tool := range []string{"make", "g++"} {
		if _, err := exec.LookPath(tool); err != nil {
			return nil, fmt.Errorf("the yardstick cannot be built: %w", err)
		}
	}
	engine, err := filepath.Abs(o.engine)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(engine); err != nil {
		return nil, fmt.Errorf("no engine to measure (make build): %w", err)
	}
	y := &yardstick{options: o, engine: engine, specs: map[string][]string{}}
	if y.dir, err = filepath.Abs(filepath.Join(o.cache, "yardstick")); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(y.dir, 0o750); err != nil {
		return nil, err
	}
	files, err := os.ReadDir(o.yardstick)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if err := copyChanged(filepath.Join(o.yardstick, f.Name()), filepath.Join(y.dir, f.Name())); err != nil {
			return nil, err
		}
	}
	build := exec.CommandContext(ctx, "make", "-s", "gen", "solve", "multi", "check")
	build.Dir = y.dir
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("the yardstick cannot be built (Debian: liblemon-dev): %w\n%s", err, firstLines(out, 5))
	}
	for _, specs := range []string{"specs.txt", "wspecs.txt", "mspecs.txt", "mspecs2.txt"} {
		text, err := os.ReadFile(filepath.Join(y.dir, specs))
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(text)) {
			if spec := strings.Fields(line); len(spec) > 1 {
				y.specs[spec[0]] = spec[1:]
			}
		}
	}
	return y, nil
}

// copyChanged leaves an equal file alone, so that make builds only what it must.
func copyChanged(from, to string) error {
	want, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if got, err := os.ReadFile(to); err == nil && bytes.Equal(got, want) {
		return nil
	}
	return os.WriteFile(to, want, 0o600)
}

func firstLines(text []byte, n int) string {
	lines := strings.SplitN(string(text), "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], "\n")
}

// seeds are the seed of the named instance and n others.
func (y *yardstick) seeds(name string, n int) []string {
	spec := y.specs[name]
	if len(spec) == 0 {
		return nil
	}
	out := []string{spec[0]}
	for k := range n {
		out = append(out, strconv.Itoa(101+k))
	}
	return out
}

// isNamed tells whether the seed is the one that the yardstick gives the instance.
func (y *yardstick) isNamed(name, seed string) bool { return y.specs[name][0] == seed }

// instance generates the files once.
func (y *yardstick) instance(ctx context.Context, name, seed string) (string, error) {
	dir := filepath.Join(filepath.Dir(y.dir), "instances", name+"-"+seed)
	if _, err := os.Stat(filepath.Join(dir, "done")); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", err
	}
	args := append([]string{dir, seed}, y.specs[name][1:]...)
	if out, err := exec.CommandContext(ctx, filepath.Join(y.dir, "gen"), args...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("generate %s: %w\n%s", dir, err, out)
	}
	return dir, os.WriteFile(filepath.Join(dir, "done"), nil, 0o600)
}

// outside is what a run cost, as its parent sees it.
type outside struct {
	Seconds float64 `json:"wall_s"`
	Bytes   int64   `json:"rss_bytes"`
}

// command runs a program to its end and reads the last line of its output as JSON.
func (y *yardstick) command(ctx context.Context, answer any, program string, args ...string) (outside, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	start := clock.Now()
	err := cmd.Run()
	o := outside{Seconds: clock.Since(start).Seconds()}
	if err != nil {
		return o, fmt.Errorf("%s %s: %w\n%s", filepath.Base(program), strings.Join(args, " "), err, firstLines(stderr.Bytes(), 5))
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		o.Bytes = usage.Maxrss << 10
	}
	lines := bytes.Split(bytes.TrimSpace(stdout.Bytes()), []byte("\n"))
	if err := json.Unmarshal(lines[len(lines)-1], answer); err != nil {
		return o, fmt.Errorf("%s %s: JSON as the last line expected: %w", filepath.Base(program), strings.Join(args, " "), err)
	}
	return o, nil
}

// lemonRun is what the reference says of itself: seconds of one thread.
type lemonRun struct {
	Outside outside `json:"outside"`
	Weight  int64   `json:"wfill"`
	Quality int64   `json:"quality"`
	Filled  int64   `json:"filled"`
	Arcs    int64   `json:"arcs"`
	Enum    float64 `json:"enum"`
	Build   float64 `json:"build"`
	Solve   float64 `json:"solve"`
	Bytes   float64 `json:"rssMB"`
}

func (r *lemonRun) all() float64   { return r.Enum + r.Build + r.Solve }
func (r *lemonRun) solve() float64 { return r.Build + r.Solve }

func (y *yardstick) lemon(ctx context.Context, dir, method string) (*lemonRun, error) {
	var r lemonRun
	seen, err := y.command(ctx, &r, filepath.Join(y.dir, "solve"), dir, method)
	r.Outside = seen
	return &r, err
}

// engineRun is what `peakseat match` says of itself.
type engineRun struct {
	Outside          outside `json:"outside"`
	Agents           int     `json:"agents"`
	Lines            int     `json:"lines"`
	Seats            int64   `json:"seats"`
	Filled           int64   `json:"filled"`
	Weight           int64   `json:"weight"`
	Quality          int64   `json:"quality"`
	UpperBoundWeight int64   `json:"upper_bound_weight"`
	Certified        bool    `json:"certified"`
	Violations       int64   `json:"violations"`
	Pairs            int64   `json:"pairs_checked"`
	Load             float64 `json:"load_s"`
	Index            float64 `json:"index_s"`
	Solve            float64 `json:"solve_s"`
	Verify           float64 `json:"verify_s"`
	Total            float64 `json:"total_s"`
	Bytes            int64   `json:"peak_rss_bytes"`
	RepairMid        float64 `json:"repair_p50_us"`
	RepairHigh       float64 `json:"repair_p99_us"`
	RepairMost       float64 `json:"repair_max_us"`
	Refilled         int64   `json:"refilled"`
}

func (r *engineRun) all() float64 { return r.Index + r.Solve }

// match runs the engine.
func (y *yardstick) match(ctx context.Context, args ...string) (*engineRun, error) {
	var r engineRun
	seen, err := y.command(ctx, &r, y.engine, append([]string{"match"}, args...)...)
	r.Outside = seen
	return &r, err
}

// often repeats what takes less than 5 s and keeps the run of the median time, so that one hiccup is no figure.
func often[R any](times int, once func() (*R, error), took func(*R) float64) (*R, error) {
	const short = 5 * time.Second
	var all []*R
	for range times {
		r, err := once()
		if err != nil {
			return nil, err
		}
		all = append(all, r)
		if took(r) > short.Seconds() {
			break
		}
	}
	slices.SortFunc(all, func(a, b *R) int {
		switch {
		case took(a) < took(b):
			return -1
		case took(a) > took(b):
			return 1
		}
		return 0
	})
	return all[(len(all)-1)/2], nil
}
