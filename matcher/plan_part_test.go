package matcher_test

import (
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"

	"peakseat/internal/job"
	"peakseat/internal/natstest"
	"peakseat/internal/postgres"
	"peakseat/matcher"
)

// In parts, by two matchers at once, a plan has the W and Q that one matcher finds at once, and its offers can be accepted.
func TestAPlanInPartsIsWorthTheSame(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			m := openMarket(t)
			rnd := rand.New(rand.NewPCG(seed, 2))
			m.drawMarket(rnd)
			m.drawMarketApart(rnd)
			nc := natstest.Start(m)
			m.relay(nc)
			m.workers(nc)
			m.workers(nc)
			from, to := evening(-7), evening(14)
			whole := m.ask(matcher.PlanRequest{From: &from, To: &to})
			m.exec(`update matcher.seat set state = 'open', offer_id = null where state = 'offered'`)
			m.exec(`delete from matcher.offer where state = 'live'`)
			m.service.SetPartSeats(8)
			parts := m.ask(matcher.PlanRequest{From: &from, To: &to})
			if whole.Parts != nil || parts.Parts == nil || *parts.Parts < 5 {
				t.Fatalf("got %+v, then %+v", whole, parts)
			}
			if *parts.Weight != *whole.Weight || *parts.Quality != *whole.Quality || *parts.Seats != *whole.Seats || *parts.Agents != *whole.Agents {
				t.Errorf("in %d parts W %d Q %d, at once W %d Q %d", *parts.Parts, *parts.Weight, *parts.Quality, *whole.Weight, *whole.Quality)
			}
			if *parts.Offers != *parts.Filled || *parts.OfferWeight > *parts.Weight || *parts.Moved != 0 {
				t.Errorf("got %+v", parts)
			}
			if n := m.count(`select count(*) from matcher.plan_part where input is not null or result is null`); n != 0 {
				t.Errorf("%d parts of a done plan keep what they stood on, or found nothing", n)
			}
			m.acceptAll(rnd)
			m.sound()
		})
	}
}

// drawMarketApart adds shifts and agents that have nothing to do with the rest, nor with each other but for their tag.
func (m *market) drawMarketApart(rnd *rand.Rand) {
	m.Helper()
	for i := range 4 {
		tag := "function/own" + strconv.Itoa(i)
		for range 3 {
			m.Shift(1+rnd.IntN(4), requires(tag, 1), at(evening(rnd.IntN(3)), 3*time.Hour), func(s *shiftRow) { s.Pay = 60_000 })
		}
		for range 8 {
			m.Rated(300+rnd.IntN(200), holding(tag, 1), func(a *agentRow) { a.LeastPay = 50_000 })
		}
	}
}

// workers runs the matcher's workers until the test ends, as one program does.
func (m *market) workers(nc *nats.Conn) {
	m.Helper()
	workers, err := job.NewWorkers(m.pools.System, nc, job.Options{Lease: time.Second, Pause: 10 * time.Millisecond, Log: slog.New(slog.DiscardHandler)}, m.service.Workers()...)
	if err != nil {
		m.Fatal(err)
	}
	m.start(workers.Run)
}

// A matcher is killed while it stores what it found. Another takes its parts over, and the plan is what it would have been.
func TestAPlanOutlivesAMatcher(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shop := m.Shop()
	for i := range 3 {
		tag := "function/own" + strconv.Itoa(i)
		m.Shift(2, ofShop(shop), requires(tag, 1))
		m.Agents(2, holding(tag, 1))
	}
	m.alter(`
		create function matcher.zz_wait() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock_shared(4711); return new; end $$;
		create trigger zz_wait before update on matcher.plan_part for each row when (old.result is null and new.result is not null) execute function matcher.zz_wait();`)
	gate := m.admin()
	if _, err := gate.Exec(t.Context(), `select pg_advisory_lock(4711)`); err != nil {
		t.Fatal(err)
	}
	server := natstest.Server(t)
	nc := natstest.Connect(t, server)
	m.relay(nc)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMatcherProcess$", "-test.timeout=1m")
	child.Env = append(os.Environ(), "PEAKSEAT_MATCHER_DATABASE="+m.pools.URL, "PEAKSEAT_MATCHER_NATS="+server.URL())
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	p, err := m.service.AskForPlan(m.operator(), forBooking(shop))
	if err != nil {
		t.Fatal(err)
	}
	m.until("a part is about to be stored", func() bool {
		return m.count(`select count(*) from pg_locks where locktype = 'advisory' and objid = 4711 and not granted`) > 0
	})
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	if _, err := gate.Exec(t.Context(), `select pg_advisory_unlock(4711)`); err != nil {
		t.Fatal(err)
	}
	m.workers(nc)
	done := m.ended(p.ID)
	if *done.Parts != 3 || *done.Weight != 6 || *done.Filled != 6 || *done.Offers != 6 {
		t.Errorf("got %+v", done)
	}
	if n := m.count(`select count(*) from platform.job where kind = 'matcher.part' and tries > 1`); n == 0 {
		t.Error("no part was taken over")
	}
	if n := m.count(`select count(*) from matcher.offer`); n != 6 {
		t.Errorf("%d offers", n)
	}
	m.sound()
}

