package tax

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const yuan = 100

func TestPlatformIncomeMonthByMonth(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		income   []int64 // yuan per month from January; 0: none
		withheld []int64 // fen
	}{
		{"10,000 a month", repeat(10_000, 12), repeat(90*yuan, 12)},
		{"6,250 a month", repeat(6_250, 12), repeat(0, 12)},
		{"8,000 twice", []int64{8_000, 8_000}, []int64{42 * yuan, 42 * yuan}},
		{"a first income in March", []int64{0, 0, 10_000, 10_000}, []int64{0, 0, 90 * yuan, 90 * yuan}},
		{"an empty month still counts", []int64{10_000, 0, 10_000}, []int64{90 * yuan, 0, 0}},
		{"a poor month withholds nothing and is made up for", []int64{10_000, 1_000, 15_000}, []int64{90 * yuan, 0, 84 * yuan}},
		// 30,000 a month: taxable 19,000 and then 38,000, of which 3,800 - 2,520 less 570.
		{"into the second bracket", []int64{30_000, 30_000, 30_000}, []int64{570 * yuan, 710 * yuan, 1_900 * yuan}},
		{"all the brackets in one month", []int64{2_000_000}, []int64{(1_595_000*45/100 - 181_920) * yuan}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var year Year
			for i, income := range tt.income {
				if income == 0 {
					continue
				}
				got := settle(t, platform(t), &year, time.Month(i+1), income*yuan)
				if got.Withheld != tt.withheld[i] {
					t.Errorf("month %d: %+v, want %d withheld", i+1, got, tt.withheld[i])
				}
			}
		})
	}
}

func TestWithholdingExplainsItself(t *testing.T) {
	t.Parallel()
	year := Year{FirstMonth: time.January, Income: 30_000 * yuan, Withheld: 570 * yuan, Deductions: 1_000 * yuan}
	got, err := Withhold(platform(t), year, time.February, 40_000*yuan)
	want := Withholding{
		Rule:           "cn-platform-2025-16",
		Months:         2,
		Income:         70_000 * yuan,
		Expenses:       14_000 * yuan,
		Deductions:     11_000 * yuan,
		Taxable:        45_000 * yuan,
		Rate:           1000,
		QuickDeduction: 2_520 * yuan,
		CumulativeTax:  1_980 * yuan,
		WithheldBefore: 570 * yuan,
		Withheld:       1_410 * yuan,
	}
	if err != nil || got != want {
		t.Errorf("%+v (%v)\nwant %+v", got, err, want)
	}
}

func TestMonthsCountAsTheRuleSays(t *testing.T) {
	t.Parallel()
	rule := platform(t)
	year := Year{FirstMonth: time.February, PaidMonths: 2, Income: 20_000 * yuan}
	for empty, want := range map[bool]int{true: 5, false: 3} { // February, March or so, and June
		rule.EmptyMonths = empty
		got, err := Withhold(rule, year, time.June, 1)
		if err != nil || got.Months != want {
			t.Errorf("empty months count %v: %d months (%v), want %d", empty, got.Months, err, want)
		}
	}
}

func TestOnePaymentAtATime(t *testing.T) {
	t.Parallel()
	for income, want := range map[int64]int64{ // yuan, fen
		0: 0, 800: 0, 801: 20, 2_000: 240 * yuan, 4_000: 640 * yuan,
		4_001:  64_016, // 3,200.80 x 20%
		25_000: 4_000 * yuan,
		40_000: 7_600 * yuan,
		62_500: 13_000 * yuan, // 50,000 x 30% - 2,000 = 50,000 x 40% - 7,000
		80_000: 18_600 * yuan,
	} {
		got, err := Withhold(payment(t), Year{}, time.May, income*yuan)
		if err != nil || got.Withheld != want || got.CumulativeTax != want {
			t.Errorf("%d: %+v (%v), want %d", income, got, err, want)
		}
	}
}

// At its upper end a bracket and the next give the same tax, or the quick
// deduction is wrong; and the end belongs to the lower one.
func TestBracketsMeet(t *testing.T) {
	t.Parallel()
	for _, rule := range China() {
		for i, b := range rule.Brackets[:len(rule.Brackets)-1] {
			next := rule.Brackets[i+1]
			if here, there := b.UpTo*b.Rate-b.QuickDeduction*whole, b.UpTo*next.Rate-next.QuickDeduction*whole; here != there {
				t.Errorf("%s: %d fen are taxed %d and %d", rule.Code, b.UpTo, here, there)
			}
			// Eight tenths of this are taxed, and the monthly deduction comes off.
			income := (b.UpTo + rule.MonthlyDeduction) * 10 / 8
			for extra, rate := range map[int64]int64{0: b.Rate, 1: next.Rate} {
				got, err := Withhold(rule, Year{}, time.January, income+extra)
				if err != nil || got.Rate != rate {
					t.Errorf("%s: %d fen and %d: %+v (%v), want the rate %d", rule.Code, income, extra, got, err, rate)
				}
			}
		}
		if last := rule.Brackets[len(rule.Brackets)-1]; last.UpTo != 0 {
			t.Errorf("%s ends at %d", rule.Code, last.UpTo)
		}
	}
}

