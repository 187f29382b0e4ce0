package matcher_test

import (
	"errors"
	"testing"
	"time"

	"peakseat/internal/fault"
	"peakseat/matcher"
)

func TestGapsSayHowManyAreLostAtEachRule(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shop := m.Shop()
	shift := m.Shift(9, ofShop(shop), requires("function/presale", 2))
	able := holding("function/presale", 2)
	fit := m.Agents(8, able)
	m.Agents(6, holding("function/presale", 1))
	m.Agents(5, able, func(a *agentRow) { a.LeastPay = 9000 })
	m.Agents(2, able, func(a *agentRow) { a.Longest = 60 })
	for _, agent := range m.Agents(3, able) {
		m.exec(`insert into matcher.block (merchant_id, agent_id, by, created_at) values ($1, $2, 'agent', $3)`, shop.Merchant, agent, time.Now())
	}
	m.Offer(shift, 1, fit[0], time.Hour)
	m.refuse(fit[0], shift)
	m.Offer(shift, 1, fit[1], time.Hour)
	if _, err := m.service.ClaimSeat(m.as(fit[2]), shift.ID); err != nil {
		t.Fatal(err)
	}

	all, err := m.service.Gaps(m.operator(), shift.ID)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"account_active": 3, "tag": 6, "longest_shift": 2, "overlap": 1, "least_pay": 5, "availability": 0}
	for rule, n := range want {
		if got := lostAt(all, rule); got == nil || *got != n {
			t.Errorf("%s loses %v, want %d", rule, got, n)
		}
	}
	if all.Seats != 9 || all.Unfilled != 8 || all.Offered != 1 || *all.Agents != 24 || *all.Eligible != 7 || *all.Asked != 2 || *all.Refused != 1 || all.Other != nil {
		t.Errorf("got %+v", all)
	}

	seen, err := m.service.Gaps(m.staff(shop.Merchant), shift.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range []string{"account_active", "longest_shift", "overlap", "availability"} {
		if n := lostAt(seen, rule); n != nil {
			t.Errorf("a merchant sees %d lost at %s", *n, rule)
		}
	}
	if *lostAt(seen, "tag") != 6 || *lostAt(seen, "least_pay") != 5 || *seen.Eligible != 7 || *seen.Other != 6 || *seen.Agents != 24 || seen.Asked != nil || seen.Refused != nil {
		t.Errorf("a merchant sees %+v", seen)
	}
	if _, err := m.service.Gaps(m.staff(m.Shop().Merchant), shift.ID); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("a foreign shift answered %v", err)
	}
}

// What is hidden cannot be computed from what is shown.
func TestGapsHideSumsToo(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shop := m.Shop()
	shift := m.Shift(1, ofShop(shop), requires("function/presale", 2))
	m.Agents(9, holding("function/presale", 2))
	m.Agents(6)
	blocked := m.Agent(holding("function/presale", 2))
	m.exec(`insert into matcher.block (merchant_id, agent_id, by, created_at) values ($1, $2, 'agent', $3)`, shop.Merchant, blocked, time.Now())
	seen, err := m.service.Gaps(m.staff(shop.Merchant), shift.ID)
	if err != nil {
		t.Fatal(err)
	}
	if lostAt(seen, "account_active") != nil || lostAt(seen, "tag") != nil || *seen.Other != 7 || *seen.Eligible != 9 {
		t.Errorf("got %+v, tag %v: the one who blocked is 16 - 9 - 6", seen, lostAt(seen, "tag"))
	}
}

func lostAt(g *matcher.Gaps, rule string) *int {
	for _, r := range g.Rules {
		if r.Rule == rule {
			return r.Lost
		}
	}
	return nil
}
