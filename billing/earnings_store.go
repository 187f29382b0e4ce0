package billing

import (
	"encoding/json"
	"fmt"
	"time"

	"peakseat/internal/money"
	"peakseat/internal/postgres"

	"github.com/google/uuid"
)

// selectEarnings reads the sums. What is pending of a timesheet: its minutes, less those settled or ruled away.
func selectEarnings(tx *postgres.Tx, agent uuid.UUID) (Earnings, error) {
	payable, err := selectBalance(tx, agentAccount(kindEarnings, agent))
	if err != nil {
		return Earnings{}, err
	}
	withheld, err := selectBalance(tx, agentAccount(kindTax, agent))
	if err != nil {
		return Earnings{}, err
	}
	lines, err := selectPending(tx, agent, uuid.Nil, 1<<30)
	if err != nil {
		return Earnings{}, err
	}
	var pending int64
	for _, l := range lines {
		pending += l.Gross.Amount
	}
	return Earnings{Pending: money.CNY(pending), Payable: money.CNY(payable), Paid: money.CNY(0), Withheld: money.CNY(withheld)}, nil
}

type earningRow struct {
	ID           uuid.UUID
	TimesheetID  uuid.UUID
	AssignmentID uuid.UUID
	State        string
	Source       string
	Reason       string
	At           time.Time
	StartsAt     time.Time
	EndsAt       time.Time
	Minutes      int64
	PayPerHour   int64
	Gross        int64
	Tax          int64
	Computation  []byte
}

// pendingQuery finds minutes that wait: the undisputed ones of submitted timesheets, and those of open disputes.
const pendingQuery = `
	select t.id, t.id as timesheet_id, t.assignment_id, 'pending' as state, '' as source, '' as reason, t.submitted_at as at, t.starts_at, t.ends_at,
		w.minutes, t.pay_per_hour,
		(((t.settled + w.minutes) * t.pay_per_hour + 30) / 60 - (t.settled * t.pay_per_hour + 30) / 60)::bigint as gross,
		0::bigint as tax, null::jsonb as computation
	from billing.timesheet t
	cross join lateral (select case when t.state = 'submitted' then t.minutes - t.disputed else 0 end
		+ coalesce((select d.minutes from billing.dispute d where d.timesheet_id = t.id and d.kind = 'dispute' and d.state = 'open'), 0) as minutes) w
	where t.agent_id = ? and w.minutes > 0`

func selectPending(tx *postgres.Tx, agent, before uuid.UUID, limit int) ([]EarningLine, error) {
	return manyEarningLines(tx, pendingQuery+` and (? or t.id < ?) order by t.id desc limit ?`, agent, before == uuid.Nil, before, limit)
}

func selectEarningLines(tx *postgres.Tx, agent, before uuid.UUID, limit int) ([]EarningLine, error) {
	return manyEarningLines(tx, `
		select * from (
			select s.id, s.timesheet_id, t.assignment_id, 'payable' as state, s.source, s.reason, s.at, t.starts_at, t.ends_at,
				s.minutes, t.pay_per_hour, s.pay as gross, s.tax, s.computation
			from billing.settlement s join billing.timesheet t on t.id = s.timesheet_id
			where s.agent_id = ?
			union all `+pendingQuery+`) l
		where ? or l.id < ? order by l.id desc limit ?`, agent, agent, before == uuid.Nil, before, limit)
}

func manyEarningLines(tx *postgres.Tx, query string, args ...any) ([]EarningLine, error) {
	var rows []earningRow
	if err := tx.Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read earnings: %w", err)
	}
	lines := make([]EarningLine, len(rows))
	for i, r := range rows {
		lines[i] = EarningLine{
			ID: r.ID, TimesheetID: r.TimesheetID, AssignmentID: r.AssignmentID, State: r.State, Source: r.Source, Reason: r.Reason,
			At: r.At.UTC(), StartsAt: r.StartsAt.UTC(), EndsAt: r.EndsAt.UTC(), Minutes: r.Minutes, PayPerHour: money.CNY(r.PayPerHour),
			Gross: money.CNY(r.Gross), Tax: money.CNY(r.Tax), Net: money.CNY(r.Gross - r.Tax),
		}
		if r.Computation != nil {
			lines[i].Computation = &Computation{}
			if err := json.Unmarshal(r.Computation, lines[i].Computation); err != nil {
				return nil, fmt.Errorf("decode a tax computation: %w", err)
			}
		}
	}
	return lines, nil
}
