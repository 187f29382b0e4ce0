package rehearsal

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// boardNumbers are those of a booking's live board.
type boardNumbers struct {
	Filled  int `json:"filled"`
	Present int `json:"present"`
	Late    int `json:"late"`
	Missing int `json:"missing"`
}

// add counts a shift's roster as the board does: a seat stays filled by who has worked it, late is who is expected and not
// there, and missing is a seat that nobody took over, until the shift's end.
func (n *boardNumbers) add(s *shift, entries []rosterEntry, now time.Time) {
	filled, missed := map[int]bool{}, map[int]bool{}
	for _, e := range entries {
		switch e.State {
		case "held":
			filled[e.Seat] = true
			if e.StartsAt.Before(now) {
				n.Late++
			}
		case "present":
			filled[e.Seat] = true
			n.Present++
		case "finished":
			filled[e.Seat] = true
		case "missing":
			missed[e.Seat] = true
		}
	}
	n.Filled += len(filled)
	for seat := range missed {
		if !filled[seat] && now.Before(s.EndsAt) {
			n.Missing++
		}
	}
}

// board watches one booking's live board, as its merchant does all day.
type board struct {
	booking *booking

	mu       sync.Mutex
	last     boardNumbers
	events   int
	opened   int
	compared int
	differed int
	took     []float64
	example  string
}

func newBoard(b *booking) *board { return &board{booking: b} }

// watched is the booking with most seats.
func (r *run) watched() (most *booking) {
	seats := func(b *booking) (n int) {
		for _, s := range b.shifts {
			n += s.Seats
		}
		return n
	}
	for _, m := range r.merchants {
		for _, b := range m.bookings {
			if most == nil || seats(b) > seats(most) {
				most = b
			}
		}
	}
	return most
}

// watch reads the stream until ctx ends, and opens it again where it ended: tokens do.
func (b *board) watch(ctx context.Context) error {
	for ctx.Err() == nil {
		used := b.booking.merchant.current()
		err := b.read(ctx)
		if codeOf(err) == "unauthenticated" && b.booking.merchant.renew(ctx, used) {
			continue
		}
		if err != nil && ctx.Err() == nil {
			return fmt.Errorf("watch the live board: %w", err)
		}
	}
	return nil
}

func (b *board) read(ctx context.Context) error {
	m := b.booking.merchant
	path := "/bookings/" + b.booking.id.String() + "/live"
	request, err := m.request(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	endless := &http.Client{Transport: m.server.http.Transport}
	response, err := endless.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // a stream has no end to read to
	if response.StatusCode != http.StatusOK {
		raw, err := io.ReadAll(response.Body)
		return errors.Join(problemOf(response, "GET "+path, raw), err)
	}
	b.mu.Lock()
	b.opened++
	b.mu.Unlock()
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		data, isData := strings.CutPrefix(lines.Text(), "data: ")
		if !isData {
			continue
		}
		var now boardNumbers
		if err := json.Unmarshal([]byte(data), &now); err != nil {
			return fmt.Errorf("%w in %s", err, data)
		}
		b.mu.Lock()
		b.last = now
		b.events++
		b.mu.Unlock()
	}
	return nil
}

func (b *board) latest() boardNumbers {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.last
}

func (b *board) shows(want boardNumbers) bool { return b.latest() == want }

func (b *board) note(same bool, took float64, example string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.compared++
	b.took = append(b.took, took)
	if !same {
		if b.differed++; b.example == "" {
			b.example = example
		}
	}
}

func (b *board) tell() *Board {
	b.mu.Lock()
	defer b.mu.Unlock()
	slices.Sort(b.took)
	told := &Board{Events: b.events, Compared: b.compared, Differed: b.differed}
	if n := len(b.took); n > 0 {
		told.MedianMS, told.MostMS = b.took[n/2], b.took[n-1]
	}
	return told
}
