package matcher

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/clock"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// Limits of one process's batcher.
const (
	mostWaiting  = 2000 // beyond it callers are told to come back
	mostInBatch  = 64
	mostInRead   = 1024 // callers of sold-out shifts answered by one read
	claimWorkers = 2
	comeBack     = time.Second
	batchTimeout = 20 * time.Second
	batchTries   = 3
	mostHints    = 10_000 // of each kind

	// After a batch everybody whom it answered comes back at once; without this pause the first of them gets a
	// batch of one to themselves, and batches alternate between one and all the others.
	comeBackIn = 100 * time.Microsecond
	company    = 4 // batches up to this size are cut without a pause: a few callers gain nothing from waiting for each other
)

// claimBatcher answers requests for seats in groups:
//
//	ask -> waiting (FIFO, bounded) -> cut -> flight 1: lock, read -> decide in Go -> flight 2: write, commit -> answer
//	                                    \-> sold out: one read without a transaction answers everybody
//
// Two workers run batches that share no agent; they may share a shift, whose batches then hold its lock in common and each pick
// from the open seats that the other has not locked. Such a batch cannot tell whether the shift is full: where it gets fewer seats
// than it asks for, the rest of its claims run again in a batch that holds the shift alone, and so do all claims of the shift until
// seats are left over. A request belongs to one batch, and a batch holds at most one request of an agent. There is no timer: a
// batch is whoever waits when a worker is free.
type claimBatcher struct {
	db    *postgres.DB
	limit int

	mu      sync.Mutex
	waiting []*seatRequest
	busy    map[uuid.UUID]bool // agents of running batches, and shifts that one of them holds alone
	scarce  map[uuid.UUID]bool // shifts with fewer seats than were asked for: the next batch holds them alone
	soldOut map[uuid.UUID]bool // a hint: the last batch saw no open seat. Only a read says so to anybody
	until   time.Time          // no batch is cut before
	closed  bool
	wake    chan struct{} // somebody came, or a batch ended
	quit    chan struct{} // closed with the door
}

func newClaimBatcher(db *postgres.DB) *claimBatcher {
	return &claimBatcher{
		db: db, limit: mostWaiting, busy: map[uuid.UUID]bool{}, scarce: map[uuid.UUID]bool{}, soldOut: map[uuid.UUID]bool{},
		wake: make(chan struct{}, claimWorkers), quit: make(chan struct{}),
	}
}

// ask waits for the answer. A caller who leaves does not take the request back.
func (b *claimBatcher) ask(ctx context.Context, r *seatRequest) (*Assignment, error) {
	b.mu.Lock()
	if b.closed || len(b.waiting) >= b.limit {
		b.mu.Unlock()
		return nil, ErrTooManyClaims.After(comeBack)
	}
	b.waiting = append(b.waiting, r)
	b.mu.Unlock()
	b.rouse()
	select {
	case a := <-r.done:
		return a.assignment, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (b *claimBatcher) rouse() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// run ends when ctx has ended and nobody waits any more.
func (b *claimBatcher) run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		b.mu.Lock()
		b.closed = true
		b.mu.Unlock()
		close(b.quit)
	})
	defer stop()
	own := context.WithoutCancel(ctx) // nobody's leaving ends a batch
	var workers errgroup.Group
	for range claimWorkers {
		workers.Go(func() error {
			b.work(own)
			return nil
		})
	}
	return workers.Wait()
}

func (b *claimBatcher) work(ctx context.Context) {
	for {
		b.gather()
		batch, sold := b.cut()
		switch {
		case len(sold) > 0:
			b.answerSoldOut(ctx, sold)
		case len(batch) > 0:
			b.answer(ctx, batch)
			b.finish(batch)
		case !b.pause():
			return
		}
	}
}

// gather waits until those whom the last batch answered have had the time to come back, whichever worker answered them.
func (b *claimBatcher) gather() {
	b.mu.Lock()
	wait := b.until.Sub(clock.Now())
	b.mu.Unlock()
	if wait > 0 {
		time.Sleep(min(wait, comeBackIn))
	}
}

// pause waits until there may be something to do; false when there never will be.
func (b *claimBatcher) pause() bool {
	b.mu.Lock()
	closed, waiting := b.closed, len(b.waiting)
	b.mu.Unlock()
	switch {
	case closed && waiting == 0:
		return false
	case closed:
		<-b.wake // they wait for the other worker's batch
		return true
	}
	select {
	case <-b.wake:
	case <-b.quit:
	}
	return true
}

