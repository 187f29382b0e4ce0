package solver

// A Funnel tells what becomes of all agents at the rules of a line, one after another.
type Funnel struct {
	Agents   int
	Losses   []Loss // in the order of the rules, those that lose nobody included
	Eligible int    // who is left; whether they were busy elsewhere is the plan's matter
}

// A Loss is the number of agents lost at a rule who passed those before it.
type Loss struct {
	Rule Rule
	Tag  int // of RuleTag, else -1
	Lost int
}

// A Failure is a rule that an agent fails at a line. Minutes for times, levels for tags (0: not held), stars x 100 for the
// rating, shifts for caps; 0 where a rule has no number. For the availability Have is how much of the line the best interval
// covers, so that Need - Have is what the agent would have to add to it.
type Failure struct {
	Rule       Rule
	Tag        int // of RuleTag, else -1
	Have, Need int
}

// A Shortfall is how far an eligible agent is from being chosen for a line, under a plan's prices: Cost + Day - Line. Every
// plan with the agent there loses at least as much against the best one; Problem.Alternative tells how much exactly.
// Prices.Split tells W from Q.
type Shortfall struct {
	By      int64 // 0 for a tie
	Cost    int64 // of the pair
	Day     int64 // price of the agent's day: what the plan would lose elsewhere
	Line    int64 // price of the line: what one more seat's worth of it costs the plan
	Instead int32 // the line that the agent works that day, or -1
	Capped  bool  // the agent has all shifts of the week, and none that day
}

// Explain counts how many agents are lost at each rule of a line. Pinned seats are what agents hold; a plan's are not.
func (p *Problem) Explain(line int32) Funnel {
	f := Funnel{Agents: len(p.agents)}
	for _, t := range p.lines[line].Tags {
		f.Losses = append(f.Losses, Loss{Rule: RuleTag, Tag: t.Tag()})
	}
	for _, r := range [...]Rule{
		RuleChannel, RuleLanguage, RuleRating, RuleAvailability, RuleShiftLength, RuleBlock, RuleExcluded,
		RuleWeekShifts, RuleOneShiftADay, RuleRest, RuleDayHours, RuleWeekHours,
	} {
		f.Losses = append(f.Losses, Loss{Rule: r, Tag: -1})
	}
	at := make(map[Loss]int, len(f.Losses))
	for i, l := range f.Losses {
		at[l] = i
	}
	lost := make([]int, len(f.Losses))
	blocked, held := p.blockedBy(p.lines[line].Merchant), p.pinsByAgent()
	for a := range p.agents {
		agent := int32(a)
		first := len(lost)
		p.failures(agent, line, blocked[agent], held[agent], func(x Failure) {
			first = min(first, at[Loss{Rule: x.Rule, Tag: x.Tag}])
		})
		if first == len(lost) {
			f.Eligible++
		} else {
			lost[first]++
		}
	}
	for i, n := range lost {
		f.Losses[i].Lost = n
	}
	return f
}

// Why lists every rule that the agent fails at the line, none when eligible.
func (p *Problem) Why(line, agent int32) []Failure {
	var out []Failure
	blocked, held := p.blockedBy(p.lines[line].Merchant), p.pinsByAgent()
	p.failures(agent, line, blocked[agent], held[agent], func(f Failure) { out = append(out, f) })
	return out
}

// Short tells how far an eligible agent is from a line under the plan's prices. False for one who is not eligible, or works
// the line.
func (p *Problem) Short(plan *Plan, line, agent int32) (Shortfall, bool) {
	if len(p.Why(line, agent)) > 0 {
		return Shortfall{}, false
	}
	out := Shortfall{Cost: int64(p.pairCost()(Seat{line, agent})), Line: plan.Prices.Line[line], Instead: -1}
	for _, a := range plan.Prices.Agent {
		if a.Agent == agent {
			out.Day = a.Price
		}
	}
	shifts := 0
	for i, s := range plan.Seats {
		if s.Agent != agent {
			continue
		}
		shifts++
		if p.lines[s.Line].Day == p.lines[line].Day {
			out.Instead, out.Day = s.Line, plan.Prices.Seat[i]
		}
	}
	out.Capped = out.Instead < 0 && shifts+len(p.pinsByAgent()[agent]) >= int(p.agents[agent].weekShifts)
	out.By = out.Cost + out.Day - out.Line
	return out, out.Instead != line
}

// Split tells the weight and the quality in a sum of costs and prices.
func (p *Prices) Split(sum int64) (weight, quality int64) {
	weight = (sum + p.Big/2) / p.Big
	return weight, sum - weight*p.Big
}

// failures reports every rule that the agent fails, in order.
func (p *Problem) failures(agent, line int32, blocked bool, held []int32, report func(Failure)) {
	a, l := &p.agents[agent], &p.lines[line]
	fail := func(r Rule, have, need int) { report(Failure{Rule: r, Tag: -1, Have: have, Need: need}) }
	for _, need := range l.Tags {
		level := 0
		for _, t := range p.skillsOf(agent) {
			if t.Tag() == need.Tag() {
				level = t.Level()
			}
		}
		if level < need.Level() {
			report(Failure{Rule: RuleTag, Tag: need.Tag(), Have: level, Need: need.Level()})
		}
	}
	if a.channels>>l.Channel&1 == 0 {
		fail(RuleChannel, 0, 0)
	}
	if a.languages>>l.Language&1 == 0 {
		fail(RuleLanguage, 0, 0)
	}
	if int(a.rating) < l.MinRating {
		fail(RuleRating, int(a.rating), l.MinRating)
	}
	covered := 0
	for _, f := range p.freeOf(agent) {
		covered = max(covered, min(int(f.end), l.End)-max(int(f.start), l.Start))
	}
	if covered < l.Minutes() {
		fail(RuleAvailability, covered, l.Minutes())
	}
	if longest := int(min(a.dayMinutes, a.weekMinutes)); p.CapHours && l.Minutes() > longest {
		fail(RuleShiftLength, l.Minutes(), longest)
	}
	if blocked {
		fail(RuleBlock, 0, 0)
	}
	if _, out := p.excluded[Seat{line, agent}]; out {
		fail(RuleExcluded, 0, 0)
	}
	if len(held) >= int(a.weekShifts) {
		fail(RuleWeekShifts, len(held), int(a.weekShifts))
	}
	if len(held) > 0 {
		p.conflicts(agent, line, held, func(f Failure) { fail(f.Rule, f.Have, f.Need) })
	}
}

func (p *Problem) blockedBy(merchant int) map[int32]bool {
	out := make(map[int32]bool)
	for i := range p.relations {
		if r := &p.relations[i]; r.Kind == Block && int(r.Merchant) == merchant {
			out[r.Agent] = true
		}
	}
	return out
}

func (p *Problem) pinsByAgent() map[int32][]int32 {
	out := make(map[int32][]int32)
	for _, s := range p.pins {
		out[s.Agent] = append(out[s.Agent], s.Line)
	}
	return out
}
