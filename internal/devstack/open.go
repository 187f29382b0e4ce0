package devstack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// openPause is between two looks at a directory whose owner is starting or stopping.
const openPause = 50 * time.Millisecond

// Access is a command's use of a private PostgreSQL, its own or another program's.
type Access struct {
	url   string
	own   *Postgres // nil where another program runs it
	users *os.File  // shared lock: an owner that came for a moment waits for those who joined it
}

// OpenPostgres joins the private PostgreSQL of a running program, or starts it where none runs. Close ends the use.
func OpenPostgres(ctx context.Context, o Options) (*Access, error) {
	for {
		own, err := StartPostgres(ctx, o)
		if err == nil {
			users, errHold := holdUsers(o.Dir)
			if errHold != nil {
				return nil, errors.Join(errHold, own.Stop(ctx))
			}
			return &Access{url: own.URL(), own: own, users: users}, nil
		}
		if !errors.Is(err, ErrInUse) {
			return nil, err
		}
		access, err := joinAsUser(ctx, o.Dir)
		if !errors.Is(err, ErrNotRunning) {
			return access, err
		}
		// Its owner is in initdb, or on its way out.
		if err := pause(ctx, openPause); err != nil {
			return nil, fmt.Errorf("wait for the private PostgreSQL: %w", err)
		}
	}
}

// URL is the superuser's address of the database peakseat.
func (a *Access) URL() string { return a.url }

// Run watches over PostgreSQL, where it is ours, until ctx ends. It does not stop it: Close does.
func (a *Access) Run(ctx context.Context) error {
	if a.own != nil {
		a.own.supervise(ctx)
		return nil
	}
	<-ctx.Done()
	return nil
}

// Close ends the use. Where PostgreSQL is ours, it is stopped once all who joined have ended, or ctx ends.
func (a *Access) Close(ctx context.Context) error {
	if a.own == nil {
		return a.users.Close()
	}
	for syscall.Flock(int(a.users.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		if pause(ctx, openPause) != nil {
			break
		}
	}
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopPatience)
	defer cancel()
	return errors.Join(a.own.Stop(late), a.users.Close())
}

// joinAsUser holds the users' lock before it looks, so that the server cannot be stopped in between.
func joinAsUser(ctx context.Context, dir string) (*Access, error) {
	users, err := holdUsers(dir)
	if err != nil {
		return nil, err
	}
	found, err := Join(ctx, dir)
	if err != nil {
		return nil, errors.Join(err, users.Close())
	}
	return &Access{url: found, users: users}, nil
}

func holdUsers(dir string) (*os.File, error) {
	users, err := os.OpenFile(filepath.Join(layoutIn(dir).dir, "users.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open users' lock: %w", err)
	}
	if err := syscall.Flock(int(users.Fd()), syscall.LOCK_SH); err != nil {
		return nil, errors.Join(fmt.Errorf("take users' lock: %w", err), users.Close())
	}
	return users, nil
}

// NATSAccess is a command's use of an embedded NATS server, its own or another program's.
type NATSAccess struct {
	url string
	own *NATS
}

// OpenNATS joins the NATS server of a running program, or starts one that others may join.
func OpenNATS(ctx context.Context, o NATSOptions) (*NATSAccess, error) {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	for {
		own, err := StartNATS(ctx, o)
		if err == nil {
			return &NATSAccess{url: own.URL(), own: own}, nil
		}
		if !errors.Is(err, ErrInUse) {
			return nil, err
		}
		found, err := JoinNATS(ctx, o.Dir)
		if err == nil {
			return &NATSAccess{url: found}, nil
		}
		if !errors.Is(err, ErrNATSNotRunning) {
			return nil, err
		}
		if err := pause(ctx, openPause); err != nil {
			return nil, fmt.Errorf("wait for the embedded NATS: %w", err)
		}
	}
}

// URL is the server's address with its token.
func (a *NATSAccess) URL() string { return a.url }

// Close stops the server where it is ours.
func (a *NATSAccess) Close(ctx context.Context) error {
	if a.own == nil {
		return nil
	}
	return a.own.Stop(ctx)
}
