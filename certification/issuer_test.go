package certification_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"peakseat/certification"
	"peakseat/internal/clock"
)

// Several processes that start at once on an empty directory share one key, and a rotation keeps the old one published.
func TestIssuersShareTheirKeys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const public = "https://peakseat.example"
	if _, err := certification.OpenIssuer(dir, public, false); err == nil {
		t.Fatal("it opened without keys that it may not make")
	}
	issuers := make([]*certification.Issuer, 4)
	var g sync.WaitGroup
	for n := range issuers {
		g.Go(func() {
			var err error
			if issuers[n], err = certification.OpenIssuer(dir, public, true); err != nil {
				t.Error(err)
			}
		})
	}
	g.Wait()
	if t.Failed() {
		return
	}
	if err := issuers[0].Rotate(); err != nil {
		t.Fatal(err)
	}
	again, err := certification.OpenIssuer(dir, public, false)
	if err != nil {
		t.Fatal(err)
	}
	old, err := issuers[1].Keys()
	if err != nil || len(old) != 1 {
		t.Fatalf("%d keys before the rotation: %v", len(old), err)
	}
	now, err := again.Keys()
	if err != nil || len(now) != 2 {
		t.Fatalf("%d keys after the rotation: %v", len(now), err)
	}
	for id := range old {
		if now[id] == nil {
			t.Errorf("the old key %s is not published any more", id)
		}
	}
}

// A new key is published before it signs; what an older one signed verifies after the rotation, and after the older one's
// private half is destroyed.
func TestRotatedKeysStayGood(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	issuer, err := certification.OpenIssuer(dir, "https://peakseat.example", true)
	if err != nil {
		t.Fatal(err)
	}
	list := func(i *certification.Issuer) []certification.IssuerKey {
		t.Helper()
		keys, err := i.List()
		if err != nil {
			t.Fatal(err)
		}
		return keys
	}
	first := list(issuer)[0]
	if err := issuer.Rotate(); err != nil {
		t.Fatal(err)
	}
	if keys := list(issuer); len(keys) != 2 || !keys[0].Signs || keys[1].Signs {
		t.Fatalf("just rotated: %+v", keys)
	}
	for n, refused := range map[int]string{0: "signs", 1: "will sign"} {
		if err := issuer.Retire(list(issuer)[n].ID); !errors.Is(err, certification.ErrSigningKey) {
			t.Errorf("retiring the key that %s: %v", refused, err)
		}
	}
	if err := issuer.Retire("none"); !errors.Is(err, certification.ErrUnknownKey) {
		t.Errorf("retiring no key: %v", err)
	}
	aMinuteOld(t, dir)
	later, err := certification.OpenIssuer(dir, "https://peakseat.example", false)
	if err != nil {
		t.Fatal(err)
	}
	if keys := list(later); keys[0].Signs || !keys[1].Signs {
		t.Fatalf("a minute later: %+v", keys)
	}
	if err := later.Retire(first.ID); err != nil {
		t.Fatal(err)
	}
	if err := later.Retire(first.ID); err != nil {
		t.Errorf("retiring it again: %v", err)
	}
	if keys := list(later); keys[0].ID != first.ID || keys[0].Private {
		t.Errorf("retired: %+v", keys)
	}
	content, err := os.ReadFile(filepath.Join(dir, "credential-000001.pem"))
	if err != nil || strings.Contains(string(content), "PRIVATE") {
		t.Errorf("the private half is there still (%v)", err)
	}
	published, err := later.Keys()
	if err != nil || len(published) != 2 {
		t.Errorf("%d keys are published: %v", len(published), err)
	}
}

// aMinuteOld makes all keys as old as a key is before it signs.
func aMinuteOld(t *testing.T, dir string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "credential-*.pem"))
	if err != nil {
		t.Fatal(err)
	}
	then := clock.Now().Add(-certification.PublishedFirst)
	for _, path := range paths {
		if err := os.Chtimes(path, then, then); err != nil {
			t.Fatal(err)
		}
	}
}
