package account_test

import (
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/auth"
)

func TestRegistrationAndSignIn(t *testing.T) {
	t.Parallel()
	h := setup(t)
	owner := h.merchant(t, "Owner@Example.com")
	agent := h.agent(t, "agent@example.com")

	got := h.actor(t, owner.access)
	if got.AccountID != owner.id || got.Role != auth.Owner || got.OrganisationID != owner.organisation || got.SessionID.Version() != 7 {
		t.Errorf("the owner's token says %+v", got)
	}
	got = h.actor(t, agent.access)
	if got.AccountID != agent.id || got.Role != auth.Agent || got.OrganisationID != [16]byte{} {
		t.Errorf("the agent's token says %+v", got)
	}
	me := h.do(t, "GET", "/me", owner.access, nil).want(http.StatusOK)
	if me.text("email") != "Owner@Example.com" || me.text("name") != "Wang Xiaoming" || me.text("role") != "owner" {
		t.Errorf("the owner is %s", me.body)
	}
	if facts := h.facts(t, owner.id); !slices.Equal(facts, []string{"peakseat.account.account.registered.v1", "peakseat.account.membership.granted.v1"}) {
		t.Errorf("facts of the account: %v", facts)
	}
	if facts := h.facts(t, owner.organisation); !slices.Equal(facts, []string{"peakseat.account.organisation.registered.v1"}) {
		t.Errorf("facts of the organisation: %v", facts)
	}

	// the address is one in every spelling, at registration and at sign-in
	h.do(t, "POST", "/accounts", "", object{"kind": "agent", "email": " owner@EXAMPLE.com", "password": h.password, "name": "x"}).want(http.StatusConflict, "email_taken")
	h.do(t, "POST", "/sessions", "", object{"email": "OWNER@example.com", "password": h.password}).want(http.StatusCreated)
}

func TestWrongPasswordAndUnknownAddressAreAnsweredAlike(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.agent(t, "agent@example.com")
	wrong := h.do(t, "POST", "/sessions", "", object{"email": "agent@example.com", "password": "not the password"}).want(http.StatusUnauthorized, "wrong_credentials")
	unknown := h.do(t, "POST", "/sessions", "", object{"email": "nobody@example.com", "password": "not the password"}).want(http.StatusUnauthorized, "wrong_credentials")
	if wrong.text("detail") != unknown.text("detail") || len(wrong.body) != len(unknown.body) {
		t.Errorf("a wrong password answers %s, an unknown address %s", wrong.body, unknown.body)
	}
}

func TestRegistrationNamesEveryWrongField(t *testing.T) {
	t.Parallel()
	h := setup(t)
	r := h.do(t, "POST", "/accounts", "", object{"kind": "agent", "email": "no address", "password": "short", "name": " "}).want(http.StatusUnprocessableEntity, "invalid_request")
	var problem struct {
		Errors []struct{ Pointer, Code string }
	}
	r.into(&problem)
	var got []string
	for _, e := range problem.Errors {
		got = append(got, e.Pointer+" "+e.Code)
	}
	if want := []string{"/email bad_email", "/password password_too_short", "/name required"}; !slices.Equal(got, want) {
		t.Errorf("wrong fields: %v, want %v", got, want)
	}
}

func TestRefreshRotatesAndReuseEndsTheFamily(t *testing.T) {
	t.Parallel()
	h := setup(t)
	p := h.agent(t, "agent@example.com")
	other := h.signIn(t, p)
	second := h.do(t, "POST", "/sessions/refresh", "", object{"refresh_token": p.refresh}).want(http.StatusOK)
	if got := h.actor(t, second.text("access_token")); got.SessionID != h.actor(t, p.access).SessionID {
		t.Errorf("a refresh began another session")
	}
	third := h.do(t, "POST", "/sessions/refresh", "", object{"refresh_token": second.text("refresh_token")}).want(http.StatusOK)
	h.do(t, "GET", "/me", third.text("access_token"), nil).want(http.StatusOK)

	// the stolen first token is presented
	h.do(t, "POST", "/sessions/refresh", "", object{"refresh_token": p.refresh}).want(http.StatusUnauthorized, "refresh_token_reused")
	h.do(t, "POST", "/sessions/refresh", "", object{"refresh_token": third.text("refresh_token")}).want(http.StatusUnauthorized, "refresh_token_invalid")
	for _, token := range []string{p.access, second.text("access_token"), third.text("access_token")} {
		h.do(t, "GET", "/me", token, nil).want(http.StatusUnauthorized)
	}
	h.do(t, "GET", "/me", other.access, nil).want(http.StatusOK) // another session of the same person lives
	h.do(t, "POST", "/sessions/refresh", "", object{"refresh_token": other.refresh}).want(http.StatusOK)
	for _, nothing := range []string{"", "ps_rt_x", "ps_rt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"} {
		h.do(t, "POST", "/sessions/refresh", "", object{"refresh_token": nothing}).want(http.StatusUnauthorized, "refresh_token_invalid")
	}
}

