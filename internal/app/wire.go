package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"peakseat/academy"
	"peakseat/api"
	"peakseat/api/account"
	"peakseat/api/notice"
	"peakseat/billing"
	"peakseat/certification"
	"peakseat/internal/auth"
	"peakseat/internal/job"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/seal"
	"peakseat/internal/telemetry"
	"peakseat/matcher"
)

// Version is what the program calls itself; releases set it when they link.
const Version = "0.1.0-dev"

// Modules are the schemas of all contexts, in the order in which they migrate.
func Modules() []postgres.Module {
	return []postgres.Module{
		postgres.Platform(), account.Module(), certification.Module(), academy.Module(), matcher.Module(), billing.Module(), notice.Module(),
	}
}

// App is the whole program, ready to run.
type App struct {
	cfg      Config
	Stack    *Stack
	Pools    *Pools
	registry *prometheus.Registry
	tracing  *telemetry.Tracing
	listener net.Listener
	edge     *api.Router
	handler  http.Handler
	relay    *outbox.Relay
	jobs     *job.Workers
	facts    *outbox.Consumers
	keys     *auth.Keys
	tokens   *auth.Tokens
	issuer   *certification.Issuer
	demo     *demo // nil where there is none

	Account       *account.Service
	Certification *certification.Service
	Academy       *academy.Service
	Matcher       *matcher.Service
	Billing       *billing.Service
	Notice        *notice.Service
}

// New opens the stack and builds everything; nothing serves until Run. pages is what the edge
// serves beside the API; nil is nothing. Close it, whether or not it ran.
func New(ctx context.Context, cfg Config, pages http.Handler) (_ *App, err error) {
	free := cfg.PublicURL == "" && strings.HasSuffix(cfg.Addr, ":0")
	if err := cfg.Complete(); err != nil {
		return nil, err
	}
	a := &App{cfg: cfg, registry: telemetry.NewRegistry(Version)}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close(context.WithoutCancel(ctx)))
		}
	}()
	if free { // links and credentials must name the port that is found
		if err := a.listen(ctx); err != nil {
			return nil, err
		}
		a.cfg.PublicURL = a.URL()
	}
	if a.tracing, err = telemetry.StartTracing(ctx, cfg.Log, telemetry.TraceOptions{Endpoint: cfg.OTLPEndpoint, Version: Version}); err != nil {
		return nil, err
	}
	if a.Stack, err = OpenStack(ctx, cfg); err != nil {
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
	for name, db := range map[string]*postgres.DB{"app": a.Pools.App, "claim": a.Pools.Claim, "system": a.Pools.System} {
		if err := telemetry.RegisterPool(a.registry, name, db.Pool.Stat); err != nil {
			return nil, err
		}
	}
	if err := a.bootChecks(ctx); err != nil {
		return nil, err
	}
	if err := a.contexts(); err != nil {
		return nil, err
	}
	if err := a.Account.Revocations().Poll(ctx); err != nil {
		return nil, fmt.Errorf("read who is disabled: %w", err)
	}
	if err := a.deliveries(); err != nil {
		return nil, err
	}
	return a, a.serveOn(ctx, pages)
}

// bootChecks refuse to serve where a promise could not be kept.
func (a *App) bootChecks(ctx context.Context) error {
	old, err := postgres.Pending(ctx, a.Pools.System, Modules()...)
	if err != nil {
		return err
	}
	if len(old) > 0 {
		return fmt.Errorf("the schema of %s is old: run peakseat migrate", strings.Join(old, ", "))
	}
	if err := postgres.Check(ctx, a.Pools.System); err != nil && !a.cfg.UnsafeDatabase {
		return fmt.Errorf("this PostgreSQL cannot keep what PeakSeat promises (--unsafe-database serves all the same, for tests):\n%w", err)
	}
	moved, err := postgres.ClockMoved(ctx, a.Pools.System)
	if err != nil {
		return err
	}
	if moved && !a.cfg.Dev {
		return errors.New("the rules' clock of this database was moved by a development server; production does not start on it")
	}
	return nil
}

