package matcher

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/money"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// candidate is an agent with what the rules and the ranking ask. Live offers count as if they were accepted, so that
// all offers of an agent can be.
type candidate struct {
	agentFacts
	rating      int
	lastWorked  *time.Time
	blocks      int               // most shifts of a day that a plan gives; 0: one
	days, weeks map[Date]int      // minutes, by work day and by Monday
	past        map[uuid.UUID]int // shifts, by merchant; only where selectTraders read it
}

// assume lets the candidate hold one more stretch.
func (c *candidate) assume(id uuid.UUID, t stretch) {
	day := DateOf(t.from.In(c.zone))
	c.held = append(c.held, heldSeat{t, id, day})
	c.days[day] += t.minutes()
	c.weeks[weekOf(day)] += t.minutes()
}

func (c *candidate) countOwn() {
	c.dayMinutes = func(d Date) int { return c.days[d] }
	c.weekMinutes = func(monday Date) int { return c.weeks[monday] }
}

// who says which agents are read.
type who struct {
	ids  []uuid.UUID // these
	tags []string    // or the holders of any of these
	all  bool        // or all
}

// among is a condition on agent_id, and its parameter $1. One with `or` would have every agent read.
func (w *who) among() (condition string, arg any) {
	switch {
	case w.all:
		return `$1::uuid[] is null`, nil
	case w.ids != nil:
		return `agent_id = any ($1::uuid[])`, w.ids
	}
	return `agent_id in (select h.agent_id from matcher.agent_tag h where h.tag = any ($1::text[]))`, w.tags
}

