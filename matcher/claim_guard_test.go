package matcher_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

// A claim batch neither changes nor locks a row of an agent whom it does not act for, by plain SQL.
func TestAClaimBatchTouchesItsActorsOnly(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shift := m.Shift(3, requires("channel/chat", 1))
	agents := m.Agents(2, holding("channel/chat", 1))
	m.seatAll(shift, agents)
	other := m.Shift(3, requires("channel/chat", 1), at(evening(2), 4*time.Hour))
	for i, agent := range agents {
		m.Offer(other, i+1, agent, time.Hour)
	}
	tx, err := m.pools.Claim.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context()) //nolint:errcheck // nothing is kept
	if _, err := tx.Exec(t.Context(), `select set_config('app.actors', $1, true)`, agents[0].String()); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		`select agent_id from matcher.agent_day for update`,
		`select agent_id from matcher.agent_week for update`,
		`select agent_id from matcher.assignment for update`,
		`select agent_id from matcher.offer for update`,
		`update matcher.agent_day set minutes = minutes returning agent_id`,
		`update matcher.agent_week set minutes = minutes returning agent_id`,
		`update matcher.assignment set state = state returning agent_id`,
		`update matcher.offer set state = state returning agent_id`,
	} {
		rows, err := tx.Query(t.Context(), sql)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for rows.Next() {
			var agent uuid.UUID
			if err := rows.Scan(&agent); err != nil {
				t.Fatal(err)
			}
			if n++; agent != agents[0] {
				t.Errorf("%s reaches another agent's row", sql)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		if n != 1 {
			t.Errorf("%s reaches %d rows, want the actor's", sql, n)
		}
	}
}
