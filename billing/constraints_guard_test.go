package billing_test

import (
	"testing"

	"peakseat/billing"
	"peakseat/internal/guardtest"
	"peakseat/internal/postgres"
)

// What the database refuses whoever writes it, a row each.
func TestGuardsRefuse(t *testing.T) {
	t.Parallel()
	guards().Refuses(t)
}

// Who may do what to whose rows by plain SQL, whatever a handler forgets.
func TestGuardsAdmit(t *testing.T) {
	t.Parallel()
	guards().Admits(t)
}

const (
	payer    = `'` + guardtest.Merchant + `'`
	payee    = `'` + guardtest.Agent + `'`
	walletID = `'00000000-0000-0000-0000-000000000201'`
	booking  = `'00000000-0000-0000-0000-000000000202'`
	moveID   = `'00000000-0000-0000-0000-000000000203'`
	quoteID  = `'00000000-0000-0000-0000-000000000204'`
	lineID   = `'00000000-0000-0000-0000-000000000205'`
	shiftID  = `'00000000-0000-0000-0000-000000000206'`
	sheetID  = `'00000000-0000-0000-0000-000000000207'`
	earnID   = `'00000000-0000-0000-0000-000000000208'`
	argued   = `'00000000-0000-0000-0000-000000000209'`
	anyID    = `gen_random_uuid()`
)

