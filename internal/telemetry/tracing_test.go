package telemetry_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	coltracepb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"peakseat/internal/telemetry"
)

// TestTracing is not parallel: the provider is OpenTelemetry's global one.
func TestTracing(t *testing.T) { //nolint:paralleltest // the provider is global
	quiet := slog.New(slog.DiscardHandler)

	t.Run("without an endpoint no span is made", func(t *testing.T) { //nolint:paralleltest // the provider is global
		tracing, err := telemetry.StartTracing(t.Context(), quiet, telemetry.TraceOptions{})
		if err != nil {
			t.Fatal(err)
		}
		_, span := otel.Tracer("test").Start(t.Context(), "claim")
		if span.IsRecording() || span.SpanContext().IsValid() {
			t.Error("a span without anywhere to send it")
		}
		if err := tracing.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})

	t.Run("spans arrive at the collector before the end", func(t *testing.T) { //nolint:paralleltest // the provider is global
		collector, arrived := newCollector(t)
		tracing, err := telemetry.StartTracing(t.Context(), quiet, telemetry.TraceOptions{Endpoint: collector, Version: "1.2.3", Instance: "a"})
		if err != nil {
			t.Fatal(err)
		}
		ctx, span := otel.Tracer("test").Start(t.Context(), "claim")
		carrier := propagation.MapCarrier{}
		tracing.Propagator.Inject(ctx, carrier)
		if carrier["traceparent"] == "" {
			t.Error("the trace's id does not travel")
		}
		span.End()
		if err := tracing.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		select {
		case request := <-arrived:
			spans := request.GetResourceSpans()[0].GetScopeSpans()[0].GetSpans()
			if len(spans) != 1 || spans[0].GetName() != "claim" {
				t.Errorf("spans = %v", spans)
			}
			attributes := map[string]string{}
			for _, attribute := range request.GetResourceSpans()[0].GetResource().GetAttributes() {
				attributes[attribute.GetKey()] = attribute.GetValue().GetStringValue()
			}
			if attributes["service.name"] != "peakseat" || attributes["service.version"] != "1.2.3" || attributes["service.instance.id"] != "a" {
				t.Errorf("resource = %v", attributes)
			}
		default:
			t.Error("Shutdown returned before the spans were sent")
		}
	})

	t.Run("a caller cannot force a trace", func(t *testing.T) { //nolint:paralleltest // the provider is global
		collector, _ := newCollector(t)
		tracing, err := telemetry.StartTracing(t.Context(), quiet, telemetry.TraceOptions{Endpoint: collector, Ratio: 1e-9})
		if err != nil {
			t.Fatal(err)
		}
		ctx := tracing.Propagator.Extract(t.Context(), propagation.MapCarrier{"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"})
		_, span := otel.Tracer("test").Start(ctx, "claim")
		if span.SpanContext().IsSampled() {
			t.Error("sampled because the caller said so")
		}
		if got := span.SpanContext().TraceID().String(); got != "4bf92f3577b34da6a3ce929d0e0e4736" {
			t.Errorf("trace id = %s, want the caller's", got)
		}
		if err := tracing.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})

	t.Run("a collector that is away is logged and stops nothing", func(t *testing.T) { //nolint:paralleltest // the provider is global
		var out bytes.Buffer
		tracing, err := telemetry.StartTracing(t.Context(), newLogger(t, &out, telemetry.JSON), telemetry.TraceOptions{Endpoint: "http://127.0.0.1:1"})
		if err != nil {
			t.Fatal(err)
		}
		_, span := otel.Tracer("test").Start(t.Context(), "claim")
		span.End()
		_ = tracing.Shutdown(t.Context()) // whether it tells is the exporter's matter
		if !strings.Contains(out.String(), "traces could not be exported") {
			t.Errorf("log = %q", out.String())
		}
	})

	t.Run("an endpoint that is none is refused", func(t *testing.T) { //nolint:paralleltest // the provider is global
		for _, endpoint := range []string{"localhost:4318", "ftp://collector", "http://", "http://a b"} {
			if _, err := telemetry.StartTracing(t.Context(), quiet, telemetry.TraceOptions{Endpoint: endpoint}); err == nil {
				t.Errorf("%q was accepted", endpoint)
			}
		}
	})
}

// newCollector is an OTLP/HTTP endpoint and what arrives at it.
func newCollector(t *testing.T) (url string, arrived <-chan *coltracepb.ExportTraceServiceRequest) {
	t.Helper()
	requests := make(chan *coltracepb.ExportTraceServiceRequest, 8)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		request := &coltracepb.ExportTraceServiceRequest{}
		if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(body, request) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		requests <- request
	}))
	t.Cleanup(server.Close)
	return server.URL, requests
}
