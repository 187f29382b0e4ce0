package planner

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"peakseat/internal/retail"
)

func TestTheReferenceCase(t *testing.T) {
	t.Parallel()
	in := Input{Contacts: one(120), HandlingSeconds: 240, ServiceLevel: .8, ThresholdSeconds: 20, PatienceSeconds: new(60.0)}
	got := planOne(t, in)
	if got.Erlangs != 16 || got.ErlangC.Seats != 20 || got.ErlangA.Seats != 17 {
		t.Errorf("%v erlangs, %d seats by Erlang C, %d by A; want 16, 20, 17", got.Erlangs, got.ErlangC.Seats, got.ErlangA.Seats)
	}
	if p := got.ErlangA.PAbandon; p < .095 || p > .105 {
		t.Errorf("%v give up, want about a tenth", p)
	}
	in.MaxAbandon = new(.05)
	if got := planOne(t, in).ErlangA; got.Seats != 20 || got.PAbandon > .05 {
		t.Errorf("where at most 5%% may give up: %d seats, %v give up; want 20", got.Seats, got.PAbandon)
	}
}

// Least means: these seats meet everything that was asked, and one fewer does not.
func TestSeatsAreTheLeastThatMeetEveryLimit(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 1))
	for range 400 {
		in := Input{
			Contacts:         one(math.Floor(random.ExpFloat64()*200*100) / 100),
			HandlingSeconds:  1 + random.Float64()*600,
			Concurrency:      1 + math.Floor(random.Float64()*4),
			ServiceLevel:     .05 + .94*random.Float64(),
			ThresholdSeconds: math.Floor(random.Float64() * 120),
			PatienceSeconds:  new(1 + random.Float64()*600),
		}
		if random.IntN(2) == 0 {
			in.MaxAbandon = new(.001 + .3*random.Float64())
		}
		if random.IntN(2) == 0 {
			in.MaxOccupancy = new(.3 + .7*random.Float64())
		}
		got := planOne(t, in)
		if got.Contacts == 0 {
			continue
		}
		handling := in.HandlingSeconds / in.Concurrency
		meets := func(p Performance) bool {
			return p.ServiceLevel >= in.ServiceLevel &&
				(in.MaxAbandon == nil || p.PAbandon <= *in.MaxAbandon) &&
				(in.MaxOccupancy == nil || p.Occupancy <= *in.MaxOccupancy+1e-8)
		}
		c := func(n int) Performance { return ErlangC(got.Erlangs, handling, in.ThresholdSeconds, n) }
		a := func(n int) Performance {
			return ErlangA(got.Erlangs, handling, *in.PatienceSeconds, in.ThresholdSeconds, n)
		}
		if n := got.ErlangC.Seats; !meets(c(n)) || meets(c(n-1)) {
			t.Errorf("%+v: Erlang C says %d seats: %+v, and one fewer %+v", in, n, c(n), c(n-1))
		}
		n := got.ErlangA.Seats
		if !meets(a(n)) || n > 1 && meets(a(n-1)) {
			t.Errorf("%+v: Erlang A says %d seats: %+v", in, n, a(n))
		}
	}
}

func TestLimitsAndSharesAtTheirEdges(t *testing.T) {
	t.Parallel()
	base := Input{HandlingSeconds: 240, ServiceLevel: .01, ThresholdSeconds: 20}
	for _, tt := range []struct {
		name      string
		change    func(*Input)
		seats     int
		scheduled int
	}{
		{"an occupancy of exactly the limit is within it", func(in *Input) { in.MaxOccupancy = new(.8) }, 20, 20},
		{"a limit just below it takes one more", func(in *Input) { in.MaxOccupancy = new(.7999) }, 21, 21},
		{"nine people of ten sit: no person is lost to rounding", func(in *Input) {
			in.MaxOccupancy, in.Shrinkage = new(16./18), .1
		}, 18, 20},
		{"a third away, rounded up", func(in *Input) { in.MaxOccupancy, in.Shrinkage = new(.8), .33 }, 20, 30},
		{"three chats at once are a third of the time", func(in *Input) {
			in.Concurrency, in.Contacts, in.MaxOccupancy = 3, one(360), new(.8)
		}, 20, 20},
		{"no contacts need nobody", func(in *Input) { in.Contacts, in.Shrinkage = one(0), .3 }, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			in := base
			in.Contacts = one(120)
			tt.change(&in)
			got := planOne(t, in).ErlangC
			if got.Seats != tt.seats || got.Scheduled != tt.scheduled {
				t.Errorf("%d seats, %d scheduled; want %d, %d", got.Seats, got.Scheduled, tt.seats, tt.scheduled)
			}
			if tt.seats == 0 && got != (Staffing{ServiceLevel: 1}) {
				t.Errorf("%+v, want a level of 1 and nothing else", got)
			}
		})
	}
}

