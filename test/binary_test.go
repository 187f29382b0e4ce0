package test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/apitest"
	"peakseat/internal/auth"
	"peakseat/internal/dbtest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if built.path != "" {
		if err := os.RemoveAll(filepath.Dir(built.path)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

// built is the real binary, made once for all tests of the process.
var built struct {
	once sync.Once
	path string
	err  error
}

func binary(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		dir, err := os.MkdirTemp("", "peakseat-binary-*") //nolint:usetesting // the binary outlives the test that builds it
		if err != nil {
			built.err = err
			return
		}
		built.path = filepath.Join(dir, "peakseat")
		if out, err := exec.Command("go", "build", "-o", built.path, "peakseat/cmd/peakseat").CombinedOutput(); err != nil {
			built.err = fmt.Errorf("build the program: %w\n%s", err, out)
			return
		}
		built.err = os.Chmod(dir, 0o755)
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.path
}

// install is a data directory and how the program is run on it.
type install struct {
	dir string
	as  *syscall.Credential // nil: ourselves
	env []string            // nil: ours
}

func newInstall(t *testing.T) install {
	t.Helper()
	return install{dir: dbtest.DataDir(t)}
}

func (i install) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(binary(t), append(args, "--data-dir", i.dir, "--log-level", "warn")...)
	cmd.Env = i.env
	if i.as != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: i.as}
	}
	return cmd
}

// run runs a command of the program to its end.
func (i install) run(t *testing.T, args ...string) (stdout []byte, code int) {
	t.Helper()
	cmd := i.command(t, args...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("peakseat %s: %v", strings.Join(args, " "), err)
	}
	if said.Len() > 0 {
		t.Logf("peakseat %s said:\n%s", args[0], said.Bytes())
	}
	return out.Bytes(), cmd.ProcessState.ExitCode()
}

// audited fails the test unless every promise that data can show is kept.
func (i install) audited(t *testing.T) {
	t.Helper()
	out, code := i.run(t, "audit", "--json")
	var report struct {
		Clean  bool
		Checks []struct {
			Name            string
			Checked, Broken int64
			Examples        []map[string]any
		}
	}
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatalf("the audit said %q: %v", out, err)
	}
	if code != 0 || !report.Clean {
		for _, c := range report.Checks {
			if c.Broken > 0 {
				t.Errorf("audit: %s: %d of %d broken: %v", c.Name, c.Broken, c.Checked, c.Examples)
			}
		}
		t.Fatalf("the audit is not clean: status %d", code)
	}
	t.Logf("audit: %d checks clean", len(report.Checks))
}

// seeded fills the directory's database and returns the tokens.
func (i install) seeded(t *testing.T, agents, seats int) []seededToken {
	t.Helper()
	file := filepath.Join(i.dir, "tokens.jsonl")
	if out, code := i.run(t, "seed", "--agents", strconv.Itoa(agents), "--seats", strconv.Itoa(seats), "--everyone-eligible", "--tokens", file); code != 0 {
		t.Fatalf("seed: status %d: %s", code, out)
	}
	content, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close() //nolint:errcheck // only read
	var list []seededToken
	for lines := json.NewDecoder(content); ; {
		var one seededToken
		if err := lines.Decode(&one); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, one)
	}
}

type seededToken struct {
	Role       auth.Role `json:"role"`
	AccountID  uuid.UUID `json:"account_id"`
	MerchantID uuid.UUID `json:"merchant_id"`
	Token      string    `json:"token"`
}

func tokensOf(list []seededToken, role auth.Role) (of []seededToken) {
	for _, one := range list {
		if one.Role == role {
			of = append(of, one)
		}
	}
	return of
}

// program is the running server.
type program struct {
	install
	cmd      *exec.Cmd
	url      string
	ready    time.Duration // from the start to the word
	said     *syncBuffer
	ended    chan struct{} // closed with its end
	postgres int           // process id of its postmaster
}

// syncBuffer is what a process says while others read it.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write is io.Writer's.
func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

// String is all that was said.
func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// serve starts the server and waits for its word. It is killed when the test ends, if it still runs.
func (i install) serve(t *testing.T, addr string) *program {
	t.Helper()
	p := &program{install: i, said: &syncBuffer{}, ended: make(chan struct{})}
	p.cmd = i.command(t, "serve", "--dev", "--addr", addr)
	p.cmd.Stderr = p.said
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.kill()
		if p.postgres != 0 {
			// It writes until its end, and the directory is removed next. The test's context is over by now.
			for began := time.Now(); !dead(p.postgres) && time.Since(began) < time.Minute; {
				<-time.After(10 * time.Millisecond)
			}
		}
		if t.Failed() {
			t.Logf("the program said:\n%s", p.said)
		}
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	var word struct {
		URL string `json:"url"`
	}
	if err == nil {
		err = json.Unmarshal(line, &word)
	}
	p.ready = time.Since(began)
	var wait errgroup.Group
	wait.Go(func() error {
		defer close(p.ended)
		_, _ = io.Copy(io.Discard, out)
		return p.cmd.Wait()
	})
	if err != nil || word.URL == "" {
		p.kill()
		t.Fatalf("the program did not start: %q, %v\n%s", line, err, p.said)
	}
	p.url, p.postgres = word.URL, i.postmaster(t)
	return p
}

// postmaster is the process id of the directory's PostgreSQL.
func (i install) postmaster(t *testing.T) int {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(i.dir, "postgres", "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Sscan(string(content), &pid); err != nil {
		t.Fatal(err)
	}
	return pid
}