// selectCandidates reads agents for shifts that start from and end before the times given. It needs the system role.
func selectCandidates(tx *postgres.Tx, w who, from, to time.Time) (map[uuid.UUID]*candidate, error) {
	found := map[uuid.UUID]*candidate{}
	b := &pgx.Batch{}
	among, whom := w.among()
	ask := func(query string, scan func(rows pgx.Rows) error, args ...any) {
		b.Queue(query+among, append([]any{whom}, args...)...).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				if err := scan(rows); err != nil {
					return err
				}
			}
			return rows.Err()
		})
	}
	zones := map[string]*time.Location{}
	ask(`select agent_id, time_zone, disabled, max_day_minutes, max_week_minutes, longest_shift_minutes, least_pay, needs, weekly_minutes, rating, last_worked_at, blocks_a_day
		from matcher.agent where `, func(rows pgx.Rows) (err error) {
		c := &candidate{days: map[Date]int{}, weeks: map[Date]int{}}
		var zoneName string
		var weekly pgtype.Multirange[pgtype.Range[int32]]
		if err = rows.Scan(&c.id, &zoneName, &c.disabled, &c.maxDay, &c.maxWeek, &c.longest, &c.leastPay, &c.needs, &weekly, &c.rating, &c.lastWorked, &c.blocks); err != nil {
			return err
		}
		c.anyTime, c.weekly = weeklyOf(weekly)
		c.tags = map[string]heldTag{}
		c.countOwn()
		if c.zone = zones[zoneName]; c.zone == nil {
			if c.zone, err = zone(zoneName); err != nil {
				return err
			}
			zones[zoneName] = c.zone
		}
		found[c.id] = c
		return nil
	})
	of := func(id uuid.UUID, do func(c *candidate)) {
		if c := found[id]; c != nil { // else one who came while the statements ran
			do(c)
		}
	}
	ask(`select agent_id, tag, level, expires_at from matcher.agent_tag where `, func(rows pgx.Rows) error {
		var id uuid.UUID
		var name string
		var held heldTag
		if err := rows.Scan(&id, &name, &held.level, &held.expiresAt); err != nil {
			return err
		}
		of(id, func(c *candidate) { c.tags[name] = held })
		return nil
	})
	ask(`select agent_id, starts_at, ends_at, available from matcher.availability where ends_at > $2 and starts_at < $3 and `, func(rows pgx.Rows) error {
		var id uuid.UUID
		var t stretch
		var available bool
		if err := rows.Scan(&id, &t.from, &t.to, &available); err != nil {
			return err
		}
		of(id, func(c *candidate) {
			if available {
				c.more = append(c.more, t)
			} else {
				c.less = append(c.less, t)
			}
		})
		return nil
	}, from, to)
	ask(`select agent_id, id, starts_at, ends_at, work_day from matcher.assignment
		where live and starts_at > $2::timestamptz - interval '33 hours' and starts_at < $3::timestamptz + interval '9 hours' and `, func(rows pgx.Rows) error {
		var id uuid.UUID
		var h heldSeat
		var day time.Time
		if err := rows.Scan(&id, &h.id, &h.from, &h.to, &day); err != nil {
			return err
		}
		h.workDay = DateOf(day)
		of(id, func(c *candidate) { c.held = append(c.held, h) })
		return nil
	}, from, to)
	for _, counter := range []struct {
		query string
		into  func(c *candidate) map[Date]int
	}{
		{`select agent_id, work_day, minutes from matcher.agent_day where work_day between $2::date - 2 and $3::date + 2 and `, func(c *candidate) map[Date]int { return c.days }},
		{`select agent_id, week, minutes from matcher.agent_week where week between $2::date - 9 and $3::date + 2 and `, func(c *candidate) map[Date]int { return c.weeks }},
	} {
		ask(counter.query, func(rows pgx.Rows) error {
			var id uuid.UUID
			var day time.Time
			var minutes int
			if err := rows.Scan(&id, &day, &minutes); err != nil {
				return err
			}
			of(id, func(c *candidate) { counter.into(c)[DateOf(day)] += minutes })
			return nil
		}, DateOf(from), DateOf(to))
	}
	ask(`select agent_id, id, shift_id, seat_no, starts_at, ends_at, expires_at from matcher.offer where state = 'live' and `, func(rows pgx.Rows) error {
		var id uuid.UUID
		var o heldOffer
		if err := rows.Scan(&id, &o.id, &o.shift, &o.seat, &o.from, &o.to, &o.expiresAt); err != nil {
			return err
		}
		of(id, func(c *candidate) {
			c.offers = append(c.offers, o)
			c.assume(o.id, o.stretch)
		})
		return nil
	})
	if err := tx.Pgx(func(conn *pgx.Conn) error { return conn.SendBatch(tx.Context(), b).Close() }); err != nil {
		return nil, fmt.Errorf("read candidates: %w", err)
	}
	return found, nil
}

