package postgres_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"peakseat/internal/dbtest"
	"peakseat/internal/postgres"
)

func TestIDsArriveAsTheyWereSent(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t).App
	one, other := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	var nobody *uuid.UUID
	var list []uuid.UUID
	var text string
	var none bool
	if err := db.Pool.QueryRow(t.Context(), `select $1::uuid[], $2::text, $3::uuid is null`, []uuid.UUID{one, other, uuid.Nil}, one, nobody).Scan(&list, &text, &none); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(list, []uuid.UUID{one, other, uuid.Nil}) || text != one.String() || !none {
		t.Errorf("the server got %v, %s and null: %t", list, text, none)
	}
	if err := postgres.InTx(t.Context(), db, func(tx *postgres.Tx) error {
		return tx.Raw(`select array_agg(id)::text from unnest(?::uuid[]) id where id <> ?`, postgres.ArrayOf([]uuid.UUID{one, other}), &other).Scan(&text).Error
	}); err != nil {
		t.Fatal(err)
	}
	if text != "{"+one.String()+"}" {
		t.Errorf("through gorm the server got %s", text)
	}
}

// pgx would make a text of each id and read it again.
func BenchmarkSendingIDs(b *testing.B) {
	db := dbtest.Open(b).App
	conn, err := db.Pool.Acquire(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Release()
	ids := make([]uuid.UUID, 1000)
	for i := range ids {
		ids[i] = uuid.New()
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := conn.Conn().TypeMap().Encode(2951, 1, ids, nil); err != nil { // uuid[], binary
			b.Fatal(err)
		}
	}
}
