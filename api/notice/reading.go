package notice

import (
	"context"

	"github.com/google/uuid"

	"peakseat/internal/postgres"
)

// mostCounted keeps the count of a badge cheap.
const mostCounted = 1000

// Inbox is a page of the actor's notices, newest first.
type Inbox struct {
	notices []Notice
	unread  int       // at most mostCounted
	newest  uuid.UUID // of all; the zero id where there is none
}

// Notices reads a page before the position, from the newest where it is 0.
func (s *Service) Notices(ctx context.Context, before int64, unread bool, limit int) (inbox Inbox, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) (err error) {
		// the newest first: what is written after it is seen by a stream that begins there
		newest, err := selectBefore(tx, 0, false, 1)
		if err != nil {
			return err
		}
		if len(newest) > 0 {
			inbox.newest = newest[0].ID
		}
		if inbox.notices, err = selectBefore(tx, before, unread, limit); err != nil {
			return err
		}
		inbox.unread, err = countUnread(tx, mostCounted)
		return err
	})
	return inbox, err
}

// Read marks one notice as read by the actor. ErrNotFound.
func (s *Service) Read(ctx context.Context, id uuid.UUID) error {
	return postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if _, err := selectPosition(tx, id); err != nil {
			return err
		}
		return insertReading(tx, id)
	})
}

// ReadThrough marks a notice and all before it as read by the actor. ErrNotFound.
func (s *Service) ReadThrough(ctx context.Context, id uuid.UUID) error {
	return postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		position, err := selectPosition(tx, id)
		if err != nil {
			return err
		}
		return insertReadings(tx, position)
	})
}

// ReadBut marks all notices as read by the actor but the newest few. It is for the demo.
func (s *Service) ReadBut(ctx context.Context, newest int) error {
	inbox, err := s.Notices(ctx, 0, true, newest+1)
	if err != nil || len(inbox.notices) <= newest {
		return err
	}
	return s.ReadThrough(ctx, inbox.notices[newest].ID)
}
