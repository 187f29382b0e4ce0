package standing_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peakseat/certification/standing"
)

// history is what happened to somebody, a day apart.
type history struct {
	events []standing.Event
	now    time.Time
	n      int
}

func newHistory() *history {
	return &history{now: time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)}
}

func (h *history) add(e standing.Event) *history {
	h.now = h.now.Add(24 * time.Hour)
	e.At = h.now
	h.events = append(h.events, e)
	return h
}

// qualified has a credential and a good exam.
func (h *history) qualified() *history {
	return h.add(standing.Event{Kind: standing.Scored, Subject: "exam", Score: 9000}).add(standing.Event{Kind: standing.CredentialIn, Subject: "c1", Of: "presale"})
}

func (h *history) shifts(n int, kinds ...standing.Kind) *history {
	for range n {
		h.n++
		for _, k := range kinds {
			h.add(standing.Event{Kind: k, Subject: fmt.Sprint("shift ", h.n), Minutes: 240})
		}
	}
	return h
}

func (h *history) standing() standing.Standing { return standing.Replay(h.events, h.now) }

// The numbers of version 1 as anybody can work them out by hand.
func TestTheFormulaByHand(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		h     *history
		score int
		tier  standing.Tier
	}{
		"nobody knows them":   {newHistory(), 4500, standing.Bronze},                                                                                      // 70% of 50, and 10
		"qualified":           {newHistory().qualified(), 7500, standing.Bronze},                                                                          // + 90% of 20 + 60% of 20; too few shifts
		"ten in time":         {newHistory().qualified().shifts(10, standing.Finished), 8500, standing.Silver},                                            // (350+1000)/15 = 90%
		"thirty in time":      {newHistory().qualified().shifts(30, standing.Finished), 8785, standing.Gold},                                              // 3350/35 = 95.71%
		"one of ten late":     {newHistory().qualified().shifts(9, standing.Finished).shifts(1, standing.Late, standing.Finished), 8333, standing.Silver}, // 1300/15
		"one of ten missed":   {newHistory().qualified().shifts(9, standing.Finished).shifts(1, standing.Missing), 7676, standing.Silver},                 // 1250/17 = 73.52%
		"missed, yet came":    {newHistory().qualified().shifts(9, standing.Finished).shifts(1, standing.Missing, standing.Finished), 8333, standing.Silver},
		"a renewal is one":    {newHistory().qualified().add(standing.Event{Kind: standing.CredentialIn, Subject: "c2", Of: "presale"}), 7500, standing.Bronze},
		"a second credential": {newHistory().qualified().add(standing.Event{Kind: standing.CredentialIn, Subject: "c2", Of: "refund"}), 7900, standing.Bronze},
		"revoked":             {newHistory().qualified().add(standing.Event{Kind: standing.CredentialOut, Subject: "c1"}), 6300, standing.Bronze},
		"minutes ruled away":  {newHistory().qualified().shifts(10, standing.Finished).add(standing.Event{Kind: standing.MinutesLost, Subject: "d", Minutes: 240}), 8000, standing.Silver}, // 10% lost, five times
	} {
		got := c.h.standing()
		if got.Score != c.score || got.Tier != c.tier {
			t.Errorf("%s: %d points, %s; want %d, %s: %+v", name, got.Score, got.Tier, c.score, c.tier, got.Parts)
		}
	}
}

// A tier is left only well below where it was reached, and reached again only above.
func TestTiersHaveHysteresis(t *testing.T) {
	t.Parallel()
	h := newHistory().qualified().shifts(60, standing.Finished)
	if got := h.standing(); got.Tier != standing.Gold {
		t.Fatalf("%+v", got)
	}
	changes := len(h.standing().Path)
	for n := range 4 {
		h.shifts(1, standing.Missing)
		got := h.standing()
		if want := got.Score >= 7500; (got.Tier == standing.Gold) != want {
			t.Errorf("after %d missed: %s with %d points", n+1, got.Tier, got.Score)
		}
	}
	if got := h.standing(); got.Score >= 8000 || got.Score < 7500 || got.Tier != standing.Gold || len(got.Path) != changes {
		t.Errorf("between the two thresholds: %s with %d points", got.Tier, got.Score)
	}
	for h.standing().Tier == standing.Gold {
		h.shifts(1, standing.Missing)
	}
	for h.standing().Score < 7600 {
		h.shifts(1, standing.Finished)
	}
	if got := h.standing(); got.Tier != standing.Silver {
		t.Errorf("gold again with %d points, and it is reached at 8000", got.Score)
	}
}

