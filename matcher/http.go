package matcher

import "peakseat/internal/web"

// Routes adds the matcher's operations.
func (s *Service) Routes(a *web.API) {
	s.bookingRoutes(a)
}
