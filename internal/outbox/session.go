package outbox

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"

	"peakseat/internal/clock"
	"peakseat/internal/postgres"
)

// session is a database connection that holds advisory locks: whoever holds one
// leads, and loses it with the connection.
type session struct{ conn *pgx.Conn }

func newSession(ctx context.Context, db *postgres.DB) (session, error) {
	pooled, err := db.Pool.Acquire(ctx)
	if err != nil {
		return session{}, fmt.Errorf("get a session: %w", err)
	}
	return session{pooled.Hijack()}, nil
}

// try asks for a lock and does not wait for it.
func (s session) try(ctx context.Context, key int64) (held bool, err error) {
	if err := s.conn.QueryRow(ctx, `select pg_catalog.pg_try_advisory_lock($1)`, key).Scan(&held); err != nil {
		return false, fmt.Errorf("ask to lead: %w", err)
	}
	return held, nil
}

// end closes the connection, and with it gives every lock back.
func (s session) end(ctx context.Context) {
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	_ = s.conn.Close(limit) // it is gone either way
}

// restart runs a part of the program again and again until ctx ends, with a growing pause after each end; stopped is told
// why it ended.
func restart(ctx context.Context, run func(ctx context.Context) error, stopped func(err error)) {
	again := backoff{least: 50 * time.Millisecond, most: 2 * time.Second}
	for {
		began := clock.Now()
		err := run(ctx)
		if ctx.Err() != nil {
			return // the end was asked for
		}
		if clock.Since(began) > time.Minute {
			again.reset()
		}
		stopped(err)
		if !again.wait(ctx) {
			return
		}
	}
}

// backoff doubles a pause from least to most, with jitter.
type backoff struct {
	least, most time.Duration
	next        time.Duration
}

func (b *backoff) reset() { b.next = 0 }

// wait pauses and tells false where ctx ended meanwhile.
func (b *backoff) wait(ctx context.Context) bool {
	b.next = min(max(2*b.next, b.least), b.most)
	return wait(ctx, b.next/2+rand.N(b.next/2+1)) //nolint:gosec // jitter, not a secret
}

// wait pauses for d and tells false where ctx ended meanwhile.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
