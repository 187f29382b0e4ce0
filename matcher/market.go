package matcher

import (
	"bytes"
	"cmp"
	"container/heap"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/fact"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// market is this process's picture of who may work what: every agent with tags, availability, limits, what they hold and
// what they are offered, and how often they worked for whom. It only proposes: whoever makes an offer asks the evaluator
// again, under locks, of what the database says then.
//
// The picture is read from the database whole, when the process starts and whenever facts may have gone by unseen. From
// then on it is fresh within:
//
//	seats and offers       some 30 ms: every fact that names an agent has the agent read again
//	tags and accounts      two seconds: the same, and once more when the matcher's own copy has followed
//	all else               a minute at 60,000 agents: a round goes through all of them, a thousand a second
//
// What is held is never changed: an agent who is read again is a new candidate in place of the old one.
type market struct {
	db    *postgres.DB
	news  chan struct{} // the feed has something to do
	freed chan struct{} // seats may wait to be offered

	loading sync.Mutex // one at a time reads the whole of it

	mu      sync.RWMutex
	fed     bool // facts come in
	whole   bool // and none was missed since all was read
	agents  map[uuid.UUID]*candidate
	holders map[string]*holders              // by tag, and all under ""
	knownTo map[uuid.UUID]map[uuid.UUID]bool // by merchant, who worked for it
	orders  map[string]*order                // by tags
	changed map[uuid.UUID]struct{}           // to be read again
	copied  [2]map[uuid.UUID]struct{}        // to be read again a turn later, and two turns later

	ordering sync.Mutex // over orders, which readers make

	round uuid.UUID // how far the round has come; the feed's alone

	forecast forecast // its picture of open demand
}

const (
	marketGather = 20 * time.Millisecond // between two readings of agents who changed
	marketRound  = time.Second
	marketPart   = 1000 // agents read again in a turn of the round, and at most at once
)

func newMarket(db *postgres.DB) *market {
	none := func() map[uuid.UUID]struct{} { return map[uuid.UUID]struct{}{} }
	return &market{forecast: forecast{weeks: map[Date]*forecastWeek{}}, db: db, news: make(chan struct{}, 1), freed: make(chan struct{}, 1), changed: none(), copied: [2]map[uuid.UUID]struct{}{none(), none()}}
}

// FollowMarket keeps this process's picture of the market fresh until ctx ends.
func (s *Service) FollowMarket(ctx context.Context, nc *nats.Conn) error {
	return s.market.follow(ctx, nc)
}

// follow keeps the picture fresh until ctx ends.
func (m *market) follow(ctx context.Context, nc *nats.Conn) error {
	m.feed(true)
	defer m.feed(false)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return outbox.Watch(ctx, nc, append(marketFacts(), copiedFacts()...), m.see, m.missed) })
	g.Go(func() error {
		round := time.NewTicker(marketRound)
		defer round.Stop()
		for {
			turn := false
			select {
			case <-ctx.Done():
				return nil
			case <-m.news:
			case <-round.C:
				turn = true
			}
			if err := m.freshen(ctx, turn); err != nil && ctx.Err() == nil {
				slog.WarnContext(ctx, "the picture of the market could not be freshened and will be read anew", "error", err)
				m.missed()
			}
			if !waitFor(ctx, time.After(marketGather)) {
				return nil
			}
		}
	})
	g.Go(func() error { return every(ctx, chanceKept/4, "picturing open demand", m.refresh) })
	return g.Wait()
}

// marketFacts are about what the matcher owns; copiedFacts come before the matcher's own copy has followed.
func marketFacts() []string {
	return []string{
		fact.SeatTaken{}.Type(), fact.SeatReleased{}.Type(), fact.AgentMissing{}.Type(), fact.AssignmentFinished{}.Type(),
		fact.OfferMade{}.Type(), fact.OfferEnded{}.Type(),
	}
}

// freeingFacts tell of seats that may have to be offered again.
func freeingFacts() []string {
	return []string{fact.SeatReleased{}.Type(), fact.AgentMissing{}.Type(), fact.OfferEnded{}.Type()}
}

func copiedFacts() []string {
	return []string{
		fact.TagsChanged{}.Type(), fact.AccountRegistered{}.Type(), fact.AccountDisabled{}.Type(), fact.AccountEnabled{}.Type(),
	}
}

// follows tells whether the picture is kept.
func (m *market) follows() bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.fed
}

// feed notes whether facts come in; without them the picture is read anew each time it is asked.
func (m *market) feed(on bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fed, m.whole = on, false
}

func (m *market) missed() {
	m.mu.Lock()
	m.whole = false
	m.mu.Unlock()
	m.wake()
}

func (m *market) wake() { nudge(m.news) }

// tellFreed has waiting seats looked at at once, by this process.
func (m *market) tellFreed() { nudge(m.freed) }

