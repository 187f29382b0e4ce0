package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"peakseat/internal/app"
	"peakseat/internal/clock"
)

// replayCmd publishes facts again, after a loss of NATS or for a consumer that is new.
type replayCmd struct {
	database
	From         string `required:"" placeholder:"TIME" help:"Publish the facts written since: 2026-11-11T00:00:00+08:00, or an age such as 36h."`
	Consumer     string `placeholder:"NAME" help:"Only this consumer acts on them; absent: every consumer, on those that it has not handled."`
	NATSURL      string `name:"nats" placeholder:"URL" env:"PEAKSEAT_NATS_URL" help:"A NATS with JetStream; absent: the embedded one in the data directory."`
	NATSReplicas int    `default:"1" env:"PEAKSEAT_NATS_REPLICAS" help:"Copies of each stream; 3 in a cluster of three."`
}

// since reads a moment or an age.
func (c *replayCmd) since(now time.Time) (time.Time, error) {
	if age, err := time.ParseDuration(c.From); err == nil {
		return now.Add(-age.Abs()), nil
	}
	from, err := time.Parse(time.RFC3339, c.From)
	switch {
	case err != nil:
		return from, badInput{fmt.Errorf("--from %q: expected a time with its offset such as 2026-11-11T00:00:00+08:00, or an age such as 36h", c.From)}
	case from.After(now):
		return from, badInput{errors.New("--from lies in the future")}
	}
	return from, nil
}

// Run replays.
func (c *replayCmd) Run(ctx context.Context, out output, log *slog.Logger) error {
	from, err := c.since(clock.Now())
	if err != nil {
		return err
	}
	if c.DatabaseURL != "" && c.NATSURL == "" {
		return badInput{errors.New("--nats is missing: the facts of a database of yours belong into a NATS of yours")}
	}
	cfg := app.Config{DatabaseURL: c.DatabaseURL, NATSURL: c.NATSURL, NATSNodes: c.NATSReplicas, DataDir: c.DataDir, Log: log}
	n, err := app.Replay(ctx, cfg, from, c.Consumer)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d facts written since %s are published again. Consumers skip what they have handled.\n", n, from.Format(time.RFC3339))
	return nil
}
