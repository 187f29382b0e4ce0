package auth

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/clock"
)

// Revoked is one thing that takes the right away from tokens that are still fresh, or that gives it back.
type Revoked struct {
	SessionID uuid.UUID // a session that ended; or
	AccountID uuid.UUID // an account that was disabled
	Lifted    bool      // the account is enabled again; sessions never come back
	At        time.Time // machine time at which it was written
}

// RevocationSource returns what was revoked or lifted at or after since, in any order.
type RevocationSource func(ctx context.Context, since time.Time) ([]Revoked, error)

// RevocationOptions say how a Revocations looks; zero fields take the value named.
type RevocationOptions struct {
	Every   time.Duration // between two looks: 3 s
	Overlap time.Duration // looked at again each time, for what commits late and for clocks that differ: 2 min
	Keep    time.Duration // the longest life of a token, after which a revocation says nothing: 12 h
}

// Revocations is the set of ended sessions and disabled accounts, kept in memory so that every request can ask it. It is
// Every behind the database at most, plus the time of a look; Age tells by how much where looks fail.
type Revocations struct {
	source  RevocationSource
	options RevocationOptions

	mu       sync.RWMutex
	sessions map[uuid.UUID]time.Time
	accounts map[uuid.UUID]change

	looking sync.Mutex
	since   time.Time
	swept   time.Time
	looked  atomic.Pointer[time.Time]
}

type change struct {
	at       time.Time
	disabled bool
}

// NewRevocations returns an empty set; Poll fills it, which must have succeeded once before requests are served.
func NewRevocations(source RevocationSource, options RevocationOptions) *Revocations {
	if options.Every == 0 {
		options.Every = 3 * time.Second
	}
	if options.Overlap == 0 {
		options.Overlap = 2 * time.Minute
	}
	if options.Keep == 0 {
		options.Keep = SeedTokenTTL
	}
	return &Revocations{
		source: source, options: options,
		sessions: map[uuid.UUID]time.Time{}, accounts: map[uuid.UUID]change{},
	}
}

// Revoked tells whether the actor's session has ended or its account is disabled.
func (r *Revocations) Revoked(actor Actor) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if _, ended := r.sessions[actor.SessionID]; ended {
		return true
	}
	return r.accounts[actor.AccountID].disabled
}

// Add takes in what this process has just committed, without waiting for the next look.
func (r *Revocations) Add(revoked ...Revoked) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, one := range revoked {
		if one.SessionID != uuid.Nil && !one.Lifted {
			r.sessions[one.SessionID] = one.At
		}
		// The same news may come twice and out of order: the last word on an account counts.
		if known := r.accounts[one.AccountID]; one.AccountID != uuid.Nil && !one.At.Before(known.at) {
			r.accounts[one.AccountID] = change{at: one.At, disabled: !one.Lifted}
		}
	}
}

// Poll looks once.
func (r *Revocations) Poll(ctx context.Context) error {
	r.looking.Lock()
	defer r.looking.Unlock()
	now := clock.Now()
	since := r.since
	if since.IsZero() {
		since = now.Add(-r.options.Keep)
	}
	found, err := r.source(ctx, since.Add(-r.options.Overlap))
	if err != nil {
		return fmt.Errorf("look for revocations: %w", err)
	}
	r.Add(found...)
	r.since = now
	r.looked.Store(&now)
	if now.Sub(r.swept) >= time.Minute { // seldom: requests wait while it walks the set
		r.forget(now.Add(-r.options.Keep - r.options.Overlap))
		r.swept = now
	}
	return nil
}

// Run looks every few seconds until the context ends. A look that fails leaves the set as it was.
func (r *Revocations) Run(ctx context.Context, log *slog.Logger) error {
	ticker := time.NewTicker(r.options.Every)
	defer ticker.Stop()
	for {
		if err := r.Poll(ctx); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "revocations could not be read", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// Age returns how long ago the last look that succeeded began; ok is false where none did. A server whose age nears a
// minute cannot keep its promise and is not ready.
func (r *Revocations) Age() (age time.Duration, ok bool) {
	looked := r.looked.Load()
	if looked == nil {
		return 0, false
	}
	return clock.Since(*looked), true
}

// forget drops what no token can outlive.
func (r *Revocations) forget(before time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, at := range r.sessions {
		if at.Before(before) {
			delete(r.sessions, id)
		}
	}
	for id, change := range r.accounts {
		if change.at.Before(before) {
			delete(r.accounts, id)
		}
	}
}
