package planner

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// What one seat plan may hold. The limits keep the slowest plan within seconds;
// each is far above what a marketplace of a few thousand seats can mean.
const (
	MaxIntervals       = 2976    // 31 days of quarter hours
	MaxContacts        = 100_000 // in one interval
	MaxErlangs         = 100_000
	MaxHandlingSeconds = 86_400
	MaxPatienceSeconds = 3_600
	MaxConcurrency     = 20
	maxProblems        = 50
)

// FieldError says what is wrong with one field of an Input, by the name it has
// in the API: "contacts[3].starts_at", "service_level".
type FieldError struct {
	Field   string
	Problem string
}

func (e FieldError) Error() string { return e.Field + ": " + e.Problem }

// FieldErrors is every problem of an Input, up to 50 of them.
type FieldErrors []FieldError

func (e FieldErrors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "; ")
}

func (in Input) validate() FieldErrors {
	var problems FieldErrors
	refuse := func(field, format string, args ...any) {
		if len(problems) < maxProblems {
			problems = append(problems, FieldError{field, fmt.Sprintf(format, args...)})
		}
	}
	// between refuses NaN too, which every comparison with a bound would let through.
	between := func(field string, value float64, ok bool, bounds string) {
		if !ok || math.IsNaN(value) {
			refuse(field, "must be %s", bounds)
		}
	}

	between("handling_seconds", in.HandlingSeconds, in.HandlingSeconds >= 1 && in.HandlingSeconds <= MaxHandlingSeconds,
		"from 1 to "+strconv.Itoa(MaxHandlingSeconds))
	between("concurrency", in.Concurrency, in.Concurrency >= 1 && in.Concurrency <= MaxConcurrency,
		"from 1 to "+strconv.Itoa(MaxConcurrency))
	between("service_level", in.ServiceLevel, in.ServiceLevel >= 0.01 && in.ServiceLevel <= 0.9999, "from 0.01 to 0.9999")
	between("threshold_seconds", in.ThresholdSeconds, in.ThresholdSeconds >= 0 && in.ThresholdSeconds <= MaxHandlingSeconds,
		"from 0 to "+strconv.Itoa(MaxHandlingSeconds))
	if p := in.PatienceSeconds; p != nil {
		between("patience_seconds", *p, *p >= 1 && *p <= MaxPatienceSeconds, "from 1 to "+strconv.Itoa(MaxPatienceSeconds))
	}
	if a := in.MaxAbandon; a != nil {
		between("max_abandon", *a, *a >= 0.0001 && *a <= 1, "from 0.0001 to 1")
		if in.PatienceSeconds == nil {
			refuse("max_abandon", "needs patience_seconds: without patience nobody gives up")
		}
	}
	if o := in.MaxOccupancy; o != nil {
		between("max_occupancy", *o, *o >= 0.1 && *o <= 1, "from 0.1 to 1")
	}
	between("shrinkage", in.Shrinkage, in.Shrinkage >= 0 && in.Shrinkage <= 0.95, "from 0 to 0.95")

	if !isLength(int64(in.IntervalMinutes) * 60) {
		refuse("interval_minutes", "must be 15, 30 or 60")
		return problems // without it no start can be judged
	}
	switch n := len(in.Contacts); {
	case n == 0:
		refuse("contacts", "must hold at least one interval")
	case n > MaxIntervals:
		refuse("contacts", "must hold at most %d intervals, not %d", MaxIntervals, n)
		return problems
	}

	sound := len(problems) == 0 // the load means nothing under a wrong handling time
	for i, c := range in.Contacts {
		contacts := "contacts[" + strconv.Itoa(i) + "].contacts"
		switch {
		case math.IsNaN(c.Contacts) || c.Contacts < 0:
			refuse(contacts, "must be 0 or more")
		case c.Contacts > MaxContacts:
			refuse(contacts, "must be at most %d", MaxContacts)
		case sound && newTarget(in).erlangs(c.Contacts) > MaxErlangs:
			refuse(contacts, "makes more than %d erlangs with this handling time", MaxErlangs)
		}
		if problem := in.start(i); problem != "" {
			refuse("contacts["+strconv.Itoa(i)+"].starts_at", "%s", problem)
		}
	}
	return problems
}

// start says what is wrong with the start of interval i, given those before it.
func (in Input) start(i int) string {
	at := in.Contacts[i].StartsAt
	if at.IsZero() {
		return "is missing"
	}
	if at.Minute()%in.IntervalMinutes != 0 || at.Second() != 0 || at.Nanosecond() != 0 {
		return fmt.Sprintf("must lie on the %d-minute interval of its own clock", in.IntervalMinutes)
	}
	if i == 0 || in.Contacts[i-1].StartsAt.IsZero() {
		return ""
	}
	before := in.Contacts[i-1].StartsAt
	wanted := before.Unix() + int64(in.IntervalMinutes)*60
	switch is := at.Unix(); {
	case is == before.Unix():
		return fmt.Sprintf("repeats contacts[%d]", i-1)
	case is < before.Unix():
		return fmt.Sprintf("lies before contacts[%d]; intervals go in order of time", i-1)
	case is > wanted:
		return fmt.Sprintf("leaves a gap after contacts[%d]: %s is missing", i-1,
			time.Unix(wanted, 0).In(at.Location()).Format(time.RFC3339))
	case is < wanted:
		return fmt.Sprintf("overlaps contacts[%d]", i-1)
	}
	return ""
}
