package outbox_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/natstest"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

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
			now, err := killRelay(ctx, killer)
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
