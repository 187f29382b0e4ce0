package rehearsal

import (
	"container/heap"
	"context"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"time"

	"peakseat/internal/clock"

	"golang.org/x/sync/errgroup"
)

// What goes wrong on a day, as shares of all who hold a seat.
const (
	noShows     = 0.04
	muchTooLate = 0.02 // after the seat was given up
	aBitLate    = 0.10
	forgetful   = 0.05 // about checking out
	leaveEarly  = 0.04
	takeBreaks  = 0.40
)

const noShowAfter = 10 * time.Minute

// act is something that somebody does at a minute of the day.
type act struct {
	at  time.Time
	seq int
	do  func(ctx context.Context) error
}

// agenda is the acts to come, a heap by time.
type agenda []*act

func (a *agenda) Len() int { return len(*a) }
func (a *agenda) Less(i, j int) bool {
	x, y := (*a)[i], (*a)[j]
	return x.at.Before(y.at) || x.at.Equal(y.at) && x.seq < y.seq
}
func (a *agenda) Swap(i, j int) { (*a)[i], (*a)[j] = (*a)[j], (*a)[i] }

// Push and Pop are the heap's.
func (a *agenda) Push(x any) {
	if next, ok := x.(*act); ok {
		*a = append(*a, next)
	}
}

// Pop takes the last.
func (a *agenda) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}

// day is the compressed day: the rules' clock jumps from one minute in which somebody acts to the next.
type day struct {
	*run
	mu     sync.Mutex
	acts   agenda
	made   int
	jumped time.Time // machine time of the last move of the clock
	minute time.Time // the rules' minute
	answers
	gaps map[*shift][]*gap
}

// gap is a seat whose agent did not come.
type gap struct {
	seat    int
	noticed time.Time // machine time at which the rules' clock passed the deadline
	filled  bool
}

func (d *day) at(t time.Time, do func(ctx context.Context) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.made++
	heap.Push(&d.acts, &act{at: maxTime(t.Truncate(time.Minute), d.minute), seq: d.made, do: do}) // what is late is done at once
}

// due takes the acts of the next minute.
func (d *day) due() (minute time.Time, acts []*act) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.acts) == 0 {
		return minute, nil
	}
	minute = d.acts[0].at
	for len(d.acts) > 0 && d.acts[0].at.Equal(minute) {
		next, ok := heap.Pop(&d.acts).(*act)
		if ok {
			acts = append(acts, next)
		}
	}
	return minute, acts
}

// work lives through the day.
func (r *run) work(ctx context.Context) error {
	if !r.movable {
		return nil
	}
	d := &day{run: r, gaps: map[*shift][]*gap{}, answers: answers{Offers: r.report.Offers}}
	r.report.Day.Refusals = map[string]int{}
	for _, h := range r.holds() {
		d.expect(h)
	}
	r.onTake = d.taken
	for _, s := range r.shifts {
		d.at(s.StartsAt.Add(noShowAfter), func(ctx context.Context) error { return d.noticeMissing(ctx, s) })
	}
	watched := r.watched()
	g, inner := errgroup.WithContext(ctx)
	live, hangUp := context.WithCancel(inner)
	r.board = newBoard(watched)
	g.Go(func() error { return r.board.watch(live) })
	for i, s := range watched.shifts {
		moments := []time.Duration{-time.Minute, noShowAfter + 4*time.Minute, s.EndsAt.Sub(s.StartsAt) / 2}
		if i == 0 {
			moments = append(moments, 3*time.Minute) // some are late, which the board tells within ten seconds: no fact does
		}
		for _, after := range moments {
			d.at(s.StartsAt.Add(after), func(ctx context.Context) error { return d.compareBoard(ctx) })
		}
	}
	g.Go(func() error {
		defer hangUp()
		return d.live(inner)
	})
	if err := g.Wait(); err != nil {
		return err
	}
	r.report.Offers = d.Offers
	if r.AtPeak {
		return nil
	}
	return d.tell(ctx)
}