func TestOfTwentyRefreshesOfOneTokenOneWins(t *testing.T) {
	t.Parallel()
	h := setup(t)
	p := h.agent(t, "agent@example.com")
	var won, reused atomic.Int32
	winners := make(chan string, 20)
	var group errgroup.Group
	for range 20 {
		group.Go(func() error {
			r := h.do(t, "POST", "/sessions/refresh", "", object{"refresh_token": p.refresh})
			switch r.status {
			case http.StatusOK:
				won.Add(1)
				winners <- r.text("refresh_token")
			case http.StatusUnauthorized:
				reused.Add(1)
			default:
				t.Errorf("answered %d %s", r.status, r.body)
			}
			return nil
		})
	}
	must(t, group.Wait())
	if won.Load() != 1 || reused.Load() != 19 {
		t.Fatalf("%d won and %d were refused", won.Load(), reused.Load())
	}
	// the family is gone with what the winner got
	h.do(t, "POST", "/sessions/refresh", "", object{"refresh_token": <-winners}).want(http.StatusUnauthorized, "refresh_token_invalid")
}

// A phone that lost the answer asks again with the number it made for its attempt; whoever has the token alone is a thief still.
func TestALostAnswerToARefreshIsAskedForAgain(t *testing.T) {
	t.Parallel()
	h := setup(t)
	refresh := func(token string, attempt uuid.UUID) reply {
		return h.do(t, "POST", "/sessions/refresh", "", object{"refresh_token": token, "attempt": attempt.String()})
	}
	p := h.agent(t, "agent@example.com")
	attempt := uuid.New()
	lost := refresh(p.refresh, attempt).want(http.StatusOK)
	again := refresh(p.refresh, attempt).want(http.StatusOK)
	h.do(t, "GET", "/me", again.text("access_token"), nil).want(http.StatusOK)
	refresh(again.text("refresh_token"), attempt).want(http.StatusUnprocessableEntity, "invalid_request")
	next := refresh(again.text("refresh_token"), uuid.New()).want(http.StatusOK)
	// What was lost is dead. It was never used, so that nobody's session ends with it.
	refresh(lost.text("refresh_token"), uuid.New()).want(http.StatusUnauthorized, "refresh_token_invalid")
	h.do(t, "GET", "/me", next.text("access_token"), nil).want(http.StatusOK)
	// The answer has been used by now: the same attempt is reuse like any other.
	refresh(p.refresh, attempt).want(http.StatusUnauthorized, "refresh_token_reused")
	refresh(next.text("refresh_token"), uuid.New()).want(http.StatusUnauthorized, "refresh_token_invalid")

	for name, second := range map[string]uuid.UUID{"another attempt": uuid.New(), "no attempt": {}} {
		other := h.signIn(t, p)
		first := refresh(other.refresh, uuid.New()).want(http.StatusOK)
		refresh(other.refresh, second).want(http.StatusUnauthorized, "refresh_token_reused")
		if h.do(t, "GET", "/me", first.text("access_token"), nil).status != http.StatusUnauthorized {
			t.Errorf("after %s the session goes on", name)
		}
	}
}

func TestOfTwentyAnswersToOneAttemptTheLastIsGood(t *testing.T) {
	t.Parallel()
	h := setup(t)
	p := h.agent(t, "agent@example.com")
	attempt := uuid.New().String()
	tokens := make(chan string, 20)
	var group errgroup.Group
	for range 20 {
		group.Go(func() error {
			tokens <- h.do(t, "POST", "/sessions/refresh", "", object{"refresh_token": p.refresh, "attempt": attempt}).want(http.StatusOK).text("refresh_token")
			return nil
		})
	}
	must(t, group.Wait())
	close(tokens)
	good := 0
	for token := range tokens {
		if h.do(t, "POST", "/sessions/refresh", "", object{"refresh_token": token}).status == http.StatusOK {
			good++
		}
	}
	if good != 1 {
		t.Fatalf("%d of twenty answers can be used", good)
	}
}

