package account

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/web"
)

func (s *Service) identityRoutes(a *web.API) {
	web.Register(a, web.Op{
		Method: http.MethodGet, Path: "/me/identity", Summary: "My real-name data, masked, and whether they are verified", Tag: tag, Access: web.Agent,
	}, s.getMyIdentity)
	web.Register(a, web.Op{
		Method: http.MethodPut, Path: "/me/identity", Summary: "Give my real-name data; they are sealed, and verified by an operator", Tag: tag,
		Access: web.Agent, MaxBody: smallBody,
	}, s.putMyIdentity)
	web.Register(a, web.Op{
		Method: http.MethodGet, Path: "/identities", Summary: "Real-name data of a state, masked, who wait longest first", Tag: tag, Access: web.Operator,
	}, s.getIdentities)
	web.Register(a, web.Op{
		Method: http.MethodGet, Path: "/accounts/{id}/identity", Summary: "A person's real-name data, masked", Tag: tag, Access: web.Operator,
	}, s.getIdentity)
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/accounts/{id}/identity/reveal", Summary: "Reveal a person's real-name data, with a reason", Tag: tag,
		Access: web.Operator, MaxBody: smallBody,
	}, s.postIdentityReveal)
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/accounts/{id}/identity/decision", Summary: "Say whether a person's real-name data are true", Tag: tag,
		Access: web.Operator, MaxBody: smallBody,
	}, s.postIdentityDecision)
}

type identityBody struct {
	AgentID     uuid.UUID     `json:"agent_id"`
	State       IdentityState `json:"state" enum:"none,given,verified,refused" doc:"given: an operator has not decided yet"`
	Refusal     string        `json:"refusal,omitempty" enum:"name_differs,number_unknown,phone_unreachable,bank_account_differs,other" doc:"why it was refused"`
	Name        string        `json:"name" doc:"masked, as the others are"`
	Number      string        `json:"number"`
	Phone       string        `json:"phone"`
	BankAccount string        `json:"bank_account"`
	Version     int           `json:"version" doc:"of any change by the agent; 0: nothing was given"`
	GivenAt     *time.Time    `json:"given_at,omitempty" doc:"since when this name and number stand"`
	DecidedAt   *time.Time    `json:"decided_at,omitempty"`
}

func identityOf(i Identity) *identityBody {
	body := &identityBody{
		AgentID: i.AgentID, State: i.State, Refusal: i.Refusal, Name: i.Name, Number: i.Number, Phone: i.Phone, BankAccount: i.BankAccount,
		Version: i.Version, DecidedAt: i.DecidedAt,
	}
	if i.Version > 0 {
		body.GivenAt = &i.GivenAt
	}
	return body
}

func (s *Service) getMyIdentity(ctx context.Context, _ *struct{}) (*identityBody, error) {
	mine, err := s.MyIdentity(ctx)
	if err != nil {
		return nil, err
	}
	return identityOf(mine), nil
}

// putMyIdentityInput takes no idempotency key: replies are stored, and putting the same twice changes nothing.
type putMyIdentityInput struct {
	Caller
	Body struct {
		Name        string `json:"name,omitempty" maxLength:"80" doc:"as on the identity card; absent or empty: as on file, as the others"`
		Number      string `json:"number,omitempty" maxLength:"40" doc:"18 characters by GB 11643"`
		Phone       string `json:"phone,omitempty" maxLength:"40" doc:"a mobile number; from abroad with + and the country's code"`
		BankAccount string `json:"bank_account,omitempty" maxLength:"60" doc:"a card in this name"`
	}
}

func (s *Service) putMyIdentity(ctx context.Context, in *putMyIdentityInput) (*identityBody, error) {
	kept, err := s.GiveIdentity(ctx, Identity{Name: in.Body.Name, Number: in.Body.Number, Phone: in.Body.Phone, BankAccount: in.Body.BankAccount}, in.address)
	if err != nil {
		return nil, err
	}
	return identityOf(kept), nil
}

type getIdentitiesInput struct {
	web.Page
	State IdentityState `query:"state" enum:"given,verified,refused" default:"given"`
}

func (s *Service) getIdentities(ctx context.Context, in *getIdentitiesInput) (*web.List[identityBody], error) {
	var after Place
	if _, err := in.After(&after); err != nil {
		return nil, err
	}
	list, err := s.Identities(ctx, in.State, after, in.Limit)
	if err != nil {
		return nil, err
	}
	bodies := make([]identityBody, len(list))
	for i, one := range list {
		bodies[i] = *identityOf(one)
	}
	return web.ListOf(bodies, in.Limit, func(b identityBody) Place { return Place{CreatedAt: *b.GivenAt, ID: b.AgentID} })
}

func (s *Service) getIdentity(ctx context.Context, in *web.ByID) (*identityBody, error) {
	found, err := s.IdentityOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return identityOf(found), nil
}

type revealedIdentityBody struct {
	Name        string `json:"name"`
	Number      string `json:"number"`
	Phone       string `json:"phone"`
	BankAccount string `json:"bank_account"`
	Version     int    `json:"version" doc:"what a decision names"`
}

func (s *Service) postIdentityReveal(ctx context.Context, in *reasonInput) (*revealedIdentityBody, error) {
	i, err := s.RevealIdentity(ctx, in.ID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return &revealedIdentityBody{Name: i.Name, Number: i.Number, Phone: i.Phone, BankAccount: i.BankAccount, Version: i.Version}, nil
}

type identityDecisionInput struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		Version int    `json:"version" minimum:"1" doc:"the one that was looked at"`
		Refusal string `json:"refusal,omitempty" enum:"name_differs,number_unknown,phone_unreachable,bank_account_differs,other" doc:"absent: the data are true"`
		Reason  string `json:"reason" maxLength:"500" doc:"how it was found out; kept in the audit trail"`
	}
}

func (s *Service) postIdentityDecision(ctx context.Context, in *identityDecisionInput) (*identityBody, error) {
	found, err := s.DecideIdentity(ctx, in.ID, in.Body.Version, in.Body.Refusal, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return identityOf(found), nil
}
