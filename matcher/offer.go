package matcher

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/money"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// Offer is an invitation of an agent to a seat, as the agent sees it.
type Offer struct {
	ID         uuid.UUID   `json:"id"`
	ShiftID    uuid.UUID   `json:"shift_id"`
	ShopName   string      `json:"shop_name"`
	Industry   string      `json:"industry"`
	StartsAt   time.Time   `json:"starts_at" doc:"what I would hold: after the shift's start, the rest of it"`
	EndsAt     time.Time   `json:"ends_at"`
	TimeZone   string      `json:"time_zone" doc:"the shop's"`
	PayPerHour money.Money `json:"pay_per_hour" gorm:"-"`
	State      string      `json:"state" enum:"live,accepted,refused,expired,withdrawn"`
	MadeAt     time.Time   `json:"made_at"`
	ExpiresAt  time.Time   `json:"expires_at"`
}

// offerPlace is where an offer stands in its agent's list.
type offerPlace struct {
	Live   bool      `json:"l"`
	MadeAt time.Time `json:"m"`
	ID     uuid.UUID `json:"i"`
}

// quality is what an agent at a seat is worth, from 0 to 5,100. The solver's cost of the pair is 10,000 less it: the
// price term of its format is nothing here, since the seat sets the pay.
//
//	10 for each hundredth of a star over 3.00                (performance, up to 2,000)
//	100 for each shift worked for the merchant, up to 20     (continuity, up to 2,000)
//	500 for a member of the booking's core team
//	20 for each day since the last shift, up to 30           (fairness, up to 600; a newcomer has all of it)
//
// Agents of equal quality stand in the order of their levels over those needed, and then of their ids.
func quality(rating, past int, core bool, lastWorked *time.Time, now time.Time) int {
	q := 10*(rating-leastRating) + 100*min(past, 20) + 20*min(idleDays(lastWorked, now), idleMost)
	if core {
		q += 500
	}
	return q
}

const (
	leastRating = 300
	idleMost    = 30
)

func idleDays(lastWorked *time.Time, now time.Time) int {
	if lastWorked == nil {
		return idleMost
	}
	return max(0, int(now.Sub(*lastWorked)/(24*time.Hour)))
}

// offerUntil is when an offer of the shift made now ends: a quarter of the time to the start, but while a seat may still
// be taken. False where that is over.
func (s *shiftFacts) offerUntil(now time.Time) (time.Time, bool) {
	until := earlier(now.Add(s.book.Offers.OfferLife(s.startsAt.Sub(now))), s.endsAt.Add(-s.book.Seats.TakeUntil))
	return until, until.After(now)
}

// pick is an agent to be asked about a seat of a shift: the lowest open one of seats, or for nil the lowest of all.
type pick struct {
	shift, agent uuid.UUID
	seats        []int
}

// makeOffers locks the shifts and agents of picks, reads again what the rules ask, and offers the seats to those who may
// take them beside everything that they hold and are offered. It tells which picks became offers. It needs the system role.
func makeOffers(tx *postgres.Tx, picks []pick, plan uuid.UUID) ([]bool, error) {
	if len(picks) == 0 {
		return nil, nil
	}
	ids := make([]uuid.UUID, len(picks))
	for i, p := range picks {
		ids[i] = p.shift
	}
	ids = distinct(ids)
	var r reading
	r.lock(ids, nil)
	shifts, out := r.openShifts(ids), r.out(ids)
	if err := r.send(tx); err != nil {
		return nil, err
	}
	offered, _, err := offerTo(tx, shifts, out, picks, plan)
	return offered, err
}

