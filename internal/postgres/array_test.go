package postgres_test

import (
	"testing"

	"github.com/google/uuid"

	"peakseat/internal/dbtest"
	"peakseat/internal/postgres"
)

// gorm by itself would write (?, ?) for two elements and (NULL) for none.
func TestAnArrayOfAnyLengthIsOneParameter(t *testing.T) {
	t.Parallel()
	pools := dbtest.Open(t)
	for n := range 4 {
		numbers, words, ids := make([]int64, n), make([]string, n), make([]uuid.UUID, n)
		if n == 0 {
			numbers, words, ids = nil, nil, nil
		}
		var got struct{ Numbers, Words, IDs, One int }
		err := postgres.InTx(t.Context(), pools.System, func(tx *postgres.Tx) error {
			return tx.Raw(`select cardinality(?::bigint[]) as numbers, cardinality(?::text[]) as words, cardinality(?::uuid[]) as ids, ?::int as one`,
				postgres.ArrayOf(numbers), postgres.ArrayOf(words), postgres.ArrayOf(ids), 1).Scan(&got).Error
		})
		if err != nil || got.Numbers != n || got.Words != n || got.IDs != n || got.One != 1 {
			t.Errorf("of %d elements %+v came, %v", n, got, err)
		}
	}
}
