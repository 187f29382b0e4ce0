package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/contrib/instrumentation/github.com/gin-gonic/gin/otelgin"

	"peakseat/internal/auth"
	"peakseat/internal/clock"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
	"peakseat/internal/telemetry"
	"peakseat/internal/web"
)

// Options of the edge.
type Options struct {
	Version string
	DB      *postgres.DB // the application's pool
	Tokens  *auth.Tokens
	Revoked func(auth.Actor) bool
	// APIKey turns an API key into whom it stands for.
	APIKey func(ctx context.Context, key string) (auth.Actor, error)
	JWKS   func() []byte
	// Ready answers nil when requests can be served, and what else is worth telling.
	Ready   func(ctx context.Context) (notes map[string]string, err error)
	Metrics *telemetry.HTTPMetrics
	Limits  Limits
	Pages   http.Handler // what is not the API: the web app
	// TrustedProxies are the networks whose X-Forwarded-For names the caller; none: the address that connects is the one that counts.
	TrustedProxies []netip.Prefix
	HTTPS          bool // people come by https only, and their browsers shall remember it
}

// Router is the edge with no operations yet.
type Router struct {
	*web.API
	engine    *gin.Engine
	admission *admission
	o         Options
}

// New builds the edge; contexts then add their operations to API.
func New(o Options) *Router {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	engine.RemoteIPHeaders = []string{"X-Forwarded-For"} // others a proxy may hand on as a caller sent them
	var trusted []string
	for _, network := range o.TrustedProxies {
		trusted = append(trusted, network.String())
	}
	_ = engine.SetTrustedProxies(trusted) // networks are what they were parsed from
	r := &Router{engine: engine, admission: newAdmission(o.Limits), o: o}
	engine.Use(otelgin.Middleware("peakseat"), r.enter, r.guard, r.measure, r.admission.shed, r.identify, r.admission.admit)
	r.API = web.New(engine, o.Version, o.DB)
	r.Revoked = o.Revoked
	engine.NoRoute(r.noRoute)
	engine.NoMethod(func(c *gin.Context) { web.Abort(c, ErrMethod) })
	engine.GET("/healthz", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "ok"}) })
	engine.GET("/readyz", r.ready)
	engine.GET("/.well-known/jwks.json", func(c *gin.Context) {
		c.Header("Cache-Control", "public, max-age=60")
		c.Data(http.StatusOK, "application/json", o.JWKS())
	})
	return r
}

// Handler serves the edge. Call it when every operation is registered: the document is made here.
func (r *Router) Handler() (http.Handler, error) {
	document, err := r.Document()
	if err != nil {
		return nil, err
	}
	r.engine.GET("/openapi.json", func(c *gin.Context) { c.Data(http.StatusOK, "application/json", document) })
	return r.engine, nil
}

// Mount serves a page that is no operation.
func (r *Router) Mount(path string, page http.Handler) { r.engine.GET(path, gin.WrapH(page)) }

// Document is the OpenAPI 3.1 document of all operations, as JSON.
func (r *Router) Document() ([]byte, error) { return r.Huma.OpenAPI().MarshalJSON() }

// The faults of the edge itself.
var (
	ErrMethod = fault.New(fault.Invalid, "method_not_allowed", "这个地址不支持这个方法。", "This address does not take that method.")
	errPanic  = errors.New("panic")
)

