package rehearsal

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"time"

	"peakseat/internal/money"

	"github.com/google/uuid"
)

// What merchants and agents do about timesheets, as shares of all.
const (
	approved = 0.86
	disputed = 0.03
	objected = 0.20 // of those whose timesheet lacks minutes
	answered = 0.70 // of disputes and objections
	ruled    = 0.80
)

// timesheet is the attended time of one assignment.
type timesheet struct {
	ID           uuid.UUID   `json:"id"`
	AssignmentID uuid.UUID   `json:"assignment_id"`
	ShiftID      uuid.UUID   `json:"shift_id"`
	AgentID      uuid.UUID   `json:"agent_id"`
	StartsAt     time.Time   `json:"starts_at"`
	EndsAt       time.Time   `json:"ends_at"`
	Minutes      int64       `json:"minutes"`
	Settled      int64       `json:"settled_minutes"`
	PayPerHour   money.Money `json:"pay_per_hour"`
	State        string      `json:"state"`
	ApprovedBy   string      `json:"approved_by"`
}

// settle has the timesheets approved, disputed, ruled or left to their deadlines.
func (r *run) settle(ctx context.Context) error {
	if !r.movable {
		return nil
	}
	var sheets []timesheet
	ready, err := until(ctx, 2*time.Minute, func() (_ bool, failed error) {
		sheets, failed = r.timesheets(ctx, "submitted")
		return len(sheets) >= r.report.Day.Worked, failed
	})
	if err != nil {
		return err
	}
	r.check("everybody who worked has a timesheet", ready && len(sheets) == r.report.Day.Worked, "%d timesheets, %d worked", len(sheets), r.report.Day.Worked)
	r.comparePaid(sheets)
	var mu sync.Mutex
	sum := &r.report.Settlement
	sum.Timesheets = len(sheets)
	if err = r.each(ctx, "timesheets", len(sheets), func(ctx context.Context, i int) error {
		return r.judge(ctx, sheets[i], &mu)
	}); err != nil {
		return err
	}
	r.progress.say("%d timesheets: %d approved, %d disputed, %d objected to, %d ruled by an operator", sum.Timesheets, sum.Approved, sum.Disputed, sum.Objected, sum.Ruled)
	if err = r.deadline(ctx, 48*time.Hour, "timesheets approve themselves after 48 h", func() (int, error) {
		left, failed := r.timesheets(ctx, "submitted")
		return len(left), failed
	}); err != nil {
		return err
	}
	if err = r.deadline(ctx, 7*24*time.Hour, "disputes without a ruling end after 7 days", func() (int, error) {
		left, failed := list[struct{ ID uuid.UUID }](ctx, r.operator, "/disputes", url.Values{"limit": {"200"}, "state": {"open"}})
		return len(left), failed
	}); err != nil {
		return err
	}
	all, err := r.timesheets(ctx, "approved")
	for _, t := range all {
		if t.ApprovedBy == "deadline" {
			sum.ByDeadline++
		}
	}
	r.check("every timesheet is approved", len(all) == sum.Timesheets && sum.ByDeadline == sum.Timesheets-sum.Approved, "%d of %d, %d by the merchant, %d by the deadline", len(all), sum.Timesheets, sum.Approved, sum.ByDeadline)
	return err
}

// deadline moves the clock past it and waits until nothing is left.
func (r *run) deadline(ctx context.Context, after time.Duration, what string, left func() (int, error)) error {
	if err := r.moveClock(ctx, r.rulesNow().Add(after+time.Minute)); err != nil {
		return err
	}
	n := 0
	done, err := until(ctx, 3*time.Minute, func() (_ bool, failed error) {
		n, failed = left()
		return n == 0, failed
	})
	r.check(what, done, "%d left", n)
	return err
}

// timesheets reads those of all merchants, in the order of their shifts and agents.
func (r *run) timesheets(ctx context.Context, state string) (all []timesheet, err error) {
	var mu sync.Mutex
	err = r.each(ctx, "", len(r.merchants), func(ctx context.Context, i int) error {
		part, failed := list[timesheet](ctx, r.merchants[i].person, "/timesheets", url.Values{"limit": {"200"}, "state": {state}})
		mu.Lock()
		defer mu.Unlock()
		all = append(all, part...)
		return failed
	})
	slices.SortFunc(all, func(a, b timesheet) int {
		return compareText(fmt.Sprintf("%08d", r.byShift[a.ShiftID].n)+a.AgentID.String(), fmt.Sprintf("%08d", r.byShift[b.ShiftID].n)+b.AgentID.String())
	})
	return all, err
}

