package billing_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"peakseat/billing"
	"peakseat/internal/auth"
	"peakseat/internal/web"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
)

// edge serves billing's operations to whoever a request's context says it is.
type edge struct {
	t      *testing.T
	router *gin.Engine
	api    *web.API
}

func newEdge(t *testing.T, w *world) edge {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.Use(func(c *gin.Context) {
		ctx := web.WithKeyName(c.Request.Context(), c.GetHeader("Idempotency-Key"))
		c.Request = c.Request.WithContext(web.WithLanguage(ctx, c.GetHeader("Accept-Language")))
	})
	api := web.New(router, "test", w.pools.App)
	w.billing.Routes(api)
	return edge{t, router, api}
}

func (e edge) call(who context.Context, method, path, key, body string, header ...string) *httptest.ResponseRecorder {
	e.t.Helper()
	r := httptest.NewRequestWithContext(who, method, "/api/v1"+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer := httptest.NewRecorder()
	e.router.ServeHTTP(answer, r)
	return answer
}

// json reads a reply that must have the status.
func (e edge) json(answer *httptest.ResponseRecorder, status int) map[string]any {
	e.t.Helper()
	var body map[string]any
	if answer.Code != status {
		e.t.Fatalf("status %d, want %d: %s", answer.Code, status, answer.Body)
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil {
		e.t.Fatal(err)
	}
	return body
}

func TestARepeatWithTheSameKeyPaysOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := newEdge(t, w)
	const body = `{"amount": {"amount": 1000000, "currency": "CNY"}}`
	first := e.call(w.owner, "POST", "/wallet/top-ups", "a", body)
	e.json(first, http.StatusCreated)
	again := e.call(w.owner, "POST", "/wallet/top-ups", "a", body)
	if again.Code != first.Code || again.Body.String() != first.Body.String() || again.Header().Get("Idempotent-Replayed") != "true" {
		t.Errorf("the repeat answers %d %s, first %d %s", again.Code, again.Body, first.Code, first.Body)
	}
	if got := w.wallet().Available.Amount; got != 1_000_000 {
		t.Errorf("the wallet holds %d after a top-up of 1000000 and its repeat", got)
	}
	other := e.json(e.call(w.owner, "POST", "/wallet/top-ups", "a", strings.Replace(body, "1000000", "2000000", 1)), http.StatusUnprocessableEntity)
	if other["code"] != "idempotency_key_reused" {
		t.Errorf("another body with the key: %v", other["code"])
	}

	b := w.booking(monday().AddDate(0, 0, 7), 240, 1)
	w.confirmed(b)
	s := w.worked(b, 0, uuid.New(), 240)
	path := "/timesheets/" + s.ID.String() + "/approval"
	count(t, 4, func(int) (bool, error) {
		answer := e.call(w.owner, "POST", path, "b", "")
		if answer.Code != http.StatusOK {
			t.Errorf("approval: %d %s", answer.Code, answer.Body)
		}
		return true, nil
	})
	if refused := e.json(e.call(w.owner, "POST", path, "c", ""), http.StatusConflict); refused["code"] != "timesheet_approved" {
		t.Errorf("another approval: %v", refused["code"])
	}
	w.proven()
}

func TestAnOperatorSettlesTopUpsInProduction(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.billing.InstantGateway = false
	e := newEdge(t, w)
	top := e.json(e.call(w.owner, "POST", "/wallet/top-ups", "", `{"amount": {"amount": 500, "currency": "CNY"}}`), http.StatusCreated)
	if got := w.wallet().Available.Amount; top["state"] != "pending" || got != 0 {
		t.Errorf("the wallet holds %d while the top-up is %v", got, top["state"])
	}
	path := "/wallet/top-ups/" + textOf(top, "id") + "/settlement"
	if answer := e.call(w.owner, "POST", path, "", ""); answer.Code != http.StatusForbidden {
		t.Errorf("the merchant's own word: %d", answer.Code)
	}
	e.json(e.call(w.operator, "POST", path, "", ""), http.StatusOK)
	e.json(e.call(w.operator, "POST", path, "", ""), http.StatusConflict)
	if got := w.wallet().Available.Amount; got != 500 {
		t.Errorf("the wallet holds %d, want 500", got)
	}
	var audited int
	must(t, w.pools.System.Pool.QueryRow(t.Context(), `select count(*) from platform.audit where action = 'top_up.settled'`).Scan(&audited))
	if audited != 1 {
		t.Errorf("%d audit rows, want 1", audited)
	}
	w.proven()
}

func TestTheWayOfTheMoneyOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := newEdge(t, w)
	agent := uuid.New()
	b := w.booking(monday().AddDate(0, 0, 7), 240, 2)

	book := e.call(t.Context(), "GET", "/price-book", "", "")
	if e.json(book, http.StatusOK); book.Header().Get("ETag") != `"1"` {
		t.Errorf("ETag %q of price book 1", book.Header().Get("ETag"))
	}
	var prices map[string]any
	must(t, json.Unmarshal(book.Body.Bytes(), &prices))
	delete(prices, "version")
	delete(prices, "effective_at")
	prices["commission"] = 1800
	raw, err := json.Marshal(prices)
	must(t, err)
	if missing := e.json(e.call(w.operator, "PUT", "/price-book", "", string(raw)), http.StatusPreconditionRequired); missing["code"] != "if_match_required" {
		t.Errorf("without If-Match: %v", missing["code"])
	}
	if put := e.json(e.call(w.operator, "PUT", "/price-book", "", string(raw), "If-Match", `"1"`), http.StatusOK); put["version"] != 2.0 {
		t.Errorf("published %v", put)
	}
	e.json(e.call(w.operator, "PUT", "/price-book", "", string(raw), "If-Match", `"1"`), http.StatusPreconditionFailed)

	quote := e.json(e.call(w.owner, "POST", "/bookings/"+b.ID.String()+"/quotes", "", ""), http.StatusCreated)
	if _, said := quote["fill_chance"]; !said || quote["fill_chance"] != nil || quote["price_book"] != 2.0 {
		t.Errorf("quote %v", quote)
	}
	e.json(e.call(w.owner, "POST", "/bookings/"+b.ID.String()+"/quotes", "", `{"priority": 2}`), http.StatusCreated)
	e.json(e.call(w.owner, "POST", "/bookings/"+uuid.NewString()+"/quotes", "", ""), http.StatusNotFound)

	w.confirmed(b)
	s := w.worked(b, 0, agent, 200)
	must(t, w.told(ended(b, 0, 1)))
	if list := e.json(e.call(w.owner, "GET", "/timesheets?state=submitted&booking_id="+b.ID.String(), "", ""), http.StatusOK); len(listOf(list, "items")) != 1 {
		t.Errorf("timesheets %v", list)
	}
	d := e.json(e.call(w.owner, "POST", "/timesheets/"+s.ID.String()+"/dispute", "k", `{"minutes": 6, "reason": "away"}`), http.StatusCreated)
	e.json(e.call(asAgent(t, agent), "POST", "/timesheets/"+s.ID.String()+"/objection", "", `{"minutes": 5, "reason": "log"}`), http.StatusCreated)
	e.json(e.call(asAgent(t, agent), "POST", "/disputes/"+textOf(d, "id")+"/answer", "", `{"answer": "no"}`), http.StatusOK)
	if list := e.json(e.call(w.operator, "GET", "/disputes?state=open", "", ""), http.StatusOK); len(listOf(list, "items")) != 2 {
		t.Errorf("disputes %v", list)
	}
	e.json(e.call(w.operator, "POST", "/disputes/"+textOf(d, "id")+"/ruling", "", `{"minutes_to_agent": 3, "reason": "half"}`), http.StatusOK)
	e.json(e.call(w.owner, "POST", "/timesheets/"+s.ID.String()+"/approval", "", ""), http.StatusOK)
	earnings := e.json(e.call(asAgent(t, agent), "GET", "/earnings?limit=1", "", ""), http.StatusOK)
	if len(listOf(earnings, "lines")) != 1 || earnings["next_cursor"] == nil {
		t.Errorf("earnings %v", earnings)
	}
	e.json(e.call(asAgent(t, agent), "GET", "/earnings?limit=1&cursor="+textOf(earnings, "next_cursor"), "", ""), http.StatusOK)
	entries := e.json(e.call(w.owner, "GET", "/wallet/entries?limit=2", "", ""), http.StatusOK)
	if len(listOf(entries, "items")) != 2 || entries["next_cursor"] == nil {
		t.Errorf("entries %v", entries)
	}
	st := e.json(e.call(w.owner, "GET", "/statements?month=2026-11", "", ""), http.StatusOK)
	if st["agent"] != nil || len(listOf(objectOf(st, "merchant"), "credits")) != 2 {
		t.Errorf("statement %v", st)
	}
	st = e.json(e.call(asAgent(t, agent), "GET", "/statements?month=2026-11", "", ""), http.StatusOK)
	if st["merchant"] != nil || len(listOf(objectOf(st, "agent"), "lines")) != 2 {
		t.Errorf("statement %v", st)
	}
	e.json(e.call(w.owner, "GET", "/statements?month=2026-13", "", ""), http.StatusUnprocessableEntity)
	e.json(e.call(w.owner, "GET", "/wallet/top-ups", "", ""), http.StatusOK)
	w.proven()
}

