package clock_test

import (
	"testing"
	"testing/synctest"
	"time"

	"peakseat/internal/clock"
)

func TestNowIsUTCAndMeasuresWhatPassed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := clock.Now()
		if start.Location() != time.UTC {
			t.Errorf("zone = %v, want UTC", start.Location())
		}
		time.Sleep(90 * time.Minute) // the bubble's clock, not ours
		if got := clock.Since(start); got != 90*time.Minute {
			t.Errorf("Since = %v, want 1h30m", got)
		}
		if got := clock.Now().Sub(start); got != 90*time.Minute {
			t.Errorf("Now - start = %v, want 1h30m", got)
		}
	})
}
