package tax

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// Method is how tax is withheld.
type Method int

// Cumulative looks at the year on this platform, PerPayment at each payment by itself.
const (
	Cumulative Method = iota + 1
	PerPayment
)

func (m Method) String() string {
	switch m {
	case Cumulative:
		return "cumulative"
	case PerPayment:
		return "per_payment"
	}
	return fmt.Sprintf("Method(%d)", int(m))
}

// Date is a day of the calendar in Beijing. The zero Date lies before all others.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the day in Beijing at an instant. China has kept UTC+8 without
// summer time since 1992, before any rule here.
func DateOf(at time.Time) Date {
	year, month, day := at.In(time.FixedZone("Asia/Shanghai", 8*60*60)).Date()
	return Date{year, month, day}
}

func (d Date) compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day) }

// Rule is one published way to withhold, in force from a day until another.
type Rule struct {
	Code   string // stable; stored with what was withheld
	Source string
	Method Method
	From   Date // the first day
	Until  Date // the first day on which it no longer holds; zero: open

	// ExpenseRate is the share of income taken for expenses, per ten thousand.
	// Up to FlatUpTo fen of one payment FlatExpense fen are taken instead (per-payment only).
	ExpenseRate           int64
	FlatUpTo, FlatExpense int64

	// MonthlyDeduction is deducted for each month counted, in fen (cumulative
	// only). With EmptyMonths the months run from the first income of the year
	// to this one; without, only months with income count. The notice says
	// "months of continuous income" and leaves a month without any open.
	MonthlyDeduction int64
	EmptyMonths      bool

	Brackets []Bracket // ascending; the last has no upper end
}

// Bracket is a rate and the amounts it applies to as a whole; the quick deduction
// makes up for the lower rates below.
type Bracket struct {
	UpTo           int64 // taxable fen, inclusive; 0: no upper end
	Rate           int64 // per ten thousand
	QuickDeduction int64 // fen
}

// ErrNoRule says that no rule of the method is in force on the day.
var ErrNoRule = errors.New("no withholding rule is in force")

// China returns the rules of mainland China for labour income of residents.
func China() []Rule {
	const yuan = 100 // fen
	return []Rule{
		{
			Code:             "cn-platform-2025-16",
			Source:           "国家税务总局公告2025年第16号",
			Method:           Cumulative,
			From:             Date{2025, time.October, 1},
			ExpenseRate:      2000,
			MonthlyDeduction: 5_000 * yuan,
			EmptyMonths:      true,
			Brackets: []Bracket{
				{UpTo: 36_000 * yuan, Rate: 300},
				{UpTo: 144_000 * yuan, Rate: 1000, QuickDeduction: 2_520 * yuan},
				{UpTo: 300_000 * yuan, Rate: 2000, QuickDeduction: 16_920 * yuan},
				{UpTo: 420_000 * yuan, Rate: 2500, QuickDeduction: 31_920 * yuan},
				{UpTo: 660_000 * yuan, Rate: 3000, QuickDeduction: 52_920 * yuan},
				{UpTo: 960_000 * yuan, Rate: 3500, QuickDeduction: 85_920 * yuan},
				{Rate: 4500, QuickDeduction: 181_920 * yuan},
			},
		},
		{
			Code:        "cn-payment-2018-61",
			Source:      "国家税务总局公告2018年第61号",
			Method:      PerPayment,
			From:        Date{2019, time.January, 1},
			ExpenseRate: 2000,
			FlatUpTo:    4_000 * yuan,
			FlatExpense: 800 * yuan,
			Brackets: []Bracket{
				{UpTo: 20_000 * yuan, Rate: 2000},
				{UpTo: 50_000 * yuan, Rate: 3000, QuickDeduction: 2_000 * yuan},
				{Rate: 4000, QuickDeduction: 7_000 * yuan},
			},
		},
	}
}

// InForce returns the rule of the method that holds on the day: of several the
// one that began last. Where there is none the error is ErrNoRule.
func InForce(rules []Rule, method Method, on Date) (Rule, error) {
	var found Rule
	for _, r := range rules {
		ended := r.Until != Date{} && r.Until.compare(on) <= 0
		if r.Method == method && r.From.compare(on) <= 0 && !ended && (found.Method == 0 || found.From.compare(r.From) < 0) {
			found = r
		}
	}
	if found.Method == 0 {
		return Rule{}, fmt.Errorf("%w: %s on %s", ErrNoRule, method, on)
	}
	return found, nil
}
