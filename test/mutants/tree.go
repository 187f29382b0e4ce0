package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// tree is the source that is judged, and the test binaries made of it.
type tree struct {
	Dir      string
	Commit   string // "" for a directory as it stands: its verdicts are not kept for later
	binaries string
	owner    map[string]string   // schema: the package whose migrations make it
	users    map[string][]string // schema: the packages whose tests have it in their databases, the owner first
}

// openTree unpacks a commit beside the working directory, or takes dir as it stands.
func openTree(ctx context.Context, dir, revision string) (*tree, error) {
	t := &tree{Dir: dir}
	if dir == "" {
		commit, err := output(ctx, ".", "git", "rev-parse", "--verify", revision+"^{commit}")
		if err != nil {
			return nil, err
		}
		t.Commit = strings.TrimSpace(commit)
		t.Dir = filepath.Join(os.TempDir(), "peakseat-mutants-"+strconv.Itoa(os.Geteuid()), t.Commit)
		if err := unpack(ctx, t.Commit, t.Dir); err != nil {
			return nil, err
		}
	}
	var err error
	if t.binaries, err = os.MkdirTemp("", "peakseat-mutants-bin-"); err != nil {
		return nil, fmt.Errorf("make a directory: %w", err)
	}
	if t.Commit != "" {
		t.binaries = filepath.Join(t.Dir, ".binaries")
	}
	return t, t.readPackages(ctx)
}

// unpack writes a commit's files to dir, once.
func unpack(ctx context.Context, commit, dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return fmt.Errorf("unpack the commit: %w", err)
	}
	fresh, err := os.MkdirTemp(filepath.Dir(dir), "new-")
	if err != nil {
		return fmt.Errorf("unpack the commit: %w", err)
	}
	git := exec.CommandContext(ctx, "git", "archive", commit)
	tar := exec.CommandContext(ctx, "tar", "-x", "-C", fresh)
	if tar.Stdin, err = git.StdoutPipe(); err != nil {
		return fmt.Errorf("unpack the commit: %w", err)
	}
	tar.Stderr, git.Stderr = os.Stderr, os.Stderr
	if err := errors.Join(tar.Start(), git.Run(), tar.Wait()); err != nil {
		return fmt.Errorf("unpack the commit: %w", err)
	}
	if err := os.Rename(fresh, dir); err != nil {
		if _, other := os.Stat(filepath.Join(dir, "go.mod")); other == nil { // a second run was faster
			return os.RemoveAll(fresh)
		}
		return fmt.Errorf("unpack the commit: %w", err)
	}
	return nil
}

// close removes what was made: all of it when nothing is left to judge.
func (t *tree) close(finished bool) error {
	switch {
	case t.Commit == "":
		return os.RemoveAll(t.binaries)
	case finished:
		return os.RemoveAll(t.Dir)
	}
	return nil
}

// readPackages finds out which packages' tests see which schema.
func (t *tree) readPackages(ctx context.Context) error {
	listed, err := output(ctx, t.Dir, "go", "list", "-json=ImportPath,Dir,TestImports,XTestImports", "./...")
	if err != nil {
		return err
	}
	type goPackage struct {
		ImportPath, Dir           string
		TestImports, XTestImports []string
	}
	var all []goPackage
	for decoder := json.NewDecoder(strings.NewReader(listed)); ; {
		var p goPackage
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read the list of packages: %w", err)
		}
		all = append(all, p)
	}
	t.owner, t.users = map[string]string{}, map[string][]string{}
	for _, p := range all {
		if _, err := os.Stat(filepath.Join(p.Dir, "migration")); err != nil {
			continue
		}
		schema := filepath.Base(p.Dir)
		if strings.HasSuffix(p.ImportPath, "internal/postgres") {
			schema = "platform"
		}
		t.owner[schema] = p.ImportPath
		t.users[schema] = []string{p.ImportPath}
	}
	for _, p := range all {
		imports := append(slices.Clone(p.TestImports), p.XTestImports...)
		whole := slices.Contains(imports, "peakseat/internal/apitest")
		if !whole && !slices.Contains(imports, "peakseat/internal/dbtest") || p.ImportPath == "peakseat/internal/dbtest" {
			continue
		}
		for schema, owner := range t.owner {
			if owner != p.ImportPath && (whole || schema == "platform" || slices.Contains(imports, owner)) {
				t.users[schema] = append(t.users[schema], p.ImportPath)
			}
		}
	}
	for schema := range t.users { // the narrow ones first: the whole program takes longest
		slices.SortStableFunc(t.users[schema][1:], func(a, b string) int { return breadth(a) - breadth(b) })
	}
	return nil
}

func breadth(path string) int {
	switch {
	case strings.HasPrefix(path, "peakseat/internal/") && path != "peakseat/internal/app":
		return 0
	case path == "peakseat/test" || path == "peakseat/internal/app":
		return 2
	}
	return 1
}

// binary builds a package's test binary, once; overlay, where there is one, replaces files. It is "" for a package
// without tests.
func (t *tree) binary(ctx context.Context, path, overlay string) (string, error) {
	name := filepath.Join(t.binaries, strings.ReplaceAll(path, "/", "_"))
	args := []string{"test", "-c", "-vet=off", "-trimpath"} // what did not change is not compiled again for the next commit
	if overlay != "" {
		name += fmt.Sprintf("_%x", crc32.ChecksumIEEE([]byte(chooser))) // of this program's rewriting
		args = append(args, "-overlay", overlay)
	}
	if _, err := os.Stat(name); err == nil {
		return name, nil
	}
	if err := os.MkdirAll(t.binaries, 0o700); err != nil {
		return "", fmt.Errorf("make a directory: %w", err)
	}
	if _, err := output(ctx, t.Dir, "go", append(args, "-o", name, path)...); err != nil {
		return "", err
	}
	if _, err := os.Stat(name); err != nil {
		return "", nil //nolint:nilerr // go test -c writes nothing where there is nothing to test
	}
	return name, nil
}

// packageDir is where a package's tests run.
func (t *tree) packageDir(path string) string {
	return filepath.Join(t.Dir, strings.TrimPrefix(strings.TrimPrefix(path, "peakseat"), "/"))
}

// output runs a command and returns what it printed.
func output(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", cmd, err, complaint.String())
	}
	return string(out), nil
}
