package telemetry

import (
	"context"

	"github.com/google/uuid"
)

type requestIDKey struct{}

// WithRequestID returns a context whose logs and problems carry the request's id.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestID returns the request's id, or "" outside a request.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// AcceptRequestID returns the id that a caller proposes where it is one (8 to 64 letters, digits, - and _), else a new
// one: what is echoed and logged must not be a caller's text.
func AcceptRequestID(proposed string) string {
	if len(proposed) >= 8 && len(proposed) <= 64 && isPlain(proposed) {
		return proposed
	}
	id, err := uuid.NewV7()
	if err != nil { // only where the system has no randomness
		return uuid.Nil.String()
	}
	return id.String()
}

func isPlain(text string) bool {
	for _, r := range text {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (r < '0' || r > '9') && r != '-' && r != '_' {
			return false
		}
	}
	return true
}
