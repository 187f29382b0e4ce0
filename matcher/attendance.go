package matcher

import (
	"context"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"
)

// Attendance is an assignment and what happened at it.
type Attendance struct {
	ID           uuid.UUID  `json:"id"`
	ShiftID      uuid.UUID  `json:"shift_id"`
	BookingID    uuid.UUID  `json:"booking_id"`
	MerchantID   uuid.UUID  `json:"merchant_id"`
	AgentID      uuid.UUID  `json:"agent_id"`
	SeatNo       int        `json:"seat"`
	StartsAt     time.Time  `json:"starts_at"`
	EndsAt       time.Time  `json:"ends_at"`
	PayPerHour   int64      `json:"-"`
	Currency     string     `json:"-"`
	RulesVersion int        `json:"-"`
	State        string     `json:"state" enum:"held,present,missing,finished,released,withdrawn"`
	Late         bool       `json:"late"`
	OnBreak      bool       `json:"on_break"`
	CheckedInAt  *time.Time `json:"checked_in_at,omitempty"`
	CheckedOutAt *time.Time `json:"checked_out_at,omitempty"`
	PaidMinutes  *int       `json:"paid_minutes,omitempty"`
	Trial        bool       `json:"trial,omitempty" doc:"of a trial seat, paid by the platform"`
	MentorID     *uuid.UUID `json:"mentor_id,omitempty" format:"uuid" doc:"of a trial: who helps and scores"`
	NewcomerID   *uuid.UUID `json:"newcomer_id,omitempty" format:"uuid" doc:"the agent who tries out beside me, and whom I help and score"`

	AssignedShift `gorm:"-"`
}

// The refusals of attendance.
var (
	ErrTooEarly = fault.New(fault.Conflict, "check_in_too_early",
		"还没到签到时间，opens_at 起可以签到。", "Check-in is not open yet; it opens at opens_at.")
	ErrSeatReplaced = fault.New(fault.Conflict, "seat_replaced",
		"这一席已经由备勤或其他人接替，不能再签到。", "Somebody else has taken over this seat; it can no longer be checked in to.")
	ErrNotHeld = fault.New(fault.Conflict, "assignment_over",
		"这个排班已经结束、释放或撤回。", "This assignment is finished, released or withdrawn.")
	ErrNotPresent = fault.New(fault.Conflict, "not_checked_in",
		"请先签到。", "Check in first.")
	ErrOnBreak    = fault.New(fault.Conflict, "on_break", "已经在休息中。", "Already on a break.")
	ErrNotOnBreak = fault.New(fault.Conflict, "not_on_break", "现在不在休息中。", "Not on a break.")
	ErrShiftOver  = fault.New(fault.Conflict, "shift_over", "班次已经结束。", "The shift is over.")
)

// CheckIn puts the agent at the seat. Once the no-show deadline has passed, the seat must still be
// free. A repeat answers as the first.
func (s *Service) CheckIn(ctx context.Context, id uuid.UUID) (*Attendance, error) {
	return s.attend(ctx, id, func(tx *postgres.Tx, a *Attendance) error {
		book := rules.V1().Attendance
		switch {
		case a.State == "present":
			return nil
		case a.State != "held" && a.State != "missing":
			return ErrNotHeld
		case tx.Now.Before(a.StartsAt.Add(-book.CheckInOpens)):
			return ErrTooEarly.With("opens_at", a.StartsAt.Add(-book.CheckInOpens).Format(time.RFC3339))
		case !tx.Now.Before(a.EndsAt):
			return ErrShiftOver
		}
		if err := mayBegin(tx, a.ID); err != nil {
			return err
		}
		if a.State == "held" && missed(a.StartsAt, tx.Now) {
			if err := markMissing(tx, []uuid.UUID{a.ID}); err != nil { // the sweep would have done it by now
				return err
			}
			a.State = "missing"
		}
		if a.State == "missing" {
			if err := takeBack(tx, a); err != nil {
				return err
			}
		}
		a.State, a.Late, a.CheckedInAt = "present", tx.Now.After(a.StartsAt), &tx.Now
		if err := tx.Exec(`update matcher.assignment set state = 'present', late = ?, checked_in_at = ? where id = ?`, a.Late, tx.Now, a.ID).Error; err != nil {
			return err
		}
		if err := insertEvent(tx, a, "check_in", tx.Now, "agent"); err != nil {
			return err
		}
		return outbox.Append(tx, fact.AgentCheckedIn{
			AssignmentID: a.ID.String(), ShiftID: a.ShiftID.String(), BookingID: a.BookingID.String(), MerchantID: a.MerchantID.String(),
			AgentID: a.AgentID.String(), At: tx.Now, Late: a.Late,
		})
	})
}

