package outbox

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"regexp"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/clock"
	"peakseat/internal/postgres"
)

const (
	consumerBatch = 100       // facts handled in one transaction at most, where the consumer does not say
	consumerTries = 5         // before a fact is parked
	catchUpSpan   = time.Hour // of facts whose inbox rows are looked for at every start
	catchUpPage   = 50_000    // ids held in memory at once while catching up
	firstPause    = 50 * time.Millisecond
	lookEvery     = 5 * time.Second // at whether the broker was away
)

// Consumer acts on facts, each once and in the order of its aggregate.
type Consumer struct {
	Name  string   // "context-purpose"; it is the durable's name, and renaming it makes a new consumer
	Types []string // of one or more contexts; contexts are followed side by side

	// Handle does what a fact asks for, in a transaction of the system role. Up to a
	// hundred facts share the transaction, so it must not act outside of it; and it may
	// be called again for the same fact where the transaction came to nothing.
	Handle func(tx *postgres.Tx, e Envelope) error

	// HandleAll stands in Handle's place where many facts cost hardly more than one. It gets
	// up to Batch facts in order, and where it fails, each of them alone.
	HandleAll func(tx *postgres.Tx, list []Envelope) error
	Batch     int // facts in one transaction at most; 0: 100

	Tries int // before a fact is parked; 0: 5
}

// Act does what facts ask for, in order, as the consumer would. Nothing is noted in the inbox.
func (c Consumer) Act(tx *postgres.Tx, list ...Envelope) error {
	if c.HandleAll != nil {
		return c.HandleAll(tx, list)
	}
	for _, e := range list {
		if err := c.Handle(tx, e); err != nil {
			return err
		}
	}
	return nil
}

// Consumers runs consumers. Any number of programs may run the same ones: each
// consumer is followed by one of them at a time, or the order would be lost.
//
// What a consumer has done is a row in platform.inbox, written in the transaction of
// the effect. At every start the rows are compared with the facts of the last hour
// (or further back, as far as the stream has facts that wait), and what is missing is
// handled from PostgreSQL before the stream is followed: a broker that lost
// everything loses nothing.
//
// A fact that fails again and again is parked: an operator sees it and sends it
// again. The facts after it go on, so a retried one is out of its order.
type Consumers struct {
	db      *postgres.DB
	nc      *nats.Conn
	js      jetstream.JetStream
	o       Options
	list    []Consumer
	metrics consumerMetrics
}

// NewConsumers checks the consumers and makes them ready to run over the system role's pool.
func NewConsumers(db *postgres.DB, nc *nats.Conn, o Options, list ...Consumer) (*Consumers, error) {
	js, err := jetstream.New(nc, jetstream.WithDefaultTimeout(askLimit))
	if err != nil {
		return nil, fmt.Errorf("open JetStream: %w", err)
	}
	form := regexp.MustCompile(`^[a-z_]+-[a-z_-]+$`)
	seen := map[string]bool{}
	list = slices.Clone(list)
	for i := range list {
		c := &list[i]
		if !form.MatchString(c.Name) || seen[c.Name] {
			return nil, fmt.Errorf("the consumer's name %q is not context-purpose, or not its own", c.Name)
		}
		seen[c.Name] = true
		if len(c.Types) == 0 || (c.Handle == nil) == (c.HandleAll == nil) {
			return nil, fmt.Errorf("the consumer %s has nothing to do", c.Name)
		}
		if c.Tries == 0 {
			c.Tries = consumerTries
		}
		if c.Batch == 0 {
			c.Batch = consumerBatch
		}
		if _, err := byStream(c.Types); err != nil {
			return nil, fmt.Errorf("the consumer %s: %w", c.Name, err)
		}
	}
	return &Consumers{db: db, nc: nc, js: js, o: o.withDefaults(), list: list, metrics: newConsumerMetrics(o.Metrics)}, nil
}

