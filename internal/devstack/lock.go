package devstack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ErrInUse says that another program holds the directory.
var ErrInUse = errors.New("directory in use by another program")

// DirLock is one program's claim on a directory. The kernel drops it when the program dies, however it dies.
type DirLock struct{ file *os.File }

// Lock claims dir, making it where it is absent, or answers ErrInUse at once.
func Lock(dir string) (*DirLock, error) {
	if err := makeOpenDir(dir); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator chose the directory
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := io.ReadAll(io.LimitReader(file, 32)) // it only makes the message better
		_ = file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%s is held by process %s: %w", dir, strings.TrimSpace(string(holder)), ErrInUse)
		}
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	if err := noteHolder(file); err != nil {
		_ = file.Close()
		return nil, err
	}
	return &DirLock{file: file}, nil
}

// Unlock gives the directory free. The file stays: removing it would let two programs lock two files of one name.
//
// It unlocks before it closes: a child that another goroutine is just forking holds the file until it executes, and a
// lock lives as long as any holder of the file.
func (l *DirLock) Unlock() error {
	if err := errors.Join(syscall.Flock(int(l.file.Fd()), syscall.LOCK_UN), l.file.Close()); err != nil {
		return fmt.Errorf("unlock: %w", err)
	}
	return nil
}

func noteHolder(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return fmt.Errorf("write lock: %w", err)
	}
	if _, err := file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0); err != nil {
		return fmt.Errorf("write lock: %w", err)
	}
	return nil
}

// lockPatiently waits for the other program.
func lockPatiently(ctx context.Context, dir string) (*DirLock, error) {
	for {
		lock, err := Lock(dir)
		if !errors.Is(err, ErrInUse) {
			return lock, err
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return nil, fmt.Errorf("wait for %s: %w", dir, err)
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
