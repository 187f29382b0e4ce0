package rehearsal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"
)

// planned is a run of the matching engine as the program tells of it.
type planned struct {
	ID       uuid.UUID `json:"id"`
	State    string    `json:"state"`
	Error    string    `json:"error"`
	Progress struct {
		Step  string `json:"step"`
		Done  int    `json:"done"`
		Total int    `json:"total"`
	} `json:"progress"`
	Plan
}

// plan has the open seats of the day planned, and waits for the offers.
func (r *run) plan(ctx context.Context) error {
	var p planned
	if err := r.operator.post(ctx, "/plans", r.key("plan"), map[string]any{"campaign_id": r.campaign}, &p); err != nil {
		return err
	}
	done, err := until(ctx, 10*time.Minute, func() (bool, error) {
		if err := r.operator.get(ctx, "/plans/"+p.ID.String(), &p); err != nil {
			return false, err
		}
		r.progress.bar("plan: "+p.Progress.Step, p.Progress.Done, p.Progress.Total)
		return p.State == "done" || p.State == "failed", nil
	})
	if err != nil {
		return err
	}
	if !done || p.State == "failed" {
		return fmt.Errorf("the plan is %s: %s", p.State, p.Error)
	}
	r.report.Plan = p.Plan
	r.check("the plan's offers are nearly all of its model", p.Offers*100 >= p.Filled*97, "%d offers of %d seats filled in the model", p.Offers, p.Filled)
	r.progress.say("planned %d open seats with %d agents in %d ms: %d filled, %d offers, W %d of %d, Q %d of %d",
		p.Seats, p.Agents, p.SolveMS, p.Filled, p.Offers, p.OfferWeight, p.Weight, p.OfferQuality, p.Quality)
	return nil
}

// span is from the first start to just after the last.
func (r *run) span() (first, last time.Time) {
	for _, s := range r.shifts {
		if first.IsZero() || s.StartsAt.Before(first) {
			first = s.StartsAt
		}
		if s.StartsAt.After(last) {
			last = s.StartsAt
		}
	}
	return first, last.Add(time.Minute)
}

// offer is an offer as its agent sees it.
type offer struct {
	ID        uuid.UUID `json:"id"`
	ShiftID   uuid.UUID `json:"shift_id"`
	State     string    `json:"state"`
	ExpiresAt time.Time `json:"expires_at"`
}

// answers counts what agents did with offers.
type answers struct {
	mu sync.Mutex
	Offers
}

func (a *answers) add(into *int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	*into++
}

// answerOffers lets agents look at their offers, round by round, until hardly any seat waits for an answer: who refuses is
// followed by the next best.
func (r *run) answerOffers(ctx context.Context) error {
	r.report.Offers.Refusals = map[string]int{}
	count := &answers{Offers: r.report.Offers}
	all := r.agents
	for round := 1; round <= 6; round++ {
		before := count.Accepted + count.Refused
		if err := r.each(ctx, fmt.Sprintf("offers, round %d", round), len(all), func(ctx context.Context, i int) error {
			_, err := r.answer(ctx, all[i], count, 0.80, 0.12)
			return err
		}); err != nil {
			return err
		}
		seats, filled, offered, open, err := r.settleOffers(ctx)
		if err != nil {
			return err
		}
		r.progress.say("round %d: %d accepted, %d refused; of %d seats %d are filled, %d offered, %d open", round, count.Accepted, count.Refused, seats, filled, offered, open)
		if count.Accepted+count.Refused == before || offered == 0 {
			break
		}
		// only those who may be asked next look again: this is what a notice on the phone does
		all = slices.DeleteFunc(slices.Clone(r.agents), func(a *agent) bool {
			return len(a.held) > 0 || !slices.ContainsFunc(r.shifts, func(s *shift) bool { return s.Offered > 0 && a.skilled(s.booking.demand) })
		})
	}
	r.report.Offers = count.Offers
	return nil
}

// settleOffers waits until refused seats were offered again: until two looks in a row are alike.
func (r *run) settleOffers(ctx context.Context) (seats, filled, offered, open int, err error) {
	var last [2]int
	same := 0
	look := time.NewTicker(200 * time.Millisecond)
	defer look.Stop()
	_, err = until(ctx, 30*time.Second, func() (bool, error) {
		seats, filled, offered, open, err = r.readShifts(ctx)
		if err != nil {
			return false, err
		}
		if now := [2]int{offered, open}; now == last {
			same++
		} else {
			last, same = now, 0
		}
		if same >= 3 {
			return true, nil
		}
		select {
		case <-ctx.Done():
		case <-look.C:
		}
		return false, ctx.Err()
	})
	return seats, filled, offered, open, err
}

