package solver

// fits tells whether an agent who holds these lines may take another beside them: one shift a work day, rest, and hours of
// the day and of the week. The cap of shifts is the caller's.
func (p *Problem) fits(agent, line int32, held []int32) bool {
	return p.firstConflict(agent, line, held) == ""
}

// firstConflict is the rule that taking the line would break, or "".
func (p *Problem) firstConflict(agent, line int32, held []int32) Rule {
	a, l := &p.agents[agent], &p.lines[line]
	day, week := l.Minutes(), l.Minutes()
	for _, h := range held {
		o := &p.lines[h]
		if o.Day == l.Day {
			return RuleOneShiftADay
		}
		first, second := o, l
		if l.Start < o.Start {
			first, second = l, o
		}
		if second.Start < first.End+int(a.restOther) {
			return RuleRest
		}
		week += o.Minutes()
	}
	switch {
	case day > int(a.dayMinutes):
		return RuleDayHours
	case week > int(a.weekMinutes):
		return RuleWeekHours
	}
	return ""
}
