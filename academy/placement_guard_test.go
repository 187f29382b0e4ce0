package academy_test

import (
	"testing"

	"peakseat/internal/guardtest"
	"peakseat/internal/postgres"
)

const (
	calibration   = `'00000000-0000-0000-0000-000000000601'`
	placementTest = `'00000000-0000-0000-0000-000000000602'`
	placement     = `'00000000-0000-0000-0000-000000000603'`
)

// placementGuards is a calibrated bank, a test of it, and an agent's placement that is open.
func placementGuards() guardtest.Schema {
	return guardtest.Schema{
		Fixture: `
insert into academy.calibration values (` + calibration + `, ` + bank + `, 'two_pl', 100, -1, gen_random_uuid(), '2026-11-01Z');
insert into academy.calibrated_item values (` + calibration + `, ` + questionVersion + `, 100, 1, 0, 0.1, 0.1);
insert into academy.placement_test values (` + placementTest + `, 'where', '定级', 'Placement', ` + bank + `, '', 5, 20, 35, gen_random_uuid(), '2026-11-01Z');
insert into academy.placement values (` + placement + `, ` + learner + `, ` + placementTest + `, 'open', '2026-11-01Z', null, null, 1, 0, 1);
insert into academy.placement_item values (` + placement + `, 1, ` + learner + `, ` + questionVersion + `, 1, 0, '{}', '{}', '2026-11-01Z');
insert into academy.placement_answer values (` + placement + `, 1, ` + learner + `, '{}', true, 0.3, 0.9, '2026-11-01Z');
`,
		Breaks: []guardtest.Break{
			{"calibration_model_check", `update academy.calibration set model = 'three_pl'`},
			{"calibration_examinees_check", `update academy.calibration set examinees = 0`},
			{"calibrated_item_answers_check", `update academy.calibrated_item set answers = 0`},
			{"calibrated_item_a_check", `update academy.calibrated_item set a = 0`},
			{"calibrated_item_a_check", `update academy.calibrated_item set a = 'NaN'`},
			{"calibrated_item_b_check", `update academy.calibrated_item set b = 101`},
			{"calibrated_item_b_check", `update academy.calibrated_item set b = 'NaN'`},
			{"calibrated_item_se_a_check", `update academy.calibrated_item set se_a = -1`},
			{"calibrated_item_se_b_check", `update academy.calibrated_item set se_b = -1`},
			{"placement_test_code_check", `update academy.placement_test set code = 'No'`},
			{"placement_test_code_key", guardtest.Copy("placement_test", `id = gen_random_uuid()`)},
			{"placement_test_name_zh_check", `update academy.placement_test set name_zh = ''`},
			{"placement_test_name_en_check", `update academy.placement_test set name_en = ''`},
			{"placement_test_topic_check", `update academy.placement_test set topic = repeat('x', 1001)`},
			{"placement_test_min_items_check", `update academy.placement_test set min_items = 0`},
			{"placement_test_max_items_check", `update academy.placement_test set max_items = 101`},
			{"placement_test_items_check", `update academy.placement_test set max_items = min_items - 1`},
			{"placement_test_target_se_check", `update academy.placement_test set target_se = 0`},
			{"placement_test_cool_down_minutes_check", `update academy.placement_test set cool_down_minutes = -1`},
			{"placement_test_target_se_check", `update academy.placement_test set target_se = 101`},
			{"placement_state_check", `update academy.placement set state = 'mood'`},
			{"placement_stopped_by_check", `update academy.placement set state = 'finished', finished_at = '2026-11-01Z', stopped_by = 'mood'`},
			{"placement_answered_check", `update academy.placement set answered = -1`},
			{"placement_se_check", `update academy.placement set se = 0`},
			{"placement_finished_check", `update academy.placement set state = 'finished'`},
			{"placement_finished_check", `update academy.placement set finished_at = '2026-11-01Z', stopped_by = 'length'`},
			{"placement_finished_check", `update academy.placement set state = 'finished', finished_at = '2026-11-01Z'`},
			{"placement_one_open", guardtest.Copy("placement", `id = gen_random_uuid()`)},
			{"placement_item_position_check", `update academy.placement_item set position = 0`},
			{"placement_item_placement_id_question_version_id_key", guardtest.Copy("placement_item", `"position" = 2`)},
			{"placement_answer_se_check", `update academy.placement_answer set se = 0`},
		},
		References: []string{
			"calibration.bank_id", "calibrated_item.calibration_id", "calibrated_item.question_version_id", "placement_test.bank_id",
			"placement.test_id", "placement_item.placement_id", "placement_item.question_version_id", "placement_answer.placement_id",
		},
		AppendOnly:  []string{"calibration", "calibrated_item", "placement_test", "placement_item", "placement_answer"},
		Undeletable: []string{"placement"},
		Nullable:    []string{"placement.finished_at", "placement.stopped_by"},
	}
}

// A placement that is finished stays as it was.
func TestFinishedPlacementStays(t *testing.T) {
	t.Parallel()
	conn := fixture(t, bankGuards().Fixture+placementGuards().Fixture)
	if _, err := conn.Exec(t.Context(), `update academy.placement set state = 'finished', finished_at = '2026-11-02Z', stopped_by = 'length'`); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `update academy.placement set ability = 3`); postgres.Constraint(err) != "placement_finished" {
		t.Errorf("a finished placement can be changed: %v", err)
	}
}
