package billing_test

import (
	"testing"
	"time"

	"peakseat/billing"
	"peakseat/internal/fact"
	"peakseat/internal/web"

	"github.com/google/uuid"
)

// late is an agent's work who came so many minutes after the start and stayed to the end.
func late(b billing.QuotedBooking, agent uuid.UUID, minutes int64) fact.AssignmentFinished {
	s := b.Shifts[0]
	f := finished(b, 0, agent, int64(s.EndsAt.Sub(s.StartsAt)/time.Minute)-minutes)
	f.Events = []fact.AttendanceEvent{{Kind: "check_in", At: s.StartsAt.Add(time.Duration(minutes) * time.Minute)}, {Kind: "check_out", At: s.EndsAt}}
	return f
}

// lifted is an appeal against the lateness of that work, as a person decided it.
func lifted(f fact.AssignmentFinished, upheld bool) fact.PenaltyAppealDecided {
	return fact.PenaltyAppealDecided{EventID: uuid.NewString(), Kind: "late", SubjectID: f.AssignmentID, AgentID: f.AgentID, Upheld: upheld, DecidedBy: uuid.NewString()}
}

// An appeal may be decided while the shift still runs. Nobody has to send its fact again: the minutes are paid when they come,
// once, for a seat as for a trial, and the same as where the decision comes last.
func TestALatenessLiftedBeforeTheMinutesAreInIsPaidWithThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		upheld, trial bool
		settled       int64
	}{{"upheld", true, false, 9}, {"upheld, of a trial", true, true, 240}, {"refused", false, false, 0}} {
		for _, decidedFirst := range []bool{true, false} {
			w := newWorld(t)
			b := w.booking(monday().AddDate(0, 0, 1), 240, 1)
			w.confirmed(b)
			agent := uuid.New()
			f := late(b, agent, 9)
			f.Trial = c.trial
			facts := []fact.Fact{f, lifted(f, c.upheld)}
			if decidedFirst {
				facts[0], facts[1] = facts[1], facts[0]
			}
			for _, one := range append(facts, facts...) { // all of it is told twice
				must(t, w.told(one))
			}
			list, err := w.billing.Timesheets(asAgent(t, agent), billing.TimesheetFilter{}, web.Page{Limit: 10})
			must(t, err)
			if len(list.Items) != 1 || list.Items[0].Minutes != 231 || list.Items[0].Settled != c.settled {
				t.Errorf("%s, decided first %t: the timesheets are %+v", c.name, decidedFirst, list.Items)
			}
			w.proven()
		}
	}
}

// The decision and the minutes come at once, told by two processes: whichever is second sees the first.
func TestALatenessLiftedAsTheMinutesComeIsPaid(t *testing.T) {
	t.Parallel()
	const shifts = 12
	w := newWorld(t)
	b := w.booking(monday().AddDate(0, 0, 1), 240, shifts)
	w.confirmed(b)
	w.topUp(10_000_00)
	told := make([]fact.Fact, 0, 2*shifts)
	for range shifts {
		f := late(b, uuid.New(), 9)
		told = append(told, f, lifted(f, true))
	}
	count(t, len(told), func(i int) (bool, error) { return true, w.told(told[i]) })
	list, err := w.billing.Timesheets(w.owner, billing.TimesheetFilter{}, web.Page{Limit: 50})
	must(t, err)
	if len(list.Items) != shifts {
		t.Fatalf("%d timesheets", len(list.Items))
	}
	for _, sheet := range list.Items {
		if sheet.Settled != 9 {
			t.Errorf("of nine minutes lost %d were paid", sheet.Settled)
		}
	}
	w.proven()
}
