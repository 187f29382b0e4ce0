package billing_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"peakseat/billing"
	"peakseat/internal/auth"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
	"peakseat/internal/web"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"
)

// Every table with a tenant has row-level security and policies; no role of the program may change what is append-only.
func TestTheDatabaseItselfGuardsTheTables(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var open []string
	must(t, w.pools.System.Pool.QueryRow(t.Context(), `
		select coalesce(array_agg(c.relname::text), '{}') from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
		where n.nspname = 'billing' and c.relkind = 'r' and c.relname <> 'goose_version' and not c.relrowsecurity`).Scan(&open))
	if len(open) > 0 {
		t.Errorf("open to every tenant: %v", open)
	}
	for _, role := range []postgres.Role{postgres.App, postgres.System, postgres.Claim} {
		for _, table := range []string{"account", "transaction", "posting", "balance", "quote", "quote_line", "settlement", "credit", "price_book", "lifted_lateness"} {
			for _, right := range []string{"update", "delete", "truncate"} {
				var has bool
				must(t, w.pools.System.Pool.QueryRow(t.Context(), `select has_table_privilege($1, 'billing.' || $2, $3) or ($3 = 'update' and has_any_column_privilege($1, 'billing.' || $2, $3))`,
					string(role), table, right).Scan(&has))
				if has {
					t.Errorf("%s may %s billing.%s", role, right, table)
				}
			}
		}
	}
}

// Whoever got hold of the application's own connection cannot edit the books or make money.
func TestTheApplicationCannotEditTheBooks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.booking(monday().AddDate(0, 0, 7), 240, 1)
	w.confirmed(b)
	var wallet, escrow, held uuid.UUID
	must(t, w.pools.System.Pool.QueryRow(t.Context(), `select
		(select id from billing.account where kind = 'wallet' and owner = $1), (select id from billing.account where kind = 'escrow' and owner = $2),
		(select id from billing.transaction where cause_kind = 'hold')`, w.merchant, b.ID).Scan(&wallet, &escrow, &held))
	stranger := as(t, auth.Owner, uuid.New())
	insert := func(id uuid.UUID, cause string, postings ...any) func(tx *postgres.Tx) error {
		return func(tx *postgres.Tx) error {
			err := tx.Exec(`insert into billing.transaction (id, cause_kind, cause_id, merchant_id, at) values (?, ?, ?, ?, ?)`,
				id, cause, uuid.New(), tx.Actor.OrganisationID, tx.Now).Error
			for i := 0; err == nil && i < len(postings); i += 2 {
				err = tx.Exec(`insert into billing.posting (transaction_id, line, account_id, amount, currency) values (?, ?, ?, ?, 'CNY')`,
					id, i+1, postings[i], postings[i+1]).Error
			}
			return err
		}
	}
	run := func(sql string) func(tx *postgres.Tx) error {
		return func(tx *postgres.Tx) error { return tx.Exec(sql).Error }
	}
	for _, c := range []struct {
		name  string
		db    *postgres.DB
		actor context.Context
		do    func(tx *postgres.Tx) error
		code  string
	}{
		{"update a posting", w.pools.App, w.owner, run(`update billing.posting set amount = 1`), "42501"},
		{"delete a posting", w.pools.App, w.owner, run(`delete from billing.posting`), "42501"},
		{"truncate postings", w.pools.App, w.owner, run(`truncate billing.posting`), "42501"},
		{"update a balance", w.pools.App, w.owner, run(`update billing.balance set amount = amount + 1`), "42501"},
		{"update a balance as the system", w.pools.System, w.owner, run(`update billing.balance set amount = amount + 1`), "42501"},
		{"update a transaction as the system", w.pools.System, w.owner, run(`update billing.transaction set at = now()`), "42501"},
		{"one side only", w.pools.App, w.owner, insert(uuid.New(), "hold", escrow, 5), "23514"},
		{"no postings", w.pools.App, w.owner, insert(uuid.New(), "hold"), "23514"},
		{"one side only as the system", w.pools.System, w.owner, insert(uuid.New(), "ruling", wallet, 5), "23514"},
		{"more than the wallet holds", w.pools.App, w.owner, insert(uuid.New(), "hold", wallet, -5, escrow, 5), "23514"},
		{"a cause that is the system's", w.pools.App, w.owner, insert(uuid.New(), "top_up", wallet, 5, escrow, -5), "42501"},
		{"another's wallet", w.pools.App, stranger, insert(uuid.New(), "hold", wallet, 5, escrow, -5), "42501"},
		{"one more posting of an old transaction", w.pools.App, w.owner, func(tx *postgres.Tx) error {
			return tx.Exec(`insert into billing.posting (transaction_id, line, account_id, amount, currency) values (?, 9, ?, -1, 'CNY')`, held, escrow).Error
		}, "23514"},
		{"an account with a balance of one's own", w.pools.App, w.owner, func(tx *postgres.Tx) error {
			return tx.Exec(`insert into billing.account (id, kind, owner, currency, agent_id) values (?, 'earnings', ?, 'CNY', ?)`,
				uuid.New(), tx.Actor.AccountID, tx.Actor.AccountID).Error
		}, "42501"},
	} {
		err := postgres.InTx(c.actor, c.db, c.do)
		if postgres.Code(err) != c.code {
			t.Errorf("%s: got %v, want %s", c.name, err, c.code)
		}
	}
	w.proven()
}

func TestTheOwnersTriggersRefuseToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.topUp(100)
	owner, err := postgres.Open(t.Context(), w.pools.URL, postgres.Owner, postgres.Options{})
	must(t, err)
	t.Cleanup(owner.Close)
	for _, sql := range []string{
		`update billing.posting set amount = 1`, `delete from billing.posting`, `truncate billing.posting`,
		`update billing.transaction set at = at`, `delete from billing.transaction`, `truncate billing.transaction cascade`,
		`delete from billing.balance`, `truncate billing.balance`, `update billing.price_book set version = 9`, `delete from billing.account`,
	} {
		_, err := owner.Pool.Exec(t.Context(), sql)
		if postgres.Code(err) != "23001" {
			t.Errorf("%s: got %v, want a refusal", sql, err)
		}
	}
}

func TestAnotherTenantsMoneyIsNotFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.booking(monday().AddDate(0, 0, 7), 240, 1)
	w.confirmed(b)
	agent := uuid.New()
	s := w.worked(b, 0, agent, 200)
	stranger, other := as(t, auth.Owner, uuid.New()), asAgent(t, uuid.New())
	_, err := w.billing.Approve(stranger, s.ID)
	refused(t, err, fault.ErrNotFound)
	_, err = w.billing.Approve(asAgent(t, agent), s.ID) // one's own timesheet, but not the merchant
	refused(t, err, fault.ErrNotFound)
	_, err = w.billing.Dispute(stranger, s.ID, 5, "mine")
	refused(t, err, fault.ErrNotFound)
	_, err = w.billing.Object(other, s.ID, 5, "mine")
	refused(t, err, fault.ErrNotFound)
	_, err = w.billing.Timesheet(other, s.ID)
	refused(t, err, fault.ErrNotFound)
	d, err := w.billing.Dispute(w.owner, s.ID, 5, "late")
	must(t, err)
	_, err = w.billing.Answer(stranger, d.ID, "mine")
	refused(t, err, fault.ErrNotFound)
	_, err = w.billing.Answer(w.owner, d.ID, "answering oneself")
	refused(t, err, fault.ErrNotFound)
	for _, c := range []struct {
		who  context.Context
		want int
	}{{w.owner, 1}, {asAgent(t, agent), 1}, {w.operator, 1}, {stranger, 0}, {other, 0}} {
		var list *web.List[billing.Timesheet]
		list, err = w.billing.Timesheets(c.who, billing.TimesheetFilter{}, web.Page{Limit: 10})
		must(t, err)
		if len(list.Items) != c.want {
			t.Errorf("sees %d timesheets, want %d", len(list.Items), c.want)
		}
	}
	wallet, err := w.billing.Wallet(stranger)
	must(t, err)
	if wallet.Escrow.Amount != 0 {
		t.Errorf("a stranger sees %+v", wallet)
	}
}

func TestASettlementHappensOnce(t *testing.T) {
	t.Parallel()
	const callers = 12
	w := newWorld(t)
	b := w.booking(monday().AddDate(0, 0, 7), 240, 1)
	q := w.confirmed(b)
	s := w.worked(b, 0, uuid.New(), 240)
	won := count(t, callers, func(int) (bool, error) {
		_, err := w.billing.Approve(w.owner, s.ID)
		if errors.Is(err, billing.ErrApproved) {
			return false, nil
		}
		return err == nil, err
	})
	if won != 1 {
		t.Errorf("%d of %d approvals settled, want 1", won, callers)
	}
	if got := w.bill(b); got.Charged != q.Total {
		t.Errorf("charged %v of %v", got.Charged, q.Total)
	}
	w.proven()
}

// Agents work for several bookings at once, and all is approved at once: the year's tax is as if one after the other.
func TestSettlementsAtOnceWithholdAsOneByOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	agents := []uuid.UUID{uuid.New(), uuid.New(), uuid.New()}
	var sheets []billing.Timesheet
	for range 4 {
		b := w.booking(monday().AddDate(0, 0, 7), 480, len(agents), len(agents))
		b.CampaignMultiplier = 100_000 // ten times the pay, so that there is tax to withhold
		w.change(b)
		w.confirmed(b)
		for _, agent := range agents {
			sheets = append(sheets, w.worked(b, 0, agent, 479), w.worked(b, 1, agent, 333))
		}
	}
	count(t, len(sheets), func(i int) (bool, error) {
		_, err := w.billing.Approve(w.owner, sheets[i].ID)
		return err == nil, err
	})
	for _, agent := range agents {
		e, err := w.billing.Earnings(asAgent(t, agent), web.Page{Limit: 50})
		must(t, err)
		gross := e.Payable.Amount + e.Withheld.Amount
		taxable := gross*8_000 - 5_000_00*10_000 // in ten-thousandths of a fen
		if want := (taxable*300 + 50_000_000) / 100_000_000; e.Withheld.Amount != want || want <= 0 || len(e.Lines) != 8 {
			t.Errorf("%d of %d withheld in %d lines, want %d", e.Withheld.Amount, gross, len(e.Lines), want)
		}
	}
	w.proven()
}

func TestTwoSweepersNeverActTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.booking(monday().AddDate(0, 0, 7), 240, 40)
	w.confirmed(b)
	for i := range 40 {
		s := w.worked(b, 0, uuid.New(), 200)
		if i%4 == 0 {
			_, err := w.billing.Dispute(w.owner, s.ID, 10, "late")
			must(t, err)
		}
	}
	w.setClock(monday().Add(8 * 24 * time.Hour))
	approved, ruled := make([]int, 4), make([]int, 4)
	count(t, 4, func(i int) (_ bool, err error) {
		if approved[i], err = w.billing.ApproveDue(t.Context()); err != nil {
			return false, err
		}
		ruled[i], err = w.billing.RuleDue(t.Context())
		return true, err
	})
	if sum(approved) != 40 || sum(ruled) != 10 {
		t.Errorf("four sweepers approved %v and ruled %v, want 40 and 10 in all", approved, ruled)
	}
	w.proven()
}

// The sweeps run by themselves until they are told to end.
func TestDeadlinesActByThemselves(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.booking(monday().AddDate(0, 0, 7), 240, 1)
	w.confirmed(b)
	s := w.worked(b, 0, uuid.New(), 240)
	_, err := w.billing.Dispute(w.owner, s.ID, 40, "late")
	must(t, err)
	w.setClock(monday().Add(8 * 24 * time.Hour))
	ctx, end := context.WithTimeout(t.Context(), time.Minute)
	defer end()
	var group errgroup.Group
	for _, loop := range w.billing.Loops() {
		group.Go(func() error { return loop(ctx) })
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for settled := int64(0); settled < 240 && ctx.Err() == nil; {
		<-tick.C
		got, readErr := w.billing.Timesheet(w.owner, s.ID)
		must(t, readErr)
		settled = got.Settled
	}
	if ctx.Err() != nil {
		t.Error("the deadlines did not act within a minute")
	}
	end()
	must(t, group.Wait())
	w.proven()
}

// Holds from one wallet race for its last yuan; nobody gets what is not there.
func TestAWalletIsNeverOverdrawn(t *testing.T) {
	t.Parallel()
	const racers = 8
	w := newWorld(t)
	quotes := make([]billing.Quote, racers)
	for i := range quotes {
		b := w.booking(monday().AddDate(0, 0, 7), 240, 1)
		var err error
		quotes[i], err = w.billing.Quote(w.owner, b.ID, 1)
		must(t, err)
	}
	w.topUp(3*quotes[0].Total.Amount + 1)
	won := count(t, racers, func(i int) (bool, error) {
		_, err := w.hold(quotes[i].BookingID, quotes[i].ID)
		if errors.Is(err, billing.ErrInsufficientFunds) {
			return false, nil
		}
		return err == nil, err
	})
	if got := w.wallet(); won != 3 || got.Available.Amount != 1 {
		t.Errorf("%d of %d held, %v left, want 3 and one fen", won, racers, got.Available)
	}
	w.proven()
}

func TestAFactToldTwiceActsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.booking(monday().AddDate(0, 0, 7), 240, 2)
	q := w.confirmed(b)
	f, end := finished(b, 0, uuid.New(), 240), ended(b, 0, 1)
	must(t, w.told(end, f, f, end, end))
	if got := w.wallet(); got.Escrow.Amount != charge(q, 240) {
		t.Errorf("escrow %v, want one seat of %v", got.Escrow, q.Total)
	}
	w.proven()

	over := finished(b, 0, uuid.New(), 10) // no minutes are left for it
	if err := w.told(over); postgres.Constraint(err) != "hold_line_covers_claims" {
		t.Errorf("minutes beyond the hold: got %v", err)
	}
	w.proven()
}

// count runs n calls at once and says how many won.
func count(tb testing.TB, n int, call func(i int) (bool, error)) int {
	tb.Helper()
	won := make([]bool, n)
	start := make(chan struct{})
	var group errgroup.Group
	for i := range n {
		group.Go(func() (err error) {
			<-start
			if won[i], err = call(i); err != nil {
				return fmt.Errorf("call %d: %w", i, err)
			}
			return nil
		})
	}
	close(start)
	if err := group.Wait(); err != nil {
		tb.Error(err)
	}
	total := 0
	for _, w := range won {
		if w {
			total++
		}
	}
	return total
}

func sum(list []int) (total int) {
	for _, n := range list {
		total += n
	}
	return total
}
