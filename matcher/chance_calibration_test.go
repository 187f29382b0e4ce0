package matcher_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fault"
	"peakseat/internal/natstest"
	"peakseat/internal/provetest"
	"peakseat/internal/retail"
	"peakseat/matcher"
)

// A thousand bookings of the rehearsal's market are quoted, one after the other, then planned, offered, claimed and worked, and
// what was quoted is held against what came of it, seat by seat.
//
// It is a replay, not the world: agents have the tags, hours and limits that internal/rehearsal draws, and answer, claim and
// come with its shares, which are not those of the rule book (0.80 of offers accepted, 0.12 refused, a quarter who look at
// the hall, 0.94 who come) and not told to the forecast. Demand follows the retailer's week. The markets have two to twelve
// agents for each seat of the peak; the rehearsal has nine.
//
// Each booking is quoted twice: when it is drafted, before those that come after it are known, and once all others are
// open, as the last one would be.
func TestProveFillChanceCalibration(t *testing.T) { //nolint:paralleltest // it measures
	provetest.Need(t)
	drafted, known := calibrate(t, 40, 2, 4, 6, 9, 12, 2, 4, 6, 9, 12, 2, 4, 6, 9, 12, 2, 4, 6, 9, 12, 2, 4, 6, 9, 12)
	drafted.record(t, "fill_chance", "quoted in the order in which they were booked")
	known.record(t, "fill_chance_last", "each quoted as the last one")
}

func TestTheFillChanceIsCloseToWhatComes(t *testing.T) {
	t.Parallel()
	_, known := calibrate(t, 12, 3)
	if score, ofMean := known.brier(); score > ofMean {
		t.Errorf("the Brier score is %.4f, and %.4f for who always says the mean", score, ofMean)
	}
}

// calibrate replays so many bookings in each of some markets, which have so many agents for a seat of the peak.
func calibrate(t *testing.T, bookings int, markets ...int) (drafted, known *reliability) {
	t.Helper()
	drafted, known = &reliability{}, &reliability{}
	const peak = 3.5 // seats of it, by bookings
	for n, agents := range markets {
		w := &replay{market: openMarket(t), random: rand.New(rand.NewPCG(11, uint64(n)))}
		w.hire(int(peak * float64(bookings*agents)))
		w.work()
		w.picture(natstest.Start(t), w.service)
		for b := range bookings {
			w.book(b)
		}
		for i := range w.quoted {
			w.quoteAsLast(&w.quoted[i])
		}
		w.fill()
		for _, q := range w.quoted {
			came := w.come(q.shift)
			drafted.add(q.drafted, came, q.shift.Seats)
			known.add(q.last, came, q.shift.Seats)
		}
		w.sound()
	}
	return drafted, known
}

func (r *reliability) record(t *testing.T, name, how string) {
	t.Helper()
	score, ofMean := r.brier()
	note := fmt.Sprintf("%d bookings of %.0f seats, replayed in markets of the rehearsal's people, %s", r.bookings, r.seats, how)
	provetest.Record(t, name+"_brier", score, "score", note)
	provetest.Record(t, name+"_brier_of_the_mean", ofMean, "score", note+"; who always says the share of all seats that were filled")
	provetest.Record(t, name+"_bias", (r.predicted-r.filled)/r.seats, "share", note+"; predicted less filled")
	for i, d := range r.deciles {
		if d.seats > 0 {
			provetest.Record(t, fmt.Sprintf("%s_decile_%02d_filled", name, i+1), d.filled/d.seats, "share", fmt.Sprintf("of %.0f seats for which %.3f was predicted", d.seats, d.predicted/d.seats))
		}
	}
}

// reliability compares what was predicted with what came.
type reliability struct {
	bookings                          int
	seats, filled, predicted, squares float64
	deciles                           [10]struct{ seats, filled, predicted float64 }
}

func (r *reliability) add(chance float64, filled, seats int) {
	n, k := float64(seats), float64(filled)
	r.bookings++
	r.seats, r.filled, r.predicted = r.seats+n, r.filled+k, r.predicted+chance*n
	r.squares += k*(1-chance)*(1-chance) + (n-k)*chance*chance
	d := &r.deciles[min(int(chance*10), 9)]
	d.seats, d.filled, d.predicted = d.seats+n, d.filled+k, d.predicted+chance*n
}

