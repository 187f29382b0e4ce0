package badge

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// ListBits is how many credentials share a list: the least that the specification allows, so that one bit hides among
// many.
const ListBits = 131_072

// maxListBytes bounds what a list of others may unpack to.
const maxListBytes = 1 << 20

// Bits is a status list; bit 0 is the first byte's highest.
type Bits []byte

// NewBits is a list of ListBits clear bits.
func NewBits() Bits { return make(Bits, ListBits/8) }

// Set sets a bit. The index must lie within the list.
func (b Bits) Set(index int) { b[index/8] |= 0x80 >> (index % 8) }

// IsSet tells whether a bit is set, and whether the list has it at all.
func (b Bits) IsSet(index int) (set, ok bool) {
	if index < 0 || index/8 >= len(b) {
		return false, false
	}
	return b[index/8]&(0x80>>(index%8)) != 0, true
}

// Encode is GZIP and base64url without padding, with the multibase prefix u.
func (b Bits) Encode() (string, error) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(b); err != nil {
		return "", fmt.Errorf("pack status list: %w", err)
	}
	if err := w.Close(); err != nil {
		return "", fmt.Errorf("pack status list: %w", err)
	}
	return "u" + base64.RawURLEncoding.EncodeToString(packed.Bytes()), nil
}

// DecodeBits reads what Encode wrote. Too short a list is an error, and one that unpacks to over 1 MiB.
func DecodeBits(encoded string) (Bits, error) {
	text, ok := strings.CutPrefix(encoded, "u")
	if !ok {
		return nil, errors.New("the status list is not base64url in multibase")
	}
	packed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("read status list: %w", err)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpack status list: %w", err)
	}
	bits, err := io.ReadAll(io.LimitReader(r, maxListBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("unpack status list: %w", err)
	case len(bits) > maxListBytes:
		return nil, fmt.Errorf("the status list unpacks to more than %d bytes", maxListBytes)
	case len(bits)*8 < ListBits:
		return nil, fmt.Errorf("the status list has %d bits, fewer than %d", len(bits)*8, ListBits)
	}
	return bits, nil
}

// List is a BitstringStatusListCredential.
type List struct {
	Context    []string    `json:"@context"`
	ID         string      `json:"id"`
	Types      []string    `json:"type"`
	Issuer     string      `json:"issuer"`
	ValidFrom  time.Time   `json:"validFrom"`
	ValidUntil time.Time   `json:"validUntil"`
	Subject    ListSubject `json:"credentialSubject"`
}

// ListSubject is the list itself.
type ListSubject struct {
	ID      string  `json:"id"`
	Type    string  `json:"type"`
	Purpose Purpose `json:"statusPurpose"`
	Encoded string  `json:"encodedList"`
	TTL     int64   `json:"ttl"` // milliseconds for which a copy may be used where a newer one can be had
}

const typeList = "BitstringStatusListCredential"

// SignList makes the JWT of the list at an address, as it stands at from. Copies say less and less until they end.
func (s Signer) SignList(issuer, address string, purpose Purpose, bits Bits, from, until time.Time, ttl time.Duration) (string, error) {
	encoded, err := bits.Encode()
	if err != nil {
		return "", err
	}
	from, until = from.UTC().Truncate(time.Second), until.UTC().Truncate(time.Second)
	list := List{
		Context: []string{contextVC}, ID: address, Types: []string{typeVC, typeList}, Issuer: issuer, ValidFrom: from, ValidUntil: until,
		Subject: ListSubject{ID: address + "#list", Type: "BitstringStatusList", Purpose: purpose, Encoded: encoded, TTL: ttl.Milliseconds()},
	}
	signed := signedList{list, registered{issuer, list.ID, list.Subject.ID, jwt.NewNumericDate(from), jwt.NewNumericDate(until)}}
	if err := signed.Validate(); err != nil {
		return "", fmt.Errorf("sign status list: %w", err)
	}
	return s.sign(signed)
}

type signedList struct {
	List
	registered
}

// Validate is what a signature alone does not prove.
func (l signedList) Validate() error {
	if err := l.agree(l.List.Issuer, l.List.ID, l.List.Subject.ID, l.ValidFrom, l.ValidUntil); err != nil {
		return err
	}
	if !sameTypes(l.Types, typeVC, typeList) || l.List.Subject.Type != "BitstringStatusList" {
		return fmt.Errorf("it is a %s and no status list", strings.Join(l.Types, ", "))
	}
	return nil
}

func (e StatusEntry) bit() (int, error) {
	index, err := strconv.Atoi(e.Index)
	if err != nil || index < 0 || strconv.Itoa(index) != e.Index {
		return 0, fmt.Errorf("%q is no index", e.Index)
	}
	return index, nil
}
