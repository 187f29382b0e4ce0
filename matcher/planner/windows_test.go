package planner

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// A brute force that shares nothing with the shortest path: every choice of
// windows with every number of seats, kept where it is disjoint and covers.
func TestWindowsAreTheCheapestOfAllThatCover(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 7))
	for range 150 {
		needs := randomNeeds(random, 1+random.IntN(6), 30, 3)
		first := time.Unix(needs[0].startsAt, 0).UTC()
		got := windows(needs, 30, first)
		checkWindows(t, got, needs, 30)
		if want := bruteForce(needs); seatHours(got) != want {
			t.Errorf("%v: %v takes %v seat-hours, least is %v", needs, got, seatHours(got), want)
		}
	}
}

func TestWindowsHoldForDaysOfEachLengthOfInterval(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 8))
	for _, minutes := range []int{15, 30, 60} {
		for range 60 {
			needs := randomNeeds(random, 1+random.IntN(200), minutes, 1+random.IntN(40))
			got := windows(needs, minutes, time.Unix(needs[0].startsAt, 0).UTC())
			checkWindows(t, got, needs, minutes)
		}
	}
}

func TestWindowsOfPlainDays(t *testing.T) {
	t.Parallel()
	const none = 0
	for _, tt := range []struct {
		name  string
		seats []int // per half hour from 09:00
		want  string
	}{
		{"one half hour is two hours from its start", []int{3}, "09:00-11:00 x3"},
		{"equal hours are as few windows as may be", repeat(2, 20), "09:00-11:00 x2, 11:00-19:00 x2"},
		{"a peak gets a window of its own", append(append(repeat(2, 4), repeat(9, 4)...), repeat(2, 4)...), "09:00-11:00 x2, 11:00-13:00 x9, 13:00-15:00 x2"},
		{"a lone hour of peak takes the cheaper hour along", []int{1, 1, 1, 1, 9, 9, 5, 5, 5, 5, 5, 5}, "09:00-11:00 x1, 11:00-13:00 x9, 13:00-15:00 x5"},
		{"hours that nobody needs are left out", []int{4, 4, 4, 4, none, none, none, none, none, 4, 4, 4, 4}, "09:00-11:00 x4, 13:30-15:30 x4"},
		{"nobody at all", repeat(none, 6), ""},
		{"short of two hours at the end, it reaches beyond", []int{none, none, none, none, none, 2, 2}, "11:30-13:30 x2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			needs := make([]need, len(tt.seats))
			start := time.Date(2026, 11, 11, 9, 0, 0, 0, time.FixedZone("", 8*3600))
			for i, seats := range tt.seats {
				needs[i] = need{startsAt: start.Add(time.Duration(i) * 30 * time.Minute).Unix(), seats: seats}
			}
			printed := ""
			var printedSb63 strings.Builder
			for i, w := range windows(needs, 30, start) {
				if i > 0 {
					printedSb63.WriteString(", ")
				}
				fmt.Fprintf(&printedSb63, "%s-%s x%d", w.Start.Format("15:04"), w.End.Format("15:04"), w.Seats)
			}
			printed += printedSb63.String()
			if printed != tt.want {
				t.Errorf("%s\nwant %s", printed, tt.want)
			}
		})
	}
}

func TestWindowRangeAndRisk(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 11, 20, 0, 0, 0, time.UTC)
	in := Input{
		IntervalMinutes: 60, HandlingSeconds: 240, ServiceLevel: .8, ThresholdSeconds: 20,
		Contacts: []Contacts{{start, 240}, {start.Add(time.Hour), 180}},
	}
	got, err := Plan(in)
	if err != nil {
		t.Fatal(err)
	}
	// By hand from Erlang C: 240 an hour need 20 seats, 180 need 16; at 80% the first
	// needs 17, at 120% 24 and the second 19. So only the first hour can fall short.
	want := Window{Start: start, End: start.Add(2 * time.Hour), Seats: 20, Low: 17, High: 24, Risk: 240. / 420}
	if len(got.Windows) != 1 || got.Windows[0] != want {
		t.Errorf("%+v\nwant %+v", got.Windows, want)
	}
	for contacts, seats := range map[float64]int{240 * .8: 17, 240 * 1.2: 24, 180: 16, 180 * 1.2: 19} {
		if n := planOne(t, Input{Contacts: one(contacts / 2), HandlingSeconds: 240, ServiceLevel: .8, ThresholdSeconds: 20}).ErlangC.Seats; n != seats {
			t.Errorf("%v an hour: %d seats, want %d", contacts, n, seats)
		}
	}
}

func TestWindowsFollowErlangAAndShrinkage(t *testing.T) {
	t.Parallel()
	in := Input{
		IntervalMinutes: 30, Contacts: one(120), HandlingSeconds: 240, ServiceLevel: .8, ThresholdSeconds: 20,
		Shrinkage: .15, PatienceSeconds: new(60.0),
	}
	got, err := Plan(in)
	if err != nil {
		t.Fatal(err)
	}
	if a := got.Intervals[0].ErlangA; a.Seats != 17 || a.Scheduled != 20 || got.Windows[0].Seats != 20 {
		t.Errorf("%+v %+v, want 17 seats by Erlang A, 20 scheduled, a window of 20", a, got.Windows)
	}
}

