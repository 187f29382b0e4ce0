package postgres_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"peakseat/internal/dbtest"
	"peakseat/internal/devstack"
	"peakseat/internal/postgres"
)

// A server that would lose what was answered, or whose roles may do more than they should, is told from one that keeps
// the promises: each case spoils one thing of a good server and is refused for that and nothing else.
func TestAServerThatBreaksAPromiseIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for d := dir; d != filepath.Dir(os.TempDir()) && d != "/" && d != os.TempDir(); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o711); err != nil { // PostgreSQL runs as a user of its own where the test is root
			t.Fatal(err)
		}
	}
	server, err := devstack.StartPostgres(t.Context(), devstack.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	if err := postgres.Migrate(t.Context(), server.URL(), postgres.Platform()); err != nil {
		t.Fatal(err)
	}
	admin, err := pgx.Connect(t.Context(), server.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(t.Context()) //nolint:errcheck // nothing hangs on it
	check := func(settings map[string]string) error {
		t.Helper()
		db, err := postgres.Open(t.Context(), server.URL(), postgres.System, postgres.Options{MaxConns: 1, Params: settings})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		return postgres.Check(t.Context(), db)
	}
	if err := check(nil); err != nil {
		t.Fatalf("a good server is refused: %v", err)
	}
	for _, tt := range []struct{ spoil, mend, refusal string }{
		{`alter role peakseat_app bypassrls`, `alter role peakseat_app nobypassrls`, `role peakseat_app may do too much`},
		{`alter role peakseat_claim createrole`, `alter role peakseat_claim nocreaterole`, `role peakseat_claim may do too much`},
		{`alter role peakseat_claim createdb`, `alter role peakseat_claim nocreatedb`, `role peakseat_claim may do too much`},
		{`alter role peakseat_system superuser`, `alter role peakseat_system nosuperuser`, `role peakseat_system may do too much`},
		{`alter role peakseat_claim rename to someone`, `alter role someone rename to peakseat_claim`, `are missing`},
		{`grant update on platform.audit to peakseat_app`, `revoke update on platform.audit from peakseat_app`, `role peakseat_app may change platform.audit`},
		{`grant delete on platform.fact to peakseat_system`, `revoke delete on platform.fact from peakseat_system`, `role peakseat_system may change platform.fact`},
		{`grant update (body) on platform.fact to peakseat_app`, `revoke update (body) on platform.fact from peakseat_app`, `role peakseat_app may change platform.fact`},
		{`grant truncate on platform.audit_seal to peakseat_claim`, `revoke truncate on platform.audit_seal from peakseat_claim`, `role peakseat_claim may empty platform.audit_seal`},
		{`grant truncate on platform.outbox to peakseat_system`, `revoke truncate on platform.outbox from peakseat_system`, `role peakseat_system may empty platform.outbox`},
		{`grant trigger on platform.fact to peakseat_app`, `revoke trigger on platform.fact from peakseat_app`, `role peakseat_app may empty platform.fact or put triggers on it`},
		{`grant pg_write_all_data to peakseat_app`, `revoke pg_write_all_data from peakseat_app`, `role peakseat_app may become pg_write_all_data`},
		{`grant peakseat_owner to peakseat_system`, `revoke peakseat_owner from peakseat_system`, `role peakseat_system may become peakseat_owner`},
		{`alter table platform.inbox owner to peakseat_app`, `alter table platform.inbox owner to peakseat_owner`, `role peakseat_app owns platform.inbox`},
		{`create schema news; create table news.story (id int primary key); alter table news.story owner to peakseat_app`, `drop schema news cascade`, `role peakseat_app owns news.story`},
		{
			`create view platform.trail as select * from platform.audit; alter view platform.trail owner to peakseat_owner; grant delete on platform.trail to peakseat_app`,
			`drop view platform.trail`, `role peakseat_app may write through the view platform.trail`,
		},
		{`alter table platform.job disable row level security`, `alter table platform.job enable row level security`, `nobody asks the policies of platform.job`},
		{`alter table platform.audit disable trigger append_only`, `alter table platform.audit enable trigger append_only`, `a trigger of platform.audit is disabled`},
		// A trigger that promises more than it refuses: nobody may delete, whatever it lets pass.
		{
			`create schema kept; create table kept.act (id int primary key); alter table kept.act owner to peakseat_owner; create trigger append_only before update on kept.act for each row execute function platform.refuse_change(); grant delete on kept.act to peakseat_app`,
			`drop schema kept cascade`, `role peakseat_app may change kept.act`,
		},
		// What is never deleted may still change, where it says so; and not the other way round.
		{
			`create schema run; create table run.state (id int primary key); alter table run.state owner to peakseat_owner; create trigger no_delete before delete on run.state for each row execute function platform.refuse_change(); grant update, delete on run.state to peakseat_system`,
			`revoke delete on run.state from peakseat_system`, `role peakseat_system may change run.state`,
		},
		// What may be forgotten may be deleted, and still not changed: the delete stays granted after the mend.
		{
			`create schema past; create table past.form (id int primary key); alter table past.form owner to peakseat_owner; create trigger no_update before update on past.form for each row execute function platform.refuse_change(); grant update, delete on past.form to peakseat_app`,
			`revoke update on past.form from peakseat_app`, `role peakseat_app may change past.form`,
		},
	} {
		for sql := range strings.SplitSeq(tt.spoil, "; ") {
			if _, err := admin.Exec(t.Context(), sql); err != nil {
				t.Fatalf("%s: %v", sql, err)
			}
		}
		if err := check(nil); err == nil || !strings.Contains(err.Error(), tt.refusal) {
			t.Errorf("%s: %v, want %s", tt.spoil, err, tt.refusal)
		}
		if _, err := admin.Exec(t.Context(), tt.mend); err != nil {
			t.Fatalf("%s: %v", tt.mend, err)
		}
		if err := check(nil); err != nil {
			t.Fatalf("after %s: %v", tt.mend, err)
		}
	}
	if err := check(map[string]string{"synchronous_commit": "off"}); err == nil || !strings.Contains(err.Error(), `synchronous_commit is "off"`) {
		t.Errorf("answers before the disk: %v", err)
	}
}

// The tests' own server gives up every promise about crashes for speed.
func TestAServerThatForgetsInACrashIsRefused(t *testing.T) {
	t.Parallel()
	err := postgres.Check(t.Context(), dbtest.Open(t).System)
	if err == nil {
		t.Fatal("not refused")
	}
	for _, want := range []string{`fsync is "off"`, `full_page_writes is "off"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("refused for %v, want also %s", err, want)
		}
	}
}
