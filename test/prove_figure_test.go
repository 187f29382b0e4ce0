package test

import (
	"encoding/json"
	"os"
	"testing"
)

// proving tells whether the named sizes are wanted.
func proving() bool { return os.Getenv("PEAKSEAT_PROVE") != "" }

// needProve leaves a test to `make prove`.
func needProve(t *testing.T) {
	t.Helper()
	if !proving() {
		t.Skip("a proof at its named size: make prove runs it (PEAKSEAT_PROVE=1)")
	}
}

// figure notes what was measured: in the log, and as a line of the file that PEAKSEAT_FIGURES names.
func figure(t *testing.T, name string, value float64, unit string) {
	t.Helper()
	t.Logf("%s: %.6g %s", name, value, unit)
	path := os.Getenv("PEAKSEAT_FIGURES")
	if path == "" || !proving() {
		return
	}
	line, err := json.Marshal(map[string]any{
		"name": name, "value": value, "unit": unit, "command": "PEAKSEAT_PROVE=1 go test ./test -count 1 -v -run '^" + t.Name() + "$'",
	})
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write(append(line, '\n')); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}
