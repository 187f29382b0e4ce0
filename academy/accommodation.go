package academy

import (
	"context"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/audit"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// Accommodation is more time that a person needs; it holds for attempts that begin while it lasts, and no paper's window cuts
// their time. Why is between the person, trainers and operators: no other role reads the row, and facts, logs and the audit
// trail do not tell it.
type Accommodation struct {
	ID        uuid.UUID `json:"id"`
	AgentID   uuid.UUID `json:"agent_id"`
	GrantedBy uuid.UUID `json:"granted_by"`
	GrantedAt time.Time `json:"granted_at"`
	AccommodationTerms
}

// AccommodationTerms are what is granted; a factor of 100 and no pauses take back what was.
type AccommodationTerms struct {
	TimeFactor   int        `json:"time_factor" minimum:"100" maximum:"400" doc:"percent of the paper's time"`
	PauseMinutes int        `json:"pause_minutes" minimum:"0" maximum:"240" doc:"of one attempt, together"`
	Until        *time.Time `json:"until,omitempty" doc:"absent: until it is changed"`
	Reason       string     `json:"reason" minLength:"1" maxLength:"2000"`
}

// granted tells whether it gives anything.
func (t AccommodationTerms) granted() bool { return t.TimeFactor > 100 || t.PauseMinutes > 0 }

// Accommodate grants a person an accommodation in place of the one before. It returns ErrOwnAccommodation.
func (s *Service) Accommodate(ctx context.Context, agent uuid.UUID, terms AccommodationTerms) (made *Accommodation, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		if terms.Until != nil && !terms.Until.After(tx.Now) {
			return fault.ErrInvalid.At("/until", "in_the_past", "应晚于现在。", "Must be in the future.")
		}
		made = &Accommodation{ID: newID(), AgentID: agent, GrantedBy: tx.Actor.AccountID, GrantedAt: tx.Now, AccommodationTerms: terms}
		if err := tx.Exec(`insert into academy.accommodation (id, agent_id, time_factor, pause_minutes, until, reason, granted_by, granted_at) values (?, ?, ?, ?, ?, ?, ?, ?)`,
			made.ID, agent, terms.TimeFactor, terms.PauseMinutes, terms.Until, terms.Reason, made.GrantedBy, made.GrantedAt).Error; err != nil {
			return refusal(err)
		}
		return audit.Record(tx, audit.Entry{Action: "accommodation.granted", Subject: agent.String(), Reason: "kept with the accommodation"})
	})
	return made, err
}

// Accommodations are those in force, by their ids: the actor's own, or everybody's.
func (s *Service) Accommodations(ctx context.Context, after uuid.UUID, limit int) (list []Accommodation, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		return tx.Raw(`select * from (select distinct on (agent_id) * from academy.accommodation order by agent_id, id desc) newest
			where id > ? and (until is null or until > ?) and (time_factor > 100 or pause_minutes > 0) order by id limit ?`, after, tx.Now, limit).Scan(&list).Error
	})
	return list, err
}

// selectAccommodation is what a person has now; without any, no more time and no pauses.
func selectAccommodation(tx *postgres.Tx, agent uuid.UUID) (AccommodationTerms, error) {
	var newest []AccommodationTerms
	if err := tx.Raw(`select time_factor, pause_minutes, until from academy.accommodation where agent_id = ? order by id desc limit 1`, agent).Scan(&newest).Error; err != nil {
		return AccommodationTerms{}, err
	}
	if len(newest) == 0 || newest[0].Until != nil && !newest[0].Until.After(tx.Now) {
		return AccommodationTerms{TimeFactor: 100}, nil
	}
	return newest[0], nil
}
