package dbtest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/dbtest"
)

const nobody = 65534

// TestManyProcessesShareOneServerThatEndsAfterThem is the promise of this package.
func TestManyProcessesShareOneServerThatEndsAfterThem(t *testing.T) {
	t.Parallel()
	s := newSite(t, os.Geteuid())
	var all errgroup.Group
	for range 6 {
		all.Go(func() error { return s.run(t, "TestEachTestHasADatabaseOfItsOwn") })
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(filepath.Join(s.dir(), "keeper.log"))
	if err != nil {
		t.Fatal(err)
	}
	if starts := bytes.Count(log, []byte("making the private PostgreSQL's data")); starts != 1 {
		t.Errorf("%d servers were started, want one:\n%s", starts, log)
	}
	s.awaitEnd(t)
}

func TestServerWorksForNonRoot(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("not root already")
	}
	s := newSite(t, nobody)
	if err := s.run(t, "TestEachTestHasADatabaseOfItsOwn"); err != nil {
		t.Fatal(err)
	}
	s.awaitEnd(t)
}

func TestDatabasesGoWithTheirTestAndWithTheirProcess(t *testing.T) {
	t.Parallel()
	s := newSite(t, os.Geteuid())
	holder := s.start(t, "TestHelperHoldsADatabase") // keeps the server alive
	eventually(t, "the helper has a database", func() bool { return s.databases(t) == 1 })
	if err := s.run(t, "TestEachTestHasADatabaseOfItsOwn"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "finished tests left no database", func() bool { return s.databases(t) == 1 })

	other := s.start(t, "TestHelperHoldsADatabase")
	eventually(t, "the other helper has a database", func() bool { return s.databases(t) == 2 })
	kill(other)
	eventually(t, "the killed helper's database is dropped", func() bool { return s.databases(t) == 1 })
	kill(holder)
	s.awaitEnd(t)
}

func TestKilledKeeperIsReplaced(t *testing.T) {
	t.Parallel()
	s := newSite(t, os.Geteuid())
	holder := s.start(t, "TestHelperHoldsADatabase")
	eventually(t, "the server is up", func() bool { return s.databases(t) == 1 })
	first := s.address(t)
	if err := syscall.Kill(s.keeper(t), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "its server went with it", func() bool {
		conn, err := pgx.Connect(t.Context(), first)
		if err != nil {
			return errors.Is(err, syscall.ECONNREFUSED)
		}
		_ = conn.Close(t.Context())
		return false
	})
	if err := s.run(t, "TestEachTestHasADatabaseOfItsOwn"); err != nil {
		t.Fatal(err)
	}
	if s.address(t) == first {
		t.Error("the dead server's address is still there")
	}
	kill(holder)
	s.awaitEnd(t)
}

func TestFailedMigrationLeavesNoTemplate(t *testing.T) {
	t.Parallel()
	s := newSite(t, os.Geteuid())
	if err := s.run(t, "TestHelperFailsOnce"); err != nil {
		t.Fatal(err)
	}
	s.awaitEnd(t)
}

// TestHelperHoldsADatabase is the body of another process; by itself it has nothing to prove.
func TestHelperHoldsADatabase(t *testing.T) {
	t.Parallel()
	if os.Getenv(siteVariable) == "" {
		t.Skip("runs in a process of its own")
	}
	connect(t, dbtest.URL(t, oneTable, "one table"))
	_, _ = io.Copy(io.Discard, os.Stdin) // until killed
}

// TestHelperFailsOnce proves in a process of its own, with a server nobody else uses, that a template is made anew.
func TestHelperFailsOnce(t *testing.T) {
	t.Parallel()
	if os.Getenv(siteVariable) == "" {
		t.Skip("runs in a process of its own")
	}
	failing := func(ctx context.Context, address string) error {
		return errors.Join(oneTable(ctx, address), errors.New("second migration is wrong"))
	}
	if failed := fails(t, func(tb testing.TB) {
		tb.Helper()
		dbtest.URL(tb, failing, "fails once")
	}); !strings.Contains(failed, "second migration is wrong") {
		t.Errorf("failed with %q", failed)
	}
	connect(t, dbtest.URL(t, oneTable, "fails once"))
}

const siteVariable = "PEAKSEAT_DBTEST_SITE"

// site is a temporary directory of another kind of machine: test processes in it share a server that nobody else sees.
type site struct {
	tmp, program string
	uid          int
}

