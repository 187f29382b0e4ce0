package matcher

import "peakseat/internal/web"

// Routes adds the matcher's operations.
func (s *Service) Routes(a *web.API) {
	s.bookingRoutes(a)
	s.agentRoutes(a)
	s.hallRoutes(a)
	s.claimRoutes(a)
	s.offerRoutes(a)
	s.planRoutes(a)
	s.liveRoutes(a)
	s.calendarRoutes(a)
	s.seatPlanRoutes(a)
	s.figureRoutes(a)
	s.packRoutes(a)
}
