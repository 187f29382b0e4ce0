package matcher

import (
	"context"
	"net/http"

	"peakseat/internal/web"
)

func (s *Service) agentRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/profile", Summary: "My limits and needs", Tag: tag, Access: web.Agent},
		func(ctx context.Context, _ *struct{}) (*Profile, error) { return s.Profile(ctx) })

	web.Register(a, web.Op{Method: http.MethodPut, Path: "/profile", Summary: "Set my limits and needs", Tag: tag, Access: web.Agent},
		func(ctx context.Context, in *struct{ Body Profile }) (*Profile, error) {
			return s.SetProfile(ctx, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/availability", Summary: "When I can work", Tag: tag, Access: web.Agent},
		func(ctx context.Context, _ *struct{}) (*Availability, error) { return s.Availability(ctx) })

	web.Register(a, web.Op{Method: http.MethodPut, Path: "/availability", Summary: "Set when I can work", Tag: tag, Access: web.Agent},
		func(ctx context.Context, in *struct{ Body Availability }) (*Availability, error) {
			return s.SetAvailability(ctx, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/me/tags", Summary: "My tags as the matcher knows them", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, _ *struct{}) (*web.List[KnownTag], error) {
			tags, err := s.KnownTags(ctx)
			return &web.List[KnownTag]{Items: orEmpty(tags)}, err
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/assignments", Summary: "My assignments, the latest first", Tag: tag, Access: web.Agent},
		func(ctx context.Context, in *struct {
			web.Page
			State string `query:"state" enum:"held,present,missing,finished,released,withdrawn"`
		},
		) (*web.List[Attendance], error) {
			var cursor AssignmentCursor
			var before *AssignmentCursor
			more, err := in.After(&cursor)
			if err != nil {
				return nil, err
			}
			if more {
				before = &cursor
			}
			rows, err := s.Assignments(ctx, in.State, before, in.Limit+1)
			if err != nil {
				return nil, err
			}
			return web.ListOf(rows, in.Limit, func(a Attendance) AssignmentCursor { return AssignmentCursor{a.StartsAt, a.ID} })
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/assignments/{id}/check-in", Summary: "Check in", Tag: tag, Access: web.Agent, Keyed: web.InEdge, Pool: s.System},
		func(ctx context.Context, in *web.ByID) (*Attendance, error) { return s.CheckIn(ctx, in.ID) })

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/assignments/{id}/breaks", Summary: "Start or end a break", Tag: tag, Access: web.Agent, Keyed: web.InEdge, Pool: s.System},
		func(ctx context.Context, in *struct {
			web.ByID
			Body struct {
				Action string `json:"action" enum:"start,end"`
			}
		},
		) (*Attendance, error) {
			return s.Break(ctx, in.ID, in.Body.Action == "start")
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/assignments/{id}/check-out", Summary: "Check out", Tag: tag, Access: web.Agent, Keyed: web.InEdge, Pool: s.System},
		func(ctx context.Context, in *web.ByID) (*Attendance, error) { return s.CheckOut(ctx, in.ID) })
}
