package outbox

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/clock"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// Parked is a fact that a consumer could not handle.
type Parked struct {
	ID         uuid.UUID  `json:"id"`
	Consumer   string     `json:"consumer"`
	FactID     uuid.UUID  `json:"fact_id"`
	Type       string     `json:"type"`
	Error      string     `json:"error" doc:"without personal data"`
	Tries      int        `json:"tries" doc:"so far, over all retries"`
	ParkedAt   time.Time  `json:"parked_at"`
	RetriedAt  *time.Time `json:"retried_at,omitempty" doc:"sent again and not yet handled"`
	RecordedAt time.Time  `json:"recorded_at" gorm:"column:fact_recorded_at"`
}

// ListParked returns at most limit parked facts after the one named, oldest first;
// the nil id begins at the start. It is an operator's.
func ListParked(tx *postgres.Tx, after uuid.UUID, limit int) ([]Parked, error) {
	var list []Parked
	err := tx.Raw(`
		select id, consumer, fact_id, type, error, tries, parked_at, retried_at, fact_recorded_at
		from platform.parked where id > ? order by id limit ?`, after, limit).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list parked facts: %w", err)
	}
	return list, nil
}

// RetryParked sends a parked fact to its consumer again; once handled it is parked no
// more. It is an operator's.
func RetryParked(tx *postgres.Tx, id uuid.UUID) error {
	var p []Parked
	err := tx.Raw(`
		update platform.parked set retried_at = ? where id = ?
		returning consumer, fact_id, fact_recorded_at`, clock.Now(), id).Scan(&p).Error
	if err != nil {
		return fmt.Errorf("retry a parked fact: %w", err)
	}
	if len(p) == 0 {
		return fault.ErrNotFound
	}
	err = tx.Exec(`insert into platform.outbox (fact_id, fact_recorded_at, consumer) values (?, ?, ?)`,
		p[0].FactID, p[0].RecordedAt, p[0].Consumer).Error
	if err != nil {
		return fmt.Errorf("retry a parked fact: %w", err)
	}
	return nil
}

// park gives a fact up and leaves it to an operator.
func (f *follower) park(ctx context.Context, e Envelope, cause error) error {
	reason := Reason(cause)
	err := postgres.InTx(ctx, f.db, func(tx *postgres.Tx) error {
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("make an id: %w", err)
		}
		return tx.Exec(`
			insert into platform.parked (id, consumer, fact_id, fact_recorded_at, type, error, tries, parked_at)
			values (?, ?, ?, ?, ?, ?, ?, ?)
			on conflict (consumer, fact_id) do update set error = excluded.error, tries = parked.tries + excluded.tries,
				parked_at = excluded.parked_at, retried_at = null`,
			id, f.Name, e.ID, e.recorded, e.Type, reason, f.Tries, clock.Now()).Error
	})
	if err != nil {
		return fmt.Errorf("park a fact: %w", err)
	}
	f.metrics.parked.WithLabelValues(f.Name).Inc()
	f.o.Log.ErrorContext(ctx, "a fact was parked",
		slog.String("consumer", f.Name), slog.String("fact_id", e.ID.String()), slog.String("type", e.Type), slog.String("error", reason))
	return nil
}
