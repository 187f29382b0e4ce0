package auth_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"peakseat/internal/auth"
)

const (
	issuer   = "https://peakseat.test"
	audience = "peakseat-api"
)

func TestATokenCarriesItsActor(t *testing.T) {
	t.Parallel()
	tokens, _ := newTokens(t)
	for _, actor := range []auth.Actor{
		{AccountID: uuid.New(), Role: auth.Agent, SessionID: uuid.New(), Scopes: []string{}},
		{AccountID: uuid.New(), Role: auth.Booker, OrganisationID: uuid.New(), SessionID: uuid.New(), Scopes: []string{}},
		{AccountID: uuid.New(), Role: auth.Operator, OrganisationID: uuid.New(), SessionID: uuid.New(), Scopes: []string{"a:read", "b:write"}},
	} {
		raw, expires, err := tokens.Issue(actor, auth.DefaultTokenTTL)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tokens.Verify(raw)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(actor, got.Actor); diff != "" {
			t.Errorf("actor (-issued +verified):\n%s", diff)
		}
		if !got.ExpiresAt.Equal(expires) || got.ExpiresAt.Sub(got.IssuedAt) != auth.DefaultTokenTTL {
			t.Errorf("issued %v, expires %v, promised %v", got.IssuedAt, got.ExpiresAt, expires)
		}
	}
}

func TestNoTokenForHalfAnActor(t *testing.T) {
	t.Parallel()
	tokens, _ := newTokens(t)
	for name, spoil := range map[string]func(*auth.Actor){
		"no account":                      func(a *auth.Actor) { a.AccountID = uuid.Nil },
		"no session":                      func(a *auth.Actor) { a.SessionID = uuid.Nil },
		"no role":                         func(a *auth.Actor) { a.Role = "" },
		"an unknown role":                 func(a *auth.Actor) { a.Role = "root" },
		"a merchant without organisation": func(a *auth.Actor) { a.OrganisationID = uuid.Nil },
	} {
		actor := someOwner()
		spoil(&actor)
		if raw, _, err := tokens.Issue(actor, time.Minute); err == nil {
			t.Errorf("%s: issued %s", name, raw)
		}
	}
	if _, _, err := tokens.Issue(someOwner(), 0); err == nil {
		t.Error("issued a token that never lived")
	}
}

