package notice

import (
	"embed"
	"io/fs"

	"github.com/google/uuid"

	"peakseat/internal/postgres"
)

//go:embed migration/*.sql
var migrations embed.FS

// Module is the schema notice.
func Module() postgres.Module {
	files, err := fs.Sub(migrations, "migration")
	if err != nil {
		panic(err) // the directory is compiled in
	}
	return postgres.Module{Schema: "notice", Files: files}
}

// Deps is all that notices stand on.
type Deps struct {
	App      *postgres.DB
	Platform uuid.UUID // the organisation that operators act for
}

// Service is the use cases of notices.
type Service struct {
	Deps
	hub *hub
}

// New makes the service; it starts nothing.
func New(d Deps) *Service { return &Service{Deps: d, hub: newHub()} }
