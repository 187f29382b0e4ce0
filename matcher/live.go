package matcher

import (
	"context"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"

	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// Live is the state of a booking at a moment: what a live board shows. Every event is the whole of it, so that one that
// was missed is made good by the next.
type Live struct {
	BookingID uuid.UUID `json:"booking_id"`
	At        time.Time `json:"at" doc:"by the rules' clock; the numbers are of this moment"`
	LiveSeats
	Shifts []LiveShift `json:"shifts" nullable:"false" doc:"those that end after 12 hours ago and start within 24"`
}

// LiveSeats are the numbers of seats: of a booking, or of one of its shifts.
type LiveSeats struct {
	Seats   int `json:"seats"`
	Filled  int `json:"filled" doc:"held by an agent, whether or not at the seat yet"`
	Present int `json:"present" doc:"agents at their seats now"`
	Late    int `json:"late" doc:"agents whose shift has begun and who are not there yet"`
	Missing int `json:"missing" doc:"seats whose agent did not come and that nobody has taken over"`
	Offered int `json:"offered" doc:"wait for an agent's answer"`
	Open    int `json:"open" doc:"in the hall"`
}

// LiveShift is one shift of it.
type LiveShift struct {
	ID       uuid.UUID `json:"id"`
	StartsAt time.Time `json:"starts_at"`
	EndsAt   time.Time `json:"ends_at"`
	State    string    `json:"state" enum:"open,ended,cancelled"`
	LiveSeats
}

const (
	liveBefore = 12 * time.Hour
	liveAfter  = 24 * time.Hour

	// liveGather is how long a stream waits after an event for more facts: four events a second at most.
	liveGather = 250 * time.Millisecond
	// liveLook is how often a stream looks unasked: late is a matter of time, and no fact tells of it.
	liveLook = 10 * time.Second
	// liveSilence is how old the numbers on a board may be at most, though nothing has changed.
	liveSilence = 20 * time.Second
)

// id names the event: its moment, and what it says. Who comes back with it and finds the same numbers has missed nothing.
func (l *Live) id() string {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%+v", l.LiveSeats) // a hash never fails
	for _, s := range l.Shifts {
		_, _ = fmt.Fprintf(h, "%+v", s)
	}
	return strconv.FormatInt(l.At.UnixMilli(), 10) + "-" + strconv.FormatUint(h.Sum64(), 16)
}

// says is the part of an event's id that names its numbers.
func says(id string) string {
	_, numbers, _ := strings.Cut(id, "-")
	return numbers
}

// WatchFacts wakes the live boards of this process until ctx ends. It runs wherever requests are served.
func (s *Service) WatchFacts(ctx context.Context, nc *nats.Conn) error {
	return outbox.Watch(ctx, nc, []string{"peakseat.matcher.>"}, func(e outbox.Envelope) { s.boards.wake(e.Aggregate) }, s.boards.wakeAll)
}

// Watch opens the live board of a booking that the actor may see. What it returns sends events until ctx ends: one at once,
// but where lastEventID says the same, and then one for every change.
func (s *Service) Watch(ctx context.Context, bookingID uuid.UUID, lastEventID string) (func(ctx context.Context, send func(id string, l *Live) error) error, error) {
	shifts, err := s.liveShifts(ctx, bookingID)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, send func(id string, l *Live) error) error {
		woken, leave := s.boards.join(shifts)
		defer leave()
		look := time.NewTicker(liveLook)
		defer look.Stop()
		last, sent := says(lastEventID), time.Time{}
		for {
			l, err := s.Live(ctx, bookingID)
			if err != nil {
				return err
			}
			if id := l.id(); says(id) != last || l.At.Sub(sent) >= liveSilence && !sent.IsZero() {
				if err := send(id, l); err != nil {
					return err
				}
				last, sent = says(id), l.At
			} else if sent.IsZero() {
				sent = l.At
			}
			if !waitFor(ctx, time.After(liveGather)) {
				return ctx.Err()
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-woken:
			case <-look.C:
			}
		}
	}, nil
}

