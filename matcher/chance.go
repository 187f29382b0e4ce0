package matcher

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/clock"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"
	"peakseat/matcher/solver"
)

// The fill chance of a quoted line is the share of its seats that are expected to be filled when the shift starts, by
// somebody who comes before the seat would count as missed:
//
//	chance = show * E[min(n, B)] / n,  B binomial: of M agents who can be asked each takes a seat with probability q
//
// n is the line's seats. M is the supply: how many agents the market could send to the line beside all other open demand
// of the week, in a daily plan (solver.Session) where what anybody holds or is offered is taken. Two plans bound it: in one
// the line comes before everybody, in the other it gets what all others leave; a bought priority is the first, and between
// equals M is halfway. Where a plan will still run before the start, q is that of an offer or a claim, and M is at most n
// times the offers that one seat can make until then; else only the hall is left, and q is that of a claim.
//
// show and the share of offers accepted are the counts of the last months, with the rule book's as so many earlier cases.
//
// It is deterministic for a state of the market as the picture of the week's demand shows it, which is a minute old at most
// where it is asked for often. What it leaves out: several shifts of one agent on a day, blocks among others, and that people
// who like a seat like its neighbour.
//
// A price never waits for it: the pictures are made behind the scenes, and where the one that is needed is not there yet, or
// others keep it busy, the chance is unknown for the moment.

const (
	chanceLooked = 8                     // lines of a quote that are computed; the others are like the nearest of them
	chanceKept   = time.Minute           // a picture of a week's demand
	chanceWeeks  = 16                    // pictures at most
	chanceBudget = 25 * time.Millisecond // that a quote stands in line behind others
)

// habits are what agents were seen to do.
type habits struct{ accept, show float64 }

// forecast keeps what fill chances are computed from.
type forecast struct {
	wants chan struct{} // a picture is wanted
	turn  chan struct{} // held by who tries lines in the pictures: a session is no place for two

	mu      sync.Mutex
	weeks   map[Date]*forecastWeek
	wanted  map[Date]bool
	habits  habits
	counted time.Time // when the habits were; zero: never
}

// forecastWeek is the open demand of an ISO week and a plan of it, to which lines are added and taken away again.
type forecastWeek struct {
	model   *weekModel
	session *solver.Session
	lines   map[string]int32  // that were asked before, without a seat now
	groups  map[uuid.UUID]int // by merchant
	made    time.Time
	asked   time.Time // when somebody used it last, or wanted it

	lastGroup int
}

func newForecast() forecast {
	return forecast{wants: make(chan struct{}, 1), turn: make(chan struct{}, 1), weeks: map[Date]*forecastWeek{}, wanted: map[Date]bool{}}
}

// fillChances sets the fill chance of the booking's shifts and of the whole, or tells that it will be known in a moment. It
// stays unknown where this process keeps no picture of the market, and where it fails: no quote fails for it.
func (s *Service) fillChances(ctx context.Context, p *PricedBooking, book *rules.Book) (pending bool) {
	if !s.market.follows() {
		return false
	}
	f := &s.market.forecast
	looked := spread(indexes(len(p.Shifts)), chanceLooked)
	weeks, seen, ready := f.pictures(p.Shifts, looked)
	if !ready || !f.enter(ctx) {
		return true
	}
	defer f.leave()
	var now time.Time
	supplies := make(map[int]float64, len(looked))
	err := postgres.InTx(ctx, s.System, func(all *postgres.Tx) error { //nolint:contextcheck,nolintlint // a transaction carries its context
		now = all.Now
		for monday, lines := range byWeek(p.Shifts, looked) {
			if err := weeks[monday].supplies(all, p, book, lines, seen, supplies); err != nil {
				return fmt.Errorf("forecast the week of %s: %w", monday, err)
			}
		}
		return nil
	})
	if err != nil {
		f.forget(weeks) // the sessions may be left with lines of this quote
		if ctx.Err() == nil {
			slog.WarnContext(ctx, "a quote is without its fill chance", "booking_id", p.ID, "error", err)
		}
		return false
	}
	var seats int
	var filled float64
	for i := range p.Shifts {
		shift := &p.Shifts[i]
		chance := seen.show
		if shift.Seats > 0 {
			take, most := seen.take(book, shift.StartsAt.Sub(now), shift.Seats)
			near := nearest(p.Shifts, supplies, i)
			agents := supplies[near] / float64(max(p.Shifts[near].Seats, 1)) * float64(shift.Seats)
			chance *= expectedFilled(shift.Seats, min(agents, most), take) / float64(shift.Seats)
		}
		chance = math.Round(chance*1e4) / 1e4
		shift.FillChance = &chance
		seats, filled = seats+shift.Seats, filled+chance*float64(shift.Seats)
	}
	if seats > 0 {
		whole := math.Round(filled/float64(seats)*1e4) / 1e4
		p.FillChance = &whole
	}
	return false
}

