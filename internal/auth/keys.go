package auth

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"peakseat/internal/clock"
	"peakseat/internal/seal/keyfile"
)

var (
	// ErrNoKeys says that there is no key to sign with, and none may be made.
	ErrNoKeys = errors.New("no signing key")
	// ErrSigningKey says that the key that signs cannot be retired: rotate first.
	ErrSigningKey = errors.New("the signing key cannot be retired")
	// ErrUnknownKey says that no key has this id.
	ErrUnknownKey = errors.New("unknown key id")
)

// reloadAtMost is how often unknown key ids may make us look at the files again, so that forged ids cost nothing.
const reloadAtMost = time.Second

// Keys are the Ed25519 keys of access tokens. One signs; all verify until they are retired. Each lies in a PKCS #8 PEM
// file; a key's id is its RFC 7638 thumbprint. Other processes' rotations are seen when a token names a new id, or by
// Run.
type Keys struct {
	dir   string   // set where we make keys
	paths []string // set where the environment names files: the first signs

	ring atomic.Pointer[ring]

	reloading sync.Mutex
	reloaded  time.Time
}

type ring struct {
	signs    signingKey
	verifies map[string]ed25519.PublicKey
	files    map[string]string
	jwks     []byte
}

type signingKey struct {
	id  string
	key ed25519.PrivateKey
}

// OpenKeys reads the keys of a directory (access-NUMBER-ID.pem); the newest signs. Where there is none, the first is made if
// create allows it, else the error is ErrNoKeys.
func OpenKeys(dir string, create bool) (*Keys, error) {
	k := &Keys{dir: dir}
	err := k.Reload()
	if create && errors.Is(err, ErrNoKeys) {
		_, err = k.Rotate()
	}
	if err != nil {
		return nil, err
	}
	return k, nil
}

// LoadKeys reads the keys of named files; the first signs. To rotate, name the new key second everywhere, then first,
// then drop the old one when its last token has expired.
func LoadKeys(paths ...string) (*Keys, error) {
	k := &Keys{paths: slices.Clone(paths)}
	if err := k.Reload(); err != nil {
		return nil, err
	}
	return k, nil
}

// Rotate makes a new key, which signs from now on, and returns its id. The old ones verify until Retire.
func (k *Keys) Rotate() (id string, err error) {
	if k.dir == "" {
		return "", errors.New("the signing keys are named by the environment and are rotated there")
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", fmt.Errorf("make signing key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return "", fmt.Errorf("encode signing key: %w", err)
	}
	id = thumbprint(public)
	paths, err := k.newestFirst()
	if err != nil {
		return "", err
	}
	last := 0
	if len(paths) > 0 {
		if _, err := fmt.Sscanf(filepath.Base(paths[0]), "access-%06d-", &last); err != nil {
			return "", fmt.Errorf("signing key %s has no number: %w", paths[0], err)
		}
	}
	// The name sorts by number and not by time: a clock that was set back may not make the new key an old one.
	name := fmt.Sprintf("access-%06d-%s.pem", last+1, id[:8])
	content := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err := keyfile.Create(filepath.Join(k.dir, name), content); err != nil {
		return "", err
	}
	return id, k.Reload()
}

// Retire deletes a key, and with it every token that it signed. It returns ErrSigningKey or ErrUnknownKey.
func (k *Keys) Retire(id string) error {
	if err := k.Reload(); err != nil {
		return err
	}
	ring := k.ring.Load()
	path, ok := ring.files[id]
	switch {
	case !ok:
		return ErrUnknownKey
	case id == ring.signs.id:
		return ErrSigningKey
	case k.dir == "":
		return errors.New("the signing keys are named by the environment and are retired there")
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("retire signing key: %w", err)
	}
	return k.Reload()
}

// Reload reads the files again. Where that fails the keys stay as they were.
func (k *Keys) Reload() error {
	k.reloading.Lock()
	defer k.reloading.Unlock()
	return k.reload()
}

// Run reads the files again each interval, so that a key that another process retired is forgotten here too.
func (k *Keys) Run(ctx context.Context, log *slog.Logger, every time.Duration) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if err := k.Reload(); err != nil {
				log.ErrorContext(ctx, "signing keys could not be read again", slog.Any("error", err))
			}
		}
	}
}

// JWKS returns the public keys as a JSON Web Key Set (RFC 7517, RFC 8037). The caller must not change it.
func (k *Keys) JWKS() []byte { return k.ring.Load().jwks }

