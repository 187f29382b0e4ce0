package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"peakseat/certification/badge"
	"peakseat/internal/clock"
)

// verifyCredentialCmd needs no server and no network.
type verifyCredentialCmd struct {
	File   string   `arg:"" help:"A credential file, or its bare JWT." type:"existingfile"`
	Keys   string   `placeholder:"JWKS" type:"existingfile" help:"The issuer's published keys, got from the issuer; absent: those in the file, which prove nothing of who made it."`
	Status []string `placeholder:"JWT" type:"existingfile" help:"Newer copies of the status lists; may be repeated."`
	Issuer string   `placeholder:"ID" help:"Whom to believe: the id of the issuer's profile."`
	JSON   bool     `name:"json" help:"Print {state, trusted, ...} instead of lines."`
}

// Help says what the states mean and where the keys come from.
func (verifyCredentialCmd) Help() string {
	return `It tells valid, expiring, expired, suspended, revoked and unknown apart, and exits 0 for the first two only, and only
with --keys. Get the keys once from the issuer's /.well-known/credential-keys.json. A file tells its status as of when it
was downloaded; /.well-known/credential-status/ has newer lists, which --status reads.`
}

// errNotGood is exit status 1; the verdict is printed before.
var errNotGood = errors.New("the credential cannot be relied on")

// checked is what was found out.
type checked struct {
	State      badge.State `json:"state"`
	Trusted    bool        `json:"trusted"` // the keys came from the issuer and not with the file
	Name       string      `json:"name,omitempty"`
	Issuer     string      `json:"issuer,omitempty"`
	ID         string      `json:"id,omitempty"`
	ValidFrom  *time.Time  `json:"valid_from,omitempty"`
	ValidUntil *time.Time  `json:"valid_until,omitempty"`
	StatusAsOf *time.Time  `json:"status_as_of,omitempty"`
	Why        string      `json:"why,omitempty"`
}

// Run verifies.
func (c *verifyCredentialCmd) Run(out output) error {
	found, err := c.check()
	if err != nil {
		return badInput{err}
	}
	if c.JSON {
		err = json.NewEncoder(out).Encode(found)
	} else {
		found.print(out)
	}
	if err == nil && (!found.State.Good() || !found.Trusted) {
		return errNotGood
	}
	return err
}

func (c *verifyCredentialCmd) check() (found checked, err error) {
	content, err := os.ReadFile(c.File)
	if err != nil {
		return found, err
	}
	file, err := badge.ReadFile(content)
	if err != nil {
		return found, err
	}
	raw := []byte(file.Keys)
	if found.Trusted = c.Keys != ""; found.Trusted {
		if raw, err = os.ReadFile(c.Keys); err != nil {
			return found, err
		}
	}
	if len(raw) == 0 {
		return found, errors.New("there are no keys in the file: give the issuer's with --keys")
	}
	keys, err := badge.ParseJWKS(raw)
	if err != nil {
		return found, err
	}
	for _, path := range c.Status {
		list, err := os.ReadFile(filepath.Clean(path))
		if err != nil {
			return found, err
		}
		file.Status = append(file.Status, string(list))
	}
	v := keys.Verify(file.Credential, c.Issuer, file.Status, clock.Now())
	found.State = v.State
	if v.Why != nil {
		found.Why = v.Why.Error()
	}
	if v.Credential != nil {
		found.Name, found.Issuer, found.ID = v.Credential.Name, v.Credential.Issuer.ID, v.Credential.ID
		found.ValidFrom, found.ValidUntil = &v.Credential.ValidFrom, &v.Credential.ValidUntil
	}
	if !v.StatusAsOf.IsZero() {
		found.StatusAsOf = &v.StatusAsOf
	}
	return found, nil
}

func (found checked) print(out output) {
	fmt.Fprintln(out, found.State)
	if found.ID != "" {
		fmt.Fprintf(out, "  %s\n  of %s\n  %s\n  from %s until %s\n", found.Name, found.Issuer, found.ID,
			found.ValidFrom.Format(time.RFC3339), found.ValidUntil.Format(time.RFC3339))
	}
	if found.StatusAsOf != nil {
		fmt.Fprintf(out, "  status as of %s\n", found.StatusAsOf.Format(time.RFC3339))
	}
	if found.Why != "" {
		fmt.Fprintf(out, "  %s\n", found.Why)
	}
	if !found.Trusted {
		fmt.Fprintln(out, "  The keys came with the file, which anyone can make: give the issuer's published keys with --keys.")
	}
}
