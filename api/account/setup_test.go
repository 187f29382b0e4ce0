package account_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"peakseat/api"
	"peakseat/api/account"
	"peakseat/internal/audit"
	"peakseat/internal/auth"
	"peakseat/internal/dbtest"
	"peakseat/internal/fact"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/seal"
	"peakseat/internal/telemetry"
)

// house is the context behind the real edge, on a database of its own.
type house struct {
	*account.Service
	pools    dbtest.Pools
	handler  http.Handler
	tokens   *auth.Tokens
	limits   auth.ThrottleLimits
	keyring  *seal.Keyring
	keys     *auth.Keys
	dir      string // of all keys
	password string // known to satisfy the rules
}

// passwords costs the time of a hash to make, and is safe to share.
var passwords = sync.OnceValues(auth.NewPasswords)

func setup(t *testing.T, change ...func(*house)) *house {
	t.Helper()
	h := &house{pools: dbtest.Open(t, account.Module()), limits: auth.DefaultThrottleLimits(), password: "correct horse battery"}
	h.limits.Account.Burst, h.limits.Address.Burst = 1000, 10_000
	for _, c := range change {
		c(h)
	}
	dir := t.TempDir()
	keys, err := auth.OpenKeys(filepath.Join(dir, "keys"), true)
	must(t, err)
	h.keys, h.dir = keys, dir
	h.tokens, err = auth.NewTokens(keys, "peakseat", "peakseat")
	must(t, err)
	h.keyring, err = seal.OpenKeyring(filepath.Join(dir, "keyring.json"), true)
	must(t, err)
	index, err := seal.OpenIndex(filepath.Join(dir, "index.json"), true)
	must(t, err)
	hasher, err := passwords()
	must(t, err)
	h.Service = account.New(account.Deps{
		App: h.pools.App, System: h.pools.System, Tokens: h.tokens, Passwords: hasher, Throttle: auth.NewThrottle(h.limits),
		Keyring: h.keyring, Index: index, Log: slog.New(slog.DiscardHandler), PublicURL: "https://peakseat.test",
	})
	router := api.New(api.Options{
		Version: "test", DB: h.pools.App, Tokens: h.tokens, Revoked: h.Revocations().Revoked, APIKey: h.APIKeyActor, JWKS: keys.JWKS,
		Metrics: telemetry.NewHTTPMetrics(prometheus.NewRegistry()),
	})
	h.Routes(router.API)
	h.handler, err = router.Handler()
	must(t, err)
	return h
}

// reply is what a request was answered.
type reply struct {
	t      *testing.T
	status int
	header http.Header
	body   []byte
}

// do sends a request as whom the token names; "" is nobody. Header pairs follow.
func (h *house) do(t *testing.T, method, path, token string, body any, headers ...string) reply {
	t.Helper()
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		must(t, err)
		content = bytes.NewReader(raw)
	}
	r := httptest.NewRequest(method, "/api/v1"+path, content)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept-Language", "en")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return reply{t: t, status: w.Code, header: w.Header(), body: w.Body.Bytes()}
}

// want stops the test unless the reply has the status, and the code where one is given.
func (r reply) want(status int, code ...string) reply {
	r.t.Helper()
	if r.status != status || (len(code) > 0 && r.text("code") != code[0]) {
		r.t.Fatalf("got %d %s, want %d %v", r.status, r.body, status, code)
	}
	return r
}

func (r reply) text(field string) string {
	r.t.Helper()
	members := map[string]any{}
	must(r.t, json.Unmarshal(r.body, &members))
	value, ok := members[field]
	if !ok {
		return ""
	}
	return fmt.Sprint(value)
}

func (r reply) into(value any) {
	r.t.Helper()
	must(r.t, json.Unmarshal(r.body, value))
}

type object map[string]any

// person is a registered account with a session.
type person struct {
	id, organisation uuid.UUID
	email            string
	access, refresh  string
}

