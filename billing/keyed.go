package billing

import (
	"context"
	"fmt"
	"net/http"

	"peakseat/internal/clock"
	"peakseat/internal/postgres"
	"peakseat/internal/web"
)

// keyed runs fn in a transaction of the system role, and keeps its reply there where the caller sent an Idempotency-Key:
// what moves money of two tenants cannot run in the edge's transaction, which is the caller's own.
func keyed[T any](ctx context.Context, s *Service, status int, fn func(tx *postgres.Tx) (T, error)) (reply T, err error) {
	key := web.KeyFrom(ctx)
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		if key.Name == "" {
			reply, err = fn(tx)
			return err
		}
		if err = lockKey(tx, key); err != nil {
			return err
		}
		if err = web.Stored(tx, key); err != nil {
			return err
		}
		if reply, err = fn(tx); err != nil {
			return err
		}
		raw := []byte{}
		if status != http.StatusNoContent {
			if raw, err = web.Encode(reply); err != nil {
				return fmt.Errorf("encode the reply: %w", err)
			}
		}
		return tx.Exec(`insert into platform.idempotency (account_id, key, hash, status, reply, created_at) values (?, ?, ?, ?, ?, ?)`,
			key.Account, key.Name, key.Hash, status, raw, clock.Now()).Error
	})
	return reply, err
}

// lockKey waits up to 5 s for a request with the same key, as the edge does.
func lockKey(tx *postgres.Tx, key web.Key) error {
	if err := tx.Exec(`set local lock_timeout = '5s'`).Error; err != nil {
		return err
	}
	err := tx.Exec(`select pg_advisory_xact_lock(hashtextextended(?, 0))`, key.Account.String()+"/"+key.Name).Error
	if postgres.Code(err) == "55P03" {
		return web.ErrInProgress.Because(err)
	}
	if err != nil {
		return fmt.Errorf("lock the idempotency key: %w", err)
	}
	return tx.Exec(`set local lock_timeout = 0`).Error
}
