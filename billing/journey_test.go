package billing_test

import (
	"errors"
	"testing"
	"time"

	"peakseat/billing"
	"peakseat/internal/fault"
	"peakseat/internal/web"

	"github.com/google/uuid"
)

func TestAQuotesLinesAddUpToTheHold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.booking(time.Date(2026, 12, 10, 18, 0, 0, 0, b8()), 480, 4, 4, 3) // 18:00 to 02:00, Thursday to Sunday morning
	q, err := w.billing.Quote(w.owner, b.ID, 2)
	must(t, err)
	var pay, commission, charge int64
	for _, l := range q.Lines {
		if l.Pay.Amount+l.Commission.Amount != l.Charge.Amount {
			t.Errorf("a line of %d pays %d and %d", l.Charge.Amount, l.Pay.Amount, l.Commission.Amount)
		}
		if want := (l.Minutes*l.ChargePerHour.Amount + 30) / 60; l.Charge.Amount != want {
			t.Errorf("%d minutes at %d cost %d, want %d", l.Minutes, l.ChargePerHour.Amount, l.Charge.Amount, want)
		}
		pay, commission, charge = pay+l.Pay.Amount, commission+l.Commission.Amount, charge+l.Charge.Amount
	}
	if len(q.Lines) != 6 || pay != q.Pay.Amount || commission != q.Commission.Amount || charge != q.Total.Amount {
		t.Errorf("%d lines add up to %d + %d = %d, the quote says %v + %v = %v", len(q.Lines), pay, commission, charge, q.Pay, q.Commission, q.Total)
	}
	w.topUp(q.Total.Amount + 1)
	payPerHour, err := w.hold(b.ID, q.ID)
	must(t, err)
	for i, s := range b.Shifts {
		if payPerHour[s.ID] != q.Lines[2*i].PayPerHour.Amount {
			t.Errorf("shift %d pays %d, quoted %v", i, payPerHour[s.ID], q.Lines[2*i].PayPerHour)
		}
	}
	if got := w.wallet(); got.Escrow != q.Total || got.Available.Amount != 1 {
		t.Errorf("wallet %+v after holding %v", got, q.Total)
	}
	w.proven()
}

// The four hours from 22:00 are night, which the price book pays at 1.2, and Saturday at 1.1: the larger applies.
func TestPayComesFromTagsHoursAndCampaign(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct {
		name          string
		start         time.Time
		campaign      int64
		pay, perHour  int64
		leadPerTenTho int64
	}{
		{"a working day", time.Date(2026, 12, 8, 10, 0, 0, 0, b8()), 0, 2700, 3105, 10000},
		{"half night", time.Date(2026, 12, 8, 18, 0, 0, 0, b8()), 10000, 2970, 3416, 10000},
		{"Saturday", time.Date(2026, 12, 12, 10, 0, 0, 0, b8()), 0, 2970, 3416, 10000},
		{"a peak of 1.5", time.Date(2026, 12, 8, 10, 0, 0, 0, b8()), 15000, 4050, 4658, 10000},
		{"New Year", time.Date(2027, 1, 1, 10, 0, 0, 0, b8()), 0, 4050, 4658, 10000},
		{"tomorrow", time.Date(2026, 11, 24, 9, 0, 0, 0, b8()), 0, 2700, 3726, 12000},
		{"in two days", time.Date(2026, 11, 25, 10, 0, 0, 0, b8()), 0, 2700, 3416, 11000},
	} {
		b := w.booking(c.start, 480, 1)
		b.CampaignMultiplier = c.campaign
		w.change(b)
		q, err := w.billing.Quote(w.owner, b.ID, 1)
		must(t, err)
		l := q.Lines[0]
		if l.PayPerHour.Amount != c.pay || l.ChargePerHour.Amount != c.perHour {
			t.Errorf("%s: pays %d and costs %d an hour, want %d and %d", c.name, l.PayPerHour.Amount, l.ChargePerHour.Amount, c.pay, c.perHour)
		}
		for _, f := range l.Factors {
			if f.Kind == "lead_time" && f.Multiplier != c.leadPerTenTho {
				t.Errorf("%s: lead time %d, want %d", c.name, f.Multiplier, c.leadPerTenTho)
			}
		}
	}
}

func TestAHoldIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quoted := func() (billing.QuotedBooking, billing.Quote) {
		b := w.booking(monday().AddDate(0, 0, 7), 240, 2)
		q, err := w.billing.Quote(w.owner, b.ID, 1)
		must(t, err)
		return b, q
	}

	b, q := quoted()
	_, err := w.hold(b.ID, q.ID)
	refused(t, err, billing.ErrInsufficientFunds)
	f, _ := fault.As(err)
	if f.Extra["needed"] != q.Total {
		t.Errorf("the refusal says %v is needed, want %v", f.Extra["needed"], q.Total)
	}
	w.topUp(100_000_00)

	other, _ := quoted()
	_, err = w.hold(other.ID, q.ID)
	refused(t, err, fault.ErrNotFound)

	_, err = w.hold(b.ID, q.ID)
	must(t, err)
	_, err = w.hold(b.ID, q.ID)
	refused(t, err, billing.ErrQuoteUsed)

	b, q = quoted()
	b.Version++
	w.change(b)
	_, err = w.hold(b.ID, q.ID)
	refused(t, err, billing.ErrQuoteOutdated)

	b, q = quoted()
	w.setClock(monday().Add(31 * time.Minute))
	_, err = w.hold(b.ID, q.ID)
	refused(t, err, billing.ErrQuoteExpired)

	b.State = "confirmed"
	w.change(b)
	_, err = w.billing.Quote(w.owner, b.ID, 1)
	refused(t, err, billing.ErrBookingNotDraft)
	w.proven()
}

func TestCancelledSeatsReturnAtOnceAndUnfilledOnesAtTheEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.booking(monday().AddDate(0, 0, 7), 475, 3)
	q := w.confirmed(b)
	must(t, w.cancel(b.ID, b.Shifts[0].ID, 1))
	if got, rest := w.wallet(), charge(q, 2*475); got.Escrow.Amount != rest || got.Available.Amount != q.Total.Amount-rest {
		t.Errorf("after cancelling one of three: %+v, want %d held", got, rest)
	}
	refused(t, w.cancel(b.ID, b.Shifts[0].ID, 3), billing.ErrTooManySeats)

	// one agent works the first seat, two share the second with a gap of 14 minutes
	sheets := []billing.Timesheet{
		w.worked(b, 0, uuid.New(), 475),
		w.worked(b, 0, uuid.New(), 100),
	}
	must(t, w.told(ended(b, 0, 3)))
	if got := w.wallet(); got.Escrow.Amount != charge(q, 2*475) {
		t.Errorf("escrow %v before the last assignment told its minutes", got.Escrow)
	}
	sheets = append(sheets, w.worked(b, 0, uuid.New(), 361))
	if got := w.wallet(); got.Escrow.Amount != charge(q, 475+100+361) {
		t.Errorf("escrow %v, want the %d of what was worked", got.Escrow, charge(q, 936))
	}
	w.proven()
	for _, s := range sheets {
		_, err := w.billing.Approve(w.owner, s.ID)
		must(t, err)
	}
	got := w.wallet()
	if got.Escrow.Amount != 0 || got.Available.Amount != q.Total.Amount-charge(q, 936) {
		t.Errorf("in the end %+v, want %d spent", got, charge(q, 936))
	}
	w.proven()
}

