package academy_test

import "peakseat/internal/guardtest"

// assessmentGuards is one agent's answers.
func assessmentGuards() guardtest.Schema {
	return guardtest.Schema{
		Fixture: `
insert into academy.assessment values (gen_random_uuid(), ` + learner + `, 'mini_ipip', array[1, 2], '2026-11-01Z');
`,
		Breaks: []guardtest.Break{
			{"assessment_form_check", `update academy.assessment set form = 'No'`},
			{"assessment_answers_check", `update academy.assessment set answers = '{}'`},
			{"assessment_answers_check", `update academy.assessment set answers = array_fill(1, array[201])`},
		},
		Erasable: []string{"assessment"},
	}
}
