package account

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/audit"
	"peakseat/internal/auth"
	"peakseat/internal/clock"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/seal"
)

// How long a link may be used. Machine time.
const (
	invitationTTL = 7 * 24 * time.Hour
	resetTTL      = 24 * time.Hour
)

type purpose string

const (
	purposeInvitation purpose = "invitation"
	purposeReset      purpose = "reset"
)

// Link is a one-time link, shown once: until there is e-mail, whoever makes it hands it over.
type Link struct {
	ID        uuid.UUID
	Token     string
	ExpiresAt time.Time
}

// URL is where the link leads. The token stands behind the #, so that no server is sent it and no log keeps it.
func (s *Service) URL(token string) string { return s.PublicURL + "/welcome#" + token }

// Invitation is one that waits to be accepted.
type Invitation struct {
	ID        uuid.UUID
	Email     string
	Role      auth.Role
	MadeAt    time.Time
	ExpiresAt time.Time
}

// invitable are the roles that a role may give in its own organisation.
func invitable(by auth.Role) []auth.Role {
	switch by {
	case auth.Owner:
		return []auth.Role{auth.Owner, auth.Booker, auth.Finance, auth.Viewer}
	case auth.Operator:
		return []auth.Role{auth.Trainer, auth.Operator}
	case auth.Agent, auth.Booker, auth.Finance, auth.Viewer, auth.Trainer:
	}
	return nil
}

// Invite makes a link that lets the person with this e-mail into the actor's organisation; one made before for the same
// person dies. It returns ErrAlreadyMember, ErrSessionNeeded or fault.ErrInvalid with fields.
func (s *Service) Invite(ctx context.Context, email string, role auth.Role) (Link, error) {
	actor, _ := auth.ActorFrom(ctx)
	if actor.SessionID == uuid.Nil {
		return Link{}, ErrSessionNeeded
	}
	var wrong fault.Collect
	addEmailFault(&wrong, "/email", email)
	if !slices.Contains(invitable(actor.Role), role) {
		wrong.Add("/role", "not_one_of", "你不能邀请这个角色。", "You cannot invite this role.")
	}
	if err := wrong.Err(); err != nil {
		return Link{}, err
	}
	organisation := Organisation{ID: actor.OrganisationID, Kind: OrganisationMerchant}
	if actor.IsPlatform() {
		organisation.Kind = OrganisationPlatform
	}
	var link Link
	err := postgres.InTx(ctx, s.App, func(tx *postgres.Tx) (err error) {
		link, err = s.invite(tx, organisation, email, role)
		return err
	})
	return link, err
}

func (s *Service) invite(tx *postgres.Tx, organisation Organisation, email string, role auth.Role) (Link, error) {
	indexes, err := s.Index.All(seal.Email, email)
	if err != nil {
		return Link{}, err
	}
	if member, err := existsMember(tx, organisation.ID, indexes); err != nil {
		return Link{}, err
	} else if member {
		return Link{}, ErrAlreadyMember
	}
	if err := deleteInvitationsTo(tx, organisation.ID, indexes); err != nil {
		return Link{}, err
	}
	person := uuid.Must(uuid.NewV7())
	key, wrapped, err := s.Keyring.NewDataKey(person)
	if err != nil {
		return Link{}, err
	}
	link, hash := newLink(invitationTTL)
	err = insertLink(tx, linkRow{
		ID: link.ID, Purpose: purposeInvitation, TokenHash: hash, OrganisationID: &organisation.ID, OrganisationKind: &organisation.Kind,
		Role: &role, PersonID: &person, EmailIndex: indexes[0], Email: key.SealText(fieldEmail, strings.TrimSpace(email)), DataKey: wrapped,
		ExpiresAt: link.ExpiresAt,
	})
	if err != nil {
		return Link{}, err
	}
	return link, audit.Record(tx, audit.Entry{
		Action: "invitation.made", Subject: link.ID.String(), Detail: map[string]string{"organisation_id": organisation.ID.String(), "role": string(role)},
	})
}

