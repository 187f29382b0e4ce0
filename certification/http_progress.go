package certification

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"peakseat/internal/web"
)

func (s *Service) progressRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/me/credential-progress", Summary: "My way to every credential: what is met, what is missing, what to do next", Tag: tag, Access: web.Agent},
		func(ctx context.Context, _ *struct{}) (*web.List[Progress], error) {
			list, err := s.MyProgress(ctx, web.Language(ctx))
			return &web.List[Progress]{Items: list}, err
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/agents/{id}/credential-progress", Summary: "An agent's way to every credential", Tag: tag, Access: officials},
		func(ctx context.Context, in *web.ByID) (*web.List[Progress], error) {
			list, err := s.ProgressOf(ctx, in.ID, web.Language(ctx))
			return &web.List[Progress]{Items: list}, err
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/credential-templates/{id}/candidates", Summary: "Who is on the way to a credential or had one, with training, exam, simulation and trial", Tag: tag, Access: officials},
		func(ctx context.Context, in *struct {
			web.ByID
			web.Page
		},
		) (*web.List[Candidate], error) {
			return listed(&in.Page, func(after uuid.UUID, limit int) ([]Candidate, error) {
				return s.Candidates(ctx, in.ID, after, limit, web.Language(ctx))
			}, func(c Candidate) uuid.UUID { return c.AgentID })
		})
}
