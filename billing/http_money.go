package billing

import (
	"context"
	"net/http"

	"peakseat/internal/web"
)

type getStatement struct {
	Month string `query:"month" required:"true" pattern:"^[0-9]{4}-(0[1-9]|1[0-2])$" example:"2026-11"`
}

func (s *Service) moneyRoutes(a *web.API) {
	web.Register(a, web.Op{
		Method: http.MethodGet, Path: "/earnings", Summary: "What my work is worth, with what it is made of", Tag: "billing", Access: web.Agent,
	}, func(ctx context.Context, in *onePage) (*Earnings, error) {
		e, err := s.Earnings(ctx, in.Page)
		return &e, err
	})
	web.Register(a, web.Op{
		Method: http.MethodGet, Path: "/statements", Summary: "A month's account", Tag: "billing", Access: web.Agent | web.Merchant,
	}, func(ctx context.Context, in *getStatement) (*Statement, error) {
		st, err := s.Statement(ctx, in.Month)
		return &st, err
	})
}
