package planner

import (
	"math"
	"time"
)

// Contacts is how many contacts arrive in the interval that begins at StartsAt.
// A forecast need not be whole.
type Contacts struct {
	StartsAt time.Time `json:"starts_at"`
	Contacts float64   `json:"contacts"`
}

// Input is what a seat plan is made from. Intervals follow one another without
// gaps, on the clock of their own offset (a half-hour interval begins at :00 or
// :30). Nil limits do not apply.
type Input struct {
	IntervalMinutes  int        `json:"interval_minutes"` // 15, 30 or 60
	Contacts         []Contacts `json:"contacts"`
	HandlingSeconds  float64    `json:"handling_seconds"`      // mean, of one contact
	Concurrency      float64    `json:"concurrency,omitempty"` // contacts one person serves at once; 0 means 1
	ServiceLevel     float64    `json:"service_level"`         // share of all arrivals answered within the threshold
	ThresholdSeconds float64    `json:"threshold_seconds"`
	PatienceSeconds  *float64   `json:"patience_seconds,omitempty"` // mean; without it there is no Erlang A
	MaxAbandon       *float64   `json:"max_abandon,omitempty"`      // share that may give up (Erlang A)
	MaxOccupancy     *float64   `json:"max_occupancy,omitempty"`    // share of a seat's time
	Shrinkage        float64    `json:"shrinkage,omitempty"`        // share of scheduled time not spent in the seat
}

// Result is a seat plan.
type Result struct {
	// Approximate is true where people serve more than one contact at once:
	// dividing the handling time is then an approximation.
	Approximate bool       `json:"approximate"`
	Intervals   []Interval `json:"intervals"`
	Windows     []Window   `json:"windows"`
}

// Interval is what one interval needs.
type Interval struct {
	StartsAt time.Time  `json:"starts_at"`
	Contacts float64    `json:"contacts"`
	Erlangs  float64    `json:"erlangs"`
	ErlangC  Staffing   `json:"erlang_c"`
	ErlangA  *StaffingA `json:"erlang_a"` // nil without patience
}

// Staffing is the least number of seats that meets the target and the limits,
// and how they do.
type Staffing struct {
	Seats           int     `json:"seats"`
	Scheduled       int     `json:"scheduled"` // people to schedule so that seats of them sit
	ServiceLevel    float64 `json:"service_level"`
	PWait           float64 `json:"p_wait"`
	MeanWaitSeconds float64 `json:"mean_wait_seconds"`
	Occupancy       float64 `json:"occupancy"`
}

// StaffingA is Staffing where contacts give up.
type StaffingA struct {
	Staffing
	PAbandon float64 `json:"p_abandon"`
}

// Window is a proposal to book: seats people from Start to End.
type Window struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	Seats int       `json:"seats"` // enough for its most demanding interval, shrinkage included
	Low   int       `json:"low"`   // the same at 80% of the contacts
	High  int       `json:"high"`  // and at 120%
	// Risk is the share of the window's contacts in intervals that Seats would
	// not suffice for at 120% of the contacts.
	Risk float64 `json:"risk"`
}

const (
	lowScale  = 0.8
	highScale = 1.2
)

// Plan answers how many seats each interval needs and which windows to book.
// Windows follow Erlang A where patience is given, else Erlang C. The error is
// FieldErrors and nothing else.
func Plan(in Input) (Result, error) {
	in = in.withDefaults()
	if problems := in.validate(); len(problems) > 0 {
		return Result{}, problems
	}
	t := newTarget(in)
	result := Result{
		Approximate: in.Concurrency > 1,
		Intervals:   make([]Interval, len(in.Contacts)),
	}
	needs := make([]need, len(in.Contacts))
	// Curves repeat their values (nights, small shops), so each is worked out once.
	known := map[float64]Interval{}
	knownNeed := map[float64]need{}
	for i, c := range in.Contacts {
		interval, ok := known[c.Contacts]
		if !ok {
			interval = t.interval(c.Contacts)
			known[c.Contacts] = interval
			knownNeed[c.Contacts] = t.need(interval)
		}
		interval.StartsAt = c.StartsAt
		if interval.ErlangA != nil {
			own := *interval.ErlangA // no two intervals share what a caller may change
			interval.ErlangA = &own
		}
		result.Intervals[i] = interval

		n := knownNeed[c.Contacts]
		n.startsAt = c.StartsAt.Unix()
		needs[i] = n
	}
	result.Windows = windows(needs, in.IntervalMinutes, in.Contacts[0].StartsAt)
	return result, nil
}

func (in Input) withDefaults() Input {
	if in.Concurrency == 0 {
		in.Concurrency = 1
	}
	return in
}

