package academy

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"peakseat/internal/web"
)

// assessed are those who may see what came of an assessment: whom it is about, and trainers. No merchant, no operator.
const assessed = web.Agent | web.Trainer

func (s *Service) assessmentRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/assessment-forms", Summary: "Questionnaires about interests and personality, with their sources and keys", Tag: tag, Access: assessed},
		func(context.Context, *struct{}) (*web.List[AssessmentForm], error) {
			list, err := s.Forms()
			return &web.List[AssessmentForm]{Items: list}, err
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/assessments", Summary: "Answer a form", Tag: tag, Access: web.Agent, Status: 201, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			Body struct {
				Form    string `json:"form" pattern:"^[a-z0-9_]{1,40}$"`
				Answers []int  `json:"answers" maxItems:"200" nullable:"false" doc:"the option chosen of each item, from 0"`
			}
		},
		) (*Assessment, error) {
			return s.AnswerAssessment(ctx, in.Body.Form, in.Body.Answers)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/assessments", Summary: "My results, newest first; trainers see agents'", Tag: tag, Access: assessed},
		func(ctx context.Context, in *struct {
			web.Page
			Agent uuid.UUID `query:"agent_id" format:"uuid"`
		},
		) (*web.List[Assessment], error) {
			return listed(&in.Page, func(before uuid.UUID, limit int) ([]Assessment, error) {
				return s.Assessments(ctx, in.Agent, before, limit)
			}, func(r Assessment) uuid.UUID { return r.ID })
		})

	web.Register(a, web.Op{Method: http.MethodDelete, Path: "/assessments/{id}", Summary: "Have a result of mine forgotten", Tag: tag, Access: web.Agent},
		func(ctx context.Context, in *web.ByID) (*web.None, error) { return nil, s.DeleteAssessment(ctx, in.ID) })
}
