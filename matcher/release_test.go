package matcher_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/fault"
	"peakseat/matcher"
)

func TestAReleasedSeatIsOpenAgain(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shift, first, second := m.Shift(1), m.Agent(), m.Agent()
	held, err := m.service.ClaimSeat(m.as(first), shift.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.service.ClaimSeat(m.as(second), shift.ID); !errors.Is(err, matcher.ErrShiftFull) {
		t.Fatalf("a full shift answers %v", err)
	}
	if _, err := m.service.Release(m.as(second), held.ID); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("another's assignment answers %v", err)
	}
	released, err := m.service.Release(m.as(first), held.ID)
	if err != nil || released.State != "released" {
		t.Fatalf("got %+v, %v", released, err)
	}
	if _, err := m.service.Release(m.as(first), held.ID); !errors.Is(err, matcher.ErrAlreadyReleased) {
		t.Errorf("a second release answers %v", err)
	}
	if n := m.count(`select minutes from matcher.agent_day where agent_id = $1`, first); n != 0 {
		t.Errorf("%d minutes are left", n)
	}
	if _, err := m.service.ClaimSeat(m.as(second), shift.ID); err != nil {
		t.Errorf("the seat is not open: %v", err)
	}
	if n := m.count(`select count(*) from platform.fact where type = 'peakseat.matcher.seat.released.v1'`); n != 1 {
		t.Errorf("%d releases were told", n)
	}
	m.sound()
}

func TestNothingIsReleasedAfterTheStart(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shift, agent := m.Shift(1), m.Agent()
	held, err := m.service.ClaimSeat(m.as(agent), shift.ID)
	if err != nil {
		t.Fatal(err)
	}
	m.clock(shift.StartsAt)
	if _, err := m.service.Release(m.as(agent), held.ID); !errors.Is(err, matcher.ErrReleaseTooLate) {
		t.Errorf("got %v", err)
	}
}

// clock sets the rules' clock and stops it.
func (m *market) clock(now time.Time) {
	m.Helper()
	m.exec(`update platform.clock set anchor_real = $1, anchor_rules = $2, rate = 1e-9`, time.Now(), now)
}

func TestAfterTheStartTheRestOfTheShiftIsTaken(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shift, agent := m.Shift(2), m.Agent()
	now := shift.StartsAt.Add(30*time.Minute + 20*time.Second)
	m.clock(now)
	held, err := m.service.ClaimSeat(m.as(agent), shift.ID)
	if err != nil {
		t.Fatal(err)
	}
	if late := held.StartsAt.Sub(now); late < 0 || late > time.Second || !held.EndsAt.Equal(shift.EndsAt) {
		t.Errorf("it holds %v to %v", held.StartsAt, held.EndsAt)
	}
	if n := m.count(`select minutes from matcher.assignment where taken_by = 'replacement'`); n != 210 {
		t.Errorf("%d minutes", n)
	}
	m.clock(shift.EndsAt.Add(-time.Hour + time.Minute))
	if _, err := m.service.ClaimSeat(m.as(m.Agent()), shift.ID); !errors.Is(err, matcher.ErrShiftClosed) {
		t.Errorf("in its last hour it answers %v", err)
	}
	m.sound()
}

func TestAnAcceptedOfferHoldsItsSeatAndWithdrawsTheOthers(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	agent := m.Agent()
	evenings, other := m.Shift(1), m.Shift(1, ofShop(m.Shop()), at(evening(0).Add(4*time.Hour+10*time.Minute), 3*time.Hour))
	tomorrow := m.Shift(1, at(evening(1), 4*time.Hour))
	offer := m.Offer(evenings, 1, agent, time.Hour)
	m.alter(`alter table matcher.offer drop constraint agent_offered_once`) // the test wants offers that overlap
	near, far := m.Offer(other, 1, agent, time.Hour), m.Offer(tomorrow, 1, agent, time.Hour)
	if _, err := m.service.AcceptOffer(m.as(m.Agent()), offer); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("another's offer answers %v", err)
	}
	held, err := m.service.AcceptOffer(m.as(agent), offer)
	if err != nil || held.Seat != 1 || held.ShiftID != evenings.ID {
		t.Fatalf("got %+v, %v", held, err)
	}
	for id, want := range map[uuid.UUID]string{offer: "accepted", near: "withdrawn", far: "live"} {
		if n := m.count(`select count(*) from matcher.offer where id = $1 and state = $2`, id, want); n != 1 {
			t.Errorf("an offer is not %s", want)
		}
	}
	if n := m.count(`select count(*) from matcher.seat where shift_id = $1 and state = 'open'`, other.ID); n != 1 {
		t.Error("the withdrawn offer's seat is not open")
	}
	if n := m.count(`select count(*) from platform.fact where type = 'peakseat.matcher.offer.ended.v1'`); n != 2 {
		t.Errorf("%d offers ended", n)
	}
	if _, err := m.service.AcceptOffer(m.as(agent), near); !errors.Is(err, matcher.ErrOfferEnded) {
		t.Errorf("a withdrawn offer answers %v", err)
	}
	m.sound()
}

func TestAnExpiredOfferIsNotAccepted(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	agent := m.Agent()
	offer := m.Offer(m.Shift(1), 1, agent, -time.Second)
	if _, err := m.service.AcceptOffer(m.as(agent), offer); !errors.Is(err, matcher.ErrOfferExpired) {
		t.Errorf("got %v", err)
	}
}

func TestFullIsOnlySaidWhenEverySeatIsHeld(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shift, invited := m.Shift(2), m.Agent()
	m.Offer(shift, 2, invited, time.Hour)
	if _, err := m.service.ClaimSeat(m.as(m.Agent()), shift.ID); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		_, err := m.service.ClaimSeat(m.as(m.Agent()), shift.ID)
		f, _ := fault.As(err)
		if !errors.Is(err, matcher.ErrNoOpenSeat) {
			t.Fatalf("got %v", err)
		}
		if at, ok := f.Extra["retry_at"].(time.Time); !ok || time.Until(at) < 59*time.Minute || time.Until(at) > 61*time.Minute {
			t.Errorf("retry_at is %v", f.Extra["retry_at"])
		}
	}
	// the one who holds the offer need not know of it
	held, err := m.service.ClaimSeat(m.as(invited), shift.ID)
	if err != nil || held.Seat != 2 {
		t.Fatalf("the invited agent got %+v, %v", held, err)
	}
	for range 2 {
		if _, err := m.service.ClaimSeat(m.as(m.Agent()), shift.ID); !errors.Is(err, matcher.ErrShiftFull) {
			t.Errorf("got %v", err)
		}
	}
	m.sound()
}

func TestAnOfferIsAcceptedOnceHoweverManyTry(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	agent, other := m.Agent(), m.another()
	offer := m.Offer(m.Shift(3), 2, agent, time.Hour)
	errs := make([]error, 40)
	var all errgroup.Group
	for i := range errs {
		service := m.service
		if i%2 == 1 {
			service = other
		}
		all.Go(func() error {
			_, errs[i] = service.AcceptOffer(m.as(agent), offer)
			return nil
		})
	}
	_ = all.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, matcher.ErrOfferEnded):
			t.Errorf("got %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d won", won)
	}
	m.sound()
}
