package test

import (
	"math"
	"strconv"
	"testing"
	"time"

	"peakseat/internal/provetest"
	"peakseat/matcher/planner"
)

// The reference table of the project's real inputs, on which two independent implementations agree, to its printed digits.
func TestProvePlanner(t *testing.T) { //nolint:paralleltest // it writes figures
	provetest.Need(t)
	compared, differ := 0, 0
	same := func(what string, got float64, printed string) {
		compared++
		if text := strconv.FormatFloat(got, 'f', decimals(printed), 64); text != printed {
			differ++
			t.Errorf("%s: %s, the table says %s", what, text, printed)
		}
	}
	plan := func(contacts, handling, level, threshold float64) planner.Interval {
		r, err := planner.Plan(planner.Input{
			IntervalMinutes: 30, Contacts: []planner.Contacts{{StartsAt: time.Date(2026, 11, 11, 12, 0, 0, 0, time.UTC), Contacts: contacts}},
			HandlingSeconds: handling, ServiceLevel: level, ThresholdSeconds: threshold,
		})
		if err != nil {
			t.Fatal(err)
		}
		return r.Intervals[0]
	}
	table := []struct {
		contacts, level, threshold                               float64
		erlangs, seats, serviceLevel, pWait, meanWait, occupancy string
	}{
		{20, .80, 20, "2", "4", "0.860741", "0.173913", "15.652", "0.500"},
		{100, .80, 20, "10", "14", "0.888350", "0.174132", "7.836", "0.714"},
		{400, .80, 20, "40", "45", "0.804519", "0.340706", "12.265", "0.889"},
		{1500, .95, 10, "150", "167", "0.954755", "0.116342", "1.232", "0.898"},
	}
	for _, row := range table {
		got := plan(row.contacts, 180, row.level, row.threshold)
		same("erlangs", got.Erlangs, row.erlangs)
		same("seats", float64(got.ErlangC.Seats), row.seats)
		same("service level", got.ErlangC.ServiceLevel, row.serviceLevel)
		same("P(wait)", got.ErlangC.PWait, row.pWait)
		same("mean wait", got.ErlangC.MeanWaitSeconds, row.meanWait)
		same("occupancy", got.ErlangC.Occupancy, row.occupancy)
	}
	a := planner.ErlangA(10, 180, 300, 20, 14)
	same("Erlang A: P(wait)", a.PWait, "0.145260")
	same("Erlang A: abandon", a.PAbandon, "0.013984")
	same("Erlang A: occupancy", a.Occupancy, "0.704297")
	same("Erlang A: mean wait", a.MeanWaitSeconds, "4.1951")
	same("Erlang A: service level", a.ServiceLevel, "0.916792")
	provetest.Record(t, "planner_rows", float64(len(table)+1), "rows", "of the reference table: Erlang C and A")
	provetest.Record(t, "planner_values", float64(compared), "values", "compared to their printed digits")
	provetest.Record(t, "planner_differences", float64(differ), "values", "")

	began := time.Now()
	heavy := plan(3000, 480, .80, 20)
	took := time.Since(began)
	if c := heavy.ErlangC; heavy.Erlangs != 800 || c.Seats <= 800 || !(c.ServiceLevel >= .8 && c.ServiceLevel <= 1) || math.IsNaN(c.MeanWaitSeconds+c.PWait) {
		t.Errorf("3,000 contacts of 480 s: %+v", heavy)
	}
	provetest.Record(t, "planner_heavy_seats", float64(heavy.ErlangC.Seats), "seats", "3,000 contacts of 480 s in half an hour, 800 erlangs, 80/20")
	provetest.Record(t, "planner_heavy_time", float64(took.Microseconds())/1000, "ms", "")
}

func decimals(printed string) int {
	for i, c := range printed {
		if c == '.' {
			return len(printed) - i - 1
		}
	}
	return 0
}
