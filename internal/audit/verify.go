package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"peakseat/internal/postgres"
)

// BrokenError names the first row at which the trail is not what was written.
type BrokenError struct {
	Seq     int64     // the place in the chain; 0 where the row has none
	AuditID uuid.UUID // uuid.Nil where not even the id is left
	Why     string
}

// Error tells the place and what is wrong with it.
func (e *BrokenError) Error() string {
	return fmt.Sprintf("the audit trail is broken at seal %d, row %s: %s", e.Seq, e.AuditID, e.Why)
}

const verifyPage = 2000

// Verify recomputes the whole chain with the system role's pool. It returns a
// *BrokenError for the first row that was changed, removed or put in by hand, and for a
// kept checkpoint that the chain does not go through. Rows that wait for their seal are
// not covered yet.
func Verify(ctx context.Context, db *postgres.DB, kept ...Checkpoint) error {
	last := beginning()
	for {
		page, err := seals(ctx, db, last.Seq)
		if err != nil {
			return err
		}
		for _, s := range page {
			if err := s.follows(last); err != nil {
				return err
			}
			last = Checkpoint{s.Seq, s.Hash}
			for _, k := range kept {
				if k.Seq == s.Seq && !bytes.Equal(k.Hash, s.Hash) {
					return &BrokenError{s.Seq, s.AuditID, "the chain was rewritten: it does not go through the checkpoint"}
				}
			}
		}
		if len(page) < verifyPage {
			break
		}
	}
	for _, k := range kept {
		if k.Seq > last.Seq {
			return &BrokenError{last.Seq + 1, uuid.Nil, fmt.Sprintf("the chain was cut: it ends at %d, before the checkpoint %d", last.Seq, k.Seq)}
		}
	}
	var stray uuid.UUID
	err := db.Pool.QueryRow(ctx, `
		select a.id from platform.audit a
		where not exists (select from platform.audit_seal s where s.audit_id = a.id)
		and not exists (select from platform.audit_unsealed u where u.audit_id = a.id)
		order by a.id limit 1`).Scan(&stray)
	switch {
	case err == nil:
		return &BrokenError{0, stray, "it has no seal and does not wait for one"}
	case !errors.Is(err, pgx.ErrNoRows):
		return fmt.Errorf("look for rows without a seal: %w", err)
	}
	return lostInQueue(ctx, db)
}

// lostInQueue finds a row that was removed before it was sealed.
func lostInQueue(ctx context.Context, db *postgres.DB) error {
	var lost []uuid.UUID
	err := db.Pool.QueryRow(ctx, `
		select array(select u.audit_id from platform.audit_unsealed u
			where not exists (select from platform.audit a where a.id = u.audit_id) order by u.audit_id limit 1)`).Scan(&lost)
	if err != nil {
		return fmt.Errorf("look for rows that wait for their seal: %w", err)
	}
	if len(lost) > 0 {
		return &BrokenError{0, lost[0], "it was removed before it was sealed"}
	}
	return nil
}

// sealed is a seal with the row that it covers, as far as there is one.
type sealed struct {
	Checkpoint
	AuditID uuid.UUID
	Prev    []byte
	Row     *Row
}

func (s sealed) follows(last Checkpoint) error {
	switch {
	case s.Seq != last.Seq+1:
		return &BrokenError{last.Seq + 1, uuid.Nil, "the seal was removed"}
	case !bytes.Equal(s.Prev, last.Hash):
		return &BrokenError{s.Seq, s.AuditID, "the seal does not follow the one before it"}
	case s.Row == nil:
		return &BrokenError{s.Seq, s.AuditID, "the row was removed"}
	case !bytes.Equal(s.Hash, hash(last, *s.Row)):
		return &BrokenError{s.Seq, s.AuditID, "the row is not the one that was sealed"}
	}
	return nil
}

func seals(ctx context.Context, db *postgres.DB, after int64) ([]sealed, error) {
	rows, err := db.Pool.Query(ctx, `
		select s.seq, s.hash, s.audit_id, s.prev,
			a.id, a.at, a.actor, a.role, a.action, a.subject, a.reason, a.detail, a.request_id
		from platform.audit_seal s left join platform.audit a on a.id = s.audit_id
		where s.seq > $1 order by s.seq limit $2`, after, verifyPage)
	if err != nil {
		return nil, fmt.Errorf("read the chain: %w", err)
	}
	page, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (sealed, error) {
		var s sealed
		var id *uuid.UUID
		var at *time.Time
		var r Row
		var role, action, subject, reason, request *string
		failed := row.Scan(&s.Seq, &s.Hash, &s.AuditID, &s.Prev,
			&id, &at, &r.Actor, &role, &action, &subject, &reason, &r.Detail, &request)
		if failed != nil || id == nil {
			return s, failed
		}
		r.ID, r.At, r.Role, r.Action, r.Subject, r.Reason, r.RequestID = *id, *at, *role, *action, *subject, *reason, *request
		s.Row = &r
		return s, nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the chain: %w", err)
	}
	return page, nil
}
