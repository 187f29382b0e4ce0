package outbox_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/fact"
	"peakseat/internal/natstest"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// The planner believes that the queue is empty, as it nearly always is, when twenty thousand facts come in one transaction.
func TestABurstIsPublishedAlthoughThePlannerExpectsNothing(t *testing.T) {
	t.Parallel()
	db, nc := open(t), natstest.Start(t)
	// a day's facts came and went; their pages are left
	for _, sql := range []string{
		`alter table platform.outbox set (autovacuum_enabled = off)`,
		`insert into platform.outbox (fact_id, fact_recorded_at) select gen_random_uuid(), '2026-01-01Z' from generate_series(1, 10000)`,
		`delete from platform.outbox`, `vacuum (analyze, truncate off) platform.outbox`,
	} {
		if _, err := db.admin.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	in(t, db.system, func(tx *postgres.Tx) error {
		facts := make([]fact.Fact, 20_000)
		for i := range facts {
			facts[i] = counted{uuid.New(), 1}
		}
		return outbox.Append(tx, facts...)
	})
	relay := newRelay(t, db, nc)
	running, stop := context.WithCancel(t.Context())
	var g errgroup.Group
	g.Go(func() error { return relay.Run(running) })
	db.waitEmpty(t)
	stop()
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	stream, err := jetStream(t, nc).Stream(t.Context(), "PEAKSEAT_MATCHER")
	if err != nil {
		t.Fatal(err)
	}
	if n := stream.CachedInfo().State.Msgs; n != 20_000 {
		t.Errorf("the stream holds %d facts", n)
	}
}
