package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// dailyRecord is one instance of the daily model: the engine on one thread and on all, and LEMON's two methods.
type dailyRecord struct {
	origin
	Checked *engineRun `json:"engine_verified"` // with --verify, plan held against the yardstick's checker too
	One     *engineRun `json:"engine_one_thread"`
	All     *engineRun `json:"engine_all_threads"`
	Simplex *lemonRun  `json:"lemon_network_simplex,omitempty"`
	Pruned  *lemonRun  `json:"lemon_pruned"`
}

func (y *yardstick) daily(ctx context.Context, name, seed string) (r *dailyRecord, err error) {
	dir, err := y.instance(ctx, name, seed)
	if err != nil {
		return nil, err
	}
	r = &dailyRecord{origin: y.origin(name, seed)}
	plan := filepath.Join(dir, "plan.csv")
	if r.Checked, err = y.match(ctx, dir, "--verify", "--out", plan); err != nil {
		return nil, err
	}
	if out, err := exec.CommandContext(ctx, filepath.Join(y.dir, "check"), "A", dir, plan).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("the yardstick refuses the plan: %w\n%s", err, out)
	}
	if r.One, err = y.engineRuns(ctx, dir, "--threads", "1"); err != nil {
		return nil, err
	}
	if r.All, err = y.engineRuns(ctx, dir); err != nil {
		return nil, err
	}
	lemon := func(method string) (*lemonRun, error) {
		return often(y.repeat, func() (*lemonRun, error) { return y.lemon(ctx, dir, method) }, (*lemonRun).all)
	}
	if r.Pruned, err = lemon("cgns"); err != nil {
		return nil, err
	}
	if r.One.Agents < y.simplexTo {
		r.Simplex, err = lemon("ns")
	}
	return r, err
}

func (y *yardstick) engineRuns(ctx context.Context, args ...string) (*engineRun, error) {
	return often(y.repeat, func() (*engineRun, error) { return y.match(ctx, args...) }, (*engineRun).all)
}

// rosterRecord is one instance of the roster model: the engine after 2 s, and the exact optimum where HiGHS is there.
type rosterRecord struct {
	origin
	Engine  *engineRun `json:"engine"`
	Weight  int64      `json:"optimum_weight,omitempty"`
	Quality int64      `json:"optimum_quality,omitempty"`
	Greedy  int64      `json:"greedy_weight"`
	Note    string     `json:"note,omitempty"`
}

func (y *yardstick) roster(ctx context.Context, name, seed string) (r *rosterRecord, err error) {
	dir, err := y.instance(ctx, name, seed)
	if err != nil {
		return nil, err
	}
	r = &rosterRecord{origin: y.origin(name, seed)}
	plan := filepath.Join(dir, "plan.csv")
	if r.Engine, err = y.match(ctx, dir, "--model", "roster", "--time-limit", "2s", "--out", plan); err != nil {
		return nil, err
	}
	if out, err := exec.CommandContext(ctx, filepath.Join(y.dir, "check"), "B", dir, plan).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("the yardstick refuses the plan: %w\n%s", err, out)
	}
	greedy, err := exec.CommandContext(ctx, filepath.Join(y.dir, "multi"), dir, "greedy").Output()
	if err != nil {
		return nil, err
	}
	if _, err := fmt.Sscanf(string(greedy[strings.Index(string(greedy), "wfill="):]), "wfill=%d", &r.Greedy); err != nil {
		return nil, fmt.Errorf("%s: %w", greedy, err)
	}
	if r.Weight, r.Quality, err = y.optimum(ctx, dir); err != nil {
		r.Note = "no exact optimum: " + err.Error()
	}
	return r, nil
}

// optimum is the roster model as two integer programs, one after the other: W, then Q at that W.
func (y *yardstick) optimum(ctx context.Context, dir string) (weight, quality int64, err error) {
	kept := filepath.Join(dir, "optimum.json")
	var known [2]int64
	if text, err := os.ReadFile(kept); err == nil && json.Unmarshal(text, &known) == nil {
		return known[0], known[1], nil
	}
	program := filepath.Join(dir, "roster.lp")
	defer os.Remove(program) //nolint:errcheck // it is only in the way
	for i, objective := range []string{"lp1", "lp2"} {
		args := []string{dir, objective, program}
		if i == 1 {
			args = append(args, strconv.FormatInt(known[0], 10))
		}
		if out, err := exec.CommandContext(ctx, filepath.Join(y.dir, "multi"), args...).CombinedOutput(); err != nil {
			return 0, 0, fmt.Errorf("%w: %s", err, out)
		}
		cmd := exec.CommandContext(ctx, "node", filepath.Join(y.dir, "highs.js"), program, "900")
		cmd.Env = append(os.Environ(), "NODE_PATH="+filepath.Join(y.dir, "..", "node_modules"))
		out, err := cmd.Output()
		if err != nil {
			return 0, 0, fmt.Errorf("node with the package highs (npm install --prefix %s highs): %w", y.cache, err)
		}
		var answer struct {
			Status string  `json:"status"`
			Value  float64 `json:"obj"`
		}
		if err := json.Unmarshal(out, &answer); err != nil || answer.Status != "Optimal" {
			return 0, 0, fmt.Errorf("HiGHS says %s", out)
		}
		known[i] = int64(math.Round(answer.Value))
	}
	text, err := json.Marshal(known)
	if err != nil {
		return 0, 0, err
	}
	return known[0], known[1], os.WriteFile(kept, text, 0o600)
}

// tasksRecord is all personnel-task files: a task is a seat, and the whole workforce can do all of them.
type tasksRecord struct {
	origin
	Files []tasksFile `json:"files"`
}

type tasksFile struct {
	File   string     `json:"file"`
	Engine *engineRun `json:"engine"`
}

func (y *yardstick) tasksFolder(ctx context.Context) (string, error) {
	dir := filepath.Join(filepath.Dir(y.dir), "tasks")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", err
	}
	packed, err := filepath.Glob(filepath.Join(y.options.tasks, "*.tar.xz"))
	if err != nil || len(packed) == 0 {
		return "", fmt.Errorf("no personnel-task files in %s", y.options.tasks)
	}
	for _, p := range packed {
		if out, err := exec.CommandContext(ctx, "tar", "-xJf", p, "-C", dir).CombinedOutput(); err != nil {
			return "", fmt.Errorf("unpack %s: %w\n%s", p, err, out)
		}
	}
	return dir, nil
}

func (y *yardstick) tasks(ctx context.Context) (*tasksRecord, error) {
	dir, err := y.tasksFolder(ctx)
	if err != nil {
		return nil, err
	}
	var files []string
	err = filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if filepath.Ext(path) == ".dat" {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	r := &tasksRecord{origin: y.origin("tasks", "")}
	for _, f := range files {
		run, err := y.match(ctx, f, "--model", "roster", "--time-limit", "1s")
		if err != nil {
			return nil, err
		}
		r.Files = append(r.Files, tasksFile{filepath.Base(f), run})
	}
	return r, nil
}

func thisMachine() machine {
	m := machine{Processor: "unknown", Processors: runtime.NumCPU(), Go: runtime.Version()}
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return m
	}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			m.Processor = strings.TrimSpace(value)
			break
		}
	}
	return m
}
