package matcher_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/dbtest"
	"peakseat/internal/devstack"
	"peakseat/internal/postgres"
	"peakseat/matcher"
)

// The benchmarks run in a closed loop against the service and, on the same server, tables and constraints and with as many
// clients, against pgbench with a bare claim: one prepared statement that takes the first open seat that nobody has locked and
// writes the seven rows of a claim (assignment, seat, the hours of the day and of the week, kept reply, fact, outbox), under
// every constraint, exclusion, foreign key and trigger of theirs. It asks no rule and is under no row-level security. For
// "ratio" both sides are warm when the clock starts: pgbench's connections have planned their statement and filled their
// caches. "cold-ratio" divides by what the same pgbench did from its start on in a time as long, while its connections opened.
// Each sub-benchmark is one run of both, so that the ratio means something on a shared machine, and can be run alone:
//
//	go test ./matcher -run - -bench 'Claims(Hot|Spread)/^32$' -benchtime 1x
//
// The server is a private PostgreSQL with fsync on; PEAKSEAT_BENCH_DATABASE names another, empty one, with max_connections
// of at least 300. PEAKSEAT_BENCH_AGENTS and PEAKSEAT_BENCH_SECONDS change the sizes, 100,000 and 2.
type claimBench struct {
	*market
	agents  []uuid.UUID
	run     int // each has shifts in a week of its own, so that nobody's calendar fills
	pgbench string
	max     int // connections pgbench may have
}

var benched struct {
	once   sync.Once
	market *claimBench
}

func openBench(b *testing.B) *claimBench {
	b.Helper()
	benched.once.Do(func() { benched.market = makeBench(b) })
	if benched.market == nil {
		b.Skip("the benchmarks have no database")
	}
	benched.market.TB = b
	return benched.market
}

func makeBench(b *testing.B) *claimBench {
	b.Helper()
	pgbench := findPgbench()
	ctx := context.Background()
	address := os.Getenv("PEAKSEAT_BENCH_DATABASE")
	if address == "" {
		dir, err := os.MkdirTemp("", "peakseat-bench-") //nolint:usetesting // root's PostgreSQL may not enter b.TempDir
		if err != nil {
			b.Fatal(err)
		}
		if err := os.Chmod(dir, 0o711); err != nil {
			b.Fatal(err)
		}
		server, err := devstack.StartPostgres(ctx, devstack.Options{Dir: dir, Connections: 400})
		if err != nil {
			b.Fatal(err)
		}
		address = server.URL() // ends with this process
	}
	if err := postgres.Migrate(ctx, address, postgres.Platform(), matcher.Module()); err != nil {
		b.Fatal(err)
	}
	c := &claimBench{market: &market{TB: b}, pgbench: pgbench}
	c.pools = dbtest.Pools{URL: address}
	for role, pool := range map[postgres.Role]**postgres.DB{postgres.App: &c.pools.App, postgres.System: &c.pools.System} {
		db, err := postgres.Open(ctx, address, role, postgres.Options{MaxConns: 4, Params: map[string]string{"statement_timeout": "0"}})
		if err != nil {
			b.Fatal(err)
		}
		*pool = db
	}
	c.max = c.count(`select current_setting('max_connections')::int - 30`)
	c.fill(setting("PEAKSEAT_BENCH_AGENTS", 100_000))
	return c
}

func setting(name string, usual int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return usual
}

