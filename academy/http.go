package academy

import (
	"github.com/google/uuid"

	"peakseat/internal/web"
)

const tag = "academy"

// officials write what agents learn from and are examined by, and judge.
const officials = web.Trainer | web.Operator

// Routes adds the academy's operations.
func (s *Service) Routes(a *web.API) {
	s.courseRoutes(a)
	s.bankRoutes(a)
	s.paperRoutes(a)
	s.simulationRoutes(a)
	s.assessmentRoutes(a)
	s.playRoutes(a)
	s.attemptRoutes(a)
	s.placementRoutes(a)
	s.trialRoutes(a)
	s.packRoutes(a)
}

// listed is a page of rows in the order of their ids.
func listed[T any](in *web.Page, rows func(after uuid.UUID, limit int) ([]T, error), key func(T) uuid.UUID) (*web.List[T], error) {
	var after uuid.UUID
	if _, err := in.After(&after); err != nil {
		return nil, err
	}
	list, err := rows(after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return web.ListOf(list, in.Limit, key)
}
