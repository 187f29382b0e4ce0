package exchange_test

import (
	"os/exec"
	"regexp"
	"strconv"
	"testing"

	"peakseat/internal/provetest"
)

// Each importer is fuzzed for a minute. Go would spend that minute on making its first find smaller, where reading takes
// milliseconds, as it does of workbooks: it may try ten times.
func TestProveFuzz(t *testing.T) { //nolint:paralleltest // it measures
	provetest.Need(t)
	execs := regexp.MustCompile(`execs: (\d+)`)
	for _, c := range [][2]string{
		{"FuzzGIFT", "fuzz_gift_runs"},
		{"FuzzMoodleXML", "fuzz_moodle_runs"},
		{"FuzzAiken", "fuzz_aiken_runs"},
		{"FuzzCSV", "fuzz_csv_runs"},
		{"FuzzXLSX", "fuzz_xlsx_runs"},
		{"FuzzXLSXAsCSV", "fuzz_xlsx_as_csv_runs"},
	} {
		out, err := exec.CommandContext(t.Context(), "go", "test", ".", "-run", "^$", "-fuzz", "^"+c[0]+"$", "-fuzztime", "60s", "-fuzzminimizetime", "10x").CombinedOutput()
		found := execs.FindAllStringSubmatch(string(out), -1)
		if err != nil || len(found) == 0 {
			t.Errorf("%s: %v\n%s", c[0], err, out)
			continue
		}
		runs, err := strconv.Atoi(found[len(found)-1][1])
		if err != nil {
			t.Fatal(err)
		}
		provetest.Record(t, c[1], float64(runs), "runs", "in 60 s, without a panic, a file half imported, or one that reads otherwise the second time")
	}
}
