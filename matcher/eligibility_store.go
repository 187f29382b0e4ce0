package matcher

import (
	"fmt"
	"math/bits"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// funnel says how many agents a shift loses at each rule, in the order of walk: an agent counts at the first that
// says no. Those who are disabled, of the merchant's own organisation or blocked by either side are one sum, ruleAccount,
// so that nobody learns who blocked.
type funnel struct {
	agents   int
	steps    []funnelStep
	eligible int
	free     int // of those, whom the engine may ask

	lower []int   // by required tag: whom it may ask if one level less of it were asked for, or at level 1 the tag not at all
	pays  []int64 // what those want at least, the lowest first, whom it may ask but for the pay
}

type funnelStep struct {
	rule string
	tag  string // of a tag rule
	lost int
}

// The stages of selectVerdicts, in the order of walk; stageTag splits into the required tags by the mask of those held.
const (
	stageAccount = iota + 1
	stageTag
	stagePack
	stageAvailable
	stageLongest
	stageOwnDay
	stageOwnWeek
	stageDay
	stageWeek
	stageOverlap
	stageRestBetween
	stageRestOfNight
	stagePay
	stageNeeds
	stageEligible
)

func stageRules() []string {
	return []string{
		stageAccount: ruleAccount, stageTag: ruleTag, stagePack: rulePack, stageAvailable: ruleAvailable, stageLongest: ruleLongest, stageOwnDay: ruleOwnDay, stageOwnWeek: ruleOwnWeek,
		stageDay: ruleDay, stageWeek: ruleWeek, stageOverlap: ruleOverlap, stageRestBetween: ruleRestBetween, stageRestOfNight: ruleRestOfNight,
		stagePay: rulePay, stageNeeds: ruleNeeds, stageEligible: "",
	}
}

// The verdicts of all agents against one shift are what walk says of each: the stage of the first rule that says no, and the mask
// of the required tags that hold. What the agents hold is found by time, so that it costs what happens around the shift and
// not the history. Whether the shift still takes claims is the same for all, and not asked.
//
// $1, $2 the stretch to be taken, $3 merchant, $4, $5 tags and levels, $6 pay, $7 minutes, $8, $9 the platform's caps,
// $10, $11 rest between shifts and of a night, $12, $13 the shop and the version of its pack whose quiz is asked for.
const (
	verdictTables = `with recursive names as (
  (select a.time_zone from matcher.agent a order by a.time_zone limit 1)
  union all
  select (select a.time_zone from matcher.agent a where a.time_zone > n.time_zone order by a.time_zone limit 1) from names n where n.time_zone is not null),
zones as materialized (
  select z.time_zone, z.wall::date as day, date_trunc('week', z.wall)::date as week,
    int4range(z.m, least(z.m + z.n, 10080)) as this_week, int4range(0, greatest(z.m + z.n - 10080, 0)) as next_week
  from (select d.time_zone, w.wall, matcher.wall_minutes(d.time_zone, $1, $2) as n,
      (extract(isodow from w.wall)::int - 1) * 1440 + extract(hour from w.wall)::int * 60 + extract(minute from w.wall)::int as m
    from names d cross join lateral (select $1::timestamptz at time zone d.time_zone as wall) w where d.time_zone is not null) z),
around as (
  select x.agent_id, bool_or(x.starts_at < $2 and x.ends_at > $1) as overlaps,
    bool_or((x.starts_at >= $2 or x.ends_at <= $1) and x.starts_at < $2 + $10::interval and x.ends_at > $1 - $10::interval) as tired,
    array_agg(x.work_day) filter (where (x.starts_at >= $2 or x.ends_at <= $1) and x.starts_at < $2 + $11::interval and x.ends_at > $1 - $11::interval) as days
  from matcher.assignment x
  where x.live and x.starts_at > $1 - interval '33 hours' and x.starts_at < $2 + interval '9 hours'
  group by x.agent_id),
dated as (
  select v.agent_id, bool_or(not v.available) as away, range_agg(tstzrange(v.starts_at, v.ends_at)) filter (where v.available) as more
  from matcher.availability v where v.starts_at < $2 and v.ends_at > $1 group by v.agent_id),
days as (
  select d.agent_id, d.work_day, d.minutes from matcher.agent_day d
  where d.work_day between ($1::timestamptz at time zone 'UTC')::date - 1 and ($1::timestamptz at time zone 'UTC')::date + 1),
weeks as (
  select d.agent_id, d.week, d.minutes from matcher.agent_week d
  where d.week between ($1::timestamptz at time zone 'UTC')::date - 8 and ($1::timestamptz at time zone 'UTC')::date + 1)`

	verdictBarred = `(a.disabled or a.agent_id in (select m.agent_id from matcher.membership m where m.merchant_id = $3)
      or a.agent_id in (select b.agent_id from matcher.block b where b.merchant_id = $3))`

	// from the stage after tags to the one before pay
	verdictTimes = `
    when $13 > 0 and a.agent_id not in (select p.agent_id from matcher.pack_pass p where p.shop_id = $12 and p.version >= $13) then 3
    when v.away or not (a.weekly_minutes is null or a.weekly_minutes @> z.this_week and a.weekly_minutes @> z.next_week
      or v.more is not null and (
        select coalesce(bool_and(matcher.in_week(a.weekly_minutes, lower(p) at time zone a.time_zone, matcher.wall_minutes(a.time_zone, lower(p), upper(p)))), true)
        from unnest(tstzmultirange(tstzrange($1, $2)) - v.more) p)) then 4
    when $7 > a.longest_shift_minutes then 5
    when coalesce(d.minutes, 0) + $7 > a.max_day_minutes then 6
    when coalesce(w.minutes, 0) + $7 > a.max_week_minutes then 7
    when coalesce(d.minutes, 0) + $7 > $8 then 8
    when coalesce(w.minutes, 0) + $7 > $9 then 9
    when r.overlaps then 10
    when r.tired then 11
    when z.day <> any (r.days) then 12`

	verdictJoins = `
  join zones z on z.time_zone = a.time_zone
  left join around r on r.agent_id = a.agent_id
  left join dated v on v.agent_id = a.agent_id
  left join days d on d.agent_id = a.agent_id and d.work_day = z.day
  left join weeks w on w.agent_id = a.agent_id and w.week = z.week`
)

// holdsTag is a hashed set of those who hold the n-th required tag at its level, or so much less: half the price of one grouped
// join over all tags.
func holdsTag(n, less int) string {
	return fmt.Sprintf("a.agent_id in (select t.agent_id from matcher.agent_tag t where t.tag = ($4::text[])[%[1]d] and t.level >= ($5::int[])[%[1]d] - %[2]d and t.expires_at >= $2)", n, less)
}

// masks are what is said of each of so many required tags, as bits.
func masks(tags int, one func(n int) string) string {
	list := []string{"0"}
	for i := range tags {
		list = append(list, fmt.Sprintf("case when %s then %d else 0 end", one(i+1), 1<<i))
	}
	return strings.Join(list, " + ")
}

// ableOnly are the verdicts of those who hold the required tags: the others are left out before anything else is found out of them.
func ableOnly(tags int) string {
	held := []string{"$5::int[] is not null"}
	for i := range tags {
		held = append(held, holdsTag(i+1, 0))
	}
	return verdictTables + `,
verdict as (
  select a.agent_id, case when ` + verdictBarred + ` then 1` + verdictTimes + `
    when $6 < a.least_pay then 13
    when cardinality(a.needs) > 0 and exists (select from unnest(a.needs) n where n like 'no\_%' and 'channel/' || substr(n, 4) = any ($4)) then 14
    else 15 end as stage
  from matcher.agent a` + verdictJoins + `
  where ` + strings.Join(held, " and ") + `)`
}

// everybody's verdicts, of the shift $14, also say what the changes that explain_gap.go tries would make of them: lower is the mask of
// the tags of which one level less holds, and needs of those against what the agent needs; times is the stage but for tags, pay and
// needs, found of those alone who lack no more than one level of one tag, as is whether the engine may ask them.
//
// Each step is written down before the next reads it: the planner would ask again for every use, and there are many. near is written
// down too, though it is used once: of a column the planner expects half, of the bits it is made of nobody, and would loop.
func everybody(tags int) string {
	all := 1<<tags - 1
	lacks := fmt.Sprintf("(%d & ~j.mask)", all)
	return verdictTables + `,
judged as materialized (
  select j.*, not j.barred and ` + lacks + ` & ~j.lower = 0 and ` + lacks + ` & (` + lacks + ` - 1) = 0 as near
  from (select a.*, ` + verdictBarred + ` as barred, ` +
		masks(tags, func(n int) string { return holdsTag(n, 0) }) + ` as mask, ` +
		masks(tags, func(n int) string { return fmt.Sprintf("($5::int[])[%d] = 1 or %s", n, holdsTag(n, 1)) }) + ` as lower, ` +
		masks(tags, func(n int) string {
			return fmt.Sprintf("($4::text[])[%[1]d] like 'channel/%%' and 'no_' || substr(($4::text[])[%[1]d], 9) = any (a.needs)", n)
		}) + ` as needs_mask
    from matcher.agent a where $4::text[] is not null and $5::int[] is not null offset 0) j),
timed as materialized (
  select a.agent_id, case when false then 0` + verdictTimes + `
    else 15 end as times, ` + whoMayBeAsked + ` as may_be_asked
  from judged a` + verdictJoins + `
  where a.near),
verdict as (
  select j.agent_id, j.barred, j.mask, j.lower, j.needs_mask as needs, j.least_pay, $6 < j.least_pay as dear, t.times, t.may_be_asked,
    case when j.barred then 1 when ` + lacks + ` > 0 then 2 when t.times < 15 then t.times when $6 < j.least_pay then 13 when j.needs_mask > 0 then 14 else 15 end as stage
  from judged j left join timed t on t.agent_id = j.agent_id)`
}

// queryEverybody runs a query over the verdicts of everybody. The sets must fit into memory: where the planner thinks that they do
// not, it searches them row by row.
func queryEverybody(tx *postgres.Tx, conn *pgx.Conn, s *shiftFacts, query string) (pgx.Rows, error) {
	return queryOver(tx, conn, s, everybody(len(s.tags))+query, []any{s.id})
}

// queryAble is queryEverybody of those alone who hold the required tags, and of any shift.
func queryAble(tx *postgres.Tx, conn *pgx.Conn, s *shiftFacts, query string, more ...any) (pgx.Rows, error) {
	return queryOver(tx, conn, s, ableOnly(len(s.tags))+query, more)
}

func queryOver(tx *postgres.Tx, conn *pgx.Conn, s *shiftFacts, query string, more []any) (pgx.Rows, error) {
	if _, err := conn.Exec(tx.Context(), `set local work_mem = '256MB'`); err != nil {
		return nil, err
	}
	return conn.Query(tx.Context(), query, append(verdictArgs(s, tx.Now), more...)...)
}

func verdictArgs(s *shiftFacts, now time.Time) []any {
	t := s.taking(now)
	tags, levels := make([]string, len(s.tags)), make([]int32, len(s.tags))
	for i, r := range s.tags {
		tags[i], levels[i] = r.Tag, int32(r.Level) //nolint:gosec // 1 to 5
	}
	hours := s.book.Hours
	return []any{
		t.from, t.to, s.merchant, tags, levels, s.pay, t.minutes(), int(hours.DayCap / time.Minute), int(hours.WeekCap / time.Minute),
		hours.RestBetween, hours.RestOfNight, s.shop, s.pack,
	}
}

// selectFunnel counts all agents against a shift. It needs the system role.
func selectFunnel(tx *postgres.Tx, s *shiftFacts) (f funnel, err error) {
	lost := map[string]map[string]int{}
	f.lower = make([]int, len(s.tags))
	lower := make([]string, len(s.tags))
	for i, r := range s.tags {
		bit, against := 1<<i, 0
		if r.Level == 1 {
			against = bit // not asked for, it is against nobody's needs
		}
		lower[i] = fmt.Sprintf(`count(*) filter (where not barred and times = 15 and not dear and mask | %[2]d = %[1]d and lower & %[2]d > 0 and needs & ~%[3]d = 0 and may_be_asked)`,
			1<<len(s.tags)-1, bit, against)
	}
	err = tx.Pgx(func(conn *pgx.Conn) error {
		rows, err := queryEverybody(tx, conn, s, ` select stage, case stage when 2 then mask else 0 end, count(*), count(*) filter (where stage = 15 and may_be_asked),
			array[`+strings.Join(lower, ", ")+`]::int[], array_agg(least_pay order by least_pay) filter (where stage = 13 and needs = 0 and may_be_asked)
			from verdict group by 1, 2`)
		if err != nil {
			return err
		}
		var stage, mask, n, free int
		var lowered []int
		var pays []int64
		_, err = pgx.ForEachRow(rows, []any{&stage, &mask, &n, &free, &lowered, &pays}, func() error {
			f.agents += n
			for i, more := range lowered {
				f.lower[i] += more
			}
			if pays != nil {
				f.pays = pays
				pays = nil // the next row scans into a slice of its own
			}
			if stage == stageEligible {
				f.eligible, f.free = n, free
				return nil
			}
			rule, tag := stageRules()[stage], ""
			if stage == stageTag {
				tag = s.tags[bits.TrailingZeros(^uint(mask))].Tag
			}
			if lost[rule] == nil {
				lost[rule] = map[string]int{}
			}
			lost[rule][tag] += n
			return nil
		})
		return err
	})
	if err != nil {
		return funnel{}, fmt.Errorf("count agents against a shift: %w", err)
	}
	for stage, rule := range stageRules()[:stageEligible] {
		switch stage {
		case 0:
		case stageTag:
			for _, r := range s.tags {
				f.steps = append(f.steps, funnelStep{rule, r.Tag, lost[rule][r.Tag]})
			}
		default:
			f.steps = append(f.steps, funnelStep{rule, "", lost[rule][""]})
		}
	}
	return f, nil
}

// selectEligible lists the agents whom every rule lets take a seat of the shift, in no order. It needs the system role.
func selectEligible(tx *postgres.Tx, s *shiftFacts) (ids []uuid.UUID, err error) {
	err = tx.Pgx(func(conn *pgx.Conn) error {
		rows, err := queryAble(tx, conn, s, ` select agent_id from verdict where stage = 15`)
		if err != nil {
			return err
		}
		ids, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the agents who may take a shift: %w", err)
	}
	return ids, nil
}

// countEligible counts them.
func countEligible(tx *postgres.Tx, s *shiftFacts) (n int, err error) {
	err = tx.Pgx(func(conn *pgx.Conn) error {
		rows, err := queryAble(tx, conn, s, ` select count(*) from verdict where stage = 15`)
		if err != nil {
			return err
		}
		n, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[int])
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("count the agents who may take a shift: %w", err)
	}
	return n, nil
}

// selectShiftFacts reads what the rules ask of a shift; a draft's pay is the one given. It needs a role that sees the shift.
func selectShiftFacts(tx *postgres.Tx, id uuid.UUID, draftPay int64) (*shiftFacts, error) {
	var s *shiftFacts
	err := tx.Pgx(func(conn *pgx.Conn) error {
		rows, err := conn.Query(tx.Context(), `select s.id, s.booking_id, s.merchant_id, s.starts_at, s.ends_at, coalesce(s.pay_per_hour, $2), s.currency, s.tags, s.levels, s.state, s.time_zone, s.rules_version, `+packColumns+`
			from matcher.shift s where s.id = $1`, id, draftPay)
		if err != nil {
			return err
		}
		_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
			var (
				tags     []string
				levels   []int32
				zoneName string
				version  int
			)
			s = &shiftFacts{}
			if err := row.Scan(&s.id, &s.booking, &s.merchant, &s.startsAt, &s.endsAt, &s.pay, &s.currency, &tags, &levels, &s.state, &zoneName, &version, &s.shop, &s.pack); err != nil {
				return struct{}{}, err
			}
			return struct{}{}, s.complete(tags, levels, zoneName, version)
		})
		return err
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("read a shift: %w", err)
	case s == nil:
		return nil, fault.ErrNotFound
	}
	return s, nil
}