func findPgbench() string {
	if os.Getenv("PEAKSEAT_BENCH_ALONE") != "" {
		return ""
	}
	if path, err := exec.LookPath("pgbench"); err == nil {
		return path
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench")
	if len(found) == 0 {
		return ""
	}
	return found[len(found)-1]
}

// agentID is the same in Go, in SQL and in pgbench's script.
func agentID(n int) uuid.UUID {
	return uuid.UUID(md5.Sum([]byte(strconv.Itoa(n))))
}

// fill makes agents, 6% of whom lack something, with history: 100,000 old assignments, kept replies and facts.
func (c *claimBench) fill(n int) {
	c.agents = make([]uuid.UUID, n)
	for i := range c.agents {
		c.agents[i] = agentID(i + 1)
	}
	if c.count(`select count(*) from matcher.agent`) >= n {
		c.run = c.count(`select count(distinct date_trunc('week', starts_at)) from matcher.shift`) // a database used before
		c.shop = shopRow{ID: uuid.Nil}
		return
	}
	c.exec(`insert into matcher.agent (agent_id, least_pay, needs, weekly, disabled, created_at)
		select md5(n::text)::uuid, case when n % 100 = 1 then 9000 else 2000 end,
			case when n % 100 = 2 then '{no_chat}'::text[] else '{}' end,
			case when n % 100 = 3 then '[{"weekday":1,"start":"01:00","end":"02:00"}]'::jsonb
				when n % 3 = 0 then (select jsonb_agg(jsonb_build_object('weekday', d, 'start', '07:00', 'end', '03:00')) from generate_series(1, 7) d) end,
			n % 100 = 4, now()
		from generate_series(1, $1) n`, n)
	c.exec(`insert into matcher.agent_tag select md5(n::text)::uuid, t.tag,
			case when n % 100 = 5 then 1 else 3 end, now() + case when n % 100 = 6 then interval '1 day' else interval '9 years' end
		from generate_series(1, $1) n, unnest('{channel/chat,function/presale,function/aftersale,industry/apparel}'::text[]) t (tag)`, n)
	c.exec(`insert into matcher.availability select md5(n::text)::uuid, now(), now() + interval '1 hour', false
		from generate_series(1, $1, 10) n`, n)
	shop := c.Shop()
	c.exec(`insert into matcher.block select $2, md5(n::text)::uuid, 'agent', now() from generate_series(1, $1, 50) n`, n, shop.Merchant)
	old := c.Shift(100_000, at(time.Now().Add(-90*24*time.Hour).Truncate(time.Hour), 4*time.Hour), ofShop(shop), func(s *shiftRow) { s.Seats = 5000; s.State = "ended" })
	c.exec(`insert into matcher.seat (shift_id, seat_no, merchant_id) select $1, n, $2 from generate_series(5001, $3) n`, old.ID, shop.Merchant, max(n, 5001))
	c.exec(`with x as (insert into matcher.assignment (id, shift_id, seat_no, booking_id, merchant_id, agent_id, starts_at, ends_at, zone, work_day, week, minutes,
				pay_per_hour, currency, rules_version, taken_by, state, taken_at, ended_at, near, far)
			select gen_random_uuid(), $1, n, $2, $3, md5(n::text)::uuid, w.a, w.b, 'Asia/Shanghai',
				(w.a at time zone 'Asia/Shanghai')::date, date_trunc('week', w.a at time zone 'Asia/Shanghai')::date, 240, 3000, 'CNY', 1, 'claim', 'finished', w.a, w.b,
				tstzrange(w.a, w.b + interval '15 minutes'), tstzrange(w.a, w.b + interval '8 hours')
			from generate_series(1, $5) n, (select $4::timestamptz a, $4::timestamptz + interval '4 hours' b) w returning *),
		d as (insert into matcher.agent_day select agent_id, work_day, 240, 720 from x),
		w as (insert into matcher.agent_week select agent_id, week, 240, 3600 from x),
		k as (insert into platform.idempotency select agent_id, id::text, sha256(''), 201, repeat('x', 200)::bytea, now() from x)
		update matcher.seat s set state = 'held', assignment_id = x.id from x where s.shift_id = x.shift_id and s.seat_no = x.seat_no`,
		old.ID, shop.Booking, shop.Merchant, old.StartsAt, n)
	c.admin(`vacuum analyze`)
}

// week opens shifts in a week that no run used before: spread over it, or one.
func (c *claimBench) week(shifts, seats int) []uuid.UUID {
	c.run++
	ids := make([]uuid.UUID, shifts)
	shop := c.Shop()
	for i := range ids {
		start := evening(7 * c.run).Add(time.Duration(i%100) * 30 * time.Minute)
		ids[i] = c.Shift(0, at(start, 4*time.Hour), ofShop(shop), requires("channel/chat", 2), requires("function/presale", 2)).ID
	}
	c.exec(`insert into matcher.seat (shift_id, seat_no, merchant_id) select s, n, $3 from unnest($1::uuid[]) s, generate_series(1, $2) n`, ids, seats, shop.Merchant)
	c.admin(`vacuum analyze matcher.seat`)
	return ids
}

// measured is what one side did in its time.
type measured struct {
	perSecond float64 // claims that took a seat
	cold      float64 // the same from the start on, as the connections open; 0 where nobody looked
	batch     float64 // claims of one transaction
	cpu       float64 // ms of the server's processor per claim; 0 where it runs elsewhere
	p50, p99  time.Duration
}

// ours lets clients claim as fast as they are answered, each time as another agent.
func (c *claimBench) ours(clients int, shifts []uuid.UUID, length time.Duration) measured {
	service := c.another()
	order := rand.New(rand.NewPCG(1, uint64(c.run))).Perm(len(c.agents))
	var next, won atomic.Int64
	var mu sync.Mutex
	var waits []time.Duration
	claim := func(random *rand.Rand) (bool, error) {
		n := int(next.Add(1))
		agent := c.agents[order[n%len(order)]]
		_, err := service.ClaimSeat(c.as(agent), shifts[random.IntN(len(shifts))])
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, matcher.ErrNotEligible), errors.Is(err, matcher.ErrTimeOverlap), errors.Is(err, matcher.ErrRestTooShort), errors.Is(err, matcher.ErrHoursExceeded):
			return false, nil
		}
		return false, err
	}
	loop := func(end time.Time, count bool) error {
		var all errgroup.Group
		for client := range clients {
			random := rand.New(rand.NewPCG(2, uint64(client)))
			all.Go(func() error {
				var own []time.Duration
				for time.Now().Before(end) {
					began := time.Now()
					took, err := claim(random)
					if err != nil {
						return err
					}
					if took && count {
						won.Add(1)
						own = append(own, time.Since(began))
					}
				}
				mu.Lock()
				defer mu.Unlock()
				waits = append(waits, own...)
				return nil
			})
		}
		return all.Wait()
	}
	if err := loop(time.Now().Add(200*time.Millisecond), false); err != nil { // statements prepared, caches warm
		c.Fatal(err)
	}
	began, cpu := time.Now(), c.serverCPU()
	if err := loop(began.Add(length), true); err != nil {
		c.Fatal(err)
	}
	taken := time.Since(began)
	batch := float64(c.count(`select count(*) from matcher.assignment where shift_id = any ($1)`, shifts)) /
		float64(max(1, c.count(`select count(distinct xmin::text) from matcher.assignment where shift_id = any ($1)`, shifts)))
	return measured{perSecond: float64(won.Load()) / taken.Seconds(), batch: batch, cpu: perClaim(c.serverCPU()-cpu, won.Load()), p50: quantile(waits, 50), p99: quantile(waits, 99)}
}

