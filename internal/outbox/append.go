package outbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"peakseat/internal/clock"
	"peakseat/internal/fact"
	"peakseat/internal/postgres"
)

// Record is one row of platform.fact. Body is the whole CloudEvent as JSON, and
// these very bytes are what is stored, published and, where asked, signed.
type Record struct {
	ID         uuid.UUID // version 7; the CloudEvent's id and the message id
	Type       string
	Aggregate  uuid.UUID
	OccurredAt time.Time // the rules' clock
	RecordedAt time.Time // the machine's clock, to the microsecond as the table keeps it
	Body       []byte
}

// Append writes facts in the transaction that made them true, in the order given.
// Lock the aggregate's row first: that is what keeps the order of its facts.
func Append(tx *postgres.Tx, facts ...fact.Fact) error {
	if len(facts) == 0 {
		return nil
	}
	recorded := clock.Now()
	records := make([]Record, len(facts))
	for i, f := range facts {
		record, err := Encode(f, tx.Now, recorded)
		if err != nil {
			return err
		}
		records[i] = record
	}
	return Insert(tx, records...)
}

// Encode makes the row of a fact for a caller that inserts it inside a statement of
// its own: now is the rules' time at which it became true, recorded the machine's
// time. Such a statement must insert into platform.fact and platform.outbox alike,
// both in the order in which the facts became true.
func Encode(f fact.Fact, now, recorded time.Time) (Record, error) {
	context, err := contextOf(f.Type())
	if err != nil {
		return Record{}, err
	}
	aggregate, err := uuid.Parse(f.Aggregate())
	if err != nil {
		return Record{}, fmt.Errorf("the aggregate of a %s is not an id: %w", f.Type(), err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Record{}, fmt.Errorf("make a fact's id: %w", err)
	}
	data, err := json.Marshal(f)
	if err != nil {
		return Record{}, fmt.Errorf("encode a %s: %w", f.Type(), err)
	}
	body, err := json.Marshal(event{
		SpecVersion: "1.0",
		ID:          id,
		Source:      "peakseat/" + context,
		Type:        f.Type(),
		Subject:     aggregate,
		Time:        now.UTC(),
		ContentType: "application/json",
		Data:        data,
	})
	if err != nil {
		return Record{}, fmt.Errorf("encode a %s: %w", f.Type(), err)
	}
	return Record{
		ID: id, Type: f.Type(), Aggregate: aggregate,
		OccurredAt: now.UTC(), RecordedAt: recorded.UTC().Truncate(time.Microsecond), Body: body,
	}, nil
}

// Insert writes encoded facts and puts them into the queue, in one statement and in
// the order given.
//
//nolint:contextcheck,nolintlint // a transaction carries its context; contextcheck reads this without a trace
func Insert(tx *postgres.Tx, records ...Record) error {
	var (
		ids, aggregates     = make([]uuid.UUID, len(records)), make([]uuid.UUID, len(records))
		types, bodies       = make([]string, len(records)), make([][]byte, len(records))
		occurred, recordeds = make([]time.Time, len(records)), make([]time.Time, len(records))
	)
	for i, r := range records {
		ids[i], aggregates[i], types[i], bodies[i] = r.ID, r.Aggregate, r.Type, r.Body
		occurred[i], recordeds[i] = r.OccurredAt, r.RecordedAt
	}
	return tx.Pgx(func(conn *pgx.Conn) error {
		// no RETURNING: a request's role may write facts and not read them
		_, err := conn.Exec(tx.Context(), `
			with told as (
				insert into platform.fact (id, type, aggregate, occurred_at, recorded_at, body)
				select f.id, f.type, f.aggregate, f.occurred_at, f.recorded_at, f.body
				from unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[], $5::timestamptz[], $6::bytea[])
					with ordinality as f (id, type, aggregate, occurred_at, recorded_at, body, n)
				order by f.n)
			insert into platform.outbox (fact_id, fact_recorded_at)
			select f.id, f.recorded_at
			from unnest($1::uuid[], $5::timestamptz[]) with ordinality as f (id, recorded_at, n)
			order by f.n`,
			ids, types, aggregates, occurred, recordeds, bodies)
		if err != nil {
			return fmt.Errorf("write facts: %w", err)
		}
		return nil
	})
}

// Envelope is one fact as a consumer gets it.
type Envelope struct {
	ID        uuid.UUID
	Type      string
	Aggregate uuid.UUID
	Time      time.Time // when it became true, by the rules' clock
	Data      json.RawMessage

	recorded time.Time // completes the key of its row in platform.fact
	again    bool      // told again to one consumer only
}

// Decode reads the payload of an envelope as the fact it is. Members that T does not
// know are ignored, because facts may gain members within a version.
func Decode[T fact.Fact](e Envelope) (T, error) {
	var f T
	if f.Type() != e.Type {
		return f, fmt.Errorf("a %s is not a %s", e.Type, f.Type())
	}
	if err := json.Unmarshal(e.Data, &f); err != nil {
		return f, fmt.Errorf("decode a %s: %w", e.Type, err)
	}
	return f, nil
}

// Waiting lists the facts that are written and not yet published, oldest first. It
// needs the system role.
func Waiting(tx *postgres.Tx) ([]Envelope, error) {
	return envelopes(tx, `
		select f.recorded_at, f.body from platform.outbox o
		join platform.fact f on f.id = o.fact_id and f.recorded_at = o.fact_recorded_at
		order by o.id`)
}

// WaitingAfter lists those of them that were queued after a place, 0 for the first, and tells the place of the last.
func WaitingAfter(tx *postgres.Tx, place int64) (list []Envelope, last int64, err error) {
	if err := tx.Raw(`select coalesce(max(id), ?) from platform.outbox`, place).Scan(&last).Error; err != nil {
		return nil, place, err
	}
	list, err = envelopes(tx, `
		select f.recorded_at, f.body from platform.outbox o
		join platform.fact f on f.id = o.fact_id and f.recorded_at = o.fact_recorded_at
		where o.id > $1 and o.id <= $2 order by o.id`, place, last)
	return list, last, err
}

// envelopes runs a query of (recorded_at, body).
//
//nolint:contextcheck,nolintlint // a transaction carries its context; contextcheck reads this without a trace
func envelopes(tx *postgres.Tx, query string, args ...any) ([]Envelope, error) {
	var list []Envelope
	err := tx.Pgx(func(conn *pgx.Conn) error {
		rows, failed := conn.Query(tx.Context(), query, args...)
		if failed != nil {
			return fmt.Errorf("read facts: %w", failed)
		}
		list, failed = pgx.CollectRows(rows, toEnvelope)
		return failed
	})
	return list, err
}

func toEnvelope(row pgx.CollectableRow) (Envelope, error) {
	var recorded time.Time
	var body []byte
	if err := row.Scan(&recorded, &body); err != nil {
		return Envelope{}, fmt.Errorf("read a fact: %w", err)
	}
	return Parse(body, recorded)
}

// Parse reads the bytes of a fact that was recorded at the time given.
func Parse(body []byte, recorded time.Time) (Envelope, error) {
	var e event
	if err := json.Unmarshal(body, &e); err != nil {
		return Envelope{}, fmt.Errorf("read a fact's envelope: %w", err)
	}
	return Envelope{ID: e.ID, Type: e.Type, Aggregate: e.Subject, Time: e.Time, Data: e.Data, recorded: recorded.UTC()}, nil
}

// event is a CloudEvent 1.0 in the JSON format; the order of the members is that of the bytes.
type event struct {
	SpecVersion string          `json:"specversion"`
	ID          uuid.UUID       `json:"id"`
	Source      string          `json:"source"`
	Type        string          `json:"type"`
	Subject     uuid.UUID       `json:"subject"`
	Time        time.Time       `json:"time"`
	ContentType string          `json:"datacontenttype"`
	Data        json.RawMessage `json:"data"`
}

// contextOf returns the second word of a fact's type.
func contextOf(factType string) (string, error) {
	parts := strings.Split(factType, ".")
	if len(parts) < 5 || parts[0] != "peakseat" || parts[1] == "" || strings.ContainsAny(factType, "*> ") {
		return "", errors.New("the fact type " + factType + " is not peakseat.<context>.<noun>.<past verb>.v1")
	}
	return parts[1], nil
}
