package billing

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"peakseat/internal/postgres"

	"github.com/google/uuid"
)

// Finding is something in the books that must never be.
type Finding struct {
	Check   string `json:"check"`   // stable, snake_case
	Subject string `json:"subject"` // the id of what is wrong
	Detail  string `json:"detail"`
}

// Audit recomputes the books from the postings and names everything that does not agree. It changes nothing, needs the system role
// and, to be one picture, a transaction that sees one moment (repeatable read) where others write meanwhile.
//
// The checks: every balance is the sum of its postings; each transaction and each currency add up to zero; escrow and
// disputed accounts equal the minutes still open; a settlement's transaction moved what the settlement says; a timesheet is
// settled once and never for more than its minutes; the quote of a booking is its charges, credits and what is still held;
// the tax of every person's year comes out the same again; no ended shift keeps minutes that nobody claims; trials are paid by
// the platform, and nothing else is.
func Audit(tx *postgres.Tx) ([]Finding, error) {
	var findings []Finding
	for _, c := range auditQueries() {
		var rows []struct{ Subject, Detail string }
		if err := tx.Raw(c.query).Scan(&rows).Error; err != nil {
			return nil, fmt.Errorf("audit %s: %w", c.name, err)
		}
		for _, r := range rows {
			findings = append(findings, Finding{Check: c.name, Subject: r.Subject, Detail: r.Detail})
		}
	}
	shares, err := auditShares(tx)
	if err != nil {
		return nil, err
	}
	taxes, err := auditTax(tx)
	if err != nil {
		return nil, err
	}
	return slices.Concat(findings, shares, taxes), nil
}

type auditQuery struct{ name, query string }