// target is Input without the contacts, in the units of the formulas.
type target struct {
	length       float64 // of an interval, seconds
	handling     float64 // seconds of one person's time per contact
	threshold    float64
	level        float64
	patience     float64 // 0: endless
	maxAbandon   float64
	maxOccupancy float64
	shrinkage    float64
}

func newTarget(in Input) target {
	t := target{
		length:       float64(in.IntervalMinutes) * 60,
		handling:     in.HandlingSeconds / in.Concurrency,
		threshold:    in.ThresholdSeconds,
		level:        in.ServiceLevel,
		maxAbandon:   1,
		maxOccupancy: 1,
		shrinkage:    in.Shrinkage,
	}
	if in.PatienceSeconds != nil {
		t.patience = *in.PatienceSeconds
	}
	if in.MaxAbandon != nil {
		t.maxAbandon = *in.MaxAbandon
	}
	if in.MaxOccupancy != nil {
		t.maxOccupancy = *in.MaxOccupancy
	}
	return t
}

func (t target) erlangs(contacts float64) float64 {
	return contacts * t.handling / t.length
}

func (t target) interval(contacts float64) Interval {
	out := Interval{Contacts: contacts, Erlangs: t.erlangs(contacts)}
	out.ErlangC = t.staffing(t.leastC(out.Erlangs))
	if t.patience > 0 {
		seats, p := t.leastA(out.Erlangs)
		out.ErlangA = &StaffingA{Staffing: t.staffing(seats, p), PAbandon: p.PAbandon}
	}
	return out
}

// need is what the windows must cover: people to schedule at 100%, 80% and 120%.
func (t target) need(at Interval) need {
	if at.ErlangA != nil {
		low, _ := t.leastA(at.Erlangs * lowScale)
		high, _ := t.leastA(at.Erlangs * highScale)
		return need{contacts: at.Contacts, seats: at.ErlangA.Scheduled, low: t.scheduled(low), high: t.scheduled(high)}
	}
	low, _ := t.leastC(at.Erlangs * lowScale)
	high, _ := t.leastC(at.Erlangs * highScale)
	return need{contacts: at.Contacts, seats: at.ErlangC.Scheduled, low: t.scheduled(low), high: t.scheduled(high)}
}

// slack forgives the last bits of a decimal fraction: 16 erlangs on 20 seats
// meet an occupancy of 0.8, and 9 seats at a shrinkage of 0.1 are 10 people.
const slack = 1e-9

// nobody is a load too small to mean anyone: a contact in thousands of years.
const nobody = 1e-12

// leastC walks up from the first number of seats that is above the load and
// within the occupancy; the recursion makes each further seat one step.
func (t target) leastC(load float64) (int, Performance) {
	if load < nobody {
		return 0, Performance{ServiceLevel: 1}
	}
	seats := max(int(math.Floor(load))+1, int(math.Ceil(load/t.maxOccupancy-slack)))
	blocked := ErlangB(load, seats)
	for {
		p := waiting(load, t.handling, t.threshold, seats, blocked)
		if t.met(p) {
			return seats, p
		}
		seats++
		blocked = nextB(load, seats, blocked)
	}
}

// leastA searches between a bound below and one found by growing steps. It may,
// because each seat more raises the level and lowers abandonment and occupancy.
// Below: the share answered is at most seats/load, so the level is too.
func (t target) leastA(load float64) (int, Performance) {
	if load < nobody {
		return 0, Performance{ServiceLevel: 1}
	}
	try := func(seats int) (Performance, bool) {
		p := ErlangA(load, t.handling, t.patience, t.threshold, seats)
		return p, t.met(p)
	}
	low := max(1, int(math.Ceil(t.level*load-slack)))
	high := low
	best, ok := try(high)
	for step := max(1, int(math.Sqrt(load)/2)); !ok; step *= 2 {
		low = high + 1
		high += step
		best, ok = try(high)
	}
	for low < high {
		middle := low + (high-low)/2
		if p, ok := try(middle); ok {
			high, best = middle, p
		} else {
			low = middle + 1
		}
	}
	return high, best
}

func (t target) met(p Performance) bool {
	return p.ServiceLevel >= t.level &&
		p.PAbandon <= t.maxAbandon &&
		p.Occupancy <= t.maxOccupancy+slack
}

func (t target) staffing(seats int, p Performance) Staffing {
	return Staffing{
		Seats:           seats,
		Scheduled:       t.scheduled(seats),
		ServiceLevel:    p.ServiceLevel,
		PWait:           p.PWait,
		MeanWaitSeconds: p.MeanWaitSeconds,
		Occupancy:       p.Occupancy,
	}
}

func (t target) scheduled(seats int) int {
	return int(math.Ceil(float64(seats)/(1-t.shrinkage) - slack))
}