// guards is one hour of one agent for one merchant: quoted, held, worked, disputed, settled and credited.
func guards() guardtest.Schema {
	return guardtest.Schema{
		Name: "billing", Modules: []postgres.Module{billing.Module()},
		Fixture: `
insert into billing.account (id, kind, owner, currency, merchant_id, agent_id) values
	(` + walletID + `, 'wallet', ` + payer + `, 'CNY', ` + payer + `, null), (` + earnID + `, 'earnings', ` + payee + `, 'CNY', null, ` + payee + `);
insert into billing.balance (account_id, kind, amount) values (` + walletID + `, 'wallet', 100), (` + earnID + `, 'earnings', 100);
insert into billing.transaction (id, cause_kind, cause_id, merchant_id, at) values (` + moveID + `, 'hold', ` + anyID + `, ` + payer + `, '2026-11-01Z');
insert into billing.posting values (` + moveID + `, 1, ` + walletID + `, -5, 'CNY');
insert into billing.price_book (version, effective_at, created_at, created_by, body) values (2, '2026-11-01Z', '2026-11-01Z', '` + guardtest.Operator + `', '{}');
insert into billing.quote (id, booking_id, booking_version, merchant_id, price_book, rules_version, priority, currency, pay, commission, total, created_at, expires_at)
	values (` + quoteID + `, ` + booking + `, 1, ` + payer + `, 1, 1, 1, 'CNY', 3000, 450, 3450, '2026-11-01Z', '2026-11-02Z');
insert into billing.quote_line (id, quote_id, position, kind, shift_id, starts_at, ends_at, seats, minutes, pay_per_hour, charge_per_hour, pay, commission, charge, factors)
	values (` + lineID + `, ` + quoteID + `, 1, 'seats', ` + shiftID + `, '2026-11-11 12:00Z', '2026-11-11 13:00Z', 1, 60, 3000, 3450, 3000, 450, 3450, '[]');
insert into billing.hold (booking_id, quote_id, merchant_id, transaction_id, currency, total, held_at)
	values (` + booking + `, ` + quoteID + `, ` + payer + `, ` + moveID + `, 'CNY', 3450, '2026-11-01Z');
insert into billing.hold_line (shift_id, booking_id, merchant_id, line_id, starts_at, ends_at, seats, seat_minutes, pay_per_hour, charge_per_hour, priority_per_hour, held, settled, frozen, ruled, returned)
	values (` + shiftID + `, ` + booking + `, ` + payer + `, ` + lineID + `, '2026-11-11 12:00Z', '2026-11-11 13:00Z', 1, 60, 3000, 3450, 0, 20, 10, 10, 10, 10);
insert into billing.top_up (id, merchant_id, amount, currency, created_at, created_by) values (` + anyID + `, ` + payer + `, 100, 'CNY', '2026-11-01Z', ` + anyID + `);
insert into billing.timesheet (id, assignment_id, shift_id, booking_id, merchant_id, agent_id, starts_at, ends_at, minutes, pay_per_hour, currency, swept, events, rules_version, submitted_at, approve_by)
	values (` + sheetID + `, ` + anyID + `, ` + shiftID + `, ` + booking + `, ` + payer + `, ` + payee + `, '2026-11-11 12:00Z', '2026-11-11 13:00Z', 60, 3000, 'CNY', false, '[]', 1, '2026-11-11Z', '2026-11-13Z');
insert into billing.dispute (id, timesheet_id, kind, merchant_id, agent_id, minutes, amount, currency, reason, opened_at, opened_by, rule_by)
	values (` + argued + `, ` + sheetID + `, 'dispute', ` + payer + `, ` + payee + `, 5, 250, 'CNY', 'late', '2026-11-11Z', ` + anyID + `, '2026-11-13Z');
insert into billing.settlement (id, timesheet_id, dispute_id, transaction_id, merchant_id, agent_id, booking_id, shift_id, line_id, source, reason, minutes, currency,
		charge, pay, commission, tax, at, tax_year, tax_month, income, withheld, computation) values
	(` + anyID + `, ` + sheetID + `, null, ` + moveID + `, ` + payer + `, ` + payee + `, ` + booking + `, ` + shiftID + `, ` + lineID + `, 'escrow', 'approval', 55, 'CNY', 3450, 3000, 450, 0, '2026-11-13Z', 2026, 11, 3000, 0, '{}'),
	(` + anyID + `, ` + sheetID + `, ` + argued + `, ` + anyID + `, ` + payer + `, ` + payee + `, ` + booking + `, ` + shiftID + `, ` + lineID + `, 'disputed', 'ruling', 5, 'CNY', 345, 300, 45, 0, '2026-11-13Z', 2026, 11, 3300, 0, '{}');
insert into billing.credit (id, merchant_id, booking_id, shift_id, line_id, transaction_id, reason, minutes, amount, currency, at) values
	(` + anyID + `, ` + payer + `, ` + booking + `, ` + shiftID + `, ` + lineID + `, ` + moveID + `, 'cancelled', 10, 500, 'CNY', '2026-11-13Z'),
	(` + anyID + `, ` + payer + `, ` + booking + `, ` + shiftID + `, ` + lineID + `, ` + moveID + `, 'ruling', 10, 500, 'CNY', '2026-11-13Z');
insert into billing.tax_year (agent_id, year, first_month, income, withheld) values (` + payee + `, 2026, 11, 3300, 0);
insert into billing.lifted_lateness (assignment_id, decided_by, told_at) values (` + anyID + `, ` + anyID + `, '2026-11-13Z');
`,
		Breaks: []guardtest.Break{
			// nothing below nothing
			{"balance_wallet_not_negative", `update billing.balance set amount = -1 where kind = 'wallet'`},
			{"balance_escrow_not_negative", `update billing.balance set amount = -1, kind = 'escrow'`},
			{"balance_disputed_not_negative", `update billing.balance set amount = -1, kind = 'disputed'`},
			{"balance_earnings_not_negative", `update billing.balance set amount = -1 where kind = 'earnings'`},
			{"balance_tax_not_negative", `update billing.balance set amount = -1, kind = 'tax'`},
			{"balance_gateway_not_positive", `update billing.balance set amount = 1, kind = 'gateway'`},
			{"balance_receivable_not_positive", `update billing.balance set amount = 1, kind = 'receivable'`},
			{"balance_training_not_positive", `update billing.balance set amount = 1, kind = 'training'`},
			// nothing twice
			{"transaction_cause_once", guardtest.Copy("transaction", "id = gen_random_uuid()")},
			{"hold_quote_once", guardtest.Copy("hold", "booking_id = gen_random_uuid()")},
			{"timesheet_assignment_once", guardtest.Copy("timesheet", "id = gen_random_uuid()")},
			{"settlement_timesheet_once", guardtest.Copy("settlement", "id = gen_random_uuid()", "transaction_id = gen_random_uuid()")},
			{"settlement_dispute_once", guardtest.Copy("settlement", "id = gen_random_uuid()", "transaction_id = gen_random_uuid()", "timesheet_id = gen_random_uuid()")},
			{"settlement_transaction_id_key", guardtest.Copy("settlement", "id = gen_random_uuid()", "timesheet_id = gen_random_uuid()", "dispute_id = gen_random_uuid()")},
			{"dispute_once", guardtest.Copy("dispute", "id = gen_random_uuid()")},
			{"quote_line_quote_id_position_key", guardtest.Copy("quote_line", "id = gen_random_uuid()")},
			{"account_kind_owner_currency_key", guardtest.Copy("account", "id = gen_random_uuid()")},
			{"account_id_currency_key", `alter table billing.account drop constraint account_pkey cascade; insert into billing.account select id, kind, gen_random_uuid(), currency from billing.account`},
			// the ledger
			{"account_check", `update billing.account set agent_id = merchant_id where merchant_id is not null`},
			{"account_currency_check", `update billing.account set currency = 'yuan'`},
			{"account_kind_check", `update billing.account set kind = 'pocket'`},
			{"posting_amount_check", `update billing.posting set amount = 0`},
			{"posting_line_check", `update billing.posting set line = 0`},
			{"transaction_cause_kind_check", `update billing.transaction set cause_kind = 'gift'`},
			// quotes
			{"price_book_version_check", guardtest.Copy("price_book", "version = 0")},
			{"quote_check", `update billing.quote set total = total + 1`},
			{"quote_fill_chance_check", `update billing.quote set fill_chance = 1.01`},
			{"quote_line_fill_chance_check", `update billing.quote_line set fill_chance = -0.01`},
			{"quote_pay_check", `update billing.quote set pay = -1, commission = total + 1`},
			{"quote_priority_check", `update billing.quote set priority = 3`},
			{"quote_total_check", `update billing.quote set total = -1, commission = -3001`},
			{"quote_line_check", `update billing.quote_line set ends_at = starts_at`},
			{"quote_line_check1", `update billing.quote_line set charge_per_hour = 2999, charge = 2999, commission = -1`},
			{"quote_line_check2", `update billing.quote_line set commission = 451`},
			{"quote_line_is_its_minutes", `update billing.quote_line set charge = charge + 1, commission = commission + 1`},
			{"quote_line_is_its_minutes", `update billing.quote_line set pay = pay + 1, commission = commission - 1`},
			{"quote_line_kind_check", `update billing.quote_line set kind = 'tip'`},
			{"quote_line_minutes_check", `update billing.quote_line set minutes = 0, pay = 0, charge = 0, commission = 0`},
			{"quote_line_pay_per_hour_check", `update billing.quote_line set pay_per_hour = -60, pay = -59, commission = 3509`},
			{"quote_line_seats_check", `update billing.quote_line set seats = 0`},
			// what a booking holds
			{"hold_line_adds_up", `update billing.hold_line set held = held + 1`},
			{"hold_line_adds_up", `update billing.hold_line set settled = settled - 1`},
			{"hold_line_covers_claims", `update billing.hold_line set claimed = held + 1`},
			{"hold_line_covers_claims", `update billing.hold_line set claimed = -1`},
			{"hold_line_check", `update billing.hold_line set cancelled = seats + 1`},
			{"hold_line_check", `update billing.hold_line set cancelled = -1`},
			{"hold_line_awaiting_check", `update billing.hold_line set expected = -1`},
			{"hold_line_held_check", `alter table billing.hold_line drop constraint hold_line_covers_claims; update billing.hold_line set held = -1, settled = 31`},
			{"hold_line_settled_check", `update billing.hold_line set settled = -1, held = 31`},
			{"hold_line_frozen_check", `update billing.hold_line set frozen = -1, held = 31`},
			{"hold_line_ruled_check", `update billing.hold_line set ruled = -1, held = 31`},
			{"hold_line_returned_check", `update billing.hold_line set returned = -1, held = 31`},
			{"hold_line_seats_check", `update billing.hold_line set seats = 0, held = 0, settled = 0, frozen = 0, ruled = 0, returned = 0`},
			{"hold_line_seat_minutes_check", `update billing.hold_line set seat_minutes = 0, held = 0, settled = 0, frozen = 0, ruled = 0, returned = 0`},
			{"top_up_amount_check", `update billing.top_up set amount = 0`},
			{"top_up_check", `update billing.top_up set settled_at = created_at`},
			{"top_up_check", `update billing.top_up set state = 'settled'`},
			{"top_up_state_check", `update billing.top_up set state = 'gone'`},
			// minutes that become money
			{"timesheet_kind_check", `update billing.timesheet set kind = 'nap'`},
			{"timesheet_platform_approves", `update billing.timesheet set state = 'approved', approved_at = submitted_at, approved_by = 'platform'`},
			{"timesheet_platform_approves", `update billing.timesheet set kind = 'trial', state = 'approved', approved_at = submitted_at, approved_by = 'deadline'`},
			{"settlement_platform_pays", `update billing.settlement set source = 'platform', charge = pay, commission = 0`},
			{"settlement_platform_pays", `update billing.settlement set line_id = null`},
			{"settlement_platform_earns_nothing", `update billing.settlement set source = 'platform', line_id = null`},
			{"timesheet_approved_by_check", `update billing.timesheet set approved_by = 'nobody'`},
			{"timesheet_check", `update billing.timesheet set disputed = minutes + 1`},
			{"timesheet_check1", `update billing.timesheet set state = 'approved'`},
			{"timesheet_check1", `update billing.timesheet set approved_at = submitted_at, approved_by = 'approval'`},
			{"timesheet_minutes_check", `alter table billing.timesheet drop constraint timesheet_check; update billing.timesheet set minutes = -1`},
			{"timesheet_pay_per_hour_check", `update billing.timesheet set pay_per_hour = -1`},
			{"timesheet_settled_check", `update billing.timesheet set settled = -1`},
			{"timesheet_state_check", `update billing.timesheet set state = 'gone'`},
			{"dispute_amount_check", `update billing.dispute set amount = -1`},
			{"dispute_check", `update billing.dispute set minutes_to_agent = minutes + 1`},
			{"dispute_check1", `update billing.dispute set state = 'ruled'`},
			{"dispute_check1", `update billing.dispute set state = 'ruled', ruled_at = opened_at`},
			{"dispute_kind_check", `update billing.dispute set kind = 'quarrel'`},
			{"dispute_minutes_check", `update billing.dispute set minutes = 0`},
			{"dispute_reason_check", `update billing.dispute set reason = ''`},
			{"dispute_state_check", `update billing.dispute set state = 'gone'`},
			{"settlement_check", `update billing.settlement set tax = pay + 1`},
			{"settlement_check", `update billing.settlement set tax = -1`},
			{"settlement_check1", `update billing.settlement set charge = charge + 1`},
			{"settlement_minutes_check", `update billing.settlement set minutes = 0`},
			{"settlement_reason_check", `update billing.settlement set reason = 'mood'`},
			{"settlement_source_check", `update billing.settlement set source = 'wallet'`},
			{"settlement_tax_month_check", `update billing.settlement set tax_month = 13`},
			{"credit_amount_check", `update billing.credit set amount = -1`},
			{"credit_minutes_check", `update billing.credit set minutes = 0`},
			{"credit_reason_check", `update billing.credit set reason = 'mood'`},
			{"tax_year_check", `update billing.tax_year set withheld = income + 1`},
			{"tax_year_first_month_check", `update billing.tax_year set first_month = 0`},
			{"tax_year_income_check", `alter table billing.tax_year drop constraint tax_year_check; update billing.tax_year set income = -1`},
		},
		References: []string{
			"balance.account_id", "credit.dispute_id", "credit.line_id", "credit.timesheet_id", "credit.transaction_id", "dispute.timesheet_id", "dispute.transaction_id",
			"hold.quote_id", "hold.transaction_id", "hold_line.booking_id", "hold_line.line_id", "posting.account_id", "posting.transaction_id", "quote.price_book",
			"quote_line.quote_id", "settlement.dispute_id", "settlement.line_id", "settlement.timesheet_id", "settlement.transaction_id", "timesheet.shift_id",
			"transaction.corrects",
		},
		AppendOnly:  []string{"account", "transaction", "posting", "price_book", "quote", "quote_line", "settlement", "credit", "lifted_lateness"},
		Undeletable: []string{"balance", "timesheet", "dispute"},
		Nullable: []string{
			"account.agent_id", "account.merchant_id", "credit.dispute_id", "credit.timesheet_id", "dispute.answer", "dispute.answered_at", "dispute.answered_by",
			"dispute.minutes_to_agent", "dispute.ruled_at", "dispute.ruled_by", "dispute.ruling", "dispute.transaction_id", "hold_line.ended_at",
			"price_book.created_by", "quote.competing_seats", "quote.eligible_free", "quote.fill_chance", "quote_line.fill_chance", "settlement.dispute_id", "settlement.line_id", "timesheet.approved_at", "timesheet.approved_by",
			"top_up.settled_at", "top_up.settled_by", "transaction.agent_id", "transaction.booking_id", "transaction.corrects", "transaction.merchant_id",
			"transaction.shift_id", "transaction.timesheet_id",
		},
	}
}
