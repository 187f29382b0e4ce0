package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"peakseat/internal/app"
	"peakseat/internal/postgres"
)

type migrateCmd struct{ database }

// Run migrates.
func (c *migrateCmd) Run(ctx context.Context, out output, log *slog.Logger) (err error) {
	stack, err := openDatabase(ctx, c.database, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stack.Close(context.WithoutCancel(ctx))) }()
	if err := postgres.Migrate(ctx, stack.URL, app.Modules()...); err != nil {
		return err
	}
	fmt.Fprintln(out, "The schema is up to date. Next: peakseat operator add EMAIL, then peakseat serve.")
	return nil
}

func openDatabase(ctx context.Context, d database, log *slog.Logger) (*app.Stack, error) {
	cfg := app.Config{DatabaseURL: d.DatabaseURL, DataDir: d.DataDir, Log: log}
	if err := cfg.Complete(); err != nil {
		return nil, err
	}
	return app.OpenDatabase(ctx, cfg)
}
