package matcher

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"peakseat/internal/clock"
	"peakseat/internal/fault"
	"peakseat/internal/money"
	"peakseat/internal/postgres"
	"peakseat/internal/web"
)

// PublicFigures are what anybody may know of the market: sums, and what is open without whose it is.
type PublicFigures struct {
	AsOf           time.Time      `json:"as_of"`
	OnSeat         int            `json:"on_seat" doc:"agents who work right now"`
	CertifiedCount int            `json:"certified_agents" doc:"agents with a skill tag in force"`
	Attendance     *float64       `json:"attendance,omitempty" doc:"share of the seats of the last 30 days whose agent came; absent where there were none"`
	OpenSeats      int            `json:"open_seats" doc:"to be taken, of shifts that start within 24 hours"`
	Opening        []OpeningShift `json:"opening" nullable:"false" doc:"some of them, the soonest first"`
}

// OpeningShift is an open shift without its merchant.
type OpeningShift struct {
	StartsAt     time.Time     `json:"starts_at"`
	EndsAt       time.Time     `json:"ends_at"`
	TimeZone     string        `json:"time_zone"`
	Requirements []Requirement `json:"requirements" nullable:"false"`
	PayPerHour   money.Money   `json:"pay_per_hour"`
}

// Overview is the market by time and by skill, for those who run it.
type Overview struct {
	Hours  []HourDemand  `json:"hours" nullable:"false" doc:"hours in which seats were booked, in order"`
	Skills []SkillDemand `json:"skills" nullable:"false" doc:"tags that somebody asks for, the most open seats first"`
	Short  []ShortShift  `json:"short" nullable:"false" doc:"the shifts that want the most agents, at most 100"`

	ShortShifts int `json:"short_shifts" doc:"all shifts with open seats that are not over"`
	OpenSeats   int `json:"open_seats" doc:"of them, held by nobody"`
}

// ShortShift is a shift with open seats.
type ShortShift struct {
	ShiftID      uuid.UUID     `json:"shift_id"`
	BookingID    uuid.UUID     `json:"booking_id"`
	ShopName     string        `json:"shop_name"`
	StartsAt     time.Time     `json:"starts_at"`
	EndsAt       time.Time     `json:"ends_at"`
	TimeZone     string        `json:"time_zone"`
	Seats        int           `json:"seats"`
	Open         int           `json:"open" doc:"held by nobody"`
	Priority     int           `json:"priority"`
	Requirements []Requirement `json:"requirements" nullable:"false" gorm:"serializer:json"`
}

// HourDemand is one hour's seats: a shift counts in each hour that it touches.
type HourDemand struct {
	StartsAt time.Time `json:"starts_at"`
	Seats    int       `json:"seats"`
	Open     int       `json:"open" doc:"held by nobody"`
}

// SkillDemand is what is asked of one tag at one level, and who has it.
type SkillDemand struct {
	Tag     string `json:"tag"`
	Level   int    `json:"level"`
	Seats   int    `json:"seats" doc:"of shifts that ask for it"`
	Open    int    `json:"open"`
	Holders int    `json:"holders" doc:"agents who hold it at that level or above now"`
}

// figuresAge is how old the public figures may be: strangers must not be able to make the database count.
const figuresAge = 10 * time.Second

// publicFigures are the last that were counted.
type publicFigures struct {
	mu      sync.Mutex
	counted time.Time
	last    PublicFigures
}

