package matcher_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/fact"
	"peakseat/internal/natstest"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// A campaign's examinations end and everybody is granted a tag: what the matcher's copy costs, and how far it is behind.
// "consumer" is the consumer alone, "path" the whole way: written, relayed, handled.
//
//	go test ./matcher -run - -bench Grants -benchtime 1x
const grants = 18_000

func BenchmarkGrants(b *testing.B) {
	b.Run("consumer", func(b *testing.B) {
		m := openMarket(b)
		agents := m.crowd(grants)
		people := m.people()
		version := int64(0)
		for b.Loop() {
			version++
			var facts []outbox.Envelope
			for _, agent := range agents {
				facts = append(facts, envelope(b, granted(agent, version, "channel/chat", fmt.Sprintf("function/%d", version))))
			}
			began := time.Now()
			for part := range slices.Chunk(facts, max(people.Batch, 100)) {
				m.in(func(tx *postgres.Tx) error { return people.Act(tx, part...) })
			}
			b.ReportMetric(grants/time.Since(began).Seconds(), "facts/s")
		}
	})
	b.Run("path", func(b *testing.B) {
		m := openMarket(b)
		agents := m.crowd(grants)
		m.follow()
		version := int64(0)
		for b.Loop() {
			version++
			began := time.Now()
			took, behind := m.grant(agents, version)
			b.ReportMetric(grants/time.Since(began).Seconds(), "facts/s")
			b.ReportMetric(took.Seconds(), "writing-s")
			b.ReportMetric(behind.Seconds(), "lag-s")
			version++
			took, behind = m.grant(agents[:1], version)
			b.ReportMetric(float64((took + behind).Milliseconds()), "single-ms")
		}
	})
}

// crowd is n agents, each tenth of whom holds a seat of a shift that wants a tag they keep.
func (m *market) crowd(n int) []uuid.UUID {
	m.Helper()
	m.exec(`insert into matcher.agent (agent_id, created_at) select md5(n::text)::uuid, now() from generate_series(1, $1) n`, n)
	m.exec(`insert into matcher.agent_tag select agent_id, 'channel/chat', 3, $1 from matcher.agent`, nextYear())
	agents := make([]uuid.UUID, n)
	for i := range agents {
		agents[i] = agentID(i + 1)
	}
	for i := range n / 1000 {
		shift := m.Shift(100, requires("channel/chat", 1))
		m.seatAll(shift, agents[i*1000:i*1000+100])
	}
	return agents
}

// seatAll seats agents in a shift's seats, one each, without asking.
func (m *market) seatAll(shift shiftRow, agents []uuid.UUID) {
	m.Helper()
	m.exec(`with x as (insert into matcher.assignment (id, shift_id, seat_no, booking_id, merchant_id, agent_id, starts_at, ends_at, zone, work_day, week, minutes,
				pay_per_hour, currency, rules_version, taken_by, taken_at, near, far)
			select gen_random_uuid(), s.id, a.n, s.booking_id, s.merchant_id, a.id, s.starts_at, s.ends_at, s.time_zone,
				(s.starts_at at time zone s.time_zone)::date, date_trunc('week', s.starts_at at time zone s.time_zone)::date, extract(epoch from s.ends_at - s.starts_at) / 60,
				s.pay_per_hour, s.currency, 1, 'claim', now(), tstzrange(s.starts_at, s.ends_at + interval '15 minutes'), tstzrange(s.starts_at, s.ends_at + interval '8 hours')
			from matcher.shift s, unnest($2::uuid[]) with ordinality a (id, n) where s.id = $1 returning *),
		d as (insert into matcher.agent_day select agent_id, work_day, minutes, 720 from x),
		w as (insert into matcher.agent_week select agent_id, week, minutes, 3600 from x)
		update matcher.seat t set state = 'held', assignment_id = x.id from x where t.shift_id = x.shift_id and t.seat_no = x.seat_no`, shift.ID, agents)
}

// grant tells the version of every agent's tags as fast as it can, and returns how long that took and how long after it
// the matcher knew all of them.
func (m *market) grant(agents []uuid.UUID, version int64) (took, behind time.Duration) {
	m.Helper()
	began := time.Now()
	for part := range slices.Chunk(agents, 100) {
		facts := make([]fact.Fact, len(part))
		for i, agent := range part {
			facts[i] = granted(agent, version, "channel/chat", fmt.Sprintf("function/%d", version))
		}
		m.in(func(tx *postgres.Tx) error { return outbox.Append(tx, facts...) })
	}
	took = time.Since(began)
	m.until("every tag is known", func() bool {
		return m.count(`select count(*) from matcher.agent where tag_version >= $1`, version) >= len(agents)
	})
	return took, time.Since(began) - took
}

// follow runs a relay and the matcher's consumers until the test ends.
func (m *market) follow() {
	m.Helper()
	nc := natstest.Start(m.TB)
	o := outbox.Options{Log: slog.New(slog.DiscardHandler)}
	relay, err := outbox.NewRelay(m.pools.System, nc, o)
	if err != nil {
		m.Fatal(err)
	}
	consumers, err := outbox.NewConsumers(m.pools.System, nc, o, m.service.Consumers()...)
	if err != nil {
		m.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(m.Context()))
	var running errgroup.Group
	running.Go(func() error { return relay.Run(ctx) })
	running.Go(func() error { return consumers.Run(ctx) })
	m.Cleanup(func() {
		stop()
		if err := running.Wait(); err != nil {
			m.Error(err)
		}
	})
}

// people is the consumer of facts about people.
func (m *market) people() outbox.Consumer {
	m.Helper()
	for _, c := range m.service.Consumers() {
		if c.Name == "matcher-people" {
			return c
		}
	}
	m.Fatal("nobody follows people")
	return outbox.Consumer{}
}

func nextYear() time.Time { return evening(365) }

// granted is a fact of all that an agent holds, at level 3 for a year.
func granted(agent uuid.UUID, version int64, tags ...string) fact.TagsChanged {
	f := fact.TagsChanged{AgentID: agent.String(), Version: version, Tags: []fact.HeldTag{}}
	for _, tag := range tags {
		f.Tags = append(f.Tags, fact.HeldTag{Tag: tag, Level: 3, ExpiresAt: nextYear()})
	}
	return f
}

func envelope(t testing.TB, f fact.Fact) outbox.Envelope {
	t.Helper()
	now := time.Now()
	record, err := outbox.Encode(f, now, now)
	if err != nil {
		t.Fatal(err)
	}
	e, err := outbox.Parse(record.Body, record.RecordedAt)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
