package solver

// A Rule names one condition, in the order in which Explain applies them.
type Rule string

// The rules. Those from RuleWeekShifts on are about what the agent holds already.
const (
	RuleTag          Rule = "tag"
	RuleChannel      Rule = "channel"
	RuleLanguage     Rule = "language"
	RuleRating       Rule = "rating"
	RuleAvailability Rule = "availability"
	RuleShiftLength  Rule = "shift_length" // longer than the agent's day or week (Problem.CapHours)
	RuleBlock        Rule = "block"
	RuleExcluded     Rule = "excluded" // from this line (Problem.Exclude)
	RuleWeekShifts   Rule = "week_shifts"
	RuleOneShiftADay Rule = "one_shift_a_day"
	RuleRest         Rule = "rest"
	RuleDayHours     Rule = "day_hours"
	RuleWeekHours    Rule = "week_hours"
)

// fits tells whether an agent who holds these lines may take another beside them: one shift a work day, rest, and the hours
// of day and week. The weekly cap of shifts is the caller's.
func (p *Problem) fits(agent, line int32, held []int32) bool {
	ok := true
	p.conflicts(agent, line, held, func(Failure) { ok = false })
	return ok
}

// conflicts reports every rule that taking the line beside the held ones would break, each once.
func (p *Problem) conflicts(agent, line int32, held []int32, report func(Failure)) {
	a, l := &p.agents[agent], &p.lines[line]
	day, week := l.Minutes(), l.Minutes()
	sameDay, tooNear := false, false
	gap, needed := 0, 0
	for _, h := range held {
		o := &p.lines[h]
		rest := int(a.restOther)
		if o.Day == l.Day {
			sameDay = true
			day += o.Minutes()
			rest = int(a.restSame)
		}
		week += o.Minutes()
		// Below 0 where they overlap.
		if between := max(l.Start-o.End, o.Start-l.End); between < rest && (!tooNear || between < gap) {
			tooNear, gap, needed = true, between, rest
		}
	}
	if sameDay {
		report(Failure{Rule: RuleOneShiftADay, Have: 1})
	}
	if tooNear {
		report(Failure{Rule: RuleRest, Have: max(gap, 0), Need: needed})
	}
	if day > int(a.dayMinutes) {
		report(Failure{Rule: RuleDayHours, Have: day, Need: int(a.dayMinutes)})
	}
	if week > int(a.weekMinutes) {
		report(Failure{Rule: RuleWeekHours, Have: week, Need: int(a.weekMinutes)})
	}
}