// live does the acts of one minute after the other. Within a minute all are done at once, comparisons last.
func (d *day) live(ctx context.Context) error {
	first, last := d.span()
	for {
		minute, acts := d.due()
		if acts == nil {
			break
		}
		if d.AtPeak && minute.After(d.report.PeakAt.Add(halfHour/2)) {
			return nil
		}
		if err := d.moveClock(ctx, minute.Add(time.Second)); err != nil {
			return err
		}
		d.minute, d.jumped = minute, clock.Now()
		d.progress.bar("the day, "+minute.In(d.merchants[0].zone).Format("15:04"), int(minute.Sub(first).Minutes()), int(last.Sub(first).Minutes())+480)
		g, inner := errgroup.WithContext(ctx)
		g.SetLimit(d.Connections)
		for _, a := range acts {
			g.Go(func() error { return a.do(inner) })
		}
		if err := g.Wait(); err != nil {
			return err
		}
	}
	// forgotten check-outs are closed half an hour after the end
	var ends time.Time
	for _, s := range d.shifts {
		if s.EndsAt.After(ends) {
			ends = s.EndsAt
		}
	}
	return d.moveClock(ctx, ends.Add(31*time.Minute))
}

// expect draws what the holder of a seat will do on the day.
func (d *day) expect(h *hold) {
	random := d.draw("day", h.agent.n, h.shift.n)
	luck := random.Float64()
	switch {
	case luck < noShows:
		return
	case luck < noShows+muchTooLate:
		d.at(h.StartsAt.Add(time.Duration(12+random.IntN(18))*time.Minute), func(ctx context.Context) error { return d.checkIn(ctx, h) })
		return
	case luck < noShows+muchTooLate+aBitLate:
		d.at(h.StartsAt.Add(time.Duration(1+random.IntN(8))*time.Minute), func(ctx context.Context) error { return d.checkIn(ctx, h) })
	default:
		d.at(h.StartsAt.Add(-time.Duration(2+random.IntN(12))*time.Minute), func(ctx context.Context) error { return d.checkIn(ctx, h) })
	}
}

// checkIn puts the agent at the seat, and plans breaks and the check-out.
func (d *day) checkIn(ctx context.Context, h *hold) error {
	var now assignment
	err := h.agent.post(ctx, "/assignments/"+h.ID.String()+"/check-in", d.key("in", h.ID), nil, &now)
	var refused *problem
	if asProblem(err, &refused) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.report.Day.Refusals["check-in: "+refused.Code]++
		h.note(func() { h.lost = true })
		return nil
	}
	if err != nil {
		return err
	}
	late := d.minute.Sub(h.shift.StartsAt)
	h.note(func() { h.present = true })
	d.mu.Lock()
	if !h.StartsAt.After(h.shift.StartsAt) && late >= 0 {
		d.report.Day.Late++
		if late > noShowAfter {
			d.report.Day.CameAfterAll++
			d.fillGap(h)
		}
	}
	d.mu.Unlock()
	random := d.draw("at the seat", h.agent.n, h.shift.n)
	length := h.EndsAt.Sub(d.minute)
	pauses := 0
	if length >= 100*time.Minute && random.Float64() < takeBreaks {
		pauses = 1 + int(length.Hours()/4)
	}
	for i := range pauses {
		from := d.minute.Add(length * time.Duration(i+1) / time.Duration(pauses+1)).Add(time.Duration(random.IntN(10)) * time.Minute)
		d.at(from, func(ctx context.Context) error { return d.pause(ctx, h, "start") })
		d.at(from.Add(time.Duration(5+random.IntN(14))*time.Minute), func(ctx context.Context) error { return d.pause(ctx, h, "end") })
	}
	switch luck := random.Float64(); {
	case luck < forgetful:
		d.mu.Lock()
		d.report.Day.Forgotten++
		d.mu.Unlock()
	case luck < forgetful+leaveEarly && length > 90*time.Minute:
		d.at(h.EndsAt.Add(-time.Duration(5+random.IntN(30))*time.Minute), func(ctx context.Context) error { return d.checkOut(ctx, h) })
	default:
		d.at(h.EndsAt.Add(time.Duration(random.IntN(8))*time.Minute), func(ctx context.Context) error { return d.checkOut(ctx, h) })
	}
	return nil
}

func (d *day) pause(ctx context.Context, h *hold, action string) error {
	gone := false
	if h.note(func() { gone = h.finished }); gone {
		return nil // left before the break
	}
	err := h.agent.post(ctx, "/assignments/"+h.ID.String()+"/breaks", d.key("break", h.ID, action, d.minute.Unix()), map[string]any{"action": action}, nil)
	if err == nil && action == "start" {
		d.mu.Lock()
		d.report.Day.Breaks++
		d.mu.Unlock()
	}
	return err
}

