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
	s.taxonomyRoutes(a)
	web.Register(a, web.Op{Method: http.MethodPut, Path: "/agents/{id}/tags", Summary: "Replace all that an agent holds", Tag: tag, Access: web.Operator, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			web.ByID
			Body []HeldTag `maxItems:"100" nullable:"false"`
		},
		) (*HeldTags, error) {
			return s.SetTags(ctx, in.ID, in.Body)
		})
}
