package job_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/auth"
	"peakseat/internal/dbtest"
	"peakseat/internal/fault"
	"peakseat/internal/job"
	"peakseat/internal/natstest"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

type span struct {
	From int `json:"from"`
	To   int `json:"to"`
}

func TestAJobRunsAndShowsItsResult(t *testing.T) {
	t.Parallel()
	db, nc := open(t), natstest.Start(t)
	runRelay(t, db, nc)
	account := uuid.New()
	start(t, db.workers(t, nc, job.Worker{Kind: "quality.sum", Run: func(ctx context.Context, r *job.Running) error {
		var args span
		if err := r.Args(&args); err != nil {
			return err
		}
		if r.AccountID != account || r.Try != 1 {
			return fmt.Errorf("run for %s, try %d", r.AccountID, r.Try)
		}
		sum := 0
		for i := args.From; i <= args.To; i++ {
			sum += i
			if err := r.Progress(ctx, int64(i), int64(args.To)); err != nil {
				return err
			}
		}
		return r.SetResult(map[string]int{"sum": sum})
	}}).Run)
	owner := auth.WithActor(t.Context(), auth.Actor{AccountID: account, Role: auth.Agent})
	var id uuid.UUID
	if err := postgres.InTx(owner, db.app, func(tx *postgres.Tx) (err error) {
		id, err = job.Enqueue(tx, "quality.sum", span{1, 100}, account)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	j := db.waitState(t, id, job.Done)
	if string(j.Result) != `{"sum": 5050}` || j.Done != 100 || j.Total != 100 || j.Tries != 1 || j.FinishedAt == nil || j.StartedAt == nil {
		t.Errorf("job = %+v (result %s), want done 100 of 100 with 5050", j, j.Result)
	}
	get := func(ctx context.Context) error {
		return postgres.InTx(ctx, db.app, func(tx *postgres.Tx) error {
			_, err := job.Get(tx, id)
			return err
		})
	}
	if err := get(owner); err != nil {
		t.Errorf("the owner reads its job: %v", err)
	}
	stranger := auth.WithActor(t.Context(), auth.Actor{AccountID: uuid.New(), Role: auth.Agent})
	if err := get(stranger); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("a stranger reads the job: %v, want not found", err)
	}
	err := postgres.InTx(stranger, db.app, func(tx *postgres.Tx) error {
		_, err := job.Enqueue(tx, "quality.sum", span{}, account)
		return err
	})
	if postgres.Code(err) != "42501" {
		t.Errorf("a job in another's name: %v, want refused", err)
	}
}

func TestAJobThatFailsIsTriedAgainAndThenFails(t *testing.T) {
	t.Parallel()
	db, nc := open(t), natstest.Start(t)
	runRelay(t, db, nc)
	var tries atomic.Int32
	start(t, db.workers(t, nc,
		job.Worker{Kind: "quality.second", Run: func(_ context.Context, r *job.Running) error {
			if r.Try < 2 {
				return errors.New("not yet")
			}
			return nil
		}},
		job.Worker{Kind: "quality.never", Tries: 3, Run: func(context.Context, *job.Running) error {
			tries.Add(1)
			panic(`of "Wang"`)
		}},
		job.Worker{Kind: "quality.refused", Run: func(context.Context, *job.Running) error {
			return fault.New(fault.Conflict, "nothing_to_do", "无事可做。", "There is nothing to do.")
		}}).Run)
	second, never, refused := db.enqueue(t, "quality.second", nil), db.enqueue(t, "quality.never", nil), db.enqueue(t, "quality.refused", nil)
	if j := db.waitState(t, second, job.Done); j.Tries != 2 || j.Error != "" {
		t.Errorf("the second try: %+v, want done at try 2 without an error", j)
	}
	if j := db.waitState(t, never, job.Failed); j.Tries != 3 || tries.Load() != 3 || j.Error != "panic: of …" {
		t.Errorf("job = %+v after %d runs, want failed after 3", j, tries.Load())
	}
	if j := db.waitState(t, refused, job.Failed); j.Tries != 1 || j.Error != "fault nothing_to_do" {
		t.Errorf("job = %+v, want failed at once by its fault", j)
	}
}

// Many workers in two programs: every job is done once.
func TestManyWorkersDoEachJobOnce(t *testing.T) {
	t.Parallel()
	db, nc := open(t), natstest.Start(t)
	runRelay(t, db, nc)
	for range 2 {
		start(t, db.workers(t, nc, job.Worker{Kind: "quality.part", Slots: 4, Run: db.part}).Run)
	}
	const jobs = 60
	for i := range jobs {
		db.enqueue(t, "quality.part", span{i, i + 1})
	}
	db.waitParts(t, jobs)
	var done int
	wait(t, "all are done", func() bool {
		if err := db.admin.QueryRow(t.Context(), `select count(*) from platform.job where state = 'done' and tries = 1`).Scan(&done); err != nil {
			t.Fatal(err)
		}
		return done == jobs
	})
}

// A real process is killed in the middle of a job; this one goes on from its checkpoint.
func TestAJobOutlivesItsWorkersDeath(t *testing.T) {
	t.Parallel()
	db, server := open(t), natstest.Server(t)
	nc := natstest.Connect(t, server)
	runRelay(t, db, nc)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestWorkerProcess$", "-test.timeout=1m")
	child.Env = append(os.Environ(), "PEAKSEAT_JOB_DATABASE="+db.url, "PEAKSEAT_JOB_NATS="+server.URL())
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	const parts = 40
	id := db.enqueue(t, "quality.part", span{0, parts})
	db.waitParts(t, 5)
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	killed := time.Now()
	start(t, db.workers(t, nc, job.Worker{Kind: "quality.part", Run: db.part}).Run)
	j := db.waitState(t, id, job.Done)
	t.Logf("done %v after the kill, with a lease of %v", time.Since(killed).Round(time.Millisecond), lease)
	if j.Tries != 2 || string(j.Result) == `{"from": 0, "to": 40}` {
		t.Errorf("job = %+v (%s), want taken over from a checkpoint at try 2", j, j.Result)
	}
	if n := db.parts(t); n != parts {
		t.Errorf("%d parts, want %d once each", n, parts)
	}
}

// TestWorkerProcess is the process that is killed above.
func TestWorkerProcess(t *testing.T) { //nolint:paralleltest // it is a program and no test
	url := os.Getenv("PEAKSEAT_JOB_DATABASE")
	if url == "" {
		t.Skip("the program of the kill test")
	}
	nc, err := nats.Connect(os.Getenv("PEAKSEAT_JOB_NATS"))
	if err != nil {
		t.Fatal(err)
	}
	db := connect(t, url)
	slow := func(ctx context.Context, r *job.Running) error {
		return db.parted(ctx, r, 50*time.Millisecond)
	}
	if err := db.workers(t, nc, job.Worker{Kind: "quality.part", Run: slow}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestAStoppedProgramGivesItsJobBack(t *testing.T) {
	t.Parallel()
	db, nc := open(t), natstest.Start(t)
	runRelay(t, db, nc)
	ctx, stop := context.WithCancel(t.Context())
	var g errgroup.Group
	first := db.workers(t, nc, job.Worker{Kind: "quality.part", Run: func(ctx context.Context, r *job.Running) error {
		return db.parted(ctx, r, 20*time.Millisecond)
	}})
	g.Go(func() error { return first.Run(ctx) })
	id := db.enqueue(t, "quality.part", span{0, 30})
	db.waitParts(t, 3)
	stop()
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if j := db.get(t, id); j.State != job.Queued || j.Tries != 0 {
		t.Errorf("after the stop: %+v, want queued with no try spent", j)
	}
	start(t, db.workers(t, nc, job.Worker{Kind: "quality.part", Run: db.part}).Run)
	if j := db.waitState(t, id, job.Done); j.Tries != 1 {
		t.Errorf("job = %+v, want one try", j)
	}
}

// A worker that was taken for dead finds its work refused.
func TestALateWorkerCannotWrite(t *testing.T) {
	t.Parallel()
	db, nc := open(t), natstest.Start(t)
	runRelay(t, db, nc)
	late := make(chan error, 1)
	start(t, db.workers(t, nc, job.Worker{Kind: "quality.part", Slots: 2, Run: func(ctx context.Context, r *job.Running) error {
		if r.Try == 2 {
			return nil
		}
		if _, err := db.admin.Exec(ctx, `update platform.job set lease_owner = gen_random_uuid(), lease_until = '2020-01-01Z'`); err != nil {
			return err
		}
		late <- r.Checkpoint(ctx, span{})
		<-ctx.Done() // the heartbeat finds it out too
		return context.Cause(ctx)
	}}).Run)
	id := db.enqueue(t, "quality.part", span{})
	if err := <-late; !errors.Is(err, job.ErrLeaseLost) {
		t.Errorf("a late worker's checkpoint: %v, want the lease lost", err)
	}
	db.waitState(t, id, job.Done)
}

// The work queue is lost with everything NATS had.
func TestALostCallIsMadeAgain(t *testing.T) {
	t.Parallel()
	db := open(t)
	before := natstest.Server(t)
	ctx, stop := context.WithCancel(t.Context())
	var g errgroup.Group
	relay := newRelay(t, db, natstest.Connect(t, before))
	g.Go(func() error { return relay.Run(ctx) })
	id := db.enqueue(t, "quality.part", span{0, 3})
	wait(t, "the call is published", func() bool {
		var waits bool
		if err := db.admin.QueryRow(t.Context(), `select exists (select from platform.outbox)`).Scan(&waits); err != nil {
			t.Fatal(err)
		}
		return !waits
	})
	stop()
	if err := errors.Join(g.Wait(), before.Stop(t.Context())); err != nil {
		t.Fatal(err)
	}
	nc := natstest.Start(t)
	runRelay(t, db, nc)
	start(t, db.workers(t, nc, job.Worker{Kind: "quality.part", Run: db.part}).Run)
	db.waitState(t, id, job.Done)
}

const lease = time.Second

type database struct {
	url         string
	app, system *postgres.DB
	admin       *pgx.Conn
}

const testTables = `
	create table platform.test_part (n int not null, job uuid not null, primary key (job, n));
	grant all on platform.test_part to peakseat_system;`

func open(t *testing.T) *database {
	t.Helper()
	var key strings.Builder
	key.WriteString("job\n" + testTables)
	files := postgres.Platform().Files
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		key.Write(text)
	}
	return connect(t, dbtest.URL(t, func(ctx context.Context, url string) error {
		if err := postgres.Migrate(ctx, url, postgres.Platform()); err != nil {
			return err
		}
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		defer conn.Close(ctx) //nolint:errcheck // nothing hangs on it
		_, err = conn.Exec(ctx, testTables)
		return err
	}, key.String()))
}

func connect(t *testing.T, url string) *database {
	t.Helper()
	db := &database{url: url}
	for role, to := range map[postgres.Role]**postgres.DB{postgres.App: &db.app, postgres.System: &db.system} {
		opened, err := postgres.Open(t.Context(), url, role, postgres.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(opened.Close)
		*to = opened
	}
	admin, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = admin.Close(context.Background()) })
	db.admin = admin
	return db
}

func (db *database) workers(t *testing.T, nc *nats.Conn, list ...job.Worker) *job.Workers {
	t.Helper()
	w, err := job.NewWorkers(db.system, nc, job.Options{Lease: lease, Pause: 20 * time.Millisecond, Log: slog.New(slog.DiscardHandler)}, list...)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (db *database) enqueue(t *testing.T, kind string, args any) (id uuid.UUID) {
	t.Helper()
	if err := postgres.InTx(t.Context(), db.system, func(tx *postgres.Tx) (err error) {
		id, err = job.Enqueue(tx, kind, args, uuid.Nil)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return id
}

func (db *database) part(ctx context.Context, r *job.Running) error { return db.parted(ctx, r, 0) }

// parted inserts one row per part, each with its checkpoint; the result is the span that this run did.
func (db *database) parted(ctx context.Context, r *job.Running, each time.Duration) error {
	var s span
	if err := r.Args(&s); err != nil {
		return err
	}
	if _, err := r.Resume(&s.From); err != nil {
		return err
	}
	if err := r.SetResult(s); err != nil {
		return err
	}
	for n := s.From; n < s.To; n++ {
		err := postgres.InTx(ctx, db.system, func(tx *postgres.Tx) error {
			if err := tx.Exec(`insert into platform.test_part values (?, ?)`, n, r.ID).Error; err != nil {
				return err
			}
			return r.CheckpointTx(tx, n+1)
		})
		if err != nil {
			return err
		}
		if each > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(each):
			}
		}
	}
	return nil
}

func (db *database) parts(t *testing.T) (n int) {
	t.Helper()
	if err := db.admin.QueryRow(t.Context(), `select count(*) from platform.test_part`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (db *database) waitParts(t *testing.T, want int) {
	t.Helper()
	wait(t, fmt.Sprintf("%d parts are done", want), func() bool { return db.parts(t) >= want })
}

func (db *database) get(t *testing.T, id uuid.UUID) (j job.Job) {
	t.Helper()
	if err := postgres.InTx(t.Context(), db.system, func(tx *postgres.Tx) (err error) {
		j, err = job.Get(tx, id)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return j
}

func (db *database) waitState(t *testing.T, id uuid.UUID, want job.State) (j job.Job) {
	t.Helper()
	wait(t, "the job is "+string(want), func() bool {
		j = db.get(t, id)
		if j.State != want && j.State == job.Failed {
			t.Fatalf("the job failed: %+v", j)
		}
		return j.State == want
	})
	return j
}

func newRelay(t *testing.T, db *database, nc *nats.Conn) *outbox.Relay {
	t.Helper()
	relay, err := outbox.NewRelay(db.system, nc, outbox.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return relay
}

func runRelay(t *testing.T, db *database, nc *nats.Conn) {
	t.Helper()
	start(t, newRelay(t, db, nc).Run)
}

// start runs a part of the program until the test ends.
func start(t *testing.T, run func(context.Context) error) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var g errgroup.Group
	g.Go(func() error { return run(ctx) })
	t.Cleanup(func() {
		stop()
		if err := g.Wait(); err != nil {
			t.Error(err)
		}
	})
}

func wait(t *testing.T, what string, so func() bool) {
	t.Helper()
	limit := time.After(2 * time.Minute)
	for !so() {
		select {
		case <-limit:
			t.Fatalf("in vain waited until %s", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}
