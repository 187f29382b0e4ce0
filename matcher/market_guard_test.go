package matcher_test

import "testing"

// Whoever frees a seat, the database notes it in the same transaction.
func TestTheDatabaseNotesWhatIsFreed(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shift := m.Shift(3)
	m.exec(`insert into matcher.seat (shift_id, seat_no, merchant_id, kind) values ($1, 9, $2, 'trial')`, shift.ID, shift.Shop.Merchant)
	m.alter(`alter table matcher.seat disable trigger in_its_seat`)
	free := func(seat int) {
		m.exec(`update matcher.seat set state = 'held', assignment_id = $3 where shift_id = $1 and seat_no = $2`, shift.ID, seat, newID())
		m.exec(`update matcher.seat set state = 'open', assignment_id = null where shift_id = $1 and seat_no = $2`, shift.ID, seat)
	}
	free(1)
	free(1)
	free(9) // a trial seat is not the engine's
	m.exec(`update matcher.booking set seeded = true`)
	free(2)
	m.exec(`update matcher.booking set seeded = false`)
	m.exec(`update matcher.shift set state = 'ended'`)
	free(3)
	if n := m.count(`select count(*) from matcher.refill`); n != 1 {
		t.Errorf("%d seats are noted, want seat 1 only", n)
	}
	if n := m.count(`select seat_no from matcher.refill`); n != 1 {
		t.Errorf("seat %d is noted", n)
	}
}
