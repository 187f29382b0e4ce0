package account

import (
	"context"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/web"
)

type registrationBody struct {
	ID             uuid.UUID  `json:"id"`
	Kind           Kind       `json:"kind" enum:"agent,staff"`
	OrganisationID *uuid.UUID `json:"organisation_id,omitempty" doc:"the merchant that was opened, with this account as its owner"`
}

type postAccountInput struct {
	Caller
	Body struct {
		Kind         string `json:"kind" enum:"merchant,agent"`
		Email        string `json:"email" maxLength:"254" example:"lin@example.com"`
		Password     string `json:"password" maxLength:"512" doc:"10 to 128 characters of any kind"`
		Name         string `json:"name" maxLength:"80" doc:"what colleagues see; others see its first character"`
		Organisation string `json:"organisation,omitempty" maxLength:"80" doc:"the merchant's public name"`
	}
}

func (s *Service) postAccount(ctx context.Context, in *postAccountInput) (*registrationBody, error) {
	made, err := s.Register(ctx, Registration{
		Merchant: in.Body.Kind == "merchant", Email: in.Body.Email, Password: in.Body.Password, Name: in.Body.Name,
		Organisation: in.Body.Organisation, Address: in.address,
	})
	if err != nil {
		return nil, err
	}
	body := &registrationBody{ID: made.AccountID, Kind: made.Kind}
	if made.OrganisationID != uuid.Nil {
		body.OrganisationID = &made.OrganisationID
	}
	return body, nil
}

type meBody struct {
	ID            uuid.UUID          `json:"id"`
	Kind          Kind               `json:"kind" enum:"agent,staff"`
	Email         string             `json:"email"`
	Name          string             `json:"name"`
	Role          auth.Role          `json:"role" enum:"agent,owner,booker,finance,viewer,trainer,operator" doc:"in this session"`
	Organisation  *organisationBody  `json:"organisation,omitempty" doc:"whom this session acts for; absent for agents"`
	Organisations []organisationBody `json:"organisations" nullable:"false" doc:"all that I belong to"`
	Scopes        []string           `json:"scopes,omitempty" doc:"what the API key in use may"`
	CreatedAt     time.Time          `json:"created_at"`
	version       int64
}

// ETag is the account's version.
func (m *meBody) ETag() string { return web.ETag(m.version) }

func meOf(ctx context.Context, me Me) *meBody {
	actor, _ := auth.ActorFrom(ctx)
	body := &meBody{
		ID: me.ID, Kind: me.Kind, Email: me.Email, Name: me.Name, Role: actor.Role, Organisations: []organisationBody{},
		Scopes: actor.Scopes, CreatedAt: me.CreatedAt, version: me.Version,
	}
	for _, m := range me.Memberships {
		one := organisationOf(ctx, m)
		body.Organisations = append(body.Organisations, one)
		if m.ID == actor.OrganisationID {
			body.Organisation = &one
		}
	}
	return body
}

func (s *Service) getMe(ctx context.Context, _ *struct{}) (*meBody, error) {
	me, err := s.Me(ctx)
	if err != nil {
		return nil, err
	}
	return meOf(ctx, me), nil
}

type patchMeInput struct {
	web.IfMatch
	Body struct {
		Name string `json:"name" maxLength:"80"`
	}
}

func (s *Service) patchMe(ctx context.Context, in *patchMeInput) (*meBody, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	me, err := s.Rename(ctx, in.Body.Name, version)
	if err != nil {
		return nil, err
	}
	return meOf(ctx, me), nil
}

type postPasswordInput struct {
	Caller
	Body struct {
		Password    string `json:"password" maxLength:"512" doc:"the present one"`
		NewPassword string `json:"new_password" maxLength:"512" doc:"10 to 128 characters of any kind"`
	}
}

func (s *Service) postPassword(ctx context.Context, in *postPasswordInput) (*web.None, error) {
	return nil, s.ChangePassword(ctx, in.Body.Password, in.Body.NewPassword, in.address)
}

type exportBody struct {
	Account  *meBody       `json:"account"`
	Identity *identityBody `json:"identity,omitempty" doc:"masked; absent where none was given"`
	Sessions []SessionSeen `json:"sessions" nullable:"false"`
}

func (s *Service) getExport(ctx context.Context, _ *struct{}) (*exportBody, error) {
	export, err := s.ExportMe(ctx)
	if err != nil {
		return nil, err
	}
	body := &exportBody{Account: meOf(ctx, export.Me), Sessions: append([]SessionSeen{}, export.Sessions...)}
	if export.Identity.Version > 0 {
		body.Identity = identityOf(export.Identity)
	}
	return body, nil
}

type erasureInput struct {
	Caller
	Body struct {
		Password string `json:"password" maxLength:"512"`
	}
}

func (s *Service) postErasure(ctx context.Context, in *erasureInput) (*web.None, error) {
	return nil, s.Erase(ctx, in.Body.Password, in.address)
}
