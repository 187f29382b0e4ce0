package academy_test

import (
	"testing"

	"peakseat/academy"
	"peakseat/internal/dbtest"
	"peakseat/internal/guardtest"
	"peakseat/internal/postgres"
)

const (
	packShop  = `'00000000-0000-0000-0000-000000000701'`
	packPaper = `'00000000-0000-0000-0000-000000000702'`
	packBank  = `'00000000-0000-0000-0000-000000000703'`
	packOwner = `'` + guardtest.Merchant + `'`
)

// packGuards is a pack of one merchant's shop with a published version and a draft.
func packGuards() guardtest.Schema {
	return guardtest.Schema{
		Fixture: `
insert into academy.bank values (` + packBank + `, 'pack_bank', '小店', gen_random_uuid(), '2026-11-01Z', ` + packShop + `);
insert into academy.paper values (` + packPaper + `, 'pack_one', gen_random_uuid(), '2026-11-01Z', ` + packShop + `);
insert into academy.pack_draft values (` + packShop + `, ` + packOwner + `, 1, '{}', '{}', gen_random_uuid(), '2026-11-01Z');
insert into academy.pack_version values (` + packShop + `, 1, ` + packOwner + `, false, 1, ` + packPaper + `, '{}', '{}', '', '2026-11-02Z', gen_random_uuid(), '2026-11-01Z');
`,
		Breaks: []guardtest.Break{
			{"bank_of_shop", `insert into academy.bank values (gen_random_uuid(), 'pack_bank_2', '小店', gen_random_uuid(), '2026-11-01Z', ` + packShop + `)`},
			{"pack_draft_revision_check", `update academy.pack_draft set revision = 0`},
			{"pack_version_quiz", guardtest.Copy("pack_version", "version = 2", "paper_id = null", "quiz_version = 3")},
			{"pack_version_quiz", guardtest.Copy("pack_version", "version = 2", "paper_id = null", "quiz_version = 2")},
			{"pack_version_quiz", guardtest.Copy("pack_version", "version = 2", "paper_id = null", "quiz_version = 1")},
			{"pack_version_since_publication", guardtest.Copy("pack_version", "version = 2", "paper_id = null", "editorial = true", "published_at = '2026-11-03Z'")},
			{"pack_version_note_check", guardtest.Copy("pack_version", "version = 2", "paper_id = null", "editorial = true", "note = repeat('x', 501)")},
			{"pack_version_version_check", guardtest.Copy("pack_version", "version = 0", "quiz_version = 0", "paper_id = gen_random_uuid()")},
			{"pack_version_paper_id_key", guardtest.Copy("pack_version", "version = 2", "quiz_version = 2")},
		},
		References:  []string{"pack_version.paper_id"},
		AppendOnly:  []string{"pack_version"},
		Undeletable: []string{"pack_draft"},
		Nullable:    []string{"bank.shop_id", "paper.shop_id", "pack_version.paper_id"},
	}
}

// Versions follow each other, whoever writes them.
func TestVersionsOfAPackFollowEachOther(t *testing.T) {
	t.Parallel()
	pool := dbtest.Open(t, academy.Module()).System.Pool
	insert := func(version, quiz int, merchant, inForce string) error {
		_, err := pool.Exec(t.Context(), `insert into academy.pack_version (shop_id, version, merchant_id, editorial, quiz_version, body, quiz, note, in_force_at, published_by, published_at)
			values (`+packShop+`, $1, $2, true, $3, '{}', '{}', '', $4, gen_random_uuid(), '2026-11-01Z')`, version, merchant, quiz, inForce)
		return err
	}
	const later = "2026-11-03Z"
	if err := insert(1, 0, guardtest.Merchant, later); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"a version is left out":               insert(3, 0, guardtest.Merchant, later),
		"it comes into force before the last": insert(2, 0, guardtest.Merchant, "2026-11-02Z"),
		"it is another merchant's":            insert(2, 0, guardtest.Other, later),
		"an editorial version asks a quiz":    insert(2, 1, guardtest.Merchant, later),
	} {
		if postgres.Constraint(err) != "pack_version_follows" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := insert(2, 0, guardtest.Merchant, later); err != nil {
		t.Error(err)
	}
}