// TestForgedTokensAreRefused tries what careless parsers accept. Each case starts from a good token of ours and changes
// one thing; the first shows that the unchanged one passes, so that no case fails for another reason.
func TestForgedTokensAreRefused(t *testing.T) {
	t.Parallel()
	tokens, path := newTokens(t)
	private := readPrivateKey(t, path)
	public, ok := private.Public().(ed25519.PublicKey)
	if !ok {
		t.Fatal("no public key")
	}
	spki, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	kid := tokenKeyID(t, tokens)
	_, foreign, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Unix()
	goodHeader := map[string]any{"kid": kid, "typ": "at+jwt"}
	goodClaims := jwt.MapClaims{
		"iss": issuer, "aud": []string{audience}, "sub": uuid.NewString(), "sid": uuid.NewString(), "org": uuid.NewString(),
		"role": "owner", "iat": now, "exp": now + 600,
	}
	eddsa := jwt.SigningMethodEdDSA
	jwt.RegisterSigningMethod(laxMethod{}.Alg(), func() jwt.SigningMethod { return laxMethod{} })

	for name, tc := range map[string]struct {
		method jwt.SigningMethod
		key    any
		header map[string]any // merged over the good one; nil deletes
		claims jwt.MapClaims  // merged over the good ones; nil deletes
		edit   func(string) string
		want   error // nil: accepted
	}{
		"the good token":                            {eddsa, private, nil, nil, nil, nil},
		"alg none":                                  {jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil, nil, nil, auth.ErrInvalidToken},
		"alg None in another case":                  {eddsa, private, map[string]any{"alg": "nOnE"}, nil, nil, auth.ErrInvalidToken},
		"alg none, signature cut off":               {eddsa, private, map[string]any{"alg": "none"}, nil, cutSignature, auth.ErrInvalidToken},
		"signature cut off":                         {eddsa, private, nil, nil, cutSignature, auth.ErrInvalidToken},
		"HS256 with the raw public key":             {jwt.SigningMethodHS256, []byte(public), nil, nil, nil, auth.ErrInvalidToken},
		"HS256 with the public key in DER":          {jwt.SigningMethodHS256, spki, nil, nil, nil, auth.ErrInvalidToken},
		"HS256 with the public key in PEM":          {jwt.SigningMethodHS256, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki}), nil, nil, nil, auth.ErrInvalidToken},
		"HS256 with the public key as in JWKS":      {jwt.SigningMethodHS256, []byte(base64.RawURLEncoding.EncodeToString(public)), nil, nil, nil, auth.ErrInvalidToken},
		"HS256 relabelled EdDSA":                    {jwt.SigningMethodHS256, []byte(public), map[string]any{"alg": "EdDSA"}, nil, nil, auth.ErrInvalidToken},
		"another method, which the parser knows":    {laxMethod{}, private, nil, nil, nil, auth.ErrInvalidToken},
		"another key under our key id":              {eddsa, foreign, nil, nil, nil, auth.ErrInvalidToken},
		"an unknown key id":                         {eddsa, private, map[string]any{"kid": "unknown"}, nil, nil, auth.ErrInvalidToken},
		"a key id that is a path":                   {eddsa, private, map[string]any{"kid": "../../etc/passwd"}, nil, nil, auth.ErrInvalidToken},
		"a key id that is a number":                 {eddsa, private, map[string]any{"kid": 7}, nil, nil, auth.ErrInvalidToken},
		"no key id":                                 {eddsa, private, map[string]any{"kid": nil}, nil, nil, auth.ErrInvalidToken},
		"a key brought along (jwk)":                 {eddsa, foreign, map[string]any{"jwk": map[string]any{"kty": "OKP"}}, nil, nil, auth.ErrInvalidToken},
		"another kind of token":                     {eddsa, private, map[string]any{"typ": "JWT"}, nil, nil, auth.ErrInvalidToken},
		"no kind of token":                          {eddsa, private, map[string]any{"typ": nil}, nil, nil, auth.ErrInvalidToken},
		"another audience":                          {eddsa, private, nil, jwt.MapClaims{"aud": "badges"}, nil, auth.ErrInvalidToken},
		"no audience":                               {eddsa, private, nil, jwt.MapClaims{"aud": nil}, nil, auth.ErrInvalidToken},
		"an empty audience":                         {eddsa, private, nil, jwt.MapClaims{"aud": []string{}}, nil, auth.ErrInvalidToken},
		"another issuer":                            {eddsa, private, nil, jwt.MapClaims{"iss": "https://evil.test"}, nil, auth.ErrInvalidToken},
		"no issuer":                                 {eddsa, private, nil, jwt.MapClaims{"iss": nil}, nil, auth.ErrInvalidToken},
		"no expiry":                                 {eddsa, private, nil, jwt.MapClaims{"exp": nil}, nil, auth.ErrInvalidToken},
		"expiry as text":                            {eddsa, private, nil, jwt.MapClaims{"exp": "tomorrow"}, nil, auth.ErrInvalidToken},
		"expired":                                   {eddsa, private, nil, jwt.MapClaims{"exp": now - 1}, nil, auth.ErrExpiredToken},
		"expired and of another audience":           {eddsa, private, nil, jwt.MapClaims{"exp": now - 1, "aud": "badges"}, nil, auth.ErrInvalidToken},
		"expired and signed by another":             {eddsa, foreign, nil, jwt.MapClaims{"exp": now - 1}, nil, auth.ErrInvalidToken},
		"expired and without a role":                {eddsa, private, nil, jwt.MapClaims{"exp": now - 1, "role": ""}, nil, auth.ErrInvalidToken},
		"not yet valid":                             {eddsa, private, nil, jwt.MapClaims{"nbf": now + 300}, nil, auth.ErrInvalidToken},
		"no time of issue":                          {eddsa, private, nil, jwt.MapClaims{"iat": nil}, nil, auth.ErrInvalidToken},
		"no account":                                {eddsa, private, nil, jwt.MapClaims{"sub": nil}, nil, auth.ErrInvalidToken},
		"an account that is no id":                  {eddsa, private, nil, jwt.MapClaims{"sub": "1 or 1=1"}, nil, auth.ErrInvalidToken},
		"no session":                                {eddsa, private, nil, jwt.MapClaims{"sid": nil}, nil, auth.ErrInvalidToken},
		"a session that is no id":                   {eddsa, private, nil, jwt.MapClaims{"sid": "x"}, nil, auth.ErrInvalidToken},
		"no role":                                   {eddsa, private, nil, jwt.MapClaims{"role": nil}, nil, auth.ErrInvalidToken},
		"an unknown role":                           {eddsa, private, nil, jwt.MapClaims{"role": "root"}, nil, auth.ErrInvalidToken},
		"a merchant without an organisation":        {eddsa, private, nil, jwt.MapClaims{"org": nil}, nil, auth.ErrInvalidToken},
		"a role raised after signing":               {eddsa, private, nil, nil, editClaims(t, "role", "operator"), auth.ErrInvalidToken},
		"an expiry extended after signing":          {eddsa, private, nil, nil, editClaims(t, "exp", now+86400), auth.ErrInvalidToken},
		"a fourth segment":                          {eddsa, private, nil, nil, func(s string) string { return s + ".x" }, auth.ErrInvalidToken},
		"padding":                                   {eddsa, private, nil, nil, func(s string) string { return s + "==" }, auth.ErrInvalidToken},
		"a line break":                              {eddsa, private, nil, nil, func(s string) string { return s + "\n" }, auth.ErrInvalidToken},
		"nothing":                                   {eddsa, private, nil, nil, func(string) string { return "" }, auth.ErrInvalidToken},
		"two dots":                                  {eddsa, private, nil, nil, func(string) string { return ".." }, auth.ErrInvalidToken},
		"a token too long to be one of ours":        {eddsa, private, nil, jwt.MapClaims{"scope": strings.Repeat("a ", 4096)}, nil, auth.ErrInvalidToken},
		"unused bits of the last character changed": {eddsa, private, nil, nil, flipUnusedBits, auth.ErrInvalidToken},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			token := jwt.NewWithClaims(tc.method, jwt.MapClaims(merged(goodClaims, tc.claims)))
			token.Header = merged(token.Header, goodHeader)
			token.Header = merged(token.Header, tc.header)
			raw, err := token.SignedString(tc.key)
			if err != nil {
				t.Fatal(err)
			}
			if tc.edit != nil {
				raw = tc.edit(raw)
			}
			got, err := tokens.Verify(raw)
			if !errors.Is(err, tc.want) {
				t.Errorf("Verify = %+v, %v, want %v", got, err, tc.want)
			}
			if tc.want != nil && (got.Actor.AccountID != uuid.Nil || got.Actor.Role != "") {
				t.Errorf("a refused token gave an actor: %+v", got.Actor)
			}
		})
	}
}

