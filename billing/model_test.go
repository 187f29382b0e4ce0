package billing_test

import (
	"errors"
	"flag"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"peakseat/billing"
	"peakseat/internal/auth"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// checks is how many histories a run of the model tries.
const checks = 4

func TestMain(m *testing.M) {
	flag.Parse()
	if url := os.Getenv(programURL); url != "" {
		os.Exit(serve(url))
	}
	for name, value := range map[string]string{"rapid.checks": strconv.Itoa(checks), "rapid.nofailfile": "true", "rapid.shrinktime": "20s"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// model is what the books should say: minutes and plain sums, no entries.
type model struct {
	books    books
	merchant uuid.UUID
	owner    auth.Actor // the merchant's
	operator auth.Actor
	hours    int // since monday
	toppedUp int64
	wallet   int64
	owed     int64
	bookings []*modelBooking
	sheets   []*modelSheet
	agents   []uuid.UUID
	gross    map[uuid.UUID]int64
}

func newModel(b books, merchant uuid.UUID) *model {
	return &model{
		books: b, merchant: merchant, gross: map[uuid.UUID]int64{}, agents: []uuid.UUID{uuid.New(), uuid.New(), uuid.New()},
		owner:    auth.Actor{AccountID: uuid.New(), Role: auth.Owner, OrganisationID: merchant, SessionID: uuid.New()},
		operator: auth.Actor{AccountID: uuid.New(), Role: auth.Operator, OrganisationID: uuid.New(), SessionID: uuid.New()},
	}
}

// ask does a step and reads its answer.
func (m *model) ask(s step, into any) error {
	s.Key = uuid.NewString()
	return m.books.do(s).read(into)
}

func agentActor(id uuid.UUID) auth.Actor {
	return auth.Actor{AccountID: id, Role: auth.Agent, SessionID: uuid.New()}
}

type modelBooking struct {
	billing.QuotedBooking
	quote  billing.Quote
	shifts []*modelShift
}

type modelShift struct {
	booking           *modelBooking
	index             int
	pay, rate         int64
	total             int64 // minutes bought
	cancelled         int   // seats
	settled, held     int64 // minutes
	claimed           int64
	frozen            int64 // fen
	over              bool
	awaiting          int
	told              int
	charged, credited int64 // fen of the hold
	capacity          int64
}

type modelSheet struct {
	id         uuid.UUID
	shift      *modelShift
	agent      uuid.UUID
	minutes    int64
	disputed   int64
	paid       int64 // minutes
	approved   bool
	approveBy  int
	dispute    *modelDispute
	objection  *modelDispute
	paidAmount int64
}

type modelDispute struct {
	id      uuid.UUID
	minutes int64
	frozen  int64
	ruleBy  int
	open    bool
}

func round60(minutes, rate int64) int64 { return (2*minutes*rate + 60) / 120 }

func (s *modelShift) cost(minutes int64) int64 { return round60(minutes, s.rate) }

func (s *modelShift) escrow() int64 { return s.cost(s.settled+s.held) - s.cost(s.settled) }

// leave takes minutes out of the hold without settling them.
func (s *modelShift) leave(minutes int64) int64 {
	before := s.escrow()
	s.held -= minutes
	return before - s.escrow()
}

func (m *model) closeShift(s *modelShift) {
	if s.over && s.awaiting == 0 {
		back := s.leave(s.held - s.claimed)
		s.credited += back
		m.wallet += back
	}
}

func (m *model) payAgent(t *modelSheet, minutes int64) {
	t.paid += minutes
	now := round60(t.paid, t.shift.pay)
	m.gross[t.agent] += now - t.paidAmount
	t.paidAmount = now
}

func (m *model) approve(t *modelSheet) {
	s := t.shift
	minutes := t.minutes - t.disputed
	before := s.escrow()
	s.settled += minutes
	s.held -= minutes
	s.claimed -= minutes
	s.charged += before - s.escrow()
	m.payAgent(t, minutes)
	t.approved = true
}

func (m *model) rule(t *modelSheet, d *modelDispute, toAgent int64) {
	d.open = false
	s := t.shift
	if d == t.objection {
		if toAgent > 0 {
			cost := s.cost(toAgent)
			fromWallet := min(m.wallet, cost)
			m.wallet -= fromWallet
			m.owed += cost - fromWallet
			m.payAgent(t, toAgent)
		}
		return
	}
	cost := min(s.cost(toAgent), d.frozen)
	if toAgent == d.minutes {
		cost = d.frozen
	}
	s.frozen -= d.frozen
	s.charged += cost
	s.credited += d.frozen - cost
	m.wallet += d.frozen - cost
	m.payAgent(t, toAgent)
}

// TestRandomHistoriesAgreeWithAModel does what merchants, agents, operators and the clock may do, in any order.
func TestRandomHistoriesAgreeWithAModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		newModel(w, w.merchant).live(rt, 75)
	})
}