func (d *day) checkOut(ctx context.Context, h *hold) error {
	var now struct {
		PaidMinutes int `json:"paid_minutes"`
	}
	if err := h.agent.post(ctx, "/assignments/"+h.ID.String()+"/check-out", d.key("out", h.ID), nil, &now); err != nil {
		return err
	}
	h.note(func() { h.finished, h.minutes = true, now.PaidMinutes })
	return nil
}

// noticeMissing waits until the program has noticed who did not come to the shift, and begins to look for others.
func (d *day) noticeMissing(ctx context.Context, s *shift) error {
	expected := map[string]bool{}
	for _, a := range d.agents {
		a.mu.Lock()
		for _, h := range a.held {
			if h.shift == s && !h.lost && !h.present && !h.StartsAt.After(s.StartsAt) {
				h.missing = true
				expected[h.ID.String()] = true
			}
		}
		a.mu.Unlock()
	}
	if len(expected) == 0 {
		return nil
	}
	passed := d.jumped
	var found []*gap
	noticed, err := until(ctx, patience, func() (bool, error) {
		entries, err := s.roster(ctx)
		found = nil
		for _, e := range entries {
			if e.State == "missing" && expected[e.AssignmentID.String()] {
				found = append(found, &gap{seat: e.Seat, noticed: passed})
			}
		}
		return len(found) == len(expected), err
	})
	if err != nil {
		return err
	}
	took := milliseconds(clock.Since(passed))
	d.mu.Lock()
	d.report.Day.NoShows += len(found)
	d.report.Day.noticedMS = append(d.report.Day.noticedMS, took)
	d.gaps[s] = append(d.gaps[s], found...)
	d.mu.Unlock()
	if !noticed {
		d.check("no-shows are noticed at the deadline", false, "%d of %d of shift %s in %v", len(found), len(expected), s.ID, patience)
	}
	return d.replace(ctx, s)
}

// replace lets others have the seats of those who did not come: offers are answered, and what nobody is offered is
// claimed. It looks again every minute, and after a quarter of an hour every five, until all are filled.
func (d *day) replace(ctx context.Context, s *shift) error {
	if d.left(s) == 0 || d.minute.After(s.EndsAt.Add(-time.Hour)) {
		return nil
	}
	now, err := d.seatsOf(ctx, s)
	if err != nil {
		return err
	}
	if now.Offered > 0 {
		if err := d.answerFor(ctx, s, d.minute, now.Offered, &d.answers); err != nil {
			return err
		}
	} else if now.Open > 0 {
		if err := d.claimLeft(ctx, s, now.Open); err != nil {
			return err
		}
	}
	pause := time.Minute
	if d.minute.Sub(s.StartsAt) > 25*time.Minute {
		pause = 5 * time.Minute
	}
	d.at(d.minute.Add(pause), func(ctx context.Context) error { return d.replace(ctx, s) })
	return nil
}

// claimLeft lets a few who look at the hall just then claim a seat that nobody is offered.
func (d *day) claimLeft(ctx context.Context, s *shift, open int) error {
	hunters := slices.DeleteFunc(d.likely(s, d.minute), func(a *agent) bool { return !a.hunter })
	for _, a := range hunters[:min(len(hunters), 2*open+2)] {
		seen, err := hallOf(ctx, a, url.Values{"limit": {"20"}})
		if err != nil {
			return err
		}
		if !slices.Contains(seen, s.ID) {
			continue
		}
		_, code, err := d.claim(ctx, a, s.ID, 1000+int(d.minute.Unix()/60))
		if err != nil {
			return err
		}
		if code != "" {
			d.mu.Lock()
			d.report.Day.Refusals["claim: "+code]++
			d.mu.Unlock()
		}
	}
	return nil
}

func (d *day) seatsOf(ctx context.Context, s *shift) (shiftState, error) {
	var now page[shiftState]
	err := s.booking.merchant.get(ctx, "/bookings/"+s.booking.id.String()+"/shifts", &now)
	at := slices.IndexFunc(now.Items, func(o shiftState) bool { return o.ID == s.ID })
	if err != nil || at < 0 {
		return shiftState{}, err
	}
	return now.Items[at], nil
}

