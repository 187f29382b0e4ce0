package matcher

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
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

// minutesOf selects who worked how much on the days (or in the weeks, by their Mondays) of a table from so many days before $2
// until $3. Agents who are named are each found by the key, however many days lie between: left the choice, the planner takes
// the few days that it expects of any range, and filters all agents' minutes of two years for those of a hundred.
func (w *who) minutesOf(table, day string, before int) string {
	dates := fmt.Sprintf(`d.%s between $2::date - %d and $3::date + 2`, day, before)
	if w.ids != nil {
		return fmt.Sprintf(`select d.agent_id, d.%[2]s, d.minutes from unnest($1::uuid[]) u (id) cross join lateral (
			select * from matcher.%[1]s d where d.agent_id = u.id and %[3]s offset 0) d`, table, day, dates)
	}
	among, _ := w.among()
	return fmt.Sprintf(`select agent_id, %[2]s, minutes from matcher.%[1]s d where %[3]s and %[4]s`, table, day, dates, among)
}

// reading is queries that go to the server together, each with what it reads; send fills them. A query sees what was committed
// when it began, so those after a lock see what was true when the lock was given.
type reading struct{ batch pgx.Batch }

func (r *reading) send(tx *postgres.Tx) error {
	return tx.Pgx(func(conn *pgx.Conn) error {
		if err := conn.SendBatch(tx.Context(), &r.batch).Close(); err != nil {
			return fmt.Errorf("lock and read: %w", err)
		}
		return nil
	})
}

