package billing

import (
	"context"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/audit"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/money"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"
	"peakseat/internal/web"
)

// Dispute is a merchant's dispute of attended minutes, or an agent's objection to minutes that the timesheet lacks.
//
// The other side answers and an operator rules. Without a ruling by its day, disputed minutes go to the agent, and an
// objection ends with the minutes as they were recorded.
type Dispute struct {
	ID             uuid.UUID   `json:"id"`
	TimesheetID    uuid.UUID   `json:"timesheet_id"`
	Kind           string      `json:"kind" enum:"dispute,objection"`
	MerchantID     uuid.UUID   `json:"merchant_id"`
	AgentID        uuid.UUID   `json:"agent_id"`
	Minutes        int64       `json:"minutes"`
	Frozen         money.Money `json:"frozen" doc:"held in the disputed account until the ruling; nothing for an objection"`
	Reason         string      `json:"reason"`
	OpenedAt       time.Time   `json:"opened_at"`
	OpenedBy       uuid.UUID   `json:"-"`
	RuleBy         time.Time   `json:"rule_by"`
	Answer         string      `json:"answer,omitempty"`
	AnsweredAt     *time.Time  `json:"answered_at,omitempty"`
	AnsweredBy     uuid.UUID   `json:"-"`
	State          string      `json:"state" enum:"open,ruled"`
	MinutesToAgent *int64      `json:"minutes_to_agent,omitempty"`
	Ruling         string      `json:"ruling,omitempty" doc:"the operator's reason"`
	RuledAt        *time.Time  `json:"ruled_at,omitempty"`
	RuledBy        uuid.UUID   `json:"-"`
	ByDeadline     bool        `json:"by_deadline,omitempty" doc:"no operator ruled in time"`
	FreezeID       uuid.UUID   `json:"-"` // the transaction that froze the money
}

const (
	kindDispute   = "dispute"
	kindObjection = "objection"
)

// answer is the other side's word, once and before the ruling.
func (d *Dispute) answer(now time.Time, by uuid.UUID, text string) error {
	switch {
	case d.State != "open":
		return ErrRuled
	case d.AnsweredAt != nil:
		return ErrAnswered
	}
	d.Answer, d.AnsweredAt, d.AnsweredBy = text, new(now), by
	return nil
}

// rule closes the dispute.
func (d *Dispute) rule(now time.Time, by uuid.UUID, minutesToAgent int64, reason string) error {
	switch {
	case d.State != "open":
		return ErrRuled
	case minutesToAgent > d.Minutes:
		return ErrTooManyMinutes.With("minutes", d.Minutes)
	}
	d.State, d.MinutesToAgent, d.Ruling, d.RuledAt, d.RuledBy, d.ByDeadline = "ruled", &minutesToAgent, reason, new(now), by, by == uuid.Nil
	return nil
}

// rulePassed is what happens where nobody ruled in time.
func (d *Dispute) rulePassed(now time.Time) error {
	if d.Kind == kindDispute {
		return d.rule(now, uuid.Nil, d.Minutes, "")
	}
	return d.rule(now, uuid.Nil, 0, "")
}

// Dispute freezes minutes of a timesheet, once and before its approval; the rest is approved as ever. ErrApproved,
// ErrDisputed, ErrTooManyMinutes.
func (s *Service) Dispute(ctx context.Context, timesheetID uuid.UUID, minutes int64, reason string) (Dispute, error) {
	if _, err := s.Timesheet(ctx, timesheetID); err != nil {
		return Dispute{}, err
	}
	return act(ctx, s, func(tx *postgres.Tx) (Dispute, error) {
		t, err := lockTimesheet(tx, timesheetID)
		if err != nil {
			return Dispute{}, err
		}
		if t.MerchantID != tx.Actor.OrganisationID {
			return Dispute{}, fault.ErrNotFound
		}
		if err = t.dispute(minutes); err != nil {
			return Dispute{}, err
		}
		part, err := lockShare(tx, t.BookingID, t.ShiftID)
		if err != nil {
			return Dispute{}, err
		}
		d, err := openDispute(tx, t, kindDispute, minutes, reason)
		if err != nil {
			return Dispute{}, err
		}
		amount := part.lift(minutes)
		part.Claimed -= minutes
		part.Frozen += minutes
		m := move(causeFreeze, d.ID, bookingAccount(kindEscrow, t.BookingID, t.MerchantID), bookingAccount(kindDisputed, t.BookingID, t.MerchantID), amount)
		m.merchant, m.booking, m.shift, m.timesheet, m.corrects = t.MerchantID, t.BookingID, t.ShiftID, t.ID, part.HoldID
		if err := post(tx, m); err != nil {
			return Dispute{}, err
		}
		d.Frozen, d.FreezeID = money.CNY(amount), m.id
		if err := updateShare(tx, part); err != nil {
			return Dispute{}, err
		}
		if err := updateTimesheet(tx, t); err != nil {
			return Dispute{}, err
		}
		return d, tellOpened(tx, d)
	})
}

