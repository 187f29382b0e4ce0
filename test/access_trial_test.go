package test

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

// triedOut is a trial of the side's agent that waits for a trainer.
func (w *accessWorld) triedOut(t *testing.T, s *tenants) uuid.UUID {
	t.Helper()
	id := uuid.Must(uuid.NewV7())
	now := w.Now(t)
	_, err := w.DB.System.Pool.Exec(t.Context(), `insert into academy.trial (id, agent_id, shift_id, merchant_id, credential, code, card_code, card_version, starts_at, ends_at, worked_at, assess_by)
		values ($1, $2, $3, $4, 'presale', 'presale', 'presale', 1, $5, $6, $6, $7)`,
		id, s.people["agent"].AccountID, uuid.New(), s.merchant, now.Add(-4*time.Hour), now, now.AddDate(0, 0, 2))
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{ // and what others keep of the way there
		`insert into matcher.trial_path values ($1, gen_random_uuid(), 'presale', 'presale', '{}', '{}', '{}')`,
		`insert into matcher.trial (assignment_id, shift_id, merchant_id, agent_id, ends_at, template_id, code, card)
			select id, shift_id, merchant_id, agent_id, ends_at, gen_random_uuid(), 'presale', 'presale' from matcher.assignment where agent_id = $1 limit 1 on conflict do nothing`,
	} {
		if _, err := w.DB.System.Pool.Exec(t.Context(), sql, s.people["agent"].AccountID); err != nil {
			t.Fatal(err)
		}
	}
	return id
}

// mentored is a trial that the side's agent scores.
func (w *accessWorld) mentored(t *testing.T, s *tenants) uuid.UUID {
	t.Helper()
	id := uuid.Must(uuid.NewV7())
	now := w.Now(t)
	_, err := w.DB.System.Pool.Exec(t.Context(), `insert into academy.trial (id, agent_id, mentor_id, shift_id, merchant_id, credential, code, card_code, card_version, starts_at, ends_at, worked_at, assess_by)
		values ($1, $2, $3, $4, $5, 'presale', 'presale', 'presale', 1, $6, $7, $7, $8)`,
		id, uuid.New(), s.people["agent"].AccountID, uuid.New(), s.merchant, now.Add(-4*time.Hour), now, now.AddDate(0, 0, 2))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func trialOperations() []operation {
	tried := func(t *testing.T, w *accessWorld, s *tenants) uuid.UUID { t.Helper(); return w.triedOut(t, s) }
	return []operation{
		{op: "GET /trial-cards", may: holders, ask: plain},
		{op: "POST /trial-cards", may: officials, ask: with(func(*accessWorld, *tenants) map[string]any {
			return map[string]any{
				"code": "c" + uuid.NewString()[:8], "name_zh": "试岗", "name_en": "Trial", "pass_mark": 7000, "item_pass": 3,
				"items": []any{map[string]any{"code": "greet", "zh": "问候", "en": "Greet"}},
			}
		})},
		{op: "GET /trials", may: holders, ask: plain},
		{op: "GET /trials/{id}", may: holders, ask: at(tried)},
		{op: "POST /trials/{id}/assessment", may: "agent trainer", ask: func(t *testing.T, w *accessWorld, s *tenants, role string) request {
			if role == "agent" {
				return request{id: w.mentored(t, s), body: card(4)}
			}
			return request{id: w.triedOut(t, s), body: card(4)}
		}},
	}
}
