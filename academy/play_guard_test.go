package academy_test

import "peakseat/internal/guardtest"

const (
	peerQuestion = `'00000000-0000-0000-0000-000000000801'`
	peerAnswer   = `'00000000-0000-0000-0000-000000000802'`
	talk         = `'00000000-0000-0000-0000-000000000803'`
)

// playGuards is an agent with points, an answered question, and a talk that they were at.
func playGuards() guardtest.Schema {
	return guardtest.Schema{
		Fixture: `
insert into academy.point_event values (gen_random_uuid(), ` + learner + `, 'course', 'base_course', 100, ` + course + `, '2026-11-01Z');
insert into academy.peer_question values (` + peerQuestion + `, ` + learner + `, 'How?', 'How?', '2026-11-01Z');
insert into academy.peer_answer values (` + peerAnswer + `, ` + peerQuestion + `, ` + learner + `, 'So.', '2026-11-01Z');
insert into academy.peer_acceptance values (gen_random_uuid(), ` + peerQuestion + `, ` + peerAnswer + `, ` + learner + `, '2026-11-01Z');
insert into academy.talk values (` + talk + `, '讲座', 'Talk', '方老师', 'https://example.com', 10, '2026-11-02Z', '2026-11-03Z', gen_random_uuid(), '2026-11-01Z');
insert into academy.talk_sign_up values (gen_random_uuid(), ` + talk + `, ` + learner + `, true, '2026-11-01Z');
insert into academy.talk_attendance values (gen_random_uuid(), ` + talk + `, ` + learner + `, true, gen_random_uuid(), '2026-11-02Z');
`,
		Breaks: []guardtest.Break{
			{"point_event_kind_check", `update academy.point_event set kind = 'luck'`},
			{"point_event_ref_check", `update academy.point_event set ref = ''`},
			{"point_event_points_check", `update academy.point_event set points = 0`},
			{"point_event_points_check", `update academy.point_event set points = 10001`},
			{"point_event_points_check", `update academy.point_event set points = -10001`},
			{"point_event_agent_id_kind_ref_cause_key", guardtest.Copy("point_event", `id = gen_random_uuid()`)},
			{"peer_question_title_check", `update academy.peer_question set title = ''`},
			{"peer_question_body_check", `update academy.peer_question set body = ''`},
			{"peer_answer_body_check", `update academy.peer_answer set body = ''`},
			{"talk_title_zh_check", `update academy.talk set title_zh = ''`},
			{"talk_title_en_check", `update academy.talk set title_en = ''`},
			{"talk_speaker_check", `update academy.talk set speaker = ''`},
			{"talk_link_check", `update academy.talk set link = 'javascript:alert(1)'`},
			{"talk_capacity_check", `update academy.talk set capacity = 0`},
			{"talk_ends_check", `update academy.talk set ends_at = starts_at`},
		},
		References: []string{
			"peer_answer.question_id", "peer_acceptance.question_id", "peer_acceptance.answer_id", "talk_sign_up.talk_id", "talk_attendance.talk_id",
		},
		AppendOnly: []string{"point_event", "peer_question", "peer_answer", "peer_acceptance", "talk", "talk_sign_up", "talk_attendance"},
		Nullable:   []string{"peer_acceptance.answer_id"},
	}
}
