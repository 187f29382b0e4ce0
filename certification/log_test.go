package certification_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"peakseat/certification"
	"peakseat/certification/translog"
)

// Whoever kept a checkpoint can tell that the log was only added to, and that each leaf is in it.
func TestLogProvesWhatHappened(t *testing.T) {
	t.Parallel()
	b := open(t)
	c := b.issue(t)
	key := strings.TrimSpace(string(b.read(t, "/.well-known/credential-log/key", 200)))
	origin, _, _ := strings.Cut(key, "+")
	head := func() translog.Checkpoint {
		t.Helper()
		now, err := translog.Open(string(b.read(t, "/.well-known/credential-log/checkpoint", 200)), origin, key)
		if err != nil {
			t.Fatal(err)
		}
		return now
	}
	before := head()
	b.second.Post(t, "/credentials/"+c.Text("id")+"/suspension", why("cheating")).Want(t, 200)
	request := b.first.Post(t, "/credentials/"+c.Text("id")+"/revocation-requests", why("cheating")).Want(t, 201).Text("id")
	b.second.Post(t, "/revocation-requests/"+request+"/confirmation", nil).Want(t, 200)
	now := head()
	if before.Size != 1 || now.Size != 3 {
		t.Fatalf("the log grew from %d to %d", before.Size, now.Size)
	}
	if err := translog.CheckConsistency(b.proof(t, "consistency?first=1").hashes, before, now); err != nil {
		t.Error(err)
	}
	for i, kind := range []string{"issued", "suspended", "revoked"} {
		p := b.proof(t, fmt.Sprintf("inclusion?index=%d", i))
		leaf, err := base64.StdEncoding.DecodeString(p.Raw)
		if err != nil {
			t.Fatal(err)
		}
		if err := translog.CheckInclusion(p.hashes, now, int64(i), leaf); err != nil || p.Leaf.Kind != kind {
			t.Errorf("leaf %d is %s: %v", i, p.Leaf.Kind, err)
		}
		if strings.Contains(string(leaf), c.Text("id")) || strings.Contains(string(leaf), c.Text("public_id")) || strings.Contains(string(leaf), b.agent.AccountID.String()) {
			t.Errorf("the log tells whose it is: %s", leaf)
		}
	}
	for _, absent := range []string{"inclusion?index=3", "inclusion?index=-1", "inclusion?index=0&size=4", "consistency?first=0", "consistency?first=4", "inclusion?index=x"} {
		b.read(t, "/.well-known/credential-log/"+absent, 404)
	}
}

type proof struct {
	certification.Proof
	hashes []translog.Hash
}

func (b *board) proof(t *testing.T, of string) (p proof) {
	t.Helper()
	if err := json.Unmarshal(b.read(t, "/.well-known/credential-log/"+of, 200), &p.Proof); err != nil {
		t.Fatal(err)
	}
	for _, text := range p.Hashes {
		hash, err := tlog.ParseHash(text)
		if err != nil {
			t.Fatal(err)
		}
		p.hashes = append(p.hashes, hash)
	}
	return p
}

func read(t *testing.T, address string, status int) []byte {
	t.Helper()
	r, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	content, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	if r.StatusCode != status {
		t.Fatalf("%s answered %d: %s", address, r.StatusCode, content)
	}
	return content
}
