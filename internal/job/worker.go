package job

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/clock"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// Worker does the jobs of one kind.
type Worker struct {
	Kind  string // "matcher.plan"
	Slots int    // jobs at once in this program; 0: 1
	Tries int    // before the job fails for good; 0: 5

	// Run does the work, from the last checkpoint on where there is one. It must stop
	// when ctx ends: the program stops, or another worker has the job. A fault ends the
	// job at once; any other error is tried again later.
	Run func(ctx context.Context, r *Running) error
}

// Options of the workers of a program. Zero values mean the defaults.
type Options struct {
	Replicas int                   // of the work queue; 0: 1
	Lease    time.Duration         // after which a job of a dead worker is taken over; 0: 30 s
	Pause    time.Duration         // before the second try, doubled for each further one; 0: 1 s
	Log      *slog.Logger          // nil: slog.Default()
	Metrics  prometheus.Registerer // nil: not registered
}

const longestPause = 5 * time.Minute

// Workers runs the workers of a program.
type Workers struct {
	db    *postgres.DB
	js    jetstream.JetStream
	o     Options
	list  []Worker
	ended *prometheus.CounterVec
}

// NewWorkers checks the workers and makes them ready to run over the system role's pool.
func NewWorkers(db *postgres.DB, nc *nats.Conn, o Options, list ...Worker) (*Workers, error) {
	js, err := jetstream.New(nc, jetstream.WithDefaultTimeout(3*time.Second))
	if err != nil {
		return nil, fmt.Errorf("open JetStream: %w", err)
	}
	if o.Replicas == 0 {
		o.Replicas = 1
	}
	if o.Lease == 0 {
		o.Lease = 30 * time.Second
	}
	if o.Pause == 0 {
		o.Pause = time.Second
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	known := map[string]bool{}
	for _, w := range list {
		if !kindForm().MatchString(w.Kind) || known[w.Kind] || w.Run == nil {
			return nil, fmt.Errorf("the worker of %q has no kind of its own, or nothing to do", w.Kind)
		}
		known[w.Kind] = true
	}
	return &Workers{db: db, js: js, o: o, list: list, ended: promauto.With(o.Metrics).NewCounterVec(prometheus.CounterOpts{
		Name: "peakseat_job_runs_total", Help: "Runs of jobs by how they ended.",
	}, []string{"kind", "end"})}, nil
}

// Run takes jobs until ctx ends, and gives those in hand back. It outlives the loss of
// PostgreSQL and of NATS.
func (w *Workers) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, worker := range w.list {
		if worker.Tries == 0 {
			worker.Tries = 5
		}
		// each slot stands alone: trouble with the queue must not end a job in another's hands
		for range max(worker.Slots, 1) {
			g.Go(func() error { return w.insist(ctx, worker, w.serve) })
		}
		g.Go(func() error { return w.insist(ctx, worker, w.recallLost) })
	}
	return g.Wait()
}

// insist runs part until ctx ends, again after each failure.
func (w *Workers) insist(ctx context.Context, worker Worker, part func(context.Context, Worker) error) error {
	for {
		err := part(ctx, worker)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the end was asked for
		}
		w.o.Log.WarnContext(ctx, "a worker lost its queue and begins again",
			slog.String("kind", worker.Kind), slog.String("error", outbox.Reason(err)))
		if !wait(ctx, time.Second/2+rand.N(time.Second)) { //nolint:gosec // jitter, not a secret
			return nil
		}
	}
}

// serve is one slot: it takes calls one after the other.
func (w *Workers) serve(ctx context.Context, worker Worker) error {
	queue, err := w.queue(ctx, worker.Kind)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		if err = outbox.EnsureStreams(ctx, w.js, w.o.Replicas); err == nil {
			queue, err = w.queue(ctx, worker.Kind)
		}
	}
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		limit, cancel := context.WithTimeout(ctx, 5*time.Second)
		msg, err := queue.Next(jetstream.FetchContext(limit))
		cancel()
		switch {
		case err == nil:
			w.take(ctx, worker, msg)
		case errors.Is(err, nats.ErrTimeout) || errors.Is(err, jetstream.ErrNoMessages) || errors.Is(err, context.DeadlineExceeded):
		default:
			return fmt.Errorf("take a call: %w", err)
		}
	}
	return ctx.Err()
}

