// Command figures gathers what the proofs measured (provetest.Figure, one JSON object a line of standard input) into one
// file on standard output, with the commit and the machine.
//
//	go run ./test/figures < bin/figures.jsonl                     these and no others
//	go run ./test/figures docs/figures.json < bin/figures.jsonl   these in place of their namesakes in a file of the same machine
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"peakseat/internal/provetest"
)

type report struct {
	Machine map[string]string  `json:"machine"`
	Figures []provetest.Figure `json:"figures"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

func run() error {
	r := report{Machine: machine()}
	if len(os.Args) > 1 {
		content, err := os.ReadFile(os.Args[1])
		if err != nil {
			return err
		}
		var old report
		if err := json.Unmarshal(content, &old); err != nil {
			return fmt.Errorf("%s: %w", os.Args[1], err)
		}
		if !maps.Equal(old.Machine, r.Machine) {
			return fmt.Errorf("%s is of another machine, %v, and this is %v: measure all figures", os.Args[1], old.Machine, r.Machine)
		}
		r.Figures = old.Figures
	}
	measured, err := read(os.Stdin)
	if err != nil {
		return err
	}
	at := commit()
	for _, f := range measured {
		if f.Commit == "" { // mutants judges a commit that it is told
			f.Commit = at
		}
		same := func(o provetest.Figure) bool { return o.Name == f.Name }
		if i := slices.IndexFunc(r.Figures, same); i >= 0 {
			r.Figures[i] = f
			continue
		}
		r.Figures = append(r.Figures, f)
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(r)
}

func read(from io.Reader) (list []provetest.Figure, err error) {
	lines := bufio.NewScanner(from)
	for number := 1; lines.Scan(); number++ {
		var f provetest.Figure
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			return nil, fmt.Errorf("line %d: expected a figure as JSON: %w", number, err)
		}
		list = append(list, f)
	}
	if len(list) == 0 {
		err = errors.New("nothing was measured")
	}
	return list, errors.Join(lines.Err(), err)
}

func machine() map[string]string {
	m := map[string]string{
		"processors": strconv.Itoa(runtime.NumCPU()), "processor": after("/proc/cpuinfo", "model name"),
		"system": runtime.GOOS + "/" + runtime.GOARCH, "go": runtime.Version(),
	}
	if kib, err := strconv.Atoi(strings.TrimSuffix(after("/proc/meminfo", "MemTotal"), " kB")); err == nil {
		m["memory"] = fmt.Sprintf("%.0f GiB", float64(kib)/(1<<20))
	}
	if version := first("postgres", "--version"); version != "" {
		m["postgres"] = version
	} else if found, err := exec.Command("sh", "-c", "ls -d /usr/lib/postgresql/*/bin/postgres | sort -V | tail -n 1").Output(); err == nil {
		m["postgres"] = first(strings.TrimSpace(string(found)), "--version")
	}
	return m
}

// commit is what was measured; "+" says that files were changed since.
func commit() string {
	at := first("git", "rev-parse", "--short", "HEAD")
	if exec.Command("git", "diff", "--quiet", "HEAD", "--", ".", ":!docs/figures.json", ":!docs/web-figures.json").Run() != nil {
		at += "+"
	}
	return at
}

func first(name string, args ...string) string {
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// after is what a file of Linux says after a word.
func after(path, word string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(content)) {
		if value, ok := strings.CutPrefix(line, word); ok {
			return strings.Trim(value, " \t:\n")
		}
	}
	return ""
}
