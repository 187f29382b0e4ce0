package matcher_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fault"
	"peakseat/matcher"
)

func TestTheHallShowsWhatTheAgentMayTakeByTime(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	agent := m.Agent(holding("function/presale", 2))
	later := m.Shift(2, at(evening(2), 4*time.Hour), requires("function/presale", 2))
	sooner := m.Shift(3, at(evening(1), 4*time.Hour))
	hard := m.Shift(1, at(evening(1), 4*time.Hour), requires("function/presale", 3))
	m.Shift(1, func(s *shiftRow) { s.State = "draft" })
	full := m.Shift(1, at(evening(3), 4*time.Hour))
	if _, err := m.service.ClaimSeat(m.as(m.Agent()), full.ID); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		filter matcher.HallFilter
		want   []uuid.UUID
	}{
		"all that are eligible": {matcher.HallFilter{Limit: 10}, []uuid.UUID{sooner.ID, later.ID}},
		"one more than a page":  {matcher.HallFilter{Limit: 0}, []uuid.UUID{sooner.ID}},
		"by tag":                {matcher.HallFilter{Limit: 10, Tag: "function/presale"}, []uuid.UUID{later.ID}},
		"by date":               {matcher.HallFilter{Limit: 10, From: matcher.DateOf(evening(2)), To: matcher.DateOf(evening(2))}, []uuid.UUID{later.ID}},
		"by pay":                {matcher.HallFilter{Limit: 10, LeastPay: 3001}, nil},
		"with the others":       {matcher.HallFilter{Limit: 10, Ineligible: true}, []uuid.UUID{sooner.ID, hard.ID, later.ID}},
	} {
		list, err := m.service.Hall(m.as(agent), c.filter)
		if err != nil {
			t.Fatal(err)
		}
		got := map[uuid.UUID]bool{}
		for _, h := range list {
			got[h.ID] = true
			if h.Eligible == (h.ID == hard.ID) || h.Open != h.Seats {
				t.Errorf("%s: %+v", name, h)
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: %d shifts, want %d", name, len(got), len(c.want))
		}
		for _, id := range c.want {
			if !got[id] {
				t.Errorf("%s: a shift is missing", name)
			}
		}
		for i := 1; i < len(list); i++ {
			if list[i].StartsAt.Before(list[i-1].StartsAt) {
				t.Errorf("%s: not in order of time", name)
			}
		}
	}
}

// J11: two reasons, in words; clearing both makes the shift claimable.
func TestEveryNoSaysWhatToDoNext(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	agent := m.Agent(holding("function/presale", 1))
	m.hold(agent, evening(0).Add(-2*time.Hour), evening(0).Add(4*time.Hour+30*time.Minute)) // until 22:30
	shift := m.Shift(1, ofShop(m.Shop()), at(evening(0).Add(11*time.Hour), 4*time.Hour), requires("function/presale", 2))
	list, err := m.service.ShiftEligibility(m.as(agent), shift.ID)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][3]string{}
	for _, r := range list {
		if value, needed, next := r.Texts(); !r.Passed {
			got[r.Name] = [3]string{value.EN, needed.EN, next.EN}
		} else if next.EN != "" || next.ZH != "" {
			t.Errorf("%s passed and says what to do next", r.Name)
		}
	}
	if len(got) != 2 || got["tag"][0] != "level 1" || got["rest_of_night"][0] != "6.5 h rest" || got["rest_of_night"][1] != "at least 8 h" {
		t.Fatalf("got %q", got)
	}
	_, err = m.service.ClaimSeat(m.as(agent), shift.ID)
	if !errors.Is(err, matcher.ErrNotEligible) {
		t.Errorf("the claim answers %v", err)
	}
	m.exec(`update matcher.agent_tag set level = 2 where agent_id = $1`, agent)
	_, err = m.service.ClaimSeat(m.as(agent), shift.ID)
	f, _ := fault.As(err)
	if !errors.Is(err, matcher.ErrRestTooShort) || len(f.Extra["rules"].([]matcher.RuleView)) != 1 {
		t.Errorf("then it answers %v", err)
	}
	m.drop(`x.agent_id = $1`, agent)
	if _, err := m.service.ClaimSeat(m.as(agent), shift.ID); err != nil {
		t.Error(err)
	}
	m.sound()
}
