package account

import (
	"errors"
	"strings"

	"github.com/google/uuid"

	"peakseat/internal/fault"
	"peakseat/internal/postgres"
	"peakseat/internal/seal"
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

// DataKeys tells other contexts the keys under which people's data are sealed; who was erased is missing. The keys are read
// under the system role, since no policy lets a trainer read accounts: the caller has decided who may.
func (s *Service) DataKeys(tx *postgres.Tx, people []uuid.UUID) (map[uuid.UUID]seal.DataKey, error) {
	keys := make(map[uuid.UUID]seal.DataKey, len(people))
	if len(people) == 0 {
		return keys, nil
	}
	err := postgres.InTx(tx.Context(), s.System, func(system *postgres.Tx) error {
		var rows []struct {
			ID      uuid.UUID
			DataKey []byte
		}
		if err := system.Raw(`select id, data_key from account.account where id = any (?::uuid[]) and data_key is not null`, postgres.ArrayOf(people)).Scan(&rows).Error; err != nil {
			return err
		}
		for _, r := range rows {
			key, err := s.Keyring.Open(r.ID, r.DataKey)
			if err != nil {
				return err
			}
			keys[r.ID] = key
		}
		return nil
	})
	return keys, err
}
