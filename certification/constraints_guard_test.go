package certification_test

import (
	"testing"

	"peakseat/certification"
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
	holder     = `'` + guardtest.Agent + `'`
	official   = `'` + guardtest.Operator + `'`
	template   = `'00000000-0000-0000-0000-000000000101'`
	credential = `'00000000-0000-0000-0000-000000000102'`
	suspension = `'00000000-0000-0000-0000-000000000103'`
	request    = `'00000000-0000-0000-0000-000000000104'`
	appeal     = `'00000000-0000-0000-0000-000000000105'`
	event      = `'00000000-0000-0000-0000-000000000106'`
	excuse     = `'00000000-0000-0000-0000-000000000107'`
)

// guards is one agent who holds one tag, and a credential that was suspended, then revoked.
func guards() guardtest.Schema {
	return guardtest.Schema{
		Name: "certification", Modules: []postgres.Module{certification.Module()},
		Fixture: `
alter table certification.tag_version disable trigger user;
delete from certification.tag_version where tag <> 'channel/chat';
alter table certification.tag_version enable trigger user;
insert into certification.holder values (` + holder + `, 1);
insert into certification.standing_event values (` + event + `, ` + holder + `, 'late', gen_random_uuid(), 0, '2026-11-01Z');
insert into certification.tier_change values (` + holder + `, 1, 'bronze', 'silver', 1, 6000, 10, '[]', 'finished', '2026-11-01Z');
insert into certification.standing_appeal values (` + excuse + `, ` + event + `, ` + holder + `, 'no', '2026-11-02Z');
insert into certification.standing_appeal_decision values (` + excuse + `, ` + holder + `, ` + official + `, true, 'yes', '2026-11-03Z');
insert into certification.held_tag values (` + holder + `, 'channel/chat', 2, '2027-11-01Z', 'seen', gen_random_uuid(), '2026-11-01Z');
insert into certification.tag_grant values (gen_random_uuid(), ` + holder + `, 1, 'channel/chat', 2, '2027-11-01Z', 'seen', gen_random_uuid(), '2026-11-01Z');
insert into certification.template values (` + template + `, 'presale', gen_random_uuid(), '2026-11-01Z');
insert into certification.template_version values (` + template + `, 1, '售前', 'Pre-sale', '售前', 'Pre-sale', '[]', '[]', '[{"tag": "channel/chat", "level": 3}]', 365, gen_random_uuid(), '2026-11-01Z');
insert into certification.credential values (` + credential + `, 'AAAAAAAAAAAAAAAAAAAAAA', ` + holder + `, ` + template + `, 1, 1, 7, null, 'seen', '2026-11-01Z', '2027-11-01Z', 'a.b.c', gen_random_uuid(), '2026-11-01Z', null);
insert into certification.achievement values (` + holder + `, 'paper', gen_random_uuid(), 1, 'exam', 9000, true, '2026-11-01Z');
insert into certification.recheck values (` + holder + `);
insert into certification.expiry_notice values (` + credential + `, '2027-10-02Z');
insert into certification.suspension values (` + suspension + `, ` + credential + `, 'other', 'seen', ` + official + `, '2026-11-02Z', '2026-11-05Z');
insert into certification.suspension_end values (` + suspension + `, null, '2026-11-05Z');
insert into certification.revocation_request values (` + request + `, ` + credential + `, 'other', 'seen', ` + official + `, '2026-11-06Z');
insert into certification.revocation values (` + credential + `, ` + request + `, ` + official + `, '` + guardtest.Other + `', '2026-11-06Z');
insert into certification.appeal values (` + appeal + `, ` + credential + `, ` + request + `, 'revocation', array[` + official + `]::uuid[], ` + holder + `, 'no', '2026-11-07Z');
insert into certification.appeal_decision values (` + appeal + `, array[` + official + `]::uuid[], '` + guardtest.Other + `', true, 'yes', '2026-11-07Z');
insert into certification.consent values (gen_random_uuid(), ` + credential + `, true, '2026-11-01Z');
insert into certification.log_leaf values (0, 'issued', ` + credential + `, '\x00', sha256('\x00'), '2026-11-01Z');
insert into certification.log_hash values (0, sha256('\x00'));
`,
		Breaks: []guardtest.Break{
			{"taxonomy_version_check", `update certification.taxonomy set version = 0`},
			{"taxonomy_one_check", `update certification.taxonomy set one = false`},
			{"tag_levels_check", `update certification.tag set levels = '[]'`},
			{"tag_levels_check", `update certification.tag set levels = '{}'`},
			{"tag_zh_check", `update certification.tag set zh = ' '`},
			{"tag_en_check", `update certification.tag set en = ''`},
			{"tag_version_version_check", `update certification.tag_version set version = 0`},
			{"tag_version_reason_check", `update certification.tag_version set reason = ''`},
			{"held_tag_evidence_check", `update certification.held_tag set evidence = ''`},
			{"held_tag_level_check", `update certification.held_tag set level = 0`},
			{"held_tag_level_check", `update certification.held_tag set level = 6`},
			{"tag_grant_level_check", `update certification.tag_grant set level = -1`},
			{"tag_grant_level_check", `update certification.tag_grant set level = 6`},
			{"template_code_check", `update certification.template set code = 'No'`},
			{"template_code_key", guardtest.Copy("template", `id = gen_random_uuid()`)},
			{"template_version_version_check", `update certification.template_version set version = 0`},
			{"template_version_name_zh_check", `update certification.template_version set name_zh = ''`},
			{"template_version_name_en_check", `update certification.template_version set name_en = ''`},
			{"template_version_about_zh_check", `update certification.template_version set about_zh = ''`},
			{"template_version_about_en_check", `update certification.template_version set about_en = ''`},
			{"template_version_valid_days_check", `update certification.template_version set valid_days = 0`},
			{"template_version_valid_days_check", `update certification.template_version set valid_days = 3651`},
			{"status_list_list_check", `update certification.status_list set list = 0`},
			{"status_list_allocated_check", `update certification.status_list set allocated = -1`},
			{"status_list_allocated_check", `update certification.status_list set allocated = 65537`},
			{"credential_public_id_check", `update certification.credential set public_id = 'short'`},
			{"credential_public_id_key", guardtest.Copy("credential", `id = gen_random_uuid()`, `list_index = 8`)},
			{"credential_follows_once", guardtest.Copy("credential", `id = gen_random_uuid()`, `public_id = 'BAAAAAAAAAAAAAAAAAAAAA'`, `list_index = 8`)},
			{"credential_of_holder", `alter table certification.credential drop constraint credential_pkey cascade;
				insert into certification.credential select (jsonb_populate_record(c, jsonb_build_object('public_id', 'BAAAAAAAAAAAAAAAAAAAAA', 'list_index', 8, 'follows', c.id))).* from certification.credential c`},
			{"holder_tier_check", `update certification.holder set tier = 'tin'`},
			{"holder_tier_seq_check", `update certification.holder set tier_seq = -1`},
			{"holder_level_bonus_check", `update certification.holder set level_bonus = -1`},
			{"holder_level_bonus_check", `update certification.holder set level_bonus = 5`},
			{"standing_event_kind_check", `update certification.standing_event set kind = 'mood'`},
			{"standing_event_minutes_check", `update certification.standing_event set minutes = -1`},
			{"standing_event_once", guardtest.Copy("standing_event", `id = gen_random_uuid()`)},
			{"standing_event_of_agent", `alter table certification.standing_event drop constraint standing_event_pkey cascade;
				insert into certification.standing_event select (jsonb_populate_record(e, jsonb_build_object('subject_id', gen_random_uuid()))).* from certification.standing_event e`},
			{"tier_change_seq_check", `update certification.tier_change set seq = 0`},
			{"tier_change_from_tier_check", `update certification.tier_change set from_tier = 'tin'`},
			{"tier_change_to_tier_check", `update certification.tier_change set to_tier = 'tin'`},
			{"tier_change_rules_version_check", `update certification.tier_change set rules_version = 0`},
			{"tier_change_score_check", `update certification.tier_change set score = -1`},
			{"tier_change_score_check", `update certification.tier_change set score = 10001`},
			{"tier_change_shifts_check", `update certification.tier_change set shifts = -1`},
			{"tier_change_cause_check", `update certification.tier_change set cause = 'mood'`},
			{"tier_change_moves", `update certification.tier_change set to_tier = from_tier`},
			{"standing_appeal_event_id_key", guardtest.Copy("standing_appeal", `id = gen_random_uuid()`)},
			{"standing_appeal_of_agent", `alter table certification.standing_appeal drop constraint standing_appeal_pkey cascade;
				insert into certification.standing_appeal select (jsonb_populate_record(a, jsonb_build_object('event_id', gen_random_uuid()))).* from certification.standing_appeal a`},
			{"standing_appeal_reason_check", `update certification.standing_appeal set reason = ''`},
			{"standing_appeal_decision_reason_check", `update certification.standing_appeal_decision set reason = ''`},
			{"standing_appeal_other_person", `update certification.standing_appeal_decision set decided_by = agent_id`},
			{"achievement_kind_check", `update certification.achievement set kind = 'mood'`},
			{"achievement_seq_check", `update certification.achievement set seq = 0`},
			{"achievement_ref_check", `update certification.achievement set ref = ''`},
			{"achievement_score_check", `update certification.achievement set score = 10001`},
			{"achievement_score_kind", `update certification.achievement set score = null`},
			{"credential_list_list_index_key", guardtest.Copy("credential", `id = gen_random_uuid()`, `public_id = 'BAAAAAAAAAAAAAAAAAAAAA'`)},
			{"credential_list_index_check", `update certification.credential set list_index = -1`},
			{"credential_list_index_check", `update certification.credential set list_index = 131072`},
			{"credential_evidence_check", `update certification.credential set evidence = ''`},
			{"credential_jwt_check", `update certification.credential set jwt = ''`},
			{"credential_valid_check", `update certification.credential set valid_until = valid_from`},
			{"suspension_reason_code_check", `update certification.suspension set reason_code = 'mood'`},
			{"suspension_reason_check", `update certification.suspension set reason = ''`},
			{"suspension_credential_id_suspended_by_key", guardtest.Copy("suspension", `id = gen_random_uuid()`)},
			{"suspension_until_check", `update certification.suspension set until = suspended_at`},
			{"suspension_until_check", `update certification.suspension set until = suspended_at + interval '73 hours'`},
			{"revocation_request_reason_code_check", `update certification.revocation_request set reason_code = 'mood'`},
			{"revocation_request_reason_check", `update certification.revocation_request set reason = ''`},
			{"revocation_request_id_key", guardtest.Copy("revocation", `credential_id = gen_random_uuid()`)},
			{"revocation_two_persons", `update certification.revocation set confirmed_by = requested_by`},
			{"appeal_act_id_key", guardtest.Copy("appeal", `id = gen_random_uuid()`)},
			{"appeal_against_check", `update certification.appeal set against = 'mood'`},
			{"appeal_involved_check", `update certification.appeal set involved = '{}'`},
			{"appeal_reason_check", `update certification.appeal set reason = ''`},
			{"appeal_decision_other_person", `update certification.appeal_decision set decided_by = involved[1]`},
			{"appeal_decision_reason_check", `update certification.appeal_decision set reason = ''`},
			{"log_leaf_index_check", `update certification.log_leaf set index = -1`},
			{"log_leaf_kind_check", `update certification.log_leaf set kind = 'mood'`},
			{"log_leaf_hash_check", `update certification.log_leaf set hash = 'x'`},
			{"log_hash_position_check", `update certification.log_hash set position = -1`},
			{"log_hash_hash_check", `update certification.log_hash set hash = 'x'`},
			{"tag_check", `update certification.tag set name = 'channel/other' where name = 'channel/chat'`},
			{"tag_dimension_check", `update certification.tag set dimension = 'mood', name = 'mood/' || value`},
			{"tag_value_check", `update certification.tag set value = 'No', name = dimension || '/No'`},
		},
		References: []string{
			"tag_version.tag",
			"held_tag.agent_id", "held_tag.tag", "template_version.template_id",
			"credential.template_id", "credential.list", "credential.renews", "credential.follows", "achievement.agent_id", "recheck.agent_id", "expiry_notice.credential_id",
			"standing_event.agent_id", "tier_change.agent_id", "standing_appeal.event_id", "standing_appeal_decision.appeal_id",
			"suspension.credential_id", "suspension_end.suspension_id", "revocation_request.credential_id", "revocation.credential_id", "revocation.request_id",
			"appeal.credential_id", "appeal_decision.appeal_id", "consent.credential_id", "log_leaf.credential_id",
		},
		AppendOnly: []string{
			"tag_grant", "tag_version", "template", "template_version", "credential", "suspension", "suspension_end", "revocation_request", "revocation",
			"appeal", "appeal_decision", "consent", "log_leaf", "log_hash", "achievement", "expiry_notice",
			"standing_event", "tier_change", "standing_appeal", "standing_appeal_decision",
		},
		Nullable: []string{
			"tag_version.changed_by",
			"tag_grant.expires_at", "tag_grant.credential_id", "held_tag.credential_id", "credential.renews", "credential.follows", "achievement.score", "holder.standing_due", "suspension_end.ended_by",
		},
	}
}
