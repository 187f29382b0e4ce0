package matcher

import (
	"time"

	"peakseat/internal/fact"
	"peakseat/internal/finding"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"
)

// Audit recomputes from the rows what the matcher promises, and trusts neither constraint nor counter. It changes nothing
// and needs the system role; to be one picture while others write, the transaction is repeatable read.
func (s *Service) Audit(tx *postgres.Tx) ([]finding.Check, error) {
	return finding.Run(tx, "matcher", append(auditQueries(tx.Now), packQueries()...))
}

// auditSlack is how far the clocks of two transactions that waited for one lock may stand apart: a transaction's time is
// that of its beginning.
const auditSlack = time.Minute

const (
	countAssignments = `select count(*) from matcher.assignment`
	countLive        = `select count(*) from matcher.assignment where live`
	countSeats       = `select count(*) from matcher.seat`
	countTrials      = `select count(*) from matcher.trial`
	countOffers      = `select count(*) from matcher.offer`
	countShifts      = `select count(*) from matcher.shift`
	countFinished    = `select count(*) from matcher.assignment where state = 'finished'`
	countEvents      = `select count(*) from matcher.attendance_event`
	countUnstarted   = `select count(*) from matcher.assignment where state = 'held' and starts_at > platform.rules_now()`

	// the work day and week of an assignment, computed again
	liveAgain = `live as (
  select a.*, (a.starts_at at time zone a.zone)::date as day, date_trunc('week', (a.starts_at at time zone a.zone)::date::timestamp)::date as monday,
    ceil(extract(epoch from a.ends_at - a.starts_at) / 60)::int as length
  from matcher.assignment a where a.live)`
	// the numbers of each version of the rule book
	bookNumbers = `book as (select * from unnest($1::int[], $2::interval[], $3::interval[], $4::int[], $5::int[], $6::interval[], $7::interval[], $8::interval[])
  b (version, rest, night, day_cap, week_cap, opens, break_paid, break_per))`
)

// bookArgs are those of bookNumbers.
func bookArgs() []any {
	var versions, dayCaps, weekCaps []int32
	var rest, night, opens, breakPaid, breakPer []time.Duration
	for version := int32(1); ; version++ {
		book, known := rules.Of(int(version))
		if !known {
			return []any{versions, rest, night, dayCaps, weekCaps, opens, breakPaid, breakPer}
		}
		versions, rest, night = append(versions, version), append(rest, book.Hours.RestBetween), append(night, book.Hours.RestOfNight)
		dayCaps, weekCaps = append(dayCaps, int32(book.Hours.DayCap/time.Minute)), append(weekCaps, int32(book.Hours.WeekCap/time.Minute)) //nolint:gosec // minutes of a week
		opens, breakPaid = append(opens, book.Attendance.CheckInOpens), append(breakPaid, book.Attendance.BreakPaid)
		breakPer = append(breakPer, book.Attendance.BreakPer)
	}
}

