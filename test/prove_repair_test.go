package test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/app"
	"peakseat/internal/provetest"
)

// The named sizes.
const (
	repairAgents   = 60_000
	repairSeats    = 10_000
	repairReleases = 1_000
)

// With 60,000 agents and 10,000 seats loaded, 1,000 agents release their seats through the API, one after the other, and
// 1,000 more sixteen at a time. Two clocks run until another session sees the replacement's offer in the database: one from
// the moment the request is sent, and one from its answer, which is the event.
func TestProveRepair(t *testing.T) { //nolint:paralleltest // it measures
	provetest.Need(t)
	one, many := proveRepair(t, repairAgents, repairSeats, repairReleases)
	note := fmt.Sprintf("%d agents, %d seats loaded, %d releases over HTTP", repairAgents, repairSeats+2*repairReleases, repairReleases)
	for _, f := range []struct {
		name, how string
		waits     []offerWait
	}{{"repair_live", ", one after the other", one}, {"repair_live_16_at_once", ", sixteen at once", many}} {
		for _, clock := range []struct {
			name, from string
			of         func(w offerWait) time.Duration
		}{
			{"", "; from the request to the offer seen by another session", func(w offerWait) time.Duration { return w.sinceSent }},
			{"_event", "; from the answered request to the offer seen by another session", func(w offerWait) time.Duration { return w.sinceAnswer }},
		} {
			slices.SortFunc(f.waits, func(a, b offerWait) int { return cmp.Compare(clock.of(a), clock.of(b)) })
			for _, q := range []struct {
				name string
				part float64
			}{{"_p50", 0.5}, {"_p99", 0.99}, {"_max", 1}} {
				at := clock.of(f.waits[int(q.part*float64(len(f.waits)-1))])
				provetest.Record(t, f.name+clock.name+q.name, at.Seconds()*1000, "ms", note+f.how+clock.from)
			}
		}
	}
}

// offerWait is how long the seat of a release waited for its offer; since the answer it may be less than nothing.
type offerWait struct{ sinceSent, sinceAnswer time.Duration }

// The same in small.
func TestReleasedSeatsAreOfferedByTheRunningProgram(t *testing.T) {
	t.Parallel()
	proveRepair(t, 300, 200, 40)
}

func proveRepair(t *testing.T, agents, seats, releases int) (one, many []offerWait) {
	t.Helper()
	dir := newInstall(t)
	tokens := dir.seededUnlike(t, agents, seats)
	p := dir.serve(t, "127.0.0.1:0")
	s := newStorm(t, p.url, tokens)
	s.shifts = s.bookToRelease(t, 2*releases)
	held := s.hold(t, 2*releases)

	watch := watchOffers(t, dir)
	one = s.releaseAll(t, watch, held[:releases], 1)
	many = s.releaseAll(t, watch, held[releases:2*releases], 16)
	watch.end(t)
	dir.audited(t)
	return one, many
}

// seededUnlike is a marketplace whose agents may each take a realistic share of the seats.
func (i install) seededUnlike(t *testing.T, agents, seats int) (list []seededToken) {
	t.Helper()
	file := filepath.Join(i.dir, "tokens.jsonl")
	if out, code := i.run(t, "seed", "--agents", strconv.Itoa(agents), "--seats", strconv.Itoa(seats), "--tokens", file); code != 0 {
		t.Fatalf("seed: status %d: %s", code, out)
	}
	content, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close() //nolint:errcheck // only read
	for lines := json.NewDecoder(content); ; {
		var one seededToken
		if err := lines.Decode(&one); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, one)
	}
}

// bookToRelease books shifts of twenty seats, which unlike seeded ones are offered again.
func (s *storm) bookToRelease(t *testing.T, seats int) (list []stormShift) {
	t.Helper()
	owner := s.owners[0]
	shop := uuid.MustParse(s.list(t, owner, "/shops")[0]["id"].(string))
	s.call(t, owner, http.MethodPost, "/wallet/top-ups", map[string]any{"amount": cny(10_000_000_00)}, http.StatusCreated, nil)
	var windows []map[string]any
	for hour := 8; hour < 22; hour += 2 {
		windows = append(windows, map[string]any{"start": fmt.Sprintf("%02d:00", hour), "end": fmt.Sprintf("%02d:00", hour+2), "seats": 20})
	}
	for day := 3; len(list)*20 < seats+seats/10; day++ {
		date := time.Now().AddDate(0, 0, day).Format(time.DateOnly)
		body := map[string]any{
			"shop_id": shop, "title": "repair " + date, "starts_on": date, "ends_on": date, "windows": windows,
			"requirements": []map[string]any{{"tag": "channel/chat", "level": 1}, {"tag": "function/presale", "level": 1}},
		}
		var booking, quote struct{ ID string }
		s.call(t, owner, http.MethodPost, "/bookings", body, http.StatusCreated, &booking)
		s.call(t, owner, http.MethodPost, "/bookings/"+booking.ID+"/quotes", nil, http.StatusCreated, &quote)
		s.call(t, owner, http.MethodPost, "/bookings/"+booking.ID+"/confirmation", map[string]any{"quote_id": quote.ID}, http.StatusOK, nil)
		for _, raw := range s.list(t, owner, "/bookings/"+booking.ID+"/shifts") {
			list = append(list, readShift(t, raw, owner))
		}
	}
	return list
}

// seatHeld is a seat and who will release it.
type seatHeld struct {
	agent seededToken
	id    uuid.UUID
	seat  seatOf
}

