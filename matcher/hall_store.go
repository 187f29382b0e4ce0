package matcher

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"peakseat/internal/fault"
	"peakseat/internal/money"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"
)

// selectOwnFacts reads, once, what the rules ask of the agent who acts, for any shift that is not over; trial seats ask for more.
func selectOwnFacts(tx *postgres.Tx, trial bool) (*agentFacts, error) {
	a := &agentFacts{id: tx.Actor.AccountID, anyTime: true, tags: map[string]heldTag{}}
	a.maxDay, a.maxWeek, a.longest = defaultLimits()
	zoneName := defaultZone
	days, weeks := map[Date]int{}, map[Date]int{}
	a.dayMinutes = func(d Date) int { return days[d] }
	a.weekMinutes = func(monday Date) int { return weeks[monday] }
	since := tx.Now.Add(-48 * time.Hour)
	b := &pgx.Batch{}
	b.Queue(`select time_zone, disabled, max_day_minutes, max_week_minutes, longest_shift_minutes, least_pay, needs, weekly_minutes
		from matcher.agent where agent_id = $1`, a.id).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var weekly pgtype.Multirange[pgtype.Range[int32]]
			if err := rows.Scan(&zoneName, &a.disabled, &a.maxDay, &a.maxWeek, &a.longest, &a.leastPay, &a.needs, &weekly); err != nil {
				return err
			}
			a.anyTime, a.weekly = weeklyOf(weekly)
		}
		return rows.Err()
	})
	b.Queue(`select tag, level, expires_at from matcher.agent_tag where agent_id = $1`, a.id).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var name string
			var held heldTag
			if err := rows.Scan(&name, &held.level, &held.expiresAt); err != nil {
				return err
			}
			a.tags[name] = held
		}
		return rows.Err()
	})
	queueOwnPacks(b, a)
	b.Queue(`select starts_at, ends_at, available from matcher.availability where agent_id = $1 and ends_at > $2`, a.id, since).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var t stretch
			var available bool
			if err := rows.Scan(&t.from, &t.to, &available); err != nil {
				return err
			}
			if available {
				a.more = append(a.more, t)
			} else {
				a.less = append(a.less, t)
			}
		}
		return rows.Err()
	})
	b.Queue(`select id, starts_at, ends_at, work_day from matcher.assignment where agent_id = $1 and live and starts_at > $2`, a.id, since).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var h heldSeat
			var day time.Time
			if err := rows.Scan(&h.id, &h.from, &h.to, &day); err != nil {
				return err
			}
			h.workDay = DateOf(day)
			a.held = append(a.held, h)
		}
		return rows.Err()
	})
	counters := func(into map[Date]int) func(pgx.Rows) error {
		return func(rows pgx.Rows) error {
			for rows.Next() {
				var day time.Time
				var minutes int
				if err := rows.Scan(&day, &minutes); err != nil {
					return err
				}
				into[DateOf(day)] = minutes
			}
			return rows.Err()
		}
	}
	b.Queue(`select work_day, minutes from matcher.agent_day where agent_id = $1 and work_day > $2`, a.id, DateOf(since).Add(-1)).Query(counters(days))
	b.Queue(`select week, minutes from matcher.agent_week where agent_id = $1 and week > $2`, a.id, DateOf(since).Add(-8)).Query(counters(weeks))
	err := tx.Pgx(func(conn *pgx.Conn) error { return conn.SendBatch(tx.Context(), b).Close() })
	if err != nil {
		return nil, fmt.Errorf("read the agent's facts: %w", err)
	}
	if trial {
		if err := selectOwnPaths(tx, a); err != nil {
			return nil, err
		}
	}
	a.zone, err = zone(zoneName)
	return a, err
}

// defaultLimits are those of an agent who set none, as insertAgent writes them.
func defaultLimits() (day, week, longest int) {
	hours := rules.Current().Hours
	return int(hours.DayCap / time.Minute), int(hours.WeekCap / time.Minute), int(hours.LongestOne / time.Minute)
}

