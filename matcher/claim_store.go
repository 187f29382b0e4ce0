package matcher

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"peakseat/internal/fault"
	"peakseat/internal/rules"
)

// once runs a batch in one transaction of two flights. The locks are taken by a statement of their own, so that the
// reads see everything that those who held them before have committed.
func (b *claimBatcher) once(ctx context.Context, batch []*seatRequest) ([]seatAnswer, error) {
	conn, err := b.db.Pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("get a connection: %w", err)
	}
	defer conn.Release()
	answers, err := b.onConn(ctx, conn, batch)
	if err != nil {
		// ends the transaction where the connection still lives; the pool drops it where not
		_, _ = conn.Exec(ctx, `rollback`)
		return nil, err
	}
	return answers, nil
}

func (b *claimBatcher) onConn(ctx context.Context, conn *pgxpool.Conn, batch []*seatRequest) ([]seatAnswer, error) {
	now, members, err := readBatch(ctx, conn, batch)
	if err != nil {
		return nil, err
	}
	answers := make([]seatAnswer, len(batch))
	changes := make([]*seatChange, 0, len(batch))
	for i := range members {
		change, err := members[i].decide(now)
		if err != nil {
			answers[i].err = err
			continue
		}
		answers[i].assignment = &change.assignment
		changes = append(changes, change)
	}
	if len(changes) == 0 {
		// nothing is written and nothing flushed
		if _, err := conn.Exec(ctx, `rollback`); err != nil {
			return nil, fmt.Errorf("end the batch: %w", err)
		}
	} else if err := writeBatch(ctx, conn, now, changes); err != nil {
		return nil, err
	}
	b.noteSeats(members, answers, changes)
	return answers, nil
}

// noteSeats keeps the hints. Of a shift that it holds alone a batch reads one seat more than is asked for, so that no seat left means sold out.
func (b *claimBatcher) noteSeats(members []member, answers []seatAnswer, changes []*seatChange) {
	var sold, open, scarce, plenty []uuid.UUID
	for i := range members {
		m := &members[i]
		switch {
		case m.act != seatClaim || !m.shift.takeable(m.shift.startsAt):
		case !m.seats.alone:
			if errors.Is(answers[i].err, errSeatsScarce) {
				scarce = append(scarce, m.shift.id)
			}
		case len(m.seats.numbers) > 0:
			plenty = append(plenty, m.shift.id)
		case m.seats.offers == nil:
			sold = append(sold, m.shift.id)
		}
	}
	for _, c := range changes {
		if c.takenBy == "" {
			open = append(open, c.assignment.ShiftID)
		}
		for _, o := range c.withdrawn {
			open = append(open, o.shift)
		}
	}
	b.note(b.scarce, true, scarce)
	b.note(b.scarce, false, plenty)
	b.note(b.soldOut, true, sold)
	b.note(b.soldOut, false, open)
}

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
select s.id, s.booking_id, s.merchant_id, s.starts_at, s.ends_at, coalesce(s.pay_per_hour, 0), s.currency, s.tags, s.levels, s.state, s.time_zone, s.rules_version,`
	fromBatchShifts = `
from unnest($1::uuid[], $2::bigint[]) w (id, seats) join matcher.shift s on s.id = w.id`

	selectBatchMembers = `