type seatOf struct {
	shift uuid.UUID
	no    int
}

// hold lets agents claim until so many seats are held.
func (s *storm) hold(t *testing.T, seats int) (held []seatHeld) {
	t.Helper()
	var mu sync.Mutex
	var crowd errgroup.Group
	crowd.SetLimit(16)
	random := rand.New(rand.NewPCG(3, 3))
	for _, n := range random.Perm(len(s.agents)) {
		agent, first := s.agents[n], random.IntN(len(s.shifts))
		mu.Lock()
		enough := len(held) >= seats
		mu.Unlock()
		if enough {
			break
		}
		crowd.Go(func() error {
			for i := range 4 {
				shift := s.shifts[(first+i*7)%len(s.shifts)]
				r, err := s.try(t.Context(), agent, shift, fmt.Sprintf("hold-%s-%d", agent.AccountID, i))
				if err != nil {
					return err
				}
				if r.status != http.StatusCreated {
					continue
				}
				var given struct {
					ID   uuid.UUID `json:"id"`
					Seat int       `json:"seat"`
				}
				if err := json.Unmarshal(r.body, &given); err != nil {
					return err
				}
				mu.Lock()
				held = append(held, seatHeld{agent, given.ID, seatOf{shift.ID, given.Seat}})
				mu.Unlock()
			}
			return nil
		})
	}
	if err := crowd.Wait(); err != nil {
		t.Fatal(err)
	}
	if len(held) < seats {
		t.Fatalf("%d seats are held, want %d", len(held), seats)
	}
	return held
}

// releaseAll releases seats, some at a time, and tells how long each waited for the offer of its replacement.
func (s *storm) releaseAll(t *testing.T, watch *offerWatch, held []seatHeld, atOnce int) []offerWait {
	t.Helper()
	waits := make([]offerWait, len(held))
	var crowd errgroup.Group
	crowd.SetLimit(atOnce)
	for i, h := range held {
		crowd.Go(func() error {
			seen := watch.expect(h.seat)
			sent := time.Now()
			q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/api/v1/assignments/"+h.id.String()+"/release", http.NoBody)
			if err != nil {
				return err
			}
			q.Header.Set("Authorization", "Bearer "+h.agent.Token)
			answer, err := s.http.Do(q)
			if err != nil {
				return err
			}
			answered := time.Now()
			if err := errors.Join(drained(answer), answer.Body.Close()); err != nil {
				return err
			}
			if answer.StatusCode != http.StatusOK {
				return fmt.Errorf("the release is answered %d", answer.StatusCode)
			}
			select {
			case at := <-seen:
				waits[i] = offerWait{at.Sub(sent), at.Sub(answered)}
				return nil
			case <-time.After(time.Minute):
				return fmt.Errorf("seat %d of shift %s is not offered in a minute", h.seat.no, h.seat.shift)
			}
		})
	}
	if err := crowd.Wait(); err != nil {
		t.Fatal(err)
	}
	return waits
}

func drained(r *http.Response) error {
	_, err := io.Copy(io.Discard, r.Body)
	return err
}

// offerWatch looks into the database for offers, a thousand times a second, as somebody else would see them.
type offerWatch struct {
	stop    context.CancelFunc
	running errgroup.Group

	mu   sync.Mutex
	wait map[seatOf]chan time.Time
	made map[seatOf]int
}

func watchOffers(t *testing.T, dir install) *offerWatch {
	t.Helper()
	stack, err := app.OpenDatabase(t.Context(), app.Config{DataDir: dir.dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stack.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	conn, err := pgx.Connect(t.Context(), stack.URL)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	w := &offerWatch{stop: stop, wait: map[seatOf]chan time.Time{}, made: map[seatOf]int{}}
	w.running.Go(func() error {
		defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // only read
		seen := map[uuid.UUID]bool{}
		look := time.NewTicker(time.Millisecond)
		defer look.Stop()
		last := uuid.Nil
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-look.C:
			}
			// the ids of one matcher ascend; look a little back all the same
			rows, err := conn.Query(ctx, `select id, shift_id, seat_no from matcher.offer where id > $1 order by id`, last)
			if err != nil {
				return nil // the end was asked for, or nobody will be seen
			}
			at := time.Now()
			var id uuid.UUID
			var seat seatOf
			var ids []uuid.UUID
			if _, err := pgx.ForEachRow(rows, []any{&id, &seat.shift, &seat.no}, func() error {
				ids = append(ids, id)
				if !seen[id] {
					seen[id] = true
					w.see(seat, at)
				}
				return nil
			}); err != nil {
				return nil
			}
			if len(ids) > 20 {
				last = ids[len(ids)-20]
			}
		}
	})
	return w
}

// expect tells when the seat is offered.
func (w *offerWatch) expect(seat seatOf) <-chan time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := make(chan time.Time, 1)
	w.wait[seat] = c
	return c
}

func (w *offerWatch) see(seat seatOf, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.made[seat]++
	if c := w.wait[seat]; c != nil {
		c <- at
		delete(w.wait, seat)
	}
}

// end stops looking: each seat expected was offered once.
func (w *offerWatch) end(t *testing.T) {
	t.Helper()
	w.stop()
	if err := w.running.Wait(); err != nil {
		t.Error(err)
	}
	for seat, n := range w.made {
		if n != 1 {
			t.Errorf("seat %d of shift %s was offered %d times", seat.no, seat.shift, n)
		}
	}
}
