package matcher

// SetPartSeats has plans of more seats solved in parts of about so many.
func (s *Service) SetPartSeats(n int) { s.partSeats = n }

// Explained is what an agent reads of rules.
func Explained(list []Rule, language string) Eligibility {
	return Eligibility{Eligible: len(failed(list)) == 0, Rules: ruleViews(list, language)}
}
