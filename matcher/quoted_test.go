package matcher_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
	"peakseat/matcher"
)

// staff is a context in which a merchant's owner acts.
func (m *market) staff(merchant uuid.UUID) context.Context {
	return auth.WithActor(m.Context(), auth.Actor{AccountID: merchant, Role: auth.Owner, OrganisationID: merchant, SessionID: merchant})
}

// operator is a context in which an operator acts.
func (m *market) operator() context.Context {
	return auth.WithActor(m.Context(), auth.Actor{AccountID: operatorID(), Role: auth.Operator, SessionID: operatorID()})
}

func operatorID() uuid.UUID { return uuid.MustParse("01900000-0000-7000-8000-00000000000f") }

func (m *market) priced(ctx context.Context, booking uuid.UUID) (p matcher.PricedBooking, err error) {
	err = postgres.InTx(ctx, m.pools.App, func(tx *postgres.Tx) error { //nolint:contextcheck,nolintlint // a transaction carries its context
		p, err = m.service.BookingToPrice(tx, booking)
		return err
	})
	return p, err
}

func TestABookingIsPricedWithWhoIsFreeAndWhatCompetes(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shop, rival := m.Shop(), m.Shop()
	m.exec(`insert into matcher.booking_requirement (booking_id, merchant_id, tag, level) values ($1, $2, 'function/presale', 2)`, shop.Booking, shop.Merchant)
	first := m.Shift(3, ofShop(shop), requires("function/presale", 2))
	m.Shift(3, ofShop(shop), requires("function/presale", 2), at(evening(1), 4*time.Hour))

	m.Agents(5, holding("function/presale", 3))
	m.Agents(2, holding("function/presale", 1))
	busy := m.Agent(holding("function/presale", 4))
	elsewhere := m.Shift(4, ofShop(rival), requires("function/presale", 1), at(evening(1).Add(time.Hour), 2*time.Hour))
	m.Shift(7, ofShop(rival), requires("function/aftersale", 1), at(evening(1), 4*time.Hour)) // another trade
	m.Shift(9, ofShop(rival), requires("function/presale", 1), at(evening(3), 4*time.Hour))   // another day
	if _, err := m.service.ClaimSeat(m.as(busy), elsewhere.ID); err != nil {
		t.Fatal(err)
	}

	p, err := m.priced(m.staff(shop.Merchant), shop.Booking)
	if err != nil {
		t.Fatal(err)
	}
	if *p.EligibleFree != 5 || *p.CompetingSeats != 3 {
		t.Errorf("%d free and %d competing, want 5 and 3", *p.EligibleFree, *p.CompetingSeats)
	}
	if p.ID != shop.Booking || p.MerchantID != shop.Merchant || p.State != "confirmed" || p.CampaignMultiplier != 10_000 || p.Zone.String() != "Asia/Shanghai" ||
		len(p.Requirements) != 1 || p.Requirements[0] != (matcher.PricedRequirement{Tag: "function/presale", Level: 2}) {
		t.Errorf("got %+v", p)
	}
	if len(p.Shifts) != 2 || p.Shifts[0].ID != first.ID || p.Shifts[0].Seats != 3 || !p.Shifts[0].StartsAt.Equal(first.StartsAt) {
		t.Errorf("got the shifts %+v", p.Shifts)
	}
	if _, err := m.priced(m.staff(rival.Merchant), shop.Booking); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("a foreign booking answered %v", err)
	}
	if _, err := m.priced(m.staff(shop.Merchant), newID()); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("an absent booking answered %v", err)
	}
}
