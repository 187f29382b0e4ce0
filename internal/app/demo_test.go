package app_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/app"
	"peakseat/internal/auth"
	"peakseat/internal/dbtest"
	"peakseat/internal/finding"
)

// offline opens the program without serving, on a database of the test's own.
func offline(t *testing.T, change ...func(*app.Config)) (*app.App, app.Config, dbtest.Pools) {
	t.Helper()
	pools := dbtest.Open(t, app.Modules()[1:]...)
	cfg := app.Config{DatabaseURL: pools.URL, DataDir: t.TempDir(), UnsafeDatabase: true, Log: slog.New(slog.DiscardHandler)}
	for _, c := range change {
		c(&cfg)
	}
	a, err := app.Offline(t.Context(), cfg)
	must(t, err)
	t.Cleanup(func() { must(t, a.Close(t.Context())) })
	return a, cfg, pools
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// clean fails the test where an audit finds anything.
func clean(t *testing.T, cfg app.Config) *app.AuditReport {
	t.Helper()
	report, err := app.Audit(t.Context(), cfg, time.Hour)
	must(t, err)
	for _, c := range report.Checks {
		if c.Broken > 0 {
			t.Errorf("%s: %d of %d broken: %v", c.Name, c.Broken, c.Checked, c.Examples)
		}
	}
	if !report.Clean && !t.Failed() {
		t.Error("the report says that it is not clean, and no check why")
	}
	return report
}

func checkOf(t *testing.T, report *app.AuditReport, name string) finding.Check {
	t.Helper()
	for _, c := range report.Checks {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("the audit has no check %s", name)
	return finding.Check{}
}

func count(t *testing.T, pools dbtest.Pools, query string, args ...any) (n int) {
	t.Helper()
	must(t, pools.System.Pool.QueryRow(t.Context(), query, args...).Scan(&n))
	return n
}

func TestTheDemoIsMadeOnceAndIsWhole(t *testing.T) {
	t.Parallel()
	a, cfg, pools := offline(t)
	accounts, created, err := a.EnsureDemo(t.Context())
	must(t, err)
	if !created || len(accounts) != 8 {
		t.Fatalf("made %t, %d accounts", created, len(accounts))
	}
	const inForce = `certification.credential c where not exists (select from certification.revocation r where r.credential_id = c.id)
		and not exists (select from certification.suspension p where p.credential_id = c.id)`
	for what, query := range map[string]string{
		"path whose three steps are there": `select count(*) from (select from jsonb_to_recordset((select terms -> 'steps' from academy.learning_path where code = 'base_agent')) s (ref text)
			where ref in (select code from academy.course union select code from academy.paper union select code from academy.scenario) having count(*) = 3) p`,
		"bookings by state":                     `select count(distinct state) from matcher.booking where state in ('draft', 'confirmed', 'cancelled')`,
		"seats that somebody holds":             `select count(*) from matcher.seat where state = 'held'`,
		"open seats":                            `select count(*) from matcher.seat where state = 'open'`,
		"agents who lack a level":               `select count(*) from matcher.agent_tag where tag = 'function/presale' and level = 1`,
		"campaigns to come":                     `select count(*) from matcher.campaign where starts_on > now()`,
		"money in a wallet beside what is held": `select count(*) from billing.balance where kind = 'wallet' and amount > 0`,
		"published paper with 40 questions":     `select count(*) from (select from academy.paper_pool join academy.question_version q on q.id = question_version_id where q.topic like '%/%' having count(*) >= 40) p`,
		"pack with a quiz of its own":           `select count(*) from academy.pack_version where quiz_version = version`,
		"acts in the audit trail":               `select count(*) from platform.audit`,
		"verified identities":                   `select count(*) from account.identity_decision where refusal is null having count(*) > 50`,
		"identity that waits":                   `select count(*) from account.identity i where not exists (select from account.identity_decision d where d.agent_id = i.agent_id)`,
		"valid credential":                      `select count(*) from ` + inForce + ` and valid_until > now() + interval '30 days'`,
		"expiring credential":                   `select count(*) from ` + inForce + ` and valid_until between now() and now() + interval '30 days'`,
		"expired credential":                    `select count(*) from ` + inForce + ` and valid_until < now()`,
		"suspended credential and its appeal":   `select count(*) from certification.suspension p join certification.appeal a using (credential_id) where p.until > now()`,
		"revoked credential":                    `select count(*) from certification.revocation`,
		"agents at their seats":                 `select count(*) from matcher.assignment where state = 'present'`,
		"agent who is late":                     `select count(*) from matcher.assignment where state = 'held' and starts_at < now()`,
		"agent on a break": `select count(*) from (select 1 from matcher.attendance_event e join matcher.assignment a on a.id = e.assignment_id and a.state = 'present'
			group by a.id having (array_agg(kind order by at desc))[1] = 'break_start') b`,
		"seat that nobody came to": `select count(*) from matcher.assignment a join matcher.shift s on s.id = a.shift_id and now() between s.starts_at and s.ends_at where a.state = 'missing'`,
		"agent who stands in":      `select count(*) from matcher.assignment where state = 'present' and taken_by = 'replacement'`,
		"timesheets to approve":    `select count(*) from billing.timesheet where state = 'submitted'`,
		"disputes of both states":  `select count(*) from (select from billing.dispute having count(distinct state) = 2) d`,
		"quiz that forty took":     `select count(*) from (select from academy.attempt where state = 'graded' and closed_by = 'agent' having count(*) = 40 and max(closed_at) < now() - interval '15 days') a`,
		"weeks of history":         `select count(*) from (select from matcher.assignment where state = 'finished' having max(ends_at) - min(starts_at) > interval '15 days') a`,
		"rules' clock at rest":     `select count(*) from platform.clock where rate = 1 and anchor_real = anchor_rules`,
	} {
		if n := count(t, pools, query); n == 0 {
			t.Errorf("the demo has no %s", what)
		}
	}
	report := clean(t, cfg)
	if n := checkOf(t, report, "matcher/taken_seats_were_told_once").Checked; n < 60 {
		t.Errorf("%d seats taken, want a few weeks of them", n)
	}

	before := count(t, pools, `select count(*) from platform.fact`)
	accounts, created, err = a.EnsureDemo(t.Context())
	must(t, err)
	if created || len(accounts) != 8 || count(t, pools, `select count(*) from platform.fact`) != before {
		t.Errorf("the second start made something: %t", created)
	}
}

func TestAnInterruptedDemoIsCompleted(t *testing.T) {
	t.Parallel()
	a, cfg, pools := offline(t)
	_, _, err := a.EnsureDemo(t.Context())
	must(t, err)
	// as if the first start had been killed before the last steps
	_, err = pools.System.Pool.Exec(t.Context(), `delete from matcher.booking_requirement where booking_id in (select id from matcher.booking where state = 'draft')`)
	must(t, err)
	_, err = pools.System.Pool.Exec(t.Context(), `delete from matcher.shift where state = 'draft'`)
	must(t, err)
	_, err = pools.System.Pool.Exec(t.Context(), `delete from matcher.booking where state = 'draft'`)
	must(t, err)
	_, created, err := a.EnsureDemo(t.Context())
	must(t, err)
	if !created || count(t, pools, `select count(*) from matcher.booking where state = 'draft'`) != 1 {
		t.Errorf("made %t", created)
	}
	clean(t, cfg)
}

// What a merchant reads of the demo: who is on a break, and whom it blocked.
func TestAMerchantSeesBreaksAndItsOwnBlocks(t *testing.T) {
	t.Parallel()
	a, _, pools := offline(t)
	_, _, err := a.EnsureDemo(t.Context())
	must(t, err)
	owner := auth.Actor{Role: auth.Owner, SessionID: uuid.New()}
	must(t, pools.System.Pool.QueryRow(t.Context(), `select account_id, organisation_id from account.membership where role = 'owner'`).Scan(&owner.AccountID, &owner.OrganisationID))
	ctx := auth.WithActor(t.Context(), owner)

	var shift uuid.UUID
	must(t, pools.System.Pool.QueryRow(t.Context(), `select id from matcher.shift where seats = 12 and now() between starts_at and ends_at`).Scan(&shift))
	roster, err := a.Matcher.Roster(ctx, shift)
	must(t, err)
	pauses := 0
	for _, e := range roster {
		if e.OnBreak {
			pauses++
			if e.State != "present" {
				t.Errorf("%s is %s and on a break", e.Name, e.State)
			}
		}
	}
	if pauses == 0 || pauses > 4 {
		t.Errorf("%d of %d are on a break", pauses, len(roster))
	}

	agents, err := a.Matcher.Agents(ctx, "", uuid.Nil, 200)
	must(t, err)
	must(t, a.Matcher.SetBlock(ctx, agents[1].AgentID, true))
	after, err := a.Matcher.Agents(ctx, "", uuid.Nil, 200)
	must(t, err)
	for i, agent := range after {
		if agents[i].Blocked || agent.Blocked != (i == 1) {
			t.Errorf("agent %d: blocked %t, then %t", i, agents[i].Blocked, agent.Blocked)
		}
	}
}

// A start on the next day finds that a peak runs again, and that nobody is still at a seat of yesterday.
func TestTheDemoGoesOnTheNextDay(t *testing.T) {
	t.Parallel()
	a, cfg, pools := offline(t)
	_, _, err := a.EnsureDemo(t.Context())
	must(t, err)
	now := time.Now()
	for _, later := range []time.Duration{9 * time.Hour, 33 * time.Hour} {
		then := now.Add(later)
		must(t, a.Relive(t.Context(), now, then))
		const at = `from matcher.assignment a join matcher.shift s on s.id = a.shift_id where a.state = 'present'`
		if n := count(t, pools, `select count(*) `+at+` and $1 between s.starts_at and s.ends_at and s.seats >= 5`, then); n < 8 {
			t.Errorf("after %s %d agents are at their seats of a peak", later, n)
		}
		if n := count(t, pools, `select count(*) `+at+` and s.ends_at < $1`, then.Add(-time.Hour)); n > 0 {
			t.Errorf("after %s %d agents are still at a seat of an earlier shift", later, n)
		}
		now = then
	}
	clean(t, cfg)
}

func TestNoDemoBesideRealAccounts(t *testing.T) {
	t.Parallel()
	a, _, pools := offline(t)
	register(t, pools)
	accounts, created, err := a.EnsureDemo(t.Context())
	must(t, err)
	if created || accounts != nil || count(t, pools, `select count(*) from account.account`) != 1 {
		t.Errorf("made %t, %v", created, accounts)
	}
}

// register stores an account that no seed made.
func register(t *testing.T, pools dbtest.Pools) {
	t.Helper()
	_, err := pools.System.Pool.Exec(t.Context(), `insert into account.account (id, kind, email_index, email, name, data_key, created_at) values ($1, 'agent', 'i', 'e', 'n', 'k', $2)`,
		uuid.Must(uuid.NewV7()), time.Now())
	must(t, err)
}

// tokensOf are the program's own tokens, as a server with the same keys has them.
func tokensOf(t *testing.T, cfg app.Config) *auth.Tokens {
	t.Helper()
	keys, err := auth.OpenKeys(filepath.Join(cfg.DataDir, "keys", "tokens"), false)
	must(t, err)
	tokens, err := auth.NewTokens(keys, "peakseat", "peakseat")
	must(t, err)
	return tokens
}