func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// see notes whom a fact is about.
func (m *market) see(e outbox.Envelope) {
	var about struct {
		AgentID   uuid.UUID `json:"agent_id"`
		AccountID uuid.UUID `json:"account_id"`
	}
	if json.Unmarshal(e.Data, &about) != nil {
		return // the round finds whoever it was
	}
	id := about.AgentID
	if id == uuid.Nil {
		id = about.AccountID
	}
	m.mu.Lock()
	m.changed[id] = struct{}{}
	if slices.Contains(copiedFacts(), e.Type) {
		m.copied[1][id] = struct{}{}
	}
	m.mu.Unlock()
	m.wake()
	if slices.Contains(freeingFacts(), e.Type) {
		m.tellFreed()
	}
}

// changes are the agents to be read again now.
func (m *market) changes(turn bool) (ids []uuid.UUID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if turn {
		maps.Copy(m.changed, m.copied[0])
		m.copied[0], m.copied[1] = m.copied[1], map[uuid.UUID]struct{}{}
	}
	for id := range m.changed {
		if len(ids) == marketPart {
			m.wake()
			break
		}
		ids = append(ids, id)
		delete(m.changed, id)
	}
	return ids
}

// freshen reads again who changed, and on a turn of the round the next of all.
func (m *market) freshen(ctx context.Context, turn bool) error {
	if err := m.ready(ctx); err != nil {
		return err
	}
	ids := m.changes(turn)
	if len(ids) == 0 && !turn {
		return nil
	}
	return postgres.InTx(ctx, m.db, func(tx *postgres.Tx) error {
		all := ids
		if turn {
			next, err := selectAgentsAfter(tx, m.round, marketPart)
			if err != nil {
				return err
			}
			m.round = uuid.Nil
			if len(next) == marketPart {
				m.round = next[len(next)-1]
			}
			all = append(slices.Clone(ids), next...)
		}
		found, err := selectTraders(tx, who{ids: all})
		if err != nil {
			return err
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		m.put(found)
		return nil
	})
}

// ready reads the whole picture where it is not whole.
func (m *market) ready(ctx context.Context) error {
	m.loading.Lock()
	defer m.loading.Unlock()
	m.mu.Lock()
	if m.fed && m.whole {
		m.mu.Unlock()
		return nil
	}
	m.whole = m.fed // what is missed from now on takes it away again
	m.mu.Unlock()
	var all map[uuid.UUID]*candidate
	err := postgres.InTx(ctx, m.db, func(tx *postgres.Tx) (err error) { //nolint:contextcheck,nolintlint // a transaction carries its context
		all, err = selectTraders(tx, who{all: true})
		return err
	})
	m.mu.Lock()
	defer m.mu.Unlock()
	if err != nil {
		m.whole = false
		return err
	}
	m.agents, m.holders, m.knownTo = make(map[uuid.UUID]*candidate, len(all)), map[string]*holders{}, map[uuid.UUID]map[uuid.UUID]bool{}
	m.orders = map[string]*order{}
	m.put(all)
	return nil
}

// put takes over what was read; the lock is held.
func (m *market) put(found map[uuid.UUID]*candidate) {
	for id, c := range found {
		old := m.agents[id]
		if old != nil {
			for tag := range old.tags {
				if _, still := c.tags[tag]; !still {
					m.of(tag).leave(id)
				}
			}
		}
		m.agents[id] = c
		for tag := range c.tags {
			m.of(tag).join(old, c, tag)
		}
		m.of("").join(old, c, "")
		for merchant := range c.past {
			if m.knownTo[merchant] == nil {
				m.knownTo[merchant] = map[uuid.UUID]bool{}
			}
			m.knownTo[merchant][id] = true
		}
	}
}

func (m *market) of(tag string) *holders {
	h := m.holders[tag]
	if h == nil {
		h = &holders{ids: map[uuid.UUID]bool{}}
		m.holders[tag] = h
	}
	return h
}

// holders are the agents who hold a tag.
type holders struct {
	ids     map[uuid.UUID]bool
	changes int // of who they are, and of what they are worth
}

// join notes an agent as they are now.
func (h *holders) join(old, c *candidate, tag string) {
	if !h.ids[c.id] || old == nil || old.rating != c.rating || !sameTime(old.lastWorked, c.lastWorked) || old.tags[tag].level != c.tags[tag].level {
		h.changes++
	}
	h.ids[c.id] = true
}

func (h *holders) leave(id uuid.UUID) {
	delete(h.ids, id)
	h.changes++
}

func sameTime(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }

// order is who holds some tags, those first who are best for a merchant who knows nobody. It may be a little behind: what
// somebody is worth grows by the day, each at another hour, and falls with a day's work.
type order struct {
	list    []contender
	made    time.Time
	changes int
}

const (
	orderKept   = time.Minute     // though nobody changed
	changedKept = 5 * time.Second // though somebody did
	mostOrders  = 256
)

// order of the holders of all the tags; the market's lock is held.
func (m *market) order(names []string, now time.Time) []contender {
	m.ordering.Lock()
	defer m.ordering.Unlock()
	pool := m.holders[""]
	changes := 0
	for _, name := range names {
		h := m.holders[name]
		if h == nil {
			return nil
		}
		if changes += h.changes; len(h.ids) < len(pool.ids) {
			pool = h
		}
	}
	key := strings.Join(names, " ")
	if o := m.orders[key]; o != nil {
		if age := now.Sub(o.made); age >= 0 && (age < changedKept || age < orderKept && changes == o.changes) {
			return o.list
		}
	}
	o := &order{made: now, changes: changes, list: make([]contender, 0, len(pool.ids))}
	for id := range pool.ids {
		c := m.agents[id]
		if !slices.ContainsFunc(names, func(name string) bool { return c.tags[name].level == 0 }) {
			o.list = append(o.list, contender{c, quality(c.rating, 0, false, c.lastWorked, now), c.levels(names)})
		}
	}
	slices.SortFunc(o.list, func(a, b contender) int { return a.compare(&b) })
	if len(m.orders) >= mostOrders {
		clear(m.orders)
	}
	m.orders[key] = o
	return o.list
}

// note takes over offers that this process made, before their facts come around.
func (m *market) note(offers []newOffer) {
	changed := make(map[uuid.UUID]*candidate, len(offers))
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, o := range offers {
		c := changed[o.agent]
		if c == nil {
			if m.agents[o.agent] == nil {
				continue
			}
			c = m.agents[o.agent].clone()
			changed[o.agent] = c
		}
		c.assume(o.id, o.t)
	}
	m.put(changed)
}

// wanted is a shift for which agents are looked for.
type wanted struct {
	*shiftFacts
	core map[pair]bool           // agents in the core teams of bookings
	not  func(a *candidate) bool // who is out of the question; nil: nobody
}

// best shows agents whom every rule lets take a seat of the shift now, the best first, until take says no. The order is that
// of quality, then of levels over those needed, then of ids. An agent in assumed is judged as it is there.
//
// Two lists are merged: those whom the merchant knows, and all in their order, read no further than asked.
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
	var known ranking
	ids := m.known(w)
	for id := range ids {
		if c := m.agents[id]; c != nil {
			known = append(known, contender{c, quality(c.rating, c.past[w.merchant], w.core[pair{id, w.booking}], c.lastWorked, now), c.levels(names)})
		}
	}
	heap.Init(&known)
	all := m.order(names, now)
	until := w.taking(now).to
	for len(known) > 0 || len(all) > 0 {
		var c *candidate
		switch {
		case len(all) > 0 && ids[all[0].id]:
			all = all[1:]
			continue
		case len(known) == 0 || len(all) > 0 && all[0].compare(&known[0]) < 0:
			c, all = m.agents[all[0].id], all[1:]
		default:
			next, _ := heap.Pop(&known).(contender)
			c = next.candidate
		}
		if changed := assumed[c.id]; changed != nil {
			c = changed
		}
		if !c.disabled && c.holds(w.tags, until) && (w.not == nil || !w.not(c)) && eligible(&c.agentFacts, w.shiftFacts, now) && !take(c) {
			return
		}
	}
}

