package app

import (
	"context"
	"errors"

	"github.com/gin-gonic/gin"

	"peakseat/api"
	"peakseat/internal/postgres"
	"peakseat/internal/telemetry"
	"peakseat/internal/web"
	"peakseat/matcher"
)

// Offline opens the database and the contexts without serving anything: what commands beside
// the server need. Close it.
func Offline(ctx context.Context, cfg Config) (_ *App, err error) {
	if err := cfg.Complete(); err != nil {
		return nil, err
	}
	a := &App{cfg: cfg, registry: telemetry.NewRegistry(Version)}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close(context.WithoutCancel(ctx)))
		}
	}()
	if a.Stack, err = OpenDatabase(ctx, cfg); err != nil {
		return nil, err
	}
	if cfg.Migrate {
		if err := postgres.Migrate(ctx, a.Stack.URL, Modules()...); err != nil {
			return nil, err
		}
	}
	if a.Pools, err = OpenPools(ctx, a.Stack.URL, matcher.ClaimPoolOptions()); err != nil {
		return nil, err
	}
	old, err := postgres.Pending(ctx, a.Pools.System, Modules()...)
	if err != nil {
		return nil, err
	}
	if len(old) > 0 {
		return nil, errors.New("the schema is old: run peakseat migrate")
	}
	return a, a.contexts()
}

// Document is the OpenAPI document, made without any server.
func Document() ([]byte, error) { return edge().Document() }

// Operations lists every operation, made without any server.
func Operations() []web.Op { return edge().Operations }

// edge is the router with every operation and nothing behind them.
func edge() *api.Router {
	gin.SetMode(gin.ReleaseMode)
	a := &App{registry: telemetry.NewRegistry(Version)}
	a.compose(nil, nil)
	a.edge = api.New(api.Options{Version: Version, Metrics: telemetry.NewHTTPMetrics(a.registry)})
	a.routes()
	return a.edge
}
