package app_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"peakseat/api/account"
	"peakseat/billing"
	"peakseat/certification"
	"peakseat/internal/app"
	"peakseat/internal/audit"
	"peakseat/internal/auth"
	"peakseat/internal/clock"
	"peakseat/internal/dbtest"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/web"
	"peakseat/matcher"
)

// history is a demo marketplace in which a seat was worked, approved and paid, another disputed, an agent never came,
// somebody tried out beside the one who worked, seats were offered, released and cancelled, and an account was disabled.
type history struct {
	*app.App
	ctx context.Context
}

// templateKey is new in every process, so that the history is always that of the present code.
var templateKey = sync.OnceValue(func() string { return fmt.Sprintf("audit history %s", uuid.Must(uuid.NewV7())) })

// withHistory gives a database of the test's own that holds the history.
func withHistory(t *testing.T) (app.Config, string) {
	t.Helper()
	cfg := app.Config{DataDir: t.TempDir(), UnsafeDatabase: true, Log: slog.New(slog.DiscardHandler)}
	cfg.DatabaseURL = dbtest.URL(t, makeHistory, templateKey())
	return cfg, cfg.DatabaseURL
}

func makeHistory(ctx context.Context, url string) (err error) {
	if err := postgres.Migrate(ctx, url, app.Modules()...); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "peakseat-history-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	a, err := app.Offline(ctx, app.Config{DatabaseURL: url, DataDir: dir, UnsafeDatabase: true, Dev: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close(ctx)) }()
	if _, _, err := a.EnsureDemo(ctx); err != nil {
		return err
	}
	h := history{a, ctx}
	for _, step := range []func() error{h.deliver, h.certify, h.offer, h.work, h.settle, h.signIn} {
		if err := step(); err != nil {
			return err
		}
	}
	_, err = audit.Seal(ctx, a.Pools.System, clock.Now().Add(time.Minute))
	return err
}

// as is a demo person's context.
func (h history) as(email string) context.Context {
	var id uuid.UUID
	var actor auth.Actor
	err := postgres.InTx(h.ctx, h.Pools.System, func(tx *postgres.Tx) (err error) {
		if id, err = h.Account.Find(tx, email); err != nil {
			return err
		}
		tokens, err := h.Account.MintTokens(tx, []uuid.UUID{id}, time.Hour)
		if err != nil {
			return err
		}
		token, err := h.Tokens().Verify(tokens[id])
		actor = token.Actor
		return err
	})
	if err != nil {
		panic(err) // the demo has them all
	}
	return auth.WithActor(h.ctx, actor)
}

// deliver hands every fact that waits to every consumer, as the worker would.
func (h history) deliver() error {
	return postgres.InTx(h.ctx, h.Pools.System, func(tx *postgres.Tx) error {
		waiting, err := outbox.Waiting(tx)
		if err != nil {
			return err
		}
		for _, c := range slices.Concat(h.Account.Consumers(), h.Certification.Consumers(), h.Matcher.Consumers(), h.Billing.Consumers()) {
			for _, e := range waiting {
				if !slices.Contains(c.Types, e.Type) {
					continue
				}
				fresh := tx.Exec(`insert into platform.inbox (consumer, fact_id, handled_at) values (?, ?, ?) on conflict do nothing`, c.Name, e.ID, clock.Now())
				if fresh.Error != nil {
					return fresh.Error
				}
				if fresh.RowsAffected == 0 {
					continue
				}
				if err := c.Act(tx, e); err != nil {
					return fmt.Errorf("%s: %w", c.Name, err)
				}
			}
		}
		return nil
	})
}

func (h history) move(to time.Time) error {
	return postgres.InTx(h.ctx, h.Pools.System, func(tx *postgres.Tx) error { return postgres.MoveClock(tx, to, 1) })
}

// offer has the core team asked, and an agent give a seat back.
func (h history) offer() error {
	if err := h.Matcher.OfferSeats(h.ctx); err != nil {
		return err
	}
	held, err := h.Matcher.Assignments(h.as("agent@demo.peakseat.test"), "held", nil, 10)
	if err != nil {
		return err
	}
	claims := matcher.New(h.Matcher.Deps)
	running, stop := context.WithCancel(h.ctx)
	var g errgroup.Group
	g.Go(func() error { return claims.RunClaims(running) })
	_, err = claims.Release(h.as("agent@demo.peakseat.test"), held[0].ID) // the latest
	err = errors.Join(err, h.tryOut(claims, held[len(held)-1]))
	stop()
	return errors.Join(err, g.Wait())
}

