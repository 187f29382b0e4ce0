package academy_test

import "peakseat/internal/guardtest"

// assessmentGuards is one agent's answers.
func assessmentGuards() guardtest.Schema {
	return guardtest.Schema{
		Fixture: `
insert into academy.assessment (id, agent_id, form, sealed, completed_at) values (gen_random_uuid(), ` + learner + `, 'mini_ipip', 's', '2026-11-01Z');
`,
		Breaks: []guardtest.Break{
			{"assessment_form_check", `update academy.assessment set form = 'No'`},
			{"assessment_sealed", `update academy.assessment set sealed = null`},
			{"assessment_sealed", `update academy.assessment set answers = array[1, 2]`},
			{"assessment_answers_check", `alter table academy.assessment drop constraint assessment_sealed; update academy.assessment set answers = '{}'`},
			{"assessment_answers_check", `alter table academy.assessment drop constraint assessment_sealed; update academy.assessment set answers = array_fill(1, array[201])`},
		},
		Erasable: []string{"assessment"},
		Nullable: []string{"assessment.answers", "assessment.sealed"},
	}
}
