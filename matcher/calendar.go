package matcher

import (
	"context"
	"net/http"

	"peakseat/internal/fault"
	"peakseat/internal/postgres"
	"peakseat/internal/web"
)

// BookedDay is what a merchant has booked for one date, local to the shops, and how much of it is filled.
type BookedDay struct {
	Date     Date `json:"date" format:"date"`
	Bookings int  `json:"bookings"`
	Shifts   int  `json:"shifts"`
	Seats    int  `json:"seats"`
	Filled   int  `json:"filled" doc:"held by an agent"`
	Offered  int  `json:"offered" doc:"wait for an agent's answer"`
}

// longestCalendar is how many days one look at the calendar covers.
const longestCalendar = 100

// Calendar adds up, by the date on which they start, the confirmed shifts of the actor's merchant. Days without any are absent.
func (s *Service) Calendar(ctx context.Context, from, to Date) (days []BookedDay, err error) {
	var wrong fault.Collect
	if n := from.DaysUntil(to) + 1; n < 1 || n > longestCalendar {
		wrong.Add("to", "out_of_range", "一次看 1 到 100 天。", "Ask for 1 to 100 days.")
	}
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		// A day on either side holds what the shops' time zones move.
		return tx.Raw(`select (s.starts_at at time zone s.time_zone)::date as date, count(distinct s.booking_id) as bookings, count(*) as shifts,
				sum(s.seats) as seats, sum(c.filled) as filled, sum(c.offered) as offered
			from matcher.shift s
			cross join lateral (select count(*) filter (where t.state = 'held') as filled, count(*) filter (where t.state = 'offered') as offered
				from matcher.seat t where t.shift_id = s.id and t.kind = 'regular') c
			where s.merchant_id = platform.organisation() and s.state in ('open', 'ended') and s.seats > 0
				and s.starts_at >= ?::date - interval '1 day' and s.starts_at < ?::date + interval '2 days'
				and (s.starts_at at time zone s.time_zone)::date between ?::date and ?::date
			group by 1 order by 1`, from, to, from, to).Scan(&days).Error
	})
	return days, err
}

func (s *Service) calendarRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/bookings/days", Summary: "How full each day of my bookings is", Tag: tag, Access: web.Merchant},
		func(ctx context.Context, in *struct {
			From string `query:"from" format:"date" required:"true" doc:"first date"`
			To   string `query:"to" format:"date" required:"true" doc:"last date, included; at most 100 days"`
		},
		) (*web.List[BookedDay], error) {
			var from, to Date
			var wrong fault.Collect
			for _, d := range []struct {
				name, text string
				into       *Date
			}{{"from", in.From, &from}, {"to", in.To, &to}} {
				if d.into.UnmarshalText([]byte(d.text)) != nil {
					wrong.Add(d.name, "bad_date", "应为日期，例如 2026-11-10。", "Give a date such as 2026-11-10.")
				}
			}
			if err := wrong.Err(); err != nil {
				return nil, err
			}
			days, err := s.Calendar(ctx, from, to)
			return &web.List[BookedDay]{Items: orEmpty(days)}, err
		})
}