with c as materialized (select platform.rules_now() as now)
select m.n, a.agent_id is not null, coalesce(a.time_zone, 'UTC'), coalesce(a.disabled, false), coalesce(a.max_day_minutes, 0), coalesce(a.max_week_minutes, 0),
  coalesce(a.longest_shift_minutes, 0), coalesce(a.least_pay, 0), a.needs, a.weekly_minutes,
  exists (select from matcher.block b where b.agent_id = m.agent and b.merchant_id = s.merchant_id),
  exists (select from matcher.membership o where o.agent_id = m.agent and o.merchant_id = s.merchant_id),
  t.tags, t.levels, t.expires,
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
		keys: make([]string, n), shifts: make(map[uuid.UUID]*batchShift, n),
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
		if err := rows.Scan(&s.id, &s.booking, &s.merchant, &s.startsAt, &s.endsAt, &s.pay, &s.currency, &tags, &levels, &s.state, &zone, &version,
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
			day, week int
			kept      keptReply
		)
		if err := rows.Scan(&n, &m.known, &zoneName, &m.agent.disabled, &m.agent.maxDay, &m.agent.maxWeek, &m.agent.longest, &m.agent.leastPay,
			&m.agent.needs, &weekly, &m.blocked, &m.shift.own, &tags, &levels, &expires, &day, &week, &kept.hash, &kept.status, &kept.reply); err != nil {
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

// writeTakes is what every batch writes; writeOthers is for batches that also release, accept or withdraw.
const (
	writeTakes = `
with taken as (
  insert into matcher.assignment (id, shift_id, seat_no, booking_id, merchant_id, agent_id, starts_at, ends_at, zone, work_day, week, minutes,
    pay_per_hour, currency, rules_version, taken_by, taken_at, near, far)
  select u.id, u.shift, u.seat, u.booking, u.merchant, u.agent, u.a, u.b, u.zone, w.day, date_trunc('week', w.day::timestamp)::date, u.minutes,
    u.pay, u.currency, u.rules, u.taken_by, $1, tstzrange(u.a, u.b + interval '15 minutes'), tstzrange(u.a, u.b + interval '8 hours')
  from unnest($2::uuid[], $3::uuid[], $4::int[], $5::uuid[], $6::uuid[], $7::uuid[], $8::timestamptz[], $9::timestamptz[], $10::text[], $11::int[],
    $12::bigint[], $13::text[], $14::int[], $15::text[]) u (id, shift, seat, booking, merchant, agent, a, b, zone, minutes, pay, currency, rules, taken_by)
  cross join lateral (select (u.a at time zone u.zone)::date as day) w
  returning agent_id, work_day, week, minutes),
seated as (
  update matcher.seat s set state = u.state, assignment_id = u.assignment, offer_id = null
  from unnest($16::uuid[], $17::int[], $18::text[], $19::text[], $20::uuid[]) u (shift, seat, was, state, assignment)
  where s.shift_id = u.shift and s.seat_no = u.seat and s.state = u.was
  returning 1),
days as (
  insert into matcher.agent_day (agent_id, work_day, minutes, cap) select u.agent, (u.a at time zone u.zone)::date, u.minutes, u.cap
  from unnest($7::uuid[], $8::timestamptz[], $10::text[], $11::int[], $21::int[]) u (agent, a, zone, minutes, cap)
  on conflict (agent_id, work_day) do update set minutes = agent_day.minutes + excluded.minutes, cap = excluded.cap),
weeks as (
  insert into matcher.agent_week (agent_id, week, minutes, cap) select u.agent, date_trunc('week', u.a at time zone u.zone)::date, u.minutes, u.cap
  from unnest($7::uuid[], $8::timestamptz[], $10::text[], $11::int[], $22::int[]) u (agent, a, zone, minutes, cap)
  on conflict (agent_id, week) do update set minutes = agent_week.minutes + excluded.minutes, cap = excluded.cap),
kept as (
  insert into platform.idempotency (account_id, key, hash, status, reply, created_at)
  select u.account, u.key, u.hash, u.status, u.reply, $23
  from unnest($24::uuid[], $25::text[], $26::bytea[], $27::smallint[], $28::bytea[]) u (account, key, hash, status, reply)),
told as (
  insert into platform.fact (id, type, aggregate, occurred_at, recorded_at, body)
  select u.id, u.type, u.aggregate, $1, $29, u.body
  from unnest($30::uuid[], $31::text[], $32::uuid[], $33::bytea[]) with ordinality u (id, type, aggregate, body, n) order by u.n),
queued as (
  insert into platform.outbox (fact_id, fact_recorded_at)
  select u.id, $29 from unnest($30::uuid[]) with ordinality u (id, n) order by u.n)`
	mustTakes = `
select matcher.must((select count(*) from taken) = coalesce(cardinality($2::uuid[]), 0) and (select count(*) from seated) = coalesce(cardinality($16::uuid[]), 0))`

	writeOthers = `,
released as (
  update matcher.assignment x set state = 'released', ended_at = $1
  from unnest($34::uuid[]) u (id) where x.id = u.id and x.state = 'held' returning 1),
fewer_days as (
  update matcher.agent_day d set minutes = d.minutes - u.minutes
  from unnest($35::uuid[], $36::date[], $38::int[]) u (agent, day, minutes) where d.agent_id = u.agent and d.work_day = u.day returning 1),
fewer_weeks as (
  update matcher.agent_week d set minutes = d.minutes - u.minutes
  from unnest($35::uuid[], $37::date[], $38::int[]) u (agent, week, minutes) where d.agent_id = u.agent and d.week = u.week returning 1),
ended as (
  update matcher.offer o set state = u.state, ended_at = $1, assignment_id = u.assignment
  from unnest($39::uuid[], $40::text[], $41::uuid[]) u (id, state, assignment) where o.id = u.id and o.state = 'live' returning 1)`
	mustOthers = ` and matcher.must((select count(*) from released) = coalesce(cardinality($34::uuid[]), 0) and (select count(*) from fewer_days) = coalesce(cardinality($34::uuid[]), 0)
  and (select count(*) from fewer_weeks) = coalesce(cardinality($34::uuid[]), 0) and (select count(*) from ended) = coalesce(cardinality($39::uuid[]), 0))`
)

// batchWrites are the columns of what flight 2 writes.
type batchWrites struct {
	ids, shifts, bookings, merchants, agents []uuid.UUID
	seats, minutes, rules, dayCaps, weekCaps []int32
	from, to                                 []time.Time
	zones, currencies, takenBy               []string
	pay                                      []int64

	seatShifts          []uuid.UUID
	seatAssignments     []*uuid.UUID
	seatNumbers         []int32
	seatWas, seatStates []string

	accounts []uuid.UUID
	keys     []string
	hashes   [][]byte
	statuses []int16
	replies  [][]byte

	factIDs, aggregates []uuid.UUID
	factTypes           []string
	bodies              [][]byte
	recorded            time.Time

	released, releasers []uuid.UUID
	days, weeks         []Date
	fewer               []int32

	offers           []uuid.UUID
	offerStates      []string
	offerAssignments []*uuid.UUID
}

// writeBatch writes all changes in one statement and commits.
func writeBatch(ctx context.Context, conn *pgxpool.Conn, now time.Time, changes []*seatChange) error {
	var w batchWrites
	for _, c := range changes {
		w.add(c)
	}
	query := writeTakes + mustTakes
	args := []any{
		now, w.ids, w.shifts, w.seats, w.bookings, w.merchants, w.agents, w.from, w.to, w.zones, w.minutes, w.pay, w.currencies, w.rules, w.takenBy,
		w.seatShifts, w.seatNumbers, w.seatWas, w.seatStates, w.seatAssignments, w.dayCaps, w.weekCaps,
		w.recorded, w.accounts, w.keys, w.hashes, w.statuses, w.replies, w.recorded, w.factIDs, w.factTypes, w.aggregates, w.bodies,
	}
	if len(w.released)+len(w.offers) > 0 {
		query = writeTakes + writeOthers + mustTakes + mustOthers
		args = append(args, w.released, w.releasers, w.days, w.weeks, w.fewer, w.offers, w.offerStates, w.offerAssignments)
	}
	flight := &pgx.Batch{}
	flight.Queue(query, args...)
	flight.Queue(`commit`)
	if err := conn.SendBatch(ctx, flight).Close(); err != nil {
		return fmt.Errorf("write a claim batch: %w", err)
	}
	return nil
}

func (w *batchWrites) add(c *seatChange) {
	m, a := c.member, &c.assignment
	w.accounts = append(w.accounts, m.key.Account)
	w.keys = append(w.keys, m.key.Name)
	w.hashes = append(w.hashes, m.key.Hash)
	w.statuses = append(w.statuses, int16(c.status())) //nolint:gosec // an HTTP status
	w.replies = append(w.replies, c.reply)
	for _, r := range c.records {
		w.factIDs = append(w.factIDs, r.ID)
		w.factTypes = append(w.factTypes, r.Type)
		w.aggregates = append(w.aggregates, r.Aggregate)
		w.bodies = append(w.bodies, r.Body)
		w.recorded = r.RecordedAt
	}
	if c.takenBy == "" {
		w.seat(a.ShiftID, a.Seat, c.seatWas, shiftOpen, nil)
		w.released = append(w.released, a.ID)
		w.releasers = append(w.releasers, m.seatRequest.agent)
		w.days = append(w.days, m.assignment.workDay)
		w.weeks = append(w.weeks, m.assignment.week)
		w.fewer = append(w.fewer, int32(m.assignment.minutes)) //nolint:gosec // of a day
		return
	}
	s := &m.shift
	w.ids = append(w.ids, a.ID)
	w.shifts = append(w.shifts, s.id)
	w.seats = append(w.seats, int32(a.Seat)) //nolint:gosec // at most 5,000
	w.bookings = append(w.bookings, s.booking)
	w.merchants = append(w.merchants, s.merchant)
	w.agents = append(w.agents, m.agent.id)
	w.from = append(w.from, c.held.from)
	w.to = append(w.to, c.held.to)
	w.zones = append(w.zones, m.agent.zone.String())
	w.minutes = append(w.minutes, int32(c.held.minutes())) //nolint:gosec // of a day
	w.pay = append(w.pay, s.pay)
	w.currencies = append(w.currencies, s.currency)
	w.rules = append(w.rules, int32(s.book.Version)) //nolint:gosec // small
	w.takenBy = append(w.takenBy, c.takenBy)
	w.dayCaps = append(w.dayCaps, int32(s.book.Hours.DayCap/time.Minute))    //nolint:gosec // of a day
	w.weekCaps = append(w.weekCaps, int32(s.book.Hours.WeekCap/time.Minute)) //nolint:gosec // of a week
	w.seat(s.id, a.Seat, c.seatWas, assignmentHeld, &a.ID)
	if c.offer != uuid.Nil {
		w.offer(c.offer, "accepted", &a.ID)
	}
	for _, o := range c.withdrawn {
		w.offer(o.id, "withdrawn", nil)
		w.seat(o.shift, o.seat, "offered", shiftOpen, nil)
	}
}

func (w *batchWrites) seat(shift uuid.UUID, number int, was, is string, assignment *uuid.UUID) {
	w.seatShifts = append(w.seatShifts, shift)
	w.seatNumbers = append(w.seatNumbers, int32(number)) //nolint:gosec // at most 5,000
	w.seatWas = append(w.seatWas, was)
	w.seatStates = append(w.seatStates, is)
	w.seatAssignments = append(w.seatAssignments, assignment)
}

func (w *batchWrites) offer(id uuid.UUID, state string, assignment *uuid.UUID) {
	w.offers = append(w.offers, id)
	w.offerStates = append(w.offerStates, state)
	w.offerAssignments = append(w.offerAssignments, assignment)
}

const selectSoldOut = `
select s.id, s.state, s.ends_at, s.rules_version, platform.rules_now(),
  exists (select from matcher.seat e where e.shift_id = s.id and e.state = 'open' and e.kind = 'regular')
  or exists (select from matcher.seat e where e.shift_id = s.id and e.state = 'offered' and e.kind = 'regular')
from matcher.shift s where s.id = any ($1::uuid[])`

const selectSoldOutMembers = `
select m.n, i.hash, coalesce(i.status, 0), i.reply, exists (select from matcher.block b where b.agent_id = m.agent and b.merchant_id = s.merchant_id)
from unnest($1::uuid[], $2::uuid[], $3::text[]) with ordinality m (agent, shift, key, n) join matcher.shift s on s.id = m.shift
left join platform.idempotency i on i.account_id = m.agent and i.key = m.key
where i.account_id is not null or exists (select from matcher.block b where b.agent_id = m.agent and b.merchant_id = s.merchant_id)`

// answerSoldOut tells everybody who waits for shifts that seem sold out what one read of the committed rows says, without a
// transaction, a lock or a flush. Where a shift is not full after all, its claims go back to the front.
func (b *claimBatcher) answerSoldOut(ctx context.Context, list []*seatRequest) {
	f := newBatchFacts(list)
	full, err := f.readSoldOut(ctx, b)
	if err != nil {
		// let the batch find out; it knows how to try again
		b.note(b.soldOut, false, f.shiftIDs())
		b.again(list)
		return
	}
	var back []*seatRequest
	for i, r := range list {
		m := &f.members[i]
		switch {
		case !full[r.shift]:
			back = append(back, r)
		case m.kept != nil:
			_, err := m.decide(time.Time{})
			r.answer(nil, err)
		case m.blocked:
			r.answer(nil, fault.ErrNotFound)
		default:
			r.answer(nil, ErrShiftFull)
		}
	}
	if len(back) > 0 {
		for _, r := range back {
			b.note(b.soldOut, false, []uuid.UUID{r.shift})
		}
		b.again(back)
	}
}

// readSoldOut reads which of the shifts are open for claims and have every seat held.
func (f *batchFacts) readSoldOut(ctx context.Context, b *claimBatcher) (full map[uuid.UUID]bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, batchTimeout)
	defer cancel()
	full = make(map[uuid.UUID]bool, len(f.members))
	flight := &pgx.Batch{}
	flight.Queue(selectSoldOut, f.shiftIDs()).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var (
				s        shiftFacts
				version  int
				now      time.Time
				seatLeft bool
			)
			if err := rows.Scan(&s.id, &s.state, &s.endsAt, &version, &now, &seatLeft); err != nil {
				return fmt.Errorf("read a sold-out shift: %w", err)
			}
			if err := s.complete(nil, nil, "UTC", version); err != nil {
				return err
			}
			full[s.id] = !seatLeft && s.takeable(now)
		}
		return rows.Err()
	})
	flight.Queue(selectSoldOutMembers, f.agents, f.shiftOf, f.keys).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var (
				n       int64
				kept    keptReply
				blocked bool
			)
			if err := rows.Scan(&n, &kept.hash, &kept.status, &kept.reply, &blocked); err != nil {
				return fmt.Errorf("read a caller: %w", err)
			}
			m := &f.members[n-1]
			m.blocked = blocked
			if kept.status != 0 {
				m.kept = &kept
			}
		}
		return rows.Err()
	})
	if err := b.db.Pool.SendBatch(ctx, flight).Close(); err != nil {
		return nil, fmt.Errorf("read sold-out shifts: %w", err)
	}
	return full, nil
}