// InviteOperator makes a link by which the person with this e-mail becomes an operator: the way in for the first one. For
// somebody who is an operator already it is a link that sets a new password. It is the command line's, and nobody's who
// comes over the network. It returns the token; URL makes the link of it.
func (s *Service) InviteOperator(ctx context.Context, email string) (token string, err error) {
	var wrong fault.Collect
	addEmailFault(&wrong, "/email", email)
	if err := wrong.Err(); err != nil {
		return "", err
	}
	var link Link
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		row, err := s.selectAccountByEmail(tx, email)
		if err != nil {
			if _, unknown := fault.As(err); !unknown {
				return err
			}
			link, err = s.invite(tx, platform(), email, auth.Operator)
			return err
		}
		role, err := selectRole(tx, PlatformID(), row.ID)
		switch {
		case err != nil:
			return err
		case row.Disabled:
			return ErrDisabled
		case role == auth.Operator:
			link, err = s.makeReset(tx, row.ID, "peakseat operator add")
		default:
			link, err = s.invite(tx, platform(), email, auth.Operator)
		}
		return err
	})
	return link.Token, err
}

// MakeReset makes a link by which somebody who forgot their password sets a new one. It is an operator's, who gives a
// reason and hands the link over. It returns fault.ErrNotFound, ErrErased, ErrOwnAccount, ErrSessionNeeded or
// fault.ErrInvalid.
func (s *Service) MakeReset(ctx context.Context, account uuid.UUID, reason string) (Link, error) {
	if err := checkOperation(ctx, account, reason); err != nil {
		return Link{}, err
	}
	var link Link
	err := postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		row, err := selectAccount(tx, account)
		switch {
		case err != nil:
			return err
		case row.ErasedAt != nil:
			return ErrErased
		}
		link, err = s.makeReset(tx, account, strings.TrimSpace(reason))
		return err
	})
	return link, err
}

func (s *Service) makeReset(tx *postgres.Tx, account uuid.UUID, reason string) (Link, error) {
	if err := deleteResets(tx, account); err != nil {
		return Link{}, err
	}
	link, hash := newLink(resetTTL)
	if err := insertLink(tx, linkRow{ID: link.ID, Purpose: purposeReset, TokenHash: hash, AccountID: &account, ExpiresAt: link.ExpiresAt}); err != nil {
		return Link{}, err
	}
	return link, audit.Record(tx, audit.Entry{Action: "password_reset.made", Subject: account.String(), Reason: reason})
}

func newLink(ttl time.Duration) (Link, []byte) {
	token, hash := auth.NewSecret(auth.Invitation)
	return Link{ID: uuid.Must(uuid.NewV7()), Token: token, ExpiresAt: clock.Now().Add(ttl).Truncate(time.Second)}, hash
}

// Invitations lists those of the actor's organisation that wait, the newest first.
func (s *Service) Invitations(ctx context.Context) (list []Invitation, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		list = nil
		rows, err := selectInvitations(tx, tx.Actor.OrganisationID, clock.Now())
		if err != nil {
			return err
		}
		for _, row := range rows {
			email, err := s.unsealInvited(row)
			if err != nil {
				return err
			}
			list = append(list, Invitation{ID: row.ID, Email: email, Role: *row.Role, MadeAt: row.MadeAt.UTC(), ExpiresAt: row.ExpiresAt.UTC()})
		}
		return nil
	})
	return list, err
}

// Withdraw takes an invitation back. It returns fault.ErrNotFound for one that is not the organisation's, or was used.
func (s *Service) Withdraw(ctx context.Context, id uuid.UUID) error {
	return postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if err := deleteInvitation(tx, tx.Actor.OrganisationID, id); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "invitation.withdrawn", Subject: id.String()})
	})
}

// Invited is what a link says to whoever holds it.
type Invited struct {
	Reset        bool
	Email        string
	Organisation Organisation // of an invitation
	Role         auth.Role    // of an invitation
	HasAccount   bool         // accept with that account's password; no name is asked
	ExpiresAt    time.Time
}

