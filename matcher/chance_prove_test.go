package matcher_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"peakseat/internal/natstest"
	"peakseat/internal/provetest"
)

// 200 quotes of a fortnight's two windows at 60,000 agents and 10,000 open seats.
func TestProveFillChance(t *testing.T) { //nolint:paralleltest // it measures
	provetest.Need(t)
	m := openMarket(t)
	m.populace(60_000)
	var rivals []shopRow
	for range 20 {
		rivals = append(rivals, m.Shop())
	}
	random := rand.New(rand.NewPCG(5, 5))
	monday := evening(5).Truncate(24 * time.Hour)
	for n := range 1000 {
		start := monday.Add(time.Duration(n%14)*24*time.Hour + time.Duration(random.IntN(28))*30*time.Minute)
		m.Shift(10, ofShop(rivals[n%len(rivals)]), requires(fmt.Sprintf("function/%d", random.IntN(4)), 1+int32(random.IntN(3))), requires(fmt.Sprintf("industry/%d", random.IntN(8)), 1),
			at(start, time.Duration(2+random.IntN(5))*time.Hour))
	}
	m.trade(natstest.Start(m), m.service)
	quoted := func() shopRow {
		shop := m.Shop()
		for day := range 14 {
			for _, hour := range []int{9, 19} {
				m.Shift(20, ofShop(shop), requires(fmt.Sprintf("function/%d", random.IntN(4)), 2), func(s *shiftRow) { s.State = "draft" },
					at(monday.Add(time.Duration(24*day+hour-8)*time.Hour), 4*time.Hour))
			}
		}
		m.exec(`insert into matcher.booking_requirement (booking_id, merchant_id, tag, level) values ($1, $2, $3, 2), ($1, $2, $4, 1)`,
			shop.Booking, shop.Merchant, fmt.Sprintf("function/%d", random.IntN(4)), fmt.Sprintf("industry/%d", random.IntN(8)))
		return shop
	}
	ask := func(shop shopRow) (took time.Duration, known bool) {
		took, known, err := m.service.TimeFillChance(m.staff(shop.Merchant), shop.Booking)
		if err != nil {
			t.Error(err)
		}
		return took, known
	}
	note := "60,000 agents, 10,000 open seats in 1,000 shifts; a quote of 28 lines of 20 seats"
	record := func(name string, list []time.Duration, more string) {
		slices.Sort(list)
		provetest.Record(t, name+"_p50", list[len(list)/2].Seconds()*1000, "ms", note+more)
		provetest.Record(t, name+"_p99", list[len(list)*99/100].Seconds()*1000, "ms", note+more)
		provetest.Record(t, name+"_max", list[len(list)-1].Seconds()*1000, "ms", note+more)
	}

	first := quoted()
	m.until("the market is followed", func() bool { return m.service.MarketWhole() })
	began := time.Now()
	cold, known := ask(first)
	if known {
		t.Error("the first quote knows the demand of weeks that nobody asked about")
	}
	m.until("the weeks are pictured", func() bool { _, known := ask(first); return known })
	ready := time.Since(began)
	provetest.Record(t, "fill_chance_first", cold.Seconds()*1000, "ms", note+"; nobody asked about its weeks before, and it says so")
	provetest.Record(t, "fill_chance_ready", ready.Seconds()*1000, "ms", note+"; from that first one until the chance is known")

	var took, whole []time.Duration
	for range 200 {
		shop := quoted()
		d, known := ask(shop)
		if !known {
			t.Fatal("a chance alone is not known at once")
		}
		took = append(took, d)
		began := time.Now()
		if _, err := m.priced(m.staff(shop.Merchant), shop.Booking); err != nil {
			t.Fatal(err)
		}
		whole = append(whole, time.Since(began))
	}
	record("fill_chance", took, "")
	record("quote", whole, "; all that its price asks of the market, the chance among it")

	// a crowd asks at once: whoever would wait long is told to ask again
	var mu sync.Mutex
	var all errgroup.Group
	var crowd []time.Duration
	pending := 0
	for range 16 {
		shop := quoted()
		all.Go(func() error {
			for range 25 {
				d, known := ask(shop)
				mu.Lock()
				crowd = append(crowd, d)
				if !known {
					pending++
				}
				mu.Unlock()
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
	record("fill_chance_crowd", crowd, fmt.Sprintf("; 16 callers in a closed loop, %d of %d told to ask again", pending, len(crowd)))
}

// populace makes agents with tags and levels in a long tail, half of them with hours of their own; the same each time.
func (m *market) populace(n int) {
	m.Helper()
	m.exec(`insert into matcher.agent (agent_id, weekly, rating, created_at)
		select md5('agent ' || i)::uuid, case i % 4 when 0 then jsonb_build_array(jsonb_build_object('weekday', 1 + i / 4 % 7, 'start', '08:00', 'end', '20:00'), jsonb_build_object('weekday', 1 + i / 7 % 7, 'start', '17:00', 'end', '02:00'))
			when 1 then (select jsonb_agg(jsonb_build_object('weekday', d, 'start', '08:00', 'end', '19:00')) from generate_series(1, 7) d) end, 300 + i % 4 * 25, $2
		from generate_series(1, $1) i`, n, time.Now())
	m.exec(`insert into matcher.agent_tag (agent_id, tag, level, expires_at)
		select distinct on (a.agent_id, t.tag) a.agent_id, t.tag, 1 + least(t.level, t.deep), $1
		from matcher.agent a cross join lateral (
			select case when k <= 2 then 'function/' || least(h % 4, h / 7 % 4) else 'industry/' || least(h % 8, h / 7 % 8) end as tag, h / 11 % 5 as level, h / 13 % 5 as deep
			from (select k, abs(hashtext(a.agent_id::text || k)) as h from generate_series(1, 4) k) x) t
		order by a.agent_id, t.tag, t.level`, time.Now().AddDate(1, 0, 0))
	m.exec(`analyze matcher.agent`)
}
