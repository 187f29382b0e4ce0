package postgres_test

import (
	"testing"

	"peakseat/internal/guardtest"
)

// What the database refuses whoever writes it, a row each.
func TestGuardsRefuse(t *testing.T) {
	t.Parallel()
	guards().Refuses(t)
}

// Who may do what to whose rows by plain SQL, whatever a handler forgets.
func TestGuardsAdmit(t *testing.T) {
	t.Parallel()
	guards().Admits(t)
}

const actor = `'` + guardtest.Agent + `'`

// guards is one act of one agent: a reply kept, a fact told, a trail and a job.
func guards() guardtest.Schema {
	return guardtest.Schema{
		Name: "platform",
		Fixture: `
insert into platform.idempotency values (` + actor + `, 'key', 'hash', 200, '{}', '2026-11-01Z');
insert into platform.fact (id, type, aggregate, occurred_at, recorded_at, body) values (gen_random_uuid(), 'x', gen_random_uuid(), '2026-01-01Z', '2026-01-01Z', '{}');
insert into platform.outbox (fact_id, fact_recorded_at) values (gen_random_uuid(), '2026-01-01Z');
insert into platform.inbox values ('someone', gen_random_uuid(), '2026-11-01Z');
insert into platform.parked values (gen_random_uuid(), 'someone', gen_random_uuid(), '2026-11-01Z', 'x', 'no', 1, '2026-11-01Z');
insert into platform.job (id, kind, account_id, args, created_at) values (gen_random_uuid(), 'x', ` + actor + `, '{}', '2026-11-01Z');
insert into platform.audit values (gen_random_uuid(), '2026-11-01Z', ` + actor + `, 'agent', 'x', 'x', 'x', null, 'x');
insert into platform.audit_seal values (1, gen_random_uuid(), sha256('a'), sha256('b'));
insert into platform.audit_unsealed values (gen_random_uuid());
`,
		Breaks: []guardtest.Break{
			{"audit_action_check", `update platform.audit set action = ''`},
			{"audit_role_check", `update platform.audit set role = ''`},
			{"audit_seal_audit_id_key", guardtest.Copy("audit_seal", "seq = 2", "hash = sha256('c')")},
			{"audit_seal_hash_key", guardtest.Copy("audit_seal", "seq = 2", "audit_id = gen_random_uuid()")},
			{"audit_seal_hash_check", `update platform.audit_seal set hash = 'short'`},
			{"audit_seal_prev_check", `update platform.audit_seal set prev = 'short'`},
			{"audit_seal_seq_check", `update platform.audit_seal set seq = 0`},
			{"clock_one_check", guardtest.Copy("clock", "one = false")},
			{"clock_rate_check", `update platform.clock set rate = 0`},
			{"clock_rate_check", `update platform.clock set rate = 100001`},
			{"idempotency_key_check", `update platform.idempotency set key = ''`},
			{"idempotency_key_check", `update platform.idempotency set key = repeat('x', 201)`},
			{"parked_consumer_fact_id_key", guardtest.Copy("parked", "id = gen_random_uuid()")},
			{"job_state_check", `update platform.job set state = 'gone'`},
			{"job_total_check", `update platform.job set total = -1`},
		},
		AppendOnly: []string{"fact", "audit", "audit_seal"},
		Effects: []guardtest.Effect{
			{Trigger: "audit.to_be_sealed", SQL: guardtest.Copy("audit", "id = "+actor), Then: `exists (select from platform.audit_unsealed where audit_id = ` + actor + `)`},
		},
		Nullable: []string{
			"audit.actor", "audit.detail", "job.account_id", "job.checkpoint", "job.error", "job.finished_at", "job.lease_owner", "job.lease_until", "job.result",
			"job.started_at", "outbox.consumer", "parked.retried_at",
		},
	}
}
