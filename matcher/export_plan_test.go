package matcher

// SetPartSeats has plans of more seats solved in parts of about so many.
func (s *Service) SetPartSeats(n int) { s.partSeats = n }
