package auth_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/auth"
	"peakseat/internal/seal/keyfile"
)

func TestKeysAreMadeOnceAndOnlyWhereAllowed(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "keys")
	if _, err := auth.OpenKeys(dir, false); !errors.Is(err, auth.ErrNoKeys) {
		t.Fatalf("OpenKeys without create = %v, want ErrNoKeys", err)
	}
	first, err := auth.OpenKeys(dir, true)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(onlyKeyFile(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %04o, want 0600", info.Mode().Perm())
	}
	again, err := auth.OpenKeys(dir, true)
	if err != nil {
		t.Fatal(err)
	}
	if first.SigningKeyID() != again.SigningKeyID() {
		t.Error("a second start made a second key")
	}
}

func TestAfterARotationTheNewKeySignsAndTheOldVerifies(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	keys, tokens := openTokens(t, dir)
	old := keys.SigningKeyID()
	before, _, err := tokens.Issue(someOwner(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	next, err := keys.Rotate()
	if err != nil {
		t.Fatal(err)
	}
	if keys.SigningKeyID() != next || next == old {
		t.Fatalf("%s signs after %s was made", keys.SigningKeyID(), next)
	}
	after, _, err := tokens.Issue(someOwner(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{before, after} {
		if _, err := tokens.Verify(raw); err != nil {
			t.Errorf("after the rotation: %v", err)
		}
	}
	if err := keys.Retire(next); !errors.Is(err, auth.ErrSigningKey) {
		t.Errorf("retiring the key that signs = %v, want ErrSigningKey", err)
	}
	if err := keys.Retire("x"); !errors.Is(err, auth.ErrUnknownKey) {
		t.Errorf("retiring an unknown key = %v, want ErrUnknownKey", err)
	}
	if err := keys.Retire(old); err != nil {
		t.Fatal(err)
	}
	if _, err := tokens.Verify(before); !errors.Is(err, auth.ErrInvalidToken) {
		t.Errorf("a token of a retired key = %v, want ErrInvalidToken", err)
	}
	if _, err := tokens.Verify(after); err != nil {
		t.Errorf("a token of the new key: %v", err)
	}
}

func TestAnotherProcessSeesARotationAndARetirement(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		here, tokensHere := openTokens(t, dir)
		_, tokensThere := openTokens(t, dir)
		old := here.SigningKeyID()
		before, _, err := tokensHere.Issue(someOwner(), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = here.Rotate(); err != nil {
			t.Fatal(err)
		}
		after, _, err := tokensHere.Issue(someOwner(), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second) // forged ids may not make us read the files more often
		if _, err := tokensThere.Verify(after); err != nil {
			t.Errorf("a token of a key made by another process: %v", err)
		}
		if err := here.Retire(old); err != nil {
			t.Fatal(err)
		}
		if _, err := tokensThere.Verify(before); err != nil {
			t.Errorf("before the other process looked again: %v", err)
		}
	})
}

func TestRunForgetsWhatAnotherProcessRetired(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		here, tokens := openTokens(t, dir)
		there, _ := openTokens(t, dir)
		raw, _, err := tokens.Issue(someOwner(), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		old := here.SigningKeyID()
		var group errgroup.Group
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		group.Go(func() error { return here.Run(ctx, slog.New(slog.DiscardHandler), time.Minute) })
		if _, err := there.Rotate(); err != nil {
			t.Fatal(err)
		}
		if err := there.Retire(old); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute + time.Second)
		synctest.Wait()
		if _, err := tokens.Verify(raw); !errors.Is(err, auth.ErrInvalidToken) {
			t.Errorf("a token of a key retired elsewhere = %v, want ErrInvalidToken", err)
		}
		stop()
		if err := group.Wait(); err != nil {
			t.Errorf("Run = %v", err)
		}
	})
}

func TestNamedFilesRotateByTheirOrder(t *testing.T) {
	t.Parallel()
	dirOld, dirNew := t.TempDir(), t.TempDir()
	old, tokensOld := openTokens(t, dirOld)
	next, _ := openTokens(t, dirNew)
	raw, _, err := tokensOld.Issue(someOwner(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := auth.LoadKeys(onlyKeyFile(t, dirNew), onlyKeyFile(t, dirOld))
	if err != nil {
		t.Fatal(err)
	}
	if keys.SigningKeyID() != next.SigningKeyID() {
		t.Error("the first file does not sign")
	}
	tokens, err := auth.NewTokens(keys, issuer, audience)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tokens.Verify(raw); err != nil {
		t.Errorf("the second file does not verify: %v", err)
	}
	if _, err := keys.Rotate(); err == nil {
		t.Error("rotated keys that the environment names")
	}
	if err := keys.Retire(old.SigningKeyID()); err == nil {
		t.Error("deleted a key that the environment names")
	}
}

func TestUnfitKeyFilesAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	openTokens(t, dir)
	path := onlyKeyFile(t, dir)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := auth.OpenKeys(dir, true); !errors.Is(err, keyfile.ErrExposed) {
		t.Errorf("a key that others may read = %v, want ErrExposed", err)
	}
	for name, content := range map[string]string{
		"empty": "", "no key": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
		"a public key": "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n",
	} {
		path := filepath.Join(t.TempDir(), "key.pem")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := auth.LoadKeys(path); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
	if _, err := auth.LoadKeys(); !errors.Is(err, auth.ErrNoKeys) {
		t.Errorf("no files = %v, want ErrNoKeys", err)
	}
}

// TestAnyoneCanVerifyWithTheKeySet checks a token with nothing but the published document, as another program would.
func TestAnyoneCanVerifyWithTheKeySet(t *testing.T) {
	t.Parallel()
	keys, tokens := openTokens(t, t.TempDir())
	if _, err := keys.Rotate(); err != nil {
		t.Fatal(err)
	}
	var set struct {
		Keys []map[string]string `json:"keys"`
	}
	if err := json.Unmarshal(keys.JWKS(), &set); err != nil {
		t.Fatal(err)
	}
	if len(set.Keys) != 2 {
		t.Fatalf("%d keys published, want 2", len(set.Keys))
	}
	raw, _, err := tokens.Issue(someOwner(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	_, err = jwt.Parse(raw, func(token *jwt.Token) (any, error) {
		for _, key := range set.Keys {
			if _, secret := key["d"]; secret {
				t.Error("a private key is published")
			}
			if key["kid"] == token.Header["kid"] && key["kty"] == "OKP" && key["crv"] == "Ed25519" {
				x, failed := base64.RawURLEncoding.DecodeString(key["x"])
				return ed25519.PublicKey(x), failed
			}
		}
		return nil, errors.New("not published")
	}, jwt.WithValidMethods([]string{"EdDSA"}))
	if err != nil {
		t.Error(err)
	}
}

func openTokens(t *testing.T, dir string) (*auth.Keys, *auth.Tokens) {
	t.Helper()
	keys, err := auth.OpenKeys(dir, true)
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := auth.NewTokens(keys, issuer, audience)
	if err != nil {
		t.Fatal(err)
	}
	return keys, tokens
}
