package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
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
	Reason  string  `json:"equivalent,omitempty"` // why a survivor is no gap
}

// step is one run of a test binary: a package, which of its tests, and of which table's guards.
type step struct {
	path, run, overlay, table string
	mutants                   string // the file of the mutants that a guard test makes itself
}

// tableVariable has the guard tests ask one table's guards only.
const tableVariable = "PEAKSEAT_GUARDS_OF"

// mutantsVariable has the guard tests make the mutants of a file themselves.
const mutantsVariable = "PEAKSEAT_GUARDS_MUTANTS"

// The tests that ask a guard directly come first: of its table, then all of its package's.
const (
	refusals = "^TestGuardsRefuse$"
	rights   = "^TestGuardsAdmit$"
	policies = "^TestEveryTenantTableHasPolicies$"
	guards   = "Guard|Tenan|Database|Trigger|Polic|Append|Rights|Books|Stays|Kept"
)

// The tests of access rules: what the operations say of themselves, and a walk that asks the running program, which takes a minute.
const (
	accessRules = "^TestAccessRules"
	accessWalk  = "Access|Operation"
)

// longest bounds a run whose baseline is short; a hanging mutant is a killed one.
const longest = 60 * time.Second

// steps are the runs that may kill a mutant, the fast ones first.
func (t *tree) steps(m mutant) (list []step) {
	if m.Kind == access {
		return []step{{path: "peakseat/test", run: accessRules, overlay: t.overlay()}, {path: "peakseat/test", run: accessWalk, overlay: t.overlay()}}
	}
	first := refusals
	if slices.Contains([]kind{widen, open, grant, narrow, revoke}, m.Kind) {
		first = rights
	}
	list = append(list, step{path: t.owner[m.Schema], run: first, table: m.Table}, step{path: t.owner[m.Schema], run: guards})
	if first == rights {
		list = append(list, step{path: "peakseat/test", run: policies})
	}
	for _, path := range t.users[m.Schema] {
		list = append(list, step{path: path, run: "."})
	}
	return list
}

// judge runs the steps until one turns red. A test that is red without any mutant proves nothing, and is left out.
type judge struct {
	tree  *tree
	quick bool // the tests of guards only; what they do not kill is left without a verdict
	mu    sync.Mutex
	base  map[step]func() (baseline, error)
}

type baseline struct {
	binary string // "" where there is nothing to run
	skip   string // the tests that are red without any mutant
	took   time.Duration
}

func judgeAll(ctx context.Context, t *tree, list []mutant, o options, kept *verdicts) (made []verdict, err error) {
	j := &judge{tree: t, quick: o.quick, base: map[step]func() (baseline, error){}}
	if made, err = j.batches(ctx, list, o.parallel, kept); err != nil {
		return made, err
	}
	killed := map[string]bool{}
	for _, v := range made {
		killed[v.Mutant] = true
	}
	list = slices.DeleteFunc(list, func(m mutant) bool { return killed[m.Name] })
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, o.parallel))
	for i, m := range list {
		g.Go(func() error {
			if ctx.Err() != nil {
				return nil
			}
			v, err := j.verdict(ctx, m)
			if ctx.Err() != nil {
				return nil
			}
			if err != nil {
				return fmt.Errorf("%s: %w", m.Name, err)
			}
			mu.Lock()
			defer mu.Unlock()
			word := "SURVIVED"
			if j.quick && !v.Killed && v.Reason == "" {
				fmt.Printf("%4d/%d  not yet   %5.1f s  %s\n", i+1, len(list), v.Seconds, v.Mutant)
				return nil
			}
			made = append(made, v)
			if v.Killed {
				word = "killed"
			}
			fmt.Printf("%4d/%d  %-8s  %5.1f s  %s  %s\n", i+1, len(list), word, v.Seconds, v.Mutant, v.By)
			return kept.add(v)
		})
	}
	err = g.Wait()
	return made, err
}

