package matcher

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
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
// where it is asked for often. What it
// leaves out: several shifts of one agent on a day, blocks among others, and that people who like a seat like its neighbour.

const (
	chanceLooked = 8           // lines of a quote that are computed; the others are like the nearest of them
	chanceKept   = time.Minute // a picture of a week's demand
)

// habits are what agents were seen to do.
type habits struct{ accept, show float64 }

// forecast keeps what fill chances are computed from.
type forecast struct {
	mu      sync.Mutex
	weeks   map[Date]*forecastWeek
	habits  habits
	counted time.Time
}

// forecastWeek is the open demand of an ISO week and a plan of it, to which lines are added and taken away again.
type forecastWeek struct {
	model   *weekModel
	session *solver.Session
	lines   map[string]int32  // that were asked before, without a seat now
	groups  map[uuid.UUID]int // by merchant
	made    time.Time

	lastGroup int

	asked bool // since it was made
}

// fillChances sets the fill chance of the booking's shifts and of the whole; where this process keeps no picture of the
// market it stays unknown. all is the system role's transaction.
func (s *Service) fillChances(ctx context.Context, all *postgres.Tx, p *PricedBooking, book *rules.Book) error {
	if !s.market.follows() {
		return nil
	}
	if err := s.market.ready(ctx); err != nil {
		return err
	}
	f := &s.market.forecast
	f.mu.Lock()
	defer f.mu.Unlock()
	if clock.Since(f.counted) > chanceKept {
		seen, err := selectHabits(all, book)
		if err != nil {
			return err
		}
		f.habits, f.counted = seen, clock.Now()
	}
	looked := spread(indexes(len(p.Shifts)), chanceLooked)
	supplies := make(map[int]float64, len(looked))
	for len(looked) > 0 {
		monday := weekOf(DateOf(p.Shifts[looked[0]].StartsAt.In(modelZone())))
		n := 0
		for n < len(looked) && weekOf(DateOf(p.Shifts[looked[n]].StartsAt.In(modelZone()))) == monday {
			n++
		}
		week, err := f.week(all, s.market, monday)
		if err != nil {
			return err
		}
		if err := week.supplies(all, p, book, looked[:n], f.habits, supplies); err != nil {
			return fmt.Errorf("forecast the week of %s: %w", monday, err)
		}
		looked = looked[n:]
	}
	var seats int
	var filled float64
	for i := range p.Shifts {
		shift := &p.Shifts[i]
		chance := f.habits.show
		if shift.Seats > 0 {
			take, most := f.habits.take(book, shift.StartsAt.Sub(all.Now), shift.Seats)
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
	return nil
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

// week is the picture of a week's demand. The first who asks has it made; then it is kept fresh as long as it is asked for.
// The lock is held.
func (f *forecast) week(tx *postgres.Tx, m *market, monday Date) (*forecastWeek, error) {
	w := f.weeks[monday]
	if w == nil || clock.Since(w.made) > 3*chanceKept {
		var err error
		if w, err = newForecastWeek(tx, m, monday); err != nil {
			return nil, fmt.Errorf("picture the demand of the week of %s: %w", monday, err)
		}
		f.weeks[monday] = w
	}
	w.asked = true
	return w, nil
}

// refresh makes anew the pictures that were asked for since they were made, and forgets the others.
func (m *market) refresh(ctx context.Context) error {
	f := &m.forecast
	var old []Date
	f.mu.Lock()
	for monday, w := range f.weeks {
		switch {
		case clock.Since(w.made) < chanceKept:
		case w.asked:
			old = append(old, monday)
		default:
			delete(f.weeks, monday)
		}
	}
	f.mu.Unlock()
	for _, monday := range old {
		err := postgres.InTx(ctx, m.db, func(tx *postgres.Tx) error { //nolint:contextcheck,nolintlint // a transaction carries its context
			w, err := newForecastWeek(tx, m, monday)
			if err != nil {
				return err
			}
			f.mu.Lock()
			defer f.mu.Unlock()
			f.weeks[monday] = w
			return nil
		})
		if err != nil {
			return fmt.Errorf("picture the demand of the week of %s anew: %w", monday, err)
		}
	}
	return nil
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
	f := &forecastWeek{model: w, session: session, lines: map[string]int32{}, groups: map[uuid.UUID]int{}, made: clock.Now()}
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