func (h *house) merchant(t *testing.T, email string) person {
	t.Helper()
	return h.register(t, "merchant", email)
}

func (h *house) agent(t *testing.T, email string) person {
	t.Helper()
	return h.register(t, "agent", email)
}

func (h *house) register(t *testing.T, kind, email string) person {
	t.Helper()
	body := object{"kind": kind, "email": email, "password": h.password, "name": "Wang Xiaoming"}
	if kind == "merchant" {
		body["organisation"] = "Moon Shop"
	}
	made := h.do(t, "POST", "/accounts", "", body).want(http.StatusCreated)
	p := person{id: uuid.MustParse(made.text("id")), email: email}
	if kind == "merchant" {
		p.organisation = uuid.MustParse(made.text("organisation_id"))
	}
	return h.signIn(t, p)
}

func (h *house) signIn(t *testing.T, p person) person {
	t.Helper()
	r := h.do(t, "POST", "/sessions", "", object{"email": p.email, "password": h.password}).want(http.StatusCreated)
	p.access, p.refresh = r.text("access_token"), r.text("refresh_token")
	return p
}

// facts are the types of what waits to be told about an aggregate, in order.
func (h *house) facts(t *testing.T, aggregate uuid.UUID) (types []string) {
	t.Helper()
	must(t, postgres.InTx(t.Context(), h.pools.System, func(tx *postgres.Tx) error {
		waiting, err := outbox.Waiting(tx)
		for _, e := range waiting {
			if e.Aggregate == aggregate {
				types = append(types, e.Type)
			}
		}
		return err
	}))
	return types
}

// rolesBefore are the roles that each grant to the holder took the place of.
func (h *house) rolesBefore(t *testing.T, holder uuid.UUID) (was []string) {
	t.Helper()
	must(t, postgres.InTx(t.Context(), h.pools.System, func(tx *postgres.Tx) error {
		waiting, err := outbox.Waiting(tx)
		for _, e := range waiting {
			if e.Aggregate == holder && e.Type == (fact.MembershipGranted{}).Type() {
				f, err := outbox.Decode[fact.MembershipGranted](e)
				must(t, err)
				was = append(was, f.Was)
			}
		}
		return err
	}))
	return was
}

func (h *house) actor(t *testing.T, token string) auth.Actor {
	t.Helper()
	checked, err := h.tokens.Verify(token)
	must(t, err)
	return checked.Actor
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// operator is one who came by the command line's link.
func (h *house) operator(t *testing.T, email string) person {
	t.Helper()
	token, err := h.InviteOperator(t.Context(), email)
	must(t, err)
	return h.accept(t, token, email)
}

// accept uses an invitation up for somebody new and signs them in.
func (h *house) accept(t *testing.T, token, email string) person {
	t.Helper()
	made := h.do(t, "POST", "/invitations/acceptance", "", object{"token": token, "password": h.password, "name": "Li Hua"}).want(http.StatusCreated)
	p := person{id: uuid.MustParse(made.text("id")), organisation: uuid.MustParse(made.text("organisation_id")), email: email}
	return h.signIn(t, p)
}

// invite lets the owner or operator invite somebody, who accepts.
func (h *house) invite(t *testing.T, by person, email, role string) person {
	t.Helper()
	link := h.do(t, "POST", "/invitations", by.access, object{"email": email, "role": role}).want(http.StatusCreated)
	return h.accept(t, link.text("token"), email)
}

// audited are the actions that the trail holds about a subject, in order.
func (h *house) audited(t *testing.T, subject uuid.UUID) (actions []string) {
	t.Helper()
	must(t, postgres.InTx(t.Context(), h.pools.System, func(tx *postgres.Tx) error {
		rows, err := audit.List(tx, audit.Filter{Subject: subject.String()}, 100)
		for _, row := range rows {
			actions = append([]string{row.Action}, actions...)
		}
		return err
	}))
	return actions
}
