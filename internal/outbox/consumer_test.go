package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/auth"
	"peakseat/internal/fault"
	"peakseat/internal/natstest"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

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
	db.waitEmpty(t) // a consumer that starts sees facts in the database before they are told
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

// A delivery is lost on its way, as when a connection breaks: what comes after it must neither overtake it nor
// acknowledge it.
func TestALostDeliveryIsNotPassedOver(t *testing.T) {
	t.Parallel()
	db, nc := open(t), natstest.Start(t)
	start(t, newRelay(t, db, nc).Run)
	start(t, db.consumers(t, nc, outbox.Consumer{Name: "matcher-seen", Types: types(counted{}), Handle: db.note}).Run)
	thing := counter(1)
	db.count(t, thing, 1)
	db.waitSeen(t, 1)
	var durable jetstream.Consumer
	wait(t, "the consumer asks for facts", func() bool {
		var err error
		if durable, err = jetStream(t, nc).Consumer(t.Context(), "PEAKSEAT_MATCHER", "matcher-seen"); err != nil {
			t.Fatal(err)
		}
		return durable.CachedInfo().NumWaiting > 0 && durable.CachedInfo().NumAckPending == 0
	})
	thief, err := durable.FetchBytes(1<<20, jetstream.FetchMaxWait(patience)) // stands beside the consumer and acknowledges nothing
	if err != nil {
		t.Fatal(err)
	}
	wait(t, "both ask for facts", func() bool {
		info, err := durable.Info(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return info.NumWaiting > 1
	})
	db.count(t, thing, 20)
	if stolen := <-thief.Messages(); stolen == nil {
		t.Fatal("no delivery was lost")
	}
	db.waitSeen(t, 21)
	checkOrder(t, db.seen(t), 21)
}

// Facts are handed over together, and one by one where together they fail.
func TestFactsAreHandledTogether(t *testing.T) {
	t.Parallel()
	db, nc := open(t), natstest.Start(t)
	things := counter(10)
	db.count(t, things, 30)
	var calls, largest atomic.Int64
	start(t, db.consumers(t, nc, outbox.Consumer{
		Name: "matcher-seen", Types: types(counted{}), Batch: 40, Tries: 1,
		HandleAll: func(tx *postgres.Tx, list []outbox.Envelope) error {
			calls.Add(1)
			largest.Store(max(largest.Load(), int64(len(list))))
			for _, e := range list {
				f, err := outbox.Decode[counted](e)
				if err != nil {
					return err
				}
				if f.Thing == things[3] && f.N == 30 {
					return errors.New("this one never")
				}
				if err := db.note(tx, e); err != nil {
					return err
				}
			}
			return nil
		},
	}).Run)
	db.waitSeen(t, 299)
	checkOrder(t, db.seen(t), 299)
	if largest.Load() != 40 || calls.Load() != 8+20 { // the last of the eight holds twenty, of which one fails
		t.Errorf("%d calls with %d facts at most, want 28 with 40", calls.Load(), largest.Load())
	}
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
		"two handlers": {{
			Name: "matcher-seen", Types: types(counted{}), Handle: handle,
			HandleAll: func(*postgres.Tx, []outbox.Envelope) error { return nil },
		}},
	} {
		if _, err := outbox.NewConsumers(nil, nc, options(), list...); err == nil {
			t.Errorf("%s: not refused", name)
		}
	}
}
