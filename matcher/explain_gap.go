package matcher

import (
	"slices"
	"time"

	"peakseat/internal/money"
	"peakseat/internal/postgres"
)

// Bottleneck is the first rule, in the order in which they are asked, after which fewer agents are left than are needed.
type Bottleneck struct {
	Rule string `json:"rule" doc:"a rule of eligibility; asked: enough are eligible, but were asked before or have another offer in those hours"`
	Tag  string `json:"tag,omitempty" doc:"of the rule tag: which one"`
}

const bottleneckAsked = "asked"

// Remedy is one change of a shift, or of the market, alone.
type Remedy struct {
	Kind         string        `json:"kind" enum:"level,window,pay,agents" doc:"level: one level less of a tag, or the tag not asked for; window: an hour later or earlier; pay: this much per hour; agents: more of them with these tags in this window"`
	Requirements []Requirement `json:"requirements,omitempty" doc:"of the kinds level and agents: all that the shift would then ask for"`
	StartsAt     *time.Time    `json:"starts_at,omitempty" doc:"of the kinds window and agents"`
	EndsAt       *time.Time    `json:"ends_at,omitempty"`
	PayPerHour   *money.Money  `json:"pay_per_hour,omitempty" doc:"of the kind pay"`
	Enough       bool          `json:"enough" doc:"every open seat could then be filled"`
	Agents       *int          `json:"agents,omitempty" doc:"operators: how many more could be asked; of the kind agents, how many more it takes"`
}

// windowMoved is by how much a remedy moves a shift.
const windowMoved = time.Hour

// remedy says where too few are left for the seats that are open and not offered, and what would change it. The funnel knows what
// fewer skills and more pay would bring; another window is tried by the rules themselves on the shift as it would be.
func (g *Gaps) remedy(tx *postgres.Tx, s *shiftFacts, f funnel) error {
	free := f.free
	g.Free = &free
	if s.state != shiftOpen && s.state != "draft" {
		return nil
	}
	need := g.Unfilled - g.Offered - free
	if need <= 0 {
		return nil
	}
	g.Bottleneck = g.bottleneck(need + free)
	add := func(r Remedy, asked int) {
		if more := asked - free; more > 0 {
			r.Agents, r.Enough = &more, more >= need
			g.Remedies = append(g.Remedies, r)
		}
	}
	for i, t := range s.tags {
		lower := slices.Clone(s.tags)
		if t.Level > 1 {
			lower[i].Level--
		} else {
			lower = slices.Delete(lower, i, i+1)
		}
		add(Remedy{Kind: "level", Requirements: lower}, f.lower[i])
	}
	for _, by := range []time.Duration{windowMoved, -windowMoved} {
		changed := *s
		changed.startsAt, changed.endsAt = s.startsAt.Add(by), s.endsAt.Add(by)
		if !changed.startsAt.After(tx.Now) {
			continue
		}
		from, to := changed.startsAt.In(s.zone), changed.endsAt.In(s.zone)
		asked, err := countFree(tx, &changed)
		if err != nil {
			return err
		}
		add(Remedy{Kind: "window", StartsAt: &from, EndsAt: &to}, asked)
	}
	if more := min(need, len(f.pays)); more > 0 {
		// the pay at which enough of those could be asked who want more; where they are too few, all of them
		pay := money.Money{Amount: f.pays[more-1], Currency: s.currency}
		g.Remedies = append(g.Remedies, Remedy{Kind: "pay", PayPerHour: &pay, Agents: &more, Enough: more >= need})
	}
	from, to := s.startsAt.In(s.zone), s.endsAt.In(s.zone)
	g.Remedies = append(g.Remedies, Remedy{Kind: "agents", Requirements: s.tags, StartsAt: &from, EndsAt: &to, Agents: &need, Enough: true})
	slices.SortStableFunc(g.Remedies, func(a, b Remedy) int { // the order above is that of size; what is enough comes first
		switch {
		case a.Enough == b.Enough:
			return 0
		case a.Enough:
			return -1
		}
		return 1
	})
	return nil
}

// bottleneck walks down the funnel until fewer are left than wanted.
func (g *Gaps) bottleneck(wanted int) *Bottleneck {
	left := *g.Agents
	for _, r := range g.Rules {
		if left -= *r.Lost; left < wanted {
			return &Bottleneck{r.Rule, r.Tag}
		}
	}
	return &Bottleneck{Rule: bottleneckAsked}
}

// hideRemedies takes out what would tell a merchant a number of agents, or that somebody blocked.
func (g *Gaps) hideRemedies() {
	g.Free = nil
	if g.Bottleneck != nil && g.Bottleneck.Rule == ruleAccount {
		g.Bottleneck = nil
	}
	for i := range g.Remedies {
		g.Remedies[i].Agents = nil
	}
}
