package outbox_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/natstest"
	"peakseat/internal/outbox"
)

func TestAWatcherSeesWhatIsToldAndHearsOfWhatItMayHaveMissed(t *testing.T) {
	t.Parallel()
	db, server := open(t), natstest.Server(t)
	relay := newRelay(t, db, natstest.Connect(t, server))
	nc := natstest.Connect(t, server)
	things := counter(2)
	seen := make(chan outbox.Envelope, 100)
	missed := make(chan struct{}, 100)
	var atOnce atomic.Int32
	alone := func() func() {
		if atOnce.Add(1) > 1 {
			t.Error("a watcher was called twice at a time")
		}
		return func() { atOnce.Add(-1) }
	}
	ctx, stop := context.WithCancel(t.Context())
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return relay.Run(ctx) })
	g.Go(func() error {
		return outbox.Watch(ctx, nc, []string{counted{}.Type()}, func(e outbox.Envelope) { defer alone()(); seen <- e }, func() { defer alone()(); missed <- struct{}{} })
	})
	<-missed // it begins with not knowing what was told before
	db.count(t, things, 20)
	last := map[uuid.UUID]int{}
	for range 40 {
		f, err := outbox.Decode[counted](<-seen)
		if err != nil {
			t.Fatal(err)
		}
		if f.N != last[f.Thing]+1 {
			t.Fatalf("%s was counted %d after %d", f.Thing, f.N, last[f.Thing])
		}
		last[f.Thing] = f.N
	}
	if err := nc.ForceReconnect(); err != nil {
		t.Fatal(err)
	}
	<-missed
	stop()
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
}
