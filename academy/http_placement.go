package academy

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"peakseat/academy/marking"
	"peakseat/internal/web"
)

func (s *Service) placementRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodPost, Path: "/question-banks/{id}/calibrations", Summary: "Estimate from answers how hard questions are; placements choose by it. It is a job: see GET /calibrations/{id}", Tag: tag, Access: officials, Status: 202, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			web.ByID
			Body struct {
				Model string `json:"model" enum:"rasch,two_pl"`
			}
		},
		) (*CalibrationRun, error) {
			return s.CalibrateBank(ctx, in.ID, in.Body.Model)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/calibrations/{id}", Summary: "How far an estimation is, and what came of it", Tag: tag, Access: officials},
		func(ctx context.Context, in *web.ByID) (*CalibrationRun, error) { return s.CalibrationRun(ctx, in.ID) })

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/placement-tests", Summary: "Tests that tell at which difficulty I stand", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *web.Page) (*web.List[PlacementTest], error) {
			return listed(in, func(after uuid.UUID, limit int) ([]PlacementTest, error) { return s.PlacementTests(ctx, after, limit) }, func(t PlacementTest) uuid.UUID { return t.ID })
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/placement-tests", Summary: "Let agents place themselves by the questions of a bank", Tag: tag, Access: officials, Status: 201, Keyed: web.InEdge},
		func(ctx context.Context, in *struct{ Body PlacementTerms }) (*PlacementTest, error) {
			return s.AddPlacementTest(ctx, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/placement-tests/{id}/placements", Summary: "Begin a placement with its first question", Tag: tag, Access: web.Agent, Status: 201, Keyed: web.InEdge, Pool: s.System},
		func(ctx context.Context, in *web.ByID) (*Placement, error) { return s.StartPlacement(ctx, in.ID) })

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/placements", Summary: "My placements, the newest first; officials see everybody's", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *web.Page) (*web.List[Placement], error) {
			return listed(in, func(before uuid.UUID, limit int) ([]Placement, error) { return s.Placements(ctx, before, limit) }, func(p Placement) uuid.UUID { return p.ID })
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/placements/{id}", Summary: "A placement, with what is asked now", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *web.ByID) (*Placement, error) { return s.Placement(ctx, in.ID) })

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/placements/{id}/answers", Summary: "Answer what is asked; the reply asks the next, or ends the test", Tag: tag, Access: web.Agent, Keyed: web.InEdge, Pool: s.System},
		func(ctx context.Context, in *struct {
			web.ByID
			Body struct {
				Position int                 `json:"position" minimum:"1"`
				Answer   marking.AnswerGiven `json:"answer"`
			}
		},
		) (*Placement, error) {
			return s.AnswerPlacement(ctx, in.ID, in.Body.Position, in.Body.Answer)
		})
}
