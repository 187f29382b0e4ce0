package academy_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"peakseat/academy"
	"peakseat/internal/dbtest"
	"peakseat/internal/guardtest"
	"peakseat/internal/postgres"
)

const (
	bank            = `'00000000-0000-0000-0000-000000000201'`
	question        = `'00000000-0000-0000-0000-000000000202'`
	questionVersion = `'00000000-0000-0000-0000-000000000203'`
	paper           = `'00000000-0000-0000-0000-000000000204'`
	paperVersion    = `'00000000-0000-0000-0000-000000000205'`
)

// bankGuards is a bank with one question, and a published paper that has it.
func bankGuards() guardtest.Schema {
	return guardtest.Schema{
		Fixture: `
insert into academy.bank values (` + bank + `, 'base', '基础', gen_random_uuid(), '2026-11-01Z');
insert into academy.question values (` + question + `, ` + bank + `, 'Q1', gen_random_uuid(), '2026-11-01Z', null, null);
insert into academy.question_version values (` + questionVersion + `, ` + question + `, 1, '售前/物流', 2, 'true_false', '{}', sha256('\x00'), gen_random_uuid(), '2026-11-01Z');
insert into academy.paper values (` + paper + `, 'base_exam', gen_random_uuid(), '2026-11-01Z');
insert into academy.paper_version values (` + paperVersion + `, ` + paper + `, 1, 1, 'published', '基础考试', 'Base exam', 60, 5, 8000, 3, 1440, 30, array[` + bank + `]::uuid[], '[]', gen_random_uuid(), '2026-11-01Z', gen_random_uuid(), '2026-11-01Z');
insert into academy.paper_pool values (` + paperVersion + `, ` + questionVersion + `);
`,
		Breaks: []guardtest.Break{
			{"bank_code_check", `update academy.bank set code = 'No'`},
			{"bank_code_key", guardtest.Copy("bank", `id = gen_random_uuid()`)},
			{"bank_name_check", `update academy.bank set name = ''`},
			{"question_ref_check", `update academy.question set ref = ''`},
			{"question_bank_id_ref_key", guardtest.Copy("question", `id = gen_random_uuid()`)},
			{"question_retired_check", `update academy.question set retired_at = '2026-11-02Z'`},
			{"question_version_version_check", `update academy.question_version set version = 0`},
			{"question_version_topic_check", `update academy.question_version set topic = ''`},
			{"question_version_difficulty_check", `update academy.question_version set difficulty = 0`},
			{"question_version_difficulty_check", `update academy.question_version set difficulty = 6`},
			{"question_version_kind_check", `update academy.question_version set kind = 'riddle'`},
			{"question_version_digest_check", `update academy.question_version set digest = 'x'`},
			{"question_version_question_id_version_key", guardtest.Copy("question_version", `id = gen_random_uuid()`)},
			{"paper_code_check", `update academy.paper set code = 'No'`},
			{"paper_code_key", guardtest.Copy("paper", `id = gen_random_uuid()`)},
			{"paper_version_version_check", `update academy.paper_version set version = 0`},
			{"paper_version_revision_check", `update academy.paper_version set revision = 0`},
			{"paper_version_state_check", `update academy.paper_version set state = 'mood', published_at = null, published_by = null`},
			{"paper_version_name_zh_check", `update academy.paper_version set name_zh = ''`},
			{"paper_version_name_en_check", `update academy.paper_version set name_en = ''`},
			{"paper_version_minutes_check", `update academy.paper_version set minutes = 0`},
			{"paper_version_minutes_check", `update academy.paper_version set minutes = 601`},
			{"paper_version_grace_seconds_check", `update academy.paper_version set grace_seconds = -1`},
			{"paper_version_grace_seconds_check", `update academy.paper_version set grace_seconds = 601`},
			{"paper_version_pass_score_check", `update academy.paper_version set pass_score = -1`},
			{"paper_version_pass_score_check", `update academy.paper_version set pass_score = 10001`},
			{"paper_version_max_attempts_check", `update academy.paper_version set max_attempts = 0`},
			{"paper_version_cool_down_minutes_check", `update academy.paper_version set cool_down_minutes = -1`},
			{"paper_version_max_overlap_check", `update academy.paper_version set max_overlap = -1`},
			{"paper_version_max_overlap_check", `update academy.paper_version set max_overlap = 101`},
			{"paper_version_bank_ids_check", `update academy.paper_version set bank_ids = '{}'`},
			{"paper_version_paper_id_version_key", guardtest.Copy("paper_version", `id = gen_random_uuid()`)},
			{"paper_version_published_check", `update academy.paper_version set published_at = null, published_by = null`},
			{"paper_version_published_check", `update academy.paper_version set published_by = null`},
			{"paper_version_published_check", `update academy.paper_version set state = 'draft'`},
			{"paper_version_one_draft", `insert into academy.paper_version select gen_random_uuid(), paper_id, 1 + n, 1, 'draft', name_zh, name_en, minutes, grace_seconds, pass_score, max_attempts, cool_down_minutes, max_overlap, bank_ids, blueprint, created_by, created_at from academy.paper_version, generate_series(1, 2) n`},
		},
		References: []string{
			"question.bank_id", "question_version.question_id", "paper_version.paper_id", "paper_pool.paper_version_id", "paper_pool.question_version_id",
		},
		AppendOnly:  []string{"bank", "question_version", "paper", "paper_pool"},
		Undeletable: []string{"question", "paper_version"},
		Nullable:    []string{"question.ref", "question.retired_by", "question.retired_at", "paper_version.published_by", "paper_version.published_at"},
	}
}

// A published version stands, and a question is retired once, whoever writes.
func TestPublishedStays(t *testing.T) {
	t.Parallel()
	conn := fixture(t, bankGuards().Fixture)
	for _, c := range [][2]string{
		{"", `update academy.question set retired_at = '2026-11-02Z', retired_by = gen_random_uuid()`},
		{"question_retired_once", `update academy.question set retired_at = null, retired_by = null`},
		{"paper_version_published", `update academy.paper_version set pass_score = 1`},
		{"paper_version_published", `update academy.paper_version set state = 'draft', published_at = null, published_by = null`},
		{"paper_version_published", `insert into academy.paper_pool values (` + paperVersion + `, gen_random_uuid())`},
	} {
		if _, err := conn.Exec(t.Context(), c[1]); postgres.Constraint(err) != c[0] || (err == nil) != (c[0] == "") {
			t.Errorf("%s: %v", c[1], err)
		}
	}
}

// fixture is a database with these rows, open to the superuser, whom no right stops.
func fixture(t *testing.T, rows string) *pgx.Conn {
	t.Helper()
	pools := dbtest.Open(t, academy.Module())
	conn, err := pgx.Connect(t.Context(), pools.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	if _, err := conn.Exec(t.Context(), `begin; set local session_replication_role = replica; `+rows+` commit`); err != nil {
		t.Fatal(err)
	}
	return conn
}