// J5: a merchant approves 90%, disputes 6 minutes of one shift, and does nothing about the rest.
func TestABillWithADispute(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.booking(monday().AddDate(0, 0, 7), 480, 10)
	b.CampaignMultiplier = 10_137 // 27.37 an hour: 474 minutes and 2 more round down, 476 round up
	w.change(b)
	q := w.confirmed(b)
	var sheets []billing.Timesheet
	for range 10 {
		sheets = append(sheets, w.worked(b, 0, uuid.New(), 480))
	}
	must(t, w.told(ended(b, 0, 10)))
	for _, s := range sheets[:9] {
		_, err := w.billing.Approve(w.owner, s.ID)
		must(t, err)
	}
	last := sheets[9]
	d, err := w.billing.Dispute(w.owner, last.ID, 6, "away from the seat")
	must(t, err)
	if got := w.wallet(); got.Disputed != d.Frozen || d.Frozen.Amount != charge(q, 4800)-charge(q, 4794) {
		t.Errorf("disputed %v, frozen %v, want the charge of 6 minutes", got.Disputed, d.Frozen)
	}
	_, err = w.billing.Dispute(w.owner, last.ID, 6, "again")
	refused(t, err, billing.ErrDisputed)
	w.proven()

	// the rest is released at the deadline without action
	w.setClock(monday().Add(48*time.Hour - time.Minute))
	if n, early := w.billing.ApproveDue(t.Context()); n != 0 || early != nil {
		t.Errorf("%d approved before the deadline, %v", n, early)
	}
	w.setClock(monday().Add(48*time.Hour + time.Minute))
	if n, due := w.billing.ApproveDue(t.Context()); n != 1 || due != nil {
		t.Errorf("%d approved at the deadline, %v", n, due)
	}
	rest, err := w.billing.Timesheet(w.owner, last.ID)
	must(t, err)
	if rest.ApprovedBy != "deadline" || rest.Settled != 474 {
		t.Errorf("approved by %q with %d minutes settled, want the deadline and 474", rest.ApprovedBy, rest.Settled)
	}
	if got := w.wallet(); got.Escrow.Amount != 0 || got.Disputed != d.Frozen {
		t.Errorf("%+v, want all but the disputed released", got)
	}
	w.proven()

	_, err = w.billing.Answer(asAgent(t, last.AgentID), d.ID, "the line was down")
	must(t, err)
	_, err = w.billing.Answer(asAgent(t, uuid.New()), d.ID, "I was not there")
	refused(t, err, fault.ErrNotFound)
	_, err = w.billing.Rule(w.operator, d.ID, 2, "two minutes are in the log")
	must(t, err)
	_, err = w.billing.Rule(w.operator, d.ID, 6, "again")
	refused(t, err, billing.ErrRuled)

	e, err := w.billing.Earnings(asAgent(t, last.AgentID), web.Page{Limit: 50})
	must(t, err)
	if e.Payable.Amount != pay(q, 476) || e.Pending.Amount != 0 {
		t.Errorf("the agent has %v payable and %v pending, want %d: the whole is rounded once", e.Payable, e.Pending, pay(q, 476))
	}

	st, err := w.billing.Statement(w.owner, "2026-11")
	must(t, err)
	credits := st.Merchant.Credits
	if len(credits) != 1 || credits[0].QuoteLineID != q.Lines[0].ID || credits[0].Minutes != 4 || *credits[0].DisputeID != d.ID {
		t.Fatalf("credit notes %+v, want one of 4 minutes that names line %s", credits, q.Lines[0].ID)
	}
	bill := w.bill(b)
	if bill.Charged.Amount != q.Total.Amount-credits[0].Amount.Amount || bill.Held.Amount != 0 || bill.Disputed.Amount != 0 {
		t.Errorf("bill %+v, want the quote of %v less the credit of %v", bill, q.Total, credits[0].Amount)
	}
	w.proven()
}

func TestADisputeWithoutARulingGoesToTheAgent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.booking(monday().AddDate(0, 0, 7), 240, 1)
	q := w.confirmed(b)
	s := w.worked(b, 0, uuid.New(), 240)
	_, err := w.billing.Dispute(w.owner, s.ID, 240, "all of it")
	must(t, err)
	w.setClock(monday().Add(7*24*time.Hour + time.Second))
	if n, err := w.billing.ApproveDue(t.Context()); n != 1 || err != nil {
		t.Errorf("%d approved, %v", n, err)
	}
	if n, err := w.billing.RuleDue(t.Context()); n != 1 || err != nil {
		t.Errorf("%d ruled, %v", n, err)
	}
	if n, err := w.billing.RuleDue(t.Context()); n != 0 || err != nil {
		t.Errorf("%d ruled twice, %v", n, err)
	}
	if got := w.bill(b); got.Charged != q.Total || got.Disputed.Amount != 0 {
		t.Errorf("bill %+v, want all of %v charged", got, q.Total)
	}
	w.proven()
}

func TestAnUpheldObjectionExtendsTheBill(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.booking(monday().AddDate(0, 0, 7), 240, 1)
	q := w.confirmed(b)
	agent := uuid.New()
	s := w.worked(b, 0, agent, 200)
	must(t, w.told(ended(b, 0, 1)))
	_, err := w.billing.Approve(w.owner, s.ID) // a quick approval takes the right to object from nobody
	must(t, err)
	_, err = w.billing.Object(asAgent(t, agent), s.ID, 41, "more than the shift had")
	refused(t, err, billing.ErrTooManyMinutes)
	d, err := w.billing.Object(asAgent(t, agent), s.ID, 30, "the check-in failed")
	must(t, err)
	_, err = w.billing.Answer(w.owner, d.ID, "fair enough")
	must(t, err)

	// the merchant spends what came back, so that the platform pays and the merchant owes
	spent := w.booking(monday().AddDate(0, 0, 8), 30, 1)
	p, err := w.billing.Quote(w.owner, spent.ID, 1)
	must(t, err)
	_, err = w.hold(spent.ID, p.ID)
	must(t, err)
	left := w.wallet().Available.Amount
	_, err = w.billing.Rule(w.operator, d.ID, 30, "the log says so")
	must(t, err)
	owed := charge(q, 30) - left
	if got := w.wallet(); owed <= 0 || got.Available.Amount != 0 || got.Owed.Amount != owed {
		t.Errorf("wallet %+v, want %d owed", got, owed)
	}
	e, err := w.billing.Earnings(asAgent(t, agent), web.Page{Limit: 50})
	must(t, err)
	if want := pay(q, 230); e.Payable.Amount != want || len(e.Lines) != 2 || e.Lines[0].Source != "extension" {
		t.Errorf("earnings %+v, want %d in two lines", e, want)
	}
	w.proven()
	w.topUp(owed + 5)
	if got := w.wallet(); got.Owed.Amount != 0 || got.Available.Amount != 5 {
		t.Errorf("wallet %+v after paying what was owed", got)
	}
	w.proven()

	late := w.worked(spent, 0, agent, 20)
	w.setClock(late.ApproveBy.Add(time.Second))
	_, err = w.billing.Object(asAgent(t, agent), late.ID, 5, "too late")
	refused(t, err, billing.ErrObjectionClosed)
}