const bareClaim = `\set a random(1, :agents)
\set n random(1, :shifts)
with s as (
  select e.shift_id, e.seat_no from matcher.seat e where e.shift_id = (select id from public.bench_shift where n = :n::int)
    and e.state = 'open' and e.kind = 'regular' order by e.seat_no limit 1 for update skip locked),
i as (
  insert into matcher.assignment (id, shift_id, seat_no, booking_id, merchant_id, agent_id, starts_at, ends_at, zone, work_day, week, minutes,
    pay_per_hour, currency, rules_version, taken_by, taken_at, near, far)
  select gen_random_uuid(), s.shift_id, s.seat_no, h.booking_id, h.merchant_id, md5(:a::int::text)::uuid, h.starts_at, h.ends_at, 'Asia/Shanghai',
    (h.starts_at at time zone 'Asia/Shanghai')::date, date_trunc('week', h.starts_at at time zone 'Asia/Shanghai')::date, 240, 3000, 'CNY', 1, 'claim', now(),
    tstzrange(h.starts_at, h.ends_at + interval '15 minutes'), tstzrange(h.starts_at, h.ends_at + interval '8 hours')
  from s join matcher.shift h on h.id = s.shift_id on conflict do nothing returning id, shift_id, seat_no, agent_id, work_day, week, minutes),
u as (
  update matcher.seat e set state = 'held', assignment_id = i.id from i where e.shift_id = i.shift_id and e.seat_no = i.seat_no),
d as (
  insert into matcher.agent_day (agent_id, work_day, minutes, cap) select i.agent_id, i.work_day, i.minutes, 720 from i
  on conflict (agent_id, work_day) do update set minutes = agent_day.minutes + excluded.minutes, cap = excluded.cap),
w as (
  insert into matcher.agent_week (agent_id, week, minutes, cap) select i.agent_id, i.week, i.minutes, 3600 from i
  on conflict (agent_id, week) do update set minutes = agent_week.minutes + excluded.minutes, cap = excluded.cap),
k as (
  insert into platform.idempotency select i.agent_id, i.id::text, sha256('x'::bytea), 201, repeat('r', 240)::bytea, now() from i),
f as (
  insert into platform.fact select gen_random_uuid(), 'peakseat.matcher.seat.taken.v1', i.shift_id, now(), now(), repeat('f', 640)::bytea from i returning id, recorded_at)
insert into platform.outbox (fact_id, fact_recorded_at) select id, recorded_at from f;
`

