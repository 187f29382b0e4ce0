package matcher

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/postgres"
)

// Standing says why an agent whom no rule stops has no seat of a shift: there is one to be taken, or others were chosen.
// Of those it tells no more than what class of agents they are.
type Standing struct {
	State   string     `json:"state" enum:"held,asked,open,waiting,full" doc:"held: I hold a seat; asked: I have an offer; open: a seat can be claimed now; waiting: others are asked about the rest; full: all are held"`
	Asked   bool       `json:"asked,omitempty" doc:"I was asked, and refused or did not answer: I am not asked again, and may claim"`
	Ranking *Ranking   `json:"ranking,omitempty" doc:"of waiting and full, where somebody was chosen by the engine; absent where others claimed first"`
	Instead *uuid.UUID `json:"instead,omitempty" format:"uuid" doc:"the shift for which the same plan chose me"`
}

// Ranking compares me with the last of those who were chosen.
type Ranking struct {
	ShortBy int           `json:"short_by" doc:"points behind the last who was chosen; 0: as good, and others came first"`
	Class   string        `json:"class" enum:"core_team,known,new" doc:"of the last who was chosen: in the booking's core team, worked for this merchant before, or neither"`
	Parts   []RankingPart `json:"parts" nullable:"false" doc:"what my points are made of"`
}

// RankingPart is one of the things that points are given for.
type RankingPart struct {
	Part   string `json:"part" enum:"performance,continuity,core_team,fairness"`
	Mine   int    `json:"mine"`
	Most   int    `json:"most" doc:"that can be had"`
	Behind bool   `json:"behind" doc:"the last who was chosen has more"`
}

// WhyNotMe asks every rule of the agent who acts and one shift, and says where the agent stands.
func (s *Service) WhyNotMe(ctx context.Context, shiftID uuid.UUID) (list []Rule, standing *Standing, err error) {
	if list, err = s.ShiftEligibility(ctx, shiftID); err != nil { // to a blocked pair the shift is not there
		return nil, nil, err
	}
	fine := len(failed(list)) == 0
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		standing, err = selectStandingOf(tx, shiftID, tx.Actor.AccountID, fine)
		return err
	})
	return list, standing, err
}

// Explanation tells operators why an agent has no seat of a shift, as the engine sees it: live offers elsewhere count as held.
type Explanation struct {
	ShiftID  uuid.UUID  `json:"shift_id"`
	AgentID  uuid.UUID  `json:"agent_id"`
	Eligible bool       `json:"eligible" doc:"no rule says no"`
	Rules    []RuleView `json:"rules" nullable:"false"`
	Barred   string     `json:"barred,omitempty" enum:"blocked,answered,left" doc:"why the engine does not ask, whatever the rules say: blocked by either side; refused an offer of the shift or let it expire; gave a seat of it back or did not come"`
	Standing *Standing  `json:"standing,omitempty" doc:"where the agent stands although no rule says no; or with a seat or an offer of the shift"`
	Points   int        `json:"points" doc:"what the agent is worth at the shift"`
	Chosen   []Chosen   `json:"chosen" nullable:"false" doc:"who was asked by the engine and holds a seat or has yet to answer, the best first"`
}

// Chosen is an agent whom the engine chose for a shift.
type Chosen struct {
	AgentID uuid.UUID `json:"agent_id"`
	Points  int       `json:"points"`
	Class   string    `json:"class" enum:"core_team,known,new"`
}

// WhyNot explains one agent at one shift, with the rules in the language. Faults: not found.
func (s *Service) WhyNot(ctx context.Context, shiftID, agentID uuid.UUID, language string) (e *Explanation, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		shift, err := selectShiftFacts(tx, shiftID, 0)
		if err != nil {
			return err
		}
		agent, barred, err := selectBarred(tx, shift, agentID)
		if err != nil {
			return err
		}
		list := evaluate(agent, shift, tx.Now)
		e = &Explanation{ShiftID: shiftID, AgentID: agentID, Eligible: len(failed(list)) == 0, Rules: ruleViews(list, language), Barred: barred, Chosen: []Chosen{}}
		if e.Standing, err = selectStandingOf(tx, shiftID, agentID, e.Eligible); err != nil {
			return err
		}
		mine, chosen, err := selectStanding(tx, shiftID, agentID)
		if err != nil {
			return err
		}
		e.Points = mine.points(tx.Now)
		for i := range chosen {
			e.Chosen = append(e.Chosen, Chosen{chosen[i].agent, chosen[i].points(tx.Now), chosen[i].class()})
		}
		slices.SortFunc(e.Chosen, func(a, b Chosen) int {
			return cmp.Or(cmp.Compare(b.Points, a.Points), bytes.Compare(a.AgentID[:], b.AgentID[:]))
		})
		return nil
	})
	return e, err
}

func selectStandingOf(tx *postgres.Tx, shift, agent uuid.UUID, eligible bool) (*Standing, error) {
	has, err := selectMySeat(tx, shift, agent)
	if err != nil || has == "held" || has == "asked" {
		return &Standing{State: has}, err
	}
	if !eligible {
		return nil, nil //nolint:nilnil // the rules say why
	}
	gaps, err := selectUnfilled(tx, shift)
	if err != nil {
		return nil, err
	}
	standing := &Standing{State: "full", Asked: has == "answered"}
	switch {
	case gaps.Unfilled > gaps.Offered:
		standing.State = "open"
		return standing, nil
	case gaps.Offered > 0:
		standing.State = "waiting"
	}
	mine, chosen, err := selectStanding(tx, shift, agent)
	if err != nil || len(chosen) == 0 {
		return standing, err
	}
	standing.Ranking = mine.behind(chosen, tx.Now)
	if standing.Ranking.ShortBy == 0 {
		instead, err := selectInstead(tx, shift, agent)
		if err != nil {
			return nil, err
		}
		if instead != uuid.Nil {
			standing.Instead = &instead
		}
	}
	return standing, nil
}

// behind compares with the worst of the chosen.
func (f *standingFacts) behind(chosen []standingFacts, now time.Time) *Ranking {
	last := &chosen[0]
	for i := range chosen {
		if chosen[i].points(now) < last.points(now) {
			last = &chosen[i]
		}
	}
	r := &Ranking{ShortBy: max(0, last.points(now)-f.points(now)), Class: last.class()}
	theirs := last.parts(now)
	for i, p := range f.parts(now) {
		p.Behind = p.Mine < theirs[i].Mine
		r.Parts = append(r.Parts, p)
	}
	return r
}

// class is what the merchant knows of the agent.
func (f *standingFacts) class() string {
	switch {
	case f.core:
		return "core_team"
	case f.past > 0:
		return "known"
	}
	return "new"
}

func (f *standingFacts) points(now time.Time) int {
	return quality(f.rating, f.past, f.core, f.lastWorked, now)
}

// parts are what quality adds up, each by itself.
func (f *standingFacts) parts(now time.Time) []RankingPart {
	worked := &now // today: no point for idle days
	return []RankingPart{
		{Part: "performance", Mine: quality(f.rating, 0, false, worked, now), Most: quality(mostRating, 0, false, worked, now)},
		{Part: "continuity", Mine: quality(leastRating, f.past, false, worked, now), Most: quality(leastRating, manyShifts, false, worked, now)},
		{Part: "core_team", Mine: quality(leastRating, 0, f.core, worked, now), Most: quality(leastRating, 0, true, worked, now)},
		{Part: "fairness", Mine: quality(leastRating, 0, false, f.lastWorked, now), Most: quality(leastRating, 0, false, nil, now)},
	}
}

const (
	mostRating = 500
	manyShifts = 1000 // more than count
)
