package account

import (
	"errors"
	"strings"

	"github.com/google/uuid"

	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// IsAgent tells other contexts whether id is an agent's account, in the caller's transaction.
func (s *Service) IsAgent(tx *postgres.Tx, id uuid.UUID) (bool, error) {
	var found int
	err := tx.Raw(`select count(*) from account.account where id = ? and kind = 'agent'`, id).Scan(&found).Error
	return found > 0, err
}

// Name tells other contexts a person's name, empty where it was erased. They may show it only with the person's consent.
func (s *Service) Name(tx *postgres.Tx, id uuid.UUID) (string, error) {
	row, err := selectAccount(tx, id)
	if err != nil {
		return "", err
	}
	person, err := s.unseal(row)
	return person.Name, err
}

// Find tells other contexts whose e-mail address or id q is; uuid.Nil where it is nobody's.
func (s *Service) Find(tx *postgres.Tx, q string) (uuid.UUID, error) {
	if id, err := uuid.Parse(strings.TrimSpace(q)); err == nil {
		return id, nil
	}
	row, err := s.selectAccountByEmail(tx, q)
	if errors.Is(err, fault.ErrNotFound) {
		return uuid.Nil, nil
	}
	return row.ID, err
}
