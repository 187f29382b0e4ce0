package rules_test

import (
	"testing"
	"time"

	"peakseat/internal/rules"
)

func TestAnOfferLivesAQuarterOfTheTimeToTheStartWithinItsLimits(t *testing.T) {
	t.Parallel()
	offers := rules.V1().Offers
	for _, c := range []struct{ toStart, want time.Duration }{
		{72 * time.Hour, 4 * time.Hour},
		{16 * time.Hour, 4 * time.Hour},
		{8 * time.Hour, 2 * time.Hour},
		{20 * time.Minute, 5 * time.Minute},
		{time.Minute, 5 * time.Minute},
		{-time.Hour, 5 * time.Minute},
	} {
		if got := offers.OfferLife(c.toStart); got != c.want {
			t.Errorf("%v before the start an offer lives %v, want %v", c.toStart, got, c.want)
		}
	}
}

func TestOffersOfASeatFollowEachOtherUntilItStarts(t *testing.T) {
	t.Parallel()
	offers := rules.V1().Offers
	for _, c := range []struct {
		toStart time.Duration
		want    int
	}{{0, 0}, {time.Minute, 1}, {10 * time.Minute, 2}, {20 * time.Minute, 4}, {24 * time.Hour, 20}} {
		if got := offers.Turns(c.toStart); got != c.want {
			t.Errorf("%v before the start there is time for %d offers, want %d", c.toStart, got, c.want)
		}
	}
}

func TestBreaksArePaidByBegunPeriods(t *testing.T) {
	t.Parallel()
	attendance := rules.V1().Attendance
	for _, c := range []struct{ seat, want time.Duration }{
		{0, 0},
		{2 * time.Hour, 15 * time.Minute},
		{4 * time.Hour, 15 * time.Minute},
		{4*time.Hour + time.Minute, 30 * time.Minute},
		{8 * time.Hour, 30 * time.Minute},
	} {
		if got := attendance.PaidBreak(c.seat); got != c.want {
			t.Errorf("a seat of %v has %v of paid break, want %v", c.seat, got, c.want)
		}
	}
}

func TestAVersionIsFoundByItsNumber(t *testing.T) {
	t.Parallel()
	current := rules.Current()
	if got, ok := rules.Of(current.Version); !ok || got.Version != current.Version {
		t.Errorf("Of(%d) = version %d, %v", current.Version, got.Version, ok)
	}
	if _, ok := rules.Of(0); ok {
		t.Error("there is a version 0")
	}
}