// byWeek sorts the shifts that are looked at by their ISO weeks.
func byWeek(shifts []PricedShift, looked []int) map[Date][]int {
	weeks := map[Date][]int{}
	for _, i := range looked {
		monday := weekOf(DateOf(shifts[i].StartsAt.In(modelZone())))
		weeks[monday] = append(weeks[monday], i)
	}
	return weeks
}

// pictures are those of the weeks of the shifts that are looked at, and what agents were seen to do. What is missing or too
// old is wanted from now on.
func (f *forecast) pictures(shifts []PricedShift, looked []int) (weeks map[Date]*forecastWeek, seen habits, ready bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	weeks = map[Date]*forecastWeek{}
	now, needed := clock.Now(), byWeek(shifts, looked)
	for monday := range needed {
		w := f.weeks[monday]
		if w == nil || now.Sub(w.made) > 3*chanceKept {
			f.wanted[monday] = true
			continue
		}
		w.asked = now
		weeks[monday] = w
	}
	if len(f.wanted) > 0 {
		nudge(f.wants)
	}
	return weeks, f.habits, len(weeks) == len(needed) && !f.counted.IsZero()
}

// enter waits for a turn, but not long; leave ends it.
func (f *forecast) enter(ctx context.Context) bool {
	limit := time.NewTimer(chanceBudget)
	defer limit.Stop()
	select {
	case f.turn <- struct{}{}:
		return true
	case <-limit.C:
	case <-ctx.Done():
	}
	return false
}

func (f *forecast) leave() { <-f.turn }

// forget drops pictures; the next who asks has them made anew.
func (f *forecast) forget(weeks map[Date]*forecastWeek) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for monday, w := range weeks {
		if f.weeks[monday] == w {
			delete(f.weeks, monday)
		}
	}
}

// take is the probability with which an agent who can be asked takes a seat of a shift that starts so much later, and how
// many can be asked at most.
func (h habits) take(book *rules.Book, ahead time.Duration, seats int) (q, most float64) {
	claim := book.Chance.Claim
	if ahead < slices.Min(book.Plans.Before) {
		return claim, math.Inf(1)
	}
	return 1 - (1-h.accept)*(1-claim), float64(seats * book.Offers.Turns(slices.Min(book.Plans.Before)))
}

// expectedFilled is E[min(seats, B)] where B of so many agents take a seat; between whole numbers of agents it is a line.
func expectedFilled(seats int, agents, q float64) float64 {
	low := math.Floor(agents)
	a := expectedOf(seats, int(low), q)
	if part := agents - low; part > 0 {
		a += part * (expectedOf(seats, int(low)+1, q) - a)
	}
	return a
}

func expectedOf(seats, agents int, q float64) float64 {
	if q >= 1 || agents == 0 {
		return float64(min(seats, agents))
	}
	filled := float64(seats)
	odds := math.Log(q) - math.Log1p(-q)
	p := float64(agents) * math.Log1p(-q) // log of the probability that nobody does
	for k := range min(seats, agents+1) {
		filled -= float64(seats-k) * math.Exp(p)
		p += math.Log(float64(agents-k)) - math.Log(float64(k+1)) + odds
	}
	return filled
}

// enough is how many agents fill the seats almost surely.
func enough(seats int, q float64) int {
	n := float64(seats)
	return min(int((n+4*math.Sqrt(n)+4)/q), solver.MaxSeats)
}

// nearest is the shift looked at that is most like shift i: of the same hours if there is one, and then nearest in time.
func nearest(shifts []PricedShift, looked map[int]float64, i int) int {
	best, least := -1, time.Duration(0)
	for j := range shifts {
		if _, is := looked[j]; !is {
			continue
		}
		apart := shifts[i].StartsAt.Sub(shifts[j].StartsAt).Abs()
		far := apart + 100*apart.Truncate(time.Hour)%(24*time.Hour) + 100*(shifts[i].EndsAt.Sub(shifts[i].StartsAt)-shifts[j].EndsAt.Sub(shifts[j].StartsAt)).Abs()
		if best < 0 || far < least {
			best, least = j, far
		}
	}
	return best
}

func indexes(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// pictureDemand makes the pictures that are wanted, and anew those that are old and still asked for, until ctx ends.
func (m *market) pictureDemand(ctx context.Context) error {
	look := time.NewTicker(chanceKept / 4)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		case <-m.forecast.wants:
		}
		if err := m.refresh(ctx); err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "open demand could not be pictured and will be again", "error", err)
		}
	}
}

