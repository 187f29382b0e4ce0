package auth

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"peakseat/internal/clock"
)

// DefaultTokenTTL is how long an access token lives. Refresh tokens make new ones.
const DefaultTokenTTL = 15 * time.Minute

// SeedTokenTTL is how long the tokens of a seeded marketplace live, so that a storm needs no logins.
const SeedTokenTTL = 12 * time.Hour

var (
	// ErrInvalidToken says that a token proves nothing; the cause is wrapped, for the log only.
	ErrInvalidToken = errors.New("invalid token")
	// ErrExpiredToken says that a token was good and has expired: a refresh may help.
	ErrExpiredToken = errors.New("expired token")
)

// maxTokenLength bounds what is parsed at all; ours are some 450 bytes, more with many scopes.
const maxTokenLength = 4096

// tokenType keeps other things signed under these keys from being taken for access tokens (RFC 9068).
const tokenType = "at+jwt"

// Tokens issues and checks access tokens: EdDSA JWTs with kid, iss, aud, exp, iat, sub, sid, role, org and scope.
type Tokens struct {
	keys             *Keys
	issuer, audience string
	parser           *jwt.Parser
	verified         verified
}

// Token is a checked access token.
type Token struct {
	Actor     Actor
	IssuedAt  time.Time
	ExpiresAt time.Time
}

// NewTokens returns tokens of one issuer for one audience, neither of which may be empty.
func NewTokens(keys *Keys, issuer, audience string) (*Tokens, error) {
	if issuer == "" || audience == "" {
		return nil, errors.New("tokens need an issuer and an audience")
	}
	return &Tokens{
		keys: keys, issuer: issuer, audience: audience,
		parser: jwt.NewParser(
			jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}),
			jwt.WithIssuer(issuer),
			jwt.WithAudience(audience),
			jwt.WithExpirationRequired(),
			jwt.WithStrictDecoding(),
			jwt.WithTimeFunc(clock.Now),
		),
	}, nil
}

// Issue signs a token for the actor that lives for ttl (whole seconds), and tells when it expires.
func (t *Tokens) Issue(actor Actor, ttl time.Duration) (token string, expiresAt time.Time, err error) {
	if ttl < time.Second {
		return "", time.Time{}, fmt.Errorf("a token cannot live for %v", ttl)
	}
	now := clock.Now()
	c := claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: t.issuer, Audience: jwt.ClaimStrings{t.audience}, Subject: actor.AccountID.String(),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(ttl)),
		},
		SessionID: actor.SessionID, Role: actor.Role, OrganisationID: actor.OrganisationID,
		Scope: strings.Join(actor.Scopes, " "),
	}
	if err = c.Validate(); err != nil {
		return "", time.Time{}, fmt.Errorf("issue token: %w", err)
	}
	signing := t.keys.signing()
	unsigned := jwt.NewWithClaims(jwt.SigningMethodEdDSA, c)
	unsigned.Header["kid"] = signing.id
	unsigned.Header["typ"] = tokenType
	token, err = unsigned.SignedString(signing.key)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("sign token: %w", err)
	}
	return token, c.ExpiresAt.UTC(), nil
}

// Verify checks a token and returns what it says, or ErrExpiredToken, or ErrInvalidToken. It does not ask whether the
// session was revoked since: Revocations does.
func (t *Tokens) Verify(raw string) (Token, error) {
	if len(raw) > maxTokenLength {
		return Token{}, fmt.Errorf("%w: %d bytes long", ErrInvalidToken, len(raw))
	}
	if token, ok := t.verified.find(t.keys.ring.Load(), raw, clock.Now()); ok {
		return token, nil
	}
	// The keys as they are before the check: should they change during it, what it found is not remembered.
	under := t.keys.ring.Load()
	token, err := t.check(raw)
	if err == nil {
		t.verified.keep(under, raw, token)
	}
	return token, err
}

func (t *Tokens) check(raw string) (Token, error) {
	if strings.ContainsAny(raw, "\r\n") { // which Go's base64 skips: one token would have many spellings
		return Token{}, fmt.Errorf("%w: line break", ErrInvalidToken)
	}
	var c claims
	_, err := t.parser.ParseWithClaims(raw, &c, t.keyOf)
	if onlyExpired(err) && c.Validate() == nil {
		return Token{}, ErrExpiredToken
	}
	if err != nil {
		return Token{}, fmt.Errorf("%w: %w", ErrInvalidToken, err)
	}
	actor, err := c.actor()
	if err != nil {
		return Token{}, fmt.Errorf("%w: %w", ErrInvalidToken, err)
	}
	return Token{Actor: actor, IssuedAt: c.IssuedAt.UTC(), ExpiresAt: c.ExpiresAt.UTC()}, nil
}

func (t *Tokens) keyOf(token *jwt.Token) (any, error) {
	if typ, _ := token.Header["typ"].(string); typ != tokenType {
		return nil, fmt.Errorf("type %q is not an access token's", typ)
	}
	id, _ := token.Header["kid"].(string)
	return t.keys.verifying(id)
}

type claims struct {
	jwt.RegisteredClaims
	SessionID      uuid.UUID `json:"sid,omitzero"`
	Role           Role      `json:"role"`
	OrganisationID uuid.UUID `json:"org,omitzero"`
	Scope          string    `json:"scope,omitempty"`
}

// Validate is asked by the parser after the registered claims: a token must name all that an actor is made of.
func (c claims) Validate() error {
	actor, err := c.actor()
	switch {
	case err != nil:
		return err
	case actor.AccountID == uuid.Nil:
		return errors.New("no account")
	case actor.SessionID == uuid.Nil:
		return errors.New("no session")
	case !actor.Role.Valid():
		return fmt.Errorf("unknown role %q", actor.Role)
	case actor.IsMerchant() && actor.OrganisationID == uuid.Nil:
		return fmt.Errorf("a %s without an organisation", actor.Role)
	case c.IssuedAt == nil:
		return errors.New("no time of issue")
	}
	return nil
}

func (c claims) actor() (Actor, error) {
	account, err := uuid.Parse(c.Subject)
	if err != nil {
		return Actor{}, fmt.Errorf("subject: %w", err)
	}
	return Actor{
		AccountID: account, Role: c.Role, OrganisationID: c.OrganisationID, SessionID: c.SessionID,
		Scopes: strings.Fields(c.Scope),
	}, nil
}

// onlyExpired tells whether expiry is all that the parser found wrong; it checks the signature before the claims, and
// then joins what is wrong with each.
func onlyExpired(err error) bool {
	if !errors.Is(err, jwt.ErrTokenExpired) {
		return false
	}
	for _, other := range []error{
		jwt.ErrTokenInvalidAudience, jwt.ErrTokenInvalidIssuer, jwt.ErrTokenNotValidYet, jwt.ErrTokenUsedBeforeIssued,
		jwt.ErrTokenRequiredClaimMissing, jwt.ErrTokenSignatureInvalid, jwt.ErrTokenUnverifiable, jwt.ErrTokenMalformed,
	} {
		if errors.Is(err, other) {
			return false
		}
	}
	return true
}
