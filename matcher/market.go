package matcher

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
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
//	what facts tell        some 60 ms: every fact that names an agent has the agent read again
//	what seeds write       a minute at 60,000 agents: a round goes through all of them, a thousand a second
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
	holders map[string]map[uuid.UUID]bool    // by tag, and all under ""
	knownTo map[uuid.UUID]map[uuid.UUID]bool // by merchant, who worked for it
	changed map[uuid.UUID]struct{}           // to be read again

	ordering sync.Mutex // over which orders there are and when they were asked for: readers make them
	orders   map[string]*order

	round uuid.UUID // how far the round has come; the feed's alone

	forecast forecast // its picture of open demand
}

const (
	marketGather = 50 * time.Millisecond // between two readings of agents who changed
	marketRound  = 100 * time.Millisecond
	marketPart   = 100  // agents read again in a turn of the round: nobody waits long for the processor
	marketAtOnce = 1000 // agents who changed, at most
)

func newMarket(db *postgres.DB) *market {
	return &market{
		forecast: newForecast(), db: db, news: make(chan struct{}, 1), freed: make(chan struct{}, 1), changed: map[uuid.UUID]struct{}{},
	}
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
	g.Go(func() error { return outbox.Watch(ctx, nc, marketFacts(), m.see, m.missed) })
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
	g.Go(func() error { return m.pictureDemand(ctx) })
	return g.Wait()
}

// marketFacts tell of an agent who is not as before.
func marketFacts() []string {
	return []string{
		fact.SeatTaken{}.Type(), fact.SeatReleased{}.Type(), fact.AgentMissing{}.Type(), fact.AssignmentFinished{}.Type(),
		fact.OfferMade{}.Type(), fact.OfferEnded{}.Type(), fact.AgentChanged{}.Type(),
	}
}

// freeingFacts tell of seats that may have to be offered again.
func freeingFacts() []string {
	return []string{fact.SeatReleased{}.Type(), fact.AgentMissing{}.Type(), fact.OfferEnded{}.Type()}
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
		AgentID uuid.UUID `json:"agent_id"`
	}
	if json.Unmarshal(e.Data, &about) != nil {
		return // the round finds whoever it was
	}
	m.mu.Lock()
	m.changed[about.AgentID] = struct{}{}
	m.mu.Unlock()
	m.wake()
	if slices.Contains(freeingFacts(), e.Type) {
		m.tellFreed()
	}
}

// changes are the agents to be read again now.
func (m *market) changes() (ids []uuid.UUID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id := range m.changed {
		if len(ids) == marketAtOnce {
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
	ids := m.changes()
	if len(ids) == 0 && !turn {
		return nil
	}
	var now time.Time
	err := postgres.InTx(ctx, m.db, func(tx *postgres.Tx) error {
		now = tx.Now
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
	if turn && err == nil {
		m.reorder(now)
	}
	return err
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
	m.agents, m.holders, m.knownTo = make(map[uuid.UUID]*candidate, len(all)), map[string]map[uuid.UUID]bool{}, map[uuid.UUID]map[uuid.UUID]bool{}
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
					delete(m.holders[tag], id)
				}
			}
		}
		m.agents[id] = c
		for tag := range c.tags {
			m.join(tag, id)
		}
		m.join("", id)
		for merchant := range c.past {
			if m.knownTo[merchant] == nil {
				m.knownTo[merchant] = map[uuid.UUID]bool{}
			}
			m.knownTo[merchant][id] = true
		}
		if !c.sameWorth(old) {
			for _, o := range m.orders {
				o.note(old, c)
			}
		}
	}
}

func (m *market) join(tag string, id uuid.UUID) {
	if m.holders[tag] == nil {
		m.holders[tag] = map[uuid.UUID]bool{}
	}
	m.holders[tag][id] = true
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

// clone may be changed without the other.
func (c *candidate) clone() *candidate {
	own := *c
	own.held, own.offers = slices.Clone(c.held), slices.Clone(c.offers)
	own.days, own.weeks = maps.Clone(c.days), maps.Clone(c.weeks)
	own.countOwn()
	return &own
}
