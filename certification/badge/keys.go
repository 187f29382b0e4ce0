package badge

import (
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
)

// Algorithm is the only one that is signed with or accepted.
const Algorithm = "RS256"

const (
	minKeyBits = 2048
	maxKeyBits = 8192 // larger ones only cost the verifier
)

// Signer is a private key and the address of its public half.
type Signer struct {
	KeyID string
	Key   *rsa.PrivateKey
}

// Keys are published keys by their id. Retired keys stay, or what they signed could not be checked.
type Keys map[string]*rsa.PublicKey

type jwk struct {
	KeyType   string `json:"kty"`
	N         string `json:"n"`
	E         string `json:"e"`
	KeyID     string `json:"kid"`
	Use       string `json:"use,omitempty"`
	Algorithm string `json:"alg,omitempty"`
}

// JWKS is the keys as a JSON Web Key Set (RFC 7517), sorted by id.
func (k Keys) JWKS() ([]byte, error) {
	set := struct {
		Keys []jwk `json:"keys"`
	}{Keys: []jwk{}}
	for _, id := range slices.Sorted(maps.Keys(k)) {
		set.Keys = append(set.Keys, encodeKey(id, k[id]))
	}
	return json.Marshal(set)
}

// JWK is one key of the set, or nil where there is none of that id.
func (k Keys) JWK(id string) ([]byte, error) {
	key, ok := k[id]
	if !ok {
		return nil, nil
	}
	return json.Marshal(encodeKey(id, key))
}

// ParseJWKS reads a key set. Keys of other kinds are left out; a short, private or doubled one is an error.
func ParseJWKS(raw []byte) (Keys, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(raw, &set); err != nil {
		return nil, fmt.Errorf("read key set: %w", err)
	}
	keys := Keys{}
	for i, one := range set.Keys {
		var k struct {
			jwk
			D string `json:"d"`
		}
		if err := json.Unmarshal(one, &k); err != nil {
			return nil, fmt.Errorf("key %d: %w", i, err)
		}
		if k.KeyType != "RSA" || k.Use != "" && k.Use != "sig" || k.Algorithm != "" && k.Algorithm != Algorithm {
			continue
		}
		key, err := k.public()
		switch {
		case err != nil:
			return nil, fmt.Errorf("key %d: %w", i, err)
		case k.D != "":
			return nil, fmt.Errorf("key %d is a private key: never publish it", i)
		case k.KeyID == "" || keys[k.KeyID] != nil:
			return nil, fmt.Errorf("key %d: its id %q is missing or not unique", i, k.KeyID)
		}
		keys[k.KeyID] = key
	}
	if len(keys) == 0 {
		return nil, errors.New("the key set has no RSA key for signatures")
	}
	return keys, nil
}

// Thumbprint is RFC 7638's: the hash of the key's required members in lexical order.
func Thumbprint(key *rsa.PublicKey) string {
	k := encodeKey("", key)
	sum := sha256.Sum256([]byte(`{"e":"` + k.E + `","kty":"RSA","n":"` + k.N + `"}`))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func encodeKey(id string, key *rsa.PublicKey) jwk {
	e := binary.BigEndian.AppendUint32(nil, uint32(key.E)) //nolint:gosec // 65537
	for e[0] == 0 {
		e = e[1:]
	}
	return jwk{
		KeyType: "RSA", N: base64.RawURLEncoding.EncodeToString(key.N.Bytes()), E: base64.RawURLEncoding.EncodeToString(e),
		KeyID: id, Use: "sig", Algorithm: Algorithm,
	}
}

func (k jwk) public() (*rsa.PublicKey, error) {
	n, err := base64.RawURLEncoding.DecodeString(k.N)
	if err != nil {
		return nil, fmt.Errorf("modulus: %w", err)
	}
	e, err := base64.RawURLEncoding.DecodeString(k.E)
	if err != nil || len(e) == 0 || len(e) > 4 {
		return nil, errors.New("the exponent is not one")
	}
	key := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(binary.BigEndian.Uint32(append(make([]byte, 4-len(e)), e...)))}
	if bits := key.N.BitLen(); bits < minKeyBits || bits > maxKeyBits {
		return nil, fmt.Errorf("the modulus has %d bits, expected %d to %d", bits, minKeyBits, maxKeyBits)
	}
	if key.E < 3 || key.E%2 == 0 {
		return nil, fmt.Errorf("the exponent %d is not odd and above 2", key.E)
	}
	return key, nil
}
