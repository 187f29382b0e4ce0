package devstack

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// process is a running postmaster.
type process struct {
	pid   int
	done  chan struct{}
	group errgroup.Group
}

// startProcess starts cmd and watches it. The watching goroutine keeps its thread for as long as the child lives,
// because the kernel ties the child's death signal to that thread.
func startProcess(cmd *exec.Cmd) (*process, error) {
	p := &process{done: make(chan struct{})}
	started := make(chan error, 1)
	p.group.Go(func() error {
		defer close(p.done)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if err == nil {
			p.pid = cmd.Process.Pid
		}
		started <- err
		if err != nil {
			return nil
		}
		return cmd.Wait()
	})
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return p, nil
}

// quitPatience is how long an immediate shutdown may take before the postmaster is killed.
const quitPatience = 5 * time.Second

// end asks the process to stop, and stops it harder when the context ends first.
func (p *process) end(ctx context.Context) error {
	p.signal(syscall.SIGINT) // fast shutdown: sessions are ended, a checkpoint is written
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
	}
	p.signal(syscall.SIGQUIT) // at once, with recovery at the next start
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), quitPatience)
	defer cancel()
	select {
	case <-p.done:
	case <-late.Done():
		p.signal(syscall.SIGKILL)
		<-p.done
	}
	return fmt.Errorf("PostgreSQL did not stop in time and was ended at once: %w", ctx.Err())
}

func (p *process) signal(signal syscall.Signal) {
	select {
	case <-p.done: // its number may be somebody else's by now
	default:
		_ = syscall.Kill(p.pid, signal)
	}
}

func alive(pid int) bool {
	if pid <= 0 {
		return false
	}
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
