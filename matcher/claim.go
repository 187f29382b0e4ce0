package matcher

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/clock"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/web"
)

// Assignment is an agent holding a seat.
type Assignment struct {
	ID       uuid.UUID `json:"id"`
	ShiftID  uuid.UUID `json:"shift_id"`
	Seat     int       `json:"seat" doc:"number of the seat in the shift"`
	State    string    `json:"state" enum:"held,present,missing,finished,released,withdrawn"`
	StartsAt time.Time `json:"starts_at"`
	EndsAt   time.Time `json:"ends_at"`

	Trial *TrialTerms `json:"trial,omitempty" doc:"of a trial seat"`
}

// How an agent came to hold a seat.
const (
	takenByClaim       = "claim"
	takenByOffer       = "offer"
	takenByReplacement = "replacement" // after the start, for the rest of the shift
)

// ClaimSeat takes an open seat of a shift for the agent who acts. After the start it takes what is left of the
// shift. Live offers of the agent that it overlaps are withdrawn; one for this very shift is accepted.
//
// Faults: not found, ErrShiftClosed, ErrNotEligible, ErrTimeOverlap, ErrRestTooShort, ErrHoursExceeded (each with the
// failed rules), ErrShiftFull, ErrNoOpenSeat, ErrTooManyClaims. A key answered before comes back as *web.Replayed.
func (s *Service) ClaimSeat(ctx context.Context, shiftID uuid.UUID) (*Assignment, error) {
	return s.claim(ctx, seatClaim, shiftID)
}

// claim asks for a seat of a kind, and makes the agent's row on first use.
func (s *Service) claim(ctx context.Context, act seatAct, shiftID uuid.UUID) (*Assignment, error) {
	actor, _ := auth.ActorFrom(ctx)
	assignment, err := s.ask(ctx, newSeatRequest(ctx, act, actor.AccountID, shiftID, shiftID))
	if errors.Is(err, errUnknownAgent) {
		if err = s.insertUnknownAgent(ctx); err != nil {
			return nil, err
		}
		assignment, err = s.ask(ctx, newSeatRequest(ctx, act, actor.AccountID, shiftID, shiftID))
	}
	return assignment, err
}

// ask waits for the batcher, and puts the failed rules of a refusal into the reader's language.
func (s *Service) ask(ctx context.Context, r *seatRequest) (*Assignment, error) {
	assignment, err := s.claims.ask(ctx, r)
	if f, ok := fault.As(err); ok {
		if list, ok := f.Extra["rules"].([]Rule); ok {
			return nil, f.With("rules", ruleViews(list, web.Language(ctx)))
		}
	}
	return assignment, err
}

// RunClaims answers claims, releases and acceptances until ctx ends, and then those that still wait.
func (s *Service) RunClaims(ctx context.Context) error { return s.claims.run(ctx) }

// ClaimPoolOptions are those of the pool that claim batches run on. Plans over array parameters would be made anew at every call, and
// plans made while a table is empty would scan it whole later.
func ClaimPoolOptions() postgres.Options {
	return postgres.Options{
		MaxConns: 6,
		Params: map[string]string{
			"plan_cache_mode":   "force_generic_plan",
			"enable_seqscan":    "off",
			"enable_hashjoin":   "off",
			"enable_mergejoin":  "off",
			"jit":               "off",
			"statement_timeout": "10s",
			"lock_timeout":      "5s",
		},
	}
}

// errSeatsScarce asks for a batch that holds the shift alone; it is never shown.
var errSeatsScarce = errors.New("another batch may hold the seats that are left")

// errUnknownAgent asks for the agent's row to be made; it is never shown.
var errUnknownAgent = errors.New("the agent has no row yet")

func (s *Service) insertUnknownAgent(ctx context.Context) error {
	return postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		return insertAgent(tx, tx.Actor.AccountID)
	})
}

// seatAct is what an agent asks of a seat.
type seatAct int