// taken is what follows from a seat taken on the day: who takes over an empty one comes within minutes, and others come to
// their shift like everybody.
func (d *day) taken(h *hold) {
	if !h.StartsAt.After(h.shift.StartsAt) {
		d.expect(h)
		return
	}
	d.mu.Lock()
	d.fillGap(h)
	d.mu.Unlock()
	soon := time.Duration(1+d.draw("replacement", h.agent.n, h.shift.n).IntN(3)) * time.Minute
	d.at(d.minute.Add(soon), func(ctx context.Context) error { return d.checkIn(ctx, h) })
}

// left counts the gaps of a shift that nobody filled yet.
func (d *day) left(s *shift) (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, g := range d.gaps[s] {
		if !g.filled {
			n++
		}
	}
	return n
}

// fillGap notes that a gap is filled. The caller holds the lock.
func (d *day) fillGap(h *hold) {
	for _, g := range d.gaps[h.shift] {
		if g.seat != h.Seat || g.filled {
			continue
		}
		g.filled = true
		if h.StartsAt.After(h.shift.StartsAt) {
			d.report.Day.Replaced++
			d.report.Day.replacedMinutes = append(d.report.Day.replacedMinutes, h.StartsAt.Sub(h.shift.StartsAt).Minutes())
			d.report.Day.replacedMS = append(d.report.Day.replacedMS, milliseconds(clock.Since(g.noticed)))
		}
		return
	}
}

// tell sums the day up: what the rosters say of everybody, against what everybody did.
func (d *day) tell(ctx context.Context) error {
	r := d.run
	var mu sync.Mutex
	finished := map[string]bool{}
	early := 0
	ready, err := until(ctx, 2*time.Minute, func() (bool, error) {
		finished, early = map[string]bool{}, 0
		hours := map[int64]float64{}
		err := r.each(ctx, "rosters", len(r.shifts), func(ctx context.Context, i int) error {
			entries, err := r.shifts[i].roster(ctx)
			mu.Lock()
			defer mu.Unlock()
			for _, e := range entries {
				switch e.State {
				case "held", "present":
					early++ // the sweep has not come to it
				case "finished":
					finished[e.AssignmentID.String()] = true
					for t := maxTime(*e.CheckedInAt, e.StartsAt); t.Before(minTime(*e.CheckedOutAt, e.EndsAt)); t = t.Add(time.Minute) {
						hours[t.Truncate(time.Hour).Unix()] += 1.0 / 60
					}
				}
			}
			return err
		})
		for i := range r.report.Fill {
			r.report.Fill[i].Worked = hours[r.report.Fill[i].At.Unix()]
		}
		return early == 0, err
	})
	if err != nil {
		return err
	}
	present, missed := 0, 0
	for _, h := range r.holds() {
		if h.present {
			present++
			if !finished[h.ID.String()] {
				missed++
			}
		}
	}
	r.report.Day.Worked = len(finished)
	r.check("everybody who checked in is finished on the rosters, and nobody else", ready && missed == 0 && present == len(finished), "%d checked in, %d finished, %d still at it, %d lost", present, len(finished), early, missed)
	r.report.Day.sum()
	if b := r.board; b != nil {
		r.report.Board = b.tell()
		r.check("the live board shows what the rosters say", b.compared > 0 && b.differed == 0, "%d comparisons, %d differed %s", b.compared, b.differed, b.example)
	}
	w := r.report.Day
	r.progress.say("%d worked; %d late, %d did not come, %d of them replaced, %d came after all", w.Worked, w.Late, w.NoShows, w.Replaced, w.CameAfterAll)
	return nil
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func minTime(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// compareBoard waits until the live board shows what the rosters of the watched booking say now.
func (d *day) compareBoard(ctx context.Context) error {
	b := d.board
	begun := clock.Now()
	var want boardNumbers
	same, err := until(ctx, patience, func() (bool, error) {
		want = boardNumbers{}
		for _, s := range b.booking.shifts {
			entries, err := s.roster(ctx)
			if err != nil {
				return false, err
			}
			want.add(s, entries, d.rulesNow())
		}
		return b.shows(want), nil
	})
	b.note(same, milliseconds(clock.Since(begun)), fmt.Sprintf("at %s: the rosters say %+v, the board %+v", d.minute.Format(time.TimeOnly), want, b.latest()))
	return err
}