// auditQueries select (subject, detail) of what is wrong.
func auditQueries() []auditQuery {
	return []auditQuery{
		{"balance_is_sum_of_postings", `
			select a.id::text as subject, format('%s: balance %s, postings %s', a.kind, coalesce(b.amount::text, 'absent'), coalesce(p.sum, 0)) as detail
			from billing.account a left join billing.balance b on b.account_id = a.id
			left join (select account_id, sum(amount) as sum from billing.posting group by account_id) p on p.account_id = a.id
			where b.amount is distinct from coalesce(p.sum, 0)`},
		{"balance_in_bounds", `
			select account_id::text as subject, format('%s: %s', kind, amount) as detail from billing.balance
			where (kind in ('wallet', 'escrow', 'disputed', 'earnings', 'tax') and amount < 0) or (kind in ('gateway', 'receivable', 'training') and amount > 0)`},
		{"transaction_balances", `
			select t.id::text as subject, format('%s adds up to %s %s', t.cause_kind, coalesce(p.sum, 0), p.currency) as detail
			from billing.transaction t
			left join (select transaction_id, currency, sum(amount) as sum from billing.posting group by transaction_id, currency) p on p.transaction_id = t.id
			where p.sum is distinct from 0`},
		{"currency_balances", `
			select currency as subject, format('all postings add up to %s', sum(amount)) as detail
			from billing.posting group by currency having sum(amount) <> 0`},
		{"cause_once", `
			select cause_id::text as subject, format('%s transactions for one %s', count(*), cause_kind) as detail
			from billing.transaction group by cause_kind, cause_id having count(*) > 1`},
		{"settlement_is_its_transaction", `
			select s.id::text as subject, format('pay %s, tax %s, commission %s', s.pay, s.tax, s.commission) as detail
			from billing.settlement s
			where coalesce((select sum(p.amount) from billing.posting p join billing.account a on a.id = p.account_id
				where p.transaction_id = s.transaction_id and a.kind = 'earnings' and a.owner = s.agent_id), 0) <> s.pay - s.tax
			or coalesce((select sum(p.amount) from billing.posting p join billing.account a on a.id = p.account_id
				where p.transaction_id = s.transaction_id and a.kind = 'tax' and a.owner = s.agent_id), 0) <> s.tax
			or coalesce((select sum(p.amount) from billing.posting p join billing.account a on a.id = p.account_id
				where p.transaction_id = s.transaction_id and a.kind = 'commission' and a.owner = s.booking_id), 0) <> s.commission`},
		{"settlement_has_a_cause", `
			select t.id::text as subject, format('a %s without a settlement', t.cause_kind) as detail
			from billing.transaction t
			where t.cause_kind in ('settlement', 'extension') and not exists (select from billing.settlement s where s.transaction_id = t.id)`},
		{"timesheet_settled_once", `
			select t.id::text as subject, format('%s of %s minutes settled, %s noted', coalesce(s.minutes, 0), t.minutes, t.settled) as detail
			from billing.timesheet t
			left join (select timesheet_id, sum(minutes) as minutes, sum(minutes) filter (where source <> 'extension' and (source <> 'platform' or dispute_id is null)) as own, sum(pay) as pay,
				count(*) filter (where dispute_id is null) as approvals from billing.settlement group by timesheet_id) s on s.timesheet_id = t.id
			where coalesce(s.minutes, 0) <> t.settled or coalesce(s.own, 0) > t.minutes or coalesce(s.approvals, 0) > 1
			or coalesce(s.pay, 0) <> (t.settled * t.pay_per_hour + 30) / 60
			or (t.state = 'submitted' and coalesce(s.approvals, 0) > 0)
			or (t.state = 'approved' and t.minutes > t.disputed and coalesce(s.approvals, 0) <> 1)`},
		{"disputed_is_open_disputes", `
			select h.booking_id::text as subject, format('disputed %s, open disputes %s', coalesce(b.amount, 0), coalesce(d.amount, 0)) as detail
			from billing.hold h
			left join billing.account a on a.kind = 'disputed' and a.owner = h.booking_id
			left join billing.balance b on b.account_id = a.id
			left join (select t.booking_id, sum(d.amount) as amount from billing.dispute d join billing.timesheet t on t.id = d.timesheet_id
				where d.state = 'open' group by t.booking_id) d on d.booking_id = h.booking_id
			where coalesce(b.amount, 0) <> coalesce(d.amount, 0)`},
		{"quote_is_charges_credits_and_held", `
			select h.booking_id::text as subject, format('quoted %s, charged %s, credited %s, held %s', h.total, coalesce(s.charge, 0), coalesce(c.amount, 0), coalesce(b.amount, 0)) as detail
			from billing.hold h
			join billing.quote q on q.id = h.quote_id
			left join (select booking_id, sum(charge) as charge from billing.settlement where source not in ('extension', 'platform') group by booking_id) s on s.booking_id = h.booking_id
			left join (select booking_id, sum(amount) as amount from billing.credit group by booking_id) c on c.booking_id = h.booking_id
			left join (select a.owner, sum(b.amount) as amount from billing.account a join billing.balance b on b.account_id = a.id
				where a.kind in ('escrow', 'disputed') group by a.owner) b on b.owner = h.booking_id
			where h.total <> q.total or h.total <> coalesce(s.charge, 0) + coalesce(c.amount, 0) + coalesce(b.amount, 0)`},
		{"claimed_is_open_timesheets", `
			select l.shift_id::text as subject, format('claimed %s, timesheets %s', l.claimed, coalesce(t.minutes, 0)) as detail
			from billing.hold_line l
			left join (select shift_id, sum(minutes - disputed) as minutes from billing.timesheet where state = 'submitted' group by shift_id) t on t.shift_id = l.shift_id
			where l.claimed <> coalesce(t.minutes, 0)`},
		{"nothing_trapped", `
			select shift_id::text as subject, format('%s minutes held that nobody claims', held - claimed) as detail
			from billing.hold_line l where ended_at is not null and held > claimed
			and expected <= (select count(*) from billing.timesheet t where t.shift_id = l.shift_id and t.kind = 'seat')`},
		{"platform_pays_trials_only", `
			select s.id::text as subject, format('%s paid for a timesheet of kind %s', s.source, t.kind) as detail
			from billing.settlement s join billing.timesheet t on t.id = s.timesheet_id where (s.source = 'platform') <> (t.kind <> 'seat')
			union all
			select t.id::text, format('%s, of kind %s, waits for nobody''s approval', t.state, t.kind) from billing.timesheet t where t.kind <> 'seat' and t.state <> 'approved'`},
		{"training_is_what_trials_cost", `
			select coalesce(a.owner, s.booking_id)::text as subject, format('training %s, trials paid %s', coalesce(b.amount, 0), coalesce(s.pay, 0)) as detail
			from (select * from billing.account where kind = 'training') a join billing.balance b on b.account_id = a.id
			full join (select booking_id, sum(pay) as pay from billing.settlement where source = 'platform' group by booking_id) s on s.booking_id = a.owner
			where coalesce(b.amount, 0) <> -coalesce(s.pay, 0)`},
		{"top_up_is_its_transaction", `
			select u.id::text as subject, format('%s %s', u.state, u.amount) as detail
			from billing.top_up u
			where (u.state = 'settled') <> exists (select from billing.transaction t join billing.posting p on p.transaction_id = t.id
				join billing.account a on a.id = p.account_id
				where t.cause_kind = 'top_up' and t.cause_id = u.id and a.kind = 'gateway' and p.amount = -u.amount)`},
	}
}

