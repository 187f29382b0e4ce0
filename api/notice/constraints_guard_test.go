package notice_test

import (
	"testing"

	"peakseat/api/notice"
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

// guards is a notice for an agent and one for a merchant's owners, both read.
func guards() guardtest.Schema {
	const toAgent, toOwners = `'00000000-0000-0000-0000-000000000401'`, `'00000000-0000-0000-0000-000000000402'`
	return guardtest.Schema{
		Name: "notice", Modules: []postgres.Module{notice.Module()},
		Fixture: `
insert into notice.notice (id, fact_id, account_id, kind, subject, figures, created_at) values (` + toAgent + `, gen_random_uuid(), '` + guardtest.Agent + `', 'told', '{}', '{}', '2026-11-01Z');
insert into notice.notice (id, fact_id, organisation_id, roles, kind, subject, figures, created_at)
	values (` + toOwners + `, gen_random_uuid(), '` + guardtest.Merchant + `', '{owner}', 'told', '{}', '{}', '2026-11-01Z');
insert into notice.reading values ('` + guardtest.Agent + `', ` + toAgent + `, '2026-11-01Z'), ('` + guardtest.Owner + `', ` + toOwners + `, '2026-11-01Z');
insert into notice.read_through values ('` + guardtest.Agent + `', '` + guardtest.Other + `', 1), ('` + guardtest.Owner + `', '` + guardtest.Merchant + `', 1);
`,
		Breaks: []guardtest.Break{
			{"notice_check", `update notice.notice set organisation_id = account_id, roles = '{owner}' where account_id is not null`},
			{"notice_check", `update notice.notice set account_id = null where account_id is not null`},
			{"notice_check1", `update notice.notice set roles = null where organisation_id is not null`},
			{"notice_kind_check", `update notice.notice set kind = 'Two words'`},
			{"notice_roles_check", `update notice.notice set roles = '{}' where organisation_id is not null`},
			{"notice_once_account", `delete from notice.notice where account_id is null; insert into notice.notice select gen_random_uuid(), nextval('notice.position'), fact_id, account_id,
				organisation_id, roles, kind, subject, figures, created_at from notice.notice`},
			{"notice_once_organisation", `delete from notice.notice where account_id is not null; insert into notice.notice select gen_random_uuid(), nextval('notice.position'), fact_id, account_id,
				organisation_id, roles, kind, subject, figures, created_at from notice.notice`},
			{"notice_position_key", guardtest.Copy("notice", "id = gen_random_uuid()", "fact_id = gen_random_uuid()")},
		},
		References: []string{"reading.notice_id"},
		AppendOnly: []string{"notice"},
		Nullable: []string{
			"notice.account_id", "notice.organisation_id", "notice.roles",
		},
	}
}
