package account

import (
	"context"

	"github.com/google/uuid"

	"peakseat/internal/clock"
	"peakseat/internal/web"
)

type sessionBody struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type" enum:"Bearer"`
	ExpiresIn    int    `json:"expires_in" doc:"seconds"`
	RefreshToken string `json:"refresh_token" doc:"works once; presented again it ends the session"`
}

func sessionOf(session Session) *sessionBody {
	return &sessionBody{
		AccessToken: session.AccessToken, TokenType: "Bearer",
		ExpiresIn: seconds(session.ExpiresAt, clock.Now()), RefreshToken: session.RefreshToken,
	}
}

type postSessionInput struct {
	Caller
	Body struct {
		Email          string    `json:"email" maxLength:"254"`
		Password       string    `json:"password" maxLength:"512"`
		OrganisationID uuid.UUID `json:"organisation_id,omitempty" doc:"whom to act for; absent: agents act as agents, staff for whom they joined first"`
	}
}

func (s *Service) postSession(ctx context.Context, in *postSessionInput) (*sessionBody, error) {
	session, err := s.SignIn(ctx, Credentials{
		Email: in.Body.Email, Password: in.Body.Password, OrganisationID: in.Body.OrganisationID, Address: in.address,
	})
	if err != nil {
		return nil, err
	}
	return sessionOf(session), nil
}

type postRefreshInput struct {
	Caller
	Body struct {
		RefreshToken string    `json:"refresh_token" maxLength:"200"`
		Attempt      uuid.UUID `json:"attempt,omitempty" doc:"a number that you make and keep before you ask; where the answer is lost, ask again with the same one"`
	}
}

func (s *Service) postRefresh(ctx context.Context, in *postRefreshInput) (*sessionBody, error) {
	session, err := s.Refresh(ctx, in.Body.RefreshToken, in.Body.Attempt, in.address)
	if err != nil {
		return nil, err
	}
	return sessionOf(session), nil
}

func (s *Service) deleteSession(ctx context.Context, _ *struct{}) (*web.None, error) {
	return nil, s.SignOut(ctx)
}
