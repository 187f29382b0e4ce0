package devstack

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	superuser    = "postgres"
	databaseName = "peakseat"
)

// ErrNotRunning says that no private PostgreSQL serves the directory.
var ErrNotRunning = errors.New("no private PostgreSQL is running")

// ErrForeignServer says that a PostgreSQL which PeakSeat did not start serves the directory.
var ErrForeignServer = errors.New("directory served by another PostgreSQL")

// Options say how to run a private PostgreSQL.
type Options struct {
	// Dir is the program's data directory; PostgreSQL takes its folder postgres.
	Dir string
	// Fast gives up every promise about crashes for speed. Tests only.
	Fast bool
	// Connections at most; 0 means 200, and 400 with Fast.
	Connections int
	// Port on the loopback address; 0 takes a free one, the same at each start where it is still free.
	Port int
	// Log gets what the supervisor does; PostgreSQL's own words go to postgres/postgres.log. nil is silence.
	Log *slog.Logger
}

// Postgres is a private PostgreSQL that this program started.
type Postgres struct {
	layout   layout
	options  Options
	log      *slog.Logger
	as       account
	binaries binaries
	password string
	port     int
	lock     *DirLock

	mu      sync.Mutex
	running *process
	stopped bool
}

// StartPostgres makes the database cluster where it is absent, starts PostgreSQL, and returns when it accepts
// connections. The server outlives ctx: end it with Stop, or let Run do it.
//
// Errors: ErrInUse (another PeakSeat holds the directory; see Join and OpenPostgres), ErrForeignServer, ErrNoPostgres,
// ErrVersion, ErrClosedDir.
func StartPostgres(ctx context.Context, o Options) (*Postgres, error) {
	p := &Postgres{layout: layoutIn(o.Dir), options: o, log: o.Log}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	if err := makeOpenDir(o.Dir); err != nil {
		return nil, err
	}
	lock, err := Lock(p.layout.dir)
	if err != nil {
		return nil, err
	}
	p.lock = lock
	if err := p.prepare(ctx); err != nil {
		return nil, errors.Join(err, lock.Unlock())
	}
	if err := p.firstStart(ctx); err != nil {
		return nil, errors.Join(err, lock.Unlock())
	}
	return p, nil
}

// URL is the superuser's address of the database peakseat.
func (p *Postgres) URL() string { return serverURL(p.port, p.password, databaseName) }

// Done is closed when the PostgreSQL that runs now has ended. After a restart by Run it is another channel.
func (p *Postgres) Done() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.running.done
}

// Run watches over PostgreSQL until ctx ends and then stops it. When PostgreSQL dies it is started again, on the same
// port and data, as often as it takes; meanwhile connections are refused.
func (p *Postgres) Run(ctx context.Context) error {
	p.supervise(ctx)
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopPatience)
	defer cancel()
	return p.Stop(late)
}

// supervise returns when ctx ends or PostgreSQL was stopped on purpose.
func (p *Postgres) supervise(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.Done():
		}
		if ctx.Err() != nil || p.isStopped() {
			return
		}
		p.log.ErrorContext(ctx, "the private PostgreSQL died; starting it again", slog.String("log", p.layout.log))
		p.restart(ctx)
	}
}

const (
	stopPatience  = 30 * time.Second
	firstBackoff  = 50 * time.Millisecond
	longestPause  = 5 * time.Second
	portTries     = 20
	orphanTimeout = 60 * time.Second
)

// restart tries until it works or ctx ends.
func (p *Postgres) restart(ctx context.Context) {
	for wait := firstBackoff; ctx.Err() == nil && !p.isStopped(); wait = min(2*wait, longestPause) {
		err := p.launch(ctx)
		if err == nil {
			p.log.InfoContext(ctx, "the private PostgreSQL is back")
			return
		}
		p.log.WarnContext(ctx, "the private PostgreSQL did not start", slog.Any("error", err))
		if pause(ctx, wait) != nil {
			return
		}
	}
}

// Stop ends the sessions, writes a checkpoint and gives the directory free. When ctx ends first, PostgreSQL is stopped
// at once, loses nothing that was committed, and recovers at its next start. A second Stop does nothing.
func (p *Postgres) Stop(ctx context.Context) error {
	p.mu.Lock()
	if p.stopped {
		p.mu.Unlock()
		return nil
	}
	p.stopped = true
	running := p.running
	p.mu.Unlock()
	return errors.Join(running.end(ctx), p.lock.Unlock())
}

func (p *Postgres) isStopped() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stopped
}

// prepare does everything up to a cluster that can be started.
func (p *Postgres) prepare(ctx context.Context) (err error) {
	if p.as, err = serverAccount(p.layout.data); err != nil {
		return err
	}
	if err = checkPassable(p.layout.dir, p.as); err != nil {
		return err
	}
	wanted, err := p.layout.major()
	if err != nil {
		return err
	}
	if p.binaries, err = locate(ctx, wanted, p.log); err != nil {
		return err
	}
	if err = checkPassable(p.binaries.dir, p.as); err != nil {
		return err
	}
	if p.password, err = p.layout.ensurePassword(); err != nil {
		return err
	}
	if wanted == 0 {
		return p.initdb(ctx)
	}
	return nil
}