// known are those who are worth more to the shift's merchant than to others.
func (m *market) known(w *wanted) map[uuid.UUID]bool {
	known := maps.Clone(m.knownTo[w.merchant])
	if known == nil {
		known = map[uuid.UUID]bool{}
	}
	for p := range w.core {
		if p.other == w.booking {
			known[p.agent] = true
		}
	}
	return known
}

// contender is an agent who holds what a shift needs.
type contender struct {
	*candidate
	quality, above int
}

func (c *contender) compare(o *contender) int {
	return cmp.Or(cmp.Compare(o.quality, c.quality), cmp.Compare(o.above, c.above), bytes.Compare(c.id[:], o.id[:]))
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
type ranking []contender

// Len is heap's.
func (r *ranking) Len() int { return len(*r) }

// Swap is heap's.
func (r *ranking) Swap(i, j int) { (*r)[i], (*r)[j] = (*r)[j], (*r)[i] }

// Less is heap's.
func (r *ranking) Less(i, j int) bool { return (*r)[i].compare(&(*r)[j]) < 0 }

// Push is heap's.
func (r *ranking) Push(x any) {
	if c, is := x.(contender); is {
		*r = append(*r, c)
	}
}

// Pop is heap's.
func (r *ranking) Pop() any {
	last := (*r)[len(*r)-1]
	*r = (*r)[:len(*r)-1]
	return last
}

// clone may be changed without the other.
func (c *candidate) clone() *candidate {
	own := *c
	own.held, own.offers = slices.Clone(c.held), slices.Clone(c.offers)
	own.days, own.weeks = maps.Clone(c.days), maps.Clone(c.weeks)
	own.countOwn()
	return &own
}
