package solver_test

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"peakseat/matcher/solver"
)

const tasks = "# a comment\nType = 1\nJobs = 3\n   0  60\n  30\t90\n\n  60  120\nQualifications = 2\n2:  0  1\n 2: 1 2 \n"

func readTasks(text string) (*solver.Problem, error) {
	return solver.ReadTasks(solver.File{Name: "t.dat", Reader: strings.NewReader(text)})
}

func TestReadTasksTakesTheFormat(t *testing.T) {
	t.Parallel()
	p, err := readTasks(tasks)
	if err != nil {
		t.Fatal(err)
	}
	if p.Agents() != 2 || p.Lines() != 3 || p.Seats() != 3 || p.Line(1).Start != 30 || p.Line(1).End != 90 || len(p.Agent(1).Tags) != 2 {
		t.Errorf("came out as %+v", p)
	}
	plan := planRoster(t, p, solver.Options{})
	if want := []solver.Seat{{Line: 0, Agent: 0}, {Line: 1, Agent: 1}}; len(plan.Seats) != 2 || !plan.Complete {
		t.Errorf("seats %v, proven %v, want two like %v: jobs 1 and 2 overlap", plan.Seats, plan.Complete, want)
	}
}

func TestReadTasksSaysWhereAndWhatWasExpected(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, with, want string }{
		"nothing":          {tasks, "", `t.dat:1: "Type = n" with n of 1 to 1 expected`},
		"another type":     {"Type = 1", "Type = 2", `t.dat:2: "Type = n" with n of 1 to 1`},
		"no jobs":          {"Jobs = 3", "Jobs = 0", `t.dat:3: "Jobs = n" with n of 1 to 10000`},
		"a word":           {"Jobs = 3", "Jobs = three", `t.dat:3: "Jobs = n"`},
		"backwards":        {"  30\t90", "90 30", "t.dat:5: start and end of job 1"},
		"too late":         {"  30\t90", "30 70000", "t.dat:5: start and end of job 1"},
		"three times":      {"  30\t90", "30 90 95", "t.dat:5: start and end of job 1"},
		"a job less":       {"  60  120\n", "", `t.dat:7: start and end of job 2`},
		"no workers":       {"Qualifications = 2\n2:  0  1\n 2: 1 2 \n", "", `t.dat:8: "Qualifications = n"`},
		"a worker less":    {" 2: 1 2 \n", "", "t.dat:10: a worker's jobs"},
		"a worker more":    {" 2: 1 2 \n", " 2: 1 2 \n0:\n", "t.dat:11: nothing after the last worker expected"},
		"another number":   {"2:  0  1", "3:  0  1", "t.dat:9: a worker's jobs"},
		"a job twice":      {"2:  0  1", "2:  0  0", "t.dat:9: a worker's jobs"},
		"an unknown job":   {"2:  0  1", "2:  0  3", "t.dat:9: a worker's jobs"},
		"no colon":         {"2:  0  1", "2  0  1", "t.dat:9: a worker's jobs"},
		"jobs run on":      {"2:  0  1", "2:0,1", "t.dat:9: a worker's jobs"},
		"a very long line": {"# a comment", strings.Repeat("#", 3<<20), "t.dat:1: a line of less than 1 MiB expected"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := readTasks(strings.Replace(tasks, c.old, c.with, 1))
			var input *solver.InputError
			if !errors.As(err, &input) || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want an input error that begins with %q", err, c.want)
			}
		})
	}
}

func TestReadTasksPassesAReadersErrorOn(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	_, err := solver.ReadTasks(solver.File{Name: "t", Reader: io.MultiReader(strings.NewReader("Type = 1\n"), iotest.ErrReader(broken))})
	var input *solver.InputError
	if !errors.Is(err, broken) || errors.As(err, &input) {
		t.Errorf("got %v, want the reader's error and no input error", err)
	}
}

func FuzzReadTasks(f *testing.F) {
	f.Add(tasks)
	f.Add("Type=1\nJobs=1\n1 2\nQualifications=1\n0:\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := readTasks(text)
		if err != nil {
			var input *solver.InputError
			if !errors.As(err, &input) || input.Line < 1 || input.Expected == "" {
				t.Fatalf("error without place: %v", err)
			}
			return
		}
		if v := solver.CheckRoster(p, planRoster(t, p, solver.Options{Work: 10_000})); v.Violations != 0 {
			t.Fatalf("%q", v.First)
		}
	})
}

// First-fit by start time misses jobs of some of these files; the chains must complete them.
func TestEveryTaskOfTheTaskFilesIsFilled(t *testing.T) {
	t.Parallel()
	for _, path := range taskFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".dat"), func(t *testing.T) {
			t.Parallel()
			p := openTasks(t, path)
			plan := planRoster(t, p, solver.Options{Work: 100_000_000})
			if v := solver.CheckRoster(p, plan); v.Violations != 0 || int64(len(plan.Seats)) != p.Seats() || !plan.Complete {
				t.Errorf("%d of %d filled, %q", len(plan.Seats), p.Seats(), v.First)
			}
		})
	}
}

func openTasks(tb testing.TB, path string) *solver.Problem {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	p, err := solver.ReadTasks(solver.File{Name: path, Reader: f})
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// taskFiles unpacks data/smptsp of $PEAKSEAT_SHARED, or of the folder beside the checkout.
func taskFiles(tb testing.TB) []string {
	tb.Helper()
	shared := os.Getenv("PEAKSEAT_SHARED")
	if shared == "" {
		_, here, _, _ := runtime.Caller(0)
		shared = filepath.Join(filepath.Dir(here), "..", "..", "..", "shared")
	}
	packed, _ := filepath.Glob(filepath.Join(shared, "data", "smptsp", "*.tar.xz"))
	if len(packed) == 0 {
		tb.Skip("no ptask files: set PEAKSEAT_SHARED to the folder that holds data/smptsp")
	}
	dir := tb.TempDir()
	if out, err := exec.Command("tar", "-xJf", packed[0], "-C", dir).CombinedOutput(); err != nil {
		tb.Skipf("tar and xz are needed: %v %s", err, out)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.dat"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("no .dat file in %s (%v)", packed[0], err)
	}
	return files
}
