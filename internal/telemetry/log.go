package telemetry

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"

	"go.opentelemetry.io/otel/trace"
)

// LogFormat is how a line of the log is written.
type LogFormat string

// The formats.
const (
	JSON LogFormat = "json"
	Text LogFormat = "text"
)

// LogOptions say how a logger writes; the zero options are text from info up.
type LogOptions struct {
	Format LogFormat
	Level  slog.Leveler
	Source bool // file and line of each call
}

// NewLogger returns a logger that adds request_id, trace_id and span_id from the context and masks what is sensitive.
func NewLogger(w io.Writer, options LogOptions) (*slog.Logger, error) {
	handlerOptions := &slog.HandlerOptions{Level: options.Level, AddSource: options.Source, ReplaceAttr: newRedactor().replace}
	var handler slog.Handler
	switch options.Format {
	case JSON:
		handler = slog.NewJSONHandler(w, handlerOptions)
	case Text, "":
		handler = slog.NewTextHandler(w, handlerOptions)
	default:
		return nil, fmt.Errorf("log format %q: expected json or text", options.Format)
	}
	return slog.New(&contextHandler{bare: handler, next: handler}), nil
}

// contextHandler adds what the context knows at the top level of the record, wherever a group is open.
type contextHandler struct {
	bare  slog.Handler
	next  slog.Handler                      // bare with the steps applied
	steps []func(slog.Handler) slog.Handler // WithAttrs and WithGroup since the first group; none where no group is open
}

func (h *contextHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

func (h *contextHandler) Handle(ctx context.Context, record slog.Record) error {
	known := contextAttrs(ctx)
	if len(known) == 0 {
		return h.next.Handle(ctx, record)
	}
	if len(h.steps) == 0 {
		record = record.Clone()
		record.AddAttrs(known...)
		return h.next.Handle(ctx, record)
	}
	next := h.bare.WithAttrs(known)
	for _, step := range h.steps {
		next = step(next)
	}
	return next.Handle(ctx, record)
}

func (h *contextHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	if len(attrs) == 0 {
		return h
	}
	step := func(next slog.Handler) slog.Handler { return next.WithAttrs(attrs) }
	if len(h.steps) == 0 {
		return &contextHandler{bare: step(h.bare), next: step(h.next)}
	}
	return h.with(step)
}

func (h *contextHandler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	return h.with(func(next slog.Handler) slog.Handler { return next.WithGroup(name) })
}

func (h *contextHandler) with(step func(slog.Handler) slog.Handler) *contextHandler {
	return &contextHandler{bare: h.bare, next: step(h.next), steps: append(slices.Clone(h.steps), step)}
}

func contextAttrs(ctx context.Context) []slog.Attr {
	var attrs []slog.Attr
	if id := RequestID(ctx); id != "" {
		attrs = append(attrs, slog.String("request_id", id))
	}
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		attrs = append(attrs, slog.String("trace_id", span.TraceID().String()), slog.String("span_id", span.SpanID().String()))
	}
	return attrs
}