// theirs is pgbench with the bare claim.
func (c *claimBench) theirs(clients int, shifts []uuid.UUID, length time.Duration) measured {
	if c.pgbench == "" {
		c.Log("no pgbench here: ours alone is measured")
		return measured{}
	}
	c.admin(`create table if not exists public.bench_shift (n int primary key, id uuid)`, `truncate public.bench_shift`, `analyze public.bench_shift`)
	for i, id := range shifts {
		c.admin(fmt.Sprintf(`insert into public.bench_shift values (%d, '%s')`, i+1, id))
	}
	return c.runPgbench(clients, bareClaim, length, shifts)
}

func (c *claimBench) runPgbench(clients int, script string, length time.Duration, shifts []uuid.UUID) measured {
	file := filepath.Join(c.TempDir(), "claim.sql")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		c.Fatal(err)
	}
	if clients > c.max {
		c.Logf("pgbench runs with %d clients: the server has no more connections", c.max)
		clients = c.max
	}
	claims := func() int {
		return c.count(`select count(*) from matcher.assignment where shift_id = any ($1)`, shifts)
	}
	began := time.Now()
	// a client is warm after its fifth claim, when the plan is kept; the first second is of the slowest to come
	warm := time.Second + time.Duration(clients)*10*time.Millisecond
	ctx, stop := context.WithCancel(c.Context())
	defer stop()
	cmd := exec.CommandContext(ctx, c.pgbench, "-n", "-M", "prepared", "-c", strconv.Itoa(clients), "-j", "2", "-T", "3600",
		"-D", "agents="+strconv.Itoa(len(c.agents)), "-D", "shifts="+strconv.Itoa(len(shifts)), "-f", file, c.pools.URL)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		c.Fatal(err)
	}
	until := func(moment time.Duration) (int, time.Time) {
		time.Sleep(time.Until(began.Add(moment)))
		return claims(), time.Now()
	}
	var cold float64
	count := func() {
		n, now := until(length)
		cold = float64(n) / now.Sub(began).Seconds()
	}
	if length < warm {
		count()
	}
	before, from := until(warm)
	cpu := c.serverCPU()
	if length >= warm {
		count()
	}
	done, now := until(from.Add(length).Sub(began))
	done, cpu = done-before, c.serverCPU()-cpu
	stop()
	if err := cmd.Wait(); cmd.ProcessState.Exited() {
		c.Fatalf("pgbench ended by itself after %v: %v\n%.600s", time.Since(began), err, &out)
	}
	return measured{perSecond: float64(done) / now.Sub(from).Seconds(), cold: cold, cpu: perClaim(cpu, int64(done))}
}

func perClaim(cpu time.Duration, claims int64) float64 {
	return float64(cpu) / 1e6 / max(float64(claims), 1)
}

// serverCPU is the processor time of PostgreSQL so far, as Linux counts it; 0 where the server is out of sight.
func (c *claimBench) serverCPU() (total time.Duration) {
	parent := c.postmaster()
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			continue // it ended
		}
		_, rest, _ := strings.Cut(string(raw), ") ")
		fields := strings.Fields(rest)
		if len(fields) < 15 {
			continue
		}
		pid := filepath.Base(filepath.Dir(file))
		ticks := 0
		switch {
		case pid == parent: // with the children that ended
			ticks = number(fields[11]) + number(fields[12]) + number(fields[13]) + number(fields[14])
		case fields[1] == parent:
			ticks = number(fields[11]) + number(fields[12])
		}
		total += time.Duration(ticks) * 10 * time.Millisecond
	}
	return total
}

func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

func (c *claimBench) postmaster() (pid string) {
	db, err := postgres.Open(c.Context(), c.pools.URL, "postgres", postgres.Options{MaxConns: 1})
	if err != nil {
		c.Fatal(err)
	}
	defer db.Close()
	if err := db.Pool.QueryRow(c.Context(), `select split_part(pg_read_file('postmaster.pid'), E'\n', 1)`).Scan(&pid); err != nil {
		c.Fatal(err)
	}
	return pid
}

// admin runs as the server's superuser.
func (c *claimBench) admin(statements ...string) {
	c.Helper()
	db, err := postgres.Open(c.Context(), c.pools.URL, "postgres", postgres.Options{MaxConns: 1})
	if err != nil {
		c.Fatal(err)
	}
	defer db.Close()
	for _, sql := range statements {
		if _, err := db.Pool.Exec(c.Context(), sql); err != nil {
			c.Fatal(err)
		}
	}
}

func quantile(list []time.Duration, percent int) time.Duration {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(list))
	return sorted[(len(sorted)-1)*percent/100]
}

func benchLength() time.Duration {
	return time.Duration(setting("PEAKSEAT_BENCH_SECONDS", 2)) * time.Second
}

