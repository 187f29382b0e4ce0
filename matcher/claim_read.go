package matcher

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"peakseat/internal/rules"
)

const (
	lockBatch = `
select platform.rules_now(), (select count(case when u.common then pg_advisory_xact_lock_shared(u.k) else pg_advisory_xact_lock(u.k) end)
  from unnest($2::bigint[], $3::boolean[]) u (k, common))
from (select pg_catalog.set_config('app.actors', $1, true)) a`

	// With the shift in common the seats are locked, and those that another batch has locked are passed over.
	selectSharedShifts = batchShiftColumns + `
  array(select e.seat_no from matcher.seat e where e.shift_id = s.id and e.state = 'open' and e.kind = 'regular' order by e.seat_no limit w.seats
    for no key update skip locked),
  null::timestamptz` + fromBatchShifts
	selectBatchShifts = batchShiftColumns + `
  array(select e.seat_no from matcher.seat e where e.shift_id = s.id and e.state = 'open' and e.kind = 'regular' order by e.seat_no limit w.seats),
  (select min(o.expires_at) from matcher.offer o where o.shift_id = s.id and o.state = 'live')` + fromBatchShifts
	batchShiftColumns = `
select s.id, s.booking_id, s.merchant_id, s.starts_at, s.ends_at, coalesce(s.pay_per_hour, 0), s.currency, s.tags, s.levels, s.state, s.time_zone, s.rules_version, ` + packColumns + `,`
	fromBatchShifts = `
from unnest($1::uuid[], $2::bigint[]) w (id, seats) join matcher.shift s on s.id = w.id`

	selectBatchMembers = `
with c as materialized (select platform.rules_now() as now)
select m.n, a.agent_id is not null, coalesce(a.time_zone, 'UTC'), coalesce(a.disabled, false), coalesce(a.max_day_minutes, 0), coalesce(a.max_week_minutes, 0),
  coalesce(a.longest_shift_minutes, 0), coalesce(a.least_pay, 0), a.needs, a.weekly_minutes,
  exists (select from matcher.block b where b.agent_id = m.agent and b.merchant_id = s.merchant_id),
  exists (select from matcher.membership o where o.agent_id = m.agent and o.merchant_id = s.merchant_id),
  t.tags, t.levels, t.expires, s.shop_id,
  coalesce((select max(p.version) from matcher.pack_pass p where p.agent_id = m.agent and p.shop_id = s.shop_id), 0),
  coalesce((select d.minutes from matcher.agent_day d where d.agent_id = m.agent and d.work_day = w.day), 0),
  coalesce((select d.minutes from matcher.agent_week d where d.agent_id = m.agent and d.week = date_trunc('week', w.day::timestamp)::date), 0),
  i.hash, coalesce(i.status, 0), i.reply
from unnest($1::uuid[], $2::uuid[], $3::text[]) with ordinality m (agent, shift, key, n) cross join c
left join matcher.shift s on s.id = m.shift
left join matcher.agent a on a.agent_id = m.agent
left join lateral (select (greatest(s.starts_at, c.now) at time zone a.time_zone)::date as day) w on true
left join lateral (select array_agg(t.tag) as tags, array_agg(t.level) as levels, array_agg(t.expires_at) as expires
  from matcher.agent_tag t where t.agent_id = m.agent and t.tag = any (s.tags)) t on true
left join platform.idempotency i on i.account_id = m.agent and i.key = m.key`

	// What the agents hold, what they are offered, and their dated availability. Rows are compared whole because the planner
	// would rather use the exclusion constraint's index, which takes four times as long.
	selectBatchCalendars = `
with p as materialized (
  select m.n, m.agent, s.starts_at, s.ends_at, s.starts_at - interval '33 hours' as since, s.ends_at + interval '9 hours' as until
  from unnest($1::uuid[], $2::uuid[]) with ordinality m (agent, shift, n) join matcher.shift s on s.id = m.shift)
select p.n, 1, x.id, x.shift_id, x.seat_no, x.starts_at, x.ends_at, x.work_day, null::timestamptz
from p join matcher.assignment x on x.live and (x.agent_id, x.starts_at) > (p.agent, p.since) and (x.agent_id, x.starts_at) < (p.agent, p.until)
union all
select p.n, 2, o.id, o.shift_id, o.seat_no, o.starts_at, o.ends_at, null, o.expires_at
from p join matcher.offer o on o.agent_id = p.agent and o.state = 'live'
union all
select p.n, case when v.available then 3 else 4 end, null, null, 0, v.starts_at, v.ends_at, null, null
from p join matcher.availability v on v.agent_id = p.agent and v.starts_at < p.ends_at and v.ends_at > p.starts_at`

	selectBatchAssignments = `
select m.n, x.seat_no, x.starts_at, x.ends_at, x.state, x.minutes, x.work_day, x.week
from unnest($1::uuid[], $2::uuid[]) with ordinality m (agent, id, n) join matcher.assignment x on x.id = m.id and x.agent_id = m.agent`

	selectBatchOffers = `
select m.n, o.seat_no, o.state, o.expires_at
from unnest($1::uuid[], $2::uuid[]) with ordinality m (agent, id, n) join matcher.offer o on o.id = m.id and o.agent_id = m.agent`
)

