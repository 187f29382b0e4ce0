package certification_test

import (
	"sync"
	"testing"

	"peakseat/certification"
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
