package devstack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// pollEvery is how often the state of a starting server is looked at.
const pollEvery = 5 * time.Millisecond

// logLimit is the size at which PostgreSQL's log is put aside at a start.
const logLimit = 16 << 20

var errPortTaken = errors.New("port taken")

// initdb makes a cluster with our database in a directory beside and puts it in place by a rename, so that where data
// are, they are whole.
func (p *Postgres) initdb(ctx context.Context) error {
	at := p.layout
	passwordCopy := at.fresh + ".password"
	if err := errors.Join(os.RemoveAll(at.fresh), os.RemoveAll(passwordCopy)); err != nil {
		return fmt.Errorf("clear an interrupted initdb: %w", err)
	}
	if err := os.Mkdir(at.fresh, 0o700); err != nil {
		return fmt.Errorf("make data directory: %w", err)
	}
	if err := os.WriteFile(passwordCopy, []byte(p.password+"\n"), 0o600); err != nil {
		return fmt.Errorf("write password for initdb: %w", err)
	}
	defer os.Remove(passwordCopy) //nolint:errcheck // the next initdb removes it
	if err := errors.Join(p.as.own(at.fresh), p.as.own(passwordCopy)); err != nil {
		return err
	}
	p.log.InfoContext(ctx, "making the private PostgreSQL's data", slog.String("dir", at.data), slog.Int("version", p.binaries.major))
	args := append([]string{
		"-D", at.fresh, "-U", superuser, "-A", "scram-sha-256", "--pwfile=" + passwordCopy,
		"-E", "UTF8", "-k", "--no-instructions",
	}, localeArgs(p.binaries.major)...)
	if p.options.Fast {
		args = append(args, "--no-sync")
	}
	if err := p.run(ctx, "", "initdb", args...); err != nil {
		return err
	}
	fsync := "fsync=" + map[bool]string{true: "off", false: "on"}[p.options.Fast]
	if err := p.run(ctx, "CREATE DATABASE "+databaseName+"\n", "postgres", "--single", "-D", at.fresh, "-c", fsync, superuser); err != nil {
		return err
	}
	if err := os.Rename(at.fresh, at.data); err != nil {
		return fmt.Errorf("put the data in place: %w", err)
	}
	return nil
}

// localeArgs choose byte order for sorting, which never changes under an index, with UTF-8 classes, which trigrams of
// Chinese text need.
func localeArgs(major int) []string {
	switch {
	case major >= 17:
		return []string{"--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"}
	case runtime.GOOS == "linux":
		return []string{"--locale=C.UTF-8"}
	default:
		return []string{"--locale=C", "--lc-ctype=UTF-8"}
	}
}

// settings of the server. They stand on the command line, so that no file in the data directory can undo them.
func (p *Postgres) settings() []string {
	set := []string{
		"listen_addresses=127.0.0.1",
		"port=" + strconv.Itoa(p.port),
		"unix_socket_directories=", // a socket's path may be too long, and Debian's default directory is not ours
		"password_encryption=scram-sha-256",
		"timezone=UTC",
		"log_timezone=UTC",
		"max_locks_per_transaction=256", // tables by month and many schemas
		"jit=off",                       // our statements are short
	}
	connections := cmp.Or(p.options.Connections, map[bool]int{true: 400, false: 200}[p.options.Fast])
	set = append(set, "max_connections="+strconv.Itoa(connections))
	if p.options.Fast {
		return append(set,
			"fsync=off", "full_page_writes=off", "synchronous_commit=off", "wal_level=minimal", "max_wal_senders=0",
			"shared_buffers=128MB", "autovacuum=off", "max_wal_size=4GB", "checkpoint_timeout=1h")
	}
	return append(set,
		"shared_buffers=192MB",
		"fsync=on", "full_page_writes=on", "synchronous_commit=on",
		"wal_level=replica", "wal_compression=on", "max_wal_size=2GB", "checkpoint_timeout=15min",
		// The log must not hold what people typed: no statements, no details that quote values.
		"log_error_verbosity=terse", "log_min_error_statement=panic")
}

// launch starts the postmaster and waits until it is ready.
func (p *Postgres) launch(ctx context.Context) error {
	if err := p.clearPredecessor(ctx); err != nil {
		return err
	}
	logFile, logFrom, err := openLog(p.layout.log)
	if err != nil {
		return err
	}
	defer logFile.Close() //nolint:errcheck // the child has its own
	args := []string{"-D", p.layout.data}
	for _, setting := range p.settings() {
		args = append(args, "-c", setting)
	}
	cmd := p.command(context.WithoutCancel(ctx), "postgres", args...)
	cmd.Stdout, cmd.Stderr = logFile, logFile
	child, err := startProcess(cmd)
	if err != nil {
		return err
	}
	if err := os.WriteFile(p.layout.started, []byte(strconv.Itoa(child.pid)+"\n"), 0o600); err != nil {
		return errors.Join(fmt.Errorf("note the postmaster: %w", err), child.end(ctx))
	}
	if err := p.awaitReady(ctx, child, logFrom); err != nil {
		return err
	}
	p.mu.Lock()
	p.running = child
	stopped := p.stopped
	p.mu.Unlock()
	if stopped { // Stop came while a restart was under way
		return child.end(ctx)
	}
	return nil
}

