package planner

import (
	"slices"
	"time"
)

const (
	slotSeconds = 30 * 60
	leastSlots  = 4  // 2 h
	mostSlots   = 16 // 8 h
	margin      = leastSlots - 1
)

// need is what one interval asks of the windows over it.
type need struct {
	startsAt         int64 // Unix seconds
	contacts         float64
	seats, low, high int
}

// windows proposes windows that cover every interval with the least seat-hours.
//
// The windows of a booking must not overlap, so that a proposal can be booked
// as it stands only where its windows are disjoint. A window then needs as many
// seats as its most demanding half hour, and the choice is a shortest path:
// positions are half-hour boundaries, an edge of 4 to 16 half hours is a window
// that costs its length x its highest need, and an edge of one half hour that
// nobody needs costs nothing. Boundaries are passed in order, so one sweep finds
// the optimum, in a number of steps proportional to the half hours. Among equals
// the fewest windows win, then those that start least before the first interval.
//
// A window books people, so it counts Scheduled: with shrinkage, those who must be
// rostered so that enough of them sit.
//
// Half hours are those of the first interval's clock. A window may reach beyond
// the first and last interval by up to an hour and a half, since two hours are
// the least one can book. An interval of 60 minutes may be served by two
// windows, one for each half.
func windows(needs []need, intervalMinutes int, first time.Time) []Window {
	length := int64(intervalMinutes) * 60
	origin := needs[0].startsAt - int64(first.Minute()%30)*60 - margin*slotSeconds
	end := needs[len(needs)-1].startsAt + length
	slots := int((end-origin+slotSeconds-1)/slotSeconds) + margin

	wanted := make([]int, slots) // seats per half hour
	for _, n := range needs {
		for s := (n.startsAt - origin) / slotSeconds; s*slotSeconds < n.startsAt+length-origin; s++ {
			wanted[s] = max(wanted[s], n.seats)
		}
	}

	out := []Window{}
	next := 0 // the first interval that may touch the next window
	for _, span := range cheapest(wanted) {
		from, to := origin+int64(span.from)*slotSeconds, origin+int64(span.to)*slotSeconds
		w := Window{
			Start: time.Unix(from, 0).In(first.Location()),
			End:   time.Unix(to, 0).In(first.Location()),
			Seats: span.seats,
		}
		var all, short float64
		for next < len(needs) && needs[next].startsAt+length <= from {
			next++
		}
		for i := next; i < len(needs) && needs[i].startsAt < to; i++ {
			n := needs[i]
			part := n.contacts * float64(min(to, n.startsAt+length)-max(from, n.startsAt)) / float64(length)
			all += part
			if n.high > w.Seats {
				short += part
			}
			w.Low, w.High = max(w.Low, n.low), max(w.High, n.high)
		}
		if all > 0 {
			w.Risk = short / all
		}
		out = append(out, w)
	}
	return out
}

// span is a window in slots, [from, to).
type span struct{ from, to, seats int }

// price orders partial answers: seat-half-hours, then windows, then half hours
// before the first interval.
type price struct{ seatSlots, windows, early int }

func (p price) below(q price) bool {
	if p.seatSlots != q.seatSlots {
		return p.seatSlots < q.seatSlots
	}
	if p.windows != q.windows {
		return p.windows < q.windows
	}
	return p.early < q.early
}

func cheapest(wanted []int) []span {
	type step struct {
		price price
		last  span // seats 0: a half hour left out
		open  bool // reachable
	}
	best := make([]step, len(wanted)+1)
	best[0].open = true
	reach := func(from, to, seats int) {
		p := best[from].price
		if seats > 0 {
			p.seatSlots += seats * (to - from)
			p.windows++
			p.early += max(0, margin-from)
		}
		if !best[to].open || p.below(best[to].price) {
			best[to] = step{price: p, last: span{from, to, seats}, open: true}
		}
	}
	for from := range wanted {
		if !best[from].open {
			continue
		}
		if wanted[from] == 0 {
			reach(from, from+1, 0)
		}
		seats := 0
		for to := from + 1; to <= min(from+mostSlots, len(wanted)); to++ {
			seats = max(seats, wanted[to-1])
			if to-from >= leastSlots && seats > 0 {
				reach(from, to, seats)
			}
		}
	}
	var path []span
	for at := len(wanted); at > 0; at = best[at].last.from {
		if best[at].last.seats > 0 {
			path = append(path, best[at].last)
		}
	}
	slices.Reverse(path)
	return path
}
