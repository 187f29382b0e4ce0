package certification_test

import (
	"bytes"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"peakseat/certification/badge"
)

const verifiers = "../test/verifiers"

// asked is a credential as others' verifiers get it.
type asked struct {
	Name       string   `json:"name"`
	Credential string   `json:"credential"`
	Status     []string `json:"status"`
}

// told is what the two say of it.
type told struct {
	Signature  string `json:"signature"`
	Credential string `json:"credential"`
}

// Two verifiers that others wrote, npm jose for the signature and VC 2.0 libraries for the credential with its status,
// accept what is issued, and refuse it after each of twelve changes. So does our own.
func TestOthersVerifyWhatIsIssued(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(verifiers + "/node_modules"); err != nil {
		t.Skip("others' verifiers are not installed: npm ci --ignore-scripts in test/verifiers")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("no node to run others' verifiers")
	}
	b := open(t)
	issuer := b.App.Certification.Issuer
	good := b.issue(t)
	if err := issuer.Rotate(); err != nil { // a second published key
		t.Fatal(err)
	}
	file := func() (f badge.File) {
		t.Helper()
		b.agent.Get(t, "/credentials/"+good.Text("id")+"/file").Want(t, 200).Into(t, &f)
		return f
	}
	first := file()
	cases := []asked{{"as issued", first.Credential, first.Status}}
	mutations := mutate(t, b, first.Credential)
	for _, name := range slices.Sorted(maps.Keys(mutations)) {
		cases = append(cases, asked{name, mutations[name], first.Status})
	}
	b.second.Post(t, "/credentials/"+good.Text("id")+"/suspension", why("other")).Want(t, 200)
	cases = append(cases, asked{"suspended", first.Credential, file().Status})
	request := b.first.Post(t, "/credentials/"+good.Text("id")+"/revocation-requests", why("other")).Want(t, 201).Text("id")
	b.second.Post(t, "/revocation-requests/"+request+"/confirmation", nil).Want(t, 200)
	cases = append(cases, asked{"revoked", first.Credential, file().Status})

	answers := ask(t, b, issuer.Profile().ID, cases)
	published, err := issuer.Keys()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		got := answers[c.Name]
		ours := published.Verify(c.Credential, issuer.Profile().ID, c.Status, b.Now(t)).State
		switch c.Name {
		case "as issued":
			if got != (told{"verified", "verified"}) || ours != badge.Valid {
				t.Errorf("%s: %+v, and we say %s", c.Name, got, ours)
			}
		case "suspended", "revoked": // a signature says nothing of what came later
			purpose := map[string]string{"suspended": "refused: status: suspension", "revoked": "refused: status: revocation"}[c.Name]
			if got.Signature != "verified" || !strings.HasPrefix(got.Credential, purpose) || string(ours) != c.Name {
				t.Errorf("%s: %+v, and we say %s", c.Name, got, ours)
			}
		default:
			if !strings.HasPrefix(got.Signature, "refused: ") || !strings.HasPrefix(got.Credential, "refused: ") || ours != badge.Unknown {
				t.Errorf("%s: %+v, and we say %s", c.Name, got, ours)
			}
		}
		t.Logf("%-32s jose: %s; credential: %s", c.Name, got.Signature, got.Credential)
	}
	if len(mutations) != 12 {
		t.Errorf("%d mutations", len(mutations))
	}
}

func ask(t *testing.T, b *board, issuer string, cases []asked) (answers map[string]told) {
	t.Helper()
	question, err := json.Marshal(map[string]any{
		"issuer": issuer, "jwks": json.RawMessage(b.read(t, "/.well-known/credential-keys.json", 200)), "cases": cases,
	})
	if err != nil {
		t.Fatal(err)
	}
	node := exec.CommandContext(t.Context(), "node", "verify.mjs")
	node.Dir, node.Stdin = verifiers, bytes.NewReader(question)
	var said bytes.Buffer
	node.Stderr = &said
	out, err := node.Output()
	if err != nil {
		t.Fatalf("node: %v: %s", err, said.Bytes())
	}
	if err := json.Unmarshal(out, &answers); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return answers
}

