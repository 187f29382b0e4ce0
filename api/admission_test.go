package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"peakseat/api"
	"peakseat/internal/auth"
	"peakseat/internal/fault"
	"peakseat/internal/telemetry"
)

// edge is the edge alone, with one page that waits until it is let go.
type edge struct {
	*testing.T
	handler http.Handler
	tokens  *auth.Tokens
	asked   atomic.Int64 // how often an API key was looked up
	entered chan struct{}
	release chan struct{}
}

func openEdge(t *testing.T, limits api.Limits) *edge {
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
		Version: "test", Tokens: e.tokens, Revoked: func(auth.Actor) bool { return false }, JWKS: keys.JWKS, Limits: limits,
		APIKey: func(_ context.Context, key string) (auth.Actor, error) {
			if e.asked.Add(1); key != goodKey {
				return auth.Actor{}, fault.ErrUnauthenticated
			}
			return auth.Actor{AccountID: uuid.New(), Role: auth.Owner}, nil
		},
		Ready:   func(context.Context) (map[string]string, error) { return nil, nil },
		Metrics: telemetry.NewHTTPMetrics(prometheus.NewRegistry()),
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