func TestConcurrencyIsCalledAnApproximation(t *testing.T) {
	t.Parallel()
	for concurrency, want := range map[float64]bool{0: false, 1: false, 3.5: true} {
		got, err := Plan(Input{IntervalMinutes: 30, Contacts: one(100), HandlingSeconds: 240, Concurrency: concurrency, ServiceLevel: .8})
		if err != nil || got.Approximate != want {
			t.Errorf("concurrency %v: approximate %v (%v), want %v", concurrency, got.Approximate, err, want)
		}
	}
}

func TestAnHourAndAQuarterGiveTheSameSeatsAtTheSameRate(t *testing.T) {
	t.Parallel()
	in := Input{HandlingSeconds: 240, ServiceLevel: .8, ThresholdSeconds: 20, PatienceSeconds: new(60.0)}
	for minutes, contacts := range map[int]float64{15: 60, 30: 120, 60: 240} {
		in.IntervalMinutes, in.Contacts = minutes, one(contacts)
		got, err := Plan(in)
		if err != nil {
			t.Fatal(err)
		}
		if i := got.Intervals[0]; i.Erlangs != 16 || i.ErlangC.Seats != 20 || i.ErlangA.Seats != 17 {
			t.Errorf("%d minutes: %+v", minutes, i)
		}
	}
}

func TestHeavyLoadsNeitherOverflowNorStall(t *testing.T) {
	t.Parallel()
	for _, contacts := range []float64{3000, 30_000, MaxContacts} {
		for _, patience := range []float64{1, 60, MaxPatienceSeconds} {
			for _, level := range []float64{.01, .8, .9999} {
				got := planOne(t, Input{Contacts: one(contacts), HandlingSeconds: 480, ServiceLevel: level, ThresholdSeconds: 20, PatienceSeconds: &patience})
				for _, s := range []Staffing{got.ErlangC, got.ErlangA.Staffing} {
					if !(s.ServiceLevel >= level && s.ServiceLevel <= 1) || math.IsNaN(s.MeanWaitSeconds+s.PWait+s.Occupancy) {
						t.Errorf("%v contacts, patience %v, level %v: %+v", contacts, patience, level, s)
					}
				}
				// Square-root staffing: what is needed above the load grows with its root.
				if root := math.Sqrt(got.Erlangs); float64(got.ErlangC.Seats) > got.Erlangs+8*root {
					t.Errorf("%v erlangs: %d seats", got.Erlangs, got.ErlangC.Seats)
				}
			}
		}
	}
}

