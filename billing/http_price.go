package billing

import (
	"context"
	"net/http"
	"time"

	"peakseat/internal/web"

	"github.com/google/uuid"
)

// Routes adds billing's operations.
func (s *Service) Routes(a *web.API) {
	s.priceRoutes(a)
	s.walletRoutes(a)
	s.timesheetRoutes(a)
	s.moneyRoutes(a)
}

type none struct{}

type putPriceBook struct {
	web.IfMatch
	Body struct {
		Prices
		EffectiveAt time.Time `json:"effective_at,omitzero" required:"false" doc:"not before now; absent: at once"`
	}
}

type previewPrices struct {
	Body struct {
		Prices
		EffectiveAt time.Time `json:"effective_at,omitzero" required:"false" doc:"absent: at once"`
	}
}

type postQuote struct {
	ID   uuid.UUID `path:"id"`
	Body *struct {
		Priority int `json:"priority,omitempty" enum:"1,2" default:"1" doc:"2 buys a place before bookings of priority 1"`
	}
}

func (s *Service) priceRoutes(a *web.API) {
	web.Register(a, web.Op{
		Method: http.MethodGet, Path: "/price-book", Summary: "The prices in force", Tag: "billing", Access: web.Anyone,
	}, func(ctx context.Context, _ *none) (*PriceBook, error) {
		book, err := s.PriceBook(ctx)
		return &book, err
	})
	web.Register(a, web.Op{
		Method: http.MethodPut, Path: "/price-book", Summary: "Publish a version of the price book", Tag: "billing", Access: web.Operator, Keyed: web.InEdge,
	}, func(ctx context.Context, in *putPriceBook) (*PriceBook, error) {
		read, err := in.Version()
		if err != nil {
			return nil, err
		}
		book, err := s.PublishPrices(ctx, read, in.Body.Prices, in.Body.EffectiveAt)
		return &book, err
	})
	web.Register(a, web.Op{
		Method: http.MethodGet, Path: "/price-book/versions", Summary: "All versions of the price book, the newest first", Tag: "billing", Access: web.Operator,
	}, func(ctx context.Context, _ *none) (*web.List[PriceBookVersion], error) {
		list, err := s.PriceBooks(ctx)
		return &web.List[PriceBookVersion]{Items: list}, err
	})
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/price-book/preview", Summary: "What usual hours would cost under proposed prices; nothing is kept", Tag: "billing", Access: web.Operator,
	}, func(ctx context.Context, in *previewPrices) (*web.List[PricedCase], error) {
		cases, err := s.PreviewPrices(ctx, in.Body.Prices, in.Body.EffectiveAt)
		return &web.List[PricedCase]{Items: cases}, err
	})
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/bookings/{id}/quotes", Summary: "Freeze the price of a booking", Tag: "billing",
		Access: web.Bookers, Status: http.StatusCreated, Keyed: web.InEdge,
	}, func(ctx context.Context, in *postQuote) (*Quote, error) {
		priority := 1
		if in.Body != nil && in.Body.Priority != 0 {
			priority = in.Body.Priority
		}
		quote, err := s.Quote(ctx, in.ID, priority)
		return &quote, err
	})
}
