package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// A shelf is all that was measured so far, each list in the order of its file names.
type shelf struct {
	Machine machine        `json:"machine"`
	Daily   []dailyRecord  `json:"daily"`
	Repair  []repairRecord `json:"repair,omitempty"`
	Replay  []replayRecord `json:"replay,omitempty"`
	Roster  []rosterRecord `json:"roster,omitempty"`
	Tasks   []tasksRecord  `json:"tasks,omitempty"`
}

// origin is what every record begins with.
type origin struct {
	Name   string `json:"instance"`
	Seed   string `json:"seed,omitempty"`
	Named  bool   `json:"named"` // the seed is the yardstick's own
	Commit string `json:"commit"`
}

func (y *yardstick) origin(name, seed string) origin {
	return origin{Name: name, Seed: seed, Named: seed != "" && y.isNamed(name, seed), Commit: commit()}
}

// commit is what was measured, with a + where the engine has changes that are not committed.
func commit() string {
	out, err := exec.Command("git", "rev-parse", "--short", "HEAD").Output()
	if err != nil {
		return "unknown"
	}
	name := strings.TrimSpace(string(out))
	if exec.Command("git", "diff", "--quiet", "HEAD", "--", "matcher/solver", "cmd/peakseat").Run() != nil {
		name += "+"
	}
	return name
}

// keep measures unless the shelf has it, and puts it there.
func (y *yardstick) keep(kind, name, seed string, measure func() (any, error)) error {
	path := filepath.Join(y.cache, "measured", strings.TrimSuffix(kind+"-"+name+"-"+seed, "-")+".json")
	if _, err := os.Stat(path); err == nil && !y.again {
		return nil
	}
	fmt.Fprintf(os.Stderr, "bars: %s %s %s\n", kind, name, seed)
	record, err := measure()
	if err != nil {
		return fmt.Errorf("%s %s %s: %w", kind, name, seed, err)
	}
	text, err := json.MarshalIndent(record, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o600)
}

func readShelf(cache string) (*shelf, error) {
	s := &shelf{Machine: thisMachine()}
	files, err := os.ReadDir(filepath.Join(cache, "measured"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, f := range files {
		path := filepath.Join(cache, "measured", f.Name())
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		kind, _, _ := strings.Cut(f.Name(), "-")
		switch strings.TrimSuffix(kind, ".json") {
		case "daily":
			err = take(text, &s.Daily)
		case "repair":
			err = take(text, &s.Repair)
		case "replay":
			err = take(text, &s.Replay)
		case "roster":
			err = take(text, &s.Roster)
		case "tasks":
			err = take(text, &s.Tasks)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	slices.SortStableFunc(s.Daily, func(a, b dailyRecord) int { return bySize(a.origin, b.origin, dailyNames()) })
	slices.SortStableFunc(s.Repair, func(a, b repairRecord) int { return bySize(a.origin, b.origin, dailyNames()) })
	slices.SortStableFunc(s.Roster, func(a, b rosterRecord) int { return bySize(a.origin, b.origin, rosterNames()) })
	return s, nil
}

func take[R any](text []byte, to *[]R) error {
	var r R
	if err := json.Unmarshal(text, &r); err != nil {
		return err
	}
	*to = append(*to, r)
	return nil
}

// bySize sorts as the names are listed, the named seed first.
func bySize(a, b origin, names []string) int {
	if a.Name != b.Name {
		return slices.Index(names, a.Name) - slices.Index(names, b.Name)
	}
	if a.Named != b.Named {
		if a.Named {
			return -1
		}
		return 1
	}
	return strings.Compare(a.Seed, b.Seed)
}

// machine is what the figures depend on.
type machine struct {
	Processor  string `json:"processor"`
	Processors int    `json:"processors"`
	Go         string `json:"go"`
}
