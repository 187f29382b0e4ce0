package matcher

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/google/uuid"

	"peakseat/internal/postgres"
)

// Gaps explain the unfilled seats of a shift: how many agents are lost at each rule, in the order in which the rules are
// asked, and what those who are left were asked.
//
// A merchant sees no number below 5 of agents, so that nobody learns who blocked: such numbers are absent, and what the rules
// among them lose together is in other.
type Gaps struct {
	ShiftID  uuid.UUID `json:"shift_id"`
	Seats    int       `json:"seats"`
	Unfilled int       `json:"unfilled" doc:"seats that nobody holds"`
	Offered  int       `json:"offered" doc:"of them, those that wait for somebody's answer"`

	Agents   *int      `json:"agents,omitempty" doc:"everybody"`
	Rules    []GapRule `json:"rules" nullable:"false" doc:"each agent counts at the first rule that says no"`
	Other    *int      `json:"other,omitempty" doc:"lost at the rules, or left, whose number is absent"`
	Eligible *int      `json:"eligible,omitempty" doc:"left: they may take the seat now"`
	Asked    *int      `json:"asked,omitempty" doc:"agents who were offered a seat of this shift"`
	Refused  *int      `json:"refused,omitempty" doc:"of them, those who refused or did not answer"`

	Free       *int        `json:"free,omitempty" doc:"operators: of those left, whom the engine may still ask: not asked before, and no offer beside it"`
	Bottleneck *Bottleneck `json:"bottleneck,omitempty" doc:"where fewer agents are left than seats are open and not offered; absent where enough may still be asked"`
	Remedies   []Remedy    `json:"remedies,omitempty" doc:"changes that let more agents be asked, the smallest first; absent where enough may"`
}

// GapRule is the agents lost at one rule.
type GapRule struct {
	Rule string `json:"rule"`
	Tag  string `json:"tag,omitempty" doc:"of the rule tag: which one"`
	Lost *int   `json:"lost,omitempty"`
}

// fewest is the smallest number of agents that a merchant sees.
const fewest = 5

// Gaps explains the unfilled seats of a shift that the actor may see.
func (s *Service) Gaps(ctx context.Context, shiftID uuid.UUID) (gaps *Gaps, err error) {
	var facts *shiftFacts
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) (err error) { //nolint:contextcheck,nolintlint // a transaction carries its context
		if facts, err = selectShiftFacts(tx, shiftID, math.MaxInt64); err != nil {
			return err
		}
		gaps, err = selectUnfilled(tx, shiftID)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) (err error) { //nolint:contextcheck,nolintlint // a transaction carries its context
		all, err := selectFunnel(tx, facts)
		if err != nil {
			return err
		}
		asked, refused, err := countAsked(tx, shiftID)
		if err != nil {
			return err
		}
		gaps.explain(all)
		gaps.Asked, gaps.Refused = &asked, &refused
		if err := gaps.remedy(tx, facts, all); err != nil {
			return err
		}
		if tx.Actor.IsMerchant() {
			gaps.hideFew()
			gaps.hideRemedies()
		}
		return nil
	})
	return gaps, err
}

func (g *Gaps) explain(f funnel) {
	g.Agents, g.Eligible = &f.agents, &f.eligible
	g.Rules = make([]GapRule, len(f.steps))
	for i := range f.steps {
		g.Rules[i] = GapRule{Rule: f.steps[i].rule, Tag: f.steps[i].tag, Lost: &f.steps[i].lost}
	}
}

// hideFew takes out every number below 5, and so many others, the smallest first, that what they are together is at least
// 5 too: it could be computed from those shown.
func (g *Gaps) hideFew() {
	parts := []**int{&g.Eligible}
	for i := range g.Rules {
		parts = append(parts, &g.Rules[i].Lost)
	}
	slices.SortStableFunc(parts, func(a, b **int) int { return cmp.Compare(**a, **b) })
	other, hidden := 0, false
	for _, p := range parts {
		if **p >= fewest && (!hidden || other >= fewest) {
			break
		}
		other, hidden = other+**p, true
		*p = nil
	}
	if hidden && other >= fewest {
		g.Other = &other
	}
	for _, n := range []**int{&g.Agents, &g.Asked, &g.Refused} {
		if **n < fewest {
			*n = nil
		}
	}
}
