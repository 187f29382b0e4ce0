package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/clock"
	"peakseat/internal/postgres"
)

// ErrLeaseLost says that another worker has taken the job over: what this one does from
// now on does not count, and it must stop.
var ErrLeaseLost = errors.New("the job's lease is lost")

// progressEvery is how often progress is written at most.
const progressEvery = 200 * time.Millisecond

// Running is a job in a worker's hands. Its methods may be called from several
// goroutines.
type Running struct {
	ID        uuid.UUID
	Kind      string
	AccountID uuid.UUID // uuid.Nil where the program asked for it
	Try       int       // 1 for the first

	db         *postgres.DB
	owner      uuid.UUID // of the lease
	args       []byte
	checkpoint []byte

	mu          sync.Mutex
	result      []byte
	done, total int64
	told        time.Time // when progress was last written
}

// Args decodes what Enqueue was given.
func (r *Running) Args(into any) error {
	if err := json.Unmarshal(r.args, into); err != nil {
		return fmt.Errorf("decode the args of a %s: %w", r.Kind, err)
	}
	return nil
}

// Resume decodes the last checkpoint and tells false where there is none.
func (r *Running) Resume(into any) (bool, error) {
	if r.checkpoint == nil {
		return false, nil
	}
	if err := json.Unmarshal(r.checkpoint, into); err != nil {
		return false, fmt.Errorf("decode the checkpoint of a %s: %w", r.Kind, err)
	}
	return true, nil
}

// Progress tells that done of total is done. It may be called as often as one likes: it
// is written five times a second at most, and with every checkpoint.
func (r *Running) Progress(ctx context.Context, done, total int64) error {
	r.mu.Lock()
	r.done, r.total = done, total
	due := clock.Since(r.told) >= progressEvery
	if due {
		r.told = clock.Now()
	}
	r.mu.Unlock()
	if !due {
		return nil
	}
	return postgres.InTx(ctx, r.db, func(tx *postgres.Tx) error {
		return r.hold(tx, `update platform.job set done = ?, total = ? where id = ? and lease_owner = ?`, done, total, r.ID, r.owner)
	})
}

// Checkpoint notes how far the work is, as JSON: a worker that takes over gets it from Resume.
func (r *Running) Checkpoint(ctx context.Context, v any) error {
	return postgres.InTx(ctx, r.db, func(tx *postgres.Tx) error { return r.CheckpointTx(tx, v) })
}

// CheckpointTx is Checkpoint in the transaction of the work itself, so that a part is
// never done twice: it fails with ErrLeaseLost, and the part with it, where the job
// belongs to another worker by now. The transaction must be the system role's.
func (r *Running) CheckpointTx(tx *postgres.Tx, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode the checkpoint of a %s: %w", r.Kind, err)
	}
	r.mu.Lock()
	done, total := r.done, r.total
	r.mu.Unlock()
	return r.hold(tx, `update platform.job set checkpoint = ?::jsonb, done = ?, total = ? where id = ? and lease_owner = ?`,
		string(text), done, total, r.ID, r.owner)
}

// SetResult keeps what the job has to show, as JSON; it is stored when Run returns nil.
func (r *Running) SetResult(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode the result of a %s: %w", r.Kind, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.result = text
	return nil
}

// hold runs an update of the job that only the holder of the lease may make.
func (r *Running) hold(tx *postgres.Tx, update string, args ...any) error {
	done := tx.Exec(update, args...)
	if done.Error != nil {
		return fmt.Errorf("update the job: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return ErrLeaseLost
	}
	return nil
}

// end writes the outcome and gives the lease back.
func (r *Running) end(ctx context.Context, state State, reason string, spent bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var finished *time.Time
	if state == Done || state == Failed {
		now := clock.Now()
		finished = &now
	}
	var why, result *string
	if reason != "" {
		why = &reason
	}
	if state == Done && r.result != nil {
		text := string(r.result)
		result = &text
	}
	unspent := 0
	if !spent {
		unspent = 1
	}
	return postgres.InTx(ctx, r.db, func(tx *postgres.Tx) error {
		return r.hold(tx, `
			update platform.job set state = ?, error = ?, result = ?::jsonb, done = ?, total = ?, tries = tries - ?,
				finished_at = ?, lease_owner = null, lease_until = null
			where id = ? and lease_owner = ?`,
			string(state), why, result, r.done, r.total, unspent, finished, r.ID, r.owner)
	})
}