// TestMatcherProcess is the process that is killed above.
func TestMatcherProcess(t *testing.T) { //nolint:paralleltest // it is a program and no test
	url := os.Getenv("PEAKSEAT_MATCHER_DATABASE")
	if url == "" {
		t.Skip("the program of the kill test")
	}
	nc, err := nats.Connect(os.Getenv("PEAKSEAT_MATCHER_NATS"))
	if err != nil {
		t.Fatal(err)
	}
	system, err := postgres.Open(t.Context(), url, postgres.System, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	service := matcher.New(matcher.Deps{System: system})
	service.SetPartSeats(1)
	workers, err := job.NewWorkers(system, nc, job.Options{Lease: time.Second, Log: slog.New(slog.DiscardHandler)}, service.Workers()...)
	if err != nil {
		t.Fatal(err)
	}
	if err := workers.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// A part that cannot be solved fails its plan, and says so.
func TestAPartThatFailsFailsItsPlan(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	m.service.SetPartSeats(1)
	shop := m.Shop()
	for i := range 2 {
		tag := "function/own" + strconv.Itoa(i)
		m.Shift(2, ofShop(shop), requires(tag, 1))
		m.Agents(2, holding(tag, 1))
	}
	m.alter(`
		create function matcher.zz_cut() returns trigger language plpgsql as $$ begin new.input := substr(new.input, 1, 20); return new; end $$;
		create trigger zz_cut before insert on matcher.plan_part for each row when (new.n = 2) execute function matcher.zz_cut();`)
	m.work()
	p, err := m.service.AskForPlan(m.operator(), forBooking(shop))
	if err != nil {
		t.Fatal(err)
	}
	m.until("the plan ends", func() bool {
		if p, err = m.service.Plan(m.operator(), p.ID); err != nil {
			t.Fatal(err)
		}
		return p.State != "queued" && p.State != "running"
	})
	if p.State != "failed" || p.Error == "" || m.count(`select count(*) from matcher.offer`) != 0 {
		t.Errorf("got %+v", p)
	}
}

// Who allows several shifts a day is given them, and nobody else is.
func TestAPlanGivesSeveralShiftsADayToThoseWhoAllowIt(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	m.work()
	shop := m.Shop()
	for hours := range 3 { // 8:00, 13:00 and 18:00
		m.Shift(1, ofShop(shop), at(evening(0).Add(time.Duration(5*hours-10)*time.Hour), 4*time.Hour))
	}
	agent := m.Agent()
	if p := m.ask(forBooking(shop)); *p.Offers != 1 || *p.Weight != 1 {
		t.Fatalf("got %+v", p)
	}
	m.exec(`update matcher.agent set blocks_a_day = 2 where agent_id = $1`, agent)
	p := m.ask(forBooking(shop))
	if *p.Seats != 2 || *p.Offers != 1 {
		t.Errorf("got %+v", p)
	}
	m.exec(`update matcher.agent set blocks_a_day = 4 where agent_id = $1`, agent)
	if p := m.ask(forBooking(shop)); *p.Offers != 1 || *p.Moved != 0 { // twelve hours are the platform's most
		t.Errorf("got %+v", p)
	}
	m.sound()
}

func TestReplanningKeepsOffersThatAreStillRight(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	m.work()
	shop := m.Shop()
	m.Shift(2, ofShop(shop), requires("function/presale", 1))
	m.Shift(3, ofShop(shop), requires("function/aftersale", 1))
	m.Rated(490, holding("function/presale", 1), holding("function/aftersale", 1))
	m.Rated(400, holding("function/presale", 1))
	m.Rated(450, holding("function/aftersale", 1))
	m.Rated(420, holding("function/presale", 1))
	if p := m.ask(forBooking(shop)); *p.Offers != 4 || *p.Moved != 0 {
		t.Fatalf("got %+v", p)
	}
	before := m.whoIsAsked()
	p := m.ask(forBooking(shop))
	if *p.Seats != 1 || *p.Filled != 0 || *p.Offers != 0 || *p.Moved != 0 || *p.Weight != 0 || *p.Quality != 0 {
		t.Errorf("planned again: %+v", p)
	}
	for id, offer := range m.whoIsAsked() {
		if before[id] != offer {
			t.Errorf("offer %s is new", id)
		}
		delete(before, id)
	}
	if len(before) != 0 {
		t.Errorf("offers ended: %v", before)
	}
}

// An agent is lost, and their seat can only be filled by one who has another offer, whose seat a third can fill: two new
// offers for one withdrawn. All others stay, and so does everybody who accepted.
func TestReplanningMovesOffersOnlyForASeatThatWouldStayEmpty(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	m.work()
	shop := m.Shop()
	one := m.Shift(1, ofShop(shop), requires("function/presale", 1))
	two := m.Shift(1, ofShop(shop), requires("function/aftersale", 1))
	aside := m.Shift(3, ofShop(shop), requires("channel/chat", 1))
	both := m.Rated(490, holding("function/presale", 1), holding("function/aftersale", 1))
	lost := m.Rated(500, holding("function/aftersale", 1))
	m.Agents(2, holding("channel/chat", 1))
	if p := m.ask(forBooking(shop)); *p.Offers != 4 {
		t.Fatalf("got %+v", p)
	}
	m.offerTo(both, one)
	m.refuse(lost, two)
	// nobody else can take the first seat: moving would gain nothing
	if p := m.ask(forBooking(shop)); *p.Offers != 0 || *p.Moved != 0 {
		t.Errorf("got %+v", p)
	}
	kept := m.offerTo(both, one)
	third := m.Agent(holding("function/presale", 1))
	m.exec(`update matcher.shift set state = 'draft' where id = $1`, aside.ID) // else chat's third seat counts too
	p := m.ask(forBooking(shop))
	if *p.Seats != 1 || *p.Filled != 1 || *p.Offers != 2 || *p.Moved != 1 || *p.Weight != 1 || *p.OfferWeight != 1 || *p.Quality != *p.OfferQuality {
		t.Errorf("got %+v: seats %d filled %d offers %d moved %d", p, *p.Seats, *p.Filled, *p.Offers, *p.Moved)
	}
	m.offerTo(third, one)
	m.offerTo(both, two)
	if n := m.count(`select count(*) from matcher.offer where id = $1 and state = 'withdrawn'`, kept.ID); n != 1 {
		t.Error("the first offer is not withdrawn")
	}
	if n := m.seats(aside, "offered"); n != 2 {
		t.Errorf("%d of the other offers are live, want both", n)
	}
	if n := m.count(`select count(*) from platform.fact where type = 'peakseat.matcher.offer.ended.v1' and convert_from(body, 'UTF8') like '%withdrawn%'`); n != 1 {
		t.Errorf("%d facts of the withdrawal", n)
	}
	m.sound()
}

func TestReplanningMovesNobodyWhoAccepted(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	m.work()
	shop := m.Shop()
	one := m.Shift(1, ofShop(shop), requires("function/presale", 1))
	m.Shift(1, ofShop(shop), requires("function/aftersale", 1))
	both := m.Agent(holding("function/presale", 1), holding("function/aftersale", 1))
	if _, err := m.service.ClaimSeat(m.as(both), one.ID); err != nil {
		t.Fatal(err)
	}
	m.Agent(holding("function/presale", 1))
	if p := m.ask(forBooking(shop)); *p.Offers != 0 || *p.Moved != 0 || m.seats(one, "held") != 1 {
		t.Errorf("got %+v", p)
	}
}

// The new offer cannot be made after all: the old one stays.
func TestAnOfferStaysWhereNothingComesOfTheMove(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shop := m.Shop()
	one := m.Shift(1, ofShop(shop), requires("function/presale", 1))
	two := m.Shift(1, ofShop(shop), requires("function/aftersale", 1))
	both := m.Agent(holding("function/presale", 1), holding("function/aftersale", 1))
	m.Agent(holding("function/presale", 1))
	offer := m.Offer(one, 1, both, 24*time.Hour)
	// between choosing and offering the agent gets a limit that the second seat breaks
	m.alter(`
		create function matcher.zz_limit() returns trigger language plpgsql as $$ begin update matcher.agent_tag set level = 1, expires_at = '2020-01-01' where tag = 'function/aftersale'; return null; end $$;
		grant update on matcher.agent_tag to peakseat_system;
		create trigger zz_limit after insert on matcher.plan_pick for each statement execute function matcher.zz_limit();`)
	m.work()
	p := m.ask(forBooking(shop))
	if *p.Filled != 1 || *p.Offers != 0 || *p.Moved != 0 || *p.OfferWeight != 0 {
		t.Errorf("got %+v", p)
	}
	if m.offerTo(both, one).ID != offer || m.seats(two, "open") != 1 {
		t.Error("the offer was not kept")
	}
	m.sound()
}

func (m *market) whoIsAsked() map[uuid.UUID]uuid.UUID {
	m.Helper()
	rows, err := m.pools.System.Pool.Query(m.Context(), `select id, agent_id from matcher.offer where state = 'live'`)
	if err != nil {
		m.Fatal(err)
	}
	defer rows.Close()
	live := map[uuid.UUID]uuid.UUID{}
	for rows.Next() {
		var id, agent uuid.UUID
		if err := rows.Scan(&id, &agent); err != nil {
			m.Fatal(err)
		}
		live[id] = agent
	}
	if err := rows.Err(); err != nil {
		m.Fatal(err)
	}
	return live
}
