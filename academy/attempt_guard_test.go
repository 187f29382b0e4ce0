package academy_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"peakseat/academy"
	"peakseat/internal/dbtest"
	"peakseat/internal/guardtest"
	"peakseat/internal/postgres"
)

const (
	sitting    = `'00000000-0000-0000-0000-000000000301'`
	openOne    = `'00000000-0000-0000-0000-000000000302'`
	gradeTask  = `'00000000-0000-0000-0000-000000000303'`
	raisedFlag = `'00000000-0000-0000-0000-000000000304'`
	grader     = `'` + guardtest.Operator + `'`
)

// attemptGuards is a graded attempt of which a person marked one question and looked at a flag, and an open one.
func attemptGuards() guardtest.Schema {
	attempt := func(id, number, state, closed string) string {
		return `insert into academy.attempt values (` + id + `, ` + learner + `, ` + paper + `, ` + paperVersion + `, ` + number + `, 150, gen_random_uuid(), '` + state + `',
			'2026-11-01Z', '2026-11-01T01:30Z', 5, 600, null, ` + closed + `);`
	}
	return guardtest.Schema{
		Fixture: attempt(sitting, `1`, `graded`, `'2026-11-01T01:00Z', 'agent', null`) + attempt(openOne, `2`, `open`, `null, null, null`) + `
insert into academy.paper_window values (gen_random_uuid(), ` + paper + `, '2026-11-01Z', '2026-11-02Z', gen_random_uuid(), '2026-11-01Z');
insert into academy.accommodation values (gen_random_uuid(), ` + learner + `, 150, 10, null, 'private', ` + grader + `, '2026-11-01Z');
insert into academy.attempt_item values (` + sitting + `, 1, ` + learner + `, ` + questionVersion + `, '售前', 2, '{}');
insert into academy.attempt_item values (` + sitting + `, 2, ` + learner + `, gen_random_uuid(), '售前', 2, '{}');
insert into academy.attempt_item values (` + openOne + `, 1, ` + learner + `, ` + questionVersion + `, '售前', 2, '{}');
insert into academy.attempt_form values (` + sitting + `, ` + learner + `, 7, '[[], []]');
insert into academy.attempt_answer values (` + sitting + `, 1, ` + learner + `, '{"truth": true}', 1, '2026-11-01Z');
insert into academy.attempt_answer values (` + openOne + `, 1, ` + learner + `, '{"truth": true}', 5, '2026-11-01Z');
insert into academy.attempt_event values (gen_random_uuid(), ` + sitting + `, ` + learner + `, 'taken_over', null, '2026-11-01Z');
insert into academy.grading_task values (` + gradeTask + `, ` + sitting + `, 2, 1, ` + learner + `, false, null, null, '2026-11-01Z');
insert into academy.mark values (` + sitting + `, 1, 0, ` + learner + `, null, null, 10000000, 'true', null, null, '2026-11-01Z');
insert into academy.mark values (` + sitting + `, 2, 1, ` + learner + `, ` + gradeTask + `, ` + grader + `, 10000000, null, '{3}', null, '2026-11-01Z');
insert into academy.grading values (` + sitting + `, 1, ` + learner + `, 10000, true, '[]', null, '2026-11-01Z');
insert into academy.exam_flag values (` + raisedFlag + `, array[` + learner + `]::uuid[], 'speed', ` + sitting + `, null, '{}', '2026-11-01Z');
insert into academy.exam_flag_decision values (` + raisedFlag + `, array[` + learner + `]::uuid[], ` + grader + `, false, 'a fast reader', '2026-11-01Z');
`,
		Breaks: []guardtest.Break{
			{"paper_window_check", `update academy.paper_window set closes_at = opens_at`},
			{"accommodation_time_factor_check", `update academy.accommodation set time_factor = 99`},
			{"accommodation_time_factor_check", `update academy.accommodation set time_factor = 401`},
			{"accommodation_pause_minutes_check", `update academy.accommodation set pause_minutes = -1`},
			{"accommodation_pause_minutes_check", `update academy.accommodation set pause_minutes = 241`},
			{"accommodation_reason_check", `update academy.accommodation set reason = ''`},
			{"accommodation_other_person", `update academy.accommodation set granted_by = agent_id`},
			{"attempt_number_check", `update academy.attempt set number = 0 where state = 'open'`},
			{"attempt_time_factor_check", `update academy.attempt set time_factor = 99`},
			{"attempt_time_factor_check", `update academy.attempt set time_factor = 401`},
			{"attempt_state_check", `update academy.attempt set state = 'mood' where state = 'graded'`},
			{"attempt_grace_seconds_check", `update academy.attempt set grace_seconds = -1`},
			{"attempt_grace_seconds_check", `update academy.attempt set grace_seconds = 601`},
			{"attempt_pause_left_check", `update academy.attempt set pause_left = -1`},
			{"attempt_closed_by_check", `update academy.attempt set closed_by = 'mood' where state = 'graded'`},
			{"attempt_time_check", `update academy.attempt set ends_at = started_at`},
			{"attempt_closed_check", `update academy.attempt set closed_by = null where state = 'graded'`},
			{"attempt_closed_check", `update academy.attempt set state = 'submitted' where state = 'open'`},
			{"attempt_paused_check", `update academy.attempt set paused_at = started_at`},
			{"attempt_screened_check", `update academy.attempt set screened_at = started_at`},
			{"attempt_agent_id_paper_id_number_key", guardtest.Copy("attempt", `id = gen_random_uuid()`)},
			{"attempt_one_open", guardtest.Copy("attempt", `id = gen_random_uuid()`, `number = number + 10`)},
			{"attempt_item_position_check", `update academy.attempt_item set position = 0 where position = 2`},
			{"attempt_item_points_check", `update academy.attempt_item set points = 0`},
			{"attempt_item_attempt_id_question_version_id_key", guardtest.Copy("attempt_item", `"position" = "position" + 10`)},
			{"attempt_answer_seq_check", `update academy.attempt_answer set seq = 0`},
			{"attempt_event_kind_check", `update academy.attempt_event set kind = 'mood'`},
			{"grading_task_round_check", `update academy.grading_task set round = 0`},
			{"grading_task_round_check", `update academy.grading_task set round = 4`},
			{"grading_task_reason_check", `update academy.grading_task set reason = ''`},
			{"grading_task_attempt_id_position_round_key", guardtest.Copy("grading_task", `id = gen_random_uuid()`)},
			{"mark_round_check", `update academy.mark set round = 4 where round = 1`},
			{"mark_round_check", `update academy.mark set round = -1 where round = 1`},
			{"mark_earned_check", `update academy.mark set earned = -1`},
			{"mark_earned_check", `update academy.mark set earned = 10000001`},
			{"mark_comment_check", `update academy.mark set comment = ''`},
			{"mark_attempt_id_position_grader_id_key", `insert into academy.mark select attempt_id, position, 2, agent_id, task_id, grader_id, earned, response, criteria, comment, marked_at from academy.mark where round = 1`},
			{"mark_grader_check", `update academy.mark set response = null where round = 0`},
			{"mark_grader_check", `update academy.mark set criteria = null where round = 1`},
			{"mark_grader_check", `update academy.mark set task_id = null where round = 1`},
			{"mark_grader_check", `update academy.mark set grader_id = null where round = 1`},
			{"mark_not_oneself", `update academy.mark set grader_id = agent_id where round = 1`},
			{"grading_seq_check", `update academy.grading set seq = 0`},
			{"grading_score_check", `update academy.grading set score = -1`},
			{"grading_score_check", `update academy.grading set score = 10001`},
			{"exam_flag_involved_check", `update academy.exam_flag set involved = '{}'`},
			{"exam_flag_kind_check", `update academy.exam_flag set kind = 'mood'`},
			{"exam_flag_other_check", `update academy.exam_flag set kind = 'similarity'`},
			{"exam_flag_once", guardtest.Copy("exam_flag", `id = gen_random_uuid()`)},
			{"exam_flag_decision_reason_check", `update academy.exam_flag_decision set reason = ''`},
			{"exam_flag_decision_other_person", `update academy.exam_flag_decision set decided_by = involved[1]`},
		},
		References: []string{
			"paper_window.paper_id", "attempt.paper_id", "attempt.paper_version_id", "attempt_item.attempt_id", "attempt_item.question_version_id", "attempt_answer.attempt_id", "attempt_form.attempt_id",
			"attempt_event.attempt_id", "grading_task.attempt_id", "mark.attempt_id", "mark.task_id", "grading.attempt_id", "exam_flag_decision.flag_id",
		},
		AppendOnly:  []string{"paper_window", "accommodation", "attempt_item", "attempt_form", "attempt_event", "mark", "grading", "exam_flag", "exam_flag_decision"},
		Undeletable: []string{"attempt", "attempt_answer", "grading_task"},
		Nullable: []string{
			"paper_window.opens_at", "paper_window.closes_at", "accommodation.until", "attempt.paused_at", "attempt.closed_at", "attempt.closed_by", "attempt.screened_at",
			"attempt_event.device", "grading_task.asked_by", "grading_task.reason", "mark.task_id", "mark.grader_id", "mark.response", "mark.criteria", "mark.comment",
			"grading.graded_by", "exam_flag.other_id",
		},
	}
}

