package matcher_test

import (
	"net/http"
	"testing"
	"time"

	"peakseat/internal/apitest"
)

// Which bookings are near is told by the rules' clock, not by who asks.
func TestBookingsThatRunOrStartSoon(t *testing.T) {
	t.Parallel()
	stack := apitest.Start(t)
	owner := stack.Merchant(t)
	owner.Post(t, "/wallet/top-ups", map[string]any{"amount": map[string]any{"amount": 10_000_00, "currency": "CNY"}}).Want(t, http.StatusCreated)
	shop := owner.Post(t, "/shops", map[string]any{"name": "小店", "industry": "apparel", "channels": []string{"chat"}}).Want(t, http.StatusCreated).ID(t, "id")
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	now := stack.Now(t).In(shanghai)
	evening := func(days int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()+days, 18, 0, 0, 0, shanghai)
	}
	book := func(title string, days int) {
		day := evening(days).Format(time.DateOnly)
		path := "/bookings/" + owner.Post(t, "/bookings", map[string]any{
			"shop_id": shop, "title": title, "starts_on": day, "ends_on": day, "requirements": []any{},
			"windows": []map[string]any{{"start": "18:00", "end": "22:00", "seats": 1}},
		}).Want(t, http.StatusCreated).ID(t, "id").String()
		quote := owner.Post(t, path+"/quotes", map[string]any{}).Want(t, http.StatusCreated).ID(t, "id")
		owner.Post(t, path+"/confirmation", map[string]any{"quote_id": quote}).Want(t, http.StatusOK)
	}
	book("first", 3)
	book("second", 10)
	expect := func(at time.Time, within string, titles ...string) {
		t.Helper()
		stack.MoveTo(t, at)
		listed := owner.Get(t, "/bookings?state=confirmed&within="+within).Want(t, http.StatusOK)
		if listed.Len("items") != len(titles) {
			t.Fatalf("within %s h of %s: %s, want %v", within, at, listed.Body, titles)
		}
		for i, title := range titles {
			if listed.Text("items", i, "title") != title {
				t.Errorf("within %s h of %s: %s, want %v", within, at, listed.Body, titles)
			}
		}
	}
	expect(evening(2).Add(-time.Minute), "24")
	expect(evening(2).Add(time.Minute), "24", "first")
	expect(evening(3).Add(3*time.Hour+59*time.Minute), "1", "first") // it still runs
	expect(evening(3).Add(4*time.Hour), "24")
	expect(evening(3).Add(4*time.Hour), "168", "second")
	owner.Get(t, "/bookings?within=169").WantProblem(t, http.StatusUnprocessableEntity, "invalid_request")
}
