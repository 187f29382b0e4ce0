package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"slices"

	"peakseat/api"
	"peakseat/internal/devstack"
)

// Config is everything that can be set, read once at start.
type Config struct {
	Addr      string // of the API; "127.0.0.1:0" takes a free port
	AdminAddr string // of /metrics; empty: the API serves it too, which only a development stack may

	DatabaseURL string // empty: the embedded PostgreSQL in DataDir
	NATSURL     string // empty: the embedded NATS in DataDir
	NATSNodes   int    // replicas of each stream; 0: 1
	DataDir     string // empty: the default directory

	Roles []string // api, worker, matcher; empty: all

	Migrate        bool // bring the schema up to date first; else refuse an old one
	Dev            bool // the rules' clock may be moved, top-ups settle at once
	UnsafeDatabase bool // serve although the server could lose what was answered; /readyz tells
	Issuer         string
	PublicURL      string     // where people reach the web app; links begin with it
	Limits         api.Limits // of requests
	TrustedProxies []netip.Prefix
	KeysDir        string // of token and seal keys; empty: DATA_DIR/keys
	OTLPEndpoint   string // where traces go; empty: nowhere
	Log            *slog.Logger
}

// What one process can do.
const (
	RoleAPI     = "api"
	RoleWorker  = "worker"
	RoleMatcher = "matcher"
)

// Complete fills the defaults in and says everything that is wrong.
func (c *Config) Complete() error {
	var problems []error
	if c.Addr == "" {
		c.Addr = "127.0.0.1:8080"
	}
	if c.Issuer == "" {
		c.Issuer = "peakseat"
	}
	if c.PublicURL == "" {
		c.PublicURL = "http://" + c.Addr
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if len(c.Roles) == 0 {
		c.Roles = []string{RoleAPI, RoleWorker, RoleMatcher}
	}
	for _, role := range c.Roles {
		if !slices.Contains([]string{RoleAPI, RoleWorker, RoleMatcher}, role) {
			problems = append(problems, fmt.Errorf("role %q: expected api, worker or matcher", role))
		}
	}
	if (c.DatabaseURL == "") != (c.NATSURL == "") && c.DatabaseURL != "" && len(c.Roles) < 3 {
		problems = append(problems, errors.New("--nats is missing: a process that does only a part of the work needs a NATS that the others share"))
	}
	if c.DataDir == "" {
		dir, err := devstack.DefaultDir()
		if err != nil {
			problems = append(problems, err)
		}
		c.DataDir = dir
	}
	return errors.Join(problems...)
}

func (c *Config) has(role string) bool { return slices.Contains(c.Roles, role) }

// LogValue is the configuration without its secrets.
func (c *Config) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("addr", c.Addr), slog.String("admin_addr", c.AdminAddr), slog.Any("roles", c.Roles),
		slog.String("database", masked(c.DatabaseURL)), slog.String("nats", masked(c.NATSURL)),
		slog.String("data_dir", c.DataDir), slog.Bool("dev", c.Dev), slog.Bool("unsafe_database", c.UnsafeDatabase),
		slog.Any("trusted_proxies", c.TrustedProxies))
}

// masked is a URL without its user information.
func masked(raw string) string {
	if raw == "" {
		return "embedded"
	}
	u, err := url.Parse(raw)
	if err != nil {
		return "unreadable"
	}
	return u.Redacted()
}
