package matcher_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/fault"
	"peakseat/internal/job"
	"peakseat/internal/natstest"
	"peakseat/internal/outbox"
	"peakseat/matcher"
)

// work runs the relay and the matcher's workers until the test ends.
func (m *market) work() {
	m.Helper()
	nc := natstest.Start(m)
	m.relay(nc)
	workers, err := job.NewWorkers(m.pools.System, nc, job.Options{Pause: 10 * time.Millisecond, Log: slog.New(slog.DiscardHandler)}, m.service.Workers()...)
	if err != nil {
		m.Fatal(err)
	}
	m.start(workers.Run)
}

// relay publishes the facts until the test ends.
func (m *market) relay(nc *nats.Conn) {
	m.Helper()
	m.relayed = true
	relay, err := outbox.NewRelay(m.pools.System, nc, outbox.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		m.Fatal(err)
	}
	m.start(relay.Run)
}

// start runs a part of the program until the test ends.
func (m *market) start(run func(context.Context) error) {
	m.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(m.Context()))
	var running errgroup.Group
	running.Go(func() error { return run(ctx) })
	m.Cleanup(func() {
		stop()
		if err := running.Wait(); err != nil {
			m.Error(err)
		}
	})
}

// ask asks for a plan and waits for its end.
func (m *market) ask(r matcher.PlanRequest) matcher.Plan {
	m.Helper()
	p, err := m.service.AskForPlan(m.operator(), r)
	if err != nil {
		m.Fatal(err)
	}
	if p.State != "queued" || p.Progress.Step != "waiting" {
		m.Errorf("a new plan is %+v", p)
	}
	return m.ended(p.ID)
}

func (m *market) ended(id uuid.UUID) matcher.Plan {
	m.Helper()
	var p *matcher.Plan
	m.until("the plan ends", func() bool {
		var err error
		if p, err = m.service.Plan(m.operator(), id); err != nil {
			m.Fatal(err)
		}
		return p.State == "done" || p.State == "failed"
	})
	if p.State != "done" {
		m.Fatalf("the plan failed: %+v", p)
	}
	return *p
}

