package outbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// JobStream carries the calls to durable jobs (internal/job): a work queue, whose
// messages go away when a worker has acknowledged them.
const JobStream = "PEAKSEAT_JOB"

const (
	// streamAge is how long a stream keeps facts. PostgreSQL keeps them for ever;
	// the stream only has to outlast a consumer's longest absence.
	streamAge = 7 * 24 * time.Hour
	// inboxAge is how long it is remembered what a consumer has done. It must exceed
	// streamAge, so that whatever a stream still holds is recognised.
	inboxAge = 30 * 24 * time.Hour
	// dedupeWindow is how long JetStream knows a message id. It must exceed the time
	// in which a new relay takes over from a dead one; what comes later than that is
	// caught by the inbox.
	dedupeWindow = 2 * time.Minute
)

// Contexts lists the contexts that tell facts. Each has one stream.
func Contexts() []string {
	return []string{"account", "academy", "billing", "certification", "matcher", "notice", "quality"}
}

// EnsureStreams makes the streams, or brings them up to date: PEAKSEAT_<CONTEXT> with
// the subjects peakseat.<context>.> for each context, and the work queue of the jobs.
// Replicas is 1 for a single server and 3 for a cluster.
func EnsureStreams(ctx context.Context, js jetstream.JetStream, replicas int) error {
	for _, name := range Contexts() {
		err := ensure(ctx, js, jetstream.StreamConfig{
			Name:        streamOf(name),
			Description: "what the context " + name + " has told; the record is platform.fact",
			Subjects:    []string{"peakseat." + name + ".>"},
			MaxAge:      streamAge,
			Storage:     jetstream.FileStorage,
			Replicas:    max(replicas, 1),
			Duplicates:  dedupeWindow,
		})
		if err != nil {
			return err
		}
	}
	return ensure(ctx, js, jetstream.StreamConfig{
		Name:        JobStream,
		Description: "calls to durable jobs; the record is platform.job",
		Subjects:    []string{"peakseat.job.>"},
		Retention:   jetstream.WorkQueuePolicy,
		Storage:     jetstream.FileStorage,
		Replicas:    max(replicas, 1),
		Duplicates:  dedupeWindow,
	})
}

// ensure changes a stream only where something differs: every process asks for the streams when it starts, and an update while
// another makes its consumers is work for nothing (and a race within the server).
func ensure(ctx context.Context, js jetstream.JetStream, want jetstream.StreamConfig) error {
	stream, err := js.Stream(ctx, want.Name)
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		_, err = js.CreateStream(ctx, want)
	case err == nil && !same(stream.CachedInfo().Config, want):
		_, err = js.UpdateStream(ctx, want)
	}
	if err != nil {
		return fmt.Errorf("make the stream %s: %w", want.Name, err)
	}
	return nil
}

// same compares what EnsureStreams sets.
func same(is, want jetstream.StreamConfig) bool {
	return is.Description == want.Description && slices.Equal(is.Subjects, want.Subjects) && is.Retention == want.Retention &&
		is.MaxAge == want.MaxAge && is.Storage == want.Storage && is.Replicas == want.Replicas && is.Duplicates == want.Duplicates
}

// streamOf names the stream of a context.
func streamOf(name string) string { return "PEAKSEAT_" + strings.ToUpper(name) }

// streamFor names the stream that carries a type of fact.
func streamFor(factType string) (string, error) {
	name, err := contextOf(factType)
	if err != nil {
		return "", err
	}
	if name != "job" && !slices.Contains(Contexts(), name) {
		return "", fmt.Errorf("no context %s tells %s", name, factType)
	}
	return streamOf(name), nil
}