func TestWindowsKeepTheClockOfTheShop(t *testing.T) {
	t.Parallel()
	kathmandu := time.FixedZone("", 5*3600+45*60) // its half hours are not those of UTC
	start := time.Date(2026, 11, 11, 20, 15, 0, 0, kathmandu)
	got, err := Plan(Input{
		IntervalMinutes: 15, HandlingSeconds: 240, ServiceLevel: .8, ThresholdSeconds: 20,
		Contacts: []Contacts{{start, 10}, {start.Add(15 * time.Minute), 10}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if w := got.Windows[0]; w.Start.Format(time.RFC3339) != "2026-11-11T20:00:00+05:45" || w.End.Sub(w.Start) != 2*time.Hour {
		t.Errorf("%+v, want two hours from 20:00+05:45", w)
	}
}

// checkWindows proves what a proposal promises, interval by interval.
func checkWindows(t *testing.T, got []Window, needs []need, minutes int) {
	t.Helper()
	length := int64(minutes) * 60
	for i, w := range got {
		span := w.End.Sub(w.Start)
		if span < 2*time.Hour || span > 8*time.Hour || span%(30*time.Minute) != 0 || w.Start.Minute()%30 != 0 {
			t.Errorf("%+v is not 2 to 8 hours of whole half hours", w)
		}
		if i > 0 && w.Start.Before(got[i-1].End) {
			t.Errorf("%+v overlaps %+v", w, got[i-1])
		}
		var all, short float64
		low, high, most := 0, 0, 0
		for _, n := range needs {
			both := float64(min(w.End.Unix(), n.startsAt+length) - max(w.Start.Unix(), n.startsAt))
			if both <= 0 {
				continue
			}
			low, high, most = max(low, n.low), max(high, n.high), max(most, n.seats)
			all += n.contacts * both
			if n.high > w.Seats {
				short += n.contacts * both
			}
		}
		if w.Low != low || w.High != high || w.Seats != most || math.Abs(w.Risk*all-short) > 1e-6 {
			t.Errorf("%+v: want seats %d, low %d, high %d, risk %v of %v", w, most, low, high, short, all)
		}
	}
	for _, n := range needs {
		for at := n.startsAt; at < n.startsAt+length; at += 60 {
			seats := 0
			for _, w := range got {
				if w.Start.Unix() <= at && at < w.End.Unix() {
					seats += w.Seats
				}
			}
			if seats < n.seats {
				t.Fatalf("%+v has %d seats at %s", n, seats, time.Unix(at, 0).UTC())
			}
		}
	}
}

func seatHours(windows []Window) float64 {
	total := 0.0
	for _, w := range windows {
		total += float64(w.Seats) * w.End.Sub(w.Start).Hours()
	}
	return total
}

// bruteForce is the least seat-hours of disjoint windows over half-hour needs.
func bruteForce(needs []need) float64 {
	slots := len(needs) + 2*margin
	most := 0
	for _, n := range needs {
		most = max(most, n.seats)
	}
	type candidate struct{ from, to, seats int }
	var all []candidate
	for from := range slots {
		for length := 4; length <= 16 && from+length <= slots; length++ {
			for seats := 1; seats <= most; seats++ {
				all = append(all, candidate{from, from + length, seats})
			}
		}
	}
	best := math.Inf(1)
	covered := make([]int, slots)
	var choose func(next int, cost float64)
	choose = func(next int, cost float64) {
		if cost >= best {
			return
		}
		enough := true
		for i, n := range needs {
			enough = enough && covered[margin+i] >= n.seats
		}
		if enough {
			best = cost
			return
		}
	candidates:
		for i := next; i < len(all); i++ {
			c := all[i]
			for s := c.from; s < c.to; s++ {
				if covered[s] > 0 {
					continue candidates
				}
			}
			for s := c.from; s < c.to; s++ {
				covered[s] = c.seats
			}
			choose(i+1, cost+float64(c.seats*(c.to-c.from))/2)
			for s := c.from; s < c.to; s++ {
				covered[s] = 0
			}
		}
	}
	choose(0, 0)
	return best
}

func randomNeeds(random *rand.Rand, n, minutes, most int) []need {
	start := time.Date(2026, 11, 11, 9, 0, 0, 0, time.UTC).Unix()
	if minutes == 15 {
		start += int64(random.IntN(4)) * 15 * 60
	}
	needs := make([]need, n)
	for i := range needs {
		seats := max(0, random.IntN(most+2)-1) // every so often nobody
		needs[i] = need{
			startsAt: start + int64(i*minutes)*60,
			contacts: float64(seats) * 6,
			seats:    seats,
			low:      seats * 4 / 5,
			high:     (seats*6 + 4) / 5,
		}
	}
	return needs
}

func repeat(seats, times int) []int {
	out := make([]int, times)
	for i := range out {
		out[i] = seats
	}
	return out
}
