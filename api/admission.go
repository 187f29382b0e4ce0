package api

import (
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"golang.org/x/time/rate"

	"peakseat/internal/auth"
	"peakseat/internal/fault"
	"peakseat/internal/web"
)

// Limits of the edge. Zero fields take the defaults.
type Limits struct {
	PerAccount rate.Limit // requests a second of one account, sustained: 50
	Burst      int        // and at once: 200
	PerAddress rate.Limit // of one address without a token or with API keys that are none, sustained: 50
	AtOnce     int        // and at once: 200
	InFlight   int64      // requests of the process at once: 4096
}

// The refusals of admission control.
var (
	ErrTooMany = fault.New(fault.TooMany, "too_many_requests", "请求过于频繁，请稍候再试。", "Too many requests; slow down.")
	ErrShed    = fault.New(fault.Unavailable, "overloaded", "服务繁忙，请稍候再试。", "The service is overloaded; try again shortly.")
)

// admission refuses at once what would only wait: per account, or per address of who has no token, with 429; per process
// with 503.
type admission struct {
	limits    Limits
	inFlight  atomic.Int64
	accounts  *recent
	addresses *recent
}

func newAdmission(l Limits) *admission {
	if l.PerAccount == 0 {
		l.PerAccount = 50
	}
	if l.Burst == 0 {
		l.Burst = 200
	}
	if l.PerAddress == 0 {
		l.PerAddress = 50
	}
	if l.AtOnce == 0 {
		l.AtOnce = 200
	}
	if l.InFlight == 0 {
		l.InFlight = 4096
	}
	return &admission{limits: l, accounts: newRecent(rememberedAccounts), addresses: newRecent(rememberedAccounts)}
}

const rememberedAccounts = 100_000

// shed comes before anything is asked about the caller, which costs too.
func (a *admission) shed(c *gin.Context) {
	if !costs(c.FullPath()) {
		c.Next()
		return
	}
	if a.inFlight.Add(1) > a.limits.InFlight {
		a.inFlight.Add(-1)
		web.Abort(c, ErrShed.After(time.Second))
		return
	}
	defer a.inFlight.Add(-1)
	c.Next()
}

func (a *admission) admit(c *gin.Context) {
	if !costs(c.FullPath()) {
		c.Next()
		return
	}
	actor, known := auth.ActorFrom(c.Request.Context())
	if known && !a.allow(actor.AccountID) || !known && c.FullPath() != "" && !a.allowAddress(c.ClientIP()) { // the app's own files are free
		web.Abort(c, ErrTooMany.After(time.Second))
		return
	}
	c.Next()
}

func (a *admission) allow(account uuid.UUID) bool {
	return a.accounts.limiter(account, func() *rate.Limiter { return rate.NewLimiter(a.limits.PerAccount, a.limits.Burst) }).Allow()
}

func (a *admission) allowAddress(address string) bool { return a.ofAddress(address).Allow() }

// mayTry tells whether the address has requests left, and takes none.
func (a *admission) mayTry(address string) bool { return a.ofAddress(address).Tokens() >= 1 }

func (a *admission) ofAddress(address string) *rate.Limiter {
	key := uuid.NewSHA1(uuid.NameSpaceURL, []byte(address))
	return a.addresses.limiter(key, func() *rate.Limiter { return rate.NewLimiter(a.limits.PerAddress, a.limits.AtOnce) })
}

// costs tells whether a route counts: health answers even under overload.
func costs(route string) bool {
	return route != "/healthz" && route != "/readyz"
}
