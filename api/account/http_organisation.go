package account

import (
	"context"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/web"
)

type memberBody struct {
	AccountID uuid.UUID `json:"account_id"`
	Name      string    `json:"name"`
	Email     string    `json:"email" doc:"masked for all but owners and operators"`
	Role      auth.Role `json:"role" enum:"owner,booker,finance,viewer,trainer,operator"`
	Disabled  bool      `json:"disabled"`
	JoinedAt  time.Time `json:"joined_at"`
}

// getMembers answers all of them: an organisation's staff are some tens.
func (s *Service) getMembers(ctx context.Context, _ *struct{}) (*web.List[memberBody], error) {
	members, err := s.Members(ctx)
	if err != nil {
		return nil, err
	}
	list := &web.List[memberBody]{Items: []memberBody{}}
	for _, m := range members {
		list.Items = append(list.Items, memberBody(m))
	}
	return list, nil
}

func (s *Service) deleteMember(ctx context.Context, in *idInput) (*web.None, error) {
	return nil, s.Remove(ctx, in.ID)
}

type putRoleInput struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		Role auth.Role `json:"role" enum:"owner,booker,finance,viewer,trainer,operator" doc:"owners give owner to viewer, operators trainer and operator"`
	}
}

func (s *Service) putRole(ctx context.Context, in *putRoleInput) (*web.None, error) {
	return nil, s.SetRole(ctx, in.ID, in.Body.Role)
}

type putOrganisationInput struct {
	Body struct {
		Name string `json:"name" maxLength:"80" doc:"public to the agents who work for the merchant"`
	}
}

func (s *Service) putOrganisationName(ctx context.Context, in *putOrganisationInput) (*web.None, error) {
	return nil, s.RenameOrganisation(ctx, in.Body.Name)
}
