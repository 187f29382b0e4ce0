package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"

	"peakseat/internal/provetest"
)

// verdicts is the file in which they are kept, one a line.
type verdicts struct {
	mu   sync.Mutex
	file *os.File
}

func openVerdicts(path string) (*verdicts, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("keep the verdicts: %w", err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("keep the verdicts: %w", err)
	}
	return &verdicts{file: file}, nil
}

func (k *verdicts) add(v verdict) error {
	line, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("keep the verdict: %w", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	_, err = k.file.Write(append(line, '\n'))
	return err
}

// Close closes the file.
func (k *verdicts) Close() error { return k.file.Close() }

// readVerdicts are those of a commit, by mutant, the last one of each.
func readVerdicts(path, commit string) (map[string]verdict, error) {
	known := map[string]verdict{}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) || commit == "" {
		return known, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the verdicts: %w", err)
	}
	defer file.Close() //nolint:errcheck // read only
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var v verdict
		if json.Unmarshal(lines.Bytes(), &v) == nil && v.Commit == commit { // the last line may be cut short
			known[v.Mutant] = v
		}
	}
	return known, nil
}

// report is what a run found.
type report struct {
	Commit   string    `json:"commit,omitempty"`
	Total    int       `json:"total"`
	Killed   int       `json:"killed"`
	Survived int       `json:"survived"`
	Verdicts []verdict `json:"verdicts"`
}

func (r *report) survivors() int {
	return r.count(func(v verdict) bool { return !v.Killed && v.Reason == "" })
}

func (r *report) write(path string) error {
	r.Total, r.Survived, r.Killed = len(r.Verdicts), r.survivors(), r.count(func(v verdict) bool { return v.Killed })
	content, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return os.WriteFile(path, append(content, '\n'), 0o644)
}

// figures appends what came of a whole run to the file that PEAKSEAT_FIGURES names, for test/figures.
func (r *report) figures(path string) error {
	var byKind []string
	for _, k := range kinds() {
		if n := r.count(func(v verdict) bool { return v.Kind == k }); n > 0 {
			byKind = append(byKind, fmt.Sprintf("%s %d", k, n))
		}
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the figures: %w", err)
	}
	out := json.NewEncoder(file)
	for _, f := range []provetest.Figure{
		{Name: "mutants_judged", Value: float64(len(r.Verdicts)), Note: strings.Join(byKind, ", ")},
		{Name: "mutants_killed", Value: float64(r.count(func(v verdict) bool { return v.Killed }))},
		{Name: "mutants_equivalent", Value: float64(r.count(func(v verdict) bool { return v.Reason != "" })), Note: "another guard refuses the same, by construction"},
		{Name: "mutants_survived", Value: float64(r.survivors())},
	} {
		f.Unit, f.Command, f.Commit = "mutants", "make mutants", r.Commit[:min(len(r.Commit), 7)]
		err = errors.Join(err, out.Encode(f))
	}
	return errors.Join(err, file.Close())
}

func (r *report) count(those func(verdict) bool) (n int) {
	for _, v := range r.Verdicts {
		if those(v) {
			n++
		}
	}
	return n
}

// print writes a line a kind, and the survivors by name.
func (r *report) print(out io.Writer, wanted int) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "\nkind\tkilled\tsurvived\tno gap\tseconds each\n")
	var survivors, idle []string
	for _, k := range kinds() {
		var killed, survived, none int
		var seconds float64
		for _, v := range r.Verdicts {
			if v.Kind != k {
				continue
			}
			seconds += v.Seconds
			if v.Killed {
				killed++
				continue
			}
			if v.Reason != "" {
				none++
				idle = append(idle, v.Mutant+": "+v.Reason)
				continue
			}
			survived++
			survivors = append(survivors, v.Mutant)
		}
		if n := killed + survived + none; n > 0 {
			fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%.1f\n", k, killed, survived, none, seconds/float64(n))
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	slices.Sort(survivors)
	if len(survivors) > 0 {
		fmt.Fprintf(out, "\nsurvivors\n  %s\n", strings.Join(survivors, "\n  "))
	}
	slices.Sort(idle)
	if len(idle) > 0 {
		fmt.Fprintf(out, "\nno gap: another guard refuses the same\n  %s\n", strings.Join(idle, "\n  "))
	}
	killed := r.count(func(v verdict) bool { return v.Killed })
	_, err := fmt.Fprintf(out, "\n%d of %d judged, %d killed, %d survived, %d no gap.\n", len(r.Verdicts), wanted, killed, r.survivors(), len(idle))
	return err
}
