package matcher

import (
	"context"
	"net/http"

	"peakseat/internal/fault"
	"peakseat/internal/web"
)

type hallInput struct {
	web.Page
	Kind     string `query:"kind" enum:"regular,trial" default:"regular" doc:"trial: shifts with an open trial seat, and whether I may take that"`
	Include  string `query:"include" enum:"ineligible" doc:"ineligible: also shifts that I may not take, with the rules that say no"`
	Tag      string `query:"tag" maxLength:"100" doc:"only shifts that require this tag" example:"function/presale"`
	From     string `query:"from" format:"date" doc:"first date of the start, in my zone"`
	To       string `query:"to" format:"date" doc:"last date of the start, in my zone"`
	LeastPay int64  `query:"least_pay" minimum:"0" doc:"per hour, in minor units"`
}

// hallRoutes are the task hall.
func (s *Service) hallRoutes(api *web.API) {
	web.Register(api, web.Op{
		Method: http.MethodGet, Path: "/hall", Tag: "matcher", Access: web.Agent,
		Summary: "Open shifts that I may take",
	}, func(ctx context.Context, in *hallInput) (*web.List[HallShift], error) {
		f := HallFilter{Tag: in.Tag, LeastPay: in.LeastPay, Trial: in.Kind == kindTrial, Ineligible: in.Include != "", Limit: in.Limit}
		if _, err := in.After(&f.After); err != nil {
			return nil, err
		}
		var wrong fault.Collect
		for _, d := range []struct {
			name, text string
			into       *Date
		}{{"from", in.From, &f.From}, {"to", in.To, &f.To}} {
			if d.text != "" && d.into.UnmarshalText([]byte(d.text)) != nil {
				wrong.Add(d.name, "bad_date", "应为日期，例如 2026-11-11。", "Give a date such as 2026-11-11.")
			}
		}
		if err := wrong.Err(); err != nil {
			return nil, err
		}
		list, err := s.Hall(ctx, f)
		if err != nil {
			return nil, err
		}
		for i := range list {
			if len(list[i].no) > 0 {
				list[i].Rules = ruleViews(list[i].no, web.Language(ctx))
			}
		}
		return web.ListOf(list, in.Limit, func(h HallShift) hallPlace { return hallPlace{h.facts.startsAt, h.ID} })
	})
}