func TestSignOutEndsTheSessionEverywhere(t *testing.T) {
	t.Parallel()
	h := setup(t)
	p := h.agent(t, "agent@example.com")
	other := h.signIn(t, p)
	h.do(t, "DELETE", "/sessions/current", p.access, nil).want(http.StatusNoContent)
	h.do(t, "GET", "/me", p.access, nil).want(http.StatusUnauthorized)
	h.do(t, "POST", "/sessions/refresh", "", object{"refresh_token": p.refresh}).want(http.StatusUnauthorized, "refresh_token_invalid")
	h.do(t, "GET", "/me", other.access, nil).want(http.StatusOK)

	// another process learns of it by polling
	elsewhere := auth.NewRevocations(h.Revoked, auth.RevocationOptions{})
	must(t, elsewhere.Poll(t.Context()))
	if !elsewhere.Revoked(h.actor(t, p.access)) || elsewhere.Revoked(h.actor(t, other.access)) {
		t.Error("another process does not know which session ended")
	}
}

func TestGuessesAreThrottled(t *testing.T) {
	t.Parallel()
	h := setup(t, func(h *house) {
		h.limits = auth.ThrottleLimits{Account: auth.Limit{Burst: 3, Every: time.Hour}, Address: auth.Limit{Burst: 8, Every: time.Hour}, Remember: 100}
	})
	p := h.agent(t, "agent@example.com")
	for range 3 {
		h.do(t, "POST", "/sessions", "", object{"email": p.email, "password": "not the password"}).want(http.StatusUnauthorized)
	}
	// the right password does not help any more, nor another spelling
	r := h.do(t, "POST", "/sessions", "", object{"email": "AGENT@example.com ", "password": h.password}).want(http.StatusTooManyRequests, "too_many_tries")
	if r.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	// the address has five left for others, and registered addresses are guesses too
	for range 5 {
		h.do(t, "POST", "/accounts", "", object{"kind": "agent", "email": p.email, "password": h.password, "name": "x"}).want(http.StatusConflict)
	}
	h.do(t, "POST", "/accounts", "", object{"kind": "agent", "email": "new@example.com", "password": h.password, "name": "x"}).want(http.StatusTooManyRequests)
	h.do(t, "POST", "/sessions/refresh", "", object{"refresh_token": p.refresh}).want(http.StatusTooManyRequests)
}

func TestPasswordChangeEndsTheOtherSessions(t *testing.T) {
	t.Parallel()
	h := setup(t)
	p := h.agent(t, "agent@example.com")
	other := h.signIn(t, p)
	h.do(t, "POST", "/me/password", p.access, object{"password": "not the password", "new_password": "a new password"}).want(http.StatusUnprocessableEntity)
	h.do(t, "POST", "/me/password", p.access, object{"password": h.password, "new_password": "a new password"}).want(http.StatusNoContent)
	h.do(t, "GET", "/me", p.access, nil).want(http.StatusOK)
	h.do(t, "GET", "/me", other.access, nil).want(http.StatusUnauthorized)
	h.do(t, "POST", "/sessions", "", object{"email": p.email, "password": h.password}).want(http.StatusUnauthorized)
	h.do(t, "POST", "/sessions", "", object{"email": p.email, "password": "a new password"}).want(http.StatusCreated)
}

func TestRenamingNeedsTheVersionRead(t *testing.T) {
	t.Parallel()
	h := setup(t)
	p := h.agent(t, "agent@example.com")
	h.do(t, "PATCH", "/me", p.access, object{"name": "New"}).want(http.StatusPreconditionRequired)
	read := h.do(t, "GET", "/me", p.access, nil).header.Get("ETag")
	changed := h.do(t, "PATCH", "/me", p.access, object{"name": "New"}, "If-Match", read).want(http.StatusOK)
	if changed.text("name") != "New" || changed.header.Get("ETag") == read {
		t.Errorf("renamed to %s under %s", changed.text("name"), changed.header.Get("ETag"))
	}
	h.do(t, "PATCH", "/me", p.access, object{"name": "Newer"}, "If-Match", read).want(http.StatusPreconditionFailed)
}