// Break starts or ends a break.
func (s *Service) Break(ctx context.Context, id uuid.UUID, start bool) (*Attendance, error) {
	return s.attend(ctx, id, func(tx *postgres.Tx, a *Attendance) error {
		switch {
		case a.State != "present":
			return ErrNotPresent
		case !tx.Now.Before(a.EndsAt):
			return ErrShiftOver
		case start && a.OnBreak:
			return ErrOnBreak
		case !start && !a.OnBreak:
			return ErrNotOnBreak
		}
		a.OnBreak = start
		kind := "break_end"
		if start {
			kind = "break_start"
		}
		return insertEvent(tx, a, kind, tx.Now, "agent")
	})
}

// CheckOut ends the work and sends the minutes to be paid. A repeat answers as the first.
func (s *Service) CheckOut(ctx context.Context, id uuid.UUID) (*Attendance, error) {
	return s.attend(ctx, id, func(tx *postgres.Tx, a *Attendance) error {
		switch a.State {
		case "finished":
			return nil
		case "present":
			return finish(tx, a, tx.Now, "agent")
		}
		return ErrNotPresent
	})
}

// attend runs one step of the actor's own assignment under its locks. The seat is another tenant's, so
// it runs under the system role.
func (s *Service) attend(ctx context.Context, id uuid.UUID, step func(tx *postgres.Tx, a *Attendance) error) (a *Attendance, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		before, err := selectAssignment(tx, id)
		if err != nil {
			return err
		}
		if before.AgentID != tx.Actor.AccountID {
			return fault.ErrNotFound
		}
		if err := lock(tx, []uuid.UUID{before.ShiftID}, []uuid.UUID{before.AgentID}); err != nil {
			return err
		}
		if a, err = selectAssignment(tx, id); err != nil {
			return err
		}
		if err := step(tx, a); err != nil {
			return err
		}
		told := []Attendance{*a}
		err = describe(tx, told)
		a = &told[0]
		return err
	})
	return a, err
}

// finish closes an assignment: the minutes of its events go out as a fact.
func finish(tx *postgres.Tx, a *Attendance, at time.Time, by string) error {
	if err := insertEvent(tx, a, "check_out", at, by); err != nil {
		return err
	}
	events, err := selectEvents(tx, a.ID)
	if err != nil {
		return err
	}
	minutes := paidMinutes(events, a.StartsAt, a.EndsAt, rules.V1().Attendance)
	paid := int(minutes)
	a.State, a.CheckedOutAt, a.PaidMinutes, a.OnBreak = "finished", &at, &paid, false
	if err := tx.Exec(`update matcher.assignment set state = 'finished', checked_out_at = ?, ended_at = ?, paid_minutes = ?, swept = ? where id = ?`,
		at, tx.Now, minutes, by == "sweep", a.ID).Error; err != nil {
		return err
	}
	if a.Trial {
		if err := tellTrial(tx, a); err != nil {
			return err
		}
	} else if err := countWorked(tx, a); err != nil {
		return err
	}
	return outbox.Append(tx, fact.AssignmentFinished{
		AssignmentID: a.ID.String(), ShiftID: a.ShiftID.String(), BookingID: a.BookingID.String(), MerchantID: a.MerchantID.String(), AgentID: a.AgentID.String(),
		StartsAt: a.StartsAt, EndsAt: a.EndsAt, Minutes: minutes, PayPerHour: a.PayPerHour, Currency: a.Currency,
		Swept: by == "sweep", Events: events, RulesVersion: a.RulesVersion, Trial: a.Trial,
	})
}

// countWorked is what the ranking goes by: continuity and how long ago the last shift was. A trial is no part of either.
func countWorked(tx *postgres.Tx, a *Attendance) error {
	if err := tx.Exec(`insert into matcher.worked (merchant_id, agent_id, shifts, last_at) values (?, ?, 1, ?)
		on conflict (merchant_id, agent_id) do update set shifts = matcher.worked.shifts + 1, last_at = greatest(matcher.worked.last_at, excluded.last_at)`,
		a.MerchantID, a.AgentID, a.EndsAt).Error; err != nil {
		return err
	}
	return tx.Exec(`update matcher.agent set last_worked_at = greatest(last_worked_at, ?) where agent_id = ?`, a.EndsAt, a.AgentID).Error
}