// live takes so many steps and holds the books against the model after each.
func (m *model) live(rt *rapid.T, steps int) {
	actions := []func(*rapid.T){
		m.doTopUp, m.doBook, m.doCancel, m.doWork, m.doWork, m.doWork, m.doEnd, m.doApprove, m.doApprove,
		m.doDispute, m.doDispute, m.doObject, m.doRule, m.doRule, m.doRule, m.doWait,
	}
	for i := range steps {
		actions[rapid.IntRange(0, len(actions)-1).Draw(rt, "action")](rt)
		m.agrees(rt)
		if i%20 == 0 {
			m.audited(rt)
		}
	}
	m.audited(rt)
}

func (m *model) doTopUp(rt *rapid.T) {
	amount := rapid.Int64Range(1, 300_000).Draw(rt, "amount")
	accept(rt, m.ask(step{Op: "top up", Actor: m.owner, Amount: amount}, nil), nil)
	m.toppedUp += amount
	paid := min(m.owed, amount)
	m.owed -= paid
	m.wallet += amount - paid
}

func (m *model) doBook(rt *rapid.T) {
	minutes := rapid.IntRange(31, 480).Draw(rt, "minutes")
	seats := rapid.SliceOfN(rapid.IntRange(1, 4), 1, 3).Draw(rt, "seats")
	b := &modelBooking{QuotedBooking: draft(m.merchant, m.now().Add(100*time.Hour), minutes, seats...)}
	b.CampaignMultiplier = rapid.Int64Range(10_000, 30_000).Draw(rt, "campaign") // so that minutes are seldom whole fen
	accept(rt, m.ask(step{Op: "quote", Actor: m.owner, Booking: &b.QuotedBooking}, &b.quote), nil)
	err := m.ask(step{Op: "hold", Actor: m.owner, Booking: &b.QuotedBooking, ID: b.quote.ID}, nil)
	if b.quote.Total.Amount > m.wallet {
		accept(rt, err, billing.ErrInsufficientFunds)
		return
	}
	accept(rt, err, nil)
	for i, l := range b.quote.Lines {
		b.shifts = append(b.shifts, &modelShift{
			booking: b, index: i, pay: l.PayPerHour.Amount, rate: l.ChargePerHour.Amount, total: l.Minutes, held: l.Minutes, capacity: int64(minutes),
		})
		m.wallet -= b.shifts[i].cost(l.Minutes)
	}
	m.bookings = append(m.bookings, b)
}

func (m *model) anyShift(rt *rapid.T) *modelShift {
	var shifts []*modelShift
	for _, b := range m.bookings {
		shifts = append(shifts, b.shifts...)
	}
	if len(shifts) == 0 {
		return nil
	}
	return rapid.SampledFrom(shifts).Draw(rt, "shift")
}

func (m *model) doCancel(rt *rapid.T) {
	s := m.anyShift(rt)
	if s == nil {
		return
	}
	seats := rapid.IntRange(1, 3).Draw(rt, "seats")
	minutes := int64(seats) * s.capacity
	err := m.ask(step{Op: "cancel", Actor: m.owner, Booking: &s.booking.QuotedBooking, ID: s.booking.Shifts[s.index].ID, Amount: int64(seats)}, nil)
	if seats > s.booking.Shifts[s.index].Seats-s.cancelled || minutes > s.held-s.claimed {
		accept(rt, err, billing.ErrTooManySeats)
		return
	}
	accept(rt, err, nil)
	s.cancelled += seats
	back := s.leave(minutes)
	s.credited += back
	m.wallet += back
}

