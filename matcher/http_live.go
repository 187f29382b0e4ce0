package matcher

import (
	"context"
	"net/http"

	"peakseat/internal/web"
)

// liveRoutes are the live boards.
func (s *Service) liveRoutes(a *web.API) {
	web.Stream[web.ByID, Live](a, web.Op{
		Method: http.MethodGet, Path: "/bookings/{id}/live", Tag: tag, Access: web.Bookers | web.Viewer | web.Operator,
		Summary: "Seats filled, present, late and missing, as it happens",
	}, func(ctx context.Context, in *web.ByID, lastEventID string) (func(ctx context.Context, events chan<- web.Event) error, error) {
		run, err := s.Watch(ctx, in.ID, lastEventID)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context, events chan<- web.Event) error {
			return run(ctx, func(id string, l *Live) error {
				select {
				case events <- web.Event{ID: id, Type: "live", Data: l}:
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			})
		}, nil
	})
}
