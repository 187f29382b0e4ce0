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
		rows, err := conn.Query(tx.Context(), `select `+planShiftColumns+`
			from matcher.shift s cross join lateral (select count(*) as open from matcher.seat e where e.shift_id = s.id and e.state = 'open' and e.kind = 'regular') t
			where s.state = 'open' and s.starts_at >= $1 and s.starts_at < $2 and t.open > 0 order by s.starts_at, s.id`, from, to)
		if err != nil {
			return err
		}
		demand, err = scanPlanShifts(rows)
		return err
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
			from matcher.assignment where state in ('present', 'finished', 'missing') and not trial and starts_at > ? and starts_at <= ?) a`,
		tx.Now.Add(-book.Chance.Since), book.Attendance.NoShowAfter, tx.Now.Add(-book.Chance.Since), tx.Now.Add(-book.Attendance.NoShowAfter)).Scan(&n).Error; err != nil {
		return h, fmt.Errorf("count what agents did: %w", err)
	}
	rule := &book.Chance
	weight := float64(rule.Cases)
	h.accept = (rule.Accept*weight + n.Accepted) / (weight + n.Answered)
	h.show = (rule.Show*weight + n.Came) / (weight + n.Due)
	return h, nil
}