// queue finds or makes the durable that all workers of a kind share.
func (w *Workers) queue(ctx context.Context, kind string) (jetstream.Consumer, error) {
	queue, err := w.js.CreateOrUpdateConsumer(ctx, outbox.JobStream, jetstream.ConsumerConfig{
		Durable:       durableOf(kind),
		FilterSubject: subjectOf(kind),
		AckPolicy:     jetstream.AckExplicitPolicy,
		AckWait:       w.o.Lease,
		MaxDeliver:    -1,
		MaxAckPending: 10_000,
	})
	if err != nil {
		return nil, fmt.Errorf("make the queue of %s: %w", kind, err)
	}
	return queue, nil
}

// take answers one call: the row says whether there is something to do.
func (w *Workers) take(ctx context.Context, worker Worker, msg jetstream.Msg) {
	e, err := outbox.Parse(msg.Data(), time.Time{})
	if err != nil {
		w.o.Log.ErrorContext(ctx, "a call that names no job was dropped", slog.String("kind", worker.Kind))
		_ = msg.Term() // comes again if this is lost, and is dropped again
		return
	}
	r, later, err := w.claim(ctx, worker, e.Aggregate)
	switch {
	case err != nil:
		w.o.Log.WarnContext(ctx, "a job could not be claimed and is tried again", slog.String("job_id", e.Aggregate.String()),
			slog.String("error", outbox.Reason(err)))
		_ = msg.NakWithDelay(w.o.Pause) // the row is the truth; a lost answer only delays
	case later > 0:
		_ = msg.NakWithDelay(later)
	case r == nil:
		_ = msg.Ack()
	default:
		w.work(ctx, worker, r, msg)
	}
}

// claim takes the lease of a job. It returns nil where there is nothing to do any more,
// and how long to wait where another worker has it.
func (w *Workers) claim(ctx context.Context, worker Worker, id uuid.UUID) (r *Running, later time.Duration, err error) {
	err = postgres.InTx(ctx, w.db, func(tx *postgres.Tx) error {
		r, later = nil, 0
		var row []struct {
			State      State
			AccountID  uuid.NullUUID
			Args       []byte
			Checkpoint []byte
			Done       int64
			Total      int64
			Tries      int
			LeaseUntil *time.Time
		}
		failed := tx.Raw(`
			select state, account_id, args, checkpoint, done, total, tries, lease_until
			from platform.job where id = ? and kind = ? for update`, id, worker.Kind).Scan(&row).Error
		if failed != nil || len(row) == 0 || row[0].State == Done || row[0].State == Failed {
			return failed
		}
		j, now := row[0], clock.Now()
		if j.LeaseUntil != nil && j.LeaseUntil.After(now) {
			later = j.LeaseUntil.Sub(now) + rand.N(w.o.Lease/10) //nolint:gosec // jitter, not a secret
			return nil
		}
		if j.Tries >= worker.Tries { // each of them ended without a word
			return tx.Exec(`
				update platform.job set state = 'failed', error = 'its workers died', finished_at = ?, lease_owner = null, lease_until = null
				where id = ?`, now, id).Error
		}
		r = &Running{
			ID: id, Kind: worker.Kind, AccountID: j.AccountID.UUID, Try: j.Tries + 1,
			db: w.db, owner: uuid.New(), args: j.Args, checkpoint: j.Checkpoint, done: j.Done, total: j.Total,
		}
		return tx.Exec(`
			update platform.job set state = 'running', tries = tries + 1, lease_owner = ?, lease_until = ?, started_at = coalesce(started_at, ?)
			where id = ?`, r.owner, now.Add(w.o.Lease), now, id).Error
	})
	if err != nil {
		return nil, 0, fmt.Errorf("claim a %s: %w", worker.Kind, err)
	}
	return r, later, nil
}

