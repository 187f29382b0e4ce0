package account

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/web"
)

func (s *Service) apiKeyRoutes(a *web.API) {
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/api-keys", Summary: "Make an API key", Tag: tag,
		Access: web.Owner, Status: http.StatusCreated, MaxBody: smallBody,
	}, s.postAPIKey)
	web.Register(a, web.Op{
		Method: http.MethodGet, Path: "/api-keys", Summary: "The API keys of my merchant", Tag: tag, Access: web.Owner,
	}, s.getAPIKeys)
	web.Register(a, web.Op{
		Method: http.MethodDelete, Path: "/api-keys/{id}", Summary: "Delete an API key", Tag: tag, Access: web.Owner,
	}, s.deleteAPIKey)
}

type apiKeyBody struct {
	ID        uuid.UUID  `json:"id"`
	AccountID uuid.UUID  `json:"account_id" doc:"in whose name it acts"`
	Name      string     `json:"name"`
	Hint      string     `json:"hint" doc:"the key's last four characters"`
	Role      auth.Role  `json:"role" enum:"owner,booker,finance,viewer"`
	Scopes    []string   `json:"scopes" nullable:"false"`
	MadeAt    time.Time  `json:"made_at"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
	UsedAt    *time.Time `json:"used_at,omitempty" doc:"to the minute"`
}

type madeAPIKeyBody struct {
	apiKeyBody
	Key string `json:"key" doc:"shown once; send it as Authorization: Bearer ps_key_..."`
}

type postAPIKeyInput struct {
	Body struct {
		Name      string     `json:"name" maxLength:"80"`
		Role      auth.Role  `json:"role" enum:"owner,booker,finance,viewer"`
		Scopes    []string   `json:"scopes" minItems:"1" maxItems:"32" doc:"a context and read or write: matcher:read, billing:write; writing does not include reading"`
		ExpiresAt *time.Time `json:"expires_at,omitempty"`
	}
}

func (s *Service) postAPIKey(ctx context.Context, in *postAPIKeyInput) (*madeAPIKeyBody, error) {
	key, secret, err := s.MakeAPIKey(ctx, NewAPIKey{Name: in.Body.Name, Role: in.Body.Role, Scopes: in.Body.Scopes, ExpiresAt: in.Body.ExpiresAt})
	if err != nil {
		return nil, err
	}
	return &madeAPIKeyBody{apiKeyBody: apiKeyBody(key), Key: secret}, nil
}

func (s *Service) getAPIKeys(ctx context.Context, _ *struct{}) (*web.List[apiKeyBody], error) {
	keys, err := s.APIKeys(ctx)
	if err != nil {
		return nil, err
	}
	list := &web.List[apiKeyBody]{Items: []apiKeyBody{}}
	for _, key := range keys {
		list.Items = append(list.Items, apiKeyBody(key))
	}
	return list, nil
}

func (s *Service) deleteAPIKey(ctx context.Context, in *idInput) (*web.None, error) {
	return nil, s.DeleteAPIKey(ctx, in.ID)
}
