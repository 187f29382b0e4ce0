package app_test

import (
	"context"
	"errors"
	"slices"
	"sort"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/apitest"
	"peakseat/internal/app"
	"peakseat/internal/auth"
	"peakseat/internal/postgres"
	"peakseat/matcher"
)

func seed(t *testing.T, a *app.App, o app.SeedOptions) *app.Seeded {
	t.Helper()
	made, err := a.Seed(t.Context(), o, t.Logf)
	must(t, err)
	return made
}

func TestASeedIsWholeAndASecondAddsToIt(t *testing.T) {
	t.Parallel()
	a, cfg, pools := offline(t)
	for run := range 2 {
		made := seed(t, a, app.SeedOptions{Agents: 60, Seats: 137, Merchants: 3})
		if made.Agents != 60 || made.Seats != 137 || made.Shifts != 14 || len(made.Tokens) != 60+3+2 {
			t.Errorf("made %d agents, %d seats, %d shifts, %d tokens", made.Agents, made.Seats, made.Shifts, len(made.Tokens))
		}
		if n := count(t, pools, `select count(*) from matcher.seat where state = 'open'`); n != 137*(run+1) {
			t.Errorf("%d open seats after run %d", n, run+1)
		}
		if n := count(t, pools, `select count(distinct hash) from account.password`); n != run+1 {
			t.Errorf("%d password hashes after run %d", n, run+1)
		}
	}
	if n := count(t, pools, `select count(*) from matcher.booking where not seeded`); n != 0 {
		t.Errorf("%d seeded bookings would be planned unasked", n)
	}
	if n := count(t, pools, `select count(*) from matcher.shift where starts_at < now() + interval '24 hours' or starts_at > now() + interval '15 days'`); n != 0 {
		t.Errorf("%d shifts do not start within the next days", n)
	}
	report := clean(t, cfg)
	if n := checkOf(t, report, "between/matcher_knows_what_it_handled").Checked; n != 120 {
		t.Errorf("the matcher knows %d agents, want 120", n)
	}
}

func TestSeededShiftsOverlapInGroupsOfFour(t *testing.T) {
	t.Parallel()
	a, _, pools := offline(t)
	seed(t, a, app.SeedOptions{Agents: 1, Seats: 800})
	// each group of four, in order of time, overlaps pairwise and none of another group
	if n := count(t, pools, `
		with placed as (select *, (row_number() over (order by starts_at) - 1) / 4 as of_four from matcher.shift)
		select count(*) from placed a join placed b on a.id < b.id
		where (a.of_four = b.of_four) <> (a.starts_at < b.ends_at and b.starts_at < a.ends_at)`); n != 0 {
		t.Errorf("%d pairs of shifts overlap across groups, or do not within one", n)
	}
}

func TestSeededTokensAreGoodForTwelveHours(t *testing.T) {
	t.Parallel()
	a, cfg, _ := offline(t)
	made := seed(t, a, app.SeedOptions{Agents: 3, Seats: 10, Merchants: 2})
	tokens := tokensOf(t, cfg)
	roles := map[auth.Role]int{}
	for _, line := range made.Tokens {
		token, err := tokens.Verify(line.Token)
		must(t, err)
		if token.Actor.AccountID != line.AccountID || token.Actor.Role != line.Role {
			t.Errorf("a token of %s %s is %v", line.Role, line.AccountID, token.Actor)
		}
		if life := token.ExpiresAt.Sub(token.IssuedAt); life != 12*time.Hour {
			t.Errorf("a token lives for %v", life)
		}
		if (line.Role == auth.Agent) != (line.AgentID == line.AccountID) || line.Role == auth.Owner && (line.MerchantID == uuid.Nil || token.Actor.OrganisationID != line.MerchantID) {
			t.Errorf("a line names agent %s and merchant %s for a %s", line.AgentID, line.MerchantID, line.Role)
		}
		roles[line.Role]++
	}
	if roles[auth.Agent] != 3 || roles[auth.Owner] != 2 || roles[auth.Trainer] != 1 || roles[auth.Operator] != 1 {
		t.Errorf("tokens for %v", roles)
	}
}

// shares lists, for each agent, how many of the open shifts they are eligible for, ascending.
func shares(t *testing.T, a *app.App, made *app.Seeded) (list []int) {
	t.Helper()
	for _, line := range made.Tokens {
		if line.Role != auth.Agent {
			continue
		}
		ctx := auth.WithActor(t.Context(), auth.Actor{AccountID: line.AccountID, Role: auth.Agent, SessionID: line.AccountID})
		hall, err := a.Matcher.Hall(ctx, matcher.HallFilter{Limit: 1000})
		must(t, err)
		list = append(list, len(hall))
	}
	sort.Ints(list)
	return list
}

