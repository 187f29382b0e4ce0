package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// sendUUIDs has a connection send ids as their 16 bytes. pgx knows uuid.UUID as a driver.Valuer only, which gives a text that
// is read again for each.
func sendUUIDs(_ context.Context, conn *pgx.Conn) error {
	m := conn.TypeMap()
	m.TryWrapEncodePlanFuncs = append([]pgtype.TryWrapEncodePlanFunc{wrapUUID}, m.TryWrapEncodePlanFuncs...)
	return nil
}

func wrapUUID(value any) (plan pgtype.WrappedEncodePlanNextSetter, next any, ok bool) {
	id, ok := value.(uuid.UUID)
	return &uuidPlan{}, uuidBytes(id), ok
}

type uuidPlan struct{ next pgtype.EncodePlan }

// SetNext is pgx's.
func (p *uuidPlan) SetNext(next pgtype.EncodePlan) { p.next = next }

// Encode is pgx's.
func (p *uuidPlan) Encode(value any, buf []byte) ([]byte, error) {
	id, _ := value.(uuid.UUID)
	return p.next.Encode(uuidBytes(id), buf)
}

type uuidBytes [16]byte

// UUIDValue is pgx's.
func (b uuidBytes) UUIDValue() (pgtype.UUID, error) { return pgtype.UUID{Bytes: b, Valid: true}, nil }
