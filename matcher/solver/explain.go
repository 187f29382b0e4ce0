package solver

// A Rule names one condition of eligibility, in the order in which Explain applies them.
type Rule string

// The rules.
const (
	RuleTag          Rule = "tag"
	RuleChannel      Rule = "channel"
	RuleLanguage     Rule = "language"
	RuleRating       Rule = "rating"
	RuleAvailability Rule = "availability"
	RuleShiftLength  Rule = "shift_length" // longer than the agent's day or week (Problem.CapHours)
	RuleBlock        Rule = "block"
	RuleWeekShifts   Rule = "week_shifts"     // pinned seats use up the weekly cap of shifts
	RuleOneShiftADay Rule = "one_shift_a_day" // pinned that day
	RuleRest         Rule = "rest"            // too near a pinned seat
	RuleDayHours     Rule = "day_hours"       // with what is pinned
	RuleWeekHours    Rule = "week_hours"      // with what is pinned
)
