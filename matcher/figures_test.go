package matcher_test

import (
	"slices"
	"testing"
	"time"

	"peakseat/matcher"
)

// What strangers and operators are told of the market is what its seats say, and a fresh count does not ask the database again.
func TestTheMarketInFigures(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	able, newcomer := m.Agent(holding("function/presale", 2)), m.Agent(holding("function/presale", 1))
	shift := m.Shift(3, at(evening(1), 4*time.Hour), requires("function/presale", 2))
	m.Shift(5, func(s *shiftRow) { s.State = "draft" })
	if _, err := m.service.ClaimSeat(m.as(able), shift.ID); err != nil {
		t.Fatal(err)
	}
	figures, err := m.service.Figures(m.as(newcomer))
	if err != nil {
		t.Fatal(err)
	}
	if figures.CertifiedCount != 2 || figures.OnSeat != 0 || figures.Attendance != nil {
		t.Errorf("figures %+v, want two certified agents and nobody at work yet", figures)
	}
	if again, err := m.service.Figures(m.as(able)); err != nil || !again.AsOf.Equal(figures.AsOf) {
		t.Errorf("counted again at %v after %v: %v", again.AsOf, figures.AsOf, err)
	}

	overview, err := m.service.MarketOverview(m.as(able), evening(0), evening(3))
	if err != nil {
		t.Fatal(err)
	}
	if want := []matcher.SkillDemand{{Tag: "function/presale", Level: 2, Seats: 3, Open: 2, Holders: 1}}; !slices.Equal(overview.Skills, want) {
		t.Errorf("skills %+v, want %+v", overview.Skills, want)
	}
	if len(overview.Short) != 1 || overview.Short[0].ShiftID != shift.ID || overview.Short[0].Open != 2 || !slices.Equal(overview.Short[0].Requirements, []matcher.Requirement{{Tag: "function/presale", Level: 2}}) {
		t.Errorf("short %+v, want the shift with two open seats", overview.Short)
	}
	if overview.ShortShifts != 1 || overview.OpenSeats != 2 {
		t.Errorf("%d shifts lack %d seats, want 1 and 2", overview.ShortShifts, overview.OpenSeats)
	}
	if len(overview.Hours) != 4 {
		t.Fatalf("hours %+v, want the four of the shift", overview.Hours)
	}
	for _, h := range overview.Hours {
		if h.Seats != 3 || h.Open != 2 {
			t.Errorf("hour %+v, want 2 of 3 seats open", h)
		}
	}
}
