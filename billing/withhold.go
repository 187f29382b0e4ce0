package billing

import (
	"fmt"
	"time"

	"peakseat/billing/tax"
	"peakseat/internal/postgres"

	"github.com/google/uuid"
)

// withholding is the tax on one settlement and the person's year after it.
type withholding struct {
	Tax         int64
	Year        int
	Month       time.Month
	Income      int64 // of the year, with this settlement
	Withheld    int64 // of the year, with this settlement
	Computation Computation
}

// Computation explains one withholding; amounts are fen, rates per ten thousand. tax = taxable x rate - quick deduction -
// withheld before, at least 0, where taxable = income - expenses - deductions.
type Computation struct {
	Rule           string `json:"rule" doc:"the dated rule"`
	Months         int    `json:"months" doc:"from the first income of the year"`
	Income         int64  `json:"income" doc:"of the year, with this entry"`
	Expenses       int64  `json:"expenses" doc:"the share of the income that is not taxed"`
	Deductions     int64  `json:"deductions" doc:"of the months"`
	Taxable        int64  `json:"taxable"`
	Rate           int64  `json:"rate"`
	QuickDeduction int64  `json:"quick_deduction"`
	CumulativeTax  int64  `json:"cumulative_tax"`
	WithheldBefore int64  `json:"withheld_before"`
	Tax            int64  `json:"tax" doc:"withheld from this entry"`
}

// withhold takes the tax of pay by the rule of the day, under the lock of the person's year. The month and year are those
// of the entry in Asia/Shanghai.
func withhold(tx *postgres.Tx, agent uuid.UUID, pay int64) (withholding, error) {
	local := tx.Now.In(taxZone())
	year, err := lockTaxYear(tx, agent, local.Year(), local.Month())
	if err != nil {
		return withholding{}, err
	}
	w, err := computeTax(local, year, pay)
	if err != nil {
		return withholding{}, err
	}
	year.Income, year.Withheld = w.Income, w.Withheld
	return w, updateTaxYear(tx, agent, w.Year, year)
}

// computeTax is the rule of the day for pay on top of the year so far.
func computeTax(at time.Time, year taxYear, pay int64) (withholding, error) {
	rule, err := tax.InForce(tax.China(), tax.Cumulative, tax.DateOf(at))
	if err != nil {
		return withholding{}, err
	}
	before := tax.Year{FirstMonth: time.Month(year.FirstMonth), Income: year.Income, Withheld: year.Withheld}
	w, err := tax.Withhold(rule, before, at.Month(), pay)
	if err != nil {
		return withholding{}, fmt.Errorf("withhold: %w", err)
	}
	return withholding{
		Tax: w.Withheld, Year: at.Year(), Month: at.Month(), Income: w.Income, Withheld: year.Withheld + w.Withheld,
		Computation: Computation{
			Rule: w.Rule, Months: w.Months, Income: w.Income, Expenses: w.Expenses, Deductions: w.Deductions, Taxable: w.Taxable, Rate: w.Rate,
			QuickDeduction: w.QuickDeduction, CumulativeTax: w.CumulativeTax, WithheldBefore: w.WithheldBefore, Tax: w.Withheld,
		},
	}, nil
}

// taxZone is where a day's entry belongs to its month and year. China has no daylight saving.
func taxZone() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }
