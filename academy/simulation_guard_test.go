package academy_test

import "peakseat/internal/guardtest"

const (
	scenario        = `'00000000-0000-0000-0000-000000000501'`
	scenarioVersion = `'00000000-0000-0000-0000-000000000502'`
	run             = `'00000000-0000-0000-0000-000000000503'`
)

// simulationGuards is a scenario, a run of it that has ended, and one that goes on.
func simulationGuards() guardtest.Schema {
	return guardtest.Schema{
		Fixture: `
insert into academy.scenario values (` + scenario + `, 'presale_sizes', gen_random_uuid(), '2026-11-01Z');
insert into academy.scenario_version values (` + scenarioVersion + `, ` + scenario + `, 1, '{}', gen_random_uuid(), '2026-11-01Z');
insert into academy.simulation_run values (` + run + `, ` + learner + `, ` + scenarioVersion + `, 'zh', 7, '2026-11-01Z', '2026-11-01T00:10Z', '2026-11-01T00:05Z');
insert into academy.simulation_run values (gen_random_uuid(), ` + learner + `, ` + scenarioVersion + `, 'zh', 7, '2026-11-02Z', '2026-11-02T00:10Z', null);
insert into academy.simulation_reply values (` + run + `, 1, 'size', 'hello', 4000);
insert into academy.simulation_score values (` + run + `, 8000, true, '{}', '2026-11-01Z');
`,
		Breaks: []guardtest.Break{
			{"scenario_code_check", `update academy.scenario set code = 'No'`},
			{"scenario_code_key", guardtest.Copy("scenario", `id = gen_random_uuid()`)},
			{"scenario_version_version_check", `update academy.scenario_version set version = 0`},
			{"scenario_version_script_check", `update academy.scenario_version set script = ''`},
			{"scenario_version_scenario_id_version_key", guardtest.Copy("scenario_version", `id = gen_random_uuid()`)},
			{"simulation_run_language_check", `update academy.simulation_run set language = 'fr'`},
			{"simulation_run_ends_check", `update academy.simulation_run set ends_by = started_at, ended_at = null where ended_at is null`},
			{"simulation_run_ended_check", `update academy.simulation_run set ended_at = ends_by + interval '1 second'`},
			{"simulation_run_one_live", guardtest.Copy("simulation_run", `id = gen_random_uuid()`)},
			{"simulation_reply_seq_check", `update academy.simulation_reply set seq = 0`},
			{"simulation_reply_dialogue_check", `update academy.simulation_reply set dialogue = ''`},
			{"simulation_reply_body_check", `update academy.simulation_reply set body = ''`},
			{"simulation_reply_at_ms_check", `update academy.simulation_reply set at_ms = -1`},
			{"simulation_score_score_check", `update academy.simulation_score set score = -1`},
			{"simulation_score_score_check", `update academy.simulation_score set score = 10001`},
		},
		References: []string{"scenario_version.scenario_id", "simulation_run.version_id", "simulation_reply.run_id", "simulation_score.run_id"},
		AppendOnly: []string{"scenario", "scenario_version", "simulation_run", "simulation_reply", "simulation_score"},
		Nullable:   []string{"simulation_run.ended_at"},
	}
}
