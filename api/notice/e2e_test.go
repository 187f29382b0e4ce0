package notice_test

import (
	"net/http"
	"testing"

	"peakseat/internal/apitest"
)

// The whole program tells a merchant of a top-up.
func TestAMerchantIsToldOfATopUp(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	owner := s.Merchant(t)
	owner.Post(t, "/wallet/top-ups", map[string]any{"amount": map[string]any{"amount": 500000, "currency": "CNY"}}).Want(t, http.StatusCreated)
	apitest.Until(t, "the owner is told", func() bool {
		return owner.Get(t, "/notices").Want(t, http.StatusOK).Text("unread") == "1"
	})
}
