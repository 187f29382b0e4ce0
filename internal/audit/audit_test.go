package audit_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/audit"
	"peakseat/internal/auth"
	"peakseat/internal/dbtest"
	"peakseat/internal/postgres"
	"peakseat/internal/telemetry"
)

func TestAnActLeavesARowThatOperatorsRead(t *testing.T) {
	t.Parallel()
	db := open(t)
	operator := auth.Actor{AccountID: uuid.New(), Role: auth.Operator}
	ctx := telemetry.WithRequestID(auth.WithActor(t.Context(), operator), "req-1")
	err := postgres.InTx(ctx, db.app, func(tx *postgres.Tx) error {
		return audit.Record(tx, audit.Entry{Action: "account.disabled", Subject: "a-1", Reason: "fraud", Detail: map[string]int{"sessions": 2}})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := postgres.InTx(t.Context(), db.system, func(tx *postgres.Tx) error {
		return audit.Record(tx, audit.Entry{Action: "payout.sent", Subject: "p-1"})
	}); err != nil {
		t.Fatal(err)
	}
	rows := list(ctx, t, db.app, audit.Filter{})
	if len(rows) != 2 {
		t.Fatalf("an operator reads %d rows, want 2", len(rows))
	}
	got := rows[1]
	if age := time.Since(got.At); age < 0 || age > time.Minute || got.ID.Version() != 7 {
		t.Errorf("row of %v ago with id %s", age, got.ID)
	}
	want := audit.Row{
		ID: got.ID, At: got.At, Actor: &operator.AccountID, Role: "operator", Action: "account.disabled",
		Subject: "a-1", Reason: "fraud", Detail: []byte(`{"sessions":2}`), RequestID: "req-1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("row (-want +got):\n%s", diff)
	}
	if own := rows[0]; own.Actor != nil || own.Role != "system" || own.Detail != nil {
		t.Errorf("the program's own row = %+v, want no actor, role system, no detail", own)
	}
	if rows := list(ctx, t, db.app, audit.Filter{Subject: "p-1"}); len(rows) != 1 {
		t.Errorf("%d rows of one subject, want 1", len(rows))
	}
	owner := auth.WithActor(t.Context(), auth.Actor{AccountID: uuid.New(), Role: auth.Owner, OrganisationID: uuid.New()})
	if rows := list(owner, t, db.app, audit.Filter{}); len(rows) != 0 {
		t.Errorf("a merchant reads %d rows, want 0", len(rows))
	}
}

func TestNobodyActsInAnothersName(t *testing.T) {
	t.Parallel()
	db := open(t)
	ctx := auth.WithActor(t.Context(), auth.Actor{AccountID: uuid.New(), Role: auth.Operator})
	err := postgres.InTx(ctx, db.app, func(tx *postgres.Tx) error {
		return tx.Exec(`insert into platform.audit values (gen_random_uuid(), '2026-01-01Z', gen_random_uuid(), 'operator', 'a.b', '', '', null, '')`).Error
	})
	if postgres.Code(err) != "42501" {
		t.Errorf("a row in another's name: %v, want refused", err)
	}
}

func TestNobodyChangesTheTrail(t *testing.T) {
	t.Parallel()
	db := open(t)
	db.acts(t, 3)
	for _, sql := range []string{
		`update platform.audit set reason = 'none'`, `delete from platform.audit`, `truncate platform.audit`,
		`update platform.audit_seal set seq = seq + 10`, `delete from platform.audit_seal`, `truncate platform.audit_seal`,
	} {
		if _, err := db.admin.Exec(t.Context(), sql); postgres.Code(err) != "23001" {
			t.Errorf("superuser: %s: %v, want a restrict violation", sql, err)
		}
		for _, pool := range []*postgres.DB{db.app, db.system} {
			if _, err := pool.Pool.Exec(t.Context(), sql); postgres.Code(err) != "42501" {
				t.Errorf("%s: %s: %v, want no right", pool.Role, sql, err)
			}
		}
	}
	for _, sql := range []string{
		`insert into platform.audit_seal values (99, gen_random_uuid(), decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'))`,
		`delete from platform.audit_unsealed`, `select platform.audit_enqueue()`,
	} {
		if _, err := db.app.Pool.Exec(t.Context(), sql); postgres.Code(err) != "42501" {
			t.Errorf("%s: %s: %v, want no right", db.app.Role, sql, err)
		}
	}
}

// Each tampering is done as the superuser with all triggers off, and Verify names the row.
func TestVerifyNamesTheRowThatWasTamperedWith(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		sql  string // $1: the row
		seq  int64  // where Verify must stop; the row is the chain's 5th of 10
		row  bool   // it names the row
	}{
		{"reason changed", `update platform.audit set reason = 'x' where id = $1`, 5, true},
		{"actor removed", `update platform.audit set actor = null where id = $1`, 5, true},
		{"time moved by a microsecond", `update platform.audit set at = at + interval '1 microsecond' where id = $1`, 5, true},
		{"text moved between columns", `update platform.audit set subject = subject || left(reason, 1), reason = substr(reason, 2) where id = $1`, 5, true},
		{"absent detail made empty", `update platform.audit set detail = '' where id = $1`, 5, true},
		{"row removed", `delete from platform.audit where id = $1`, 5, true},
		{"row and seal removed", `with a as (delete from platform.audit where id = $1) delete from platform.audit_seal where audit_id = $1`, 5, false},
		{"seal removed", `delete from platform.audit_seal where audit_id = $1`, 5, false},
		{"seal changed", `update platform.audit_seal set hash = decode(repeat('ab', 32), 'hex') where audit_id = $1`, 5, true},
		{"row put in", `insert into platform.audit select '00000000-0000-7000-8000-000000000000', at, actor, role, action, subject, reason, detail, request_id
			from platform.audit where id = $1`, 0, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			db.acts(t, 10)
			if err := audit.Verify(t.Context(), db.system); err != nil {
				t.Fatalf("before: %v", err)
			}
			var row uuid.UUID
			if err := db.admin.QueryRow(t.Context(), `select audit_id from platform.audit_seal where seq = 5`).Scan(&row); err != nil {
				t.Fatal(err)
			}
			db.tamper(t, test.sql, row)
			var broken *audit.BrokenError
			if err := audit.Verify(t.Context(), db.system); !errors.As(err, &broken) {
				t.Fatalf("Verify = %v, want a broken row", err)
			}
			if broken.Seq != test.seq || test.row && broken.AuditID != row {
				t.Errorf("Verify names seal %d and row %s (%s), want %d and %s", broken.Seq, broken.AuditID, broken.Why, test.seq, row)
			}
		})
	}
}

