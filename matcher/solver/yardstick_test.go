package solver_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"peakseat/matcher/solver"
)

// The yardstick is outside this repository: instance generator, LEMON network simplex, and a checker. It is looked for in
// $PEAKSEAT_YARDSTICK, $PEAKSEAT_SHARED/yardstick, then beside the checkout, and copied before it is built (g++ and Debian's
// liblemon-dev). `make bench` measures; this compares.
//
//	PEAKSEAT_INSTANCES="L LT XL XLT W2 W3" go test ./matcher/solver -run LEMON -v -timeout 1h
//	PEAKSEAT_INSTANCES="L XL" go test ./matcher/solver -run - -bench Yardstick
//	PEAKSEAT_YARDSTICK_SEED=77 ...                          the same sizes from another seed
type yardstick struct{ dir string }

// lemon is the part of the reference's answer that is compared; seconds of CPU.
type lemon struct {
	Weight  int64   `json:"wfill"`
	Quality int64   `json:"quality"`
	Arcs    int64   `json:"arcs"`
	Enum    float64 `json:"enum"`
	Build   float64 `json:"build"`
	Solve   float64 `json:"solve"`
}

func TestDailyEqualsLEMON(t *testing.T) {
	t.Parallel()
	y := buildYardstick(t, "solve", "check")
	for _, name := range yardstickNames("S M MT") { //nolint:paralleltest // LEMON is timed beside ours
		t.Run(name, func(t *testing.T) {
			dir := y.instance(t, name) // one after another: they are timed
			p, names := readInstance(t, dir)
			start := time.Now()
			x, err := solver.Prepare(p, solver.Options{})
			if err != nil {
				t.Fatal(err)
			}
			indexed := time.Now()
			plan := x.Daily(solver.Options{})
			solved := time.Now()

			var want lemon
			if err := json.Unmarshal(y.run(t, "solve", dir, "ns"), &want); err != nil {
				t.Fatal(err)
			}
			if plan.Weight != want.Weight || plan.Quality != want.Quality {
				t.Errorf("W %d Q %d, LEMON has W %d Q %d", plan.Weight, plan.Quality, want.Weight, want.Quality)
			}
			v := solver.Certify(p, plan)
			if v.Violations != 0 || v.Pairs != want.Arcs {
				t.Errorf("certificate: %d violations %q over %d pairs, LEMON lists %d", v.Violations, v.First, v.Pairs, want.Arcs)
			}
			path := filepath.Join(t.TempDir(), "plan.csv")
			f, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := solver.WritePlan(f, plan.Seats, names); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			y.run(t, "check", "A", dir, path) // exits 2 on a plan that breaks a rule

			if timed() {
				ours, theirs := solved.Sub(start).Seconds(), want.Enum+want.Build+want.Solve
				t.Logf("%s: index %.4f solve %.4f s; LEMON ns enum %.3f build %.3f solve %.3f s: %.1f times",
					name, indexed.Sub(start).Seconds(), solved.Sub(indexed).Seconds(), want.Enum, want.Build, want.Solve, theirs/ours)
			}

			offers := x.Offers(plan)
			t.Logf("%s: W %d of the model, %d of the offers; %d seats dropped, %d given",
				name, plan.Weight, offers.Weight, len(offers.Dropped), len(offers.Given))
		})
	}
}

// The generator is deterministic, so S has one value.
func TestDailyOnSIsWhatItWas(t *testing.T) {
	t.Parallel()
	if os.Getenv("PEAKSEAT_YARDSTICK_SEED") != "" {
		t.Skip("another seed")
	}
	p, _ := readInstance(t, buildYardstick(t).instance(t, "S"))
	if plan := solve(t, p); plan.Weight != 252 || plan.Quality != 393_444 || len(plan.Seats) != 123 {
		t.Errorf("W %d, Q %d, %d seats, want 252, 393444, 123", plan.Weight, plan.Quality, len(plan.Seats))
	}
}

