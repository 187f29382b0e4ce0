package account_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/postgres"
)

// What the application's own role can reach by plain SQL, whatever a handler forgets.
func TestTheDatabaseRefusesOtherTenants(t *testing.T) {
	t.Parallel()
	h := setup(t)
	mine, theirs := h.merchant(t, "mine@example.com"), h.merchant(t, "theirs@example.com")
	operator := h.operator(t, "operator@example.com")
	h.do(t, "POST", "/api-keys", theirs.access, object{"name": "x", "role": "viewer", "scopes": []string{"account:read"}}).want(http.StatusCreated)
	h.do(t, "POST", "/invitations", theirs.access, object{"email": "x@example.com", "role": "viewer"}).want(http.StatusCreated)
	as := func(p person, role auth.Role, query string, args ...any) (rows int64, err error) {
		ctx := auth.WithActor(t.Context(), auth.Actor{AccountID: p.id, OrganisationID: p.organisation, Role: role, SessionID: uuid.New()})
		err = postgres.InTx(ctx, h.pools.App, func(tx *postgres.Tx) error {
			done := tx.Exec(query, args...)
			rows = done.RowsAffected
			return done.Error
		})
		return rows, err
	}
	for _, hidden := range []struct {
		query string
		args  []any
	}{
		{`select from account.account where id = ?`, []any{theirs.id}},
		{`select from account.password where account_id = ?`, []any{theirs.id}},
		{`select from account.organisation where id = ?`, []any{theirs.organisation}},
		{`select from account.membership where organisation_id = ?`, []any{theirs.organisation}},
		{`select from account.link where organisation_id = ?`, []any{theirs.organisation}},
		{`select from account.session where account_id = ?`, []any{theirs.id}},
		{`select from account.api_key where organisation_id = ?`, []any{theirs.organisation}},
		{`update account.account set version = 9 where id = ?`, []any{theirs.id}},
		{`update account.password set hash = '$argon2id$' where account_id = ?`, []any{theirs.id}},
		{`update account.organisation set name = 'x' where id = ?`, []any{theirs.organisation}},
		{`update account.session set ended_at = now(), ended_by = 'reuse' where account_id = ?`, []any{theirs.id}},
		{`select from account.account where id = ? for update`, []any{theirs.id}},
		{`delete from account.membership where organisation_id = ?`, []any{theirs.organisation}},
		{`delete from account.link where organisation_id = ?`, []any{theirs.organisation}},
		{`delete from account.api_key where organisation_id = ?`, []any{theirs.organisation}},
		{`delete from account.disablement`, nil},
	} {
		if rows, err := as(mine, auth.Owner, hidden.query, hidden.args...); err != nil || rows != 0 {
			t.Errorf("%s reaches %d rows of another tenant, %v", hidden.query, rows, err)
		}
		// the rows are there for their own
		if !strings.Contains(hidden.query, "update account.password") && !strings.HasPrefix(hidden.query, "delete") {
			if rows, err := as(theirs, auth.Owner, hidden.query, hidden.args...); err != nil || rows == 0 {
				t.Errorf("%s finds nothing for its own tenant, %v", hidden.query, err)
			}
		}
	}
	for _, refused := range []struct {
		role  auth.Role
		query string
		args  []any
	}{
		{auth.Owner, `insert into account.membership (organisation_id, organisation_kind, account_id, role, joined_at) values (?, 'merchant', ?, 'owner', now())`, []any{theirs.organisation, mine.id}},
		{auth.Owner, `insert into account.link (id, purpose, token_hash, organisation_id, organisation_kind, role, person_id, made_by, made_at, expires_at)
			values (gen_random_uuid(), 'invitation', 'x', ?, 'merchant', 'owner', gen_random_uuid(), ?, now(), now())`, []any{theirs.organisation, mine.id}},
		{auth.Owner, `insert into account.disablement (account_id, by, disabled_at) values (?, ?, now())`, []any{theirs.id, mine.id}},
		{auth.Owner, `insert into account.revocation (id, account_id, at) values (gen_random_uuid(), ?, now())`, []any{theirs.id}},
		{auth.Owner, `insert into account.api_key (id, organisation_id, account_id, name, hash, hint, role, scopes, made_at)
			values (gen_random_uuid(), ?, ?, 'x', 'x', 'x', 'owner', '{x}', now())`, []any{theirs.organisation, mine.id}},
		{auth.Owner, `select from account.refresh_token`, nil},
		{auth.Owner, `select from account.revocation`, nil},
		{auth.Owner, `update account.account set email_index = 'x' where id = ?`, []any{mine.id}},
		{auth.Owner, `update account.membership set role = 'viewer'`, nil},
		{auth.Owner, `update account.membership set joined_at = now()`, nil},
		{auth.Owner, `delete from account.account`, nil},
		{auth.Operator, `update account.account set name = 'x' where id = ?`, []any{theirs.id}},
	} {
		who := mine
		if refused.role == auth.Operator {
			who = operator
		}
		if _, err := as(who, refused.role, refused.query, refused.args...); postgres.Code(err) != "42501" {
			t.Errorf("%s is not refused: %v", refused.query, err)
		}
	}
	// nobody at all sees nothing
	if rows, err := as(person{}, "", `select from account.account`); err != nil || rows != 0 {
		t.Errorf("nobody sees %d accounts, %v", rows, err)
	}
}

