package auth

import (
	"crypto/sha256"
	"slices"
	"sync"
	"time"
)

// verified remembers the tokens that were checked last, because a signature costs 45 µs to check and a client sends the
// same token with every request: looking it up costs 1 µs. What is remembered is good as long as the keys are the ones
// that checked it and the token has not expired; a refusal is never remembered. It holds two generations of at most
// verifiedTokens each: when the young one is full, the old one goes.
type verified struct {
	mu         sync.RWMutex
	under      *ring
	young, old map[[sha256.Size]byte]Token
}

// verifiedTokens bounds a generation: some 20 MB for both, when both are full.
const verifiedTokens = 32_768

func (v *verified) find(under *ring, raw string, now time.Time) (Token, bool) {
	key := sha256.Sum256([]byte(raw))
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.under != under {
		return Token{}, false
	}
	token, ok := v.young[key]
	if !ok {
		token, ok = v.old[key]
	}
	if !ok || !now.Before(token.ExpiresAt) {
		return Token{}, false
	}
	token.Actor.Scopes = slices.Clone(token.Actor.Scopes) // a caller may keep and change its own
	return token, true
}

func (v *verified) keep(under *ring, raw string, token Token) {
	token.Actor.Scopes = slices.Clone(token.Actor.Scopes)
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.under != under {
		v.under, v.young, v.old = under, nil, nil
	}
	if len(v.young) >= verifiedTokens {
		v.young, v.old = nil, v.young
	}
	if v.young == nil {
		v.young = map[[sha256.Size]byte]Token{}
	}
	v.young[sha256.Sum256([]byte(raw))] = token
}
