package rehearsal

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"time"

	"peakseat/internal/money"
	"peakseat/internal/retail"

	"github.com/google/uuid"
)

// merchant books seats for one shop.
type merchant struct {
	*person
	n        int
	email    string
	id       uuid.UUID // of the shop
	opened   time.Time // the shop, by the rules' clock
	industry string
	zone     *time.Location
	offset   time.Duration // how much later than the retailer the shop's customers come
	day      int           // of the retailer's week that the shop's peak day is like
	share    float64       // of all seats
	late     bool          // books after the plan was made, and has its seats claimed
	demands  []*demand
	bookings []*booking
	topUps   int64
}

// demand is what a merchant needs for one kind of work.
type demand struct {
	merchant     *merchant
	function     string
	share        float64 // of the merchant's contacts
	handling     float64 // seconds
	concurrency  float64
	patience     float64 // seconds
	scale        float64 // of the retailer's contacts
	requirements []requirement
	windows      []plannedWindow
	contacts     float64
}

type requirement struct {
	Tag   string `json:"tag"`
	Level int    `json:"level"`
}

// plannedWindow is what the seat planner proposes.
type plannedWindow struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	Seats int       `json:"seats"`
}

// booking is windows of one demand that start on one date.
type booking struct {
	id       uuid.UUID
	merchant *merchant
	demand   *demand
	total    int64
	quote    uuid.UUID
	shifts   []*shift
}

// shift is a window on the date.
type shift struct {
	n       int // its number, the same in every run of a seed
	booking *booking
	shiftState
}

// shiftState is what the program says of a shift.
type shiftState struct {
	ID       uuid.UUID `json:"id"`
	StartsAt time.Time `json:"starts_at"`
	EndsAt   time.Time `json:"ends_at"`
	Seats    int       `json:"seats"`
	Filled   int       `json:"filled"`
	Offered  int       `json:"offered"`
	Open     int       `json:"open"`
	State    string    `json:"state"`
}

const (
	halfHour    = 30 * time.Minute
	daysAhead   = 5 // the peak lies further ahead than the scheduler plans, so that the operator's plan is the first
	fullPercent = 0.85
)

func industries() []string {
	return []string{"apparel", "beauty", "electronics", "food", "baby", "home", "sports", "gifts"}
}

// demand registers the merchants and lets the planner turn contacts into windows, until about as many seats as asked for
// are needed at once in the peak's half hour.
func (r *run) demand(ctx context.Context) error {
	if err := r.registerMerchants(ctx); err != nil {
		return err
	}
	if err := r.readClock(ctx); err != nil {
		return err
	}
	r.sizeDemands()
	for try := 1; ; try++ {
		if err := r.planSeats(ctx); err != nil {
			return err
		}
		at, most := r.peak()
		r.report.PeakAt, r.report.PeakSeats = at, most
		if off := float64(most)/float64(r.Seats) - 1; math.Abs(off) < 0.01 || try == 6 {
			break
		}
		for _, m := range r.merchants {
			for _, d := range m.demands {
				d.scale *= float64(r.Seats) / float64(most)
			}
		}
	}
	for _, m := range r.merchants {
		for _, d := range m.demands {
			r.report.Contacts += int(d.contacts)
			r.report.Windows += len(d.windows)
		}
	}
	r.progress.say("%d contacts of %d merchants need %d seats at once on %s", r.report.Contacts, len(r.merchants), r.report.PeakSeats, r.report.PeakAt.Format("2006-01-02 15:04 -07:00"))
	return nil
}

// registerMerchants makes accounts, shops and their unlike sizes, hours and industries.
func (r *run) registerMerchants(ctx context.Context) error {
	zones := []string{"Asia/Shanghai", "Asia/Shanghai", "Asia/Shanghai", "Asia/Tokyo", "Asia/Shanghai"}
	laterMinutes := []int{0, 60, 120, -60, 240, 30, 330, 90}
	weights := make([]float64, r.Merchants)
	sum := 0.0
	for i := range weights {
		weights[i] = 1 / math.Pow(float64(i+1), 0.8)
		sum += weights[i]
	}
	for i := range r.Merchants {
		zone, err := time.LoadLocation(zones[i%len(zones)])
		if err != nil {
			return err
		}
		r.merchants = append(r.merchants, &merchant{
			n: i, industry: industries()[i%len(industries())], zone: zone, share: weights[i] / sum,
			offset: time.Duration(laterMinutes[i%len(laterMinutes)]) * time.Minute, day: i % 5,
			late: i%5 == 4 || r.Merchants < 5 && i > 0 && i == r.Merchants-1,
		})
	}
	return r.each(ctx, "merchants", len(r.merchants), func(ctx context.Context, i int) error { return r.register(ctx, r.merchants[i]) })
}

