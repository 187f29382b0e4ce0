package billing_test

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"peakseat/billing"
	"peakseat/internal/auth"
	"peakseat/internal/dbtest"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"

	"github.com/google/uuid"
)

// world is billing on a database of its own, with one merchant. Its bookings are what the matcher would answer.
type world struct {
	t        testing.TB
	pools    dbtest.Pools
	billing  *billing.Service
	merchant uuid.UUID
	owner    context.Context // the merchant's owner
	operator context.Context

	mu       sync.Mutex
	bookings map[uuid.UUID]billing.QuotedBooking
}

// monday is an ordinary working day at ten in Shanghai, far from night, weekend and holiday.
func monday() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.FixedZone("", 8*60*60)) }

func newWorld(tb testing.TB) *world {
	tb.Helper()
	w := &world{t: tb, pools: dbtest.Open(tb, billing.Module()), merchant: uuid.New(), bookings: map[uuid.UUID]billing.QuotedBooking{}}
	w.billing = billing.New(billing.Deps{App: w.pools.App, System: w.pools.System, Bookings: w, Platform: uuid.New(), InstantGateway: true})
	w.owner = as(tb, auth.Owner, w.merchant)
	w.operator = as(tb, auth.Operator, uuid.New())
	w.setClock(monday())
	return w
}

func as(tb testing.TB, role auth.Role, organisation uuid.UUID) context.Context {
	tb.Helper()
	return auth.WithActor(tb.Context(), auth.Actor{AccountID: uuid.New(), Role: role, OrganisationID: organisation, SessionID: uuid.New()})
}

func asAgent(tb testing.TB, agent uuid.UUID) context.Context {
	tb.Helper()
	return auth.WithActor(tb.Context(), auth.Actor{AccountID: agent, Role: auth.Agent, SessionID: uuid.New()})
}

// BookingToQuote answers as the matcher does: a foreign booking is not found.
func (w *world) BookingToQuote(tx *postgres.Tx, id uuid.UUID) (billing.QuotedBooking, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	b, ok := w.bookings[id]
	if !ok || b.MerchantID != tx.Actor.OrganisationID {
		return billing.QuotedBooking{}, fault.ErrNotFound
	}
	return b, nil
}

func (w *world) BookingVersion(tx *postgres.Tx, id uuid.UUID) (int64, error) {
	b, err := w.BookingToQuote(tx, id)
	return b.Version, err
}

// setClock moves the rules' clock.
func (w *world) setClock(at time.Time) {
	w.t.Helper()
	_, err := w.pools.System.Pool.Exec(w.t.Context(), `update platform.clock set anchor_real = clock_timestamp(), anchor_rules = $1`, at)
	must(w.t, err)
}

// booking drafts one with shifts of a day each, starting at start, of so many minutes and seats.
func (w *world) booking(start time.Time, minutes int, seats ...int) billing.QuotedBooking {
	w.mu.Lock()
	defer w.mu.Unlock()
	b := draft(w.merchant, start, minutes, seats...)
	w.bookings[b.ID] = b
	return b
}

func draft(merchant uuid.UUID, start time.Time, minutes int, seats ...int) billing.QuotedBooking {
	b := billing.QuotedBooking{
		ID: uuid.New(), MerchantID: merchant, Version: 1, State: "draft", RulesVersion: 1, Zone: time.FixedZone("", 8*60*60),
		Requirements: []billing.QuotedRequirement{{Tag: "function/presale", Level: 2}},
	}
	for day, n := range seats {
		from := start.AddDate(0, 0, day)
		b.Shifts = append(b.Shifts, billing.QuotedShift{ID: uuid.New(), StartsAt: from, EndsAt: from.Add(time.Duration(minutes) * time.Minute), Seats: n})
	}
	return b
}

func (w *world) change(b billing.QuotedBooking) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bookings[b.ID] = b
}

// hold confirms as the matcher does, in one transaction of the merchant's.
func (w *world) hold(bookingID, quoteID uuid.UUID) (pay map[uuid.UUID]int64, err error) {
	err = postgres.InTx(w.owner, w.pools.App, func(tx *postgres.Tx) error {
		pay, _, err = w.billing.Hold(tx, bookingID, quoteID)
		return err
	})
	return pay, err
}

func (w *world) cancel(bookingID, shiftID uuid.UUID, seats int) error {
	return postgres.InTx(w.owner, w.pools.App, func(tx *postgres.Tx) error { return w.billing.Return(tx, bookingID, shiftID, seats) })
}

