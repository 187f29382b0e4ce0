package auth

import (
	"container/list"
	"crypto/sha256"
	"net/netip"
	"sync"
	"time"

	"peakseat/internal/clock"
)

// Limit lets Burst guesses through at once, and one more every Every after that.
type Limit struct {
	Burst int
	Every time.Duration
}

// ThrottleLimits are the limits of one Throttle, and how many accounts and how many addresses it remembers.
type ThrottleLimits struct {
	Account, Address Limit
	Remember         int
}

// DefaultThrottleLimits allow a person's typing errors and a whole office behind one address, and leave one who guesses
// 1,450 tries a day at an account.
func DefaultThrottleLimits() ThrottleLimits {
	return ThrottleLimits{
		Account:  Limit{Burst: 10, Every: time.Minute},
		Address:  Limit{Burst: 100, Every: time.Second},
		Remember: 100_000,
	}
}

// Throttle slows down those who guess passwords, refresh tokens and links, by account and by address. It lives in one
// process: n of them allow n times as much. Of accounts and addresses it remembers those seen last, some 200 bytes each,
// whatever is sent.
type Throttle struct {
	mu                  sync.Mutex
	accounts, addresses *buckets
}

// NewThrottle returns a throttle that has seen nobody.
func NewThrottle(limits ThrottleLimits) *Throttle {
	return &Throttle{
		accounts:  newBuckets(limits.Account, limits.Remember),
		addresses: newBuckets(limits.Address, limits.Remember),
	}
}

// Guess counts a try at an account (by its normalised e-mail or the index of it, or "" where none is named) from an
// address, before the password is looked at. Where either has none left it counts nothing, and retryAfter says when it
// will have one; 0 lets the try through.
func (t *Throttle) Guess(account string, address netip.Addr) (retryAfter time.Duration) {
	now := clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	from := t.addresses.at(AddressBlock(address), now)
	wait := t.addresses.wait(from, now)
	if account == "" {
		if wait == 0 {
			t.addresses.take(from, now)
		}
		return wait
	}
	// An address that is refused does not push accounts out of memory.
	if wait > 0 {
		return wait
	}
	to := t.accounts.at(account, now)
	if wait = t.accounts.wait(to, now); wait > 0 {
		return wait
	}
	t.addresses.take(from, now)
	t.accounts.take(to, now)
	return 0
}

// Succeeded takes back the last guess, which was none: the account's tries are whole again and the address gets its
// one back.
func (t *Throttle) Succeeded(account string, address netip.Addr) {
	now := clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if account != "" {
		t.accounts.at(account, now).emptyAt = now
	}
	t.addresses.give(t.addresses.at(AddressBlock(address), now), now)
}

// AddressBlock returns what one guesser holds at least: an IPv4 address, or the /64 of an IPv6 address.
func AddressBlock(address netip.Addr) string {
	address = address.Unmap().WithZone("")
	if address.Is6() {
		return netip.PrefixFrom(address, 64).Masked().String()
	}
	return address.String()
}

// buckets are leaky buckets: each holds a moment at which it will be empty (the generic cell rate algorithm), which a
// guess moves on by Every and which may lie Burst x Every ahead at most.
type buckets struct {
	limit  Limit
	most   int
	byKey  map[[sha256.Size]byte]*list.Element // hashed, so that a long key takes no more memory
	recent *list.List                          // of *bucket, the last seen first
}

type bucket struct {
	key     [sha256.Size]byte
	emptyAt time.Time
}

func newBuckets(limit Limit, most int) *buckets {
	return &buckets{limit: limit, most: max(most, 1), byKey: map[[sha256.Size]byte]*list.Element{}, recent: list.New()}
}

// at returns the bucket of the key; to make room for a new one, the one not seen for longest goes.
func (b *buckets) at(name string, now time.Time) *bucket {
	key := sha256.Sum256([]byte(name))
	if element, ok := b.byKey[key]; ok {
		b.recent.MoveToFront(element)
		found, _ := element.Value.(*bucket)
		return found
	}
	if b.recent.Len() >= b.most {
		oldest := b.recent.Back()
		if gone, ok := b.recent.Remove(oldest).(*bucket); ok {
			delete(b.byKey, gone.key)
		}
	}
	made := &bucket{key: key, emptyAt: now}
	b.byKey[key] = b.recent.PushFront(made)
	return made
}

func (b *buckets) wait(x *bucket, now time.Time) time.Duration {
	if x.emptyAt.Before(now) {
		x.emptyAt = now
	}
	room := time.Duration(b.limit.Burst) * b.limit.Every
	return max(0, x.emptyAt.Add(b.limit.Every).Sub(now)-room)
}

func (b *buckets) take(x *bucket, now time.Time) {
	if x.emptyAt.Before(now) {
		x.emptyAt = now
	}
	x.emptyAt = x.emptyAt.Add(b.limit.Every)
}

func (b *buckets) give(x *bucket, now time.Time) {
	x.emptyAt = x.emptyAt.Add(-b.limit.Every)
	if x.emptyAt.Before(now) {
		x.emptyAt = now
	}
}
