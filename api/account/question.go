package account

import (
	"strings"

	"github.com/google/uuid"

	"peakseat/internal/postgres"
	"peakseat/internal/seal"
)

// IsAgent tells other contexts whether id is an agent's account, in the caller's transaction.
func (s *Service) IsAgent(tx *postgres.Tx, id uuid.UUID) (bool, error) {
	var found int
	err := tx.Raw(`select count(*) from account.account where id = ? and kind = 'agent'`, id).Scan(&found).Error
	return found > 0, err
}

// Find tells other contexts whose e-mail address or id q is; uuid.Nil where it is nobody's.
func (s *Service) Find(tx *postgres.Tx, q string) (uuid.UUID, error) {
	if id, err := uuid.Parse(strings.TrimSpace(q)); err == nil {
		return id, nil
	}
	indexes, err := s.Index.All(seal.Email, q)
	if err != nil {
		return uuid.Nil, err
	}
	var found []uuid.UUID
	for _, index := range indexes {
		if err := tx.Raw(`select id from account.account where email_index = ?`, index).Scan(&found).Error; err != nil || len(found) > 0 {
			break
		}
	}
	if len(found) == 0 {
		return uuid.Nil, err
	}
	return found[0], nil
}
