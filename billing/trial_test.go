package billing_test

import (
	"errors"
	"testing"

	"peakseat/billing"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/web"

	"github.com/google/uuid"
)

// trial is a newcomer's work in a trial seat.
func trial(b billing.QuotedBooking, agent uuid.UUID, minutes int64) fact.AssignmentFinished {
	f := finished(b, 0, agent, minutes)
	f.Trial = true
	return f
}

func assessed(f fact.AssignmentFinished, assessor uuid.UUID, by string, passed bool) fact.TrialAssessed {
	return fact.TrialAssessed{TrialID: f.AssignmentID, AgentID: f.AgentID, ShiftID: f.ShiftID, Code: "presale", Passed: passed, AssessorID: assessor.String(), By: by}
}

// A trial is paid whether it is passed or not, less tax, by the platform and not by the merchant, whose hold returns whole.
func TestATrialIsPaidByThePlatformWhateverItsOutcome(t *testing.T) {
	t.Parallel()
	for _, passed := range []bool{true, false} {
		w := newWorld(t)
		b := w.booking(monday().AddDate(0, 0, 1), 480, 1)
		q := w.confirmed(b)
		newcomer, mentor := uuid.New(), uuid.New()
		f := trial(b, newcomer, 480)
		must(t, w.told(f, ended(b, 0, 0)))
		must(t, w.told(f, assessed(f, mentor, "mentor", passed)))
		must(t, w.told(f, assessed(f, mentor, "mentor", passed))) // again

		if got := w.wallet(); got.Available != q.Total || got.Escrow.Amount != 0 {
			t.Errorf("the merchant has %+v of %v", got, q.Total)
		}
		if bill := w.bill(b); bill.Charged.Amount != 0 || bill.Credited != q.Total {
			t.Errorf("the bill says %+v", bill)
		}
		rate := q.Lines[0].PayPerHour.Amount
		for who, want := range map[uuid.UUID]int64{newcomer: 8 * rate, mentor: (15*rate + 30) / 60} {
			e, err := w.billing.Earnings(asAgent(t, who), web.Page{Limit: 50})
			must(t, err)
			if e.Payable.Amount+e.Withheld.Amount != want || len(e.Lines) != 1 || e.Lines[0].Source != "platform" || e.Pending.Amount != 0 {
				t.Errorf("passed %v: earned %+v, want %d", passed, e, want)
			}
		}
		list, err := w.billing.Timesheets(w.owner, billing.TimesheetFilter{}, web.Page{Limit: 50})
		must(t, err)
		if len(list.Items) != 0 {
			t.Errorf("the merchant sees %+v", list.Items)
		}
		w.proven()
	}
}

// Tax follows the person's year as of any pay: 8,000 in a month withholds 42.
func TestATrialWithholdsTax(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.booking(monday().AddDate(0, 0, 1), 720, 30)
	q := w.confirmed(b)
	newcomer := uuid.New()
	var gross int64
	for gross < 625_000 {
		must(t, w.told(trial(b, newcomer, 720)))
		gross += 12 * q.Lines[0].PayPerHour.Amount
	}
	must(t, w.told(trial(b, newcomer, 720)))
	gross += 12 * q.Lines[0].PayPerHour.Amount
	e, err := w.billing.Earnings(asAgent(t, newcomer), web.Page{Limit: 50})
	must(t, err)
	if want := ((gross*8+5)/10 - 500_000) * 3 / 100; e.Withheld.Amount < want-1 || e.Withheld.Amount > want+1 || want == 0 {
		t.Errorf("of %d withheld %v, want %d", gross, e.Withheld, want)
	}
	w.proven()
}

// The agent may object to the minutes of a trial; what a ruling gives, the platform pays. A trainer's card pays no mentor.
func TestAnObjectionToATrialIsThePlatformsToPay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.booking(monday().AddDate(0, 0, 1), 480, 1)
	q := w.confirmed(b)
	newcomer, trainer := uuid.New(), uuid.New()
	f := trial(b, newcomer, 450)
	must(t, w.told(f, ended(b, 0, 0), assessed(f, trainer, "trainer", false)))
	list, err := w.billing.Timesheets(asAgent(t, newcomer), billing.TimesheetFilter{}, web.Page{Limit: 50})
	must(t, err)
	if len(list.Items) != 1 || list.Items[0].Kind != "trial" || list.Items[0].State != "approved" || list.Items[0].ApprovedBy != "platform" {
		t.Fatalf("timesheets: %+v", list.Items)
	}
	sheet := list.Items[0].ID
	_, err = w.billing.Dispute(w.owner, sheet, 5, "not mine to pay")
	refused(t, err, fault.ErrNotFound)
	d, err := w.billing.Object(asAgent(t, newcomer), sheet, 30, "the check-in failed")
	must(t, err)
	_, err = w.billing.Rule(w.operator, d.ID, 20, "twenty shown")
	must(t, err)
	e, err := w.billing.Earnings(asAgent(t, newcomer), web.Page{Limit: 50})
	must(t, err)
	rate := q.Lines[0].PayPerHour.Amount
	if want := (470*rate + 30) / 60; e.Payable.Amount+e.Withheld.Amount != want || len(e.Lines) != 2 {
		t.Errorf("earned %+v, want %d", e, want)
	}
	if got := w.wallet(); got.Available != q.Total {
		t.Errorf("the merchant has %v of %v", got.Available, q.Total)
	}
	none, err := w.billing.Earnings(asAgent(t, trainer), web.Page{Limit: 50})
	must(t, err)
	if none.Payable.Amount != 0 {
		t.Errorf("a trainer's card paid %v", none.Payable)
	}
	w.proven()
}

// A card that comes before its trial's minutes is told again later.
func TestACardWaitsForItsTrial(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.booking(monday().AddDate(0, 0, 1), 480, 1)
	w.confirmed(b)
	f := trial(b, uuid.New(), 480)
	if err := w.told(assessed(f, uuid.New(), "mentor", true)); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	w.proven()
}
