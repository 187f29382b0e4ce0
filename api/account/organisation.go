package account

import (
	"context"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/auth"
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
