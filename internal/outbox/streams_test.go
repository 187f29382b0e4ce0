package outbox_test

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/natstest"
	"peakseat/internal/outbox"
)

// Relay, consumers and workers of many processes ask for the streams at once, and one of an older version is brought up to date.
func TestStreamsAreMadeOnceAndBroughtUpToDate(t *testing.T) {
	t.Parallel()
	js, err := jetstream.New(natstest.Start(t))
	if err != nil {
		t.Fatal(err)
	}
	old := jetstream.StreamConfig{Name: "PEAKSEAT_MATCHER", Subjects: []string{"peakseat.matcher.>"}, MaxAge: time.Hour}
	if _, err := js.CreateStream(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	var all errgroup.Group
	for range 4 {
		all.Go(func() error { return outbox.EnsureStreams(t.Context(), js, 1) })
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"PEAKSEAT_MATCHER", "PEAKSEAT_BILLING", outbox.JobStream} {
		stream, err := js.Stream(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		config := stream.CachedInfo().Config
		if config.Description == "" || config.Duplicates != 2*time.Minute || name != outbox.JobStream && config.MaxAge != 7*24*time.Hour {
			t.Errorf("%s is %+v", name, config)
		}
	}
}