// mutate changes a credential in twelve ways.
func mutate(t *testing.T, b *board, token string) map[string]string {
	t.Helper()
	parts := strings.Split(token, ".")
	header, payload := decoded(t, parts[0]), decoded(t, parts[1])
	claims := func(change func(c map[string]any)) string {
		c := maps.Clone(decoded(t, parts[1]))
		change(c)
		return parts[0] + "." + encoded(t, c) + "." + parts[2]
	}
	within := func(c map[string]any, path ...string) map[string]any {
		t.Helper()
		for _, step := range path {
			next, ok := c[step].(map[string]any)
			if !ok {
				t.Fatalf("the credential has no %v", path)
			}
			c = next
		}
		return c
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	signature[100] ^= 1
	headed := func(change map[string]any) string {
		h := maps.Clone(header)
		maps.Copy(h, change)
		return encoded(t, h)
	}
	keys := publishedKeys(t, b)
	kid, _ := header["kid"].(string)
	var other string
	for id := range keys {
		if id != kid {
			other = id
		}
	}
	der, err := x509.MarshalPKIXPublicKey(keys[kid])
	if err != nil {
		t.Fatal(err)
	}
	symmetric := headed(map[string]any{"alg": "HS256"}) + "." + parts[1]
	mac := hmac.New(sha256.New, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	mac.Write([]byte(symmetric))
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	foreign := headed(map[string]any{"jwk": map[string]any{
		"kty": "RSA", "n": base64.RawURLEncoding.EncodeToString(stranger.N.Bytes()), "e": "AQAB",
	}}) + "." + encoded(t, payload)
	digest := sha256.Sum256([]byte(foreign))
	signed, err := rsa.SignPKCS1v15(rand.Reader, stranger, crypto.SHA256, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"another achievement": claims(func(c map[string]any) { within(c, "credentialSubject", "achievement")["name"] = "金牌客服" }),
		"a later end":         claims(func(c map[string]any) { c["validUntil"], c["exp"] = "2099-01-01T00:00:00Z", 4070908800 }),
		"another holder": claims(func(c map[string]any) {
			c["sub"], within(c, "credentialSubject")["id"] = "urn:uuid:00000000-0000-4000-8000-000000000000", "urn:uuid:00000000-0000-4000-8000-000000000000"
		}),
		"another issuer": claims(func(c map[string]any) {
			c["iss"], within(c, "issuer")["id"] = "https://other.example/issuer", "https://other.example/issuer"
		}),
		"one more tag": claims(func(c map[string]any) {
			within(c, "credentialSubject", "achievement")["tag"] = []string{"function/complaint"}
		}),
		"no status": claims(func(c map[string]any) { delete(c, "credentialStatus") }),
		"another bit": claims(func(c map[string]any) {
			entries, _ := c["credentialStatus"].([]any)
			entry, _ := entries[0].(map[string]any)
			entry["statusListIndex"] = "1"
		}),
		"one bit of the signature":        parts[0] + "." + parts[1] + "." + base64.RawURLEncoding.EncodeToString(signature),
		"no algorithm":                    headed(map[string]any{"alg": "none"}) + "." + parts[1] + ".",
		"the public key as a secret":      symmetric + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)),
		"a stranger's key in the header":  foreign + "." + base64.RawURLEncoding.EncodeToString(signed),
		"the name of another of our keys": headed(map[string]any{"kid": other}) + "." + parts[1] + "." + parts[2],
	}
}

func publishedKeys(t *testing.T, b *board) badge.Keys {
	t.Helper()
	keys, err := badge.ParseJWKS(b.read(t, "/.well-known/credential-keys.json", 200))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func decoded(t *testing.T, part string) (object map[string]any) {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &object); err != nil {
		t.Fatal(err)
	}
	return object
}

func encoded(t *testing.T, object map[string]any) string {
	t.Helper()
	raw, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}
