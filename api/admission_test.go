package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"peakseat/api"
	"peakseat/internal/auth"
	"peakseat/internal/fault"
	"peakseat/internal/telemetry"
	"peakseat/internal/web"
)

// edge is the edge alone, with one page that waits until it is let go.
type edge struct {
	*testing.T
	handler http.Handler
	tokens  *auth.Tokens
	asked   atomic.Int64 // how often an API key was looked up
	deleted atomic.Bool  // the good key is none any more, from the moment at which somebody watches
	revoked atomic.Bool  // every session has ended
	entered chan struct{}
	release chan struct{}
}

func openEdge(t *testing.T, limits api.Limits, balancers ...netip.Prefix) *edge {
	t.Helper()
	keys, err := auth.OpenKeys(t.TempDir(), true)
	if err != nil {
		t.Fatal(err)
	}
	e := &edge{T: t, entered: make(chan struct{}, 100), release: make(chan struct{})}
	if e.tokens, err = auth.NewTokens(keys, "https://peakseat.test", "peakseat-api"); err != nil {
		t.Fatal(err)
	}
	router := api.New(api.Options{
		Version: "test", Tokens: e.tokens, Revoked: func(auth.Actor) bool { return e.revoked.Load() }, JWKS: keys.JWKS, Limits: limits, TrustedProxies: balancers,
		APIKey: func(_ context.Context, key string) (auth.Actor, error) {
			if e.asked.Add(1); key != goodKey || e.deleted.Load() {
				return auth.Actor{}, fault.ErrUnauthenticated
			}
			return auth.Actor{AccountID: uuid.New(), Role: auth.Owner, Scopes: []string{"test:read"}}, nil
		},
		Ready:   func(context.Context) (map[string]string, error) { return nil, nil },
		Metrics: telemetry.NewHTTPMetrics(prometheus.NewRegistry()),
	})
	type news struct{}
	web.Stream[struct{}, news](router.API, web.Op{Method: http.MethodGet, Path: "/news/live", Summary: "Nothing, for ever", Tag: "test", Access: web.SignedIn},
		func(context.Context, *struct{}, string) (func(context.Context, chan<- web.Event) error, error) {
			return func(ctx context.Context, _ chan<- web.Event) error {
				e.deleted.Store(true)
				<-ctx.Done()
				return nil
			}, nil
		})
	web.Stream[struct{}, news](router.API, web.Op{Method: http.MethodGet, Path: "/news/last", Summary: "Two events before every session ends, and one after", Tag: "test", Access: web.SignedIn},
		func(context.Context, *struct{}, string) (func(context.Context, chan<- web.Event) error, error) {
			return func(ctx context.Context, events chan<- web.Event) error {
				for _, id := range []string{"first", "second", "third"} { // the second is taken when the first is written
					e.revoked.Store(id == "third")
					select {
					case events <- web.Event{ID: id, Type: "news", Data: news{}}:
					case <-ctx.Done():
						return nil
					}
				}
				<-ctx.Done()
				return nil
			}, nil
		})
	router.Mount("/quick", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	router.Mount("/slow", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		e.entered <- struct{}{}
		<-e.release
		w.WriteHeader(http.StatusNoContent)
	}))
	if e.handler, err = router.Handler(); err != nil {
		t.Fatal(err)
	}
	return e
}

const goodKey = "ps_key_good"

// token is a new account's.
func (e *edge) token() string {
	e.Helper()
	raw, _, err := e.tokens.Issue(auth.Actor{AccountID: uuid.New(), Role: auth.Agent, SessionID: uuid.New()}, time.Minute)
	if err != nil {
		e.Fatal(err)
	}
	return raw
}

func (e *edge) get(path, token, language string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(e.Context(), http.MethodGet, path, http.NoBody)
	r.Header.Set("Accept-Language", language)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	e.handler.ServeHTTP(w, r)
	return w
}