func (r *run) register(ctx context.Context, m *merchant) error {
	nobody := &person{server: r.server}
	m.email = fmt.Sprintf("merchant-%d-%s@rehearsal.peakseat.test", m.n+1, r.name)
	if err := nobody.post(ctx, "/accounts", "", map[string]any{
		"kind": "merchant", "email": m.email, "password": r.password(), "name": "彩排", "organisation": fmt.Sprintf("彩排商贸 %d", m.n+1),
	}, nil); err != nil {
		return err
	}
	var s session
	if err := nobody.post(ctx, "/sessions", "", map[string]any{"email": m.email, "password": r.password()}, &s); err != nil {
		return err
	}
	m.person = &person{server: r.server, token: s.AccessToken, refresh: s.RefreshToken}
	var shop struct {
		ID        uuid.UUID `json:"id"`
		CreatedAt time.Time `json:"created_at"`
	}
	name := fmt.Sprintf("彩排旗舰店 %d", m.n+1)
	if m.n%4 == 1 {
		name = longName
	}
	err := m.post(ctx, "/shops", r.key("shop", m.n), map[string]any{
		"name": name, "industry": m.industry, "channels": []string{"chat"}, "time_zone": m.zone.String(),
	}, &shop)
	m.id, m.opened = shop.ID, shop.CreatedAt
	return err
}

// longName has forty characters: pages are looked at with it too.
const longName = "店名有四十个字那么长，每一页都要放得下，不挡住别的字，也不把页面撑宽：彩排旗舰店"

// password is that of the merchants.
func (r *run) password() string { return "rehearsal " + r.name }

// key is an idempotency key of this run.
func (r *run) key(what string, parts ...any) string {
	return fmt.Sprint("rehearsal-", r.name, "-", what, parts)
}

// sizeDemands splits merchants' contacts by kind of work, and guesses how many contacts make their share of the seats.
func (r *run) sizeDemands() {
	for _, m := range r.merchants {
		random := r.draw("merchant", m.n)
		kinds := []struct {
			function string
			share    float64
		}{{"function/presale", 1}}
		if m.n%2 == 0 && m.share*float64(r.Seats) > 8 {
			kinds = append(kinds, kinds[0])
			kinds[0].share, kinds[1].function, kinds[1].share = 0.65, "function/aftersale", 0.35
		}
		for k, kind := range kinds {
			d := &demand{
				merchant: m, function: kind.function, share: kind.share,
				handling: float64(240 + 60*random.IntN(5)), concurrency: float64(1 + random.IntN(3)), patience: float64(60 + 30*random.IntN(4)),
				requirements: []requirement{{"channel/chat", 1}, {kind.function, 1 + longTail(random, 2)}, {"industry/" + m.industry, 1 + longTail(random, 2)}},
			}
			if (m.n+k)%11 == 10 { // a skill that few hold
				d.requirements = append(d.requirements, requirement{"language/cantonese", 1})
			}
			most := 0
			for _, p := range m.curve() {
				most = max(most, p.Contacts)
			}
			seats := fullPercent * m.share * kind.share * float64(r.Seats)
			d.scale = seats * halfHour.Seconds() * d.concurrency / d.handling / float64(most)
			m.demands = append(m.demands, d)
		}
	}
}

// curve is the retailer's day that the merchant's is like, from its first contact to its last.
func (m *merchant) curve() []retail.Point {
	day := retail.Curve()[m.day*48 : (m.day+1)*48]
	busy := func(p retail.Point) bool { return p.Contacts > 0 }
	first := slices.IndexFunc(day, busy)
	for last := len(day) - 1; ; last-- {
		if busy(day[last]) {
			return day[first : last+1]
		}
	}
}

