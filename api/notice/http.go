package notice

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fault"
	"peakseat/internal/web"
)

const tag = "notice"

// defaultZone is the zone of the times in sentences where the reader names none.
const defaultZone = "Asia/Shanghai"

// InboxPage is a page of notices, newest first.
type InboxPage struct {
	web.List[Notice]
	Unread      int       `json:"unread" doc:"of all notices; 1000 means that many or more"`
	LastEventID uuid.UUID `json:"last_event_id" format:"uuid" doc:"the newest notice, where the stream goes on when it is sent as Last-Event-ID"`
}

// Zoned is the part of a request that says in which zone its reader is.
type Zoned struct {
	TimeZone string `query:"time_zone" default:"Asia/Shanghai" maxLength:"64" doc:"IANA name; of the times in sentences"`
}

func (z Zoned) location() (*time.Location, error) {
	name := z.TimeZone
	if name == "" {
		name = defaultZone
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, fault.ErrInvalid.At("time_zone", "unknown_time_zone", "没有这个时区，应为 IANA 名称，例如 Asia/Shanghai。", "No such time zone; give an IANA name such as Asia/Shanghai.")
	}
	return loc, nil
}

// Routes adds the operations of notices.
func (s *Service) Routes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/notices", Summary: "My notices and those for my role in the organisation, the newest first", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, in *struct {
			web.Page
			Zoned
			Unread bool `query:"unread" doc:"only those that I have not read"`
		},
		) (*InboxPage, error) {
			var before int64
			if _, err := in.After(&before); err != nil {
				return nil, err
			}
			zone, err := in.location()
			if err != nil {
				return nil, err
			}
			inbox, err := s.Notices(ctx, before, in.Unread, in.Limit+1)
			if err != nil {
				return nil, err
			}
			for i := range inbox.notices {
				inbox.notices[i] = inbox.notices[i].say(web.Language(ctx), zone)
			}
			list, err := web.ListOf(inbox.notices, in.Limit, func(n Notice) int64 { return n.position })
			if err != nil {
				return nil, err
			}
			return &InboxPage{List: *list, Unread: inbox.unread, LastEventID: inbox.newest}, nil
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/notices/{id}/read", Summary: "Mark a notice as read", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, in *web.ByID) (*web.None, error) { return &web.None{}, s.Read(ctx, in.ID) })

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/notices/read", Summary: "Mark a notice and all before it as read", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, in *struct {
			Body struct {
				Through uuid.UUID `json:"through" format:"uuid" doc:"the newest that I have seen, such as last_event_id"`
			}
		},
		) (*web.None, error) {
			return &web.None{}, s.ReadThrough(ctx, in.Body.Through)
		})

	web.Stream[struct{ Zoned }, Notice](a, web.Op{Method: http.MethodGet, Path: "/notices/stream", Summary: "Notices as they come, after the one that Last-Event-ID names or else from now on", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, in *struct{ Zoned }, lastEventID string) (func(context.Context, chan<- web.Event) error, error) {
			zone, err := in.location()
			if err != nil {
				return nil, err
			}
			run, err := s.Stream(ctx, lastEventID)
			if err != nil {
				return nil, err
			}
			return func(ctx context.Context, into chan<- web.Event) error { return run(ctx, events(ctx, zone, into)) }, nil
		})
}