// firstStart launches on the wanted port, or on the first of several that is free.
func (p *Postgres) firstStart(ctx context.Context) error {
	if p.options.Port != 0 {
		p.port = p.options.Port
		return p.launch(ctx)
	}
	var err error
	for try := range portTries {
		if p.port, err = freePort(ctx, p.layout.dir, try); err != nil {
			return err
		}
		// Somebody may take the port between our look and PostgreSQL's.
		if err = p.launch(ctx); err == nil || !errors.Is(err, errPortTaken) {
			return err
		}
	}
	return err
}

// Join gives the address of the private PostgreSQL that another program runs in dir, waiting until ctx ends for one
// that is just starting. ErrNotRunning where there is none.
func Join(ctx context.Context, dir string) (string, error) {
	at := layoutIn(dir)
	for {
		running, err := at.postmaster()
		if err != nil {
			return "", err
		}
		if !isPostmaster(running.pid, at.data) {
			return "", fmt.Errorf("%s: %w", dir, ErrNotRunning)
		}
		if running.ready {
			password, err := os.ReadFile(at.password)
			if err != nil {
				return "", fmt.Errorf("read the database's password: %w", err)
			}
			return serverURL(running.port, strings.TrimSpace(string(password)), databaseName), nil
		}
		if err := pause(ctx, pollEvery); err != nil {
			return "", fmt.Errorf("wait for the private PostgreSQL: %w", err)
		}
	}
}

func serverURL(port int, password, database string) string {
	address := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(superuser, password),
		Host:     net.JoinHostPort("127.0.0.1", strconv.Itoa(port)),
		Path:     "/" + database,
		RawQuery: "sslmode=disable",
	}
	return address.String()
}

// layout names the files below the data directory.
type layout struct{ dir, data, fresh, password, log, started string }

func layoutIn(dir string) layout {
	at := filepath.Join(dir, "postgres")
	if absolute, err := filepath.Abs(at); err == nil {
		at = absolute
	}
	return layout{
		dir:      at,
		data:     filepath.Join(at, "data"),
		fresh:    filepath.Join(at, "data.new"),
		password: filepath.Join(at, "password"),
		log:      filepath.Join(at, "postgres.log"),
		started:  filepath.Join(at, "postmaster"),
	}
}

// major is the version that made the data, 0 where there are none yet.
func (l layout) major() (int, error) {
	content, err := os.ReadFile(filepath.Join(l.data, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the data's version: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil {
		return 0, fmt.Errorf("read the data's version: %w", err)
	}
	return major, nil
}

func (l layout) ensurePassword() (string, error) {
	content, err := os.ReadFile(l.password)
	if err == nil {
		return strings.TrimSpace(string(content)), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("read the database's password: %w", err)
	}
	password, err := randomSecret()
	if err != nil {
		return "", err
	}
	if err := writeSecret(l.password, password); err != nil {
		return "", fmt.Errorf("keep the database's password: %w", err)
	}
	return password, nil
}

// postmaster is what postmaster.pid says. The zero value where there is none.
type postmaster struct {
	pid, port int
	ready     bool
}

// postmaster reads postmaster.pid: process, directory, start time, port, socket directory, address, memory key, state.
func (l layout) postmaster() (postmaster, error) {
	content, err := os.ReadFile(filepath.Join(l.data, "postmaster.pid"))
	if errors.Is(err, os.ErrNotExist) {
		return postmaster{}, nil
	}
	if err != nil {
		return postmaster{}, fmt.Errorf("read postmaster.pid: %w", err)
	}
	lines := strings.Split(string(content), "\n")
	var found postmaster
	if found.pid, err = strconv.Atoi(strings.TrimSpace(lines[0])); err != nil {
		return postmaster{}, nil //nolint:nilerr // being written, or cut off by a crash: nobody to name
	}
	if len(lines) >= 8 {
		found.port, err = strconv.Atoi(strings.TrimSpace(lines[3]))
		found.ready = err == nil && strings.TrimSpace(lines[7]) == "ready"
	}
	return found, nil
}

func randomSecret() (string, error) {
	secret := make([]byte, 24)
	if _, err := rand.Read(secret); err != nil {
		return "", fmt.Errorf("draw a secret: %w", err)
	}
	return hex.EncodeToString(secret), nil
}

// writeSecret writes by way of a rename, so that a crash leaves the whole secret or none.
func writeSecret(path, secret string) error {
	fresh := path + ".new"
	if err := os.WriteFile(fresh, []byte(secret+"\n"), 0o600); err != nil {
		return fmt.Errorf("write %s: %w", fresh, err)
	}
	if err := os.Rename(fresh, path); err != nil {
		return fmt.Errorf("rename %s: %w", fresh, err)
	}
	return nil
}
