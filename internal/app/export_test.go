package app

import (
	"context"
	"time"
)

// Relive lets the demo's agents live through the time between two moments, as a start after a pause does.
func (a *App) Relive(ctx context.Context, from, to time.Time) error {
	return a.demo.withClaims(ctx, func(ctx context.Context) error { return a.demo.relive(ctx, from, to) })
}