const (
	seatClaim seatAct = iota + 1
	seatRelease
	seatAccept
	seatTrial
)

// seatRequest is one agent's request as it waits for its batch.
type seatRequest struct {
	act     seatAct
	agent   uuid.UUID
	shift   uuid.UUID
	subject uuid.UUID // the shift, assignment or offer that it names
	key     web.Key
	alone   bool            // its batch shares the shift with no other
	done    chan seatAnswer // holds one
}

type seatAnswer struct {
	assignment *Assignment
	err        error
}

// newSeatRequest makes a key where the caller sent none, so that a batch whose commit is unknown can be asked again.
func newSeatRequest(ctx context.Context, act seatAct, agent, shift, subject uuid.UUID) *seatRequest {
	key := web.KeyFrom(ctx)
	if key.Name == "" {
		hash := sha256.Sum256(subject[:])
		key = web.Key{Account: agent, Name: newID().String(), Hash: hash[:]}
	}
	// trials are few, and one look at a shift's trial seats and mentors is true for the whole batch
	return &seatRequest{act: act, agent: agent, shift: shift, subject: subject, key: key, alone: act == seatTrial, done: make(chan seatAnswer, 1)}
}

func (r *seatRequest) answer(a *Assignment, err error) { r.done <- seatAnswer{a, err} }

// member is a request with what flight 1 read for it.
type member struct {
	*seatRequest
	known   bool // the agent has a row
	blocked bool
	agent   agentFacts
	shift   shiftFacts
	seats   *openSeats
	kept    *keptReply

	assignment *heldAssignment // the one to release
	offer      *knownOffer     // the one to accept
}

// openSeats are the lowest open seats of a shift, as they are handed out.
type openSeats struct {
	alone   bool // no other batch has any: all of them, or as many as may be asked for and one
	numbers []int
	offers  *time.Time // when the first of its live offers expires, where no seat is open
}

type keptReply struct {
	hash   []byte
	status int
	reply  []byte
}

type heldAssignment struct {
	seat             int
	startsAt, endsAt time.Time
	state            string
	minutes          int
	workDay, week    Date
}

type knownOffer struct {
	seat      int
	state     string
	expiresAt time.Time
}

// seatChange is what a batch writes for one member.
type seatChange struct {
	member     *member
	assignment Assignment
	takenBy    string // "" for a release
	offer      uuid.UUID
	seatWas    string
	withdrawn  []heldOffer
	held       stretch
	reply      []byte
	records    []outbox.Record

	path   *trialPath // of a trial
	mentor mentor
}

// decide answers one member under the locks: with a change to write, or with the refusal.
func (m *member) decide(now time.Time) (*seatChange, error) {
	if m.kept != nil {
		if !bytes.Equal(m.kept.hash, m.key.Hash) {
			return nil, web.ErrKeyReused
		}
		return nil, &web.Replayed{Status: m.kept.status, Body: m.kept.reply}
	}
	switch m.act {
	case seatRelease:
		return m.decideRelease(now)
	case seatAccept:
		return m.decideAcceptance(now)
	case seatTrial:
		return m.decideTrial(now)
	case seatClaim:
	}
	return m.decideClaim(now)
}

func (m *member) decideClaim(now time.Time) (*seatChange, error) {
	if m.shift.id == uuid.Nil || m.shift.state == stateDraft || m.blocked {
		return nil, fault.ErrNotFound
	}
	if !m.known {
		return nil, errUnknownAgent
	}
	if err := m.ask(now); err != nil {
		return nil, err
	}
	own := slices.IndexFunc(m.agent.offers, func(o heldOffer) bool { return o.shift == m.shift.id && now.Before(o.expiresAt) })
	if own >= 0 {
		return m.take(now, takenByOffer, m.agent.offers[own].seat, m.agent.offers[own].id)
	}
	if len(m.seats.numbers) == 0 {
		if !m.seats.alone {
			return nil, errSeatsScarce
		}
		return nil, noSeat(m.seats.offers, now)
	}
	seat := m.seats.numbers[0]
	m.seats.numbers = m.seats.numbers[1:]
	by := takenByClaim
	if now.After(m.shift.startsAt) {
		by = takenByReplacement
	}
	return m.take(now, by, seat, uuid.Nil)
}

