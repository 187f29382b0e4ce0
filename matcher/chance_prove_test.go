package matcher_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

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
	began := time.Now()
	var cold time.Duration
	var took []time.Duration
	for range 200 {
		shop := m.Shop()
		for day := range 14 {
			for _, hour := range []int{9, 19} {
				m.Shift(20, ofShop(shop), requires(fmt.Sprintf("function/%d", random.IntN(4)), 2), func(s *shiftRow) { s.State = "draft" },
					at(monday.Add(time.Duration(24*day+hour-8)*time.Hour), 4*time.Hour))
			}
		}
		m.exec(`insert into matcher.booking_requirement (booking_id, merchant_id, tag, level) values ($1, $2, $3, 2), ($1, $2, $4, 1)`,
			shop.Booking, shop.Merchant, fmt.Sprintf("function/%d", random.IntN(4)), fmt.Sprintf("industry/%d", random.IntN(8)))
		d, err := m.service.TimeFillChance(m.staff(shop.Merchant), shop.Booking)
		if err != nil {
			t.Fatal(err)
		}
		if cold == 0 {
			cold = d
			t.Logf("the first, with the picture of the market: %v", time.Since(began))
			continue
		}
		took = append(took, d)
	}
	slices.Sort(took)
	note := "60,000 agents, 10,000 open seats in 1,000 shifts; a quote of 28 lines of 20 seats"
	provetest.Record(t, "fill_chance_p50", took[len(took)/2].Seconds()*1000, "ms", note)
	provetest.Record(t, "fill_chance_p99", took[len(took)*99/100].Seconds()*1000, "ms", note)
	provetest.Record(t, "fill_chance_max", took[len(took)-1].Seconds()*1000, "ms", note+"")
	provetest.Record(t, "fill_chance_first", cold.Seconds()*1000, "ms", note+"; the weeks pictured for the first time")
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