// refresh makes every picture that is due.
func (m *market) refresh(ctx context.Context) error {
	f := &m.forecast
	due, recount := f.due()
	if len(due) == 0 {
		return nil
	}
	if err := m.ready(ctx); err != nil {
		return err
	}
	if recount {
		err := postgres.InTx(ctx, m.db, func(tx *postgres.Tx) error { //nolint:contextcheck,nolintlint // a transaction carries its context
			book := rules.Current()
			seen, err := selectHabits(tx, &book)
			if err != nil {
				return err
			}
			f.mu.Lock()
			defer f.mu.Unlock()
			f.habits, f.counted = seen, clock.Now()
			return nil
		})
		if err != nil {
			return err
		}
	}
	var failed []error
	for _, monday := range due {
		err := postgres.InTx(ctx, m.db, func(tx *postgres.Tx) error { //nolint:contextcheck,nolintlint // a transaction carries its context
			w, err := newForecastWeek(tx, m, monday)
			if err != nil {
				return err
			}
			f.put(monday, w)
			return nil
		})
		if err != nil {
			failed = append(failed, fmt.Errorf("picture the demand of the week of %s: %w", monday, err))
		}
	}
	return errors.Join(failed...)
}

// due lists the weeks that are wanted, first, and those whose picture is old and was asked for since it was made; it forgets
// the other old ones. recount tells whether the habits are old too.
func (f *forecast) due() (weeks []Date, recount bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	weeks = slices.SortedFunc(maps.Keys(f.wanted), func(a, b Date) int { return b.DaysUntil(a) })
	for monday, w := range f.weeks {
		switch {
		case clock.Since(w.made) < chanceKept || f.wanted[monday]:
		case w.asked.After(w.made):
			weeks = append(weeks, monday)
		default:
			delete(f.weeks, monday)
		}
	}
	return weeks, clock.Since(f.counted) > chanceKept
}

// put keeps a new picture, and forgets the one that nobody asked for the longest where there are too many.
func (f *forecast) put(monday Date, w *forecastWeek) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.weeks[monday] = w
	delete(f.wanted, monday)
	if len(f.weeks) > chanceWeeks {
		oldest := monday
		for other, w := range f.weeks {
			if w.asked.Before(f.weeks[oldest].asked) {
				oldest = other
			}
		}
		delete(f.weeks, oldest)
	}
}

// newForecastWeek models the week as a plan does. Lines that nobody has booked yet must fit into the model's classes, so that
// these are made with probes: shifts of every length and end, which ask for every tag and pay anything.
func newForecastWeek(tx *postgres.Tx, m *market, monday Date) (*forecastWeek, error) {
	d := &planData{now: tx.Now}
	zero := monday.Add(-1).At(0, modelZone())
	demand, err := selectOpenDemand(tx, later(tx.Now, monday.At(0, modelZone())), monday.Add(7).At(0, modelZone()))
	if err != nil {
		return nil, err
	}
	tags := m.everybody(d)
	w := &weekModel{planData: d, monday: monday, zero: zero, problem: &solver.Problem{Seed: tieSeed, CapHours: true}}
	w.shifts = append(probes(monday, tags), demand...)
	w.pays = classesOf(w.shifts, func(s *planShift) int64 { return s.pay }, false)
	w.lengths = classesOf(w.shifts, func(s *planShift) int64 { return int64(s.minutes()) }, true)
	w.classTags()
	if err := w.addAgents(); err != nil {
		return nil, err
	}
	w.shifts = demand
	if err := w.addLines(); err != nil {
		return nil, err
	}
	if err := w.addPins(); err != nil {
		return nil, err
	}
	o := solver.Options{Threads: 2}
	index, err := solver.Prepare(w.problem, o)
	if err != nil {
		return nil, err
	}
	session, err := index.Session(o)
	if err != nil {
		return nil, err
	}
	f := &forecastWeek{model: w, session: session, lines: map[string]int32{}, groups: map[uuid.UUID]int{}, made: clock.Now(), asked: clock.Now()}
	for l := range w.problem.Lines() {
		f.lastGroup = max(f.lastGroup, w.problem.Line(int32(l)).Merchant)
	}
	return f, nil
}

// everybody puts all agents who may work into d, and lists the tags that somebody holds.
func (m *market) everybody(d *planData) (tags []Requirement) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, c := range m.agents {
		if !c.disabled {
			d.agents = append(d.agents, c)
		}
	}
	for tag := range m.holders {
		if tag != "" {
			tags = append(tags, Requirement{Tag: tag, Level: 1})
		}
	}
	slices.SortFunc(d.agents, func(a, b *candidate) int { return bytes.Compare(a.id[:], b.id[:]) })
	slices.SortFunc(tags, func(a, b Requirement) int { return cmp.Compare(a.Tag, b.Tag) })
	return tags
}

