package billing

import (
	"encoding/json"
	"fmt"
	"time"

	"peakseat/internal/fault"
	"peakseat/internal/money"
	"peakseat/internal/postgres"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

//nolint:contextcheck,nolintlint // a transaction carries its context; contextcheck reads this without a trace
func insertQuote(tx *postgres.Tx, q Quote) error {
	batch := &pgx.Batch{}
	batch.Queue(`insert into billing.quote (id, booking_id, booking_version, merchant_id, price_book, rules_version, priority, currency, pay, commission,
			total, eligible_free, competing_seats, created_at, expires_at, fill_chance)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		q.ID, q.BookingID, q.BookingVersion, q.MerchantID, q.PriceBook, q.RulesVersion, q.Priority, currency, q.Pay.Amount, q.Commission.Amount,
		q.Total.Amount, q.EligibleFree, q.CompetingSeats, q.CreatedAt, q.ExpiresAt, q.FillChance)
	for i, l := range q.Lines {
		factors, err := json.Marshal(l.Factors)
		if err != nil {
			return fmt.Errorf("encode factors: %w", err)
		}
		batch.Queue(`insert into billing.quote_line (id, quote_id, position, kind, shift_id, starts_at, ends_at, seats, minutes, pay_per_hour,
				charge_per_hour, pay, commission, charge, factors, fill_chance)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
			l.ID, q.ID, i+1, l.Kind, l.ShiftID, l.StartsAt, l.EndsAt, l.Seats, l.Minutes, l.PayPerHour.Amount,
			l.ChargePerHour.Amount, l.Pay.Amount, l.Commission.Amount, l.Charge.Amount, factors, l.FillChance)
	}
	return tx.Pgx(func(conn *pgx.Conn) error {
		if err := conn.SendBatch(tx.Context(), batch).Close(); err != nil {
			return fmt.Errorf("write the quote: %w", err)
		}
		return nil
	})
}

// selectQuote reads a quote without its lines; fault.ErrNotFound where it is not the actor's.
func selectQuote(tx *postgres.Tx, id uuid.UUID) (Quote, error) {
	var rows []struct {
		ID             uuid.UUID
		BookingID      uuid.UUID
		BookingVersion int64
		MerchantID     uuid.UUID
		PriceBook      int
		RulesVersion   int
		Priority       int
		Total          int64
		ExpiresAt      time.Time
	}
	err := tx.Raw(`select id, booking_id, booking_version, merchant_id, price_book, rules_version, priority, total, expires_at
		from billing.quote where id = ?`, id).Scan(&rows).Error
	if err != nil {
		return Quote{}, fmt.Errorf("read a quote: %w", err)
	}
	if len(rows) == 0 {
		return Quote{}, fault.ErrNotFound
	}
	r := rows[0]
	return Quote{
		ID: r.ID, BookingID: r.BookingID, BookingVersion: r.BookingVersion, MerchantID: r.MerchantID, PriceBook: r.PriceBook,
		RulesVersion: r.RulesVersion, Priority: r.Priority, Total: money.CNY(r.Total), ExpiresAt: r.ExpiresAt,
	}, nil
}
