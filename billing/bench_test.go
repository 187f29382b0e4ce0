package billing_test

import (
	"fmt"
	"testing"

	"peakseat/internal/fact"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"
)

// BenchmarkSettlement approves timesheets with eight callers: spread over bookings, and all of one booking, whose
// escrow orders them. The test server does not wait for its disk.
func BenchmarkSettlement(b *testing.B) {
	for _, perBooking := range []int{10, 1 << 30} {
		name := "spread"
		if perBooking > 10 {
			name = "one booking"
		}
		b.Run(name, func(b *testing.B) {
			w := newWorld(b)
			var facts []fact.Fact
			for left := b.N; left > 0; left -= min(left, perBooking) {
				seats := min(left, perBooking)
				booking := w.booking(monday().AddDate(0, 0, 7), 240, seats)
				w.confirmed(booking)
				for range seats {
					facts = append(facts, finished(booking, 0, uuid.New(), 240))
				}
			}
			for len(facts) > 0 { // as the consumer does, a hundred to a transaction
				n := min(len(facts), 100)
				must(b, w.told(facts[:n]...))
				facts = facts[n:]
			}
			rows, err := w.pools.System.Pool.Query(b.Context(), `select id from billing.timesheet`)
			must(b, err)
			sheets := make(chan uuid.UUID, b.N)
			for rows.Next() {
				var id uuid.UUID
				must(b, rows.Scan(&id))
				sheets <- id
			}
			must(b, rows.Err())
			close(sheets)
			b.ResetTimer()
			var group errgroup.Group
			for range 8 {
				group.Go(func() error {
					for id := range sheets {
						if _, err := w.billing.Approve(w.owner, id); err != nil {
							return fmt.Errorf("approve %s: %w", id, err)
						}
					}
					return nil
				})
			}
			must(b, group.Wait())
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "settlements/s")
			w.proven()
		})
	}
}
