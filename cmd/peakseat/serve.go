package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"strconv"

	"peakseat/internal/app"
)

// serveCmd serves until it is told to stop. When ready it prints one line of JSON with its address.
type serveCmd struct {
	database
	Addr           string         `default:"127.0.0.1:8080" env:"PEAKSEAT_ADDR" help:"Where the API listens; port 0 takes a free one."`
	AdminAddr      string         `placeholder:"ADDR" env:"PEAKSEAT_ADMIN_ADDR" help:"Where /metrics listens; absent: nowhere."`
	NATSURL        string         `name:"nats" placeholder:"URL" env:"PEAKSEAT_NATS_URL" help:"A NATS with JetStream; absent: the embedded one in the data directory."`
	NATSReplicas   int            `default:"1" env:"PEAKSEAT_NATS_REPLICAS" help:"Copies of each stream; 3 in a cluster of three."`
	Roles          []string       `name:"role" enum:"api,worker,matcher" default:"api,worker,matcher" env:"PEAKSEAT_ROLES" help:"What this process does: ${enum}."`
	KeysDir        string         `placeholder:"DIR" env:"PEAKSEAT_KEYS_DIR" help:"Keys of tokens and sealed columns, shared by all processes; absent: DATA_DIR/keys."`
	PublicURL      string         `placeholder:"URL" env:"PEAKSEAT_PUBLIC_URL" help:"Where people reach the web app; links begin with it."`
	TrustedProxies []netip.Prefix `name:"trusted-proxy" placeholder:"NETWORK" env:"PEAKSEAT_TRUSTED_PROXIES" help:"Networks of balancers (10.0.0.0/8) whose X-Forwarded-For names the client; absent: whoever connects is the client."`
	OTLPEndpoint   string         `name:"otlp-endpoint" placeholder:"URL" env:"PEAKSEAT_OTLP_ENDPOINT" help:"Where traces go; absent: nowhere."`
	PIDFile        string         `name:"pid-file" placeholder:"FILE" help:"Write the process id here."`
	Migrate        bool           `env:"PEAKSEAT_MIGRATE" help:"Bring the schema up to date first. The embedded database always is."`
	Dev            bool           `help:"A development server: the rules' clock may be moved and top-ups settle at once."`
	UnsafeDatabase bool           `help:"Serve although the database could lose what was answered. For tests."`
}

func (c *serveCmd) config(log *slog.Logger) app.Config {
	return app.Config{
		Addr: c.Addr, AdminAddr: c.AdminAddr, DatabaseURL: c.DatabaseURL, NATSURL: c.NATSURL, NATSNodes: c.NATSReplicas, DataDir: c.DataDir,
		Roles: c.Roles, Migrate: c.Migrate || c.DatabaseURL == "", Dev: c.Dev, UnsafeDatabase: c.UnsafeDatabase,
		PublicURL: c.PublicURL, KeysDir: c.KeysDir, OTLPEndpoint: c.OTLPEndpoint, TrustedProxies: c.TrustedProxies, Log: log,
	}
}

// Run serves.
func (c *serveCmd) Run(ctx context.Context, out output, log *slog.Logger) (err error) {
	if c.PIDFile != "" {
		if err := os.WriteFile(c.PIDFile, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600); err != nil {
			return fmt.Errorf("write the process id: %w", err)
		}
		defer func() { err = errors.Join(err, os.Remove(c.PIDFile)) }()
	}
	cfg := c.config(log)
	a, err := app.New(ctx, cfg, pages())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close(context.WithoutCancel(ctx))) }()
	log.InfoContext(ctx, "configuration", slog.Any("config", &cfg))
	return a.Run(ctx, func(url string) {
		_ = json.NewEncoder(out).Encode(map[string]string{"url": url})
	})
}