// awaitReady waits for the server to accept connections, after recovery if need be.
func (p *Postgres) awaitReady(ctx context.Context, child *process, logFrom int64) error {
	for {
		state, err := p.layout.postmaster()
		if err == nil && state.ready && state.pid == child.pid {
			return nil
		}
		select {
		case <-child.done:
			said := readFrom(p.layout.log, logFrom)
			err := fmt.Errorf("PostgreSQL ended while starting (%w):\n%s", child.group.Wait(), said)
			if strings.Contains(said, "ould not bind") {
				err = fmt.Errorf("%w: %w", errPortTaken, err)
			}
			return err
		case <-ctx.Done():
			late, cancel := context.WithTimeout(context.WithoutCancel(ctx), quitPatience)
			defer cancel()
			return errors.Join(fmt.Errorf("start PostgreSQL: %w", ctx.Err()), child.end(late))
		case <-time.After(pollEvery):
		}
	}
}

// clearPredecessor deals with what an earlier postmaster left. We hold the directory's lock, so that no living PeakSeat
// owns it: a server that PeakSeat once started is an orphan, on its way out or to be sent there; one that it did not
// start is somebody's, and is left alone. A stale postmaster.pid is left to PostgreSQL, which also checks the shared
// memory named in it for surviving backends.
func (p *Postgres) clearPredecessor(ctx context.Context) error {
	old, err := p.layout.postmaster()
	if err != nil || old.pid == 0 || !alive(old.pid) {
		return err
	}
	if !isPostmaster(old.pid, p.layout.data) {
		return p.layout.disownPidFile()
	}
	noted, err := os.ReadFile(p.layout.started)
	if err != nil || strings.TrimSpace(string(noted)) != strconv.Itoa(old.pid) {
		return fmt.Errorf("process %d serves %s and was not started by PeakSeat; stop it first: %w", old.pid, p.layout.data, ErrForeignServer)
	}
	p.log.WarnContext(ctx, "stopping the PostgreSQL that an earlier run left", slog.Int("pid", old.pid))
	if err := syscall.Kill(old.pid, syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("stop the earlier PostgreSQL: %w", err)
	}
	limited, cancel := context.WithTimeout(ctx, orphanTimeout)
	defer cancel()
	for isPostmaster(old.pid, p.layout.data) {
		if err := pause(limited, pollEvery); err != nil {
			return fmt.Errorf("process %d, an earlier PostgreSQL, does not end: %w", old.pid, err)
		}
	}
	return nil
}

// disownPidFile answers a number in postmaster.pid that now belongs to some other process, as after a restart of a
// container. PostgreSQL would take that process for a postmaster and refuse. It never takes its own parent for one, so
// the number becomes ours; the rest of the file, with the shared memory to check, stays.
func (l layout) disownPidFile() error {
	path := filepath.Join(l.data, "postmaster.pid")
	content, err := os.ReadFile(path) //nolint:gosec // below the operator's directory
	if err != nil {
		return fmt.Errorf("read postmaster.pid: %w", err)
	}
	_, rest, _ := strings.Cut(string(content), "\n")
	if err := os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())+"\n"+rest), 0o600); err != nil { //nolint:gosec // as above
		return fmt.Errorf("mark postmaster.pid as stale: %w", err)
	}
	return nil
}

// run runs one of PostgreSQL's programs to its end.
func (p *Postgres) run(ctx context.Context, input, name string, args ...string) error {
	cmd := p.command(ctx, name, args...)
	cmd.Stdin = strings.NewReader(input)
	runtime.LockOSThread() // the death signal is tied to the thread
	defer runtime.UnlockOSThread()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return nil
}

// command is one of PostgreSQL's programs run as its account. The working directory is one that the account may enter.
func (p *Postgres) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(p.binaries.dir, name), args...) //nolint:gosec // located by us
	cmd.Dir = p.layout.dir
	cmd.Env = serverEnv()
	cmd.SysProcAttr = p.as.sysProcAttr(syscall.SIGINT)
	return cmd
}

// freePort looks for a port below the range that the system takes for outgoing connections, since one of those could
// sit on the port while PostgreSQL restarts. It depends on the directory, so that it is the same at each start.
func freePort(ctx context.Context, dir string, try int) (int, error) {
	const first, count = 20000, 10000
	hash := fnv.New32a()
	_, _ = io.WriteString(hash, dir)
	base := int(hash.Sum32() % count)
	var listen net.ListenConfig
	for step := try; step < count; step++ {
		port := first + (base+step)%count
		listener, err := listen.Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue
		}
		if err := listener.Close(); err != nil {
			return 0, fmt.Errorf("look for a free port: %w", err)
		}
		return port, nil
	}
	return 0, errors.New("no free port on the loopback address")
}

// openLog opens the log for appending and tells where the new part begins.
func openLog(path string) (*os.File, int64, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > logLimit {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, 0, fmt.Errorf("put the log aside: %w", err)
		}
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600) //nolint:gosec // below the operator's directory
	if err != nil {
		return nil, 0, fmt.Errorf("open the log: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		return nil, 0, errors.Join(fmt.Errorf("look at the log: %w", err), file.Close())
	}
	return file, info.Size(), nil
}

func readFrom(path string, offset int64) string {
	file, err := os.Open(path) //nolint:gosec // below the operator's directory
	if err != nil {
		return err.Error()
	}
	defer file.Close() //nolint:errcheck // read only
	content, err := io.ReadAll(io.NewSectionReader(file, offset, 8<<10))
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(content))
}