// kill is kill -9, and waits for the end.
func (p *program) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.ended
}

// stop asks it to end, and returns its status.
func (p *program) stop(t *testing.T) int {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.ended:
	case <-time.After(time.Minute):
		t.Fatal("the program goes on a minute after SIGTERM")
	}
	return p.cmd.ProcessState.ExitCode()
}

// gone waits until a process is no more.
func gone(t *testing.T, pid int) {
	t.Helper()
	apitest.Until(t, fmt.Sprintf("process %d has ended", pid), func() bool { return dead(pid) })
}

func dead(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err == nil {
		_, state, _ := strings.Cut(string(stat), ") ")
		return strings.HasPrefix(state, "Z") // and nobody has waited for it
	}
	return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}

// freeAddr is an address that a program may take each time it starts.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l.Addr().String()
}

// A killed program leaves nothing behind, starts again at the same address with all it had, and ends when it is asked to,
// with every request answered that it took.
func TestTheProgramIsKilledStartedAgainAndDrained(t *testing.T) {
	t.Parallel()
	dir := newInstall(t)
	tokens := dir.seeded(t, 60, 40)
	addr := freeAddr(t)
	first := dir.serve(t, addr)
	m := newStorm(t, first.url, tokens)
	won := m.claim(t, m.agents[0], m.shifts[0], "first")
	if won.status != 201 {
		t.Fatalf("a claim answers %d: %s", won.status, won.body)
	}
	first.kill()
	gone(t, first.postgres)

	second := dir.serve(t, addr)
	if second.url != first.url {
		t.Errorf("it came back at %s, was at %s", second.url, first.url)
	}
	if again := m.claim(t, m.agents[0], m.shifts[0], "first"); again.status != 201 || !bytes.Equal(again.body, won.body) || !again.replayed {
		t.Errorf("the repeat after the kill answers %d %s, first %s", again.status, again.body, won.body)
	}
	t.Logf("ready in %v, and after kill -9 in %v", first.ready, second.ready)

	acknowledged := m.claimUntilRefused(t, second)
	if code := second.stop(t); code != 0 {
		t.Errorf("status %d after SIGTERM: %s", code, second.said)
	}
	held := acknowledged()
	gone(t, second.postgres)
	if held == 0 {
		t.Error("no claim was answered while it drained")
	}
	dir.audited(t)
}

// claimUntilRefused keeps claiming on open connections until the program takes no more, and counts what was won. The only
// error that a client may see is that nobody listens.
func (m *storm) claimUntilRefused(t *testing.T, _ *program) func() int {
	t.Helper()
	var answered atomic.Int64
	started := make(chan struct{})
	var once sync.Once
	var clients errgroup.Group
	for c := range 8 {
		clients.Go(func() error {
			for n := 0; ; n++ {
				a := m.agents[1+(c*7+n)%(len(m.agents)-1)]
				r, err := m.try(t.Context(), a, m.shifts[n%len(m.shifts)], fmt.Sprintf("drain-%d-%d", c, n))
				switch {
				case errors.Is(err, syscall.ECONNREFUSED):
					return nil
				case err != nil:
					return err
				case r.status >= 500:
					return fmt.Errorf("status %d while it drains: %s", r.status, r.body)
				}
				if answered.Add(1) > 50 {
					once.Do(func() { close(started) })
				}
			}
		})
	}
	select {
	case <-started:
	case <-time.After(time.Minute):
		t.Fatal("nothing was answered")
	}
	return func() int {
		if err := clients.Wait(); err != nil {
			t.Errorf("a client saw more than the end: %v", err)
		}
		return int(answered.Load())
	}
}

// The same binary for somebody who is not root: its PostgreSQL is theirs too.
func TestTheProgramRunsAsAnOrdinaryUser(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("all other tests run as an ordinary user already")
	}
	const nobody = 65534
	dir := dbtest.DataDir(t)
	home := filepath.Join(dir, "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(home, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	theirs := install{dir: home, as: &syscall.Credential{Uid: nobody, Gid: nobody}, env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + home}}
	tokens := theirs.seeded(t, 4, 4)
	p := theirs.serve(t, "127.0.0.1:0")
	var status syscall.Stat_t
	if err := syscall.Stat(fmt.Sprintf("/proc/%d", p.postgres), &status); err != nil || status.Uid != nobody {
		t.Errorf("its PostgreSQL runs as %d: %v", status.Uid, err)
	}
	m := newStorm(t, p.url, tokens)
	if won := m.claim(t, m.agents[0], m.shifts[0], "one"); won.status != 201 {
		t.Errorf("a claim answers %d: %s", won.status, won.body)
	}
	if code := p.stop(t); code != 0 {
		t.Errorf("status %d: %s", code, p.said)
	}
	gone(t, p.postgres)
	theirs.audited(t)
}

// What it answers before anybody signs in, and that it says where it is in one line of JSON (serve has read it).
func TestTheProgramSaysThatItIsReady(t *testing.T) {
	t.Parallel()
	p := newInstall(t).serve(t, "127.0.0.1:0")
	for _, path := range []string{"/healthz", "/readyz", "/openapi.json", "/.well-known/jwks.json", "/"} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		q, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Body.Close()
		if r.StatusCode != http.StatusOK {
			t.Errorf("GET %s answers %d", path, r.StatusCode)
		}
	}
}