func TestTaxIsRoundedHalfUpOnce(t *testing.T) {
	t.Parallel()
	// (income x 0.8 - 500,000) x 3%: 625,000 fen are free, and each fen more is 0.024.
	for over, want := range map[int64]int64{0: 0, 20: 0, 21: 1, 62: 1, 63: 2, 1_000: 24} {
		got, err := Withhold(platform(t), Year{}, time.January, 625_000+over)
		if err != nil || got.Withheld != want {
			t.Errorf("%d fen over: %+v (%v), want %d", over, got, err, want)
		}
	}
	half := platform(t)
	half.Brackets = []Bracket{{Rate: 5000}}
	half.ExpenseRate, half.MonthlyDeduction = 0, 0
	if got, err := Withhold(half, Year{}, time.January, 3); err != nil || got.Withheld != 2 {
		t.Errorf("half of 3 fen: %+v (%v), want 2", got, err)
	}
}

func TestRuleInForce(t *testing.T) {
	t.Parallel()
	rules := append(China(), Rule{Code: "next", Method: Cumulative, From: Date{2030, time.January, 1}, Until: Date{2031, time.January, 1}})
	for _, tt := range []struct {
		method Method
		on     Date
		want   string
	}{
		{Cumulative, Date{2025, time.September, 30}, ""},
		{Cumulative, Date{2025, time.October, 1}, "cn-platform-2025-16"},
		{Cumulative, Date{2029, time.December, 31}, "cn-platform-2025-16"},
		{Cumulative, Date{2030, time.January, 1}, "next"},
		{Cumulative, Date{2030, time.December, 31}, "next"},
		{Cumulative, Date{2031, time.January, 1}, "cn-platform-2025-16"},
		{PerPayment, Date{2018, time.December, 31}, ""},
		{PerPayment, Date{2019, time.January, 1}, "cn-payment-2018-61"},
		{PerPayment, Date{2026, time.November, 11}, "cn-payment-2018-61"},
	} {
		got, err := InForce(rules, tt.method, tt.on)
		if got.Code != tt.want || (err != nil) != (tt.want == "") || err != nil && !errors.Is(err, ErrNoRule) {
			t.Errorf("%s on %s: %q (%v), want %q", tt.method, tt.on, got.Code, err, tt.want)
		}
		if err != nil && !strings.Contains(err.Error(), tt.on.String()) {
			t.Errorf("%v does not name the day", err)
		}
	}
}

func TestDaysAreThoseOfBeijing(t *testing.T) {
	t.Parallel()
	if got, want := DateOf(time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC)), (Date{2027, time.January, 1}); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := DateOf(time.Date(2026, 12, 31, 15, 59, 59, 0, time.UTC)), (Date{2026, time.December, 31}); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestWhatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		year   Year
		month  time.Month
		income int64
	}{
		{"negative income", Year{}, time.May, -1},
		{"more than anyone earns", Year{FirstMonth: time.May, Income: MaxIncome}, time.May, 1},
		{"negative income so far", Year{FirstMonth: time.May, Income: -1}, time.May, 1},
		{"negative withheld", Year{FirstMonth: time.May, Withheld: -1}, time.May, 1},
		{"negative deductions", Year{Deductions: -1}, time.May, 1},
		{"month 0", Year{}, 0, 1},
		{"month 13", Year{}, 13, 1},
		{"before the first income", Year{FirstMonth: time.June, Income: 1}, time.May, 1},
		{"income in no month", Year{Income: 1}, time.May, 1},
		{"more months than there were", Year{PaidMonths: 5}, time.May, 1},
	} {
		for _, rule := range China() {
			if got, err := Withhold(rule, tt.year, tt.month, tt.income); !errors.Is(err, ErrOutOfRange) || got != (Withholding{}) {
				t.Errorf("%s: %+v (%v)", tt.name, got, err)
			}
		}
	}
	for _, rule := range China() {
		if got, err := Withhold(rule, Year{}, time.January, MaxIncome); err != nil || got.Withheld <= 0 {
			t.Errorf("the most that can be: %+v (%v)", got, err)
		}
	}
}