func TestEveryTableIsUnderRowLevelSecurity(t *testing.T) {
	t.Parallel()
	h := setup(t)
	var open []string
	must(t, postgres.InTx(t.Context(), h.pools.System, func(tx *postgres.Tx) error {
		return tx.Raw(`select c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
			where n.nspname = 'account' and c.relkind = 'r' and c.relname <> 'goose_version' and not c.relrowsecurity`).Scan(&open).Error
	}))
	if len(open) != 0 {
		t.Errorf("open to every tenant: %v", open)
	}
}

// No e-mail address, name, password or secret stands anywhere in the database as it was typed.
func TestNothingPersonalIsStoredInPlainText(t *testing.T) {
	t.Parallel()
	h := setup(t)
	const email, name = "zhang.unmistakable@example.com", "Unmistakable Zhang"
	owner := h.merchant(t, "owner@example.com")
	operator := h.operator(t, "operator@example.com")
	made := h.do(t, "POST", "/accounts", "", object{"kind": "merchant", "email": email, "password": "an unmistakable password", "name": name, "organisation": "Moon Shop"}).want(http.StatusCreated)
	session := h.do(t, "POST", "/sessions", "", object{"email": email, "password": "an unmistakable password"}).want(http.StatusCreated)
	key := h.do(t, "POST", "/api-keys", session.text("access_token"), object{"name": "x", "role": "viewer", "scopes": []string{"account:read"}}).want(http.StatusCreated)
	waiting := h.do(t, "POST", "/invitations", owner.access, object{"email": "invited.unmistakable@example.com", "role": "viewer"}).want(http.StatusCreated)
	h.invite(t, owner, "accepted.unmistakable@example.com", "viewer")
	h.do(t, "POST", "/accounts/"+made.text("id")+"/reveal", operator.access, object{"reason": "x"}).want(http.StatusOK)
	h.do(t, "POST", "/accounts/"+made.text("id")+"/disablement", operator.access, object{"reason": "x"}).want(http.StatusNoContent)
	agent := h.agent(t, "agent@example.com")
	given := realName(zhangNumber)
	given["name"] = name
	h.do(t, "PUT", "/me/identity", agent.access, given).want(http.StatusOK)
	h.do(t, "POST", "/accounts/"+agent.id.String()+"/identity/reveal", operator.access, object{"reason": "x"}).want(http.StatusOK)
	h.do(t, "POST", "/accounts/"+agent.id.String()+"/identity/decision", operator.access, object{"version": 1, "reason": "x"}).want(http.StatusOK)
	secrets := []string{"nmistakable", zhangNumber, zhangCard, "13800138000", session.text("refresh_token"), session.text("access_token"), key.text("key"), waiting.text("token")}

	var scanned int
	must(t, postgres.InTx(t.Context(), h.pools.System, func(tx *postgres.Tx) error {
		var tables []struct{ Schema, Name string }
		err := tx.Raw(`select table_schema as schema, table_name as name from information_schema.table_privileges
			where privilege_type = 'SELECT' and grantee = 'peakseat_system' and table_schema in ('account', 'platform')`).Scan(&tables).Error
		if err != nil {
			return err
		}
		for _, table := range tables {
			var rows []string
			if err := tx.Raw(fmt.Sprintf(`select r::text from %s.%s r`, table.Schema, table.Name)).Scan(&rows).Error; err != nil {
				return err
			}
			scanned += len(rows)
			for _, row := range rows {
				for _, secret := range secrets {
					if strings.Contains(row, secret) || strings.Contains(row, hex.EncodeToString([]byte(secret))) || bytes.Contains(unhex(row), []byte(secret)) {
						t.Errorf("%s.%s holds %s in plain text: %s", table.Schema, table.Name, secret, row)
					}
				}
			}
		}
		return nil
	}))
	if scanned < 20 {
		t.Errorf("only %d rows were scanned", scanned)
	}
}

// unhex reads every bytea of a row as PostgreSQL prints it.
func unhex(row string) (all []byte) {
	for _, part := range strings.FieldsFunc(row, func(r rune) bool { return strings.ContainsRune(`(),"\x`, r) }) {
		if raw, err := hex.DecodeString(part); err == nil {
			all = append(append(all, raw...), 0)
		}
	}
	return all
}

func TestNamesAreMaskedForStrangers(t *testing.T) {
	t.Parallel()
	h := setup(t)
	owner, agent := h.merchant(t, "owner@example.com"), h.agent(t, "agent@example.com")
	viewer := h.invite(t, owner, "viewer@example.com", "viewer")
	names := func(who auth.Actor) (found map[uuid.UUID]string) {
		must(t, postgres.InTx(auth.WithActor(t.Context(), who), h.pools.App, func(tx *postgres.Tx) (err error) {
			found, err = h.Names(tx, []uuid.UUID{owner.id, agent.id, viewer.id, uuid.New()})
			return err
		}))
		return found
	}
	for _, c := range []struct {
		who                   auth.Actor
		owner, agent, viewers string
	}{
		{h.actor(t, owner.access), "Wang Xiaoming", "W*", "Li Hua"},
		{h.actor(t, agent.access), "W*", "Wang Xiaoming", "L*"},
		{auth.Actor{AccountID: uuid.New(), Role: auth.Operator, SessionID: uuid.New(), OrganisationID: uuid.New()}, "W*", "W*", "L*"},
		{auth.Actor{}, "W*", "W*", "L*"},
	} {
		got := names(c.who)
		if len(got) != 3 || got[owner.id] != c.owner || got[agent.id] != c.agent || got[viewer.id] != c.viewers {
			t.Errorf("%s reads %v", c.who.Role, got)
		}
	}
}
