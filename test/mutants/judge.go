package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"peakseat/internal/clock"
)

// verdict is what became of a mutant.
type verdict struct {
	Commit  string  `json:"commit"`
	Mutant  string  `json:"mutant"`
	Kind    kind    `json:"kind"`
	Killed  bool    `json:"killed"`
	By      string  `json:"by,omitempty"` // the package and the first test that turned red
	Seconds float64 `json:"seconds"`
	SQL     string  `json:"sql,omitempty"`
}

// step is one run of a test binary: a package, and which of its tests.
type step struct {
	path, run, overlay string
}

// guards are the tests that ask a guard directly, which is fast: they come first.
const guards = "Guard|Tenan|Database|Trigger|Polic|Append|Rights"

// accessTests are the tests that walk the operations.
const accessTests = "Access|Operation"

// longest bounds a run whose baseline is short; a hanging mutant is a killed one.
const longest = 60 * time.Second

// steps are the runs that may kill a mutant, the fast ones first.
func (t *tree) steps(m mutant) (list []step) {
	if m.Kind == access {
		for _, path := range []string{"peakseat/internal/app", "peakseat/test"} {
			list = append(list, step{path: path, run: accessTests, overlay: t.overlay()})
		}
		return list
	}
	users := t.users[m.Schema]
	for _, path := range users {
		list = append(list, step{path: path, run: guards})
	}
	for _, path := range users {
		list = append(list, step{path: path, run: "."})
	}
	return list
}

// judge runs the steps until one turns red. A step that is red without any mutant proves nothing, and is an error.
type judge struct {
	tree *tree
	mu   sync.Mutex
	base map[step]func() (baseline, error)
}

type baseline struct {
	binary string // "" where there is nothing to run
	took   time.Duration
}

func judgeAll(ctx context.Context, t *tree, list []mutant, parallel int, kept *verdicts) (made []verdict, err error) {
	j := &judge{tree: t, base: map[step]func() (baseline, error){}}
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, parallel))
	for i, m := range list {
		g.Go(func() error {
			if ctx.Err() != nil {
				return nil //nolint:nilerr // the end was asked for; what was judged is reported
			}
			v, err := j.verdict(ctx, m)
			if ctx.Err() != nil {
				return nil //nolint:nilerr // as above
			}
			if err != nil {
				return fmt.Errorf("%s: %w", m.Name, err)
			}
			mu.Lock()
			defer mu.Unlock()
			made = append(made, v)
			word := "SURVIVED"
			if v.Killed {
				word = "killed"
			}
			fmt.Printf("%4d/%d  %-8s  %5.1f s  %s  %s\n", i+1, len(list), word, v.Seconds, v.Mutant, v.By) //nolint:forbidigo // progress
			return kept.add(v)
		})
	}
	return made, g.Wait()
}

func (j *judge) verdict(ctx context.Context, m mutant) (verdict, error) {
	began := clock.Now()
	v := verdict{Commit: j.tree.Commit, Mutant: m.Name, Kind: m.Kind, SQL: m.SQL}
	for _, s := range j.tree.steps(m) {
		b, err := j.baseline(ctx, s)
		if err != nil {
			return v, err
		}
		if b.binary == "" {
			continue
		}
		by, err := j.run(ctx, s, b.binary, max(longest, 5*b.took), m)
		if err != nil {
			return v, err
		}
		if by != "" {
			v.Killed, v.By = true, strings.TrimPrefix(s.path, "peakseat/")+" "+by
			break
		}
	}
	v.Seconds = clock.Since(began).Seconds()
	return v, nil
}

// baseline is the step without a mutant, run once.
func (j *judge) baseline(ctx context.Context, s step) (baseline, error) {
	j.mu.Lock()
	once, known := j.base[s]
	if !known {
		once = sync.OnceValues(func() (b baseline, err error) {
			if b.binary, err = j.tree.binary(ctx, s.path, s.overlay); err != nil || b.binary == "" {
				return b, err
			}
			if any, err := j.tree.hasTests(ctx, s, b.binary); err != nil || !any {
				return baseline{}, err
			}
			began := clock.Now()
			by, err := j.run(ctx, s, b.binary, 10*time.Minute, mutant{})
			b.took = clock.Since(began)
			if err == nil && by != "" { // once more: the machine is shared
				by, err = j.run(ctx, s, b.binary, 10*time.Minute, mutant{})
			}
			if err == nil && by != "" {
				err = fmt.Errorf("%s is red without any mutant: %s", s.path, by)
			}
			return b, err
		})
		j.base[s] = once
	}
	j.mu.Unlock()
	return once()
}

func (t *tree) hasTests(ctx context.Context, s step, binary string) (bool, error) {
	listed, err := output(ctx, t.packageDir(s.path), binary, "-test.list", s.run)
	return strings.Contains(listed, "Test"), err
}

// run returns the first test that turned red, "" where all were green.
func (j *judge) run(ctx context.Context, s step, binary string, limit time.Duration, m mutant) (by string, err error) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(limited, binary, "-test.run", s.run, "-test.failfast", "-test.short", "-test.timeout", limit.String()) //nolint:gosec // our own
	cmd.Dir = j.tree.packageDir(s.path)
	cmd.Env = append(os.Environ(), "PEAKSEAT_MUTANT="+m.SQL, ruleVariable+"="+m.Rule)
	// what a test starts ends with it, and a keeper of databases outlives it
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "", nil
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.As(err, &exit) || limited.Err() != nil:
		return culprit(said.String()), nil
	}
	return "", fmt.Errorf("run the tests of %s: %w", s.path, err)
}

// culprit is the first test that a run says failed.
func culprit(said string) string {
	if found := regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`).FindStringSubmatch(said); found != nil {
		return found[1]
	}
	if strings.Contains(said, "panic:") {
		return "(panic)"
	}
	return "(ended)"
}
