package billing

import (
	"context"
	"time"

	"peakseat/internal/fault"
	"peakseat/internal/money"
	"peakseat/internal/postgres"

	"github.com/google/uuid"
)

// Statement is a month of a merchant or an agent, in Asia/Shanghai. One of the two parts is there.
type Statement struct {
	Month    string             `json:"month" example:"2026-11"`
	From     time.Time          `json:"from"`
	To       time.Time          `json:"to" doc:"exclusive"`
	Merchant *MerchantStatement `json:"merchant,omitempty"`
	Agent    *AgentStatement    `json:"agent,omitempty"`
}

// MerchantStatement is what the wallet did, and the bill of every booking that the month touched.
// opening + the entries = closing.
type MerchantStatement struct {
	Opening money.Money       `json:"opening" doc:"the wallet at the month's start"`
	Closing money.Money       `json:"closing"`
	Sums    []StatementSum    `json:"sums" nullable:"false" doc:"what the wallet gained, by kind"`
	Bills   []Bill            `json:"bills" nullable:"false"`
	Charges []StatementCharge `json:"charges" nullable:"false" doc:"settled in the month"`
	Credits []StatementCredit `json:"credits" nullable:"false" doc:"credit notes of the month; each names the quote's line that it lessens"`
}

// StatementSum is the sum of one kind of entry.
type StatementSum struct {
	Kind   string      `json:"kind"`
	Amount money.Money `json:"amount"`
}

// Bill is a booking's, from its confirmation to now: quoted = charged + credited + held + disputed, and extensions come on top.
type Bill struct {
	BookingID uuid.UUID   `json:"booking_id"`
	QuoteID   uuid.UUID   `json:"quote_id"`
	Quoted    money.Money `json:"quoted"`
	Charged   money.Money `json:"charged" doc:"settled from the hold"`
	Credited  money.Money `json:"credited" doc:"returned from the hold"`
	Held      money.Money `json:"held"`
	Disputed  money.Money `json:"disputed"`
	Extended  money.Money `json:"extended" doc:"minutes that objections won, paid beyond the hold"`
}

// StatementCharge is minutes that the merchant paid for.
type StatementCharge struct {
	ID          uuid.UUID   `json:"id"`
	At          time.Time   `json:"at"`
	BookingID   uuid.UUID   `json:"booking_id"`
	ShiftID     uuid.UUID   `json:"shift_id"`
	TimesheetID uuid.UUID   `json:"timesheet_id"`
	QuoteLineID uuid.UUID   `json:"quote_line_id"`
	Source      string      `json:"source" enum:"escrow,disputed,extension"`
	Reason      string      `json:"reason" enum:"approval,deadline,ruling"`
	Minutes     int64       `json:"minutes"`
	Pay         money.Money `json:"pay"`
	Commission  money.Money `json:"commission"`
	Charge      money.Money `json:"charge"`
}

// StatementCredit is a credit note.
type StatementCredit struct {
	ID          uuid.UUID   `json:"id"`
	At          time.Time   `json:"at"`
	BookingID   uuid.UUID   `json:"booking_id"`
	ShiftID     uuid.UUID   `json:"shift_id"`
	TimesheetID *uuid.UUID  `json:"timesheet_id,omitempty"`
	DisputeID   *uuid.UUID  `json:"dispute_id,omitempty"`
	QuoteLineID uuid.UUID   `json:"quote_line_id" doc:"the line that it lessens"`
	Reason      string      `json:"reason" enum:"cancelled,unfilled,ruling"`
	Minutes     int64       `json:"minutes"`
	Amount      money.Money `json:"amount"`
}

// AgentStatement is what was settled in the month.
type AgentStatement struct {
	Gross money.Money   `json:"gross"`
	Tax   money.Money   `json:"tax"`
	Net   money.Money   `json:"net"`
	Lines []EarningLine `json:"lines" nullable:"false"`
}

// Statement returns the actor's month, "2026-11".
func (s *Service) Statement(ctx context.Context, month string) (st Statement, err error) {
	from, err := time.ParseInLocation("2006-01", month, taxZone())
	if err != nil {
		return Statement{}, fault.ErrInvalid.At("month", "bad_format", "应为年月，例如 2026-11。", "A month such as 2026-11.")
	}
	st = Statement{Month: month, From: from, To: from.AddDate(0, 1, 0)}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) (err error) {
		if tx.Actor.IsAgent() {
			st.Agent, err = selectAgentStatement(tx, tx.Actor.AccountID, st.From, st.To)
			return err
		}
		st.Merchant, err = selectMerchantStatement(tx, tx.Actor.OrganisationID, st.From, st.To)
		return err
	})
	return st, err
}