func probes(monday Date, tags []Requirement) []*planShift {
	book := rules.Current()
	free := &planShift{shiftFacts: shiftFacts{book: book, pay: math.MaxInt64, startsAt: monday.At(0, modelZone()), endsAt: monday.At(60, modelZone())}}
	list := []*planShift{free} // who holds no tag may take it
	for day := range 8 {
		list = append(list, &planShift{shiftFacts: shiftFacts{
			book: book, pay: math.MaxInt64, tags: tags,
			startsAt: monday.Add(day).At(23*60, modelZone()), endsAt: monday.Add(day+1).At(0, modelZone()).Add(-time.Second),
		}})
	}
	for length := 30 * time.Minute; length <= book.Hours.LongestOne; length += 30 * time.Minute {
		start := monday.At(0, modelZone())
		list = append(list, &planShift{shiftFacts: shiftFacts{book: book, pay: math.MaxInt64, tags: tags, startsAt: start, endsAt: start.Add(length)}})
	}
	return list
}

// supplies says how many agents the week could send to each of the lines looked at.
func (w *forecastWeek) supplies(tx *postgres.Tx, p *PricedBooking, book *rules.Book, looked []int, seen habits, into map[int]float64) error {
	merchant, err := w.group(tx, p.MerchantID)
	if err != nil {
		return err
	}
	var lines []solver.Line
	var at []int
	for _, i := range looked {
		shift := &p.Shifts[i]
		into[i] = 0
		l, known := w.line(p.facts(*shift, *book), merchant)
		if !known || shift.Seats == 0 {
			continue
		}
		take, most := seen.take(book, shift.StartsAt.Sub(tx.Now), shift.Seats)
		l.Seats = min(enough(shift.Seats, take), int(min(most, solver.MaxSeats)))
		lines, at = append(lines, l), append(at, i)
	}
	first, _, err := w.try(lines, solver.MaxWeight)
	if err != nil {
		return err
	}
	_, last, err := w.try(lines, 1)
	if err != nil {
		return err
	}
	for k, i := range at {
		into[i] = float64(first[k]+last[k]) / 2
	}
	return nil
}

// try plans lines at a weight beside all others and takes them away again. own is how many seats each of them gets, more how
// much the whole plan gains by each.
func (w *forecastWeek) try(lines []solver.Line, weight int) (own, more []int, err error) {
	place := make(map[int32]int, len(lines))
	own, more = make([]int, len(lines)), make([]int, len(lines))
	count := func(seats []solver.Seat, sign int) (worth int) {
		for _, s := range seats {
			if k, is := place[s.Line]; is {
				own[k] += sign
			}
			worth += sign * w.session.Problem().Line(s.Line).Weight
		}
		return worth
	}
	for k, l := range lines {
		l.Weight = weight
		key := fmt.Sprint(l.Merchant, l.Start, l.End, l.Weight, l.Channel, l.Language, l.Tags)
		line, known := w.lines[key]
		var c solver.Change
		if known {
			c, err = w.session.SetSeats(line, l.Seats)
		} else {
			line, c, err = w.session.AddLine(l)
		}
		if err != nil {
			return nil, nil, err
		}
		w.lines[key] = line
		place[line] = k
		more[k] = count(c.Added, 1) + count(c.Dropped, -1)
	}
	for line := range place {
		if _, err := w.session.SetSeats(line, 0); err != nil {
			return nil, nil, err
		}
	}
	return own, more, nil
}

// line is a shift as the model says it; false where nobody holds one of its tags.
func (w *forecastWeek) line(s *shiftFacts, merchant int) (l solver.Line, known bool) {
	m := w.model
	from := m.minute(s.startsAt)
	l = solver.Line{
		Merchant: merchant, Day: from / (24 * 60), Start: from, End: m.minuteAfter(s.endsAt),
		Channel: m.lengths.of(int64(stretch{s.startsAt, s.endsAt}.minutes())), Language: m.pays.of(s.pay),
	}
	for _, r := range s.tags {
		t := m.tags[r.Tag]
		if t == nil {
			return l, false
		}
		l.Tags = append(l.Tags, solver.NewTagLevel(t.of(s.endsAt), r.Level))
	}
	return l, true
}

// group is the merchant as the model knows it: whom it may not get.
func (w *forecastWeek) group(tx *postgres.Tx, merchant uuid.UUID) (int, error) {
	group, known := w.groups[merchant]
	if known {
		return group, nil
	}
	var r reading
	apart := r.apart([]uuid.UUID{merchant})
	if err := r.send(tx); err != nil {
		return 0, err
	}
	if len(apart) > 0 { // group 0 knows nobody
		w.lastGroup++
		group = w.lastGroup
	}
	w.groups[merchant] = group
	for p := range apart {
		if agent, there := w.model.indexOf[p.agent]; there {
			if _, err := w.session.SetRelation(solver.Relation{Merchant: int32(group), Agent: agent, Kind: solver.Block}); err != nil { //nolint:gosec // groups are few
				return 0, err
			}
		}
	}
	return group, nil
}
