package billing

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"peakseat/internal/fact"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// settlement is minutes that became money: charged to the merchant, paid to the agent less tax, the rest commission.
type settlement struct {
	id          uuid.UUID
	sheet       Timesheet
	dispute     uuid.UUID // uuid.Nil where the timesheet's approval settled it
	line        uuid.UUID // the quote's; uuid.Nil where the platform pays
	transaction uuid.UUID
	source      string // "escrow", "disputed", "extension" or "platform"
	reason      string // "approval", "deadline", "ruling" or "platform"
	minutes     int64
	charge, pay int64
	withheld    withholding
}

// settleTimesheet pays the minutes that no dispute named out of the escrow.
func settleTimesheet(tx *postgres.Tx, t Timesheet, by string) (Timesheet, error) {
	if err := t.approve(tx.Now, by); err != nil {
		return Timesheet{}, err
	}
	minutes := t.Minutes - t.Disputed
	if minutes == 0 {
		return t, updateTimesheet(tx, t)
	}
	part, err := lockShare(tx, t.BookingID, t.ShiftID)
	if err != nil {
		return Timesheet{}, err
	}
	s := settlement{id: newID(), sheet: t, line: part.LineID, source: "escrow", reason: by, minutes: minutes, pay: t.pay(minutes)}
	s.charge = part.settle(minutes)
	m := movement{cause: causeSettlement, causeID: t.ID, corrects: uuid.Nil}
	if err := pay(tx, s, m, posting{bookingAccount(kindEscrow, t.BookingID, t.MerchantID), -s.charge}); err != nil {
		return Timesheet{}, err
	}
	if err := updateShare(tx, part); err != nil {
		return Timesheet{}, err
	}
	t.Settled += minutes
	return t, updateTimesheet(tx, t)
}

// settleRuling moves the money of a ruled dispute or objection.
func settleRuling(tx *postgres.Tx, d Dispute, t Timesheet, reason string) error {
	if err := updateDispute(tx, d); err != nil {
		return err
	}
	ruled := fact.DisputeRuled{
		DisputeID: d.ID.String(), TimesheetID: t.ID.String(), MerchantID: t.MerchantID.String(), AgentID: t.AgentID.String(),
		Kind: d.Kind, Minutes: d.Minutes, MinutesToAgent: value(d.MinutesToAgent), By: reason,
	}
	if err := outbox.Append(tx, ruled); err != nil {
		return err
	}
	minutes := value(d.MinutesToAgent)
	if t.Kind != sheetSeat {
		return extendTrial(tx, d, t, minutes, reason)
	}
	part, err := lockShare(tx, t.BookingID, t.ShiftID)
	if err != nil {
		return err
	}
	if d.Kind == kindObjection {
		return extend(tx, d, t, part, minutes, reason)
	}
	charge := min(part.charge(minutes), d.Frozen.Amount)
	if minutes == d.Minutes {
		charge = d.Frozen.Amount // the odd fen of the rounding goes where the minutes go
	}
	back := d.Frozen.Amount - charge
	m := movement{cause: causeRuling, causeID: d.ID, corrects: d.FreezeID}
	from := posting{bookingAccount(kindDisputed, t.BookingID, t.MerchantID), -d.Frozen.Amount}
	returned := posting{merchantAccount(kindWallet, t.MerchantID), back}
	s := settlement{
		id: newID(), sheet: t, dispute: d.ID, line: part.LineID, source: "disputed", reason: reason,
		minutes: minutes, charge: charge, pay: t.pay(minutes),
	}
	transaction, err := payOrReturn(tx, s, m, from, returned)
	if err != nil {
		return err
	}
	part.Frozen -= d.Minutes
	part.Ruled += minutes
	part.Returned += d.Minutes - minutes
	if err := updateShare(tx, part); err != nil {
		return err
	}
	if back > 0 {
		err := insertCredit(tx, credit{
			id: newID(), merchant: t.MerchantID, booking: t.BookingID, shift: t.ShiftID, line: part.LineID, timesheet: t.ID, dispute: d.ID,
			transaction: transaction, reason: "ruling", minutes: d.Minutes - minutes, amount: back,
		})
		if err != nil {
			return err
		}
	}
	t.Settled += minutes
	return updateTimesheet(tx, t)
}

// extend pays minutes that an objection won. Their hold went back at the shift's end, so that the wallet pays; where
// it is empty the platform does, and the merchant owes it.
func extend(tx *postgres.Tx, d Dispute, t Timesheet, part share, minutes int64, reason string) error {
	if minutes == 0 {
		return nil
	}
	s := settlement{
		id: newID(), sheet: t, dispute: d.ID, line: part.LineID, source: "extension", reason: reason,
		minutes: minutes, charge: part.charge(minutes), pay: t.pay(minutes),
	}
	m := movement{cause: causeExtension, causeID: d.ID, corrects: part.HoldID}
	from := merchantAccount(kindWallet, t.MerchantID)
	available, err := selectBalance(tx, from)
	if err != nil {
		return err
	}
	paid := min(available, s.charge) // where another takes it meanwhile, the balance refuses and an operator tries again
	if err := pay(tx, s, m, posting{from, -paid}, posting{merchantAccount(kindReceivable, t.MerchantID), paid - s.charge}); err != nil {
		return err
	}
	t.Settled += minutes
	return updateTimesheet(tx, t)
}

// payOrReturn pays the minutes that a ruling gives the agent, and posts the return alone where it gives none.
func payOrReturn(tx *postgres.Tx, s settlement, m movement, from, returned posting) (transaction uuid.UUID, err error) {
	if s.minutes > 0 {
		m.id = newID()
		return m.id, pay(tx, s, m, from, returned)
	}
	m.id, m.merchant, m.booking, m.shift, m.timesheet = newID(), s.sheet.MerchantID, s.sheet.BookingID, s.sheet.ShiftID, s.sheet.ID
	m.postings = []posting{from, returned}
	return m.id, post(tx, m)
}

// pay posts a settlement in one transaction of the ledger: from gives, the agent's earnings, tax and the commission take.
func pay(tx *postgres.Tx, s settlement, m movement, from ...posting) (err error) {
	t := s.sheet
	if m.id == uuid.Nil {
		m.id = newID()
	}
	s.transaction = m.id
	if s.withheld, err = withhold(tx, t.AgentID, s.pay); err != nil {
		return err
	}
	m.merchant, m.agent, m.booking, m.shift, m.timesheet = t.MerchantID, t.AgentID, t.BookingID, t.ShiftID, t.ID
	m.postings = append(slices.Clone(from),
		posting{agentAccount(kindEarnings, t.AgentID), s.pay - s.withheld.Tax},
		posting{agentAccount(kindTax, t.AgentID), s.withheld.Tax},
		posting{bookingAccount(kindCommission, t.BookingID, t.MerchantID), s.charge - s.pay})
	if err := post(tx, m); err != nil {
		return err
	}
	if err := insertSettlement(tx, s); err != nil {
		return err
	}
	return outbox.Append(tx, fact.TimesheetSettled{
		TimesheetID: t.ID.String(), AssignmentID: t.AssignmentID.String(), MerchantID: t.MerchantID.String(), AgentID: t.AgentID.String(),
		Minutes: s.minutes, Pay: s.pay, Tax: s.withheld.Tax, Commission: s.charge - s.pay, Currency: currency, By: s.reason,
	})
}

func errRules(version int) error { return fmt.Errorf("there is no rule book %d", version) }
