package account_test

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"path/filepath"
	"testing"

	"golang.org/x/sync/errgroup"

	"peakseat/api/account"
	"peakseat/internal/auth"
	"peakseat/internal/postgres"
	"peakseat/internal/seal"
)

// another is a second process on the same database and the same files of keys.
func (h *house) another(t *testing.T) *account.Service {
	t.Helper()
	deps := h.Deps
	var err error
	deps.Keyring, err = seal.OpenKeyring(filepath.Join(h.dir, "keyring.json"), false)
	must(t, err)
	deps.Index, err = seal.OpenIndex(filepath.Join(h.dir, "index.json"), false)
	must(t, err)
	return account.New(deps)
}

func quiet(int) {}

// readable is that everybody can sign in by e-mail, is called by name, and is known.
func (h *house) readable(t *testing.T, when string, people ...person) {
	t.Helper()
	for _, p := range people {
		again := h.signIn(t, p)
		if name := h.do(t, "GET", "/me", again.access, nil).want(http.StatusOK).text("name"); name != "Wang Xiaoming" {
			t.Errorf("%s %s is called %q", when, p.email, name)
		}
		h.do(t, "POST", "/accounts", "", object{"kind": "agent", "email": " " + p.email, "password": h.password, "name": "x"}).want(http.StatusConflict, "email_taken")
	}
}

func TestRotatedKeysReadEverythingAndOldOnesMayGo(t *testing.T) {
	t.Parallel()
	h := setup(t)
	owner, agent := h.merchant(t, "owner@example.com"), h.agent(t, "agent@example.com")
	link := h.do(t, "POST", "/invitations", owner.access, object{"email": "invited@example.com", "role": "viewer"}).want(http.StatusCreated).text("token")
	var sealed [][]byte
	names := func() (now [][]byte) {
		must(t, postgres.InTx(t.Context(), h.pools.System, func(tx *postgres.Tx) error {
			return tx.Raw(`select name from account.account order by id`).Scan(&now).Error
		}))
		return now
	}
	sealed = names()

	operator := h.another(t)
	oldSeal, oldIndex := operator.Keyring.KeyIDs()[0], operator.Index.KeyIDs()[0]
	newSeal, err := operator.Keyring.Stage()
	must(t, err)
	newIndex, err := operator.Index.Stage()
	must(t, err)
	if again, err := operator.Index.Stage(); err != nil || again != newIndex {
		t.Errorf("staged twice: %d and %d, %v", newIndex, again, err)
	}
	must(t, errors.Join(h.Keyring.Reload(), h.Index.Reload())) // the server, at its interval
	h.readable(t, "staged", owner, agent)
	must(t, errors.Join(operator.Keyring.Promote(newSeal), operator.Index.Promote(newIndex)))
	late := h.agent(t, "late@example.com") // the server has not seen the promotion: under the old keys
	must(t, errors.Join(h.Keyring.Reload(), h.Index.Reload()))
	fresh := h.agent(t, "fresh@example.com")
	h.readable(t, "promoted", owner, agent, late, fresh)

	if err := operator.RetireSealKey(t.Context(), oldSeal); !errors.Is(err, account.ErrKeyInUse) {
		t.Errorf("retiring the old seal key: %v, want ErrKeyInUse", err)
	}
	if err := operator.RetireIndexKey(t.Context(), oldIndex); !errors.Is(err, account.ErrKeyInUse) {
		t.Errorf("retiring the old index key: %v, want ErrKeyInUse", err)
	}
	for what, move := range map[string]func(context.Context, func(int)) (int, error){"data keys": operator.RewrapDataKeys, "indexes": operator.Reindex} {
		ctx, stop := context.WithCancel(t.Context())
		before, err := move(ctx, func(int) { stop() }) // ended after the accounts, before the invitations
		if !errors.Is(err, context.Canceled) || before != 3 {
			t.Errorf("%d %s were moved before the end, %v, want 3", before, what, err)
		}
		h.readable(t, "half moved", owner, agent, late, fresh)
		if after, err := move(t.Context(), quiet); err != nil || after != 1 {
			t.Errorf("%d %s were moved after it, %v, want 1", after, what, err)
		}
		if none, err := move(t.Context(), quiet); err != nil || none != 0 {
			t.Errorf("%d %s were moved twice, %v", none, what, err)
		}
	}
	now := names()
	for i := range sealed {
		if string(now[i]) != string(sealed[i]) {
			t.Error("a sealed name was changed")
		}
	}
	must(t, operator.RetireSealKey(t.Context(), oldSeal))
	must(t, operator.RetireIndexKey(t.Context(), oldIndex))
	for _, err := range []error{operator.RetireSealKey(t.Context(), oldSeal), operator.RetireIndexKey(t.Context(), oldIndex)} {
		if !errors.Is(err, seal.ErrUnknownKey) {
			t.Errorf("retired twice: %v", err)
		}
	}
	for _, err := range []error{operator.RetireSealKey(t.Context(), newSeal), operator.RetireIndexKey(t.Context(), newIndex)} {
		if !errors.Is(err, seal.ErrPrimaryKey) {
			t.Errorf("the key in use: %v", err)
		}
	}
	must(t, errors.Join(h.Keyring.Reload(), h.Index.Reload()))
	h.readable(t, "retired", owner, agent, late, fresh)
	h.do(t, "POST", "/invitations/acceptance", "", object{"token": link, "password": h.password, "name": "Li Hua"}).want(http.StatusCreated)
	for _, under := range []func(context.Context) (map[uint32]int, error){operator.DataKeysUnder, operator.IndexesUnder} {
		if rows, err := under(t.Context()); err != nil || len(rows) != 1 || rows[newSeal]+rows[newIndex] != 5 {
			t.Errorf("under the keys lie %v, %v, want 5 under the new one", rows, err)
		}
	}
}