// LookAt tells what a link is for without using it. It returns ErrLink or ErrTooManyTries.
func (s *Service) LookAt(ctx context.Context, token string, address netip.Addr) (Invited, error) {
	if wait := s.Throttle.Guess("", address); wait > 0 {
		return Invited{}, ErrTooManyTries.After(wait)
	}
	seen, err := s.readLink(ctx, token)
	if err != nil {
		return Invited{}, err
	}
	s.Throttle.Succeeded("", address)
	invited := Invited{Reset: seen.link.Purpose == purposeReset, Email: seen.email, HasAccount: seen.known, ExpiresAt: seen.link.ExpiresAt.UTC()}
	if !invited.Reset {
		invited.Organisation, invited.Role = seen.link.organisation(), *seen.link.Role
	}
	return invited, nil
}

// Acceptance is what somebody who holds a link sends to use it.
type Acceptance struct {
	Token, Password string
	Name            string // of a person who has no account yet
	Address         netip.Addr
}

// Accepted is what came of it.
type Accepted struct {
	AccountID      uuid.UUID
	OrganisationID uuid.UUID // uuid.Nil for a reset
	Role           auth.Role // "" for a reset
}

// Accept uses a link up. An invitation opens an account with the password and the name, or, for somebody who has one,
// joins it to the organisation if the password is that account's. A reset sets the password and ends all sessions.
// It returns ErrLink, ErrPasswordOfAccount, ErrDisabled, ErrAlreadyMember, ErrTooManyTries or fault.ErrInvalid with fields.
func (s *Service) Accept(ctx context.Context, a Acceptance) (Accepted, error) {
	if wait := s.Throttle.Guess("", a.Address); wait > 0 {
		return Accepted{}, ErrTooManyTries.After(wait)
	}
	seen, err := s.readLink(ctx, a.Token)
	if err != nil {
		return Accepted{}, err
	}
	s.Throttle.Succeeded("", a.Address)
	invitedByName := seen.known && seen.link.Purpose == purposeInvitation
	if invitedByName {
		if err := s.checkPasswordOf(ctx, seen, a); err != nil {
			return Accepted{}, err
		}
	} else {
		var wrong fault.Collect
		addPasswordFault(&wrong, "/password", a.Password, seen.email)
		if seen.link.Purpose == purposeInvitation {
			addNameFault(&wrong, "/name", a.Name)
		}
		if err := wrong.Err(); err != nil {
			return Accepted{}, err
		}
	}
	hash := ""
	if !invitedByName {
		if hash, err = s.Passwords.Hash(ctx, a.Password); err != nil {
			return Accepted{}, busy(err)
		}
	}
	var accepted Accepted
	var ended []auth.Revoked
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		link, err := lockLink(tx, seen.link.TokenHash, clock.Now())
		if err != nil {
			return err
		}
		if link.Purpose == purposeReset {
			accepted, ended, err = s.acceptReset(tx, link, hash)
			return err
		}
		accepted, err = s.acceptInvitation(tx, link, seen, a.Name, hash)
		return err
	})
	if err != nil {
		return Accepted{}, faultOf(err)
	}
	s.revocations.Add(ended...)
	return accepted, nil
}

func (s *Service) checkPasswordOf(ctx context.Context, seen seenLink, a Acceptance) error {
	guessed := seal.Normalise(seal.Email, seen.email)
	if wait := s.Throttle.Guess(guessed, a.Address); wait > 0 {
		return ErrTooManyTries.After(wait)
	}
	same, err := s.Passwords.Verify(ctx, a.Password, seen.hash)
	switch {
	case err != nil:
		return busy(err)
	case !same:
		return ErrPasswordOfAccount
	}
	s.Throttle.Succeeded(guessed, a.Address)
	return nil
}

