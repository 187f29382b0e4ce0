package notice

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"

	"peakseat/internal/auth"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/web"
)

const (
	streamPage = 100
	// streamLook is how often a stream looks unasked; it should find nothing that it was not woken for.
	streamLook = time.Minute
)

// errLastEvent is the answer to a stream that would go on from a notice that its reader cannot see.
var errLastEvent = fault.ErrInvalid.At("Last-Event-ID", "bad_last_event_id", "不是你的通知的编号。", "Not the id of a notice of yours.")

// Watch wakes the streams of this process when something is written, until ctx ends.
func (s *Service) Watch(ctx context.Context, nc *nats.Conn) error {
	return outbox.Watch(ctx, nc, []string{fact.NoticeWritten{}.Type()}, func(e outbox.Envelope) {
		if f, err := outbox.Decode[fact.NoticeWritten](e); err == nil {
			s.hub.wake(f.Recipient())
		}
	}, s.hub.wakeAll)
}

// Stream finds where to begin: after the notice lastEventID, or after the newest where it is empty. What it
// returns sends every notice from there on, in order, until ctx ends.
func (s *Service) Stream(ctx context.Context, lastEventID string) (func(ctx context.Context, send func(Notice) error) error, error) {
	var after int64
	err := postgres.InTx(ctx, s.App, func(tx *postgres.Tx) (err error) {
		after, err = beginAt(tx, lastEventID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, send func(Notice) error) error { return s.follow(ctx, after, send) }, nil
}

// beginAt is the position that a stream goes on from.
func beginAt(tx *postgres.Tx, lastEventID string) (int64, error) {
	if lastEventID == "" {
		newest, err := selectBefore(tx, 0, false, 1)
		if err != nil || len(newest) == 0 {
			return 0, err
		}
		return newest[0].position, nil
	}
	id, err := uuid.Parse(lastEventID)
	if err != nil {
		return 0, errLastEvent
	}
	position, err := selectPosition(tx, id)
	if errors.Is(err, fault.ErrNotFound) {
		return 0, errLastEvent
	}
	return position, err
}

// follow sends what the table holds beyond a position, and looks again whenever it is woken.
func (s *Service) follow(ctx context.Context, after int64, send func(Notice) error) error {
	actor, _ := auth.ActorFrom(ctx)
	woken, leave := s.hub.join(actor.AccountID.String(), actor.OrganisationID.String())
	defer leave()
	look := time.NewTicker(streamLook)
	defer look.Stop()
	for {
		var next []Notice
		err := postgres.InTx(ctx, s.App, func(tx *postgres.Tx) (err error) {
			next, err = selectNext(tx, after, streamPage)
			return err
		})
		if err != nil {
			return err // the reader comes back with the id of the last one
		}
		for _, n := range next {
			if err := send(n); err != nil {
				return err
			}
			after = n.position
		}
		if len(next) == streamPage {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-woken:
		case <-look.C:
		}
	}
}

// events makes what a stream sends of notices.
func events(ctx context.Context, zone *time.Location, into chan<- web.Event) func(Notice) error {
	language := web.Language(ctx)
	return func(n Notice) error {
		select {
		case into <- web.Event{ID: n.ID.String(), Type: "notice", Data: n.say(language, zone)}:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// hub wakes the streams of an account or an organisation. A waiting stream is woken once, however often it is called.
type hub struct {
	mu      sync.Mutex
	streams map[string]map[chan struct{}]struct{} // by recipient
}

func newHub() *hub { return &hub{streams: map[string]map[chan struct{}]struct{}{}} }

// join gives what is signalled when something is written for one of the recipients.
func (h *hub) join(recipients ...string) (woken <-chan struct{}, leave func()) {
	c := make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range recipients {
		if h.streams[r] == nil {
			h.streams[r] = map[chan struct{}]struct{}{}
		}
		h.streams[r][c] = struct{}{}
	}
	return c, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, r := range recipients {
			delete(h.streams[r], c)
			if len(h.streams[r]) == 0 {
				delete(h.streams, r)
			}
		}
	}
}

func (h *hub) wake(recipient string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	signal(h.streams[recipient])
}

func (h *hub) wakeAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, streams := range h.streams {
		signal(streams)
	}
}

func signal(streams map[chan struct{}]struct{}) {
	for c := range streams {
		select {
		case c <- struct{}{}:
		default: // it has not looked since the last time
		}
	}
}