func auditQueries(now time.Time) []finding.Query {
	books := bookArgs()
	return []finding.Query{
		// seats
		{Name: "shift_has_its_seats", Counted: countShifts, Broken: `
			select s.id::text, format('%s with %s seats has %s that are not cancelled', s.state, s.seats, coalesce(n.seats, 0))
			from matcher.shift s
			left join (select shift_id, count(*) filter (where state <> 'cancelled') as seats from matcher.seat where kind = 'regular' group by shift_id) n on n.shift_id = s.id
			where coalesce(n.seats, 0) <> case when s.state = 'draft' then 0 else s.seats end`, Args: nil},
		{Name: "shift_never_over_its_seats", Counted: countShifts, Broken: `
			select s.id::text, format('%s seats, %s live assignments', s.seats, n.live)
			from matcher.shift s
			join (select a.shift_id, count(*) as live from matcher.assignment a
				left join matcher.seat t on t.shift_id = a.shift_id and t.seat_no = a.seat_no
				where a.live and t.kind is distinct from 'trial' group by a.shift_id) n on n.shift_id = s.id
			where n.live > s.seats`, Args: nil},
		{Name: "trial_is_in_a_trial_seat", Counted: countTrials, Broken: `
			select a.id::text, format('%s seat %s of shift %s; trial: %s, with a trial: %s', coalesce(s.kind, 'absent'), a.seat_no, a.shift_id, a.trial, t.assignment_id is not null)
			from matcher.assignment a left join matcher.seat s on s.shift_id = a.shift_id and s.seat_no = a.seat_no left join matcher.trial t on t.assignment_id = a.id
			where a.trial <> (s.kind is not distinct from 'trial') or a.trial <> (t.assignment_id is not null)
			union all
			select t.assignment_id::text, format('of agent %s in shift %s, live: %s; its assignment: %s, %s, %s', t.agent_id, t.shift_id, t.live, a.agent_id, a.shift_id, a.live)
			from matcher.trial t join matcher.assignment a on a.id = t.assignment_id
			where t.agent_id <> a.agent_id or t.shift_id <> a.shift_id or t.live <> a.live or t.ends_at <> a.ends_at or t.merchant_id <> a.merchant_id`, Args: nil},
		{Name: "trial_has_another_as_mentor", Counted: countTrials, Broken: `
			select t.assignment_id::text, format('mentor %s with assignment %s of shift %s', t.mentor_id, t.mentor_assignment_id, m.shift_id)
			from matcher.trial t left join matcher.assignment m on m.id = t.mentor_assignment_id
			where t.mentor_id = t.agent_id or t.mentor_id is not null and (m.id is null or m.agent_id <> t.mentor_id or m.shift_id <> t.shift_id or m.trial)
			union all
			select min(assignment_id::text), format('mentor %s has %s live trials in shift %s', mentor_id, count(*), shift_id)
			from matcher.trial where live and mentor_id is not null group by mentor_id, shift_id having count(*) > 1`, Args: nil},
		{Name: "seat_held_once", Counted: countLive, Broken: `
			select min(shift_id::text), format('seat %s has %s live assignments: %s', seat_no, count(*), string_agg(id::text, ', '))
			from matcher.assignment where live group by shift_id, seat_no having count(*) > 1`, Args: nil},
		{Name: "held_seat_is_its_assignment", Counted: countSeats, Broken: `
			select t.shift_id::text, format('seat %s is %s for assignment %s', t.seat_no, t.state, coalesce(t.assignment_id::text, 'none'))
			from matcher.seat t left join matcher.assignment a on a.id = t.assignment_id and a.shift_id = t.shift_id and a.seat_no = t.seat_no and a.live
			where (t.state = 'held') <> (a.id is not null) or (t.assignment_id is not null and a.id is null)
			union all
			select a.id::text, format('holds seat %s of shift %s, which is %s', a.seat_no, a.shift_id, coalesce(t.state, 'absent'))
			from matcher.assignment a left join matcher.seat t on t.shift_id = a.shift_id and t.seat_no = a.seat_no
			where a.live and t.assignment_id is distinct from a.id`, Args: nil},
		{Name: "offered_seat_is_its_offer", Counted: countSeats, Broken: `
			select t.shift_id::text, format('seat %s is %s for offer %s', t.seat_no, t.state, coalesce(t.offer_id::text, 'none'))
			from matcher.seat t left join matcher.offer o on o.id = t.offer_id and o.shift_id = t.shift_id and o.seat_no = t.seat_no and o.state = 'live'
			where (t.state = 'offered') <> (o.id is not null) or (t.offer_id is not null and o.id is null)
			union all
			select o.id::text, format('is live for seat %s of shift %s, which is %s', o.seat_no, o.shift_id, coalesce(t.state, 'absent'))
			from matcher.offer o left join matcher.seat t on t.shift_id = o.shift_id and t.seat_no = o.seat_no
			where o.state = 'live' and t.offer_id is distinct from o.id`, Args: nil},
		{Name: "ended_shift_is_closed", Counted: countShifts, Broken: `
			select s.id::text, format('%s, with %s seats held by somebody who never came and %s live offers', s.state, a.n, o.n)
			from matcher.shift s
			cross join lateral (select count(*) as n from matcher.assignment a where a.shift_id = s.id and a.state = 'held') a
			cross join lateral (select count(*) as n from matcher.offer o where o.shift_id = s.id and o.state = 'live') o
			where s.state in ('ended', 'cancelled', 'draft') and a.n + o.n > 0`, Args: nil},

		// assignments
		{Name: "assignment_is_of_its_shift", Counted: countAssignments, Broken: `
			select a.id::text, format('[%s, %s) at %s for merchant %s; the shift is [%s, %s) at %s for %s', a.starts_at, a.ends_at, a.pay_per_hour, a.merchant_id,
				s.starts_at, s.ends_at, s.pay_per_hour, s.merchant_id)
			from matcher.assignment a left join matcher.shift s on s.id = a.shift_id
			where s.id is null or a.merchant_id <> s.merchant_id or a.booking_id <> s.booking_id or a.pay_per_hour is distinct from s.pay_per_hour
				or a.currency <> s.currency or a.rules_version <> s.rules_version or a.ends_at <> s.ends_at
				or a.starts_at <> greatest(s.starts_at, a.taken_at) and a.starts_at <> s.starts_at`, Args: nil},
		{Name: "assignment_counts_its_time", Counted: countLive, Broken: `with ` + liveAgain + `
			select id::text, format('%s min on %s of the week %s; computed %s min on %s of %s', minutes, work_day, week, length, day, monday)
			from live where minutes <> length or work_day <> day or week <> monday`, Args: nil},
		{Name: "agent_never_twice", Counted: countLive, Broken: `
			select b.id::text, format('agent %s holds [%s, %s) and, by %s, [%s, %s)', b.agent_id, b.starts_at, b.ends_at, a.id, a.starts_at, a.ends_at)
			from matcher.assignment a join matcher.assignment b on b.agent_id = a.agent_id and (b.starts_at, b.id) > (a.starts_at, a.id) and b.starts_at < a.ends_at
			where a.live and b.live`, Args: nil},
		{Name: "agent_rests", Counted: countLive, Broken: `with ` + liveAgain + `, ` + bookNumbers + `
			select b.id::text, format('agent %s rests %s after %s', b.agent_id, b.starts_at - a.ends_at, a.id)
			from live a join live b on b.agent_id = a.agent_id and b.starts_at >= a.ends_at
			join book on book.version = b.rules_version
			where b.starts_at < a.ends_at + case when a.day = b.day then book.rest else book.night end`, Args: books},
		{Name: "agent_within_hours", Counted: countLive, Broken: `with ` + liveAgain + `, ` + bookNumbers + `
			select agent_id::text, format('%s min on %s, at most %s', sum(length), day, max(day_cap)) from live join book on version = rules_version
			group by agent_id, day having sum(length) > max(day_cap)
			union all
			select agent_id::text, format('%s min in the week of %s, at most %s', sum(length), monday, max(week_cap)) from live join book on version = rules_version
			group by agent_id, monday having sum(length) > max(week_cap)`, Args: books},
		{Name: "hours_counted", Counted: `select (select count(*) from matcher.agent_day) + (select count(*) from matcher.agent_week)`, Broken: `with ` + liveAgain + `
			select agent_id::text, format('%s min on %s, assignments %s', coalesce(d.minutes, 0), work_day, coalesce(l.minutes, 0))
			from matcher.agent_day d full join (select agent_id, day as work_day, sum(length) as minutes from live group by 1, 2) l using (agent_id, work_day)
			where coalesce(d.minutes, 0) <> coalesce(l.minutes, 0)
			union all
			select agent_id::text, format('%s min in the week of %s, assignments %s', coalesce(d.minutes, 0), week, coalesce(l.minutes, 0))
			from matcher.agent_week d full join (select agent_id, monday as week, sum(length) as minutes from live group by 1, 2) l using (agent_id, week)
			where coalesce(d.minutes, 0) <> coalesce(l.minutes, 0)`, Args: nil},
		{Name: "unstarted_seats_are_by_right", Counted: countUnstarted, Broken: `
			select a.id::text, format('agent %s %s', a.agent_id, case when g.disabled then 'is disabled'
				when m.agent_id is not null then 'belongs to the merchant' else format('lacks %s', array_to_string(l.lacking, ', ')) end)
			from matcher.assignment a join matcher.shift s on s.id = a.shift_id join matcher.agent g on g.agent_id = a.agent_id
			left join matcher.membership m on m.agent_id = a.agent_id and m.merchant_id = a.merchant_id
			cross join lateral (select array_agg(r.tag || ' ' || r.level) as lacking from unnest(s.tags, s.levels) r (tag, level)
				where not a.trial and not exists (select from matcher.agent_tag t where t.agent_id = a.agent_id and t.tag = r.tag and t.level >= r.level and t.expires_at >= s.ends_at)
					or a.trial and not exists (select from matcher.trial l join matcher.trial_path p on p.agent_id = l.agent_id and p.template_id = l.template_id
						where l.assignment_id = a.id and p.missing = '{}')) l
			where a.state = 'held' and a.starts_at > $1 and (g.disabled or m.agent_id is not null or l.lacking is not null)`, Args: []any{now}},
		{Name: "nobody_blocked_was_matched", Counted: countAssignments, Broken: `
			select a.id::text, format('agent %s took it at %s; a block with merchant %s stands since %s', a.agent_id, a.taken_at, a.merchant_id, b.created_at)
			from matcher.assignment a join matcher.block b on b.agent_id = a.agent_id and b.merchant_id = a.merchant_id
			where a.taken_at > b.created_at + $1::interval`, Args: []any{auditSlack}},

		// offers
		{Name: "offer_is_of_its_shift", Counted: countOffers, Broken: `
			select o.id::text, format('[%s, %s) for merchant %s; the shift is [%s, %s) for %s', o.starts_at, o.ends_at, o.merchant_id, s.starts_at, s.ends_at, s.merchant_id)
			from matcher.offer o left join matcher.shift s on s.id = o.shift_id
			where s.id is null or o.merchant_id <> s.merchant_id or o.booking_id <> s.booking_id or o.ends_at <> s.ends_at or o.starts_at < s.starts_at`, Args: nil},
		{Name: "live_offers_of_an_agent_do_not_overlap", Counted: countOffers, Broken: `
			select b.id::text, format('agent %s is also offered %s, [%s, %s)', b.agent_id, a.id, a.starts_at, a.ends_at)
			from matcher.offer a join matcher.offer b on b.agent_id = a.agent_id and (b.starts_at, b.id) > (a.starts_at, a.id) and b.starts_at < a.ends_at
			where a.state = 'live' and b.state = 'live'`, Args: nil},
		{Name: "taking_withdraws_what_it_overlaps", Counted: countOffers, Broken: `
			select o.id::text, format('is live although agent %s took %s, [%s, %s), after it was made', o.agent_id, a.id, a.starts_at, a.ends_at)
			from matcher.offer o join matcher.assignment a on a.agent_id = o.agent_id and a.starts_at < o.ends_at and o.starts_at < a.ends_at
			where o.state = 'live' and a.state = 'held' and a.taken_at > o.made_at`, Args: nil},
		{Name: "accepted_offer_is_its_assignment", Counted: countOffers, Broken: `
			select o.id::text, format('accepted by agent %s with assignment %s', o.agent_id, o.assignment_id)
			from matcher.offer o left join matcher.assignment a on a.id = o.assignment_id
			where o.state = 'accepted' and (a.id is null or a.agent_id <> o.agent_id or a.shift_id <> o.shift_id or a.seat_no <> o.seat_no)
				or o.state <> 'accepted' and o.assignment_id is not null`, Args: nil},

		// attendance
		{Name: "attendance_in_order", Counted: countEvents, Broken: `
			with step as (
				select e.*, lag(kind) over w as before, lag(at) over w as at_before, row_number() over w as n
				from matcher.attendance_event e window w as (partition by assignment_id order by at, id))
			select id::text, format('%s of assignment %s after %s', kind, assignment_id, coalesce(before, 'nothing')) from step
			where (n = 1) <> (kind = 'check_in') or kind = 'break_start' and before not in ('check_in', 'break_end')
				or kind = 'break_end' and before <> 'break_start' or before = 'check_out'`, Args: nil},
		{Name: "attendance_is_its_events", Counted: countAssignments, Broken: `with ` + bookNumbers + `
			select a.id::text, format('%s, in %s, out %s; its events: in %s, out %s', a.state, a.checked_in_at, a.checked_out_at, e.came, e.went)
			from matcher.assignment a join book on book.version = a.rules_version
			left join (select assignment_id, min(at) filter (where kind = 'check_in') as came, max(at) filter (where kind = 'check_out') as went,
				bool_or(by = 'sweep') as swept, min(at) as first, min(agent_id::text) as agent, count(distinct agent_id) as agents
				from matcher.attendance_event group by assignment_id) e on e.assignment_id = a.id
			where a.checked_in_at is distinct from e.came or a.checked_out_at is distinct from e.went
				or a.state in ('present', 'finished') and e.came is null or a.state not in ('present', 'finished', 'withdrawn') and e.came is not null
				or (a.state = 'finished') <> (e.went is not null)
				or e.agents > 1 or e.agent <> a.agent_id::text or coalesce(e.swept, false) <> a.swept
				or a.late <> coalesce(e.came > a.starts_at, false)
				or e.came < a.starts_at - book.opens or e.came >= a.ends_at`, Args: books},
		{Name: "paid_minutes_recompute", Counted: countFinished, Broken: `with ` + bookNumbers + `,
			stay as (
				select a.id, a.paid_minutes, a.rules_version, greatest(a.starts_at, min(e.at) filter (where e.kind = 'check_in')) as came,
					least(a.ends_at, max(e.at) filter (where e.kind = 'check_out')) as went
				from matcher.assignment a join matcher.attendance_event e on e.assignment_id = a.id
				where a.state = 'finished' group by a.id),
			pause as (
				select assignment_id, at as began, lead(at) over (partition by assignment_id order by at, id) as ended, kind from matcher.attendance_event),
			rested as (
				select s.id, sum(greatest(interval '0', least(p.ended, s.went) - greatest(p.began, s.came))) as breaks
				from stay s join pause p on p.assignment_id = s.id and p.kind = 'break_start' group by s.id),
			counted as (
				select s.id, s.paid_minutes, case when s.went <= s.came then 0 else
					floor((extract(epoch from s.went - s.came) - greatest(0, coalesce(extract(epoch from r.breaks), 0)
						- extract(epoch from book.break_paid) * ceil(extract(epoch from s.went - s.came) / extract(epoch from book.break_per)))) / 60) end as minutes
				from stay s join book on book.version = s.rules_version left join rested r on r.id = s.id)
			select id::text, format('%s paid minutes; its events give %s', paid_minutes, minutes) from counted where paid_minutes is distinct from minutes
			union all
			select id::text, format('%s, with %s paid minutes', state, coalesce(paid_minutes::text, 'no')) from matcher.assignment
			where (state = 'finished') <> (paid_minutes is not null)`, Args: books},
		{Name: "worked_is_finished_shifts", Counted: `select count(*) from matcher.worked`, Broken: `
			select w.agent_id::text, format('%s shifts for merchant %s, finished %s', coalesce(w.shifts, 0), w.merchant_id, coalesce(f.n, 0))
			from matcher.worked w full join (select merchant_id, agent_id, count(*) as n from matcher.assignment where state = 'finished' and not trial group by 1, 2) f using (merchant_id, agent_id)
			where coalesce(w.shifts, 0) <> coalesce(f.n, 0)`, Args: nil},

		// bookings
		{Name: "booking_is_its_shifts", Counted: `select count(*) from matcher.booking`, Broken: `
			select b.id::text, format('%s with %s draft, %s open, %s ended and %s cancelled shifts', b.state, s.drafts, s.opens, s.ended, s.cancelled)
			from matcher.booking b
			cross join lateral (select count(*) filter (where state = 'draft') as drafts, count(*) filter (where state = 'open') as opens,
				count(*) filter (where state = 'ended') as ended, count(*) filter (where state = 'cancelled') as cancelled, count(*) as n
				from matcher.shift s where s.booking_id = b.id) s
			where (b.state = 'draft') <> (s.drafts > 0) or s.drafts not in (0, s.n) or b.state = 'finished' and s.opens > 0
				or b.state = 'cancelled' and s.cancelled <> s.n
				or (b.state = 'draft') <> (b.confirmed_at is null) or (b.state = 'draft') <> (b.price_book is null)`, Args: nil},
		{Name: "shift_is_of_its_booking", Counted: countShifts, Broken: `
			select s.id::text, format('of merchant %s, requires %s; booking %s of %s requires %s', s.merchant_id, q.has, b.id, b.merchant_id, r.needs)
			from matcher.shift s left join matcher.booking b on b.id = s.booking_id
			cross join lateral (select coalesce(string_agg(tag || ' ' || level, ', ' order by tag), '') as needs from matcher.booking_requirement r where r.booking_id = b.id) r
			cross join lateral (select coalesce(string_agg(tag || ' ' || level, ', ' order by tag), '') as has from unnest(s.tags, s.levels) u (tag, level)) q
			where b.id is null or s.merchant_id <> b.merchant_id or s.shop_id <> b.shop_id or s.campaign_id is distinct from b.campaign_id
				or s.rules_version <> b.rules_version or s.priority <> b.priority or q.has <> r.needs`, Args: nil},

		// what the world was told
		{Name: "taken_seats_were_told_once", Counted: countAssignments, Broken: `with ` + toldOf + `
			select a.id::text, format('agent %s holds seat %s; told %s times', a.agent_id, a.seat_no, count(t.id))
			from matcher.assignment a left join told t on t.about = a.id::text and t.aggregate = a.shift_id
				and t.data ->> 'agent_id' = a.agent_id::text and (t.data ->> 'seat')::int = a.seat_no
			group by a.id having count(t.id) <> 1
			union all
			select t.id::text, format('tells of assignment %s, which does not exist', t.about) from told t
			where not exists (select from matcher.assignment a where a.id::text = t.about)`, Args: []any{fact.SeatTaken{}.Type()}},
		endTold("finished_work_was_told", "finished", fact.AssignmentFinished{}.Type(), `(t.data ->> 'minutes')::int = a.paid_minutes and (t.data ->> 'pay_per_hour')::bigint = a.pay_per_hour`),
		{Name: "worked_trials_were_told", Counted: countTrials, Broken: `
			select a.id::text, format('finished at %s', a.ended_at) from matcher.assignment a
			where a.trial and a.state = 'finished' and not exists (select from platform.fact f where f.aggregate = a.shift_id and f.type = $1
				and convert_from(f.body, 'UTF8')::jsonb -> 'data' ->> 'trial_id' = a.id::text)`, Args: []any{fact.TrialWorked{}.Type()}},
		endTold("missing_agents_were_told", "missing", fact.AgentMissing{}.Type(), `true`),
		endTold("released_seats_were_told", "released", fact.SeatReleased{}.Type(), `true`),
		endTold("withdrawn_seats_were_told", "withdrawn", fact.SeatReleased{}.Type(), `true`),
		{Name: "confirmed_bookings_were_told", Counted: `select count(*) from matcher.booking where state <> 'draft'`, Broken: `
			select b.id::text, format('%s since %s', b.state, b.confirmed_at) from matcher.booking b
			where b.state <> 'draft' and not exists (select from platform.fact f where f.aggregate = b.id and f.type = $1)`, Args: []any{fact.BookingConfirmed{}.Type()}},
		{Name: "ended_shifts_were_told", Counted: `select count(*) from matcher.shift where state = 'ended'`, Broken: `
			select s.id::text, format('ended at %s', s.ends_at) from matcher.shift s
			where s.state = 'ended' and not exists (select from platform.fact f where f.aggregate = s.id and f.type = $1)`, Args: []any{fact.ShiftEnded{}.Type()}},
	}
}

// toldOf are the facts of one type about assignments.
const toldOf = `told as (
  select f.id, f.aggregate, f.data, f.data ->> 'assignment_id' as about
  from (select id, aggregate, convert_from(body, 'UTF8')::jsonb -> 'data' as data from platform.fact where type = $1) f)`

// endTold says that of every assignment that ended in a state there is a fact, which fits it.
func endTold(name, state, factType, fits string) finding.Query {
	return finding.Query{Name: name, Counted: `select count(*) from matcher.assignment where state = '` + state + `'`, Broken: `with ` + toldOf + `
		select a.id::text, format('%s, and no fact says so', a.state) from matcher.assignment a
		where a.state = '` + state + `' and not exists (select from told t where t.about = a.id::text and t.aggregate = a.shift_id and ` + fits + `)`, Args: []any{factType}}
}
