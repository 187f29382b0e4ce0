package matcher

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
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

// pick is an agent to be asked about a seat of a shift; seat 0 is whichever is open.
type pick struct {
	shift, agent uuid.UUID
	seat         int
}

// makeOffers locks the shifts and agents of picks, reads again what the rules ask, and offers the seats to those who may
// take them beside everything that they hold and are offered. It tells which picks became offers. It needs the system role.
func makeOffers(tx *postgres.Tx, picks []pick, plan uuid.UUID) ([]bool, error) {
	var shiftIDs, agentIDs []uuid.UUID
	for _, p := range picks {
		shiftIDs, agentIDs = append(shiftIDs, p.shift), append(agentIDs, p.agent)
	}
	shiftIDs, agentIDs = distinct(shiftIDs), distinct(agentIDs)
	if err := lock(tx, shiftIDs, agentIDs); err != nil {
		return nil, err
	}
	shifts, err := selectOpenShifts(tx, shiftIDs)
	if err != nil {
		return nil, err
	}
	from, to := tx.Now, tx.Now
	var merchants []uuid.UUID
	for _, s := range shifts {
		from, to = earlier(from, s.startsAt), later(to, s.endsAt)
		merchants = append(merchants, s.merchant)
	}
	agents, err := selectCandidates(tx, who{ids: agentIDs}, from, to)
	if err != nil {
		return nil, err
	}
	out, err := selectOut(tx, shiftIDs, agentIDs)
	if err != nil {
		return nil, err
	}
	apart, err := selectApart(tx, distinct(merchants))
	if err != nil {
		return nil, err
	}
	offered := make([]bool, len(picks))
	var offers []newOffer
	for i, p := range picks {
		shift, agent := shifts[p.shift], agents[p.agent]
		if shift == nil || agent == nil || out[pair{p.agent, p.shift}] || apart[pair{p.agent, shift.merchant}] {
			continue
		}
		until, early := shift.offerUntil(tx.Now)
		if !early || !eligible(&agent.agentFacts, &shift.shiftFacts, tx.Now) {
			continue
		}
		seat, left := shift.takeSeat(p.seat)
		if !left {
			continue
		}
		o := newOffer{id: newID(), agent: p.agent, shift: &shift.shiftFacts, seat: seat, t: shift.taking(tx.Now), expires: until}
		agent.assume(o.id, o.t)
		out[pair{p.agent, p.shift}] = true
		offers, offered[i] = append(offers, o), true
	}
	return offered, insertOffers(tx, offers, plan)
}

// takeSeat hands out the open seat named, or for 0 the lowest.
func (o *openSeats) takeSeat(wanted int) (int, bool) {
	at := 0
	if wanted != 0 {
		at = slices.Index(o.numbers, wanted)
	}
	if at < 0 || len(o.numbers) == 0 {
		return 0, false
	}
	seat := o.numbers[at]
	o.numbers = slices.Delete(o.numbers, at, at+1)
	return seat, true
}

func distinct(ids []uuid.UUID) []uuid.UUID {
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(ids)
}

// nextBest lists up to n agents to be asked about the shift, best first. What is read is not locked.
func nextBest(tx *postgres.Tx, s *shiftFacts, n int, coreOnly bool) ([]uuid.UUID, error) {
	list, err := selectRanked(tx, s, coreOnly)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(b.quality(tx.Now), a.quality(tx.Now)), cmp.Compare(b.above, a.above), bytes.Compare(a.id[:], b.id[:]))
	})
	var best []uuid.UUID
	// the set form does not know of offers elsewhere that leave too little rest or too few hours: ask the evaluator, of few
	for read, chunk := 0, max(2*n, 16); len(best) < n && read < len(list); read, chunk = read+chunk, 2*chunk {
		part := list[read:min(read+chunk, len(list))]
		ids := make([]uuid.UUID, len(part))
		for i := range part {
			ids[i] = part[i].id
		}
		agents, err := selectCandidates(tx, who{ids: ids}, earlier(tx.Now, s.startsAt), s.endsAt)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			if c := agents[id]; c != nil && len(best) < n && eligible(&c.agentFacts, s, tx.Now) {
				best = append(best, id)
			}
		}
	}
	return best, nil
}

func (r *ranked) quality(now time.Time) int {
	return quality(r.rating, r.past, r.core, r.lastWorked, now)
}

// offerConsumers have seats offered again. They only note which: the offers are made by a loop, under locks that a batch
// of facts may not take.
func (s *Service) offerConsumers() []outbox.Consumer {
	return []outbox.Consumer{
		{
			Name:   "matcher-offers",
			Types:  []string{fact.SeatReleased{}.Type(), fact.AgentMissing{}.Type(), fact.OfferEnded{}.Type()},
			Handle: followSeats,
		},
		{Name: "matcher-core-team", Types: []string{fact.BookingConfirmed{}.Type()}, Handle: followConfirmed},
	}
}

