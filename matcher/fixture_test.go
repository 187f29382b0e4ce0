package matcher_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/auth"
	"peakseat/internal/dbtest"
	"peakseat/internal/postgres"
	"peakseat/internal/web"
	"peakseat/matcher"
)

// market is a database of the test's own with a service over it whose claims are being answered.
type market struct {
	testing.TB
	pools   dbtest.Pools
	service *matcher.Service
	relayed bool // facts leave the outbox

	once sync.Once
	shop shopRow
}

// openMarket starts a service; it ends with the test.
func openMarket(t testing.TB) *market {
	t.Helper()
	m := &market{TB: t, pools: dbtest.Open(t, matcher.Module())}
	m.service = m.another()
	return m
}

// another is a second service on the same database, as a second process would be.
func (m *market) another() *matcher.Service {
	m.Helper()
	service := m.idle()
	ctx, stop := context.WithCancel(context.WithoutCancel(m.Context()))
	var running errgroup.Group
	running.Go(func() error { return service.RunClaims(ctx) })
	m.Cleanup(func() {
		stop()
		if err := running.Wait(); err != nil {
			m.Error(err)
		}
	})
	return service
}

// idle is a service whose claims nobody answers yet.
func (m *market) idle() *matcher.Service {
	m.Helper()
	claim, err := postgres.Open(m.Context(), m.pools.URL, postgres.Claim, matcher.ClaimPoolOptions())
	if err != nil {
		m.Fatal(err)
	}
	m.Cleanup(claim.Close)
	return matcher.New(matcher.Deps{App: m.pools.App, Claim: claim, System: m.pools.System})
}

// as is a context in which the agent acts.
func (m *market) as(agent uuid.UUID) context.Context {
	return auth.WithActor(m.Context(), auth.Actor{AccountID: agent, Role: auth.Agent, SessionID: agent})
}

// keyed is the context of a request with an Idempotency-Key; hash stands for its body.
func keyed(ctx context.Context, name, hash string) context.Context {
	actor, _ := auth.ActorFrom(ctx)
	return web.WithKey(ctx, web.Key{Account: actor.AccountID, Name: name, Hash: []byte(hash)})
}

func (m *market) exec(sql string, args ...any) {
	m.Helper()
	if _, err := m.pools.System.Pool.Exec(m.Context(), sql, args...); err != nil {
		m.Fatal(err)
	}
}

// count is the one number that a query answers.
func (m *market) count(sql string, args ...any) (n int) {
	m.Helper()
	if err := m.pools.System.Pool.QueryRow(m.Context(), sql, args...).Scan(&n); err != nil {
		m.Fatal(err)
	}
	return n
}

// evening is an hour on a day that is far enough ahead for every rule of time: a Wednesday at 18:00 in Shanghai.
func evening(days int) time.Time {
	now := time.Now()
	at := time.Date(now.Year(), now.Month(), now.Day()+14, 10, 0, 0, 0, time.UTC)
	for at.Weekday() != time.Wednesday {
		at = at.AddDate(0, 0, 1)
	}
	return at.AddDate(0, 0, days)
}

type shopRow struct{ ID, Merchant, Booking uuid.UUID }

// Shop makes a merchant's shop with a confirmed booking.
func (m *market) Shop() shopRow {
	m.Helper()
	s := shopRow{newID(), newID(), newID()}
	m.exec(`insert into matcher.shop (id, merchant_id, name, industry, channels, time_zone, created_at)
		values ($1, $2, '小店', 'apparel', '{chat}', 'Asia/Shanghai', $3)`, s.ID, s.Merchant, time.Now())
	m.exec(`insert into matcher.booking (id, merchant_id, shop_id, title, starts_on, ends_on, windows, state, rules_version, quote_id, created_by, created_at, confirmed_at)
		values ($1, $2, $3, '双11', '2026-11-11', '2026-11-11', '[]', 'confirmed', 1, $1, $2, $4, $4)`, s.Booking, s.Merchant, s.ID, time.Now())
	return s
}

type shiftRow struct {
	ID       uuid.UUID
	Shop     shopRow
	StartsAt time.Time
	EndsAt   time.Time
	Seats    int
	Pay      int64
	Tags     []string
	Levels   []int32
	State    string
}

