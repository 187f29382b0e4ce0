package audit

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/clock"
	"peakseat/internal/postgres"
	"peakseat/internal/telemetry"
)

// Entry is what a privileged act leaves behind. Who acted, in which role, when and in
// which request come from the transaction.
type Entry struct {
	Action  string // "person.revealed"; stable, lower case, noun and past verb
	Subject string // the id of what it was done to
	Reason  string // as the actor gave it
	Detail  any    // ids and figures as JSON, never personal data; nil: none
}

// program is the role in rows of acts that no person did.
const program = "system"

// Record writes an entry in the act's own transaction, under any role but the claim pool's.
//
//nolint:contextcheck,nolintlint // a transaction carries its context; contextcheck reads this without a trace
func Record(tx *postgres.Tx, e Entry) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make an audit row's id: %w", err)
	}
	var actor *uuid.UUID
	role := program
	if tx.Actor.AccountID != uuid.Nil {
		actor, role = &tx.Actor.AccountID, string(tx.Actor.Role)
	}
	var detail []byte
	if e.Detail != nil {
		if detail, err = json.Marshal(e.Detail); err != nil {
			return fmt.Errorf("encode the detail of %s: %w", e.Action, err)
		}
	}
	err = tx.Exec(`
		insert into platform.audit (id, at, actor, role, action, subject, reason, detail, request_id)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, clock.Now().Truncate(time.Microsecond), actor, role, e.Action, e.Subject, e.Reason, detail,
		telemetry.RequestID(tx.Context())).Error
	if err != nil {
		return fmt.Errorf("record %s: %w", e.Action, err)
	}
	return nil
}

// Row is one act as operators read it.
type Row struct {
	ID        uuid.UUID       `json:"id"`
	At        time.Time       `json:"at"`
	Actor     *uuid.UUID      `json:"actor,omitempty" doc:"absent where the program itself acted"`
	Role      string          `json:"role"`
	Action    string          `json:"action"`
	Subject   string          `json:"subject"`
	Reason    string          `json:"reason"`
	Detail    json.RawMessage `json:"detail,omitempty" doc:"ids and figures"`
	RequestID string          `json:"request_id"`
}

// SealedRow is a row with its place in the chain.
type SealedRow struct {
	Row  `gorm:"embedded"`
	Seal *int64 `json:"seal,omitempty" doc:"its place in the chain; absent: it waits a second for its seal"`
}

// Filter narrows a list; zero members do not.
type Filter struct {
	Actor   uuid.UUID
	Subject string
	Action  string // "credential.*": all that begin so
	From    time.Time
	Until   time.Time
	Before  uuid.UUID // only rows older than this one
}

// List returns at most limit rows, newest first. It is an operator's.
func List(tx *postgres.Tx, f Filter, limit int) ([]SealedRow, error) {
	q := tx.Table("platform.audit").Select("audit.*, s.seq as seal").Joins("left join platform.audit_seal s on s.audit_id = audit.id").Order("audit.id desc").Limit(limit)
	if f.Actor != uuid.Nil {
		q = q.Where("audit.actor = ?", f.Actor)
	}
	if f.Subject != "" {
		q = q.Where("audit.subject = ?", f.Subject)
	}
	if prefix, all := strings.CutSuffix(f.Action, "*"); all {
		q = q.Where("starts_with(audit.action, ?)", prefix)
	} else if f.Action != "" {
		q = q.Where("audit.action = ?", f.Action)
	}
	if !f.From.IsZero() {
		q = q.Where("audit.at >= ?", f.From)
	}
	if !f.Until.IsZero() {
		q = q.Where("audit.at < ?", f.Until)
	}
	if f.Before != uuid.Nil {
		q = q.Where("audit.id < ?", f.Before)
	}
	var rows []SealedRow
	if err := q.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list the audit trail: %w", err)
	}
	return rows, nil
}
