package matcher_test

import (
	"errors"
	"testing"
	"time"

	"peakseat/matcher"
)

// A plan gives a shop's seats to those who passed its quiz, however good the others are; and offers that a new version makes
// void are withdrawn when it comes into force, once.
func TestAPlanAsksForTheQuizOfAPack(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	m.work()
	shop, other := m.Shop(), m.Shop()
	m.packs(shop, time.Now())
	asked, free := m.Shift(2, ofShop(shop)), m.Shift(1, ofShop(other), at(evening(1), 4*time.Hour))
	passed, ahead := m.Rated(310), m.Rated(300)
	m.pass(passed, shop, 3)
	m.pass(ahead, shop, 4)
	before, stranger := m.Rated(500), m.Rated(490)
	m.pass(before, shop, 1)
	m.pass(stranger, other, 3)
	from, to := evening(0).Add(-time.Hour), evening(2)
	p := m.ask(matcher.PlanRequest{From: &from, To: &to})
	if *p.Filled != 3 {
		t.Errorf("%d seats filled, want 3", *p.Filled)
	}
	m.offerTo(passed, asked)
	kept := m.offerTo(ahead, asked)
	m.offerTo(before, free)

	m.moveTo(time.Now().Add(90 * time.Minute)) // version 4 is in force
	for range 2 {
		if err := m.service.SweepPacks(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := m.count(`select count(*) from matcher.offer where state = 'withdrawn'`); n != 1 {
		t.Errorf("%d offers withdrawn, want that to who passed version 3", n)
	}
	if m.offerTo(ahead, asked).ID != kept.ID {
		t.Error("who passed version 4 lost the offer")
	}
	if _, err := m.service.ClaimSeat(m.as(passed), asked.ID); !errors.Is(err, matcher.ErrNotEligible) {
		t.Errorf("with version 3 a claim answers %v", err)
	}
	m.sound()
}
