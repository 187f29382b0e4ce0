package matcher_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/fact"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// What the matcher knows after many facts at once is what it knows after one at a time, and nobody keeps a seat
// otherwise.
func TestFactsAboutPeopleTogetherSayWhatEachSays(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		rnd := rand.New(rand.NewPCG(11, seed))
		var agents, merchants []uuid.UUID
		for range 8 {
			agents, merchants = append(agents, newID()), append(merchants, newID())
		}
		var facts []outbox.Envelope
		versions := map[uuid.UUID]int64{}
		for range 200 {
			agent, merchant := agents[rnd.IntN(len(agents))], merchants[rnd.IntN(2)]
			var f fact.Fact
			switch rnd.IntN(6) {
			case 0:
				f = fact.AccountRegistered{AccountID: agent.String(), Kind: "agent"}
			case 1:
				f = fact.MembershipGranted{AccountID: agent.String(), OrganisationID: merchant.String()}
			case 2:
				f = fact.MembershipEnded{AccountID: agent.String(), OrganisationID: merchant.String()}
			case 3:
				f = fact.AccountDisabled{AccountID: agent.String()}
			case 4:
				f = fact.AccountEnabled{AccountID: agent.String()}
			case 5:
				versions[agent] += int64(rnd.IntN(3)) // one that was told before, the next, or one with a gap
				f = granted(agent, max(versions[agent]-int64(rnd.IntN(2)), 1), []string{"channel/chat", "function/presale", "industry/apparel"}[:rnd.IntN(4)]...)
			}
			facts = append(facts, envelope(t, f))
		}
		know := func(together bool) (copied []string) {
			m := openMarket(t)
			people := m.people()
			m.in(func(tx *postgres.Tx) error {
				for _, agent := range agents {
					if err := people.Act(tx, envelope(t, fact.AccountRegistered{AccountID: agent.String(), Kind: "agent"})); err != nil {
						return err
					}
				}
				if together {
					return people.Act(tx, facts...)
				}
				for _, e := range facts {
					if err := people.Act(tx, e); err != nil {
						return err
					}
				}
				return nil
			})
			m.in(func(tx *postgres.Tx) error {
				return tx.Raw(`select format('%s %s %s', agent_id, disabled, tag_version) from matcher.agent
					union all select format('%s %s %s %s', agent_id, tag, level, expires_at) from matcher.agent_tag
					union all select format('%s of %s', agent_id, merchant_id) from matcher.membership order by 1`).Scan(&copied).Error
			})
			return copied
		}
		one, all := know(false), know(true)
		if diff := cmp.Diff(one, all); diff != "" || len(one) < 8 {
			t.Fatalf("seed %d: one by one and together (-one +together):\n%s", seed, diff)
		}
	}
}

// Each who lost a right loses the seat, for the reason that took it; the rest keep theirs. A right that was away for a
// moment is lost, too.
func TestWhoLosesARightLosesTheSeat(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shift := m.Shift(6, requires("channel/chat", 2))
	agents := m.Agents(6, holding("channel/chat", 3))
	m.seatAll(shift, agents[:5])
	offered := m.Offer(shift, 6, agents[5], time.Hour)
	id := func(i int) string { return agents[i].String() }
	merchant := shift.Shop.Merchant.String()
	people := m.people()
	m.in(func(tx *postgres.Tx) error {
		return people.Act(tx,
			envelope(t, granted(agents[0], 1, "channel/chat", "channel/voice")), // keeps
			envelope(t, granted(agents[1], 1, "channel/voice")),
			envelope(t, fact.AccountDisabled{AccountID: id(2)}),
			envelope(t, fact.AccountDisabled{AccountID: id(3)}), envelope(t, fact.AccountEnabled{AccountID: id(3)}),
			envelope(t, fact.MembershipGranted{AccountID: id(4), OrganisationID: merchant}),
			envelope(t, granted(agents[5], 1)),
		)
	})
	by := map[string]string{}
	for _, e := range m.facts() {
		if e.Type == (fact.SeatReleased{}).Type() {
			f, err := outbox.Decode[fact.SeatReleased](e)
			if err != nil {
				t.Fatal(err)
			}
			by[f.AgentID] = f.By
		}
	}
	want := map[string]string{id(1): "eligibility", id(2): "disablement", id(3): "disablement", id(4): "eligibility"}
	if diff := cmp.Diff(want, by); diff != "" {
		t.Errorf("who lost a seat (-want +got):\n%s", diff)
	}
	if n := m.count(`select count(*) from matcher.assignment where live`); n != 1 {
		t.Errorf("%d seats are held, want one", n)
	}
	if n := m.count(`select count(*) from matcher.offer where id = $1 and state = 'withdrawn'`, offered); n != 1 {
		t.Error("the offer stands although the tag is gone")
	}
	if n := m.count(`select count(*) from matcher.seat where shift_id = $1 and state = 'open'`, shift.ID); n != 5 {
		t.Errorf("%d seats are open, want 5", n)
	}
}

// Batches of facts about those who claim, of two contexts side by side, meet claims in one order of locks.
func TestFactsAboutPeopleNeverDeadlockWithClaims(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	agents := m.Agents(40, holding("channel/chat", 3))
	var shifts []shiftRow
	for day := range 6 {
		shifts = append(shifts, m.Shift(20, requires("channel/chat", 2), at(evening(day), 4*time.Hour)))
	}
	people := m.people()
	var all errgroup.Group
	for caller := range 4 {
		all.Go(func() error {
			rnd := rand.New(rand.NewPCG(13, uint64(caller)))
			for range 60 {
				_, err := m.service.ClaimSeat(m.as(agents[rnd.IntN(len(agents))]), shifts[rnd.IntN(len(shifts))].ID)
				if postgres.Code(err) != "" {
					return err
				}
			}
			return nil
		})
	}
	for context := range 2 {
		all.Go(func() error {
			rnd := rand.New(rand.NewPCG(17, uint64(context)))
			for version := range int64(20) {
				var facts []outbox.Envelope
				for _, i := range rnd.Perm(len(agents)) {
					tags := []string{"channel/chat"}
					if rnd.IntN(3) == 0 {
						tags = nil
					}
					facts = append(facts, envelope(t, granted(agents[i], 2*version+int64(context)+1, tags...)))
				}
				if err := postgres.InTx(m.Context(), m.pools.System, func(tx *postgres.Tx) error { return people.Act(tx, facts...) }); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
	if n := m.count(`select deadlocks from pg_catalog.pg_stat_database where datname = current_database()`); n != 0 {
		t.Errorf("%d deadlocks", n)
	}
	if n := m.count(`select count(*) from matcher.assignment a join matcher.shift s on s.id = a.shift_id where a.live
		and not exists (select from matcher.agent_tag t where t.agent_id = a.agent_id and t.tag = 'channel/chat')`); n != 0 {
		t.Errorf("%d seats are held without the tag", n)
	}
}
