package billing

import (
	"fmt"

	"peakseat/internal/fault"
	"peakseat/internal/postgres"

	"github.com/google/uuid"
)

func selectHoldExists(tx *postgres.Tx, bookingID uuid.UUID) (exists bool, err error) {
	err = tx.Raw(`select exists (select from billing.hold where booking_id = ?)`, bookingID).Scan(&exists).Error
	if err != nil {
		return false, fmt.Errorf("look for a hold: %w", err)
	}
	return exists, nil
}

// insertHold writes the hold and each shift's share, and returns the pay per hour by shift.
func insertHold(tx *postgres.Tx, q Quote, transaction uuid.UUID) (map[uuid.UUID]int64, error) {
	err := tx.Exec(`insert into billing.hold (booking_id, quote_id, merchant_id, transaction_id, currency, total, held_at) values (?, ?, ?, ?, ?, ?, ?)`,
		q.BookingID, q.ID, q.MerchantID, transaction, currency, q.Total.Amount, tx.Now).Error
	if err != nil {
		return nil, faultOf(err)
	}
	var rows []struct {
		ShiftID    uuid.UUID
		PayPerHour int64
	}
	err = tx.Raw(`
		insert into billing.hold_line (shift_id, booking_id, merchant_id, line_id, starts_at, ends_at, seats, seat_minutes,
			pay_per_hour, charge_per_hour, priority_per_hour, held)
		select l.shift_id, ?, ?, l.id, l.starts_at, l.ends_at, l.seats, l.minutes / l.seats,
			l.pay_per_hour, l.charge_per_hour, coalesce(p.charge_per_hour, 0), l.minutes
		from billing.quote_line l
		left join billing.quote_line p on p.quote_id = l.quote_id and p.shift_id = l.shift_id and p.kind = 'priority'
		where l.quote_id = ? and l.kind = 'seats'
		returning shift_id, pay_per_hour`, q.BookingID, q.MerchantID, q.ID).Scan(&rows).Error
	if err != nil {
		return nil, faultOf(err)
	}
	pay := make(map[uuid.UUID]int64, len(rows))
	for _, r := range rows {
		pay[r.ShiftID] = r.PayPerHour
	}
	return pay, nil
}

// lockShare locks the booking's hold and a shift's share of it; fault.ErrNotFound where nothing is held. Both rows are
// locked by one statement, which reads the newest version of each: of a row that is joined without a lock it would
// read the version of before the wait.
func lockShare(tx *postgres.Tx, bookingID, shiftID uuid.UUID) (share, error) {
	var rows []share
	err := tx.Raw(`select l.shift_id, l.booking_id, l.merchant_id, l.line_id, h.transaction_id as hold_id, l.starts_at, l.ends_at, l.seats, l.cancelled,
			l.seat_minutes, l.pay_per_hour, l.charge_per_hour, l.priority_per_hour, l.held, l.settled, l.frozen, l.ruled, l.returned, l.claimed,
			l.ended_at, l.expected
		from billing.hold h join billing.hold_line l on l.booking_id = h.booking_id
		where h.booking_id = ? and l.shift_id = ? for update`, bookingID, shiftID).Scan(&rows).Error
	if err != nil {
		return share{}, fmt.Errorf("lock a shift's hold: %w", err)
	}
	if len(rows) == 0 {
		return share{}, fault.ErrNotFound
	}
	return rows[0], nil
}

// updateShareReturned writes what a merchant's own request may change.
func updateShareReturned(tx *postgres.Tx, s share) error {
	err := tx.Exec(`update billing.hold_line set held = ?, returned = ?, cancelled = ? where shift_id = ?`,
		s.Held, s.Returned, s.Cancelled, s.ShiftID).Error
	if err != nil {
		return fmt.Errorf("write a shift's hold: %w", err)
	}
	return nil
}

// updateShare writes all that changes.
func updateShare(tx *postgres.Tx, s share) error {
	err := tx.Exec(`update billing.hold_line set held = ?, returned = ?, cancelled = ?, settled = ?, frozen = ?, ruled = ?, claimed = ?,
		ended_at = ?, expected = ? where shift_id = ?`,
		s.Held, s.Returned, s.Cancelled, s.Settled, s.Frozen, s.Ruled, s.Claimed, s.EndedAt, s.Expected, s.ShiftID).Error
	if err != nil {
		return fmt.Errorf("write a shift's hold: %w", err)
	}
	return nil
}

func insertCredit(tx *postgres.Tx, c credit) error {
	err := tx.Exec(`insert into billing.credit (id, merchant_id, booking_id, shift_id, line_id, timesheet_id, dispute_id, transaction_id,
			reason, minutes, amount, currency, at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		c.id, c.merchant, c.booking, c.shift, c.line, nullable(c.timesheet), nullable(c.dispute), c.transaction,
		c.reason, c.minutes, c.amount, currency, tx.Now).Error
	if err != nil {
		return fmt.Errorf("write a credit note: %w", err)
	}
	return nil
}
