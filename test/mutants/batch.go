package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"peakseat/internal/clock"
)

// batchSize is how many mutants one run of a guard test makes, each in a transaction of its own. What it says is kept when it ends.
const batchSize = 150

// batchTime bounds such a run.
const batchTime = 10 * time.Minute

// asked is a line of the file that internal/guardtest reads, and of what it answers.
type asked struct{ Name, Table, SQL, Said string }

// batches asks the guard tests about the database mutants, many in one run, and returns the verdicts of those that they notice.
// The others are left for the runs of one mutant each.
func (j *judge) batches(ctx context.Context, list []mutant, parallel int, kept *verdicts) (made []verdict, err error) {
	byStep := map[step][]mutant{}
	var order []step
	for _, m := range list {
		if m.Kind == access {
			continue
		}
		s := j.tree.steps(m)[0]
		s.table = ""
		if byStep[s] == nil {
			order = append(order, s)
		}
		byStep[s] = append(byStep[s], m)
	}
	found := make(chan []verdict, len(list))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, parallel))
	for _, s := range order {
		for some := range slices.Chunk(byStep[s], batchSize) {
			g.Go(func() error {
				killed, err := j.batch(ctx, s, some)
				if err != nil && ctx.Err() == nil {
					return fmt.Errorf("%s %s: %w", s.path, s.run, err)
				}
				fmt.Printf("%4d of %4d killed at once  %s %s\n", len(killed), len(some), s.path, s.run)
				found <- killed
				for _, v := range killed {
					if err := kept.add(v); err != nil {
						return err
					}
				}
				return nil
			})
		}
	}
	err = g.Wait()
	close(found)
	for killed := range found {
		made = append(made, killed...)
	}
	return made, err
}

// batch has a guard test say what it notices of each mutant. Behind them comes each table once more as it is, of which nothing may
// be said: else a mutant outlived its turn, and nothing is believed.
func (j *judge) batch(ctx context.Context, s step, list []mutant) (killed []verdict, err error) {
	b, err := j.baseline(ctx, s)
	if err != nil || b.binary == "" || b.skip != "" {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "peakseat-mutants-batch-")
	if err != nil {
		return nil, fmt.Errorf("make a directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s.mutants = filepath.Join(dir, "mutants.jsonl")
	var lines []asked
	tables := map[string]bool{}
	for _, m := range list {
		lines = append(lines, asked{Name: m.Name, Table: m.Table, SQL: m.SQL})
		tables[m.Table] = true
	}
	for table := range tables {
		lines = append(lines, asked{Table: table, SQL: "select"})
	}
	var text strings.Builder
	for out := json.NewEncoder(&text); len(lines) > 0; lines = lines[1:] {
		if err := out.Encode(lines[0]); err != nil {
			return nil, fmt.Errorf("write the mutants: %w", err)
		}
	}
	if err := write(s.mutants, []byte(text.String())); err != nil {
		return nil, err
	}
	began := clock.Now()
	red, printed, err := j.run(ctx, s, b, batchTime, mutant{})
	if err != nil {
		return nil, err
	}
	if len(red) > 0 {
		fmt.Printf("not believed, the batch ended with %s:\n%s\n", red[0], printed)
		return nil, nil
	}
	took := clock.Since(began).Seconds() / float64(len(list))
	said, err := os.Open(s.mutants + ".said")
	if err != nil {
		return nil, fmt.Errorf("read what was said: %w", err)
	}
	defer said.Close() //nolint:errcheck // read only
	words := map[string]string{}
	for in := json.NewDecoder(said); ; {
		var m asked
		if err := in.Decode(&m); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("read what was said: %w", err)
		}
		if m.Name == "" && m.Said != "" {
			fmt.Printf("not believed, without a mutant %s %s says: %s\n", s.path, s.run, m.Said)
			return nil, nil
		}
		words[m.Name] = m.Said
	}
	for _, m := range list {
		if words[m.Name] != "" {
			by := strings.TrimPrefix(s.path, "peakseat/") + " " + strings.Trim(s.run, "^$")
			killed = append(killed, verdict{Commit: j.tree.Commit, Mutant: m.Name, Kind: m.Kind, Killed: true, By: by, Seconds: took, SQL: m.SQL})
		}
	}
	return killed, nil
}
