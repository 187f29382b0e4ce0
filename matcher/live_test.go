package matcher_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"peakseat/internal/fault"
	"peakseat/internal/natstest"
	"peakseat/matcher"
)

// event is one of a live board.
type event struct {
	id string
	matcher.Live
}

// board opens a live board, which closes with the test.
func (m *market) board(ctx context.Context, shop shopRow, last string) <-chan event {
	m.Helper()
	run, err := m.service.Watch(ctx, shop.Booking, last)
	if err != nil {
		m.Fatal(err)
	}
	ctx, stop := context.WithCancel(ctx)
	events := make(chan event, 1000)
	var g errgroup.Group
	g.Go(func() error {
		return run(ctx, func(id string, l *matcher.Live) error {
			events <- event{id, *l}
			return nil
		})
	})
	m.Cleanup(func() {
		stop()
		if err := g.Wait(); !errors.Is(err, context.Canceled) {
			m.Error(err)
		}
	})
	return events
}

// live runs what wakes boards.
func (m *market) live() {
	m.Helper()
	nc := natstest.Start(m)
	m.relay(nc)
	m.start(func(ctx context.Context) error { return m.service.WatchFacts(ctx, nc) })
}

func TestALiveBoardShowsWhatHappensAsItHappens(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	m.live()
	shop := m.Shop()
	shift := m.Shift(30, ofShop(shop))
	m.Shift(5, ofShop(shop), at(evening(10), time.Hour)) // too far ahead to be listed
	other := m.Shift(1)
	agents := m.Agents(25)
	m.moveTo(evening(0).Add(-time.Hour))

	events := m.board(m.staff(shop.Merchant), shop, "")
	first := <-events
	if first.Seats != 35 || first.Open != 35 || first.Filled != 0 || len(first.Shifts) != 1 || first.Shifts[0].Seats != 30 || first.At.IsZero() {
		t.Errorf("at first %+v", first)
	}
	began := time.Now()
	if _, err := m.service.ClaimSeat(m.as(m.Agent()), other.ID); err != nil {
		t.Fatal(err)
	}
	for _, agent := range agents {
		if _, err := m.service.ClaimSeat(m.as(agent), shift.ID); err != nil {
			t.Fatal(err)
		}
	}
	n, last := 0, first
	for last.Filled < 25 {
		last = <-events
		n++
	}
	if last.Open != 10 || last.Shifts[0].Filled != 25 {
		t.Errorf("after the claims %+v", last)
	}
	if most := int(time.Since(began)/(250*time.Millisecond)) + 2; n > most {
		t.Errorf("%d events in %v, want at most %d", n, time.Since(began), most)
	}

	// who comes back with the last event is told nothing until something happens
	again := m.board(m.staff(shop.Merchant), shop, last.id)
	m.Offer(shift, 30, m.Agent(), time.Hour)
	if _, err := m.service.ClaimSeat(m.as(m.Agent()), shift.ID); err != nil {
		t.Fatal(err)
	}
	if e := <-again; e.Filled != 26 || e.Offered != 1 || e.Open != 8 {
		t.Errorf("the board that came back shows %+v", e)
	}
	if _, err := m.service.Watch(m.staff(other.Shop.Merchant), shop.Booking, ""); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("a foreign board answered %v", err)
	}
}

func TestALiveBoardCountsWhoIsThere(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shop := m.Shop()
	shift := m.Shift(4, ofShop(shop))
	for i, agent := range m.Agents(4) {
		held, err := m.service.ClaimSeat(m.as(agent), shift.ID)
		if err != nil {
			t.Fatal(err)
		}
		if i < 2 {
			m.moveTo(evening(0).Add(-10 * time.Minute))
			if _, err := m.service.CheckIn(m.as(agent), held.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		after time.Duration
		want  matcher.LiveSeats
	}{
		{-time.Minute, matcher.LiveSeats{Seats: 4, Filled: 4, Present: 2}},
		{time.Minute, matcher.LiveSeats{Seats: 4, Filled: 4, Present: 2, Late: 2}},
		{10 * time.Minute, matcher.LiveSeats{Seats: 4, Filled: 2, Present: 2, Missing: 2, Open: 2}},
	} {
		m.moveTo(evening(0).Add(c.after))
		m.sweep()
		l, err := m.service.Live(m.staff(shop.Merchant), shop.Booking)
		if err != nil {
			t.Fatal(err)
		}
		if l.LiveSeats != c.want || l.Shifts[0].LiveSeats != c.want {
			t.Errorf("%v after the start %+v, want %+v", c.after, l.LiveSeats, c.want)
		}
	}
	if _, err := m.service.ClaimSeat(m.as(m.Agent()), shift.ID); err != nil {
		t.Fatal(err)
	}
	l, err := m.service.Live(m.operator(), shop.Booking)
	if want := (matcher.LiveSeats{Seats: 4, Filled: 3, Present: 2, Missing: 1, Open: 1}); err != nil || l.Missing != want.Missing || l.Filled != want.Filled {
		t.Errorf("after one was taken over %+v, %v, want %+v", l.LiveSeats, err, want)
	}
}
