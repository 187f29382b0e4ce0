package billing

import (
	"context"
	"net/http"

	"peakseat/internal/fault"
	"peakseat/internal/money"
	"peakseat/internal/web"
)

type postTopUp struct {
	Body struct {
		Amount money.Money `json:"amount"`
	}
}

// mostTopUp is 100 million yuan: a slip of the finger beyond that is no top-up.
const mostTopUp = 100_000_000_00

func (in postTopUp) check() error {
	var c fault.Collect
	if in.Body.Amount.Amount < 1 || in.Body.Amount.Amount > mostTopUp {
		c.Add("/amount/amount", "out_of_range", "应在 0.01 元与 1 亿元之间。", "Between 0.01 and 100 million yuan.")
	}
	if in.Body.Amount.Currency != currency {
		c.Add("/amount/currency", "not_one_of", "只能是 CNY。", "Only CNY.")
	}
	return c.Err()
}

type onePage struct{ web.Page }

func (s *Service) walletRoutes(a *web.API) {
	web.Register(a, web.Op{
		Method: http.MethodGet, Path: "/wallet", Summary: "What the merchant's money is doing", Tag: "billing", Access: web.Merchant,
	}, func(ctx context.Context, _ *none) (*Wallet, error) {
		w, err := s.Wallet(ctx)
		return &w, err
	})
	web.Register(a, web.Op{
		Method: http.MethodGet, Path: "/wallet/entries", Summary: "The wallet's account, newest first", Tag: "billing", Access: web.Merchant,
	}, func(ctx context.Context, in *onePage) (*web.List[WalletEntry], error) {
		return s.WalletEntries(ctx, in.Page)
	})
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/wallet/top-ups", Summary: "Top up the wallet", Tag: "billing",
		Access: web.Money, Status: http.StatusCreated, Keyed: web.InEdge, Pool: s.System,
	}, func(ctx context.Context, in *postTopUp) (*TopUp, error) {
		if err := in.check(); err != nil {
			return nil, err
		}
		t, err := s.TopUp(ctx, in.Body.Amount.Amount)
		return &t, err
	})
	web.Register(a, web.Op{
		Method: http.MethodGet, Path: "/wallet/top-ups", Summary: "Top-ups, newest first", Tag: "billing", Access: web.Merchant | web.Operator,
	}, func(ctx context.Context, in *onePage) (*web.List[TopUp], error) {
		return s.TopUps(ctx, in.Page)
	})
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/wallet/top-ups/{id}/settlement", Summary: "Confirm that a top-up arrived", Tag: "billing",
		Access: web.Operator, Keyed: web.InEdge, Pool: s.System,
	}, func(ctx context.Context, in *web.ByID) (*TopUp, error) {
		t, err := s.SettleTopUp(ctx, in.ID)
		return &t, err
	})
}