// readBatch begins, locks, and reads the facts of every member.
func readBatch(ctx context.Context, conn *pgxpool.Conn, batch []*seatRequest) (now time.Time, members []member, err error) {
	f := newBatchFacts(batch)
	keys, common := batchKeys(f.shared.ids, f.own.ids, f.agents)
	flight := &pgx.Batch{}
	flight.Queue(`begin`)
	flight.Queue(lockBatch, f.actors(), keys, common).QueryRow(func(row pgx.Row) error {
		var locks int64
		return row.Scan(&now, &locks)
	})
	if len(f.shared.ids) > 0 {
		flight.Queue(selectSharedShifts, f.shared.ids, f.shared.wanted).Query(f.scanShifts)
	}
	if len(f.own.ids) > 0 {
		flight.Queue(selectBatchShifts, f.own.ids, f.own.wanted).Query(f.scanShifts)
	}
	flight.Queue(selectBatchMembers, f.agents, f.shiftOf, f.keys).Query(f.scanMembers)
	flight.Queue(selectBatchCalendars, f.agents, f.shiftOf).Query(f.scanCalendars)
	if f.has(seatTrial) {
		flight.Queue(selectBatchTrials, f.trialShifts()).Query(f.scanTrials)
		flight.Queue(selectBatchPaths, f.agents).Query(f.scanPaths)
	}
	if f.has(seatRelease) {
		flight.Queue(selectBatchAssignments, f.agents, f.subjects).Query(f.scanAssignments)
	}
	if f.has(seatAccept) {
		flight.Queue(selectBatchOffers, f.agents, f.subjects).Query(f.scanOffers)
	}
	if err := conn.SendBatch(ctx, flight).Close(); err != nil {
		return time.Time{}, nil, fmt.Errorf("read a claim batch: %w", err)
	}
	for i := range f.members {
		m := &f.members[i]
		if read := f.shifts[m.seatRequest.shift]; read != nil {
			own := m.shift.own
			m.shift, m.seats = read.shiftFacts, &read.openSeats
			m.shift.own = own
		} else {
			m.seats = &openSeats{}
		}
		if m.act == seatTrial {
			m.shift.trial = f.trials[m.seatRequest.shift]
		}
	}
	return now.UTC(), f.members, nil
}

// batchFacts collects what flight 1 answers.
type batchFacts struct {
	members                   []member
	agents, shiftOf, subjects []uuid.UUID // by member
	keys                      []string    // by member
	shared, own               shiftList   // those that the batch holds in common with others, and alone
	shifts                    map[uuid.UUID]*batchShift
	trials                    map[uuid.UUID]*trialSeats
}

type shiftList struct {
	ids    []uuid.UUID
	wanted []int64 // seats, by shift
}

type batchShift struct {
	shiftFacts
	openSeats
}

func newBatchFacts(batch []*seatRequest) *batchFacts {
	n := len(batch)
	f := &batchFacts{
		members: make([]member, n), agents: make([]uuid.UUID, n), shiftOf: make([]uuid.UUID, n), subjects: make([]uuid.UUID, n),
		keys: make([]string, n), shifts: make(map[uuid.UUID]*batchShift, n), trials: map[uuid.UUID]*trialSeats{},
	}
	wanted, alone := make(map[uuid.UUID]int64, n), make(map[uuid.UUID]bool)
	for i, r := range batch {
		f.members[i].seatRequest = r
		f.agents[i], f.shiftOf[i], f.subjects[i], f.keys[i] = r.agent, r.shift, r.subject, r.key.Name
		if r.alone {
			alone[r.shift] = true
		}
		seats := wanted[r.shift]
		if r.act == seatClaim {
			seats++
		}
		wanted[r.shift] = seats
	}
	for shift, seats := range wanted {
		list := &f.shared
		if alone[shift] {
			list = &f.own
			seats++ // so that none left means sold out
		}
		list.ids = append(list.ids, shift)
		list.wanted = append(list.wanted, seats)
	}
	return f
}

func (f *batchFacts) shiftIDs() []uuid.UUID { return slices.Concat(f.shared.ids, f.own.ids) }

// trialShifts are those of which trial seats are asked.
func (f *batchFacts) trialShifts() (ids []uuid.UUID) {
	for i := range f.members {
		if f.members[i].act == seatTrial && !slices.Contains(ids, f.shiftOf[i]) {
			ids = append(ids, f.shiftOf[i])
		}
	}
	return ids
}

// actors is the list that row-level security compares every write with.
func (f *batchFacts) actors() string {
	list := make([]byte, 0, len(f.agents)*37)
	for i, id := range f.agents {
		if i > 0 {
			list = append(list, ',')
		}
		list = append(list, id.String()...)
	}
	return string(list)
}

func (f *batchFacts) has(act seatAct) bool {
	for i := range f.members {
		if f.members[i].act == act {
			return true
		}
	}
	return false
}

