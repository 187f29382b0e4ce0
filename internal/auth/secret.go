package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
)

// ErrNotSecret says that a text is no secret of the kind asked for.
var ErrNotSecret = errors.New("not a secret of this kind")

// SecretKind is the recognisable beginning of a secret, by which scanners of repositories and logs find leaked ones.
type SecretKind string

// The kinds of secrets.
const (
	Refresh    SecretKind = "ps_rt_"  // refresh tokens
	APIKey     SecretKind = "ps_key_" // API keys
	Invitation SecretKind = "ps_inv_" // links that invite, and that reset a password
)

// SecretKinds returns every kind.
func SecretKinds() []SecretKind { return []SecretKind{Refresh, APIKey, Invitation} }

// secretBytes is 256 bits: nobody guesses them, so a plain hash keeps them.
const secretBytes = 32

// NewSecret returns a new secret and the SHA-256 that is stored in its place. The secret is shown once.
func NewSecret(kind SecretKind) (secret string, hash []byte) {
	var random [secretBytes]byte
	_, _ = rand.Read(random[:]) // never fails: the program ends where the system has no randomness
	secret = string(kind) + base64.RawURLEncoding.EncodeToString(random[:])
	return secret, hashOf(secret)
}

// HashSecret returns the hash to look a secret up by, or ErrNotSecret, without a look, for what cannot be one.
func HashSecret(kind SecretKind, secret string) ([]byte, error) {
	encoded, ok := strings.CutPrefix(secret, string(kind))
	if !ok || len(encoded) != base64.RawURLEncoding.EncodedLen(secretBytes) {
		return nil, ErrNotSecret
	}
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil || len(decoded) != secretBytes {
		return nil, ErrNotSecret
	}
	return hashOf(secret), nil
}

// hashOf hashes the whole text with its kind, so that the hash of one kind is never that of another.
func hashOf(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}
