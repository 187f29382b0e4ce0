package billing

import (
	"fmt"
	"time"

	"peakseat/internal/fact"
	"peakseat/internal/money"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"

	"github.com/google/uuid"
)

// What a timesheet is of.
const (
	sheetSeat      = "seat"
	sheetTrial     = "trial"     // a trial shift
	sheetMentoring = "mentoring" // the card of a trial
)

// submitTrial makes the timesheet of a trial and pays it at once, whatever becomes of the trial: the platform pays, so that no
// merchant has to approve. The agent may still object to its minutes.
func (s *Service) submitTrial(tx *postgres.Tx, t Timesheet, book rules.Book) error {
	part, err := lockShare(tx, t.BookingID, t.ShiftID)
	if err != nil {
		return err
	}
	t.Kind, t.MerchantID, t.PayPerHour, t.RulesVersion = sheetTrial, s.Platform, money.CNY(part.PayPerHour), book.Version
	t.SubmittedAt, t.ApproveBy = tx.Now, tx.Now.Add(book.Money.AutoApproval)
	return submitPlatform(tx, t)
}

// payMentor pays a mentor for the card of a trial. A trainer's card is a trainer's work.
func (s *Service) payMentor(tx *postgres.Tx, f fact.TrialAssessed) error {
	if f.By != "mentor" {
		return nil
	}
	trial, err := uuid.Parse(f.TrialID)
	if err != nil {
		return err
	}
	mentor, err := uuid.Parse(f.AssessorID)
	if err != nil {
		return err
	}
	worked, err := oneTimesheet(tx, `select `+timesheetColumns+` from billing.timesheet where assignment_id = ? and kind = ?`, trial, sheetTrial)
	if err != nil {
		return fmt.Errorf("look up the trial: %w", err) // its own fact is on its way
	}
	book, ok := rules.Of(worked.RulesVersion)
	if !ok {
		return errRules(worked.RulesVersion)
	}
	paid := book.Trials.CardPaid
	return submitPlatform(tx, Timesheet{
		ID: newID(), Kind: sheetMentoring, AssignmentID: trial, ShiftID: worked.ShiftID, BookingID: worked.BookingID, MerchantID: s.Platform, AgentID: mentor,
		StartsAt: tx.Now, EndsAt: tx.Now.Add(paid), Minutes: int64(paid / time.Minute), PayPerHour: worked.PayPerHour, Events: []SheetEvent{},
		State: "submitted", SubmittedAt: tx.Now, ApproveBy: tx.Now, RulesVersion: book.Version,
	})
}

// submitPlatform keeps a timesheet that the platform pays, and pays it.
func submitPlatform(tx *postgres.Tx, t Timesheet) error {
	inserted, err := insertTimesheet(tx, t)
	if err != nil || !inserted {
		return err
	}
	if err := t.approve(tx.Now, "platform"); err != nil {
		return err
	}
	if t.Minutes > 0 {
		m := movement{cause: causeSettlement, causeID: t.ID}
		if err := payByPlatform(tx, settlement{id: newID(), sheet: t, reason: "platform", minutes: t.Minutes}, m); err != nil {
			return err
		}
		t.Settled = t.Minutes
	}
	return updateTimesheet(tx, t)
}

// extendTrial pays minutes that an objection won.
func extendTrial(tx *postgres.Tx, d Dispute, t Timesheet, minutes int64, reason string) error {
	if minutes == 0 {
		return nil
	}
	m := movement{cause: causeExtension, causeID: d.ID}
	if err := payByPlatform(tx, settlement{id: newID(), sheet: t, dispute: d.ID, reason: reason, minutes: minutes}, m); err != nil {
		return err
	}
	t.Settled += minutes
	return updateTimesheet(tx, t)
}

// payByPlatform pays minutes out of what the booking's trials cost the platform.
func payByPlatform(tx *postgres.Tx, s settlement, m movement) error {
	s.source, s.pay = "platform", s.sheet.pay(s.minutes)
	s.charge = s.pay
	return pay(tx, s, m, posting{bookingAccount(kindTraining, s.sheet.BookingID, uuid.Nil), -s.charge})
}
