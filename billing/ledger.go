package billing

import (
	"fmt"

	"peakseat/internal/postgres"

	"github.com/google/uuid"
)

// currency is the one that prices, wallets and pay are in.
const currency = "CNY"

// accountKind says what an account is for and who owns it.
type accountKind string

const (
	kindGateway    accountKind = "gateway"    // a merchant's: what came in from outside, as a negative sum
	kindWallet     accountKind = "wallet"     // a merchant's
	kindReceivable accountKind = "receivable" // a merchant's: what it owes the platform, as a negative sum
	kindEscrow     accountKind = "escrow"     // a booking's
	kindDisputed   accountKind = "disputed"   // a booking's
	kindCommission accountKind = "commission" // a booking's: the platform's income from it
	kindEarnings   accountKind = "earnings"   // an agent's: what can be paid out
	kindTraining   accountKind = "training"   // a booking's: what its trials cost the platform, as a negative sum
	kindTax        accountKind = "tax"        // an agent's: withheld, owed to the tax office
)

// account is one account of the ledger and the tenant that may read it.
type account struct {
	kind     accountKind
	owner    uuid.UUID
	merchant uuid.UUID // uuid.Nil where an agent's or the platform's
	agent    uuid.UUID // uuid.Nil where a merchant's or the platform's
}

func merchantAccount(kind accountKind, merchant uuid.UUID) account {
	return account{kind: kind, owner: merchant, merchant: merchant}
}

// bookingAccount is a booking's; its commission is the platform's and no tenant's.
func bookingAccount(kind accountKind, booking, merchant uuid.UUID) account {
	if kind == kindCommission {
		merchant = uuid.Nil
	}
	return account{kind: kind, owner: booking, merchant: merchant}
}

func agentAccount(kind accountKind, agent uuid.UUID) account {
	return account{kind: kind, owner: agent, agent: agent}
}

// id is computed, so that an account needs no look-up before it is posted to.
func (a account) id() uuid.UUID {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte("peakseat/billing/"+string(a.kind)+"/"+a.owner.String()+"/"+currency))
}

// causeKind is why money moved.
type causeKind string

const (
	causeTopUp        causeKind = "top_up"       // id: the top-up
	causeHold         causeKind = "hold"         // id: the quote
	causeCancellation causeKind = "cancellation" // id: of shift and minutes held before
	causeUnfilled     causeKind = "unfilled"     // id: of shift and minutes held before
	causeSettlement   causeKind = "settlement"   // id: the timesheet
	causeFreeze       causeKind = "freeze"       // id: the dispute
	causeRuling       causeKind = "ruling"       // id: the dispute
	causeExtension    causeKind = "extension"    // id: the objection
)

// shiftCause is the id of a cause that happens to a shift more than once: the minutes held only ever fall, so
// that no two of them are the same.
func shiftCause(shift uuid.UUID, heldBefore int64) uuid.UUID {
	return uuid.NewSHA1(shift, fmt.Append(nil, heldBefore))
}

// movement is a transaction to be written. The postings add up to zero; those of nothing are left out.
type movement struct {
	id       uuid.UUID
	cause    causeKind
	causeID  uuid.UUID
	corrects uuid.UUID // the transaction that this one corrects, or uuid.Nil

	merchant, agent, booking, shift, timesheet uuid.UUID // what it is about; uuid.Nil where nothing
	postings                                   []posting
}

type posting struct {
	account account
	amount  int64 // minor units; what the account gains is positive
}

// move makes a movement of amount from one account to another.
func move(cause causeKind, causeID uuid.UUID, from, to account, amount int64) movement {
	return movement{id: newID(), cause: cause, causeID: causeID, postings: []posting{{from, -amount}, {to, amount}}}
}

// post writes movements into the ledger. It is the only way in, and a database transaction calls it once: the
// balances of one call are locked in one order. A movement whose postings are all nothing is not written.
func post(tx *postgres.Tx, movements ...movement) error {
	var kept []movement
	for _, m := range movements {
		var sum int64
		var postings []posting
		for _, p := range m.postings {
			sum += p.amount
			if p.amount != 0 {
				postings = append(postings, p)
			}
		}
		if sum != 0 {
			return fmt.Errorf("a %s does not add up: %d", m.cause, sum)
		}
		if len(postings) > 0 {
			m.postings = postings
			kept = append(kept, m)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	if err := insertMovements(tx, kept, tx.Now); err != nil {
		return faultOf(err)
	}
	return nil
}

// newID is a UUIDv7. It cannot fail where the system gives randomness at all.
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// nullable is nil for the zero id.
func nullable(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}
