package academy_test

import "peakseat/internal/guardtest"

const (
	learner       = `'` + guardtest.Agent + `'`
	course        = `'00000000-0000-0000-0000-000000000401'`
	courseVersion = `'00000000-0000-0000-0000-000000000402'`
	attachment    = `'00000000-0000-0000-0000-000000000403'`
)

// courseGuards is a course with a published version and a draft, and an agent who completed it.
func courseGuards() guardtest.Schema {
	return guardtest.Schema{
		Fixture: `
insert into academy.course values (` + course + `, 'base_course', gen_random_uuid(), '2026-11-01Z');
insert into academy.course_attachment values (` + attachment + `, ` + course + `, 'a.txt', 'text/plain', 'x', gen_random_uuid(), '2026-11-01Z');
insert into academy.course_version values (` + courseVersion + `, ` + course + `, 1, 1, '{}', array[` + attachment + `]::uuid[], gen_random_uuid(), '2026-11-01Z', '2026-11-01Z');
insert into academy.course_version values (gen_random_uuid(), ` + course + `, 2, 1, '{}', '{}', gen_random_uuid(), '2026-11-01Z', null);
insert into academy.enrolment values (` + learner + `, ` + courseVersion + `, '2026-11-01Z', 'one', 0);
insert into academy.quiz_try values (gen_random_uuid(), ` + learner + `, ` + courseVersion + `, 'one', '[]', 1, 1, true, '2026-11-01Z');
insert into academy.quiz_pool values (` + courseVersion + `, 'one', ` + questionVersion + `);
insert into academy.lesson_done values (` + learner + `, ` + courseVersion + `, 'one', '2026-11-01Z');
insert into academy.course_completion values (` + learner + `, ` + courseVersion + `, '2026-11-01Z');
insert into academy.learning_path values ('base_agent', 1, '{}', gen_random_uuid(), '2026-11-01Z');
insert into academy.milestone values (` + course + `, 1, ` + learner + `, 'course', 'base_course', 10000, true, '2026-11-01Z');
`,
		Breaks: []guardtest.Break{
			{"course_code_check", `update academy.course set code = 'No'`},
			{"course_code_key", guardtest.Copy("course", `id = gen_random_uuid()`)},
			{"course_attachment_name_check", `update academy.course_attachment set name = ''`},
			{"course_attachment_media_type_check", `update academy.course_attachment set media_type = 'text/html'`},
			{"course_attachment_content_check", `update academy.course_attachment set content = ''`},
			{"course_attachment_content_check", `update academy.course_attachment set content = convert_to(repeat('x', 524289), 'UTF8')`},
			{"course_version_version_check", `update academy.course_version set version = 0`},
			{"course_version_revision_check", `update academy.course_version set revision = 0`},
			{"course_version_course_id_version_key", guardtest.Copy("course_version", `id = gen_random_uuid()`, `published_at = '2026-11-01Z'`)},
			{"course_version_one_draft", guardtest.Copy("course_version", `id = gen_random_uuid()`, `version = version + 10`)},
			{"enrolment_place_lesson_check", `update academy.enrolment set place_lesson = repeat('x', 41)`},
			{"enrolment_place_at_check", `update academy.enrolment set place_at = -1`},
			{"enrolment_place_at_check", `update academy.enrolment set place_at = 1001`},
			{"quiz_try_lesson_check", `update academy.quiz_try set lesson = ''`},
			{"quiz_try_items_check", `update academy.quiz_try set items = 0, correct = 0`},
			{"quiz_try_correct_check", `update academy.quiz_try set correct = -1`},
			{"quiz_try_correct_check", `update academy.quiz_try set correct = 2`},
			{"quiz_pool_lesson_check", `update academy.quiz_pool set lesson = ''`},
			{"lesson_done_lesson_check", `update academy.lesson_done set lesson = ''`},
			{"learning_path_code_check", `update academy.learning_path set code = 'No'`},
			{"learning_path_version_check", `update academy.learning_path set version = 0`},
			{"milestone_seq_check", `update academy.milestone set seq = 0`},
			{"milestone_kind_check", `update academy.milestone set kind = 'luck'`},
			{"milestone_ref_check", `update academy.milestone set ref = ''`},
			{"milestone_score_check", `update academy.milestone set score = -1`},
			{"milestone_score_check", `update academy.milestone set score = 10001`},
		},
		References: []string{
			"course_attachment.course_id", "course_version.course_id", "enrolment.version_id", "quiz_try.agent_id", "quiz_pool.version_id", "quiz_pool.question_version_id", "lesson_done.agent_id", "course_completion.agent_id",
		},
		AppendOnly: []string{
			"course", "course_attachment", "course_version", "quiz_try", "quiz_pool", "lesson_done", "course_completion", "learning_path", "milestone",
		},
		Undeletable: []string{"enrolment"},
		Nullable:    []string{"course_version.published_at"},
	}
}
