package academy

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"slices"

	"github.com/google/uuid"

	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

//go:embed migration/*.sql
var migrations embed.FS

// Module is the schema academy.
func Module() postgres.Module {
	files, err := fs.Sub(migrations, "migration")
	if err != nil {
		panic(err) // the directory is compiled in
	}
	return postgres.Module{Schema: "academy", Files: files}
}

// Shops is what the academy asks of the matcher, whose shops are.
type Shops interface {
	// ShopOfPack is a shop whose brand pack the actor may have to do with; to others it is not found.
	ShopOfPack(tx *postgres.Tx, shop uuid.UUID) (PackShop, error)
}

// PackShop is a shop with a brand pack.
type PackShop struct {
	ID, MerchantID uuid.UUID
	Name           string
}

// Deps is all that the academy stands on.
type Deps struct {
	App, System *postgres.DB
	Keys        Keys
	Shops       Shops
	Log         *slog.Logger
	Drafts      bool // offer translations of questionnaires that no study has validated: for development
}

// Service is the academy's use cases.
type Service struct{ Deps }

// New makes the service; it starts nothing.
func New(d Deps) *Service { return &Service{Deps: d} }

// Consumers are what the academy does on facts, its own among them.
func (s *Service) Consumers() []outbox.Consumer {
	return []outbox.Consumer{s.pathConsumer(), s.trialConsumer(), s.erasureConsumer()}
}

// Loops are the academy's sweeps; each runs on the worker role.
func (s *Service) Loops() []func(ctx context.Context) error {
	return slices.Concat(s.simulationLoops(), s.attemptLoops(), []func(ctx context.Context) error{s.sealLoop})
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
