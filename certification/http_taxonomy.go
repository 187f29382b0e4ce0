package certification

import (
	"context"
	"net/http"

	"peakseat/internal/web"
)

func (s *Service) taxonomyRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/tags", Summary: "The taxonomy of skill tags", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, _ *struct{}) (*web.List[Tag], error) {
			tags, err := s.Taxonomy(ctx)
			return &web.List[Tag]{Items: tags}, err
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/tags", Summary: "Add a skill tag, which makes the next version of the taxonomy", Tag: tag, Access: web.Operator, Status: 201, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			Body struct {
				Dimension string `json:"dimension" enum:"channel,function,industry,language,system"`
				Value     string `json:"value" pattern:"^[a-z0-9_]{1,40}$"`
				TagTerms
				Reason string `json:"reason" minLength:"1" maxLength:"500"`
			}
		},
		) (*ManagedTag, error) {
			return s.AddTag(ctx, in.Body.Dimension, in.Body.Value, in.Body.TagTerms, in.Body.Reason)
		})

	web.Register(a, web.Op{Method: http.MethodPut, Path: "/tags/{dimension}/{value}", Summary: "Rename, explain, retire or restore a skill tag; its history stays", Tag: tag, Access: web.Operator, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			web.IfMatch
			Dimension string `path:"dimension" maxLength:"40"`
			Value     string `path:"value" maxLength:"40"`
			Body      struct {
				TagTerms
				Retired bool   `json:"retired" doc:"a retired tag is not asked for or granted anew; who holds it keeps it until it expires"`
				Reason  string `json:"reason" minLength:"1" maxLength:"500"`
			}
		},
		) (*ManagedTag, error) {
			was, err := in.Version()
			if err != nil {
				return nil, err
			}
			return s.ChangeTag(ctx, in.Dimension+"/"+in.Value, was, in.Body.TagTerms, in.Body.Retired, in.Body.Reason)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/taxonomy", Summary: "Every tag there ever was, what its levels mean, and who stands on it", Tag: tag, Access: officials},
		func(ctx context.Context, _ *struct{}) (*ManagedTaxonomy, error) { return s.ManagedTags(ctx) })

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/taxonomy/changes", Summary: "The versions of the taxonomy, or of one tag, the newest first", Tag: tag, Access: officials},
		func(ctx context.Context, in *struct {
			web.Page
			Tag string `query:"tag" maxLength:"100" doc:"only of this one"`
		},
		) (*web.List[TagChange], error) {
			var before int
			if _, err := in.After(&before); err != nil {
				return nil, err
			}
			rows, err := s.TagChanges(ctx, in.Tag, before, in.Limit+1)
			if err != nil {
				return nil, err
			}
			return web.ListOf(rows, in.Limit, func(c TagChange) int { return c.Version })
		})
}