func (m *model) doWork(rt *rapid.T) {
	s := m.anyShift(rt)
	if s == nil || s.over && s.awaiting == 0 {
		return
	}
	minutes := rapid.Int64Range(0, s.capacity).Draw(rt, "minutes")
	agent := rapid.SampledFrom(m.agents).Draw(rt, "agent")
	f := finished(s.booking.QuotedBooking, s.index, agent, minutes)
	t := &modelSheet{shift: s, agent: agent, minutes: minutes, approveBy: m.hours + 48}
	err := m.ask(step{Op: "work", Finished: &f}, &t.id)
	if s.claimed+minutes > s.held {
		if r, is := errors.AsType[refusal](err); !is || r.Constraint != "hold_line_covers_claims" {
			rt.Fatalf("%d minutes over the hold: got %v", minutes, err)
		}
		return
	}
	accept(rt, err, nil)
	m.sheets = append(m.sheets, t)
	s.claimed += minutes
	s.told++
	if s.over {
		s.awaiting--
	}
	m.closeShift(s)
}

func (m *model) doEnd(rt *rapid.T) {
	s := m.anyShift(rt)
	if s == nil {
		return
	}
	awaiting := rapid.IntRange(0, 1).Draw(rt, "awaiting")
	f := ended(s.booking.QuotedBooking, s.index, s.told+awaiting)
	accept(rt, m.ask(step{Op: "end", Ended: &f}, nil), nil)
	if s.over {
		return
	}
	s.over, s.awaiting = true, awaiting
	m.closeShift(s)
}

func (m *model) anySheet(rt *rapid.T) *modelSheet {
	if len(m.sheets) == 0 {
		return nil
	}
	return rapid.SampledFrom(m.sheets).Draw(rt, "timesheet")
}

func (m *model) doApprove(rt *rapid.T) {
	t := m.anySheet(rt)
	if t == nil {
		return
	}
	err := m.ask(step{Op: "approve", Actor: m.owner, ID: t.id}, nil)
	if t.approved {
		accept(rt, err, billing.ErrApproved)
		return
	}
	accept(rt, err, nil)
	m.approve(t)
}

func (m *model) doDispute(rt *rapid.T) {
	t := m.anySheet(rt)
	if t == nil {
		return
	}
	minutes := rapid.Int64Range(1, 60).Draw(rt, "minutes")
	var d billing.Dispute
	err := m.ask(step{Op: "dispute", Actor: m.owner, ID: t.id, Amount: minutes}, &d)
	switch {
	case t.approved:
		accept(rt, err, billing.ErrApproved)
	case t.dispute != nil:
		accept(rt, err, billing.ErrDisputed)
	case minutes > t.minutes:
		accept(rt, err, billing.ErrTooManyMinutes)
	default:
		accept(rt, err, nil)
		t.disputed = minutes
		t.shift.claimed -= minutes
		t.dispute = &modelDispute{id: d.ID, minutes: minutes, frozen: t.shift.leave(minutes), ruleBy: m.hours + 7*24, open: true}
		t.shift.frozen += t.dispute.frozen
		if d.Frozen.Amount != t.dispute.frozen {
			rt.Fatalf("%d minutes froze %d, want %d", minutes, d.Frozen.Amount, t.dispute.frozen)
		}
	}
}

func (m *model) doObject(rt *rapid.T) {
	t := m.anySheet(rt)
	if t == nil {
		return
	}
	minutes := rapid.Int64Range(1, 120).Draw(rt, "minutes")
	var d billing.Dispute
	err := m.ask(step{Op: "object", Actor: agentActor(t.agent), ID: t.id, Amount: minutes}, &d)
	switch {
	case m.hours > t.approveBy:
		accept(rt, err, billing.ErrObjectionClosed)
	case minutes > t.shift.capacity-t.minutes:
		accept(rt, err, billing.ErrTooManyMinutes)
	case t.objection != nil:
		accept(rt, err, billing.ErrDisputed)
	default:
		accept(rt, err, nil)
		t.objection = &modelDispute{id: d.ID, minutes: minutes, ruleBy: m.hours + 7*24, open: true}
	}
}

func (m *model) doRule(rt *rapid.T) {
	t := m.anySheet(rt)
	if t == nil {
		return
	}
	var d *modelDispute
	for _, one := range []*modelDispute{t.dispute, t.objection} {
		if one != nil && (d == nil || rapid.Bool().Draw(rt, "the objection")) {
			d = one
		}
	}
	if d == nil {
		return
	}
	toAgent := rapid.Int64Range(0, d.minutes+1).Draw(rt, "minutes to the agent")
	err := m.ask(step{Op: "rule", Actor: m.operator, ID: d.id, Amount: toAgent}, nil)
	switch {
	case !d.open:
		accept(rt, err, billing.ErrRuled)
	case toAgent > d.minutes:
		accept(rt, err, billing.ErrTooManyMinutes)
	default:
		accept(rt, err, nil)
		m.rule(t, d, toAgent)
	}
}