// comparePaid holds the minutes that check-outs answered against those of the timesheets.
func (r *run) comparePaid(sheets []timesheet) {
	told := map[uuid.UUID]*hold{}
	for _, h := range r.holds() {
		if h.finished {
			told[h.ID] = h
		}
	}
	wrong, compared := 0, 0
	for _, t := range sheets {
		if h := told[t.AssignmentID]; h != nil {
			compared++
			if int64(h.minutes) != t.Minutes {
				wrong++
			}
		}
	}
	r.check("timesheets have the minutes that the check-outs answered", wrong == 0 && compared == len(told), "%d compared, %d differ", compared, wrong)
}

// judge is what the merchant does about one timesheet, what the agent answers, and how an operator rules.
func (r *run) judge(ctx context.Context, t timesheet, mu *sync.Mutex) error {
	s, a := r.byShift[t.ShiftID], r.byAgent[t.AgentID]
	m := s.booking.merchant
	sum := &r.report.Settlement
	add := func(into *int) {
		mu.Lock()
		defer mu.Unlock()
		*into++
	}
	random := r.draw("timesheet", a.n, s.n)
	lacking := int64(t.EndsAt.Sub(t.StartsAt)/time.Minute) - t.Minutes
	path := "/timesheets/" + t.ID.String()
	if lacking >= 3 && random.Float64() < objected {
		minutes := min(lacking, 15)
		add(&sum.Objected)
		if err := r.quarrel(ctx, a.person, m.person, path+"/objection", minutes, t, random.Float64(), add); err != nil {
			return err
		}
	}
	switch luck := random.Float64(); {
	case luck < approved:
		add(&sum.Approved)
		return m.post(ctx, path+"/approval", r.key("approve", t.ID), nil, nil)
	case luck < approved+disputed && t.Minutes > 0:
		add(&sum.Disputed)
		return r.quarrel(ctx, m.person, a.person, path+"/dispute", min(t.Minutes, int64(5+random.IntN(40))), t, random.Float64(), add)
	}
	return nil // its deadline approves it
}

// quarrel opens a dispute or an objection; mostly the other side answers and an operator rules.
func (r *run) quarrel(ctx context.Context, by, other *person, path string, minutes int64, t timesheet, luck float64, add func(*int)) error {
	var opened struct{ ID uuid.UUID }
	if err := by.post(ctx, path, r.key("quarrel", path), map[string]any{"minutes": minutes, "reason": "rehearsal: the attendance log"}, &opened); err != nil {
		return err
	}
	dispute := "/disputes/" + opened.ID.String()
	if luck < answered {
		if err := other.post(ctx, dispute+"/answer", r.key("answer", opened.ID), map[string]any{"answer": "rehearsal: as it was"}, nil); err != nil {
			return err
		}
	}
	if luck >= ruled {
		return nil
	}
	add(&r.report.Settlement.Ruled)
	give := minutes * int64(r.draw("ruling", int(t.Minutes), int(minutes)).IntN(3)) / 2 // none, half, all
	return r.operator.post(ctx, dispute+"/ruling", r.key("ruling", opened.ID), map[string]any{"minutes_to_agent": give, "reason": "rehearsal: by the log"}, nil)
}

// balance asks everybody what they have, and holds it against what was paid in: to the fen.
func (r *run) balance(ctx context.Context) error {
	if r.movable {
		if err := r.awaitEmptyEscrow(ctx); err != nil {
			return err
		}
	}
	sum := &r.report.Money
	var mu sync.Mutex
	if err := r.each(ctx, "wallets", len(r.merchants), func(ctx context.Context, i int) error { return r.countMerchant(ctx, r.merchants[i], &mu) }); err != nil {
		return err
	}
	paid := slices.DeleteFunc(slices.Clone(r.agents), func(a *agent) bool { return len(a.held) == 0 })
	if err := r.each(ctx, "earnings", len(paid), func(ctx context.Context, i int) error {
		now, err := paid[i].earnings(ctx)
		mu.Lock()
		defer mu.Unlock()
		sum.Pending += now.pending - paid[i].before.pending
		sum.Earnings += now.net - paid[i].before.net
		sum.Tax += now.tax - paid[i].before.tax
		return err
	}); err != nil {
		return err
	}
	out := sum.Wallets + sum.Escrow + sum.Disputed - sum.Owed + sum.Earnings + sum.Tax + sum.Commission
	r.check("money in is money out, to the fen", sum.TopUps == out, "%d fen paid in; %d in wallets, %d in escrow, %d disputed, %d owed, %d earned, %d tax, %d commission: %d",
		sum.TopUps, sum.Wallets, sum.Escrow, sum.Disputed, sum.Owed, sum.Earnings, sum.Tax, sum.Commission, out)
	r.check("what merchants were charged as pay is what agents earned", sum.Pay == sum.Earnings+sum.Tax, "%d fen of pay, %d earned and %d withheld", sum.Pay, sum.Earnings, sum.Tax)
	if r.movable {
		r.check("nothing is held, disputed or pending at the end", sum.Escrow == 0 && sum.Disputed == 0 && sum.Pending == 0, "%d, %d and %d fen", sum.Escrow, sum.Disputed, sum.Pending)
	}
	r.progress.say("in %s; out: wallets %s, earnings %s, tax %s, commission %s", money.CNY(sum.TopUps), money.CNY(sum.Wallets), money.CNY(sum.Earnings), money.CNY(sum.Tax), money.CNY(sum.Commission))
	return nil
}

