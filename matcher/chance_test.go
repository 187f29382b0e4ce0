package matcher_test

import (
	"math"
	"testing"
	"time"

	"peakseat/internal/natstest"
	"peakseat/matcher"
)

// quoted is a market with a draft booking, and its picture of the market kept.
func (m *market) draft(seats int, with ...func(*shiftRow)) shopRow {
	m.Helper()
	shop := m.Shop()
	m.exec(`update matcher.booking set state = 'draft', quote_id = null, confirmed_at = null where id = $1`, shop.Booking)
	m.exec(`insert into matcher.booking_requirement (booking_id, merchant_id, tag, level) values ($1, $2, 'function/presale', 2)`, shop.Booking, shop.Merchant)
	m.Shift(seats, append([]func(*shiftRow){ofShop(shop), requires("function/presale", 2), func(s *shiftRow) { s.State = "draft" }}, with...)...)
	return shop
}

// chance is the booking's, as soon as it is known.
func (m *market) chance(shop shopRow) float64 {
	m.Helper()
	var p matcher.PricedBooking
	m.until("the fill chance is known", func() (known bool) {
		var err error
		if p, err = m.priced(m.staff(shop.Merchant), shop.Booking); err != nil {
			m.Fatal(err)
		}
		if !p.ChancePending && (p.FillChance == nil || p.Shifts[0].FillChance == nil) {
			m.Fatal("the fill chance is not known")
		}
		return !p.ChancePending
	})
	return *p.FillChance
}

func TestTheFillChanceGrowsWithWhoIsFreeAndFallsWithWhatCompetes(t *testing.T) {
	t.Parallel()
	able := holding("function/presale", 2)
	with := func(agents, rivals int) float64 {
		m := openMarket(t)
		m.Agents(agents, able)
		m.Agents(20, holding("function/presale", 1)) // not able
		if rivals > 0 {
			m.Shift(rivals, ofShop(m.Shop()), requires("function/presale", 2), at(evening(0).Add(time.Hour), 4*time.Hour))
			m.Shift(rivals, ofShop(m.Shop()), requires("function/presale", 2), at(evening(2), 4*time.Hour)) // another day
		}
		m.trade(natstest.Start(m), m.service)
		shop := m.draft(10)
		chance := m.chance(shop)
		if again := m.chance(shop); again != chance {
			t.Errorf("the same state has the chances %v and %v", chance, again)
		}
		return chance
	}
	// nobody; five who each take a seat with 0.8; more than enough, who come with 0.95
	none, five, many, contested, lost := with(0, 0), with(5, 0), with(60, 0), with(12, 10), with(10, 100)
	if none != 0 || math.Abs(five-0.95*5*0.8/10) > 1e-3 || math.Abs(many-0.95) > 1e-3 {
		t.Errorf("the chances with nobody, five and many are %v, %v and %v", none, five, many)
	}
	// twelve for twenty seats: all of them or the two left, so seven; ten for 110: five
	if math.Abs(contested-0.95*7*0.8/10) > 1e-3 || math.Abs(lost-0.95*5*0.8/10) > 1e-3 {
		t.Errorf("the chances beside as much and ten times as much demand are %v and %v", contested, lost)
	}
}

func TestTheFillChanceCountsWhatAgentsDidAndKnowsWhoIsBarred(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	agents := m.Agents(40, holding("function/presale", 2))
	shop := m.draft(2)
	past := m.Shift(200, ofShop(m.Shop()), at(time.Now().Add(-5*24*time.Hour), time.Hour))
	for i := range 200 {
		from := past.StartsAt.Add(-time.Duration(i/20) * 24 * time.Hour)
		m.exec(`insert into matcher.assignment (id, shift_id, seat_no, booking_id, merchant_id, agent_id, starts_at, ends_at, zone, work_day, week, minutes, pay_per_hour, currency, rules_version, taken_by, taken_at, near, far, state)
			select $1, $2, $3, $4, $5, $6, $7::timestamptz, $7::timestamptz + interval '1 hour', 'UTC', d, date_trunc('week', d::timestamp)::date, 60, 3000, 'CNY', 1, 'claim', $7,
			tstzrange($7, $7::timestamptz + interval '75 minutes'), tstzrange($7, $7::timestamptz + interval '9 hours'), 'missing' from (select ($7::timestamptz at time zone 'UTC')::date as d) d`,
			newID(), past.ID, i+1, past.Shop.Booking, past.Shop.Merchant, agents[i%20], from)
	}
	m.trade(natstest.Start(m), m.service)
	// 190 of 200 by the rule book, and 0 of 200 seen
	if chance := m.chance(shop); math.Abs(chance-0.475) > 1e-3 {
		t.Errorf("the chance is %v, where half of all do not come", chance)
	}
	barred := m.draft(2)
	for _, agent := range agents {
		m.exec(`insert into matcher.block (merchant_id, agent_id, by, created_at) values ($1, $2, 'agent', $3)`, barred.Merchant, agent, time.Now())
	}
	if chance := m.chance(barred); chance != 0 {
		t.Errorf("the chance is %v, where everybody blocked the merchant", chance)
	}
}

func TestWithoutAPictureTheFillChanceIsUnknown(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shop := m.draft(1)
	p, err := m.priced(m.staff(shop.Merchant), shop.Booking)
	if err != nil || p.FillChance != nil || p.ChancePending {
		t.Errorf("got %v, %t, %v", p.FillChance, p.ChancePending, err)
	}
}

// A price waits for no picture of the market and for nobody else's chance, and has its own a moment later. Whatever goes
// wrong with the chance, the price is told.
func TestAQuoteDoesNotWaitForItsFillChance(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	m.Agents(60, holding("function/presale", 2))
	m.trade(natstest.Start(m), m.service)
	shop := m.draft(10)
	m.until("the picture of the market is asked for", func() bool {
		p, err := m.priced(m.staff(shop.Merchant), shop.Booking)
		if err != nil || p.EligibleFree == nil || *p.EligibleFree != 60 {
			m.Fatal(p.EligibleFree, err)
		}
		return p.ChancePending // before it, nobody follows the market yet
	})
	want := m.chance(shop)

	leave := m.service.HoldForecast()
	if p, err := m.priced(m.staff(shop.Merchant), shop.Booking); err != nil || p.FillChance != nil || !p.ChancePending || *p.EligibleFree != 60 {
		t.Errorf("beside somebody else's the quote is %+v, %v", p, err)
	}
	leave()
	m.service.BreakForecast()
	if p, err := m.priced(m.staff(shop.Merchant), shop.Booking); err != nil || p.FillChance != nil || p.ChancePending || *p.EligibleFree != 60 {
		t.Errorf("with a chance that fails the quote is %+v, %v", p, err)
	}
	if chance := m.chance(shop); chance != want {
		t.Errorf("the chance is %v, and %v after a failure", want, chance)
	}
}
