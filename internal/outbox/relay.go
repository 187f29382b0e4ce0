package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/clock"
	"peakseat/internal/postgres"
)

// Headers of a published fact, besides JetStream's own message id.
const (
	headerRecorded = "Peakseat-Recorded" // completes the key of the row in platform.fact
	headerConsumer = "Peakseat-For"      // told again to this consumer only
)

// relayLock is the advisory lock of the one relay that leads.
const relayLock = 7365742011

const (
	leaderEvery  = time.Second      // how often a relay that follows asks to lead
	houseEvery   = 10 * time.Minute // partitions ahead, old inbox rows
	gaugeEvery   = 5 * time.Second
	publishLimit = 2 * time.Second  // for the acks of a batch
	askLimit     = 3 * time.Second  // for an answer of the broker about streams and consumers
	oneLimit     = time.Second      // for one ack, before the fact is sent again
	patience     = 20 * time.Second // with a broker that acknowledges nothing, before the session is given up
	monthsAhead  = 3
)

// Relay publishes what Append wrote, in order. Any number may run: one leads, by an
// advisory lock of its database session.
//
// A batch is deleted from the queue, published, and only then committed, all in the
// leader's own session: a leader that dies or loses its session leaves the queue as
// it was. Each message expects the stream's last sequence to be the one before it, so
// that after one that was lost none of the following is stored, and the batch is told
// again in order. The message id is the fact's id, by which JetStream drops repeats.
type Relay struct {
	db      *postgres.DB
	nc      *nats.Conn
	js      jetstream.JetStream
	o       Options
	wake    chan struct{}
	last    map[string]uint64 // by stream: the last sequence known; absent where not known
	metrics relayMetrics
}

// NewRelay makes a relay over the system role's pool.
func NewRelay(db *postgres.DB, nc *nats.Conn, o Options) (*Relay, error) {
	o = o.withDefaults()
	js, err := jetstream.New(nc, jetstream.WithDefaultTimeout(askLimit),
		jetstream.WithPublishAsyncMaxPending(2*o.Batch), jetstream.WithPublishAsyncTimeout(publishLimit))
	if err != nil {
		return nil, fmt.Errorf("open JetStream: %w", err)
	}
	return &Relay{
		db: db, nc: nc, js: js, o: o,
		wake: make(chan struct{}, 1), last: map[string]uint64{}, metrics: newRelayMetrics(o.Metrics),
	}, nil
}

// Wake tells the relay that something was committed, so that it need not wait for its
// next look. It never blocks.
func (r *Relay) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run publishes until ctx ends. It outlives the loss of PostgreSQL and of NATS.
func (r *Relay) Run(ctx context.Context) error {
	restart(ctx, r.lead, func(err error) {
		r.o.Log.WarnContext(ctx, "the relay stopped and begins again", slog.String("error", Reason(err)))
	})
	return nil
}

// lead waits until this relay may lead, then publishes until something fails.
func (r *Relay) lead(ctx context.Context) error {
	session, err := newSession(ctx, r.db)
	if err != nil {
		return err
	}
	defer session.end(ctx)
	for {
		held, err := session.try(ctx, relayLock)
		if err != nil {
			return err
		}
		if held {
			break
		}
		if !wait(ctx, leaderEvery) {
			return ctx.Err()
		}
	}
	r.metrics.leads.Set(1)
	defer r.metrics.leads.Set(0)
	clear(r.last)
	// a deletion that a crash of the server undoes is a fact told twice, and known by its id
	if _, err := session.conn.Exec(ctx, `set synchronous_commit = off`); err != nil {
		return fmt.Errorf("prepare the relay's session: %w", err)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return r.publish(ctx, session.conn) })
	g.Go(func() error { return r.keepHouse(ctx) })
	return g.Wait()
}

func (r *Relay) publish(ctx context.Context, conn *pgx.Conn) error {
	if err := EnsureStreams(ctx, r.js, r.o.Replicas); err != nil {
		return err
	}
	poll := time.NewTimer(0)
	defer poll.Stop()
	for {
		for {
			n, err := r.drain(ctx, conn)
			if err != nil {
				return err
			}
			if n < r.o.Batch {
				break
			}
		}
		poll.Reset(r.o.Poll)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-poll.C:
		case <-r.wake:
		}
	}
}

