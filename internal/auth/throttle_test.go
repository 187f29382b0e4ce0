package auth_test

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"peakseat/internal/auth"
)

func TestAnAccountHasSoManyGuessesWhereverTheyComeFrom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		throttle := auth.NewThrottle(someLimits())
		for i := range 5 {
			if wait := throttle.Guess("zhang@example.com", address(t, fmt.Sprintf("10.0.0.%d", i))); wait != 0 {
				t.Fatalf("guess %d waits %v", i+1, wait)
			}
		}
		if wait := throttle.Guess("zhang@example.com", address(t, "10.0.0.9")); wait != time.Minute {
			t.Errorf("the sixth guess waits %v, want 1m", wait)
		}
		if wait := throttle.Guess("li@example.com", address(t, "10.0.0.9")); wait != 0 {
			t.Errorf("another account waits %v", wait)
		}
		time.Sleep(59 * time.Second)
		if wait := throttle.Guess("zhang@example.com", address(t, "10.0.0.9")); wait != time.Second {
			t.Errorf("59 s later it waits %v, want 1s: a refused guess may not count", wait)
		}
		time.Sleep(time.Second)
		if wait := throttle.Guess("zhang@example.com", address(t, "10.0.0.9")); wait != 0 {
			t.Errorf("a minute later it waits %v", wait)
		}
		if wait := throttle.Guess("zhang@example.com", address(t, "10.0.0.9")); wait != time.Minute {
			t.Errorf("the one after waits %v, want 1m", wait)
		}
		time.Sleep(24 * time.Hour)
		for i := range 6 {
			if wait := throttle.Guess("zhang@example.com", address(t, fmt.Sprintf("10.0.1.%d", i))); (wait != 0) != (i == 5) {
				t.Errorf("a day later guess %d waits %v: rest may not add up beyond the burst", i+1, wait)
			}
		}
	})
}

func TestAnAddressHasSoManyGuessesWhateverItGuesses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		throttle := auth.NewThrottle(someLimits())
		for i := range 20 {
			account := fmt.Sprintf("user%d@example.com", i)
			if i%2 == 1 {
				account = "" // a refresh token or a link names none
			}
			if wait := throttle.Guess(account, address(t, fmt.Sprintf("2001:db8::%x", i))); wait != 0 {
				t.Fatalf("guess %d waits %v", i+1, wait)
			}
		}
		for _, account := range []string{"new@example.com", ""} {
			if wait := throttle.Guess(account, address(t, "2001:db8::ffff:1")); wait != time.Second {
				t.Errorf("the 21st of the /64 waits %v, want 1s", wait)
			}
		}
		if wait := throttle.Guess("new@example.com", address(t, "2001:db8:0:1::1")); wait != 0 {
			t.Errorf("another /64 waits %v", wait)
		}
	})
}

func TestOneWhoIsLetInIsNoGuesser(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		throttle := auth.NewThrottle(someLimits())
		office := address(t, "192.0.2.1")
		for range 200 {
			if wait := throttle.Guess("zhang@example.com", office); wait != 0 {
				t.Fatalf("waits %v", wait)
			}
			throttle.Succeeded("zhang@example.com", office)
		}
		// What succeeds at one account gives nothing at another.
		for range 5 {
			throttle.Guess("li@example.com", office)
		}
		throttle.Succeeded("zhang@example.com", office)
		if wait := throttle.Guess("li@example.com", office); wait != time.Minute {
			t.Errorf("after another's login the wait is %v, want 1m", wait)
		}
	})
}

func TestTheThrottleRemembersNoMoreThanItMay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limits := someLimits()
		limits.Remember = 1000
		throttle := auth.NewThrottle(limits)
		for range 5 {
			throttle.Guess("first@example.com", address(t, "10.9.9.9"))
		}
		for i := range 999 {
			throttle.Guess(strings.Repeat("x", 1000)+strconv.Itoa(i), netip.AddrFrom4([4]byte{11, 0, byte(i >> 8), byte(i)}))
		}
		if wait := throttle.Guess("first@example.com", address(t, "10.1.1.1")); wait != time.Minute {
			t.Errorf("forgotten too early: waits %v", wait)
		}
		for i := range 1000 {
			throttle.Guess(fmt.Sprint("y", i), netip.AddrFrom4([4]byte{12, 0, byte(i >> 8), byte(i)}))
		}
		if wait := throttle.Guess("first@example.com", address(t, "10.1.1.2")); wait != 0 {
			t.Errorf("more than 1,000 are remembered: the first still waits %v", wait)
		}
	})
}

func TestAddressBlock(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"192.0.2.1":            "192.0.2.1",
		"::ffff:192.0.2.1":     "192.0.2.1",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"fe80::1%eth0":         "fe80::/64",
	} {
		if got := auth.AddressBlock(address(t, in)); got != want {
			t.Errorf("AddressBlock(%s) = %s, want %s", in, got, want)
		}
	}
}

func someLimits() auth.ThrottleLimits {
	return auth.ThrottleLimits{
		Account:  auth.Limit{Burst: 5, Every: time.Minute},
		Address:  auth.Limit{Burst: 20, Every: time.Second},
		Remember: 10_000,
	}
}

func address(t *testing.T, text string) netip.Addr {
	t.Helper()
	parsed, err := netip.ParseAddr(text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}
