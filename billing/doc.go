// Package billing moves the money: price book, quotes, wallet, escrow, timesheets, disputes, settlement, tax.
//
// It owns the schema billing. The ledger (accounts, transactions, postings) is append-only: by trigger, by
// grant and by row-level security. A transaction has a cause, and each cause has one transaction at most, so
// that money never moves twice for one reason. Balances are kept by a trigger in the same transaction, and
// a wallet, an escrow, a dispute or somebody's earnings can never fall below nothing.
//
// The way of the money, each arrow one kind of cause:
//
//	gateway -top_up-> wallet -hold-> escrow -settlement-> earnings, tax, commission
//	                  wallet <-cancellation, unfilled- escrow -freeze-> disputed -ruling-> earnings, tax, commission
//	                  wallet <------------------ruling------------------ disputed
//	                  wallet (or receivable, where it is empty) -extension-> earnings, tax, commission
//	training (what trials cost the platform) -settlement, extension-> earnings, tax
//
// Accounts are per merchant (gateway, wallet, receivable), per booking (escrow, disputed, commission, training) and per agent
// (earnings, tax): no row is everybody's, so that settlements of different bookings never wait for each other.
//
// A shift's hold is counted in seat minutes. F(n) is the charge of n minutes; with s minutes settled and h held,
// the shift's part of the escrow is F(s+h) - F(s). Settling takes minutes from the bottom, freezing and returning
// take them from the top, so that the parts always add up to the hold whatever the roundings, and the bill is the quote
// less the credits to the fen.
//
// Locks, in this order: timesheet, hold (the booking), tax year (the person), balances (by id). A database transaction
// posts once.
//
// Facts in: matcher.assignment.finished, matcher.shift.ended, academy.trial.assessed, certification.penalty_appeal.decided (an
// upheld one pays what the lateness took away, as an upheld objection does). Facts out: billing.wallet.topped_up,
// billing.timesheet.submitted, billing.timesheet.settled.
//
// What one merchant does with its own money runs under its own role. What touches two tenants (a settlement pays an agent)
// runs under the system role, after the timesheet was read under the caller's: what row-level security hides is not found.
package billing