func TestAWeekOfARealShop(t *testing.T) {
	t.Parallel()
	contacts, _, err := ReadCSV(strings.NewReader(retail.CSV()), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	in := Input{
		IntervalMinutes: 30, Contacts: contacts, HandlingSeconds: 240, ServiceLevel: .8, ThresholdSeconds: 20,
		PatienceSeconds: new(60.0), MaxAbandon: new(.05),
	}
	got, err := Plan(in)
	if err != nil {
		t.Fatal(err)
	}
	target := newTarget(in.withDefaults())
	needs := make([]need, len(got.Intervals))
	for i, at := range got.Intervals {
		needs[i] = target.need(at)
		needs[i].startsAt = at.StartsAt.Unix()
		if at.Contacts == 0 && at.ErlangA.Staffing != (Staffing{ServiceLevel: 1}) {
			t.Errorf("%s: %+v for nobody", at.StartsAt, at.ErlangA)
		}
	}
	checkWindows(t, got.Windows, needs, 30)
	open := 0
	for _, w := range got.Windows {
		if w.Start.Weekday() == time.Saturday {
			t.Errorf("%+v on the day that the shop is closed", w)
		}
		if w.Risk < 0 || w.Risk > 1 || w.Low > w.Seats || w.Seats > w.High {
			t.Errorf("%+v", w)
		}
		open += int(w.End.Sub(w.Start) / (30 * time.Minute))
	}
	if open < 6*14 || open > 6*32 {
		t.Errorf("%d half hours in windows over six days of 7 to 16 hours", open)
	}
}

func TestPlanNamesEveryFieldThatIsWrong(t *testing.T) {
	t.Parallel()
	at := func(hour, minute int) time.Time { return time.Date(2026, 11, 11, hour, minute, 0, 0, time.UTC) }
	sound := Input{
		IntervalMinutes: 30, HandlingSeconds: 240, ServiceLevel: .8, ThresholdSeconds: 20,
		Contacts: []Contacts{{at(9, 0), 1}, {at(9, 30), 2}, {at(10, 0), 3}},
	}
	if _, err := Plan(sound); err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	for _, tt := range []struct {
		name   string
		change func(*Input)
		fields []string
	}{
		{"numbers out of range", func(in *Input) {
			in.HandlingSeconds, in.Concurrency, in.ServiceLevel, in.ThresholdSeconds, in.Shrinkage = 0, .5, 1, -1, 1
		}, []string{"handling_seconds", "concurrency", "service_level", "threshold_seconds", "shrinkage"}},
		{"not numbers", func(in *Input) {
			in.HandlingSeconds, in.ServiceLevel, in.Shrinkage, in.PatienceSeconds, in.MaxOccupancy = nan, nan, nan, &nan, &nan
			in.Contacts[1].Contacts = nan
		}, []string{"handling_seconds", "service_level", "patience_seconds", "max_occupancy", "shrinkage", "contacts[1].contacts"}},
		{"abandonment without patience", func(in *Input) { in.MaxAbandon = new(.1) }, []string{"max_abandon"}},
		{"patience and handling of next to nothing", func(in *Input) {
			in.PatienceSeconds, in.HandlingSeconds = new(1e-300), 1e-300
		}, []string{"handling_seconds", "patience_seconds"}},
		{"an interval nobody uses", func(in *Input) { in.IntervalMinutes = 20 }, []string{"interval_minutes"}},
		{"no contacts", func(in *Input) { in.Contacts = nil }, []string{"contacts"}},
		{"too many", func(in *Input) { in.Contacts = make([]Contacts, MaxIntervals+1) }, []string{"contacts"}},
		{"negative and endless contacts", func(in *Input) {
			in.Contacts[0].Contacts, in.Contacts[2].Contacts = -1, math.Inf(1)
		}, []string{"contacts[0].contacts", "contacts[2].contacts"}},
		{"more load than can be", func(in *Input) {
			in.HandlingSeconds, in.Contacts[1].Contacts = 86_400, 90_000
		}, []string{"contacts[1].contacts"}},
		{"a gap", func(in *Input) { in.Contacts[2].StartsAt = at(10, 30) }, []string{"contacts[2].starts_at"}},
		{"a duplicate", func(in *Input) { in.Contacts[1].StartsAt = at(9, 0) }, []string{"contacts[1].starts_at", "contacts[2].starts_at"}},
		{"the same instant under another offset", func(in *Input) {
			in.Contacts = in.Contacts[:2]
			in.Contacts[1].StartsAt = at(9, 0).In(time.FixedZone("", 8*3600))
		}, []string{"contacts[1].starts_at"}},
		{"out of order", func(in *Input) {
			in.Contacts = in.Contacts[:2]
			in.Contacts[1].StartsAt = at(8, 30)
		}, []string{"contacts[1].starts_at"}},
		{"off the half hour", func(in *Input) {
			for i := range in.Contacts {
				in.Contacts[i].StartsAt = in.Contacts[i].StartsAt.Add(7 * time.Minute)
			}
		}, []string{"contacts[0].starts_at", "contacts[1].starts_at", "contacts[2].starts_at"}},
		{"quarters in a half-hour plan", func(in *Input) { in.Contacts[1].StartsAt = at(9, 15) }, []string{"contacts[1].starts_at", "contacts[2].starts_at"}},
		{"a year of five digits", func(in *Input) {
			in.Contacts = []Contacts{{StartsAt: time.Date(9999, 12, 31, 23, 30, 0, 0, time.UTC)}}
		}, []string{"contacts[0].starts_at"}},
		{"no start", func(in *Input) { in.Contacts[1].StartsAt = time.Time{} }, []string{"contacts[1].starts_at"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			in := sound
			in.Contacts = append([]Contacts(nil), sound.Contacts...)
			tt.change(&in)
			_, err := Plan(in)
			var problems FieldErrors
			if !errors.As(err, &problems) {
				t.Fatalf("%v, want field errors", err)
			}
			var fields []string
			for _, p := range problems {
				fields = append(fields, p.Field)
				if p.Code == "" || p.ZH == "" || p.EN == "" {
					t.Errorf("%s lacks its code or a language: %+v", p.Field, p.Problem)
				}
			}
			if !reflect.DeepEqual(fields, tt.fields) {
				t.Errorf("%v\nwant %v", problems, tt.fields)
			}
		})
	}
}

// Whatever passes validation is answered, in shares and not in NaN, which no
// search for the least seats would ever come back from.
func FuzzPlan(f *testing.F) {
	f.Add(120., 240., 1., .8, 20., 60., .05, .9, .3)
	f.Add(1e-320, 86_400., 1., .5, 0., 1., 1., 1., 0.)
	f.Add(1e5, 1., 20., .9999, 86_400., 3600., 1e-4, .1, .95)
	f.Add(1e5, 1700., 1., .01, 86_400., 1., 1., 1., 0.)
	f.Fuzz(func(t *testing.T, contacts, handling, concurrency, level, threshold, patience, abandon, occupancy, shrinkage float64) {
		in := Input{
			IntervalMinutes: 30, Contacts: one(contacts), HandlingSeconds: handling, Concurrency: concurrency,
			ServiceLevel: level, ThresholdSeconds: threshold, PatienceSeconds: &patience,
			MaxAbandon: &abandon, MaxOccupancy: &occupancy, Shrinkage: shrinkage,
		}
		got, err := Plan(in)
		if err != nil {
			return
		}
		c, a := got.Intervals[0].ErlangC, got.Intervals[0].ErlangA
		for _, s := range []Staffing{c, a.Staffing} {
			sound := s.Seats >= 0 && s.Scheduled >= s.Seats && s.ServiceLevel >= level && s.ServiceLevel <= 1 &&
				s.PWait >= 0 && s.PWait <= 1 && s.Occupancy >= 0 && s.Occupancy <= occupancy+1e-8 &&
				s.MeanWaitSeconds >= 0 && s.MeanWaitSeconds < math.MaxFloat64
			if !sound {
				t.Errorf("%+v: %+v", in, s)
			}
		}
		if !(a.PAbandon >= 0 && a.PAbandon <= abandon) {
			t.Errorf("%+v: %+v", in, a)
		}
		for _, w := range got.Windows {
			if w.Seats != max(a.Scheduled, 0) || w.Low > w.Seats || w.High < w.Seats {
				t.Errorf("%+v: %+v", in, w)
			}
		}
	})
}

func BenchmarkPlanWeek(b *testing.B) {
	for _, bb := range []struct {
		name               string
		minutes            int
		peak               float64 // contacts in the busiest interval
		handling, patience float64
	}{
		{"15min", 15, 60, 240, 60},
		{"30min", 30, 120, 240, 60},
		{"60min", 60, 240, 240, 60},
		{"30min/800erlangs", 30, 3000, 480, 60},
		{"15min/100000erlangs", 15, 100_000, 900, MaxPatienceSeconds},
	} {
		b.Run(bb.name, func(b *testing.B) {
			in := week(bb.minutes, bb.peak)
			in.HandlingSeconds, in.PatienceSeconds = bb.handling, &bb.patience
			for b.Loop() {
				if _, err := Plan(in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// week is seven days that swell and ebb, no two intervals alike.
func week(minutes int, peak float64) Input {
	in := Input{IntervalMinutes: minutes, HandlingSeconds: 240, ServiceLevel: .8, ThresholdSeconds: 20}
	length := time.Duration(minutes) * time.Minute
	monday := time.Date(2026, 11, 9, 0, 0, 0, 0, time.FixedZone("", 8*3600))
	for i := range int(7 * 24 * time.Hour / length) {
		swell := .5 - .5*math.Cos(2*math.Pi*float64(i)*length.Hours()/24)
		in.Contacts = append(in.Contacts, Contacts{monday.Add(time.Duration(i) * length), peak * swell * (1 - float64(i)*1e-4)})
	}
	return in
}

// one is a single half hour (or quarter, or hour) of contacts.
func one(contacts float64) []Contacts {
	return []Contacts{{time.Date(2026, 11, 11, 20, 0, 0, 0, time.FixedZone("", 8*3600)), contacts}}
}

// planOne plans a single interval of 30 minutes.
func planOne(t *testing.T, in Input) Interval {
	t.Helper()
	in.IntervalMinutes = 30
	got, err := Plan(in)
	if err != nil {
		t.Fatal(fmt.Errorf("%+v: %w", in, err))
	}
	return got.Intervals[0]
}
