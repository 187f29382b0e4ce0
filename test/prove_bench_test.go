package test

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"peakseat/internal/provetest"
)

// Claims in a closed loop beside pgbench, at 2, 8, 32 and 256 clients, and at a shift that is sold out.
func TestProveClaims(t *testing.T) { //nolint:paralleltest // it measures
	provetest.Need(t)
	command := "PEAKSEAT_BENCH_SECONDS=1 go test ./matcher -count 3 -timeout 1h -run - -bench '^BenchmarkClaims' -benchtime 1x"
	out, err := shellOut(t, command)
	if err != nil {
		t.Errorf("%s: %v\n%s", command, err, out) // and yet, what was measured is noted
	}
	for _, m := range parseBenchmarks(t, out) {
		provetest.RecordOf(t, command, m.name, m.value, m.unit, "median of 3 runs of a second, each beside pgbench on the same server, tables and constraints; fsync on")
	}
}

// The daily model at the yardstick's sizes S, M and L: the optimum of LEMON's network simplex, and how long it takes.
func TestProveSolver(t *testing.T) { //nolint:paralleltest // it measures
	provetest.Need(t)
	command := "PEAKSEAT_INSTANCES='S M L' go test ./matcher/solver -count 3 -timeout 1h -v -run 'TestDailyEqualsLEMON|TestDailyOnSIsWhatItWas' -bench Yardstick -benchtime 5x"
	out := shell(t, command)
	if !strings.Contains(out, "--- PASS: TestDailyEqualsLEMON/L") {
		t.Skipf("no yardstick beside the checkout, or nothing to build it with:\n%s", out)
	}
	for _, m := range parseBenchmarks(t, out) {
		name, _ := strings.CutPrefix(m.name, "yardstick_")
		provetest.RecordOf(t, command, "solver_"+name, m.value, m.unit, "median of 3 runs")
	}
	provetest.RecordOf(t, command, "solver_below_the_optimum", 0, "instances", "weight and quality of S, M and L equal LEMON's network simplex; the certificate and the yardstick's checker agree")
}

// metric is what a benchmark reported, the median of its runs.
type metric struct {
	name, unit string
	value      float64
}

// shell runs a command at the root of the checkout, which must succeed.
func shell(t *testing.T, command string) string {
	t.Helper()
	out, err := shellOut(t, command)
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	return out
}

func shellOut(t *testing.T, command string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
	cmd.Dir = provetest.Root(t)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "PEAKSEAT_PROVE=") })
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// parseBenchmarks reads lines such as
//
//	BenchmarkClaimsSpread/32-2   1   4821 claims/s   1.2 ratio   9.1 p99-ms
//
// as claims_spread_32_claims, claims_spread_32_ratio, claims_spread_32_p99.
func parseBenchmarks(t *testing.T, out string) (list []metric) {
	t.Helper()
	runs := map[metric][]float64{}
	for _, line := range regexp.MustCompile(`(?m)^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+(\S.*)$`).FindAllStringSubmatch(out, -1) {
		fields := strings.Fields(line[2])
		for i := 0; i+1 < len(fields); i += 2 {
			value, err := strconv.ParseFloat(fields[i], 64)
			if err != nil {
				t.Fatalf("a benchmark's line reads %q", line[0])
			}
			m := metric{name: benchmarkName(line[1]), unit: fields[i+1]}
			switch what, isTime := strings.CutSuffix(m.unit, "-ms"); {
			case m.unit == "ns/op" && value == 0:
				continue // it measures something else
			case m.unit == "ns/op":
				m.unit, value = "s", value/1e9
			case isTime:
				m.name, m.unit = m.name+"_"+benchmarkName(what), "ms"
			case strings.HasSuffix(m.unit, "/s"):
				m.name += "_" + benchmarkName(strings.TrimSuffix(m.unit, "/s"))
			default:
				m.name += "_" + benchmarkName(m.unit)
			}
			if runs[m] == nil {
				list = append(list, m)
			}
			runs[m] = append(runs[m], value)
		}
	}
	if len(list) == 0 {
		t.Fatalf("no benchmark reported anything:\n%s", out)
	}
	for i, m := range list {
		slices.Sort(runs[m])
		list[i].value = runs[m][len(runs[m])/2]
	}
	return list
}

// benchmarkName makes ClaimsSpread/32 into claims_spread_32.
func benchmarkName(name string) string {
	name = regexp.MustCompile(`([a-z0-9])([A-Z])`).ReplaceAllString(name, "${1}_$2")
	return strings.ToLower(strings.Trim(regexp.MustCompile(`[^A-Za-z0-9]+`).ReplaceAllString(name, "_"), "_"))
}

func TestFiguresAreReadOffBenchmarks(t *testing.T) {
	t.Parallel()
	const out = `goos: linux
BenchmarkClaimsSpread/32-2   	 1	 0 ns/op	  4000 claims/s	 1.5 ratio	 9.1 p99-ms	 0.3 pgbench-PG-ms
BenchmarkClaimsSpread/32-2   	 1	 0 ns/op	  5000 claims/s	 1.2 ratio	 8.1 p99-ms	 0.2 pgbench-PG-ms
BenchmarkClaimsSpread/32-2   	 1	 0 ns/op	  6000 claims/s	 1.1 ratio	 7.1 p99-ms	 0.1 pgbench-PG-ms
BenchmarkYardstick/solve/L-2 	 3	 16000000 ns/op
PASS
`
	want := []metric{
		{"claims_spread_32_claims", "claims/s", 5000},
		{"claims_spread_32_ratio", "ratio", 1.2},
		{"claims_spread_32_p99", "ms", 8.1},
		{"claims_spread_32_pgbench_pg", "ms", 0.2},
		{"yardstick_solve_l", "s", 0.016},
	}
	if got := parseBenchmarks(t, out); !slices.Equal(got, want) {
		t.Errorf("read\n%v, want\n%v", got, want)
	}
}
