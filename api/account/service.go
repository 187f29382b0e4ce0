package account

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/seal"
)

//go:embed migration/*.sql
var migrations embed.FS

// Module is the schema account.
func Module() postgres.Module {
	files, err := fs.Sub(migrations, "migration")
	if err != nil {
		panic(err) // the directory is compiled in
	}
	return postgres.Module{Schema: "account", Files: files}
}

// PlatformID is the platform's own organisation, made by the migration.
func PlatformID() uuid.UUID {
	return uuid.UUID{0x01, 0x90, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 0x01}
}

// Deps is all that the context stands on. All fields are needed.
type Deps struct {
	App, System *postgres.DB
	Tokens      *auth.Tokens
	Passwords   *auth.Passwords
	Throttle    *auth.Throttle
	Keyring     *seal.Keyring
	Index       *seal.Index
	Log         *slog.Logger
	PublicURL   string // where people reach the web app, without a slash at the end; links begin with it
}

// Service is the context's use cases.
type Service struct {
	Deps
	revocations *auth.Revocations
}

// New returns the use cases over deps.
func New(deps Deps) *Service {
	s := &Service{Deps: deps}
	s.revocations = auth.NewRevocations(s.Revoked, auth.RevocationOptions{})
	return s
}

// Revocations is what every process asks at each request. Poll it once before serving, and Run it.
func (s *Service) Revocations() *auth.Revocations { return s.revocations }

// Consumers returns none: the context acts on nobody's facts.
func (s *Service) Consumers() []outbox.Consumer { return nil }

// sweepEvery is how often what has run out is deleted.
const sweepEvery = 10 * time.Minute

// Loops are the sweeps of the worker role.
func (s *Service) Loops() []func(ctx context.Context) error {
	return []func(ctx context.Context) error{s.sweeps}
}

func (s *Service) sweeps(ctx context.Context) error {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
				s.Log.ErrorContext(ctx, "accounts could not be swept", slog.Any("error", err))
			}
		}
	}
}
