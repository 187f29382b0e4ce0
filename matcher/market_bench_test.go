package matcher_test

import (
	"fmt"
	"testing"
	"time"

	"peakseat/internal/natstest"
)

// One seat freed and offered again, with 60,000 agents and a picture of the market: from the commit that frees it to the
// commit of the offer, without the API and without waking anybody.
func BenchmarkRepair(b *testing.B) {
	m := openMarket(b)
	m.populace(60_000)
	nc := natstest.Start(b)
	m.relay(nc)
	var shifts []shiftRow
	for i := range 50 {
		shifts = append(shifts, m.Shift(100, requires(fmt.Sprintf("function/%d", i%3), 1), requires(fmt.Sprintf("industry/%d", i%5), 1),
			at(evening(i%14).Add(time.Duration(i%4)*time.Hour), 4*time.Hour)))
	}
	m.picture(nc, m.service)
	free := func(n int) {
		id := newID()
		shift := shifts[n%len(shifts)]
		seat := 1 + n/len(shifts)%100
		m.exec(`update matcher.seat set state = 'held', assignment_id = $3 where shift_id = $1 and seat_no = $2 and state = 'open'`, shift.ID, seat, id)
		m.exec(`update matcher.seat set state = 'open', assignment_id = null where shift_id = $1 and seat_no = $2 and assignment_id = $3`, shift.ID, seat, id)
	}
	free(0)
	if err := m.service.OfferSeats(b.Context()); err != nil { // the picture is there
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		b.StopTimer()
		n++
		free(n)
		b.StartTimer()
		if err := m.service.OfferSeats(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	if made := m.count(`select count(*) from matcher.offer`); made < min(n, 4000) {
		b.Errorf("%d offers of %d freed seats", made, n)
	}
}

// One turn of the round that goes through all agents: a hundred of 18,000, of whom a third works on one of the days ahead, and
// worked on twenty before.
func BenchmarkMarketTurn(b *testing.B) {
	m := openMarket(b)
	m.populace(18_000)
	m.exec(`insert into matcher.agent_day (agent_id, work_day, minutes, cap)
		select a.agent_id, ($1::timestamptz)::date + case when n = 0 then 7 else -n end, 240, 600
		from matcher.agent a cross join generate_series(0, 20) n where hashtext(a.agent_id::text) % 3 = 0`, time.Now())
	m.exec(`insert into matcher.agent_week (agent_id, week, minutes, cap)
		select agent_id, date_trunc('week', work_day)::date, sum(minutes), 2880 from matcher.agent_day group by 1, 2`)
	m.analyze()
	for b.Loop() {
		if err := m.service.MarketTurn(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
