package seal

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

var (
	// ErrErased says that a person has no data key any more: what was sealed under it is gone.
	ErrErased = errors.New("the person is erased")
	// ErrSealed says that a value does not open: it was changed, or is another person's or field's.
	ErrSealed = errors.New("the sealed value does not open")
)

// Keyring wraps and opens data keys. Another process's rotation is seen when a data key names a key that is new here.
type Keyring struct {
	file *keysetFile[wrapper]
}

type wrapper struct {
	aead tink.AEAD
	ids  []uint32
}

// OpenKeyring reads the key-encryption keyset from a file (mode 0600), and makes it where it is missing if create allows
// it; without that the error is fs.ErrNotExist.
func OpenKeyring(path string, create bool) (*Keyring, error) {
	file, err := openKeyset(path, create, aead.AES256GCMKeyTemplate(), func(handle *keyset.Handle) (wrapper, error) {
		primitive, err := aead.New(handle)
		return wrapper{aead: primitive, ids: keyIDs(handle)}, err
	})
	if err != nil {
		return nil, err
	}
	return &Keyring{file: file}, nil
}

// NewDataKey makes a data key for a person, and the wrapped form in which it is stored (65 bytes).
func (k *Keyring) NewDataKey(person uuid.UUID) (key DataKey, wrapped []byte, err error) {
	var secret [dataKeyBytes]byte
	_, _ = rand.Read(secret[:]) // never fails: the program ends where the system has no randomness
	if wrapped, err = k.wrap(person, secret[:]); err != nil {
		return DataKey{}, nil, err
	}
	key, err = newDataKey(person, secret[:])
	return key, wrapped, err
}

// Open returns a person's data key. No wrapped key is ErrErased; one of another person, or changed, is ErrSealed; one
// under a key that was retired is ErrUnknownKey.
func (k *Keyring) Open(person uuid.UUID, wrapped []byte) (DataKey, error) {
	secret, err := k.unwrap(person, wrapped)
	if err != nil {
		return DataKey{}, err
	}
	return newDataKey(person, secret)
}

// Rewrap returns the wrapped data key under the primary key; changed is false where it lies there already. The data key
// and all that is sealed under it stay as they are.
func (k *Keyring) Rewrap(person uuid.UUID, wrapped []byte) (rewrapped []byte, changed bool, err error) {
	if id, ok := keyIDOf(wrapped); ok && id == k.file.primary() {
		return wrapped, false, nil
	}
	secret, err := k.unwrap(person, wrapped)
	if err != nil {
		return nil, false, err
	}
	rewrapped, err = k.wrap(person, secret)
	return rewrapped, err == nil, err
}

// Rotate adds a key under which data keys are wrapped from now on, and returns its id. Data keys under the old ones
// still open; a job rewraps them.
func (k *Keyring) Rotate() (id uint32, err error) { return k.file.rotate() }

// Retire destroys a key. Every data key must have been rewrapped: one that was not is lost with its person's data. The
// error for the key in use is ErrPrimaryKey.
func (k *Keyring) Retire(id uint32) error { return k.file.retire(id) }

// Reload reads the file again. Where that fails the keys stay as they were.
func (k *Keyring) Reload() error { return k.file.reload() }

// KeyIDs returns the ids of all keys, that of the primary first.
func (k *Keyring) KeyIDs() []uint32 { return k.file.ids() }

// KeyID returns the id of the key under which a data key is wrapped, by which a job finds what to rewrap and proves that
// nothing is left.
func (k *Keyring) KeyID(wrapped []byte) (uint32, error) {
	id, ok := keyIDOf(wrapped)
	if !ok {
		return 0, ErrSealed
	}
	return id, nil
}

func (k *Keyring) wrap(person uuid.UUID, secret []byte) ([]byte, error) {
	wrapped, err := k.file.now.Load().made.aead.Encrypt(secret, wrapContext(person))
	if err != nil {
		return nil, fmt.Errorf("wrap data key: %w", err)
	}
	return wrapped, nil
}

func (k *Keyring) unwrap(person uuid.UUID, wrapped []byte) ([]byte, error) {
	if len(wrapped) == 0 {
		return nil, ErrErased
	}
	id, ok := keyIDOf(wrapped)
	if !ok {
		return nil, ErrSealed
	}
	var using tink.AEAD
	err := k.file.find(func(w wrapper) bool {
		using = w.aead
		return slices.Contains(w.ids, id)
	})
	if err != nil {
		return nil, err
	}
	secret, err := using.Decrypt(wrapped, wrapContext(person))
	if err != nil {
		return nil, fmt.Errorf("%w: data key", ErrSealed)
	}
	return secret, nil
}

func wrapContext(person uuid.UUID) []byte { return []byte("data key/" + person.String()) }

// keyIDOf reads tink's prefix: a 1, and the key's id in four bytes.
func keyIDOf(tagged []byte) (uint32, bool) {
	if len(tagged) < tinkPrefix || tagged[0] != 1 {
		return 0, false
	}
	return binary.BigEndian.Uint32(tagged[1:tinkPrefix]), true
}

const tinkPrefix = 5
