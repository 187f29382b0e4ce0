package dbtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// keeperVariable tells a test binary to be the keeper of the places in the named directory.
const keeperVariable = "PEAKSEAT_DBTEST_KEEPER"

// places are the well-known files of one user's server.
type places struct {
	dir      string
	start    string // exclusive while a process joins, or the keeper leaves
	users    string // shared by the processes that use the server
	keeper   string // exclusive for the keeper's life
	server   string // the superuser's address, when the server is ready
	released string // one empty file per database that may be dropped
	log      string
}

func placesIn(dir string) places {
	return places{
		dir:      dir,
		start:    filepath.Join(dir, "start.lock"),
		users:    filepath.Join(dir, "users.lock"),
		keeper:   filepath.Join(dir, "keeper.lock"),
		server:   filepath.Join(dir, "server.json"),
		released: filepath.Join(dir, "released"),
		log:      filepath.Join(dir, "keeper.log"),
	}
}

// address is what server.json holds.
type address struct {
	URL string `json:"url"`
}

// join takes a hold on the shared server, starting it where it is not running.
func join() (*server, error) {
	at, err := openPlaces()
	if err != nil {
		return nil, err
	}
	starting, err := lockFile(at.start, syscall.LOCK_EX)
	if err != nil {
		return nil, err
	}
	defer starting.Close() //nolint:errcheck // closing unlocks
	users, err := lockFile(at.users, syscall.LOCK_SH)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience) //nolint:forbidigo // shared by all tests of the process
	defer cancel()
	found, err := at.runningServer(ctx)
	if err != nil {
		return nil, errors.Join(err, users.Close())
	}
	admin, err := url.Parse(found.URL)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read the server's address: %w", err), users.Close())
	}
	return &server{places: at, admin: admin, users: users}, nil
}

// openPlaces makes the per-user directory and makes sure that it is ours: anybody may write where it lies.
func openPlaces() (places, error) {
	at := placesIn(filepath.Join(os.TempDir(), "peakseat-dbtest-"+strconv.Itoa(os.Geteuid())))
	if err := os.Mkdir(at.dir, 0o711); err != nil && !errors.Is(err, os.ErrExist) { //nolint:gosec // root's postgres passes through
		return places{}, fmt.Errorf("make directory: %w", err)
	}
	info, err := os.Lstat(at.dir)
	if err != nil {
		return places{}, fmt.Errorf("look at directory: %w", err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || !ok || int(owner.Uid) != os.Geteuid() || info.Mode().Perm()&0o022 != 0 {
		return places{}, fmt.Errorf("%s is not a directory of our own: remove it", at.dir)
	}
	if err := os.Mkdir(at.released, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return places{}, fmt.Errorf("make directory: %w", err)
	}
	return at, nil
}

// runningServer is the server that a living keeper serves; where there is no keeper, one is started.
func (at places) runningServer(ctx context.Context) (address, error) {
	for {
		idle, err := lockFile(at.keeper, syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			if err = errors.Join(idle.Close(), at.startKeeper(ctx)); err != nil {
				return address{}, err
			}
		} else if !errors.Is(err, syscall.EWOULDBLOCK) {
			return address{}, err
		}
		content, err := os.ReadFile(at.server)
		if err == nil {
			var found address
			if err := json.Unmarshal(content, &found); err != nil {
				return address{}, fmt.Errorf("read %s: %w", at.server, err)
			}
			return found, nil
		}
		// A keeper without an address is starting for a process that died meanwhile, or is on its way out.
		select {
		case <-ctx.Done():
			return address{}, fmt.Errorf("wait for the test server, see %s: %w", at.log, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// startKeeper starts this very program as the keeper and waits for its word that the server is ready.
func (at places) startKeeper(ctx context.Context) error {
	if err := os.Remove(at.server); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove a dead server's address: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find our own program: %w", err)
	}
	log, err := os.OpenFile(at.log, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open the keeper's log: %w", err)
	}
	defer log.Close() //nolint:errcheck // the keeper has its own
	word, keepersEnd, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("make a pipe: %w", err)
	}
	defer word.Close()                                           //nolint:errcheck // read only
	cmd := exec.CommandContext(context.WithoutCancel(ctx), self) //nolint:gosec // our own program
	cmd.Dir = at.dir
	cmd.Env = append(os.Environ(), keeperVariable+"="+at.dir)
	cmd.Stdout, cmd.Stderr = keepersEnd, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // it outlives us, and ^C is not for it
	err = cmd.Start()
	_ = keepersEnd.Close()
	if err != nil {
		return fmt.Errorf("start the keeper: %w", err)
	}
	if said, err := io.ReadAll(word); err != nil || strings.TrimSpace(string(said)) != keeperReady {
		waited := cmd.Wait()
		content, _ := os.ReadFile(at.log) // only for the message
		return fmt.Errorf("the keeper of the test server ended (%w):\n%s", errors.Join(err, waited), content)
	}
	if err := cmd.Process.Release(); err != nil {
		return fmt.Errorf("let go of the keeper: %w", err)
	}
	return nil
}

// lockFile opens and locks a file. The lock lasts until the file is closed or the process ends.
func lockFile(path string, how int) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // a name of ours
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	for {
		err = syscall.Flock(int(file.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), file.Close())
	}
	return file, nil
}

func pathHash(path string) uint32 {
	hash := fnv.New32a()
	_, _ = io.WriteString(hash, path)
	return hash.Sum32()
}
