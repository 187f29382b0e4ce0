package academy

import (
	"testing"
	"time"
)

func TestStreaksAreDaysInARowThatStillCount(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 11, n, 15, 30, 0, 0, time.UTC) } // 23:30 in Shanghai
	event := func(n int, ref string, points int) PointEvent {
		return PointEvent{Kind: "simulation", Ref: ref, Points: points, HappenedAt: day(n)}
	}
	for name, c := range map[string]struct {
		events       []PointEvent
		now          time.Time
		streak, best int
	}{
		"nothing":           {nil, day(5), 0, 0},
		"two days":          {[]PointEvent{event(4, "a", 80), event(5, "b", 80)}, day(5), 2, 2},
		"yesterday counts":  {[]PointEvent{event(4, "a", 80)}, day(5), 1, 1},
		"the day before":    {[]PointEvent{event(3, "a", 80)}, day(5), 0, 1},
		"a gap":             {[]PointEvent{event(1, "a", 80), event(2, "b", 80), event(5, "c", 80)}, day(5), 1, 2},
		"a reversed middle": {[]PointEvent{event(3, "a", 80), event(4, "b", 80), event(5, "c", 80), event(5, "b", -80)}, day(5), 1, 1},
		"past midnight":     {[]PointEvent{event(4, "a", 80)}, day(5).Add(40 * time.Minute), 0, 1}, // the 6th in Shanghai
	} {
		p, err := playOf(c.events, c.now)
		if err != nil || p.Streak != c.streak || p.BestStreak != c.best {
			t.Errorf("%s: %d days now and %d at best, want %d and %d (%v)", name, p.Streak, p.BestStreak, c.streak, c.best, err)
		}
	}
	var week []PointEvent
	for n := 1; n <= 7; n++ {
		week = append(week, event(n, string(rune('a'+n)), 80))
	}
	if p, err := playOf(week, day(7)); err != nil || len(p.Badges) != 2 || p.Badges[1].Code != "streak" {
		t.Errorf("a week in a row: %+v, %v", p, err)
	}
}
