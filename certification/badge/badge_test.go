package badge_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"peakseat/certification/badge"
)

const (
	issuer     = "https://peakseat.example/.well-known/issuer.json"
	revokedAt  = "https://peakseat.example/.well-known/status/revocation/1"
	suspendsAt = "https://peakseat.example/.well-known/status/suspension/1"
	index      = 94_567
)

// The keys take a second to make; every test may share them, for nothing changes them.
var theKeys = sync.OnceValue(func() (keys [2]badge.Signer) {
	for i := range keys {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		keys[i] = badge.Signer{KeyID: "https://peakseat.example/.well-known/credential-keys/" + badge.Thumbprint(&key.PublicKey), Key: key}
	}
	return keys
})

func day(n int) time.Time { return time.Date(2026, 11, 1, 8, 30, 0, 0, time.UTC).AddDate(0, 0, n) }

func published(signers ...badge.Signer) badge.Keys {
	keys := badge.Keys{}
	for _, s := range signers {
		keys[s.KeyID] = &s.Key.PublicKey
	}
	return keys
}

func credential() badge.Credential {
	return badge.Credential{
		ID: "https://peakseat.example/credentials/nV5eJ8TtQ1uYk0H2w7xZBA", Name: "售前客服 / Pre-sale agent",
		Issuer:    badge.Profile{ID: issuer, Name: "PeakSeat 峰席", URL: "https://peakseat.example"},
		ValidFrom: day(0), ValidUntil: day(365),
		Subject: badge.Subject{ID: "urn:uuid:6f1c3a52-6f5f-4c31-9f08-ad61f2a0a8c5", Achievement: badge.Achievement{
			ID: "https://peakseat.example/templates/presale/1", Name: "售前客服 / Pre-sale agent", Description: "…", Criteria: badge.Criteria{Narrative: "…"},
		}},
		Status: []badge.StatusEntry{badge.Entry(badge.Revocation, revokedAt, index), badge.Entry(badge.Suspension, suspendsAt, index)},
	}.Complete()
}

