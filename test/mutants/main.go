// Command mutants takes the guards of the program away one at a time, and demands that the suite turns red: every
// constraint, unique index, trigger, policy, row-level security flag and right of the database, and the access rule of
// every operation. A guard whose loss no test notices is a survivor: the promise behind it is only believed.
//
//	make mutants                                    all of it, the gravest kinds first; an hour on two quiet cores
//	go run ./test/mutants -list                     what there is
//	go run ./test/mutants -only 'billing' -kinds exclude,check,trigger
//
// A database mutant is SQL that internal/dbtest runs on every copy that a test is given. An access mutant is chosen at run time
// in a test binary in which every rule was rewritten, so that it is compiled once. What is judged is a commit, not the
// working directory; verdicts are kept in bin/mutants.jsonl, and a second run goes on where the first one ended.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
)

// options are the command line.
type options struct {
	only     *regexp.Regexp
	kinds    []kind
	parallel int
	list     bool
	again    bool
	quick    bool
	whole    bool // no mutant was left out
	tree     string
	commit   string
	verdicts string
	json     string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	survivors, err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(2)
	}
	if survivors > 0 {
		os.Exit(1)
	}
}

func parse() (o options, err error) {
	only := flag.String("only", "", "judge the mutants whose name matches this `regexp`")
	kinds := flag.String("kinds", "", "judge these kinds only, separated by commas: "+strings.Join(kindNames(), ", "))
	flag.IntVar(&o.parallel, "parallel", 2, "how many mutants at once")
	flag.BoolVar(&o.list, "list", false, "list the mutants and judge none")
	flag.BoolVar(&o.again, "again", false, "judge also what was judged before for the same commit")
	flag.BoolVar(&o.quick, "quick", false, "ask the tests of guards only, and leave what they do not kill for later")
	flag.StringVar(&o.tree, "tree", "", "judge this `directory` as it stands; absent: the commit")
	flag.StringVar(&o.commit, "commit", "HEAD", "judge this `commit`")
	flag.StringVar(&o.verdicts, "verdicts", filepath.Join("bin", "mutants.jsonl"), "the `file` in which verdicts are kept")
	flag.StringVar(&o.json, "json", filepath.Join("bin", "mutants.json"), "the `file` to write the report to")
	flag.Parse()
	o.whole = *only == "" && *kinds == ""
	if o.only, err = regexp.Compile(*only); err != nil {
		return o, fmt.Errorf("-only: %w", err)
	}
	for name := range strings.SplitSeq(*kinds, ",") {
		if name == "" {
			continue
		}
		if !slices.Contains(kindNames(), name) {
			return o, fmt.Errorf("-kinds: %q is none of %s", name, strings.Join(kindNames(), ", "))
		}
		o.kinds = append(o.kinds, kind(name))
	}
	return o, nil
}

func run(ctx context.Context) (survivors int, err error) {
	o, err := parse()
	if err != nil {
		return 0, err
	}
	t, err := openTree(ctx, o.tree, o.commit)
	if err != nil {
		return 0, err
	}
	finished := false
	defer func() { err = errors.Join(err, t.close(finished)) }()
	mutants, err := collect(ctx, t, o)
	if err != nil {
		return 0, err
	}
	if o.list {
		for _, m := range mutants {
			fmt.Printf("%-60s  %s\n", m.Name, m.SQL)
		}
		return 0, nil
	}
	known, err := readVerdicts(o.verdicts, t.Commit)
	if err != nil {
		return 0, err
	}
	kept, err := openVerdicts(o.verdicts)
	if err != nil {
		return 0, err
	}
	r := report{Commit: t.Commit}
	var waiting []mutant
	for _, m := range mutants {
		if v, judged := known[m.Name]; judged && !o.again {
			r.Verdicts = append(r.Verdicts, v)
			continue
		}
		waiting = append(waiting, m)
	}
	fmt.Printf("%d mutants of %.12s, %d of them judged before\n", len(mutants), t.Commit, len(r.Verdicts))
	made, err := judgeAll(ctx, t, waiting, o, kept)
	r.Verdicts = append(r.Verdicts, made...)
	finished = len(r.Verdicts) == len(mutants)
	err = errors.Join(err, kept.Close())
	if len(r.Verdicts) > 0 {
		err = errors.Join(err, r.write(o.json), r.print(os.Stdout, len(mutants)))
		if path := os.Getenv("PEAKSEAT_FIGURES"); path != "" && finished && o.whole {
			err = errors.Join(err, r.figures(path))
		}
	}
	return r.survivors(), err
}

// collect lists every mutant that the options want, the gravest kinds first.
func collect(ctx context.Context, t *tree, o options) ([]mutant, error) {
	all, err := databaseMutants(ctx)
	if err != nil {
		return nil, err
	}
	rules, err := accessMutants(t)
	if err != nil {
		return nil, err
	}
	all = append(all, rules...)
	all = slices.DeleteFunc(all, func(m mutant) bool {
		return !o.only.MatchString(m.Name) || len(o.kinds) > 0 && !slices.Contains(o.kinds, m.Kind)
	})
	slices.SortStableFunc(all, func(a, b mutant) int { return a.rank() - b.rank() })
	return all, nil
}
