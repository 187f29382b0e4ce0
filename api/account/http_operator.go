package account

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/postgres"
	"peakseat/internal/web"
)

func (s *Service) operatorRoutes(a *web.API) {
	web.Register(a, web.Op{
		Method: http.MethodGet, Path: "/accounts", Summary: "All accounts, masked, the newest first", Tag: tag, Access: web.Operator,
	}, s.getAccounts)
	web.Register(a, web.Op{
		Method: http.MethodGet, Path: "/accounts/{id}", Summary: "An account, masked", Tag: tag, Access: web.Operator,
	}, s.getAccount)
	web.Register(a, web.Op{
		Method: http.MethodGet, Path: "/names", Summary: "How people are called, masked but for colleagues", Tag: tag, Access: web.Trainer | web.Operator,
	}, s.getNames)
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/accounts/lookup", Summary: "The account with an e-mail, masked", Tag: tag,
		Access: web.Operator, MaxBody: smallBody,
	}, s.postLookup)
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/accounts/{id}/reveal", Summary: "Reveal a person's name and e-mail, with a reason", Tag: tag,
		Access: web.Operator, MaxBody: smallBody,
	}, s.postReveal)
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/accounts/{id}/disablement", Summary: "Disable an account: it is out within a minute", Tag: tag,
		Access: web.Operator, MaxBody: smallBody,
	}, s.postDisablement)
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/accounts/{id}/enablement", Summary: "Let a disabled account in again", Tag: tag,
		Access: web.Operator, MaxBody: smallBody,
	}, s.postEnablement)
}

type accountBody struct {
	ID            uuid.UUID          `json:"id"`
	Kind          Kind               `json:"kind" enum:"agent,staff"`
	Name          string             `json:"name" doc:"masked"`
	Email         string             `json:"email" doc:"masked"`
	Organisations []organisationBody `json:"organisations" nullable:"false"`
	Disabled      bool               `json:"disabled"`
	Erased        bool               `json:"erased"`
	CreatedAt     time.Time          `json:"created_at"`
}

func accountOf(ctx context.Context, l Listed) accountBody {
	body := accountBody{
		ID: l.ID, Kind: l.Kind, Name: l.Name, Email: l.Email, Organisations: []organisationBody{},
		Disabled: l.Disabled, Erased: l.Erased, CreatedAt: l.CreatedAt,
	}
	for _, m := range l.Memberships {
		body.Organisations = append(body.Organisations, organisationOf(ctx, m))
	}
	return body
}

type getAccountsInput struct {
	web.Page
	Kind     Kind `query:"kind" enum:"agent,staff" doc:"only these"`
	Disabled bool `query:"disabled" doc:"only those who are disabled"`
}

func (s *Service) getAccount(ctx context.Context, in *web.ByID) (*accountBody, error) {
	found, err := s.One(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	body := accountOf(ctx, found)
	return &body, nil
}

type getNamesInput struct {
	IDs []string `query:"id" minItems:"1" maxItems:"100" doc:"whose, with commas between them"`
}

type nameBody struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
}

func (s *Service) getNames(ctx context.Context, in *getNamesInput) (*web.List[nameBody], error) {
	list := &web.List[nameBody]{Items: []nameBody{}}
	var ids []uuid.UUID
	for _, text := range in.IDs {
		if id, err := uuid.Parse(text); err == nil { // nobody has another
			ids = append(ids, id)
		}
	}
	err := postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		names, err := s.Names(tx, ids)
		for _, id := range ids {
			if name, known := names[id]; known {
				list.Items = append(list.Items, nameBody{id, name})
			}
		}
		return err
	})
	return list, err
}

func (s *Service) getAccounts(ctx context.Context, in *getAccountsInput) (*web.List[accountBody], error) {
	var after Place
	if _, err := in.After(&after); err != nil {
		return nil, err
	}
	accounts, err := s.Directory(ctx, Directed{in.Kind, in.Disabled}, after, in.Limit)
	if err != nil {
		return nil, err
	}
	bodies := make([]accountBody, len(accounts))
	for i, one := range accounts {
		bodies[i] = accountOf(ctx, one)
	}
	return web.ListOf(bodies, in.Limit, func(b accountBody) Place { return Place{CreatedAt: b.CreatedAt, ID: b.ID} })
}

// lookupInput is a body and not a query, since an address must not stand in a URL.
type lookupInput struct {
	Body struct {
		Email string `json:"email" maxLength:"254"`
	}
}

func (s *Service) postLookup(ctx context.Context, in *lookupInput) (*accountBody, error) {
	found, err := s.Lookup(ctx, in.Body.Email)
	if err != nil {
		return nil, err
	}
	body := accountOf(ctx, found)
	return &body, nil
}

type revealBody struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

func (s *Service) postReveal(ctx context.Context, in *reasonInput) (*revealBody, error) {
	person, err := s.Reveal(ctx, in.ID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return &revealBody{Name: person.Name, Email: person.Email}, nil
}

func (s *Service) postDisablement(ctx context.Context, in *reasonInput) (*web.None, error) {
	return nil, s.Disable(ctx, in.ID, in.Body.Reason)
}

func (s *Service) postEnablement(ctx context.Context, in *reasonInput) (*web.None, error) {
	return nil, s.Enable(ctx, in.ID, in.Body.Reason)
}
