package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"fmt"

	"github.com/google/uuid"
)

const (
	dataKeyBytes = 32
	// sealedV1 begins every sealed value: AES-256-GCM, a random nonce of 12 bytes before and a tag of 16 after. A person
	// has some tens of values, so that random nonces never meet.
	sealedV1 = 1
)

// DataKey seals and opens the fields of one person. It is opened for a request and not kept.
type DataKey struct {
	person uuid.UUID
	aead   cipher.AEAD
}

// Seal returns the sealed value, which opens under the same field's name only (`account.email`). It is 29 bytes longer
// than the plain one and differs each time.
func (k DataKey) Seal(field string, plain []byte) []byte {
	return append([]byte{sealedV1}, k.aead.Seal(nil, nil, plain, k.context(field))...) //nolint:gosec // the AEAD draws its own nonce
}

// Unseal opens a sealed value, or returns ErrSealed.
func (k DataKey) Unseal(field string, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 || sealed[0] != sealedV1 {
		return nil, fmt.Errorf("%w: %s", ErrSealed, field)
	}
	plain, err := k.aead.Open(nil, nil, sealed[1:], k.context(field))
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrSealed, field)
	}
	return plain, nil
}

// SealText seals a text; an empty one is sealed too, so that it cannot be told from others but by its length.
func (k DataKey) SealText(field, plain string) []byte { return k.Seal(field, []byte(plain)) }

// UnsealText opens a sealed text, or returns ErrSealed.
func (k DataKey) UnsealText(field string, sealed []byte) (string, error) {
	plain, err := k.Unseal(field, sealed)
	return string(plain), err
}

// Format keeps the key out of whatever prints it.
func (k DataKey) Format(state fmt.State, _ rune) {
	_, _ = fmt.Fprintf(state, "data key of %s", k.person)
}

func (k DataKey) context(field string) []byte { return []byte(k.person.String() + "/" + field) }

func newDataKey(person uuid.UUID, secret []byte) (DataKey, error) {
	block, err := aes.NewCipher(secret)
	if err != nil {
		return DataKey{}, fmt.Errorf("data key: %w", err)
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return DataKey{}, fmt.Errorf("data key: %w", err)
	}
	return DataKey{person: person, aead: gcm}, nil
}
