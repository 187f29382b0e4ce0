package devstack_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	osexec "os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/devstack"
)

func TestPostgresStartsColdThenWarmAndKeepsItsData(t *testing.T) {
	t.Parallel()
	dir := openTempDir(t)
	begin := time.Now()
	first := startPostgres(t, devstack.Options{Dir: dir})
	t.Logf("cold start %v", time.Since(begin))
	exec(t, first.URL(), `CREATE TABLE kept AS SELECT 42 AS answer`)

	begin = time.Now()
	stop(t, first)
	t.Logf("stop %v", time.Since(begin))
	stop(t, first) // a second time does nothing

	begin = time.Now()
	second := startPostgres(t, devstack.Options{Dir: dir})
	t.Logf("warm start %v", time.Since(begin))
	if got := query[int](t, second.URL(), `SELECT answer FROM kept`); got != 42 {
		t.Errorf("answer = %d after a restart, want 42", got)
	}
	if first.URL() != second.URL() {
		t.Error("the address changed between two starts")
	}
}

func TestPostgresPromisesDurabilityAndLetsNobodyElseIn(t *testing.T) {
	t.Parallel()
	dir := openTempDir(t)
	p := startPostgres(t, devstack.Options{Dir: dir})
	for setting, want := range map[string]string{
		"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "data_checksums": "on",
		"max_locks_per_transaction": "256", "max_connections": "200",
		"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "server_encoding": "UTF8", "TimeZone": "UTC",
	} {
		if got := query[string](t, p.URL(), `SELECT current_setting('`+setting+`')`); got != want {
			t.Errorf("%s = %q, want %q", setting, got, want)
		}
	}
	if sorted := query[bool](t, p.URL(), `SELECT 'Z' < 'a' AND upper('é') = 'É' AND '众' ~ '[[:alpha:]]'`); !sorted {
		t.Error("want byte order with UTF-8 classes")
	}
	info, err := os.Stat(filepath.Join(dir, "postgres", "password"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("password file has mode %o, want 600", info.Mode().Perm())
	}
	config, err := pgx.ParseConfig(p.URL())
	if err != nil {
		t.Fatal(err)
	}
	config.Password = "guess"
	if conn, err := pgx.ConnectConfig(t.Context(), config); err == nil {
		_ = conn.Close(t.Context())
		t.Error("a wrong password was let in")
	}
}

func TestPostgresLogHoldsNothingThatPeopleTyped(t *testing.T) {
	t.Parallel()
	dir := openTempDir(t)
	p := startPostgres(t, devstack.Options{Dir: dir})
	conn := connect(t, p.URL())
	if _, err := conn.Exec(t.Context(), `CREATE TABLE person (phone text PRIMARY KEY); INSERT INTO person VALUES ('13800138000')`); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `INSERT INTO person VALUES ('13800138000')`); err == nil {
		t.Fatal("a duplicate key was taken")
	}
	log, err := os.ReadFile(filepath.Join(dir, "postgres", "postgres.log"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(log, []byte("duplicate key")) {
		t.Error("the error itself is missing from the log")
	}
	if bytes.Contains(log, []byte("13800138000")) {
		t.Errorf("the log quotes the value:\n%s", log)
	}
}

func TestKilledPostgresComesBackWithEverythingAcknowledged(t *testing.T) {
	t.Parallel()
	dir := openTempDir(t)
	p := startPostgres(t, devstack.Options{Dir: dir})
	exec(t, p.URL(), `CREATE TABLE done (id bigint PRIMARY KEY)`)
	ctx, end := context.WithCancel(t.Context())
	var running errgroup.Group
	running.Go(func() error { return p.Run(ctx) })
	url := p.URL()

	for round := range 2 {
		acknowledged := insertUntilRefused(t, url, int64(round)*1_000_000, func(n int) {
			if n == 200 {
				if err := syscall.Kill(postmasterOf(t, dir), syscall.SIGKILL); err != nil {
					t.Error(err)
				}
			}
		})
		begin := time.Now()
		eventually(t, "PostgreSQL is back", func() bool { return accepts(t, url) })
		t.Logf("back after %v with %d rows acknowledged", time.Since(begin), acknowledged)
		kept := query[int](t, url, `SELECT count(*) FROM done`)
		if kept < acknowledged {
			t.Errorf("%d rows of %d acknowledged are there", kept, acknowledged)
		}
		exec(t, url, `TRUNCATE done`)
	}

	pid := postmasterOf(t, dir)
	end()
	if err := running.Wait(); err != nil {
		t.Error(err)
	}
	if !gone(pid) {
		t.Error("PostgreSQL still runs after its supervisor ended")
	}
}

// insertUntilRefused inserts rows one by one until the server dies and counts the answers.
func insertUntilRefused(t *testing.T, url string, from int64, after func(n int)) int {
	t.Helper()
	conn := connect(t, url)
	for n := 0; ; n++ {
		after(n)
		if _, err := conn.Exec(t.Context(), `INSERT INTO done VALUES ($1)`, from+int64(n)); err != nil {
			return n
		}
	}
}

func accepts(t *testing.T, url string) bool {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		return false
	}
	return conn.Close(t.Context()) == nil
}

func TestKilledProgramLeavesNoOrphanAndStartsAgain(t *testing.T) {
	t.Parallel()
	dir := openTempDir(t)
	program := startOwner(t, dir)
	exec(t, program.url, `CREATE TABLE kept AS SELECT 42 AS answer`)
	pid := postmasterOf(t, dir)

	begin := time.Now()
	program.kill()
	if runtime.GOOS == "linux" {
		eventually(t, "the postmaster is gone", func() bool { return gone(pid) })
		t.Logf("postmaster gone after %v", time.Since(begin))
	}
	again := startPostgres(t, devstack.Options{Dir: dir})
	t.Logf("serving again after %v", time.Since(begin))
	if got := query[int](t, again.URL(), `SELECT answer FROM kept`); got != 42 {
		t.Errorf("answer = %d, want 42", got)
	}
}

func TestProgramStartsAtOnceAfterItWasKilled(t *testing.T) {
	t.Parallel()
	dir := openTempDir(t)
	program := startOwner(t, dir)
	pid := postmasterOf(t, dir)
	program.kill()
	begin := time.Now()
	again := startPostgres(t, devstack.Options{Dir: dir}) // the old postmaster may be on its way out
	t.Logf("serving again after %v", time.Since(begin))
	if now := postmasterOf(t, dir); now == pid {
		t.Error("the old postmaster still serves")
	}
	if !accepts(t, again.URL()) {
		t.Error("no answer")
	}
}

func TestOneProgramPerDirectoryAndOthersJoin(t *testing.T) {
	t.Parallel()
	dir := openTempDir(t)
	program := startOwner(t, dir)
	if _, err := devstack.StartPostgres(t.Context(), devstack.Options{Dir: dir, Fast: true}); !errors.Is(err, devstack.ErrInUse) {
		t.Fatalf("a second start: %v, want %v", err, devstack.ErrInUse)
	}
	joined, err := devstack.Join(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if joined != program.url || !accepts(t, joined) {
		t.Error("joining gave another address")
	}
	access, err := devstack.OpenPostgres(t.Context(), devstack.Options{Dir: dir, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	if access.URL() != program.url {
		t.Error("opening gave another address")
	}
	if err := access.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !accepts(t, joined) {
		t.Error("a command that joined took the server with it")
	}
}

func TestJoinWhereNothingRuns(t *testing.T) {
	t.Parallel()
	if _, err := devstack.Join(t.Context(), t.TempDir()); !errors.Is(err, devstack.ErrNotRunning) {
		t.Fatalf("got %v, want %v", err, devstack.ErrNotRunning)
	}
}

func TestCommandsAtTheSameTimeShareOneServer(t *testing.T) {
	t.Parallel()
	dir := openTempDir(t)
	const commands = 4
	var (
		mu   sync.Mutex
		urls = map[string]bool{}
		all  errgroup.Group
	)
	for range commands {
		all.Go(func() error {
			access, err := devstack.OpenPostgres(t.Context(), devstack.Options{Dir: dir, Fast: true})
			if err != nil {
				return err
			}
			conn, err := pgx.Connect(t.Context(), access.URL())
			if err != nil {
				return err
			}
			mu.Lock()
			urls[access.URL()] = true
			mu.Unlock()
			// The command that started the server ends first as often as last: the others must not notice.
			_, err = conn.Exec(t.Context(), `SELECT pg_sleep(random() / 5)`)
			return errors.Join(err, conn.Close(t.Context()), access.Close(t.Context()))
		})
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
	if len(urls) != 1 {
		t.Errorf("%d addresses, want one", len(urls))
	}
	if _, err := devstack.Join(t.Context(), dir); !errors.Is(err, devstack.ErrNotRunning) {
		t.Errorf("after the last command: %v, want %v", err, devstack.ErrNotRunning)
	}
}

func TestDataOfAnotherVersionAreRefusedAndLeftAlone(t *testing.T) {
	t.Parallel()
	dir := openTempDir(t)
	stop(t, startPostgres(t, devstack.Options{Dir: dir, Fast: true}))
	version := filepath.Join(dir, "postgres", "data", "PG_VERSION")
	if err := os.WriteFile(version, []byte("12\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := devstack.StartPostgres(t.Context(), devstack.Options{Dir: dir, Fast: true})
	if !errors.Is(err, devstack.ErrVersion) || !strings.Contains(err.Error(), "made by PostgreSQL 12") {
		t.Fatalf("got %v, want %v naming version 12", err, devstack.ErrVersion)
	}
	if content, err := os.ReadFile(version); err != nil || string(content) != "12\n" {
		t.Errorf("PG_VERSION is %q (%v)", content, err)
	}
}

func TestInterruptedInitdbIsMadeAnew(t *testing.T) {
	t.Parallel()
	dir := openTempDir(t)
	half := filepath.Join(dir, "postgres", "data.new", "base")
	if err := os.MkdirAll(half, 0o755); err != nil {
		t.Fatal(err)
	}
	if p := startPostgres(t, devstack.Options{Dir: dir, Fast: true}); !accepts(t, p.URL()) {
		t.Error("no answer")
	}
}

func TestPidFileThatNamesAnUnrelatedProcessIsStale(t *testing.T) {
	t.Parallel()
	dir := openTempDir(t)
	stop(t, startPostgres(t, devstack.Options{Dir: dir, Fast: true}))
	data := filepath.Join(dir, "postgres", "data")
	asOwner := ownerOf(t, data)
	stranger := osexec.Command("sleep", "600")
	stranger.SysProcAttr = &syscall.SysProcAttr{Credential: asOwner}
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stranger.Process.Kill(); _ = stranger.Wait() })
	writePidFile(t, data, stranger.Process.Pid, asOwner)

	if p := startPostgres(t, devstack.Options{Dir: dir, Fast: true}); !accepts(t, p.URL()) {
		t.Error("no answer")
	}
}

func TestServerThatPeakSeatDidNotStartIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := openTempDir(t)
	program := startOwner(t, dir)
	pid := postmasterOf(t, dir)
	// As if somebody had started postgres by hand: a living postmaster, no PeakSeat, no note that we started it.
	copyDir := openTempDir(t)
	if err := os.Symlink(filepath.Join(dir, "postgres"), filepath.Join(copyDir, "postgres")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"postmaster", "lock"} {
		if err := os.Remove(filepath.Join(dir, "postgres", name)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := devstack.StartPostgres(t.Context(), devstack.Options{Dir: copyDir})
	if !errors.Is(err, devstack.ErrForeignServer) {
		t.Fatalf("got %v, want %v", err, devstack.ErrForeignServer)
	}
	if gone(pid) || !accepts(t, program.url) {
		t.Error("the foreign server was stopped")
	}
}

func TestRootIsToldWhichDirectoryIsClosed(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root's PostgreSQL runs as another account")
	}
	closed := filepath.Join(openTempDir(t), "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := devstack.StartPostgres(t.Context(), devstack.Options{Dir: filepath.Join(closed, "data")})
	if !errors.Is(err, devstack.ErrClosedDir) || !strings.Contains(err.Error(), closed) {
		t.Fatalf("got %v, want %v naming %s", err, devstack.ErrClosedDir, closed)
	}
}

// TestAllOfThisAsNonRoot runs this file once more as the account nobody.
func TestAllOfThisAsNonRoot(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("not root already")
	}
	const nobody = 65534
	dir := openTempDir(t)
	home := filepath.Join(dir, "tmp")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(home, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "devstack.test") // the original lies where only root may look
	copyFile(t, self, program)
	cmd := osexec.CommandContext(t.Context(), program, "-test.v", "-test.run=Keeps|Killed|Commands|PidFile")
	cmd.Dir = home
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + home, "HOME=/nonexistent"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !bytes.Contains(out, []byte("--- PASS: TestKilledProgramLeavesNoOrphanAndStartsAgain")) {
		t.Errorf("tests did not run:\n%s", out)
	}
	t.Logf("%s", out)
}

func ownerOf(t *testing.T, path string) *syscall.Credential {
	t.Helper()
	var stat syscall.Stat_t
	if err := syscall.Stat(path, &stat); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 {
		return nil
	}
	return &syscall.Credential{Uid: stat.Uid, Gid: stat.Gid}
}

func writePidFile(t *testing.T, data string, pid int, owner *syscall.Credential) {
	t.Helper()
	path := filepath.Join(data, "postmaster.pid")
	lines := []string{strconv.Itoa(pid), data, "1700000000", "5432", "", "127.0.0.1", "0 0", "ready", ""}
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	if owner != nil {
		if err := os.Chown(path, int(owner.Uid), int(owner.Gid)); err != nil {
			t.Fatal(err)
		}
	}
}