// planSeats asks the planner about every demand.
func (r *run) planSeats(ctx context.Context) error {
	var all []*demand
	for _, m := range r.merchants {
		all = append(all, m.demands...)
	}
	return r.each(ctx, "seat plans", len(all), func(ctx context.Context, i int) error {
		d := all[i]
		m := d.merchant
		type contacts struct {
			StartsAt time.Time `json:"starts_at"`
			Contacts float64   `json:"contacts"`
		}
		var arrivals []contacts
		d.contacts = 0
		for _, p := range m.curve() {
			at := r.onPeakDay(m, p.StartsAt)
			n := math.Round(float64(p.Contacts) * d.scale)
			arrivals = append(arrivals, contacts{at, n})
			d.contacts += n
		}
		var plan struct{ Windows []plannedWindow }
		err := m.post(ctx, "/seat-plans", "", map[string]any{
			"interval_minutes": 30, "contacts": arrivals, "handling_seconds": d.handling, "concurrency": d.concurrency,
			"service_level": 0.8, "threshold_seconds": 30, "patience_seconds": d.patience, "max_abandon": 0.05, "max_occupancy": 0.9, "shrinkage": 0.05,
		}, &plan)
		d.windows = plan.Windows
		return err
	})
}

// onPeakDay is the retailer's time of day on the day that is rehearsed, in the shop's zone and at its hours.
func (r *run) onPeakDay(m *merchant, at time.Time) time.Time {
	day := r.rulesNow().In(m.zone).AddDate(0, 0, daysAhead)
	return time.Date(day.Year(), day.Month(), day.Day(), at.Hour(), at.Minute(), 0, 0, m.zone).Add(m.offset)
}

// peak is the half hour in which most seats are planned.
func (r *run) peak() (at time.Time, most int) {
	planned := map[int64]int{}
	for _, m := range r.merchants {
		for _, d := range m.demands {
			for _, w := range d.windows {
				for t := w.Start; t.Before(w.End); t = t.Add(halfHour) {
					planned[t.Unix()] += w.Seats
				}
			}
		}
	}
	for t, n := range planned {
		if n > most || n == most && t < at.Unix() {
			at, most = time.Unix(t, 0).In(r.merchants[0].zone), n
		}
	}
	return at, most
}

func (r *run) bookEarly(ctx context.Context) error {
	first := r.report.PeakAt
	var made struct {
		ID uuid.UUID `json:"id"`
	}
	if err := r.operator.post(ctx, "/campaigns", r.key("campaign"), map[string]any{
		"name": "彩排 " + r.name, "starts_on": first.AddDate(0, 0, -1).Format(time.DateOnly), "ends_on": first.AddDate(0, 0, 1).Format(time.DateOnly),
		"multiplier": 12_000,
	}, &made); err != nil {
		return err
	}
	r.campaign = made.ID
	return r.book(ctx, false)
}

// book drafts, pays for and confirms the bookings of the merchants who book early or late.
func (r *run) book(ctx context.Context, late bool) error {
	var who []*merchant
	for _, m := range r.merchants {
		if m.late == late {
			who = append(who, m)
		}
	}
	if err := r.each(ctx, "bookings", len(who), func(ctx context.Context, i int) error { return r.bookFor(ctx, who[i]) }); err != nil {
		return err
	}
	seats, held := 0, int64(0)
	for _, m := range who { // numbered here, so that they are the same in every run
		for _, b := range m.bookings {
			held += b.total
			for _, s := range b.shifts {
				s.n = len(r.shifts)
				r.shifts = append(r.shifts, s)
				r.byShift[s.ID] = s
				seats += s.Seats
			}
			r.report.Bookings++
		}
	}
	r.report.SeatShifts += seats
	r.report.Money.Quoted += held
	r.progress.say("%d merchants booked %d seats in shifts and paid %s", len(who), seats, money.CNY(held))
	return nil
}

func (r *run) bookFor(ctx context.Context, m *merchant) error {
	var total int64
	for _, d := range m.demands {
		byDate := map[string][]plannedWindow{}
		for _, w := range d.windows {
			date := w.Start.In(m.zone).Format(time.DateOnly)
			byDate[date] = append(byDate[date], w)
		}
		dates := make([]string, 0, len(byDate))
		for date := range byDate {
			dates = append(dates, date)
		}
		slices.Sort(dates)
		for _, date := range dates {
			b, err := r.draft(ctx, d, date, byDate[date])
			if err != nil {
				return err
			}
			m.bookings = append(m.bookings, b)
			total += b.total
		}
	}
	first := m.bookings[0]
	// no money, no seats
	err := m.post(ctx, "/bookings/"+first.id.String()+"/confirmation", r.key("poor", first.id), map[string]any{"quote_id": first.quote}, nil)
	if codeOf(err) != "insufficient_funds" {
		return fmt.Errorf("a booking was confirmed without money, or refused for another reason: %w", err)
	}
	// in whole thousands of yuan, so that some stays
	if err := r.topUp(ctx, m, (total/100_000+1)*100_000); err != nil {
		return err
	}
	for _, b := range m.bookings {
		if err := m.post(ctx, "/bookings/"+b.id.String()+"/confirmation", r.key("confirm", b.id), map[string]any{"quote_id": b.quote}, nil); err != nil {
			return err
		}
		var shifts page[shiftState]
		if err := m.get(ctx, "/bookings/"+b.id.String()+"/shifts", &shifts); err != nil {
			return err
		}
		for _, s := range shifts.Items {
			b.shifts = append(b.shifts, &shift{booking: b, shiftState: s})
		}
	}
	return nil
}

