package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
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
// when all of them are out. It runs beside a living program or without one; beside one, what waits in the queue and what
// is written meanwhile may come before it.
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
	put, alone, err := putAlone(ctx, db, *oldest, only)
	if err != nil {
		return 0, err
	}
	g, ctx := errgroup.WithContext(ctx)
	running, stop := context.WithCancel(ctx)
	g.Go(func() error { return relay.Run(running) })
	g.Go(func() error {
		defer stop()
		for part := *oldest; !alone && part.Before(now); part = part.Add(replayPart) {
			n, err := putAgain(ctx, db.Pool, part, earlier(part.Add(replayPart), now), only)
			if err != nil {
				return err
			}
			put += n
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

// putAlone puts all of them into the queue at once where no relay runs. What waits there, of which a relay that died may
// have told some, takes its place among the rest instead of going first.
func putAlone(ctx context.Context, db *postgres.DB, from time.Time, only *string) (put int64, alone bool, err error) {
	session, err := newSession(ctx, db)
	if err != nil {
		return 0, false, err
	}
	defer session.end(ctx)
	if alone, err = session.try(ctx, relayLock); err != nil || !alone {
		return 0, false, err
	}
	tx, err := session.conn.Begin(ctx)
	if err != nil {
		return 0, true, fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // nothing to do after a commit
	until := clock.Now().Add(replayPart)                           // whatever the clocks of others say
	if only == nil {
		// what is written meanwhile waits, or it would be told before what stood in the queue already
		if _, err := tx.Exec(ctx, `lock table platform.outbox in share row exclusive mode`); err != nil {
			return 0, true, fmt.Errorf("hold the outbox: %w", err)
		}
		if _, err := tx.Exec(ctx, `delete from platform.outbox where consumer is null and fact_recorded_at >= $1 and fact_recorded_at < $2
			and not exists (select from platform.fact f where f.id = fact_id and f.recorded_at = fact_recorded_at and f.type like 'peakseat.job.%')`, from, until); err != nil {
			return 0, true, fmt.Errorf("take what waits out of the outbox: %w", err)
		}
	}
	if put, err = putAgain(ctx, tx, from, until, only); err != nil {
		return 0, true, err
	}
	if err := tx.Commit(ctx); err != nil {
		return 0, true, fmt.Errorf("put facts into the outbox again: %w", err)
	}
	return put, true, nil
}

type execer interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// putAgain puts the facts recorded from one time until another into the queue, in order.
func putAgain(ctx context.Context, db execer, from, until time.Time, only *string) (int64, error) {
	done, err := db.Exec(ctx, `
		insert into platform.outbox (fact_id, fact_recorded_at, consumer)
		select id, recorded_at, $3 from platform.fact
		where recorded_at >= $1 and recorded_at < $2 and type not like 'peakseat.job.%'
		order by position`, from, until, only)
	if err != nil {
		return 0, fmt.Errorf("put facts into the outbox again: %w", err)
	}
	return done.RowsAffected(), nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
