package account

import (
	"context"

	"peakseat/internal/auth"
	"peakseat/internal/fault"
)

// APIKeyActor is not served yet: no key is known.
func (s *Service) APIKeyActor(context.Context, string) (auth.Actor, error) {
	return auth.Actor{}, fault.ErrUnauthenticated
}