// Whatever the order in which it is told, the standing is one; and at any date it is what it was then.
func TestReplayIsOneTruth(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	kinds := []standing.Kind{standing.Finished, standing.Late, standing.Missing, standing.Scored, standing.CredentialIn, standing.CredentialOut, standing.MinutesLost}
	for range 50 {
		h := newHistory().qualified()
		then := map[time.Time]standing.Standing{}
		for range 120 {
			h.add(standing.Event{
				Kind: kinds[random.IntN(len(kinds))], Subject: strconv.Itoa(random.IntN(60)), Of: strconv.Itoa(random.IntN(4)),
				Minutes: random.IntN(480), Score: random.IntN(10_001),
			})
			then[h.now] = h.standing()
		}
		random.Shuffle(len(h.events), func(i, j int) { h.events[i], h.events[j] = h.events[j], h.events[i] })
		for at, want := range then {
			if diff := cmp.Diff(want, standing.Replay(h.events, at)); diff != "" {
				t.Fatalf("at %s: %s", at, diff)
			}
		}
		for _, c := range h.standing().Path {
			if c.From == c.To || c.Score != standing.Replay(h.events, c.At).Score {
				t.Errorf("a change that is none, or of another score: %+v", c)
			}
		}
	}
}

// What an upheld appeal takes out never happened: every score and tier of later is as without it.
func TestWithoutAPenaltyItNeverHappened(t *testing.T) {
	t.Parallel()
	with := newHistory().qualified().shifts(29, standing.Finished).shifts(1, standing.Late, standing.Finished).shifts(5, standing.Finished)
	without := slices.DeleteFunc(slices.Clone(with.events), func(e standing.Event) bool { return e.Kind == standing.Late })
	got, clean := with.standing(), standing.Replay(without, with.now)
	if got.Score >= clean.Score || clean.Score != newHistory().qualified().shifts(35, standing.Finished).standing().Score {
		t.Errorf("%d points with it, %d without", got.Score, clean.Score)
	}
}

// What is said to lead to the next tier does lead there.
func TestLookingAheadIsTrue(t *testing.T) {
	t.Parallel()
	h := newHistory().qualified().shifts(3, standing.Finished)
	ahead, ok := standing.Look(h.events, h.now)
	if !ok || ahead.Tier != standing.Silver || ahead.Shifts != 7 || ahead.Points != 0 || ahead.ShiftsInTime != 7 || ahead.OneCredential != 400 {
		t.Fatalf("%+v", ahead)
	}
	if got := h.shifts(ahead.ShiftsInTime-1, standing.Finished).standing(); got.Tier != standing.Bronze {
		t.Errorf("there too early: %s", got.Tier)
	}
	if got := h.shifts(1, standing.Finished).standing(); got.Tier != standing.Silver {
		t.Errorf("not there: %s", got.Tier)
	}
	top := newHistory().qualified().add(standing.Event{Kind: standing.CredentialIn, Subject: "c2", Of: "refund"}).shifts(150, standing.Finished)
	if _, ok := standing.Look(top.events, top.now); ok {
		t.Errorf("there is something above %s", top.standing().Tier)
	}
}

// The published numbers are whole: weights of 100, thresholds in order, kept below where they are reached.
func TestRulesAreWhole(t *testing.T) {
	t.Parallel()
	var from time.Time
	for i, r := range standing.Versions() {
		w := r.Weights
		if r.Version != i+1 || w.Attendance+w.Disputes+w.Training+w.Certification != 100 || i > 0 && !r.From.After(from) || len(r.Steps) != len(standing.Tiers())-1 {
			t.Errorf("version %d: %+v", r.Version, r)
		}
		from = r.From
		last := standing.Step{}
		for n, step := range r.Steps {
			if step.Tier != standing.Tiers()[n+1] || step.KeepAt >= step.ReachAt || step.ReachAt <= last.ReachAt || step.KeepAt <= last.KeepAt || step.Shifts < last.Shifts || step.LevelBonus < last.LevelBonus {
				t.Errorf("version %d: %+v", r.Version, step)
			}
			last = step
		}
	}
}
