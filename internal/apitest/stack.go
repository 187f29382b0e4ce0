package apitest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"peakseat/api"
	"peakseat/internal/app"
	"peakseat/internal/auth"
	"peakseat/internal/clock"
	"peakseat/internal/dbtest"
	"peakseat/internal/natstest"
	"peakseat/internal/postgres"
)

// Stack is the running program.
type Stack struct {
	URL  string
	App  *app.App
	DB   dbtest.Pools // the same database, beside the program
	next atomic.Int64
}

// Start runs the program with every role until the test ends. It is a development server: top-ups
// settle at once and the rules' clock can be moved.
func Start(t testing.TB, change ...func(*app.Config)) *Stack {
	t.Helper()
	cfg := app.Config{
		Addr: "127.0.0.1:0", NATSURL: natstest.Server(t).URL(), DataDir: t.TempDir(),
		Dev: true, UnsafeDatabase: true, Log: slog.Default(),
		Limits: api.Limits{PerAccount: 100_000, Burst: 100_000, PerAddress: 100_000, AtOnce: 100_000},
	}
	pools := dbtest.Open(t, app.Modules()[1:]...)
	cfg.DatabaseURL = pools.URL
	for _, f := range change {
		f(&cfg)
	}
	ctx, cancel := context.WithCancel(context.Background()) //nolint:forbidigo // it ends below, after the test's own context
	a, err := app.New(ctx, cfg, nil)
	if err != nil {
		cancel()
		t.Fatalf("apitest: %v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, nil) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-ended, a.Close(context.Background())); err != nil { //nolint:forbidigo // the test has ended
			t.Errorf("apitest: %v", err)
		}
	})
	return &Stack{URL: a.URL(), App: a, DB: pools}
}

// Person is somebody who uses the program: a token and whom it stands for.
type Person struct {
	stack      *Stack
	Token      string
	Role       auth.Role
	AccountID  uuid.UUID
	MerchantID uuid.UUID
	Email      string
}

const password = "correct horse battery"

// Nobody has no token.
func (s *Stack) Nobody() *Person { return &Person{stack: s} }

// Agent registers an agent and signs them in.
func (s *Stack) Agent(t testing.TB) *Person {
	t.Helper()
	p := s.register(t, "agent", "")
	p.Role = auth.Agent
	Until(t, "the matcher knows the agent", func() bool {
		return s.count(t, `select count(*) from matcher.agent where agent_id = $1`, p.AccountID) == 1
	})
	return p
}

// Merchant registers a merchant and signs its owner in.
func (s *Stack) Merchant(t testing.TB) *Person {
	t.Helper()
	p := s.register(t, "merchant", "Lantern")
	p.Role = auth.Owner
	return p
}

// Operator invites an operator as the command line does and signs them in.
func (s *Stack) Operator(t testing.TB) *Person {
	t.Helper()
	email := s.email("operator")
	token, err := s.App.Account.InviteOperator(t.Context(), email)
	if err != nil {
		t.Fatalf("apitest: invite an operator: %v", err)
	}
	p := s.accept(t, token, email)
	p.Role = auth.Operator
	return p
}

// Invited joins a colleague of p in role.
func (p *Person) Invited(t testing.TB, role auth.Role) *Person {
	t.Helper()
	email := p.stack.email(string(role))
	r := p.Post(t, "/invitations", map[string]any{"email": email, "role": role}).Want(t, 201)
	q := p.stack.accept(t, r.Text("token"), email)
	q.Role, q.MerchantID = role, p.MerchantID
	return q
}

func (s *Stack) accept(t testing.TB, token, email string) *Person {
	t.Helper()
	s.Nobody().Post(t, "/invitations/acceptance", map[string]any{"token": token, "name": "陈一", "password": password}).Want(t, 201)
	return s.SignIn(t, email)
}

func (s *Stack) register(t testing.TB, kind, organisation string) *Person {
	t.Helper()
	email := s.email(kind)
	body := map[string]any{"kind": kind, "email": email, "password": password, "name": "林小满"}
	if organisation != "" {
		body["organisation"] = organisation
	}
	s.Nobody().Post(t, "/accounts", body).Want(t, 201)
	return s.SignIn(t, email)
}

// SignIn opens a session of the account with this e-mail.
func (s *Stack) SignIn(t testing.TB, email string) *Person {
	t.Helper()
	r := s.Nobody().Post(t, "/sessions", map[string]any{"email": email, "password": password}).Want(t, 201)
	p := &Person{stack: s, Token: r.Text("access_token"), Email: email}
	token, err := s.App.Tokens().Verify(p.Token)
	if err != nil {
		t.Fatalf("apitest: %v", err)
	}
	p.AccountID, p.MerchantID, p.Role = token.Actor.AccountID, token.Actor.OrganisationID, token.Actor.Role
	return p
}

func (s *Stack) email(who string) string {
	return fmt.Sprintf("%s%d@example.com", who, s.next.Add(1))
}

// Now is the rules' clock.
func (s *Stack) Now(t testing.TB) time.Time {
	t.Helper()
	var now time.Time
	err := postgres.InTx(t.Context(), s.DB.System, func(tx *postgres.Tx) error { now = tx.Now; return nil })
	if err != nil {
		t.Fatalf("apitest: %v", err)
	}
	return now
}

// MoveTo moves the rules' clock forward; it goes on at the real rate.
func (s *Stack) MoveTo(t testing.TB, now time.Time) {
	t.Helper()
	if err := postgres.InTx(t.Context(), s.DB.System, func(tx *postgres.Tx) error { return postgres.MoveClock(tx, now, 1) }); err != nil {
		t.Fatalf("apitest: %v", err)
	}
}

func (s *Stack) count(t testing.TB, query string, args ...any) (n int) {
	t.Helper()
	if err := s.DB.System.Pool.QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("apitest: %v", err)
	}
	return n
}

// Facts counts the facts of a type.
func (s *Stack) Facts(t testing.TB, kind string) int {
	t.Helper()
	return s.count(t, `select count(*) from platform.fact where type = $1`, kind)
}

// Until waits until so holds, and fails the test where it does not within half a minute.
func Until(t testing.TB, what string, so func() bool) {
	t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for began := clock.Now(); !so(); {
		if clock.Since(began) > 30*time.Second {
			t.Fatalf("waited half a minute until %s", what)
		}
		select {
		case <-ticker.C:
		case <-t.Context().Done():
			t.Fatalf("the test ended before %s", what)
		}
	}
}