// J15: 8,000 yuan in a month withhold 42, 6,250 nothing, and a second month of 8,000 withholds 42 again.
func TestTaxIsWithheldByTheYear(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	plain := billing.Prices{
		Currency: "CNY", BasePerHour: 1_000_00, Night: billing.Night{From: "22:00", To: "06:00", Multiplier: 10_000},
		Weekend: 10_000, Holiday: 10_000, Commission: 1_500,
	}
	_, err := w.billing.PublishPrices(w.operator, 1, plain, time.Time{})
	must(t, err)
	earn := func(agent uuid.UUID, at time.Time, minutes int64) (net int64) {
		w.setClock(at)
		b := w.booking(at.AddDate(0, 0, 1), 480, 1)
		w.confirmed(b)
		s := w.worked(b, 0, agent, minutes)
		must(t, w.told(ended(b, 0, 1)))
		_, err := w.billing.Approve(w.owner, s.ID)
		must(t, err)
		e, err := w.billing.Earnings(asAgent(t, agent), web.Page{Limit: 50})
		must(t, err)
		if got := e.Lines[0].Gross.Amount; got != 1_000_00*minutes/60 {
			t.Fatalf("%d minutes at 1,000 yuan an hour earn %d", minutes, got)
		}
		if c := e.Lines[0].Computation; c == nil || c.Tax != e.Lines[0].Tax.Amount || e.Lines[0].Gross.Amount-c.Tax != e.Lines[0].Net.Amount {
			t.Errorf("a line %+v does not explain its tax", e.Lines[0])
		}
		return e.Withheld.Amount
	}
	much, little := uuid.New(), uuid.New()
	if got := earn(much, monday().Add(time.Hour), 480); got != 42_00 {
		t.Errorf("8,000 in the first month withhold %d fen, want 4200", got)
	}
	if got := earn(little, monday().Add(time.Hour), 375); got != 0 {
		t.Errorf("6,250 withhold %d fen, want none", got)
	}
	if got := earn(much, monday().AddDate(0, 1, 0), 480); got != 84_00 {
		t.Errorf("two months of 8,000 withhold %d fen, want 8400", got)
	}
	if got := earn(much, monday().AddDate(0, 2, 0), 480); got != 126_00 {
		t.Errorf("8,000 in January withhold %d fen in all, want 12600: a year of its own", got)
	}
	w.proven()
}

func TestOnlyTheNewestPriceBookIsFollowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	book, err := w.billing.PriceBook(t.Context())
	must(t, err)
	next := book.Prices
	next.Commission = 2_000
	_, err = w.billing.PublishPrices(w.operator, 0, next, time.Time{})
	refused(t, err, web.ErrChanged)
	_, err = w.billing.PublishPrices(w.operator, 1, next, monday().Add(-time.Hour))
	refused(t, err, fault.ErrInvalid)
	_, err = w.billing.PublishPrices(w.operator, 1, next, monday().Add(time.Hour))
	must(t, err)
	b := w.booking(monday().AddDate(0, 0, 7), 240, 1)
	before, err := w.billing.Quote(w.owner, b.ID, 1)
	must(t, err)
	w.setClock(monday().Add(2 * time.Hour))
	after, err := w.billing.Quote(w.owner, b.ID, 1)
	must(t, err)
	if before.PriceBook != 1 || after.PriceBook != 2 || after.Pay != before.Pay || after.Total.Amount <= before.Total.Amount {
		t.Errorf("quotes of price books %d and %d: %v and %v", before.PriceBook, after.PriceBook, before.Total, after.Total)
	}
}

func charge(q billing.Quote, minutes int64) int64 {
	return (minutes*q.Lines[0].ChargePerHour.Amount + 30) / 60
}

func pay(q billing.Quote, minutes int64) int64 {
	return (minutes*q.Lines[0].PayPerHour.Amount + 30) / 60
}

func b8() *time.Location { return time.FixedZone("", 8*60*60) }

func refused(tb testing.TB, err error, want *fault.Fault) {
	tb.Helper()
	if !errors.Is(err, want) {
		tb.Errorf("got %v, want %s", err, want.Code)
	}
}
