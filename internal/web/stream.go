package web

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"peakseat/internal/auth"
)

// Event is one server-sent event.
type Event struct {
	ID   string // what Last-Event-ID will say
	Type string
	Data any
}

type expiryKey struct{}

// WithExpiry keeps when the caller's token ends: a stream ends with it.
func WithExpiry(ctx context.Context, at time.Time) context.Context {
	return context.WithValue(ctx, expiryKey{}, at)
}

type standingKey struct{}

// WithStanding keeps how to ask whether the caller may still be served, where a token's expiry and the revocations do not say it:
// an API key may be deleted, and never expires.
func WithStanding(ctx context.Context, still func(ctx context.Context) bool) context.Context {
	return context.WithValue(ctx, standingKey{}, still)
}

// revoked tells what this process knows without asking.
func (a *API) revoked(ctx context.Context) bool {
	actor, known := auth.ActorFrom(ctx)
	return known && a.Revoked != nil && a.Revoked(actor)
}

// served tells whether a stream's caller may still be.
func (a *API) served(ctx context.Context) bool {
	if a.revoked(ctx) {
		return false
	}
	still, asked := ctx.Value(standingKey{}).(func(context.Context) bool)
	return !asked || still(ctx)
}

const (
	streamWrite     = 10 * time.Second
	streamHeartbeat = 15 * time.Second // also how often a stream asks whether its caller may still be served
)

// Stream adds an operation that answers with server-sent events of type T. open is asked
// first and may refuse with a fault; what it returns then runs until the caller leaves, the
// token expires or the account is disabled. It sends through the channel it is given.
func Stream[I, T any](a *API, op Op, open func(ctx context.Context, in *I, lastEventID string) (func(ctx context.Context, events chan<- Event) error, error)) {
	h := a.operation(&op, false)
	h.Responses = map[string]*huma.Response{"200": {
		Description: "Server-sent events",
		Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: huma.SchemaFromType(a.Huma.OpenAPI().Components.Schemas, reflect.TypeFor[T]())}},
	}}
	huma.Register(a.Huma, h, func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
		last, _ := ctx.Value(lastEventKey{}).(string)
		run, err := open(ctx, in, last)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		return &huma.StreamResponse{Body: func(hc huma.Context) { a.stream(hc, run) }}, nil
	})
}

type lastEventKey struct{}

// WithLastEventID keeps the Last-Event-ID header, from which a stream resumes.
func WithLastEventID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, lastEventKey{}, id)
}

func (a *API) stream(hc huma.Context, run func(context.Context, chan<- Event) error) {
	ctx, cancel := context.WithCancel(hc.Context())
	defer cancel()
	if at, ok := ctx.Value(expiryKey{}).(time.Time); ok {
		ctx, cancel = context.WithDeadline(ctx, at)
		defer cancel()
	}
	hc.SetHeader("Content-Type", "text/event-stream")
	hc.SetHeader("Cache-Control", "no-store")
	hc.SetHeader("X-Accel-Buffering", "no")
	w, ok := hc.BodyWriter().(http.ResponseWriter)
	if !ok {
		return
	}
	control := http.NewResponseController(w)
	events := make(chan Event)
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, events) }() // waited for below
	beat := time.NewTicker(streamHeartbeat)
	defer beat.Stop()
	write := func(text string) bool {
		_ = control.SetWriteDeadline(time.Now().Add(streamWrite)) //nolint:forbidigo // a socket's deadline is machine time
		_, err := fmt.Fprint(w, text)
		return err == nil && control.Flush() == nil
	}
	alive := write(": open\n\n")
	for alive {
		select {
		case e := <-events:
			raw, err := json.Marshal(e.Data)
			alive = err == nil && !a.revoked(ctx) && write(fmt.Sprintf("id: %s\nevent: %s\ndata: %s\n\n", e.ID, e.Type, raw))
		case <-beat.C:
			alive = a.served(ctx) && write(": alive\n\n")
		case err := <-ended:
			told(ctx, err)
			return
		case <-ctx.Done():
			alive = false
		}
	}
	cancel()
	for {
		select {
		case <-events: // a sender in the middle of a send is let go
		case err := <-ended:
			told(ctx, err)
			return
		}
	}
}

// told logs why a stream ended, unless its watcher left or its time was up.
func told(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		slog.WarnContext(ctx, "a stream ended", "error", err)
	}
}
