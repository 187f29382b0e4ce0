package certification

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"peakseat/internal/fact"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// seedBatch bounds the agents of one statement.
const seedBatch = 2000

// SeedTags gives made-up agents the tags that they hold, as SetTags would, thousands at once. None of them may hold any
// yet; the version becomes 1. tx is the system role's, and by is the operator who grants. It is for development.
func (s *Service) SeedTags(tx *postgres.Tx, by uuid.UUID, holders []HeldTags) error {
	for begin := 0; begin < len(holders); begin += seedBatch {
		if err := insertSeeds(tx, by, holders[begin:min(begin+seedBatch, len(holders))]); err != nil {
			return err
		}
	}
	return nil
}

func insertSeeds(tx *postgres.Tx, by uuid.UUID, holders []HeldTags) error {
	var (
		agents, owners, ids []uuid.UUID
		names, evidence     []string
		levels              []int32
		expires             []time.Time
		facts               []fact.Fact
	)
	for _, h := range holders {
		agents = append(agents, h.AgentID)
		told := fact.TagsChanged{AgentID: h.AgentID.String(), Version: 1, Tags: make([]fact.HeldTag, len(h.Tags))}
		for i, t := range h.Tags {
			owners, ids = append(owners, h.AgentID), append(ids, newID())
			names, evidence = append(names, t.Tag), append(evidence, t.Evidence)
			levels, expires = append(levels, int32(t.Level)), append(expires, t.ExpiresAt) //nolint:gosec // 1 to 5
			told.Tags[i] = fact.HeldTag{Tag: t.Tag, Level: t.Level, ExpiresAt: t.ExpiresAt}
		}
		facts = append(facts, told)
	}
	batch := &pgx.Batch{}
	batch.Queue(`insert into certification.holder (agent_id, version) select a, 1 from unnest($1::uuid[]) a`, agents)
	batch.Queue(`insert into certification.held_tag (agent_id, tag, level, expires_at, evidence, granted_by, granted_at)
		select u.*, $6::uuid, $7::timestamptz from unnest($1::uuid[], $2::text[], $3::int[], $4::timestamptz[], $5::text[]) u`,
		owners, names, levels, expires, evidence, by, tx.Now)
	batch.Queue(`insert into certification.tag_grant (id, agent_id, version, tag, level, expires_at, evidence, granted_by, granted_at)
		select u.id, u.agent, 1, u.tag, u.level, u.expires, u.evidence, $7::uuid, $8::timestamptz
		from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::timestamptz[], $6::text[]) u (id, agent, tag, level, expires, evidence)`,
		ids, owners, names, levels, expires, evidence, by, tx.Now)
	err := tx.Pgx(func(conn *pgx.Conn) error { return conn.SendBatch(tx.Context(), batch).Close() })
	if err != nil {
		return fmt.Errorf("insert seeded tags: %w", err)
	}
	return outbox.Append(tx, facts...)
}
