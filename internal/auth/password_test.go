package auth_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"peakseat/internal/auth"
)

func TestJudgePassword(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]auth.PasswordReason{
		"correct horse":                       "",
		"0123456789":                          "",
		"一二三四五六七八九十":                          "", // ten characters, thirty bytes
		"012345678":                           auth.PasswordTooShort,
		"":                                    auth.PasswordTooShort,
		"一二三四五六七八九":                           auth.PasswordTooShort,
		"e\u0301e\u0301e\u0301e\u0301e\u0301": auth.PasswordTooShort, // five characters however they are typed
		strings.Repeat("a", 128):              "",
		strings.Repeat("峰", 128):              "",
		strings.Repeat("a", 129):              auth.PasswordTooLong,
		strings.Repeat("a", 1<<20):            auth.PasswordTooLong,
		"zhang.wei@example.com":               auth.PasswordIsEmail,
		"ZHANG.Wei@Example.COM":               auth.PasswordIsEmail,
		"zhang.weiX":                          "",
		"bad\xffutf8 password":                auth.PasswordUnclear,
		"with\na line break":                  auth.PasswordUnclear,
		"with\x00a null":                      auth.PasswordUnclear,
	} {
		if got := auth.JudgePassword(password, " zhang.wei@example.com "); got != want {
			t.Errorf("JudgePassword(%.30q) = %q, want %q", password, got, want)
		}
	}
	if got := auth.JudgePassword("longlocalpart", "LongLocalPart@example.com"); got != auth.PasswordIsEmail {
		t.Errorf("the part before the @ = %q, want %q", got, auth.PasswordIsEmail)
	}
}

func TestPasswordsVerifyOnlyThemselves(t *testing.T) {
	t.Parallel()
	passwords := newPasswords(t)
	hash, err := passwords.Hash(t.Context(), "caf\u00e9 noir 2026")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash = %s, want OWASP's parameters", hash)
	}
	again, err := passwords.Hash(t.Context(), "caf\u00e9 noir 2026")
	if err != nil {
		t.Fatal(err)
	}
	if again == hash {
		t.Error("two hashes share their salt")
	}
	for password, want := range map[string]bool{
		"caf\u00e9 noir 2026":        true,
		"cafe\u0301 noir 2026":       true, // the same letters, typed on another keyboard
		"cafe noir 2026":             false,
		"Caf\u00e9 noir 2026":        false,
		"caf\u00e9 noir 2026 ":       false,
		"":                           false,
		strings.Repeat("x", 10<<20):  false,
		"caf\u00e9 noir 2026\x00abc": false,
	} {
		if got, err := passwords.Verify(t.Context(), password, hash); err != nil || got != want {
			t.Errorf("Verify(%.20q) = %v, %v, want %v", password, got, err, want)
		}
	}
	if _, err := passwords.Verify(t.Context(), "x", "not a hash"); err == nil {
		t.Error("a hash that is none was compared")
	}
}

func TestOldParametersAskForARehash(t *testing.T) {
	t.Parallel()
	passwords := newPasswords(t)
	hash, err := passwords.Hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if passwords.NeedsRehash(hash) {
		t.Error("a fresh hash needs none")
	}
	if !passwords.NeedsRehash(strings.Replace(hash, "t=2", "t=1", 1)) {
		t.Error("a hash of one pass needs to be made again")
	}
}

// TestTimeDoesNotTellWhoIsKnown compares the floors of the times: other work on the machine only ever adds.
func TestTimeDoesNotTellWhoIsKnown(t *testing.T) { //nolint:paralleltest // it measures time
	passwords := newPasswords(t)
	hash, err := passwords.Hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	once := func(hash string) time.Duration {
		start := time.Now()
		if same, err := passwords.Verify(t.Context(), "wrong horse", hash); err != nil || same {
			t.Fatalf("Verify = %v, %v", same, err)
		}
		return time.Since(start)
	}
	known, unknown := time.Hour, time.Hour
	for range 25 { // in turn, so that a busy spell of the machine meets both
		known, unknown = min(known, once(hash)), min(unknown, once(""))
	}
	t.Logf("known %v, unknown %v", known, unknown)
	if ratio := float64(unknown) / float64(known); ratio < 0.5 || ratio > 2 {
		t.Errorf("unknown accounts take %.2f times as long as known ones", ratio)
	}
}

func TestNobodyIsTheUnknownAccount(t *testing.T) {
	t.Parallel()
	passwords := newPasswords(t)
	for _, password := range []string{"", "correct horse", strings.Repeat("a", 1<<20)} {
		if same, err := passwords.Verify(t.Context(), password, ""); err != nil || same {
			t.Errorf("Verify(%.20q) of an unknown account = %v, %v", password, same, err)
		}
	}
}

func TestAStormOfLoginsIsRefusedBeyondTheQueue(t *testing.T) {
	t.Parallel()
	passwords := newPasswords(t)
	ctx, giveUp := context.WithCancel(t.Context())
	defer giveUp()
	hash, err := passwords.Hash(ctx, "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	results := make(chan error, 200*runtime.GOMAXPROCS(0))
	var group errgroup.Group
	for range cap(results) {
		group.Go(func() error {
			_, err := passwords.Verify(ctx, "wrong horse", hash)
			results <- err
			if errors.Is(err, auth.ErrPasswordsBusy) {
				giveUp() // the queue is full; those in it need not be waited for
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	close(results)
	counts := map[string]int{}
	for err := range results {
		switch {
		case err == nil:
			counts["done"]++
		case errors.Is(err, auth.ErrPasswordsBusy):
			counts["busy"]++
		case errors.Is(err, context.Canceled):
			counts["gave up"]++
		default:
			t.Errorf("Verify = %v", err)
		}
	}
	if counts["busy"] == 0 {
		t.Errorf("outcomes %v: nobody was refused", counts)
	}
	// Everybody left the queue: there is room again.
	if same, err := passwords.Verify(t.Context(), "correct horse", hash); err != nil || !same {
		t.Errorf("after the storm: %v, %v", same, err)
	}
}

func BenchmarkHash(b *testing.B) {
	passwords, err := auth.NewPasswords()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := passwords.Hash(b.Context(), "correct horse"); err != nil {
			b.Fatal(err)
		}
	}
}

func newPasswords(t *testing.T) *auth.Passwords {
	t.Helper()
	passwords, err := auth.NewPasswords()
	if err != nil {
		t.Fatal(err)
	}
	return passwords
}
