package devstack

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// dieWithParent has the kernel signal the child when the thread that started it ends: that thread has to be locked for
// as long as the child lives.
func dieWithParent(attr *syscall.SysProcAttr, signal syscall.Signal) { attr.Pdeathsig = signal }

// isPostmaster tells whether a process is a PostgreSQL server for the data directory. A process number alone says
// nothing: after a reboot, and always in containers, it may belong to somebody else.
func isPostmaster(pid int, dataDir string) bool {
	if !alive(pid) {
		return false
	}
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	name, err := os.ReadFile(filepath.Join(proc, "comm")) //nolint:gosec // a number
	if err != nil || strings.TrimSpace(string(name)) != "postgres" {
		return false
	}
	workDir, err := os.Readlink(filepath.Join(proc, "cwd"))
	if errors.Is(err, os.ErrPermission) {
		return true // another user's process: believe the file
	}
	if err != nil {
		return false // a zombie has no directory
	}
	resolved, err := filepath.EvalSymlinks(dataDir)
	return err == nil && workDir == resolved
}
