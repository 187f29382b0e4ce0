package certification

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"peakseat/certification/standing"
	"peakseat/internal/web"
)

// atMoment is a moment of the past.
type atMoment struct {
	At time.Time `query:"at" doc:"as it was then, from all that counts today; absent: now"`
}

func (s *Service) tierRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/tier-rules", Summary: "The formula of tiers, every version", Tag: tag, Access: web.SignedIn},
		func(context.Context, *struct{}) (*web.List[standing.Rules], error) {
			return &web.List[standing.Rules]{Items: standing.Versions()}, nil
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/me/tier", Summary: "My tier, what it is made of and what moves it", Tag: tag, Access: web.Agent},
		func(ctx context.Context, in *atMoment) (*Tier, error) { return s.MyTier(ctx, in.At, web.Language(ctx)) })

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/me/tier-changes", Summary: "Every change of my tier, explained, the newest first", Tag: tag, Access: web.Agent},
		func(ctx context.Context, in *web.Page) (*web.List[TierChange], error) {
			var before int
			if _, err := in.After(&before); err != nil {
				return nil, err
			}
			rows, err := s.MyTierChanges(ctx, before, in.Limit+1, web.Language(ctx))
			if err != nil {
				return nil, err
			}
			return web.ListOf(rows, in.Limit, func(c TierChange) int { return c.Seq })
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/agents/{id}/tier", Summary: "An agent's tier, what it is made of and what moves it", Tag: tag, Access: officials},
		func(ctx context.Context, in *struct {
			web.ByID
			atMoment
		},
		) (*Tier, error) {
			return s.TierOf(ctx, in.ID, in.At, web.Language(ctx))
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/penalties", Summary: "What counts against my tier; operators see everybody's", Tag: tag, Access: web.Agent | web.Operator},
		func(ctx context.Context, in *struct {
			web.Page
			Waiting bool `query:"waiting" doc:"only those whose appeal waits for a decision"`
		},
		) (*web.List[Penalty], error) {
			return listed(&in.Page, func(before uuid.UUID, limit int) ([]Penalty, error) {
				return s.Penalties(ctx, in.Waiting, before, limit)
			}, func(p Penalty) uuid.UUID { return p.ID })
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/penalties/{id}/appeal", Summary: "Appeal against being marked late or missing", Tag: tag, Access: web.Agent, Status: 201, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			web.ByID
			Body struct {
				Reason string `json:"reason" minLength:"1" maxLength:"2000"`
			}
		},
		) (*Penalty, error) {
			return s.AppealPenalty(ctx, in.ID, in.Body.Reason)
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/penalties/{id}/decision", Summary: "Decide the appeal; upheld, the tier is as if it never happened", Tag: tag, Access: web.Operator, Keyed: web.InEdge, Pool: s.System},
		func(ctx context.Context, in *struct {
			web.ByID
			Body AppealRuling
		},
		) (*Penalty, error) {
			return s.DecidePenalty(ctx, in.ID, in.Body)
		})
}