func followSeats(tx *postgres.Tx, e outbox.Envelope) error {
	switch e.Type {
	case fact.SeatReleased{}.Type():
		f, err := outbox.Decode[fact.SeatReleased](e)
		if err != nil {
			return err
		}
		return insertRefill(tx, tx.Now, `s.id = ?::uuid and t.seat_no = ? and not b.seeded`, f.ShiftID, f.Seat)
	case fact.AgentMissing{}.Type():
		f, err := outbox.Decode[fact.AgentMissing](e)
		if err != nil {
			return err
		}
		return insertRefill(tx, tx.Now, `s.id = ?::uuid and t.seat_no = ? and not b.seeded`, f.ShiftID, f.Seat)
	case fact.OfferEnded{}.Type():
		f, err := outbox.Decode[fact.OfferEnded](e)
		if err != nil || f.State == "accepted" {
			return err
		}
		return insertRefill(tx, tx.Now, `(t.shift_id, t.seat_no) = (select o.shift_id, o.seat_no from matcher.offer o where o.id = ?::uuid)`, f.OfferID)
	}
	return fmt.Errorf("no seat is offered again on %s", e.Type)
}

// insertRefill notes open seats of open shifts for the loop.
func insertRefill(tx *postgres.Tx, at time.Time, where string, args ...any) error {
	return tx.Exec(`insert into matcher.refill (shift_id, seat_no, wanted_at)
		select t.shift_id, t.seat_no, ? from matcher.seat t join matcher.shift s on s.id = t.shift_id join matcher.booking b on b.id = s.booking_id
		where t.state = 'open' and t.kind = 'regular' and s.state = 'open' and `+where+` on conflict do nothing`, append([]any{at}, args...)...).Error
}

// followConfirmed has a new booking's core team asked.
func followConfirmed(tx *postgres.Tx, e outbox.Envelope) error {
	f, err := outbox.Decode[fact.BookingConfirmed](e)
	if err != nil || len(f.CoreTeam) == 0 {
		return err
	}
	return tx.Exec(`insert into matcher.refill (shift_id, seat_no, wanted_at) select id, 0, ? from matcher.shift where booking_id = ?::uuid and state = 'open' on conflict do nothing`,
		tx.Now, f.BookingID).Error
}

// OfferSeats offers the seats that wait for it. Any number may run at once.
func (s *Service) OfferSeats(ctx context.Context) error {
	for {
		var waiting []uuid.UUID
		err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
			return tx.Raw(`select shift_id from matcher.refill where wanted_at <= ? group by shift_id
				order by min((select h.starts_at from matcher.shift h where h.id = shift_id)), shift_id limit ?`, tx.Now, sweepBatch).Scan(&waiting).Error
		})
		if err != nil || len(waiting) == 0 {
			return err
		}
		for _, shift := range waiting {
			err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error { return refill(tx, shift) }) //nolint:contextcheck,nolintlint // a transaction carries its context
			if err == nil {
				continue
			}
			slog.WarnContext(ctx, "a shift's seats could not be offered and will be again", "shift_id", shift, "error", err)
			if err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
				return tx.Exec(`update matcher.refill set wanted_at = ? where shift_id = ?`, tx.Now.Add(refillAgain), shift).Error
			}); err != nil {
				return err
			}
		}
	}
}

// refillAgain is the pause after a failure.
const refillAgain = 10 * time.Second

func (s *Service) offerLoop(ctx context.Context) error {
	return every(ctx, sweepEvery, "offering seats", s.OfferSeats)
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

// refill offers a shift's waiting seats, to the core team first where it is its turn. Who can no longer be asked when
// the locks are held leaves the seat waiting for another look; a seat for whom nobody is left stays open in the hall.
func refill(tx *postgres.Tx, shiftID uuid.UUID) error {
	if err := lock(tx, []uuid.UUID{shiftID}, nil); err != nil {
		return err
	}
	var wanted []int
	if err := tx.Raw(`delete from matcher.refill where shift_id = ? returning seat_no`, shiftID).Scan(&wanted).Error; err != nil {
		return err
	}
	shifts, err := selectOpenShifts(tx, []uuid.UUID{shiftID})
	if err != nil {
		return err
	}
	shift := shifts[shiftID]
	if shift == nil || len(wanted) == 0 || shift.state != shiftOpen {
		return nil
	}
	if _, early := shift.offerUntil(tx.Now); !early {
		return nil
	}
	var picks []pick
	if slices.Contains(wanted, 0) {
		var core []uuid.UUID
		if core, err = nextBest(tx, &shift.shiftFacts, len(shift.numbers), true); err != nil {
			return err
		}
		for i, agent := range core {
			picks = append(picks, pick{shiftID, agent, shift.numbers[i]})
		}
	}
	seats := slices.DeleteFunc(wanted, func(n int) bool {
		return !slices.Contains(shift.numbers, n) || slices.ContainsFunc(picks, func(p pick) bool { return p.seat == n })
	})
	if len(seats) > 0 {
		var best []uuid.UUID
		if best, err = nextBest(tx, &shift.shiftFacts, len(seats)+len(picks), false); err != nil {
			return err
		}
		best = slices.DeleteFunc(best, func(id uuid.UUID) bool { return slices.ContainsFunc(picks, func(p pick) bool { return p.agent == id }) })
		for i, agent := range best[:min(len(best), len(seats))] {
			picks = append(picks, pick{shiftID, agent, seats[i]})
		}
	}
	if len(picks) == 0 {
		return nil
	}
	offered, err := makeOffers(tx, picks, uuid.Nil)
	if err != nil {
		return err
	}
	for i, p := range picks {
		if !offered[i] {
			if err := insertRefill(tx, tx.Now.Add(refillAgain), `s.id = ? and t.seat_no = ?`, p.shift, p.seat); err != nil {
				return err
			}
		}
	}
	return nil
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
