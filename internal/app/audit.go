package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"peakseat/api/account"
	"peakseat/billing"
	"peakseat/internal/audit"
	"peakseat/internal/clock"
	"peakseat/internal/fact"
	"peakseat/internal/finding"
	"peakseat/internal/postgres"
	"peakseat/matcher"
)

// AuditReport is what an audit saw, in one picture of the database.
type AuditReport struct {
	At     time.Time       `json:"at"` // the rules' clock
	Checks []finding.Check `json:"checks"`
	Clean  bool            `json:"clean"`
}

// auditOptions of a pool that sees one moment and can change nothing.
func auditOptions() postgres.Options {
	return postgres.Options{MaxConns: 2, Params: map[string]string{
		"default_transaction_isolation": "repeatable read",
		"default_transaction_read_only": "on",
		"statement_timeout":             "10min",
	}}
}

// Audit reads everything and checks each promise of guarantees.md that data can show. It runs beside a living
// program or without one, and changes nothing. A fact may wait in the outbox for outboxAge before that is a finding.
func Audit(ctx context.Context, cfg Config, outboxAge time.Duration) (_ *AuditReport, err error) {
	if err := cfg.Complete(); err != nil {
		return nil, err
	}
	a := &App{cfg: cfg}
	if a.Stack, err = OpenDatabase(ctx, cfg); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Stack.Close(context.WithoutCancel(ctx))) }()
	system, err := postgres.Open(ctx, a.Stack.URL, postgres.System, auditOptions())
	if err != nil {
		return nil, err
	}
	defer system.Close()
	old, err := postgres.Pending(ctx, system, Modules()...)
	if err != nil {
		return nil, err
	}
	if len(old) > 0 {
		return nil, fmt.Errorf("the schema of %s is old: run peakseat migrate", strings.Join(old, ", "))
	}
	a.compose(&account.Deps{Log: cfg.Log}, &Pools{System: system})
	report := &AuditReport{}
	err = postgres.InTx(ctx, system, func(tx *postgres.Tx) error {
		report.At, report.Checks = tx.Now, nil
		for _, look := range []func(*postgres.Tx) ([]finding.Check, error){
			a.Account.Audit, a.Certification.Audit, a.Matcher.Audit, auditBilling, a.auditCopies,
			func(tx *postgres.Tx) ([]finding.Check, error) {
				return finding.Run(tx, "platform", platformQueries(outboxAge))
			},
		} {
			checks, err := look(tx)
			if err != nil {
				return err
			}
			report.Checks = append(report.Checks, checks...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	chain, err := auditChain(ctx, system)
	if err != nil {
		return nil, err
	}
	report.Checks = append(report.Checks, chain)
	report.Clean = !slices.ContainsFunc(report.Checks, func(c finding.Check) bool { return c.Broken > 0 })
	return report, nil
}

// auditBilling puts billing's findings beside its checks that found nothing.
func auditBilling(tx *postgres.Tx) ([]finding.Check, error) {
	found, err := billing.Audit(tx)
	if err != nil {
		return nil, err
	}
	checks := make([]finding.Check, 0, len(billingChecks()))
	for _, about := range billingChecks() {
		check := finding.Check{Name: "billing/" + about[0], Examples: []finding.Finding{}}
		if err := tx.Raw(`select count(*) from billing.` + about[1]).Scan(&check.Checked).Error; err != nil {
			return nil, err
		}
		checks = append(checks, check)
	}
	for _, f := range found {
		at := slices.IndexFunc(checks, func(c finding.Check) bool { return c.Name == "billing/"+f.Check })
		if at < 0 {
			at = len(checks)
			checks = append(checks, finding.Check{Name: "billing/" + f.Check})
		}
		checks[at].Add(finding.Finding{Subject: f.Subject, Detail: f.Detail})
	}
	return checks, nil
}

// billingChecks are the names of what billing.Audit looks for, and the table that each is about.
func billingChecks() [][2]string {
	return [][2]string{
		{"balance_is_sum_of_postings", "account"},
		{"balance_in_bounds", "balance"},
		{"transaction_balances", "transaction"},
		{"currency_balances", "posting"},
		{"cause_once", "transaction"},
		{"settlement_is_its_transaction", "settlement"},
		{"settlement_has_a_cause", "transaction"},
		{"timesheet_settled_once", "timesheet"},
		{"disputed_is_open_disputes", "dispute"},
		{"quote_is_charges_credits_and_held", "hold"},
		{"claimed_is_open_timesheets", "hold_line"},
		{"nothing_trapped", "hold_line"},
		{"platform_pays_trials_only", "settlement"},
		{"training_is_what_trials_cost", "settlement"},
		{"top_up_is_its_transaction", "top_up"},
		{"escrow_is_open_minutes", "hold_line"},
		{"tax_recomputes", "settlement"},
		{"tax_year_is_its_settlements", "tax_year"},
	}
}

// auditCopies compares what contexts know of each other. A copy may be late, so that it is only looked at where the
// facts that it is made of were handled.
func (a *App) auditCopies(tx *postgres.Tx) ([]finding.Check, error) {
	return finding.Run(tx, "between", copyQueries(consumerOf(a.Matcher, fact.TagsChanged{}.Type()), a.consumerOfBilling()))
}

// consumerOf names the matcher's consumer of a type of fact.
func consumerOf(m *matcher.Service, factType string) string {
	for _, c := range m.Consumers() {
		if slices.Contains(c.Types, factType) {
			return c.Name
		}
	}
	return ""
}

func (a *App) consumerOfBilling() string {
	for _, c := range a.Billing.Consumers() {
		if slices.Contains(c.Types, fact.AssignmentFinished{}.Type()) {
			return c.Name
		}
	}
	return ""
}

func copyQueries(people, work string) []finding.Query {
	// the facts of some types that a consumer has handled: $1 the consumer, $2 the types
	const handled = `handled as (
		select f.aggregate, f.type, f.position, convert_from(f.body, 'UTF8')::jsonb -> 'data' as data
		from platform.fact f join platform.inbox i on i.fact_id = f.id and i.consumer = $1 where f.type = any ($2::text[]))`
	return []finding.Query{
		{
			Name: "matcher_holds_the_tags_of_its_version", Counted: `select count(*) from matcher.agent_tag`, Broken: `
			with same as (select a.agent_id from matcher.agent a join certification.holder h on h.agent_id = a.agent_id and h.version = a.tag_version),
				known as (select t.* from matcher.agent_tag t join same using (agent_id)),
				held as (select t.* from certification.held_tag t join same using (agent_id))
			select agent_id::text, format('%s: the matcher knows level %s until %s, held is level %s until %s', tag, coalesce(k.level, 0), k.expires_at, coalesce(h.level, 0), h.expires_at)
			from known k full join held h using (agent_id, tag)
			where coalesce(k.level, 0) <> coalesce(h.level, 0) or k.expires_at is distinct from h.expires_at
			union all
			select a.agent_id::text, format('the matcher knows version %s, the newest is %s', a.tag_version, coalesce(h.version, 0))
			from matcher.agent a left join certification.holder h using (agent_id) where a.tag_version > coalesce(h.version, 0)
			union all
			select t.agent_id::text, format('the matcher knows %s of an agent whom nobody gave tags', t.tag)
			from matcher.agent_tag t where not exists (select from certification.holder h where h.agent_id = t.agent_id)`,
		},
		{
			Name: "matcher_knows_what_it_handled", Counted: `select count(*) from matcher.agent`, Broken: `with ` + handled + `
			select a.agent_id::text, format('handled version %s of the tags, knows %s', max((h.data ->> 'version')::bigint), a.tag_version)
			from handled h left join matcher.agent a on a.agent_id = h.aggregate
			group by h.aggregate, a.agent_id, a.tag_version having max((h.data ->> 'version')::bigint) > coalesce(a.tag_version, -1)`,
			Args: []any{people, []string{fact.TagsChanged{}.Type()}},
		},
		{
			Name: "matcher_knows_who_is_disabled", Counted: `select count(*) from matcher.agent where disabled`, Broken: `with ` + handled + `,
			last as (select distinct on (aggregate) aggregate, type from handled order by aggregate, position desc)
			select a.agent_id::text, format('disabled: %s; the last fact handled is %s', a.disabled, l.type)
			from matcher.agent a join last l on l.aggregate = a.agent_id where a.disabled <> (l.type = ($2::text[])[1])
			union all
			select a.agent_id::text, 'disabled, and no fact ever said so'
			from matcher.agent a where a.disabled and not exists (select from platform.fact f where f.aggregate = a.agent_id and f.type = ($2::text[])[1])`,
			Args: []any{people, []string{fact.AccountDisabled{}.Type(), fact.AccountEnabled{}.Type()}},
		},
		{
			Name: "confirmed_bookings_are_held_for", Counted: `select count(*) from billing.hold`, Broken: `
			select booking_id::text, format('booking %s, quote %s; held for quote %s', coalesce(b.state, 'absent'), b.quote_id, h.quote_id)
			from (select id as booking_id, * from matcher.booking) b full join billing.hold h using (booking_id)
			where b.quote_id is distinct from h.quote_id or b.booking_id is null or b.merchant_id <> h.merchant_id
			union all
			select b.id::text, format('confirmed at price book %s; its quote is of %s and version %s of the booking', b.price_book, q.price_book, q.booking_version)
			from matcher.booking b join billing.quote q on q.id = b.quote_id
			where q.booking_id <> b.id or q.price_book <> b.price_book or q.booking_version >= b.version`,
		},
		{
			Name: "held_seats_are_the_shifts_seats", Counted: `select count(*) from billing.hold_line`, Broken: `
			select shift_id::text, format('%s: %s seats of [%s, %s) at %s; held for %s of [%s, %s) at %s', coalesce(s.state, 'absent'), s.seats, s.starts_at, s.ends_at, s.pay_per_hour,
				l.seats - l.cancelled, l.starts_at, l.ends_at, l.pay_per_hour)
			from (select id as shift_id, * from matcher.shift where state <> 'draft') s full join billing.hold_line l using (shift_id)
			where s.seats is distinct from l.seats - l.cancelled or s.starts_at <> l.starts_at or s.ends_at <> l.ends_at or s.pay_per_hour <> l.pay_per_hour
				or s.booking_id <> l.booking_id`,
		},
		{
			Name: "timesheets_are_finished_work", Counted: `select count(*) from billing.timesheet`, Broken: `
			select t.id::text, format('%s min of assignment %s, which is %s with %s paid minutes', t.minutes, t.assignment_id, coalesce(a.state, 'absent'), a.paid_minutes)
			from billing.timesheet t left join matcher.assignment a on a.id = t.assignment_id
			left join matcher.trial l on l.assignment_id = a.id
			where a.state is distinct from 'finished' or a.shift_id <> t.shift_id or a.pay_per_hour <> t.pay_per_hour or a.trial <> (t.kind <> 'seat')
				or t.kind = 'seat' and a.merchant_id <> t.merchant_id or t.kind <> 'mentoring' and (a.paid_minutes <> t.minutes or a.agent_id <> t.agent_id)
				or t.kind = 'mentoring' and t.agent_id is distinct from l.mentor_id`,
		},
		{
			Name: "finished_work_has_its_timesheet", Counted: `select count(*) from matcher.assignment where state = 'finished'`, Broken: `with ` + handled + `
			select h.data ->> 'assignment_id', 'finished, and billing has handled the fact without a timesheet' from handled h
			where not exists (select from billing.timesheet t where t.assignment_id::text = h.data ->> 'assignment_id')`,
			Args: []any{work, []string{fact.AssignmentFinished{}.Type()}},
		},
	}
}

func platformQueries(outboxAge time.Duration) []finding.Query {
	// replies of requests that made something, with what they say they made
	const kept = `kept as (
		select account_id, key, convert_from(reply, 'UTF8')::jsonb as said from platform.idempotency
		where status in (200, 201) and substr(reply, 1, 1) = '{'::bytea)`
	return []finding.Query{
		{
			Name: "kept_replies_are_true", Counted: `select count(*) from platform.idempotency where status in (200, 201) and substr(reply, 1, 1) = '{'::bytea`, Broken: `with ` + kept + `
			select k.account_id::text, format('key %s was answered with seat %s of shift %s, assignment %s, which is not so', k.key, k.said ->> 'seat', k.said ->> 'shift_id', k.said ->> 'id')
			from kept k where k.said ? 'shift_id' and k.said ? 'seat'
				and not exists (select from matcher.assignment a where a.id::text = k.said ->> 'id' and a.shift_id::text = k.said ->> 'shift_id'
					and a.seat_no = (k.said ->> 'seat')::int and a.agent_id = k.account_id)
			union all
			select k.account_id::text, format('key %s was answered with booking %s, which does not exist', k.key, k.said ->> 'id')
			from kept k where k.said ?& array['windows', 'shop_id'] and not exists (select from matcher.booking b where b.id::text = k.said ->> 'id')
			union all
			select k.account_id::text, format('key %s was answered with quote %s, which does not exist', k.key, k.said ->> 'id')
			from kept k where k.said ? 'booking_version' and not exists (select from billing.quote q where q.id::text = k.said ->> 'id')
			union all
			select k.account_id::text, format('key %s was answered with top-up %s, which does not exist', k.key, k.said ->> 'id')
			from kept k where k.said ?& array['merchant_id', 'amount', 'state', 'created_at'] and not k.said ? 'timesheet_id'
				and not exists (select from billing.top_up t where t.id::text = k.said ->> 'id')
			union all
			select k.account_id::text, format('key %s was answered with timesheet %s, which is %s', k.key, k.said ->> 'id', coalesce(t.state, 'absent'))
			from kept k left join billing.timesheet t on t.id::text = k.said ->> 'id'
			where k.said ?& array['assignment_id', 'minutes', 'approve_by'] and (t.id is null or k.said ->> 'state' = 'approved' and t.state <> 'approved')`,
		},
		{
			Name: "facts_are_whole", Counted: `select count(*) from platform.fact`, Broken: `
			select f.id::text, format('a %s about %s whose bytes say %s about %s', f.type, f.aggregate, b.body ->> 'type', b.body ->> 'subject')
			from platform.fact f cross join lateral (select convert_from(f.body, 'UTF8')::jsonb as body) b
			where b.body ->> 'id' is distinct from f.id::text or b.body ->> 'type' is distinct from f.type or b.body ->> 'subject' is distinct from f.aggregate::text`,
		},
		{
			Name: "outbox_is_drained", Counted: `select count(*) from platform.outbox`, Broken: `
			select o.fact_id::text, case when f.id is null then 'waits to be published and does not exist'
				else format('a %s waits to be published since %s: no worker runs, or NATS is away', f.type, f.recorded_at) end
			from platform.outbox o left join platform.fact f on f.id = o.fact_id and f.recorded_at = o.fact_recorded_at
			where f.id is null or f.recorded_at < $1`,
			Args: []any{clock.Now().Add(-outboxAge)}, // both are machine time
		},
		{
			Name: "tenant_tables_have_policies", Counted: `select count(*) from (` + tenantTables + `) t`, Broken: `
			select t.name, case when not t.relrowsecurity then 'row-level security is off'
				when t.open then 'a policy lets every request see every row' else 'it has no policy for ' || t.lacking end
			from (select t.*, case when t.app and not exists (select from pg_catalog.pg_policy p where p.polrelid = t.oid and p.polpermissive and p.polroles @> array['peakseat_app'::regrole::oid]) then 'peakseat_app'
					when not exists (select from pg_catalog.pg_policy p where p.polrelid = t.oid and p.polpermissive and p.polroles @> array['peakseat_system'::regrole::oid]) then 'peakseat_system' end as lacking,
				exists (select from pg_catalog.pg_policy p where p.polrelid = t.oid and p.polpermissive and (p.polroles @> array['peakseat_app'::regrole::oid] or p.polroles @> array[0::oid])
					and (pg_catalog.pg_get_expr(p.polqual, t.oid) = 'true' or pg_catalog.pg_get_expr(p.polwithcheck, t.oid) = 'true')) as open
				from (` + tenantTables + `) t) t
			where not t.relrowsecurity or t.open or t.lacking is not null
			union all
			select rolname, 'this role passes by row-level security' from pg_catalog.pg_roles
			where rolname in ('peakseat_owner', 'peakseat_app', 'peakseat_claim', 'peakseat_system') and (rolsuper or rolbypassrls)`,
		},
		{
			Name: "append_only_tables_are_guarded", Counted: `select cardinality(` + appendOnly + `)`, Broken: `
			select w.name, case when c.oid is null then 'the table is gone' when not coalesce(g.rows, false) then 'no trigger refuses updates and deletes'
				when not coalesce(g.truncate, false) then 'no trigger refuses truncate' else 'the program''s roles may change it' end
			from unnest(` + appendOnly + `) w (name) left join pg_catalog.pg_class c on c.oid = pg_catalog.to_regclass(w.name)
			left join lateral (select bool_or(t.tgtype & 1 = 1 and t.tgtype & 2 = 2 and t.tgtype & 24 = 24) as rows, bool_or(t.tgtype & 32 = 32 and t.tgtype & 2 = 2) as truncate
				from pg_catalog.pg_trigger t join pg_catalog.pg_proc p on p.oid = t.tgfoid
				where t.tgrelid = c.oid and p.proname = 'refuse_change' and t.tgenabled in ('O', 'A')) g on true
			where c.oid is null or not coalesce(g.rows and g.truncate, false)
				or exists (select from unnest(array['peakseat_app', 'peakseat_claim', 'peakseat_system']) r where pg_catalog.has_table_privilege(r, c.oid, 'update, delete, truncate'))`,
		},
	}
}

const (
	// tables that hold some tenant's rows, and whether requests read or write them
	tenantTables = `
		select c.oid, c.oid::regclass::text as name, c.relrowsecurity, pg_catalog.has_any_column_privilege('peakseat_app', c.oid, 'select, insert, update') as app
		from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
		where c.relkind in ('r', 'p') and n.nspname in ('academy', 'account', 'certification', 'matcher', 'billing', 'platform')
			and exists (select from pg_catalog.pg_attribute a where a.attrelid = c.oid and not a.attisdropped
				and a.attname in ('merchant_id', 'agent_id', 'account_id', 'organisation_id', 'person_id'))`

	appendOnly = `array['platform.fact', 'platform.audit', 'platform.audit_seal', 'matcher.attendance_event', 'certification.tag_grant', 'certification.tag_version',
		'certification.template', 'certification.template_version', 'certification.credential', 'certification.suspension', 'certification.suspension_end', 'certification.revocation_request',
		'certification.revocation', 'certification.appeal', 'certification.appeal_decision', 'certification.consent', 'certification.log_leaf', 'certification.log_hash', 'certification.achievement',
		'certification.expiry_notice', 'certification.standing_event', 'certification.tier_change', 'certification.standing_appeal', 'certification.standing_appeal_decision',
		'billing.account', 'billing.transaction', 'billing.posting', 'billing.price_book', 'billing.quote', 'billing.quote_line', 'billing.settlement', 'billing.credit', 'billing.lifted_lateness']`
)

// auditChain verifies the audit trail's chain, which finds its first breach only.
func auditChain(ctx context.Context, system *postgres.DB) (finding.Check, error) {
	check := finding.Check{Name: "platform/audit_trail_is_unbroken", Examples: []finding.Finding{}}
	if err := system.Pool.QueryRow(ctx, `select count(*) from platform.audit`).Scan(&check.Checked); err != nil {
		return check, fmt.Errorf("count the audit trail: %w", err)
	}
	err := audit.Verify(ctx, system)
	if broken, ok := errors.AsType[*audit.BrokenError](err); ok {
		check.Add(finding.Finding{Subject: broken.AuditID.String(), Detail: broken.Error()})
		return check, nil
	}
	return check, err
}