// doWait lets five hours pass at a time, so that no deadline of 48 hours or 7 days falls on the moment itself.
func (m *model) doWait(rt *rapid.T) {
	m.hours += 5 * rapid.IntRange(1, 12).Draw(rt, "five hours")
	accept(rt, m.ask(step{Op: "clock", At: m.now()}, nil), nil)
	swept := m.books.do(step{Op: "deadlines"})
	var n summed
	accept(rt, swept.read(&n), nil)
	for _, t := range m.sheets {
		if !t.approved && t.approveBy < m.hours {
			m.approve(t)
			n.Approved--
		}
	}
	type due struct {
		sheet   *modelSheet
		dispute *modelDispute
	}
	var list []due
	for _, t := range m.sheets {
		for _, d := range []*modelDispute{t.dispute, t.objection} {
			if d != nil && d.open && d.ruleBy < m.hours {
				list = append(list, due{t, d})
			}
		}
	}
	for _, one := range list {
		toAgent := one.dispute.minutes
		if one.dispute == one.sheet.objection {
			toAgent = 0
		}
		m.rule(one.sheet, one.dispute, toAgent)
		n.Ruled--
	}
	if n != (summed{}) && !swept.Repeated { // a sweep that was killed has told nobody what it did
		rt.Fatalf("%d approvals and %d rulings by deadline beyond the model's", n.Approved, n.Ruled)
	}
}

func (m *model) now() time.Time { return monday().Add(time.Duration(m.hours) * time.Hour) }

// agrees compares the wallet and what agents have with the model.
func (m *model) agrees(rt *rapid.T) {
	var escrow, disputed int64
	for _, b := range m.bookings {
		for _, s := range b.shifts {
			escrow, disputed = escrow+s.escrow(), disputed+s.frozen
			if s.charged+s.credited+s.escrow()+s.frozen != s.cost(s.total) {
				rt.Fatalf("the model itself loses money: %+v", s)
			}
		}
	}
	var got billing.Wallet
	accept(rt, m.ask(step{Op: "wallet", Actor: m.owner}, &got), nil)
	want := [4]int64{m.wallet, escrow, disputed, m.owed}
	if have := [4]int64{got.Available.Amount, got.Escrow.Amount, got.Disputed.Amount, got.Owed.Amount}; have != want {
		rt.Fatalf("available, escrow, disputed, owed: %v, want %v", have, want)
	}
	for _, agent := range m.agents {
		var earned int64
		accept(rt, m.ask(step{Op: "earnings", Actor: agentActor(agent)}, &earned), nil)
		if earned != m.gross[agent] {
			rt.Fatalf("an agent has %d with tax, want %d", earned, m.gross[agent])
		}
	}
}

func (m *model) audited(rt *rapid.T) {
	var p proof
	accept(rt, m.ask(step{Op: "audit"}, &p), nil)
	if len(p.Findings) > 0 || p.Difference != 0 {
		rt.Fatalf("audit: difference %d, %+v", p.Difference, p.Findings)
	}
	var bills []billing.Bill
	accept(rt, m.ask(step{Op: "bills", Actor: m.owner, At: m.now()}, &bills), nil)
	for _, b := range m.bookings {
		var charged, credited int64
		for _, s := range b.shifts {
			charged, credited = charged+s.charged, credited+s.credited
		}
		i := slices.IndexFunc(bills, func(bill billing.Bill) bool { return bill.BookingID == b.ID })
		if i >= 0 && (bills[i].Charged.Amount != charged || bills[i].Credited.Amount != credited) {
			rt.Fatalf("bill %+v, want %d charged and %d credited", bills[i], charged, credited)
		}
	}
}

// accept fails unless err is what the model says.
func accept(rt *rapid.T, err, want error) {
	rt.Helper()
	if want == nil && err != nil || want != nil && !errors.Is(err, want) {
		rt.Fatalf("got %v, the model says %v", err, want)
	}
}
