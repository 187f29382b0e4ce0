package academy

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"peakseat/internal/web"
)

// trialRoutes are trial shifts and their cards.
func (s *Service) trialRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/trial-cards", Summary: "The cards by which trial shifts are scored", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, _ *struct{}) (*web.List[TrialCard], error) {
			list, err := s.Cards(ctx)
			return &web.List[TrialCard]{Items: list}, err
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/trial-cards", Summary: "Publish the next version of a card, or its first", Tag: tag, Access: officials, Status: http.StatusCreated, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			Body struct {
				Code string `json:"code" pattern:"^[a-z0-9_]{1,40}$"`
				CardTerms
			}
		},
		) (*TrialCard, error) {
			return s.AddCard(ctx, in.Body.Code, in.Body.CardTerms)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/trials", Summary: "My trials and those I mentor; officials see all, with_trainer are their queue", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *struct {
			web.Page
			State  string `query:"state" enum:"with_mentor,with_trainer,passed,failed"`
			Mentor bool   `query:"mentor" doc:"those I mentor"`
		},
		) (*web.List[Trial], error) {
			return listed(&in.Page, func(after uuid.UUID, limit int) ([]Trial, error) {
				return s.Trials(ctx, TrialFilter{State: TrialState(in.State), Mentor: in.Mentor}, after, limit)
			}, func(t Trial) uuid.UUID { return t.ID })
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/trials/{id}", Summary: "A trial with its card, and what was found", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *web.ByID) (*Trial, error) { return s.Trial(ctx, in.ID) })

	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/trials/{id}/assessment", Summary: "Fill in the card: the mentor in time, then a trainer", Tag: tag,
		Access: web.Agent | web.Trainer, Status: http.StatusCreated, Keyed: web.InEdge, Pool: s.System,
	},
		func(ctx context.Context, in *struct {
			web.ByID
			Body struct {
				Items []Mark `json:"items" minItems:"1" maxItems:"20" nullable:"false"`
				Note  string `json:"note,omitempty" maxLength:"2000"`
			}
		},
		) (*Trial, error) {
			return s.AssessTrial(ctx, in.ID, in.Body.Items, in.Body.Note)
		})
}