// While one process stores under the new key and another still under the old, an e-mail is registered once.
func TestAnEmailIsRegisteredOnceWhileIndexKeysChange(t *testing.T) {
	t.Parallel()
	h := setup(t)
	before, after := h.another(t), h.another(t)
	id, err := after.Index.Stage()
	must(t, err)
	must(t, before.Index.Reload())
	must(t, after.Index.Promote(id)) // before has not seen it
	if before.Index.KeyIDs()[0] == after.Index.KeyIDs()[0] {
		t.Fatal("both use one key")
	}
	holder, err := h.pools.System.Pool.Begin(t.Context()) // both look before either of them can write
	must(t, err)
	defer holder.Rollback(context.WithoutCancel(t.Context())) //nolint:errcheck // it ends below
	_, err = holder.Exec(t.Context(), `lock table account.account in share row exclusive mode`)
	must(t, err)
	won := make([]bool, 2)
	var g errgroup.Group
	for i, process := range []*account.Service{before, after} {
		g.Go(func() error {
			_, err := process.Register(t.Context(), account.Registration{Email: "one@example.com", Password: h.password, Name: "x", Address: netip.IPv6Loopback()})
			won[i] = err == nil
			if errors.Is(err, account.ErrEmailTaken) {
				return nil
			}
			return err
		})
	}
	for waiting := 0; waiting < 2; {
		must(t, h.pools.System.Pool.QueryRow(t.Context(), `select count(*) from pg_catalog.pg_locks l join pg_catalog.pg_database d on d.oid = l.database
			where not l.granted and d.datname = current_database()`).Scan(&waiting))
	}
	must(t, holder.Rollback(t.Context()))
	must(t, g.Wait())
	if won[0] == won[1] {
		t.Errorf("won: %v, want one of them", won)
	}
}

func TestOldTokensAreGoodUntilTheirKeyIsRetired(t *testing.T) {
	t.Parallel()
	h := setup(t)
	p := h.agent(t, "agent@example.com")
	old := h.keys.SigningKeyID()
	operator, err := auth.OpenKeys(filepath.Join(h.dir, "keys"), false)
	must(t, err)
	fresh, err := operator.Rotate()
	must(t, err)
	must(t, h.keys.Reload())
	again := h.signIn(t, p)
	if h.keys.SigningKeyID() != fresh {
		t.Error("the new key does not sign")
	}
	h.do(t, "GET", "/me", p.access, nil).want(http.StatusOK)
	must(t, operator.Retire(old))
	must(t, h.keys.Reload())
	h.do(t, "GET", "/me", p.access, nil).want(http.StatusUnauthorized)
	h.do(t, "GET", "/me", again.access, nil).want(http.StatusOK)
	h.do(t, "POST", "/sessions/refresh", "", object{"refresh_token": p.refresh}).want(http.StatusOK) // sessions outlive keys
}
