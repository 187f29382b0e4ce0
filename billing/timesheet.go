package billing

import (
	"context"
	"time"

	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/money"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"
	"peakseat/internal/web"

	"github.com/google/uuid"
)

// Timesheet is the attended time of one assignment, made of events.
//
// It is submitted when the assignment is finished, and approved by the merchant or by its deadline. Minutes that a
// dispute names are settled by the dispute's ruling, all others by the approval.
type Timesheet struct {
	ID           uuid.UUID    `json:"id"`
	Kind         string       `json:"kind" enum:"seat,trial,mentoring" doc:"trial: a trial shift; mentoring: the card that a mentor filled in. The platform pays both at once, and is their merchant"`
	AssignmentID uuid.UUID    `json:"assignment_id"`
	ShiftID      uuid.UUID    `json:"shift_id"`
	BookingID    uuid.UUID    `json:"booking_id"`
	MerchantID   uuid.UUID    `json:"merchant_id"`
	AgentID      uuid.UUID    `json:"agent_id"`
	StartsAt     time.Time    `json:"starts_at"`
	EndsAt       time.Time    `json:"ends_at"`
	Minutes      int64        `json:"minutes" doc:"attended, as its events say"`
	Disputed     int64        `json:"disputed_minutes" doc:"of them, named by the merchant's dispute"`
	Settled      int64        `json:"settled_minutes" doc:"paid so far; an upheld objection adds to the minutes"`
	PayPerHour   money.Money  `json:"pay_per_hour"`
	Pay          money.Money  `json:"pay" doc:"of the minutes, before tax"`
	Swept        bool         `json:"swept" doc:"the check-out was forgotten and made at the shift's end"`
	Events       []SheetEvent `json:"events" nullable:"false"`
	State        string       `json:"state" enum:"submitted,approved"`
	SubmittedAt  time.Time    `json:"submitted_at"`
	ApproveBy    time.Time    `json:"approve_by" doc:"then it approves itself"`
	ApprovedAt   *time.Time   `json:"approved_at,omitempty"`
	ApprovedBy   string       `json:"approved_by,omitempty" enum:"approval,deadline,platform"`
	RulesVersion int          `json:"rules_version"`
}

// SheetEvent is one step of attendance.
type SheetEvent struct {
	Kind string    `json:"kind" enum:"check_in,break_start,break_end,check_out"`
	At   time.Time `json:"at"`
}

// approve changes the state; ErrApproved where it was approved before.
func (t *Timesheet) approve(now time.Time, by string) error {
	if t.State != "submitted" {
		return ErrApproved
	}
	t.State, t.ApprovedAt, t.ApprovedBy = "approved", new(now), by
	return nil
}

// dispute names minutes that the merchant will not pay for without a ruling.
func (t *Timesheet) dispute(minutes int64) error {
	switch {
	case t.State != "submitted":
		return ErrApproved
	case t.Disputed > 0:
		return ErrDisputed
	case minutes > t.Minutes:
		return ErrTooManyMinutes.With("minutes", t.Minutes)
	}
	t.Disputed = minutes
	return nil
}

// object checks an agent's claim to minutes that the timesheet lacks: at most those of the assignment, until the day by
// which the timesheet approves itself, so that a quick approval takes nothing away.
func (t *Timesheet) object(now time.Time, minutes int64) error {
	lacking := int64(t.EndsAt.Sub(t.StartsAt)/time.Minute) - t.Minutes
	switch {
	case now.After(t.ApproveBy):
		return ErrObjectionClosed
	case minutes > lacking:
		return ErrTooManyMinutes.With("minutes", lacking)
	}
	return nil
}

// pay is what minutes more are worth: the whole is rounded once, however many parts it is paid in.
func (t *Timesheet) pay(minutes int64) int64 {
	rate := t.PayPerHour.Amount
	return money.ForMinutes(t.Settled+minutes, rate) - money.ForMinutes(t.Settled, rate)
}

// submit makes a timesheet of a finished assignment, and pays what an appeal that was decided before gives it.
func (s *Service) submit(tx *postgres.Tx, f fact.AssignmentFinished) error {
	t, err := timesheetOf(f)
	if err != nil {
		return err
	}
	book, ok := rules.Of(f.RulesVersion)
	if !ok {
		return errRules(f.RulesVersion)
	}
	if err := lockAttendance(tx, t.AssignmentID); err != nil {
		return err
	}
	if f.Trial {
		err = s.submitTrial(tx, t, book)
	} else {
		err = submitSeat(tx, t, book)
	}
	if err != nil {
		return err
	}
	return payLifted(tx, t.AssignmentID)
}

