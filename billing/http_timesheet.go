package billing

import (
	"context"
	"net/http"

	"peakseat/internal/web"

	"github.com/google/uuid"
)

type getTimesheets struct {
	web.Page
	State     string    `query:"state" enum:"submitted,approved"`
	BookingID uuid.UUID `query:"booking_id"`
	ShiftID   uuid.UUID `query:"shift_id"`
}

type claimMinutes struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		Minutes int64  `json:"minutes" minimum:"1" maximum:"1440"`
		Reason  string `json:"reason" minLength:"1" maxLength:"2000"`
	}
}

type getDisputes struct {
	web.Page
	State string `query:"state" enum:"open,ruled"`
}

type postAnswer struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		Answer string `json:"answer" minLength:"1" maxLength:"2000"`
	}
}

type postRuling struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		MinutesToAgent int64  `json:"minutes_to_agent" minimum:"0" maximum:"1440"`
		Reason         string `json:"reason" minLength:"1" maxLength:"2000"`
	}
}

func (s *Service) timesheetRoutes(a *web.API) {
	web.Register(a, web.Op{
		Method: http.MethodGet, Path: "/timesheets", Summary: "Timesheets with the events they are made of, newest first", Tag: "billing",
		Access: web.Agent | web.Merchant | web.Operator,
	}, func(ctx context.Context, in *getTimesheets) (*web.List[Timesheet], error) {
		return s.Timesheets(ctx, TimesheetFilter{State: in.State, BookingID: in.BookingID, ShiftID: in.ShiftID}, in.Page)
	})
	web.Register(a, web.Op{
		Method: http.MethodGet, Path: "/timesheets/{id}", Summary: "One timesheet", Tag: "billing", Access: web.Agent | web.Merchant | web.Operator,
	}, func(ctx context.Context, in *web.ByID) (*Timesheet, error) {
		t, err := s.Timesheet(ctx, in.ID)
		return &t, err
	})
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/timesheets/{id}/approval", Summary: "Approve and settle a timesheet", Tag: "billing",
		Access: web.Money, Keyed: web.InEdge, Pool: s.System,
	}, func(ctx context.Context, in *web.ByID) (*Timesheet, error) {
		t, err := s.Approve(ctx, in.ID)
		return &t, err
	})
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/timesheets/{id}/dispute", Summary: "Dispute minutes of a timesheet, once, before its approval", Tag: "billing",
		Access: web.Money, Status: http.StatusCreated, Keyed: web.InEdge, Pool: s.System,
	}, func(ctx context.Context, in *claimMinutes) (*Dispute, error) {
		d, err := s.Dispute(ctx, in.ID, in.Body.Minutes, in.Body.Reason)
		return &d, err
	})
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/timesheets/{id}/objection", Summary: "Object that minutes are missing, once", Tag: "billing",
		Access: web.Agent, Status: http.StatusCreated, Keyed: web.InEdge, Pool: s.System,
	}, func(ctx context.Context, in *claimMinutes) (*Dispute, error) {
		d, err := s.Object(ctx, in.ID, in.Body.Minutes, in.Body.Reason)
		return &d, err
	})
	web.Register(a, web.Op{
		Method: http.MethodGet, Path: "/disputes", Summary: "Disputes and objections, newest first", Tag: "billing",
		Access: web.Agent | web.Merchant | web.Operator,
	}, func(ctx context.Context, in *getDisputes) (*web.List[Dispute], error) {
		return s.Disputes(ctx, in.State, in.Page)
	})
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/disputes/{id}/answer", Summary: "Answer a dispute or an objection", Tag: "billing",
		Access: web.Agent | web.Money, Keyed: web.InEdge, Pool: s.System,
	}, func(ctx context.Context, in *postAnswer) (*Dispute, error) {
		d, err := s.Answer(ctx, in.ID, in.Body.Answer)
		return &d, err
	})
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/disputes/{id}/ruling", Summary: "Rule how many of the minutes go to the agent", Tag: "billing",
		Access: web.Operator, Keyed: web.InEdge, Pool: s.System,
	}, func(ctx context.Context, in *postRuling) (*Dispute, error) {
		d, err := s.Rule(ctx, in.ID, in.Body.MinutesToAgent, in.Body.Reason)
		return &d, err
	})
}
