package keyfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// ErrExposed says that a secret's file may be read or written by other users than its owner and group.
var ErrExposed = errors.New("secret file is open to other users")

// maxSize bounds what is read: the largest keyset here is a few KiB.
const maxSize = 1 << 20

// Read returns the content of a secret file. It refuses a file that its group may write or that others may read or
// write: production mounts of secrets are often 0440, our own files are 0600.
func Read(path string) ([]byte, error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, fmt.Errorf("open secret: %w", err)
	}
	defer func() { _ = f.Close() }() // nothing was written
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("stat secret: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("secret %s is not a file", path)
	}
	if info.Mode().Perm()&0o027 != 0 {
		return nil, fmt.Errorf("%w: %s has mode %04o, want 0600", ErrExposed, path, info.Mode().Perm())
	}
	content, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read secret: %w", err)
	}
	if len(content) > maxSize {
		return nil, fmt.Errorf("secret %s is larger than %d bytes", path, maxSize)
	}
	return content, nil
}

// Create writes a secret file with mode 0600, in a directory made with mode 0700 where it is missing. It fails with
// fs.ErrExist when the file is there: of several creators one wins, and the others read what it wrote.
func Create(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make key directory: %w", err)
	}
	temporary, err := writeBeside(path, content)
	if err != nil {
		return err
	}
	// A link, unlike a rename, fails where the name is taken.
	err = os.Link(temporary, path)
	if removed := os.Remove(temporary); err == nil {
		err = removed
	}
	if err != nil {
		return fmt.Errorf("create secret: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

// ReadOrCreate returns the content of a secret file, and creates it from the function when it is missing and may be
// created.
func ReadOrCreate(path string, create bool, content func() ([]byte, error)) ([]byte, error) {
	found, err := Read(path)
	if err == nil || !create || !errors.Is(err, fs.ErrNotExist) {
		return found, err
	}
	made, err := content()
	if err != nil {
		return nil, err
	}
	if err := Create(path, made); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return Read(path)
}

// Update replaces a secret file's content by what the function makes of it. Updates of one file wait for each other,
// across processes, so that none undoes another.
func Update(path string, change func(old []byte) ([]byte, error)) error {
	unlock, err := lock(path + ".lock")
	if err != nil {
		return err
	}
	defer unlock()
	old, err := Read(path)
	if err != nil {
		return err
	}
	content, err := change(old)
	if err != nil {
		return err
	}
	temporary, err := writeBeside(path, content)
	if err != nil {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		return errors.Join(fmt.Errorf("replace secret: %w", err), os.Remove(temporary))
	}
	return syncDir(filepath.Dir(path))
}

func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Clean(path), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open key lock: %w", err)
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock keys: %w", err), f.Close())
	}
	return func() { _ = f.Close() }, nil // closing releases the lock; nothing was written
}

// writeBeside writes and flushes the content to a new file (mode 0600) in the directory of path.
func writeBeside(path string, content []byte) (name string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return "", fmt.Errorf("create secret: %w", err)
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return "", errors.Join(fmt.Errorf("write secret: %w", err), os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// syncDir flushes a directory, without which a new name can be lost in a power cut.
func syncDir(dir string) error {
	d, err := os.Open(filepath.Clean(dir))
	if err != nil {
		return fmt.Errorf("open key directory: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("flush key directory: %w", err)
	}
	return nil
}
