package billing

import (
	"context"
	"time"

	"peakseat/internal/audit"
	"peakseat/internal/fact"
	"peakseat/internal/money"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/web"

	"github.com/google/uuid"
)

// Wallet is what a merchant's money is doing.
type Wallet struct {
	Available money.Money `json:"available"`
	Escrow    money.Money `json:"escrow" doc:"held for confirmed bookings"`
	Disputed  money.Money `json:"disputed" doc:"frozen by disputes until a ruling"`
	Owed      money.Money `json:"owed" doc:"extensions that the wallet could not pay; the next top-up pays them first"`
}

// TopUp is money on its way into a wallet.
type TopUp struct {
	ID         uuid.UUID   `json:"id"`
	MerchantID uuid.UUID   `json:"merchant_id"`
	Amount     money.Money `json:"amount"`
	State      string      `json:"state" enum:"pending,settled"`
	CreatedAt  time.Time   `json:"created_at"`
	SettledAt  *time.Time  `json:"settled_at,omitempty"`
}

// WalletEntry is one line of a wallet's account.
type WalletEntry struct {
	ID        uuid.UUID   `json:"id" doc:"of the ledger's transaction"`
	At        time.Time   `json:"at"`
	Kind      string      `json:"kind" enum:"top_up,hold,cancellation,unfilled,ruling,extension"`
	Amount    money.Money `json:"amount" doc:"what the wallet gained; negative where it paid"`
	BookingID *uuid.UUID  `json:"booking_id,omitempty"`
	ShiftID   *uuid.UUID  `json:"shift_id,omitempty"`
	Corrects  *uuid.UUID  `json:"corrects,omitempty" doc:"the transaction that this one corrects"`
}

// Wallet returns the actor's merchant's.
func (s *Service) Wallet(ctx context.Context) (w Wallet, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		w, err = selectWallet(tx, tx.Actor.OrganisationID)
		return err
	})
	return w, err
}

// WalletEntries lists the wallet's account, newest first.
func (s *Service) WalletEntries(ctx context.Context, page web.Page) (list *web.List[WalletEntry], err error) {
	var before uuid.UUID
	if _, err = page.After(&before); err != nil {
		return nil, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) (err error) {
		rows, err := selectWalletEntries(tx, merchantAccount(kindWallet, tx.Actor.OrganisationID).id(), before, page.Limit+1)
		if err != nil {
			return err
		}
		list, err = web.ListOf(rows, page.Limit, func(e WalletEntry) uuid.UUID { return e.ID })
		return err
	})
	return list, err
}

// TopUp asks for money. The development gateway brings it at once; else an operator settles it when it arrived.
func (s *Service) TopUp(ctx context.Context, amount int64) (TopUp, error) {
	return act(ctx, s, func(tx *postgres.Tx) (TopUp, error) {
		t := TopUp{ID: newID(), MerchantID: tx.Actor.OrganisationID, Amount: money.CNY(amount), State: "pending", CreatedAt: tx.Now}
		if err := insertTopUp(tx, t); err != nil {
			return TopUp{}, err
		}
		if s.InstantGateway {
			return settleTopUp(tx, t, uuid.Nil)
		}
		return t, nil
	})
}

// SettleTopUp is an operator's word that the money arrived; ErrTopUpSettled where it did before.
func (s *Service) SettleTopUp(ctx context.Context, id uuid.UUID) (TopUp, error) {
	return act(ctx, s, func(tx *postgres.Tx) (TopUp, error) {
		t, err := lockTopUp(tx, id)
		if err != nil {
			return TopUp{}, err
		}
		if t.State != "pending" {
			return TopUp{}, ErrTopUpSettled
		}
		err = audit.Record(tx, audit.Entry{Action: "top_up.settled", Subject: t.ID.String(), Detail: t.Amount})
		if err != nil {
			return TopUp{}, err
		}
		return settleTopUp(tx, t, tx.Actor.AccountID)
	})
}

// TopUps lists those of the actor's merchant, or everybody's for an operator, newest first.
func (s *Service) TopUps(ctx context.Context, page web.Page) (list *web.List[TopUp], err error) {
	var before uuid.UUID
	if _, err = page.After(&before); err != nil {
		return nil, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) (err error) {
		rows, err := selectTopUps(tx, before, page.Limit+1)
		if err != nil {
			return err
		}
		list, err = web.ListOf(rows, page.Limit, func(t TopUp) uuid.UUID { return t.ID })
		return err
	})
	return list, err
}

// settleTopUp moves the money in. What the merchant owes is paid first.
func settleTopUp(tx *postgres.Tx, t TopUp, by uuid.UUID) (TopUp, error) {
	receivable := merchantAccount(kindReceivable, t.MerchantID)
	balance, err := selectBalance(tx, receivable)
	if err != nil {
		return TopUp{}, err
	}
	owed := min(-balance, t.Amount.Amount)
	m := movement{id: newID(), cause: causeTopUp, causeID: t.ID, merchant: t.MerchantID, postings: []posting{
		{merchantAccount(kindGateway, t.MerchantID), -t.Amount.Amount},
		{receivable, owed},
		{merchantAccount(kindWallet, t.MerchantID), t.Amount.Amount - owed},
	}}
	if err := post(tx, m); err != nil {
		return TopUp{}, err
	}
	t.State, t.SettledAt = "settled", new(tx.Now)
	if err := updateTopUpSettled(tx, t, by); err != nil {
		return TopUp{}, err
	}
	return t, outbox.Append(tx, fact.WalletToppedUp{
		TopUpID: t.ID.String(), MerchantID: t.MerchantID.String(), Amount: t.Amount.Amount, Currency: t.Amount.Currency,
	})
}
