package main

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"peakseat/certification/badge"
	"peakseat/internal/clock"
)

// A file is checked without a server, and one changed byte is noticed.
func TestVerifyCredentialNeedsNoServer(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	const issuer = "https://peakseat.example/.well-known/issuer.json"
	signer := badge.Signer{KeyID: "https://peakseat.example/key", Key: key}
	now := clock.Now()
	token, err := signer.Sign(badge.Credential{
		ID: "https://peakseat.example/credentials/a", Name: "售前客服", Issuer: badge.Profile{ID: issuer}, ValidFrom: now.Add(-time.Hour), ValidUntil: now.AddDate(1, 0, 0),
		Subject: badge.Subject{ID: "urn:uuid:6f1c3a52-6f5f-4c31-9f08-ad61f2a0a8c5"},
		Status:  []badge.StatusEntry{badge.Entry(badge.Revocation, "https://peakseat.example/r", 5), badge.Entry(badge.Suspension, "https://peakseat.example/s", 5)},
	}.Complete())
	if err != nil {
		t.Fatal(err)
	}
	list := func(at string, purpose badge.Purpose, set ...int) string {
		bits := badge.NewBits()
		for _, i := range set {
			bits.Set(i)
		}
		signed, err := signer.SignList(issuer, at, purpose, bits, clock.Now(), now.AddDate(0, 0, 30), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	set, err := badge.Keys{signer.KeyID: &key.PublicKey}.JWKS()
	if err != nil {
		t.Fatal(err)
	}
	file := badge.File{Credential: token, Status: []string{list("https://peakseat.example/r", badge.Revocation), list("https://peakseat.example/s", badge.Suspension)}, Keys: set}
	encode := func(f badge.File) []byte {
		content, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	changed := file
	changed.Credential = token[:200] + string(token[200]^1) + token[201:]
	revoked := file
	revoked.Status = []string{list("https://peakseat.example/r", badge.Revocation, 5), file.Status[1]}
	keys := write("keys.json", set)
	good := write("good.json", encode(file))
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"good":               {[]string{good, "--keys", keys}, 0, "valid\n"},
		"good, as JSON":      {[]string{good, "--keys", keys, "--json"}, 0, `"state":"valid"`},
		"keys of the file":   {[]string{good}, 1, "The keys came with the file"},
		"another issuer":     {[]string{good, "--keys", keys, "--issuer", "https://other.example"}, 1, "unknown\n"},
		"one changed byte":   {[]string{write("changed.json", encode(changed)), "--keys", keys}, 1, "unknown\n"},
		"revoked":            {[]string{write("revoked.json", encode(revoked)), "--keys", keys}, 1, "revoked\n"},
		"a bare token":       {[]string{write("bare.jwt", []byte(token)), "--keys", keys}, 1, "status unknown"},
		"with newer lists":   {[]string{write("bare2.jwt", []byte(token)), "--keys", keys, "--status", write("r.jwt", []byte(file.Status[0])), "--status", write("s.jwt", []byte(file.Status[1]))}, 0, "valid\n"},
		"no credential file": {[]string{write("text", []byte("hello")), "--keys", keys}, 2, ""},
	} {
		var out, log strings.Builder
		if code := run(t.Context(), append([]string{"verify-credential"}, c.args...), &out, &log); code != c.code || !strings.Contains(out.String(), c.says) {
			t.Errorf("%s: exit %d, want %d: %s%s", name, code, c.code, out.String(), log.String())
		}
	}
}
