package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/clock"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// The faults of keys.
var (
	ErrKeyReused = fault.New(fault.Invalid, "idempotency_key_reused",
		"这个 Idempotency-Key 已用于内容不同的请求，请换一个。", "This Idempotency-Key was used with another body; use a new one.")
	ErrInProgress = fault.New(fault.Conflict, "request_in_progress",
		"同一个 Idempotency-Key 的请求正在处理，请稍后重试。", "A request with this Idempotency-Key is being processed; try again shortly.")
)

// Key is what a caller sent to make a repeat safe. The zero Key means that none was sent.
type Key struct {
	Account uuid.UUID
	Name    string
	Hash    []byte // sha256 of operation, organisation and request
}

type keyName struct{}

type keyValue struct{}

// WithKeyName keeps the Idempotency-Key header for the operation.
func WithKeyName(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, keyName{}, name)
}

// WithKey hands a key down to the use case of an InHandler operation.
func WithKey(ctx context.Context, k Key) context.Context {
	return context.WithValue(ctx, keyValue{}, k)
}

// KeyFrom returns the key of an InHandler operation.
func KeyFrom(ctx context.Context) Key {
	k, _ := ctx.Value(keyValue{}).(Key)
	return k
}

const maxKey = 200

func requestKey(ctx context.Context, op Op, in any) (Key, error) {
	name, _ := ctx.Value(keyName{}).(string)
	if op.Keyed == Unkeyed || name == "" {
		return Key{}, nil
	}
	if len(name) > maxKey {
		return Key{}, fault.ErrInvalid.At("Idempotency-Key", "too_long", "最多 200 个字符。", "At most 200 characters.")
	}
	canonical, err := json.Marshal(in) // a struct: one order of fields whatever the caller's spacing
	if err != nil {
		return Key{}, fmt.Errorf("canonical request: %w", err)
	}
	actor, _ := auth.ActorFrom(ctx)
	hash := sha256.New()
	// one person's repeat for another organisation is another request
	hash.Write([]byte(op.Method + " " + op.Path + " " + actor.OrganisationID.String() + "\n"))
	hash.Write(canonical)
	return Key{Account: actor.AccountID, Name: name, Hash: hash.Sum(nil)}, nil
}

// once runs answer in a transaction that also keeps its reply; a repeat is answered
// from what was kept, and one that comes while the first runs waits up to 5 s.
func once(ctx context.Context, db *postgres.DB, key Key, status int, answer func(context.Context) ([]byte, error)) (raw []byte, err error) {
	err = postgres.InTx(ctx, db, func(tx *postgres.Tx) error {
		if err := lockKey(tx, key); err != nil {
			return err
		}
		if err := Stored(tx, key); err != nil {
			return err
		}
		raw, err = answer(tx.Context())
		if err != nil {
			return err
		}
		return tx.Exec(`insert into platform.idempotency (account_id, key, hash, status, reply, created_at) values (?, ?, ?, ?, ?, ?)`,
			key.Account, key.Name, key.Hash, status, raw, clock.Now()).Error
	})
	return raw, err
}

// Stored returns *Replayed where the key was answered before, ErrKeyReused where that was
// for another request, and nil where it is new.
func Stored(tx *postgres.Tx, key Key) error {
	var kept []struct {
		Hash   []byte
		Status int
		Reply  []byte
	}
	if err := tx.Raw(`select hash, status, reply from platform.idempotency where account_id = ? and key = ?`,
		key.Account, key.Name).Scan(&kept).Error; err != nil {
		return fmt.Errorf("look up the idempotency key: %w", err)
	}
	switch {
	case len(kept) == 0:
		return nil
	case !bytes.Equal(kept[0].Hash, key.Hash):
		return ErrKeyReused
	default:
		return &Replayed{Status: kept[0].Status, Body: kept[0].Reply}
	}
}

func lockKey(tx *postgres.Tx, key Key) error {
	if err := tx.Exec(`set local lock_timeout = '5s'`).Error; err != nil {
		return err
	}
	err := tx.Exec(`select pg_advisory_xact_lock(hashtextextended(?, 0))`, key.Account.String()+"/"+key.Name).Error
	if postgres.Code(err) == "55P03" {
		return ErrInProgress.Because(err)
	}
	if err != nil {
		return fmt.Errorf("lock the idempotency key: %w", err)
	}
	return tx.Exec(`set local lock_timeout = 0`).Error
}

// How long a key is remembered, at least, and how often older ones are forgotten.
const (
	keyMemory   = 48 * time.Hour
	forgetEvery = time.Hour
)

// ForgetKeys deletes replies older than the memory, now and then, until ctx ends. What moved money needs no
// key to act once: the ledger's entries name their cause.
func ForgetKeys(ctx context.Context, db *postgres.DB) error {
	ticker := time.NewTicker(forgetEvery)
	defer ticker.Stop()
	for {
		if _, err := db.Pool.Exec(ctx, `delete from platform.idempotency where created_at < $1`, clock.Now().Add(-keyMemory)); err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "old keys were not forgotten", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}