// Shift makes an open shift of one evening, 18:00 to 22:00, with seats; each shift is of the market's one shop unless said.
func (m *market) Shift(seats int, with ...func(*shiftRow)) shiftRow {
	m.Helper()
	m.once.Do(func() { m.shop = m.Shop() })
	s := shiftRow{ID: newID(), Shop: m.shop, StartsAt: evening(0), EndsAt: evening(0).Add(4 * time.Hour), Seats: seats, Pay: 3000, Tags: []string{}, Levels: []int32{}, State: "open"}
	for _, change := range with {
		change(&s)
	}
	m.exec(`insert into matcher.shift (id, booking_id, merchant_id, shop_id, starts_at, ends_at, seats, pay_per_hour, tags, levels, priority, time_zone, rules_version, state)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, 'Asia/Shanghai', 1, $11)`,
		s.ID, s.Shop.Booking, s.Shop.Merchant, s.Shop.ID, s.StartsAt, s.EndsAt, s.Seats, s.Pay, s.Tags, s.Levels, s.State)
	m.exec(`insert into matcher.seat (shift_id, seat_no, merchant_id) select $1, n, $2 from generate_series(1, $3) n`, s.ID, s.Shop.Merchant, s.Seats)
	return s
}

// at moves a shift; requires adds a tag; ofShop gives it to another merchant.
func at(start time.Time, length time.Duration) func(*shiftRow) {
	return func(s *shiftRow) { s.StartsAt, s.EndsAt = start, start.Add(length) }
}

func requires(tag string, level int32) func(*shiftRow) {
	return func(s *shiftRow) { s.Tags, s.Levels = append(s.Tags, tag), append(s.Levels, level) }
}

func ofShop(shop shopRow) func(*shiftRow) { return func(s *shiftRow) { s.Shop = shop } }

type agentRow struct {
	ID                       uuid.UUID
	Zone                     string
	MaxDay, MaxWeek, Longest int
	LeastPay                 int64
	Needs                    []string
	Weekly                   *string
	Disabled                 bool
	Tags                     []tagRow
}

type tagRow struct {
	Tag       string
	Level     int
	ExpiresAt time.Time
}

