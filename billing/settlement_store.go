package billing

import (
	"encoding/json"
	"fmt"
	"time"

	"peakseat/internal/postgres"

	"github.com/google/uuid"
)

func insertSettlement(tx *postgres.Tx, s settlement) error {
	computation, err := json.Marshal(s.withheld.Computation)
	if err != nil {
		return fmt.Errorf("encode a tax computation: %w", err)
	}
	t := s.sheet
	return faultOf(tx.Exec(`insert into billing.settlement (id, timesheet_id, dispute_id, transaction_id, merchant_id, agent_id, booking_id, shift_id,
			line_id, source, reason, minutes, currency, charge, pay, commission, tax, at, tax_year, tax_month, income, withheld, computation)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		s.id, t.ID, nullable(s.dispute), s.transaction, t.MerchantID, t.AgentID, t.BookingID, t.ShiftID,
		nullable(s.line), s.source, s.reason, s.minutes, currency, s.charge, s.pay, s.charge-s.pay, s.withheld.Tax, tx.Now,
		s.withheld.Year, int(s.withheld.Month), s.withheld.Income, s.withheld.Withheld, string(computation)).Error)
}

// taxYear is a person's income of a year so far.
type taxYear struct {
	FirstMonth int
	Income     int64
	Withheld   int64
}

// lockTaxYear opens the person's year where this is its first income, and locks it.
func lockTaxYear(tx *postgres.Tx, agent uuid.UUID, year int, month time.Month) (taxYear, error) {
	var row taxYear
	err := tx.Raw(`
		insert into billing.tax_year (agent_id, year, first_month) values (?, ?, ?)
		on conflict (agent_id, year) do update set income = tax_year.income
		returning first_month, income, withheld`, agent, year, int(month)).Scan(&row).Error
	if err != nil {
		return taxYear{}, fmt.Errorf("lock a tax year: %w", err)
	}
	return row, nil
}

func updateTaxYear(tx *postgres.Tx, agent uuid.UUID, year int, y taxYear) error {
	err := tx.Exec(`update billing.tax_year set income = ?, withheld = ? where agent_id = ? and year = ?`, y.Income, y.Withheld, agent, year).Error
	if err != nil {
		return fmt.Errorf("write a tax year: %w", err)
	}
	return nil
}
