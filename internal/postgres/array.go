package postgres

import (
	"database/sql/driver"

	"github.com/jackc/pgx/v5/pgtype"
	"gorm.io/gorm"
)

// Raw is gorm's, but that a pgtype.FlatArray is one parameter, an array: gorm spreads slices into (a, b, c).
func (tx *Tx) Raw(sql string, values ...any) *gorm.DB { return tx.DB.Raw(sql, arrays(values)...) }

// Exec is gorm's, with arrays as in Raw.
func (tx *Tx) Exec(sql string, values ...any) *gorm.DB { return tx.DB.Exec(sql, arrays(values)...) }

// array is a value that gorm hands on as it is, because it is a Valuer, and that pgx encodes as an array.
type array struct{ pgtype.ArrayGetter }

// Value is never asked for by pgx, which knows arrays.
func (a array) Value() (driver.Value, error) { return a.ArrayGetter, nil }

func arrays(values []any) []any {
	wrapped := make([]any, len(values))
	for i, v := range values {
		if getter, is := v.(pgtype.ArrayGetter); is {
			v = array{getter}
		}
		wrapped[i] = v
	}
	return wrapped
}

// ArrayOf is items as one parameter of Raw and Exec; no items are an empty array and not NULL.
func ArrayOf[T any](items []T) pgtype.FlatArray[T] {
	if items == nil {
		return pgtype.FlatArray[T]{}
	}
	return items
}
