package account

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/web"
)

func (s *Service) linkRoutes(a *web.API) {
	const staff = web.Owner | web.Operator
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/invitations", Summary: "Invite a colleague by a one-time link", Tag: tag,
		Access: staff, Status: http.StatusCreated, MaxBody: smallBody,
	}, s.postInvitation)
	web.Register(a, web.Op{
		Method: http.MethodGet, Path: "/invitations", Summary: "Invitations that wait", Tag: tag, Access: staff,
	}, s.getInvitations)
	web.Register(a, web.Op{
		Method: http.MethodDelete, Path: "/invitations/{id}", Summary: "Take an invitation back", Tag: tag, Access: staff,
	}, s.deleteInvitation)
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/invitations/inspection", Summary: "What a one-time link is for", Tag: tag,
		Access: web.Anyone, MaxBody: smallBody,
	}, s.postInspection)
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/invitations/acceptance", Summary: "Use a one-time link: join, or set a new password", Tag: tag,
		Access: web.Anyone, Status: http.StatusCreated, MaxBody: smallBody,
	}, s.postAcceptance)
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/accounts/{id}/password-reset", Summary: "Make a one-time link that sets a new password", Tag: tag,
		Access: web.Operator, Status: http.StatusCreated, MaxBody: smallBody,
	}, s.postReset)
}

type linkBody struct {
	ID        uuid.UUID `json:"id"`
	Token     string    `json:"token" doc:"shown once"`
	Link      string    `json:"link" doc:"where the web app takes the token"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (s *Service) linkOf(link Link) *linkBody {
	return &linkBody{ID: link.ID, Token: link.Token, Link: s.URL(link.Token), ExpiresAt: link.ExpiresAt}
}

type postInvitationInput struct {
	Body struct {
		Email string    `json:"email" maxLength:"254"`
		Role  auth.Role `json:"role" enum:"owner,booker,finance,viewer,trainer,operator" doc:"owners invite owner to viewer, operators trainer and operator"`
	}
}

func (s *Service) postInvitation(ctx context.Context, in *postInvitationInput) (*linkBody, error) {
	link, err := s.Invite(ctx, in.Body.Email, in.Body.Role)
	if err != nil {
		return nil, err
	}
	return s.linkOf(link), nil
}

type invitationBody struct {
	ID        uuid.UUID `json:"id"`
	Email     string    `json:"email"`
	Role      auth.Role `json:"role" enum:"owner,booker,finance,viewer,trainer,operator"`
	MadeAt    time.Time `json:"made_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (s *Service) getInvitations(ctx context.Context, _ *struct{}) (*web.List[invitationBody], error) {
	invitations, err := s.Invitations(ctx)
	if err != nil {
		return nil, err
	}
	list := &web.List[invitationBody]{Items: []invitationBody{}}
	for _, one := range invitations {
		list.Items = append(list.Items, invitationBody(one))
	}
	return list, nil
}

type idInput struct {
	ID uuid.UUID `path:"id"`
}

func (s *Service) deleteInvitation(ctx context.Context, in *idInput) (*web.None, error) {
	return nil, s.Withdraw(ctx, in.ID)
}

type inspectionInput struct {
	Caller
	Body struct {
		Token string `json:"token" maxLength:"200"`
	}
}

type inspectionBody struct {
	Purpose      string            `json:"purpose" enum:"invitation,reset"`
	Email        string            `json:"email"`
	Organisation *organisationBody `json:"organisation,omitempty" doc:"whom an invitation is to, and in which role"`
	HasAccount   bool              `json:"has_account" doc:"an invitation to somebody with an account is accepted with that account's password"`
	ExpiresAt    time.Time         `json:"expires_at"`
}

func (s *Service) postInspection(ctx context.Context, in *inspectionInput) (*inspectionBody, error) {
	invited, err := s.LookAt(ctx, in.Body.Token, in.address)
	if err != nil {
		return nil, err
	}
	body := &inspectionBody{Purpose: string(purposeReset), Email: invited.Email, HasAccount: invited.HasAccount, ExpiresAt: invited.ExpiresAt}
	if !invited.Reset {
		organisation := organisationOf(ctx, Membership{Organisation: invited.Organisation, Role: invited.Role})
		body.Purpose, body.Organisation = string(purposeInvitation), &organisation
	}
	return body, nil
}

type acceptanceInput struct {
	Caller
	Body struct {
		Token    string `json:"token" maxLength:"200"`
		Password string `json:"password" maxLength:"512" doc:"10 to 128 characters; the present one of somebody who has an account"`
		Name     string `json:"name,omitempty" maxLength:"80" doc:"of somebody who has no account yet"`
	}
}

type acceptanceBody struct {
	ID             uuid.UUID  `json:"id" doc:"the account"`
	OrganisationID *uuid.UUID `json:"organisation_id,omitempty"`
	Role           auth.Role  `json:"role,omitempty" enum:"owner,booker,finance,viewer,trainer,operator"`
}

func (s *Service) postAcceptance(ctx context.Context, in *acceptanceInput) (*acceptanceBody, error) {
	accepted, err := s.Accept(ctx, Acceptance{Token: in.Body.Token, Password: in.Body.Password, Name: in.Body.Name, Address: in.address})
	if err != nil {
		return nil, err
	}
	body := &acceptanceBody{ID: accepted.AccountID, Role: accepted.Role}
	if accepted.OrganisationID != uuid.Nil {
		body.OrganisationID = &accepted.OrganisationID
	}
	return body, nil
}

type reasonInput struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		Reason string `json:"reason" maxLength:"500" doc:"kept in the audit trail"`
	}
}

func (s *Service) postReset(ctx context.Context, in *reasonInput) (*linkBody, error) {
	link, err := s.MakeReset(ctx, in.ID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return s.linkOf(link), nil
}
