package api

import (
	"container/list"
	"sync"

	"github.com/google/uuid"
	"golang.org/x/time/rate"
)

// recent keeps the limiters of the accounts seen last, a bounded number of them.
type recent struct {
	mu    sync.Mutex
	most  int
	order *list.List // of *entry, the newest in front
	at    map[uuid.UUID]*list.Element
}

type entry struct {
	id      uuid.UUID
	limiter *rate.Limiter
}

func newRecent(most int) *recent {
	return &recent{most: most, order: list.New(), at: map[uuid.UUID]*list.Element{}}
}

func (r *recent) limiter(id uuid.UUID, fresh func() *rate.Limiter) *rate.Limiter {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e, ok := r.at[id]; ok {
		r.order.MoveToFront(e)
		return e.Value.(*entry).limiter //nolint:forcetypeassert,errcheck // only entries are kept
	}
	added := &entry{id: id, limiter: fresh()}
	r.at[id] = r.order.PushFront(added)
	if r.order.Len() > r.most {
		oldest := r.order.Back()
		r.order.Remove(oldest)
		delete(r.at, oldest.Value.(*entry).id) //nolint:forcetypeassert,errcheck // only entries are kept
	}
	return added.limiter
}
