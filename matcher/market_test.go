package matcher_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/natstest"
	"peakseat/matcher"
)

// trade runs what the role matcher runs for offers, and tells how to end it.
func (m *market) trade(nc *nats.Conn, service *matcher.Service) (end func()) {
	m.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(m.Context()))
	var running errgroup.Group
	running.Go(func() error { return service.FollowMarket(ctx, nc) })
	running.Go(func() error { return service.RunOffers(ctx) })
	ended := false
	end = func() {
		if ended {
			return
		}
		ended = true
		stop()
		if err := running.Wait(); err != nil {
			m.Error(err)
		}
	}
	m.Cleanup(end)
	return end
}

// picture keeps the service's picture of the market until the test ends.
func (m *market) picture(nc *nats.Conn, service *matcher.Service) {
	m.Helper()
	m.start(func(ctx context.Context) error { return service.FollowMarket(ctx, nc) })
}

func (m *market) claim(agent uuid.UUID, shift shiftRow) uuid.UUID {
	m.Helper()
	held, err := m.service.ClaimSeat(m.as(agent), shift.ID)
	if err != nil {
		m.Fatal(err)
	}
	return held.ID
}

func (m *market) release(agent, assignment uuid.UUID) {
	m.Helper()
	if _, err := m.service.Release(m.as(agent), assignment); err != nil {
		m.Fatal(err)
	}
}

func (m *market) liveOffers(shift shiftRow) int {
	m.Helper()
	return m.count(`select count(*) from matcher.offer where shift_id = $1 and state = 'live'`, shift.ID)
}

// A process dies with its picture; the next reads the database and goes on, with the seat that was freed meanwhile.
func TestAFreedSeatIsOfferedAtOnceAndByTheNextProcessAfterOneIsLost(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	nc := natstest.Start(m)
	m.relay(nc)
	shift := m.Shift(2)
	first, second := m.Rated(500), m.Rated(490)
	third, fourth := m.Rated(480), m.Rated(470)
	heldFirst, heldSecond := m.claim(first, shift), m.claim(second, shift)

	end := m.trade(nc, m.service)
	m.release(first, heldFirst)
	m.until("the seat is offered", func() bool { return m.liveOffers(shift) == 1 })
	m.offerTo(third, shift)

	end()
	m.release(second, heldSecond)
	if n := m.liveOffers(shift); n != 1 {
		t.Fatalf("%d offers, though nobody offers", n)
	}
	m.trade(nc, m.another())
	m.until("the other seat is offered", func() bool { return m.liveOffers(shift) == 2 })
	m.offerTo(fourth, shift)
	m.sound()
}

// The picture follows: who came, who learned, and who has no time any more.
func TestThePictureOfTheMarketFollowsTheDatabase(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	nc := natstest.Start(m)
	m.relay(nc)
	shift, beside := m.Shift(1, requires("function/presale", 2)), m.Shift(1)
	holder := m.Rated(500, holding("function/presale", 3))
	held := m.claim(holder, shift)
	m.trade(nc, m.service)
	m.release(holder, held)
	m.until("nobody could be asked", func() bool { return m.count(`select count(*) from matcher.refill`) == 0 })

	learner := m.Rated(400, holding("function/presale", 1)) // no fact tells of these
	busy := m.Rated(490, holding("function/presale", 2))
	m.claim(busy, beside)
	m.exec(`update matcher.agent_tag set level = 2 where agent_id = $1`, learner)
	m.until("the picture has followed", func() bool {
		m.exec(`insert into matcher.refill (shift_id, seat_no, wanted_at) values ($1, 1, $2) on conflict do nothing`, shift.ID, time.Now().Add(-time.Second))
		return m.liveOffers(shift) == 1
	})
	m.offerTo(learner, shift)
	m.sound()
}

// Many processes see the same freed seats: each is offered once, and by one of them.
func TestOfManyProcessesOneOffersAFreedSeat(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shop := m.Shop()
	var shifts []shiftRow
	for i := range 4 {
		shifts = append(shifts, m.Shift(5, ofShop(shop), at(evening(i), 4*time.Hour)))
	}
	holders := m.Agents(5)
	m.Agents(30)
	services := []*matcher.Service{m.service, m.another(), m.another(), m.another()}
	for range 3 {
		for _, shift := range shifts {
			for _, agent := range holders {
				held, err := m.service.ClaimSeat(m.as(agent), shift.ID)
				if err != nil {
					continue // offered to somebody by now
				}
				m.release(agent, held.ID)
			}
		}
		waiting := m.count(`select count(*) from matcher.refill`)
		before := m.count(`select count(*) from matcher.offer`)
		var all errgroup.Group
		for _, service := range append(services, services...) {
			all.Go(func() error { return service.OfferSeats(t.Context()) })
		}
		if err := all.Wait(); err != nil {
			t.Fatal(err)
		}
		if made := m.count(`select count(*) from matcher.offer`) - before; made != waiting {
			t.Errorf("%d offers of %d freed seats", made, waiting)
		}
		if left := m.count(`select count(*) from matcher.refill`); left != 0 {
			t.Errorf("%d seats still wait", left)
		}
	}
	m.sound()
}
