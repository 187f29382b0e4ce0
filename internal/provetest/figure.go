// Package provetest is what proofs at their named sizes share: whether they are wanted, and where their figures go.
package provetest

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Figure is one measurement, a line of the file that PEAKSEAT_FIGURES names.
type Figure struct {
	Name    string  `json:"name"` // of all figures of the project, unlike any other
	Value   float64 `json:"value"`
	Unit    string  `json:"unit"`
	Note    string  `json:"note,omitempty"` // sizes and settings that the name does not tell
	Command string  `json:"command"`        // that measures it again
	Commit  string  `json:"commit,omitempty"`
}

// Wanted tells whether the named sizes are wanted: PEAKSEAT_PROVE is set.
func Wanted() bool { return os.Getenv("PEAKSEAT_PROVE") != "" }

// Need leaves a test to `make prove`.
func Need(tb testing.TB) {
	tb.Helper()
	if !Wanted() {
		tb.Skip("a proof at its named size: make prove runs it (PEAKSEAT_PROVE=1)")
	}
}

// Record notes what a proof measured: in the test's log, and in the file that PEAKSEAT_FIGURES names.
func Record(tb testing.TB, name string, value float64, unit, note string) {
	tb.Helper()
	RecordOf(tb, command(tb), name, value, unit, note)
}

// RecordOf is Record of what another command measured, run at the root of the checkout.
func RecordOf(tb testing.TB, command, name string, value float64, unit, note string) {
	tb.Helper()
	tb.Logf("%s: %.6g %s  %s", name, value, unit, note)
	path := os.Getenv("PEAKSEAT_FIGURES")
	if path == "" || !Wanted() {
		return
	}
	line, err := json.Marshal(Figure{Name: name, Value: value, Unit: unit, Note: note, Command: command})
	if err != nil {
		tb.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) //nolint:gosec // whoever runs the proofs says where
	if err != nil {
		tb.Fatal(err)
	}
	_, err = file.Write(append(line, '\n'))
	if err := errors.Join(err, file.Close()); err != nil {
		tb.Fatal(err)
	}
}

// command runs the test alone.
func command(tb testing.TB) string {
	tb.Helper()
	here, err := os.Getwd() // a test runs in the folder of its package
	if err != nil {
		tb.Fatal(err)
	}
	dir, err := filepath.Rel(Root(tb), here)
	if err != nil {
		tb.Fatal(err)
	}
	return "PEAKSEAT_PROVE=1 go test ./" + filepath.ToSlash(dir) + " -count 1 -timeout 3h -v -run '^" + strings.ReplaceAll(tb.Name(), "/", "$/^") + "$'"
}

// Root is the folder of go.mod.
func Root(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		_, err := os.Stat(filepath.Join(dir, "go.mod"))
		switch {
		case err == nil:
			return dir
		case !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir):
			tb.Fatalf("no go.mod above the test: %v", err)
		}
		dir = filepath.Dir(dir)
	}
}
