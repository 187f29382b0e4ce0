package badge

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// State is what a verifier is told.
type State string

// The states, kept apart. Unknown is what cannot be proven: it says nothing good.
const (
	Valid     State = "valid"
	Expiring  State = "expiring" // valid, and soon not
	Expired   State = "expired"
	Suspended State = "suspended"
	Revoked   State = "revoked"
	Unknown   State = "unknown"
)

// Good tells whether the credential stands.
func (s State) Good() bool { return s == Valid || s == Expiring }

// ExpiringWithin is how long before its end a credential is expiring.
const ExpiringWithin = 30 * 24 * time.Hour

// StateAt is the state of a credential whose statuses are known.
func StateAt(from, until time.Time, revoked, suspended bool, now time.Time) State {
	switch {
	case revoked:
		return Revoked
	case now.Before(from):
		return Unknown
	case !now.Before(until):
		return Expired
	case suspended:
		return Suspended
	case !now.Before(until.Add(-ExpiringWithin)):
		return Expiring
	}
	return Valid
}

// maxTokenBytes bounds what is parsed at all: a credential is some 3 KiB, a list of random bits 30.
const maxTokenBytes = 4 << 20

var (
	// ErrNotProven says that a token proves nothing; the cause is wrapped.
	ErrNotProven = errors.New("not proven")
	// ErrStatusUnknown says that a credential is the issuer's, and that its status cannot be told.
	ErrStatusUnknown = errors.New("status unknown")
)

// Verdict is what was found out about a credential.
type Verdict struct {
	State      State
	Why        error       // of Unknown: ErrNotProven or ErrStatusUnknown
	Credential *Credential // nil where nothing is proven
	StatusAsOf time.Time   // when the older of the two lists was made
}

// Verify tells the state of a credential at now, from the issuer's published keys and copies of the status lists that it
// names; more lists do no harm. issuer is whom to believe, or empty: whoever the keys are of.
func (k Keys) Verify(token, issuer string, lists []string, now time.Time) Verdict {
	var c signedCredential
	if err := k.parse(token, &c); err != nil {
		return Verdict{State: Unknown, Why: err}
	}
	v := Verdict{Credential: &c.Credential}
	if issuer != "" && c.Credential.Issuer.ID != issuer {
		return Verdict{State: Unknown, Why: fmt.Errorf("%w: it is of %s, not of %s", ErrNotProven, c.Credential.Issuer.ID, issuer)}
	}
	set := map[Purpose]bool{}
	for _, entry := range c.Status {
		isSet, asOf, err := k.lookUp(entry, c.Credential.Issuer.ID, lists, now)
		if err != nil {
			v.State, v.Why = Unknown, fmt.Errorf("%w: %w", ErrStatusUnknown, err)
			continue
		}
		set[entry.Purpose] = isSet
		if v.StatusAsOf.IsZero() || asOf.Before(v.StatusAsOf) {
			v.StatusAsOf = asOf
		}
	}
	state := StateAt(c.ValidFrom, c.ValidUntil, set[Revocation], set[Suspension], now)
	switch {
	case v.Why == nil || state == Revoked || state == Expired: // which a missing list does not better
		v.State, v.Why = state, nil
		if state == Unknown {
			v.Why = fmt.Errorf("%w: it begins at %s", ErrNotProven, c.ValidFrom.Format(time.RFC3339))
		}
	default:
		v.StatusAsOf = time.Time{}
	}
	return v
}

// lookUp finds the entry's bit in the newest list that can be believed.
func (k Keys) lookUp(entry StatusEntry, issuer string, lists []string, now time.Time) (set bool, asOf time.Time, err error) {
	err = fmt.Errorf("there is no copy of %s", entry.List)
	var newest *List
	for _, token := range lists {
		var l signedList
		if parseErr := k.parse(token, &l); parseErr != nil || l.List.ID != entry.List {
			continue
		}
		switch {
		case l.List.Issuer != issuer || l.List.Subject.Purpose != entry.Purpose:
			err = fmt.Errorf("%s is a list of %s by %s", entry.List, l.List.Subject.Purpose, l.List.Issuer)
		case !now.Before(l.ValidUntil):
			err = fmt.Errorf("the copy of %s ended at %s: get a new one", entry.List, l.ValidUntil.Format(time.RFC3339))
		case newest == nil || l.ValidFrom.After(newest.ValidFrom):
			newest = &l.List
		}
	}
	if newest == nil {
		return false, time.Time{}, err
	}
	bits, err := DecodeBits(newest.Subject.Encoded)
	if err != nil {
		return false, time.Time{}, err
	}
	index, err := entry.bit()
	if err != nil {
		return false, time.Time{}, err
	}
	set, ok := bits.IsSet(index)
	if !ok {
		return false, time.Time{}, fmt.Errorf("%s has no bit %d", entry.List, index)
	}
	return set, newest.ValidFrom, nil
}

// parse checks the signature and what the claims say of each other. Every error is ErrNotProven.
func (k Keys) parse(token string, into jwt.Claims) error {
	switch {
	case len(token) > maxTokenBytes:
		return fmt.Errorf("%w: %d bytes long", ErrNotProven, len(token))
	case strings.ContainsAny(token, "\r\n"): // which Go's base64 skips: one token would have many spellings
		return fmt.Errorf("%w: line break", ErrNotProven)
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{Algorithm}), jwt.WithStrictDecoding())
	_, err := parser.ParseWithClaims(token, into, func(t *jwt.Token) (any, error) {
		if _, critical := t.Header["crit"]; critical {
			return nil, errors.New("the header demands what is not known here")
		}
		id, _ := t.Header["kid"].(string) // a key in the header itself proves nothing
		key, ok := k[id]
		if !ok {
			return nil, fmt.Errorf("no published key is %q", id)
		}
		return key, nil
	})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotProven, err)
	}
	return nil
}