// contexts builds every context and answers the questions that they ask each other.
func (a *App) contexts() error {
	keys := a.cfg.KeysDir
	own := a.Stack.postgres != nil
	if keys == "" {
		keys = filepath.Join(a.cfg.DataDir, "keys")
		own = true
	}
	if err := os.MkdirAll(keys, 0o700); err != nil {
		return fmt.Errorf("make the directory of the keys: %w", err)
	}
	tokenKeys, err := auth.OpenKeys(filepath.Join(keys, "tokens"), own)
	if err != nil {
		return err
	}
	tokens, err := auth.NewTokens(tokenKeys, a.cfg.Issuer, "peakseat")
	if err != nil {
		return err
	}
	passwords, err := auth.NewPasswords()
	if err != nil {
		return err
	}
	keyring, err := seal.OpenKeyring(filepath.Join(keys, "seal.json"), own)
	if err != nil {
		return err
	}
	index, err := seal.OpenIndex(filepath.Join(keys, "index.json"), own)
	if err != nil {
		return err
	}
	if a.issuer, err = certification.OpenIssuer(filepath.Join(keys, "credentials"), a.cfg.PublicURL, own); err != nil {
		return err
	}
	a.keys, a.tokens = tokenKeys, tokens
	a.compose(&account.Deps{
		Tokens: tokens, Passwords: passwords, Throttle: auth.NewThrottle(auth.DefaultThrottleLimits()),
		Keyring: keyring, Index: index, Log: a.cfg.Log, PublicURL: a.cfg.PublicURL,
	}, a.Pools)
	return nil
}

// compose hands every context what it stands on. Without pools it makes contexts that can only be described.
func (a *App) compose(identity *account.Deps, pools *Pools) {
	if pools == nil {
		identity, pools = &account.Deps{}, &Pools{}
	}
	identity.App, identity.System = pools.App, pools.System
	a.Account = account.New(*identity)
	a.Certification = certification.New(certification.Deps{App: pools.App, System: pools.System, Agents: a.Account, Issuer: a.issuer, Log: a.cfg.Log})
	a.Academy = academy.New(academy.Deps{App: pools.App, System: pools.System, Keys: a.Account, Shops: shops{a}, Log: a.cfg.Log, Drafts: a.cfg.Dev})
	a.Billing = billing.New(billing.Deps{App: pools.App, System: pools.System, Bookings: bookings{a}, Platform: account.PlatformID(), InstantGateway: a.cfg.Dev})
	a.Matcher = matcher.New(matcher.Deps{
		App: pools.App, Claim: pools.Claim, System: pools.System, Escrow: a.Billing, People: a.Account, Taxonomy: a.Certification,
	})
	a.Notice = notice.New(notice.Deps{App: pools.App, Platform: account.PlatformID()})
}

// routes adds every context's operations to the edge.
func (a *App) routes() {
	a.Account.Routes(a.edge.API)
	a.Certification.Routes(a.edge.API)
	a.Academy.Routes(a.edge.API)
	a.Matcher.Routes(a.edge.API)
	a.Billing.Routes(a.edge.API)
	a.Notice.Routes(a.edge.API)
	a.platformRoutes()
}

// bookings answers billing's question about a booking from the matcher.
type bookings struct{ *App }

// BookingToQuote is the matcher's answer in billing's words.
func (b bookings) BookingToQuote(tx *postgres.Tx, id uuid.UUID) (billing.QuotedBooking, error) {
	q, err := b.Matcher.BookingToPrice(tx, id)
	if err != nil {
		return billing.QuotedBooking{}, err
	}
	quoted := billing.QuotedBooking{
		ID: q.ID, MerchantID: q.MerchantID, Version: q.Version, State: q.State, RulesVersion: q.RulesVersion,
		CampaignMultiplier: q.CampaignMultiplier, Zone: q.Zone, EligibleFree: q.EligibleFree, CompetingSeats: q.CompetingSeats, FillChance: q.FillChance, ChancePending: q.ChancePending,
	}
	for _, r := range q.Requirements {
		quoted.Requirements = append(quoted.Requirements, billing.QuotedRequirement(r))
	}
	for _, s := range q.Shifts {
		quoted.Shifts = append(quoted.Shifts, billing.QuotedShift{ID: s.ID, StartsAt: s.StartsAt, EndsAt: s.EndsAt, Seats: s.Seats, FillChance: s.FillChance})
	}
	return quoted, nil
}

// BookingVersion is the version of the actor's booking.
func (b bookings) BookingVersion(tx *postgres.Tx, id uuid.UUID) (int64, error) {
	return b.Matcher.BookingVersion(tx, id)
}

// shops answers the academy's question about a shop from the matcher.
type shops struct{ *App }

