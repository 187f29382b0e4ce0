package billing

import (
	"fmt"
	"time"

	"peakseat/internal/fault"
	"peakseat/internal/money"
	"peakseat/internal/postgres"

	"github.com/google/uuid"
)

type disputeRow struct {
	ID             uuid.UUID
	TimesheetID    uuid.UUID
	Kind           string
	MerchantID     uuid.UUID
	AgentID        uuid.UUID
	Minutes        int64
	Amount         int64
	Reason         string
	OpenedAt       time.Time
	OpenedBy       uuid.UUID
	RuleBy         time.Time
	TransactionID  *uuid.UUID
	Answer         *string
	AnsweredAt     *time.Time
	AnsweredBy     *uuid.UUID
	State          string
	MinutesToAgent *int64
	Ruling         *string
	RuledAt        *time.Time
	RuledBy        *uuid.UUID
}

const disputeColumns = `id, timesheet_id, kind, merchant_id, agent_id, minutes, amount, reason, opened_at, opened_by, rule_by, transaction_id,
	answer, answered_at, answered_by, state, minutes_to_agent, ruling, ruled_at, ruled_by`

func (r disputeRow) dispute() Dispute {
	return Dispute{
		ID: r.ID, TimesheetID: r.TimesheetID, Kind: r.Kind, MerchantID: r.MerchantID, AgentID: r.AgentID, Minutes: r.Minutes,
		Frozen: money.CNY(r.Amount), Reason: r.Reason, OpenedAt: r.OpenedAt.UTC(), OpenedBy: r.OpenedBy, RuleBy: r.RuleBy.UTC(),
		Answer: value(r.Answer), AnsweredAt: r.AnsweredAt, AnsweredBy: value(r.AnsweredBy), State: r.State, MinutesToAgent: r.MinutesToAgent,
		Ruling: value(r.Ruling), RuledAt: r.RuledAt, RuledBy: value(r.RuledBy), ByDeadline: r.State == "ruled" && r.RuledBy == nil,
		FreezeID: value(r.TransactionID),
	}
}

// value is what a nullable column holds, or the zero value.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func insertDispute(tx *postgres.Tx, d Dispute) error {
	return faultOf(tx.Exec(`insert into billing.dispute (id, timesheet_id, kind, merchant_id, agent_id, minutes, amount, currency, reason,
			opened_at, opened_by, rule_by, transaction_id)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		d.ID, d.TimesheetID, d.Kind, d.MerchantID, d.AgentID, d.Minutes, d.Frozen.Amount, d.Frozen.Currency, d.Reason,
		d.OpenedAt, d.OpenedBy, d.RuleBy, nullable(d.FreezeID)).Error)
}

func selectDispute(tx *postgres.Tx, id uuid.UUID) (Dispute, error) {
	list, err := manyDisputes(tx, `select `+disputeColumns+` from billing.dispute where id = ?`, id)
	if err != nil {
		return Dispute{}, err
	}
	if len(list) == 0 {
		return Dispute{}, fault.ErrNotFound
	}
	return list[0], nil
}

// lockDispute locks a dispute's timesheet, as everything does that settles it, and then reads the dispute.
func lockDispute(tx *postgres.Tx, id uuid.UUID) (Dispute, Timesheet, error) {
	d, err := selectDispute(tx, id)
	if err != nil {
		return Dispute{}, Timesheet{}, err
	}
	t, err := lockTimesheet(tx, d.TimesheetID)
	if err != nil {
		return Dispute{}, Timesheet{}, err
	}
	d, err = selectDispute(tx, id)
	return d, t, err
}

// lockDueDispute does the same for one whose day has passed, unless another worker holds the timesheet.
func lockDueDispute(tx *postgres.Tx, id uuid.UUID) (d Dispute, t Timesheet, found bool, err error) {
	sheets, err := manyTimesheets(tx, `select `+timesheetColumns+` from billing.timesheet
		where id = (select timesheet_id from billing.dispute where id = ?) for update skip locked`, id)
	if err != nil || len(sheets) == 0 {
		return Dispute{}, Timesheet{}, false, err
	}
	due, err := manyDisputes(tx, `select `+disputeColumns+` from billing.dispute where id = ? and state = 'open' and rule_by <= ?`, id, tx.Now)
	if err != nil || len(due) == 0 {
		return Dispute{}, Timesheet{}, false, err
	}
	return due[0], sheets[0], true, nil
}

func selectDisputes(tx *postgres.Tx, state string, before uuid.UUID, limit int) ([]Dispute, error) {
	return manyDisputes(tx, `select `+disputeColumns+` from billing.dispute where (? = '' or state = ?) and (? or id < ?) order by id desc limit ?`,
		state, state, before == uuid.Nil, before, limit)
}

// selectDueDisputes lists open disputes whose day has passed, the oldest first.
func selectDueDisputes(tx *postgres.Tx, limit int) (ids []uuid.UUID, err error) {
	err = tx.Raw(`select id from billing.dispute where state = 'open' and rule_by <= ? order by rule_by, id limit ?`, tx.Now, limit).Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("read due disputes: %w", err)
	}
	return ids, nil
}

func manyDisputes(tx *postgres.Tx, query string, args ...any) ([]Dispute, error) {
	var rows []disputeRow
	if err := tx.Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read disputes: %w", err)
	}
	list := make([]Dispute, len(rows))
	for i, r := range rows {
		list[i] = r.dispute()
	}
	return list, nil
}

func updateDispute(tx *postgres.Tx, d Dispute) error {
	err := tx.Exec(`update billing.dispute set answer = nullif(?, ''), answered_at = ?, answered_by = ?, state = ?, minutes_to_agent = ?,
			ruling = nullif(?, ''), ruled_at = ?, ruled_by = ? where id = ?`,
		d.Answer, d.AnsweredAt, nullable(d.AnsweredBy), d.State, d.MinutesToAgent, d.Ruling, d.RuledAt, nullable(d.RuledBy), d.ID).Error
	if err != nil {
		return fmt.Errorf("write a dispute: %w", err)
	}
	return nil
}