// queued is one row of the queue with its fact.
type queued struct {
	id       int64
	factID   uuid.UUID
	recorded time.Time
	factType *string // nil where the fact is gone, which nothing but a hand in the database can do
	body     []byte
	consumer *string
}

// drain publishes one batch and returns its size.
func (r *Relay) drain(ctx context.Context, conn *pgx.Conn) (int, error) {
	var some bool
	if err := conn.QueryRow(ctx, `select exists (select from platform.outbox)`).Scan(&some); err != nil {
		return 0, fmt.Errorf("look at the outbox: %w", err)
	}
	if !some {
		return 0, nil
	}
	tx, err := conn.Begin(ctx)
	if err != nil {
		return 0, fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // nothing to do after a commit
	batch, err := take(ctx, tx, r.o.Batch)
	if err != nil {
		return 0, err
	}
	if err := r.send(ctx, batch); err != nil {
		return 0, err
	}
	if err := tx.Commit(ctx); err != nil {
		return 0, fmt.Errorf("commit what was published: %w", err)
	}
	for _, q := range batch {
		r.metrics.lag.Observe(clock.Since(q.recorded).Seconds())
	}
	r.metrics.published.Add(float64(len(batch)))
	return len(batch), nil
}

func take(ctx context.Context, tx pgx.Tx, most int) ([]queued, error) {
	rows, err := tx.Query(ctx, `
		with q as (
			-- an array is made once, whatever the planner believes; after a burst it still believes in an empty queue, and would
			-- make an IN's list anew for each of its rows
			delete from platform.outbox where id = any (array(
				select id from platform.outbox order by id limit $1 for update skip locked))
			returning id, fact_id, fact_recorded_at, consumer)
		select q.id, q.fact_id, q.fact_recorded_at, f.type, f.body, q.consumer
		from q left join platform.fact f on f.id = q.fact_id and f.recorded_at = q.fact_recorded_at
		order by q.id`, most)
	if err != nil {
		return nil, fmt.Errorf("take from the outbox: %w", err)
	}
	batch, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (queued, error) {
		var q queued
		failed := row.Scan(&q.id, &q.factID, &q.recorded, &q.factType, &q.body, &q.consumer)
		return q, failed
	})
	if err != nil {
		return nil, fmt.Errorf("take from the outbox: %w", err)
	}
	return batch, nil
}

// send publishes a batch in order and returns when all of it is stored.
func (r *Relay) send(ctx context.Context, batch []queued) error {
	if !r.nc.IsConnected() {
		return nats.ErrDisconnected // not into the client's buffer, where it would wait unseen
	}
	messages, err := r.messages(ctx, batch)
	if err != nil {
		return err
	}
	err = r.sendAtOnce(ctx, messages)
	if err == nil || ctx.Err() != nil {
		return err
	}
	// Something was refused or lost, and nothing after it in its stream was stored: a
	// repeat, a sequence that is not known yet, a stream that changed its leader.
	r.metrics.slow.Inc()
	clear(r.last)
	return r.sendOneByOne(ctx, messages)
}

type message struct {
	stream string
	msg    *nats.Msg
}

func (r *Relay) messages(ctx context.Context, batch []queued) ([]message, error) {
	list := make([]message, 0, len(batch))
	for _, q := range batch {
		if q.factType == nil {
			r.o.Log.ErrorContext(ctx, "a fact in the outbox is missing and cannot be told", slog.String("fact_id", q.factID.String()))
			continue
		}
		stream, err := streamFor(*q.factType)
		if err != nil {
			// left where it is: a newer program may know the context
			return nil, err
		}
		msg := nats.NewMsg(*q.factType)
		msg.Data = q.body
		msg.Header.Set(jetstream.MsgIDHeader, q.factID.String())
		msg.Header.Set(headerRecorded, q.recorded.UTC().Format(time.RFC3339Nano))
		if q.consumer != nil {
			msg.Header.Set(headerConsumer, *q.consumer)
			msg.Header.Set(jetstream.MsgIDHeader, q.factID.String()+"/"+strconv.FormatInt(q.id, 10))
		}
		list = append(list, message{stream, msg})
	}
	return list, nil
}

