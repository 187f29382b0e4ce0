package account

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/audit"
	"peakseat/internal/postgres"
	"peakseat/internal/seal"
)

// Listed is an account as operators see it: name and e-mail are masked until they are revealed with a reason.
type Listed struct {
	Account
	Memberships []Membership
}

// Directory lists accounts, the newest first, at most limit and one more, which says that there is another page. After
// is the last one of the page before; the zero Place begins. It is an operator's.
func (s *Service) Directory(ctx context.Context, which Directed, after Place, limit int) (list []Listed, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		list = nil
		rows, err := selectDirectory(tx, which, after, limit+1)
		if err != nil {
			return err
		}
		for _, row := range rows {
			listed, err := s.listed(tx, row)
			if err != nil {
				return err
			}
			list = append(list, listed)
		}
		return nil
	})
	return list, err
}

// Directed narrows the directory; zero members do not.
type Directed struct {
	Kind     Kind
	Disabled bool // only those
}

// One is an account, masked. It is an operator's. It returns fault.ErrNotFound.
func (s *Service) One(ctx context.Context, id uuid.UUID) (found Listed, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		row, err := selectAccount(tx, id)
		if err != nil {
			return err
		}
		found, err = s.listed(tx, row)
		return err
	})
	return found, err
}

// Place is where an account stands in the directory.
type Place struct {
	CreatedAt time.Time `json:"c"`
	ID        uuid.UUID `json:"i"`
}

// Lookup returns the account with this e-mail, masked. It is an operator's. It returns fault.ErrNotFound.
func (s *Service) Lookup(ctx context.Context, email string) (found Listed, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		row, err := s.selectAccountByEmail(tx, email)
		if err != nil {
			return err
		}
		found, err = s.listed(tx, row)
		return err
	})
	return found, err
}

// Reveal returns a person's name and e-mail in full to an operator who gives a reason; both are kept in the audit trail.
// Its refusals are those of Disable.
func (s *Service) Reveal(ctx context.Context, account uuid.UUID, reason string) (person Account, err error) {
	if err := checkOperation(ctx, account, reason); err != nil {
		return Account{}, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		row, err := selectAccount(tx, account)
		if err != nil {
			return err
		}
		if person, err = s.unseal(row); err != nil {
			return err
		}
		if person.Erased {
			return ErrErased
		}
		return audit.Record(tx, audit.Entry{
			Action: "person.revealed", Subject: account.String(), Reason: strings.TrimSpace(reason), Detail: map[string][]string{"fields": {"name", "email"}},
		})
	})
	return person, err
}

// RevealName is Reveal for those who need the name only.
func (s *Service) RevealName(ctx context.Context, account uuid.UUID, reason string) (string, error) {
	person, err := s.Reveal(ctx, account, reason)
	return person.Name, err
}

func (s *Service) listed(tx *postgres.Tx, row accountRow) (Listed, error) {
	person, err := s.unseal(row)
	if err != nil {
		return Listed{}, err
	}
	person.Name, person.Email = seal.MaskName(person.Name), seal.MaskEmail(person.Email)
	memberships, err := selectMemberships(tx, person.ID)
	return Listed{Account: person, Memberships: memberships}, err
}

func selectDirectory(tx *postgres.Tx, which Directed, after Place, limit int) (rows []accountRow, err error) {
	where, args := []string{"true"}, []any{}
	if which.Kind != "" {
		where, args = append(where, "a.kind = ?"), append(args, which.Kind)
	}
	if which.Disabled {
		where = append(where, "exists (select from account.disablement d where d.account_id = a.id)")
	}
	if after.ID != uuid.Nil {
		where, args = append(where, "(a.created_at, a.id) < (?, ?)"), append(args, after.CreatedAt, after.ID)
	}
	query := `select ` + accountColumns + ` from account.account a where ` + strings.Join(where, " and ") + ` order by a.created_at desc, a.id desc limit ?`
	if err := tx.Raw(query, append(args, limit)...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("select accounts: %w", err)
	}
	return rows, nil
}
