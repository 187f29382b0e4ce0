package matcher

import (
	"bytes"
	"cmp"
	"container/heap"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// wanted is a shift for which agents are looked for.
type wanted struct {
	*shiftFacts
	core map[pair]bool           // agents in the core teams of bookings
	not  func(a *candidate) bool // who is out of the question; nil: nobody
}

// best shows agents whom every rule lets take a seat of the shift now, the best first, until take says no. The order is that
// of quality, then of levels over those needed, then of ids. An agent in assumed is judged as it is there.
//
// Two lists are merged: all in their order, read no further than asked, and those of whom it does not tell.
func (m *market) best(w *wanted, now time.Time, assumed map[uuid.UUID]*candidate, take func(c *candidate) bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if len(m.agents) == 0 {
		return
	}
	names := make([]string, len(w.tags))
	for i, r := range w.tags {
		names[i] = r.Tag
	}
	o := m.order(names, now)
	own := func(id uuid.UUID) bool { return m.knownTo[w.merchant][id] || w.core[pair{id, w.booking}] }
	var apart ranking
	add := func(id uuid.UUID) {
		if c := m.agents[id]; c != nil && c.holdsAll(names) {
			apart = append(apart, standing{id, quality(c.rating, c.past[w.merchant], w.core[pair{id, w.booking}], c.lastWorked, now), c.levels(names)})
		}
	}
	for id := range m.knownTo[w.merchant] {
		add(id)
	}
	for p := range w.core {
		if p.other == w.booking && !m.knownTo[w.merchant][p.agent] {
			add(p.agent)
		}
	}
	for id := range o.late {
		if !own(id) {
			add(id)
		}
	}
	heap.Init(&apart)
	all := o.list
	until := w.taking(now).to
	for len(apart) > 0 || len(all) > 0 {
		var c *candidate
		switch {
		case len(all) > 0 && (o.late[all[0].id] || own(all[0].id)):
			all = all[1:]
			continue
		case len(apart) == 0 || len(all) > 0 && all[0].compare(&apart[0]) < 0:
			c, all = m.agents[all[0].id], all[1:]
		default:
			next, _ := heap.Pop(&apart).(standing)
			c = m.agents[next.id]
		}
		if changed := assumed[c.id]; changed != nil {
			c = changed
		}
		if !c.disabled && c.holds(w.tags, until) && (w.not == nil || !w.not(c)) && eligible(&c.agentFacts, w.shiftFacts, now) && !take(c) {
			return
		}
	}
}

// order is who holds some tags, those first who are best for a merchant who knows nobody, as it was when it was made. Of who
// is worth something else since, or holds something else, it does not tell; what somebody is worth grows by the day, each at
// another hour, and may be a minute behind.
type order struct {
	names []string
	list  []standing
	late  map[uuid.UUID]bool // of whom it does not tell
	since map[uuid.UUID]bool // the same, while it is made again

	made, asked time.Time
}

// standing is what an agent is worth who holds what a shift needs.
type standing struct {
	id             uuid.UUID
	quality, above int
}

func (s *standing) compare(o *standing) int {
	return cmp.Or(cmp.Compare(o.quality, s.quality), cmp.Compare(o.above, s.above), bytes.Compare(s.id[:], o.id[:]))
}

const (
	orderKept  = time.Minute      // then it is made again, where it was asked for
	orderLasts = 10 * time.Minute // nobody may use it longer
	mostLate   = 500
	mostOrders = 256
)

// order of the holders of all the tags; the market's lock is held.
func (m *market) order(names []string, now time.Time) *order {
	m.ordering.Lock()
	defer m.ordering.Unlock()
	key := strings.Join(names, " ")
	if o := m.orders[key]; o != nil {
		if age := now.Sub(o.made); age >= 0 && age < orderLasts {
			o.asked = now
			return o
		}
	}
	pool := m.holders[""]
	for _, name := range names {
		if h := m.holders[name]; len(h) < len(pool) {
			pool = h
		}
	}
	o := &order{names: names, late: map[uuid.UUID]bool{}, made: now, asked: now}
	o.list = m.standings(make([]standing, 0, len(pool)), maps.Keys(pool), names, now)
	slices.SortFunc(o.list, func(a, b standing) int { return a.compare(&b) })
	if len(m.orders) >= mostOrders {
		clear(m.orders)
	}
	m.orders[key] = o
	return o
}

// standings adds those of agents who hold all the tags; the market's lock is held.
func (m *market) standings(list []standing, ids iter.Seq[uuid.UUID], names []string, now time.Time) []standing {
	for id := range ids {
		if c := m.agents[id]; c.holdsAll(names) {
			list = append(list, standing{id, quality(c.rating, 0, false, c.lastWorked, now), c.levels(names)})
		}
	}
	return list
}

// note takes down that an agent is not worth what the order says.
func (o *order) note(old, c *candidate) {
	if !c.holdsAll(o.names) && (old == nil || !old.holdsAll(o.names)) {
		return
	}
	o.late[c.id] = true
	if o.since != nil {
		o.since[c.id] = true
	}
}

// reorder makes the order again that needs it most, while others go on with it as it is. It holds the lock for a part at a time.
func (m *market) reorder(now time.Time) {
	m.mu.Lock()
	o := m.stale(now)
	if o == nil {
		m.mu.Unlock()
		return
	}
	o.since = map[uuid.UUID]bool{}
	ids := make([]uuid.UUID, 0, len(o.list)+len(o.late))
	for i := range o.list {
		if id := o.list[i].id; !o.late[id] {
			ids = append(ids, id)
		}
	}
	ids = slices.AppendSeq(ids, maps.Keys(o.late))
	m.mu.Unlock()
	list := make([]standing, 0, len(ids))
	for part := range slices.Chunk(ids, marketAtOnce) {
		m.mu.RLock()
		list = m.standings(list, slices.Values(part), o.names, now)
		m.mu.RUnlock()
	}
	slices.SortFunc(list, func(a, b standing) int { return a.compare(&b) })
	m.mu.Lock()
	defer m.mu.Unlock()
	o.list, o.made, o.late, o.since = list, now, o.since, nil
}

// stale is the oldest order that is to be made again, nil where none is; the lock is held.
func (m *market) stale(now time.Time) (oldest *order) {
	for _, o := range m.orders {
		due := len(o.late) > mostLate || now.Sub(o.made) >= orderKept && o.asked.After(o.made)
		if due && (oldest == nil || o.made.Before(oldest.made)) {
			oldest = o
		}
	}
	return oldest
}

// sameWorth tells whether the agent has the standing that they had, in every order.
func (c *candidate) sameWorth(old *candidate) bool {
	return old != nil && c.rating == old.rating && sameTime(c.lastWorked, old.lastWorked) &&
		maps.EqualFunc(c.tags, old.tags, func(a, b heldTag) bool { return a.level == b.level })
}

func sameTime(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }

// holdsAll tells whether the agent has every tag, at whatever level.
func (c *candidate) holdsAll(names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return c.tags[name].level == 0 })
}

// holds tells whether the agent has every tag at its level until then.
func (c *candidate) holds(tags []Requirement, until time.Time) bool {
	for _, r := range tags {
		if held, has := c.tags[r.Tag]; !has || held.level < r.Level || held.expiresAt.Before(until) {
			return false
		}
	}
	return true
}

// ranking is a heap, the best on top.
type ranking []standing

// Len is heap's.
func (r *ranking) Len() int { return len(*r) }

// Swap is heap's.
func (r *ranking) Swap(i, j int) { (*r)[i], (*r)[j] = (*r)[j], (*r)[i] }

// Less is heap's.
func (r *ranking) Less(i, j int) bool { return (*r)[i].compare(&(*r)[j]) < 0 }

// Push is heap's.
func (r *ranking) Push(x any) {
	if c, is := x.(standing); is {
		*r = append(*r, c)
	}
}

// Pop is heap's.
func (r *ranking) Pop() any {
	last := (*r)[len(*r)-1]
	*r = (*r)[:len(*r)-1]
	return last
}