// until waits for a condition.
func (m *market) until(what string, so func() bool) {
	m.Helper()
	limit := time.After(time.Minute)
	for !so() {
		select {
		case <-limit:
			m.Fatalf("in vain waited until %s", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func forBooking(shop shopRow) matcher.PlanRequest {
	return matcher.PlanRequest{BookingID: &shop.Booking}
}

func TestAPlanChoosesTheBestAndOffersTheSeats(t *testing.T) {
	t.Parallel()
	m := tellerOf(openMarket(t))
	m.work()
	shop := m.Shop()
	able := holding("function/presale", 2)
	shift := m.Shift(3, ofShop(shop), requires("function/presale", 2))
	other := m.Shift(2, requires("function/presale", 2)) // of another booking
	best, known, core := m.Rated(490, able), m.Rated(400, able), m.Rated(450, able)
	for _, agent := range []uuid.UUID{best, known, core} {
		m.lastWorked(agent, 0)
	}
	m.worked(known, shop.Merchant, 4)
	m.exec(`insert into matcher.core_team (booking_id, merchant_id, agent_id) values ($1, $2, $3)`, shop.Booking, shop.Merchant, core)
	worse := m.Rated(300, able)
	m.lastWorked(worse, 3)
	m.Rated(500, holding("function/presale", 1))
	p := m.ask(forBooking(shop))
	for _, agent := range []uuid.UUID{best, known, core} {
		m.offerTo(agent, shift)
	}
	// 1,900 + (1,000 + 400) + (1,500 + 500)
	if *p.Seats != 3 || *p.Agents != 5 || *p.Filled != 3 || *p.Offers != 3 || *p.Weight != 3 || *p.Quality != 5300 || *p.OfferWeight != 3 || *p.OfferQuality != 5300 || p.SolveMS == nil {
		t.Errorf("got %+v: seats %d agents %d filled %d offers %d W %d Q %d", p, *p.Seats, *p.Agents, *p.Filled, *p.Offers, *p.Weight, *p.Quality)
	}
	if p.Progress != (matcher.PlanProgress{Step: "done", Done: 3, Total: 3}) || p.FinishedAt == nil || *p.AskedBy != operatorID() {
		t.Errorf("got %+v", p)
	}
	if n := m.seats(other, "open"); n != 2 {
		t.Errorf("%d seats of another booking are open, want both", n)
	}
	if n := m.count(`select count(*) from platform.fact where type = 'peakseat.matcher.plan.finished.v1'`); n != 1 {
		t.Errorf("%d facts of the plan", n)
	}
	// what a plan offered goes on to the next best
	m.refuse(best, shift)
	m.tell()
	m.offerTo(worse, shift)
	m.sound()
}

func TestAPlanFillsTheWeightiestSeatsFirst(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	m.work()
	low, high := m.Shift(4), m.Shift(2, ofShop(m.Shop()), at(evening(0).Add(time.Hour), 4*time.Hour))
	m.exec(`update matcher.shift set priority = 3 where id = $1`, high.ID)
	m.Agents(3)
	from, to := evening(0).Add(-time.Hour), evening(1)
	p := m.ask(matcher.PlanRequest{From: &from, To: &to})
	if m.seats(high, "offered") != 2 || m.seats(low, "offered") != 1 || *p.Weight != 21 {
		t.Errorf("%d weighty and %d light seats offered, W %d; want 2, 1 and 21", m.seats(high, "offered"), m.seats(low, "offered"), *p.Weight)
	}
}

func TestAPlanIsAskedForByOneScope(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	now, nowhere := time.Now(), newID()
	before := now.Add(-time.Hour)
	for _, r := range []matcher.PlanRequest{
		{},
		{BookingID: &nowhere},
		{CampaignID: &nowhere},
		{BookingID: &nowhere, CampaignID: &nowhere},
		{From: &now},
		{To: &now},
		{From: &now, To: &before},
	} {
		_, err := m.service.AskForPlan(m.operator(), r)
		if f, ok := fault.As(err); !ok || f.Kind != fault.Invalid {
			t.Errorf("%+v answered %v", r, err)
		}
	}
	if _, err := m.service.Plan(m.operator(), nowhere); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("an absent plan answered %v", err)
	}
	shop := m.Shop()
	p, err := m.service.AskForPlan(m.operator(), forBooking(shop))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.service.Plan(m.staff(shop.Merchant), p.ID); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("a merchant reads a plan: %v", err)
	}
}

// On random markets every offer of a plan can be accepted, all of an agent's together: none is refused by the evaluator
// on the data that it was planned from.
func TestNoOfferOfAPlanIsRefused(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			m := tellerOf(openMarket(t))
			m.work()
			sent := 0
			rnd := rand.New(rand.NewPCG(seed, 1))
			m.drawMarket(rnd)
			from, to := evening(-7), evening(14)
			for range 2 { // the second time over what the first left
				p := m.ask(matcher.PlanRequest{From: &from, To: &to})
				if *p.Offers != *p.Filled || p.Progress.Done != *p.Offers {
					t.Errorf("%d chosen and %d offers, though nobody was faster", *p.Filled, *p.Offers)
				}
				if *p.OfferWeight > *p.Weight {
					t.Errorf("W of the offers is %d, of the model %d", *p.OfferWeight, *p.Weight)
				}
				sent += *p.Offers
				m.acceptAll(rnd)
			}
			if sent < 20 {
				t.Errorf("only %d offers: the market says little", sent)
			}
			t.Logf("%d offers", sent)
			m.sound()
		})
	}
}

// acceptAll accepts nine tenths of the live offers in any order, and refuses the others.
func (m *market) acceptAll(rnd *rand.Rand) {
	m.Helper()
	rows, err := m.pools.System.Pool.Query(m.Context(), `select id, agent_id from matcher.offer where state = 'live'`)
	if err != nil {
		m.Fatal(err)
	}
	type live struct{ ID, AgentID uuid.UUID }
	offers, err := pgx.CollectRows(rows, pgx.RowToStructByPos[live])
	if err != nil {
		m.Fatal(err)
	}
	rnd.Shuffle(len(offers), func(i, j int) { offers[i], offers[j] = offers[j], offers[i] })
	for _, o := range offers {
		if rnd.IntN(10) == 0 {
			if _, err := m.service.RefuseOffer(m.as(o.AgentID), o.ID); err != nil {
				m.Errorf("refusing: %v", err)
			}
			continue
		}
		if _, err := m.service.AcceptOffer(m.as(o.AgentID), o.ID); err != nil {
			f, _ := fault.As(err)
			m.Errorf("an offer was refused: %v %+v", err, f)
		}
	}
}

