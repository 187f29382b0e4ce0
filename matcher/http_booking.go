package matcher

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/web"
)

const tag = "matcher"

func (s *Service) bookingRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodPost, Path: "/shops", Summary: "Open a shop", Tag: tag, Access: web.Bookers, Status: http.StatusCreated, Keyed: web.InEdge},
		func(ctx context.Context, in *struct{ Body ShopRequest }) (*Shop, error) {
			return s.CreateShop(ctx, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/shops", Summary: "List shops", Tag: tag, Access: web.Merchant},
		func(ctx context.Context, in *struct{ web.Page }) (*web.List[Shop], error) {
			var after uuid.UUID
			if _, err := in.After(&after); err != nil {
				return nil, err
			}
			rows, err := s.Shops(ctx, after, in.Limit+1)
			if err != nil {
				return nil, err
			}
			return web.ListOf(rows, in.Limit, func(shop Shop) uuid.UUID { return shop.ID })
		})

	web.Register(a, web.Op{Method: http.MethodPut, Path: "/shops/{id}", Summary: "Change a shop", Tag: tag, Access: web.Bookers},
		func(ctx context.Context, in *struct {
			web.IfMatch
			ID   uuid.UUID `path:"id" format:"uuid"`
			Body ShopRequest
		},
		) (*Shop, error) {
			version, err := in.Version()
			if err != nil {
				return nil, err
			}
			return s.ChangeShop(ctx, in.ID, version, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/campaigns", Summary: "Open a campaign", Tag: tag, Access: web.Operator, Status: http.StatusCreated, Keyed: web.InEdge},
		func(ctx context.Context, in *struct{ Body CampaignRequest }) (*Campaign, error) {
			return s.CreateCampaign(ctx, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/campaigns", Summary: "List campaigns", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, _ *struct{}) (*web.List[Campaign], error) {
			campaigns, err := s.Campaigns(ctx)
			return &web.List[Campaign]{Items: orEmpty(campaigns)}, err
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/bookings", Summary: "Draft a booking", Tag: tag, Access: web.Bookers, Status: http.StatusCreated, Keyed: web.InEdge},
		func(ctx context.Context, in *struct{ Body BookingRequest }) (*Booking, error) {
			return s.CreateBooking(ctx, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodPatch, Path: "/bookings/{id}", Summary: "Change a draft", Tag: tag, Access: web.Bookers},
		func(ctx context.Context, in *struct {
			web.IfMatch
			ID   uuid.UUID `path:"id" format:"uuid"`
			Body BookingRequest
		},
		) (*Booking, error) {
			version, err := in.Version()
			if err != nil {
				return nil, err
			}
			return s.ChangeBooking(ctx, in.ID, version, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/bookings", Summary: "List bookings, the newest first", Tag: tag, Access: web.Merchant | web.Operator},
		func(ctx context.Context, in *struct {
			web.Page
			State  string `query:"state" enum:"draft,confirmed,cancelled,finished"`
			Within int    `query:"within" minimum:"1" maximum:"168" doc:"only those with an open shift that runs now or starts within so many hours, by the platform's clock"`
		},
		) (*web.List[Booking], error) {
			which := BookingsWanted{State: in.State, Within: time.Duration(in.Within) * time.Hour, Limit: in.Limit + 1}
			if _, err := in.After(&which.Before); err != nil {
				return nil, err
			}
			rows, err := s.Bookings(ctx, which)
			if err != nil {
				return nil, err
			}
			return web.ListOf(rows, in.Limit, func(b Booking) uuid.UUID { return b.ID })
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/bookings/{id}", Summary: "Read a booking", Tag: tag, Access: web.Merchant | web.Operator},
		func(ctx context.Context, in *web.ByID) (*Booking, error) { return s.Booking(ctx, in.ID) })

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/bookings/{id}/shifts", Summary: "List a booking's shifts", Tag: tag, Access: web.Merchant | web.Operator},
		func(ctx context.Context, in *web.ByID) (*web.List[Shift], error) {
			shifts, err := s.BookingShifts(ctx, in.ID)
			return &web.List[Shift]{Items: orEmpty(shifts)}, err
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/bookings/{id}/confirmation", Summary: "Confirm: hold the whole total and open the shifts", Tag: tag, Access: web.Bookers, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			web.ByID
			Body struct {
				QuoteID uuid.UUID `json:"quote_id" format:"uuid"`
			}
		},
		) (*Booking, error) {
			return s.ConfirmBooking(ctx, in.ID, in.Body.QuoteID)
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/bookings/{id}/cancellation", Summary: "Cancel seats that have not started", Tag: tag, Access: web.Bookers, Keyed: web.InEdge, Pool: s.System},
		func(ctx context.Context, in *struct {
			web.ByID
			Body CancellationRequest
		},
		) (*Cancellation, error) {
			return s.CancelSeats(ctx, in.ID, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/shifts/{id}/assignments", Summary: "Who holds or held a shift's seats", Tag: tag, Access: web.Merchant | web.Operator},
		func(ctx context.Context, in *web.ByID) (*web.List[RosterEntry], error) {
			roster, err := s.Roster(ctx, in.ID)
			return &web.List[RosterEntry]{Items: orEmpty(roster)}, err
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/agents", Summary: "Agents who worked for us; for operators, all", Tag: tag, Access: web.Merchant | web.Operator},
		func(ctx context.Context, in *struct {
			web.Page
			Q string `query:"q" maxLength:"200" doc:"operators: an e-mail address or an id"`
		},
		) (*web.List[AgentSummary], error) {
			var after uuid.UUID
			if _, err := in.After(&after); err != nil {
				return nil, err
			}
			rows, err := s.Agents(ctx, in.Q, after, in.Limit+1)
			if err != nil {
				return nil, err
			}
			return web.ListOf(rows, in.Limit, func(a AgentSummary) uuid.UUID { return a.AgentID })
		})

	web.Register(a, web.Op{Method: http.MethodPut, Path: "/blocks/{id}", Summary: "Block an agent or a merchant, or lift the block", Tag: tag, Access: web.Bookers | web.Agent},
		func(ctx context.Context, in *struct {
			web.ByID
			Body struct {
				Blocked bool `json:"blocked"`
			}
		},
		) (*web.None, error) {
			return &web.None{}, s.SetBlock(ctx, in.ID, in.Body.Blocked)
		})
}

func orEmpty[T any](rows []T) []T {
	if rows == nil {
		return []T{}
	}
	return rows
}
