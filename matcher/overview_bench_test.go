package matcher_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// crowded is a market of 18,000 agents and 2,000 open seats in a fortnight.
func crowded(b *testing.B) (m *market, shifts []shiftRow) {
	b.Helper()
	m = openMarket(b)
	m.populace(18_000)
	for i := range 200 {
		shifts = append(shifts, m.Shift(10, requires(fmt.Sprintf("function/%d", i%3), 1), requires(fmt.Sprintf("industry/%d", i%5), 1),
			at(evening(i%14).Add(time.Duration(i%4)*time.Hour), 4*time.Hour)))
	}
	m.analyze()
	return m, shifts
}

// analyze has the planner know what was inserted.
func (m *market) analyze() {
	m.Helper()
	owner, err := pgx.Connect(m.Context(), m.pools.URL)
	if err != nil {
		m.Fatal(err)
	}
	defer owner.Close(m.Context())                                //nolint:errcheck // nothing hangs on it
	if _, err := owner.Exec(m.Context(), `analyze`); err != nil { // nothing else does
		m.Fatal(err)
	}
}

// What an operator's first page waits for.
func BenchmarkMarketOverview(b *testing.B) {
	m, _ := crowded(b)
	who := m.Agent()
	for b.Loop() {
		o, err := m.service.MarketOverview(m.as(who), evening(0).Add(-24*time.Hour), evening(15))
		if err != nil || o.OpenSeats != 2000 {
			b.Fatalf("%d open seats, %v", o.OpenSeats, err)
		}
	}
}

// Why a shift's seats are open, with every change that is tried.
func BenchmarkGaps(b *testing.B) {
	m, shifts := crowded(b)
	shift := m.Shift(500, requires("function/3", 4), requires("industry/7", 4), at(shifts[0].StartsAt, 4*time.Hour))
	for b.Loop() {
		if g, err := m.service.Gaps(m.operator(), shift.ID); err != nil || len(g.Remedies) == 0 {
			b.Fatalf("%+v, %v", g, err)
		}
	}
}