// cut takes the next requests, oldest first: a batch, or the claims of shifts that seem sold out.
func (b *claimBatcher) cut() (batch, sold []*seatRequest) {
	b.mu.Lock()
	defer b.mu.Unlock()
	agents := make(map[uuid.UUID]bool, mostInBatch)
	left := b.waiting[:0]
	for i, r := range b.waiting {
		if len(batch) == mostInBatch || len(sold) == mostInRead {
			left = append(left, b.waiting[i:]...)
			break
		}
		hinted := r.act == seatClaim && b.soldOut[r.shift]
		switch {
		case b.busy[r.shift] || b.busy[r.agent]:
			left = append(left, r)
		case hinted && len(batch) == 0:
			sold = append(sold, r)
		case hinted || len(sold) > 0 || agents[r.agent]:
			left = append(left, r)
		default:
			agents[r.agent] = true
			batch = append(batch, r)
		}
	}
	clear(b.waiting[len(left):])
	b.waiting = left
	for _, r := range batch {
		b.busy[r.agent] = true
		if r.alone = r.alone || b.scarce[r.shift]; r.alone {
			b.busy[r.shift] = true
		}
	}
	return batch, sold
}

func (b *claimBatcher) finish(batch []*seatRequest) {
	b.mu.Lock()
	for _, r := range batch {
		delete(b.busy, r.agent)
		if r.alone {
			delete(b.busy, r.shift)
		}
	}
	if len(batch) > company {
		b.until = clock.Now().Add(comeBackIn)
	}
	more := len(b.waiting) > 0
	b.mu.Unlock()
	if more || b.isClosed() {
		b.rouse()
	}
}

func (b *claimBatcher) isClosed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}

// again puts requests back to the front, in their order.
func (b *claimBatcher) again(list []*seatRequest) {
	b.mu.Lock()
	b.waiting = append(slices.Clone(list), b.waiting...)
	b.mu.Unlock()
	b.rouse()
}

// note keeps a hint about shifts, or drops it.
func (b *claimBatcher) note(of map[uuid.UUID]bool, is bool, shifts []uuid.UUID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, shift := range shifts {
		if !is {
			delete(of, shift)
			continue
		}
		if len(of) >= mostHints {
			clear(of)
		}
		of[shift] = true
	}
}

// answer runs a batch and answers everybody in it. After a lost connection the whole batch runs again: where the commit
// went through, the kept replies answer. Any other error is somebody's in the batch: each half runs on its own.
func (b *claimBatcher) answer(ctx context.Context, batch []*seatRequest) {
	answers, err := b.try(ctx, batch)
	switch {
	case err == nil:
		var back []*seatRequest
		for i, r := range batch {
			if errors.Is(answers[i].err, errSeatsScarce) {
				r.alone = true
				back = append(back, r)
				continue
			}
			r.done <- answers[i]
		}
		if len(back) > 0 {
			b.again(back)
		}
	case lost(err):
		for _, r := range batch {
			r.done <- seatAnswer{err: fault.ErrUnavailable.After(comeBack).Because(err)}
		}
	case len(batch) == 1:
		batch[0].done <- seatAnswer{err: faultOf(err)}
	default:
		half := len(batch) / 2
		b.answer(ctx, batch[:half])
		b.answer(ctx, batch[half:])
	}
}

func (b *claimBatcher) try(ctx context.Context, batch []*seatRequest) (answers []seatAnswer, err error) {
	ctx, cancel := context.WithTimeout(ctx, batchTimeout)
	defer cancel()
	for range batchTries {
		answers, err = b.once(ctx, batch)
		if err == nil || !lost(err) && (len(batch) > 1 || !overtaken(err)) {
			return answers, err
		}
	}
	return nil, err
}

// once runs a batch in one transaction of two flights. The locks are taken by a statement of their own, so that the
// reads see everything that those who held them before have committed.
func (b *claimBatcher) once(ctx context.Context, batch []*seatRequest) ([]seatAnswer, error) {
	conn, err := b.db.Pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("get a connection: %w", err)
	}
	defer conn.Release()
	answers, err := b.onConn(ctx, conn, batch)
	if err != nil {
		// ends the transaction where the connection still lives; the pool drops it where not
		_, _ = conn.Exec(ctx, `rollback`)
		return nil, err
	}
	return answers, nil
}

func (b *claimBatcher) onConn(ctx context.Context, conn *pgxpool.Conn, batch []*seatRequest) ([]seatAnswer, error) {
	now, members, err := readBatch(ctx, conn, batch)
	if err != nil {
		return nil, err
	}
	answers := make([]seatAnswer, len(batch))
	changes := make([]*seatChange, 0, len(batch))
	for i := range members {
		change, err := members[i].decide(now)
		if err != nil {
			answers[i].err = err
			continue
		}
		answers[i].assignment = &change.assignment
		changes = append(changes, change)
	}
	if len(changes) == 0 {
		// nothing is written and nothing flushed
		if _, err := conn.Exec(ctx, `rollback`); err != nil {
			return nil, fmt.Errorf("end the batch: %w", err)
		}
	} else if err := writeBatch(ctx, conn, now, changes); err != nil {
		return nil, err
	}
	b.noteSeats(members, answers, changes)
	return answers, nil
}

// overtaken tells whether somebody without the locks changed rows between the flights, so that another try reads them anew.
func overtaken(err error) bool {
	code := postgres.Code(err)
	return code == "PS001" || code == "40P01"
}

// lost tells whether the connection ended under the batch, so that a commit may or may not have happened.
func lost(err error) bool {
	return postgres.Down(err) || errors.Is(err, context.DeadlineExceeded)
}