func BenchmarkYardstick(b *testing.B) {
	y := buildYardstick(b)
	for _, name := range yardstickNames("S M L") {
		p, _ := readInstance(b, y.instance(b, name))
		b.Run("index/"+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := solver.Prepare(p, solver.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("solve/"+name, func(b *testing.B) {
			x, err := solver.Prepare(p, solver.Options{})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				x.Daily(solver.Options{})
			}
		})
		b.Run("certify/"+name, func(b *testing.B) {
			plan := solve(b, p)
			for b.Loop() {
				solver.Certify(p, plan)
			}
		})
	}
}

func yardstickNames(standard string) []string {
	if names := os.Getenv("PEAKSEAT_INSTANCES"); names != "" {
		standard = names
	}
	return strings.Fields(standard)
}

// timed tells whether somebody chose the instances, and so may want to know how long LEMON takes on them.
func timed() bool { return os.Getenv("PEAKSEAT_INSTANCES") != "" }

// buildYardstick builds the generator, and of the rest what is asked for: compiling LEMON takes longer than any test.
func buildYardstick(tb testing.TB, programs ...string) yardstick {
	tb.Helper()
	from := os.Getenv("PEAKSEAT_YARDSTICK")
	if from == "" {
		shared := os.Getenv("PEAKSEAT_SHARED")
		if shared == "" {
			_, here, _, _ := runtime.Caller(0)
			shared = filepath.Join(filepath.Dir(here), "..", "..", "..", "shared")
		}
		from = filepath.Join(shared, "yardstick")
	}
	if _, err := os.Stat(filepath.Join(from, "Makefile")); err != nil {
		tb.Skipf("no yardstick: set PEAKSEAT_YARDSTICK to its folder (%v)", err)
	}
	y := yardstick{tb.TempDir()}
	if err := os.CopyFS(y.dir, os.DirFS(from)); err != nil {
		tb.Fatal(err)
	}
	if !timed() {
		programs = append(programs, "CXXFLAGS=-O0 -std=c++17")
	}
	build := exec.Command("make", append([]string{"-s", "gen"}, programs...)...)
	build.Dir = y.dir
	if out, err := build.CombinedOutput(); err != nil {
		if bytes.Contains(out, []byte("lemon/")) || bytes.Contains(out, []byte("not found")) || len(out) == 0 {
			tb.Skipf("the yardstick cannot be built here (g++ and liblemon-dev): %v", err)
		}
		tb.Fatalf("build the yardstick: %v\n%s", err, out)
	}
	return y
}

// instance generates a named size; PEAKSEAT_YARDSTICK_SEED replaces its seed.
func (y yardstick) instance(tb testing.TB, name string) string {
	tb.Helper()
	for _, specs := range []string{"specs.txt", "wspecs.txt", "mspecs.txt", "mspecs2.txt"} {
		text, err := os.ReadFile(filepath.Join(y.dir, specs))
		if err != nil {
			tb.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			spec := strings.Fields(line)
			if len(spec) < 2 || spec[0] != name {
				continue
			}
			if seed := os.Getenv("PEAKSEAT_YARDSTICK_SEED"); seed != "" {
				spec[1] = seed
			}
			dir := filepath.Join(tb.TempDir(), name)
			if err := os.Mkdir(dir, 0o750); err != nil {
				tb.Fatal(err)
			}
			y.run(tb, "gen", append([]string{dir}, spec[1:]...)...)
			return dir
		}
	}
	tb.Fatalf("the yardstick knows no %s", name)
	return ""
}

func (y yardstick) run(tb testing.TB, program string, args ...string) []byte {
	tb.Helper()
	var errors bytes.Buffer
	cmd := exec.Command(filepath.Join(y.dir, program), args...)
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		tb.Fatalf("%s %v: %v\n%s%s", program, args, err, out, errors.Bytes())
	}
	return out
}

func readInstance(tb testing.TB, dir string) (*solver.Problem, *solver.Names) {
	tb.Helper()
	var files []solver.File
	for _, name := range []string{"agents.csv", "demands.csv", "relations.csv"} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() {
			if err := f.Close(); err != nil {
				tb.Error(fmt.Errorf("close %s: %w", name, err))
			}
		})
		files = append(files, solver.File{Name: name, Reader: f})
	}
	p, n, err := solver.Read(files[0], files[1], files[2])
	if err != nil {
		tb.Fatal(err)
	}
	return p, n
}