// Run follows the facts until ctx ends. It outlives the loss of PostgreSQL and of NATS.
func (c *Consumers) Run(ctx context.Context) error {
	restart(ctx, c.lead, func(err error) {
		c.o.Log.WarnContext(ctx, "the consumers stopped and begin again", slog.String("error", Reason(err)))
	})
	return nil
}

// lead holds one session for the locks of all consumers and follows those that it gets.
func (c *Consumers) lead(ctx context.Context) error {
	session, err := newSession(ctx, c.db)
	if err != nil {
		return err
	}
	defer session.end(ctx)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		held := make([]bool, len(c.list))
		for {
			if lost := session.conn.Ping(ctx); lost != nil {
				return fmt.Errorf("the consumers' session: %w", lost)
			}
			for i, consumer := range c.list {
				if held[i] {
					continue
				}
				if held[i], err = session.try(ctx, lockOf(consumer.Name)); err != nil {
					return err
				}
				if !held[i] {
					continue
				}
				streams, unknown := byStream(consumer.Types)
				if unknown != nil {
					return unknown
				}
				for stream, types := range streams {
					f := &follower{Consumers: c, Consumer: consumer, stream: stream, types: types}
					g.Go(func() error {
						f.run(ctx)
						return nil
					})
				}
			}
			if !wait(ctx, leaderEvery) {
				return ctx.Err()
			}
		}
	})
	return g.Wait()
}

// follower is one consumer at one stream.
type follower struct {
	*Consumers
	Consumer
	stream string
	types  []string
}

func (f *follower) run(ctx context.Context) {
	restart(ctx, f.follow, func(err error) {
		f.o.Log.WarnContext(ctx, "a consumer stopped and begins again",
			slog.String("consumer", f.Name), slog.String("stream", f.stream), slog.String("error", Reason(err)))
	})
}

// follow catches up from PostgreSQL and then handles what the stream brings.
func (f *follower) follow(ctx context.Context) error {
	durable, waits, err := f.durable(ctx)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		if err = EnsureStreams(ctx, f.js, f.o.Replicas); err == nil {
			durable, waits, err = f.durable(ctx)
		}
	}
	if err != nil {
		return err
	}
	since := clock.Now().Add(-catchUpSpan)
	if !waits.IsZero() && waits.Before(since) {
		since = waits.Add(-time.Minute)
	}
	if err = f.catchUp(ctx, since); err != nil {
		return err
	}
	reconnects := f.nc.Stats().Reconnects
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	delivered := durable.CachedInfo().Delivered.Consumer
	arrived := make(chan jetstream.Msg, f.Batch)
	doubt := make(chan struct{}, 1)
	pull, err := durable.Consume(func(msg jetstream.Msg) {
		select {
		case arrived <- msg:
		case <-ctx.Done():
		}
	}, jetstream.PullMaxMessages(2*f.Batch), jetstream.PullExpiry(10*time.Second), jetstream.PullHeartbeat(2*time.Second),
		jetstream.ConsumeErrHandler(func(jetstream.ConsumeContext, error) {
			select {
			case doubt <- struct{}{}:
			default:
			}
		}))
	if err != nil {
		return fmt.Errorf("follow %s: %w", f.stream, err)
	}
	defer func() {
		pull.Stop()
		for { // the client's reader may wait to hand over one more
			select {
			case <-arrived:
			case <-pull.Closed():
				return
			}
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-pull.Closed():
			return errors.New("the durable is gone")
		case <-look.C:
			if f.nc.Stats().Reconnects != reconnects {
				return errors.New("the broker was away and may have forgotten") // caught up with at the next start
			}
		case <-doubt:
			if _, err := f.js.Consumer(ctx, f.stream, f.Name); errors.Is(err, jetstream.ErrConsumerNotFound) || errors.Is(err, jetstream.ErrStreamNotFound) {
				return err // lost with its stream; any other trouble passes by itself
			}
		case first := <-arrived:
			messages := append(make([]jetstream.Msg, 0, f.Batch), first)
			for more := true; more && len(messages) < f.Batch; {
				select {
				case msg := <-arrived:
					messages = append(messages, msg)
				default:
					more = false
				}
			}
			if delivered, err = unbroken(delivered, messages); err != nil {
				return err
			}
			if err := f.receive(ctx, messages); err != nil {
				return err
			}
		}
	}
}

