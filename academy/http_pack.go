package academy

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"peakseat/internal/web"
)

func (s *Service) packRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/shops/{id}/pack", Summary: "A shop's brand pack as agents read it: the version in force, or another", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, in *struct {
			web.ByID
			Version int `query:"version" minimum:"0" doc:"0: the one in force"`
		},
		) (*ReadPack, error) {
			return s.ReadPack(ctx, in.ID, in.Version)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/shops/{id}/pack/draft", Summary: "What the next version of a brand pack will say, with its quiz", Tag: tag, Access: web.Merchant | officials},
		func(ctx context.Context, in *web.ByID) (*PackDraft, error) { return s.PackDraft(ctx, in.ID) })

	web.Register(a, web.Op{Method: http.MethodPut, Path: "/shops/{id}/pack/draft", Summary: "Write the draft of a brand pack anew", Tag: tag, Access: web.Bookers},
		func(ctx context.Context, in *struct {
			web.ByID
			web.IfMatch
			Body PackTerms
		},
		) (*PackDraft, error) {
			revision, err := in.Version()
			if err != nil {
				return nil, err
			}
			return s.ChangePackDraft(ctx, in.ID, revision, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/packs", Summary: "The brand packs that merchants have begun, for those who train for them", Tag: tag, Access: officials},
		func(ctx context.Context, in *web.Page) (*web.List[PackSummary], error) {
			return listed(in, func(after uuid.UUID, limit int) ([]PackSummary, error) { return s.Packs(ctx, after, limit) }, func(p PackSummary) uuid.UUID { return p.ShopID })
		})

	web.Register(a, web.Op{
		Method: http.MethodPut, Path: "/shops/{id}/pack/draft/trainer-questions", Tag: tag, Access: officials,
		Summary: "Put trainers' questions into the quiz of a brand pack's next version, in place of those before",
	},
		func(ctx context.Context, in *struct {
			web.ByID
			web.IfMatch
			Body TrainerQuestions
		},
		) (*PackDraft, error) {
			revision, err := in.Version()
			if err != nil {
				return nil, err
			}
			return s.SetTrainerQuestions(ctx, in.ID, revision, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/shops/{id}/pack/draft/proposal", Summary: "Questions made of the draft as it is saved", Tag: tag, Access: web.Bookers},
		func(ctx context.Context, in *web.ByID) (*web.List[PackQuestion], error) {
			list, err := s.ProposePackQuiz(ctx, in.ID)
			return &web.List[PackQuestion]{Items: list}, err
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/shops/{id}/pack/versions", Summary: "The published versions of a brand pack, the newest first, with the keys of their quizzes", Tag: tag, Access: web.Merchant | officials},
		func(ctx context.Context, in *web.ByID) (*web.List[PackVersion], error) {
			list, err := s.PackVersions(ctx, in.ID)
			return &web.List[PackVersion]{Items: list}, err
		})

	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/shops/{id}/pack/versions", Summary: "Publish the draft of a brand pack as its next version", Tag: tag, Access: web.Bookers,
		Status: http.StatusCreated, Keyed: web.InEdge, Pool: s.System,
	},
		func(ctx context.Context, in *struct {
			web.ByID
			Body PackRelease
		},
		) (*PackVersion, error) {
			return s.PublishPack(ctx, in.ID, in.Body)
		})
}
