package billing_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"peakseat/billing"
	"peakseat/internal/auth"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
	"peakseat/internal/web"

	"github.com/google/uuid"
)

// books take steps: billing in this process (world), or in one that may be killed (program).
type books interface {
	do(step) outcome
}

// step is one thing that somebody asks of billing.
type step struct {
	Op       string
	Key      string // makes a repeat safe, as Idempotency-Key does
	Actor    auth.Actor
	ID       uuid.UUID // of a shift, a timesheet, a dispute or a quote
	Amount   int64     // fen, minutes or seats
	At       time.Time
	Booking  *billing.QuotedBooking // what the matcher answers about it
	Finished *fact.AssignmentFinished
	Ended    *fact.ShiftEnded
}

// outcome is billing's answer.
type outcome struct {
	Body       json.RawMessage
	Fault      string // its code
	Constraint string
	Failure    string
	Down       bool // the database cannot be reached: ask again
	Repeated   bool // it was asked more than once
	Replayed   bool // it was done, and the answer lost
}

// refusal is an outcome that is none.
type refusal outcome

func (r refusal) Error() string {
	return fmt.Sprintf("%s (fault %q, constraint %q)", r.Failure, r.Fault, r.Constraint)
}

// Is compares codes, which is what survives on the way from another process.
func (r refusal) Is(target error) bool {
	f, ok := fault.As(target)
	return ok && r.Fault == f.Code
}

func (o outcome) read(into any) error {
	if o.Failure != "" {
		return refusal(o)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(o.Body, into)
}

func (w *world) do(s step) outcome { return w.take(w.t.Context(), s) }

// take does a step and puts its answer into words that another process understands. A keyed step is done as the edge
// does it: in one transaction with its answer.
func (w *world) take(ctx context.Context, s step) (o outcome) {
	ctx = auth.WithActor(ctx, s.Actor)
	if s.Booking != nil {
		s.Booking.Zone = time.FixedZone("", 8*60*60) // a zone does not go through JSON
		w.change(*s.Booking)
	}
	answer := func(ctx context.Context) error {
		v, err := w.perform(ctx, s)
		if err != nil {
			return err
		}
		o.Body, err = json.Marshal(v)
		return err
	}
	var err error
	if pool := w.keyed(s.Op); pool == nil {
		err = answer(ctx)
	} else {
		err = postgres.InTx(ctx, pool, func(tx *postgres.Tx) error {
			o = outcome{}
			var replayed *web.Replayed
			switch err := web.Stored(tx, web.Key{Account: s.Actor.AccountID, Name: s.Key, Hash: []byte{}}); {
			case errors.As(err, &replayed):
				o.Body, o.Replayed = replayed.Body, true
				return nil
			case err != nil:
				return err
			}
			if err := answer(tx.Context()); err != nil {
				return err
			}
			return tx.Exec(`insert into platform.idempotency (account_id, key, hash, status, reply, created_at) values (?, ?, '', 200, ?, ?)`,
				s.Actor.AccountID, s.Key, []byte(o.Body), time.Now()).Error
		})
	}
	if err != nil {
		o = outcome{Failure: err.Error(), Constraint: postgres.Constraint(err), Down: postgres.Down(err)}
		if f, ok := fault.As(err); ok {
			o.Fault = f.Code
		}
	}
	return o
}

// keyed is the pool whose transaction keeps the answer; nil where a repeat is harmless by itself.
func (w *world) keyed(op string) *postgres.DB {
	switch op {
	case "quote", "hold", "cancel":
		return w.pools.App
	case "top up", "approve", "dispute", "object", "rule":
		return w.pools.System
	}
	return nil
}

type summed struct{ Approved, Ruled int }

func (w *world) perform(ctx context.Context, s step) (any, error) {
	switch s.Op {
	case "clock":
		_, err := w.pools.System.Pool.Exec(ctx, `update platform.clock set anchor_real = clock_timestamp(), anchor_rules = $1`, s.At)
		return nil, err
	case "top up":
		return w.billing.TopUp(ctx, s.Amount)
	case "quote":
		return w.billing.Quote(ctx, s.Booking.ID, 1)
	case "hold":
		return nil, postgres.InTx(ctx, w.pools.App, func(tx *postgres.Tx) error {
			_, _, err := w.billing.Hold(tx, s.Booking.ID, s.ID)
			return err
		})
	case "cancel":
		return nil, postgres.InTx(ctx, w.pools.App, func(tx *postgres.Tx) error { return w.billing.Return(tx, s.Booking.ID, s.ID, int(s.Amount)) })
	case "work":
		if err := w.tell(ctx, *s.Finished); err != nil {
			return nil, err
		}
		var id uuid.UUID
		err := w.pools.System.Pool.QueryRow(ctx, `select id from billing.timesheet where assignment_id = $1`, s.Finished.AssignmentID).Scan(&id)
		return id, err
	case "end":
		return nil, w.tell(ctx, *s.Ended)
	case "approve":
		return w.billing.Approve(ctx, s.ID)
	case "dispute":
		return w.billing.Dispute(ctx, s.ID, s.Amount, "because")
	case "object":
		return w.billing.Object(ctx, s.ID, s.Amount, "because")
	case "rule":
		return w.billing.Rule(ctx, s.ID, s.Amount, "because")
	case "deadlines":
		approved, err := w.billing.ApproveDue(ctx)
		if err != nil {
			return nil, err
		}
		ruled, err := w.billing.RuleDue(ctx)
		return summed{approved, ruled}, err
	case "wallet":
		return w.billing.Wallet(ctx)
	case "earnings":
		return w.earned(ctx)
	case "bills":
		st, err := w.billing.Statement(ctx, s.At.Format("2006-01"))
		if err != nil || st.Merchant == nil {
			return nil, err
		}
		return st.Merchant.Bills, nil
	case "audit":
		return w.prove(ctx)
	}
	return nil, fmt.Errorf("nobody can %q", s.Op)
}

// earned is all that an agent got, withheld tax included, in fen.
func (w *world) earned(ctx context.Context) (int64, error) {
	e, err := w.billing.Earnings(ctx, web.Page{Limit: 1})
	return e.Payable.Amount + e.Withheld.Amount, err
}

// proof is what an audit finds.
type proof struct {
	Findings   []billing.Finding
	Difference int64 // fen: what all postings and all balances are beside nothing
}

func (w *world) prove(ctx context.Context) (p proof, err error) {
	err = postgres.InTx(ctx, w.pools.System, func(tx *postgres.Tx) (err error) {
		if p.Findings, err = billing.Audit(tx); err != nil {
			return err
		}
		return tx.Raw(`select coalesce((select abs(sum(amount)) from billing.posting), 0) + coalesce((select abs(sum(amount)) from billing.balance), 0)`).Scan(&p.Difference).Error
	})
	return p, err
}
