package outbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/auth"
	"peakseat/internal/dbtest"
	"peakseat/internal/fault"
	"peakseat/internal/natstest"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// counted is a fact of a thing: its N-th, which the thing's locked row counts.
type counted struct {
	Thing uuid.UUID `json:"thing"`
	N     int       `json:"n"`
}

func (counted) Type() string        { return "peakseat.matcher.thing.counted.v1" }
func (f counted) Aggregate() string { return f.Thing.String() }

// other is a fact of another context.
type other struct {
	Thing uuid.UUID `json:"thing"`
}

func (other) Type() string        { return "peakseat.billing.thing.seen.v1" }
func (f other) Aggregate() string { return f.Thing.String() }

func TestAFactIsWrittenAsACloudEvent(t *testing.T) {
	t.Parallel()
	db := open(t)
	thing := uuid.New()
	var now time.Time
	write := func() error {
		return postgres.InTx(t.Context(), db.app, func(tx *postgres.Tx) error {
			now = tx.Now
			return outbox.Append(tx, counted{thing, 1}, counted{thing, 2}, other{thing})
		})
	}
	if err := write(); err != nil {
		t.Fatalf("a request's role appends: %v", err)
	}
	var waiting []outbox.Envelope
	in(t, db.system, func(tx *postgres.Tx) (err error) {
		waiting, err = outbox.Waiting(tx)
		return err
	})
	if len(waiting) != 3 {
		t.Fatalf("%d facts wait, want 3", len(waiting))
	}
	for i, e := range waiting[:2] {
		got, err := outbox.Decode[counted](e)
		if want := (counted{thing, i + 1}); err != nil || got != want {
			t.Errorf("fact %d = %v, %v, want %v", i, got, err, want)
		}
		if e.Aggregate != thing || !e.Time.Equal(now) || e.ID.Version() != 7 {
			t.Errorf("envelope = %+v, want aggregate %s, time %s and an id of version 7", e, thing, now)
		}
	}
	if _, err := outbox.Decode[counted](waiting[2]); err == nil {
		t.Error("a fact was decoded as one of another type")
	}
	var body string
	if err := db.admin.QueryRow(t.Context(), `select convert_from(body, 'UTF8') from platform.fact where id = $1`, waiting[0].ID).Scan(&body); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf(`{"specversion":"1.0","id":"%s","source":"peakseat/matcher","type":"peakseat.matcher.thing.counted.v1","subject":"%s","time":"%s","datacontenttype":"application/json","data":{"thing":"%s","n":1}}`,
		waiting[0].ID, thing, now.Format(time.RFC3339Nano), thing)
	if diff := cmp.Diff(want, body); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	var partition string
	if err := db.admin.QueryRow(t.Context(), `select tableoid::regclass::text from platform.fact where id = $1`, waiting[0].ID).Scan(&partition); err != nil {
		t.Fatal(err)
	}
	if want := "platform.fact_" + time.Now().UTC().Format("2006_01"); partition != want {
		t.Errorf("the fact lies in %s, want %s", partition, want)
	}
}

func TestNobodyCanChangeFacts(t *testing.T) {
	t.Parallel()
	db := open(t)
	db.count(t, counter(1), 0)
	for _, sql := range []string{
		`update platform.fact set type = 'x'`, `delete from platform.fact`, `truncate platform.fact`,
		`truncate platform.fact_` + time.Now().UTC().Format("2006_01"), `truncate platform.fact_default`,
	} {
		if _, err := db.admin.Exec(t.Context(), sql); postgres.Code(err) != "23001" {
			t.Errorf("%s: %v, want a restrict violation even for the superuser", sql, err)
		}
	}
}

func TestAnAggregateThatIsNoIDIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := outbox.Encode(badAggregate{}, time.Now(), time.Now()); err == nil {
		t.Error("a fact without an id was encoded")
	}
	if _, err := outbox.Encode(badType{}, time.Now(), time.Now()); err == nil {
		t.Error("a type that would be a wildcard subject was encoded")
	}
}

