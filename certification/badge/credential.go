package badge

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Credential is an Open Badges 3.0 AchievementCredential. It names nobody: the subject is a pseudonym of this
// credential alone.
type Credential struct {
	Context    []string      `json:"@context"`
	ID         string        `json:"id"`
	Types      []string      `json:"type"`
	Name       string        `json:"name"`
	Issuer     Profile       `json:"issuer"`
	ValidFrom  time.Time     `json:"validFrom"`
	ValidUntil time.Time     `json:"validUntil"`
	Subject    Subject       `json:"credentialSubject"`
	Status     []StatusEntry `json:"credentialStatus"`
}

// Profile is the issuer.
type Profile struct {
	ID   string   `json:"id"`
	Type []string `json:"type"`
	Name string   `json:"name"`
	URL  string   `json:"url,omitempty"`
}

// Subject is who achieved what.
type Subject struct {
	ID          string      `json:"id"`
	Type        []string    `json:"type"`
	Achievement Achievement `json:"achievement"`
}

// Achievement is a version of a template.
type Achievement struct {
	ID          string   `json:"id"`
	Type        []string `json:"type"`
	Kind        string   `json:"achievementType"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Criteria    Criteria `json:"criteria"`
	Version     string   `json:"version,omitempty"`
	Tags        []string `json:"tag,omitempty"`
}

// Criteria is how it is earned.
type Criteria struct {
	Narrative string `json:"narrative"`
}

// StatusEntry is where one status of the credential is looked up.
type StatusEntry struct {
	ID      string  `json:"id"`
	Type    string  `json:"type"`
	Purpose Purpose `json:"statusPurpose"`
	Index   string  `json:"statusListIndex"`
	List    string  `json:"statusListCredential"`
}

// Purpose says what a set bit means.
type Purpose string

// The statuses. A revocation is for ever; a suspension may end.
const (
	Revocation Purpose = "revocation"
	Suspension Purpose = "suspension"
)

const (
	contextVC     = "https://www.w3.org/ns/credentials/v2"
	contextBadges = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
	typeVC        = "VerifiableCredential"
	typeBadge     = "OpenBadgeCredential"
	typeEntry     = "BitstringStatusListEntry"
)

// Complete fills in what every credential says alike, and cuts times to the seconds that a JWT can hold.
func (c Credential) Complete() Credential {
	c.Context, c.Types = []string{contextVC, contextBadges}, []string{typeVC, typeBadge}
	c.Issuer = c.Issuer.Complete()
	c.Subject.Type, c.Subject.Achievement.Type, c.Subject.Achievement.Kind = []string{"AchievementSubject"}, []string{"Achievement"}, "Certification"
	c.ValidFrom, c.ValidUntil = c.ValidFrom.UTC().Truncate(time.Second), c.ValidUntil.UTC().Truncate(time.Second)
	return c
}

// Complete fills in what every profile says alike.
func (p Profile) Complete() Profile {
	p.Type = []string{"Profile"}
	return p
}

// Entry is the status entry of a bit in a list whose credential lies at the address.
func Entry(purpose Purpose, list string, index int) StatusEntry {
	return StatusEntry{ID: fmt.Sprintf("%s#%d", list, index), Type: typeEntry, Purpose: purpose, Index: strconv.Itoa(index), List: list}
}

// Sign makes the JWT of a credential that Complete returned.
func (s Signer) Sign(c Credential) (string, error) {
	signed := signedCredential{
		Credential: c,
		registered: registered{Issuer: c.Issuer.ID, ID: c.ID, Subject: c.Subject.ID, NotBefore: jwt.NewNumericDate(c.ValidFrom), Expires: jwt.NewNumericDate(c.ValidUntil)},
	}
	if err := signed.Validate(); err != nil {
		return "", fmt.Errorf("sign credential: %w", err)
	}
	return s.sign(signed)
}

func (s Signer) sign(claims jwt.Claims) (string, error) {
	unsigned := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	unsigned.Header["kid"] = s.KeyID
	return unsigned.SignedString(s.Key)
}

// registered are the JWT's own claims, which repeat what the credential says.
type registered struct {
	Issuer    string           `json:"iss"`
	ID        string           `json:"jti"`
	Subject   string           `json:"sub"`
	NotBefore *jwt.NumericDate `json:"nbf"`
	Expires   *jwt.NumericDate `json:"exp"`
}

// agree tells whether the claims say what the credential says.
func (r registered) agree(issuer, id, subject string, from, until time.Time) error {
	switch {
	case r.NotBefore == nil || r.Expires == nil:
		return errors.New("nbf or exp is missing")
	case issuer == "" || r.Issuer != issuer:
		return fmt.Errorf("iss %q is not the issuer's id %q", r.Issuer, issuer)
	case id == "" || r.ID != id:
		return fmt.Errorf("jti %q is not the credential's id %q", r.ID, id)
	case subject == "" || r.Subject != subject:
		return fmt.Errorf("sub %q is not the subject's id %q", r.Subject, subject)
	case !r.NotBefore.Equal(from):
		return fmt.Errorf("nbf %v is not validFrom %v", r.NotBefore.UTC(), from)
	case !r.Expires.Equal(until):
		return fmt.Errorf("exp %v is not validUntil %v", r.Expires.UTC(), until)
	case !until.After(from):
		return errors.New("it ends before it begins")
	}
	return nil
}

type signedCredential struct {
	Credential
	registered
}

// Validate is what a signature alone does not prove; the parser asks it too.
func (c signedCredential) Validate() error {
	if err := c.agree(c.Credential.Issuer.ID, c.Credential.ID, c.Credential.Subject.ID, c.ValidFrom, c.ValidUntil); err != nil {
		return err
	}
	if !sameTypes(c.Types, typeVC, typeBadge) {
		return fmt.Errorf("it is a %s and no Open Badge", strings.Join(c.Types, ", "))
	}
	if len(c.Status) != 2 || c.Status[0].Purpose != Revocation || c.Status[1].Purpose != Suspension {
		return errors.New("its status entries are not one of revocation and one of suspension")
	}
	for _, entry := range c.Status {
		if _, err := entry.bit(); err != nil || entry.Type != typeEntry {
			return fmt.Errorf("its status entry %s of index %q is not one", entry.Type, entry.Index)
		}
	}
	return nil
}

func sameTypes(types []string, want ...string) bool {
	return len(types) == len(want) && types[0] == want[0] && types[1] == want[1]
}

// The times are judged by State, which keeps expired and unknown apart; the parser must not.

func (r registered) GetExpirationTime() (*jwt.NumericDate, error) { return nil, nil } //nolint:nilnil // absent
func (r registered) GetIssuedAt() (*jwt.NumericDate, error)       { return nil, nil } //nolint:nilnil // absent
func (r registered) GetNotBefore() (*jwt.NumericDate, error)      { return nil, nil } //nolint:nilnil // absent
func (r registered) GetIssuer() (string, error)                   { return r.Issuer, nil }
func (r registered) GetSubject() (string, error)                  { return r.Subject, nil }
func (r registered) GetAudience() (jwt.ClaimStrings, error)       { return nil, nil }