// answer looks at one agent's offers and answers the live ones: some are accepted, some refused, the others ignored.
// It tells how many were live.
func (r *run) answer(ctx context.Context, a *agent, count *answers, accept, refuse float64) (live int, err error) {
	var mine page[offer]
	if err = a.get(ctx, "/offers?limit=20", &mine); err != nil {
		return 0, err
	}
	for _, o := range mine.Items {
		s := r.byShift[o.ShiftID]
		if o.State != "live" || s == nil {
			continue
		}
		live++
		switch luck := r.draw("offer", a.n, s.n).Float64(); {
		case luck < accept:
			err = r.accept(ctx, a, o, count)
		case luck < accept+refuse:
			err = a.post(ctx, "/offers/"+o.ID.String()+"/refusal", r.key("refuse", o.ID), nil, nil)
			if err == nil {
				count.add(&count.Refused)
			}
		}
		var refused *problem
		if asProblem(err, &refused) {
			count.mu.Lock()
			count.Refusals[refused.Code]++
			count.mu.Unlock()
			err = nil
		}
		if err != nil {
			return live, err
		}
	}
	return live, nil
}

func (r *run) accept(ctx context.Context, a *agent, o offer, count *answers) error {
	var given assignment
	if err := a.post(ctx, "/offers/"+o.ID.String()+"/acceptance", r.key("accept", o.ID), nil, &given); err != nil {
		return err
	}
	if r.take(a, given) {
		count.add(&count.Accepted)
	}
	return nil
}

// claimOpen lets the late merchants book, and hunters claim in the hall what is open, until nobody wins any more.
func (r *run) claimOpen(ctx context.Context) error {
	if err := r.book(ctx, true); err != nil {
		return err
	}
	r.report.Claims.Refusals = map[string]int{}
	first, last := r.span()
	query := url.Values{"limit": {"20"}, "from": {first.AddDate(0, 0, -1).Format(time.DateOnly)}, "to": {last.AddDate(0, 0, 1).Format(time.DateOnly)}}
	for round := 1; round <= 8; round++ {
		before := r.report.Claims.Won
		var mu sync.Mutex
		hunters := slices.DeleteFunc(slices.Clone(r.agents), func(a *agent) bool { return !a.hunter || len(a.held) > 1 })
		if err := r.each(ctx, fmt.Sprintf("claims, round %d", round), len(hunters), func(ctx context.Context, i int) error {
			won, code, err := r.hunt(ctx, hunters[i], query, round)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case won:
				r.report.Claims.Won++
			case code != "":
				r.report.Claims.Refusals[code]++
			}
			return err
		}); err != nil {
			return err
		}
		_, _, _, open, err := r.readShifts(ctx)
		if err != nil {
			return err
		}
		won := r.report.Claims.Won - before
		r.progress.say("claims, round %d: %d hunters won %d seats, %d stay open", round, len(hunters), won, open)
		if open == 0 || won == 0 {
			break
		}
	}
	if err := r.compareRosters(ctx, "after offers and claims"); err != nil {
		return err
	}
	if r.movable {
		return nil // more is filled until the day
	}
	return r.tellFill(ctx)
}

// hunt looks at the hall and claims one of the first shifts that suit.
func (r *run) hunt(ctx context.Context, a *agent, query url.Values, round int) (won bool, code string, err error) {
	seen, err := hallOf(ctx, a, query)
	seen = slices.DeleteFunc(seen, func(id uuid.UUID) bool { return r.byShift[id] == nil })
	if err != nil || len(seen) == 0 {
		return false, "", err
	}
	return r.claim(ctx, a, seen[r.draw("claim", a.n, round).IntN(len(seen))], round)
}

// hallOf lists the open shifts that the agent may take.
func hallOf(ctx context.Context, a *agent, query url.Values) ([]uuid.UUID, error) {
	var hall page[struct {
		ID uuid.UUID `json:"id"`
	}]
	err := a.get(ctx, "/hall?"+query.Encode(), &hall)
	ids := make([]uuid.UUID, len(hall.Items))
	for i, s := range hall.Items {
		ids[i] = s.ID
	}
	return ids, err
}