func (r *reliability) brier() (score, ofMean float64) {
	mean := r.filled / r.seats
	return r.squares / r.seats, mean * (1 - mean)
}

// replay is one market of the rehearsal's people.
type replay struct {
	*market
	random  *rand.Rand
	hunters []uuid.UUID
	quoted  []quotedShift
	luck    map[[2]uuid.UUID]float64
}

type quotedShift struct {
	shift         shiftRow
	drafted, last float64 // the chances said
}

func rehearsalIndustries() []string {
	return []string{"apparel", "beauty", "electronics", "food", "baby", "home", "sports", "gifts"}
}

func (w *replay) longTail(most int) (n int) {
	for n < most-1 && w.random.IntN(2) == 0 {
		n++
	}
	return n
}

// hire makes agents as internal/rehearsal prepares them.
func (w *replay) hire(n int) {
	w.Helper()
	for range n {
		levels := map[string]int{"channel/chat": 1 + w.longTail(4)}
		raise := func(tag string, most int) { levels[tag] = max(levels[tag], 1+w.longTail(most)) }
		raise("industry/"+rehearsalIndustries()[w.longTail(8)], 4)
		switch kind := w.random.IntN(10); {
		case kind < 5:
			raise("function/presale", 4)
		case kind < 8:
			raise("function/aftersale", 4)
		default:
			raise("function/presale", 4)
			raise("function/aftersale", 4)
		}
		for range w.longTail(8) {
			raise("industry/"+rehearsalIndustries()[w.random.IntN(8)], 4)
		}
		if w.random.IntN(12) == 0 {
			raise("language/cantonese", 3)
		}
		id := w.Agent(func(a *agentRow) {
			for tag, level := range levels {
				holding(tag, level)(a)
			}
			a.Weekly = w.hours()
			switch w.random.IntN(18) {
			case 0:
				a.Longest = 240
			case 1, 2:
				a.Longest = 360
			case 3:
				a.MaxDay, a.MaxWeek = 480, 1800
			case 4:
				a.LeastPay = int64(1500 + 500*w.random.IntN(4))
			}
		})
		if w.random.IntN(4) == 0 {
			w.hunters = append(w.hunters, id)
		}
	}
}

func (w *replay) hours() *string {
	every := func(from, to string, first int) *string {
		var week []string
		for day := first; day <= 7; day++ {
			week = append(week, fmt.Sprintf(`{"weekday":%d,"start":"%s","end":"%s"}`, day, from, to))
		}
		text := "[" + strings.Join(week, ",") + "]"
		return &text
	}
	switch n := w.random.IntN(20); {
	case n < 10:
		return nil
	case n < 14:
		return every("08:00", "19:00", 1)
	case n < 16:
		return every("12:00", "00:00", 1)
	case n < 18:
		return every("07:00", "23:00", 1)
	case n < 19:
		return every("17:00", "02:00", 1)
	}
	return every("08:00", "22:00", 6)
}

// book drafts one window of the retailer's day, is quoted, and confirms.
func (w *replay) book(n int) {
	w.Helper()
	day := retail.Curve()[n%5*48 : (n%5+1)*48]
	slot := 18 + 4*w.random.IntN(6) // starts from 09:00 to 19:00
	contacts, most := 0, 1
	for i := range 48 {
		most = max(most, day[i].Contacts)
		if i >= slot && i < slot+8 {
			contacts += day[i].Contacts
		}
	}
	seats := 1 + min(29, contacts*20/(8*most)+w.longTail(6))
	function := []string{"function/presale", "function/presale", "function/aftersale"}[w.random.IntN(3)]
	with := []func(*shiftRow){
		requires("channel/chat", 1), requires(function, int32(1+w.longTail(2))), requires("industry/"+rehearsalIndustries()[w.longTail(8)], int32(1+w.longTail(2))),
	}
	if n%11 == 10 {
		with = append(with, requires("language/cantonese", 1))
	}
	shop := w.Shop()
	start := evening(0).Truncate(24 * time.Hour).Add(time.Duration(slot)*30*time.Minute - 8*time.Hour)
	shift := w.Shift(seats, append(with, ofShop(shop), at(start, 4*time.Hour), func(s *shiftRow) { s.State = "draft" })...)
	w.exec(`update matcher.booking set state = 'draft', quote_id = null, confirmed_at = null where id = $1`, shop.Booking)
	for i, tag := range shift.Tags {
		w.exec(`insert into matcher.booking_requirement (booking_id, merchant_id, tag, level) values ($1, $2, $3, $4)`, shop.Booking, shop.Merchant, tag, shift.Levels[i])
	}
	q := quotedShift{shift: shift, drafted: w.quote(shift)}
	w.exec(`update matcher.booking set state = 'confirmed', quote_id = $1, confirmed_at = $2 where id = $1`, shop.Booking, time.Now())
	w.exec(`update matcher.shift set state = 'open' where id = $1`, shift.ID)
	w.quoted = append(w.quoted, q)
}

