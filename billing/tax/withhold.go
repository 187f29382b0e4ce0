package tax

import (
	"errors"
	"fmt"
	"time"
)

// MaxIncome bounds a person's income of a year, in fen (a hundred million yuan).
// Up to it every product of an amount and two rates fits an int64.
const MaxIncome = 10_000_000_000

// ErrOutOfRange says that what was asked cannot be: an amount below zero or above
// MaxIncome, or a month that is none or lies before the first income.
var ErrOutOfRange = errors.New("out of range")

// Year is what one person earned on the platform this calendar year before the
// settlement at hand. A correction of an earlier month shows as a lower Income;
// tax withheld too much comes back by less being withheld later.
type Year struct {
	FirstMonth time.Month // of the first income; 0: none yet
	// PaidMonths is how many months before this one had income. Only a rule
	// without EmptyMonths reads it.
	PaidMonths int
	Income     int64 // fen
	Withheld   int64 // fen
	Deductions int64 // fen, other deductions by law to the end of this month
}

// Withholding is what to withhold now and the sum that leads there. For a
// per-payment rule Income is this payment and Months is 0.
type Withholding struct {
	Rule           string // its code
	Months         int
	Income         int64 // fen, this settlement included
	Expenses       int64 // fen, rounded half up for show; the tax is of the exact amount
	Deductions     int64 // fen, monthly and other
	Taxable        int64 // fen, rounded half up for show; the tax is of the exact amount
	Rate           int64 // per ten thousand
	QuickDeduction int64 // fen
	CumulativeTax  int64 // fen, on all of Income, rounded half up
	WithheldBefore int64 // fen
	Withheld       int64 // fen, now: CumulativeTax less WithheldBefore, at least 0
}

// Withhold answers what to withhold from income fen settled in a month of the
// year. The caller holds a lock on (person, year) from reading Year to writing
// what was withheld. The error is ErrOutOfRange.
//
// Within a month it makes no difference whether income is settled at once or in
// parts: only the cumulative tax after the last part counts.
func Withhold(rule Rule, year Year, month time.Month, income int64) (Withholding, error) {
	if err := check(year, month, income); err != nil {
		return Withholding{}, err
	}
	if rule.Method == PerPayment {
		return rule.perPayment(income), nil
	}
	return rule.cumulative(year, month, income), nil
}

func (r Rule) cumulative(year Year, month time.Month, income int64) Withholding {
	w := Withholding{
		Months:         r.months(year, month),
		Income:         year.Income + income,
		WithheldBefore: year.Withheld,
	}
	w.Deductions = int64(w.Months)*r.MonthlyDeduction + year.Deductions
	return r.tax(w, w.Income*r.ExpenseRate)
}

func (r Rule) perPayment(income int64) Withholding {
	expenses := income * r.ExpenseRate
	if income <= r.FlatUpTo {
		expenses = min(income, r.FlatExpense) * whole
	}
	return r.tax(Withholding{Income: income}, expenses)
}

func (r Rule) months(year Year, month time.Month) int {
	switch {
	case !r.EmptyMonths:
		return year.PaidMonths + 1
	case year.FirstMonth == 0:
		return 1
	}
	return int(month-year.FirstMonth) + 1
}

// whole is the denominator of a rate. Amounts that a rate was applied to are kept
// in ten-thousandths of a fen, and in hundred-millionths after the second
// rate, so that the tax is rounded once.
const whole = 10_000

// tax completes w, given the expenses in ten-thousandths of a fen.
func (r Rule) tax(w Withholding, expenses int64) Withholding {
	taxable := max(0, (w.Income-w.Deductions)*whole-expenses)
	bracket := r.bracket(taxable)
	w.Rule = r.Code
	w.Expenses = halfUp(expenses, whole)
	w.Taxable = halfUp(taxable, whole)
	w.Rate = bracket.Rate
	w.QuickDeduction = bracket.QuickDeduction
	w.CumulativeTax = max(0, halfUp(taxable*bracket.Rate-bracket.QuickDeduction*whole*whole, whole*whole))
	w.Withheld = max(0, w.CumulativeTax-w.WithheldBefore)
	return w
}

// bracket finds the one that the exact taxable amount falls into.
func (r Rule) bracket(taxable int64) Bracket {
	for _, b := range r.Brackets {
		if b.UpTo == 0 || taxable <= b.UpTo*whole {
			return b
		}
	}
	return Bracket{}
}

func check(year Year, month time.Month, income int64) error {
	for _, amount := range []struct {
		name string
		fen  int64
	}{{"income", income}, {"income so far", year.Income}, {"withheld so far", year.Withheld}, {"deductions", year.Deductions}} {
		if amount.fen < 0 || amount.fen > MaxIncome {
			return fmt.Errorf("%w: %s of %d fen", ErrOutOfRange, amount.name, amount.fen)
		}
	}
	switch {
	case year.Income+income > MaxIncome:
		return fmt.Errorf("%w: income of %d fen in a year", ErrOutOfRange, year.Income+income)
	case month < time.January || month > time.December:
		return fmt.Errorf("%w: month %d", ErrOutOfRange, int(month))
	case year.FirstMonth < 0 || year.FirstMonth > month:
		return fmt.Errorf("%w: first income in month %d, this one in %d", ErrOutOfRange, int(year.FirstMonth), int(month))
	case year.FirstMonth == 0 && year.Income > 0:
		return fmt.Errorf("%w: income without a first month", ErrOutOfRange)
	case year.PaidMonths < 0 || year.PaidMonths >= int(month):
		return fmt.Errorf("%w: %d months with income before month %d", ErrOutOfRange, year.PaidMonths, int(month))
	}
	return nil
}

// halfUp divides n by d > 0, an exact half going up. n may be negative: only
// sums that max(0, ...) then discards are.
func halfUp(n, d int64) int64 {
	return (n + d/2) / d
}
