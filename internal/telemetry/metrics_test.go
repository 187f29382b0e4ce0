package telemetry_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"peakseat/internal/telemetry"
)

func TestRequestsAreCountedByWhatCallersCannotChoose(t *testing.T) {
	t.Parallel()
	registry := telemetry.NewRegistry("1.2.3")
	metrics := telemetry.NewHTTPMetrics(registry)
	end := metrics.Begin()
	endStream := metrics.BeginStream()
	metrics.Begin()()
	for range 3 {
		metrics.Observe(http.MethodPost, "/api/v1/shifts/{id}/claims", 201, 3*time.Millisecond)
	}
	metrics.Observe("GET", "", 404, time.Second)
	metrics.Observe("BREW\n", "", 405, time.Second)
	metrics.ObserveStream("GET", "/api/v1/bookings/{id}/live", 200)
	text := scrape(t, telemetry.MetricsHandler(registry))
	for _, want := range []string{
		`peakseat_build_info{version="1.2.3"} 1`,
		`peakseat_http_in_flight 1`,
		`peakseat_http_streams 1`,
		`peakseat_http_requests_total{method="POST",route="/api/v1/shifts/{id}/claims",status="201"} 3`,
		`peakseat_http_request_seconds_bucket{method="POST",route="/api/v1/shifts/{id}/claims",le="0.0025"} 0`,
		`peakseat_http_request_seconds_bucket{method="POST",route="/api/v1/shifts/{id}/claims",le="0.005"} 3`,
		`peakseat_http_requests_total{method="GET",route="unmatched",status="404"} 1`,
		`peakseat_http_requests_total{method="other",route="unmatched",status="405"} 1`,
		`peakseat_http_requests_total{method="GET",route="/api/v1/bookings/{id}/live",status="200"} 1`,
		`go_goroutines `,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("missing: %s", want)
		}
	}
	if strings.Contains(text, `peakseat_http_request_seconds_count{method="GET",route="/api/v1/bookings/{id}/live"}`) {
		t.Error("a stream's length is measured as if it were an answer's")
	}
	end()
	endStream()
	text = scrape(t, telemetry.MetricsHandler(registry))
	for _, want := range []string{"peakseat_http_in_flight 0", "peakseat_http_streams 0"} {
		if !strings.Contains(text, want) {
			t.Errorf("missing at the end: %s", want)
		}
	}
}

func TestEachPoolHasItsFigures(t *testing.T) {
	t.Parallel()
	registry := telemetry.NewRegistry("test")
	for name, size := range map[string]string{"app": "16", "claim": "4"} {
		// A pool opens no connection before it is asked for one.
		pool, err := pgxpool.New(t.Context(), "postgres://nobody@127.0.0.1:1/none?pool_max_conns="+size)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(pool.Close)
		if err := telemetry.RegisterPool(registry, name, pool.Stat); err != nil {
			t.Fatal(err)
		}
		if err := telemetry.RegisterPool(registry, name, pool.Stat); err == nil {
			t.Error("one pool was registered twice")
		}
	}
	text := scrape(t, telemetry.MetricsHandler(registry))
	for _, want := range []string{
		`peakseat_db_pool_connections_max{pool="app"} 16`,
		`peakseat_db_pool_connections_max{pool="claim"} 4`,
		`peakseat_db_pool_connections_in_use{pool="app"} 0`,
		`peakseat_db_pool_acquire_seconds_total{pool="claim"} 0`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("missing: %s", want)
		}
	}
}

func scrape(t *testing.T, handler http.Handler) string {
	t.Helper()
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	if answer.Code != http.StatusOK {
		t.Fatalf("status %d: %s", answer.Code, answer.Body)
	}
	return answer.Body.String()
}