func (s *Service) acceptReset(tx *postgres.Tx, link linkRow, hash string) (Accepted, []auth.Revoked, error) {
	row, err := lockAccount(tx, *link.AccountID)
	switch {
	case err != nil:
		return Accepted{}, nil, err
	case row.ErasedAt != nil:
		return Accepted{}, nil, ErrLink
	case row.Disabled:
		return Accepted{}, nil, ErrDisabled
	}
	if err := upsertPassword(tx, row.ID, hash); err != nil {
		return Accepted{}, nil, err
	}
	ended, err := endSessions(tx, row.ID, uuid.Nil, endedByPassword)
	if err != nil {
		return Accepted{}, nil, err
	}
	if err := updateLinkUsed(tx, link.ID, row.ID); err != nil {
		return Accepted{}, nil, err
	}
	err = audit.Record(tx, audit.Entry{Action: "password.reset", Subject: row.ID.String(), Detail: map[string]string{"link_id": link.ID.String()}})
	return Accepted{AccountID: row.ID}, ended, err
}

func (s *Service) acceptInvitation(tx *postgres.Tx, link linkRow, seen seenLink, name, hash string) (Accepted, error) {
	id := *link.PersonID
	var facts []fact.Fact
	if seen.known {
		id = seen.account.ID
		row, err := lockAccount(tx, id)
		switch {
		case err != nil:
			return Accepted{}, err
		case row.Disabled:
			return Accepted{}, ErrDisabled
		case row.ErasedAt != nil:
			return Accepted{}, ErrLink
		}
		if now, err := selectPassword(tx, id); err != nil {
			return Accepted{}, err
		} else if now != seen.hash {
			return Accepted{}, ErrPasswordOfAccount // changed while we compared
		}
	} else {
		// the invitation's key becomes the person's
		key, err := s.Keyring.Open(id, link.DataKey)
		if err != nil {
			return Accepted{}, err
		}
		if err := s.insertPersonUnder(tx, key, link.DataKey, id, KindStaff, seen.email, name, hash); err != nil {
			return Accepted{}, err
		}
		facts = append(facts, fact.AccountRegistered{AccountID: id.String(), Kind: string(KindStaff)})
	}
	if err := insertMembership(tx, link.organisation(), id, *link.Role); err != nil {
		return Accepted{}, err
	}
	if err := updateLinkUsed(tx, link.ID, id); err != nil {
		return Accepted{}, err
	}
	accepted := Accepted{AccountID: id, OrganisationID: *link.OrganisationID, Role: *link.Role}
	facts = append(facts, granted(accepted.OrganisationID, id, accepted.Role))
	return accepted, outbox.Append(tx, facts...)
}

// seenLink is a link that may be used, and whom it is for.
type seenLink struct {
	link    linkRow
	email   string
	known   bool // the person has an account
	account accountRow
	hash    string // of that account's password
}

// readLink returns ErrLink for what is no link that may be used now.
func (s *Service) readLink(ctx context.Context, token string) (seen seenLink, err error) {
	hash, err := auth.HashSecret(auth.Invitation, token)
	if err != nil {
		return seen, ErrLink.Because(err)
	}
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		seen = seenLink{}
		if seen.link, err = selectLink(tx, hash, clock.Now()); err != nil {
			return err
		}
		if seen.link.Purpose == purposeReset {
			seen.account, err = selectAccount(tx, *seen.link.AccountID)
		} else {
			if seen.email, err = s.unsealInvited(seen.link); err != nil {
				return err
			}
			seen.account, err = s.selectAccountByEmail(tx, seen.email)
		}
		if _, unknown := fault.As(err); unknown {
			return nil
		}
		if err != nil {
			return err
		}
		seen.known = true
		person, err := s.unseal(seen.account)
		if err != nil {
			return err
		}
		seen.email = person.Email
		seen.hash, err = selectPassword(tx, person.ID)
		return err
	})
	return seen, err
}

func (s *Service) unsealInvited(row linkRow) (string, error) {
	key, err := s.Keyring.Open(*row.PersonID, row.DataKey)
	if err != nil {
		return "", err
	}
	return key.UnsealText(fieldEmail, row.Email)
}
