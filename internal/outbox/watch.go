package outbox

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	watchBuffer = 8192                   // facts that may wait for see
	watchReady  = 100 * time.Millisecond // how long it is waited for the broker to know of the watch
)

// Watch hands every fact of the types, as it is published, to see, until ctx ends: for what is alive and may look
// again at any time, such as an open page. A type may end in ".>". Nothing is kept for a watcher: missed is called
// when facts may have gone by unseen, at the beginning, after the broker was away, and when they came too fast. The
// two are called one at a time.
func Watch(ctx context.Context, nc *nats.Conn, types []string, see func(e Envelope), missed func()) error {
	connected := nc.StatusChanged(nats.CONNECTED)
	defer nc.RemoveStatusListener(connected)
	messages := make(chan *nats.Msg, watchBuffer)
	watches := make([]*nats.Subscription, 0, len(types))
	defer func() {
		for _, w := range watches {
			_ = w.Unsubscribe() // fails only where the connection is closed, and the watch with it
		}
	}()
	for _, t := range types {
		w, err := nc.ChanSubscribe(t, messages)
		if err != nil {
			return fmt.Errorf("watch %s: %w", t, err)
		}
		watches = append(watches, w)
	}
	_ = nc.FlushTimeout(watchReady) // where the broker is away, its coming back is told below
	missed()
	dropped := 0
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-connected:
			missed()
		case msg := <-messages:
			if all := droppedBy(watches); all > dropped {
				dropped = all
				missed()
			}
			if msg.Header.Get(headerConsumer) != "" {
				continue // told again, to one consumer only
			}
			if e, err := Parse(msg.Data, time.Time{}); err == nil {
				see(e)
			}
		}
	}
}

func droppedBy(watches []*nats.Subscription) (all int) {
	for _, w := range watches {
		if n, err := w.Dropped(); err == nil {
			all += n
		}
	}
	return all
}