func TestSeededAgentsAreEligibleInALongTail(t *testing.T) {
	t.Parallel()
	a, _, _ := offline(t)
	made := seed(t, a, app.SeedOptions{Agents: 200, Seats: 640})
	list := shares(t, a, made)
	if list[0] == 0 {
		t.Error("an agent may take nothing")
	}
	if median, top := list[len(list)/2], list[len(list)-1]; median*3 > made.Shifts*2 || top < 2*median {
		t.Errorf("of %d shifts the median agent may take %d and the best %d: no long tail", made.Shifts, median, top)
	}
}

func TestEveryoneIsEligibleWhereAskedFor(t *testing.T) {
	t.Parallel()
	a, cfg, pools := offline(t)
	made := seed(t, a, app.SeedOptions{Agents: 40, Seats: 80, EveryoneEligible: true})
	for _, n := range shares(t, a, made) {
		if n != made.Shifts {
			t.Fatalf("an agent may take %d of %d shifts", n, made.Shifts)
		}
	}
	// and they can be claimed at once, by everybody
	ctx, stop := context.WithCancel(t.Context())
	var claims, running errgroup.Group
	running.Go(func() error { return a.Matcher.RunClaims(ctx) })
	shifts := made.Shifts
	var ids []uuid.UUID
	must(t, postgres.InTx(t.Context(), a.Pools.System, func(tx *postgres.Tx) error { return tx.Raw(`select id from matcher.shift`).Scan(&ids).Error }))
	for _, line := range made.Tokens {
		if line.Role != auth.Agent {
			continue
		}
		claims.Go(func() error {
			as := auth.WithActor(t.Context(), auth.Actor{AccountID: line.AccountID, Role: auth.Agent, SessionID: line.AccountID})
			for _, id := range ids {
				if _, err := a.Matcher.ClaimSeat(as, id); err != nil && !slices.ContainsFunc([]error{
					matcher.ErrShiftFull, matcher.ErrTimeOverlap, matcher.ErrRestTooShort, matcher.ErrHoursExceeded,
				}, func(refusal error) bool { return errors.Is(err, refusal) }) {
					return err
				}
			}
			return nil
		})
	}
	must(t, claims.Wait())
	stop()
	must(t, running.Wait())
	if n := count(t, pools, `select count(*) from matcher.seat where state = 'held'`); n != 80 {
		t.Errorf("%d of 80 seats of %d shifts are held", n, shifts)
	}
	if n := checkOf(t, clean(t, cfg), "platform/kept_replies_are_true").Checked; n != 80 {
		t.Errorf("%d kept replies were checked, want 80", n)
	}
}

func TestSeedRefusesARealDatabase(t *testing.T) {
	t.Parallel()
	a, _, pools := offline(t)
	register(t, pools)
	if _, err := a.Seed(t.Context(), app.SeedOptions{Agents: 1, Seats: 10}, t.Logf); !errors.Is(err, app.ErrRealAccounts) {
		t.Errorf("answered %v", err)
	}
	if n := count(t, pools, `select count(*) from account.account`); n != 1 {
		t.Errorf("%d accounts after the refusal", n)
	}
}

func TestASeedKeepsOutOfARunningProgramsWay(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	a, _, pools := offline(t)
	// at each step that is committed, no consumer has anything left to do about the agents
	unhandled := func(string, ...any) {
		if n := count(t, pools, `select count(*) from platform.fact f join account.account a on a.id = f.aggregate and a.kind = 'agent'
			where not exists (select from platform.inbox i where i.fact_id = f.id)`); n != 0 {
			t.Errorf("%d facts about agents wait for the matcher", n)
		}
	}
	_, err := a.Seed(t.Context(), app.SeedOptions{Agents: 20, Seats: 40}, unhandled)
	must(t, err)
	if n := count(t, pools, `select count(*) from platform.inbox`); n != 40 {
		t.Errorf("%d facts are marked as handled, want two for each agent", n)
	}

	beside, _, _ := offline(t, func(cfg *app.Config) { cfg.DatabaseURL = s.DB.URL })
	_, err = beside.Seed(t.Context(), app.SeedOptions{Agents: 500, Seats: 40}, t.Logf)
	must(t, err)
	apitest.Until(t, "the facts are published", func() bool { return count(t, s.DB, `select count(*) from platform.outbox`) == 0 })
	if n := count(t, s.DB, `select count(*) from matcher.agent where tag_version = 1`); n != 500 {
		t.Errorf("the matcher knows the tags of %d agents", n)
	}
}
