package matcher

import (
	"embed"
	"io/fs"

	"github.com/google/uuid"

	"peakseat/internal/postgres"
)

//go:embed migration/*.sql
var migrations embed.FS

// Module is the schema matcher.
func Module() postgres.Module {
	files, err := fs.Sub(migrations, "migration")
	if err != nil {
		panic(err) // the directory is compiled in
	}
	return postgres.Module{Schema: "matcher", Files: files}
}

// Escrow is what the matcher asks of billing, in its own transaction.
type Escrow interface {
	// Hold holds the quote's whole total and returns the pay per hour of each shift.
	Hold(tx *postgres.Tx, bookingID, quoteID uuid.UUID) (payPerHour map[uuid.UUID]int64, priceBook int, err error)
	// QuotePriority is the priority that the quote bought: 1, or 2.
	QuotePriority(tx *postgres.Tx, quoteID uuid.UUID) (int, error)
	// Return gives back the hold of cancelled seats at once.
	Return(tx *postgres.Tx, bookingID, shiftID uuid.UUID, seats int) error
}

// People is what the matcher asks of the account context: names are sealed there.
type People interface {
	// Names returns how each account is called to this actor.
	Names(tx *postgres.Tx, ids []uuid.UUID) (map[uuid.UUID]string, error)
	// Find returns whose e-mail address or id q is; uuid.Nil when nobody's.
	Find(tx *postgres.Tx, q string) (uuid.UUID, error)
}

// Taxonomy is what the matcher asks of certification.
type Taxonomy interface {
	// Unknown returns those of tags that the taxonomy does not have.
	Unknown(tx *postgres.Tx, tags []string) ([]string, error)
}

// Deps is all that the matcher stands on.
type Deps struct {
	App, Claim, System *postgres.DB
	Escrow             Escrow
	People             People
	Taxonomy           Taxonomy
}

// Service is the matcher's use cases.
type Service struct {
	Deps
	claims  *claimBatcher
	boards  *boards
	market  *market
	figures *publicFigures

	partSeats int // a plan of more open seats is solved in parts
}

// New makes the service; it starts nothing.
func New(d Deps) *Service {
	return &Service{Deps: d, claims: newClaimBatcher(d.Claim), boards: newBoards(), market: newMarket(d.System), figures: &publicFigures{}, partSeats: partSeats}
}
