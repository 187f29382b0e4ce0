package academy

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"peakseat/internal/web"
)

// ByVersion names a version of a paper in a path.
type ByVersion struct {
	web.ByID
	Version int `path:"version" minimum:"1"`
}

func (s *Service) paperRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/papers", Summary: "Papers: the newest version of each that is mine to see", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *web.Page) (*web.List[PaperVersion], error) {
			return listed(in, func(after uuid.UUID, limit int) ([]PaperVersion, error) { return s.Papers(ctx, after, limit) }, func(v PaperVersion) uuid.UUID { return v.PaperID })
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/papers", Summary: "Add a paper; its first version is a draft", Tag: tag, Access: officials, Status: 201, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			Body struct {
				Code string `json:"code" pattern:"^[a-z0-9_]{1,40}$"`
				PaperTerms
			}
		},
		) (*PaperVersion, error) {
			return s.AddPaper(ctx, in.Body.Code, in.Body.PaperTerms)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/papers/{id}/versions", Summary: "The versions of a paper that are mine to see, the newest first", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *web.ByID) (*web.List[PaperVersion], error) {
			list, err := s.PaperVersions(ctx, in.ID)
			return &web.List[PaperVersion]{Items: list}, err
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/papers/{id}/versions", Summary: "Begin the next version as a draft", Tag: tag, Access: officials, Status: 201, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			web.ByID
			Body PaperTerms
		},
		) (*PaperVersion, error) {
			return s.AddPaperVersion(ctx, in.ID, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/papers/{id}/versions/{version}", Summary: "A version of a paper", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *ByVersion) (*PaperVersion, error) {
			return s.PaperVersion(ctx, in.ID, in.Version)
		})

	web.Register(a, web.Op{Method: http.MethodPut, Path: "/papers/{id}/versions/{version}", Summary: "Write a draft anew", Tag: tag, Access: officials},
		func(ctx context.Context, in *struct {
			ByVersion
			web.IfMatch
			Body PaperTerms
		},
		) (*PaperVersion, error) {
			revision, err := in.IfMatch.Version()
			if err != nil {
				return nil, err
			}
			return s.ChangeDraft(ctx, in.ID, in.ByVersion.Version, revision, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/papers/{id}/versions/{version}/check", Summary: "Which topics and difficulties lack how many questions", Tag: tag, Access: officials},
		func(ctx context.Context, in *ByVersion) (*BlueprintCheck, error) {
			return s.CheckBlueprint(ctx, in.ID, in.Version)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/papers/{id}/versions/{version}/preview", Summary: "The form that a seed stands for, with its keys", Tag: tag, Access: officials},
		func(ctx context.Context, in *struct {
			ByVersion
			Seed uint64 `query:"seed" doc:"the same gives the same form"`
		},
		) (*web.List[PreviewItem], error) {
			items, err := s.PreviewPaper(ctx, in.ID, in.Version, in.Seed)
			return &web.List[PreviewItem]{Items: items}, err
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/papers/{id}/versions/{version}/analysis", Summary: "How good the questions are, by everybody's first attempt", Tag: tag, Access: officials},
		func(ctx context.Context, in *ByVersion) (*PaperAnalysis, error) {
			return s.AnalysePaper(ctx, in.ID, in.Version)
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/papers/{id}/versions/{version}/publication", Summary: "Freeze a draft; it never changes again", Tag: tag, Access: officials, Keyed: web.InEdge},
		func(ctx context.Context, in *ByVersion) (*PaperVersion, error) {
			return s.PublishPaper(ctx, in.ID, in.Version)
		})
}
