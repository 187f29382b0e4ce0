package test

import (
	"testing"

	"github.com/google/uuid"

	"peakseat/internal/apitest"
)

func packTerms(about string) map[string]any {
	return map[string]any{
		"body": map[string]any{
			"product_sheet": about, "promotion_rules": "", "facts": []any{}, "quick_replies": []any{},
			"forbidden_promises": []string{"tomorrow, for sure", "it never fades", "it will never be cheaper"},
		},
		"quiz": map[string]any{"pass_percent": 80, "questions": []any{}},
	}
}

// writes saves the draft of a shop's pack once more, and gives its revision.
func (w *accessWorld) writes(t *testing.T, s *tenants, shop uuid.UUID) int {
	t.Helper()
	owner := s.people["owner"]
	path := "/shops/" + shop.String() + "/pack/draft"
	return owner.Do(t, "PUT", path, packTerms(s.business+" sheet"), etag(t, owner.Get(t, path))).Want(t, 200).Int("revision")
}

// packed is the side's shop with a version that asks for no quiz, and what others keep of passes and releases.
func (w *accessWorld) packed(t *testing.T, s *tenants, shop uuid.UUID) uuid.UUID {
	t.Helper()
	s.people["owner"].Post(t, "/shops/"+shop.String()+"/pack/versions", map[string]any{"revision": w.writes(t, s, shop), "editorial": true}).Want(t, 201)
	apitest.Until(t, "the matcher knows the pack", func() bool {
		var n int
		if err := w.DB.System.Pool.QueryRow(t.Context(), `select count(*) from matcher.pack where shop_id = $1`, shop).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n > 0
	})
	for _, sql := range []string{
		`insert into matcher.pack_pass values ($1, $2, 1, $3, gen_random_uuid(), '2026-11-01Z') on conflict do nothing`,
		`insert into matcher.pack_release select id, $2, merchant_id, agent_id, 1, '2026-11-01Z' from matcher.assignment where agent_id = $1 and merchant_id = $3 limit 1 on conflict do nothing`,
	} {
		if _, err := w.DB.System.Pool.Exec(t.Context(), sql, s.people["agent"].AccountID, shop, s.merchant); err != nil {
			t.Fatal(err)
		}
	}
	return shop
}

func packOperations() []operation {
	mine := func(t *testing.T, w *accessWorld, s *tenants) uuid.UUID { t.Helper(); return w.packed(t, s, s.shop) }
	// a shop without shifts is nobody's but its merchant's
	kiosk := func(t *testing.T, s *tenants) uuid.UUID {
		t.Helper()
		return s.people["owner"].Post(t, "/shops", map[string]any{"name": "Kiosk", "industry": "apparel", "channels": []string{"chat"}}).Want(t, 201).ID(t, "id")
	}
	fresh := func(t *testing.T, w *accessWorld, s *tenants) uuid.UUID {
		t.Helper()
		return w.packed(t, s, kiosk(t, s))
	}
	return []operation{
		{op: "GET /shops/{id}/pack", may: signedIn, hidden: fresh, ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			t.Helper()
			w.open(t, s)
			return request{id: mine(t, w, s)}
		}},
		{op: "GET /shops/{id}/pack/draft", may: merchants + " trainer operator", ask: at(shopOf)},
		{op: "PUT /shops/{id}/pack/draft", may: bookers, ask: func(t *testing.T, _ *accessWorld, s *tenants, _ string) request {
			t.Helper()
			shop := kiosk(t, s) // the one that wrote before another would be refused
			return request{id: shop, body: packTerms(s.business), headers: etag(t, s.people["owner"].Get(t, "/shops/"+shop.String()+"/pack/draft"))}
		}},
		{op: "PUT /shops/{id}/pack/draft/trainer-questions", may: officials, ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			t.Helper()
			shop := kiosk(t, s)
			w.writes(t, s, shop)
			body := map[string]any{"questions": []any{}, "from_bank": []any{}}
			return request{id: shop, body: body, headers: etag(t, s.people["owner"].Get(t, "/shops/"+shop.String()+"/pack/draft"))}
		}},
		{op: "GET /packs", may: officials, ask: plain},
		{op: "GET /shops/{id}/pack/draft/proposal", may: bookers, ask: at(shopOf)},
		{op: "GET /shops/{id}/pack/versions", may: merchants + " trainer operator", ask: at(mine)},
		{op: "POST /shops/{id}/pack/versions", may: bookers, ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			t.Helper()
			shop := kiosk(t, s)
			return request{id: shop, body: map[string]any{"revision": w.writes(t, s, shop), "editorial": true}}
		}},
		{op: "GET /shops/{id}/pack/progress", may: merchants + " operator", ask: at(mine)},
		{op: "GET /me/packs", may: "agent", ask: plain},
	}
}