// submitSeat makes the timesheet of a seat. It locks the booking's hold, whose pay per hour is the one that counts.
func submitSeat(tx *postgres.Tx, t Timesheet, book rules.Book) error {
	part, err := lockShare(tx, t.BookingID, t.ShiftID)
	if err != nil {
		return err
	}
	t.PayPerHour, t.MerchantID, t.RulesVersion = money.CNY(part.PayPerHour), part.MerchantID, book.Version
	t.SubmittedAt, t.ApproveBy = tx.Now, tx.Now.Add(book.Money.AutoApproval)
	inserted, err := insertTimesheet(tx, t)
	if err != nil || !inserted {
		return err
	}
	part.Claimed += t.Minutes
	if err := updateShare(tx, part); err != nil {
		return err
	}
	if err := returnUnfilled(tx, part); err != nil {
		return err
	}
	return outbox.Append(tx, fact.TimesheetSubmitted{
		TimesheetID: t.ID.String(), AssignmentID: t.AssignmentID.String(), MerchantID: t.MerchantID.String(), AgentID: t.AgentID.String(), Minutes: t.Minutes,
	})
}

// endShift notes that nobody can take the shift any more, and how many assignments send their minutes, before or after.
// What nobody worked returns once all of them have.
func endShift(tx *postgres.Tx, f fact.ShiftEnded) error {
	booking, err := uuid.Parse(f.BookingID)
	if err != nil {
		return err
	}
	shift, err := uuid.Parse(f.ShiftID)
	if err != nil {
		return err
	}
	part, err := lockShare(tx, booking, shift)
	if err != nil || part.EndedAt != nil {
		return err
	}
	part.EndedAt, part.Expected = new(tx.Now), f.Assignments
	if err := updateShare(tx, part); err != nil {
		return err
	}
	return returnUnfilled(tx, part)
}

// Timesheets lists an agent's own, a merchant's, or everybody's for an operator, newest first.
func (s *Service) Timesheets(ctx context.Context, filter TimesheetFilter, page web.Page) (list *web.List[Timesheet], err error) {
	var before uuid.UUID
	if _, err = page.After(&before); err != nil {
		return nil, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) (err error) {
		rows, err := selectTimesheets(tx, filter, before, page.Limit+1)
		if err != nil {
			return err
		}
		list, err = web.ListOf(rows, page.Limit, func(t Timesheet) uuid.UUID { return t.ID })
		return err
	})
	return list, err
}

// TimesheetFilter narrows a list; zero members do not.
type TimesheetFilter struct {
	State     string
	BookingID uuid.UUID
	ShiftID   uuid.UUID
}

// Timesheet returns one; fault.ErrNotFound where it is not the actor's.
func (s *Service) Timesheet(ctx context.Context, id uuid.UUID) (t Timesheet, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		t, err = selectTimesheet(tx, id)
		return err
	})
	return t, err
}

// Approve settles a timesheet but for the minutes that a dispute names. ErrApproved where it was approved before.
func (s *Service) Approve(ctx context.Context, id uuid.UUID) (Timesheet, error) {
	if _, err := s.Timesheet(ctx, id); err != nil { // under the caller's own rights
		return Timesheet{}, err
	}
	return act(ctx, s, func(tx *postgres.Tx) (Timesheet, error) {
		t, err := lockTimesheet(tx, id)
		if err != nil {
			return Timesheet{}, err
		}
		if t.MerchantID != tx.Actor.OrganisationID {
			return Timesheet{}, fault.ErrNotFound
		}
		return settleTimesheet(tx, t, "approval")
	})
}

// approveDue approves one timesheet whose deadline has passed; false where another worker has it or it is not due any more.
func (s *Service) approveDue(ctx context.Context, id uuid.UUID) (acted bool, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) (err error) {
		acted = false
		t, found, err := lockDueTimesheet(tx, id)
		if err != nil || !found {
			return err
		}
		acted = true
		_, err = settleTimesheet(tx, t, "deadline")
		return err
	})
	return acted && err == nil, err
}

func timesheetOf(f fact.AssignmentFinished) (Timesheet, error) {
	t := Timesheet{
		ID: newID(), Kind: sheetSeat, StartsAt: f.StartsAt, EndsAt: f.EndsAt, Minutes: f.Minutes, Swept: f.Swept, State: "submitted", Events: []SheetEvent{},
	}
	for _, e := range f.Events {
		t.Events = append(t.Events, SheetEvent{Kind: e.Kind, At: e.At})
	}
	for _, id := range []struct {
		text string
		into *uuid.UUID
	}{{f.AssignmentID, &t.AssignmentID}, {f.ShiftID, &t.ShiftID}, {f.BookingID, &t.BookingID}, {f.AgentID, &t.AgentID}} {
		parsed, err := uuid.Parse(id.text)
		if err != nil {
			return Timesheet{}, err
		}
		*id.into = parsed
	}
	return t, nil
}
