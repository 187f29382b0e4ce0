package billing

import (
	"fmt"
	"time"

	"peakseat/internal/fault"
	"peakseat/internal/money"
	"peakseat/internal/postgres"

	"github.com/google/uuid"
)

func selectWallet(tx *postgres.Tx, merchant uuid.UUID) (Wallet, error) {
	var row struct{ Wallet, Escrow, Disputed, Receivable int64 }
	err := tx.Raw(`
		select coalesce(sum(b.amount) filter (where a.kind = 'wallet'), 0)::bigint as wallet,
			coalesce(sum(b.amount) filter (where a.kind = 'escrow'), 0)::bigint as escrow,
			coalesce(sum(b.amount) filter (where a.kind = 'disputed'), 0)::bigint as disputed,
			coalesce(sum(b.amount) filter (where a.kind = 'receivable'), 0)::bigint as receivable
		from billing.account a join billing.balance b on b.account_id = a.id
		where a.merchant_id = ?`, merchant).Scan(&row).Error
	if err != nil {
		return Wallet{}, fmt.Errorf("read a wallet: %w", err)
	}
	return Wallet{
		Available: money.CNY(row.Wallet), Escrow: money.CNY(row.Escrow), Disputed: money.CNY(row.Disputed), Owed: money.CNY(-row.Receivable),
	}, nil
}

func selectWalletEntries(tx *postgres.Tx, wallet, before uuid.UUID, limit int) ([]WalletEntry, error) {
	var rows []struct {
		ID        uuid.UUID
		At        time.Time
		CauseKind string
		Amount    int64
		BookingID *uuid.UUID
		ShiftID   *uuid.UUID
		Corrects  *uuid.UUID
	}
	err := tx.Raw(`
		select t.id, t.at, t.cause_kind, p.amount, t.booking_id, t.shift_id, t.corrects
		from billing.posting p join billing.transaction t on t.id = p.transaction_id
		where p.account_id = ? and (? or p.transaction_id < ?)
		order by p.transaction_id desc limit ?`, wallet, before == uuid.Nil, before, limit).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read wallet entries: %w", err)
	}
	entries := make([]WalletEntry, len(rows))
	for i, r := range rows {
		entries[i] = WalletEntry{
			ID: r.ID, At: r.At, Kind: r.CauseKind, Amount: money.CNY(r.Amount), BookingID: r.BookingID, ShiftID: r.ShiftID, Corrects: r.Corrects,
		}
	}
	return entries, nil
}

func insertTopUp(tx *postgres.Tx, t TopUp) error {
	err := tx.Exec(`insert into billing.top_up (id, merchant_id, amount, currency, created_at, created_by) values (?, ?, ?, ?, ?, ?)`,
		t.ID, t.MerchantID, t.Amount.Amount, t.Amount.Currency, t.CreatedAt, tx.Actor.AccountID).Error
	if err != nil {
		return fmt.Errorf("write a top-up: %w", err)
	}
	return nil
}

type topUpRow struct {
	ID         uuid.UUID
	MerchantID uuid.UUID
	Amount     int64
	State      string
	CreatedAt  time.Time
	SettledAt  *time.Time
}

func (r topUpRow) topUp() TopUp {
	return TopUp{ID: r.ID, MerchantID: r.MerchantID, Amount: money.CNY(r.Amount), State: r.State, CreatedAt: r.CreatedAt, SettledAt: r.SettledAt}
}

func lockTopUp(tx *postgres.Tx, id uuid.UUID) (TopUp, error) {
	var rows []topUpRow
	err := tx.Raw(`select id, merchant_id, amount, state, created_at, settled_at from billing.top_up where id = ? for update`, id).Scan(&rows).Error
	if err != nil {
		return TopUp{}, fmt.Errorf("lock a top-up: %w", err)
	}
	if len(rows) == 0 {
		return TopUp{}, fault.ErrNotFound
	}
	return rows[0].topUp(), nil
}

func selectTopUps(tx *postgres.Tx, before uuid.UUID, limit int) ([]TopUp, error) {
	var rows []topUpRow
	err := tx.Raw(`select id, merchant_id, amount, state, created_at, settled_at from billing.top_up
		where (? or id < ?) order by id desc limit ?`, before == uuid.Nil, before, limit).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read top-ups: %w", err)
	}
	list := make([]TopUp, len(rows))
	for i, r := range rows {
		list[i] = r.topUp()
	}
	return list, nil
}

func updateTopUpSettled(tx *postgres.Tx, t TopUp, by uuid.UUID) error {
	err := tx.Exec(`update billing.top_up set state = ?, settled_at = ?, settled_by = ? where id = ?`, t.State, t.SettledAt, nullable(by), t.ID).Error
	if err != nil {
		return fmt.Errorf("settle a top-up: %w", err)
	}
	return nil
}
