package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"peakseat/internal/devstack"
	"peakseat/internal/postgres"
)

// Stack is what the program stands on: a PostgreSQL and, where asked for, a NATS, its own or others'.
type Stack struct {
	URL      string // of the database, with rights to migrate
	postgres *devstack.Access
	broker   *devstack.NATSAccess
	NATS     *nats.Conn
}

// OpenDatabase opens the database alone, which is all that most commands need.
func OpenDatabase(ctx context.Context, cfg Config) (*Stack, error) {
	if cfg.DatabaseURL != "" {
		return &Stack{URL: cfg.DatabaseURL}, nil
	}
	access, err := devstack.OpenPostgres(ctx, devstack.Options{Dir: cfg.DataDir, Log: cfg.Log})
	if err != nil {
		return nil, fmt.Errorf("private PostgreSQL: %w", err)
	}
	return &Stack{URL: access.URL(), postgres: access}, nil
}

// OpenStack opens the database and NATS.
func OpenStack(ctx context.Context, cfg Config) (*Stack, error) {
	s, err := OpenDatabase(ctx, cfg)
	if err != nil {
		return nil, err
	}
	options := []nats.Option{nats.Name("peakseat"), nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true), nats.Timeout(5 * time.Second)}
	address := cfg.NATSURL
	if address == "" {
		s.broker, err = devstack.OpenNATS(ctx, devstack.NATSOptions{Dir: cfg.DataDir, Listen: "127.0.0.1:0", SyncAlways: false, Log: cfg.Log})
		if err != nil {
			return nil, errors.Join(fmt.Errorf("embedded NATS: %w", err), s.Close(ctx))
		}
		address = s.broker.URL()
	}
	s.NATS, err = nats.Connect(address, options...)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connect to NATS: %s", strings.ReplaceAll(err.Error(), address, "NATS")), s.Close(ctx))
	}
	return s, nil
}

// Run watches over what is ours until ctx ends.
func (s *Stack) Run(ctx context.Context) error {
	if s.postgres != nil {
		return s.postgres.Run(ctx)
	}
	<-ctx.Done()
	return nil
}

// Close ends the use of everything and stops what is ours.
func (s *Stack) Close(ctx context.Context) error {
	var problems []error
	if s.NATS != nil {
		s.NATS.Close()
	}
	if s.broker != nil {
		problems = append(problems, s.broker.Close(ctx))
	}
	if s.postgres != nil {
		problems = append(problems, s.postgres.Close(ctx))
	}
	return errors.Join(problems...)
}

// Pools are one pool for each role that the program works under.
type Pools struct{ App, Claim, System *postgres.DB }

// OpenPools opens them; claim are the claim pool's own settings.
func OpenPools(ctx context.Context, url string, claim postgres.Options) (_ *Pools, err error) {
	p := &Pools{}
	defer func() {
		if err != nil {
			p.Close()
		}
	}()
	if p.App, err = postgres.Open(ctx, url, postgres.App, postgres.Options{MaxConns: 24}); err != nil {
		return nil, err
	}
	if p.Claim, err = postgres.Open(ctx, url, postgres.Claim, claim); err != nil {
		return nil, err
	}
	if p.System, err = postgres.Open(ctx, url, postgres.System, postgres.Options{MaxConns: 16}); err != nil {
		return nil, err
	}
	return p, nil
}

// Close ends every connection.
func (p *Pools) Close() {
	for _, db := range []*postgres.DB{p.App, p.Claim, p.System} {
		if db != nil {
			db.Close()
		}
	}
}
