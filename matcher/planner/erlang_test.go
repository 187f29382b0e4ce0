package planner

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

// The reference values below come with the project's real inputs: two
// independent implementations agreed on them. Each is given to its printed digits.

func TestErlangCGivesTheReferenceValues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		contacts, handling, level, threshold float64
		erlangs                              float64
		seats                                int
		serviceLevel, pWait, wait, occupancy string
	}{
		{20, 180, .80, 20, 2, 4, "0.860741", "0.173913", "15.652", "0.500"},
		{100, 180, .80, 20, 10, 14, "0.888350", "0.174132", "7.836", "0.714"},
		{400, 180, .80, 20, 40, 45, "0.804519", "0.340706", "12.265", "0.889"},
		{1500, 180, .95, 10, 150, 167, "0.954755", "0.116342", "1.232", "0.898"},
	} {
		got := planOne(t, Input{
			Contacts: one(tt.contacts), HandlingSeconds: tt.handling, ServiceLevel: tt.level, ThresholdSeconds: tt.threshold,
		})
		if got.Erlangs != tt.erlangs || got.ErlangC.Seats != tt.seats || got.ErlangA != nil {
			t.Errorf("%v contacts: %v erlangs, %d seats, Erlang A %v; want %v, %d, none",
				tt.contacts, got.Erlangs, got.ErlangC.Seats, got.ErlangA, tt.erlangs, tt.seats)
		}
		digits(t, "service level", got.ErlangC.ServiceLevel, tt.serviceLevel)
		digits(t, "P(wait)", got.ErlangC.PWait, tt.pWait)
		digits(t, "mean wait", got.ErlangC.MeanWaitSeconds, tt.wait)
		digits(t, "occupancy", got.ErlangC.Occupancy, tt.occupancy)
	}
}

func TestErlangAGivesTheReferenceValues(t *testing.T) {
	t.Parallel()
	got := ErlangA(10, 180, 300, 20, 14)
	digits(t, "P(wait)", got.PWait, "0.145260")
	digits(t, "abandon", got.PAbandon, "0.013984")
	digits(t, "occupancy", got.Occupancy, "0.704297")
	digits(t, "mean wait", got.MeanWaitSeconds, "4.1951")
	digits(t, "service level", got.ServiceLevel, "0.916792")
}

func TestErlangBFromBelowTheLoadEqualsTheWholeRecursion(t *testing.T) {
	t.Parallel()
	for _, load := range []float64{0.001, 0.5, 7.3, 90.25, 91, 800, 12_345.6, 100_000} {
		whole := 1.0
		next := 1
		for _, share := range []float64{0.05, 0.5, 0.9, 0.99, 1, 1.01, 1.1, 1.3} {
			seats := int(load * share)
			for ; next <= seats; next++ {
				whole = load * whole / (float64(next) + load*whole)
			}
			if got := ErlangB(load, seats); math.Abs(got-whole) > 1e-13*whole {
				t.Errorf("%v erlangs on %d seats: blocked %v, want %v", load, seats, got, whole)
			}
		}
	}
}

// Nothing in the formulas is shared with this: arrivals, patience and handling
// are drawn, and people serve the queue first come, first served.
func TestPerformanceAgreesWithASimulation(t *testing.T) {
	t.Parallel()
	for i, tt := range []struct {
		load, handling, patience, threshold float64
		seats                               int
	}{
		{load: 2, handling: 180, threshold: 20, seats: 4},
		{load: 10, handling: 180, threshold: 20, seats: 14},
		{load: 16, handling: 240, threshold: 20, seats: 20},
		{load: 10, handling: 180, patience: 300, threshold: 20, seats: 14},
		{load: 16, handling: 240, patience: 60, threshold: 20, seats: 17},
		{load: 16, handling: 240, patience: 60, threshold: 0, seats: 17},
		{load: 16, handling: 240, patience: 1000, threshold: 300, seats: 14}, // too few seats: the queue is always there
		{load: 40, handling: 60, patience: 200, threshold: 120, seats: 25},
		{load: 0.4, handling: 300, patience: 30, threshold: 10, seats: 1},
	} {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			want := simulate(rand.New(rand.NewPCG(11, uint64(i))), tt.load, tt.handling, tt.patience, tt.threshold, tt.seats)
			got := ErlangC(tt.load, tt.handling, tt.threshold, tt.seats)
			if tt.patience > 0 {
				got = ErlangA(tt.load, tt.handling, tt.patience, tt.threshold, tt.seats)
			}
			for _, figure := range []struct {
				name      string
				got, want float64
				tolerance float64
			}{
				{"service level", got.ServiceLevel, want.ServiceLevel, 0.008},
				{"P(wait)", got.PWait, want.PWait, 0.008},
				{"occupancy", got.Occupancy, want.Occupancy, 0.008},
				{"abandon", got.PAbandon, want.PAbandon, 0.004},
				{"mean wait", got.MeanWaitSeconds, want.MeanWaitSeconds, 0.06*want.MeanWaitSeconds + 0.05},
			} {
				if math.Abs(figure.got-figure.want) > figure.tolerance {
					t.Errorf("%s: formula %.4f, simulation %.4f", figure.name, figure.got, figure.want)
				}
			}
		})
	}
}

