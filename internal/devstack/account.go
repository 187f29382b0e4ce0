package devstack

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// account is who PostgreSQL runs as. PostgreSQL refuses to run as root.
type account struct {
	name     string
	uid, gid uint32
	drop     bool // we are root and have to become this account
}

// serverAccount picks the account: ourselves, or for root the owner of the data where there are data, else postgres,
// else nobody.
func serverAccount(dataDir string) (account, error) {
	euid := os.Geteuid()
	owner, exists, err := ownerOf(dataDir)
	if err != nil {
		return account{}, err
	}
	if euid != 0 {
		if exists && owner.Uid != uint32(euid) { //nolint:gosec // a uid fits
			return account{}, fmt.Errorf("%s belongs to user %d and this program runs as user %d: %w",
				dataDir, owner.Uid, euid, os.ErrPermission)
		}
		return account{name: strconv.Itoa(euid), uid: uint32(euid), gid: uint32(os.Getegid())}, nil //nolint:gosec // ids fit
	}
	if exists && owner.Uid != 0 {
		return account{name: strconv.Itoa(int(owner.Uid)), uid: owner.Uid, gid: owner.Gid, drop: true}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(found.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(found.Gid, 10, 32)
		if err := errors.Join(errUID, errGID); err != nil {
			return account{}, fmt.Errorf("account %s: %w", name, err)
		}
		return account{name: name, uid: uint32(uid), gid: uint32(gid), drop: true}, nil
	}
	return account{}, errors.New("PostgreSQL refuses to run as root and this machine has neither an account postgres nor nobody")
}

func ownerOf(path string) (*syscall.Stat_t, bool, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("look at %s: %w", path, err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return stat, ok, nil
}

// own hands a path to the account.
func (a account) own(path string) error {
	if !a.drop {
		return nil
	}
	if err := os.Chown(path, int(a.uid), int(a.gid)); err != nil {
		return fmt.Errorf("hand %s to %s: %w", path, a.name, err)
	}
	return nil
}

// sysProcAttr makes a child run as the account, in a process group of its own so that ^C in the terminal reaches only us.
func (a account) sysProcAttr(onOurDeath syscall.Signal) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if a.drop {
		attr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	dieWithParent(attr, onOurDeath)
	return attr
}