// drawMarket makes shifts of two weeks, some at night and across the weeks, and agents with every kind of limit.
func (m *market) drawMarket(rnd *rand.Rand) {
	m.Helper()
	one := func(of ...string) string { return of[rnd.IntN(len(of))] }
	tags := []string{"function/presale", "function/aftersale", "channel/voice", "industry/apparel"}
	shops := []shopRow{m.Shop(), m.Shop(), m.Shop()}
	var shifts []shiftRow
	for range 50 {
		start := evening(rnd.IntN(14) - 3).Add(time.Duration(rnd.IntN(48)) * 30 * time.Minute)
		with := []func(*shiftRow){ofShop(shops[rnd.IntN(len(shops))]), at(start, time.Duration(2+rnd.IntN(12))*30*time.Minute), func(s *shiftRow) { s.Pay = int64(2000 + 10*rnd.IntN(100)) }}
		for _, tag := range tags {
			if rnd.IntN(3) == 0 {
				with = append(with, requires(tag, int32(1+rnd.IntN(2))))
			}
		}
		s := m.Shift(1+rnd.IntN(4), with...)
		m.exec(`update matcher.shift set priority = $2 where id = $1`, s.ID, 1+rnd.IntN(3))
		shifts = append(shifts, s)
	}
	for range 60 {
		agent := m.Rated(300+rnd.IntN(200), func(a *agentRow) {
			a.Zone = one("Asia/Shanghai", "Asia/Shanghai", "Asia/Shanghai", "Asia/Urumqi", "Europe/London")
			a.MaxDay, a.MaxWeek, a.Longest = 120+60*rnd.IntN(11), 600+300*rnd.IntN(11), 120+60*rnd.IntN(11)
			a.LeastPay = int64(max(0, 10*(rnd.IntN(300)-50)))
			if rnd.IntN(4) == 0 {
				a.Needs = []string{one("no_voice", "captions")}
			}
			for _, tag := range tags {
				if rnd.IntN(5) > 0 {
					a.Tags = append(a.Tags, tagRow{tag, 1 + rnd.IntN(5), evening(rnd.IntN(60)).Add(-time.Duration(rnd.IntN(24)) * time.Hour)})
				}
			}
			if rnd.IntN(3) > 0 {
				weekly := "["
				for day := 1; day <= 7; day++ {
					if weekly != "[" {
						weekly += ","
					}
					weekly += fmt.Sprintf(`{"weekday":%d,"start":"%02d:30","end":"%02d:00"}`, day, rnd.IntN(24), rnd.IntN(24))
				}
				weekly += "]"
				a.Weekly = &weekly
			}
		})
		for range rnd.IntN(4) {
			start := evening(rnd.IntN(12)).Add(time.Duration(rnd.IntN(24)) * time.Hour)
			m.exec(`insert into matcher.availability (agent_id, starts_at, ends_at, available) values ($1, $2, $3, $4) on conflict do nothing`,
				agent, start, start.Add(time.Duration(1+rnd.IntN(30))*time.Hour), rnd.IntN(3) > 0)
		}
		shop := shops[rnd.IntN(len(shops))]
		switch rnd.IntN(8) {
		case 0:
			m.exec(`insert into matcher.block (merchant_id, agent_id, by, created_at) values ($1, $2, 'agent', $3)`, shop.Merchant, agent, time.Now())
		case 1:
			m.exec(`insert into matcher.membership (agent_id, merchant_id) values ($1, $2)`, agent, shop.Merchant)
		case 2:
			m.exec(`insert into matcher.core_team (booking_id, merchant_id, agent_id) values ($1, $2, $3)`, shop.Booking, shop.Merchant, agent)
		case 3:
			m.worked(agent, shop.Merchant, 1+rnd.IntN(30))
		}
		for range rnd.IntN(3) { // held already, where the rules let them
			_, err := m.service.ClaimSeat(m.as(agent), shifts[rnd.IntN(len(shifts))].ID)
			if _, ok := fault.As(err); err != nil && !ok {
				m.Fatal(err)
			}
		}
	}
}

// A worker that loses its transaction in the middle goes on, and nobody is asked twice.
func TestAPlanGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shop := m.Shop()
	shift := m.Shift(250, ofShop(shop))
	m.Agents(250)
	owner, err := pgx.Connect(t.Context(), m.pools.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = owner.Close(context.Background()) })
	// the second chunk fails twice, after its offers were written
	if _, err := owner.Exec(t.Context(), `
		create sequence matcher.zz_chunks;
		grant usage on matcher.zz_chunks to peakseat_system;
		create function matcher.zz_fail() returns trigger language plpgsql as $$
		begin
			if nextval('matcher.zz_chunks') in (2, 3) then raise exception 'the power failed'; end if;
			return null;
		end $$;
		create trigger zz_fail after update on matcher.plan_pick for each statement execute function matcher.zz_fail();`); err != nil {
		t.Fatal(err)
	}
	m.work()
	p := m.ask(forBooking(shop))
	if *p.Filled != 250 || *p.Offers != 250 || m.seats(shift, "offered") != 250 {
		t.Errorf("got %+v", p)
	}
	if n := m.count(`select count(*) from matcher.offer`); n != 250 {
		t.Errorf("%d offers", n)
	}
	if n := m.count(`select tries from platform.job`); n != 3 {
		t.Errorf("%d tries, want 3", n)
	}
	if n := m.count(`select count(*) from platform.fact where type = 'peakseat.matcher.offer.made.v1'`); n != 250 {
		t.Errorf("%d facts of offers", n)
	}
	m.sound()
}