type badAggregate struct{ counted }

func (badAggregate) Aggregate() string { return "shop 7" }

type badType struct{ counted }

func (badType) Type() string { return "peakseat.matcher.*.counted.v1" }

// The relay is killed again and again while writers hold one transaction in a hundred open.
func TestNothingIsLostOrOutOfOrderWhileTheRelayIsKilled(t *testing.T) {
	t.Parallel()
	db, nc := open(t), natstest.Start(t)
	things := counter(20)
	relays, stop := context.WithCancel(t.Context())
	g, ctx := errgroup.WithContext(t.Context())
	for range 2 { // one leads, one waits to take over
		relay := newRelay(t, db, nc)
		g.Go(func() error { return relay.Run(relays) })
	}
	const deaths = 10
	killed := make(chan struct{})
	var written atomic.Int64
	writers, wctx := errgroup.WithContext(ctx)
	const each = 150 // at least, and until the relay was killed often enough
	for w := range 8 {
		writers.Go(func() error {
			rnd := rand.New(rand.NewPCG(7, uint64(w)))
			for n := 0; n < each || !closed(killed); n++ {
				held := time.Duration(0)
				if rnd.IntN(100) == 0 {
					held = time.Duration(50+rnd.IntN(200)) * time.Millisecond
				}
				if err := db.countOne(wctx, things[rnd.IntN(len(things))], held); err != nil {
					return err
				}
				written.Add(1)
			}
			return nil
		})
	}
	killer := db.connect(t)
	g.Go(func() error {
		for kills := 0; kills < deaths; {
			if !pause(relays, 40*time.Millisecond) {
				return fmt.Errorf("the relay was killed %d times only", kills)
			}
			var now int
			err := killer.QueryRow(ctx, `select count(*) filter (where pg_terminate_backend(pid)) from pg_locks
				where locktype = 'advisory' and granted and classid = 1 and objid = 3070774715 and objsubid = 1
				and database = (select oid from pg_database where datname = current_database())`).Scan(&now)
			if err != nil {
				return err
			}
			kills += now
		}
		close(killed)
		return nil
	})
	if err := writers.Wait(); err != nil {
		t.Fatal(err)
	}
	told := int(written.Load())
	got := readStream(t, nc, told)
	db.waitEmpty(t)
	stop()
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	checkOrder(t, got, told)
	stream, err := jetStream(t, nc).Stream(t.Context(), "PEAKSEAT_MATCHER")
	if err != nil {
		t.Fatal(err)
	}
	if n := stream.CachedInfo().State.LastSeq; n != uint64(told) {
		t.Errorf("the stream holds %d facts, want %d", n, told)
	}
}

