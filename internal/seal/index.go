package seal

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/mac"
	"github.com/tink-crypto/tink-go/v2/tink"
	"golang.org/x/text/unicode/norm"
)

// ErrNothingToIndex says that nothing is left of a value once it is normalised.
var ErrNothingToIndex = errors.New("nothing to index")

// Kind says how a value is normalised before it is indexed; the same text of two kinds has two indexes.
type Kind string

// The kinds of values that people are looked up by.
const (
	Email       Kind = "email"        // trimmed, lower case, NFC
	Phone       Kind = "phone"        // digits with the country's code; eleven digits that begin with 1 are China's
	IDNumber    Kind = "id_number"    // letters and digits, upper case
	BankAccount Kind = "bank_account" // letters and digits, upper case
)

// Index computes blind indexes: what a sealed value is found by, without telling it. A blind index is 37 bytes: a 1, the
// key's id in four bytes, and HMAC-SHA256. It has keys of its own, so that rotating the keyring leaves it.
//
// To rotate: Rotate everywhere; look up by All while a job finds rows whose Current is false, unseals their values and
// stores what Of returns; then Retire the old key. What must be unique (an e-mail address) is meanwhile looked for by All
// in the transaction that inserts it; the unique constraint on the column guards among new indexes.
type Index struct {
	file *keysetFile[[]indexKey]
}

type indexKey struct {
	id  uint32
	mac tink.MAC
}

// OpenIndex reads the index keyset from a file (mode 0600), and makes it where it is missing if create allows it; without
// that the error is fs.ErrNotExist.
func OpenIndex(path string, create bool) (*Index, error) {
	file, err := openKeyset(path, create, mac.HMACSHA256Tag256KeyTemplate(), func(handle *keyset.Handle) ([]indexKey, error) {
		var keys []indexKey
		err := each(handle, func(id uint32, one *keyset.Handle) error {
			primitive, err := mac.New(one)
			keys = append(keys, indexKey{id: id, mac: primitive})
			return err
		})
		return keys, err
	})
	if err != nil {
		return nil, err
	}
	return &Index{file: file}, nil
}

// Of returns the blind index to store, under the primary key; ErrNothingToIndex where the value is empty.
func (x *Index) Of(kind Kind, value string) ([]byte, error) {
	all, err := x.under(x.file.now.Load().made[:1], kind, value)
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// All returns the blind indexes under every key, the primary's first: a look-up compares the column with any of them.
func (x *Index) All(kind Kind, value string) ([][]byte, error) {
	return x.under(x.file.now.Load().made, kind, value)
}

// Current tells whether a stored blind index was made under the primary key.
func (x *Index) Current(stored []byte) bool {
	id, ok := keyIDOf(stored)
	return ok && id == x.file.primary()
}

// Rotate adds a key under which Of works from now on, and returns its id.
func (x *Index) Rotate() (id uint32, err error) { return x.file.rotate() }

// Retire destroys a key: what is still stored under it is not found any more, until a job stores it anew. The error for
// the key in use is ErrPrimaryKey.
func (x *Index) Retire(id uint32) error { return x.file.retire(id) }

// Reload reads the file again. Unlike a keyring, an index cannot tell that another process has rotated: where several
// processes run, call it at intervals.
func (x *Index) Reload() error { return x.file.reload() }

// KeyIDs returns the ids of all keys, that of the primary first.
func (x *Index) KeyIDs() []uint32 { return x.file.ids() }

func (x *Index) under(keys []indexKey, kind Kind, value string) ([][]byte, error) {
	normal := Normalise(kind, value)
	if normal == "" {
		return nil, ErrNothingToIndex
	}
	all := make([][]byte, len(keys))
	for i, key := range keys {
		var err error
		if all[i], err = key.mac.ComputeMAC([]byte(string(kind) + "\x00" + normal)); err != nil {
			return nil, fmt.Errorf("index value: %w", err)
		}
	}
	return all, nil
}

// Normalise returns the one spelling of a value under which it is indexed.
func Normalise(kind Kind, value string) string {
	switch kind {
	case Email:
		return norm.NFC.String(strings.ToLower(norm.NFC.String(strings.TrimSpace(value))))
	case Phone:
		return normalPhone(value)
	case IDNumber, BankAccount:
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return unicode.ToUpper(r)
			}
			return -1
		}, norm.NFKC.String(value))
	}
	return ""
}

// normalPhone makes 138 0013 8000, +86 138-0013-8000 and 0086 13800138000 one number. NFKC turns full-width digits into
// plain ones.
func normalPhone(value string) string {
	value = strings.TrimSpace(norm.NFKC.String(value))
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, value)
	if rest, ok := strings.CutPrefix(digits, "00"); ok {
		return rest
	}
	if len(digits) == 11 && digits[0] == '1' && !strings.HasPrefix(value, "+") {
		return "86" + digits
	}
	return digits
}
