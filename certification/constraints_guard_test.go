package certification_test

import (
	"testing"

	"peakseat/certification"
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

const holder = `'` + guardtest.Agent + `'`

// guards is one agent who holds one tag.
func guards() guardtest.Schema {
	return guardtest.Schema{
		Name: "certification", Modules: []postgres.Module{certification.Module()},
		Fixture: `
insert into certification.holder values (` + holder + `, 1);
insert into certification.held_tag values (` + holder + `, 'channel/chat', 2, '2027-11-01Z', 'seen', gen_random_uuid(), '2026-11-01Z');
insert into certification.tag_grant values (gen_random_uuid(), ` + holder + `, 1, 'channel/chat', 2, '2027-11-01Z', 'seen', gen_random_uuid(), '2026-11-01Z');
`,
		Breaks: []guardtest.Break{
			{"held_tag_evidence_check", `update certification.held_tag set evidence = ''`},
			{"held_tag_level_check", `update certification.held_tag set level = 0`},
			{"held_tag_level_check", `update certification.held_tag set level = 6`},
			{"tag_grant_level_check", `update certification.tag_grant set level = -1`},
			{"tag_grant_level_check", `update certification.tag_grant set level = 6`},
			{"tag_check", `update certification.tag set name = 'channel/other' where name = 'channel/chat'`},
			{"tag_dimension_check", `update certification.tag set dimension = 'mood', name = 'mood/' || value`},
			{"tag_value_check", `update certification.tag set value = 'No', name = dimension || '/No'`},
		},
		References: []string{"held_tag.agent_id", "held_tag.tag"},
		AppendOnly: []string{"tag_grant"},
		Nullable: []string{
			"tag_grant.expires_at",
		},
	}
}