func (r *Relay) sendAtOnce(ctx context.Context, messages []message) error {
	acks := make([]jetstream.PubAckFuture, 0, len(messages))
	next := make(map[string]uint64, len(r.last))
	for _, m := range messages {
		last, known := next[m.stream]
		if !known {
			if last, known = r.last[m.stream]; !known {
				stream, err := r.js.Stream(ctx, m.stream)
				if err != nil {
					return fmt.Errorf("ask for the stream %s: %w", m.stream, err)
				}
				last = stream.CachedInfo().State.LastSeq
			}
		}
		ack, err := r.js.PublishMsgAsync(m.msg, jetstream.WithExpectLastSequence(last), jetstream.WithRetryAttempts(0))
		if err != nil {
			return fmt.Errorf("publish: %w", err)
		}
		acks = append(acks, ack)
		next[m.stream] = last + 1
	}
	late := time.NewTimer(publishLimit)
	defer late.Stop()
	for _, ack := range acks {
		select {
		case stored := <-ack.Ok():
			if stored.Duplicate {
				return errors.New("the stream holds it already")
			}
		case err := <-ack.Err():
			return fmt.Errorf("publish: %w", err)
		case <-late.C:
			return jetstream.ErrAsyncPublishTimeout
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	maps.Copy(r.last, next)
	return nil
}

// sendOneByOne sends each fact until it is stored, and only then the next.
func (r *Relay) sendOneByOne(ctx context.Context, messages []message) error {
	stored := clock.Now()
	for _, m := range messages {
		m.msg.Reply = ""
		m.msg.Header.Del(jetstream.ExpectedLastSeqHeader)
		pause := backoff{least: 20 * time.Millisecond, most: 500 * time.Millisecond}
		for {
			limit, cancel := context.WithTimeout(ctx, oneLimit)
			ack, err := r.js.PublishMsg(limit, m.msg, jetstream.WithRetryAttempts(0))
			cancel()
			if err == nil {
				if !ack.Duplicate {
					r.last[m.stream] = ack.Sequence
				}
				break
			}
			if errors.Is(err, jetstream.ErrNoStreamResponse) && r.gone(ctx, m.stream) {
				return fmt.Errorf("publish: %w", err)
			}
			// a cluster that elects a leader answers nothing for some seconds
			if clock.Since(stored) > patience || !pause.wait(ctx) {
				return fmt.Errorf("publish: %w", err)
			}
		}
		stored = clock.Now()
	}
	return nil
}

// gone tells whether the broker knows that it has no such stream.
func (r *Relay) gone(ctx context.Context, stream string) bool {
	limit, cancel := context.WithTimeout(ctx, oneLimit)
	defer cancel()
	_, err := r.js.Stream(limit, stream)
	return errors.Is(err, jetstream.ErrStreamNotFound)
}

// keepHouse does what has to be done now and then by exactly one program.
func (r *Relay) keepHouse(ctx context.Context) error {
	house, gauge := time.NewTicker(houseEvery), time.NewTicker(gaugeEvery)
	defer house.Stop()
	defer gauge.Stop()
	for {
		if err := r.sweep(ctx); err != nil && ctx.Err() == nil {
			r.o.Log.WarnContext(ctx, "the relay's housekeeping failed and is tried again", slog.String("error", Reason(err)))
		}
		for swept := false; !swept; {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-house.C:
				swept = true
			case <-gauge.C:
				r.measure(ctx)
			}
		}
	}
}

// sweep makes months of platform.fact ahead of time and forgets old inbox rows.
func (r *Relay) sweep(ctx context.Context) error {
	now := clock.Now()
	if _, err := r.db.Pool.Exec(ctx, `select platform.make_fact_partitions($1::date, $2)`, now, monthsAhead); err != nil {
		return fmt.Errorf("make partitions ahead: %w", err)
	}
	for {
		gone, err := r.db.Pool.Exec(ctx, `
			delete from platform.inbox where ctid = any (array(
				select ctid from platform.inbox where handled_at < $1 limit 5000))`, now.Add(-inboxAge))
		if err != nil {
			return fmt.Errorf("forget old inbox rows: %w", err)
		}
		if gone.RowsAffected() == 0 {
			return nil
		}
	}
}

func (r *Relay) measure(ctx context.Context) {
	var waiting int64
	var oldest *time.Time
	err := r.db.Pool.QueryRow(ctx, `select count(*), min(fact_recorded_at) from platform.outbox`).Scan(&waiting, &oldest)
	if err != nil {
		return // the publishing side meets the same error and tells it
	}
	r.metrics.waiting.Set(float64(waiting))
	r.metrics.oldest.Set(0)
	if oldest != nil {
		r.metrics.oldest.Set(clock.Since(*oldest).Seconds())
	}
}
