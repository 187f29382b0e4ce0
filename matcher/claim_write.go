package matcher

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// writeTakes is what every batch writes; writeOthers is for batches that also release, accept or withdraw, and writeTrials for
// those of them that also take trial seats.
const (
	writeTakes = `
with taken as (
  insert into matcher.assignment (id, shift_id, seat_no, booking_id, merchant_id, agent_id, starts_at, ends_at, zone, work_day, week, minutes,
    pay_per_hour, currency, rules_version, taken_by, taken_at, near, far, trial)
  select u.id, u.shift, u.seat, u.booking, u.merchant, u.agent, u.a, u.b, u.zone, w.day, date_trunc('week', w.day::timestamp)::date, u.minutes,
    u.pay, u.currency, u.rules, u.taken_by, $1, tstzrange(u.a, u.b + interval '15 minutes'), tstzrange(u.a, u.b + interval '8 hours'), u.trial
  from unnest($2::uuid[], $3::uuid[], $4::int[], $5::uuid[], $6::uuid[], $7::uuid[], $8::timestamptz[], $9::timestamptz[], $10::text[], $11::int[],
    $12::bigint[], $13::text[], $14::int[], $15::text[], $34::boolean[]) u (id, shift, seat, booking, merchant, agent, a, b, zone, minutes, pay, currency, rules, taken_by, trial)
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
  from unnest($35::uuid[]) u (id) where x.id = u.id and x.state = 'held' returning 1),
fewer_days as (
  update matcher.agent_day d set minutes = d.minutes - u.minutes
  from unnest($36::uuid[], $37::date[], $39::int[]) u (agent, day, minutes) where d.agent_id = u.agent and d.work_day = u.day returning 1),
fewer_weeks as (
  update matcher.agent_week d set minutes = d.minutes - u.minutes
  from unnest($36::uuid[], $38::date[], $39::int[]) u (agent, week, minutes) where d.agent_id = u.agent and d.week = u.week returning 1),
ended as (
  update matcher.offer o set state = u.state, ended_at = $1, assignment_id = u.assignment
  from unnest($40::uuid[], $41::text[], $42::uuid[]) u (id, state, assignment) where o.id = u.id and o.state = 'live' returning 1)`
	mustOthers = ` and matcher.must((select count(*) from released) = coalesce(cardinality($35::uuid[]), 0) and (select count(*) from fewer_days) = coalesce(cardinality($35::uuid[]), 0)
  and (select count(*) from fewer_weeks) = coalesce(cardinality($35::uuid[]), 0) and (select count(*) from ended) = coalesce(cardinality($40::uuid[]), 0))`

	writeTrials = `,
tried as (
  insert into matcher.trial (assignment_id, shift_id, merchant_id, agent_id, ends_at, template_id, code, card, mentor_assignment_id, mentor_id)
  select u.* from unnest($43::uuid[], $44::uuid[], $45::uuid[], $46::uuid[], $47::timestamptz[], $48::uuid[], $49::text[], $50::text[], $51::uuid[], $52::uuid[]) u
  returning 1)`
	mustTrials = ` and matcher.must((select count(*) from tried) = cardinality($43::uuid[]))`
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

	isTrial []bool
	trials  trialWrites
}

// trialWrites are the columns of matcher.trial.
type trialWrites struct {
	ids, shifts, merchants, agents, templates, mentorAssignments, mentors []uuid.UUID
	to                                                                    []time.Time
	codes, cards                                                          []string
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
		w.recorded, w.accounts, w.keys, w.hashes, w.statuses, w.replies, w.recorded, w.factIDs, w.factTypes, w.aggregates, w.bodies, w.isTrial,
	}
	t := &w.trials
	if len(w.released)+len(w.offers)+len(t.ids) > 0 {
		query = writeTakes + writeOthers + mustTakes + mustOthers
		args = append(args, w.released, w.releasers, w.days, w.weeks, w.fewer, w.offers, w.offerStates, w.offerAssignments)
	}
	if len(t.ids) > 0 {
		query = writeTakes + writeOthers + writeTrials + mustTakes + mustOthers + mustTrials
		args = append(args, t.ids, t.shifts, t.merchants, t.agents, t.to, t.templates, t.codes, t.cards, t.mentorAssignments, t.mentors)
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
	w.isTrial = append(w.isTrial, c.path != nil)
	if c.path != nil {
		w.trials.add(c)
	}
	w.seat(s.id, a.Seat, c.seatWas, assignmentHeld, &a.ID)
	if c.offer != uuid.Nil {
		w.offer(c.offer, "accepted", &a.ID)
	}
	for _, o := range c.withdrawn {
		w.offer(o.id, "withdrawn", nil)
		w.seat(o.shift, o.seat, "offered", shiftOpen, nil)
	}
}

func (t *trialWrites) add(c *seatChange) {
	s := &c.member.shift
	t.ids, t.shifts, t.merchants = append(t.ids, c.assignment.ID), append(t.shifts, s.id), append(t.merchants, s.merchant)
	t.agents, t.to = append(t.agents, c.member.agent.id), append(t.to, c.held.to)
	t.templates, t.codes, t.cards = append(t.templates, c.path.template), append(t.codes, c.path.code), append(t.cards, c.path.card)
	t.mentorAssignments, t.mentors = append(t.mentorAssignments, c.mentor.assignment), append(t.mentors, c.mentor.agent)
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
