package billing

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"peakseat/internal/postgres"

	"github.com/google/uuid"
)

//go:embed migration/*.sql
var migrations embed.FS

// Module is the schema billing.
func Module() postgres.Module {
	files, err := fs.Sub(migrations, "migration")
	if err != nil {
		panic(err) // the directory is compiled in
	}
	return postgres.Module{Schema: "billing", Files: files}
}

// Bookings is what billing asks of the matcher, in billing's own transaction.
type Bookings interface {
	// BookingToQuote returns a booking of the actor's; a foreign or absent one is fault.ErrNotFound.
	BookingToQuote(tx *postgres.Tx, bookingID uuid.UUID) (QuotedBooking, error)
	// BookingVersion returns the version that BookingToQuote would; Hold asks for nothing else.
	BookingVersion(tx *postgres.Tx, bookingID uuid.UUID) (int64, error)
}

// QuotedBooking is what a price is made of.
type QuotedBooking struct {
	ID           uuid.UUID
	MerchantID   uuid.UUID
	Version      int64  // grows with every change; a quote is good for one
	State        string // "draft" until it is confirmed
	RulesVersion int
	// CampaignMultiplier is the campaign's peak multiplier per ten thousand; 0 and 10000 both mean none.
	CampaignMultiplier int64
	Zone               *time.Location // the shop's: nights, weekends and holidays are local
	Requirements       []QuotedRequirement
	Shifts             []QuotedShift
	EligibleFree       *int     // agents who may take the seats and are free; nil: not known
	CompetingSeats     *int     // open seats of others in the same hours; nil: not known
	FillChance         *float64 // expected share of seats manned at the start; nil: not known
	ChancePending      bool     // it will be known in a moment
}

// QuotedRequirement is a tag at a level.
type QuotedRequirement struct {
	Tag   string
	Level int
}

// QuotedShift is one window of a booking on one date.
type QuotedShift struct {
	ID       uuid.UUID
	StartsAt time.Time
	EndsAt   time.Time
	Seats    int

	FillChance *float64
}

// Deps is all that billing stands on.
type Deps struct {
	App, System *postgres.DB
	Bookings    Bookings
	Platform    uuid.UUID // the operators' organisation, which pays for trials
	// InstantGateway settles top-ups at once; only a development server sets it.
	InstantGateway bool
}

// Service is billing's use cases.
type Service struct {
	Deps
}

// act runs a use case that moves money of two tenants, under the system role.
func act[T any](ctx context.Context, s *Service, fn func(tx *postgres.Tx) (T, error)) (reply T, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		reply, err = fn(tx)
		return err
	})
	return reply, err
}

// New makes the service; it starts nothing.
func New(d Deps) *Service { return &Service{Deps: d} }
