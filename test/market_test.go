package test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/apitest"
)

// market is a running program with a merchant who has a shop and money, and an operator.
type market struct {
	*apitest.Stack
	operator, merchant *apitest.Person
	shop               uuid.UUID
}

func newMarket(t *testing.T) *market {
	t.Helper()
	m := &market{Stack: apitest.Start(t)}
	m.operator = m.Operator(t)
	m.merchant, m.shop = m.fundedMerchant(t)
	return m
}

// fundedMerchant has a shop and 1,000,000.00 CNY.
func (m *market) fundedMerchant(t *testing.T) (*apitest.Person, uuid.UUID) {
	t.Helper()
	merchant := m.Merchant(t)
	shop := merchant.Post(t, "/shops", map[string]any{"name": "青禾服饰", "industry": "apparel", "channels": []string{"chat"}}).Want(t, 201).ID(t, "id")
	merchant.Post(t, "/wallet/top-ups", map[string]any{"amount": cny(1_000_000_00)}).Want(t, 201)
	return merchant, shop
}

// agent is certified for pre-sale at a level.
func (m *market) agent(t *testing.T, level int) *apitest.Person {
	t.Helper()
	agent := m.Agent(t)
	m.certify(t, agent, "function/presale", level)
	return agent
}

func (m *market) certify(t *testing.T, agent *apitest.Person, tag string, level int) {
	t.Helper()
	m.operator.Put(t, "/agents/"+agent.AccountID.String()+"/tags", []map[string]any{{
		"tag": tag, "level": level, "expires_at": m.Now(t).AddDate(1, 0, 0).Format(time.RFC3339), "evidence": "exam 2026-11",
	}}).Want(t, 200)
	apitest.Until(t, "the matcher knows the tag", func() bool {
		r := agent.Get(t, "/me/tags").Want(t, 200)
		return r.Text("items", 0, "tag") == tag && r.Int("items", 0, "level") == level
	})
}

// book is a confirmed booking of one window on one day, and its shift.
func (m *market) book(t *testing.T, merchant *apitest.Person, shop uuid.UUID, day time.Time, start, end string, seats int) (booking, shift uuid.UUID) {
	t.Helper()
	date := day.Format(time.DateOnly)
	booking = merchant.Post(t, "/bookings", map[string]any{
		"shop_id": shop, "title": "双11 售前", "starts_on": date, "ends_on": date,
		"windows":      []map[string]any{{"start": start, "end": end, "seats": seats}},
		"requirements": []map[string]any{{"tag": "function/presale", "level": 2}},
	}).Want(t, 201).ID(t, "id")
	quote := merchant.Post(t, "/bookings/"+booking.String()+"/quotes", nil).Want(t, 201).ID(t, "id")
	merchant.Post(t, "/bookings/"+booking.String()+"/confirmation", map[string]any{"quote_id": quote}).Want(t, 200)
	shift = merchant.Get(t, "/bookings/"+booking.String()+"/shifts").Want(t, 200).ID(t, "items", 0, "id")
	return booking, shift
}

func cny(fen int) map[string]any { return map[string]any{"amount": fen, "currency": "CNY"} }
