package app

import (
	"context"
	"errors"
	"time"

	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// Replay publishes the facts written since from again, in order, and returns how many when all are out: to every
// consumer, which acts on those it has not handled, or to the one named.
func Replay(ctx context.Context, cfg Config, from time.Time, consumer string) (n int64, err error) {
	if err := cfg.Complete(); err != nil {
		return 0, err
	}
	stack, err := OpenStack(ctx, cfg)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, stack.Close(context.WithoutCancel(ctx))) }()
	system, err := postgres.Open(ctx, stack.URL, postgres.System, postgres.Options{MaxConns: 4})
	if err != nil {
		return 0, err
	}
	defer system.Close()
	return outbox.Replay(ctx, system, stack.NATS, outbox.Options{Replicas: max(1, cfg.NATSNodes), Log: cfg.Log}, from, consumer)
}
