package test

import (
	"encoding/json"
	"testing"

	"peakseat/internal/provetest"
	"peakseat/internal/rehearsal"
)

// The main job on real input: 18,000 agents, and 2,000 seats at the peak.
func TestProveRehearsal(t *testing.T) { //nolint:paralleltest // it measures
	provetest.Need(t)
	out, code := newInstall(t).run(t, "rehearse", "--agents", "18000", "--seats", "2000", "--json")
	var r rehearsal.Report
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatalf("status %d: %v\n%s", code, err, out)
	}
	for _, c := range r.Checks {
		if !c.OK {
			t.Errorf("%s: %s", c.Name, c.Detail)
		}
	}
	if code != 0 || r.Audit == nil || len(r.Audit.Broken) > 0 || len(r.Skipped) > 0 || r.Day.Worked == 0 {
		t.Errorf("status %d, audit %+v, skipped %q, %d worked", code, r.Audit, r.Skipped, r.Day.Worked)
	}
	var seats, held, worked float64
	for _, h := range r.Fill {
		seats, held, worked = seats+h.Seats, held+h.Held, worked+h.Worked
	}
	note := func(name string, value float64, unit, what string) {
		provetest.Record(t, "rehearsal_"+name, value, unit, what)
	}
	note("seconds", r.Seconds, "s", "18,000 agents, 2,000 seats at the peak, 12 merchants")
	for _, s := range r.Stages {
		t.Logf("%-26s %8.1f s %8d requests, median %.1f ms, p99 %.1f ms", s.Name, s.Seconds, s.Requests, s.MedianMS, s.P99MS)
	}
	note("requests", float64(r.Requests), "requests", "over HTTP")
	note("peak_memory", float64(r.PeakMemory)/(1<<20), "MiB", "of the program and the rehearsal, which share a process; PostgreSQL's comes on top")
	note("peak_seats", float64(r.PeakSeats), "seats", "booked at the peak")
	note("seat_shifts", float64(r.SeatShifts), "seats", "in all shifts of the day")
	note("held", 100*held/seats, "%", "of the seat hours, when the day begins")
	note("worked", 100*worked/seats, "%", "of the seat hours")
	note("plan_solve", float64(r.Plan.SolveMS), "ms", "")
	note("plan_weight", float64(r.Plan.Weight), "W", "of the daily model, exact")
	note("plan_quality", float64(r.Plan.Quality), "Q", "of the daily model, exact")
	note("offers_accepted", float64(r.Offers.Accepted), "offers", "")
	note("claims_won", float64(r.Claims.Won), "claims", "")
	note("no_shows", float64(r.Day.NoShows), "assignments", "")
	note("no_shows_noticed", r.Day.NoticedMedianMS, "ms", "median, after the deadline")
	note("no_shows_replaced", float64(r.Day.Replaced), "seats", "")
	note("replaced_after", r.Day.ReplacedMedianMin, "min", "median, after the start, by the rules' clock")
	note("top_ups", float64(r.Money.TopUps), "fen", "all of it is found again to the fen")
	note("audit_rows", float64(r.Audit.Rows), "rows", "looked at, nothing broken")
}
