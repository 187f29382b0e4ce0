package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// TraceOptions say where spans go.
type TraceOptions struct {
	Endpoint string  // URL of an OTLP/HTTP collector ("http://127.0.0.1:4318"); empty: no spans are made
	Version  string  // of the program
	Instance string  // tells replicas apart
	Ratio    float64 // share of traces kept, by their id, so that every process keeps the same; 0: all
}

// Tracing makes spans and carries their ids between processes.
type Tracing struct {
	Provider   trace.TracerProvider
	Propagator propagation.TextMapPropagator
	shutdown   func(context.Context) error
}

// StartTracing returns what makes spans: the OTLP exporter where an endpoint is configured, else nothing that costs
// anything. A collector that is away is logged and never waited for. Libraries that trace (pgx, gin) find the provider
// as OpenTelemetry's global one.
func StartTracing(ctx context.Context, log *slog.Logger, options TraceOptions) (*Tracing, error) {
	tracing := &Tracing{
		Provider:   noop.NewTracerProvider(),
		Propagator: propagation.TraceContext{}, // no baggage: a caller's values do not travel through us
		shutdown:   func(context.Context) error { return nil },
	}
	if options.Endpoint != "" {
		endpoint, err := tracesURL(options.Endpoint)
		if err != nil {
			return nil, err
		}
		exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(endpoint))
		if err != nil {
			return nil, fmt.Errorf("export traces: %w", err)
		}
		provider := newProvider(exporter, options)
		tracing.Provider, tracing.shutdown = provider, provider.Shutdown
		otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
			log.WarnContext(ctx, "traces could not be exported", slog.Any("error", err))
		}))
	}
	otel.SetTracerProvider(tracing.Provider)
	otel.SetTextMapPropagator(tracing.Propagator)
	return tracing, nil
}

// Shutdown sends what is still unsent, as long as the context lasts.
func (t *Tracing) Shutdown(ctx context.Context) error {
	if err := t.shutdown(ctx); err != nil {
		return fmt.Errorf("end tracing: %w", err)
	}
	return nil
}

// tracesURL appends the path of traces where the endpoint names none, as OTEL_EXPORTER_OTLP_ENDPOINT means it; the
// exporter's own option would send to / and lose them.
func tracesURL(endpoint string) (string, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return "", errors.New("the endpoint for traces is not an http(s) URL")
	}
	if strings.Trim(u.Path, "/") == "" {
		u.Path = "/v1/traces"
	}
	return u.String(), nil
}

func newProvider(exporter sdktrace.SpanExporter, options TraceOptions) *sdktrace.TracerProvider {
	ratio := options.Ratio
	if ratio == 0 {
		ratio = 1
	}
	byID := sdktrace.TraceIDRatioBased(ratio)
	return sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter),
		// A caller's wish to be sampled is not followed: the id decides, here as in the other processes.
		sdktrace.WithSampler(sdktrace.ParentBased(byID,
			sdktrace.WithRemoteParentSampled(byID), sdktrace.WithRemoteParentNotSampled(byID))),
		sdktrace.WithResource(resource.NewSchemaless(
			attribute.String("service.name", "peakseat"),
			attribute.String("service.version", options.Version),
			attribute.String("service.instance.id", options.Instance),
		)),
	)
}
