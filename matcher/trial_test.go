package matcher_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
	"peakseat/internal/web"
	"peakseat/matcher"
)

// TrialSeats adds trial seats to a shift.
func (m *market) TrialSeats(s shiftRow, n int) {
	m.Helper()
	m.exec(`insert into matcher.seat (shift_id, seat_no, merchant_id, kind) select $1, $3::int + n, $2, 'trial' from generate_series(1, $4) n`, s.ID, s.Shop.Merchant, s.Seats, n)
}

// onThePath lets an agent lack nothing but what is missing to try out for pre-sale.
func (m *market) onThePath(agent uuid.UUID, missing ...string) {
	m.Helper()
	m.exec(`insert into matcher.trial_path (agent_id, template_id, code, card, tags, levels, missing) values ($1, $2, 'presale', 'presale', '{function/presale}', '{2}', $3)`,
		agent, newID(), append([]string{}, missing...))
}

// Newcomer lacks nothing of the pre-sale credential but the trial.
func (m *market) Newcomer() uuid.UUID {
	m.Helper()
	agent := m.Agent()
	m.onThePath(agent)
	return agent
}

// Mentor holds a regular seat of the shift and is willing.
func (m *market) Mentor(s shiftRow) (agent, assignment uuid.UUID) {
	m.Helper()
	agent = m.Agent(holding("function/presale", 3))
	m.exec(`update matcher.agent set mentors = true where agent_id = $1`, agent)
	a, err := m.service.ClaimSeat(m.as(agent), s.ID)
	if err != nil {
		m.Fatal(err)
	}
	return agent, a.ID
}

func presale(s *shiftRow) { requires("function/presale", 2)(s) }

