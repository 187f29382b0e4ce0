package matcher

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/money"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"
)

// Profile is an agent's limits and needs. Nobody but the agent and operators sees them; the engine
// respects them, and they cost no standing.
type Profile struct {
	TimeZone            string      `json:"time_zone,omitempty" doc:"IANA name; work days are counted in it. Asia/Shanghai when absent"`
	MaxDayMinutes       int         `json:"max_day_minutes" minimum:"0" maximum:"1440"`
	MaxWeekMinutes      int         `json:"max_week_minutes" minimum:"0" maximum:"10080"`
	LongestShiftMinutes int         `json:"longest_shift_minutes" minimum:"0" maximum:"1440"`
	BlocksADay          int         `json:"blocks_a_day,omitempty" minimum:"1" maximum:"4" doc:"the most shifts of one day that a plan gives me; what I claim myself is not limited. 1 when absent"`
	LeastPay            money.Money `json:"least_pay" gorm:"-" doc:"per hour; seats that pay less are closed to me"`
	Mentors             bool        `json:"mentors,omitempty" doc:"I help and score newcomers who try out in a shift where I work; filling in their card is paid"`
	Needs               []string    `json:"needs" gorm:"-" nullable:"false" enum:"no_voice,screen_reader,keyboard_only,extra_breaks,captions"`
}

// Availability is when an agent can work: a weekly pattern in their zone, and dated intervals that
// add to it or take away from it. Without a pattern any time is fine.
type Availability struct {
	Weekly    []WeeklyWindow  `json:"weekly,omitempty" maxItems:"50" doc:"absent: any time"`
	Intervals []DatedInterval `json:"intervals" maxItems:"400" nullable:"false"`
}

// WeeklyWindow repeats every week. An end at or before the start is on the next day.
type WeeklyWindow struct {
	Weekday int    `json:"weekday" minimum:"1" maximum:"7" doc:"1 is Monday"`
	Start   string `json:"start" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$"`
	End     string `json:"end" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$"`
}

// DatedInterval adds time or takes it away.
type DatedInterval struct {
	StartsAt  time.Time `json:"starts_at"`
	EndsAt    time.Time `json:"ends_at"`
	Available bool      `json:"available"`
}

// KnownTag is a tag as the matcher knows it.
type KnownTag struct {
	Tag       string    `json:"tag"`
	Level     int       `json:"level"`
	ExpiresAt time.Time `json:"expires_at"`
	Valid     bool      `json:"valid"`
}

// Profile reads the actor's limits and needs.
func (s *Service) Profile(ctx context.Context) (p *Profile, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if err := insertAgent(tx, tx.Actor.AccountID); err != nil {
			return err
		}
		p, err = selectProfile(tx, tx.Actor.AccountID)
		return err
	})
	return p, err
}

// SetProfile replaces the actor's limits and needs. Seats already held stay.
func (s *Service) SetProfile(ctx context.Context, p Profile) (saved *Profile, err error) {
	var wrong fault.Collect
	if p.TimeZone == "" {
		p.TimeZone = defaultZone
	}
	p.BlocksADay = max(1, p.BlocksADay)
	if _, err := zone(p.TimeZone); err != nil {
		wrong.Add("/time_zone", "unknown_time_zone", "没有这个时区，应为 IANA 名称，例如 Asia/Shanghai。", "No such time zone; give an IANA name such as Asia/Shanghai.")
	}
	if p.LeastPay.Currency != "CNY" {
		wrong.Add("/least_pay/currency", "unknown_currency", "目前只支持 CNY。", "Only CNY is supported.")
	}
	if p.LeastPay.Amount < 0 {
		wrong.Add("/least_pay/amount", "too_small", "不能小于 0。", "Cannot be below 0.")
	}
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if err := lock(tx, nil, []uuid.UUID{tx.Actor.AccountID}); err != nil {
			return err
		}
		if err := insertAgent(tx, tx.Actor.AccountID); err != nil {
			return err
		}
		if err := tx.Exec(`update matcher.agent set time_zone = ?, max_day_minutes = ?, max_week_minutes = ?, longest_shift_minutes = ?, blocks_a_day = ?, least_pay = ?, mentors = ?, needs = ?, version = version + 1
			where agent_id = ?`, p.TimeZone, p.MaxDayMinutes, p.MaxWeekMinutes, p.LongestShiftMinutes, p.BlocksADay, p.LeastPay.Amount, p.Mentors, postgres.ArrayOf(p.Needs), tx.Actor.AccountID).Error; err != nil {
			return err
		}
		if saved, err = selectProfile(tx, tx.Actor.AccountID); err != nil {
			return err
		}
		return outbox.Append(tx, fact.AgentChanged{AgentID: tx.Actor.AccountID.String()})
	})
	return saved, err
}

// Availability reads when the actor can work.
func (s *Service) Availability(ctx context.Context) (a *Availability, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if err := insertAgent(tx, tx.Actor.AccountID); err != nil {
			return err
		}
		a, err = selectAvailability(tx, tx.Actor.AccountID)
		return err
	})
	return a, err
}