// tryOut has the newcomer take a trial seat beside the agent's first seat.
func (h history) tryOut(claims *matcher.Service, beside matcher.Attendance) error {
	newcomer := h.as("agent2@demo.peakseat.test")
	actor, _ := auth.ActorFrom(newcomer)
	for _, sql := range []string{
		`insert into matcher.seat (shift_id, seat_no, merchant_id, kind) select id, seats + 1, merchant_id, 'trial' from matcher.shift where id = $1 and $2::uuid <> $3::uuid`,
		`insert into matcher.trial_path select $3, gen_random_uuid(), 'presale', 'presale', tags, levels, '{}' from matcher.shift where id = $1 and $2::uuid <> $3::uuid`,
		`update matcher.agent set mentors = true where agent_id = $2 and $1::uuid <> $3::uuid`,
	} {
		if _, err := h.Pools.System.Pool.Exec(h.ctx, sql, beside.ShiftID, beside.AgentID, actor.AccountID); err != nil {
			return err
		}
	}
	_, err := claims.ClaimTrialSeat(newcomer, beside.ShiftID)
	return err
}

// work lets days pass: one seat is worked with breaks, an agent never comes to another.
func (h history) work() error {
	agent := h.as("agent@demo.peakseat.test")
	held, err := h.Matcher.Assignments(agent, "held", nil, 10)
	if err != nil {
		return err
	}
	mine := held[len(held)-1]
	newcomer := h.as("agent2@demo.peakseat.test")
	tries, err := h.Matcher.Assignments(newcomer, "held", nil, 10)
	if err != nil {
		return err
	}
	offers, err := h.Matcher.Assignments(h.as("agent3@demo.peakseat.test"), "held", nil, 10)
	if err != nil {
		return err
	}
	for _, step := range []struct {
		at time.Duration
		do func() error
	}{
		{-5 * time.Minute, func() error { _, err := h.Matcher.CheckIn(agent, mine.ID); return err }},
		{-4 * time.Minute, func() error { _, err := h.Matcher.CheckIn(newcomer, tries[0].ID); return err }},
		{time.Hour, func() error { _, err := h.Matcher.Break(agent, mine.ID, true); return err }},
		{time.Hour + 40*time.Minute, func() error { _, err := h.Matcher.Break(agent, mine.ID, false); return err }},
		{3*time.Hour + 50*time.Minute, func() error { _, err := h.Matcher.CheckOut(agent, mine.ID); return err }},
		{3*time.Hour + 51*time.Minute, func() error { _, err := h.Matcher.CheckOut(newcomer, tries[0].ID); return err }},
		{offers[len(offers)-1].StartsAt.Sub(mine.StartsAt) + 11*time.Minute, func() error { return h.Matcher.Sweep(h.ctx) }},
	} {
		if err := errors.Join(h.move(mine.StartsAt.Add(step.at)), step.do()); err != nil {
			return err
		}
	}
	return h.deliver()
}

// settle disputes some of the minutes and approves the rest.
func (h history) settle() error {
	finance := h.as("finance@demo.peakseat.test")
	sheets, err := h.Billing.Timesheets(finance, billing.TimesheetFilter{}, web.Page{Limit: 10})
	if err != nil {
		return err
	}
	if _, err := h.Billing.Dispute(finance, sheets.Items[0].ID, 30, "不在线"); err != nil {
		return err
	}
	if _, err := h.Billing.Approve(finance, sheets.Items[0].ID); err != nil {
		return err
	}
	owner := h.as("owner@demo.peakseat.test")
	topUp, err := h.Billing.TopUp(owner, 100)
	if err != nil {
		return err
	}
	reply, err := web.Encode(topUp)
	if err != nil {
		return err
	}
	actor, _ := auth.ActorFrom(owner)
	_, err = h.Pools.System.Pool.Exec(h.ctx, `insert into platform.idempotency (account_id, key, hash, status, reply, created_at) values ($1, 'a top-up', 'hash', 201, $2, $3)`,
		actor.AccountID, reply, clock.Now())
	return err
}

