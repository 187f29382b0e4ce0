package account

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/audit"
	"peakseat/internal/auth"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/seal"
)

// OrganisationKind is what an organisation is for.
type OrganisationKind string

// The kinds. There is one platform.
const (
	OrganisationMerchant OrganisationKind = "merchant"
	OrganisationPlatform OrganisationKind = "platform"
)

// Organisation is whom staff act for. A merchant's name is public to those it works with and is not sealed.
type Organisation struct {
	ID   uuid.UUID
	Kind OrganisationKind
	Name string // "" where it has not said yet
}

// platform is the platform's own organisation.
func platform() Organisation { return Organisation{ID: PlatformID(), Kind: OrganisationPlatform} }

// Membership lets an account act for an organisation in one role.
type Membership struct {
	Organisation
	Role auth.Role
}

// Member is a colleague. The e-mail is masked for all but owners and operators.
type Member struct {
	AccountID uuid.UUID
	Name      string
	Email     string
	Role      auth.Role
	Disabled  bool
	JoinedAt  time.Time
}

// Members lists the members of the organisation that the actor's session names, in the order in which they joined.
func (s *Service) Members(ctx context.Context) (members []Member, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		rows, err := selectMembers(tx, tx.Actor.OrganisationID)
		if err != nil {
			return err
		}
		for _, row := range rows {
			person, err := s.unseal(row.Person)
			if err != nil {
				return err
			}
			if !tx.Actor.Has(auth.Owner, auth.Operator) && person.ID != tx.Actor.AccountID {
				person.Email = seal.MaskEmail(person.Email)
			}
			members = append(members, Member{
				AccountID: person.ID, Name: person.Name, Email: person.Email, Role: row.Role, Disabled: person.Disabled, JoinedAt: row.JoinedAt.UTC(),
			})
		}
		return nil
	})
	return members, err
}

// Remove takes a member out of the actor's organisation: the sessions that act for it end, and the keys made for it are
// deleted. It returns fault.ErrNotFound, ErrOwnAccount, ErrLastOwner, ErrSessionNeeded, or fault.ErrForbidden to an actor who
// has lost the role meanwhile.
func (s *Service) Remove(ctx context.Context, account uuid.UUID) error {
	return s.changeMember(ctx, account, func(tx *postgres.Tx, was auth.Role) ([]auth.Revoked, error) {
		organisation := tx.Actor.OrganisationID
		ended, err := endSessionsIn(tx, account, organisation, endedByRole)
		if err != nil {
			return nil, err
		}
		if err := deleteAPIKeysOf(tx, account, organisation, beyond("")); err != nil {
			return nil, err
		}
		if err := deleteMembership(tx, organisation, account); err != nil {
			return nil, err
		}
		err = audit.Record(tx, audit.Entry{
			Action: "member.removed", Subject: account.String(), Detail: map[string]string{"organisation_id": organisation.String(), "role": string(was)},
		})
		if err != nil {
			return nil, err
		}
		return ended, outbox.Append(tx, fact.MembershipEnded{OrganisationID: organisation.String(), AccountID: account.String()})
	})
}

// SetRole gives a colleague another role. What the new one does not cover is gone at once: the sessions that act for the
// organisation end, and keys beyond it are deleted; a role that covers the old one comes with the next token. Its refusals are
// those of Remove, and fault.ErrInvalid for a role that the actor cannot give.
func (s *Service) SetRole(ctx context.Context, account uuid.UUID, role auth.Role) error {
	actor, _ := auth.ActorFrom(ctx)
	if !slices.Contains(invitable(actor.Role), role) {
		return fault.ErrInvalid.At("/role", "not_one_of", "你不能给出这个角色。", "You cannot give this role.")
	}
	return s.changeMember(ctx, account, func(tx *postgres.Tx, was auth.Role) (ended []auth.Revoked, err error) {
		if role == was {
			return nil, nil
		}
		organisation := tx.Actor.OrganisationID
		if !covers(role, was) {
			if ended, err = endSessionsIn(tx, account, organisation, endedByRole); err != nil {
				return nil, err
			}
		}
		if err := deleteAPIKeysOf(tx, account, organisation, beyond(role)); err != nil {
			return nil, err
		}
		if err := updateRole(tx, organisation, account, role); err != nil {
			return nil, err
		}
		err = audit.Record(tx, audit.Entry{
			Action: "member.role_changed", Subject: account.String(),
			Detail: map[string]string{"organisation_id": organisation.String(), "from": string(was), "to": string(role)},
		})
		if err != nil {
			return nil, err
		}
		changed := granted(organisation, account, role)
		changed.Was = string(was)
		return ended, outbox.Append(tx, changed)
	})
}

// changeMember changes a colleague's membership, of which the role is as it was. The account is locked against sign-ins, then
// the organisation: of two owners who would put each other out, the second is none any more.
func (s *Service) changeMember(ctx context.Context, account uuid.UUID, change func(tx *postgres.Tx, was auth.Role) ([]auth.Revoked, error)) error {
	actor, _ := auth.ActorFrom(ctx)
	switch {
	case actor.SessionID == uuid.Nil:
		return ErrSessionNeeded
	case actor.AccountID == account:
		return ErrOwnAccount // so that an organisation keeps an owner
	}
	var ended []auth.Revoked
	err := postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if _, err := lockAccount(tx, account); err != nil {
			return err
		}
		if err := lockOrganisation(tx, actor.OrganisationID); err != nil {
			return err
		}
		mine, err := selectRole(tx, actor.OrganisationID, actor.AccountID)
		if err != nil {
			return err
		}
		was, err := selectRole(tx, actor.OrganisationID, account)
		switch {
		case err != nil:
			return err
		case mine != actor.Role:
			return fault.ErrForbidden
		case was == "":
			return fault.ErrNotFound
		}
		ended, err = change(tx, was)
		return err
	})
	if err != nil {
		return faultOf(err)
	}
	s.revocations.Add(ended...)
	return nil
}

// RenameOrganisation gives the actor's merchant its public name.
func (s *Service) RenameOrganisation(ctx context.Context, name string) error {
	var wrong fault.Collect
	addNameFault(&wrong, "/name", name)
	if err := wrong.Err(); err != nil {
		return err
	}
	return postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		return updateOrganisationName(tx, tx.Actor.OrganisationID, strings.TrimSpace(name))
	})
}