func (r *run) claim(ctx context.Context, a *agent, shift uuid.UUID, round int) (won bool, code string, err error) {
	var given assignment
	err = a.post(ctx, "/shifts/"+shift.String()+"/claims", r.key("claim", shift, round), nil, &given)
	var refused *problem
	if asProblem(err, &refused) {
		return false, refused.Code, nil
	}
	if err != nil {
		return false, "", err
	}
	return r.take(a, given), "", nil
}

// asProblem tells whether err is a refusal that is the people's own affair: in conflict, not allowed, gone.
func asProblem(err error, p **problem) bool {
	return errors.As(err, p) && slices.Contains([]int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict}, (*p).Status)
}

// rosterEntry is an agent at a shift as its merchant sees it.
type rosterEntry struct {
	AssignmentID uuid.UUID  `json:"assignment_id"`
	AgentID      uuid.UUID  `json:"agent_id"`
	Seat         int        `json:"seat"`
	StartsAt     time.Time  `json:"starts_at"`
	EndsAt       time.Time  `json:"ends_at"`
	State        string     `json:"state"`
	Late         bool       `json:"late"`
	TakenBy      string     `json:"taken_by"`
	CheckedInAt  *time.Time `json:"checked_in_at"`
	CheckedOutAt *time.Time `json:"checked_out_at"`
}

func (s *shift) roster(ctx context.Context) ([]rosterEntry, error) {
	var now page[rosterEntry]
	err := s.booking.merchant.get(ctx, "/shifts/"+s.ID.String()+"/assignments", &now)
	return now.Items, err
}

// compareRosters holds what agents were told against what merchants are told, and looks for what must never be.
func (r *run) compareRosters(ctx context.Context, when string) error {
	told := map[uuid.UUID]*hold{}
	for _, h := range r.holds() {
		told[h.ID] = h
	}
	var mu sync.Mutex
	var wrong []string
	seen, more := 0, 0
	if err := r.each(ctx, "rosters", len(r.shifts), func(ctx context.Context, i int) error {
		s := r.shifts[i]
		entries, err := s.roster(ctx)
		mu.Lock()
		defer mu.Unlock()
		seats := map[int]bool{}
		for _, e := range entries {
			if e.State != "held" && e.State != "present" {
				continue
			}
			h := told[e.AssignmentID]
			switch {
			case seats[e.Seat]:
				wrong = append(wrong, fmt.Sprintf("seat %d of shift %s is held twice", e.Seat, s.ID))
			case e.Seat > s.Seats:
				wrong = append(wrong, fmt.Sprintf("shift %s has %d seats, seat %d is held", s.ID, s.Seats, e.Seat))
			case h == nil:
				more++
			case h.agent.id != e.AgentID || h.Seat != e.Seat:
				wrong = append(wrong, fmt.Sprintf("assignment %s is told differently to agent and merchant", e.AssignmentID))
			default:
				seen++
			}
			seats[e.Seat] = true
		}
		return err
	}); err != nil {
		return err
	}
	for _, a := range r.agents {
		wrong = append(wrong, a.overlaps()...)
	}
	r.check("every seat given is on the roster, once, "+when, len(wrong) == 0 && seen == len(told) && more == 0, "%d given, %d on rosters, %d unknown %v", len(told), seen, more, wrong[:min(3, len(wrong))])
	return nil
}

func (a *agent) overlaps() (wrong []string) {
	for i, h := range a.held {
		for _, o := range a.held[:i] {
			if !h.lost && !o.lost && h.StartsAt.Before(o.EndsAt) && o.StartsAt.Before(h.EndsAt) {
				wrong = append(wrong, fmt.Sprintf("agent %d holds %s and %s at once", a.n, h.ID, o.ID))
			}
		}
	}
	return wrong
}