// enter gives the request its id and its language.
func (r *Router) enter(c *gin.Context) {
	id := telemetry.AcceptRequestID(c.GetHeader("X-Request-Id"))
	ctx := telemetry.WithRequestID(c.Request.Context(), id)
	ctx = web.WithLanguage(ctx, c.GetHeader("Accept-Language"))
	ctx = web.WithKeyName(ctx, c.GetHeader("Idempotency-Key"))
	ctx = web.WithLastEventID(ctx, c.GetHeader("Last-Event-ID"))
	c.Request = c.Request.WithContext(ctx)
	h := c.Writer.Header()
	h.Set("X-Request-Id", id)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	if r.o.HTTPS {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if strings.HasPrefix(c.Request.URL.Path, web.BasePath) {
		h.Set("Cache-Control", "no-store")
	}
	c.Next()
}

// measure counts the request under its route, so that ids in paths make no series of their own.
func (r *Router) measure(c *gin.Context) {
	began := clock.Now()
	if strings.HasSuffix(c.FullPath(), "/live") || strings.HasSuffix(c.FullPath(), "/stream") {
		defer r.o.Metrics.BeginStream()()
		c.Next()
		r.o.Metrics.ObserveStream(c.Request.Method, c.FullPath(), c.Writer.Status())
		return
	}
	defer r.o.Metrics.Begin()()
	c.Next()
	r.o.Metrics.Observe(c.Request.Method, c.FullPath(), c.Writer.Status(), clock.Since(began))
}

// guard answers a panic like any unknown error; the stack goes to the log.
func (r *Router) guard(c *gin.Context) {
	defer func() {
		if cause := recover(); cause != nil {
			slog.ErrorContext(c.Request.Context(), "panic in a handler", "cause", cause, "stack", string(debug.Stack()))
			if !c.Writer.Written() {
				web.Abort(c, errPanic)
			}
		}
	}()
	c.Next()
}

// identify turns the bearer token or API key into the actor. A request with none goes on as
// nobody; one with a bad token is refused, whatever the operation.
func (r *Router) identify(c *gin.Context) {
	header := c.GetHeader("Authorization")
	if header == "" || !costs(c.FullPath()) {
		c.Next()
		return
	}
	ctx := c.Request.Context()
	actor, expiry, err := r.actor(ctx, header, c.ClientIP())
	if err != nil {
		web.Abort(c, err)
		return
	}
	ctx = auth.WithActor(ctx, actor)
	if expiry.IsZero() {
		address := c.ClientIP()
		ctx = web.WithStanding(ctx, func(ctx context.Context) bool {
			_, _, err := r.actor(ctx, header, address)
			return err == nil
		})
	} else {
		ctx = web.WithExpiry(ctx, expiry)
	}
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}

func (r *Router) actor(ctx context.Context, header, address string) (auth.Actor, time.Time, error) {
	scheme, credential, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "bearer") {
		return auth.Actor{}, time.Time{}, fault.ErrUnauthenticated
	}
	if strings.HasPrefix(credential, string(auth.APIKey)) {
		if !r.admission.mayTry(address) { // each try asks the database
			return auth.Actor{}, time.Time{}, ErrTooMany.After(time.Second)
		}
		actor, err := r.o.APIKey(ctx, credential)
		if err != nil {
			r.admission.allowAddress(address)
		}
		return actor, time.Time{}, err
	}
	token, err := r.o.Tokens.Verify(credential)
	if err != nil {
		return auth.Actor{}, time.Time{}, fault.ErrUnauthenticated.Because(err)
	}
	if r.o.Revoked(token.Actor) {
		return auth.Actor{}, time.Time{}, fault.ErrUnauthenticated
	}
	return token.Actor, token.ExpiresAt, nil
}

func (r *Router) ready(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), 2*time.Second)
	defer cancel()
	notes, err := r.o.Ready(ctx)
	body := gin.H{"status": "ready", "time": clock.Now().UTC().Format(time.RFC3339)}
	for k, v := range notes {
		body[k] = v
	}
	if err != nil {
		slog.WarnContext(ctx, "not ready", "error", err)
		body["status"] = "unavailable"
		c.JSON(http.StatusServiceUnavailable, body)
		return
	}
	c.JSON(http.StatusOK, body)
}

func (r *Router) noRoute(c *gin.Context) {
	if strings.HasPrefix(c.Request.URL.Path, "/api/") || r.o.Pages == nil {
		web.Abort(c, fault.ErrNotFound)
		return
	}
	c.Status(http.StatusOK) // gin has set 404
	r.o.Pages.ServeHTTP(c.Writer, c.Request)
}
