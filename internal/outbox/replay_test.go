package outbox_test

import (
	"context"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"peakseat/internal/natstest"
	"peakseat/internal/outbox"
)

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
	db.waitEmpty(t) // what it told and did not commit would wait, and be told again before the rest
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

// A relay dies between the broker's acknowledgement and its own commit, so that facts wait that were told already; then
// the broker loses everything.
func TestAReplayTellsWhatWaitsInItsOrder(t *testing.T) {
	t.Parallel()
	db, nc := open(t), natstest.Start(t)
	things := counter(3)
	db.count(t, things, 5)
	if _, err := db.admin.Exec(t.Context(), `delete from platform.outbox where id <= 12`); err != nil { // these were committed
		t.Fatal(err)
	}
	n, err := outbox.Replay(t.Context(), db.system, nc, options(), time.Now().Add(-time.Hour), "")
	if err != nil || n != 15 {
		t.Fatalf("replay told %d facts, %v, want 15", n, err)
	}
	checkOrder(t, readStream(t, nc, 15), 15)
	db.waitEmpty(t)
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
