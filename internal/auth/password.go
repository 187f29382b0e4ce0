package auth

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"
)

// ErrPasswordsBusy says that so many passwords wait to be hashed that one more would wait too long: come back later.
var ErrPasswordsBusy = errors.New("too many passwords wait to be hashed")

// The least and the most characters of a password.
const (
	MinPasswordLength = 10
	MaxPasswordLength = 128
)

// waitersPerSlot bounds the queue: at some 25 to 55 ms a hash the last one waits two to four seconds.
const waitersPerSlot = 64

// PasswordReason says why a password is not accepted. The zero PasswordReason accepts it.
type PasswordReason string

// The reasons.
const (
	PasswordTooShort PasswordReason = "password_too_short" // under MinPasswordLength characters
	PasswordTooLong  PasswordReason = "password_too_long"  // over MaxPasswordLength characters
	PasswordUnclear  PasswordReason = "password_unclear"   // not UTF-8, or holds control characters
	PasswordIsEmail  PasswordReason = "password_is_email"  // the e-mail address, or the part before its @
)

// JudgePassword returns why the password of an account with this e-mail address is not accepted, or "". Nothing is said
// about kinds of characters: length is what helps (NIST SP 800-63B).
func JudgePassword(password, email string) PasswordReason {
	if len(password) > MaxPasswordLength*utf8.UTFMax {
		return PasswordTooLong // before any work on it
	}
	if !utf8.ValidString(password) || strings.ContainsFunc(password, isControl) {
		return PasswordUnclear
	}
	password = norm.NFC.String(password)
	switch n := utf8.RuneCountInString(password); {
	case n < MinPasswordLength:
		return PasswordTooShort
	case n > MaxPasswordLength:
		return PasswordTooLong
	}
	email = norm.NFC.String(strings.TrimSpace(email))
	local, _, _ := strings.Cut(email, "@")
	if strings.EqualFold(password, email) || strings.EqualFold(password, local) {
		return PasswordIsEmail
	}
	return ""
}

// Passwords hashes passwords with argon2id (19 MiB, 2 passes, 1 lane: OWASP's choice), at most one per core at once, so
// that a storm of logins neither takes the memory nor starves the other requests.
type Passwords struct {
	slots   chan struct{}
	waiting atomic.Int64
	unknown string // the hash of a password that nobody has
}

// NewPasswords returns what hashes passwords. It takes the time of one hash.
func NewPasswords() (*Passwords, error) {
	secret, _ := NewSecret(Refresh)
	unknown, err := argon2id.CreateHash(secret, passwordParams())
	if err != nil {
		return nil, fmt.Errorf("hash password: %w", err)
	}
	return &Passwords{slots: make(chan struct{}, runtime.GOMAXPROCS(0)), unknown: unknown}, nil
}

// Hash returns the encoded argon2id hash of a password that JudgePassword accepts. It waits for a core; ErrPasswordsBusy
// or the context's end says that none came free.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	leave, err := p.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	hash, err := argon2id.CreateHash(norm.NFC.String(password), passwordParams())
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// Verify tells whether the password is the one that was hashed. For an unknown account the hash is "": the work is the
// same, so that the time taken does not tell, and the answer is false. A password too long to be anybody's is compared
// as if it were empty.
func (p *Passwords) Verify(ctx context.Context, password, hash string) (bool, error) {
	leave, err := p.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	known := hash != ""
	if !known {
		hash = p.unknown
	}
	if len(password) > MaxPasswordLength*utf8.UTFMax {
		password, known = "", false
	}
	same, err := argon2id.ComparePasswordAndHash(norm.NFC.String(password), hash)
	if err != nil {
		return false, fmt.Errorf("verify password: %w", err)
	}
	return known && same, nil
}

// NeedsRehash tells whether a hash was made with other parameters than today's: after a login that succeeded, hash the
// password again.
func (p *Passwords) NeedsRehash(hash string) bool {
	params, _, _, err := argon2id.DecodeHash(hash)
	return err != nil || *params != *passwordParams()
}

func (p *Passwords) enter(ctx context.Context) (leave func(), err error) {
	if p.waiting.Add(1) > int64(cap(p.slots)*(waitersPerSlot+1)) {
		p.waiting.Add(-1)
		return nil, ErrPasswordsBusy
	}
	select {
	case p.slots <- struct{}{}:
		return func() { <-p.slots; p.waiting.Add(-1) }, nil
	case <-ctx.Done():
		p.waiting.Add(-1)
		return nil, fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
}

func passwordParams() *argon2id.Params {
	return &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