func (w *replay) quote(shift shiftRow) float64 {
	w.Helper()
	w.service.ForgetDemand() // as if the minute were over
	return w.chance(shift.Shop)
}

// quoteAsLast quotes the shift again when all others are open.
func (w *replay) quoteAsLast(q *quotedShift) {
	w.Helper()
	w.exec(`update matcher.shift set state = 'draft' where id = $1`, q.shift.ID)
	q.last = w.quote(q.shift)
	w.exec(`update matcher.shift set state = 'open' where id = $1`, q.shift.ID)
}

// fill plans the day, lets agents answer in rounds, offers what was refused or ran out to the next best, and lets hunters claim.
func (w *replay) fill() {
	w.Helper()
	w.luck = map[[2]uuid.UUID]float64{}
	from := evening(0).Add(-24 * time.Hour)
	to := from.Add(72 * time.Hour)
	w.ask(matcher.PlanRequest{From: &from, To: &to})
	for range 6 {
		w.answerOffers()
		if err := w.service.OfferSeats(w.Context()); err != nil {
			w.Fatal(err)
		}
	}
	for range 8 {
		for _, agent := range w.hunters {
			w.hunt(agent)
		}
	}
	for range 5 { // the days before: what nobody answered goes to the next best
		var latest time.Time
		if err := w.pools.System.Pool.QueryRow(w.Context(), `select coalesce(max(expires_at), platform.rules_now()) from matcher.offer where state = 'live'`).Scan(&latest); err != nil {
			w.Fatal(err)
		}
		w.moveTo(latest.Add(time.Second))
		w.sweep()
		if err := w.service.OfferSeats(w.Context()); err != nil {
			w.Fatal(err)
		}
		w.answerOffers()
	}
}

// answerOffers lets whoever has an offer accept, refuse or ignore it.
func (w *replay) answerOffers() {
	w.Helper()
	type live struct{ id, agent, shift uuid.UUID }
	var list []live
	rows, err := w.pools.System.Pool.Query(w.Context(), `select id, agent_id, shift_id from matcher.offer where state = 'live' order by agent_id, shift_id`)
	if err != nil {
		w.Fatal(err)
	}
	for rows.Next() {
		var o live
		if err := rows.Scan(&o.id, &o.agent, &o.shift); err != nil {
			w.Fatal(err)
		}
		list = append(list, o)
	}
	if err := rows.Err(); err != nil {
		w.Fatal(err)
	}
	for _, o := range list {
		key := [2]uuid.UUID{o.agent, o.shift}
		luck, drawn := w.luck[key]
		if !drawn {
			luck = w.random.Float64()
			w.luck[key] = luck
		}
		switch {
		case luck < 0.80:
			_, err = w.service.AcceptOffer(w.as(o.agent), o.id)
		case luck < 0.92:
			_, err = w.service.RefuseOffer(w.as(o.agent), o.id)
		}
		if _, refused := fault.As(err); err != nil && !refused {
			w.Fatal(err)
		}
	}
}

// hunt lets an agent claim one of the open shifts, if one suits.
func (w *replay) hunt(agent uuid.UUID) {
	w.Helper()
	hall, err := w.service.Hall(w.as(agent), matcher.HallFilter{Limit: 20})
	if err != nil {
		w.Fatal(err)
	}
	if len(hall) == 0 {
		return
	}
	_, err = w.service.ClaimSeat(w.as(agent), hall[w.random.IntN(len(hall))].ID)
	if _, refused := fault.As(err); err != nil && !refused {
		w.Fatal(err)
	}
}

// come is how many holders of the shift's seats come in time.
func (w *replay) come(shift shiftRow) (n int) {
	w.Helper()
	for range w.seats(shift, "held") {
		if w.random.Float64() >= 0.06 {
			n++
		}
	}
	return n
}