const hallColumns = `select id, starts_at, ends_at, seats, coalesce(pay_per_hour, 0), currency, tags, levels, time_zone, state, shop_name, industry, channels,
	rules_version, own_organisation, shop_id, pack_version from matcher.hall `

// selectHall reads the next open shifts that the filter lets through, whether or not the agent may take them.
func selectHall(tx *postgres.Tx, f HallFilter, zone *time.Location) (list []HallShift, err error) {
	from, to := time.Time{}, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	if f.From != (Date{}) {
		from = f.From.At(0, zone)
	}
	if f.To != (Date{}) {
		to = f.To.Add(1).At(0, zone)
	}
	after := f.After
	if after.StartsAt.IsZero() {
		// no shift is longer than a day, so that none that starts before is still open
		after.StartsAt = tx.Now.Add(-25 * time.Hour)
	}
	open := `has_open_seat`
	if f.Trial {
		open = `exists (select from matcher.hall_trials t where t.shift_id = hall.id and t.open > 0)`
	}
	err = tx.Pgx(func(conn *pgx.Conn) error {
		rows, err := conn.Query(tx.Context(), hallColumns+`
			where state = 'open' and `+open+` and (starts_at, id) > ($1, $2) and starts_at >= $3 and starts_at < $4
			  and ends_at >= $5 and ($6 = '' or $6 = any (tags)) and pay_per_hour >= $7
			order by starts_at, id limit $8`,
			after.StartsAt, after.ID, from, to, tx.Now.Add(rules.Current().Seats.TakeUntil), f.Tag, f.LeastPay, hallRead)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanHall)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the hall: %w", err)
	}
	return list, nil
}

func selectHallShift(tx *postgres.Tx, id uuid.UUID) (*HallShift, error) {
	var list []HallShift
	err := tx.Pgx(func(conn *pgx.Conn) error {
		rows, err := conn.Query(tx.Context(), hallColumns+`where id = $1`, id)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanHall)
		return err
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("read a shift of the hall: %w", err)
	case len(list) == 0:
		return nil, fault.ErrNotFound
	}
	return &list[0], nil
}

func scanHall(row pgx.CollectableRow) (HallShift, error) {
	var (
		h       HallShift
		f       = &h.facts
		tags    []string
		levels  []int32
		version int
	)
	if err := row.Scan(&f.id, &f.startsAt, &f.endsAt, &h.Seats, &f.pay, &f.currency, &tags, &levels, &h.TimeZone, &f.state, &h.ShopName, &h.Industry, &h.Channels,
		&version, &f.own, &f.shop, &f.pack); err != nil {
		return HallShift{}, err
	}
	if err := f.complete(tags, levels, h.TimeZone, version); err != nil {
		return HallShift{}, err
	}
	h.ID, h.ShopID, h.Requirements = f.id, f.shop, f.tags
	if f.pack > 0 {
		h.PackVersion = &f.pack
	}
	h.StartsAt, h.EndsAt = f.startsAt.In(f.zone), f.endsAt.In(f.zone)
	h.PayPerHour = money.Money{Amount: f.pay, Currency: f.currency}
	h.FreeUntil = h.StartsAt.Add(-f.book.Seats.FreeRelease)
	return h, nil
}

// selectHallOpen counts the open seats of a page.
func selectHallOpen(tx *postgres.Tx, list []HallShift) error {
	ids := make([]uuid.UUID, len(list))
	place := make(map[uuid.UUID]int, len(list))
	for i := range list {
		ids[i], place[list[i].ID] = list[i].ID, i
	}
	err := tx.Pgx(func(conn *pgx.Conn) error {
		rows, err := conn.Query(tx.Context(), `select shift_id, open from matcher.hall_seats where shift_id = any ($1)`, ids)
		if err != nil {
			return err
		}
		var id uuid.UUID
		var open int
		_, err = pgx.ForEachRow(rows, []any{&id, &open}, func() error {
			list[place[id]].Open = open
			return nil
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("count the hall's open seats: %w", err)
	}
	return nil
}
