package matcher

import (
	"context"
	"net/http"

	"peakseat/internal/web"
)

// packRoutes are what brand packs do to seats; the packs themselves are the academy's.
func (s *Service) packRoutes(a *web.API) {
	web.Register(a, web.Op{
		Method: http.MethodGet, Path: "/shops/{id}/pack/progress", Tag: tag, Access: web.Merchant | web.Operator,
		Summary: "Whom the newest quiz of a shop's brand pack concerns, and who passed it since",
	}, func(ctx context.Context, in *web.ByID) (*PackProgress, error) { return s.PackProgress(ctx, in.ID) })

	web.Register(a, web.Op{
		Method: http.MethodGet, Path: "/me/packs", Tag: tag, Access: web.Agent,
		Summary: "Brand packs of shops with shifts for me or seats of mine, and what is to be passed by when",
	}, func(ctx context.Context, _ *struct{}) (*web.List[MyPack], error) {
		list, err := s.MyPacks(ctx)
		return &web.List[MyPack]{Items: orEmpty(list)}, err
	})
}