// durable finds or makes the durable consumer at the first fact that was not
// acknowledged, and tells when that one was written; zero where none waits.
//
// Facts that were delivered to a program that died would come after newer ones: then
// the durable is made anew where its acknowledgements end, and they come in order.
func (f *follower) durable(ctx context.Context) (jetstream.Consumer, time.Time, error) {
	stream, err := f.js.Stream(ctx, f.stream)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("ask for the stream %s: %w", f.stream, err)
	}
	want := jetstream.ConsumerConfig{
		Durable:        f.Name,
		FilterSubjects: f.types,
		AckPolicy:      jetstream.AckAllPolicy, // acknowledgements go in order, so the first that is missing is known
		AckWait:        f.o.AckWait,
		MaxDeliver:     -1,
		DeliverPolicy:  jetstream.DeliverAllPolicy,
	}
	durable, err := stream.Consumer(ctx, f.Name)
	var acked uint64
	switch {
	case errors.Is(err, jetstream.ErrConsumerNotFound):
		durable, err = stream.CreateConsumer(ctx, want)
	case err != nil:
	default:
		info := durable.CachedInfo()
		acked = info.AckFloor.Stream
		have := info.Config
		switch {
		case acked > stream.CachedInfo().State.LastSeq: // the stream was lost and the durable was not
			acked = 0
			fallthrough
		case info.NumAckPending > 0 || have.AckPolicy != want.AckPolicy:
			if err = stream.DeleteConsumer(ctx, f.Name); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
				return nil, time.Time{}, fmt.Errorf("set %s back: %w", f.Name, err)
			}
			if acked > 0 {
				want.DeliverPolicy, want.OptStartSeq = jetstream.DeliverByStartSequencePolicy, acked+1
			}
			durable, err = stream.CreateConsumer(ctx, want)
		case !slices.Equal(subjects(have), subjects(want)) || have.AckWait != want.AckWait:
			want.DeliverPolicy, want.OptStartSeq = have.DeliverPolicy, have.OptStartSeq
			durable, err = stream.UpdateConsumer(ctx, want)
		}
	}
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("make the durable %s: %w", f.Name, err)
	}
	if acked >= stream.CachedInfo().State.LastSeq {
		return durable, time.Time{}, nil
	}
	next, err := stream.GetMsg(ctx, acked+1, jetstream.WithGetMsgSubject(">"))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return durable, time.Time{}, nil
	}
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("look at what waits in %s: %w", f.stream, err)
	}
	waits, err := time.Parse(time.RFC3339Nano, next.Header.Get(headerRecorded))
	if err != nil {
		waits = next.Time
	}
	return durable, waits, nil
}

// unbroken refuses messages before which a delivery was lost: an acknowledgement would pass over it. It returns the
// number of the last delivery.
func unbroken(delivered uint64, messages []jetstream.Msg) (uint64, error) {
	for _, msg := range messages {
		about, err := msg.Metadata()
		if err != nil {
			return delivered, fmt.Errorf("read a delivery's number: %w", err)
		}
		if about.Sequence.Consumer != delivered+1 {
			return delivered, fmt.Errorf("delivery %d came after %d: what was lost between is caught up with first", about.Sequence.Consumer, delivered)
		}
		delivered++
	}
	return delivered, nil
}