func TestErlangAWithEndlessPatienceIsErlangC(t *testing.T) {
	t.Parallel()
	for _, load := range []float64{2, 40, 800} {
		seats := int(load + 2*math.Sqrt(load))
		c, a := ErlangC(load, 240, 20, seats), ErlangA(load, 240, 1e9, 20, seats)
		if math.Abs(a.ServiceLevel-c.ServiceLevel) > 1e-5 || math.Abs(a.PWait-c.PWait) > 1e-5 ||
			math.Abs(a.MeanWaitSeconds-c.MeanWaitSeconds) > 1e-3 || a.PAbandon > 1e-6 {
			t.Errorf("%v erlangs: %+v, want %+v", load, a, c)
		}
	}
}

// The identity ties the three figures together: what is neither answered at
// once nor late nor given up does not exist, and seats serve what is not given up.
func TestErlangAHoldsTogetherFromOneSeatToTooMany(t *testing.T) {
	t.Parallel()
	for _, load := range []float64{0.01, 1, 16, 133.3, 800, 20_000, 100_000} {
		for _, patience := range []float64{0.5, 60, 3600} {
			before := Performance{PWait: 1, PAbandon: 1, Occupancy: 1, MeanWaitSeconds: patience}
			for _, share := range []float64{0.02, 0.3, 0.8, 0.95, 1, 1.02, 1.1, 1.5, 3} {
				seats := max(1, int(load*share))
				p := ErlangA(load, 480, patience, 20, seats)
				at := fmt.Sprintf("%v erlangs, patience %v, %d seats: %+v", load, patience, seats, p)
				for _, share := range []float64{p.ServiceLevel, p.PWait, p.PAbandon, p.Occupancy} {
					if !(share >= 0 && share <= 1) {
						t.Fatalf("%s: no share", at)
					}
				}
				const bits = 1e-7
				if p.ServiceLevel > 1-p.PAbandon+bits || p.ServiceLevel < 1-p.PWait-bits {
					t.Errorf("%s: the level lies outside what is answered at all and at once", at)
				}
				if p.ServiceLevel < before.ServiceLevel-bits || p.PAbandon > before.PAbandon+bits ||
					p.PWait > before.PWait+bits || p.MeanWaitSeconds > before.MeanWaitSeconds*(1+bits)+bits {
					t.Errorf("%s: worse than with fewer seats, %+v", at, before)
				}
				if most := math.Max(0, 1-float64(seats)/load); p.PAbandon < most-bits {
					t.Errorf("%s: more is answered than seats can", at)
				}
				before = p
			}
		}
	}
}

// simulate serves half a million arrivals and measures them after a warm-up.
func simulate(random *rand.Rand, load, handling, patience, threshold float64, seats int) Performance {
	const warmUp, counted = 20_000, 500_000
	free := make([]float64, seats) // when each person is next free
	now, served, waits := 0.0, 0.0, 0.0
	var waited, quit, inTime int
	began := 0.0
	for i := range warmUp + counted {
		now += random.ExpFloat64() * handling / load
		if i == warmUp {
			began = now
		}
		// First come, first served, and who gives up takes nobody's time: the
		// next arrival is answered by whoever is free first.
		first := 0
		for s := range free {
			if free[s] < free[first] {
				first = s
			}
		}
		wait := math.Max(0, free[first]-now)
		gaveUp := false
		if patience > 0 {
			if limit := random.ExpFloat64() * patience; limit < wait {
				wait, gaveUp = limit, true
			}
		}
		work := 0.0
		if !gaveUp {
			work = random.ExpFloat64() * handling
			free[first] = math.Max(now, free[first]) + work
		}
		if i < warmUp {
			continue
		}
		served += work
		waits += wait
		switch {
		case gaveUp:
			quit++
		case wait <= threshold:
			inTime++
		}
		if wait > 0 {
			waited++
		}
	}
	return Performance{
		ServiceLevel:    float64(inTime) / counted,
		PWait:           float64(waited) / counted,
		MeanWaitSeconds: waits / counted,
		Occupancy:       served / (now - began) / float64(seats),
		PAbandon:        float64(quit) / counted,
	}
}

// digits fails where got does not print as want at want's own number of digits.
func digits(t *testing.T, name string, got float64, want string) {
	t.Helper()
	places := len(want) - len("0.")
	for i, r := range want {
		if r == '.' {
			places = len(want) - i - 1
		}
	}
	if printed := fmt.Sprintf("%.*f", places, got); printed != want {
		t.Errorf("%s: %s, want %s", name, printed, want)
	}
}
