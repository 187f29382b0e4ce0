package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/clock"
	"peakseat/internal/postgres"
)

const (
	replayPart  = time.Hour // of facts put into the queue in one transaction
	replayCheck = 50 * time.Millisecond
)

// Replay publishes again, in order, the facts written since from, and returns how many
// when all of them are out. It runs beside a living program or without one.
//
// With a consumer named, only that one acts on them: that is how a new consumer learns
// the past. Without, every consumer gets them, and acts on those it has not handled; so
// from may then not be older than what the inboxes remember.
func Replay(ctx context.Context, db *postgres.DB, nc *nats.Conn, o Options, from time.Time, consumer string) (int64, error) {
	now := clock.Now()
	if consumer == "" && from.Before(now.Add(-inboxAge)) {
		return 0, errors.New("the inboxes remember 30 days: an older replay must name one consumer")
	}
	relay, err := NewRelay(db, nc, o)
	if err != nil {
		return 0, err
	}
	var only *string
	if consumer != "" {
		only = &consumer
	}
	var oldest *time.Time
	if err := db.Pool.QueryRow(ctx, `select min(recorded_at) from platform.fact where recorded_at >= $1`, from).Scan(&oldest); err != nil {
		return 0, fmt.Errorf("look for the oldest fact: %w", err)
	}
	if oldest == nil {
		return 0, nil
	}
	g, ctx := errgroup.WithContext(ctx)
	running, stop := context.WithCancel(ctx)
	g.Go(func() error { return relay.Run(running) })
	var put int64
	g.Go(func() error {
		defer stop()
		for part := *oldest; part.Before(now); part = part.Add(replayPart) {
			end := part.Add(replayPart)
			if end.After(now) {
				end = now
			}
			done, err := db.Pool.Exec(ctx, `
				insert into platform.outbox (fact_id, fact_recorded_at, consumer)
				select id, recorded_at, $3 from platform.fact
				where recorded_at >= $1 and recorded_at < $2 and type not like 'peakseat.job.%'
				order by position`, part, end, only)
			if err != nil {
				return fmt.Errorf("put facts into the outbox again: %w", err)
			}
			put += done.RowsAffected()
			relay.Wake()
		}
		var last int64
		if err := db.Pool.QueryRow(ctx, `select coalesce(max(id), 0) from platform.outbox`).Scan(&last); err != nil {
			return fmt.Errorf("look at the outbox: %w", err)
		}
		for {
			var some bool
			if err := db.Pool.QueryRow(ctx, `select exists (select from platform.outbox where id <= $1)`, last).Scan(&some); err != nil {
				return fmt.Errorf("look at the outbox: %w", err)
			}
			if !some {
				return nil
			}
			if !wait(ctx, replayCheck) {
				return ctx.Err()
			}
		}
	})
	if err := g.Wait(); err != nil {
		return put, err
	}
	return put, nil
}