// refused checks a refusal: its status, its code and sentence, and when to come again.
func (e *edge) refused(w *httptest.ResponseRecorder, status int, code, detail string) {
	e.Helper()
	var problem struct {
		Status int    `json:"status"`
		Code   string `json:"code"`
		Detail string `json:"detail"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil {
		e.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	if w.Code != status || problem.Status != status || problem.Code != code || problem.Detail != detail {
		e.Errorf("answered %d %s, want %d %s %q", w.Code, w.Body, status, code, detail)
	}
	if again := w.Header().Get("Retry-After"); again != "1" {
		e.Errorf("Retry-After = %q, want 1", again)
	}
	if kind := w.Header().Get("Content-Type"); kind != "application/problem+json" {
		e.Errorf("Content-Type = %q", kind)
	}
}

// One account that asks too much is refused, and nobody else is.
func TestAnAccountThatAsksTooMuchIsTold(t *testing.T) {
	t.Parallel()
	e := openEdge(t, api.Limits{PerAccount: 0.001, Burst: 3})
	greedy := e.token()
	for range 3 {
		if w := e.get("/quick", greedy, ""); w.Code != http.StatusNoContent {
			t.Fatalf("within the burst: %d", w.Code)
		}
	}
	e.refused(e.get("/quick", greedy, "en"), http.StatusTooManyRequests, "too_many_requests", "Too many requests; slow down.")
	e.refused(e.get("/quick", greedy, "zh-CN"), http.StatusTooManyRequests, "too_many_requests", "请求过于频繁，请稍候再试。")
	for who, token := range map[string]string{"another account": e.token(), "nobody": ""} {
		if w := e.get("/quick", token, ""); w.Code != http.StatusNoContent {
			t.Errorf("%s: %d", who, w.Code)
		}
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if w := e.get(path, greedy, ""); w.Code != http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// Whoever tries API keys that are none is refused before the database is asked, as are those who try them at /healthz; a token
// from the same address is not.
func TestGuessedKeysAreNotLookedUpForEver(t *testing.T) {
	t.Parallel()
	e := openEdge(t, api.Limits{PerAddress: 0.001, AtOnce: 3})
	for range 5 { // a good key costs its account's requests only
		if w := e.get("/quick", goodKey, ""); w.Code != http.StatusNoContent {
			t.Fatalf("a good key: %d", w.Code)
		}
	}
	for range 3 {
		if w := e.get("/quick", "ps_key_guessed", ""); w.Code != http.StatusUnauthorized {
			t.Fatalf("a guess within the burst: %d", w.Code)
		}
	}
	before := e.asked.Load()
	e.refused(e.get("/quick", "ps_key_guessed", "en"), http.StatusTooManyRequests, "too_many_requests", "Too many requests; slow down.")
	if w := e.get("/healthz", "ps_key_guessed", ""); w.Code != http.StatusOK {
		t.Errorf("/healthz: %d", w.Code)
	}
	if asked := e.asked.Load() - before; asked != 0 {
		t.Errorf("%d more keys were looked up", asked)
	}
	if w := e.get("/quick", e.token(), ""); w.Code != http.StatusNoContent {
		t.Errorf("somebody with a token at the same address: %d", w.Code)
	}
}

// Behind a balancer the client's address is the last one that the balancer saw; a client cannot write itself another, with or without it.
func TestABalancerNamesItsClients(t *testing.T) {
	t.Parallel()
	e := openEdge(t, api.Limits{PerAddress: 0.001, AtOnce: 1}, netip.MustParsePrefix("10.0.0.0/8"))
	ask := func(from, forwarded string) int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/quick", http.NoBody)
		r.RemoteAddr = from + ":1234"
		r.Header.Set("X-Forwarded-For", forwarded)
		r.Header.Set("X-Real-Ip", forwarded)
		w := httptest.NewRecorder()
		e.handler.ServeHTTP(w, r)
		return w.Code
	}
	for _, step := range []struct {
		who, from, forwarded string
		want                 int
	}{
		{"one client", "10.0.0.1", "192.0.2.1", http.StatusNoContent},
		{"another client", "10.0.0.1", "192.0.2.2", http.StatusNoContent},
		{"the first again, by another balancer", "10.0.0.2", "192.0.2.1", http.StatusTooManyRequests},
		{"the first under a name of its own making", "10.0.0.1", "192.0.2.9, 192.0.2.1", http.StatusTooManyRequests},
		{"somebody who came without a balancer", "192.0.2.3", "192.0.2.4", http.StatusNoContent},
		{"the same under another name", "192.0.2.3", "192.0.2.5", http.StatusTooManyRequests},
	} {
		if got := ask(step.from, step.forwarded); got != step.want {
			t.Errorf("%s is answered %d, want %d", step.who, got, step.want)
		}
	}
}

// Nobody watches on with a key that was deleted.
func TestAStreamEndsWithItsKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := openEdge(t, api.Limits{})
		began := time.Now()
		w := e.get("/api/v1/news/live", goodKey, "")
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), ": open") {
			t.Errorf("the stream began with %d %s", w.Code, w.Body)
		}
		if took := time.Since(began); took > time.Minute {
			t.Errorf("it ended %v after the key was deleted", took)
		}
	})
}

// What happens after a session has ended is not told to it any more, were it in the same moment.
func TestAStreamSaysNothingToASessionThatEnded(t *testing.T) {
	t.Parallel()
	e := openEdge(t, api.Limits{})
	w := e.get("/api/v1/news/last", e.token(), "")
	if body := w.Body.String(); !strings.Contains(body, "id: first\n") || strings.Contains(body, "id: third\n") {
		t.Errorf("the stream said %s", body)
	}
}

// A full process refuses at once, answers about its health, and takes requests again as soon as it can.
func TestAFullProcessShedsLoad(t *testing.T) {
	t.Parallel()
	const room = 4
	e := openEdge(t, api.Limits{InFlight: room})
	var inside errgroup.Group
	codes := make(chan int, room)
	for range room {
		inside.Go(func() error {
			codes <- e.get("/slow", "", "").Code
			return nil
		})
	}
	for range room {
		<-e.entered
	}
	for range 3 { // a refusal takes no room
		e.refused(e.get("/quick", e.token(), "en"), http.StatusServiceUnavailable, "overloaded", "The service is overloaded; try again shortly.")
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if w := e.get(path, "", ""); w.Code != http.StatusOK {
			t.Errorf("%s: %d while the process is full", path, w.Code)
		}
	}
	close(e.release)
	if err := inside.Wait(); err != nil {
		t.Fatal(err)
	}
	for range room {
		if code := <-codes; code != http.StatusNoContent {
			t.Errorf("a request that was let in was answered %d", code)
		}
	}
	if w := e.get("/quick", "", ""); w.Code != http.StatusNoContent {
		t.Errorf("afterwards: %d", w.Code)
	}
}