func TestARewrittenChainDoesNotGoThroughTheCheckpoint(t *testing.T) {
	t.Parallel()
	db := open(t)
	db.acts(t, 10)
	var kept audit.Checkpoint
	in(t.Context(), t, db.system, func(tx *postgres.Tx) (err error) {
		kept, err = audit.Head(tx)
		return err
	})
	if kept.Seq != 10 {
		t.Fatalf("head = %d, want 10", kept.Seq)
	}
	db.acts(t, 2)
	if err := audit.Verify(t.Context(), db.system, kept); err != nil {
		t.Fatalf("a chain that grew: %v", err)
	}
	db.tamper(t, `update platform.audit set reason = 'x' where id = (select audit_id from platform.audit_seal where seq = 3) and $1::uuid is not null`, uuid.New())
	db.tamper(t, `with s as (delete from platform.audit_seal returning audit_id) insert into platform.audit_unsealed
		select audit_id from s where $1::uuid is not null`, uuid.New())
	if _, err := audit.Seal(t.Context(), db.system, time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := audit.Verify(t.Context(), db.system); err != nil {
		t.Fatalf("a chain made anew is whole in itself: %v", err)
	}
	var broken *audit.BrokenError
	if err := audit.Verify(t.Context(), db.system, kept); !errors.As(err, &broken) || broken.Seq != 10 {
		t.Errorf("Verify with the checkpoint = %v, want broken at 10", err)
	}
}

func TestARowRemovedBeforeItsSealIsMissed(t *testing.T) {
	t.Parallel()
	db := open(t)
	db.record(t, 1)
	db.tamper(t, `delete from platform.audit where $1::uuid is not null`, uuid.New())
	var broken *audit.BrokenError
	if err := audit.Verify(t.Context(), db.system); !errors.As(err, &broken) {
		t.Errorf("Verify = %v, want a broken row", err)
	}
}

// Several programs seal while acts go on, some of which commit late.
func TestTheChainHoldsWhileManyWriteAndManySeal(t *testing.T) {
	t.Parallel()
	db := open(t)
	const writers, each = 8, 25
	g, ctx := errgroup.WithContext(t.Context())
	for w := range writers {
		g.Go(func() error {
			for n := range each {
				err := postgres.InTx(ctx, db.system, func(tx *postgres.Tx) error {
					if err := audit.Record(tx, audit.Entry{Action: "thing.done", Subject: fmt.Sprint(w, n)}); err != nil || n%10 != 0 {
						return err
					}
					return tx.Exec(`select pg_sleep(0.05)`).Error
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	for range 3 {
		g.Go(func() error {
			for sealed := 0; sealed < writers*each; {
				if _, err := audit.Seal(ctx, db.system, time.Now()); err != nil {
					return err
				}
				if err := db.system.Pool.QueryRow(ctx, `select count(*) from platform.audit_seal`).Scan(&sealed); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if err := audit.Verify(t.Context(), db.system); err != nil {
		t.Error(err)
	}
}

func TestTheSealerSealsByItself(t *testing.T) {
	t.Parallel()
	db := open(t)
	db.record(t, 3)
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	var g errgroup.Group
	sealer := audit.Sealer{DB: db.system, Log: slog.New(slog.DiscardHandler)}
	g.Go(func() error { return sealer.Run(ctx) })
	for sealed := 0; sealed < 3; {
		if err := db.system.Pool.QueryRow(ctx, `select count(*) from platform.audit_seal`).Scan(&sealed); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
}

type database struct {
	app, system *postgres.DB
	admin       *pgx.Conn
}

func open(t *testing.T) *database {
	t.Helper()
	var key strings.Builder
	key.WriteString("audit\n")
	files := postgres.Platform().Files
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, failed := fs.ReadFile(files, name)
		if failed != nil {
			t.Fatal(failed)
		}
		key.Write(text)
	}
	url := dbtest.URL(t, func(ctx context.Context, url string) error {
		return postgres.Migrate(ctx, url, postgres.Platform())
	}, key.String())
	db := &database{}
	for role, to := range map[postgres.Role]**postgres.DB{postgres.App: &db.app, postgres.System: &db.system} {
		opened, failed := postgres.Open(t.Context(), url, role, postgres.Options{})
		if failed != nil {
			t.Fatal(failed)
		}
		t.Cleanup(opened.Close)
		*to = opened
	}
	if db.admin, err = pgx.Connect(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.admin.Close(context.Background()) })
	return db
}

// acts records n acts and seals them.
func (db *database) acts(t *testing.T, n int) {
	t.Helper()
	db.record(t, n)
	if sealed, err := audit.Seal(t.Context(), db.system, time.Now()); err != nil || sealed != n {
		t.Fatalf("sealed %d, %v, want %d", sealed, err, n)
	}
}

func (db *database) record(t *testing.T, n int) {
	t.Helper()
	ctx := auth.WithActor(t.Context(), auth.Actor{AccountID: uuid.New(), Role: auth.Operator})
	for i := range n {
		in(ctx, t, db.app, func(tx *postgres.Tx) error {
			return audit.Record(tx, audit.Entry{Action: "person.revealed", Subject: fmt.Sprint("p-", i), Reason: "asked by phone"})
		})
	}
}

// tamper runs sql as the superuser with every trigger off.
func (db *database) tamper(t *testing.T, sql string, row uuid.UUID) {
	t.Helper()
	ctx := t.Context()
	for _, replica := range []string{"replica", "origin"} {
		if _, err := db.admin.Exec(ctx, `set session_replication_role = `+replica); err != nil {
			t.Fatal(err)
		}
		if replica == "origin" {
			return
		}
		tag, err := db.admin.Exec(ctx, sql, row)
		if err != nil || tag.RowsAffected() == 0 {
			t.Fatalf("tamper %s: %s, %v", strings.TrimSpace(sql), tag, err)
		}
	}
}

func list(ctx context.Context, t *testing.T, db *postgres.DB, f audit.Filter) (rows []audit.Row) {
	t.Helper()
	in(ctx, t, db, func(tx *postgres.Tx) (err error) {
		sealed, err := audit.List(tx, f, 10)
		for _, row := range sealed {
			rows = append(rows, row.Row)
		}
		return err
	})
	return rows
}

func in(ctx context.Context, t *testing.T, db *postgres.DB, fn func(tx *postgres.Tx) error) {
	t.Helper()
	if err := postgres.InTx(ctx, db, fn); err != nil {
		t.Fatal(err)
	}
}
