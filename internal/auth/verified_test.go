package auth

import (
	"strconv"
	"testing"
	"time"
)

func TestRememberedTokensAreBounded(t *testing.T) {
	t.Parallel()
	var v verified
	keys, now := &ring{}, time.Date(2026, 11, 11, 0, 0, 0, 0, time.UTC)
	for i := range 3 * verifiedTokens {
		v.keep(keys, strconv.Itoa(i), Token{ExpiresAt: now.Add(time.Hour)})
	}
	if got := len(v.young) + len(v.old); got > 2*verifiedTokens {
		t.Errorf("%d tokens remembered, want %d at most", got, 2*verifiedTokens)
	}
	if _, ok := v.find(keys, strconv.Itoa(3*verifiedTokens-1), now); !ok {
		t.Error("the last token is forgotten")
	}
	if _, ok := v.find(keys, "0", now); ok {
		t.Error("the first token is still remembered")
	}
	if _, ok := v.find(&ring{}, strconv.Itoa(3*verifiedTokens-1), now); ok {
		t.Error("a token is remembered under other keys")
	}
}
