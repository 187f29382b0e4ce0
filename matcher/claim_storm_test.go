package matcher_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/fault"
	"peakseat/internal/web"
	"peakseat/matcher"
)

// Claims and releases of two processes are linearizable per shift: every answer, "full" above all, was true at an
// instant between question and answer.
func TestClaimsAndReleasesAreLinearizable(t *testing.T) {
	t.Parallel()
	const shifts, seats, clients, rounds = 12, 3, 12, 40
	m := openMarket(t)
	services := []*matcher.Service{m.service, m.another()}
	ids := make([]uuid.UUID, shifts)
	for i := range ids {
		ids[i] = m.Shift(seats, at(evening(2*i), 4*time.Hour)).ID
	}
	agents := m.Agents(clients, func(a *agentRow) { a.MaxWeek = 3600 })
	began := time.Now()
	events := make([][]porcupine.Operation, clients)
	var all errgroup.Group
	for client, agent := range agents {
		random := rand.New(rand.NewPCG(5, uint64(client)))
		all.Go(func() error {
			held := map[int]uuid.UUID{}
			for range rounds {
				shift := random.IntN(shifts)
				service := services[random.IntN(2)]
				assignment, holds := held[shift]
				op := porcupine.Operation{ClientId: client, Input: seatStep{shift: shift, release: holds}, Call: int64(time.Since(began))}
				var err error
				if holds {
					_, err = service.Release(m.as(agent), assignment)
					delete(held, shift)
				} else {
					var a *matcher.Assignment
					if a, err = service.ClaimSeat(m.as(agent), ids[shift]); err == nil {
						held[shift] = a.ID
					}
				}
				op.Return = int64(time.Since(began))
				switch {
				case err == nil:
					op.Output = true
				case errors.Is(err, matcher.ErrShiftFull):
					op.Output = false
				default:
					return fmt.Errorf("client %d: %w", client, err)
				}
				events[client] = append(events[client], op)
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
	history := slices.Concat(events...)
	full := 0
	for _, op := range history {
		if !op.Output.(bool) {
			full++
		}
	}
	if full == 0 {
		t.Error("nobody was told full: the test has lost its teeth")
	}
	model := porcupine.Model{
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			parts := make([][]porcupine.Operation, shifts)
			for _, op := range history {
				shift := op.Input.(seatStep).shift
				parts[shift] = append(parts[shift], op)
			}
			return parts
		},
		Init: func() any { return 0 },
		Step: func(state, input, output any) (bool, any) {
			taken, ok := state.(int), output.(bool)
			switch {
			case input.(seatStep).release:
				return ok, taken - 1
			case ok:
				return taken < seats, taken + 1
			}
			return taken == seats, taken
		},
	}
	if got := porcupine.CheckOperationsTimeout(model, history, time.Minute); got != porcupine.Ok {
		t.Errorf("the history of %d operations, %d of them full, is %v", len(history), full, got)
	}
	m.sound()
}

type seatStep struct {
	shift   int
	release bool
}

// Sixty agents, shifts that overlap, 40% of the requests repeated in flight on either process: nothing acts twice.
func TestKeysRepeatedInFlightActOnce(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	services := []*matcher.Service{m.service, m.another()}
	shifts := make([]uuid.UUID, 24)
	for i := range shifts {
		shifts[i] = m.Shift(20, at(evening(i/4).Add(time.Duration(i%4)*time.Hour), 4*time.Hour)).ID
	}
	var all errgroup.Group
	for n, agent := range m.Agents(60) {
		random := rand.New(rand.NewPCG(7, uint64(n)))
		all.Go(func() error {
			for i := range 8 {
				ctx := keyed(m.as(agent), strconv.Itoa(i), "body")
				shift := shifts[random.IntN(len(shifts))]
				replies := make([]string, 1+3*random.IntN(2))
				var some errgroup.Group
				for r := range replies {
					some.Go(func() error {
						a, err := services[r%2].ClaimSeat(ctx, shift)
						var again *web.Replayed
						switch _, refused := fault.As(err); {
						case err == nil:
							raw, err := web.Encode(a)
							replies[r] = string(raw)
							return err
						case errors.As(err, &again):
							replies[r] = string(again.Body)
							return nil
						case refused:
							return nil
						}
						return err
					})
				}
				if err := some.Wait(); err != nil {
					return err
				}
				slices.Sort(replies)
				if different := slices.Compact(replies); len(different) > 1 && different[0] != "" || len(different) > 2 {
					return fmt.Errorf("one key had the replies %q", different)
				}
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		t.Error(err)
	}
	if n := m.count(`select count(*) from (select from platform.idempotency i join matcher.assignment a on a.agent_id = i.account_id and convert_from(i.reply, 'UTF8') like '%' || a.id || '%'
		group by i.account_id, i.key having count(*) > 1) x`); n != 0 {
		t.Errorf("%d keys acted twice", n)
	}
	m.sound()
}

// Backends die while claims run: what was answered done is there, once, and nothing else is.
func TestKilledBackendsLoseNothingThatWasAnswered(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shifts := make([]uuid.UUID, 8)
	for i := range shifts {
		shifts[i] = m.Shift(100, at(evening(2*i), 4*time.Hour)).ID
	}
	agents := m.Agents(600)
	ctx, stop := context.WithCancel(t.Context())
	var killer errgroup.Group
	var kills int
	admin := m.admin()
	killer.Go(func() error {
		for ctx.Err() == nil && kills < 30 {
			var n int
			if err := admin.QueryRow(t.Context(), `select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database()
				and application_name = 'peakseat/peakseat_claim' and state in ('active', 'idle in transaction')`).Scan(&n); err != nil {
				return err
			}
			kills += n
		}
		return nil
	})
	var done, unavailable atomic.Int64
	answered := make([]string, len(agents))
	var all errgroup.Group
	all.SetLimit(8)
	for i, agent := range agents {
		all.Go(func() error {
			a, err := m.service.ClaimSeat(m.as(agent), shifts[i%len(shifts)])
			var again *web.Replayed
			switch {
			case err == nil:
				answered[i] = a.ID.String()
				done.Add(1)
			case errors.As(err, &again):
				answered[i] = "replayed"
				done.Add(1)
			case errors.Is(err, fault.ErrUnavailable):
				unavailable.Add(1)
			default:
				return err
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		t.Error(err)
	}
	stop()
	if err := killer.Wait(); err != nil {
		t.Fatal(err)
	}
	rows := m.count(`select count(*) from matcher.assignment`)
	t.Logf("%d backends killed, %d answered, %d told unavailable, %d rows", kills, done.Load(), unavailable.Load(), rows)
	if kills == 0 {
		t.Error("nothing was killed: the test has lost its teeth")
	}
	for i, agent := range agents {
		n := m.count(`select count(*) from matcher.assignment where agent_id = $1`, agent)
		if answered[i] != "" && n != 1 || n > 1 {
			t.Errorf("an agent who was told %q holds %d seats", answered[i], n)
		}
	}
	m.sound()
}

// Rows that the facts do not explain poison their batch; everybody else in it is answered as if they were not there.
func TestAPoisonedMemberFailsAlone(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	agents := m.Agents(64)
	shift := m.Shift(64)
	m.alter(`alter table matcher.agent_day add constraint poison check (agent_id <> '` + agents[13].String() + `' and agent_id <> '` + agents[40].String() + `')`)
	errs := make([]error, len(agents))
	var all errgroup.Group
	for i, agent := range agents {
		all.Go(func() error {
			_, errs[i] = m.service.ClaimSeat(m.as(agent), shift.ID)
			return nil
		})
	}
	_ = all.Wait()
	for i, err := range errs {
		if poisoned := i == 13 || i == 40; poisoned == (err == nil) {
			t.Errorf("member %d: %v", i, err)
		}
	}
	m.sound()
}

// A full queue answers at once and says when to come back; those who wait are still answered.
func TestAFullQueueSaysWhenToComeBack(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	service := m.idle() // nobody answers yet
	service.SetQueueLimit(5)
	shift := m.Shift(10)
	agents := m.Agents(6)
	var waiting errgroup.Group
	for _, agent := range agents[:5] {
		waiting.Go(func() error {
			_, err := service.ClaimSeat(m.as(agent), shift.ID)
			return err
		})
	}
	for service.WaitingClaims() < 5 {
		if t.Context().Err() != nil {
			t.Fatal("they never came")
		}
	}
	_, err := service.ClaimSeat(m.as(agents[5]), shift.ID)
	f, _ := fault.As(err)
	if !errors.Is(err, matcher.ErrTooManyClaims) || f.Kind != fault.Unavailable || f.RetryAfter <= 0 {
		t.Errorf("got %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop() // the end of the program: those who wait are answered, newcomers are not
	if err := service.RunClaims(ctx); err != nil {
		t.Fatal(err)
	}
	if err := waiting.Wait(); err != nil {
		t.Error(err)
	}
	if _, err := service.ClaimSeat(m.as(agents[5]), shift.ID); !errors.Is(err, matcher.ErrTooManyClaims) {
		t.Errorf("after the end it answers %v", err)
	}
	m.sound()
}

// Somebody changes a seat between the flights without its lock: the claim is decided again, and by what is true then.
func TestAClaimThatWasOvertakenIsDecidedAgain(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shift, agent := m.Shift(2), m.Agent()
	admin := m.admin()
	tx, err := admin.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// a batch passes over locked seats as long as there are others
	if _, err := tx.Exec(t.Context(), `update matcher.seat set state = case seat_no when 1 then 'cancelled' else 'open' end where shift_id = $1`, shift.ID); err != nil {
		t.Fatal(err)
	}
	var got *matcher.Assignment
	var claim errgroup.Group
	claim.Go(func() error {
		var err error
		got, err = m.service.ClaimSeat(m.as(agent), shift.ID)
		return err
	})
	watcher := m.admin()
	for waits := 0; waits == 0; { // until the batch waits for the row
		if err := watcher.QueryRow(t.Context(), `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).Scan(&waits); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := claim.Wait(); err != nil || got.Seat != 2 {
		t.Errorf("got %+v, %v", got, err)
	}
	m.sound()
}