func (f *batchFacts) scanShifts(rows pgx.Rows) error {
	for rows.Next() {
		var (
			s       batchShift
			tags    []string
			levels  []int32
			zone    string
			version int
		)
		if err := rows.Scan(&s.id, &s.booking, &s.merchant, &s.startsAt, &s.endsAt, &s.pay, &s.currency, &tags, &levels, &s.state, &zone, &version, &s.shop, &s.pack,
			&s.numbers, &s.offers); err != nil {
			return fmt.Errorf("read a shift: %w", err)
		}
		if err := s.complete(tags, levels, zone, version); err != nil {
			return err
		}
		s.alone = slices.Contains(f.own.ids, s.id)
		f.shifts[s.id] = &s
	}
	return rows.Err()
}

// complete sets what a shift's columns say in other words.
func (s *shiftFacts) complete(tags []string, levels []int32, zoneName string, version int) (err error) {
	s.tags = make([]Requirement, len(tags))
	for i := range tags {
		s.tags[i] = Requirement{Tag: tags[i], Level: int(levels[i])}
	}
	book, ok := rules.Of(version)
	if !ok {
		return fmt.Errorf("a shift has the rules version %d, which is not known", version)
	}
	s.book = book
	s.zone, err = zone(zoneName)
	return err
}

func (f *batchFacts) scanMembers(rows pgx.Rows) error {
	for rows.Next() {
		var (
			n         int64
			m         member
			zoneName  string
			weekly    pgtype.Multirange[pgtype.Range[int32]]
			tags      []string
			levels    []int32
			expires   []time.Time
			shop      *uuid.UUID
			passed    int
			day, week int
			kept      keptReply
		)
		if err := rows.Scan(&n, &m.known, &zoneName, &m.agent.disabled, &m.agent.maxDay, &m.agent.maxWeek, &m.agent.longest, &m.agent.leastPay,
			&m.agent.needs, &weekly, &m.blocked, &m.shift.own, &tags, &levels, &expires, &shop, &passed, &day, &week, &kept.hash, &kept.status, &kept.reply); err != nil {
			return fmt.Errorf("read a member: %w", err)
		}
		loc, err := zone(zoneName)
		if err != nil {
			return err
		}
		into := &f.members[n-1]
		m.seatRequest = into.seatRequest
		m.agent.id, m.agent.zone = m.seatRequest.agent, loc
		m.agent.anyTime, m.agent.weekly = weeklyOf(weekly)
		m.agent.tags = make(map[string]heldTag, len(tags))
		for i := range tags {
			m.agent.tags[tags[i]] = heldTag{int(levels[i]), expires[i]}
		}
		if passed > 0 {
			m.agent.packs = map[uuid.UUID]int{*shop: passed}
		}
		m.agent.dayMinutes = func(Date) int { return day }
		m.agent.weekMinutes = func(Date) int { return week }
		if kept.status != 0 {
			m.kept = &kept
		}
		*into = m
	}
	return rows.Err()
}

func weeklyOf(pattern pgtype.Multirange[pgtype.Range[int32]]) (anyTime bool, spans []minuteSpan) {
	if pattern == nil {
		return true, nil
	}
	spans = make([]minuteSpan, len(pattern))
	for i, r := range pattern {
		spans[i] = minuteSpan{int(r.Lower), int(r.Upper)}
	}
	return false, spans
}

func (f *batchFacts) scanCalendars(rows pgx.Rows) error {
	for rows.Next() {
		var (
			n         int64
			kind      int
			id, shift *uuid.UUID
			seat      int
			t         stretch
			workDay   *time.Time
			expires   *time.Time
		)
		if err := rows.Scan(&n, &kind, &id, &shift, &seat, &t.from, &t.to, &workDay, &expires); err != nil {
			return fmt.Errorf("read a calendar: %w", err)
		}
		agent := &f.members[n-1].agent
		switch kind {
		case 1:
			agent.held = append(agent.held, heldSeat{t, *id, DateOf(*workDay)})
		case 2:
			agent.offers = append(agent.offers, heldOffer{t, *id, *shift, seat, *expires})
		case 3:
			agent.more = append(agent.more, t)
		default:
			agent.less = append(agent.less, t)
		}
	}
	return rows.Err()
}

func (f *batchFacts) scanAssignments(rows pgx.Rows) error {
	for rows.Next() {
		var (
			n         int64
			a         heldAssignment
			day, week time.Time
		)
		if err := rows.Scan(&n, &a.seat, &a.startsAt, &a.endsAt, &a.state, &a.minutes, &day, &week); err != nil {
			return fmt.Errorf("read an assignment: %w", err)
		}
		a.workDay, a.week = DateOf(day), DateOf(week)
		f.members[n-1].assignment = &a
	}
	return rows.Err()
}

func (f *batchFacts) scanOffers(rows pgx.Rows) error {
	for rows.Next() {
		var (
			n int64
			o knownOffer
		)
		if err := rows.Scan(&n, &o.seat, &o.state, &o.expiresAt); err != nil {
			return fmt.Errorf("read an offer: %w", err)
		}
		f.members[n-1].offer = &o
	}
	return rows.Err()
}
