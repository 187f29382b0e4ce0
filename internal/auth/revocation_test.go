package auth_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/auth"
)

func TestADisabledAccountAndAnEndedSessionAreOutWithinALook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var book ledger
		revocations := auth.NewRevocations(book.since, auth.RevocationOptions{})
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var group errgroup.Group
		group.Go(func() error { return revocations.Run(ctx, slog.New(slog.DiscardHandler)) })
		synctest.Wait()

		one, other := someOwner(), someOwner()
		sameAccount := other
		sameAccount.SessionID = uuid.New()
		book.write(auth.Revoked{SessionID: one.SessionID, At: time.Now()}, auth.Revoked{AccountID: other.AccountID, At: time.Now()})
		if revocations.Revoked(one) {
			t.Error("known before it was looked for: the test proves nothing")
		}
		time.Sleep(4 * time.Second)
		synctest.Wait()
		for name, tc := range map[string]struct {
			actor auth.Actor
			want  bool
		}{
			"the ended session":                    {one, true},
			"another session of the same account":  {auth.Actor{AccountID: one.AccountID, SessionID: uuid.New()}, false},
			"the disabled account":                 {other, true},
			"the disabled account, other sessions": {sameAccount, true},
			"somebody else":                        {someOwner(), false},
			"an API key, which has no session":     {auth.Actor{AccountID: uuid.New()}, false},
		} {
			if got := revocations.Revoked(tc.actor); got != tc.want {
				t.Errorf("%s: Revoked = %v, want %v", name, got, tc.want)
			}
		}

		book.write(auth.Revoked{AccountID: other.AccountID, Lifted: true, At: time.Now()})
		time.Sleep(4 * time.Second)
		synctest.Wait()
		if revocations.Revoked(other) {
			t.Error("an account that was enabled again is still out")
		}
		if !revocations.Revoked(one) {
			t.Error("an ended session came back")
		}
		stop()
		if err := group.Wait(); err != nil {
			t.Errorf("Run = %v", err)
		}
	})
}

func TestWhatCommitsLateIsStillSeen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var book ledger
		revocations := auth.NewRevocations(book.since, auth.RevocationOptions{})
		actor := someOwner()
		stamped := time.Now()
		for range 30 { // its transaction is open for 90 s, while we look
			time.Sleep(3 * time.Second)
			if err := revocations.Poll(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		book.write(auth.Revoked{SessionID: actor.SessionID, At: stamped})
		if err := revocations.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !revocations.Revoked(actor) {
			t.Error("a revocation that committed late was missed")
		}
	})
}

func TestNewsInAnyOrderEndWithTheLastWord(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 11, 0, 0, 0, 0, time.UTC)
	actor := someOwner()
	disabled := auth.Revoked{AccountID: actor.AccountID, At: at}
	lifted := auth.Revoked{AccountID: actor.AccountID, Lifted: true, At: at.Add(time.Minute)}
	again := auth.Revoked{AccountID: actor.AccountID, At: at.Add(2 * time.Minute)}
	for _, tc := range []struct {
		news []auth.Revoked
		want bool
	}{
		{[]auth.Revoked{disabled, lifted}, false},
		{[]auth.Revoked{lifted, disabled}, false},
		{[]auth.Revoked{disabled, lifted, disabled}, false},
		{[]auth.Revoked{again, lifted, disabled}, true},
		{[]auth.Revoked{disabled, again, lifted}, true},
	} {
		revocations := auth.NewRevocations(nil, auth.RevocationOptions{})
		revocations.Add(tc.news...)
		if got := revocations.Revoked(actor); got != tc.want {
			t.Errorf("%+v: Revoked = %v, want %v", tc.news, got, tc.want)
		}
	}
}

func TestAStartReadsAllThatStillCounts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var book ledger
		actor := someOwner()
		book.write(auth.Revoked{SessionID: actor.SessionID, At: time.Now()})
		time.Sleep(auth.SeedTokenTTL - time.Second)
		revocations := auth.NewRevocations(book.since, auth.RevocationOptions{})
		if err := revocations.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !revocations.Revoked(actor) {
			t.Error("a restart let an ended session in whose token still lives")
		}
		time.Sleep(time.Hour)
		if err := revocations.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if revocations.Revoked(actor) {
			t.Error("a session is remembered beyond the life of its tokens: memory grows")
		}
	})
}

func TestAFailingLookKeepsWhatIsKnownAndTellsItsAge(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var book ledger
		revocations := auth.NewRevocations(book.since, auth.RevocationOptions{})
		if _, ok := revocations.Age(); ok {
			t.Error("an age before the first look")
		}
		actor, later := someOwner(), someOwner()
		book.write(auth.Revoked{SessionID: actor.SessionID, At: time.Now()})
		if err := revocations.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		broken := errors.New("database is away")
		book.fail(broken)
		time.Sleep(10 * time.Minute)
		book.write(auth.Revoked{SessionID: later.SessionID, At: time.Now().Add(-9 * time.Minute)})
		if err := revocations.Poll(t.Context()); !errors.Is(err, broken) {
			t.Errorf("Poll = %v, want %v", err, broken)
		}
		if !revocations.Revoked(actor) {
			t.Error("a failing look forgot an ended session")
		}
		if age, ok := revocations.Age(); !ok || age != 10*time.Minute {
			t.Errorf("Age = %v, %v, want 10m", age, ok)
		}
		book.fail(nil)
		if err := revocations.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !revocations.Revoked(later) {
			t.Error("what happened while looks failed was missed")
		}
	})
}

func TestAddCountsAtOnce(t *testing.T) {
	t.Parallel()
	revocations := auth.NewRevocations(nil, auth.RevocationOptions{})
	actor := someOwner()
	revocations.Add(auth.Revoked{SessionID: actor.SessionID, At: time.Now()})
	if !revocations.Revoked(actor) {
		t.Error("an own logout waits for the next look")
	}
}

// ledger is a table of revocations, as a source reads it.
type ledger struct {
	mu   sync.Mutex
	rows []auth.Revoked
	err  error
}

func (l *ledger) write(rows ...auth.Revoked) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rows = append(l.rows, rows...)
}

func (l *ledger) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
}

func (l *ledger) since(_ context.Context, since time.Time) ([]auth.Revoked, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []auth.Revoked
	for _, row := range l.rows {
		if !row.At.Before(since) {
			found = append(found, row)
		}
	}
	return found, l.err
}
