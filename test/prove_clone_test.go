package test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"peakseat/internal/dbtest"
	"peakseat/internal/provetest"
)

// A clean clone with nothing compiled: `make run` to the served demo, `make test` green, and `.ci/run`; as root and, from
// there, as an ordinary user. Modules are downloaded before.
func TestProveClone(t *testing.T) { //nolint:paralleltest // it measures
	provetest.Need(t)
	name := "_user"
	if os.Geteuid() == 0 {
		name = "_root"
	}
	own := cloneFor(t, nil)
	own.measure(t, name)
	began := time.Now()
	own.make(t, ".ci/run")
	provetest.Record(t, "ci_run"+name, time.Since(began).Seconds(), "s", "on a clean clone, everything compiled before, no test result kept")
	if os.Geteuid() == 0 {
		const nobody = 65534
		cloneFor(t, &syscall.Credential{Uid: nobody, Gid: nobody}).measure(t, "_user")
	}
}

// clone is a fresh checkout in a home of its own.
type clone struct {
	home, dir string
	as        *syscall.Credential
	env       []string
}

func cloneFor(t *testing.T, as *syscall.Credential) clone {
	t.Helper()
	home := filepath.Join(dbtest.DataDir(t), "home")
	if err := os.Mkdir(home, 0o755); err != nil {
		t.Fatal(err)
	}
	c := clone{home: home, dir: filepath.Join(home, "peakseat"), as: as}
	modules := strings.TrimSpace(shell(t, "go env GOMODCACHE"))
	shell(t, "git clone -q . "+c.dir)
	c.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + filepath.Join(home, "tmp"), "LANG=" + os.Getenv("LANG"),
		"GOFLAGS=-count=1 -buildvcs=false -modcacherw", "GOTOOLCHAIN=local", "GOCACHE=" + filepath.Join(home, "build"), "GOMODCACHE=" + filepath.Join(home, "modules"),
		"GOPROXY=file://" + filepath.Join(home, "proxy"), "GONOSUMDB=*",
		"PEAKSEAT_DATA_DIR=" + filepath.Join(home, "data"), "PEAKSEAT_ADDR=" + freeAddr(t),
	}
	if err := os.Mkdir(filepath.Join(home, "tmp"), 0o755); err != nil {
		t.Fatal(err)
	}
	// the downloads of this machine serve as the proxy, so that nothing is asked of the network
	shell(t, "cp -r "+filepath.Join(modules, "cache", "download")+" "+filepath.Join(home, "proxy"))
	if as != nil {
		if err := filepath.WalkDir(home, func(path string, _ fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			return os.Lchown(path, int(as.Uid), int(as.Gid))
		}); err != nil {
			t.Fatal(err)
		}
	}
	c.make(t, "go", "mod", "download")
	return c
}

func (c clone) command(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Env = c.dir, c.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.as}
	return cmd
}

// make runs something that must succeed.
func (c clone) make(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := c.command(t, name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

func (c clone) measure(t *testing.T, who string) {
	t.Helper()
	d := startDemo(t, c.command(t, "make", "run"))
	provetest.Record(t, "make_run"+who, d.ready.Seconds(), "s", "on a clean clone, nothing compiled before, modules downloaded; to the first answer of /readyz")
	d.stop(t)
	began := time.Now()
	c.make(t, "make", "test")
	provetest.Record(t, "make_test"+who, time.Since(began).Seconds(), "s", "on the same clone, tests not compiled before; green")
}