func TestATamperedTokenIsRefusedWhereverItIsTouched(t *testing.T) {
	t.Parallel()
	tokens, _ := newTokens(t)
	raw, _, err := tokens.Issue(someOwner(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(raw)-1).Draw(t, "at")
		to := rapid.Byte().Filter(func(b byte) bool { return b != raw[at] }).Draw(t, "to")
		changed := []byte(raw)
		changed[at] = to
		if _, err := tokens.Verify(string(changed)); !errors.Is(err, auth.ErrInvalidToken) {
			t.Fatalf("byte %d changed to %q: %v", at, to, err)
		}
	})
}

func TestATokenDiesAtItsExpiry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tokens, _ := newTokens(t)
		short, _, err := tokens.Issue(someOwner(), auth.DefaultTokenTTL)
		if err != nil {
			t.Fatal(err)
		}
		long, _, err := tokens.Issue(someOwner(), auth.SeedTokenTTL)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(auth.DefaultTokenTTL - time.Second)
		if _, err := tokens.Verify(short); err != nil {
			t.Errorf("a second before its expiry: %v", err)
		}
		time.Sleep(time.Second)
		if _, err := tokens.Verify(short); !errors.Is(err, auth.ErrExpiredToken) {
			t.Errorf("at its expiry: %v, want ErrExpiredToken", err)
		}
		if _, err := tokens.Verify(long); err != nil {
			t.Errorf("a token of 12 hours: %v", err)
		}
	})
}

func TestTokensNeedIssuerAndAudience(t *testing.T) {
	t.Parallel()
	keys, err := auth.OpenKeys(t.TempDir(), true)
	if err != nil {
		t.Fatal(err)
	}
	for _, pair := range [][2]string{{"", audience}, {issuer, ""}} {
		if _, err := auth.NewTokens(keys, pair[0], pair[1]); err == nil {
			t.Errorf("NewTokens(%q, %q) does not check what it is not given", pair[0], pair[1])
		}
	}
}

