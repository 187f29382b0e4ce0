package matcher

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"peakseat/internal/postgres"
	"peakseat/internal/rules"
)

// SeedAgent is what the matcher knows of one made-up agent.
type SeedAgent struct {
	ID             uuid.UUID
	Weekly         []WeeklyWindow // nil: any time
	MaxWeekMinutes int            // own limit; 0: the platform's
	LeastPay       int64          // per hour, minor units
	Needs          []string
	Tags           []KnownTag // as version 1 of the agent's tags tells them
}

// seedBatch bounds the agents of one statement.
const seedBatch = 2000

// SeedAgents stores what facts would tell of made-up agents, thousands at once; none of them may have tags yet. tx is
// the system role's. It is for development.
func (s *Service) SeedAgents(tx *postgres.Tx, agents []SeedAgent) error {
	for begin := 0; begin < len(agents); begin += seedBatch {
		if err := insertSeedAgents(tx, agents[begin:min(begin+seedBatch, len(agents))]); err != nil {
			return err
		}
	}
	return nil
}

func insertSeedAgents(tx *postgres.Tx, agents []SeedAgent) error {
	var (
		ids, holders  []uuid.UUID
		weekly, needs []*string // JSON
		weeks, levels []int32
		pay           []int64
		tags          []string
		expires       []time.Time
		hours         = rules.Current().Hours
	)
	for _, a := range agents {
		pattern, err := jsonOf(a.Weekly)
		if err != nil {
			return err
		}
		need, err := jsonOf(a.Needs)
		if err != nil {
			return err
		}
		week := a.MaxWeekMinutes
		if week == 0 {
			week = int(hours.WeekCap.Minutes())
		}
		ids, weekly, needs = append(ids, a.ID), append(weekly, pattern), append(needs, need)
		weeks, pay = append(weeks, int32(week)), append(pay, a.LeastPay) //nolint:gosec // of a week
		for _, t := range a.Tags {
			holders, tags = append(holders, a.ID), append(tags, t.Tag)
			levels, expires = append(levels, int32(t.Level)), append(expires, t.ExpiresAt) //nolint:gosec // 1 to 5
		}
	}
	batch := &pgx.Batch{}
	batch.Queue(`insert into matcher.agent (agent_id, max_day_minutes, max_week_minutes, longest_shift_minutes, least_pay, needs, weekly, tag_version, created_at)
		select u.id, $6::int, u.week, $7::int, u.pay, array(select jsonb_array_elements_text(u.needs::jsonb)), u.weekly::jsonb, 1, $8::timestamptz
		from unnest($1::uuid[], $2::int[], $3::bigint[], $4::text[], $5::text[]) u (id, week, pay, needs, weekly)
		on conflict (agent_id) do update set max_week_minutes = excluded.max_week_minutes, least_pay = excluded.least_pay, needs = excluded.needs,
			weekly = excluded.weekly, tag_version = 1 -- who acts before the seed ends has a row already`,
		ids, weeks, pay, needs, weekly, int(hours.DayCap.Minutes()), int(hours.LongestOne.Minutes()), tx.Now)
	batch.Queue(`insert into matcher.agent_tag (agent_id, tag, level, expires_at)
		select u.* from unnest($1::uuid[], $2::text[], $3::int[], $4::timestamptz[]) u`, holders, tags, levels, expires)
	err := tx.Pgx(func(conn *pgx.Conn) error { return conn.SendBatch(tx.Context(), batch).Close() })
	if err != nil {
		return fmt.Errorf("insert seeded agents: %w", err)
	}
	return nil
}

// MarkSeeded keeps bookings of a seed from being planned or offered unasked. tx is the system role's.
func (s *Service) MarkSeeded(tx *postgres.Tx, bookings []uuid.UUID) error {
	if err := tx.Exec(`update matcher.booking set seeded = true where id in ?`, bookings).Error; err != nil {
		return fmt.Errorf("mark seeded bookings: %w", err)
	}
	return nil
}

// jsonOf is null for nil.
func jsonOf[T any](list []T) (*string, error) {
	if list == nil {
		return nil, nil //nolint:nilnil // SQL's null
	}
	raw, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	text := string(raw)
	return &text, nil
}