// offerTo locks the agents of picks, goes through picks in their order, and offers while there are open seats. Under the locks
// of the shifts, which are held, was read what they are and who is out of the question for them.
func offerTo(tx *postgres.Tx, shifts map[uuid.UUID]*batchShift, out map[pair]bool, picks []pick, plan uuid.UUID) (offered []bool, offers []newOffer, err error) {
	ids := make([]uuid.UUID, len(picks))
	for i, p := range picks {
		ids[i] = p.agent
	}
	ids = distinct(ids)
	from, to := tx.Now, tx.Now
	var merchants []uuid.UUID
	for _, s := range shifts {
		from, to = earlier(from, s.startsAt), later(to, s.endsAt)
		merchants = append(merchants, s.merchant)
	}
	var r reading
	r.lock(nil, ids)
	agents, apart := r.candidates(who{ids: ids}, from, to), r.apartOf(distinct(merchants), ids)
	if err := r.send(tx); err != nil {
		return nil, nil, err
	}
	offered = make([]bool, len(picks))
	for i, p := range picks {
		shift, agent := shifts[p.shift], agents[p.agent]
		if shift == nil || agent == nil || out[pair{p.agent, p.shift}] || apart[pair{p.agent, shift.merchant}] {
			continue
		}
		until, early := shift.offerUntil(tx.Now)
		if !early || !shift.hasSeat(p.seats) || !eligible(&agent.agentFacts, &shift.shiftFacts, tx.Now) {
			continue
		}
		o := newOffer{id: newID(), agent: p.agent, shift: &shift.shiftFacts, seat: shift.takeSeat(p.seats), t: shift.taking(tx.Now), expires: until}
		agent.assume(o.id, o.t)
		out[pair{p.agent, p.shift}] = true
		offers, offered[i] = append(offers, o), true
	}
	return offered, offers, insertOffers(tx, offers, plan)
}

// hasSeat tells whether one of the seats is open; nil is any.
func (o *openSeats) hasSeat(seats []int) bool { return o.seatAt(seats) >= 0 }

func (o *openSeats) seatAt(seats []int) int {
	return slices.IndexFunc(o.numbers, func(n int) bool { return seats == nil || slices.Contains(seats, n) })
}

// takeSeat hands it out.
func (o *openSeats) takeSeat(seats []int) int {
	at := o.seatAt(seats)
	seat := o.numbers[at]
	o.numbers = slices.Delete(o.numbers, at, at+1)
	return seat
}

func distinct(ids []uuid.UUID) []uuid.UUID {
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(ids)
}

// offerConsumers have the core teams of new bookings asked. Seats that open again are noted by the database, in the
// transaction that frees them.
func (s *Service) offerConsumers() []outbox.Consumer {
	return []outbox.Consumer{{Name: "matcher-core-team", Types: []string{fact.BookingConfirmed{}.Type()}, Handle: followConfirmed}}
}

// followConfirmed has a new booking's core team asked: seat 0 stands for every open seat.
func followConfirmed(tx *postgres.Tx, e outbox.Envelope) error {
	f, err := outbox.Decode[fact.BookingConfirmed](e)
	if err != nil || len(f.CoreTeam) == 0 {
		return err
	}
	return tx.Exec(`insert into matcher.refill (shift_id, seat_no, wanted_at) select id, 0, ? from matcher.shift where booking_id = ?::uuid and state = 'open' on conflict do nothing`,
		tx.Now, f.BookingID).Error
}

// RunOffers offers seats that wait, as soon as there are some, until ctx ends. Any number of processes may run it.
func (s *Service) RunOffers(ctx context.Context) error {
	look := time.NewTicker(sweepEvery)
	defer look.Stop()
	for {
		if err := s.OfferSeats(ctx); err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "offering seats stopped and begins again", "error", err)
			if !waitFor(ctx, look.C) {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		case <-s.market.freed:
		}
	}
}

// OfferSeats offers the seats that wait for it.
func (s *Service) OfferSeats(ctx context.Context) error {
	for {
		done, err := s.offerWaiting(ctx, uuid.Nil)
		if err == nil {
			if done < refillBatch {
				return nil
			}
			continue
		}
		// one of the shifts may be to blame: each by itself
		var waiting []uuid.UUID
		if err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
			return tx.Raw(`select distinct shift_id from matcher.refill where wanted_at <= ?`, tx.Now).Scan(&waiting).Error
		}); err != nil {
			return err
		}
		for _, shift := range waiting {
			if _, err := s.offerWaiting(ctx, shift); err != nil {
				slog.WarnContext(ctx, "a shift's seats could not be offered and will be again", "shift_id", shift, "error", err)
				if err := s.postpone(ctx, shift); err != nil {
					return err
				}
			}
		}
	}
}

func (s *Service) postpone(ctx context.Context, shift uuid.UUID) error {
	return postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		return tx.Exec(`update matcher.refill set wanted_at = ? where shift_id = ?`, tx.Now.Add(refillAgain), shift).Error
	})
}

const (
	// refillAgain is the pause after a failure, and where everybody proposed was taken.
	refillAgain = 2 * time.Second
	// refillBatch is how many seats are repaired together: more are worth no more in the end, and the first of them would wait for
	// the last.
	refillBatch = 16
)

