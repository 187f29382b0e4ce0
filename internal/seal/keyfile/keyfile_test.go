package keyfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"golang.org/x/sync/errgroup"

	"peakseat/internal/seal/keyfile"
)

func TestOfManyCreatorsOneWinsAndAllReadTheSame(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys", "one")
	read := make([]string, 16)
	var group errgroup.Group
	for i := range read {
		group.Go(func() error {
			content, err := keyfile.ReadOrCreate(path, true, func() ([]byte, error) { return []byte(strconv.Itoa(i)), nil })
			read[i] = string(content)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, got := range read {
		if got == "" || got != read[0] {
			t.Fatalf("creators read %q and %q", read[0], got)
		}
	}
	if err := keyfile.Create(path, []byte("other")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Create over a secret = %v, want fs.ErrExist", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %04o, want 0600", info.Mode().Perm())
	}
	assertOnly(t, filepath.Dir(path), "one")
}

func TestMissingSecretIsCreatedOnlyWhereAllowed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "absent")
	_, err := keyfile.ReadOrCreate(path, false, func() ([]byte, error) { return []byte("x"), nil })
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("err = %v, want fs.ErrNotExist", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the secret was created")
	}
}

func TestExposedSecretsAreRefused(t *testing.T) {
	t.Parallel()
	for mode, refused := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o440: false, 0o640: false, 0o660: true, 0o644: true, 0o604: true, 0o602: true} {
		path := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := keyfile.Read(path); errors.Is(err, keyfile.ErrExposed) != refused {
			t.Errorf("mode %04o: err = %v, want refused = %v", mode, err, refused)
		}
	}
}

func TestConcurrentUpdatesAreAllKept(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "count")
	if err := keyfile.Create(path, []byte("0")); err != nil {
		t.Fatal(err)
	}
	var group errgroup.Group
	for range 20 {
		group.Go(func() error {
			return keyfile.Update(path, func(old []byte) ([]byte, error) {
				n, err := strconv.Atoi(string(old))
				return []byte(strconv.Itoa(n + 1)), err
			})
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	got, err := keyfile.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != "20" {
		t.Errorf("20 updates counted %s", got)
	}
	assertOnly(t, filepath.Dir(path), "count", "count.lock")
}

func TestFailedUpdateLeavesTheSecret(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secret")
	if err := keyfile.Create(path, []byte("old")); err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	if err := keyfile.Update(path, func([]byte) ([]byte, error) { return nil, refused }); !errors.Is(err, refused) {
		t.Errorf("err = %v, want %v", err, refused)
	}
	if got, err := keyfile.Read(path); err != nil || string(got) != "old" {
		t.Errorf("content = %q, %v, want old", got, err)
	}
}

func assertOnly(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, entry := range entries {
		got[entry.Name()] = true
	}
	for _, name := range want {
		delete(got, name)
	}
	if len(got) != 0 {
		t.Errorf("left over in the key directory: %v", got)
	}
}