// paidMinutes are the whole minutes of [max(check-in, start), min(check-out, end)), less what breaks
// take beyond the allowance: BreakPaid in every begun BreakPer of that time.
func paidMinutes(events []fact.AttendanceEvent, start, end time.Time, book rules.Attendance) int64 {
	var from, to, pause time.Time
	var breaks time.Duration
	within := func(t time.Time) time.Time { return later(start, earlier(end, t)) }
	for _, e := range events {
		switch e.Kind {
		case "check_in":
			if from.IsZero() {
				from = within(e.At)
			}
		case "check_out":
			to = within(e.At)
		case "break_start":
			pause = within(e.At)
		case "break_end":
			breaks += within(e.At).Sub(pause)
			pause = time.Time{}
		}
	}
	if !pause.IsZero() && to.After(pause) {
		breaks += to.Sub(pause) // gone from a break
	}
	worked := to.Sub(from)
	if from.IsZero() || to.IsZero() || worked <= 0 {
		return 0
	}
	allowed := book.PaidBreak(worked)
	worked -= max(0, breaks-allowed)
	return int64(max(0, worked) / time.Minute)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// missed tells whether the no-show deadline of a start has passed.
func missed(start, now time.Time) bool {
	return !now.Before(start.Add(rules.V1().Attendance.NoShowAfter))
}

// markMissing ends assignments whose agent did not come; their seats are open for the rest of the shift.
func markMissing(tx *postgres.Tx, ids []uuid.UUID) error {
	ended, err := endAssignments(tx, ids, "missing")
	if err != nil {
		return err
	}
	facts := make([]fact.Fact, len(ended))
	for i, a := range ended {
		facts[i] = fact.AgentMissing{
			AssignmentID: a.ID.String(), ShiftID: a.ShiftID.String(), BookingID: a.BookingID.String(),
			MerchantID: a.MerchantID.String(), AgentID: a.AgentID.String(), Seat: a.SeatNo,
		}
	}
	return outbox.Append(tx, facts...)
}

// takeBack gives a missing agent the seat again while it is free.
func takeBack(tx *postgres.Tx, a *Attendance) error {
	free := tx.Exec(`update matcher.seat set state = 'held', assignment_id = ? where shift_id = ? and seat_no = ? and state = 'open'`, a.ID, a.ShiftID, a.SeatNo)
	if free.Error != nil {
		return free.Error
	}
	if free.RowsAffected == 0 {
		return ErrSeatReplaced
	}
	if err := tx.Exec(`update matcher.assignment set state = 'held', ended_at = null where id = ?`, a.ID).Error; err != nil {
		return faultOf(err) // meanwhile the agent took another seat at the same time
	}
	return countMinutes(tx, []uuid.UUID{a.ID}, 1)
}

// Assignments lists the actor's, the latest first; before is the id of the last one seen.
func (s *Service) Assignments(ctx context.Context, state string, before *AssignmentCursor, limit int) (list []Attendance, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		query := assignmentQuery + ` where a.agent_id = platform.account() and (? = '' or a.state = ?)`
		args := []any{state, state}
		if before != nil {
			query += ` and (a.starts_at, a.id) < (?, ?)`
			args = append(args, before.StartsAt, before.ID)
		}
		return tx.Raw(query+` order by a.starts_at desc, a.id desc limit ?`, append(args, limit)...).Scan(&list).Error
	})
	if err != nil || len(list) == 0 {
		return list, err
	}
	return list, postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error { return describe(tx, list) })
}

// AssignmentCursor is where a list of assignments goes on.
type AssignmentCursor struct {
	StartsAt time.Time `json:"s"`
	ID       uuid.UUID `json:"i"`
}

const assignmentQuery = `select a.id, a.shift_id, a.booking_id, a.merchant_id, a.agent_id, a.seat_no, a.starts_at, a.ends_at, a.pay_per_hour, a.currency, a.rules_version,
	a.state, a.late, a.checked_in_at, a.checked_out_at, a.paid_minutes,
	a.state = 'present' and coalesce((select e.kind = 'break_start' from matcher.attendance_event e where e.assignment_id = a.id order by e.at desc, e.id desc limit 1), false) as on_break,
	a.trial, case when a.trial then (select t.mentor_id from matcher.trial t where t.assignment_id = a.id) end as mentor_id,
	case when not a.trial then (select t.agent_id from matcher.trial t where t.mentor_assignment_id = a.id and t.live) end as newcomer_id
	from matcher.assignment a`

func selectAssignment(tx *postgres.Tx, id uuid.UUID) (*Attendance, error) {
	var rows []Attendance
	if err := tx.Raw(assignmentQuery+` where a.id = ?`, id).Scan(&rows).Error; err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fault.ErrNotFound
	}
	return &rows[0], nil
}

func insertEvent(tx *postgres.Tx, a *Attendance, kind string, at time.Time, by string) error {
	return tx.Exec(`insert into matcher.attendance_event (id, assignment_id, agent_id, merchant_id, kind, at, by) values (?, ?, ?, ?, ?, ?, ?)`,
		newID(), a.ID, a.AgentID, a.MerchantID, kind, at, by).Error
}

func selectEvents(tx *postgres.Tx, assignment uuid.UUID) (events []fact.AttendanceEvent, err error) {
	err = tx.Raw(`select kind, at from matcher.attendance_event where assignment_id = ? order by at, id`, assignment).Scan(&events).Error
	return events, err
}