// work runs a claimed job under a heartbeat and writes how it ended.
func (w *Workers) work(ctx context.Context, worker Worker, r *Running, msg jetstream.Msg) {
	running, stop := context.WithCancelCause(ctx)
	var beat errgroup.Group
	beat.Go(func() error {
		w.heartbeat(running, stop, r, msg)
		return nil
	})
	err := run(running, worker, r)
	lost := errors.Is(err, ErrLeaseLost) || errors.Is(context.Cause(running), ErrLeaseLost)
	stopping := err != nil && ctx.Err() != nil
	stop(nil)
	_ = beat.Wait() // it returns nothing

	// what follows is written although the program may be stopping
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_, final := fault.As(err)
	reason := outbox.Reason(err)
	var end string
	var answer func() error
	var wrote error
	switch {
	case lost:
		w.ended.WithLabelValues(r.Kind, "lost").Inc()
		return // the call belongs to the other worker now
	case err == nil:
		end, wrote, answer = "done", r.end(ctx, Done, "", true), msg.Ack
	case stopping:
		end, wrote, answer = "given_back", r.end(ctx, Queued, "", false), msg.Nak
	case postgres.Down(err):
		end, wrote, answer = "interrupted", r.end(ctx, Queued, reason, false), func() error { return msg.NakWithDelay(w.o.Pause) }
	case final || r.Try >= worker.Tries:
		end, wrote, answer = "failed", r.end(ctx, Failed, reason, true), msg.Ack
	default:
		pause := min(w.o.Pause<<(r.Try-1), longestPause)
		end, wrote, answer = "to_be_retried", r.end(ctx, Queued, reason, true), func() error { return msg.NakWithDelay(pause) }
	}
	w.ended.WithLabelValues(r.Kind, end).Inc()
	if err != nil && !stopping {
		w.o.Log.WarnContext(ctx, "a job's run failed", slog.String("job_id", r.ID.String()), slog.String("kind", r.Kind),
			slog.Int("try", r.Try), slog.String("error", reason))
	}
	if wrote != nil {
		// the lease runs out, the call comes again, and the checkpoint says what is done
		w.o.Log.WarnContext(ctx, "the end of a job's run could not be written", slog.String("job_id", r.ID.String()),
			slog.String("error", outbox.Reason(wrote)))
		return
	}
	_ = answer() // a call that comes again finds the row as it is
}

// run turns a panic into an error: one bad job must not end the program.
func run(ctx context.Context, worker Worker, r *Running) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return worker.Run(ctx, r)
}

// heartbeat renews the lease and the call until ctx ends, and stops the run where the
// lease is another worker's. A database that is away cannot give the lease to anyone.
func (w *Workers) heartbeat(ctx context.Context, stop context.CancelCauseFunc, r *Running, msg jetstream.Msg) {
	for wait(ctx, w.o.Lease/3) {
		_ = msg.InProgress() // a call that comes again meets the lease
		err := postgres.InTx(ctx, w.db, func(tx *postgres.Tx) error {
			return r.hold(tx, `update platform.job set lease_until = ? where id = ? and lease_owner = ?`, clock.Now().Add(w.o.Lease), r.ID, r.owner)
		})
		if errors.Is(err, ErrLeaseLost) {
			stop(ErrLeaseLost)
			return
		}
	}
}

// recallLost looks now and then for jobs whose call is nowhere any more, and calls them again.
func (w *Workers) recallLost(ctx context.Context, worker Worker) error {
	for kind := worker.Kind; ; {
		if !wait(ctx, w.o.Lease) {
			return ctx.Err()
		}
		queue, err := w.js.Consumer(ctx, outbox.JobStream, durableOf(kind))
		if err != nil {
			return fmt.Errorf("look at the queue of %s: %w", kind, err)
		}
		if info := queue.CachedInfo(); info.NumPending == 0 && info.NumAckPending == 0 {
			if err := w.recall(ctx, kind); err != nil {
				return err
			}
		}
	}
}

func (w *Workers) recall(ctx context.Context, kind string) error {
	before := clock.Now().Add(-w.o.Lease)
	err := postgres.InTx(ctx, w.db, func(tx *postgres.Tx) error {
		var mine bool
		if err := tx.Raw(`select pg_catalog.pg_try_advisory_xact_lock(?)`, lockOf(kind)).Scan(&mine).Error; err != nil || !mine {
			return err
		}
		// "for" a name of its own, so that the message gets an id of its own
		done := tx.Exec(`
			insert into platform.outbox (fact_id, fact_recorded_at, consumer)
			select f.id, f.recorded_at, 'job' from platform.job j
			join platform.fact f on f.aggregate = j.id and f.type = ? and f.recorded_at >= j.created_at - interval '1 minute'
			where j.kind = ? and j.state in ('queued', 'running') and j.created_at < ?
			and (j.lease_until is null or j.lease_until < ?)
			and not exists (select from platform.outbox o where o.fact_id = f.id)
			order by f.position`, subjectOf(kind), kind, before, before)
		if done.RowsAffected > 0 {
			w.o.Log.InfoContext(ctx, "jobs whose calls were lost are called again", slog.String("kind", kind), slog.Int64("jobs", done.RowsAffected))
		}
		return done.Error
	})
	if err != nil {
		return fmt.Errorf("call lost jobs of %s again: %w", kind, err)
	}
	return nil
}

// lockOf is the advisory lock under which lost jobs of a kind are looked for.
func lockOf(kind string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte("peakseat job " + kind)) // a hash never fails
	return int64(h.Sum64())                        //nolint:gosec // all 64 bits are the key
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
