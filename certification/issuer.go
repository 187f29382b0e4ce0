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
	"os"
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
// credential-NUMBER.pem (RSA), of which the newest signs and all stay published: a private key (PKCS #8) or, of one that
// was retired, its public half (PKIX). log.key (Ed25519) signs checkpoints.
type Issuer struct {
	dir, public string
	logKey      string
	logOrigin   string

	mu     sync.Mutex
	looked time.Time
	signer badge.Signer
	keys   badge.Keys
	list   []IssuerKey
}

// IssuerKey is a published key.
type IssuerKey struct {
	ID      string // the thumbprint, with which its address ends
	Signs   bool
	Private bool // it can sign; else it was retired
	path    string
	address string
}

var (
	// ErrSigningKey says that the key that signs cannot be retired: rotate first, and wait until the new one signs.
	ErrSigningKey = errors.New("the key signs credentials")
	// ErrUnknownKey says that no key has this id.
	ErrUnknownKey = errors.New("unknown key id")
)

const (
	keyBits   = 3072
	lookAgain = 10 * time.Second // for keys that another process made

	// PublishedFirst is how long a new key is published before it signs: every process has read it by then, and every
	// copy of the key set that may be kept has it.
	PublishedFirst = time.Minute
	issuerName     = "PeakSeat 峰席"
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

// Rotate makes a new key, which is published at once and signs a minute later. The old ones stay published: what they
// signed is still good.
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
	return i.reload()
}

// Retire destroys the private half of a key that signs no more. Its public half stays published: what it signed is still
// good. It returns ErrSigningKey or ErrUnknownKey.
func (i *Issuer) Retire(id string) error {
	list, err := i.List()
	if err != nil {
		return err
	}
	at := slices.IndexFunc(list, func(k IssuerKey) bool { return k.ID == id })
	switch {
	case at < 0:
		return ErrUnknownKey
	case list[at].Signs || slices.IndexFunc(list, func(k IssuerKey) bool { return k.Signs }) < at:
		return ErrSigningKey // or it will
	case !list[at].Private:
		return nil
	}
	keys, err := i.Keys()
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(keys[list[at].address])
	if err != nil {
		return fmt.Errorf("encode credential key: %w", err)
	}
	if err := keyfile.Update(list[at].path, func([]byte) ([]byte, error) {
		return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}), nil
	}); err != nil {
		return err
	}
	return i.reload()
}

// List is all keys, the oldest first.
func (i *Issuer) List() ([]IssuerKey, error) {
	err := i.load()
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.list, err
}

func (i *Issuer) reload() error {
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
	keys, signer, list := badge.Keys{}, badge.Signer{}, make([]IssuerKey, len(paths))
	now, signs := clock.Now(), -1
	for n, path := range paths {
		public, private, made, err := readRSA(path)
		if err != nil {
			return err
		}
		id := badge.Thumbprint(public)
		list[n] = IssuerKey{ID: id, Private: private != nil, path: path, address: i.public + keyPath + id}
		keys[list[n].address] = public
		if private != nil && (signs < 0 || now.Sub(made) >= PublishedFirst) {
			signs, signer = n, badge.Signer{KeyID: list[n].address, Key: private}
		}
	}
	if signs < 0 {
		return errNoKeys
	}
	list[signs].Signs = true
	i.signer, i.keys, i.list, i.looked = signer, keys, list, now
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

// readRSA reads a key and when it was made; private is nil of a retired one.
func readRSA(path string) (public *rsa.PublicKey, private *rsa.PrivateKey, made time.Time, err error) {
	content, err := keyfile.Read(path)
	if err != nil {
		return nil, nil, made, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, made, fmt.Errorf("credential key: %w", err)
	}
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, nil, made, fmt.Errorf("credential key %s is not a PEM file", path)
	}
	var parsed any
	if block.Type == "PUBLIC KEY" {
		parsed, err = x509.ParsePKIXPublicKey(block.Bytes)
	} else {
		parsed, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	}
	if err != nil {
		return nil, nil, made, fmt.Errorf("parse credential key %s: %w", path, err)
	}
	switch key := parsed.(type) {
	case *rsa.PublicKey:
		return key, nil, info.ModTime(), nil
	case *rsa.PrivateKey:
		return &key.PublicKey, key, info.ModTime(), nil
	}
	return nil, nil, made, fmt.Errorf("credential key %s is not an RSA key", path)
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