// What the database refuses of an attempt whoever asks, and whatever a handler forgets.
func TestAttemptsAreKept(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), dbtest.Open(t, academy.Module()).URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	const examinee = `select set_config('app.account', ` + learner + `, true), set_config('app.role', 'agent', true); set local role peakseat_app; `
	for _, c := range []struct{ what, sql, refused string }{
		{"a closed attempt opens", `update academy.attempt set state = 'open', closed_at = null, closed_by = null where state = 'graded'`, "attempt_closed"},
		{"a graded one waits again", `update academy.attempt set state = 'submitted' where state = 'graded'`, "attempt_closed"},
		{"its end moves", `update academy.attempt set ends_at = ends_at + interval '1 hour' where state = 'graded'`, "attempt_closed"},
		{"its device changes", `update academy.attempt set device = gen_random_uuid() where state = 'graded'`, "attempt_closed"},
		{"it is compared", `update academy.attempt set screened_at = started_at where state = 'graded'`, ""},
		{"an older answer comes late", `update academy.attempt_answer set answer = '{}', seq = 4 where seq = 5`, "answer_newer"},
		{"another answer has the same seq", `update academy.attempt_answer set answer = '{}' where seq = 5`, "answer_newer"},
		{"an open attempt is answered", examinee + `update academy.attempt_answer set answer = '{}', seq = 6 where seq = 5`, ""},
		{"a closed attempt is answered", examinee + `insert into academy.attempt_answer values (` + sitting + `, 2, ` + learner + `, '{}', 1, '2026-11-01Z')`, "row-level security"},
		{"the examinee moves the end", examinee + `update academy.attempt set ends_at = ends_at + interval '1 hour'`, "permission denied"},
		{"the examinee reads the seed", examinee + `select seed from academy.attempt_form`, "permission denied"},
		{"the examinee says that it began", examinee + `insert into academy.attempt_event values (gen_random_uuid(), ` + openOne + `, ` + learner + `, 'started', null, '2026-11-01Z')`, "row-level security"},
	} {
		_, err := conn.Exec(t.Context(), `begin; set local session_replication_role = replica; `+bankGuards().Fixture+attemptGuards().Fixture+` set local session_replication_role = origin; `+c.sql)
		if (err == nil) != (c.refused == "") || err != nil && !strings.Contains(err.Error()+postgres.Constraint(err), c.refused) {
			t.Errorf("%s: %v", c.what, err)
		}
		if _, err := conn.Exec(t.Context(), `rollback`); err != nil {
			t.Fatal(err)
		}
	}
}