// selectTraders reads agents with all that lies ahead of them and for whom they worked.
func selectTraders(tx *postgres.Tx, w who) (map[uuid.UUID]*candidate, error) {
	found, err := selectCandidates(tx, w, tx.Now, tx.Now.AddDate(2, 0, 0))
	if err != nil {
		return nil, err
	}
	err = tx.Pgx(func(conn *pgx.Conn) error {
		among, whom := w.among()
		rows, err := conn.Query(tx.Context(), `select agent_id, merchant_id, shifts from matcher.worked where `+among, whom)
		if err != nil {
			return err
		}
		var p pair
		var n int
		_, err = pgx.ForEachRow(rows, []any{&p.agent, &p.other, &n}, func() error {
			if c := found[p.agent]; c != nil {
				if c.past == nil {
					c.past = map[uuid.UUID]int{}
				}
				c.past[p.other] = n
			}
			return nil
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read for whom agents worked: %w", err)
	}
	return found, nil
}

// selectAgentsAfter lists agents by id.
func selectAgentsAfter(tx *postgres.Tx, after uuid.UUID, limit int) (ids []uuid.UUID, err error) {
	err = tx.Raw(`select agent_id from matcher.agent where agent_id > ? order by agent_id limit ?`, after, limit).Scan(&ids).Error
	return ids, err
}

// pair is one agent and one shift, or one merchant.
type pair struct{ agent, other uuid.UUID }

// selectPairs reads a query of pairs.
func selectPairs(tx *postgres.Tx, query string, args ...any) (map[pair]bool, error) {
	pairs := map[pair]bool{}
	err := tx.Pgx(func(conn *pgx.Conn) error {
		rows, err := conn.Query(tx.Context(), query, args...)
		if err != nil {
			return err
		}
		var p pair
		_, err = pgx.ForEachRow(rows, []any{&p.agent, &p.other}, func() error {
			pairs[p] = true
			return nil
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read pairs: %w", err)
	}
	return pairs, nil
}

// selectOut reads which agents are out of the question for which shifts: nobody is asked twice, nor who gave a seat of
// it back or did not come.
func selectOut(tx *postgres.Tx, shifts, agents []uuid.UUID) (map[pair]bool, error) {
	return selectPairs(tx, `select agent_id, shift_id from matcher.offer where shift_id = any ($1) and ($2::uuid[] is null or agent_id = any ($2)) and state in ('live', 'refused', 'expired')
		union select agent_id, shift_id from matcher.assignment where shift_id = any ($1) and ($2::uuid[] is null or agent_id = any ($2)) and state in ('released', 'missing')`, shifts, agents)
}

// selectApart reads which agents may not work for which merchants: blocked by either side, or of their own organisation.
func selectApart(tx *postgres.Tx, merchants []uuid.UUID) (map[pair]bool, error) {
	return selectPairs(tx, `select agent_id, merchant_id from matcher.block where merchant_id = any ($1)
		union select agent_id, merchant_id from matcher.membership where merchant_id = any ($1)`, merchants)
}

// selectOpenShifts reads shifts with the numbers of their open seats.
func selectOpenShifts(tx *postgres.Tx, ids []uuid.UUID) (map[uuid.UUID]*batchShift, error) {
	f := &batchFacts{shifts: make(map[uuid.UUID]*batchShift, len(ids))}
	every := make([]int64, len(ids))
	for i := range every {
		every[i] = mostSeats
	}
	err := tx.Pgx(func(conn *pgx.Conn) error {
		rows, err := conn.Query(tx.Context(), selectBatchShifts, ids, every)
		if err != nil {
			return err
		}
		defer rows.Close()
		return f.scanShifts(rows)
	})
	if err != nil {
		return nil, fmt.Errorf("read the shifts of offers: %w", err)
	}
	return f.shifts, nil
}

// waitingSeat is a seat to be offered; number 0 asks the core team about every open seat of the shift.
type waitingSeat struct {
	ShiftID  uuid.UUID
	SeatNo   int
	Priority int
}

// lockRefills reads the next seats that wait, of one shift or for uuid.Nil of all, and passes over those that another
// process looks at.
func lockRefills(tx *postgres.Tx, only uuid.UUID, limit int) (waiting []waitingSeat, err error) {
	err = tx.Raw(`select r.shift_id, r.seat_no, s.priority from matcher.refill r join matcher.shift s on s.id = r.shift_id
		where r.wanted_at <= ? and (? or r.shift_id = ?) order by s.starts_at, r.shift_id, r.seat_no limit ? for update of r skip locked`,
		tx.Now, only == uuid.Nil, only, limit).Scan(&waiting).Error
	return waiting, err
}

// selectRepair takes waiting seats off the list, under the locks of their shifts, and reads what they are to be offered by.
// The shifts are of open seats that may be offered now.
func selectRepair(tx *postgres.Tx, waiting []waitingSeat) (*repair, map[uuid.UUID]*batchShift, error) {
	ids, numbers := make([]uuid.UUID, len(waiting)), make([]int, len(waiting))
	for i, w := range waiting {
		ids[i], numbers[i] = w.ShiftID, w.SeatNo
	}
	if err := lock(tx, distinct(slices.Clone(ids)), nil); err != nil {
		return nil, nil, err
	}
	if err := tx.Exec(`delete from matcher.refill r using unnest(?::uuid[], ?::int[]) w (shift, seat) where r.shift_id = w.shift and r.seat_no = w.seat`,
		postgres.ArrayOf(ids), postgres.ArrayOf(numbers)).Error; err != nil {
		return nil, nil, err
	}
	ids = distinct(ids)
	shifts, err := selectOpenShifts(tx, ids)
	if err != nil {
		return nil, nil, err
	}
	maps.DeleteFunc(shifts, func(_ uuid.UUID, s *batchShift) bool {
		_, early := s.offerUntil(tx.Now)
		return s.state != shiftOpen || len(s.numbers) == 0 || !early
	})
	r := &repair{now: tx.Now}
	var merchants, bookings []uuid.UUID
	for i, w := range waiting { // in order of time, seat 0 first
		s := shifts[w.ShiftID]
		if s == nil {
			continue
		}
		if i == 0 || w.ShiftID != waiting[i-1].ShiftID {
			r.openings = append(r.openings, &opening{batchShift: s, priority: w.Priority})
			merchants, bookings = append(merchants, s.merchant), append(bookings, s.booking)
		}
		switch o := r.openings[len(r.openings)-1]; {
		case w.SeatNo == 0:
			o.askTeam = true
		case slices.Contains(s.numbers, w.SeatNo):
			o.seats = append(o.seats, w.SeatNo)
		}
	}
	if r.out, err = selectOut(tx, ids, nil); err != nil {
		return nil, nil, err
	}
	if r.apart, err = selectApart(tx, distinct(merchants)); err != nil {
		return nil, nil, err
	}
	r.core, err = selectPairs(tx, `select agent_id, booking_id from matcher.core_team where booking_id = any ($1)`, distinct(bookings))
	return r, shifts, err
}

// insertRefills has seats of a shift looked at again soon.
func insertRefills(tx *postgres.Tx, shift uuid.UUID, seats []int) error {
	return tx.Exec(`insert into matcher.refill (shift_id, seat_no, wanted_at)
		select t.shift_id, t.seat_no, ? from matcher.seat t where t.shift_id = ? and t.seat_no = any (?::int[]) and t.state = 'open' on conflict do nothing`,
		tx.Now.Add(refillAgain), shift, postgres.ArrayOf(seats)).Error
}

// mostSeats of one shift.
const mostSeats = 5000

// newOffer is an offer about to be made.
type newOffer struct {
	id, agent uuid.UUID
	shift     *shiftFacts
	seat      int
	t         stretch
	expires   time.Time
}

// insertOffers makes offers of open seats. The locks of their shifts and agents are held.
func insertOffers(tx *postgres.Tx, offers []newOffer, plan uuid.UUID) error {
	if len(offers) == 0 {
		return nil
	}
	n := len(offers)
	ids, shifts, bookings, merchants, agents := make([]uuid.UUID, n), make([]uuid.UUID, n), make([]uuid.UUID, n), make([]uuid.UUID, n), make([]uuid.UUID, n)
	seats, from, to, expires := make([]int32, n), make([]time.Time, n), make([]time.Time, n), make([]time.Time, n)
	facts := make([]fact.Fact, n)
	var planID *uuid.UUID
	planText := ""
	if plan != uuid.Nil {
		planID, planText = &plan, plan.String()
	}
	for i, o := range offers {
		ids[i], shifts[i], bookings[i], merchants[i], agents[i] = o.id, o.shift.id, o.shift.booking, o.shift.merchant, o.agent
		seats[i], from[i], to[i], expires[i] = int32(o.seat), o.t.from, o.t.to, o.expires //nolint:gosec // at most 5000
		facts[i] = fact.OfferMade{OfferID: o.id.String(), ShiftID: o.shift.id.String(), AgentID: o.agent.String(), PlanID: planText, ExpiresAt: o.expires}
	}
	err := tx.Pgx(func(conn *pgx.Conn) error {
		done, err := conn.Exec(tx.Context(), `update matcher.seat t set state = 'offered', offer_id = u.id
			from unnest($1::uuid[], $2::uuid[], $3::int[]) u (id, shift, seat) where t.shift_id = u.shift and t.seat_no = u.seat and t.state = 'open'`, ids, shifts, seats)
		if err != nil {
			return err
		}
		if int(done.RowsAffected()) != n {
			return fmt.Errorf("%d of %d seats were open", done.RowsAffected(), n)
		}
		_, err = conn.Exec(tx.Context(), `insert into matcher.offer (id, shift_id, seat_no, booking_id, merchant_id, agent_id, plan_id, starts_at, ends_at, near, made_at, expires_at)
			select u.id, u.shift, u.seat, u.booking, u.merchant, u.agent, $10, u.a, u.b, tstzrange(u.a, u.b + interval '15 minutes'), $11, u.expires
			from unnest($1::uuid[], $2::uuid[], $3::int[], $4::uuid[], $5::uuid[], $6::uuid[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[])
				u (id, shift, seat, booking, merchant, agent, a, b, expires)`,
			ids, shifts, seats, bookings, merchants, agents, from, to, expires, planID, tx.Now)
		return err
	})
	if err != nil {
		return fmt.Errorf("make offers: %w", err)
	}
	return outbox.Append(tx, facts...)
}

// offerRow is an offer with its shop, as it is read; an offer that nobody may accept any more reads as expired.
type offerRow struct {
	Offer    `gorm:"embedded"`
	Pay      int64
	Currency string
}

const offerColumns = `select o.id, o.shift_id, h.shop_name, h.industry, o.starts_at, o.ends_at, h.time_zone, h.pay_per_hour as pay, h.currency, o.state, o.made_at, o.expires_at
	from (select x.id, x.shift_id, x.agent_id, x.starts_at, x.ends_at, x.made_at, x.expires_at, case when x.state = 'live' and x.expires_at <= ? then 'expired' else x.state end as state from matcher.offer x) o `

// selectOffers reads the actor's offers. To a blocked pair the shift does not exist, and so the offer does not.
func selectOffers(tx *postgres.Tx, after *offerPlace, limit int) ([]Offer, error) {
	query := offerColumns + `join matcher.hall h on h.id = o.shift_id where o.agent_id = platform.account()`
	args := []any{tx.Now}
	if after != nil {
		query += ` and (o.state = 'live', o.made_at, o.id) < (?, ?, ?)`
		args = append(args, after.Live, after.MadeAt, after.ID)
	}
	return scanOffers(tx, query+` order by o.state = 'live' desc, o.made_at desc, o.id desc limit ?`, append(args, limit)...)
}

func selectOffer(tx *postgres.Tx, id uuid.UUID) (*Offer, error) {
	list, err := scanOffers(tx, offerColumns+`join (select s.id, p.name as shop_name, p.industry, s.time_zone, s.pay_per_hour, s.currency
		from matcher.shift s join matcher.shop p on p.id = s.shop_id) h on h.id = o.shift_id where o.id = ?`, tx.Now, id)
	if err == nil && len(list) == 0 {
		return nil, fault.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

func scanOffers(tx *postgres.Tx, query string, args ...any) ([]Offer, error) {
	var rows []offerRow
	if err := tx.Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	list := make([]Offer, len(rows))
	for i, r := range rows {
		list[i] = r.Offer
		list[i].PayPerHour = money.Money{Amount: r.Pay, Currency: r.Currency}
		loc, err := zone(r.TimeZone)
		if err != nil {
			return nil, err
		}
		list[i].StartsAt, list[i].EndsAt = r.StartsAt.In(loc), r.EndsAt.In(loc)
	}
	return list, nil
}