// dayBefore is what happens between the planning and the day: some agents give seats back, what nobody answered expires,
// the scheduler plans again, and agents answer.
func (r *run) dayBefore(ctx context.Context) error {
	if !r.movable {
		return nil
	}
	first, _ := r.span()
	count := &answers{Offers: r.report.Offers}
	released := 0
	for _, h := range r.holds() {
		if r.draw("release", h.agent.n, h.shift.n).IntN(100) == 0 {
			if err := h.agent.post(ctx, "/assignments/"+h.ID.String()+"/release", r.key("release", h.ID), nil, nil); err != nil {
				return err
			}
			h.lost = true
			released++
		}
	}
	r.report.Released = released
	for _, before := range []time.Duration{71 * time.Hour, 47 * time.Hour, 23 * time.Hour, 18 * time.Hour, 8 * time.Hour} {
		if err := r.moveClock(ctx, first.Add(-before)); err != nil {
			return err
		}
		// what expired is offered to the next best, some of whom look now
		seats, filled, offered, open, err := r.settleOffers(ctx)
		if err != nil {
			return err
		}
		asked := slices.DeleteFunc(slices.Clone(r.agents), func(a *agent) bool {
			return !slices.ContainsFunc(r.shifts, func(s *shift) bool {
				return s.Offered > 0 && a.skilled(s.booking.demand) && a.free(s.StartsAt, s.EndsAt)
			})
		})
		if offered > 0 {
			if err := r.each(ctx, fmt.Sprintf("offers %.0f h before", before.Hours()), len(asked), func(ctx context.Context, i int) error {
				_, err := r.answer(ctx, asked[i], count, 0.80, 0.12)
				return err
			}); err != nil {
				return err
			}
		}
		r.progress.say("%2.0f h before: of %d seats %d are filled, %d offered (%d agents looked), %d open", before.Hours(), seats, filled, offered, len(asked), open)
	}
	r.report.Offers = count.Offers
	if err := r.compareRosters(ctx, "before the day"); err != nil {
		return err
	}
	return r.tellFill(ctx)
}

// tellFill notes how full the hours are before the day, and why the emptiest shifts are not.
func (r *run) tellFill(ctx context.Context) error {
	if _, _, _, _, err := r.readShifts(ctx); err != nil {
		return err
	}
	r.report.Fill = r.fill()
	emptiest := slices.Clone(r.shifts)
	slices.SortStableFunc(emptiest, func(a, b *shift) int { return cmp.Compare(b.Seats-b.Filled, a.Seats-a.Filled) })
	for _, s := range emptiest[:min(3, len(emptiest))] {
		if s.Filled == s.Seats {
			break
		}
		u := Unfilled{StartsAt: s.StartsAt.In(r.merchants[0].zone), Seats: s.Seats, Open: s.Seats - s.Filled}
		for _, q := range s.booking.demand.requirements {
			u.Requirements = append(u.Requirements, fmt.Sprintf("%s %d", q.Tag, q.Level))
		}
		if err := s.booking.merchant.get(ctx, "/shifts/"+s.ID.String()+"/gaps", &u); err != nil {
			return err
		}
		r.report.Unfilled = append(r.report.Unfilled, u)
	}
	return nil
}

// fill counts seats booked and held by the hour.
func (r *run) fill() []Hour {
	hours := map[int64]*Hour{}
	for _, s := range r.shifts {
		for t := s.StartsAt; t.Before(s.EndsAt); t = t.Add(halfHour) {
			at := t.Truncate(time.Hour)
			h := hours[at.Unix()]
			if h == nil {
				h = &Hour{At: at.In(r.merchants[0].zone)}
				hours[at.Unix()] = h
			}
			h.Seats += float64(s.Seats) / 2
			h.Held += float64(s.Filled) / 2
		}
	}
	keys := slices.Sorted(maps.Keys(hours))
	list := make([]Hour, len(keys))
	for i, k := range keys {
		list[i] = *hours[k]
	}
	return list
}

// likely are the agents who may be asked about the shift next: those with the skills who hold nothing then, those far above
// what is required first, as the engine ranks newcomers.
func (r *run) likely(s *shift, from time.Time) []*agent {
	list := slices.DeleteFunc(slices.Clone(r.agents), func(a *agent) bool { return !a.skilled(s.booking.demand) || !a.free(from, s.EndsAt) })
	slices.SortStableFunc(list, func(a, b *agent) int {
		return cmp.Or(cmp.Compare(b.above(s.booking.demand), a.above(s.booking.demand)), compareText(a.id.String(), b.id.String()))
	})
	return list
}

// answerFor lets the agents who may have an offer of the shift look, until as many offers were seen as there are.
func (r *run) answerFor(ctx context.Context, s *shift, from time.Time, offers int, count *answers) error {
	list := r.likely(s, from)
	const together = 8
	seen := 0
	for at := 0; at < len(list) && seen < offers; at += together {
		part := list[at:min(at+together, len(list))]
		found := make([]int, len(part))
		g, inner := errgroup.WithContext(ctx)
		for i, a := range part {
			g.Go(func() (err error) {
				found[i], err = r.answer(inner, a, count, 0.70, 0.20)
				return err
			})
		}
		if err := g.Wait(); err != nil {
			return err
		}
		for _, n := range found {
			seen += n
		}
	}
	return nil
}
