package billing

import (
	"encoding/json"
	"fmt"
	"time"

	"peakseat/internal/fault"
	"peakseat/internal/money"
	"peakseat/internal/postgres"

	"github.com/google/uuid"
)

type timesheetRow struct {
	ID           uuid.UUID
	Kind         string
	AssignmentID uuid.UUID
	ShiftID      uuid.UUID
	BookingID    uuid.UUID
	MerchantID   uuid.UUID
	AgentID      uuid.UUID
	StartsAt     time.Time
	EndsAt       time.Time
	Minutes      int64
	PayPerHour   int64
	Swept        bool
	Events       []byte
	RulesVersion int
	SubmittedAt  time.Time
	ApproveBy    time.Time
	State        string
	ApprovedAt   *time.Time
	ApprovedBy   *string
	Disputed     int64
	Settled      int64
}

const timesheetColumns = `id, kind, assignment_id, shift_id, booking_id, merchant_id, agent_id, starts_at, ends_at, minutes, pay_per_hour, swept,
	events, rules_version, submitted_at, approve_by, state, approved_at, approved_by, disputed, settled`

func (r timesheetRow) timesheet() (Timesheet, error) {
	t := Timesheet{
		ID: r.ID, Kind: r.Kind, AssignmentID: r.AssignmentID, ShiftID: r.ShiftID, BookingID: r.BookingID, MerchantID: r.MerchantID, AgentID: r.AgentID,
		StartsAt: r.StartsAt.UTC(), EndsAt: r.EndsAt.UTC(), Minutes: r.Minutes, Disputed: r.Disputed, Settled: r.Settled,
		PayPerHour: money.CNY(r.PayPerHour), Pay: money.CNY(money.ForMinutes(r.Minutes, r.PayPerHour)), Swept: r.Swept, State: r.State,
		SubmittedAt: r.SubmittedAt.UTC(), ApproveBy: r.ApproveBy.UTC(), RulesVersion: r.RulesVersion,
	}
	if r.ApprovedAt != nil && r.ApprovedBy != nil {
		t.ApprovedAt, t.ApprovedBy = new(r.ApprovedAt.UTC()), *r.ApprovedBy
	}
	if err := json.Unmarshal(r.Events, &t.Events); err != nil {
		return Timesheet{}, fmt.Errorf("decode a timesheet's events: %w", err)
	}
	return t, nil
}

// insertTimesheet tells whether it is new: an assignment has one.
func insertTimesheet(tx *postgres.Tx, t Timesheet) (bool, error) {
	events, err := json.Marshal(t.Events)
	if err != nil {
		return false, fmt.Errorf("encode a timesheet's events: %w", err)
	}
	done := tx.Exec(`insert into billing.timesheet (id, kind, assignment_id, shift_id, booking_id, merchant_id, agent_id, starts_at, ends_at, minutes,
			pay_per_hour, currency, swept, events, rules_version, submitted_at, approve_by)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (assignment_id, (kind = 'mentoring')) do nothing`,
		t.ID, t.Kind, t.AssignmentID, t.ShiftID, t.BookingID, t.MerchantID, t.AgentID, t.StartsAt, t.EndsAt, t.Minutes,
		t.PayPerHour.Amount, t.PayPerHour.Currency, t.Swept, string(events), t.RulesVersion, t.SubmittedAt, t.ApproveBy)
	if done.Error != nil {
		return false, fmt.Errorf("write a timesheet: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}

func selectTimesheet(tx *postgres.Tx, id uuid.UUID) (Timesheet, error) {
	return oneTimesheet(tx, `select `+timesheetColumns+` from billing.timesheet where id = ?`, id)
}

func lockTimesheet(tx *postgres.Tx, id uuid.UUID) (Timesheet, error) {
	return oneTimesheet(tx, `select `+timesheetColumns+` from billing.timesheet where id = ? for update`, id)
}

// lockDueTimesheet locks a timesheet whose deadline has passed, unless another worker holds it.
func lockDueTimesheet(tx *postgres.Tx, id uuid.UUID) (t Timesheet, found bool, err error) {
	t, err = oneTimesheet(tx, `select `+timesheetColumns+` from billing.timesheet
		where id = ? and state = 'submitted' and approve_by <= ? for update skip locked`, id, tx.Now)
	if fault.ErrNotFound.Is(err) {
		return Timesheet{}, false, nil
	}
	return t, err == nil, err
}

func oneTimesheet(tx *postgres.Tx, query string, args ...any) (Timesheet, error) {
	list, err := manyTimesheets(tx, query, args...)
	if err != nil {
		return Timesheet{}, err
	}
	if len(list) == 0 {
		return Timesheet{}, fault.ErrNotFound
	}
	return list[0], nil
}

func manyTimesheets(tx *postgres.Tx, query string, args ...any) ([]Timesheet, error) {
	var rows []timesheetRow
	if err := tx.Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read timesheets: %w", err)
	}
	list := make([]Timesheet, len(rows))
	for i, r := range rows {
		var err error
		if list[i], err = r.timesheet(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func selectTimesheets(tx *postgres.Tx, f TimesheetFilter, before uuid.UUID, limit int) ([]Timesheet, error) {
	return manyTimesheets(tx, `select `+timesheetColumns+` from billing.timesheet
		where (? or id < ?) and (? = '' or state = ?) and (? or booking_id = ?) and (? or shift_id = ?)
		order by id desc limit ?`,
		before == uuid.Nil, before, f.State, f.State, f.BookingID == uuid.Nil, f.BookingID, f.ShiftID == uuid.Nil, f.ShiftID, limit)
}

// selectTimesheetCount counts those that the shift's hold pays.
func selectTimesheetCount(tx *postgres.Tx, shift uuid.UUID) (n int, err error) {
	if err = tx.Raw(`select count(*) from billing.timesheet where shift_id = ? and kind = 'seat'`, shift).Scan(&n).Error; err != nil {
		return 0, fmt.Errorf("count timesheets: %w", err)
	}
	return n, nil
}

// selectDueTimesheets lists timesheets whose deadline has passed, the oldest first.
func selectDueTimesheets(tx *postgres.Tx, limit int) (ids []uuid.UUID, err error) {
	err = tx.Raw(`select id from billing.timesheet where state = 'submitted' and approve_by <= ? order by approve_by, id limit ?`, tx.Now, limit).
		Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("read due timesheets: %w", err)
	}
	return ids, nil
}

func updateTimesheet(tx *postgres.Tx, t Timesheet) error {
	var by *string
	if t.ApprovedBy != "" {
		by = &t.ApprovedBy
	}
	err := tx.Exec(`update billing.timesheet set state = ?, approved_at = ?, approved_by = ?, disputed = ?, settled = ?, version = version + 1
		where id = ?`, t.State, t.ApprovedAt, by, t.Disputed, t.Settled, t.ID).Error
	if err != nil {
		return fmt.Errorf("write a timesheet: %w", err)
	}
	return nil
}
