package billing

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"peakseat/internal/postgres"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// insertMovements writes accounts that are new, transactions and postings: three statements in one round trip.
//
//nolint:contextcheck,nolintlint // a transaction carries its context; contextcheck reads this without a trace
func insertMovements(tx *postgres.Tx, movements []movement, at time.Time) error {
	var (
		ids, causeIDs, merchants, agents []*uuid.UUID
		corrects                         []*uuid.UUID
		bookings, shifts, timesheets     []*uuid.UUID
		causes                           []string
		of, accountIDs                   []uuid.UUID
		lines                            []int16
		amounts                          []int64
		accounts                         = map[uuid.UUID]account{}
	)
	for _, m := range movements {
		ids, causeIDs, causes = append(ids, &m.id), append(causeIDs, &m.causeID), append(causes, string(m.cause))
		corrects = append(corrects, nullable(m.corrects))
		merchants, agents = append(merchants, nullable(m.merchant)), append(agents, nullable(m.agent))
		bookings, shifts, timesheets = append(bookings, nullable(m.booking)), append(shifts, nullable(m.shift)), append(timesheets, nullable(m.timesheet))
		for i, p := range m.postings {
			id := p.account.id()
			accounts[id] = p.account
			of, accountIDs = append(of, m.id), append(accountIDs, id)
			lines, amounts = append(lines, int16(i+1)), append(amounts, p.amount)
		}
	}
	batch := &pgx.Batch{}
	newIDs, kinds, owners, owningMerchants, owningAgents := accountColumns(accounts)
	batch.Queue(`
		insert into billing.account (id, kind, owner, currency, merchant_id, agent_id)
		select a.id, a.kind, a.owner, $6, a.merchant_id, a.agent_id
		from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[]) as a (id, kind, owner, merchant_id, agent_id)
		order by a.id
		on conflict do nothing`, newIDs, kinds, owners, owningMerchants, owningAgents, currency)
	batch.Queue(`
		insert into billing.transaction (id, cause_kind, cause_id, corrects, merchant_id, agent_id, booking_id, shift_id, timesheet_id, at)
		select t.*, $10 from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[], $9::uuid[]) as t`,
		ids, causes, causeIDs, corrects, merchants, agents, bookings, shifts, timesheets, at)
	batch.Queue(`
		insert into billing.posting (transaction_id, line, account_id, amount, currency)
		select p.*, $5 from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::bigint[]) as p`,
		of, lines, accountIDs, amounts, currency)
	return tx.Pgx(func(conn *pgx.Conn) error {
		if err := conn.SendBatch(tx.Context(), batch).Close(); err != nil {
			return fmt.Errorf("post: %w", err)
		}
		return nil
	})
}

// accountColumns lists accounts by id, so that whoever opens the same ones at once does so in the same order.
func accountColumns(accounts map[uuid.UUID]account) (ids []uuid.UUID, kinds []string, owners []uuid.UUID, merchants, agents []*uuid.UUID) {
	for id := range accounts {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	for _, id := range ids {
		a := accounts[id]
		kinds, owners = append(kinds, string(a.kind)), append(owners, a.owner)
		merchants, agents = append(merchants, nullable(a.merchant)), append(agents, nullable(a.agent))
	}
	return ids, kinds, owners, merchants, agents
}

// selectBalance reads an account that may not exist yet.
func selectBalance(tx *postgres.Tx, a account) (int64, error) {
	var amount int64
	err := tx.Raw(`select coalesce((select amount from billing.balance where account_id = ?), 0)`, a.id()).Scan(&amount).Error
	if err != nil {
		return 0, fmt.Errorf("read a balance: %w", err)
	}
	return amount, nil
}
