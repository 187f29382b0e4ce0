package rehearsal

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"peakseat/internal/clock"

	"golang.org/x/sync/errgroup"
)

// progress tells how far the rehearsal is: with bars on a terminal, else with a line a stage.
type progress struct {
	w        io.Writer
	terminal bool

	mu    sync.Mutex
	drawn time.Time
	begun time.Time
}

func (p *progress) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	p.write("%7.1f s  %s\n", clock.Since(p.begun).Seconds(), fmt.Sprintf(format, args...))
}

// bar shows done of total of what, at most ten times a second.
func (p *progress) bar(what string, done, total int) {
	const width = 30
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.terminal || total == 0 || clock.Since(p.drawn) < 100*time.Millisecond {
		return
	}
	p.drawn = clock.Now()
	full := width * done / total
	p.write("\r\x1b[K           %s %s%s %d of %d", what, strings.Repeat("█", full), strings.Repeat("░", width-full), done, total)
}

func (p *progress) clear() {
	if p.terminal {
		p.write("\r\x1b[K")
	}
}

// write is for people's eyes: where it cannot be shown, the rehearsal goes on.
func (p *progress) write(format string, args ...any) { _, _ = fmt.Fprintf(p.w, format, args...) }

// each does the work of n parts, so many at once as there are connections.
func (r *run) each(ctx context.Context, what string, n int, do func(ctx context.Context, i int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(r.Connections)
	var mu sync.Mutex
	done := 0
	for i := range n {
		if ctx.Err() != nil {
			break
		}
		g.Go(func() error {
			if err := do(ctx, i); err != nil {
				return err
			}
			if what == "" {
				return nil
			}
			mu.Lock()
			done++
			now := done
			mu.Unlock()
			r.progress.bar(what, now, n)
			return nil
		})
	}
	return g.Wait()
}

// patience is how long something that must come is waited for: on a machine that does much else it is late, and not wrong.
// How long it took is told beside.
const patience = 90 * time.Second

// until asks again and again whether so holds; false where it does not within the time.
func until(ctx context.Context, within time.Duration, so func() (bool, error)) (bool, error) {
	pause := time.NewTicker(20 * time.Millisecond)
	defer pause.Stop()
	for begun := clock.Now(); ; {
		ok, err := so()
		if ok || err != nil {
			return ok, err
		}
		if clock.Since(begun) > within {
			return false, nil
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-pause.C:
		}
	}
}