// Every operation refuses who it is not for, before it looks at anything.
func TestOperationsRefuseOtherRoles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := newEdge(t, w)
	for _, op := range e.api.Operations {
		path := strings.ReplaceAll(op.Path, "{id}", uuid.NewString())
		if op.Access&web.Anyone != 0 {
			continue
		}
		if answer := e.call(t.Context(), op.Method, path, "", ""); answer.Code != http.StatusUnauthorized {
			t.Errorf("%s %s without a token: %d", op.Method, op.Path, answer.Code)
		}
		if answer := e.call(as(t, auth.Trainer, uuid.New()), op.Method, path, "", ""); answer.Code != http.StatusForbidden {
			t.Errorf("%s %s by a trainer: %d", op.Method, op.Path, answer.Code)
		}
	}
	for _, c := range []struct {
		role         auth.Role
		method, path string
	}{
		{auth.Viewer, "POST", "/wallet/top-ups"},
		{auth.Booker, "POST", "/wallet/top-ups"},
		{auth.Booker, "POST", "/timesheets/" + uuid.NewString() + "/approval"},
		{auth.Finance, "POST", "/bookings/" + uuid.NewString() + "/quotes"},
		{auth.Owner, "PUT", "/price-book"},
		{auth.Owner, "POST", "/disputes/" + uuid.NewString() + "/ruling"},
		{auth.Agent, "POST", "/disputes/" + uuid.NewString() + "/ruling"},
		{auth.Agent, "GET", "/wallet"},
		{auth.Operator, "GET", "/earnings"},
	} {
		if answer := e.call(as(t, c.role, uuid.New()), c.method, c.path, "", ""); answer.Code != http.StatusForbidden {
			t.Errorf("%s %s by %s: %d", c.method, c.path, c.role, answer.Code)
		}
	}
}

func listOf(body map[string]any, key string) []any {
	list, _ := body[key].([]any)
	return list
}

func textOf(body map[string]any, key string) string {
	text, _ := body[key].(string)
	return text
}

func objectOf(body map[string]any, key string) map[string]any {
	object, _ := body[key].(map[string]any)
	return object
}

var _ billing.Bookings = (*world)(nil)
