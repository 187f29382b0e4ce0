package web

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/google/uuid"

	"peakseat/internal/auth"
)

// A key with the same request is a repeat for the same organisation only: whoever works for two merchants is never told of one
// what was done for the other.
func TestARequestForAnotherOrganisationIsAnother(t *testing.T) {
	t.Parallel()
	account, first, second := uuid.New(), uuid.New(), uuid.New()
	hash := func(organisation uuid.UUID, body string) []byte {
		ctx := auth.WithActor(WithKeyName(t.Context(), "again"), auth.Actor{AccountID: account, OrganisationID: organisation, Role: auth.Owner})
		key, err := requestKey(ctx, Op{Method: http.MethodPost, Path: "/shops", Keyed: InEdge}, struct{ Name string }{body})
		if err != nil {
			t.Fatal(err)
		}
		if key.Account != account || key.Name != "again" {
			t.Fatalf("the key is %+v", key)
		}
		return key.Hash
	}
	if !bytes.Equal(hash(first, "Kiosk"), hash(first, "Kiosk")) {
		t.Error("the same request is told from itself")
	}
	if bytes.Equal(hash(first, "Kiosk"), hash(second, "Kiosk")) {
		t.Error("a request for another organisation is taken for the same")
	}
	if bytes.Equal(hash(first, "Kiosk"), hash(first, "Stall")) {
		t.Error("another body is taken for the same")
	}
}
