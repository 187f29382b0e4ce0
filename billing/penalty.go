package billing

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/money"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"
)

// onPenalty keeps that a lateness never happened, and pays what it took away. An appeal may be decided before the minutes are
// in; submit pays it then. A no-show took no attended minutes.
func (s *Service) onPenalty(tx *postgres.Tx, e outbox.Envelope) error {
	f, err := outbox.Decode[fact.PenaltyAppealDecided](e)
	if err != nil || !f.Upheld || f.Kind != "late" {
		return err
	}
	assignment, err := uuid.Parse(f.SubjectID)
	if err != nil {
		return fmt.Errorf("read whose lateness was lifted: %w", err)
	}
	decider, err := uuid.Parse(f.DecidedBy)
	if err != nil {
		return fmt.Errorf("read who decided: %w", err)
	}
	if err := lockAttendance(tx, assignment); err != nil {
		return err
	}
	if err := tx.Exec(`insert into billing.lifted_lateness (assignment_id, decided_by, told_at) values (?, ?, ?) on conflict do nothing`,
		assignment, decider, tx.Now).Error; err != nil {
		return fmt.Errorf("keep a lifted lateness: %w", err)
	}
	return payLifted(tx, assignment)
}

// payLifted pays what a lateness that was lifted took away, where both the decision and the minutes are there: whichever comes
// last, under lockAttendance. The appeal was decided by a person, so that it is ruled as an objection to those minutes is; one
// that the agent has made, and that was ruled, stands.
func payLifted(tx *postgres.Tx, assignment uuid.UUID) error {
	var deciders []uuid.UUID
	if err := tx.Raw(`select decided_by from billing.lifted_lateness where assignment_id = ?`, assignment).Scan(&deciders).Error; err != nil {
		return fmt.Errorf("read a lifted lateness: %w", err)
	}
	if len(deciders) == 0 {
		return nil
	}
	t, err := lockSeatSheet(tx, assignment)
	if fault.ErrNotFound.Is(err) {
		return nil
	}
	if err != nil {
		return err
	}
	book, ok := rules.Of(t.RulesVersion)
	if !ok {
		return errRules(t.RulesVersion)
	}
	lost := t.lostByLateness(book.Attendance)
	if lost <= 0 {
		return nil
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
	if err := d.rule(tx.Now, deciders[0], min(lost, d.Minutes), liftedReason); err != nil {
		return err
	}
	return settleRuling(tx, d, t, "ruling")
}

// lockAttendance has an assignment's minutes and the appeal against its lateness wait for each other: neither may miss the
// other while both are being written.
func lockAttendance(tx *postgres.Tx, assignment uuid.UUID) error {
	return tx.Exec(`select pg_advisory_xact_lock(hashtextextended(?, 0))`, "attendance/"+assignment.String()).Error
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
func lockSeatSheet(tx *postgres.Tx, assignment uuid.UUID) (Timesheet, error) {
	return oneTimesheet(tx, `select `+timesheetColumns+` from billing.timesheet where assignment_id = ? and kind <> 'mentoring' for update`, assignment)
}

func selectObjection(tx *postgres.Tx, sheet uuid.UUID) (d Dispute, found bool, err error) {
	list, err := manyDisputes(tx, `select `+disputeColumns+` from billing.dispute where timesheet_id = ? and kind = 'objection'`, sheet)
	if err != nil || len(list) == 0 {
		return Dispute{}, false, err
	}
	return list[0], true, nil
}