// SigningKeyID returns the id of the key that signs.
func (k *Keys) SigningKeyID() string { return k.ring.Load().signs.id }

// IDs returns the ids of all keys, sorted.
func (k *Keys) IDs() []string { return sortedIDs(k.ring.Load().verifies) }

func (k *Keys) signing() signingKey { return k.ring.Load().signs }

// verifying returns the public key of the id. An unknown id may be of a key that another process has just made.
func (k *Keys) verifying(id string) (ed25519.PublicKey, error) {
	if key, ok := k.ring.Load().verifies[id]; ok {
		return key, nil
	}
	k.reloading.Lock()
	defer k.reloading.Unlock()
	if clock.Since(k.reloaded) >= reloadAtMost {
		if err := k.reload(); err != nil {
			return nil, err
		}
	}
	if key, ok := k.ring.Load().verifies[id]; ok {
		return key, nil
	}
	return nil, ErrUnknownKey
}

func (k *Keys) reload() error {
	k.reloaded = clock.Now()
	paths := k.paths
	if k.dir != "" {
		found, err := k.newestFirst()
		if err != nil {
			return err
		}
		paths = found
	}
	next := ring{verifies: map[string]ed25519.PublicKey{}, files: map[string]string{}}
	for _, path := range paths {
		key, err := readKey(path)
		if k.dir != "" && errors.Is(err, fs.ErrNotExist) {
			continue // retired by another process since we listed it
		}
		if err != nil {
			return err
		}
		public, ok := key.Public().(ed25519.PublicKey)
		if !ok {
			return fmt.Errorf("signing key %s has no Ed25519 public key", path)
		}
		id := thumbprint(public)
		if next.signs.key == nil {
			next.signs = signingKey{id: id, key: key}
		}
		next.verifies[id] = public
		next.files[id] = path
	}
	if next.signs.key == nil {
		return ErrNoKeys
	}
	if now := k.ring.Load(); now != nil && now.signs.id == next.signs.id && maps.Equal(now.files, next.files) {
		return nil // the same keys: what was remembered under them stays good
	}
	jwks, err := encodeJWKS(next.verifies)
	if err != nil {
		return err
	}
	next.jwks = jwks
	k.ring.Store(&next)
	return nil
}

// newestFirst returns the key files of the directory; the first one's key signs.
func (k *Keys) newestFirst() ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(k.dir, "access-*.pem"))
	if err != nil {
		return nil, fmt.Errorf("list signing keys: %w", err)
	}
	slices.Sort(paths)
	slices.Reverse(paths)
	return paths, nil
}

func readKey(path string) (ed25519.PrivateKey, error) {
	content, err := keyfile.Read(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(content)
	if block == nil || block.Type != "PRIVATE KEY" {
		return nil, fmt.Errorf("signing key %s is not a PKCS #8 PEM file", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("parse signing key %s: %w", path, err)
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("signing key %s is not an Ed25519 key", path)
	}
	return key, nil
}

type jwk struct {
	KeyType   string `json:"kty"`
	Curve     string `json:"crv"`
	X         string `json:"x"`
	KeyID     string `json:"kid"`
	Use       string `json:"use"`
	Algorithm string `json:"alg"`
}

func encodeJWKS(keys map[string]ed25519.PublicKey) ([]byte, error) {
	set := struct {
		Keys []jwk `json:"keys"`
	}{Keys: []jwk{}}
	for _, id := range sortedIDs(keys) {
		set.Keys = append(set.Keys, jwk{
			KeyType: "OKP", Curve: "Ed25519", X: base64.RawURLEncoding.EncodeToString(keys[id]),
			KeyID: id, Use: "sig", Algorithm: "EdDSA",
		})
	}
	encoded, err := json.Marshal(set)
	if err != nil {
		return nil, fmt.Errorf("encode key set: %w", err)
	}
	return encoded, nil
}

// thumbprint is RFC 7638's: the hash of the key's required members in lexical order.
func thumbprint(key ed25519.PublicKey) string {
	sum := sha256.Sum256([]byte(`{"crv":"Ed25519","kty":"OKP","x":"` + base64.RawURLEncoding.EncodeToString(key) + `"}`))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func sortedIDs(keys map[string]ed25519.PublicKey) []string {
	ids := make([]string, 0, len(keys))
	for id := range keys {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}
