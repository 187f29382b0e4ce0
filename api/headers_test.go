package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"peakseat/api"
	"peakseat/internal/telemetry"
)

// Every answer tells browsers what may run, be framed and be sent where, and to come by https again where that is how people come.
func TestEveryAnswerGuardsItsReader(t *testing.T) {
	t.Parallel()
	for _, https := range []bool{false, true} {
		handler, err := api.New(api.Options{Version: "test", HTTPS: https, Metrics: telemetry.NewHTTPMetrics(prometheus.NewRegistry())}).Handler()
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/healthz", "/api/v1/nothing", "/openapi.json"} {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
			policy := w.Header().Get("Content-Security-Policy")
			for _, part := range []string{"default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"} {
				if !strings.Contains(policy, part) {
					t.Errorf("%s: the policy %q is without %s", path, policy, part)
				}
			}
			if strings.Contains(policy, "unsafe-eval") || strings.Contains(policy, "script-src") {
				t.Errorf("%s: the policy %q lets scripts run that are none of the app's files", path, policy)
			}
			if w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Referrer-Policy") != "no-referrer" {
				t.Errorf("%s: %v", path, w.Header())
			}
			if kept := w.Header().Get("Strict-Transport-Security") != ""; kept != https {
				t.Errorf("%s: Strict-Transport-Security is %q, by https %v", path, w.Header().Get("Strict-Transport-Security"), https)
			}
		}
	}
}
