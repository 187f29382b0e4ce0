package certification

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"peakseat/certification/badge"
	"peakseat/certification/translog"
	"peakseat/internal/clock"
	"peakseat/internal/seal/keyfile"
)

// Issuer signs credentials, status lists and checkpoints, and says where its keys are published. Keys lie in
// credential-NUMBER.pem (RSA, PKCS #8), of which the newest signs and all stay published, and log.key (Ed25519).
type Issuer struct {
	dir, public string
	logKey      string
	logOrigin   string

	mu     sync.Mutex
	looked time.Time
	signer badge.Signer
	keys   badge.Keys
}

const (
	keyBits    = 3072
	lookAgain  = 10 * time.Second // for keys that another process made
	issuerName = "PeakSeat 峰席"
)

// OpenIssuer reads the keys of a directory and makes the first where there are none and create allows it. public is the
// address that people reach the program at.
func OpenIssuer(dir, public string, create bool) (*Issuer, error) {
	i := &Issuer{dir: dir, public: strings.TrimSuffix(public, "/")}
	at, err := url.Parse(i.public)
	if err != nil {
		return nil, fmt.Errorf("the public address: %w", err)
	}
	key, err := keyfile.ReadOrCreate(filepath.Join(dir, "log.key"), create, func() ([]byte, error) {
		private, _, err := translog.GenerateKey(rand.Reader, at.Host+"/credential-log")
		return []byte(private), err
	})
	if err != nil {
		return nil, fmt.Errorf("the log's key: %w", err)
	}
	i.logKey = strings.TrimSpace(string(key))
	verifier, err := translog.VerifierKey(i.logKey)
	if err != nil {
		return nil, err
	}
	i.logOrigin, _, _ = strings.Cut(verifier, "+")
	err = i.load()
	if create && errors.Is(err, errNoKeys) {
		if err = i.Rotate(); errors.Is(err, fs.ErrExist) { // of several that start at once one makes it
			err = i.load()
		}
	}
	return i, err
}

var errNoKeys = errors.New("no key to sign credentials with")

// Rotate makes a new key, which signs from now on. The old ones stay published: what they signed is still good.
func (i *Issuer) Rotate() error {
	paths, err := i.paths()
	if err != nil {
		return err
	}
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return fmt.Errorf("make credential key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("encode credential key: %w", err)
	}
	// Two that rotate at once take the same number, and one of them is refused.
	path := filepath.Join(i.dir, fmt.Sprintf("credential-%06d.pem", len(paths)+1))
	if err := keyfile.Create(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})); err != nil {
		return err
	}
	i.mu.Lock()
	i.looked = time.Time{}
	i.mu.Unlock()
	return i.load()
}

// Profile is the issuer as credentials name it.
func (i *Issuer) Profile() badge.Profile {
	return badge.Profile{ID: i.public + issuerPath, Name: issuerName, URL: i.public}.Complete()
}

// Keys are all that were ever published.
func (i *Issuer) Keys() (badge.Keys, error) {
	err := i.load()
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.keys, err
}

func (i *Issuer) signing() (badge.Signer, error) {
	err := i.load()
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.signer, err
}

func (i *Issuer) load() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if clock.Since(i.looked) < lookAgain {
		return nil
	}
	paths, err := i.paths()
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return errNoKeys
	}
	keys, signer := badge.Keys{}, badge.Signer{}
	for _, path := range paths {
		key, err := readRSA(path)
		if err != nil {
			return err
		}
		signer = badge.Signer{KeyID: i.public + keyPath + badge.Thumbprint(&key.PublicKey), Key: key}
		keys[signer.KeyID] = &key.PublicKey
	}
	i.signer, i.keys, i.looked = signer, keys, clock.Now()
	return nil
}

// paths are the key files, the oldest first.
func (i *Issuer) paths() ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(i.dir, "credential-*.pem"))
	if err != nil {
		return nil, fmt.Errorf("list credential keys: %w", err)
	}
	slices.Sort(paths)
	return paths, nil
}

func readRSA(path string) (*rsa.PrivateKey, error) {
	content, err := keyfile.Read(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, fmt.Errorf("credential key %s is not a PEM file", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("parse credential key %s: %w", path, err)
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("credential key %s is not an RSA key", path)
	}
	return key, nil
}

// Where things are published, below the public address.
const (
	issuerPath = "/.well-known/issuer.json"
	keySetPath = "/.well-known/credential-keys.json"
	keyPath    = "/.well-known/credential-keys/"
	statusPath = "/.well-known/credential-status/"
	logPath    = "/.well-known/credential-log/"
	badgePath  = "/credentials/"
)

func (i *Issuer) listAddress(purpose badge.Purpose, list int) string {
	return fmt.Sprintf("%s%s%s/%d", i.public, statusPath, purpose, list)
}