func (w *world) topUp(fen int64) {
	w.t.Helper()
	_, err := w.billing.TopUp(w.owner, fen)
	must(w.t, err)
}

// confirmed quotes a booking, tops up what it costs and holds it.
func (w *world) confirmed(b billing.QuotedBooking) billing.Quote {
	w.t.Helper()
	q, err := w.billing.Quote(w.owner, b.ID, 1)
	must(w.t, err)
	w.topUp(q.Total.Amount)
	_, err = w.hold(b.ID, q.ID)
	must(w.t, err)
	return q
}

// told hands facts to those of billing's consumers that follow them, all in one transaction.
func (w *world) told(facts ...fact.Fact) error { return w.tell(w.t.Context(), facts...) }

func (w *world) tell(ctx context.Context, facts ...fact.Fact) error {
	return postgres.InTx(ctx, w.pools.System, func(tx *postgres.Tx) error {
		for _, f := range facts {
			data, err := json.Marshal(f)
			if err != nil {
				return err
			}
			e := outbox.Envelope{ID: uuid.New(), Type: f.Type(), Aggregate: uuid.MustParse(f.Aggregate()), Time: tx.Now, Data: data}
			for _, c := range w.billing.Consumers() {
				if !slices.Contains(c.Types, e.Type) {
					continue
				}
				if err := c.Handle(tx, e); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// finished is an agent's work on a shift: so many minutes from its start.
func finished(b billing.QuotedBooking, shift int, agent uuid.UUID, minutes int64) fact.AssignmentFinished {
	s := b.Shifts[shift]
	return fact.AssignmentFinished{
		AssignmentID: uuid.NewString(), ShiftID: s.ID.String(), BookingID: b.ID.String(), MerchantID: b.MerchantID.String(), AgentID: agent.String(),
		StartsAt: s.StartsAt, EndsAt: s.EndsAt, Minutes: minutes, Currency: "CNY", RulesVersion: b.RulesVersion,
		Events: []fact.AttendanceEvent{{Kind: "check_in", At: s.StartsAt}, {Kind: "check_out", At: s.StartsAt.Add(time.Duration(minutes) * time.Minute)}},
	}
}

func ended(b billing.QuotedBooking, shift, assignments int) fact.ShiftEnded {
	s := b.Shifts[shift]
	return fact.ShiftEnded{ShiftID: s.ID.String(), BookingID: b.ID.String(), MerchantID: b.MerchantID.String(), EndsAt: s.EndsAt, Assignments: assignments}
}

// worked submits a timesheet and returns it.
func (w *world) worked(b billing.QuotedBooking, shift int, agent uuid.UUID, minutes int64) billing.Timesheet {
	w.t.Helper()
	f := finished(b, shift, agent, minutes)
	must(w.t, w.told(f))
	var id uuid.UUID
	must(w.t, w.pools.System.Pool.QueryRow(w.t.Context(), `select id from billing.timesheet where assignment_id = $1`, f.AssignmentID).Scan(&id))
	sheet, err := w.billing.Timesheet(w.owner, id)
	must(w.t, err)
	return sheet
}

func (w *world) wallet() billing.Wallet {
	w.t.Helper()
	wallet, err := w.billing.Wallet(w.owner)
	must(w.t, err)
	return wallet
}

// proven fails the test where the books do not agree.
func (w *world) proven() {
	w.t.Helper()
	must(w.t, postgres.InTx(w.t.Context(), w.pools.System, func(tx *postgres.Tx) error {
		findings, err := billing.Audit(tx)
		for _, f := range findings {
			w.t.Errorf("audit: %s %s: %s", f.Check, f.Subject, f.Detail)
		}
		return err
	}))
}

func (w *world) bill(b billing.QuotedBooking) billing.Bill {
	w.t.Helper()
	var now time.Time
	must(w.t, w.pools.System.Pool.QueryRow(w.t.Context(), `select platform.rules_now()`).Scan(&now))
	st, err := w.billing.Statement(w.owner, now.In(time.FixedZone("", 8*60*60)).Format("2006-01"))
	must(w.t, err)
	for _, bill := range st.Merchant.Bills {
		if bill.BookingID == b.ID {
			return bill
		}
	}
	w.t.Fatalf("no bill of booking %s", b.ID)
	return billing.Bill{}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
