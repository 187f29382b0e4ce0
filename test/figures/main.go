// Command figures gathers what the proofs measured into docs/figures.json, with the commit and the machine.
// It reads one JSON object a line ({"name", "value", "unit", "command"}) from standard input.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
)

// figure is one measurement.
type figure struct {
	Name    string  `json:"name"`
	Value   float64 `json:"value"`
	Unit    string  `json:"unit"`
	Command string  `json:"command"`
	Note    string  `json:"note,omitempty"`
}

type report struct {
	Commit  string            `json:"commit"`
	Machine map[string]string `json:"machine"`
	Figures []figure          `json:"figures"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

func run() error {
	r := report{Commit: first("git", "rev-parse", "--short", "HEAD"), Machine: map[string]string{
		"processors": strconv.Itoa(runtime.NumCPU()), "processor": processor(), "system": runtime.GOOS + "/" + runtime.GOARCH, "go": runtime.Version(),
	}}
	lines := bufio.NewScanner(os.Stdin)
	for number := 1; lines.Scan(); number++ {
		var f figure
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			return fmt.Errorf("line %d: expected a figure as JSON: %w", number, err)
		}
		r.Figures = append(r.Figures, f)
	}
	if err := lines.Err(); err != nil {
		return err
	}
	if len(r.Figures) == 0 {
		return errors.New("nothing was measured")
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	return out.Encode(r)
}

func first(name string, args ...string) string {
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

func processor() string {
	content, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(content)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.Trim(name, " \t:\n")
		}
	}
	return ""
}
