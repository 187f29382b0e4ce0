package job

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/clock"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// State is where a job is in its life.
type State string

// The states. A job that failed once and is to be tried again is queued.
const (
	Queued State = "queued"
	Begun  State = "running"
	Done   State = "done"
	Failed State = "failed"
)

// Job is one piece of long work as its owner sees it.
type Job struct {
	ID         uuid.UUID
	Kind       string
	AccountID  *uuid.UUID // who asked for it; nil where the program did
	Args       []byte     // JSON
	State      State
	Done       int64  // of Total; what is counted is the kind's affair
	Total      int64  // 0 where not known yet
	Result     []byte // JSON, or nil
	Error      string // why it failed, or why the last try did; without personal data
	Tries      int
	CreatedAt  time.Time
	StartedAt  *time.Time
	FinishedAt *time.Time
}

// Enqueue asks for work in the transaction that wants it: args are stored as JSON and
// hold ids, not personal data. The account may read the job; uuid.Nil is the program
// itself. A request's role can only ask in its own name.
func Enqueue(tx *postgres.Tx, kind string, args any, account uuid.UUID) (uuid.UUID, error) {
	if !kindForm().MatchString(kind) {
		return uuid.Nil, fmt.Errorf("the job kind %q is not words joined by dots", kind)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, fmt.Errorf("make a job's id: %w", err)
	}
	text, err := json.Marshal(args)
	if err != nil {
		return uuid.Nil, fmt.Errorf("encode the args of a %s: %w", kind, err)
	}
	var owner *uuid.UUID
	if account != uuid.Nil {
		owner = &account
	}
	err = tx.Exec(`insert into platform.job (id, kind, account_id, args, created_at) values (?, ?, ?, ?::jsonb, ?)`,
		id, kind, owner, string(text), clock.Now()).Error
	if err != nil {
		return uuid.Nil, fmt.Errorf("enqueue a %s: %w", kind, err)
	}
	if err := outbox.Append(tx, call{JobID: id.String(), Kind: kind}); err != nil {
		return uuid.Nil, err
	}
	return id, nil
}

// Get returns a job that the transaction's actor may see.
func Get(tx *postgres.Tx, id uuid.UUID) (Job, error) {
	var found []Job
	err := tx.Raw(`
		select id, kind, account_id, args, state, done, total, result, coalesce(error, '') as error, tries,
			created_at, started_at, finished_at
		from platform.job where id = ?`, id).Scan(&found).Error
	if err != nil {
		return Job{}, fmt.Errorf("get a job: %w", err)
	}
	if len(found) == 0 {
		return Job{}, fault.ErrNotFound
	}
	return found[0], nil
}

// call is the message that brings a job to its workers.
type call struct {
	JobID string `json:"job_id"`
	Kind  string `json:"kind"`
}

// Type is the subject of the work queue that the kind's workers take from.
func (c call) Type() string { return subjectOf(c.Kind) }

// Aggregate is the job.
func (c call) Aggregate() string { return c.JobID }

func subjectOf(kind string) string { return "peakseat.job." + kind + ".enqueued.v1" }

// durableOf names the durable that a kind's workers share; a name may hold no dots.
func durableOf(kind string) string { return strings.ReplaceAll(kind, ".", "-") }

func kindForm() *regexp.Regexp { return regexp.MustCompile(`^[a-z_]+(\.[a-z_]+){0,3}$`) }
