package test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"peakseat/internal/apitest"
	"peakseat/internal/clock"
	"peakseat/internal/provetest"
)

// asked is how long it takes, from the moment at which a version's publication was sent, until an agent who passed the one before
// is refused a claim for the brand pack. Claims before it may win the seat, as the agent could until then.
func (b *brand) asked(t *testing.T, agent *apitest.Person, shift string, began time.Time) time.Duration {
	t.Helper()
	for {
		r := agent.Post(t, "/shifts/"+shift+"/claims", nil)
		took := clock.Since(began)
		switch {
		case r.Text("code") == "agent_not_eligible" && r.Text("rules", 0, "rule") == "brand_pack":
			return took
		case took > 30*time.Second:
			t.Fatalf("half a minute after the publication a claim is answered %d: %s", r.Status, r.Body)
		case r.Status != 201 && r.Text("code") != "time_overlap": // with the seat that is held still
			t.Fatalf("a claim is answered %d: %s", r.Status, r.Body)
		}
	}
}

// From the publication of a pack's new version, in force at once, to the refused claim of who passed the one before: those who
// hold a seat, and those who do not.
func TestProvePackVersion(t *testing.T) { //nolint:paralleltest // it measures
	provetest.Need(t)
	const people, versions = 4, 50
	b := &brand{market: newMarket(t)}
	agents := make([]*apitest.Person, people)
	for i := range agents {
		agents[i] = b.agent(t, 3)
	}
	_, held := b.book(t, b.merchant, b.shop, b.Now(t).AddDate(0, 0, 3), "10:00", "14:00", people)
	_, free := b.book(t, b.merchant, b.shop, b.Now(t).AddDate(0, 0, 4), "10:00", "14:00", people*versions)
	b.publish(t, b.write(t, "0"), nil).Want(t, 201)
	qualify := func(newcomers bool) {
		for i, agent := range agents {
			b.pass(t, agent, 0)
			apitest.Until(t, "the matcher knows the pass", func() bool { _, rule := b.eligible(t, agent, free); return rule == "" || rule == "overlap " })
			if newcomers && i%2 == 0 {
				agent.Post(t, "/shifts/"+held.String()+"/claims", nil).Want(t, 201)
			}
		}
	}
	var times []time.Duration
	for version := range versions {
		qualify(version == 0)
		revision := b.write(t, strconv.Itoa(version+1))
		took := make([]time.Duration, people)
		var g errgroup.Group
		began := clock.Now()
		b.publish(t, revision, nil).Want(t, 201)
		for i, agent := range agents {
			g.Go(func() error {
				took[i] = b.asked(t, agent, free.String(), began)
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		times = append(times, took...)
	}
	b.isClean(t)
	slices.Sort(times)
	at := func(share float64) float64 {
		return float64(times[int(share*float64(len(times)-1))]) / float64(time.Millisecond)
	}
	note := strconv.Itoa(versions) + " versions of a brand pack, " + strconv.Itoa(people) +
		" agents who had passed the one before and claim until they are refused, half of whom hold a seat of the shop; over HTTP, from the request to publish to the answer of the first refused claim; aim 1000"
	provetest.Record(t, "pack_version_to_refused_claim_p50", at(0.5), "ms", note)
	provetest.Record(t, "pack_version_to_refused_claim_p99", at(0.99), "ms", note)
}