func newSite(t *testing.T, uid int) *site {
	t.Helper()
	base := dbtest.DataDir(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{tmp: filepath.Join(base, "tmp"), program: filepath.Join(base, "dbtest.test"), uid: uid}
	if err := os.Mkdir(s.tmp, 0o711); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(s.tmp, uid, -1); err != nil {
		t.Fatal(err)
	}
	copyProgram(t, self, s.program)
	return s
}

func (s *site) command(ctx context.Context, test string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.program, "-test.run=^"+test+"$", "-test.v")
	cmd.Dir = s.tmp
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "PG_BIN=" + os.Getenv("PG_BIN"), "HOME=/nonexistent",
		"TMPDIR=" + s.tmp, "PEAKSEAT_DBTEST_GRACE=500ms", siteVariable + "=1",
	}
	if s.uid != os.Geteuid() {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(s.uid), Gid: uint32(s.uid)}}
	}
	return cmd
}

func (s *site) run(t *testing.T, test string) error {
	t.Helper()
	out, err := s.command(t.Context(), test).CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: "+test)) {
		return fmt.Errorf("%s: %w\n%s", test, err, out)
	}
	return nil
}

func (s *site) start(t *testing.T, test string) *exec.Cmd {
	t.Helper()
	cmd := s.command(t.Context(), test)
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kill(cmd) })
	return cmd
}

func kill(cmd *exec.Cmd) {
	if cmd.ProcessState == nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}

func (s *site) dir() string {
	return filepath.Join(s.tmp, fmt.Sprintf("peakseat-dbtest-%d", s.uid))
}

// address is empty while there is no server.
func (s *site) address(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(s.dir(), "server.json"))
	if errors.Is(err, os.ErrNotExist) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	var found struct {
		URL string `json:"url"`
	}
	if err := json.Unmarshal(content, &found); err != nil {
		t.Fatal(err)
	}
	return found.URL
}

// databases counts the copies on the server.
func (s *site) databases(t *testing.T) int {
	t.Helper()
	at := s.address(t)
	if at == "" {
		return 0
	}
	conn, err := pgx.Connect(t.Context(), at)
	if err != nil {
		return 0
	}
	defer conn.Close(t.Context()) //nolint:errcheck // read only
	var n int
	if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_database WHERE datname ~ '^t[0-9]+_'`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// keeper is the process that started the server.
func (s *site) keeper(t *testing.T) int {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil || len(files) == 0 {
		t.Skip("needs /proc")
	}
	for _, file := range files {
		env, err := os.ReadFile(file)
		if err != nil || !bytes.Contains(env, []byte("PEAKSEAT_DBTEST_KEEPER="+s.dir())) {
			continue
		}
		var pid int
		if _, err := fmt.Sscanf(file, "/proc/%d/environ", &pid); err != nil {
			t.Fatal(err)
		}
		return pid
	}
	t.Fatal("no keeper runs")
	return 0
}

// awaitEnd waits until the server, its keeper and its files are gone.
func (s *site) awaitEnd(t *testing.T) {
	t.Helper()
	at := s.address(t)
	begin := time.Now()
	eventually(t, "the address is gone", func() bool { return s.address(t) == "" })
	if at != "" {
		parsed, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "the server at "+parsed.Host+" is gone", func() bool {
			conn, err := pgx.Connect(t.Context(), at)
			if err != nil {
				return true
			}
			return conn.Close(t.Context()) != nil
		})
	}
	eventually(t, "the keeper is gone", func() bool { return unlocked(t, filepath.Join(s.dir(), "keeper.lock")) })
	t.Logf("gone %v after its last user", time.Since(begin))
}

func unlocked(t *testing.T, path string) bool {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // read only
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

// eventually waits for a condition, at most a minute.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatalf("never came true: %s", what)
		case <-tick.C:
		}
	}
}

// fails runs what is expected to fail a test and gives its words.
func fails(t *testing.T, run func(tb testing.TB)) string {
	t.Helper()
	probe := &failure{TB: t}
	var group errgroup.Group
	group.Go(func() error { run(probe); return nil }) // Fatalf ends the goroutine
	_ = group.Wait()
	return probe.words
}

// failure keeps the words of a test's end instead of ending the test.
type failure struct {
	testing.TB
	words string
}

func (f *failure) Fatalf(format string, args ...any) {
	f.words = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// copyProgram leaves the writing to another process: a child forked meanwhile would hold the file open, and nobody could run it.
func copyProgram(t *testing.T, from, to string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "cp", from, to).CombinedOutput(); err != nil {
		t.Fatalf("copy the test program: %v: %s", err, out)
	}
}
