package test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/provetest"
)

// The named sizes.
const (
	provenAgents = 20_000
	provenSeats  = 2_000
)

// 20,000 agents claim 2,000 seats over 64 connections, three at once each, a tenth of the connections closed before the
// answer: spread over 200 shifts, and then as a flash crowd on four shifts that all overlap.
func TestProveStorm(t *testing.T) { //nolint:paralleltest // it measures
	provetest.Need(t)
	dir := newInstall(t)
	began := time.Now()
	tokens := dir.seeded(t, provenAgents, provenSeats)
	provetest.Record(t, "seed_20000_agents_2000_seats", time.Since(began).Seconds(), "s", "")
	p := dir.serve(t, "127.0.0.1:0")

	spread := newStorm(t, p.url, tokens)
	spread.measure(t, "storm_spread", spread.distinctly(spread.spread))

	flash := newStorm(t, p.url, tokens)
	flash.name = "flash"
	flash.shifts = flash.bookFlash(t)
	flash.measure(t, "storm_flash", func(_ int, random *rand.Rand) [3]int { return [3]int(random.Perm(4)[:3]) })

	began = time.Now()
	dir.audited(t)
	provetest.Record(t, "audit_after_storms", time.Since(began).Seconds(), "s", "")
}

// measure rages, judges, and notes the figures.
func (s *storm) measure(t *testing.T, name string, pick func(int, *rand.Rand) [3]int) {
	t.Helper()
	s.closedShare = 0.1
	took, err := s.rage(t.Context(), pick)
	if err != nil {
		t.Fatal(err)
	}
	answered := 0
	for i := range s.history {
		if s.history[i].known {
			answered++
		}
	}
	provetest.Record(t, name+"_claims", float64(len(s.history)), "claims", "")
	provetest.Record(t, name+"_connections_closed", float64(len(s.history)-answered), "claims", "")
	provetest.Record(t, name+"_per_second", float64(answered)/took.Seconds(), "answers/s", "")
	provetest.Record(t, name+"_p50", s.latency(0.5), "ms", "")
	provetest.Record(t, name+"_p99", s.latency(0.99), "ms", "over HTTP, 64 connections, 20,000 agents, three claims at once each; aim 100")
	s.judge(t)
	if !t.Failed() { // judge found each of them held once
		provetest.Record(t, name+"_seats_held", provenSeats, "seats", "of 2,000; none twice, no overlap, rest kept, no 5xx, every full true (porcupine)")
	}
}

// bookFlash books four shifts of 500 seats that overlap, far ahead of what the seed made and the scheduler plans.
func (s *storm) bookFlash(t *testing.T) (list []stormShift) {
	t.Helper()
	owner := s.owners[0]
	var shop uuid.UUID
	for _, one := range s.list(t, owner, "/shops") {
		shop = uuid.MustParse(one["id"].(string))
	}
	s.call(t, owner, http.MethodPost, "/wallet/top-ups", map[string]any{"amount": cny(10_000_000_00)}, http.StatusCreated, nil)
	day := s.shifts[len(s.shifts)-1].EndsAt.AddDate(0, 0, 10).Format(time.DateOnly)
	for i := range 4 {
		body := map[string]any{
			"shop_id": shop, "title": fmt.Sprintf("flash %d", i+1), "starts_on": day, "ends_on": day,
			"windows":      []map[string]any{{"start": fmt.Sprintf("10:%02d", 15*i), "end": fmt.Sprintf("12:%02d", 15*i), "seats": provenSeats / 4}},
			"requirements": []map[string]any{{"tag": "channel/chat", "level": 1}, {"tag": "function/presale", "level": 1}},
		}
		var booking, quote struct{ ID string }
		s.call(t, owner, http.MethodPost, "/bookings", body, http.StatusCreated, &booking)
		s.call(t, owner, http.MethodPost, "/bookings/"+booking.ID+"/quotes", nil, http.StatusCreated, &quote)
		s.call(t, owner, http.MethodPost, "/bookings/"+booking.ID+"/confirmation", map[string]any{"quote_id": quote.ID}, http.StatusOK, nil)
		for _, raw := range s.list(t, owner, "/bookings/"+booking.ID+"/shifts") {
			list = append(list, readShift(t, raw, owner))
		}
	}
	return list
}

// The same, with the program killed five times while seats are being won, and its PostgreSQL once.
func TestProveKill(t *testing.T) { //nolint:paralleltest // it measures
	provetest.Need(t)
	took := proveKills(t, provenAgents, provenSeats, []float64{0.1, 0.25, 0.4, 0.7, 0.85}, 0.55)
	provetest.Record(t, "storm_killed_program", 5, "kills", "")
	provetest.Record(t, "storm_killed_postgres", 1, "kills", "")
	if !t.Failed() { // each win was held against the roster, and the audit was clean
		provetest.Record(t, "storm_killed_acknowledged_and_lost", 0, "claims", "")
	}
	provetest.Record(t, "storm_killed_took", took.Seconds(), "s", "")
}