func TestTheSchedulerPlansOnceAtEachMoment(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	m.work()
	shop, seeded, late := m.Shop(), m.Shop(), m.Shop()
	shift := m.Shift(1, ofShop(shop))
	m.Shift(1, ofShop(seeded))
	fresh := m.Shift(1, ofShop(late))
	full := m.Shift(1, at(evening(0).Add(time.Minute), time.Hour))
	m.exec(`update matcher.booking set seeded = true where id = $1`, seeded.Booking)
	agents := m.Agents(4)
	if _, err := m.service.ClaimSeat(m.as(agents[0]), full.ID); err != nil {
		t.Fatal(err)
	}
	schedule := func(want int) {
		t.Helper()
		var all errgroup.Group
		for range 8 {
			all.Go(func() error { return m.service.SchedulePlans(t.Context()) })
		}
		if err := all.Wait(); err != nil {
			t.Fatal(err)
		}
		if n := m.count(`select count(*) from matcher.plan`); n != want {
			t.Fatalf("%d plans, want %d", n, want)
		}
	}
	schedule(0)
	m.moveTo(evening(0).Add(-72*time.Hour - time.Second))
	schedule(0)
	m.moveTo(evening(0).Add(-72 * time.Hour))
	m.exec(`update matcher.booking set confirmed_at = $2 where id = $1`, late.Booking, evening(0).Add(-71*time.Hour))
	schedule(1)
	var id uuid.UUID
	if err := m.pools.System.Pool.QueryRow(t.Context(), `select id from matcher.plan`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	if p := m.ended(id); *p.Seats != 1 || *p.Offers != 1 || p.AskedBy != nil {
		t.Errorf("72 hours before: %+v", p)
	}
	if n := m.seats(shift, "offered"); n != 1 {
		t.Errorf("%d seats offered", n)
	}
	m.moveTo(evening(0).Add(-24 * time.Hour))
	m.sweep() // the offer has expired by now, and the agent was asked
	schedule(2)
	if n := m.count(`select count(*) from matcher.shift_moment where plan_id is not null and shift_id = any ($1) and passed = 2`, []uuid.UUID{shift.ID, fresh.ID}); n != 2 {
		t.Errorf("%d of the two shifts with open seats are planned a day before", n)
	}
	schedule(2)
}

// BenchmarkPlan is a run over the certified agents of a large platform and a day's peak.
func BenchmarkPlan(b *testing.B) {
	m := openMarket(b)
	m.work()
	const agents, shifts, seats = 18_000, 200, 10
	shop := m.Shop()
	m.exec(`insert into matcher.agent (agent_id, rating, weekly, created_at)
		select ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 300 + n % 200,
			case when n % 3 = 0 then '[{"weekday":1,"start":"08:00","end":"00:00"},{"weekday":3,"start":"08:00","end":"02:00"},{"weekday":4,"start":"08:00","end":"02:00"},{"weekday":6,"start":"10:00","end":"20:00"}]'::jsonb end, now()
		from generate_series(1, $1) n`, agents)
	m.exec(`insert into matcher.agent_tag (agent_id, tag, level, expires_at)
		select a.agent_id, t.tag, 1 + (random() * 4)::int, now() + interval '1 year' from matcher.agent a
		cross join unnest('{function/presale,function/aftersale,channel/chat,industry/apparel}'::text[]) t (tag) where random() < 0.7`)
	m.exec(`analyze matcher.agent, matcher.agent_tag`)
	for i := range shifts {
		m.Shift(seats, ofShop(shop), requires([]string{"function/presale", "function/aftersale"}[i%2], 2), requires("channel/chat", 1),
			at(evening(i%5).Add(time.Duration(i%8)*time.Hour), 4*time.Hour))
	}
	from, to := evening(0).Add(-time.Hour), evening(10)
	for b.Loop() {
		p := m.ask(matcher.PlanRequest{From: &from, To: &to})
		if *p.Offers != shifts*seats {
			b.Fatalf("got %+v", p)
		}
		b.ReportMetric(float64(*p.SolveMS), "solve-ms")
		b.ReportMetric(float64(*p.Agents), "agents")
		b.ReportMetric(p.FinishedAt.Sub(p.CreatedAt).Seconds(), "plan-s")
		b.StopTimer()
		m.exec(`update matcher.seat set state = 'open', offer_id = null`)
		m.exec(`delete from matcher.offer`)
		b.StartTimer()
	}
}
