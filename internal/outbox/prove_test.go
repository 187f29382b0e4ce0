package outbox_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/dbtest"
	"peakseat/internal/devstack"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/provetest"
)

// From the transaction to the consumer, with a PostgreSQL of its own that writes through to the disk.
func TestProveOutbox(t *testing.T) { //nolint:paralleltest // it measures
	provetest.Need(t)
	for _, always := range []bool{false, true} { //nolint:paralleltest // it measures
		mode := syncMode{"", "PostgreSQL fsync on and synchronous_commit on, JetStream syncs every two minutes (its default)"}
		if always {
			mode = syncMode{"_sync_always", "PostgreSQL fsync on and synchronous_commit on, JetStream sync_always"}
		}
		t.Run("sync"+mode.name, func(t *testing.T) {
			db := durable(t)
			nats, err := devstack.StartNATS(t.Context(), devstack.NATSOptions{Dir: t.TempDir(), SyncAlways: always})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = nats.Stop(context.Background()) })
			nc, err := nats.Connect()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(nc.Close)
			live(t, db, nc, mode)
			drain(t, db, nc, 40_000, mode)
		})
	}
	t.Run("cluster", func(t *testing.T) {
		const writers, each = 16, 1250
		gap := clusterLosesANode(t, writers, each)
		note := fmt.Sprintf("%d facts, 16 writers, 1%% of transactions held 50 to 250 ms, three nodes, the stream's leader killed by SIGKILL half way", writers*each+1)
		provetest.Record(t, "outbox_relay_kills", relayDeaths, "kills", note)
		if !t.Failed() { // the stream and the consumer's table were read from end to end
			provetest.Record(t, "outbox_lost", 0, "facts", note)
			provetest.Record(t, "outbox_out_of_order", 0, "facts", note+"; per aggregate, in the stream and at the consumer")
		}
		provetest.Record(t, "outbox_longest_pause", gap.Seconds(), "s", note+"; without an effect at the consumer")
	})
}

// syncMode is how the disk is written to.
type syncMode struct{ name, note string }

// live measures from the commit of a fact to its arrival, with 16 writers, 200 aggregates
// and one transaction in a hundred held open.
func live(t *testing.T, db *database, nc *nats.Conn, mode syncMode) {
	t.Helper()
	relay := newRelay(t, db, nc)
	ctx, stop := context.WithCancel(t.Context())
	var g errgroup.Group
	g.Go(func() error { return relay.Run(ctx) })
	const writers, each = 16, 500
	things := counter(200)
	committed := make(chan map[counted]time.Time, writers)
	arrived := make(chan map[counted]time.Time, 1)
	wait(t, "the streams are there", func() bool {
		_, err := jetStream(t, nc).Stream(t.Context(), "PEAKSEAT_MATCHER")
		return err == nil
	})
	g.Go(func() error {
		consumer, err := jetStream(t, nc).OrderedConsumer(ctx, "PEAKSEAT_MATCHER", jetstream.OrderedConsumerConfig{})
		if err != nil {
			return err
		}
		messages, err := consumer.Messages()
		if err != nil {
			return err
		}
		defer messages.Stop()
		at := make(map[counted]time.Time, writers*each)
		var order []counted
		for len(at) < writers*each {
			msg, err := messages.Next()
			if err != nil {
				return err
			}
			f := decode(t, msg.Data())
			at[f] = time.Now()
			order = append(order, f)
		}
		checkOrder(t, order, writers*each)
		arrived <- at
		return nil
	})
	began := time.Now()
	for w := range writers {
		g.Go(func() error {
			rnd := rand.New(rand.NewPCG(13, uint64(w)))
			at := make(map[counted]time.Time, each)
			for range each {
				held := time.Duration(0)
				if rnd.IntN(100) == 0 {
					held = time.Duration(50+rnd.IntN(200)) * time.Millisecond
				}
				thing := things[rnd.IntN(len(things))]
				n, err := db.countNext(ctx, thing, held)
				if err != nil {
					return err
				}
				at[counted{thing, n}] = time.Now()
			}
			committed <- at
			return nil
		})
	}
	var late []time.Duration
	all := make(map[counted]time.Time, writers*each)
	for range writers {
		maps.Copy(all, <-committed)
	}
	rate := float64(writers*each) / time.Since(began).Seconds()
	for f, at := range <-arrived {
		late = append(late, max(at.Sub(all[f]), 0))
	}
	stop()
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(late)
	note := fmt.Sprintf("%d facts, %d writers, 200 aggregates, 1%% held 50 to 250 ms; %s", len(late), writers, mode.note)
	provetest.Record(t, "outbox_live_rate"+mode.name, rate, "facts/s", note+"; bound by the writers")
	provetest.Record(t, "outbox_live_p50"+mode.name, ms(late[len(late)/2]), "ms", note+"; commit to arrival")
	provetest.Record(t, "outbox_live_p99"+mode.name, ms(late[len(late)*99/100]), "ms", note+"; commit to arrival")
}

// drain measures a relay that finds a long queue, and a consumer that works it off.
func drain(t *testing.T, db *database, nc *nats.Conn, facts int, mode syncMode) {
	t.Helper()
	things := counter(200)
	for from := 0; from < facts; from += 2000 {
		in(t, db.system, func(tx *postgres.Tx) error {
			var records []outbox.Record
			for i := from; i < from+2000; i++ {
				r, err := outbox.Encode(counted{things[i%len(things)], 1_000_000 + i}, tx.Now, time.Now())
				if err != nil {
					return err
				}
				records = append(records, r)
			}
			return outbox.Insert(tx, records...)
		})
	}
	began := time.Now()
	ctx, stop := context.WithCancel(t.Context())
	relay := newRelay(t, db, nc)
	var g errgroup.Group
	g.Go(func() error { return relay.Run(ctx) })
	db.waitEmpty(t)
	provetest.Record(t, "outbox_drain"+mode.name, float64(facts)/time.Since(began).Seconds(), "facts/s", fmt.Sprintf("%d facts waiting, batches of 500; %s", facts, mode.note))
	stop()
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := db.admin.Exec(t.Context(), `truncate platform.test_seen`); err != nil {
		t.Fatal(err)
	}
	began = time.Now()
	ctx, stop = context.WithCancel(t.Context())
	consumers := db.consumers(t, nc, outbox.Consumer{Name: "matcher-seen", Types: types(counted{}), Handle: db.note})
	g.Go(func() error { return consumers.Run(ctx) })
	db.waitSeen(t, facts)
	provetest.Record(t, "outbox_consumer"+mode.name, float64(facts)/time.Since(began).Seconds(), "facts/s", "one insert per fact, batches of 100; "+mode.note)
	stop()
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
}

// countNext is countOne that tells the number.
func (db *database) countNext(ctx context.Context, thing uuid.UUID, held time.Duration) (n int, err error) {
	err = postgres.InTx(ctx, db.system, func(tx *postgres.Tx) error {
		n, err = db.next(tx, thing, held)
		return err
	})
	return n, err
}

// durable is a database on a PostgreSQL that writes through to the disk.
func durable(t *testing.T) *database {
	t.Helper()
	dir := dbtest.DataDir(t)
	pg, err := devstack.StartPostgres(t.Context(), devstack.Options{Dir: filepath.Join(dir, "data")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pg.Stop(context.Background()) })
	if err = postgres.Migrate(t.Context(), pg.URL(), postgres.Platform()); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), pg.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background()) //nolint:errcheck // nothing hangs on it
	if _, err = conn.Exec(t.Context(), testTables); err != nil {
		t.Fatal(err)
	}
	return openURL(t, pg.URL())
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