// ask puts the rules, and returns the fault that names those which say no.
func (m *member) ask(now time.Time) error {
	if eligible(&m.agent, &m.shift, now) {
		return nil
	}
	return ineligible(failed(evaluate(&m.agent, &m.shift, now)))
}

// ineligible is the refusal with its rules.
func ineligible(no []Rule) error { return refusal(no).With("rules", no) }

func noSeat(firstExpiry *time.Time, now time.Time) error {
	if firstExpiry == nil {
		return ErrShiftFull
	}
	at := *firstExpiry
	if soon := now.Add(time.Second); at.Before(soon) {
		at = soon // it has expired and is about to be swept
	}
	return ErrNoOpenSeat.With("retry_at", at.UTC().Truncate(time.Second).Add(time.Second))
}

// take decides that the member holds a seat from now on.
func (m *member) take(now time.Time, by string, seat int, offer uuid.UUID) (*seatChange, error) {
	return m.takeWith(now, by, seat, offer, nil, mentor{})
}

// takeWith is take; of a trial seat path and mentor are there.
func (m *member) takeWith(now time.Time, by string, seat int, offer uuid.UUID, path *trialPath, with mentor) (*seatChange, error) {
	held := m.shift.taking(now)
	c := &seatChange{
		member: m, takenBy: by, offer: offer, held: held, seatWas: shiftOpen, path: path, mentor: with,
		assignment: Assignment{
			ID: newID(), ShiftID: m.shift.id, Seat: seat, State: assignmentHeld,
			StartsAt: held.from.In(m.shift.zone), EndsAt: held.to.In(m.shift.zone),
		},
	}
	facts := []fact.Fact{fact.SeatTaken{
		AssignmentID: c.assignment.ID.String(), ShiftID: m.shift.id.String(), BookingID: m.shift.booking.String(),
		MerchantID: m.shift.merchant.String(), AgentID: m.agent.id.String(), Seat: seat,
		StartsAt: held.from, EndsAt: held.to, By: by, Trial: path != nil,
	}}
	if path != nil {
		c.assignment.Trial = path.terms(m.shift.book, with.agent)
	}
	if offer != uuid.Nil {
		c.seatWas = "offered"
		facts = append(facts, offerEnded(offer, m.shift.id, m.agent.id, "accepted"))
	}
	for _, o := range m.agent.offers {
		if o.id != offer && o.near(held, m.shift.book.Hours.RestBetween) {
			c.withdrawn = append(c.withdrawn, o)
			facts = append(facts, offerEnded(o.id, o.shift, m.agent.id, "withdrawn"))
		}
	}
	return c, c.tell(now, facts...)
}

func offerEnded(id, shift, agent uuid.UUID, state string) fact.OfferEnded {
	return fact.OfferEnded{OfferID: id.String(), ShiftID: shift.String(), AgentID: agent.String(), State: state}
}

// tell makes the reply's bytes and the facts' rows.
func (c *seatChange) tell(now time.Time, facts ...fact.Fact) (err error) {
	if c.reply, err = web.Encode(&c.assignment); err != nil {
		return fmt.Errorf("encode the reply: %w", err)
	}
	recorded := clock.Now()
	for _, f := range facts {
		record, err := outbox.Encode(f, now, recorded)
		if err != nil {
			return err
		}
		c.records = append(c.records, record)
	}
	return nil
}

// status is that of the first answer.
func (c *seatChange) status() int {
	if c.takenBy == "" {
		return http.StatusOK
	}
	return http.StatusCreated
}

const (
	assignmentHeld     = "held"
	assignmentReleased = "released"
)