func TestARememberedTokenIsNoBetterThanACheckedOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		keys, tokens := openTokens(t, t.TempDir())
		actor := someOwner()
		actor.Scopes = []string{"bookings:read"}
		raw, _, err := tokens.Issue(actor, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			got, failed := tokens.Verify(raw)
			if failed != nil {
				t.Fatal(failed)
			}
			if diff := cmp.Diff(actor, got.Actor); diff != "" {
				t.Fatalf("actor (-issued +verified):\n%s", diff)
			}
			got.Actor.Scopes[0] = "everything"
		}
		for _, other := range []string{raw + "\n", "\n" + raw, raw + "A", raw[:len(raw)-1], cutSignature(raw)} {
			if _, err = tokens.Verify(other); !errors.Is(err, auth.ErrInvalidToken) {
				t.Errorf("%q after the good one: %v, want ErrInvalidToken", other[len(other)-8:], err)
			}
		}
		old := keys.SigningKeyID()
		if _, err = keys.Rotate(); err != nil {
			t.Fatal(err)
		}
		if _, err = tokens.Verify(raw); err != nil {
			t.Errorf("after a rotation: %v", err)
		}
		if err = keys.Retire(old); err != nil {
			t.Fatal(err)
		}
		if _, err = tokens.Verify(raw); !errors.Is(err, auth.ErrInvalidToken) {
			t.Errorf("after its key was retired: %v, want ErrInvalidToken", err)
		}
		short, _, err := tokens.Issue(actor, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tokens.Verify(short); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if _, err := tokens.Verify(short); !errors.Is(err, auth.ErrExpiredToken) {
			t.Errorf("after its expiry: %v, want ErrExpiredToken", err)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	keys, err := auth.OpenKeys(b.TempDir(), true)
	if err != nil {
		b.Fatal(err)
	}
	tokens, err := auth.NewTokens(keys, issuer, audience)
	if err != nil {
		b.Fatal(err)
	}
	many := make([]string, 100_000)
	for i := range many {
		if many[i], _, err = tokens.Issue(someOwner(), time.Hour); err != nil {
			b.Fatal(err)
		}
	}
	for name, of := range map[string]int{"first": len(many), "again": 1000} {
		b.Run(name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				if _, err := tokens.Verify(many[i%of]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// newTokens returns tokens under a fresh key and the path of that key's file.
func newTokens(t *testing.T) (*auth.Tokens, string) {
	t.Helper()
	dir := t.TempDir()
	keys, err := auth.OpenKeys(dir, true)
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := auth.NewTokens(keys, issuer, audience)
	if err != nil {
		t.Fatal(err)
	}
	return tokens, onlyKeyFile(t, dir)
}

func someOwner() auth.Actor {
	return auth.Actor{AccountID: uuid.New(), Role: auth.Owner, OrganisationID: uuid.New(), SessionID: uuid.New()}
}

func onlyKeyFile(t *testing.T, dir string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "access-*.pem"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("key files: %v, %v, want one", paths, err)
	}
	return paths[0]
}

func readPrivateKey(t *testing.T, path string) ed25519.PrivateKey {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(content)
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		t.Fatalf("%s holds a %T", path, parsed)
	}
	return key
}

func tokenKeyID(t *testing.T, tokens *auth.Tokens) string {
	t.Helper()
	raw, _, err := tokens.Issue(someOwner(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := jwt.NewParser().ParseUnverified(raw, jwt.MapClaims{})
	if err != nil {
		t.Fatal(err)
	}
	kid, ok := token.Header["kid"].(string)
	if !ok {
		t.Fatal("a token without a key id")
	}
	return kid
}

func merged(base, over map[string]any) map[string]any {
	out := maps.Clone(base)
	for key, value := range over {
		if value == nil {
			delete(out, key)
			continue
		}
		out[key] = value
	}
	return out
}

// laxMethod is a method that a library brings along one day and that accepts every signature.
type laxMethod struct{}

func (laxMethod) Alg() string                      { return "LAX" }
func (laxMethod) Sign(string, any) ([]byte, error) { return []byte("signed"), nil }
func (laxMethod) Verify(string, []byte, any) error { return nil }

func cutSignature(raw string) string { return raw[:strings.LastIndex(raw, ".")+1] }

// flipUnusedBits changes the last character of the signature so that a lax decoder reads the same bytes: 64 bytes leave
// four bits of it unused.
func flipUnusedBits(raw string) string {
	alphabet := "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, raw[len(raw)-1])
	return raw[:len(raw)-1] + string(alphabet[last|1])
}

func editClaims(t *testing.T, name string, value any) func(string) string {
	t.Helper()
	return func(raw string) string {
		parts := strings.Split(raw, ".")
		decoded, err := base64.RawURLEncoding.DecodeString(parts[1])
		if err != nil {
			t.Fatal(err)
		}
		var claims map[string]any
		if err = json.Unmarshal(decoded, &claims); err != nil {
			t.Fatal(err)
		}
		claims[name] = value
		encoded, err := json.Marshal(claims)
		if err != nil {
			t.Fatal(err)
		}
		parts[1] = base64.RawURLEncoding.EncodeToString(encoded)
		return strings.Join(slices.Clone(parts), ".")
	}
}
