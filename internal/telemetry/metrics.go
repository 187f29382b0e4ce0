package telemetry

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// NewRegistry returns a registry with the process's and the runtime's figures and peakseat_build_info.
func NewRegistry(version string) *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	promauto.With(registry).NewGaugeVec(prometheus.GaugeOpts{
		Name: "peakseat_build_info", Help: "1, labelled with the version that runs.",
	}, []string{"version"}).WithLabelValues(version).Set(1)
	return registry
}

// MetricsHandler serves the registry in the format that the scraper asks for. A collector that fails costs its own
// figures only.
func MetricsHandler(registry *prometheus.Registry) http.Handler {
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, Registry: registry, EnableOpenMetrics: true,
	})
}

// HTTPMetrics counts requests and measures how long they take.
type HTTPMetrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	inFlight prometheus.Gauge
	streams  prometheus.Gauge
}

// NewHTTPMetrics registers the figures of requests.
func NewHTTPMetrics(registerer prometheus.Registerer) *HTTPMetrics {
	factory := promauto.With(registerer)
	return &HTTPMetrics{
		requests: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "peakseat_http_requests_total", Help: "Requests answered.",
		}, []string{"method", "route", "status"}),
		seconds: factory.NewHistogramVec(prometheus.HistogramOpts{
			Name: "peakseat_http_request_seconds", Help: "From a request's arrival to the end of its answer, streams excepted.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method", "route"}),
		inFlight: factory.NewGauge(prometheus.GaugeOpts{
			Name: "peakseat_http_in_flight", Help: "Requests being answered, streams excepted.",
		}),
		streams: factory.NewGauge(prometheus.GaugeOpts{
			Name: "peakseat_http_streams", Help: "Server-sent event streams that are open.",
		}),
	}
}

// Begin counts a request as in flight until the function that it returns is called.
func (m *HTTPMetrics) Begin() (end func()) {
	m.inFlight.Inc()
	return m.inFlight.Dec
}

// BeginStream counts a stream as open until the function that it returns is called.
func (m *HTTPMetrics) BeginStream() (end func()) {
	m.streams.Inc()
	return m.streams.Dec
}

// Observe counts one answer. The route is the operation's path with its parameters unfilled ("/api/v1/shifts/{id}"), or
// "" where none matched: what callers can choose freely may not become a label.
func (m *HTTPMetrics) Observe(method, route string, status int, took time.Duration) {
	method, route = plainMethod(method), plainRoute(route)
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(method, route).Observe(took.Seconds())
}

// ObserveStream counts one stream that has ended, and not how long it was open.
func (m *HTTPMetrics) ObserveStream(method, route string, status int) {
	m.requests.WithLabelValues(plainMethod(method), plainRoute(route), strconv.Itoa(status)).Inc()
}

func plainMethod(method string) string {
	if slices.Contains([]string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
	}, method) {
		return method
	}
	return "other"
}

func plainRoute(route string) string {
	if route == "" {
		return "unmatched"
	}
	return route
}

// RegisterPool registers the figures of a database pool, read at each scrape. The name tells the program's pools apart
// (app, claim, system).
func RegisterPool(registerer prometheus.Registerer, name string, stat func() *pgxpool.Stat) error {
	return registerer.Register(newPoolCollector(name, stat))
}

type poolCollector struct {
	stat    func() *pgxpool.Stat
	figures []poolFigure
}

type poolFigure struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	read func(*pgxpool.Stat) float64
}

func newPoolCollector(name string, stat func() *pgxpool.Stat) *poolCollector {
	figure := func(kind prometheus.ValueType, metric, help string, read func(*pgxpool.Stat) float64) poolFigure {
		desc := prometheus.NewDesc("peakseat_db_pool_"+metric, help, nil, prometheus.Labels{"pool": name})
		return poolFigure{desc: desc, kind: kind, read: read}
	}
	return &poolCollector{stat: stat, figures: []poolFigure{
		figure(prometheus.GaugeValue, "connections_max", "Connections the pool may open.", func(s *pgxpool.Stat) float64 { return float64(s.MaxConns()) }),
		figure(prometheus.GaugeValue, "connections_open", "Connections that are open.", func(s *pgxpool.Stat) float64 { return float64(s.TotalConns()) }),
		figure(prometheus.GaugeValue, "connections_in_use", "Connections that are at work.", func(s *pgxpool.Stat) float64 { return float64(s.AcquiredConns()) }),
		figure(prometheus.CounterValue, "acquired_total", "Connections handed out.", func(s *pgxpool.Stat) float64 { return float64(s.AcquireCount()) }),
		figure(prometheus.CounterValue, "acquire_seconds_total", "Time spent waiting for connections.", func(s *pgxpool.Stat) float64 { return s.AcquireDuration().Seconds() }),
		figure(prometheus.CounterValue, "waited_total", "Connections that had to be waited for because all were at work.", func(s *pgxpool.Stat) float64 { return float64(s.EmptyAcquireCount()) }),
		figure(prometheus.CounterValue, "given_up_total", "Waits that the caller gave up.", func(s *pgxpool.Stat) float64 { return float64(s.CanceledAcquireCount()) }),
	}}
}

func (c *poolCollector) Describe(out chan<- *prometheus.Desc) {
	for _, figure := range c.figures {
		out <- figure.desc
	}
}

func (c *poolCollector) Collect(out chan<- prometheus.Metric) {
	stat := c.stat()
	for _, figure := range c.figures {
		out <- prometheus.MustNewConstMetric(figure.desc, figure.kind, figure.read(stat))
	}
}
