package account

import (
	"context"
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
// deleted. It returns fault.ErrNotFound, ErrOwnAccount or ErrSessionNeeded.
func (s *Service) Remove(ctx context.Context, account uuid.UUID) error {
	actor, _ := auth.ActorFrom(ctx)
	switch {
	case actor.SessionID == uuid.Nil:
		return ErrSessionNeeded
	case actor.AccountID == account:
		return ErrOwnAccount // so that an organisation keeps an owner
	}
	var ended []auth.Revoked
	err := postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		role, err := selectRole(tx, actor.OrganisationID, account)
		switch {
		case err != nil:
			return err
		case role == "":
			return fault.ErrNotFound
		}
		if ended, err = endSessionsIn(tx, account, actor.OrganisationID, endedByRole); err != nil {
			return err
		}
		if err := deleteAPIKeysOf(tx, account, actor.OrganisationID); err != nil {
			return err
		}
		if err := deleteMembership(tx, actor.OrganisationID, account); err != nil {
			return err
		}
		err = audit.Record(tx, audit.Entry{
			Action: "member.removed", Subject: account.String(), Detail: map[string]string{"organisation_id": actor.OrganisationID.String(), "role": string(role)},
		})
		if err != nil {
			return err
		}
		return outbox.Append(tx, fact.MembershipEnded{OrganisationID: actor.OrganisationID.String(), AccountID: account.String()})
	})
	if err != nil {
		return err
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