// receive handles messages in order and acknowledges them.
func (f *follower) receive(ctx context.Context, messages []jetstream.Msg) error {
	batch := make([]Envelope, 0, len(messages))
	for _, msg := range messages {
		only := msg.Headers().Get(headerConsumer)
		if only != "" && only != f.Name {
			continue
		}
		recorded, err := time.Parse(time.RFC3339Nano, msg.Headers().Get(headerRecorded))
		if err != nil {
			f.o.Log.ErrorContext(ctx, "a message that no relay sent was ignored", slog.String("consumer", f.Name))
			continue
		}
		e, err := Parse(msg.Data(), recorded)
		if err != nil {
			f.o.Log.ErrorContext(ctx, "a message that is no fact was ignored", slog.String("consumer", f.Name))
			continue
		}
		e.again = only != ""
		batch = append(batch, e)
	}
	if err := f.handle(ctx, batch); err != nil {
		return err
	}
	// lost, this comes again and is known by its inbox row
	if err := messages[len(messages)-1].Ack(); err != nil {
		return fmt.Errorf("acknowledge: %w", err)
	}
	return nil
}

// catchUp handles the facts written since then that have no inbox row.
func (f *follower) catchUp(ctx context.Context, since time.Time) error {
	type key struct {
		id       uuid.UUID
		recorded time.Time
	}
	for {
		rows, err := f.db.Pool.Query(ctx, `
			select f.id, f.recorded_at from platform.fact f
			where f.type = any ($1) and f.recorded_at >= $2
			and not exists (select from platform.inbox i where i.consumer = $3 and i.fact_id = f.id)
			and not exists (select from platform.parked p where p.consumer = $3 and p.fact_id = f.id and p.retried_at is null)
			order by f.position limit $4`, f.types, since, f.Name, catchUpPage)
		if err != nil {
			return fmt.Errorf("compare the inbox with the facts: %w", err)
		}
		missing, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (key, error) {
			var k key
			failed := row.Scan(&k.id, &k.recorded)
			return k, failed
		})
		if err != nil {
			return fmt.Errorf("compare the inbox with the facts: %w", err)
		}
		for part := range slices.Chunk(missing, f.Batch) {
			ids, recorded := make([]uuid.UUID, len(part)), make([]time.Time, len(part))
			for i, k := range part {
				ids[i], recorded[i] = k.id, k.recorded
			}
			var batch []Envelope
			err := postgres.InTx(ctx, f.db, func(tx *postgres.Tx) (err error) {
				batch, err = envelopes(tx, `
					select f.recorded_at, f.body from platform.fact f
					join unnest($1::uuid[], $2::timestamptz[]) as k (id, recorded_at) on f.id = k.id and f.recorded_at = k.recorded_at
					order by f.position`, ids, recorded)
				return err
			})
			if err != nil {
				return err
			}
			for i := range batch {
				batch[i].again = true // it may be a parked one that was sent again
			}
			if err := f.handle(ctx, batch); err != nil {
				return err
			}
		}
		if len(missing) > 0 {
			f.o.Log.InfoContext(ctx, "a consumer caught up from the database",
				slog.String("consumer", f.Name), slog.Int("facts", len(missing)))
		}
		if len(missing) < catchUpPage {
			return nil
		}
	}
}

