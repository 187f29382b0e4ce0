package matcher

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"peakseat/internal/web"
)

// planRoutes are the operators' planning runs, and what they could not fill.
func (s *Service) planRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodPost, Path: "/plans", Summary: "Plan the open seats of a booking, a campaign or a time", Tag: tag, Access: web.Operator, Status: http.StatusAccepted, Keyed: web.InEdge},
		func(ctx context.Context, in *struct{ Body PlanRequest }) (*Plan, error) {
			return s.AskForPlan(ctx, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/plans", Summary: "List planning runs, the newest first", Tag: tag, Access: web.Operator},
		func(ctx context.Context, in *struct{ web.Page }) (*web.List[Plan], error) {
			var before uuid.UUID
			if _, err := in.After(&before); err != nil {
				return nil, err
			}
			rows, err := s.Plans(ctx, before, in.Limit+1)
			if err != nil {
				return nil, err
			}
			return web.ListOf(rows, in.Limit, func(p Plan) uuid.UUID { return p.ID })
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/plans/{id}", Summary: "Read a planning run: how far it is, or what came of it", Tag: tag, Access: web.Operator},
		func(ctx context.Context, in *web.ByID) (*Plan, error) { return s.Plan(ctx, in.ID) })

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/shifts/{id}/gaps", Summary: "Why seats of a shift are unfilled: agents lost at each rule", Tag: tag, Access: web.Merchant | web.Operator},
		func(ctx context.Context, in *web.ByID) (*Gaps, error) { return s.Gaps(ctx, in.ID) })

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/shifts/{id}/explanation", Summary: "Why an agent has no seat of a shift: rule by rule, and who was chosen instead", Tag: tag, Access: web.Operator},
		func(ctx context.Context, in *struct {
			ID      uuid.UUID `path:"id" format:"uuid"`
			AgentID uuid.UUID `query:"agent_id" format:"uuid" required:"true"`
		},
		) (*Explanation, error) {
			return s.WhyNot(ctx, in.ID, in.AgentID, web.Language(ctx))
		})
}