func (r *run) draft(ctx context.Context, d *demand, date string, windows []plannedWindow) (*booking, error) {
	m := d.merchant
	type window struct {
		Start string `json:"start"`
		End   string `json:"end"`
		Seats int    `json:"seats"`
	}
	var wanted []window
	for _, w := range windows {
		wanted = append(wanted, window{w.Start.In(m.zone).Format("15:04"), w.End.In(m.zone).Format("15:04"), w.Seats})
	}
	b := &booking{merchant: m, demand: d}
	var made struct{ ID uuid.UUID }
	if err := m.post(ctx, "/bookings", r.key("booking", m.n, d.function, date), map[string]any{
		"shop_id": m.id, "campaign_id": r.campaign, "title": "彩排 " + date + " " + d.function, "starts_on": date, "ends_on": date,
		"windows": wanted, "requirements": d.requirements, "core_team": r.coreTeam(d),
	}, &made); err != nil {
		return nil, err
	}
	b.id = made.ID
	var quote struct {
		ID    uuid.UUID
		Total money.Money
	}
	if err := m.post(ctx, "/bookings/"+b.id.String()+"/quotes", r.key("quote", b.id), nil, &quote); err != nil {
		return nil, err
	}
	b.quote, b.total = quote.ID, quote.Total.Amount
	return b, nil
}

// topUp pays in. Where no gateway settles at once, the operator says that the money arrived.
func (r *run) topUp(ctx context.Context, m *merchant, amount int64) error {
	var made struct {
		ID    uuid.UUID
		State string
	}
	if err := m.post(ctx, "/wallet/top-ups", r.key("top-up", m.n, m.topUps), map[string]any{"amount": money.CNY(amount)}, &made); err != nil {
		return err
	}
	m.topUps += amount
	if made.State == "settled" {
		return nil
	}
	return r.operator.post(ctx, "/wallet/top-ups/"+made.ID.String()+"/settlement", r.key("arrived", made.ID), nil, nil)
}

// readShifts asks what the program says of all shifts.
func (r *run) readShifts(ctx context.Context) (seats, filled, offered, open int, err error) {
	var bookings []*booking
	for _, m := range r.merchants {
		bookings = append(bookings, m.bookings...)
	}
	err = r.each(ctx, "", len(bookings), func(ctx context.Context, i int) error {
		b := bookings[i]
		var now page[shiftState]
		failed := b.merchant.get(ctx, "/bookings/"+b.id.String()+"/shifts", &now)
		for k := range now.Items {
			b.shifts[k].shiftState = now.Items[k]
		}
		return failed
	})
	for _, s := range r.shifts {
		seats, filled, offered, open = seats+s.Seats, filled+s.Filled, offered+s.Offered, open+s.Open
	}
	return seats, filled, offered, open, err
}

// readClock learns where the rules' clock stands, from when the shops were opened, and whether it can be moved.
func (r *run) readClock(ctx context.Context) error {
	for _, m := range r.merchants {
		r.now = maxTime(r.now, m.opened)
	}
	r.set, r.began = machineNow(), r.now
	err := r.moveClock(ctx, r.now.Add(time.Minute))
	switch {
	case err == nil:
		r.movable = true
	case absent(err):
		r.report.Skipped = append(r.report.Skipped, "the day and all after it: the rules' clock can be moved only on a server started with --dev")
	default:
		return err
	}
	return nil
}

// rulesNow is what the rules' clock shows, within a request's time.
func (r *run) rulesNow() time.Time { return r.now.Add(machineNow().Sub(r.set)) }

// moveClock moves the rules' clock forward; where it is there already, nothing happens.
func (r *run) moveClock(ctx context.Context, to time.Time) error {
	if r.movable && !to.After(r.rulesNow()) {
		return nil
	}
	err := r.operator.ask(ctx, http.MethodPut, "/dev/clock", "", map[string]any{"now": to, "rate": 1}, nil)
	if err == nil {
		r.now, r.set = to, machineNow()
	}
	return err
}