// ShopOfPack is the matcher's answer in the academy's words.
func (s shops) ShopOfPack(tx *postgres.Tx, shop uuid.UUID) (academy.PackShop, error) {
	found, err := s.Matcher.ShopOfPack(tx, shop)
	return academy.PackShop(found), err
}

// deliveries makes the relay and the consumers of the worker role, and the workers of the matcher role.
func (a *App) deliveries() (err error) {
	if a.cfg.has(RoleMatcher) {
		o := job.Options{Replicas: max(1, a.cfg.NATSNodes), Log: a.cfg.Log, Metrics: a.registry}
		if a.jobs, err = job.NewWorkers(a.Pools.System, a.Stack.NATS, o, append(a.Matcher.Workers(), a.Academy.Workers()...)...); err != nil {
			return err
		}
	}
	if !a.cfg.has(RoleWorker) {
		return nil
	}
	o := outbox.Options{Replicas: max(1, a.cfg.NATSNodes), Log: a.cfg.Log, Metrics: a.registry}
	if a.relay, err = outbox.NewRelay(a.Pools.System, a.Stack.NATS, o); err != nil {
		return err
	}
	var list []outbox.Consumer
	list = append(list, a.Account.Consumers()...)
	list = append(list, a.Certification.Consumers()...)
	list = append(list, a.Academy.Consumers()...)
	list = append(list, a.Matcher.Consumers()...)
	list = append(list, a.Billing.Consumers()...)
	list = append(list, a.Notice.Consumers()...)
	a.facts, err = outbox.NewConsumers(a.Pools.System, a.Stack.NATS, o, list...)
	return err
}

// serveOn builds the edge and opens its port.
func (a *App) serveOn(ctx context.Context, pages http.Handler) (err error) {
	a.edge = api.New(api.Options{
		Version: Version, DB: a.Pools.App, Tokens: a.tokens, Revoked: a.Account.Revocations().Revoked,
		APIKey: a.Account.APIKeyActor, JWKS: a.keys.JWKS, Ready: a.ready, Metrics: telemetry.NewHTTPMetrics(a.registry),
		Limits: a.cfg.Limits, Pages: pages, TrustedProxies: a.cfg.TrustedProxies, HTTPS: strings.HasPrefix(a.cfg.PublicURL, "https://"),
	})
	if a.cfg.Dev && a.cfg.AdminAddr == "" {
		a.edge.Mount("/metrics", telemetry.MetricsHandler(a.registry))
	}
	a.routes()
	for path, page := range a.Certification.Published() {
		a.edge.Mount(path, page)
	}
	if a.handler, err = a.edge.Handler(); err != nil {
		return err
	}
	return a.listen(ctx)
}

// listen opens the port, where it is not open yet; nobody is answered before Run.
func (a *App) listen(ctx context.Context) (err error) {
	if !a.cfg.has(RoleAPI) || a.listener != nil {
		return nil
	}
	a.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", a.cfg.Addr)
	if err != nil {
		return fmt.Errorf("listen: %w (choose another address with --addr)", err)
	}
	return nil
}

// Document is the OpenAPI document of the whole program.
func (a *App) Document() ([]byte, error) { return a.edge.Document() }

// URL is where the API answers.
func (a *App) URL() string {
	if a.listener == nil {
		return ""
	}
	return "http://" + a.listener.Addr().String()
}

func (a *App) ready(ctx context.Context) (map[string]string, error) {
	notes := map[string]string{"version": Version}
	if a.cfg.UnsafeDatabase {
		notes["database"] = "unsafe: a crash may lose what was answered"
	}
	if a.Stack.NATS.IsConnected() {
		notes["nats"] = "connected"
	} else {
		notes["nats"] = "disconnected: facts wait in PostgreSQL"
	}
	return notes, a.Pools.App.Ping(ctx)
}

// Close ends everything that New opened.
func (a *App) Close(ctx context.Context) error {
	var problems []error
	if a.listener != nil {
		_ = a.listener.Close() // Run may have closed it
	}
	if a.Pools != nil {
		a.Pools.Close()
	}
	if a.Stack != nil {
		problems = append(problems, a.Stack.Close(ctx))
	}
	if a.tracing != nil {
		late, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		problems = append(problems, a.tracing.Shutdown(late))
	}
	return errors.Join(problems...)
}

// Tokens verifies and issues access tokens.
func (a *App) Tokens() *auth.Tokens { return a.tokens }