// offerWaiting offers the seats of one shift that wait, or for uuid.Nil the next of all, in one transaction. It tells how
// many it looked at. Of several processes each takes others.
func (s *Service) offerWaiting(ctx context.Context, only uuid.UUID) (looked int, err error) {
	var offers []newOffer
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) (err error) { //nolint:contextcheck,nolintlint // a transaction carries its context
		waiting, err := lockRefills(tx, only, refillBatch)
		looked, offers = len(waiting), nil
		if err != nil || looked == 0 {
			return err
		}
		if err = s.market.ready(ctx); err != nil {
			return err
		}
		offers, err = s.refill(tx, waiting)
		return err
	})
	s.market.note(offers)
	return looked, err
}

// refill offers waiting seats. Where everybody who was proposed can no longer be asked when the locks are held, the seat
// waits for another look; one for whom nobody is left stays open in the hall.
func (s *Service) refill(tx *postgres.Tx, waiting []waitingSeat) ([]newOffer, error) {
	r, err := selectRepair(tx, waiting)
	if err != nil {
		return nil, err
	}
	picks, err := r.propose(s.market)
	if err != nil || len(picks) == 0 {
		return nil, err
	}
	offered, offers, err := offerTo(tx, r.shifts, r.out, picks, uuid.Nil)
	if err != nil {
		return nil, err
	}
	again := map[uuid.UUID][]int{}
	for i, p := range picks {
		if s := r.shifts[p.shift]; !offered[i] && s.hasSeat(p.seats) {
			again[p.shift] = append(again[p.shift], p.seats...)
		}
	}
	for shift, seats := range again {
		if err := insertRefills(tx, shift, seats); err != nil {
			return nil, err
		}
	}
	return offers, nil
}

// every does a piece of work again and again until ctx ends.
func every(ctx context.Context, pause time.Duration, what string, do func(context.Context) error) error {
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if err := do(ctx); err != nil && ctx.Err() == nil {
				slog.WarnContext(ctx, "a loop stopped and begins again", "loop", what, "error", err)
			}
		}
	}
}

// Offers lists the actor's: those that can be answered first, then by when they were made, the newest first.
func (s *Service) Offers(ctx context.Context, after *offerPlace, limit int) (list []Offer, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		list, err = selectOffers(tx, after, limit)
		return err
	})
	return list, err
}

// RefuseOffer says no to a live offer of the agent who acts; the seat goes to the next best. It acts for the seat too, so
// it runs under the system role.
//
// Faults: not found, ErrOfferExpired, ErrOfferEnded.
func (s *Service) RefuseOffer(ctx context.Context, id uuid.UUID) (offer *Offer, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		var mine []struct{ ShiftID, AgentID uuid.UUID }
		if err = tx.Raw(`select o.shift_id, o.agent_id from matcher.offer o where o.id = ? and o.agent_id = ?
			and not exists (select from matcher.block b where b.agent_id = o.agent_id and b.merchant_id = o.merchant_id)`, id, tx.Actor.AccountID).Scan(&mine).Error; err != nil {
			return err
		}
		if len(mine) == 0 {
			return fault.ErrNotFound
		}
		if err = lock(tx, []uuid.UUID{mine[0].ShiftID}, []uuid.UUID{mine[0].AgentID}); err != nil {
			return err
		}
		if offer, err = selectOffer(tx, id); err != nil {
			return err
		}
		switch {
		case offer.State == "expired":
			return ErrOfferExpired
		case offer.State != offerLive:
			return ErrOfferEnded
		}
		offer.State = "refused"
		return endOffers(tx, []uuid.UUID{id}, "refused")
	})
	s.market.tellFreed()
	return offer, err
}

// sweepOffers ends the offers that nobody answered in time; their seats open again.
func (s *Service) sweepOffers(ctx context.Context) (int, error) {
	return s.sweepDue(ctx, `select id, shift_id, agent_id from matcher.offer where state = 'live' and expires_at <= ? order by expires_at limit ?`,
		func(now time.Time) time.Time { return now },
		func(tx *postgres.Tx, d due) error {
			var run []uuid.UUID
			if err := tx.Raw(`select id from matcher.offer where id = ? and state = 'live' and expires_at <= ?`, d.ID, tx.Now).Scan(&run).Error; err != nil {
				return err
			}
			return endOffers(tx, run, "expired")
		})
}
