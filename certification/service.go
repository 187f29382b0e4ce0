package certification

import (
	"embed"
	"io/fs"
	"log/slog"

	"github.com/google/uuid"

	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

//go:embed migration/*.sql
var migrations embed.FS

// Module is the schema certification.
func Module() postgres.Module {
	files, err := fs.Sub(migrations, "migration")
	if err != nil {
		panic(err) // the directory is compiled in
	}
	return postgres.Module{Schema: "certification", Files: files}
}

// Agents is what certification asks of the account context.
type Agents interface {
	// IsAgent tells whether id is an agent's account.
	IsAgent(tx *postgres.Tx, id uuid.UUID) (bool, error)
	// Name is the person's name; empty where it was erased.
	Name(tx *postgres.Tx, id uuid.UUID) (string, error)
}

// Deps is all that certification stands on.
type Deps struct {
	App, System *postgres.DB
	Agents      Agents
	Issuer      *Issuer
	Log         *slog.Logger
}

// Service is certification's use cases.
type Service struct{ Deps }

// New makes the service; it starts nothing.
func New(d Deps) *Service { return &Service{Deps: d} }

// checkAgent returns fault.ErrNotFound where id is no agent's.
func (s *Service) checkAgent(tx *postgres.Tx, id uuid.UUID) error {
	known, err := s.Agents.IsAgent(tx, id)
	if err == nil && !known {
		err = fault.ErrNotFound
	}
	return err
}