// certify gives an agent a credential, and suspends and revokes another.
func (h history) certify() error {
	trainer, operator := h.as("trainer@demo.peakseat.test"), h.as("operator@demo.peakseat.test")
	agent, _ := auth.ActorFrom(h.as("agent3@demo.peakseat.test"))
	why := certification.Grounds{Code: "other", Text: "a test"}
	for _, code := range []string{"kept", "lost"} {
		t, err := h.Certification.AddTemplate(trainer, code, certification.TemplateTerms{
			NameZH: code, NameEN: code, AboutZH: code, AboutEN: code, ValidDays: 365, Requirements: []certification.Prerequisite{}, RenewalRequirements: []certification.Prerequisite{},
			Grants: []certification.TagGrant{{Tag: "system/qianniu", Level: 2}},
		})
		if err != nil {
			return err
		}
		c, err := h.Certification.IssueCredential(trainer, certification.Issuance{AgentID: agent.AccountID, TemplateID: t.ID, Evidence: "seen"})
		if err != nil {
			return err
		}
		if code == "kept" {
			continue
		}
		if _, err := h.Certification.Suspend(trainer, c.ID, why); err != nil {
			return err
		}
		r, err := h.Certification.RequestRevocation(trainer, c.ID, why)
		if err != nil {
			return err
		}
		if _, err := h.Certification.ConfirmRevocation(operator, r.ID); err != nil {
			return err
		}
	}
	return h.deliver()
}

// signIn opens two sessions and disables one of the accounts.
func (h history) signIn() error {
	for _, email := range []string{"owner@demo.peakseat.test", "agent2@demo.peakseat.test"} {
		session, err := h.Account.SignIn(h.ctx, account.Credentials{Email: email, Password: app.DemoPassword, Address: netip.MustParseAddr("127.0.0.1")})
		if err != nil {
			return err
		}
		if _, err := h.Account.Refresh(h.ctx, session.RefreshToken, uuid.Nil, netip.MustParseAddr("127.0.0.1")); err != nil {
			return err
		}
	}
	actor, _ := auth.ActorFrom(h.as("agent2@demo.peakseat.test"))
	return errors.Join(h.Account.Disable(h.as("operator@demo.peakseat.test"), actor.AccountID, "a test"), h.deliver())
}

func TestAHistoryIsClean(t *testing.T) {
	t.Parallel()
	cfg, _ := withHistory(t)
	for _, c := range clean(t, cfg).Checks {
		// a proof about nothing proves nothing
		if c.Checked == 0 && !slices.Contains([]string{"matcher/ended_shifts_were_told", "matcher/withdrawn_seats_were_told", "matcher/pack_releases_withdrew_their_seats"}, c.Name) {
			t.Errorf("%s looked at nothing", c.Name)
		}
	}
}

// corruption is something that an administrator could do behind the program's back, and who finds it.
type corruption struct {
	check   string
	subject string // selects what is to be named, before the deed
	deed    string // $1 is the subject where it is named
}