// Two programs run the same consumer and die in turn; its effect is one row per fact.
func TestAConsumerActsOnceAndInOrder(t *testing.T) {
	t.Parallel()
	db, nc := open(t), natstest.Start(t)
	start(t, newRelay(t, db, nc).Run)
	things := counter(10)
	const facts = 600
	g, ctx := errgroup.WithContext(t.Context())
	g.Go(func() error {
		rnd := rand.New(rand.NewPCG(3, 3))
		for range facts {
			if err := db.countOne(ctx, things[rnd.IntN(len(things))], 0); err != nil {
				return err
			}
		}
		return nil
	})
	done, finish := context.WithCancel(ctx)
	for program := range 2 {
		g.Go(func() error {
			rnd := rand.New(rand.NewPCG(5, uint64(program)))
			for done.Err() == nil {
				life, die := context.WithCancel(done)
				left := 50 + rnd.IntN(200) // facts to live for; it dies in the middle of a batch
				err := db.consumers(t, nc, outbox.Consumer{
					Name: "matcher-seen", Types: types(counted{}),
					Handle: func(tx *postgres.Tx, e outbox.Envelope) error {
						if left--; left == 0 {
							die()
						}
						return db.note(tx, e)
					},
				}).Run(life)
				die()
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	db.waitSeen(t, facts)
	finish()
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	checkOrder(t, db.seen(t), facts)
}

func TestAFactToldTwiceActsOnce(t *testing.T) {
	t.Parallel()
	db, nc := open(t), natstest.Start(t)
	start(t, newRelay(t, db, nc).Run)
	start(t, db.consumers(t, nc, outbox.Consumer{Name: "matcher-seen", Types: types(counted{}), Handle: db.note}).Run)
	thing := counter(1)
	db.count(t, thing, 5)
	db.waitSeen(t, 5)
	js := jetStream(t, nc)
	stream, err := js.Stream(t.Context(), "PEAKSEAT_MATCHER")
	if err != nil {
		t.Fatal(err)
	}
	for seq := range uint64(5) { // the same bytes under a new message id, as after the dedupe window
		raw, err := stream.GetMsg(t.Context(), seq+1)
		if err != nil {
			t.Fatal(err)
		}
		msg := &nats.Msg{Subject: raw.Subject, Data: raw.Data, Header: nats.Header{"Peakseat-Recorded": raw.Header["Peakseat-Recorded"]}}
		if _, err := js.PublishMsg(t.Context(), msg); err != nil {
			t.Fatal(err)
		}
	}
	db.count(t, thing, 1) // the relay goes on although the stream is longer than it knows
	db.waitSeen(t, 6)
	checkOrder(t, db.seen(t), 6)
}

func TestAFactThatFailsIsParkedAndCanBeRetried(t *testing.T) {
	t.Parallel()
	db, nc := open(t), natstest.Start(t)
	start(t, newRelay(t, db, nc).Run)
	var mu sync.Mutex
	broken, calls := true, 0
	start(t, db.consumers(t, nc, outbox.Consumer{
		Name: "matcher-seen", Types: types(counted{}), Tries: 3,
		Handle: func(tx *postgres.Tx, e outbox.Envelope) error {
			f, err := outbox.Decode[counted](e)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			if f.N == 3 && broken {
				calls++
				return fmt.Errorf(`call "王小明" wang@example.com 13800138000 about %s`, f.Thing)
			}
			return db.note(tx, e)
		},
	}, outbox.Consumer{Name: "quality-seen", Types: types(counted{}), Handle: func(*postgres.Tx, outbox.Envelope) error { return nil }}).Run)
	thing := counter(1)
	db.count(t, thing, 5)
	db.waitSeen(t, 4)
	operator := auth.WithActor(t.Context(), auth.Actor{AccountID: uuid.New(), Role: auth.Operator})
	var parked []outbox.Parked
	wait(t, "one fact is parked", func() bool {
		err := postgres.InTx(operator, db.app, func(tx *postgres.Tx) (err error) {
			parked, err = outbox.ListParked(tx, uuid.Nil, 10)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return len(parked) == 1
	})
	p := parked[0]
	if want := "handle a peakseat.matcher.thing.counted.v1: call … … … about " + thing[0].String(); p.Error != want {
		t.Errorf("error = %q, want %q", p.Error, want)
	}
	if p.Consumer != "matcher-seen" || p.Tries != 3 || calls < 3 {
		t.Errorf("parked = %+v after %d calls, want 3 tries of matcher-seen", p, calls)
	}
	agent := auth.WithActor(t.Context(), auth.Actor{AccountID: uuid.New(), Role: auth.Agent})
	err := postgres.InTx(agent, db.app, func(tx *postgres.Tx) error { return outbox.RetryParked(tx, p.ID) })
	if !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("an agent's retry: %v, want not found", err)
	}
	mu.Lock()
	broken = false
	mu.Unlock()
	if err := postgres.InTx(operator, db.app, func(tx *postgres.Tx) error { return outbox.RetryParked(tx, p.ID) }); err != nil {
		t.Fatal(err)
	}
	db.waitSeen(t, 5)
	wait(t, "nothing is parked", func() bool {
		in(t, db.system, func(tx *postgres.Tx) (err error) {
			parked, err = outbox.ListParked(tx, uuid.Nil, 10)
			return err
		})
		return len(parked) == 0
	})
	var handled int
	if err := db.admin.QueryRow(t.Context(), `select count(*) from platform.inbox where consumer = 'quality-seen'`).Scan(&handled); err != nil {
		t.Fatal(err)
	}
	if handled != 5 {
		t.Errorf("the other consumer handled %d facts, want 5", handled)
	}
}

func TestAPanicIsParked(t *testing.T) {
	t.Parallel()
	db, nc := open(t), natstest.Start(t)
	start(t, newRelay(t, db, nc).Run)
	start(t, db.consumers(t, nc, outbox.Consumer{
		Name: "matcher-seen", Types: types(counted{}), Tries: 1,
		Handle: func(*postgres.Tx, outbox.Envelope) error { panic("no such thing") },
	}).Run)
	db.count(t, counter(1), 1)
	wait(t, "it is parked", func() bool {
		var text string
		err := db.admin.QueryRow(t.Context(), `select error from platform.parked`).Scan(&text)
		return err == nil && strings.Contains(text, "panic: no such thing")
	})
}

// NATS loses its directory while some facts are handled and some are not.
func TestLosingNATSLosesNothing(t *testing.T) {
	t.Parallel()
	db := open(t)
	thing := counter(1)
	before := natstest.Server(t)
	nc := natstest.Connect(t, before)
	life, end := context.WithCancel(t.Context())
	g, ctx := errgroup.WithContext(life)
	g.Go(func() error { return newRelay(t, db, nc).Run(ctx) })
	first := db.consumers(t, nc, outbox.Consumer{Name: "matcher-seen", Types: types(counted{}), Handle: db.note})
	g.Go(func() error { return first.Run(ctx) })
	db.count(t, thing, 10)
	db.waitSeen(t, 10)
	end()
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	// told, and handled by nobody
	life, end = context.WithCancel(t.Context())
	g, ctx = errgroup.WithContext(life)
	g.Go(func() error { return newRelay(t, db, nc).Run(ctx) })
	db.count(t, thing, 10)
	readStream(t, nc, 20)
	end()
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if err := before.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}

	nc = natstest.Start(t) // a new server with an empty directory
	start(t, db.consumers(t, nc, outbox.Consumer{Name: "matcher-seen", Types: types(counted{}), Handle: db.note}).Run)
	db.waitSeen(t, 20)
	checkOrder(t, db.seen(t), 20)
	n, err := outbox.Replay(t.Context(), db.system, nc, options(), time.Now().Add(-time.Hour), "")
	if err != nil || n != 20 {
		t.Fatalf("replay told %d facts, %v, want 20", n, err)
	}
	checkOrder(t, readStream(t, nc, 20), 20)
	start(t, newRelay(t, db, nc).Run)
	db.count(t, thing, 1)
	db.waitSeen(t, 21)
	checkOrder(t, db.seen(t), 21) // the replay made nobody act twice
}

func TestAReplayForANewConsumerReachesOnlyThatOne(t *testing.T) {
	t.Parallel()
	db, nc := open(t), natstest.Start(t)
	db.count(t, counter(1), 5)
	if _, err := outbox.Replay(t.Context(), db.system, nc, options(), time.Now().Add(-31*24*time.Hour), ""); err == nil {
		t.Error("a replay further back than the inboxes remember was not refused")
	}
	n, err := outbox.Replay(t.Context(), db.system, nc, options(), time.Now().Add(-31*24*time.Hour), "quality-new")
	if err != nil || n != 5 {
		t.Fatalf("replay = %d, %v, want 5", n, err)
	}
	stream, err := jetStream(t, nc).Stream(t.Context(), "PEAKSEAT_MATCHER")
	if err != nil {
		t.Fatal(err)
	}
	for seq := uint64(1); seq <= stream.CachedInfo().State.LastSeq; seq++ {
		msg, err := stream.GetMsg(t.Context(), seq)
		if err != nil {
			t.Fatal(err)
		}
		if seq > 5 && msg.Header.Get("Peakseat-For") != "quality-new" {
			t.Errorf("message %d is for %q, want quality-new", seq, msg.Header.Get("Peakseat-For"))
		}
	}
}

// Every session dies and none can be had for a while, as when PostgreSQL restarts.
func TestRelayAndConsumersOutliveARestartOfTheDatabase(t *testing.T) {
	t.Parallel()
	db, nc := open(t), natstest.Start(t)
	start(t, newRelay(t, db, nc).Run)
	start(t, db.consumers(t, nc, outbox.Consumer{Name: "matcher-seen", Types: types(counted{}), Handle: db.note}).Run)
	thing := counter(1)
	db.count(t, thing, 20)
	db.waitSeen(t, 5)
	name := db.admin.Config().Database
	server := db.admin.Config().Copy()
	server.Database = "postgres"
	postgresDB, err := pgx.ConnectConfig(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	defer postgresDB.Close(context.Background()) //nolint:errcheck // nothing hangs on it
	for _, sql := range []string{
		`alter database ` + name + ` allow_connections false`,
		`select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '` + name + `'`,
		`select pg_sleep(0.3)`,
		`alter database ` + name + ` allow_connections true`,
	} {
		if _, err := postgresDB.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	db.reconnect(t)
	db.count(t, thing, 20)
	db.waitSeen(t, 40)
	checkOrder(t, db.seen(t), 40)
}

// A stream vanishes under a running program, with facts that its consumer had not seen.
func TestAStreamThatVanishesIsMadeAnew(t *testing.T) {
	t.Parallel()
	db, nc := open(t), natstest.Start(t)
	start(t, newRelay(t, db, nc).Run)
	start(t, db.consumers(t, nc, outbox.Consumer{Name: "matcher-seen", Types: types(counted{}), Handle: db.note}).Run)
	thing := counter(1)
	db.count(t, thing, 5)
	db.waitSeen(t, 5)
	if err := jetStream(t, nc).DeleteStream(t.Context(), "PEAKSEAT_MATCHER"); err != nil {
		t.Fatal(err)
	}
	db.count(t, thing, 5)
	db.waitSeen(t, 10)
	checkOrder(t, db.seen(t), 10)
}

func TestConsumersAreCheckedWhenTheyAreMade(t *testing.T) {
	t.Parallel()
	nc := natstest.Start(t)
	handle := func(*postgres.Tx, outbox.Envelope) error { return nil }
	good := outbox.Consumer{Name: "matcher-seen", Types: types(counted{}), Handle: handle}
	for name, list := range map[string][]outbox.Consumer{
		"no purpose": {{Name: "matcher", Types: types(counted{}), Handle: handle}},
		"twice":      {good, good},
		"no types":   {{Name: "matcher-seen", Handle: handle}},
		"no context": {{Name: "matcher-seen", Types: []string{"peakseat.nobody.thing.done.v1"}, Handle: handle}},
		"a job":      {{Name: "matcher-seen", Types: []string{"peakseat.job.thing.enqueued.v1"}, Handle: handle}},
		"no handler": {{Name: "matcher-seen", Types: types(counted{})}},
	} {
		if _, err := outbox.NewConsumers(nil, nc, options(), list...); err == nil {
			t.Errorf("%s: not refused", name)
		}
	}
}

func TestPartitionsAreMadeAhead(t *testing.T) {
	t.Parallel()
	db := open(t)
	ahead := func(pool *postgres.DB, first string, months int) (made int, err error) {
		err = pool.Pool.QueryRow(t.Context(), `select platform.make_fact_partitions($1::text::date, $2)`, first, months).Scan(&made)
		return made, err
	}
	if _, err := ahead(db.app, "2031-01-15", 1); postgres.Code(err) != "42501" {
		t.Errorf("a request's role makes partitions: %v, want refused", err)
	}
	for _, want := range []int{2, 0} { // two months, and none the second time
		if made, err := ahead(db.system, "2031-01-15", 2); err != nil || made != want {
			t.Errorf("made %d, %v, want %d", made, err, want)
		}
	}
	late, err := outbox.Encode(counted{uuid.New(), 1}, time.Now(), time.Date(2032, 5, 5, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	in(t, db.system, func(tx *postgres.Tx) error { return outbox.Insert(tx, late) })
	if made, err := ahead(db.system, "2032-04-01", 3); err != nil || made != 2 {
		t.Errorf("made %d of April to June with a fact of May in the default partition, %v, want 2", made, err)
	}
}

// database is a test's own, in the roles that it needs.
type database struct {
	url         string
	app, system *postgres.DB
	admin       *pgx.Conn
}

func open(t *testing.T) *database {
	t.Helper()
	url := dbtest.URL(t, func(ctx context.Context, url string) error {
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
	}, "outbox\n"+testTables+migrations(t))
	return openURL(t, url)
}

func openURL(t *testing.T, url string) *database {
	t.Helper()
	db := &database{url: url}
	for role, to := range map[postgres.Role]**postgres.DB{postgres.App: &db.app, postgres.System: &db.system} {
		opened, err := postgres.Open(t.Context(), url, role, postgres.Options{MaxConns: 24})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(opened.Close)
		*to = opened
	}
	db.reconnect(t)
	return db
}

const testTables = `
	create table platform.test_thing (id uuid primary key, n int not null);
	create table platform.test_seen (position bigint generated always as identity, thing uuid not null, n int not null, primary key (thing, n));
	grant all on platform.test_thing, platform.test_seen to peakseat_system;`

func (db *database) reconnect(t *testing.T) {
	t.Helper()
	db.admin = db.connect(t)
}

func (db *database) connect(t *testing.T) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), db.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// countOne writes a thing's next fact under its row's lock.
func (db *database) countOne(ctx context.Context, thing uuid.UUID, held time.Duration) error {
	return postgres.InTx(ctx, db.system, func(tx *postgres.Tx) error {
		_, err := db.next(tx, thing, held)
		return err
	})
}

// next appends a thing's next fact and holds the transaction open for a while.
func (*database) next(tx *postgres.Tx, thing uuid.UUID, held time.Duration) (n int, err error) {
	err = tx.Raw(`insert into platform.test_thing values (?, 1) on conflict (id) do update set n = test_thing.n + 1 returning n`, thing).Scan(&n).Error
	if err != nil {
		return 0, err
	}
	if err := outbox.Append(tx, counted{thing, n}); err != nil {
		return 0, err
	}
	if held > 0 {
		return n, tx.Exec(`select pg_sleep(?)`, held.Seconds()).Error
	}
	return n, nil
}

func (db *database) count(t *testing.T, things []uuid.UUID, times int) {
	t.Helper()
	for range max(times, 1) {
		for _, thing := range things {
			if err := db.countOne(t.Context(), thing, 0); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// note is the effect of a consumer: a row that cannot be there twice.
func (*database) note(tx *postgres.Tx, e outbox.Envelope) error {
	f, err := outbox.Decode[counted](e)
	if err != nil {
		return err
	}
	return tx.Exec(`insert into platform.test_seen (thing, n) values (?, ?)`, f.Thing, f.N).Error
}

func (db *database) seen(t *testing.T) []counted {
	t.Helper()
	rows, err := db.admin.Query(t.Context(), `select thing, n from platform.test_seen order by position`)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[counted])
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (db *database) waitSeen(t *testing.T, want int) {
	t.Helper()
	wait(t, fmt.Sprintf("%d facts are seen", want), func() bool {
		var n int
		if err := db.admin.QueryRow(t.Context(), `select count(*) from platform.test_seen`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n >= want
	})
}

// waitEmpty waits until the relay has committed that everything is told.
func (db *database) waitEmpty(t *testing.T) {
	t.Helper()
	wait(t, "the outbox is empty", func() bool {
		var left bool
		if err := db.system.Pool.QueryRow(t.Context(), `select exists (select from platform.outbox)`).Scan(&left); err != nil {
			t.Fatal(err)
		}
		return !left
	})
}

func (db *database) consumers(t *testing.T, nc *nats.Conn, list ...outbox.Consumer) *outbox.Consumers {
	t.Helper()
	c, err := outbox.NewConsumers(db.system, nc, options(), list...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newRelay(t *testing.T, db *database, nc *nats.Conn) *outbox.Relay {
	t.Helper()
	relay, err := outbox.NewRelay(db.system, nc, options())
	if err != nil {
		t.Fatal(err)
	}
	return relay
}

func options() outbox.Options {
	return outbox.Options{Log: slog.New(slog.DiscardHandler)}
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

// readStream reads the matcher's stream from its beginning until it has want facts.
func readStream(t *testing.T, nc *nats.Conn, want int) []counted {
	t.Helper()
	js := jetStream(t, nc)
	wait(t, "the stream exists", func() bool {
		_, err := js.Stream(t.Context(), "PEAKSEAT_MATCHER")
		return err == nil
	})
	consumer, err := js.OrderedConsumer(t.Context(), "PEAKSEAT_MATCHER", jetstream.OrderedConsumerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	limit, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	messages, err := consumer.Messages()
	if err != nil {
		t.Fatal(err)
	}
	defer messages.Stop()
	var list []counted
	for len(list) < want {
		msg, err := messages.Next(jetstream.NextContext(limit))
		if err != nil {
			t.Fatalf("%d of %d facts arrived: %v", len(list), want, err)
		}
		list = append(list, decode(t, msg.Data()))
	}
	return list
}

// checkOrder demands each thing's facts once each and in order.
func checkOrder(t *testing.T, got []counted, want int) {
	t.Helper()
	if len(got) != want {
		t.Errorf("%d facts, want %d", len(got), want)
	}
	last := map[uuid.UUID]int{}
	wrong := 0
	for _, f := range got {
		if f.N != last[f.Thing]+1 {
			wrong++
		}
		last[f.Thing] = f.N
	}
	if wrong > 0 {
		t.Errorf("%d of %d facts out of order, lost or repeated", wrong, len(got))
	}
}

const patience = 2 * time.Minute // on a machine that does much else

func wait(t *testing.T, what string, so func() bool) {
	t.Helper()
	limit, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for !so() {
		if !pause(limit, 5*time.Millisecond) {
			t.Fatalf("in vain waited until %s", what)
		}
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func in(t *testing.T, db *postgres.DB, fn func(tx *postgres.Tx) error) {
	t.Helper()
	if err := postgres.InTx(t.Context(), db, fn); err != nil {
		t.Fatal(err)
	}
}

func counter(n int) []uuid.UUID {
	list := make([]uuid.UUID, n)
	for i := range list {
		list[i] = uuid.New()
	}
	return list
}

func types(list ...interface{ Type() string }) []string {
	var names []string
	for _, f := range list {
		names = append(names, f.Type())
	}
	return names
}

func jetStream(t *testing.T, nc *nats.Conn) jetstream.JetStream {
	t.Helper()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

// migrations is the text of all platform migrations: what a template depends on.
func migrations(t *testing.T) string {
	t.Helper()
	files := postgres.Platform().Files
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	var all strings.Builder
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

func decode(t *testing.T, body []byte) counted {
	t.Helper()
	var e struct {
		Data counted `json:"data"`
	}
	if err := json.Unmarshal(body, &e); err != nil {
		t.Fatal(err)
	}
	return e.Data
}
