package matcher

import (
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"peakseat/internal/postgres"
	"peakseat/internal/rules"
)

// selectOpenDemand reads the open seats of the shifts that start in a time.
func selectOpenDemand(tx *postgres.Tx, from, to time.Time) (demand []*planShift, err error) {
	err = tx.Pgx(func(conn *pgx.Conn) error {
		rows, err := conn.Query(tx.Context(), `
			select s.id, s.booking_id, s.merchant_id, s.starts_at, s.ends_at, coalesce(s.pay_per_hour, 0), s.currency, s.tags, s.levels, s.state, s.time_zone, s.rules_version, s.priority, t.open
			from matcher.shift s cross join lateral (select count(*) as open from matcher.seat e where e.shift_id = s.id and e.state = 'open' and e.kind = 'regular') t
			where s.state = 'open' and s.starts_at >= $1 and s.starts_at < $2 and t.open > 0 order by s.starts_at, s.id`, from, to)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var (
				s       planShift
				tags    []string
				levels  []int32
				zone    string
				version int
			)
			if err := rows.Scan(&s.id, &s.booking, &s.merchant, &s.startsAt, &s.endsAt, &s.pay, &s.currency, &tags, &levels, &s.state, &zone, &version, &s.priority, &s.open); err != nil {
				return err
			}
			if err := s.complete(tags, levels, zone, version); err != nil {
				return err
			}
			demand = append(demand, &s)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read open demand: %w", err)
	}
	return demand, nil
}

// selectHabits counts what agents did, with the rule book's shares as so many cases more.
func selectHabits(tx *postgres.Tx, book *rules.Book) (h habits, err error) {
	var n struct{ Accepted, Answered, Came, Due float64 }
	if err = tx.Raw(`select accepted, answered, came, due from
		(select count(*) filter (where state = 'accepted') as accepted, count(*) as answered
			from matcher.offer where state in ('accepted', 'refused', 'expired') and ended_at > ?) o,
		(select count(*) filter (where checked_in_at <= starts_at + ?::interval) as came, count(*) as due
			from matcher.assignment where state in ('present', 'finished', 'missing') and starts_at > ? and starts_at <= ?) a`,
		tx.Now.Add(-book.Chance.Since), book.Attendance.NoShowAfter, tx.Now.Add(-book.Chance.Since), tx.Now.Add(-book.Attendance.NoShowAfter)).Scan(&n).Error; err != nil {
		return h, fmt.Errorf("count what agents did: %w", err)
	}
	rule := &book.Chance
	weight := float64(rule.Cases)
	h.accept = (rule.Accept*weight + n.Accepted) / (weight + n.Answered)
	h.show = (rule.Show*weight + n.Came) / (weight + n.Due)
	return h, nil
}
