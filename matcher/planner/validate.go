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

// Problem is what is wrong, as a stable code and one clause in each language of the product.
type Problem struct {
	Code   string // "too_large"
	ZH, EN string
}

// FieldError says what is wrong with one field of an Input, by the name it has
// in the API: "contacts[3].starts_at", "service_level".
type FieldError struct {
	Field string
	Problem
}

func (e FieldError) Error() string { return e.Field + ": " + e.EN }

// FieldErrors is every problem of an Input, up to 50 of them.
type FieldErrors []FieldError

func (e FieldErrors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "; ")
}

// bounds is the range that a field must lie in.
func bounds(least, most string) Problem {
	return Problem{"out_of_range", "必须在 " + least + " 到 " + most + " 之间", "must be from " + least + " to " + most}
}

func (in Input) validate() FieldErrors {
	var problems FieldErrors
	refuse := func(field string, p Problem) {
		if len(problems) < maxProblems {
			problems = append(problems, FieldError{field, p})
		}
	}
	// between refuses NaN too, which every comparison with a bound would let through.
	between := func(field string, value, least, most float64) {
		if !(value >= least && value <= most) {
			refuse(field, bounds(strconv.FormatFloat(least, 'f', -1, 64), strconv.FormatFloat(most, 'f', -1, 64)))
		}
	}

	between("handling_seconds", in.HandlingSeconds, 1, MaxHandlingSeconds)
	between("concurrency", in.Concurrency, 1, MaxConcurrency)
	between("service_level", in.ServiceLevel, 0.01, 0.9999)
	between("threshold_seconds", in.ThresholdSeconds, 0, MaxHandlingSeconds)
	if p := in.PatienceSeconds; p != nil {
		between("patience_seconds", *p, 1, MaxPatienceSeconds)
	}
	if a := in.MaxAbandon; a != nil {
		between("max_abandon", *a, 0.0001, 1)
		if in.PatienceSeconds == nil {
			refuse("max_abandon", Problem{
				"needs_patience", "需要同时给出 patience_seconds：没有耐心时间就没有人放弃",
				"needs patience_seconds: without patience nobody gives up",
			})
		}
	}
	if o := in.MaxOccupancy; o != nil {
		between("max_occupancy", *o, 0.1, 1)
	}
	between("shrinkage", in.Shrinkage, 0, 0.95)

	if !isLength(int64(in.IntervalMinutes) * 60) {
		refuse("interval_minutes", Problem{"not_one_of", "必须是 15、30 或 60", "must be 15, 30 or 60"})
		return problems // without it no start can be judged
	}
	switch n := len(in.Contacts); {
	case n == 0:
		refuse("contacts", Problem{"too_few", "至少要有一个时段", "must hold at least one interval"})
	case n > MaxIntervals:
		refuse("contacts", Problem{
			"too_many", fmt.Sprintf("最多 %d 个时段，这里有 %d 个", MaxIntervals, n),
			fmt.Sprintf("must hold at most %d intervals, not %d", MaxIntervals, n),
		})
		return problems
	}

	sound := len(problems) == 0 // the load means nothing under a wrong handling time
	for i, c := range in.Contacts {
		contacts := "contacts[" + strconv.Itoa(i) + "].contacts"
		switch {
		case math.IsNaN(c.Contacts) || c.Contacts < 0:
			refuse(contacts, Problem{"too_small", "不能小于 0", "must be 0 or more"})
		case c.Contacts > MaxContacts:
			refuse(contacts, Problem{"too_large", fmt.Sprintf("最多 %d", MaxContacts), fmt.Sprintf("must be at most %d", MaxContacts)})
		case sound && newTarget(in).erlangs(c.Contacts) > MaxErlangs:
			refuse(contacts, Problem{
				"too_much_work", fmt.Sprintf("按这个处理时长超过了 %d 爱尔兰", MaxErlangs),
				fmt.Sprintf("makes more than %d erlangs with this handling time", MaxErlangs),
			})
		}
		if problem := in.start(i); problem.Code != "" {
			refuse("contacts["+strconv.Itoa(i)+"].starts_at", problem)
		}
	}
	return problems
}

// start says what is wrong with the start of interval i, given those before it; the zero Problem is nothing.
func (in Input) start(i int) Problem {
	at := in.Contacts[i].StartsAt
	if at.IsZero() {
		return Problem{"required", "缺少开始时间", "is missing"}
	}
	if year := at.Year(); year < 1 || year > 9998 { // windows reach beyond, and RFC 3339 has four digits
		return Problem{"out_of_range", "年份必须在 1 到 9998 之间", "must lie in the years 1 to 9998"}
	}
	if at.Minute()%in.IntervalMinutes != 0 || at.Second() != 0 || at.Nanosecond() != 0 {
		return Problem{
			"off_the_interval", fmt.Sprintf("必须落在当地时钟的 %d 分钟整点上", in.IntervalMinutes),
			fmt.Sprintf("must lie on the %d-minute interval of its own clock", in.IntervalMinutes),
		}
	}
	if i == 0 || in.Contacts[i-1].StartsAt.IsZero() {
		return Problem{}
	}
	before := in.Contacts[i-1].StartsAt
	wanted := before.Unix() + int64(in.IntervalMinutes)*60
	switch is := at.Unix(); {
	case is == before.Unix():
		return Problem{"duplicate", fmt.Sprintf("与 contacts[%d] 重复", i-1), fmt.Sprintf("repeats contacts[%d]", i-1)}
	case is < before.Unix():
		return Problem{
			"out_of_order", fmt.Sprintf("早于 contacts[%d]；时段要按时间先后排列", i-1),
			fmt.Sprintf("lies before contacts[%d]; intervals go in order of time", i-1),
		}
	case is > wanted:
		missing := time.Unix(wanted, 0).In(at.Location()).Format(time.RFC3339)
		return Problem{
			"gap", fmt.Sprintf("与 contacts[%d] 之间有空缺：缺少 %s", i-1, missing),
			fmt.Sprintf("leaves a gap after contacts[%d]: %s is missing", i-1, missing),
		}
	case is < wanted:
		return Problem{"overlap", fmt.Sprintf("与 contacts[%d] 重叠", i-1), fmt.Sprintf("overlaps contacts[%d]", i-1)}
	}
	return Problem{}
}
