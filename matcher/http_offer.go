package matcher

import (
	"context"
	"net/http"

	"peakseat/internal/web"
)

// offerRoutes are what an agent does with offers; claimRoutes has the acceptance.
func (s *Service) offerRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/offers", Summary: "My offers, those that can be answered first", Tag: tag, Access: web.Agent},
		func(ctx context.Context, in *struct{ web.Page }) (*web.List[Offer], error) {
			var cursor offerPlace
			var after *offerPlace
			more, err := in.After(&cursor)
			if err != nil {
				return nil, err
			}
			if more {
				after = &cursor
			}
			rows, err := s.Offers(ctx, after, in.Limit+1)
			if err != nil {
				return nil, err
			}
			return web.ListOf(rows, in.Limit, func(o Offer) offerPlace { return offerPlace{o.State == offerLive, o.MadeAt, o.ID} })
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/offers/{id}/refusal", Summary: "Refuse an offer", Tag: tag, Access: web.Agent, Keyed: web.InEdge, Pool: s.System},
		func(ctx context.Context, in *web.ByID) (*Offer, error) { return s.RefuseOffer(ctx, in.ID) })
}