func corruptions() []corruption {
	const (
		held     = `select id::text from matcher.assignment where state = 'held' order by id limit 1`
		worked   = `select id::text from matcher.assignment where state = 'finished' and not trial`
		agent    = `select agent_id::text from matcher.assignment where state = 'finished' and not trial`
		copied   = `(id, shift_id, seat_no, booking_id, merchant_id, agent_id, starts_at, ends_at, zone, work_day, week, minutes, pay_per_hour, currency, rules_version, taken_by, state, taken_at, near, far)`
		another  = `'00000000-0000-7000-8000-00000000000a'::uuid`
		fixed    = `select '00000000-0000-7000-8000-00000000000a'`
		offer    = `select id::text from matcher.offer order by id limit 1`
		booking  = `select id::text from matcher.booking where title = '直播间售前'`
		sheet    = `select id::text from billing.timesheet where kind = 'seat'`
		asksQuiz = `insert into matcher.pack select s.shop_id, 1, s.merchant_id, 1, '2020-01-01Z', '2020-01-01Z' from matcher.shift s join matcher.assignment a on a.shift_id = s.id where a.id = $1::uuid`
	)
	copyOf := func(agentID, shift, from, to string) string {
		return `insert into matcher.assignment ` + copied + ` select ` + another + `, ` + shift + `, 1, booking_id, merchant_id, ` + agentID + `, ` + from + `, ` + to + `, zone, work_day, week, minutes,
			pay_per_hour, currency, rules_version, taken_by, 'held', taken_at, near, far from matcher.assignment where state = 'held' order by id limit 1`
	}
	return []corruption{
		{"account/disabled_accounts_are_signed_out", `select s.id::text from account.session s join account.disablement d using (account_id)`, `update account.session set ended_at = null, ended_by = null where id = $1::uuid`},
		{"account/one_fresh_refresh_token", `select id::text from account.session where ended_at is null`, `update account.refresh_token set used_at = null where session_id = $1::uuid`},
		{"account/sessions_act_for_their_own", `select id::text from account.session where ended_at is null`, `update account.session set organisation_id = ` + another + ` where id = $1::uuid`},
		{"account/accounts_were_told", `select id::text from account.account order by id limit 1`, `delete from platform.fact where aggregate = $1::uuid`},
		{"account/memberships_were_told", `select account_id::text from account.membership order by account_id limit 1`, `update account.membership set organisation_id = ` + another + ` where account_id = $1::uuid`},

		{"certification/held_tags_are_the_last_grants", agent, `update certification.held_tag set level = 5 where agent_id = $1::uuid and tag = 'function/presale'`},
		{"certification/credentials_grants_are_held", `select agent_id::text from certification.held_tag where credential_id is not null`, `update certification.held_tag set level = 1 where agent_id = $1::uuid and credential_id is not null`},
		{"certification/credentials_grants_are_held", `select agent_id::text from certification.held_tag where credential_id is not null`, `insert into certification.revocation (credential_id, request_id, requested_by, confirmed_by, revoked_at)
			select credential_id, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), '2020-01-01Z' from certification.held_tag where agent_id = $1::uuid and credential_id is not null`},
		{"certification/acts_are_leaves", `select credential_id::text from certification.revocation`, `delete from certification.revocation where credential_id = $1::uuid`},
		{"certification/tiers_are_the_last_changes", agent, `update certification.holder set tier = 'gold' where agent_id = $1::uuid`},
		{"certification/tiers_recompute", `select agent_id::text from certification.standing_event limit 1`, `update certification.holder set tier = 'gold' where agent_id = $1::uuid`},
		{"certification/log_is_the_tree_of_its_leaves", `select credential_id::text from certification.log_leaf where index = 1`, `update certification.log_leaf set leaf = leaf || ' ' where index = 1 and $1 <> ''`},
		{"certification/log_is_the_tree_of_its_leaves", `select credential_id::text from certification.log_leaf where index = 2`, `delete from certification.log_hash where position = 3 and $1 <> ''`},
		{"certification/versions_cover_the_grants", agent, `update certification.tag_grant set version = 9 where agent_id = $1::uuid`},
		{"certification/every_version_was_told", agent, `update certification.holder set version = 2 where agent_id = $1::uuid`},

		{"matcher/shift_has_its_seats", `select shift_id::text from matcher.seat where state = 'open' limit 1`, `delete from matcher.seat where shift_id = $1::uuid and state = 'open'`},
		{"matcher/shift_never_over_its_seats", `select shift_id::text from matcher.assignment where live limit 1`, `update matcher.shift set seats = 0 where id = $1::uuid`},
		{"matcher/trial_is_in_a_trial_seat", `select assignment_id::text from matcher.trial`, `update matcher.seat set kind = 'regular' where assignment_id = $1::uuid`},
		{"matcher/trial_is_in_a_trial_seat", `select assignment_id::text from matcher.trial`, `update matcher.trial set live = false where assignment_id = $1::uuid`},
		{"matcher/trial_has_another_as_mentor", `select assignment_id::text from matcher.trial`, `update matcher.trial set mentor_id = agent_id where assignment_id = $1::uuid`},
		{"matcher/worked_trials_were_told", `select assignment_id::text from matcher.trial`, `delete from platform.fact where type = 'peakseat.matcher.trial.worked.v1' and $1 <> ''`},
		{"matcher/seat_held_once", `select shift_id::text from matcher.assignment where state = 'held' order by id limit 1`, copyOf(`gen_random_uuid()`, `shift_id`, `starts_at`, `ends_at`) + `; update matcher.assignment set seat_no = 1 where shift_id = $1::uuid`},
		{"matcher/held_seat_is_its_assignment", held, `update matcher.seat set state = 'open', assignment_id = null where assignment_id = $1::uuid`},
		{"matcher/offered_seat_is_its_offer", `select shift_id::text from matcher.seat where state = 'open' limit 1`, `update matcher.seat set state = 'offered', offer_id = ` + another + ` where shift_id = $1::uuid`},
		{"matcher/ended_shift_is_closed", `select shift_id::text from matcher.assignment where state = 'held' limit 1`, `update matcher.shift set state = 'ended' where id = $1::uuid`},
		{"matcher/assignment_is_of_its_shift", held, `update matcher.assignment set pay_per_hour = pay_per_hour + 1 where id = $1::uuid`},
		{"matcher/assignment_counts_its_time", held, `update matcher.assignment set minutes = minutes + 1 where id = $1::uuid`},
		{"matcher/agent_never_twice", fixed, copyOf(`agent_id`, another, `starts_at + interval '1 minute'`, `ends_at`)},
		{"matcher/agent_rests", fixed, copyOf(`agent_id`, another, `ends_at + interval '14 minutes'`, `ends_at + interval '1 hour'`)},
		{"matcher/agent_within_hours", `select agent_id::text from matcher.assignment where state = 'held' order by id limit 1`, copyOf(`agent_id`, another, `ends_at + interval '1 hour'`, `ends_at + interval '10 hours'`)},
		{"matcher/hours_counted", agent, `update matcher.agent_day set minutes = minutes + 1 where agent_id = $1::uuid`},
		{"matcher/unstarted_seats_are_by_right", held, `update matcher.agent set disabled = true`},
		{"matcher/nobody_blocked_was_matched", worked, `insert into matcher.block (merchant_id, agent_id, by, created_at) select merchant_id, agent_id, 'agent', '2020-01-01Z' from matcher.assignment where id = $1::uuid`},
		{"matcher/offer_is_of_its_shift", offer, `update matcher.offer set ends_at = ends_at + interval '1 minute' where id = $1::uuid`},
		{"matcher/live_offers_of_an_agent_do_not_overlap", fixed, `update matcher.offer set state = 'live', ended_at = null; insert into matcher.offer (id, shift_id, seat_no, booking_id, merchant_id, agent_id, starts_at, ends_at, near, made_at, expires_at)
			select ` + another + `, ` + another + `, 1, booking_id, merchant_id, agent_id, starts_at + interval '1 minute', ends_at, near, made_at, expires_at from matcher.offer limit 1`},
		{"matcher/taking_withdraws_what_it_overlaps", offer, `update matcher.offer o set state = 'live', ended_at = null, made_at = '2020-01-01Z', starts_at = a.starts_at, ends_at = a.ends_at, agent_id = a.agent_id
			from matcher.assignment a where a.state = 'held' and o.id = $1::uuid`},
		{"matcher/accepted_offer_is_its_assignment", offer, `update matcher.offer set state = 'accepted', assignment_id = ` + another + ` where id = $1::uuid`},
		{"matcher/attendance_in_order", `select id::text from matcher.attendance_event where kind = 'break_end'`, `update matcher.attendance_event set at = at - interval '2 hours' where id = $1::uuid`},
		{"matcher/attendance_is_its_events", worked, `update matcher.assignment set checked_in_at = checked_in_at + interval '1 second' where id = $1::uuid`},
		{"matcher/paid_minutes_recompute", worked, `update matcher.assignment set paid_minutes = paid_minutes + 1 where id = $1::uuid`},
		{"matcher/worked_is_finished_shifts", agent, `update matcher.worked set shifts = shifts + 1 where agent_id = $1::uuid`},
		{"matcher/booking_is_its_shifts", booking, `update matcher.booking set state = 'cancelled' where id = $1::uuid`},
		{"matcher/shift_is_of_its_booking", `select id::text from matcher.shift where cardinality(levels) = 3 limit 1`, `update matcher.shift set levels = '{1,1,1}' where id = $1::uuid`},
		{"matcher/taken_seats_were_told_once", held, `delete from platform.fact where type = 'peakseat.matcher.seat.taken.v1' and convert_from(body, 'UTF8') like '%' || $1 || '%'`},
		{"matcher/finished_work_was_told", worked, `delete from platform.fact where type = 'peakseat.matcher.assignment.finished.v1' and $1 <> ''`},
		{"matcher/missing_agents_were_told", `select id::text from matcher.assignment where state = 'missing' limit 1`, `delete from platform.fact where type = 'peakseat.matcher.agent.missing.v1' and $1 <> ''`},
		{"matcher/released_seats_were_told", `select id::text from matcher.assignment where state = 'released'`, `delete from platform.fact where type = 'peakseat.matcher.seat.released.v1' and $1 <> ''`},
		{"matcher/withdrawn_seats_were_told", worked, `update matcher.assignment set state = 'withdrawn' where id = $1::uuid`},
		{"matcher/confirmed_bookings_were_told", booking, `delete from platform.fact where aggregate = $1::uuid`},
		{"matcher/ended_shifts_were_told", `select id::text from matcher.shift where state = 'open' limit 1`, `update matcher.shift set state = 'ended' where id = $1::uuid`},

		{"matcher/begun_seats_passed_the_quiz", worked, asksQuiz},
		{"matcher/unpassed_seats_were_released", held, asksQuiz + `; update matcher.assignment set starts_at = platform.rules_now() + interval '1 hour' where id = $1::uuid`},
		{"matcher/pack_releases_withdrew_their_seats", worked, `insert into matcher.pack_release select id, gen_random_uuid(), merchant_id, agent_id, 1, '2020-01-01Z' from matcher.assignment where id = $1::uuid`},
		{"matcher/packs_come_into_force_in_order", `select shop_id::text from matcher.pack`, `insert into matcher.pack select shop_id, 2, merchant_id, 0, '2020-01-01Z', '2020-01-01Z' from matcher.pack where shop_id = $1::uuid`},
		{"matcher/packs_are_as_told", `select shop_id::text from matcher.pack`, `update matcher.pack set quiz_version = 0 where shop_id = $1::uuid`},

		{"billing/balance_is_sum_of_postings", `select account_id::text from billing.balance where kind = 'wallet'`, `update billing.balance set amount = amount + 1 where account_id = $1::uuid`},
		{"billing/transaction_balances", `select transaction_id::text from billing.posting order by transaction_id limit 1`, `update billing.posting set amount = amount + 1 where transaction_id = $1::uuid and line = 1`},
		{"billing/settlement_is_its_transaction", `select id::text from billing.settlement where source = 'escrow'`, `update billing.settlement set tax = tax + 1 where id = $1::uuid`},
		{"billing/timesheet_settled_once", sheet, `update billing.timesheet set settled = settled - 1 where id = $1::uuid`},
		{"billing/platform_pays_trials_only", `select id::text from billing.timesheet where kind = 'trial'`, `update billing.timesheet set state = 'submitted' where id = $1::uuid`},
		{"billing/training_is_what_trials_cost", `select owner::text from billing.account where kind = 'training'`, `update billing.settlement set pay = pay - 1 where source = 'platform' and booking_id = $1::uuid`},
		{"billing/disputed_is_open_disputes", `select t.booking_id::text from billing.dispute d join billing.timesheet t on t.id = d.timesheet_id where d.state = 'open' and d.amount > 0`, `update billing.dispute set amount = amount + 1 where $1 <> ''`},
		{"billing/tax_recomputes", `select id::text from billing.settlement where source = 'escrow'`, `update billing.settlement set income = income + 100 where id = $1::uuid`},

		{"between/matcher_holds_the_tags_of_its_version", agent, `update matcher.agent_tag set level = 5 where agent_id = $1::uuid and tag = 'function/presale'`},
		{"between/matcher_knows_what_it_handled", agent, `update matcher.agent set tag_version = 0 where agent_id = $1::uuid`},
		{"between/matcher_knows_who_is_disabled", `select account_id::text from account.disablement`, `update matcher.agent set disabled = false where agent_id = $1::uuid`},
		{"between/confirmed_bookings_are_held_for", booking, `delete from billing.hold where booking_id = $1::uuid`},
		{"between/held_seats_are_the_shifts_seats", `select id::text from matcher.shift where state = 'open' limit 1`, `update matcher.shift set ends_at = ends_at + interval '1 hour' where id = $1::uuid`},
		{"between/timesheets_are_finished_work", sheet, `update billing.timesheet set minutes = minutes + 1 where id = $1::uuid`},
		{"between/finished_work_has_its_timesheet", worked, `delete from billing.timesheet where assignment_id = $1::uuid`},

		{"platform/kept_replies_are_true", `select agent_id::text from matcher.assignment where state = 'held' order by id limit 1`, `update matcher.assignment set id = gen_random_uuid() where agent_id = $1::uuid`},
		{"platform/kept_replies_are_true", `select account_id::text from platform.idempotency where key = 'a top-up'`, `delete from billing.top_up where $1 <> ''`},
		{"platform/facts_are_whole", `select id::text from platform.fact order by id limit 1`, `update platform.fact set aggregate = gen_random_uuid() where id = $1::uuid`},
		{"platform/outbox_is_drained", `select fact_id::text from platform.outbox order by id limit 1`, `delete from platform.fact where id = $1::uuid`},
		{"platform/outbox_is_drained", `select fact_id::text from platform.outbox order by id limit 1`, `update platform.fact set recorded_at = recorded_at - interval '2 hours' where id = $1::uuid;
			update platform.outbox set fact_recorded_at = fact_recorded_at - interval '2 hours'`},
		{"platform/tenant_tables_have_policies", `select 'matcher.booking'`, `alter table matcher.booking disable row level security`},
		{"platform/tenant_tables_have_policies", `select 'billing.timesheet'`, `create policy all_of_it on billing.timesheet for select to peakseat_app using (true)`},
		{"platform/tenant_tables_have_policies", `select 'matcher.shop'`, `drop policy merchant on matcher.shop`},
		{"platform/append_only_tables_are_guarded", `select 'billing.posting'`, `alter table billing.posting disable trigger append_only`},
		{"platform/append_only_tables_are_guarded", `select 'platform.audit'`, `drop trigger no_truncate on platform.audit`},
		{"platform/append_only_tables_are_guarded", `select 'billing.settlement'`, `grant update on billing.settlement to peakseat_system`},
		{"platform/audit_trail_is_unbroken", `select id::text from platform.audit order by id limit 1`, `update platform.audit set reason = 'another' where id = $1::uuid`},
	}
}

