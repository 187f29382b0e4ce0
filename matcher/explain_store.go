package matcher

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// whoMayBeAsked is whom the engine may ask about a shift if they are eligible: not asked before, and without a live offer in those hours.
const whoMayBeAsked = `(a.agent_id not in (select o.agent_id from matcher.offer o where o.shift_id = $14 and o.state in ('live', 'refused', 'expired'))
	and a.agent_id not in (select o.agent_id from matcher.offer o where o.state = 'live' and o.starts_at < $2::timestamptz + $10::interval and o.ends_at + $10::interval > $1)
	and a.agent_id not in (select x.agent_id from matcher.assignment x where x.shift_id = $14 and x.state in ('released', 'missing') and not x.trial))`

// countFree counts whom the engine may ask. It needs the system role.
func countFree(tx *postgres.Tx, s *shiftFacts) (n int, err error) {
	err = tx.Pgx(func(conn *pgx.Conn) error {
		rows, err := queryAble(tx, conn, s, ` select count(*) from verdict a where a.stage = 15 and `+whoMayBeAsked, s.id)
		if err != nil {
			return err
		}
		n, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[int])
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("count who may be asked: %w", err)
	}
	return n, nil
}

// selectBarred reads an agent as the engine sees them for a shift, and what keeps the engine from asking them. It sets whether
// the shift is one of their own organisation.
func selectBarred(tx *postgres.Tx, s *shiftFacts, agent uuid.UUID) (facts *agentFacts, barred string, err error) {
	var r reading
	found := r.candidates(who{ids: []uuid.UUID{agent}}, s.startsAt, s.endsAt)
	r.ask(`select exists (select from matcher.membership where agent_id = $1 and merchant_id = $2),
		case when exists (select from matcher.block where agent_id = $1 and merchant_id = $2) then 'blocked'
			when exists (select from matcher.assignment where agent_id = $1 and shift_id = $3 and state in ('released', 'missing') and not trial) then 'left'
			when exists (select from matcher.offer where agent_id = $1 and shift_id = $3 and state in ('refused', 'expired')) then 'answered' else '' end`,
		[]any{agent, s.merchant, s.id}, func(rows pgx.Rows) error { return rows.Scan(&s.own, &barred) })
	if err := r.send(tx); err != nil {
		return nil, "", err
	}
	c := found[agent]
	if c == nil {
		return nil, "", fault.ErrNotFound
	}
	for _, o := range c.offers {
		if o.shift == s.id {
			c.unassume(o.id)
		}
	}
	return &c.agentFacts, barred, nil
}

// standingFacts is what ranks an agent at a shift.
type standingFacts struct {
	agent      uuid.UUID
	rating     int
	lastWorked *time.Time
	past       int
	core       bool
}

const standingColumns = ` select a.agent_id, a.rating, a.last_worked_at, coalesce(w.shifts, 0), c.agent_id is not null from matcher.agent a
	join matcher.shift s on s.id = $1
	left join matcher.worked w on w.merchant_id = s.merchant_id and w.agent_id = a.agent_id
	left join matcher.core_team c on c.booking_id = s.booking_id and c.agent_id = a.agent_id `

// selectStanding reads what ranks the agent, and those who were chosen by offers and hold a seat or have yet to answer.
func selectStanding(tx *postgres.Tx, shift, agent uuid.UUID) (mine standingFacts, chosen []standingFacts, err error) {
	list, err := scanStanding(tx, standingColumns+`where a.agent_id = $2`, shift, agent)
	if err != nil || len(list) == 0 {
		return mine, nil, err
	}
	chosen, err = scanStanding(tx, standingColumns+`where a.agent_id <> $2 and a.agent_id in (
		select x.agent_id from matcher.assignment x where x.shift_id = $1 and x.live and x.taken_by <> 'claim'
		union select o.agent_id from matcher.offer o where o.shift_id = $1 and o.state = 'live')`, shift, agent)
	return list[0], chosen, err
}

func scanStanding(tx *postgres.Tx, query string, args ...any) (list []standingFacts, err error) {
	err = tx.Pgx(func(conn *pgx.Conn) error {
		rows, err := conn.Query(tx.Context(), query, args...)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (f standingFacts, err error) {
			err = row.Scan(&f.agent, &f.rating, &f.lastWorked, &f.past, &f.core)
			return f, err
		})
		return err
	})
	return list, err
}

// selectInstead finds the other shift for which a plan that offered seats of this one chose the agent; uuid.Nil for none.
func selectInstead(tx *postgres.Tx, shift, agent uuid.UUID) (instead uuid.UUID, err error) {
	var found []uuid.UUID
	err = tx.Raw(`select k.shift_id from matcher.plan_pick k join matcher.shift s on s.id = k.shift_id join matcher.shift t on t.id = ?
		where k.agent_id = ? and k.shift_id <> t.id and k.outcome = 'offered' and s.starts_at < t.ends_at + interval '8 hours' and s.ends_at + interval '8 hours' > t.starts_at
		  and k.plan_id in (select o.plan_id from matcher.offer o where o.shift_id = t.id) order by k.plan_id desc limit 1`, shift, agent).Scan(&found).Error
	if len(found) > 0 {
		instead = found[0]
	}
	return instead, err
}

// selectMySeat tells what an agent has of a shift: held, asked, answered, or nothing.
func selectMySeat(tx *postgres.Tx, shift, agent uuid.UUID) (has string, err error) {
	err = tx.Raw(`select case when exists (select from matcher.assignment where shift_id = ? and agent_id = ? and live) then 'held'
		else coalesce((select case state when 'live' then 'asked' else 'answered' end from matcher.offer
			where shift_id = ? and agent_id = ? and state in ('live', 'refused', 'expired') limit 1), '') end`, shift, agent, shift, agent).Scan(&has).Error
	return has, err
}