func waitFor(ctx context.Context, until <-chan time.Time) bool {
	select {
	case <-ctx.Done():
		return false
	case <-until:
		return true
	}
}

// liveShifts are the booking's shifts; they do not change once it is confirmed.
func (s *Service) liveShifts(ctx context.Context, bookingID uuid.UUID) (ids []uuid.UUID, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if _, err = selectBooking(tx, bookingID); err != nil {
			return err
		}
		return tx.Raw(`select id from matcher.shift where booking_id = ?`, bookingID).Scan(&ids).Error
	})
	return append(ids, bookingID), err
}

// Live reads the state of a booking that the actor may see.
func (s *Service) Live(ctx context.Context, bookingID uuid.UUID) (l *Live, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		l, err = selectLive(tx, bookingID)
		return err
	})
	return l, err
}

func selectLive(tx *postgres.Tx, bookingID uuid.UUID) (*Live, error) {
	l := &Live{BookingID: bookingID, At: tx.Now, Shifts: []LiveShift{}}
	var rows []struct {
		ID               uuid.UUID
		StartsAt, EndsAt time.Time
		State, TimeZone  string
		LiveSeats        `gorm:"embedded"`
	}
	if err := tx.Raw(`select s.id, s.starts_at, s.ends_at, s.state, s.time_zone, s.seats, t.filled, t.offered, t.open, a.present, a.late, t.missing
		from matcher.shift s
		cross join lateral (select count(*) filter (where e.state = 'held') as filled, count(*) filter (where e.state = 'offered') as offered, count(*) filter (where e.state = 'open') as open,
			count(*) filter (where e.state in ('open', 'offered') and s.state = 'open'
				and exists (select from matcher.assignment x where x.shift_id = s.id and x.seat_no = e.seat_no and x.state = 'missing')) as missing
			from matcher.seat e where e.shift_id = s.id and e.kind = 'regular') t
		cross join lateral (select count(*) filter (where x.state = 'present') as present, count(*) filter (where x.state = 'held' and x.starts_at < ?) as late
			from matcher.assignment x where x.shift_id = s.id and x.live and not x.trial) a
		where s.booking_id = ? and s.state <> 'draft' order by s.starts_at, s.id`, tx.Now, bookingID).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read a live board: %w", err)
	}
	for _, r := range rows {
		l.Seats += r.Seats
		l.Filled += r.Filled
		l.Present += r.Present
		l.Late += r.Late
		l.Missing += r.Missing
		l.Offered += r.Offered
		l.Open += r.Open
		if r.EndsAt.After(tx.Now.Add(-liveBefore)) && r.StartsAt.Before(tx.Now.Add(liveAfter)) {
			loc, err := zone(r.TimeZone)
			if err != nil {
				return nil, err
			}
			l.Shifts = append(l.Shifts, LiveShift{ID: r.ID, StartsAt: r.StartsAt.In(loc), EndsAt: r.EndsAt.In(loc), State: r.State, LiveSeats: r.LiveSeats})
		}
	}
	return l, nil
}

// boards wake the live boards that are open in this process. A board that is awake already is not woken again.
type boards struct {
	mu   sync.Mutex
	open map[uuid.UUID]map[chan struct{}]struct{} // by shift or booking
}

func newBoards() *boards { return &boards{open: map[uuid.UUID]map[chan struct{}]struct{}{}} }

func (b *boards) join(ids []uuid.UUID) (woken <-chan struct{}, leave func()) {
	c := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, id := range ids {
		if b.open[id] == nil {
			b.open[id] = map[chan struct{}]struct{}{}
		}
		b.open[id][c] = struct{}{}
	}
	return c, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, id := range ids {
			if delete(b.open[id], c); len(b.open[id]) == 0 {
				delete(b.open, id)
			}
		}
	}
}

func (b *boards) wake(id uuid.UUID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	rouse(b.open[id])
}

func (b *boards) wakeAll() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, open := range b.open {
		rouse(open)
	}
}

func rouse(open map[chan struct{}]struct{}) {
	for c := range open {
		select {
		case c <- struct{}{}:
		default: // it has not looked since the last time
		}
	}
}
