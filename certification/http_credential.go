package certification

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"peakseat/certification/badge"
	"peakseat/internal/web"
)

const officials = web.Trainer | web.Operator

func (s *Service) credentialRoutes(a *web.API) {
	s.templateRoutes(a)
	s.progressRoutes(a)
	s.tierRoutes(a)
	web.Register(a, web.Op{Method: http.MethodPost, Path: "/credentials", Summary: "Issue a credential; its tags are in force at once", Tag: tag, Access: officials, Status: 201, Keyed: web.InEdge, Pool: s.System},
		func(ctx context.Context, in *struct{ Body Issuance }) (*Credential, error) {
			return s.IssueCredential(ctx, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/credentials", Summary: "My credentials; officials see everybody's", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *struct {
			web.Page
			Agent uuid.UUID `query:"agent_id" format:"uuid"`
		},
		) (*web.List[Credential], error) {
			var before uuid.UUID
			if _, err := in.After(&before); err != nil {
				return nil, err
			}
			rows, err := s.Credentials(ctx, in.Agent, before, in.Limit+1)
			if err != nil {
				return nil, err
			}
			return web.ListOf(rows, in.Limit, func(c Credential) uuid.UUID { return c.ID })
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/credentials/{id}", Summary: "A credential with all that was ever done to it", Tag: tag, Access: officials},
		func(ctx context.Context, in *web.ByID) (*CredentialRecord, error) { return s.Record(ctx, in.ID) })

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/credentials/{id}/file", Summary: "The credential as a file that can be checked without a server", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *web.ByID) (*badge.File, error) { return s.File(ctx, in.ID) })

	web.Register(a, web.Op{Method: http.MethodPut, Path: "/credentials/{id}/consent", Summary: "Whether the public page tells my name", Tag: tag, Access: web.Agent},
		func(ctx context.Context, in *struct {
			web.ByID
			Body struct {
				ShowName bool `json:"show_name"`
			}
		},
		) (*Credential, error) {
			return s.Consent(ctx, in.ID, in.Body.ShowName)
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/credentials/{id}/suspension", Summary: "Take a credential out of force at once, for 72 hours", Tag: tag, Access: officials, Keyed: web.InEdge, Pool: s.System},
		func(ctx context.Context, in *struct {
			web.ByID
			Body Grounds
		},
		) (*Credential, error) {
			return s.Suspend(ctx, in.ID, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/credentials/{id}/reinstatement", Summary: "End a suspension before its time", Tag: tag, Access: officials, Keyed: web.InEdge, Pool: s.System},
		func(ctx context.Context, in *struct {
			web.ByID
			Body struct {
				Reason string `json:"reason" minLength:"1" maxLength:"2000"`
			}
		},
		) (*Credential, error) {
			return s.Reinstate(ctx, in.ID, in.Body.Reason)
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/credentials/{id}/revocation-requests", Summary: "Ask for a revocation, which another person confirms within 72 hours", Tag: tag, Access: officials, Status: 201, Keyed: web.InEdge, Pool: s.System},
		func(ctx context.Context, in *struct {
			web.ByID
			Body Grounds
		},
		) (*RevocationRequest, error) {
			return s.RequestRevocation(ctx, in.ID, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/revocation-requests", Summary: "Revocations that wait for a second person", Tag: tag, Access: officials},
		func(ctx context.Context, in *web.Page) (*web.List[RevocationRequest], error) {
			return listed(in, func(after uuid.UUID, limit int) ([]RevocationRequest, error) {
				return s.RevocationRequests(ctx, after, limit)
			}, func(r RevocationRequest) uuid.UUID { return r.ID })
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/revocation-requests/{id}/confirmation", Summary: "Revoke, as the second person", Tag: tag, Access: officials, Keyed: web.InEdge, Pool: s.System},
		func(ctx context.Context, in *web.ByID) (*Credential, error) { return s.ConfirmRevocation(ctx, in.ID) })

	s.appealRoutes(a)

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/verifications/{public_id}", Summary: "What anyone is told of a credential whose public id they have", Tag: tag, Access: web.Anyone},
		func(ctx context.Context, in *struct {
			PublicID string `path:"public_id" maxLength:"100"`
		},
		) (*Verification, error) {
			return s.Verify(ctx, in.PublicID)
		})
}

func (s *Service) templateRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/credential-templates", Summary: "What credentials there are, and what each takes and grants", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, _ *struct{}) (*web.List[Template], error) {
			list, err := s.Templates(ctx)
			return &web.List[Template]{Items: list}, err
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/credential-templates", Summary: "Add a template with its first version", Tag: tag, Access: officials, Status: 201, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			Body struct {
				Code string `json:"code" pattern:"^[a-z0-9_]{1,40}$"`
				TemplateTerms
			}
		},
		) (*Template, error) {
			return s.AddTemplate(ctx, in.Body.Code, in.Body.TemplateTerms)
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/credential-templates/{id}/versions", Summary: "Add the next version; credentials of older ones stay as they are", Tag: tag, Access: officials, Status: 201, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			web.ByID
			Body TemplateTerms
		},
		) (*Template, error) {
			return s.AddTemplateVersion(ctx, in.ID, in.Body)
		})
}

func (s *Service) appealRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodPost, Path: "/credentials/{id}/appeals", Summary: "Appeal against a suspension or a revocation", Tag: tag, Access: web.Agent, Status: 201, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			web.ByID
			Body struct {
				Reason string `json:"reason" minLength:"1" maxLength:"2000"`
			}
		},
		) (*Appeal, error) {
			return s.AppealAgainst(ctx, in.ID, in.Body.Reason)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/appeals", Summary: "My appeals; officials see everybody's", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *web.Page) (*web.List[Appeal], error) {
			return listed(in, func(after uuid.UUID, limit int) ([]Appeal, error) { return s.Appeals(ctx, after, limit) }, func(a Appeal) uuid.UUID { return a.ID })
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/appeals/{id}/decision", Summary: "Decide an appeal, as somebody who had no part in what it is about", Tag: tag, Access: officials, Keyed: web.InEdge, Pool: s.System},
		func(ctx context.Context, in *struct {
			web.ByID
			Body AppealRuling
		},
		) (*Appeal, error) {
			return s.DecideAppeal(ctx, in.ID, in.Body)
		})
}

// listed is a page of rows in the order of their ids.
func listed[T any](in *web.Page, rows func(after uuid.UUID, limit int) ([]T, error), key func(T) uuid.UUID) (*web.List[T], error) {
	var after uuid.UUID
	if _, err := in.After(&after); err != nil {
		return nil, err
	}
	list, err := rows(after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return web.ListOf(list, in.Limit, key)
}
