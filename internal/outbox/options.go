package outbox

import (
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Options of a relay and of consumers. Zero values mean the defaults.
type Options struct {
	Replicas int                   // of each stream; 0: 1
	Poll     time.Duration         // how often the relay looks without being woken; 0: 10 ms
	Batch    int                   // facts the relay publishes in one transaction; 0: 500
	AckWait  time.Duration         // after which a fact that no consumer acknowledged comes again; 0: 30 s
	Log      *slog.Logger          // nil: slog.Default()
	Metrics  prometheus.Registerer // nil: not registered
}

func (o Options) withDefaults() Options {
	if o.Replicas == 0 {
		o.Replicas = 1
	}
	if o.Poll == 0 {
		o.Poll = 10 * time.Millisecond
	}
	if o.Batch == 0 {
		o.Batch = 500
	}
	if o.AckWait == 0 {
		o.AckWait = 30 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}