// Object says that a timesheet lacks minutes, once and within the days of its approval. ErrObjectionClosed,
// ErrTooManyMinutes (not more than the assignment had), ErrDisputed.
func (s *Service) Object(ctx context.Context, timesheetID uuid.UUID, minutes int64, reason string) (Dispute, error) {
	if _, err := s.Timesheet(ctx, timesheetID); err != nil {
		return Dispute{}, err
	}
	return act(ctx, s, func(tx *postgres.Tx) (Dispute, error) {
		t, err := lockTimesheet(tx, timesheetID)
		if err != nil {
			return Dispute{}, err
		}
		if t.AgentID != tx.Actor.AccountID {
			return Dispute{}, fault.ErrNotFound
		}
		if err = t.object(tx.Now, minutes); err != nil {
			return Dispute{}, err
		}
		d, err := openDispute(tx, t, kindObjection, minutes, reason)
		if err != nil {
			return Dispute{}, err
		}
		return d, tellOpened(tx, d)
	})
}

func openDispute(tx *postgres.Tx, t Timesheet, kind string, minutes int64, reason string) (Dispute, error) {
	book, ok := rules.Of(t.RulesVersion)
	if !ok {
		return Dispute{}, errRules(t.RulesVersion)
	}
	return Dispute{
		ID: newID(), TimesheetID: t.ID, Kind: kind, MerchantID: t.MerchantID, AgentID: t.AgentID, Minutes: minutes, Frozen: money.CNY(0),
		Reason: reason, OpenedAt: tx.Now, OpenedBy: tx.Actor.AccountID, RuleBy: tx.Now.Add(book.Money.RulingDue), State: "open",
	}, nil
}

// tellOpened keeps a new dispute and tells of it.
func tellOpened(tx *postgres.Tx, d Dispute) error {
	if err := insertDispute(tx, d); err != nil {
		return err
	}
	return outbox.Append(tx, fact.DisputeOpened{
		DisputeID: d.ID.String(), TimesheetID: d.TimesheetID.String(), MerchantID: d.MerchantID.String(), AgentID: d.AgentID.String(),
		Kind: d.Kind, Minutes: d.Minutes, RuleBy: d.RuleBy,
	})
}

// Disputes lists those an agent or a merchant is part of, or everybody's for an operator, newest first.
func (s *Service) Disputes(ctx context.Context, state string, page web.Page) (list *web.List[Dispute], err error) {
	var before uuid.UUID
	if _, err = page.After(&before); err != nil {
		return nil, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) (err error) {
		rows, err := selectDisputes(tx, state, before, page.Limit+1)
		if err != nil {
			return err
		}
		list, err = web.ListOf(rows, page.Limit, func(d Dispute) uuid.UUID { return d.ID })
		return err
	})
	return list, err
}

// Answer is the word of the side that did not open the dispute. ErrAnswered, ErrRuled.
func (s *Service) Answer(ctx context.Context, id uuid.UUID, text string) (Dispute, error) {
	if err := s.visibleDispute(ctx, id); err != nil {
		return Dispute{}, err
	}
	return act(ctx, s, func(tx *postgres.Tx) (Dispute, error) {
		d, _, err := lockDispute(tx, id)
		if err != nil {
			return Dispute{}, err
		}
		answers := d.MerchantID == tx.Actor.OrganisationID // an objection is the merchant's to answer
		if d.Kind == kindDispute {
			answers = d.AgentID == tx.Actor.AccountID
		}
		if !answers {
			return Dispute{}, fault.ErrNotFound
		}
		if err := d.answer(tx.Now, tx.Actor.AccountID, text); err != nil {
			return Dispute{}, err
		}
		return d, updateDispute(tx, d)
	})
}

// Rule is an operator's decision, how many of the minutes go to the agent. ErrRuled, ErrTooManyMinutes.
func (s *Service) Rule(ctx context.Context, id uuid.UUID, minutesToAgent int64, reason string) (Dispute, error) {
	if err := s.visibleDispute(ctx, id); err != nil {
		return Dispute{}, err
	}
	return act(ctx, s, func(tx *postgres.Tx) (Dispute, error) {
		d, t, err := lockDispute(tx, id)
		if err != nil {
			return Dispute{}, err
		}
		if err = d.rule(tx.Now, tx.Actor.AccountID, minutesToAgent, reason); err != nil {
			return Dispute{}, err
		}
		err = audit.Record(tx, audit.Entry{
			Action: "dispute.ruled", Subject: d.ID.String(), Reason: reason,
			Detail: map[string]any{"timesheet_id": t.ID, "minutes": d.Minutes, "minutes_to_agent": minutesToAgent},
		})
		if err != nil {
			return Dispute{}, err
		}
		return d, settleRuling(tx, d, t, "ruling")
	})
}

// ruleDue closes one dispute whose day has passed; false where another worker has it or it is closed.
func (s *Service) ruleDue(ctx context.Context, id uuid.UUID) (acted bool, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) (err error) {
		acted = false
		d, t, found, err := lockDueDispute(tx, id)
		if err != nil || !found {
			return err
		}
		if err := d.rulePassed(tx.Now); err != nil {
			return err
		}
		acted = true
		return settleRuling(tx, d, t, "deadline")
	})
	return acted && err == nil, err
}

// visibleDispute asks under the caller's own rights whether the dispute is theirs to see.
func (s *Service) visibleDispute(ctx context.Context, id uuid.UUID) error {
	return postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		_, err := selectDispute(tx, id)
		return err
	})
}