func (c *claimBench) compare(b *testing.B, clients, shifts int) {
	b.Helper()
	seats := int(10_000*(benchLength()+2*time.Second).Seconds()) / shifts // more than either side takes
	if shifts > 1 {
		seats *= 2 // they are drawn
	}
	b.ResetTimer()
	theirs := c.theirs(clients, c.week(shifts, seats), benchLength())
	ours := c.ours(clients, c.week(shifts, seats), benchLength())
	b.ReportMetric(ours.perSecond, "claims/s")
	b.ReportMetric(theirs.perSecond, "pgbench/s")
	if theirs.perSecond > 0 {
		b.ReportMetric(ours.perSecond/theirs.perSecond, "ratio")
		b.ReportMetric(theirs.cold, "cold-pgbench/s")
		b.ReportMetric(ours.perSecond/max(theirs.cold, 1), "cold-ratio") // no claim at all counts as one a second
	}
	b.ReportMetric(ours.batch, "batch")
	b.ReportMetric(ours.cpu, "PG-ms")
	b.ReportMetric(theirs.cpu, "pgbench-PG-ms")
	b.ReportMetric(float64(ours.p50)/1e6, "p50-ms")
	b.ReportMetric(float64(ours.p99)/1e6, "p99-ms")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkClaimsSpread: 200 shifts, every rule asked.
func BenchmarkClaimsSpread(b *testing.B) {
	for _, clients := range []int{2, 8, 32, 256} {
		b.Run(strconv.Itoa(clients), func(b *testing.B) { openBench(b).compare(b, clients, 200) })
	}
}

// BenchmarkClaimsHot: everybody wants the same shift.
func BenchmarkClaimsHot(b *testing.B) {
	for _, clients := range []int{2, 8, 32, 256} {
		b.Run(strconv.Itoa(clients), func(b *testing.B) { openBench(b).compare(b, clients, 1) })
	}
}

// BenchmarkClaimsSoldOut: the shift is full, and everybody still asks.
func BenchmarkClaimsSoldOut(b *testing.B) {
	for _, clients := range []int{32, 256} {
		b.Run(strconv.Itoa(clients), func(b *testing.B) {
			c := openBench(b)
			service, shift := c.another(), c.week(1, 1)[0]
			won := 0
			for i := range 200 {
				if _, err := service.ClaimSeat(c.as(c.agents[i]), shift); err == nil {
					won++
				}
			}
			written := c.count(`select count(*) from platform.idempotency`)
			var answers atomic.Int64
			var all errgroup.Group
			b.ResetTimer()
			began := time.Now()
			for client := range clients {
				random := rand.New(rand.NewPCG(3, uint64(client)))
				all.Go(func() error {
					for time.Since(began) < benchLength() {
						if _, err := service.ClaimSeat(c.as(c.agents[random.IntN(len(c.agents))]), shift); !errors.Is(err, matcher.ErrShiftFull) {
							return fmt.Errorf("a sold-out shift answered %w", err)
						}
						answers.Add(1)
					}
					return nil
				})
			}
			if err := all.Wait(); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(answers.Load())/time.Since(began).Seconds(), "answers/s")
			b.ReportMetric(0, "ns/op")
			if now := c.count(`select count(*) from platform.idempotency`); won != 1 || now != written {
				b.Errorf("%d won, %d rows were written", won, now-written)
			}
		})
	}
}

// BenchmarkEligible counts all agents against one shift.
func BenchmarkEligible(b *testing.B) {
	c := openBench(b)
	service, shift := c.another(), c.week(1, 10)[0]
	n := 0
	for b.Loop() {
		var err error
		if n, err = service.CountEligible(b.Context(), shift); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(c.agents)), "agents")
	b.ReportMetric(float64(n), "eligible")
}

// BenchmarkHall lists a page of an agent's hall, with all the shifts that earlier runs left open.
func BenchmarkHall(b *testing.B) {
	c := openBench(b)
	service := c.another()
	c.exec(`update matcher.shift s set state = 'ended' where s.state = 'open'`)
	c.week(1000, 10)
	for _, include := range []bool{false, true} {
		b.Run(fmt.Sprintf("ineligible=%t", include), func(b *testing.B) {
			for b.Loop() {
				if list, err := service.Hall(c.as(c.agents[49]), matcher.HallFilter{Limit: 50, Ineligible: include}); err != nil || len(list) != 51 {
					b.Fatal(len(list), err)
				}
			}
		})
	}
	b.Run("nothing for me", func(b *testing.B) {
		for b.Loop() {
			if list, err := service.Hall(c.as(c.agents[3]), matcher.HallFilter{Limit: 50}); err != nil || len(list) != 0 {
				b.Fatal(len(list), err)
			}
		}
	})
}
