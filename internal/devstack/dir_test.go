package devstack

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestDefaultDirectory(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	for _, c := range []struct{ xdg, want string }{
		{xdg: "/somewhere", want: "/somewhere/peakseat"},
		{xdg: "", want: filepath.Join(home, ".local/share/peakseat")},
		{xdg: "not/absolute", want: filepath.Join(home, ".local/share/peakseat")},
	} {
		t.Setenv("XDG_DATA_HOME", c.xdg)
		want := c.want
		if os.Geteuid() == 0 {
			want = "/var/lib/peakseat" // root's home is closed to the database's account
		}
		if got, err := DefaultDir(); err != nil || got != want {
			t.Errorf("with XDG_DATA_HOME=%q: %q (%v), want %q", c.xdg, got, err, want)
		}
	}
}

func TestLockIsExclusiveUntilGivenBack(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "by", "us")
	lock, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = Lock(dir); !errors.Is(err, ErrInUse) {
		t.Fatalf("a second lock: %v, want %v", err, ErrInUse)
	}
	if err = lock.Unlock(); err != nil {
		t.Fatal(err)
	}
	again, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Unlock(); err != nil {
		t.Fatal(err)
	}
}