// loosen removes what would refuse the deed: the constraints of the tables that hold no key for others, and triggers.
const loosen = `do $$ declare c record; begin
	for c in select conrelid::regclass as t, conname from pg_constraint
		where contype in ('c', 'x') and connamespace in ('matcher'::regnamespace, 'billing'::regnamespace, 'account'::regnamespace, 'platform'::regnamespace)
		and conrelid <> 0 and coninhcount = 0 loop
		execute format('alter table %s drop constraint %I', c.t, c.conname);
	end loop; end $$;
	drop index matcher.seat_held_once; drop index matcher.seat_offered_once; drop index matcher.agent_asked_once;
	set session_replication_role = replica`

func TestTheAuditFindsWhatWasCorrupted(t *testing.T) {
	t.Parallel()
	for _, c := range corruptions() {
		t.Run(c.check, func(t *testing.T) {
			t.Parallel()
			cfg, url := withHistory(t)
			subject := corrupt(t, url, c)
			report, err := app.Audit(t.Context(), cfg, time.Hour)
			must(t, err)
			check := checkOf(t, report, c.check)
			if report.Clean || check.Broken == 0 {
				t.Fatalf("nothing found: %+v", check)
			}
			for _, f := range check.Examples {
				if strings.Contains(f.Subject, subject) && f.Detail != "" {
					return
				}
			}
			t.Errorf("%s is not named: %v", subject, check.Examples)
		})
	}
}

