package matcher_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"
	"peakseat/matcher"
)

// teller hands the facts of a market to the matcher's consumers, each once, as the relay and JetStream would.
type teller struct {
	*market
	told map[uuid.UUID]bool
}

func tellerOf(m *market) *teller { return &teller{m, map[uuid.UUID]bool{}} }

// tell hands out what was not told yet and offers seats until nothing happens any more.
func (t *teller) tell() {
	t.Helper()
	for again := true; again; {
		again = false
		facts := t.facts()
		t.in(func(tx *postgres.Tx) error {
			for _, e := range facts {
				if t.told[e.ID] {
					continue
				}
				t.told[e.ID], again = true, true
				for _, c := range t.service.Consumers() {
					if !slices.Contains(c.Types, e.Type) {
						continue
					}
					if err := c.Act(tx, e); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err := t.service.OfferSeats(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// facts are all that were told so far, in their order; a relay may have taken them out of the outbox.
func (m *market) facts() (list []outbox.Envelope) {
	m.Helper()
	rows, err := m.pools.System.Pool.Query(m.Context(), `select recorded_at, body from platform.fact where type like 'peakseat.matcher.%' order by position`)
	if err != nil {
		m.Fatal(err)
	}
	var recorded time.Time
	var body []byte
	_, err = pgx.ForEachRow(rows, []any{&recorded, &body}, func() error {
		e, wrong := outbox.Parse(body, recorded)
		list = append(list, e)
		return wrong
	})
	if err != nil {
		m.Fatal(err)
	}
	return list
}

// in runs a transaction of the system role.
func (m *market) in(do func(tx *postgres.Tx) error) {
	m.Helper()
	if err := postgres.InTx(m.Context(), m.pools.System, do); err != nil {
		m.Fatal(err)
	}
}

// moveTo sets the rules' clock.
func (m *market) moveTo(now time.Time) {
	m.Helper()
	m.in(func(tx *postgres.Tx) error { return postgres.MoveClock(tx, now, 1) })
}

// confirmed tells that a booking was confirmed, with its core team.
func (m *market) confirmed(shop shopRow, core ...uuid.UUID) {
	m.Helper()
	f := fact.BookingConfirmed{BookingID: shop.Booking.String(), MerchantID: shop.Merchant.String(), ShopID: shop.ID.String(), QuoteID: newID().String()}
	for _, agent := range core {
		m.exec(`insert into matcher.core_team (booking_id, merchant_id, agent_id) values ($1, $2, $3)`, shop.Booking, shop.Merchant, agent)
		f.CoreTeam = append(f.CoreTeam, agent.String())
	}
	m.in(func(tx *postgres.Tx) error { return outbox.Append(tx, f) })
}

// offerTo is the agent's live offer of the shift.
func (m *market) offerTo(agent uuid.UUID, shift shiftRow) matcher.Offer {
	m.Helper()
	list, err := m.service.Offers(m.as(agent), nil, 100)
	if err != nil {
		m.Fatal(err)
	}
	for _, o := range list {
		if o.ShiftID == shift.ID && o.State == "live" {
			return o
		}
	}
	m.Fatalf("agent %s has no live offer of the shift: %+v", agent, list)
	return matcher.Offer{}
}

func (m *market) refuse(agent uuid.UUID, shift shiftRow) {
	m.Helper()
	if _, err := m.service.RefuseOffer(m.as(agent), m.offerTo(agent, shift).ID); err != nil {
		m.Fatal(err)
	}
}

func (m *market) seats(shift shiftRow, state string) int {
	m.Helper()
	return m.count(`select count(*) from matcher.seat where shift_id = $1 and state = $2`, shift.ID, state)
}

func TestTheCoreTeamIsAskedFirstAndTheRestStaysOpen(t *testing.T) {
	t.Parallel()
	m := tellerOf(openMarket(t))
	shop := m.Shop()
	evenings := m.Shift(3, ofShop(shop))
	beside := m.Shift(3, ofShop(shop), at(evening(0).Add(2*time.Hour), 4*time.Hour)) // overlaps it
	nextDay := m.Shift(1, ofShop(shop), at(evening(1), 4*time.Hour))
	best := m.Rated(490)
	second, third := m.Rated(450), m.Rated(400, holding("function/presale", 1))
	unfit := m.Rated(500, disabled())
	for range 5 {
		m.Rated(500) // not of the team
	}
	m.confirmed(shop, third, unfit, second, best)
	m.tell()

	if n := m.count(`select count(*) from matcher.offer`); n != 4 {
		t.Errorf("%d offers, want 3 for the evening and 1 for the next day", n)
	}
	for _, agent := range []uuid.UUID{best, second, third} {
		m.offerTo(agent, evenings)
	}
	m.offerTo(best, nextDay)
	if open := m.seats(beside, "open"); open != 3 {
		t.Errorf("%d seats of the overlapping shift are open, want all 3: everybody of the team is asked elsewhere", open)
	}
	o := m.offerTo(best, evenings)
	if life := o.ExpiresAt.Sub(o.MadeAt); life != 4*time.Hour {
		t.Errorf("the offer lives %v, want 4 h two weeks before the start", life)
	}
	if o.ShopName != "小店" || o.PayPerHour.Amount != 3000 || !o.StartsAt.Equal(evenings.StartsAt) {
		t.Errorf("got %+v", o)
	}
	m.sound()
}

func TestSeatsThatNobodyAskedForAreNotOffered(t *testing.T) {
	t.Parallel()
	m := tellerOf(openMarket(t))
	shift := m.Shift(2)
	m.Agents(3)
	m.confirmed(shift.Shop)
	m.tell()
	if n := m.count(`select count(*) from matcher.offer`); n != 0 {
		t.Errorf("%d offers of a freshly opened shift", n)
	}
}

func TestARefusedSeatGoesToTheNextBestAndNobodyIsAskedTwice(t *testing.T) {
	t.Parallel()
	m := tellerOf(openMarket(t))
	shop := m.Shop()
	shift := m.Shift(1, ofShop(shop), requires("function/presale", 2))
	able := holding("function/presale", 2)
	core := m.Agent(able)
	// in the order in which they are to be asked
	known, rating, newcomer := m.Rated(350, able), m.Rated(490, able), m.Rated(420, able) // 500 + 1,500; 1,900; 1,200 + 600
	m.worked(known, shop.Merchant, 15)
	expert, idle := m.Agent(holding("function/presale", 5)), m.Agent(able) // 200 both, and three levels over
	for agent, days := range map[uuid.UUID]int{known: 0, rating: 0, expert: 10, idle: 10} {
		m.lastWorked(agent, days)
	}
	m.Agents(3) // not able
	blocked := m.Rated(500, able)
	m.exec(`insert into matcher.block (merchant_id, agent_id, by, created_at) values ($1, $2, 'agent', $3)`, shop.Merchant, blocked, time.Now())
	own := m.Rated(500, able)
	m.exec(`insert into matcher.membership (agent_id, merchant_id) values ($1, $2)`, own, shop.Merchant)

	m.confirmed(shop, core)
	m.tell()
	for i, agent := range []uuid.UUID{core, known, rating, newcomer, expert, idle} {
		if n := m.count(`select count(*) from matcher.offer`); n != i+1 {
			t.Fatalf("%d offers before the refusal of number %d", n, i)
		}
		m.refuse(agent, shift)
		m.tell()
	}
	if open := m.seats(shift, "open"); open != 1 {
		t.Errorf("%d seats open when nobody is left", open)
	}
	offer := m.count(`select count(*) from matcher.offer where state = 'refused'`)
	if offer != 6 {
		t.Errorf("%d refusals", offer)
	}
	// it stays in the hall
	if _, err := m.service.ClaimSeat(m.as(idle), shift.ID); err != nil {
		t.Errorf("who refused may still claim: %v", err)
	}
	m.sound()
}

func TestAnExpiredOfferGoesToTheNextBest(t *testing.T) {
	t.Parallel()
	m := tellerOf(openMarket(t))
	shop := m.Shop()
	shift := m.Shift(1, ofShop(shop))
	first, second := m.Rated(400), m.Rated(300)
	m.confirmed(shop, first)
	m.tell()
	o := m.offerTo(first, shift)
	m.moveTo(o.ExpiresAt.Add(-time.Second))
	m.sweep()
	m.tell()
	m.offerTo(first, shift)
	m.moveTo(o.ExpiresAt)
	if _, err := m.service.RefuseOffer(m.as(first), o.ID); !errors.Is(err, matcher.ErrOfferExpired) {
		t.Errorf("the refusal of an expired offer answered %v", err)
	}
	m.sweep()
	m.tell()
	m.offerTo(second, shift)
	if _, err := m.service.RefuseOffer(m.as(second), o.ID); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("another's offer answered %v", err)
	}
	m.sound()
}

func (m *market) sweep() {
	m.Helper()
	if err := m.service.Sweep(m.Context()); err != nil {
		m.Fatal(err)
	}
}

func TestAReleasedSeatIsOfferedAgainButNotToWhoReleasedIt(t *testing.T) {
	t.Parallel()
	m := tellerOf(openMarket(t))
	shift := m.Shift(2)
	holder, next := m.Rated(500), m.Agent()
	held, err := m.service.ClaimSeat(m.as(holder), shift.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.service.Release(m.as(holder), held.ID); err != nil {
		t.Fatal(err)
	}
	m.tell()
	o := m.offerTo(next, shift)
	if _, err := m.service.AcceptOffer(m.as(next), o.ID); err != nil {
		t.Errorf("the offer could not be accepted: %v", err)
	}
	if n := m.count(`select count(*) from matcher.offer`); n != 1 {
		t.Errorf("%d offers, want 1: the other seat was nobody's", n)
	}
	m.sound()
}

func TestAMissedSeatIsOfferedForTheRestOfTheShift(t *testing.T) {
	t.Parallel()
	m := tellerOf(openMarket(t))
	shift := m.Shift(1)
	holder, next, third := m.Rated(500), m.Rated(400), m.Agent()
	if _, err := m.service.ClaimSeat(m.as(holder), shift.ID); err != nil {
		t.Fatal(err)
	}
	now := shift.StartsAt.Add(10 * time.Minute)
	m.moveTo(now)
	m.sweep()
	m.tell()
	o := m.offerTo(next, shift)
	if life := o.ExpiresAt.Sub(o.MadeAt); life != 5*time.Minute {
		t.Errorf("the offer lives %v, want 5 min", life)
	}
	if o.StartsAt.Before(now) || !o.EndsAt.Equal(shift.EndsAt) {
		t.Errorf("the offer is of %v to %v", o.StartsAt, o.EndsAt)
	}
	// never past the last moment
	last := shift.EndsAt.Add(-rules.V1().Seats.TakeUntil)
	m.moveTo(last.Add(-2 * time.Minute))
	m.sweep()
	m.tell()
	if o := m.offerTo(third, shift); o.ExpiresAt.After(last) {
		t.Errorf("the offer lives until %v, past %v", o.ExpiresAt, last)
	}
	m.moveTo(last)
	m.sweep()
	m.tell()
	if n := m.count(`select count(*) from matcher.offer where state = 'live'`); n != 0 {
		t.Errorf("%d live offers when no seat may be taken", n)
	}
}

func TestSeededSeatsAreNotOfferedUnasked(t *testing.T) {
	t.Parallel()
	m := tellerOf(openMarket(t))
	shift := m.Shift(1)
	m.exec(`update matcher.booking set seeded = true`)
	holder := m.Agent()
	m.Agent()
	held, err := m.service.ClaimSeat(m.as(holder), shift.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.service.Release(m.as(holder), held.ID); err != nil {
		t.Fatal(err)
	}
	m.tell()
	if n := m.count(`select count(*) from matcher.offer`); n != 0 {
		t.Errorf("%d offers", n)
	}
}

func TestAllOffersOfAnAgentCanBeAccepted(t *testing.T) {
	t.Parallel()
	m := tellerOf(openMarket(t))
	shop := m.Shop()
	agent := m.Agent()
	// from 18:00 to 06:00 and on, ten days of three windows: far more than rest and hours allow
	for day := range 10 {
		for _, hour := range []int{0, 5, 10} {
			m.Shift(1, ofShop(shop), at(evening(day).Add(time.Duration(hour)*time.Hour), 5*time.Hour))
		}
	}
	m.confirmed(shop, agent)
	m.tell()
	offers, err := m.service.Offers(m.as(agent), nil, 100)
	if err != nil {
		t.Fatal(err)
	}
	if len(offers) < 8 {
		t.Errorf("only %d offers", len(offers))
	}
	for _, o := range offers {
		if _, err := m.service.AcceptOffer(m.as(agent), o.ID); err != nil {
			t.Errorf("the offer of %v was refused: %v", o.StartsAt, err)
		}
	}
	m.sound()
}

func TestOffersAreListedLiveFirstAndPaged(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	agent := m.Agent()
	var shifts []shiftRow
	for day := range 5 {
		s := m.Shift(1, at(evening(day), time.Hour))
		shifts = append(shifts, s)
		m.Offer(s, 1, agent, time.Hour)
	}
	if _, err := m.service.RefuseOffer(m.as(agent), m.offerTo(agent, shifts[4]).ID); err != nil {
		t.Fatal(err)
	}
	hidden := m.Shift(1, ofShop(m.Shop()), at(evening(6), time.Hour))
	m.Offer(hidden, 1, agent, time.Hour)
	m.exec(`insert into matcher.block (merchant_id, agent_id, by, created_at) values ($1, $2, 'merchant', $3)`, hidden.Shop.Merchant, agent, time.Now())

	var got []matcher.Offer
	for page := (*matcher.OfferPlace)(nil); ; {
		list, err := m.service.Offers(m.as(agent), page, 2)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, list...)
		if len(list) < 2 {
			break
		}
		page = matcher.PlaceOf(list[1])
	}
	if len(got) != 5 || got[4].State != "refused" {
		t.Errorf("got %+v", got)
	}
	seen := map[uuid.UUID]bool{}
	for _, o := range got {
		if seen[o.ID] {
			t.Errorf("offer %s is listed twice", o.ID)
		}
		seen[o.ID] = true
	}
	if list, err := m.service.Offers(m.as(m.Agent()), nil, 10); err != nil || len(list) != 0 {
		t.Errorf("another sees %v, %v", list, err)
	}
}

// Many loops, many claims, and every seat goes to one.
func TestOffersAndClaimsRace(t *testing.T) {
	t.Parallel()
	m := tellerOf(openMarket(t))
	shop := m.Shop()
	var shifts []shiftRow
	for i := range 6 {
		shifts = append(shifts, m.Shift(3, ofShop(shop), at(evening(i/3).Add(time.Duration(i%3)*time.Hour), 4*time.Hour)))
	}
	agents := m.Agents(24)
	m.confirmed(shop, agents[:12]...)
	facts := m.facts()
	m.in(func(tx *postgres.Tx) error {
		for _, e := range facts {
			m.told[e.ID] = true
			for _, c := range m.service.Consumers() {
				if c.Name != "matcher-core-team" {
					continue
				}
				if err := c.Act(tx, e); err != nil {
					return err
				}
			}
		}
		return nil
	})
	other := m.another()
	var all errgroup.Group
	for _, service := range []*matcher.Service{m.service, other, m.service} {
		all.Go(func() error { return service.OfferSeats(m.Context()) })
	}
	for i, agent := range agents {
		all.Go(func() error {
			for j := range shifts {
				_, err := m.service.ClaimSeat(m.as(agent), shifts[(i+j)%len(shifts)].ID)
				if f, ok := fault.As(err); err != nil && !ok {
					return err
				} else if ok && f.Kind == fault.Unavailable {
					return f
				}
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
	m.tell()
	m.sound()
}

// Rated makes an agent of a performance.
func (m *market) Rated(stars int, with ...func(*agentRow)) uuid.UUID {
	m.Helper()
	id := m.Agent(with...)
	m.exec(`update matcher.agent set rating = $2 where agent_id = $1`, id, stars)
	return id
}

// lastWorked is how many days ago.
func (m *market) lastWorked(agent uuid.UUID, days int) {
	m.Helper()
	m.exec(`update matcher.agent set last_worked_at = $2 where agent_id = $1`, agent, time.Now().Add(-time.Duration(days)*24*time.Hour-time.Hour))
}

func (m *market) worked(agent, merchant uuid.UUID, shifts int) {
	m.Helper()
	m.exec(`insert into matcher.worked (merchant_id, agent_id, shifts, last_at) values ($1, $2, $3, $4)`, merchant, agent, shifts, time.Now())
}

func disabled() func(*agentRow) { return func(a *agentRow) { a.Disabled = true } }