// ask has scan called for each row.
func (r *reading) ask(query string, args []any, scan func(rows pgx.Rows) error) {
	r.batch.Queue(query, args...).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			if err := scan(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// lock takes the locks of shifts and agents, as lock does.
func (r *reading) lock(shifts, agents []uuid.UUID) {
	r.batch.Queue(takeLocks, lockKeys(shifts, agents))
}

// candidates reads agents for shifts that start from and end before the times given. It needs the system role.
func (r *reading) candidates(w who, from, to time.Time) map[uuid.UUID]*candidate {
	found := map[uuid.UUID]*candidate{}
	among, whom := w.among()
	ask := func(query string, scan func(rows pgx.Rows) error, args ...any) {
		r.ask(query+among, append([]any{whom}, args...), scan)
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
	askPacks(ask, of)
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
	count := func(query string, into func(c *candidate) map[Date]int) {
		r.ask(query, []any{whom, DateOf(from), DateOf(to)}, func(rows pgx.Rows) error {
			var id uuid.UUID
			var day time.Time
			var minutes int
			if err := rows.Scan(&id, &day, &minutes); err != nil {
				return err
			}
			of(id, func(c *candidate) { into(c)[DateOf(day)] += minutes })
			return nil
		})
	}
	count(w.minutesOf("agent_day", "work_day", 2), func(c *candidate) map[Date]int { return c.days })
	count(w.minutesOf("agent_week", "week", 9), func(c *candidate) map[Date]int { return c.weeks })
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
	return found
}

// traders reads agents with all that lies ahead of them and for whom they worked.
func (r *reading) traders(w who, now time.Time) map[uuid.UUID]*candidate {
	found := r.candidates(w, now, now.AddDate(2, 0, 0))
	among, whom := w.among()
	r.ask(`select agent_id, merchant_id, shifts from matcher.worked where `+among, []any{whom}, func(rows pgx.Rows) error {
		var p pair
		var n int
		if err := rows.Scan(&p.agent, &p.other, &n); err != nil {
			return err
		}
		if c := found[p.agent]; c != nil {
			if c.past == nil {
				c.past = map[uuid.UUID]int{}
			}
			c.past[p.other] = n
		}
		return nil
	})
	return found
}

func selectTraders(tx *postgres.Tx, w who) (map[uuid.UUID]*candidate, error) {
	var r reading
	found := r.traders(w, tx.Now)
	return found, r.send(tx)
}

// selectAgentsAfter lists agents by id.
func selectAgentsAfter(tx *postgres.Tx, after uuid.UUID, limit int) (ids []uuid.UUID, err error) {
	err = tx.Raw(`select agent_id from matcher.agent where agent_id > ? order by agent_id limit ?`, after, limit).Scan(&ids).Error
	return ids, err
}

// pair is one agent and one shift, or one merchant.
type pair struct{ agent, other uuid.UUID }

// pairs reads a query of pairs.
func (r *reading) pairs(query string, args ...any) map[pair]bool {
	found := map[pair]bool{}
	r.ask(query, args, func(rows pgx.Rows) error {
		var p pair
		if err := rows.Scan(&p.agent, &p.other); err != nil {
			return err
		}
		found[p] = true
		return nil
	})
	return found
}

// out reads which agents are out of the question for which shifts: nobody is asked twice, nor who gave a seat of it back or
// did not come.
func (r *reading) out(shifts []uuid.UUID) map[pair]bool {
	return r.pairs(`select agent_id, shift_id from matcher.offer where shift_id = any ($1) and state in ('live', 'refused', 'expired')
		union all select agent_id, shift_id from matcher.assignment where shift_id = any ($1) and state in ('released', 'missing') and not trial`, shifts)
}

// apart reads which agents may not work for which merchants: blocked by either side, or of their own organisation.
func (r *reading) apart(merchants []uuid.UUID) map[pair]bool {
	return r.pairs(`select agent_id, merchant_id from matcher.block where merchant_id = any ($1)
		union all select agent_id, merchant_id from matcher.membership where merchant_id = any ($1)`, merchants)
}

// apartOf reads the same of some agents.
func (r *reading) apartOf(merchants, agents []uuid.UUID) map[pair]bool {
	return r.pairs(`select agent_id, merchant_id from matcher.block where merchant_id = any ($1) and agent_id = any ($2)
		union all select agent_id, merchant_id from matcher.membership where merchant_id = any ($1) and agent_id = any ($2)`, merchants, agents)
}

// teams reads the core teams of bookings.
func (r *reading) teams(bookings []uuid.UUID) map[pair]bool {
	return r.pairs(`select agent_id, booking_id from matcher.core_team where booking_id = any ($1)`, bookings)
}

// openShifts reads shifts with the numbers of their open seats.
func (r *reading) openShifts(ids []uuid.UUID) map[uuid.UUID]*batchShift {
	f := &batchFacts{shifts: make(map[uuid.UUID]*batchShift, len(ids))}
	every := make([]int64, len(ids))
	for i := range every {
		every[i] = mostSeats
	}
	r.batch.Queue(selectBatchShifts, ids, every).Query(f.scanShifts)
	return f.shifts
}

// waitingSeat is a seat to be offered; number 0 asks the core team about every open seat of the shift.
type waitingSeat struct {
	shift, booking, merchant uuid.UUID
	seat, priority           int
}

// lockRefills reads the next seats that wait, of one shift or for uuid.Nil of all, and passes over those that another
// process looks at. From here on the transaction plans its statements once, as claims do: planning them takes as long as running
// them, and a plan made while a table is empty would scan it whole later.
func lockRefills(tx *postgres.Tx, only uuid.UUID, limit int) (waiting []waitingSeat, err error) {
	var r reading
	r.batch.Queue(`select set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)`)
	r.ask(`select r.shift_id, s.booking_id, s.merchant_id, r.seat_no, s.priority from matcher.refill r join matcher.shift s on s.id = r.shift_id
		where r.wanted_at <= $1 and ($2 or r.shift_id = $3) order by s.starts_at, r.shift_id, r.seat_no limit $4 for update of r skip locked`,
		[]any{tx.Now, only == uuid.Nil, only, limit}, func(rows pgx.Rows) error {
			var w waitingSeat
			err := rows.Scan(&w.shift, &w.booking, &w.merchant, &w.seat, &w.priority)
			waiting = append(waiting, w)
			return err
		})
	return waiting, r.send(tx)
}

// selectRepair takes waiting seats off the list, under the locks of their shifts, and reads what they are to be offered by.
// The shifts are of open seats that may be offered now.
func selectRepair(tx *postgres.Tx, waiting []waitingSeat) (*repair, error) {
	n := len(waiting)
	shifts, merchants, bookings, seats := make([]uuid.UUID, n), make([]uuid.UUID, n), make([]uuid.UUID, n), make([]int32, n)
	for i, w := range waiting {
		shifts[i], merchants[i], bookings[i], seats[i] = w.shift, w.merchant, w.booking, int32(w.seat) //nolint:gosec // at most 5,000
	}
	r := &repair{now: tx.Now}
	var read reading
	ids := distinct(slices.Clone(shifts))
	read.lock(ids, nil)
	read.batch.Queue(`delete from matcher.refill r using unnest($1::uuid[], $2::int[]) w (shift, seat) where r.shift_id = w.shift and r.seat_no = w.seat`, shifts, seats)
	r.shifts, r.out, r.apart, r.core = read.openShifts(ids), read.out(ids), read.apart(distinct(merchants)), read.teams(distinct(bookings))
	if err := read.send(tx); err != nil {
		return nil, err
	}
	maps.DeleteFunc(r.shifts, func(_ uuid.UUID, s *batchShift) bool {
		_, early := s.offerUntil(tx.Now)
		return s.state != shiftOpen || len(s.numbers) == 0 || !early
	})
	for i, w := range waiting { // in order of time, seat 0 first
		s := r.shifts[w.shift]
		if s == nil {
			continue
		}
		if i == 0 || w.shift != waiting[i-1].shift {
			r.openings = append(r.openings, &opening{batchShift: s, priority: w.priority})
		}
		switch o := r.openings[len(r.openings)-1]; {
		case w.seat == 0:
			o.askTeam = true
		case slices.Contains(s.numbers, w.seat):
			o.seats = append(o.seats, w.seat)
		}
	}
	return r, nil
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
	var b pgx.Batch
	b.Queue(`update matcher.seat t set state = 'offered', offer_id = u.id
		from unnest($1::uuid[], $2::uuid[], $3::int[]) u (id, shift, seat) where t.shift_id = u.shift and t.seat_no = u.seat and t.state = 'open'`, ids, shifts, seats).
		Exec(func(done pgconn.CommandTag) error {
			if int(done.RowsAffected()) != n {
				return fmt.Errorf("%d of %d seats were open", done.RowsAffected(), n)
			}
			return nil
		})
	b.Queue(`insert into matcher.offer (id, shift_id, seat_no, booking_id, merchant_id, agent_id, plan_id, starts_at, ends_at, near, made_at, expires_at)
		select u.id, u.shift, u.seat, u.booking, u.merchant, u.agent, $10, u.a, u.b, tstzrange(u.a, u.b + interval '15 minutes'), $11, u.expires
		from unnest($1::uuid[], $2::uuid[], $3::int[], $4::uuid[], $5::uuid[], $6::uuid[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[])
			u (id, shift, seat, booking, merchant, agent, a, b, expires)`,
		ids, shifts, seats, bookings, merchants, agents, from, to, expires, planID, tx.Now)
	err := tx.Pgx(func(conn *pgx.Conn) error { return conn.SendBatch(tx.Context(), &b).Close() })
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