// handle acts on facts in order: together, or one by one where that fails.
func (f *follower) handle(ctx context.Context, batch []Envelope) error {
	if len(batch) == 0 {
		return nil
	}
	if len(batch) > 1 {
		err := f.act(ctx, batch)
		if err == nil || passing(ctx, err) {
			return err
		}
	}
	for _, e := range batch {
		if err := f.insist(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// insist acts on one fact, or parks it.
func (f *follower) insist(ctx context.Context, e Envelope) error {
	for try := 1; ; try++ {
		err := f.act(ctx, []Envelope{e})
		if err == nil || passing(ctx, err) {
			return err
		}
		f.metrics.failed.WithLabelValues(f.Name).Inc()
		if try == f.Tries {
			return f.park(ctx, e, err)
		}
		if !wait(ctx, firstPause<<(try-1)) {
			return ctx.Err()
		}
	}
}

// passing tells whether an error is the surroundings' and not the fact's: it is not
// counted, and the follower waits and begins again.
func passing(ctx context.Context, err error) bool { return ctx.Err() != nil || postgres.Down(err) }

// act writes the inbox rows and does what the facts ask for, in one transaction.
func (f *follower) act(ctx context.Context, batch []Envelope) error {
	ids := make([]uuid.UUID, len(batch))
	for i, e := range batch {
		ids[i] = e.ID
	}
	done := 0
	err := postgres.InTx(ctx, f.db, func(tx *postgres.Tx) error {
		fresh, err := f.insertInbox(tx, ids)
		if err != nil {
			return err
		}
		done = len(fresh)
		var again []uuid.UUID
		todo := make([]Envelope, 0, len(fresh))
		for _, e := range batch {
			if !fresh[e.ID] {
				continue
			}
			delete(fresh, e.ID)
			todo = append(todo, e)
			if e.again {
				again = append(again, e.ID)
			}
		}
		if err := f.call(tx, todo); err != nil {
			return err
		}
		if len(again) == 0 {
			return nil
		}
		return tx.Exec(`delete from platform.parked where consumer = ? and fact_id in ?`, f.Name, again).Error
	})
	if err != nil {
		return err
	}
	f.metrics.handled.WithLabelValues(f.Name).Add(float64(done))
	for _, e := range batch {
		f.metrics.lag.WithLabelValues(f.Name).Observe(clock.Since(e.recorded).Seconds())
	}
	return nil
}

// call turns a panic into an error: one bad fact must not end the program.
func (f *follower) call(tx *postgres.Tx, list []Envelope) (err error) {
	if len(list) == 0 {
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
		if err != nil {
			err = fmt.Errorf("handle a %s: %w", list[0].Type, err) // where they are several, each is tried alone yet
		}
	}()
	return f.Act(tx, list...)
}

// insertInbox notes that the facts are handled and returns those that were not before.
//
//nolint:contextcheck,nolintlint // a transaction carries its context; contextcheck reads this without a trace
func (f *follower) insertInbox(tx *postgres.Tx, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	fresh := map[uuid.UUID]bool{}
	err := tx.Pgx(func(conn *pgx.Conn) error {
		rows, failed := conn.Query(tx.Context(), `
			insert into platform.inbox (consumer, fact_id, handled_at)
			select $1, u.id, $2 from unnest($3::uuid[]) as u (id)
			where not exists (select from platform.parked p where p.consumer = $1 and p.fact_id = u.id and p.retried_at is null)
			on conflict do nothing returning fact_id`, f.Name, clock.Now(), ids)
		if failed != nil {
			return fmt.Errorf("write the inbox: %w", failed)
		}
		list, failed := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if failed != nil {
			return fmt.Errorf("write the inbox: %w", failed)
		}
		for _, id := range list {
			fresh[id] = true
		}
		return nil
	})
	return fresh, err
}

// byStream sorts types of facts by the stream that carries them.
func byStream(types []string) (map[string][]string, error) {
	streams := map[string][]string{}
	for _, t := range types {
		stream, err := streamFor(t)
		if err != nil {
			return nil, err
		}
		if stream == JobStream {
			return nil, fmt.Errorf("%s is a job's call and not a fact", t)
		}
		if !slices.Contains(streams[stream], t) {
			streams[stream] = append(streams[stream], t)
		}
	}
	return streams, nil
}

func subjects(c jetstream.ConsumerConfig) []string {
	list := slices.Clone(c.FilterSubjects)
	if c.FilterSubject != "" {
		list = append(list, c.FilterSubject)
	}
	slices.Sort(list)
	return list
}

// lockOf is the advisory lock of the program that follows a consumer.
func lockOf(name string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte("peakseat consumer " + name)) // a hash never fails
	return int64(h.Sum64())                             //nolint:gosec // all 64 bits are the key
}