func TestEveryCheckIsProvenToFind(t *testing.T) {
	t.Parallel()
	cfg, _ := withHistory(t)
	for _, c := range clean(t, cfg).Checks {
		// billing proves those that are left out here
		if !strings.HasPrefix(c.Name, "billing/") && !slices.ContainsFunc(corruptions(), func(k corruption) bool { return k.check == c.Name }) {
			t.Errorf("no corruption proves %s", c.Name)
		}
	}
}

// corrupt does the deed as the superuser and returns whom the audit has to name.
func corrupt(t *testing.T, url string, c corruption) (subject string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	must(t, err)
	defer conn.Close(t.Context()) //nolint:errcheck // nothing hangs on it
	must(t, conn.QueryRow(t.Context(), c.subject).Scan(&subject))
	_, err = conn.Exec(t.Context(), loosen)
	must(t, err)
	changed := int64(0)
	for deed := range strings.SplitSeq(c.deed, ";") {
		done, err := conn.Exec(t.Context(), strings.ReplaceAll(deed, "$1", "'"+subject+"'"))
		must(t, err)
		changed += done.RowsAffected()
	}
	if changed == 0 && !strings.ContainsAny(c.deed[:1], "acgd") {
		t.Fatal("the deed changed nothing")
	}
	return subject
}
