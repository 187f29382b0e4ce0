package matcher_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/fault"
	"peakseat/internal/web"
	"peakseat/matcher"
)

func TestAClaimHoldsASeat(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shift, agent := m.Shift(2, requires("function/presale", 2)), m.Agent(holding("function/presale", 3))
	got, err := m.service.ClaimSeat(m.as(agent), shift.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.ShiftID != shift.ID || got.Seat != 1 || got.State != "held" || !got.StartsAt.Equal(shift.StartsAt) || !got.EndsAt.Equal(shift.EndsAt) {
		t.Errorf("got %+v", got)
	}
	if n := m.count(`select minutes from matcher.agent_day where agent_id = $1`, agent); n != 240 {
		t.Errorf("the day has %d minutes", n)
	}
	if n := m.count(`select count(*) from platform.fact f join platform.outbox o on o.fact_id = f.id where f.type = 'peakseat.matcher.seat.taken.v1' and f.aggregate = $1`, shift.ID); n != 1 {
		t.Errorf("%d facts are queued", n)
	}
	m.sound()
}

func TestFiveHundredClaimOneSeatAndOneWins(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shift, agents := m.Shift(1), m.Agents(500)
	other := m.another()
	var all errgroup.Group
	errs := make([]error, len(agents))
	for i, agent := range agents {
		service := m.service
		if i%2 == 1 {
			service = other
		}
		all.Go(func() error {
			_, errs[i] = service.ClaimSeat(m.as(agent), shift.ID)
			return nil
		})
	}
	_ = all.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, matcher.ErrShiftFull):
			t.Errorf("a loser was told %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d won", won)
	}
	m.sound()
}

func TestARepeatedKeyAnswersTheSameBytes(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shift, agent := m.Shift(3), m.Agent()
	ctx := keyed(m.as(agent), "once", "body")
	first, err := m.service.ClaimSeat(ctx, shift.ID)
	if err != nil {
		t.Fatal(err)
	}
	want, err := web.Encode(first)
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.service.ClaimSeat(ctx, shift.ID)
	var again *web.Replayed
	if !errors.As(err, &again) || again.Status != 201 || string(again.Body) != string(want) {
		t.Errorf("the repeat answered %v, want 201 %s", err, want)
	}
	if _, err := m.service.ClaimSeat(keyed(m.as(agent), "once", "another body"), shift.ID); !errors.Is(err, web.ErrKeyReused) {
		t.Errorf("another body answered %v", err)
	}
	m.sound()
}

func TestARefusalStoresNothing(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shift, agent := m.Shift(1, requires("function/presale", 2)), m.Agent(holding("function/presale", 1))
	ctx := keyed(m.as(agent), "k", "b")
	_, err := m.service.ClaimSeat(ctx, shift.ID)
	f, _ := fault.As(err)
	if !errors.Is(err, matcher.ErrNotEligible) || len(f.Extra["rules"].([]matcher.RuleView)) != 1 {
		t.Fatalf("got %v", err)
	}
	if n := m.count(`select count(*) from platform.idempotency`); n != 0 {
		t.Errorf("%d replies kept", n)
	}
	m.exec(`update matcher.agent_tag set level = 2`)
	if _, err := m.service.ClaimSeat(ctx, shift.ID); err != nil {
		t.Errorf("after the level rose: %v", err)
	}
	m.sound()
}

func TestOneAgentNeverHoldsTwoOverlappingShifts(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	agent := m.Agent()
	// four merchants, 20:00 to 03:00 across midnight, each an hour later
	shifts := make([]uuid.UUID, 4)
	for i := range shifts {
		shifts[i] = m.Shift(5, ofShop(m.Shop()), at(evening(0).Add(time.Duration(2+i)*time.Hour), 7*time.Hour)).ID
	}
	other := m.another()
	won := 0
	errs := make([]error, 32)
	var all errgroup.Group
	for i := range errs {
		service := m.service
		if i%2 == 1 {
			service = other
		}
		all.Go(func() error {
			_, errs[i] = service.ClaimSeat(m.as(agent), shifts[i%4])
			return nil
		})
	}
	_ = all.Wait()
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, matcher.ErrTimeOverlap):
			t.Errorf("got %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d won", won)
	}
	m.sound()
}

func TestABlockedPairMeetsA404(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shift, agent := m.Shift(1), m.Agent()
	m.exec(`insert into matcher.block (merchant_id, agent_id, by, created_at) values ($1, $2, 'merchant', $3)`, shift.Shop.Merchant, agent, time.Now())
	for range 2 { // open, and then sold out
		if _, err := m.service.ClaimSeat(m.as(agent), shift.ID); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("the claim answered %v", err)
		}
		if _, err := m.service.ShiftEligibility(m.as(agent), shift.ID); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("the question answered %v", err)
		}
		if list, err := m.service.Hall(m.as(agent), matcher.HallFilter{Limit: 10, Ineligible: true}); err != nil || len(list) != 0 {
			t.Errorf("the hall shows %v, %v", list, err)
		}
		for range 2 {
			_, _ = m.service.ClaimSeat(m.as(m.Agent()), shift.ID)
		}
	}
	if _, err := m.service.ClaimSeat(m.as(agent), newID()); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("an absent shift answered %v", err)
	}
}

func TestAnAgentWithoutARowIsMadeOnFirstUse(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	if _, err := m.service.ClaimSeat(m.as(newID()), m.Shift(1).ID); err != nil {
		t.Error(err)
	}
	m.sound()
}
