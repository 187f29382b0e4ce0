package billing

import (
	"fmt"
	"time"

	"peakseat/internal/money"
	"peakseat/internal/postgres"

	"github.com/google/uuid"
)

func selectAgentStatement(tx *postgres.Tx, agent uuid.UUID, from, to time.Time) (*AgentStatement, error) {
	lines, err := manyEarningLines(tx, `
		select s.id, s.timesheet_id, t.assignment_id, 'payable' as state, s.source, s.reason, s.at, t.starts_at, t.ends_at,
			s.minutes, t.pay_per_hour, s.pay as gross, s.tax, s.computation
		from billing.settlement s join billing.timesheet t on t.id = s.timesheet_id
		where s.agent_id = ? and s.at >= ? and s.at < ? order by s.id`, agent, from, to)
	if err != nil {
		return nil, err
	}
	var gross, tax int64
	for _, l := range lines {
		gross, tax = gross+l.Gross.Amount, tax+l.Tax.Amount
	}
	return &AgentStatement{Gross: money.CNY(gross), Tax: money.CNY(tax), Net: money.CNY(gross - tax), Lines: lines}, nil
}

func selectMerchantStatement(tx *postgres.Tx, merchant uuid.UUID, from, to time.Time) (*MerchantStatement, error) {
	st := &MerchantStatement{Sums: []StatementSum{}, Bills: []Bill{}, Charges: []StatementCharge{}, Credits: []StatementCredit{}}
	var sums []struct {
		Kind   string
		Before int64
		During int64
	}
	err := tx.Raw(`
		select t.cause_kind as kind, coalesce(sum(p.amount) filter (where t.at < ?), 0)::bigint as before,
			coalesce(sum(p.amount) filter (where t.at >= ?), 0)::bigint as during
		from billing.posting p join billing.transaction t on t.id = p.transaction_id
		where p.account_id = ? and t.at < ? group by t.cause_kind order by t.cause_kind`,
		from, from, merchantAccount(kindWallet, merchant).id(), to).Scan(&sums).Error
	if err != nil {
		return nil, fmt.Errorf("read a statement: %w", err)
	}
	var opening, closing int64
	for _, s := range sums {
		opening, closing = opening+s.Before, closing+s.Before+s.During
		if s.During != 0 {
			st.Sums = append(st.Sums, StatementSum{s.Kind, money.CNY(s.During)})
		}
	}
	st.Opening, st.Closing = money.CNY(opening), money.CNY(closing)
	if st.Charges, err = selectCharges(tx, merchant, from, to); err != nil {
		return nil, err
	}
	if st.Credits, err = selectCredits(tx, merchant, from, to); err != nil {
		return nil, err
	}
	st.Bills, err = selectBills(tx, `h.merchant_id = ? and exists (select from billing.transaction t
		where t.booking_id = h.booking_id and t.at >= ? and t.at < ?)`, merchant, from, to)
	return st, err
}

// selectBills reads the bills of the bookings that a condition on billing.hold h names.
func selectBills(tx *postgres.Tx, where string, args ...any) ([]Bill, error) {
	var rows []struct {
		BookingID                                              uuid.UUID
		QuoteID                                                uuid.UUID
		Quoted, Charged, Credited, Held, Disputed, ExtendedSum int64
	}
	err := tx.Raw(`
		select h.booking_id, h.quote_id, h.total as quoted,
			(select coalesce(sum(s.charge) filter (where s.source not in ('extension', 'platform')), 0) from billing.settlement s where s.booking_id = h.booking_id)::bigint as charged,
			(select coalesce(sum(s.charge) filter (where s.source = 'extension'), 0) from billing.settlement s where s.booking_id = h.booking_id)::bigint as extended_sum,
			(select coalesce(sum(c.amount), 0) from billing.credit c where c.booking_id = h.booking_id)::bigint as credited,
			(select coalesce(sum(b.amount), 0) from billing.account a join billing.balance b on b.account_id = a.id
				where a.kind = 'escrow' and a.owner = h.booking_id)::bigint as held,
			(select coalesce(sum(b.amount), 0) from billing.account a join billing.balance b on b.account_id = a.id
				where a.kind = 'disputed' and a.owner = h.booking_id)::bigint as disputed
		from billing.hold h where `+where+` order by h.held_at, h.booking_id`, args...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read bills: %w", err)
	}
	bills := make([]Bill, len(rows))
	for i, r := range rows {
		bills[i] = Bill{
			BookingID: r.BookingID, QuoteID: r.QuoteID, Quoted: money.CNY(r.Quoted), Charged: money.CNY(r.Charged), Credited: money.CNY(r.Credited),
			Held: money.CNY(r.Held), Disputed: money.CNY(r.Disputed), Extended: money.CNY(r.ExtendedSum),
		}
	}
	return bills, nil
}

func selectCharges(tx *postgres.Tx, merchant uuid.UUID, from, to time.Time) ([]StatementCharge, error) {
	var rows []struct {
		ID, BookingID, ShiftID, TimesheetID, LineID uuid.UUID
		At                                          time.Time
		Source, Reason                              string
		Minutes, Pay, Commission, Charge            int64
	}
	err := tx.Raw(`select id, at, booking_id, shift_id, timesheet_id, line_id, source, reason, minutes, pay, commission, charge
		from billing.settlement where merchant_id = ? and source <> 'platform' and at >= ? and at < ? order by at, id`, merchant, from, to).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read charges: %w", err)
	}
	list := make([]StatementCharge, len(rows))
	for i, r := range rows {
		list[i] = StatementCharge{
			ID: r.ID, At: r.At.UTC(), BookingID: r.BookingID, ShiftID: r.ShiftID, TimesheetID: r.TimesheetID, QuoteLineID: r.LineID, Source: r.Source,
			Reason: r.Reason, Minutes: r.Minutes, Pay: money.CNY(r.Pay), Commission: money.CNY(r.Commission), Charge: money.CNY(r.Charge),
		}
	}
	return list, nil
}

func selectCredits(tx *postgres.Tx, merchant uuid.UUID, from, to time.Time) ([]StatementCredit, error) {
	var rows []struct {
		ID, BookingID, ShiftID, LineID uuid.UUID
		TimesheetID, DisputeID         *uuid.UUID
		At                             time.Time
		Reason                         string
		Minutes, Amount                int64
	}
	err := tx.Raw(`select id, at, booking_id, shift_id, line_id, timesheet_id, dispute_id, reason, minutes, amount
		from billing.credit where merchant_id = ? and at >= ? and at < ? order by at, id`, merchant, from, to).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read credits: %w", err)
	}
	list := make([]StatementCredit, len(rows))
	for i, r := range rows {
		list[i] = StatementCredit{
			ID: r.ID, At: r.At.UTC(), BookingID: r.BookingID, ShiftID: r.ShiftID, TimesheetID: r.TimesheetID, DisputeID: r.DisputeID,
			QuoteLineID: r.LineID, Reason: r.Reason, Minutes: r.Minutes, Amount: money.CNY(r.Amount),
		}
	}
	return list, nil
}
