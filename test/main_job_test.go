package test

import (
	"testing"
	"time"

	"peakseat/internal/apitest"
)

// The life of a booking, from the draft to the agent's earnings, across a midnight.
func TestABookingIsPostedClaimedWorkedAndPaid(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	agent := m.agent(t, 3)
	shanghai := time.FixedZone("CST", 8*60*60)
	day := m.Now(t).In(shanghai).AddDate(0, 0, 3)

	booking, shift := m.book(t, m.merchant, m.shop, day, "18:00", "02:00", 2)
	wallet := m.merchant.Get(t, "/wallet").Want(t, 200)
	held := wallet.Int("escrow", "amount")
	if held <= 0 || wallet.Int("available", "amount")+held != 1_000_000_00 {
		t.Fatalf("the hold is not the quote's total: %s", wallet.Body)
	}

	hall := agent.Get(t, "/hall").Want(t, 200)
	if hall.Len("items") != 1 || hall.ID(t, "items", 0, "id") != shift {
		t.Fatalf("the hall does not show the shift: %s", hall.Body)
	}
	claimed := agent.Post(t, "/shifts/"+shift.String()+"/claims", nil).Want(t, 201)
	assignment := claimed.Text("id")
	starts, err := time.Parse(time.RFC3339, claimed.Text("starts_at"))
	if err != nil {
		t.Fatal(err)
	}
	if local := starts.In(shanghai); local.Hour() != 18 || local.Day() != day.Day() {
		t.Errorf("the shift starts at %s, want 18:00 in Shanghai", local)
	}

	mine, offered := agent.Get(t, "/assignments").Want(t, 200), agent.Get(t, "/shifts/"+shift.String()+"/eligibility").Want(t, 200)
	if name := mine.Text("items", 0, "shop_name"); name == "" || name != offered.Text("shift", "shop_name") || mine.Int("items", 0, "pay_per_hour", "amount") <= 0 {
		t.Errorf("an assignment does not say whose seat it is and what it pays: %s", mine.Body)
	}
	for field, at := range map[string]time.Time{"check_in_opens_at": starts.Add(-15 * time.Minute), "missed_at": starts.Add(10 * time.Minute), "release_free_until": starts.Add(-48 * time.Hour)} {
		if told, err := time.Parse(time.RFC3339, mine.Text("items", 0, field)); err != nil || !told.Equal(at) {
			t.Errorf("%s is %s, want %s", field, told, at)
		}
	}

	agent.Post(t, "/assignments/"+assignment+"/check-in", nil).WantProblem(t, 409, "check_in_too_early")
	m.MoveTo(t, starts.Add(-10*time.Minute))
	if r := agent.Post(t, "/assignments/"+assignment+"/check-in", nil).Want(t, 200); r.Text("shop_name") != mine.Text("items", 0, "shop_name") {
		t.Errorf("a check-in answers less than the list: %s", r.Body)
	}
	m.MoveTo(t, starts.Add(8*time.Hour))
	if r := agent.Post(t, "/assignments/"+assignment+"/check-out", nil).Want(t, 200); r.Int("paid_minutes") != 480 {
		t.Fatalf("paid minutes: %s", r.Body)
	}

	var sheet string
	apitest.Until(t, "the timesheet is there", func() bool {
		r := m.merchant.Get(t, "/timesheets").Want(t, 200)
		sheet = r.Text("items", 0, "id")
		return sheet != ""
	})
	approved := m.merchant.Post(t, "/timesheets/"+sheet+"/approval", nil).Want(t, 200)
	pay := approved.Int("pay", "amount")
	earnings := agent.Get(t, "/earnings").Want(t, 200)
	if earnings.Int("payable", "amount")+earnings.Int("withheld", "amount") != pay || pay == 0 {
		t.Errorf("earnings do not add up to the pay %d: %s", pay, earnings.Body)
	}
	apitest.Until(t, "what stayed unfilled has returned", func() bool {
		r := m.merchant.Get(t, "/wallet").Want(t, 200)
		return r.Int("escrow", "amount") == 0 && r.Int("available", "amount") == 1_000_000_00-held/2
	})
	apitest.Until(t, "the booking is finished", func() bool {
		return m.merchant.Get(t, "/bookings/"+booking.String()).Want(t, 200).Text("state") == "finished"
	})
}

// A repeat of a confirmation with its key answers the same bytes and holds nothing twice.
func TestAConfirmationRepeatedWithItsKeyHoldsOnce(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	day := m.Now(t).AddDate(0, 0, 2).Format(time.DateOnly)
	booking := m.merchant.Post(t, "/bookings", map[string]any{
		"shop_id": m.shop, "title": "618", "starts_on": day, "ends_on": day,
		"windows": []map[string]any{{"start": "20:00", "end": "23:00", "seats": 1}}, "requirements": []map[string]any{},
	}).Want(t, 201).Text("id")
	quote := m.merchant.Post(t, "/bookings/"+booking+"/quotes", nil).Want(t, 201)
	total := quote.Int("total", "amount")
	key := map[string]string{"Idempotency-Key": "confirm-1"}
	first := m.merchant.Do(t, "POST", "/bookings/"+booking+"/confirmation", map[string]any{"quote_id": quote.Text("id")}, key).Want(t, 200)
	again := m.merchant.Do(t, "POST", "/bookings/"+booking+"/confirmation", map[string]any{"quote_id": quote.Text("id")}, key).Want(t, 200)
	if string(first.Body) != string(again.Body) || again.Header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("the repeat differs:\n%s\n%s", first.Body, again.Body)
	}
	m.merchant.Do(t, "POST", "/bookings/"+booking+"/confirmation", map[string]any{"quote_id": booking}, key).WantProblem(t, 422, "idempotency_key_reused")
	if got := m.merchant.Get(t, "/wallet").Int("escrow", "amount"); got != total {
		t.Errorf("%d held, want %d", got, total)
	}
}