// Agent makes an agent who may work at any time.
func (m *market) Agent(with ...func(*agentRow)) uuid.UUID {
	m.Helper()
	a := agentRow{ID: newID(), Zone: "Asia/Shanghai", MaxDay: 720, MaxWeek: 3600, Longest: 720, Needs: []string{}}
	for _, change := range with {
		change(&a)
	}
	m.exec(`insert into matcher.agent (agent_id, time_zone, max_day_minutes, max_week_minutes, longest_shift_minutes, least_pay, needs, weekly, disabled, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		a.ID, a.Zone, a.MaxDay, a.MaxWeek, a.Longest, a.LeastPay, a.Needs, a.Weekly, a.Disabled, time.Now())
	for _, t := range a.Tags {
		m.exec(`insert into matcher.agent_tag (agent_id, tag, level, expires_at) values ($1, $2, $3, $4)`, a.ID, t.Tag, t.Level, t.ExpiresAt)
	}
	return a.ID
}

// Agents makes n of them.
func (m *market) Agents(n int, with ...func(*agentRow)) []uuid.UUID {
	m.Helper()
	ids := make([]uuid.UUID, n)
	for i := range ids {
		ids[i] = m.Agent(with...)
	}
	return ids
}

// holding gives a tag that lasts for a year.
func holding(tag string, level int) func(*agentRow) {
	return func(a *agentRow) { a.Tags = append(a.Tags, tagRow{tag, level, time.Now().AddDate(1, 0, 0)}) }
}

// Offer makes a live offer of a seat; it must be open.
func (m *market) Offer(shift shiftRow, seat int, agent uuid.UUID, life time.Duration) uuid.UUID {
	m.Helper()
	id := newID()
	m.exec(`insert into matcher.offer (id, shift_id, seat_no, booking_id, merchant_id, agent_id, starts_at, ends_at, near, made_at, expires_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz, tstzrange($7, $8::timestamptz + interval '15 minutes'), $9, $10)`,
		id, shift.ID, seat, shift.Shop.Booking, shift.Shop.Merchant, agent, shift.StartsAt, shift.EndsAt, time.Now().Add(-time.Hour), time.Now().Add(life))
	m.exec(`update matcher.seat set state = 'offered', offer_id = $3 where shift_id = $1 and seat_no = $2 and state = 'open'`, shift.ID, seat, id)
	return id
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// sound looks whether anything is true that may never be.
func (m *market) sound() {
	m.Helper()
	for what, query := range map[string]string{
		"two live assignments of one seat": `select count(*) from (select from matcher.assignment where live group by shift_id, seat_no having count(*) > 1) x`,
		"overlapping assignments":          `select count(*) from matcher.assignment a join matcher.assignment b on a.agent_id = b.agent_id and a.id < b.id and a.live and b.live and a.starts_at < b.ends_at and b.starts_at < a.ends_at`,
		"rest under 15 minutes":            `select count(*) from matcher.assignment a join matcher.assignment b on a.agent_id = b.agent_id and a.id <> b.id and a.live and b.live and a.starts_at <= b.starts_at and b.starts_at < a.ends_at + interval '15 minutes'`,
		"rest under 8 hours between days":  `select count(*) from matcher.assignment a join matcher.assignment b on a.agent_id = b.agent_id and a.work_day < b.work_day and a.live and b.live and b.starts_at < a.ends_at + interval '8 hours'`,
		"held seats without an assignment": `select count(*) from matcher.seat s where s.state = 'held' and not exists (select from matcher.assignment a where a.id = s.assignment_id and a.live and a.shift_id = s.shift_id and a.seat_no = s.seat_no)`,
		"assignments without their seat":   `select count(*) from matcher.assignment a where a.live and not exists (select from matcher.seat s where s.assignment_id = a.id and s.state = 'held')`,
		"offered seats without an offer":   `select count(*) from matcher.seat s where s.state = 'offered' and not exists (select from matcher.offer o where o.id = s.offer_id and o.state = 'live')`,
		"live offers without their seat":   `select count(*) from matcher.offer o where o.state = 'live' and not exists (select from matcher.seat s where s.offer_id = o.id and s.state = 'offered')`,
		"days that do not add up":          `select count(*) from matcher.agent_day d where d.minutes <> coalesce((select sum(a.minutes) from matcher.assignment a where a.live and a.agent_id = d.agent_id and a.work_day = d.work_day), 0)`,
		"weeks that do not add up":         `select count(*) from matcher.agent_week d where d.minutes <> coalesce((select sum(a.minutes) from matcher.assignment a where a.live and a.agent_id = d.agent_id and a.week = d.week), 0)`,
		"taken seats that nobody told":     `select count(*) from matcher.assignment a join platform.idempotency i on i.account_id = a.agent_id and i.hash <> '' and convert_from(i.reply, 'UTF8') like '%' || a.id || '%' where not exists (select from platform.fact f where f.aggregate = a.shift_id and f.type = 'peakseat.matcher.seat.taken.v1' and convert_from(f.body, 'UTF8') like '%' || a.id || '%')`,
		"an assignment without kept reply": `select count(*) from matcher.assignment a where not exists (select from platform.idempotency i where i.account_id = a.agent_id and convert_from(i.reply, 'UTF8') like '%' || a.id || '%')`,
	} {
		if m.relayed && what == "facts that are not queued" {
			continue
		}
		if n := m.count(query); n != 0 {
			m.Errorf("%s: %d", what, n)
		}
	}
}

// admin is a connection of the server's superuser.
func (m *market) admin() *pgx.Conn {
	m.Helper()
	conn, err := pgx.Connect(m.Context(), m.pools.URL)
	if err != nil {
		m.Fatal(err)
	}
	m.Cleanup(func() { _ = conn.Close(context.WithoutCancel(m.Context())) })
	return conn
}

// alter changes the schema of this test's database.
func (m *market) alter(sql string) {
	m.Helper()
	if _, err := m.admin().Exec(m.Context(), sql); err != nil {
		m.Fatal(err)
	}
}