func (j *judge) verdict(ctx context.Context, m mutant) (verdict, error) {
	began := clock.Now()
	v := verdict{Commit: j.tree.Commit, Mutant: m.Name, Kind: m.Kind, SQL: m.SQL}
	for _, s := range j.tree.steps(m) {
		if (j.quick || equivalent(m) != "") && (s.run == "." || s.run == accessWalk) {
			break // what is the same by construction needs no hour's proof
		}
		b, err := j.baseline(ctx, s)
		if err != nil {
			return v, err
		}
		if b.binary == "" {
			continue
		}
		red, said, err := j.run(ctx, s, b, max(longest, 5*b.took), m)
		if err == nil && len(red) > 0 && !strings.HasPrefix(red[0], "(") && !inItsWords.MatchString(said) {
			red, err = j.confirm(ctx, s, b, red[0], m)
		}
		if err != nil {
			return v, err
		}
		if len(red) > 0 {
			v.Killed, v.By = true, strings.TrimPrefix(s.path, "peakseat/")+" "+red[0]
			break
		}
	}
	v.Seconds = clock.Since(began).Seconds()
	if !v.Killed {
		v.Reason = equivalent(m)
	}
	return v, nil
}

// inItsWords are what internal/guardtest and the test of access rules say when a guard is gone. They say it from the catalogue
// and from rows of their own, however busy the machine is.
var inItsWords = regexp.MustCompile(`does not refuse|has no effect on|takes a row twice|may be null|may name what is not there|is not refused: |(now|was):  \w|, and the table says `)

// confirm runs the test that turned red alone: it has to be red again with the mutant, and green without. Some tests are red at
// times on a busy machine, and prove nothing then.
func (j *judge) confirm(ctx context.Context, s step, b baseline, test string, m mutant) (red []string, err error) {
	s.run = "^" + test + "$"
	limit := max(longest, 5*b.took)
	if red, _, err = j.run(ctx, s, b, limit, m); err != nil || len(red) == 0 {
		return nil, err
	}
	if without, _, err := j.run(ctx, s, b, limit, mutant{}); err != nil || len(without) > 0 {
		return nil, err
	}
	return red, nil
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
			if some, err := j.tree.hasTests(ctx, s, b.binary); err != nil || !some {
				return baseline{}, err
			}
			for {
				began := clock.Now()
				red, _, err := j.run(ctx, s, b, 10*time.Minute, mutant{})
				b.took = clock.Since(began)
				if err != nil || len(red) == 0 {
					return b, err
				}
				fmt.Printf("left out, red without any mutant: %s %s\n", s.path, strings.Join(red, ", "))
				if strings.HasPrefix(red[0], "(") {
					return baseline{}, nil // the binary itself ends
				}
				b.skip = strings.Trim(b.skip+"|^"+strings.Join(red, "$|^")+"$", "|")
			}
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

// run returns the tests that turned red, with a mutant the first one only, and what was printed.
func (j *judge) run(ctx context.Context, s step, b baseline, limit time.Duration, m mutant) (red []string, printed string, err error) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	args := []string{"-test.run", s.run, "-test.skip", b.skip, "-test.short", "-test.timeout", limit.String()}
	if m.Name != "" {
		args = append(args, "-test.failfast")
	}
	cmd := exec.CommandContext(limited, b.binary, args...)
	cmd.Dir = j.tree.packageDir(s.path)
	cmd.Env = append(os.Environ(), "PEAKSEAT_MUTANT="+m.SQL, ruleVariable+"="+m.Rule, tableVariable+"="+s.table, mutantsVariable+"="+s.mutants)
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
		return nil, "", nil
	case ctx.Err() != nil:
		return nil, "", ctx.Err()
	case limited.Err() == nil && errors.As(err, &exit) && !exit.Exited():
		return nil, "", fmt.Errorf("the tests of %s were ended from outside: %w", s.path, err)
	case errors.As(err, &exit) || limited.Err() != nil:
		return culprits(said.String()), said.String(), nil
	}
	return nil, "", fmt.Errorf("run the tests of %s: %w", s.path, err)
}

// culprits are the tests that a run says failed; in brackets how it ended where it names none.
func culprits(said string) (names []string) {
	for _, found := range regexp.MustCompile(`(?m)^--- FAIL: (\S+)`).FindAllStringSubmatch(said, -1) {
		names = append(names, found[1])
	}
	switch {
	case len(names) > 0:
		return names
	case strings.Contains(said, "panic: test timed out"):
		return []string{"(hangs)"}
	}
	return []string{"(ends)"}
}
