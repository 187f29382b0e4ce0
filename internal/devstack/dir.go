package devstack

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// DefaultDir is where the embedded stack lives unless the user names a directory: $XDG_DATA_HOME/peakseat (normally
// ~/.local/share/peakseat), and for root /var/lib/peakseat, because root's home is closed to the account that
// PostgreSQL is started as.
func DefaultDir() (string, error) {
	return xdgDir("XDG_DATA_HOME", filepath.Join(".local", "share"), "/var/lib/peakseat")
}

// cacheDir is where binaries are kept that can be fetched again.
func cacheDir() (string, error) {
	return xdgDir("XDG_CACHE_HOME", ".cache", "/var/cache/peakseat")
}

func xdgDir(variable, underHome, forRoot string) (string, error) {
	if os.Geteuid() == 0 {
		return forRoot, nil
	}
	// The XDG specification says to ignore relative paths.
	if dir := os.Getenv(variable); filepath.IsAbs(dir) {
		return filepath.Join(dir, "peakseat"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("no place for data, name one with --data-dir: %w", err)
	}
	return filepath.Join(home, underHome, "peakseat"), nil
}

// makeOpenDir makes a directory that other accounts may pass through but not list.
func makeOpenDir(dir string) error {
	if err := os.MkdirAll(dir, 0o711); err != nil { //nolint:gosec // root's postgres account has to pass through
		return fmt.Errorf("make directory: %w", err)
	}
	return nil
}

// makeReadableDir makes a directory of things that are no secret, whatever the umask.
func makeReadableDir(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // programs that any account may run
		return fmt.Errorf("make directory: %w", err)
	}
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // as above
		return fmt.Errorf("open directory: %w", err)
	}
	return nil
}

// checkPassable refuses a directory that the account cannot reach, before PostgreSQL fails with words that help nobody.
func checkPassable(dir string, as account) error {
	resolved, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return fmt.Errorf("resolve directory: %w", err)
	}
	for at := resolved; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil {
			return fmt.Errorf("look at directory: %w", err)
		}
		if !passable(info, as) {
			return fmt.Errorf("PostgreSQL runs as the account %s, which may not enter %s (mode %04o): use a directory "+
				"such as /var/lib/peakseat (--data-dir), or chmod o+x %s: %w", as.name, at, info.Mode().Perm(), at, ErrClosedDir)
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
}

// ErrClosedDir says that a directory above the data is closed to the account that PostgreSQL runs as.
var ErrClosedDir = errors.New("directory closed to the database's account")

func passable(info os.FileInfo, as account) bool {
	owner, ok := info.Sys().(*syscall.Stat_t)
	mode := info.Mode().Perm()
	switch {
	case ok && owner.Uid == as.uid:
		return mode&0o100 != 0
	case ok && owner.Gid == as.gid:
		return mode&0o010 != 0
	default:
		return mode&0o001 != 0
	}
}
