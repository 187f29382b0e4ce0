package billing_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"peakseat/billing"
	"peakseat/internal/dbtest"
	"peakseat/internal/devstack"
	"peakseat/internal/postgres"
	"peakseat/internal/provetest"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"
)

// The program and its connections are killed in the midst of transactions; whoever asks repeats what was not answered. The
// books agree with a model that nobody kills.
func TestRandomHistoriesAgreeWithAModelThatNobodyKills(t *testing.T) {
	t.Parallel()
	var all tally
	rapid.Check(t, func(rt *rapid.T) {
		p := startProgram(t, dbtest.Open(t, billing.Module()).URL, 6)
		defer all.add(p)
		newModel(p, uuid.New()).live(rt, 25)
	})
	if all.kills["program"] == 0 || all.kills["connection"] == 0 {
		t.Errorf("killed: %v: the test has lost its teeth", all.kills)
	}
	t.Logf("%d calls; killed: %v; %d answers lost", all.asked, all.kills, all.lost)
}

// tally is what happened to programs.
type tally struct {
	kills       map[string]int
	asked, lost int
}

// add counts a program that has done its work, and ends it.
func (a *tally) add(p *program) {
	p.end()
	if a.kills == nil {
		a.kills = map[string]int{}
	}
	for what, times := range p.kills {
		a.kills[what] += times
	}
	a.asked, a.lost = a.asked+p.asked, a.lost+p.lost
}

// 10,000 steps, and PostgreSQL itself is killed too.
func TestProveLedger(t *testing.T) { //nolint:paralleltest // it measures
	provetest.Need(t)
	const steps = 10_000
	dir := dbtest.DataDir(t)
	server, err := devstack.StartPostgres(t.Context(), devstack.Options{Dir: dir})
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	var watch errgroup.Group
	watch.Go(func() error { return server.Run(ctx) })
	t.Cleanup(func() {
		stop()
		if err := watch.Wait(); err != nil {
			t.Error(err)
		}
	})
	var all tally
	histories := 0
	began := time.Now()
	rapid.Check(t, func(rt *rapid.T) {
		histories++
		p := startProgram(t, newDatabase(t, server.URL(), histories), 200)
		p.postmaster = func() int { return postmaster(t, dir) }
		defer all.add(p)
		newModel(p, uuid.New()).live(rt, steps/checks)
	})
	if all.kills["program"] == 0 || all.kills["connection"] == 0 || all.kills["PostgreSQL"] == 0 {
		t.Errorf("killed: %v: the proof has lost its teeth", all.kills)
	}
	note := "PostgreSQL with fsync; a program of its own; kills in the midst of transactions that have written"
	provetest.Record(t, "ledger_steps", steps, "steps", "random operations, in four histories; the books agree with a model after each")
	provetest.Record(t, "ledger_calls", float64(all.asked), "calls", "reads and audits included")
	provetest.Record(t, "ledger_kills_program", float64(all.kills["program"]), "kills", note+"; SIGKILL")
	provetest.Record(t, "ledger_kills_connection", float64(all.kills["connection"]), "kills", note+"; pg_terminate_backend")
	provetest.Record(t, "ledger_kills_postgres", float64(all.kills["PostgreSQL"]), "kills", note+"; SIGKILL of the postmaster")
	provetest.Record(t, "ledger_answers_lost", float64(all.lost), "answers", "of what was committed; the repeat was answered from what was kept")
	if !t.Failed() {
		provetest.Record(t, "ledger_difference", 0, "fen", "of all postings, of all balances, and to the model; audits clean")
		provetest.Record(t, "ledger_acknowledged_and_lost", 0, "steps", "")
	}
	provetest.Record(t, "ledger_seconds", time.Since(began).Seconds(), "s", "")
}

// newDatabase is an empty one of billing's own on a server.
func newDatabase(t *testing.T, server string, n int) string {
	t.Helper()
	address, err := url.Parse(server)
	must(t, err)
	db, err := postgres.Open(t.Context(), server, "postgres", postgres.Options{MaxConns: 1})
	must(t, err)
	defer db.Close()
	name := fmt.Sprintf("history_%d", n)
	_, err = db.Pool.Exec(t.Context(), `create database `+name)
	must(t, err)
	address.Path = "/" + name
	must(t, postgres.Migrate(t.Context(), address.String(), postgres.Platform(), billing.Module()))
	return address.String()
}

// postmaster is the process of the PostgreSQL in a directory.
func postmaster(t *testing.T, dir string) (pid int) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, "postgres", "data", "postmaster.pid"))
	must(t, err)
	_, err = fmt.Sscan(string(content), &pid)
	must(t, err)
	return pid
}
