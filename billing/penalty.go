package billing

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fact"
	"peakseat/internal/money"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"
)

// onPenalty pays what a lateness that never happened took away. The appeal was decided by a person, so that it is ruled as an
// objection to those minutes is; one that the agent has made, and that was ruled, stands. A no-show took no attended minutes.
func (s *Service) onPenalty(tx *postgres.Tx, e outbox.Envelope) error {
	f, err := outbox.Decode[fact.PenaltyAppealDecided](e)
	if err != nil || !f.Upheld || f.Kind != "late" {
		return err
	}
	t, err := lockSeatSheet(tx, f.SubjectID)
	if err != nil {
		return fmt.Errorf("the timesheet of assignment %s, whose lateness was lifted: %w", f.SubjectID, err)
	}
	book, ok := rules.Of(t.RulesVersion)
	if !ok {
		return errRules(t.RulesVersion)
	}
	lost := t.lostByLateness(book.Attendance)
	if lost <= 0 {
		return nil
	}
	decider, err := uuid.Parse(f.DecidedBy)
	if err != nil {
		return fmt.Errorf("read who decided: %w", err)
	}
	d, found, err := selectObjection(tx, t.ID)
	switch {
	case err != nil:
		return err
	case found && d.State != "open":
		return nil
	case !found:
		d = Dispute{
			ID: newID(), TimesheetID: t.ID, Kind: kindObjection, MerchantID: t.MerchantID, AgentID: t.AgentID, Minutes: lost, Frozen: money.CNY(0),
			Reason: liftedReason, OpenedAt: tx.Now, OpenedBy: t.AgentID, RuleBy: tx.Now, State: "open",
		}
		if err := insertDispute(tx, d); err != nil {
			return err
		}
	}
	if err := d.rule(tx.Now, decider, min(lost, d.Minutes), liftedReason); err != nil {
		return err
	}
	return settleRuling(tx, d, t, "ruling")
}

// liftedReason is what both sides read of minutes that an appeal won.
const liftedReason = "迟到的申诉成立，按未迟到计薪。The appeal against the lateness was upheld: it never happened."

// lostByLateness is how many more minutes would be paid, had the agent been there at the start and done all else alike.
func (t *Timesheet) lostByLateness(a rules.Attendance) int64 {
	var paused time.Duration
	var since time.Time
	end := t.EndsAt
	for _, e := range t.Events {
		switch e.Kind {
		case "break_start":
			since = e.At
		case "break_end":
			paused += e.At.Sub(since)
		case "check_out":
			end = slices.MinFunc([]time.Time{e.At, t.EndsAt}, time.Time.Compare)
		}
	}
	unpaid := max(0, paused-a.PaidBreak(t.EndsAt.Sub(t.StartsAt)))
	return int64((end.Sub(t.StartsAt)-unpaid)/time.Minute) - t.Minutes
}

// lockSeatSheet locks the timesheet of an assignment; fault.ErrNotFound where there is none yet.
func lockSeatSheet(tx *postgres.Tx, assignment string) (Timesheet, error) {
	return oneTimesheet(tx, `select `+timesheetColumns+` from billing.timesheet where assignment_id = ? and kind <> 'mentoring' for update`, assignment)
}

func selectObjection(tx *postgres.Tx, sheet uuid.UUID) (d Dispute, found bool, err error) {
	list, err := manyDisputes(tx, `select `+disputeColumns+` from billing.dispute where timesheet_id = ? and kind = 'objection'`, sheet)
	if err != nil || len(list) == 0 {
		return Dispute{}, false, err
	}
	return list[0], true, nil
}
