package certification

import (
	"context"
	"net/http"

	"peakseat/internal/web"
)

const tag = "certification"

// Routes adds certification's operations.
func (s *Service) Routes(a *web.API) {
	s.credentialRoutes(a)
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/tags", Summary: "The taxonomy of skill tags", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, _ *struct{}) (*web.List[Tag], error) {
			tags, err := s.Taxonomy(ctx)
			return &web.List[Tag]{Items: tags}, err
		})

	web.Register(a, web.Op{Method: http.MethodPut, Path: "/agents/{id}/tags", Summary: "Replace all that an agent holds", Tag: tag, Access: web.Operator, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			web.ByID
			Body []HeldTag `maxItems:"100" nullable:"false"`
		},
		) (*HeldTags, error) {
			return s.SetTags(ctx, in.ID, in.Body)
		})
}
