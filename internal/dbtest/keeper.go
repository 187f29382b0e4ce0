package dbtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"peakseat/internal/devstack"
)

const (
	keeperReady = "ready"
	// graceVariable shortens the keeper's wait for the next test process, for the test of the keeper itself.
	graceVariable = "PEAKSEAT_DBTEST_GRACE"
	keeperGrace   = 10 * time.Second
	keeperTick    = 250 * time.Millisecond
	sweepTicks    = 4
	// roomInMemory is what /dev/shm must have free; containers often give it 64 MB.
	roomInMemory = 2 << 30
)

// init turns a test binary that was started as the keeper into one before its tests can run. There is no other place to
// do so without asking every package for a TestMain.
func init() { //nolint:gochecknoinits // see above
	dir := os.Getenv(keeperVariable)
	if dir == "" {
		return
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT) //nolint:forbidigo // a main of its own
	err := keep(ctx, placesIn(dir), log)
	stop()
	if err != nil {
		log.Error("the keeper failed", slog.Any("error", err))
		os.Exit(1)
	}
	os.Exit(0)
}

// keep runs the shared server for as long as somebody uses it.
func keep(ctx context.Context, at places, log *slog.Logger) error {
	only, err := lockFile(at.keeper, syscall.LOCK_EX|syscall.LOCK_NB)
	if err != nil {
		return err
	}
	defer only.Close() //nolint:errcheck // closing unlocks
	home, err := at.makeHome()
	if err != nil {
		return err
	}
	defer os.RemoveAll(home) //nolint:errcheck // the next keeper removes what is left
	pg, err := devstack.StartPostgres(ctx, devstack.Options{Dir: home, Fast: true, Log: log})
	if err != nil {
		return fmt.Errorf("start the test server: %w", err)
	}
	err = at.announce(pg.URL())
	if err == nil {
		err = at.serve(ctx, pg, log)
	}
	return errors.Join(err, pg.Stop(context.WithoutCancel(ctx)))
}

// announce publishes the address and tells the process that waits for us.
func (at places) announce(url string) error {
	content, err := json.Marshal(address{URL: url})
	if err != nil {
		return fmt.Errorf("write the address: %w", err)
	}
	fresh := at.server + ".new"
	if err := os.WriteFile(fresh, content, 0o600); err != nil {
		return fmt.Errorf("write the address: %w", err)
	}
	if err := os.Rename(fresh, at.server); err != nil {
		return fmt.Errorf("write the address: %w", err)
	}
	if _, err := os.Stdout.WriteString(keeperReady + "\n"); err != nil {
		return fmt.Errorf("tell that the server is ready: %w", err)
	}
	return os.Stdout.Close()
}

// serve returns when nobody has used the server for the time of grace, or when the server died. Then no process can be
// joining, and the address is gone.
func (at places) serve(ctx context.Context, pg *devstack.Postgres, log *slog.Logger) error {
	grace := keeperGrace
	if short, err := time.ParseDuration(os.Getenv(graceVariable)); err == nil {
		grace = short
	}
	tick := time.NewTicker(keeperTick)
	defer tick.Stop()
	idle := time.Duration(0)
	for ticks := 1; ; ticks++ {
		select {
		case <-ctx.Done():
			return os.Remove(at.server)
		case <-pg.Done():
			return errors.Join(errors.New("the test server died"), os.Remove(at.server))
		case <-tick.C:
		}
		if ticks%sweepTicks == 0 {
			if err := at.dropReleased(ctx, pg.URL()); err != nil {
				log.WarnContext(ctx, "databases were not dropped", slog.Any("error", err))
			}
		}
		gone, err := at.leaveIfUnused(idle >= grace)
		if err != nil {
			return err
		}
		switch gone {
		case left:
			return nil
		case inUse:
			idle = 0
		case unused:
			idle += keeperTick
		}
	}
}

type usage int

const (
	inUse usage = iota + 1
	unused
	left
)

// leaveIfUnused looks whether any process holds the server, and where none does and leave is set, takes the address
// away before any can join.
func (at places) leaveIfUnused(leave bool) (usage, error) {
	starting, err := lockFile(at.start, syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return inUse, nil
	}
	if err != nil {
		return 0, err
	}
	defer starting.Close() //nolint:errcheck // closing unlocks
	users, err := lockFile(at.users, syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return inUse, nil
	}
	if err != nil {
		return 0, err
	}
	defer users.Close() //nolint:errcheck // closing unlocks
	if !leave {
		return unused, nil
	}
	if err := os.Remove(at.server); err != nil {
		return 0, fmt.Errorf("take the address away: %w", err)
	}
	return left, nil
}

// dropReleased drops the databases that were given back and those whose process has died.
func (at places) dropReleased(ctx context.Context, url string) error {
	released, err := os.ReadDir(at.released)
	if err != nil {
		return fmt.Errorf("list what was given back: %w", err)
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connect to the test server: %w", err)
	}
	defer conn.Close(ctx) //nolint:errcheck // nothing hangs on it
	rows, err := conn.Query(ctx, `SELECT datname FROM pg_database WHERE datname ~ '^t[0-9]+_[0-9]+$'`)
	if err != nil {
		return fmt.Errorf("list databases: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("list databases: %w", err)
	}
	free := make(map[string]bool, len(released))
	for _, entry := range released {
		free[entry.Name()] = true
	}
	for _, name := range names {
		if !free[name] && ownerLives(name) {
			continue
		}
		if _, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			return fmt.Errorf("drop %s: %w", name, err)
		}
	}
	for name := range free {
		if err := os.Remove(filepath.Join(at.released, name)); err != nil {
			return fmt.Errorf("forget %s: %w", name, err)
		}
	}
	return nil
}

func ownerLives(name string) bool {
	number, _, _ := strings.Cut(strings.TrimPrefix(name, "t"), "_")
	pid, err := strconv.Atoi(number)
	return err != nil || !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}

// makeHome makes the directory for the server's data, in memory where there is room, and removes those of keepers that
// were killed: we hold the keeper's lock, so that none is alive.
func (at places) makeHome() (string, error) {
	base, prefix := at.dir, "data-"
	var memory syscall.Statfs_t
	if err := syscall.Statfs("/dev/shm", &memory); err == nil && memory.Bavail*uint64(memory.Bsize) >= roomInMemory { //nolint:gosec // a block size is positive
		base, prefix = "/dev/shm", filepath.Base(at.dir)+"-"+strconv.FormatUint(uint64(pathHash(at.dir)), 16)+"-"
	}
	stale, err := filepath.Glob(filepath.Join(base, prefix+"*"))
	if err != nil {
		return "", fmt.Errorf("look for stale data: %w", err)
	}
	for _, dir := range stale {
		_ = os.RemoveAll(dir) // a dying server may still write; the next keeper removes the rest
	}
	if err = errors.Join(os.RemoveAll(at.released), os.Mkdir(at.released, 0o700)); err != nil {
		return "", fmt.Errorf("forget what was given back: %w", err)
	}
	home, err := os.MkdirTemp(base, prefix)
	if err != nil {
		return "", fmt.Errorf("make the server's directory: %w", err)
	}
	if err := os.Chmod(home, 0o711); err != nil { //nolint:gosec // root's postgres passes through
		return "", fmt.Errorf("open the server's directory: %w", err)
	}
	return home, nil
}
