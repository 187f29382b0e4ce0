package billing

import (
	"context"
	"time"

	"peakseat/internal/money"
	"peakseat/internal/postgres"
	"peakseat/internal/web"

	"github.com/google/uuid"
)

// Earnings is what an agent's work is worth, by how near the money is.
type Earnings struct {
	Pending    money.Money   `json:"pending" doc:"of timesheets not settled yet, with disputed minutes, before tax"`
	Payable    money.Money   `json:"payable" doc:"settled, after tax, not paid out"`
	Paid       money.Money   `json:"paid"`
	Withheld   money.Money   `json:"withheld" doc:"tax, of all years"`
	Lines      []EarningLine `json:"lines" nullable:"false" doc:"newest first"`
	NextCursor string        `json:"next_cursor,omitempty" doc:"absent on the last page"`
}

// EarningLine is minutes that became money, or that will.
type EarningLine struct {
	ID           uuid.UUID    `json:"id" doc:"of the settlement, or of the timesheet while it is pending"`
	TimesheetID  uuid.UUID    `json:"timesheet_id"`
	AssignmentID uuid.UUID    `json:"assignment_id"`
	State        string       `json:"state" enum:"pending,payable"`
	Source       string       `json:"source,omitempty" enum:"escrow,disputed,extension,platform" doc:"what paid it"`
	Reason       string       `json:"reason,omitempty" enum:"approval,deadline,ruling,platform" doc:"what settled it"`
	At           time.Time    `json:"at"`
	StartsAt     time.Time    `json:"starts_at" doc:"of the assignment"`
	EndsAt       time.Time    `json:"ends_at"`
	Minutes      int64        `json:"minutes"`
	PayPerHour   money.Money  `json:"pay_per_hour"`
	Gross        money.Money  `json:"gross" doc:"minutes x pay per hour / 60, rounded half up once for the timesheet"`
	Tax          money.Money  `json:"tax"`
	Net          money.Money  `json:"net"`
	Computation  *Computation `json:"computation,omitempty" doc:"how the tax came about"`
}

// Earnings returns the actor's.
func (s *Service) Earnings(ctx context.Context, page web.Page) (e Earnings, err error) {
	var before uuid.UUID
	if _, err = page.After(&before); err != nil {
		return Earnings{}, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) (err error) {
		agent := tx.Actor.AccountID
		if e, err = selectEarnings(tx, agent); err != nil {
			return err
		}
		rows, err := selectEarningLines(tx, agent, before, page.Limit+1)
		if err != nil {
			return err
		}
		list, err := web.ListOf(rows, page.Limit, func(l EarningLine) uuid.UUID { return l.ID })
		if err != nil {
			return err
		}
		e.Lines, e.NextCursor = list.Items, list.NextCursor
		return nil
	})
	return e, err
}
