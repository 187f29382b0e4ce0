package matcher_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/fault"
	"peakseat/matcher"
)

func TestADayOfTheCalendarIsTheShopsOwn(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	day := matcher.DateOf(evening(0))                                // 18:00 in Shanghai
	late := m.Shift(3, at(evening(0).Add(5*time.Hour), 3*time.Hour)) // 23:00, and over midnight
	m.Shift(2)
	m.Shift(4, at(evening(0).Add(6*time.Hour+30*time.Minute), time.Hour)) // 00:30 of the next day
	m.Shift(9, ofShop(m.Shop()))
	if _, err := m.service.ClaimSeat(m.as(m.Agent()), late.ID); err != nil {
		t.Fatal(err)
	}
	owner := m.owner()
	days, err := m.service.Calendar(owner, day.Add(-1), day.Add(1))
	if err != nil || len(days) != 2 {
		t.Fatalf("got %+v, %v", days, err)
	}
	if want := (matcher.BookedDay{Date: day, Bookings: 1, Shifts: 2, Seats: 5, Filled: 1}); days[0] != want {
		t.Errorf("got %+v, not %+v", days[0], want)
	}
	if days[1].Date != day.Add(1) || days[1].Seats != 4 {
		t.Errorf("the next day has %+v", days[1])
	}
	if _, err := m.service.Calendar(owner, day, day.Add(100)); !errors.Is(err, fault.ErrInvalid) {
		t.Errorf("101 days answer %v", err)
	}
}

// owner is a context in which the owner of the market's one shop acts.
func (m *market) owner() context.Context {
	return auth.WithActor(m.Context(), auth.Actor{AccountID: m.shop.Merchant, Role: auth.Owner, OrganisationID: m.shop.Merchant, SessionID: uuid.Must(uuid.NewV7())})
}