func sign(t *testing.T, s badge.Signer, c badge.Credential) string {
	t.Helper()
	token, err := s.Sign(c)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// lists are the two lists as they stood on a day.
func lists(t *testing.T, s badge.Signer, at int, revoked, suspended []int) []string {
	t.Helper()
	var signed []string
	for _, l := range []struct {
		address string
		purpose badge.Purpose
		set     []int
	}{{revokedAt, badge.Revocation, revoked}, {suspendsAt, badge.Suspension, suspended}} {
		bits := badge.NewBits()
		for _, i := range l.set {
			bits.Set(i)
		}
		token, err := s.SignList(issuer, l.address, l.purpose, bits, day(at), day(at+30), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		signed = append(signed, token)
	}
	return signed
}

func TestSixStatesAreKeptApart(t *testing.T) {
	t.Parallel()
	s := theKeys()[0]
	token := sign(t, s, credential())
	none, here, next := []int(nil), []int{index}, []int{index - 1, index + 1}
	for name, c := range map[string]struct {
		on                 int
		revoked, suspended []int
		want               badge.State
	}{
		"valid":                        {10, none, none, badge.Valid},
		"neighbours' bits":             {10, next, next, badge.Valid},
		"thirty days before the end":   {335, none, none, badge.Expiring},
		"the end":                      {365, none, none, badge.Expired},
		"suspended":                    {10, none, here, badge.Suspended},
		"suspended and soon at an end": {340, none, here, badge.Suspended},
		"suspended and over":           {370, none, here, badge.Expired},
		"revoked":                      {10, here, none, badge.Revoked},
		"revoked while suspended":      {10, here, here, badge.Revoked},
		"revoked and over":             {370, here, none, badge.Revoked},
		"not begun":                    {-1, none, none, badge.Unknown},
	} {
		v := published(s).Verify(token, issuer, lists(t, s, c.on, c.revoked, c.suspended), day(c.on).Add(time.Hour))
		if name == "the end" || name == "thirty days before the end" { // to the second
			v = published(s).Verify(token, issuer, lists(t, s, c.on, c.revoked, c.suspended), day(c.on))
		}
		if v.State != c.want || (v.Why != nil) != (c.want == badge.Unknown) {
			t.Errorf("%s: %s (%v), want %s", name, v.State, v.Why, c.want)
		}
		if v.State.Good() && !v.StatusAsOf.Equal(day(c.on)) {
			t.Errorf("%s: status as of %v", name, v.StatusAsOf)
		}
	}
	if v := published(s).Verify(token, issuer, lists(t, s, 0, none, none), day(365).Add(-time.Second)); !errors.Is(v.Why, badge.ErrStatusUnknown) {
		t.Errorf("with lists that ended long ago: %s (%v)", v.State, v.Why)
	}
}

// What a lost or foreign list does not say is unknown, and never valid.
func TestStatusMustBeProven(t *testing.T) {
	t.Parallel()
	s, other := theKeys()[0], theKeys()[1]
	token, good := sign(t, s, credential()), lists(t, s, 1, nil, nil)
	swapped, err := s.SignList(issuer, revokedAt, badge.Suspension, badge.NewBits(), day(1), day(30), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for name, given := range map[string][]string{
		"no list":                       nil,
		"only one":                      good[:1],
		"the suspensions only":          good[1:],
		"signed by somebody else":       {lists(t, other, 1, nil, nil)[0], good[1]},
		"of the other purpose":          {swapped, good[1]},
		"credentials in place of lists": {token, token},
	} {
		if v := published(s).Verify(token, issuer, given, day(2)); v.State != badge.Unknown || !errors.Is(v.Why, badge.ErrStatusUnknown) {
			t.Errorf("%s: %s (%v)", name, v.State, v.Why)
		}
	}
	if v := published(s).Verify(token, issuer, lists(t, s, 1, []int{index}, nil)[:1], day(2)); v.State != badge.Revoked {
		t.Errorf("revoked, with no list of suspensions: %s", v.State)
	}
	stale := lists(t, s, 1, nil, nil)
	if v := published(s).Verify(token, issuer, append(stale, lists(t, s, 2, []int{index}, nil)...), day(3)); v.State != badge.Revoked {
		t.Errorf("of an older and a newer list the older counted: %s", v.State)
	}
}

func TestTwelveMutationsAreRefused(t *testing.T) {
	t.Parallel()
	s, other := theKeys()[0], theKeys()[1]
	keys, statuses := published(s), lists(t, s, 1, nil, nil)
	token := sign(t, s, credential())
	parts := strings.Split(token, ".")
	if v := keys.Verify(token, issuer, statuses, day(2)); v.State != badge.Valid {
		t.Fatalf("unchanged it is %s: %v", v.State, v.Why)
	}
	publicPEM, err := x509.MarshalPKIXPublicKey(&s.Key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	// resigned is by the issuer's own key: what is wrong is what it says.
	resigned := func(change func(p map[string]any)) string {
		p := payload(t, token)
		change(p)
		return raw(t, jwt.SigningMethodRS256, s.Key, map[string]any{"kid": s.KeyID}, p)
	}
	// forged keeps the signature.
	forged := func(change func(p map[string]any)) string {
		p := payload(t, token)
		change(p)
		return parts[0] + "." + encoded(t, p) + "." + parts[2]
	}
	statusOf := func(p map[string]any) map[string]any { return p["credentialStatus"].([]any)[0].(map[string]any) }
	subjectOf := func(p map[string]any) map[string]any { return p["credentialSubject"].(map[string]any) }
	for name, changed := range map[string][]string{
		"1 a byte of the header":    everyByte(token, 0, len(parts[0])),
		"2 a byte of the payload":   everyByte(token, len(parts[0])+1, len(parts[0])+1+len(parts[1])),
		"3 a byte of the signature": everyByte(token, len(token)-len(parts[2]), len(token)),
		"4 alg none": {
			raw(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, map[string]any{"kid": s.KeyID}, payload(t, token)),
			encoded(t, map[string]any{"alg": "none", "kid": s.KeyID}) + "." + parts[1] + ".",
			encoded(t, map[string]any{"alg": "None", "kid": s.KeyID}) + "." + parts[1] + "." + parts[2],
		},
		"5 HS256 with the public key": {
			raw(t, jwt.SigningMethodHS256, publicPEM, map[string]any{"kid": s.KeyID}, payload(t, token)),
			raw(t, jwt.SigningMethodHS256, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: publicPEM}), map[string]any{"kid": s.KeyID}, payload(t, token)),
		},
		"6 another key": {
			raw(t, jwt.SigningMethodRS256, other.Key, map[string]any{"kid": s.KeyID}, payload(t, token)),
			raw(t, jwt.SigningMethodRS256, other.Key, map[string]any{"kid": other.KeyID}, payload(t, token)),
			raw(t, jwt.SigningMethodRS256, other.Key, map[string]any{"jwk": keyOf(t, other)}, payload(t, token)),
			raw(t, jwt.SigningMethodRS256, s.Key, map[string]any{}, payload(t, token)),
			raw(t, jwt.SigningMethodPS256, s.Key, map[string]any{"kid": s.KeyID}, payload(t, token)),
			raw(t, jwt.SigningMethodRS512, s.Key, map[string]any{"kid": s.KeyID}, payload(t, token)),
			raw(t, jwt.SigningMethodRS256, s.Key, map[string]any{"kid": s.KeyID, "crit": []string{"b64"}}, payload(t, token)),
		},
		"7 other times in the claims than in the credential": {
			resigned(func(p map[string]any) { p["exp"] = day(999).Unix() }),
			resigned(func(p map[string]any) { p["validUntil"] = day(999) }),
			resigned(func(p map[string]any) { p["nbf"] = day(-9).Unix() }),
			resigned(func(p map[string]any) { delete(p, "exp") }),
			resigned(func(p map[string]any) { delete(p, "nbf") }),
		},
		"8 another subject": {
			forged(func(p map[string]any) {
				p["sub"] = "urn:uuid:00000000-0000-4000-8000-000000000000"
				subjectOf(p)["id"] = p["sub"]
			}),
			resigned(func(p map[string]any) { p["sub"] = "urn:uuid:00000000-0000-4000-8000-000000000000" }),
			resigned(func(p map[string]any) { delete(p, "sub") }),
		},
		"9 another bit": {
			forged(func(p map[string]any) { statusOf(p)["statusListIndex"] = "7" }),
			resigned(func(p map[string]any) { statusOf(p)["statusListIndex"] = "131072" }),
			resigned(func(p map[string]any) { statusOf(p)["statusListIndex"] = "-1" }),
			resigned(func(p map[string]any) { statusOf(p)["statusListIndex"] = "007" }),
			resigned(func(p map[string]any) { statusOf(p)["statusPurpose"] = "suspension" }),
		},
		"10 another issuer": {
			forged(func(p map[string]any) { p["iss"] = "https://other.example" }),
			resigned(func(p map[string]any) { p["iss"] = "https://other.example" }),
			resigned(func(p map[string]any) {
				p["iss"] = "https://other.example"
				p["issuer"].(map[string]any)["id"] = p["iss"]
			}),
		},
		"11 no status": {
			forged(func(p map[string]any) { delete(p, "credentialStatus") }),
			resigned(func(p map[string]any) { delete(p, "credentialStatus") }),
			resigned(func(p map[string]any) { p["credentialStatus"] = []any{p["credentialStatus"].([]any)[0]} }),
		},
		"12 wrapped or spelt otherwise": {
			resigned(func(p map[string]any) {
				vc := maps.Clone(p)
				clear(p)
				p["vc"], p["iss"], p["exp"], p["nbf"], p["sub"], p["jti"] = vc, vc["iss"], vc["exp"], vc["nbf"], vc["sub"], vc["jti"]
			}),
			resigned(func(p map[string]any) { p["type"] = []string{"VerifiableCredential"} }),
			resigned(func(p map[string]any) { p["jti"] = "https://peakseat.example/credentials/other" }),
			token + "=", token + "\n", parts[0] + "." + parts[1] + "\n." + parts[2], parts[0] + "." + parts[1], "", "..",
		},
	} {
		for i, m := range changed {
			if v := keys.Verify(m, issuer, statuses, day(2)); v.State != badge.Unknown || v.Why == nil {
				t.Errorf("%s (%d): %s", name, i, v.State)
			}
		}
	}
	if v := keys.Verify(token, issuer, lists(t, s, 360, nil, nil), day(366)); v.State != badge.Expired || v.State.Good() {
		t.Errorf("expired: %s", v.State)
	}
}

func TestPayloadIsTheCredentialItself(t *testing.T) {
	t.Parallel()
	s := theKeys()[0]
	token := sign(t, s, credential())
	p := payload(t, token)
	for claim, want := range map[string]any{
		"iss": issuer, "jti": credential().ID, "sub": credential().Subject.ID, "nbf": float64(day(0).Unix()), "exp": float64(day(365).Unix()),
		"validFrom": "2026-11-01T08:30:00Z", "validUntil": "2027-11-01T08:30:00Z", "id": credential().ID,
	} {
		if p[claim] != want {
			t.Errorf("%s is %v, want %v", claim, p[claim], want)
		}
	}
	if _, wrapped := p["vc"]; wrapped {
		t.Error("it has a vc member")
	}
	header := decoded(t, strings.Split(token, ".")[0])
	if diff := cmp.Diff(map[string]any{"alg": "RS256", "typ": "JWT", "kid": s.KeyID}, header); diff != "" {
		t.Error(diff)
	}
}

// After a rotation what the old key signed is good as long as its public half is published.
func TestKeysRotate(t *testing.T) {
	t.Parallel()
	old, fresh := theKeys()[0], theKeys()[1]
	token := sign(t, old, credential())
	encoded, err := published(old, fresh).JWKS()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := badge.ParseJWKS(encoded)
	if err != nil {
		t.Fatal(err)
	}
	if v := keys.Verify(token, issuer, lists(t, fresh, 1, nil, nil), day(2)); v.State != badge.Valid {
		t.Errorf("after the rotation: %s (%v)", v.State, v.Why)
	}
	if v := published(fresh).Verify(token, issuer, lists(t, fresh, 1, nil, nil), day(2)); !errors.Is(v.Why, badge.ErrNotProven) {
		t.Errorf("without the old key: %s (%v)", v.State, v.Why)
	}
}

func TestKeySetsThatAreRefused(t *testing.T) {
	t.Parallel()
	good := string(keyJSON(t, theKeys()[0]))
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Skipf("no short keys are made here: %v", err)
	}
	short, err := badge.Keys{"short": &small.PublicKey}.JWKS()
	if err != nil {
		t.Fatal(err)
	}
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, set := range map[string]string{
		"not JSON": "keys", "empty": `{}`, "only another kind": `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"` + base64.RawURLEncoding.EncodeToString(public) + `"}]}`,
		"short": string(short), "twice": `{"keys":[` + good + `,` + good + `]}`, "no id": `{"keys":[` + strings.Replace(good, `"kid"`, `"no"`, 1) + `]}`,
		"private": `{"keys":[` + strings.Replace(good, `{`, `{"d":"AQAB",`, 1) + `]}`, "exponent 1": `{"keys":[` + strings.Replace(good, `"AQAB"`, `"AQ"`, 1) + `]}`,
	} {
		if keys, err := badge.ParseJWKS([]byte(set)); err == nil {
			t.Errorf("%s was taken: %v", name, keys)
		}
	}
}

// The example of RFC 7638, section 3.1.
func TestThumbprintIsTheRFCs(t *testing.T) {
	t.Parallel()
	const n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
	keys, err := badge.ParseJWKS([]byte(`{"keys":[{"kty":"RSA","n":"` + n + `","e":"AQAB","alg":"RS256","kid":"2011-04-29"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := badge.Thumbprint(keys["2011-04-29"]); got != "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs" {
		t.Error(got)
	}
}

func TestStatusListIsReadAsTheSpecificationWritesIt(t *testing.T) {
	t.Parallel()
	// the specification's own example: a list of 131,072 clear bits
	empty, err := badge.DecodeBits("uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA")
	if err != nil || len(empty) != badge.ListBits/8 {
		t.Fatal(len(empty), err)
	}
	bits := badge.NewBits()
	bits.Set(0)
	bits.Set(9)
	if bits[0] != 0x80 || bits[1] != 0x40 {
		t.Errorf("bit 0 is not the leftmost: %x", bits[:2])
	}
	text, err := bits.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := badge.DecodeBits(text)
	if err != nil || !cmp.Equal(bits, again) {
		t.Error("the round trip lost bits", err)
	}
	if _, ok := bits.IsSet(badge.ListBits); ok {
		t.Error("there is a bit past the end")
	}
	short, err := badge.Bits(make([]byte, 100)).Encode()
	if err != nil {
		t.Fatal(err)
	}
	bomb, err := badge.Bits(make([]byte, 64<<20)).Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{"too short": short, "a bomb": bomb, "no multibase": text[1:], "no GZIP": "uAAAA", "no base64": "u!"} {
		if _, err := badge.DecodeBits(bad); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

func FuzzVerify(f *testing.F) {
	s := theKeys()[0]
	token, err := s.Sign(credential())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Fuzz(func(t *testing.T, changed string) {
		if v := published(s).Verify(changed, issuer, []string{changed}, day(2)); changed != token && v.Credential != nil {
			t.Errorf("%q was believed", changed)
		}
	})
}

// everyByte is the token with one byte changed, each byte of the part in turn.
func everyByte(token string, from, to int) (changed []string) {
	for i := from; i < to; i++ {
		other := byte('A')
		if token[i] == other {
			other = 'B'
		}
		changed = append(changed, token[:i]+string(other)+token[i+1:])
	}
	return changed
}

func raw(t *testing.T, method jwt.SigningMethod, key any, header, claims map[string]any) string {
	t.Helper()
	unsigned := jwt.NewWithClaims(method, jwt.MapClaims(claims))
	maps.Copy(unsigned.Header, header)
	token, err := unsigned.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func payload(t *testing.T, token string) map[string]any {
	t.Helper()
	return decoded(t, strings.Split(token, ".")[1])
}

func decoded(t *testing.T, part string) (object map[string]any) {
	t.Helper()
	content, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &object); err != nil {
		t.Fatal(err)
	}
	return object
}

func encoded(t *testing.T, object map[string]any) string {
	t.Helper()
	content, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(content)
}

func keyJSON(t *testing.T, s badge.Signer) []byte {
	t.Helper()
	one, err := published(s).JWK(s.KeyID)
	if err != nil {
		t.Fatal(err)
	}
	return one
}

func keyOf(t *testing.T, s badge.Signer) (object map[string]any) {
	t.Helper()
	if err := json.Unmarshal(keyJSON(t, s), &object); err != nil {
		t.Fatal(err)
	}
	return object
}
