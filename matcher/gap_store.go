package matcher

import (
	"github.com/google/uuid"

	"peakseat/internal/postgres"
)

// selectUnfilled counts the seats of a shift.
func selectUnfilled(tx *postgres.Tx, shiftID uuid.UUID) (*Gaps, error) {
	g := &Gaps{ShiftID: shiftID}
	var n struct{ Seats, Held, Offered int }
	err := tx.Raw(`select s.seats, (select count(*) from matcher.seat t where t.shift_id = s.id and t.state = 'held' and t.kind = 'regular') as held,
			(select count(*) from matcher.seat t where t.shift_id = s.id and t.state = 'offered' and t.kind = 'regular') as offered
		from matcher.shift s where s.id = ?`, shiftID).Scan(&n).Error
	g.Seats, g.Unfilled, g.Offered = n.Seats, n.Seats-n.Held, n.Offered
	return g, err
}

// countAsked counts the agents who were offered a seat of the shift, and those who refused or let it expire.
func countAsked(tx *postgres.Tx, shiftID uuid.UUID) (asked, refused int, err error) {
	var n struct{ Asked, Refused int }
	err = tx.Raw(`select count(distinct agent_id) as asked, count(distinct agent_id) filter (where state in ('refused', 'expired')) as refused
		from matcher.offer where shift_id = ?`, shiftID).Scan(&n).Error
	return n.Asked, n.Refused, err
}
