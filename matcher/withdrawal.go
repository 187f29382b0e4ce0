package matcher

import (
	"fmt"

	"github.com/google/uuid"

	"peakseat/internal/fact"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// endedAssignment is what the world is told of an assignment that ended before its end.
type endedAssignment struct {
	ID, ShiftID, BookingID, MerchantID, AgentID uuid.UUID
	SeatNo                                      int
}

// endAssignments ends live assignments before their end: their seats open again and their hours no
// longer count. The locks of their shifts and agents are held.
func endAssignments(tx *postgres.Tx, ids []uuid.UUID, state string) (ended []endedAssignment, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list := postgres.ArrayOf(ids)
	if err := tx.Raw(`update matcher.assignment set state = ?, ended_at = ? where id = any (?::uuid[]) and live
		returning id, shift_id, booking_id, merchant_id, agent_id, seat_no`, state, tx.Now, list).Scan(&ended).Error; err != nil {
		return nil, err
	}
	if err := tx.Exec(`update matcher.seat set state = 'open', assignment_id = null where assignment_id = any (?::uuid[])`, list).Error; err != nil {
		return nil, err
	}
	return ended, countMinutes(tx, ids, -1)
}

// countMinutes adds (sign 1) or takes away (-1) the assignments' minutes in their agents' days and weeks.
func countMinutes(tx *postgres.Tx, assignments []uuid.UUID, sign int) error {
	for _, counter := range []struct{ table, column string }{{"agent_day", "work_day"}, {"agent_week", "week"}} {
		if err := tx.Exec(fmt.Sprintf(`update matcher.%[1]s c set minutes = c.minutes + ? * a.minutes
			from (select agent_id, %[2]s, sum(minutes)::int as minutes from matcher.assignment where id = any (?::uuid[]) group by agent_id, %[2]s) a
			where c.agent_id = a.agent_id and c.%[2]s = a.%[2]s`, counter.table, counter.column), sign, postgres.ArrayOf(assignments)).Error; err != nil {
			return err
		}
	}
	return nil
}

// withdrawAssignments takes seats away from their agents; by is who did it.
func withdrawAssignments(tx *postgres.Tx, ids []uuid.UUID, by string) error {
	ended, err := endAssignments(tx, ids, "withdrawn")
	if err != nil {
		return err
	}
	facts := make([]fact.Fact, len(ended))
	for i, a := range ended {
		facts[i] = fact.SeatReleased{
			AssignmentID: a.ID.String(), ShiftID: a.ShiftID.String(), BookingID: a.BookingID.String(),
			MerchantID: a.MerchantID.String(), AgentID: a.AgentID.String(), Seat: a.SeatNo, By: by,
		}
	}
	return outbox.Append(tx, facts...)
}

// withdrawOffers ends live offers; their seats open again. The locks of their shifts are held.
func withdrawOffers(tx *postgres.Tx, ids []uuid.UUID) error {
	return endOffers(tx, ids, "withdrawn")
}

// endOffers ends live offers in a state other than accepted.
func endOffers(tx *postgres.Tx, ids []uuid.UUID, state string) error {
	if len(ids) == 0 {
		return nil
	}
	list := postgres.ArrayOf(ids)
	var ended []struct{ ID, ShiftID, AgentID uuid.UUID }
	if err := tx.Raw(`update matcher.offer set state = ?, ended_at = ? where id = any (?::uuid[]) and state = 'live' returning id, shift_id, agent_id`,
		state, tx.Now, list).Scan(&ended).Error; err != nil {
		return err
	}
	if err := tx.Exec(`update matcher.seat set state = 'open', offer_id = null where offer_id = any (?::uuid[]) and state = 'offered'`, list).Error; err != nil {
		return err
	}
	facts := make([]fact.Fact, len(ended))
	for i, o := range ended {
		facts[i] = fact.OfferEnded{OfferID: o.ID.String(), ShiftID: o.ShiftID.String(), AgentID: o.AgentID.String(), State: state}
	}
	return outbox.Append(tx, facts...)
}