// However a month's income is cut into settlements, and whatever the months
// before brought, the same tax is withheld in the end.
func TestSplittingAMonthChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rule := platform(t)
		var whole, split Year
		last := rapid.IntRange(1, 12).Draw(t, "months")
		for month := time.January; int(month) <= last; month++ {
			parts := rapid.SliceOfN(rapid.Int64Range(0, 100_000*yuan), 1, 5).Draw(t, "parts")
			sum := int64(0)
			for _, part := range parts {
				sum += part
				settle(t, rule, &split, month, part)
			}
			settle(t, rule, &whole, month, sum)
			if whole.Withheld != split.Withheld {
				t.Fatalf("%s: %d withheld at once, %d in parts", month, whole.Withheld, split.Withheld)
			}
		}
	})
}

// More income never means less tax, nor does a fen more take more than a fen.
func TestTaxGrowsWithIncomeButNeverFaster(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rule := rapid.SampledFrom(China()).Draw(t, "rule")
		month := time.Month(rapid.IntRange(1, 12).Draw(t, "month"))
		year := Year{
			FirstMonth: time.January,
			Income:     rapid.Int64Range(0, 1_000_000*yuan).Draw(t, "so far"),
			Deductions: rapid.Int64Range(0, 50_000*yuan).Draw(t, "deductions"),
		}
		year.Withheld = rapid.Int64Range(0, year.Income/3).Draw(t, "withheld")
		income := rapid.Int64Range(0, 500_000*yuan).Draw(t, "income")
		extra := rapid.Int64Range(0, 1_000*yuan).Draw(t, "extra")
		less, err := Withhold(rule, year, month, income)
		if err != nil {
			t.Fatal(err)
		}
		more, err := Withhold(rule, year, month, income+extra)
		if err != nil {
			t.Fatal(err)
		}
		if more.Withheld < less.Withheld || more.Withheld-less.Withheld > extra || less.Withheld < 0 {
			t.Fatalf("%+v\nthen %+v", less, more)
		}
	})
}

// The same sum in exact fractions, written as the law has it: each rate on its
// own slice and no quick deductions.
func TestTaxIsTheSumOverTheSlices(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rule := platform(t)
		month := time.Month(rapid.IntRange(1, 12).Draw(t, "month"))
		income := rapid.Int64Range(0, 3_000_000*yuan).Draw(t, "income")
		got, err := Withhold(rule, Year{FirstMonth: time.January}, month, income)
		if err != nil {
			t.Fatal(err)
		}
		taxable := new(big.Rat).Mul(big.NewRat(income, 1), big.NewRat(4, 5))
		taxable.Sub(taxable, big.NewRat(int64(month)*5_000*yuan, 1))
		sum, below := new(big.Rat), new(big.Rat)
		for _, b := range rule.Brackets {
			slice := new(big.Rat).Sub(taxable, below)
			if width := new(big.Rat).Sub(big.NewRat(b.UpTo, 1), below); b.UpTo > 0 && slice.Cmp(width) > 0 {
				slice = width
			}
			if slice.Sign() <= 0 {
				break
			}
			sum.Add(sum, slice.Mul(slice, big.NewRat(b.Rate, 10_000)))
			below = big.NewRat(b.UpTo, 1)
			if b.UpTo == 0 {
				break
			}
		}
		sum.Add(sum, big.NewRat(1, 2))
		want := new(big.Int).Div(sum.Num(), sum.Denom()).Int64()
		if got.CumulativeTax != want {
			t.Fatalf("%+v, want a tax of %d", got, want)
		}
	})
}

// failer is a *testing.T or a *rapid.T.
type failer interface {
	Helper()
	Fatal(args ...any)
}

// settle withholds and books the answer, as billing does.
func settle(t failer, rule Rule, year *Year, month time.Month, income int64) Withholding {
	t.Helper()
	got, err := Withhold(rule, *year, month, income)
	if err != nil {
		t.Fatal(fmt.Errorf("%+v, %s, %d: %w", *year, month, income, err))
	}
	if year.FirstMonth == 0 {
		year.FirstMonth = month
	}
	year.Income += income
	year.Withheld += got.Withheld
	return got
}

func platform(t failer) Rule {
	t.Helper()
	rule, err := InForce(China(), Cumulative, Date{2026, time.January, 1})
	if err != nil {
		t.Fatal(err)
	}
	return rule
}

func payment(t failer) Rule {
	t.Helper()
	rule, err := InForce(China(), PerPayment, Date{2026, time.January, 1})
	if err != nil {
		t.Fatal(err)
	}
	return rule
}

func repeat(amount int64, times int) []int64 {
	out := make([]int64, times)
	for i := range out {
		out[i] = amount
	}
	return out
}
