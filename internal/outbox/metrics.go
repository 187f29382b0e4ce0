package outbox

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type relayMetrics struct {
	published, slow        prometheus.Counter
	waiting, oldest, leads prometheus.Gauge
	lag                    prometheus.Histogram
}

func newRelayMetrics(reg prometheus.Registerer) relayMetrics {
	f := promauto.With(reg)
	return relayMetrics{
		published: f.NewCounter(prometheus.CounterOpts{
			Name: "peakseat_outbox_published_total", Help: "Facts published and taken from the outbox.",
		}),
		slow: f.NewCounter(prometheus.CounterOpts{
			Name: "peakseat_outbox_batches_one_by_one_total", Help: "Batches that had to be published fact by fact.",
		}),
		waiting: f.NewGauge(prometheus.GaugeOpts{
			Name: "peakseat_outbox_waiting", Help: "Facts in the outbox, as the leading relay last counted them.",
		}),
		oldest: f.NewGauge(prometheus.GaugeOpts{
			Name: "peakseat_outbox_oldest_seconds", Help: "Age of the oldest fact in the outbox.",
		}),
		leads: f.NewGauge(prometheus.GaugeOpts{
			Name: "peakseat_outbox_leads", Help: "1 where this program's relay is the one that publishes.",
		}),
		lag: f.NewHistogram(prometheus.HistogramOpts{
			Name: "peakseat_outbox_lag_seconds", Help: "From a fact's writing to its publication.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2, 16),
		}),
	}
}

type consumerMetrics struct {
	handled, parked, failed *prometheus.CounterVec
	lag                     *prometheus.HistogramVec
}

func newConsumerMetrics(reg prometheus.Registerer) consumerMetrics {
	f := promauto.With(reg)
	by := []string{"consumer"}
	return consumerMetrics{
		handled: f.NewCounterVec(prometheus.CounterOpts{
			Name: "peakseat_consumer_handled_total", Help: "Facts acted on.",
		}, by),
		parked: f.NewCounterVec(prometheus.CounterOpts{
			Name: "peakseat_consumer_parked_total", Help: "Facts given up and left to an operator.",
		}, by),
		failed: f.NewCounterVec(prometheus.CounterOpts{
			Name: "peakseat_consumer_failed_total", Help: "Tries that failed.",
		}, by),
		lag: f.NewHistogramVec(prometheus.HistogramOpts{
			Name: "peakseat_consumer_lag_seconds", Help: "From a fact's writing to its effect.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2, 18),
		}, by),
	}
}