// Figures counts, at most once in figuresAge, what anybody may know.
func (s *Service) Figures(ctx context.Context) (*PublicFigures, error) {
	f := s.figures
	f.mu.Lock()
	defer f.mu.Unlock()
	if clock.Since(f.counted) < figuresAge {
		last := f.last
		return &last, nil
	}
	var fresh PublicFigures
	err := postgres.InSnapshot(ctx, s.System, func(tx *postgres.Tx) (err error) { //nolint:contextcheck,nolintlint // a transaction carries its context
		fresh, err = countFigures(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	f.last, f.counted = fresh, clock.Now()
	return &fresh, nil
}

func countFigures(tx *postgres.Tx) (f PublicFigures, err error) {
	f = PublicFigures{AsOf: tx.Now, Opening: []OpeningShift{}}
	var came, missed int
	if err := tx.Raw(`select
		(select count(*) from matcher.assignment where state = 'present' and ends_at > @now and starts_at <= cast(@now as timestamptz) + interval '1 hour'),
		(select count(distinct t.agent_id) from matcher.agent_tag t join matcher.agent a using (agent_id) where t.expires_at > @now and not a.disabled),
		(select count(*) from matcher.assignment where state in ('present', 'finished') and starts_at between cast(@now as timestamptz) - interval '30 days' and @now),
		(select count(*) from matcher.assignment where state = 'missing' and starts_at between cast(@now as timestamptz) - interval '30 days' and @now),
		(select count(*) from matcher.shift h join matcher.seat s on s.shift_id = h.id and s.state = 'open' and s.kind = 'regular'
		  where h.state = 'open' and h.starts_at between @now and cast(@now as timestamptz) + interval '24 hours')`,
		map[string]any{"now": tx.Now}).Row().Scan(&f.OnSeat, &f.CertifiedCount, &came, &missed, &f.OpenSeats); err != nil {
		return f, err
	}
	if came+missed > 0 {
		share := float64(came) / float64(came+missed)
		f.Attendance = &share
	}
	err = tx.Pgx(func(conn *pgx.Conn) error {
		rows, err := conn.Query(tx.Context(), `select h.starts_at, h.ends_at, h.time_zone, h.tags, h.levels, h.pay_per_hour, h.currency from matcher.shift h
			where h.state = 'open' and h.starts_at between $1 and $2 and exists (select from matcher.seat s where s.shift_id = h.id and s.state = 'open' and s.kind = 'regular')
			order by h.starts_at, h.id limit 3`, tx.Now, tx.Now.Add(24*time.Hour))
		if err != nil {
			return err
		}
		var shift OpeningShift
		var tags []string
		var levels []int
		_, err = pgx.ForEachRow(rows, []any{&shift.StartsAt, &shift.EndsAt, &shift.TimeZone, &tags, &levels, &shift.PayPerHour.Amount, &shift.PayPerHour.Currency}, func() error {
			shift.Requirements = make([]Requirement, len(tags))
			for i := range tags {
				shift.Requirements[i] = Requirement{Tag: tags[i], Level: levels[i]}
			}
			f.Opening = append(f.Opening, shift)
			return nil
		})
		return err
	})
	return f, err
}

// MarketOverview is demand and supply of the shifts that start in [from, to).
func (s *Service) MarketOverview(ctx context.Context, from, to time.Time) (o *Overview, err error) {
	err = postgres.InSnapshot(ctx, s.System, func(tx *postgres.Tx) error { //nolint:contextcheck,nolintlint // a transaction carries its context
		shifts, err := selectDemand(tx, from, to)
		if err != nil {
			return err
		}
		o = &Overview{Hours: byHour(shifts), Skills: bySkill(shifts)}
		if err := countHolders(tx, o.Skills); err != nil {
			return err
		}
		short := shortest(shifts, tx.Now)
		o.ShortShifts = len(short)
		for _, s := range short {
			o.OpenSeats += s.open
		}
		o.Short, err = selectShort(tx, short[:min(len(short), mostShort)])
		return err
	})
	return o, err
}

// shiftDemand is what one shift adds to an overview.
type shiftDemand struct {
	id               uuid.UUID
	startsAt, endsAt time.Time
	tags             []string
	levels           []int
	seats, open      int
}

// byHour counts each shift in each hour that it touches.
func byHour(shifts []shiftDemand) []HourDemand {
	hours := map[time.Time]*HourDemand{}
	for _, s := range shifts {
		for t := s.startsAt.UTC().Truncate(time.Hour); t.Before(s.endsAt); t = t.Add(time.Hour) {
			h := hours[t]
			if h == nil {
				h = &HourDemand{StartsAt: t}
				hours[t] = h
			}
			h.Seats, h.Open = h.Seats+s.seats, h.Open+s.open
		}
	}
	list := make([]HourDemand, 0, len(hours))
	for _, h := range hours {
		list = append(list, *h)
	}
	slices.SortFunc(list, func(a, b HourDemand) int { return a.StartsAt.Compare(b.StartsAt) })
	return list
}

// bySkill sums what is asked of each tag at each level, the most open seats first, without who holds it.
func bySkill(shifts []shiftDemand) []SkillDemand {
	asked := map[Requirement]*SkillDemand{}
	for _, s := range shifts {
		for i, tag := range s.tags {
			r := Requirement{Tag: tag, Level: s.levels[i]}
			d := asked[r]
			if d == nil {
				d = &SkillDemand{Tag: tag, Level: r.Level}
				asked[r] = d
			}
			d.Seats, d.Open = d.Seats+s.seats, d.Open+s.open
		}
	}
	list := make([]SkillDemand, 0, len(asked))
	for _, d := range asked {
		list = append(list, *d)
	}
	slices.SortFunc(list, func(a, b SkillDemand) int {
		return cmp.Or(cmp.Compare(b.Open, a.Open), cmp.Compare(a.Tag, b.Tag), cmp.Compare(a.Level, b.Level))
	})
	return list
}

// mostShort is how many shifts with open seats an overview names.
const mostShort = 100

// shortest are the shifts not over that want the most agents; it takes the others out of the slice.
func shortest(shifts []shiftDemand, now time.Time) []shiftDemand {
	short := slices.DeleteFunc(shifts, func(s shiftDemand) bool { return s.open == 0 || !s.endsAt.After(now) })
	slices.SortFunc(short, func(a, b shiftDemand) int {
		return cmp.Or(cmp.Compare(b.open, a.open), a.startsAt.Compare(b.startsAt), bytes.Compare(a.id[:], b.id[:]))
	})
	return short
}

func selectDemand(tx *postgres.Tx, from, to time.Time) (shifts []shiftDemand, err error) {
	err = tx.Pgx(func(conn *pgx.Conn) error {
		rows, err := conn.Query(tx.Context(), `select h.id, h.starts_at, h.ends_at, h.tags, h.levels, count(*) as seats, count(*) filter (where s.state <> 'held') as open
			from matcher.shift h join matcher.seat s on s.shift_id = h.id and s.kind = 'regular' and s.state <> 'cancelled'
			where h.state in ('open', 'ended') and h.starts_at >= $1 and h.starts_at < $2 group by h.id`, from, to)
		if err != nil {
			return err
		}
		shifts, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (s shiftDemand, err error) {
			err = row.Scan(&s.id, &s.startsAt, &s.endsAt, &s.tags, &s.levels, &s.seats, &s.open)
			return s, err
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the demand: %w", err)
	}
	return shifts, nil
}

// countHolders counts who holds each skill, in one pass over everybody's tags.
func countHolders(tx *postgres.Tx, skills []SkillDemand) error {
	tags := make([]string, len(skills))
	for i := range skills {
		tags[i] = skills[i].Tag
	}
	var held []struct {
		Tag      string
		Level, N int
	}
	if err := tx.Raw(`select t.tag, t.level, count(*) as n from matcher.agent_tag t join matcher.agent g using (agent_id)
		where t.tag = any (?) and t.expires_at > ? and not g.disabled group by t.tag, t.level`, postgres.ArrayOf(tags), tx.Now).Scan(&held).Error; err != nil {
		return fmt.Errorf("count who holds what is asked for: %w", err)
	}
	for i := range skills {
		for _, h := range held {
			if h.Tag == skills[i].Tag && h.Level >= skills[i].Level {
				skills[i].Holders += h.N
			}
		}
	}
	return nil
}

// selectShort reads the shifts in their order.
func selectShort(tx *postgres.Tx, shifts []shiftDemand) ([]ShortShift, error) {
	ids := make([]uuid.UUID, len(shifts))
	place := make(map[uuid.UUID]int, len(shifts))
	for i := range shifts {
		ids[i], place[shifts[i].id] = shifts[i].id, i
	}
	list := make([]ShortShift, 0, len(shifts))
	if err := tx.Raw(`select h.id as shift_id, h.booking_id, p.name as shop_name, h.time_zone, h.priority,
			(select coalesce(json_agg(json_build_object('tag', r.tag, 'level', r.level)), '[]') from unnest(h.tags, h.levels) as r(tag, level)) as requirements
		from matcher.shift h join matcher.shop p on p.id = h.shop_id where h.id = any (?)`, postgres.ArrayOf(ids)).Scan(&list).Error; err != nil {
		return nil, fmt.Errorf("read the shifts with open seats: %w", err)
	}
	slices.SortFunc(list, func(a, b ShortShift) int { return cmp.Compare(place[a.ShiftID], place[b.ShiftID]) })
	for i := range list {
		s := &shifts[place[list[i].ShiftID]]
		list[i].StartsAt, list[i].EndsAt, list[i].Seats, list[i].Open = s.startsAt, s.endsAt, s.seats, s.open
	}
	return list, nil
}

// overviewDays is the longest time that an overview covers.
const overviewDays = 62

func (s *Service) figureRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/market", Summary: "What anybody may know of the market", Tag: tag, Access: web.Anyone},
		func(ctx context.Context, _ *struct{}) (*PublicFigures, error) { return s.Figures(ctx) })

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/market/overview", Summary: "Demand and supply by hour and by skill", Tag: tag, Access: web.Operator},
		func(ctx context.Context, in *struct {
			From time.Time `query:"from" required:"true" doc:"shifts that start then or later"`
			To   time.Time `query:"to" required:"true" doc:"and before this; at most 62 days later"`
		},
		) (*Overview, error) {
			if !in.To.After(in.From) || in.To.Sub(in.From) > overviewDays*24*time.Hour {
				return nil, fault.ErrInvalid.At("to", "bad_range", "应在 from 之后，且不超过 62 天。", "Give a time after from and at most 62 days later.")
			}
			return s.MarketOverview(ctx, in.From, in.To)
		})
}