func TestANewcomerTakesATrialSeatBesideAMentor(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shift := m.Shift(4, presale)
	m.TrialSeats(shift, 1)
	mentor, _ := m.Mentor(shift)
	newcomer := m.Newcomer()

	if _, err := m.service.ClaimSeat(m.as(newcomer), shift.ID); !errors.Is(err, matcher.ErrNotEligible) {
		t.Errorf("a regular seat: %v", err)
	}
	got, err := m.service.ClaimTrialSeat(m.as(newcomer), shift.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.Seat != 5 || got.Trial == nil || *got.Trial.MentorID != mentor || got.Trial.Card != "presale" || got.Trial.Conversations != 1 {
		t.Errorf("got %+v with %+v", got, got.Trial)
	}
	if n := m.count(`select minutes from matcher.agent_day where agent_id = $1`, newcomer); n != 240 {
		t.Errorf("the trial counts %d minutes of the day", n)
	}
	if _, err := m.service.ClaimTrialSeat(m.as(m.Newcomer()), shift.ID); !errors.Is(err, matcher.ErrTrialSeatsTaken) {
		t.Errorf("a second newcomer: %v", err)
	}
	m.sound()
}

// Each rule of a trial seat says no in turn, with the value and the next step; fixing just that, the claim succeeds.
func TestATrialSeatExplainsItsNo(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shift := m.Shift(4, presale, at(evening(0), 4*time.Hour))
	newcomer := m.Agent()
	next := func(want string) {
		t.Helper()
		_, err := m.service.ClaimTrialSeat(m.as(newcomer), shift.ID)
		f, _ := fault.As(err)
		list, err := m.service.TrialEligibility(m.as(newcomer), shift.ID)
		if err != nil {
			t.Fatal(err)
		}
		var no []matcher.RuleView
		for _, r := range matcher.Explained(list, "zh").Rules {
			if r.Rule == "tag" {
				t.Errorf("a trial seat asks for a tag: %+v", r)
			}
			if !r.Passed {
				no = append(no, r)
			}
		}
		if f == nil || f.Code != "agent_not_eligible" || len(no) == 0 || no[0].Rule != want || no[0].NextStep == "" || !slices.Equal(f.Extra["rules"].([]matcher.RuleView), no) {
			t.Fatalf("want %s: the claim says %v %+v, the evaluator %+v", want, f, f.Extra["rules"], no)
		}
	}
	next("trial_seats")
	m.TrialSeats(shift, 1)
	next("trial_path")
	m.onThePath(newcomer, "paper presale_exam")
	next("trial_path")
	m.exec(`update matcher.trial_path set tags = '{function/aftersale}', missing = '{}'`)
	next("trial_path") // of another credential
	m.exec(`update matcher.trial_path set tags = '{function/presale}'`)
	next("mentor_at_work")
	m.Mentor(shift)
	if _, err := m.service.ClaimTrialSeat(m.as(newcomer), shift.ID); err != nil {
		t.Errorf("all is met: %v", err)
	}
	m.sound()
}

// The ordinary rules hold in a trial seat as in any other.
func TestATrialSeatKeepsTheOrdinaryRules(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shift := m.Shift(8, presale)
	m.TrialSeats(shift, 2)
	m.Mentor(shift)
	for name, c := range map[string]struct {
		spoil func(agent uuid.UUID)
		want  *fault.Fault
	}{
		"disabled": {func(a uuid.UUID) { m.exec(`update matcher.agent set disabled = true where agent_id = $1`, a) }, matcher.ErrNotEligible},
		"pay":      {func(a uuid.UUID) { m.exec(`update matcher.agent set least_pay = 9000 where agent_id = $1`, a) }, matcher.ErrNotEligible},
		"own":      {func(a uuid.UUID) { m.exec(`insert into matcher.membership values ($1, $2)`, a, shift.Shop.Merchant) }, matcher.ErrNotEligible},
		"blocked": {func(a uuid.UUID) {
			m.exec(`insert into matcher.block (agent_id, merchant_id, by, created_at) values ($1, $2, 'agent', now())`, a, shift.Shop.Merchant)
		}, fault.ErrNotFound},
		"overlap": {func(a uuid.UUID) {
			if _, err := m.service.ClaimSeat(m.as(a), m.Shift(1).ID); err != nil {
				t.Fatal(err)
			}
		}, matcher.ErrTimeOverlap},
		"rest": {func(a uuid.UUID) {
			if _, err := m.service.ClaimSeat(m.as(a), m.Shift(1, at(shift.EndsAt.Add(10*time.Minute), time.Hour)).ID); err != nil {
				t.Fatal(err)
			}
		}, matcher.ErrRestTooShort},
		"hours": {func(a uuid.UUID) {
			m.exec(`insert into matcher.agent_week values ($1, date_trunc('week', $2::timestamptz at time zone 'Asia/Shanghai')::date, 3500, 3600)`, a, shift.StartsAt)
		}, matcher.ErrHoursExceeded},
	} {
		newcomer := m.Newcomer()
		c.spoil(newcomer)
		if _, err := m.service.ClaimTrialSeat(m.as(newcomer), shift.ID); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	m.exec(`update matcher.shift set starts_at = now() - interval '1 minute', ends_at = now() + interval '4 hours' where id = $1`, shift.ID)
	if _, err := m.service.ClaimTrialSeat(m.as(m.Newcomer()), shift.ID); !errors.Is(err, matcher.ErrShiftClosed) {
		t.Errorf("after the start: %v", err)
	}
}

// Many claim one trial seat, and one wins, while others claim the shift's regular seats.
func TestTwoHundredClaimOneTrialSeatAndOneWins(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	other := m.another()
	shift := m.Shift(20, presale)
	m.TrialSeats(shift, 1)
	for range 3 {
		m.Mentor(shift)
	}
	newcomers := make([]uuid.UUID, 200)
	for i := range newcomers {
		newcomers[i] = m.Newcomer()
	}
	regulars := m.Agents(40, holding("function/presale", 2))
	won, regular := race(t, m, other, newcomers, regulars, shift, matcher.ErrTrialSeatsTaken)
	if won != 1 || regular != 17 {
		t.Errorf("%d trial seats and %d regular seats were won", won, regular)
	}
	m.sound()
}

// Seats enough, and two mentors: two newcomers win, each with a mentor of their own.
func TestAMentorHasOneNewcomer(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	other := m.another()
	shift := m.Shift(20, presale)
	m.TrialSeats(shift, 5)
	m.Mentor(shift)
	m.Mentor(shift)
	newcomers := make([]uuid.UUID, 60)
	for i := range newcomers {
		newcomers[i] = m.Newcomer()
	}
	if won, _ := race(t, m, other, newcomers, nil, shift, matcher.ErrNotEligible); won != 2 {
		t.Errorf("%d won", won)
	}
	if n := m.count(`select count(distinct mentor_id) from matcher.trial where live`); n != 2 {
		t.Errorf("%d mentors", n)
	}
	m.sound()
}

func race(t *testing.T, m *market, other *matcher.Service, newcomers, regulars []uuid.UUID, shift shiftRow, losers *fault.Fault) (won, regular int) {
	t.Helper()
	var all errgroup.Group
	errs, regularErrs := make([]error, len(newcomers)), make([]error, len(regulars))
	service := func(i int) *matcher.Service { return []*matcher.Service{m.service, other}[i%2] }
	for i, agent := range newcomers {
		all.Go(func() error {
			_, errs[i] = service(i).ClaimTrialSeat(m.as(agent), shift.ID)
			return nil
		})
	}
	for i, agent := range regulars {
		all.Go(func() error {
			_, regularErrs[i] = service(i).ClaimSeat(m.as(agent), shift.ID)
			return nil
		})
	}
	_ = all.Wait()
	for _, err := range errs {
		if err == nil {
			won++
		} else if !errors.Is(err, losers) {
			t.Errorf("a newcomer was told %v", err)
		}
	}
	for _, err := range regularErrs {
		if err == nil {
			regular++
		} else if !errors.Is(err, matcher.ErrShiftFull) {
			t.Errorf("another was told %v", err)
		}
	}
	return won, regular
}

func TestARepeatedTrialClaimAnswersTheSameBytes(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shift := m.Shift(4, presale)
	m.TrialSeats(shift, 1)
	m.Mentor(shift)
	ctx := keyed(m.as(m.Newcomer()), "once", "body")
	first, err := m.service.ClaimTrialSeat(ctx, shift.ID)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := web.Encode(first)
	_, err = m.service.ClaimTrialSeat(ctx, shift.ID)
	if again, ok := errors.AsType[*web.Replayed](err); !ok || again.Status != 201 || string(again.Body) != string(want) {
		t.Errorf("the repeat answered %v, want 201 %s", err, want)
	}
	m.sound()
}

// A mentor who leaves is replaced by another of the shift; without one, a trial that has not begun is withdrawn.
func TestATrialFollowsItsMentor(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shift := m.Shift(4, presale)
	m.TrialSeats(shift, 1)
	first, firstSeat := m.Mentor(shift)
	second, secondSeat := m.Mentor(shift)
	newcomer := m.Newcomer()
	trial, err := m.service.ClaimTrialSeat(m.as(newcomer), shift.ID)
	if err != nil || *trial.Trial.MentorID != first {
		t.Fatalf("%+v %v", trial, err)
	}
	release := func(agent, assignment uuid.UUID) {
		t.Helper()
		if _, err := m.service.Release(m.as(agent), assignment); err != nil {
			t.Fatal(err)
		}
		if err := m.service.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	release(first, firstSeat)
	if n := m.count(`select count(*) from matcher.trial where assignment_id = $1 and live and mentor_id = $2`, trial.ID, second); n != 1 {
		t.Error("the second mentor did not take over")
	}
	release(second, secondSeat)
	if n := m.count(`select count(*) from matcher.assignment a join matcher.trial t on t.assignment_id = a.id join matcher.seat s on s.shift_id = a.shift_id and s.seat_no = a.seat_no
		where a.id = $1 and a.state = 'withdrawn' and not t.live and s.state = 'open'`, trial.ID); n != 1 {
		t.Error("the trial stands without a mentor")
	}
	if n := m.count(`select count(*) from platform.fact where type = 'peakseat.matcher.seat.released.v1' and convert_from(body, 'UTF8')::jsonb -> 'data' ->> 'by' = 'mentor'`); n != 1 {
		t.Errorf("%d facts", n)
	}
	m.sound()
}

// A requirement that is lost takes an unstarted trial away; being told of paths twice or late changes nothing.
func TestALostRequirementEndsATrial(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shift := m.Shift(4, presale)
	m.TrialSeats(shift, 1)
	m.Mentor(shift)
	newcomer, template := m.Agent(), newID().String()
	tell := func(version int64, missing ...string) {
		t.Helper()
		f := fact.TrialsChanged{AgentID: newcomer.String(), Version: version, Trials: []fact.TrialPath{{
			TemplateID: template, Code: "presale", Card: "presale", Tags: []fact.TagLevel{{Tag: "function/presale", Level: 2}}, Missing: missing,
		}}}
		m.in(func(tx *postgres.Tx) error { return m.people().Act(tx, envelope(t, f)) })
	}
	tell(2)
	tell(1, "course base")
	trial, err := m.service.ClaimTrialSeat(m.as(newcomer), shift.ID)
	if err != nil {
		t.Fatal(err)
	}
	tell(3)
	if n := m.count(`select count(*) from matcher.assignment where id = $1 and state = 'held'`, trial.ID); n != 1 {
		t.Error("the trial was withdrawn though nothing was lost")
	}
	tell(4, "paper presale_exam")
	if n := m.count(`select count(*) from matcher.assignment where id = $1 and state = 'withdrawn'`, trial.ID); n != 1 {
		t.Error("the trial stands although a requirement was lost")
	}
	if n := m.count(`select count(*) from matcher.assignment where state = 'withdrawn'`); n != 1 {
		t.Error("the mentor's seat was withdrawn too")
	}
	m.sound()
}

// A trial seat is no seat of the merchant's: sums and the engine do not see it, and it is not offered.
func TestTrialSeatsCountNowhere(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shift := m.Shift(1, presale)
	m.TrialSeats(shift, 1)
	m.Mentor(shift)
	if _, err := m.service.ClaimSeat(m.as(m.Agent(holding("function/presale", 2))), shift.ID); !errors.Is(err, matcher.ErrShiftFull) {
		t.Errorf("with an open trial seat alone: %v", err)
	}
	newcomer := m.Newcomer()
	trial, err := m.service.ClaimTrialSeat(m.as(newcomer), shift.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.service.Release(m.as(newcomer), trial.ID); err != nil {
		t.Fatal(err)
	}
	if n := m.count(`select count(*) from matcher.refill`); n != 0 {
		t.Errorf("%d seats wait to be offered", n)
	}
	if _, err := m.service.ClaimTrialSeat(m.as(m.Newcomer()), shift.ID); err != nil {
		t.Errorf("the seat and the mentor are free again: %v", err)
	}
	m.sound()
}

// The database keeps trials and trial seats together, whoever writes.
func TestATrialAndATrialSeatBelongTogether(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shift := m.Shift(4, presale)
	m.TrialSeats(shift, 1)
	_, mentoring := m.Mentor(shift)
	if _, err := m.service.ClaimTrialSeat(m.as(m.Newcomer()), shift.ID); err != nil {
		t.Fatal(err)
	}
	for what, sql := range map[string]string{
		"a regular assignment in a trial seat": `update matcher.seat set assignment_id = $1 where kind = 'trial'`,
		"a trial in a regular seat": `insert into matcher.assignment (id, shift_id, seat_no, booking_id, merchant_id, agent_id, starts_at, ends_at, zone, work_day, week, minutes,
			pay_per_hour, currency, rules_version, taken_by, state, taken_at, near, far, trial)
			select gen_random_uuid(), shift_id, seat_no, booking_id, merchant_id, agent_id, starts_at, ends_at, zone, work_day, week, minutes,
				pay_per_hour, currency, rules_version, taken_by, 'released', taken_at, near, far, true from matcher.assignment where id = $1`,
	} {
		_, err := m.pools.System.Pool.Exec(t.Context(), sql, mentoring)
		if postgres.Constraint(err) != "trial_in_its_seat" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// The hall shows trial seats to those who may take them, and with the reasons to others.
func TestTheHallShowsTrialSeats(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	shift := m.Shift(4, presale)
	m.TrialSeats(shift, 1)
	m.Mentor(shift)
	m.Shift(4, presale, at(evening(1), time.Hour)) // allows none
	hall := func(ctx context.Context, f matcher.HallFilter) []matcher.HallShift {
		t.Helper()
		f.Limit = 10
		list, err := m.service.Hall(ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	newcomer := m.as(m.Newcomer())
	if list := hall(newcomer, matcher.HallFilter{Trial: true}); len(list) != 1 || list[0].ID != shift.ID || list[0].Seats != 1 || list[0].Open != 1 {
		t.Errorf("the newcomer sees %+v", list)
	}
	if list := hall(newcomer, matcher.HallFilter{}); len(list) != 0 {
		t.Errorf("the newcomer may take %+v", list)
	}
	stranger := m.as(m.Agent())
	if list := hall(stranger, matcher.HallFilter{Trial: true}); len(list) != 0 {
		t.Errorf("a stranger may take %+v", list)
	}
	if list := hall(stranger, matcher.HallFilter{Trial: true, Ineligible: true}); len(list) != 1 || list[0].Eligible {
		t.Errorf("a stranger sees %+v", list)
	}
}