// earnings are an agent's, in fen: not settled yet, after tax, and the tax.
type earnings struct{ pending, net, tax int64 }

func (a *agent) earnings(ctx context.Context) (earnings, error) {
	var now struct {
		Pending  money.Money `json:"pending"`
		Payable  money.Money `json:"payable"`
		Paid     money.Money `json:"paid"`
		Withheld money.Money `json:"withheld"`
	}
	err := a.get(ctx, "/earnings?limit=1", &now)
	return earnings{now.Pending.Amount, now.Payable.Amount + now.Paid.Amount, now.Withheld.Amount}, err
}

type wallet struct{ Available, Escrow, Disputed, Owed money.Money }

// awaitEmptyEscrow waits until what nobody worked has returned.
func (r *run) awaitEmptyEscrow(ctx context.Context) error {
	_, err := until(ctx, patience, func() (bool, error) {
		for _, m := range r.merchants {
			var w wallet
			if err := m.get(ctx, "/wallet", &w); err != nil || w.Escrow.Amount+w.Disputed.Amount > 0 {
				return false, err
			}
		}
		return true, nil
	})
	return err
}

// countMerchant adds a merchant's wallet and bills, and checks each bill.
func (r *run) countMerchant(ctx context.Context, m *merchant, mu *sync.Mutex) error {
	var w wallet
	if err := m.get(ctx, "/wallet", &w); err != nil {
		return err
	}
	type amounts struct {
		Pay, Commission, Charge, Amount                     money.Money
		Quoted, Charged, Credited, Held, Disputed, Extended money.Money
	}
	var pay, commission, credits int64
	broken := 0
	bills := map[string]bool{}
	zone := r.merchants[0].zone
	last := r.rulesNow().In(zone)
	for month := time.Date(r.began.In(zone).Year(), r.began.In(zone).Month(), 1, 0, 0, 0, 0, zone); !month.After(last); month = month.AddDate(0, 1, 0) {
		var st struct {
			Merchant struct {
				Charges []amounts
				Credits []amounts
				Bills   []struct {
					BookingID string `json:"booking_id"`
					amounts
				}
			}
		}
		if err := m.get(ctx, "/statements?month="+month.Format("2006-01"), &st); err != nil {
			return err
		}
		for _, c := range st.Merchant.Charges {
			pay, commission = pay+c.Pay.Amount, commission+c.Commission.Amount
		}
		for _, c := range st.Merchant.Credits {
			credits += c.Amount.Amount
		}
		for _, b := range st.Merchant.Bills {
			bills[b.BookingID] = true
			if b.Quoted.Amount != b.Charged.Amount+b.Credited.Amount+b.Held.Amount+b.Disputed.Amount {
				broken++
			}
		}
	}
	mu.Lock()
	defer mu.Unlock()
	sum := &r.report.Money
	sum.TopUps += m.topUps
	sum.Wallets += w.Available.Amount
	sum.Escrow += w.Escrow.Amount
	sum.Disputed += w.Disputed.Amount
	sum.Owed += w.Owed.Amount
	sum.Pay += pay
	sum.Commission += commission
	sum.Credits += credits
	if broken > 0 || len(bills) != len(m.bookings) {
		r.check(fmt.Sprintf("merchant %d's bills add up to their quotes", m.n+1), false, "%d of %d do not; %d bookings", broken, len(bills), len(m.bookings))
	}
	return nil
}
