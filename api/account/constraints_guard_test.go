package account_test

import (
	"testing"

	"peakseat/api/account"
	"peakseat/internal/guardtest"
	"peakseat/internal/postgres"
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

const (
	owned   = `'` + guardtest.Merchant + `'`
	owner   = `'` + guardtest.Owner + `'`
	session = `'00000000-0000-0000-0000-000000000301'`
)

// guards is one merchant with its owner, and an agent beside them.
func guards() guardtest.Schema {
	return guardtest.Schema{
		Name: "account", Modules: []postgres.Module{account.Module()},
		Fixture: `
insert into account.account (id, kind, email_index, email, name, data_key, created_at) values
	(` + owner + `, 'staff', 'i', 'e', 'n', 'k', '2026-11-01Z'), ('` + guardtest.Agent + `', 'agent', 'j', 'e', 'n', 'k', '2026-11-01Z');
insert into account.organisation (id, kind, name, created_at) values (` + owned + `, 'merchant', 'Moon', '2026-11-01Z');
insert into account.membership values (` + owned + `, 'merchant', ` + owner + `, 'owner', '2026-11-01Z'), (` + owned + `, 'merchant', '00000000-0000-0000-0000-00000000000e', 'viewer', '2026-11-01Z');
insert into account.password values (` + owner + `, '$argon2id$x', '2026-11-01Z'), ('` + guardtest.Agent + `', '$argon2id$x', '2026-11-01Z');
insert into account.disablement values (` + owner + `, '` + guardtest.Operator + `', '2026-11-01Z');
insert into account.link (id, purpose, token_hash, organisation_id, organisation_kind, role, person_id, email_index, email, data_key, made_by, made_at, expires_at) values
	(gen_random_uuid(), 'invitation', 't', ` + owned + `, 'merchant', 'viewer', gen_random_uuid(), 'i', 'e', 'k', ` + owner + `, '2026-11-01Z', '2026-11-08Z');
insert into account.link (id, purpose, token_hash, account_id, made_by, made_at, expires_at) values
	(gen_random_uuid(), 'reset', 'u', ` + owner + `, '` + guardtest.Operator + `', '2026-11-01Z', '2026-11-08Z');
insert into account.session (id, account_id, organisation_id, began_at, refreshed_at, expires_at) values
	(` + session + `, ` + owner + `, ` + owned + `, '2026-11-01Z', '2026-11-01Z', '2026-12-01Z'),
	(gen_random_uuid(), '` + guardtest.Agent + `', null, '2026-11-01Z', '2026-11-01Z', '2026-12-01Z');
insert into account.refresh_token (hash, attempt, session_id, issued_at, expires_at) values ('h', gen_random_uuid(), ` + session + `, '2026-11-01Z', '2026-12-01Z');
insert into account.revocation (id, account_id, session_id, at) values (gen_random_uuid(), ` + owner + `, ` + session + `, '2026-11-01Z');
insert into account.api_key (id, organisation_id, account_id, name, hash, hint, role, scopes, made_at)
	values (gen_random_uuid(), ` + owned + `, ` + owner + `, 'x', 'h', 'hint', 'viewer', '{account:read}', '2026-11-01Z');
insert into account.identity (agent_id, number_index, name, number, phone, bank_account, given_at) values ('` + guardtest.Agent + `', 'i', 'n', 'n', 'p', 'b', '2026-11-01Z');
insert into account.identity_decision values (gen_random_uuid(), '` + guardtest.Agent + `', 1, 'other', '` + guardtest.Operator + `', '2026-11-01Z');
`,
		Breaks: []guardtest.Break{
			{"account_email", guardtest.Copy("account", "id = gen_random_uuid()")},
			{"account_kind_check", `update account.account set kind = 'robot'`},
			{"account_whole", `update account.account set email = null`},
			{"account_whole", `update account.account set data_key = null`},
			{"account_whole", `update account.account set erased_at = created_at`},
			{"password_hash_check", `update account.password set hash = 'plain'`},
			{"organisation_kind_check", `update account.organisation set kind = 'club'`},
			{"organisation_name_check", `update account.organisation set name = ''`},
			{"organisation_name_check", `update account.organisation set name = repeat('x', 81)`},
			{"organisation_platform", guardtest.Copy("organisation", "id = gen_random_uuid()")},
			{"organisation_id_kind_key", `alter table account.organisation drop constraint organisation_pkey cascade; insert into account.organisation select * from account.organisation where kind = 'merchant'`},
			{"membership_role", `update account.membership set role = 'operator'`},
			{"membership_role", `update account.membership set organisation_kind = 'platform'`},
			{"link_token", guardtest.Copy("link", "id = gen_random_uuid()")},
			{"link_check", `update account.link set account_id = null where purpose = 'reset'`},
			{"link_check", `update account.link set email = 'x' where purpose = 'reset'`},
			{"link_check", `update account.link set organisation_id = null where purpose = 'invitation'`},
			{"link_check", `update account.link set email = null where purpose = 'invitation'`},
			{"link_purpose_check", `alter table account.link drop constraint link_check; update account.link set purpose = 'gift'`},
			{"link_role", `update account.link set role = 'operator' where purpose = 'invitation'`},
			{"session_check", `update account.session set ended_at = began_at`},
			{"session_check", `update account.session set ended_by = 'reuse'`},
			{"session_ended_by_check", `update account.session set ended_at = began_at, ended_by = 'mood'`},
			{"revocation_check", `update account.revocation set lifted = true`},
			{"refresh_token_attempt", guardtest.Copy("refresh_token", "hash = 'other'")},
			{"api_key_hash", guardtest.Copy("api_key", "id = gen_random_uuid()")},
			{"api_key_name_check", `update account.api_key set name = ''`},
			{"api_key_role_check", `update account.api_key set role = 'operator'`},
			{"api_key_scopes_check", `update account.api_key set scopes = '{}'`},
			{"identity_number", guardtest.Copy("identity", "agent_id = gen_random_uuid()")},
			{"identity_round_check", `update account.identity set round = 0`},
			{"identity_version_check", `update account.identity set version = 0`},
			{"identity_decision_round_check", guardtest.Copy("identity_decision", "id = gen_random_uuid()", "round = 0")},
			{"identity_decision_refusal_check", guardtest.Copy("identity_decision", "id = gen_random_uuid()", "refusal = 'mood'")},
		},
		AppendOnly: []string{"identity_decision"},
		Effects: []guardtest.Effect{
			{Trigger: "membership.keeps_a_head", Refused: "membership_keeps_a_head", SQL: `delete from account.membership`},
			{Trigger: "membership.keeps_a_head", SQL: `delete from account.membership where role = 'viewer'`, Then: `(select count(*) = 1 from account.membership)`},
			{Trigger: "membership.keeps_a_head_in_change", Refused: "membership_keeps_a_head", SQL: `update account.membership set role = 'booker'`},
			{Trigger: "membership.keeps_a_head_in_change", Refused: "membership_keeps_a_head", SQL: `update account.membership set organisation_id = gen_random_uuid() where role = 'owner'`},
		},
		References: []string{
			"api_key.account_id", "api_key.organisation_id", "disablement.account_id", "identity.agent_id", "identity_decision.agent_id", "link.account_id", "link.organisation_id", "membership.account_id",
			"membership.organisation_id", "password.account_id", "refresh_token.session_id", "session.account_id", "session.organisation_id",
		},
		Nullable: []string{
			"account.data_key", "account.email", "account.email_index", "account.erased_at", "account.name", "api_key.expires_at", "api_key.used_at", "identity_decision.refusal",
			"link.account_id", "link.data_key", "link.email", "link.email_index", "link.made_by", "link.organisation_id", "link.organisation_kind",
			"link.person_id", "link.role", "link.used_at", "organisation.name", "refresh_token.attempt", "refresh_token.used_at", "revocation.session_id", "session.ended_at",
			"session.ended_by", "session.organisation_id",
		},
	}
}