// auditShares compares each booking's escrow with the minutes that its shifts still hold.
func auditShares(tx *postgres.Tx) ([]Finding, error) {
	var rows []share
	err := tx.Raw(`select shift_id, booking_id, merchant_id, line_id, seats, seat_minutes, pay_per_hour, charge_per_hour, priority_per_hour,
		held, settled from billing.hold_line`).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("audit escrow: %w", err)
	}
	var balances []struct {
		Owner  uuid.UUID
		Amount int64
	}
	err = tx.Raw(`select a.owner, b.amount from billing.account a join billing.balance b on b.account_id = a.id where a.kind = 'escrow'`).Scan(&balances).Error
	if err != nil {
		return nil, fmt.Errorf("audit escrow: %w", err)
	}
	open := map[uuid.UUID]int64{}
	for _, r := range rows {
		open[r.BookingID] += r.charge(r.Settled+r.Held) - r.charge(r.Settled)
	}
	var findings []Finding
	for _, b := range balances {
		if open[b.Owner] != b.Amount {
			findings = append(findings, Finding{
				Check: "escrow_is_open_minutes", Subject: b.Owner.String(), Detail: fmt.Sprintf("escrow %d, open minutes %d", b.Amount, open[b.Owner]),
			})
		}
	}
	return findings, nil
}

// auditTax withholds every person's years again.
func auditTax(tx *postgres.Tx) ([]Finding, error) {
	type entry struct {
		ID               uuid.UUID
		AgentID          uuid.UUID
		TaxYear          int
		TaxMonth         int
		Pay              int64
		Tax              int64
		Income, Withheld int64
		At               time.Time
	}
	var entries []entry
	err := tx.Raw(`select id, agent_id, tax_year, tax_month, pay, tax, income, withheld, at from billing.settlement
		order by agent_id, tax_year, income, id`).Scan(&entries).Error
	if err != nil {
		return nil, fmt.Errorf("audit tax: %w", err)
	}
	var kept []struct {
		AgentID          uuid.UUID
		Year, FirstMonth int
		Income, Withheld int64
	}
	if err := tx.Raw(`select agent_id, year, first_month, income, withheld from billing.tax_year`).Scan(&kept).Error; err != nil {
		return nil, fmt.Errorf("audit tax: %w", err)
	}
	type person struct {
		agent uuid.UUID
		year  int
	}
	years := map[person]taxYear{}
	var findings []Finding
	for _, e := range entries {
		local := e.At.In(taxZone())
		key := person{e.AgentID, local.Year()}
		year, begun := years[key]
		if !begun {
			year.FirstMonth = int(local.Month())
		}
		w, err := computeTax(local, year, e.Pay)
		if err != nil {
			return nil, err
		}
		if w.Tax != e.Tax || w.Income != e.Income || w.Withheld != e.Withheld || w.Year != e.TaxYear || int(w.Month) != e.TaxMonth {
			findings = append(findings, Finding{
				Check: "tax_recomputes", Subject: e.ID.String(),
				Detail: fmt.Sprintf("tax %d of income %d in %d-%02d; computed again %d of %d", e.Tax, e.Income, e.TaxYear, e.TaxMonth, w.Tax, w.Income),
			})
		}
		year.Income, year.Withheld = w.Income, w.Withheld
		years[key] = year
	}
	for _, k := range kept {
		key, year := person{k.AgentID, k.Year}, taxYear{k.FirstMonth, k.Income, k.Withheld}
		if years[key] != year {
			findings = append(findings, Finding{
				Check: "tax_year_is_its_settlements", Subject: k.AgentID.String(), Detail: fmt.Sprintf("%d: kept %+v, settlements %+v", k.Year, year, years[key]),
			})
		}
		delete(years, key)
	}
	for key := range years {
		findings = append(findings, Finding{Check: "tax_year_is_its_settlements", Subject: key.agent.String(), Detail: fmt.Sprintf("%d: not kept", key.year)})
	}
	slices.SortFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Check, b.Check), cmp.Compare(a.Subject, b.Subject))
	})
	return findings, nil
}