// SetAvailability replaces when the actor can work. Seats already held stay.
func (s *Service) SetAvailability(ctx context.Context, a Availability) (saved *Availability, err error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		me := tx.Actor.AccountID
		if err := lock(tx, nil, []uuid.UUID{me}); err != nil {
			return err
		}
		if err := insertAgent(tx, me); err != nil {
			return err
		}
		var weekly *string
		if a.Weekly != nil {
			raw, err := json.Marshal(a.Weekly)
			if err != nil {
				return err
			}
			text := string(raw)
			weekly = &text
		}
		if err := tx.Exec(`update matcher.agent set weekly = ?::jsonb, version = version + 1 where agent_id = ?`, weekly, me).Error; err != nil {
			return err
		}
		if err := tx.Exec(`delete from matcher.availability where agent_id = ?`, me).Error; err != nil {
			return err
		}
		for _, i := range a.Intervals {
			if err := tx.Exec(`insert into matcher.availability (agent_id, starts_at, ends_at, available) values (?, ?, ?, ?)`, me, i.StartsAt, i.EndsAt, i.Available).Error; err != nil {
				return err
			}
		}
		if saved, err = selectAvailability(tx, me); err != nil {
			return err
		}
		return outbox.Append(tx, fact.AgentChanged{AgentID: me.String()})
	})
	return saved, err
}

func (a *Availability) check() error {
	var wrong fault.Collect
	for i, w := range a.Weekly {
		_, errStart := clockMinutes(w.Start)
		_, errEnd := clockMinutes(w.End)
		switch {
		case errStart != nil || errEnd != nil:
			wrong.Add(fmt.Sprintf("/weekly/%d/start", i), "bad_time", "应为时刻，例如 18:00。", "Give times of day such as 18:00.")
		case w.Start == w.End && w.Start != "00:00":
			wrong.Add(fmt.Sprintf("/weekly/%d/end", i), "no_length", "开始和结束相同；全天请写 00:00 到 00:00。", "Start and end are the same; for a whole day give 00:00 to 00:00.")
		}
	}
	for i, d := range a.Intervals {
		if !d.EndsAt.After(d.StartsAt) {
			wrong.Add(fmt.Sprintf("/intervals/%d/ends_at", i), "no_length", "结束必须晚于开始。", "The end must be after the start.")
		}
		if slices.ContainsFunc(a.Intervals[:i], func(o DatedInterval) bool { return o.StartsAt.Equal(d.StartsAt) && o.Available == d.Available }) {
			wrong.Add(fmt.Sprintf("/intervals/%d/starts_at", i), "not_unique", "这个开始时间写了两次。", "This start is given twice.")
		}
	}
	return wrong.Err()
}

// KnownTags lists the actor's tags as the matcher knows them, so that people can see what it decides by.
func (s *Service) KnownTags(ctx context.Context) (tags []KnownTag, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		return tx.Raw(`select tag, level, expires_at, expires_at > ? as valid from matcher.agent_tag where agent_id = ? order by tag`, tx.Now, tx.Actor.AccountID).Scan(&tags).Error
	})
	return tags, err
}

// insertAgent makes the agent's row on first use.
func insertAgent(tx *postgres.Tx, id uuid.UUID) error { return insertAgents(tx, []uuid.UUID{id}) }

// insertAgents makes the rows of those agents who have none.
func insertAgents(tx *postgres.Tx, ids []uuid.UUID) error {
	hours := rules.V1().Hours
	return tx.Exec(`insert into matcher.agent (agent_id, max_day_minutes, max_week_minutes, longest_shift_minutes, created_at)
		select distinct id, ?::int, ?::int, ?::int, ?::timestamptz from unnest(?::uuid[]) id on conflict do nothing`,
		int(hours.DayCap.Minutes()), int(hours.WeekCap.Minutes()), int(hours.LongestOne.Minutes()), tx.Now, postgres.ArrayOf(ids)).Error
}

func selectProfile(tx *postgres.Tx, id uuid.UUID) (*Profile, error) {
	var row struct {
		Profile `gorm:"embedded"`
		Pay     int64
		List    string
	}
	if err := tx.Raw(`select time_zone, max_day_minutes, max_week_minutes, longest_shift_minutes, blocks_a_day, mentors, least_pay as pay, array_to_json(needs)::text as list from matcher.agent where agent_id = ?`, id).Scan(&row).Error; err != nil {
		return nil, err
	}
	row.LeastPay = money.CNY(row.Pay)
	return &row.Profile, json.Unmarshal([]byte(row.List), &row.Needs)
}

func selectAvailability(tx *postgres.Tx, id uuid.UUID) (*Availability, error) {
	a := &Availability{Intervals: []DatedInterval{}}
	var weekly *string
	if err := tx.Raw(`select weekly::text from matcher.agent where agent_id = ?`, id).Scan(&weekly).Error; err != nil {
		return nil, err
	}
	if weekly != nil {
		if err := json.Unmarshal([]byte(*weekly), &a.Weekly); err != nil {
			return nil, err
		}
	}
	return a, tx.Raw(`select starts_at, ends_at, available from matcher.availability where agent_id = ? order by starts_at, available`, id).Scan(&a.Intervals).Error
}