// Cancelling a booking gives back its whole hold, and who held a seat is told.
func TestACancelledBookingReturnsItsHold(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	agent := m.agent(t, 2)
	booking, shift := m.book(t, m.merchant, m.shop, m.Now(t).AddDate(0, 0, 2), "09:00", "13:00", 3)
	agent.Post(t, "/shifts/"+shift.String()+"/claims", nil).Want(t, 201)
	r := m.merchant.Post(t, "/bookings/"+booking.String()+"/cancellation", map[string]any{}).Want(t, 200)
	if r.Int("seats") != 3 || r.Int("withdrawn") != 1 || r.Text("booking", "state") != "cancelled" {
		t.Errorf("cancellation: %s", r.Body)
	}
	if w := m.merchant.Get(t, "/wallet"); w.Int("available", "amount") != 1_000_000_00 || w.Int("escrow", "amount") != 0 {
		t.Errorf("the hold did not return: %s", w.Body)
	}
	if a := agent.Get(t, "/assignments"); a.Text("items", 0, "state") != "withdrawn" {
		t.Errorf("the agent still holds it: %s", a.Body)
	}
	m.merchant.Post(t, "/bookings/"+booking.String()+"/cancellation", map[string]any{}).WantProblem(t, 409, "nothing_to_cancel")
}

// Bad input gets a problem that names the field, and changes nothing.
func TestBadBookingsNameTheirFields(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	day := m.Now(t).AddDate(0, 0, 2).Format(time.DateOnly)
	past := m.Now(t).AddDate(0, 0, -2).Format(time.DateOnly)
	booking := func(change func(b map[string]any)) map[string]any {
		b := map[string]any{
			"shop_id": m.shop, "title": "双11", "starts_on": day, "ends_on": day,
			"windows": []map[string]any{{"start": "18:00", "end": "22:00", "seats": 1}}, "requirements": []map[string]any{},
		}
		change(b)
		return b
	}
	windows := func(w ...map[string]any) func(b map[string]any) {
		return func(b map[string]any) { b["windows"] = append([]map[string]any{}, w...) }
	}
	for name, c := range map[string]struct {
		body    map[string]any
		pointer string
		code    string
	}{
		"a window of no length": {booking(windows(map[string]any{"start": "18:00", "end": "18:00", "seats": 1})), "/windows/0/end", "no_length"},
		"overlapping windows": {booking(windows(
			map[string]any{"start": "18:00", "end": "22:00", "seats": 1}, map[string]any{"start": "21:00", "end": "23:00", "seats": 1})), "/windows/1/start", "overlap"},
		"no seats":       {booking(windows(map[string]any{"start": "18:00", "end": "22:00", "seats": 0})), "/windows/0/seats", "too_small"},
		"no windows":     {booking(windows([]map[string]any{}...)), "/windows", "too_few"},
		"a past start":   {booking(func(b map[string]any) { b["starts_on"], b["ends_on"] = past, past }), "/starts_on", "in_the_past"},
		"an unknown tag": {booking(func(b map[string]any) { b["requirements"] = []map[string]any{{"tag": "function/magic", "level": 1}} }), "/requirements/0/tag", "unknown_tag"},
		"a wrong type":   {booking(func(b map[string]any) { b["title"] = 7 }), "/title", "not_a_string"},
		"an extra field": {booking(func(b map[string]any) { b["price"] = 1 }), "/price", "unknown_field"},
	} {
		r := m.merchant.Post(t, "/bookings", c.body)
		if r.Status != 422 {
			t.Errorf("%s: status %d: %s", name, r.Status, r.Body)
			continue
		}
		found := false
		for i := range r.Len("errors") {
			found = found || r.Text("errors", i, "pointer") == c.pointer && r.Text("errors", i, "code") == c.code
		}
		if !found {
			t.Errorf("%s: no error %s at %s: %s", name, c.code, c.pointer, r.Body)
		}
	}
	if n := m.merchant.Get(t, "/bookings").Len("items"); n != 0 {
		t.Errorf("%d bookings were made of bad requests", n)
	}
	if r := m.merchant.Do(t, "POST", "/bookings", make([]byte, 50<<20), nil); r.Status != 413 {
		t.Errorf("a body of 50 MB answered %d", r.Status)
	}
	zh := m.merchant.Do(t, "POST", "/bookings", booking(windows(map[string]any{"start": "18:00", "end": "18:00", "seats": 1})), map[string]string{"Accept-Language": "zh-CN"})
	if got := zh.Text("errors", 0, "detail"); got != "开始和结束相同，这个时段没有长度。" {
		t.Errorf("in Chinese: %q", got)
	}
}
