package academy_test

import "peakseat/internal/guardtest"

const (
	tried   = `'00000000-0000-0000-0000-000000000601'`
	waiting = `'00000000-0000-0000-0000-000000000602'`
	mentor  = `'00000000-0000-0000-0000-000000000603'`
)

// trialGuards is a trial that its mentor assessed, and one that waits for a trainer.
func trialGuards() guardtest.Schema {
	const columns = `(id, agent_id, mentor_id, shift_id, merchant_id, credential, code, card_code, card_version, starts_at, ends_at, worked_at, assess_by)`
	return guardtest.Schema{
		Fixture: `
insert into academy.trial ` + columns + ` values (` + tried + `, ` + learner + `, ` + mentor + `, gen_random_uuid(), gen_random_uuid(), 'presale', 'presale', 'presale', 1, '2026-11-01Z', '2026-11-02Z', '2026-11-02Z', '2026-11-04Z');
insert into academy.trial ` + columns + ` values (` + waiting + `, ` + learner + `, null, gen_random_uuid(), gen_random_uuid(), 'presale', 'presale', 'presale', 1, '2026-11-03Z', '2026-11-04Z', '2026-11-04Z', '2026-11-06Z');
insert into academy.trial_assessment values (` + tried + `, ` + learner + `, ` + mentor + `, 'mentor', 8000, true, '[]', '', '2026-11-02Z');
`,
		Breaks: []guardtest.Break{
			{"trial_card_code_check", `update academy.trial_card set code = 'No'`},
			{"trial_card_version_check", `update academy.trial_card set version = 0`},
			{"trial_card_name_zh_check", `update academy.trial_card set name_zh = ''`},
			{"trial_card_name_en_check", `update academy.trial_card set name_en = ''`},
			{"trial_card_pass_mark_check", `update academy.trial_card set pass_mark = 0`},
			{"trial_card_item_pass_check", `update academy.trial_card set item_pass = 5`},
			{"trial_card_failure_is_shown", `update academy.trial_card set pass_mark = 7501`},
			{"trial_check", `update academy.trial set ends_at = starts_at`},
			{"trial_mentor_is_another", `update academy.trial set mentor_id = agent_id where id = ` + tried},
			{"trial_id_agent_id_key", `alter table academy.trial drop constraint trial_pkey cascade; insert into academy.trial select * from academy.trial`},
			{"trial_nobody_assesses_themselves", `update academy.trial_assessment set assessed_by = agent_id`},
			{"trial_assessment_by_check", `update academy.trial_assessment set by = 'friend'`},
			{"trial_assessment_score_check", `update academy.trial_assessment set score = 10001`},
			{"trial_assessment_note_check", `update academy.trial_assessment set note = repeat('x', 2001)`},
		},
		References: []string{"trial.card_code", "trial_assessment.trial_id"},
		AppendOnly: []string{"trial_card", "trial", "trial_assessment"},
		Nullable:   []string{"trial.mentor_id"},
	}
}
