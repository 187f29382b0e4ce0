package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"peakseat/internal/audit"
	"peakseat/internal/telemetry"
	"peakseat/internal/web"
)

// Timeouts of the server. A request's header must come within readHeader; streams set their own write deadlines.
const (
	readHeader = 5 * time.Second
	readBody   = 30 * time.Second
	idle       = 2 * time.Minute
	drain      = 10 * time.Second
)

// Run serves until ctx ends, then drains. It returns nil after an end that was asked for. ready is called once, when
// requests are answered.
func (a *App) Run(ctx context.Context, ready func(url string)) error {
	// the stack outlives what stands on it
	stackCtx, stopStack := context.WithCancel(context.WithoutCancel(ctx))
	defer stopStack()
	stack, stackCtx := errgroup.WithContext(stackCtx)
	stack.Go(func() error { return a.Stack.Run(stackCtx) })

	g, ctx := errgroup.WithContext(ctx)
	a.start(ctx, g)
	if ready != nil {
		ready(a.URL())
	}
	err := g.Wait()
	stopStack()
	err = errors.Join(err, stack.Wait())
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// start starts what the roles call for, each part once.
func (a *App) start(ctx context.Context, g *errgroup.Group) {
	g.Go(func() error { return a.Account.Revocations().Run(ctx, a.cfg.Log) })
	g.Go(func() error { return a.keys.Run(ctx, a.cfg.Log, time.Minute) })
	g.Go(func() error { return a.Account.WatchKeys(ctx) })
	if a.cfg.has(RoleAPI) {
		// claims outlive the requests that wait for them
		claims, stopClaims := context.WithCancel(context.WithoutCancel(ctx))
		g.Go(func() error { return a.Matcher.RunClaims(claims) })
		g.Go(func() error { return a.Notice.Watch(ctx, a.Stack.NATS) })
		g.Go(func() error { return a.Matcher.WatchFacts(ctx, a.Stack.NATS) })
		a.serve(ctx, g, &http.Server{Handler: a.handler, ReadHeaderTimeout: readHeader, ReadTimeout: readBody, IdleTimeout: idle}, func(s *http.Server) error {
			return s.Serve(a.listener)
		}, stopClaims)
	}
	if a.cfg.AdminAddr != "" {
		mux := http.NewServeMux()
		mux.Handle("GET /metrics", telemetry.MetricsHandler(a.registry))
		a.serve(ctx, g, &http.Server{Addr: a.cfg.AdminAddr, Handler: mux, ReadHeaderTimeout: readHeader}, (*http.Server).ListenAndServe, func() {})
	}
	if a.cfg.has(RoleMatcher) {
		g.Go(func() error { return a.jobs.Run(ctx) })
		g.Go(func() error { return a.Matcher.RunOffers(ctx) })
	}
	if a.cfg.has(RoleMatcher) || a.cfg.has(RoleAPI) {
		g.Go(func() error { return a.Matcher.FollowMarket(ctx, a.Stack.NATS) })
	}
	if a.cfg.has(RoleWorker) {
		g.Go(func() error { return a.relay.Run(ctx) })
		g.Go(func() error { return a.facts.Run(ctx) })
		g.Go(func() error { return (&audit.Sealer{DB: a.Pools.System, Log: a.cfg.Log}).Run(ctx) })
		g.Go(func() error { return web.ForgetKeys(ctx, a.Pools.System) })
		if a.demo != nil {
			g.Go(func() error { return a.demo.live(ctx, a.cfg.Log) })
		}
		for _, loops := range [][]func(context.Context) error{a.Account.Loops(), a.Certification.Loops(), a.Academy.Loops(), a.Matcher.Loops(), a.Billing.Loops()} {
			for _, loop := range loops {
				g.Go(func() error { return loop(ctx) })
			}
		}
	}
}

// serve runs one server until ctx ends, lets its requests finish, and calls drained.
func (a *App) serve(ctx context.Context, g *errgroup.Group, s *http.Server, listen func(*http.Server) error, drained func()) {
	s.ErrorLog = slog.NewLogLogger(a.cfg.Log.Handler(), slog.LevelDebug)
	g.Go(func() error {
		if err := listen(s); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		defer drained()
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
		defer cancel()
		if err := s.Shutdown(late); err != nil {
			return s.Close()
		}
		return nil
	})
}
