package certification

import (
	"context"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/audit"
	"peakseat/internal/auth"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// Penalty is something that counts against an agent's tier.
type Penalty struct {
	ID         uuid.UUID  `json:"id"`
	AgentID    uuid.UUID  `json:"agent_id"`
	Kind       string     `json:"kind" enum:"late,missing,minutes_lost"`
	SubjectID  uuid.UUID  `json:"subject_id" doc:"the assignment or the dispute"`
	Minutes    int        `json:"minutes"`
	HappenedAt time.Time  `json:"happened_at"`
	AppealID   *uuid.UUID `json:"appeal_id"`
	Reason     *string    `json:"reason" doc:"of the appeal"`
	AppealedAt *time.Time `json:"appealed_at"`
	Upheld     *bool      `json:"upheld" doc:"null: not decided; true: it never happened"`
	Decision   *string    `json:"decision"`
	DecidedAt  *time.Time `json:"decided_at"`
}

const selectPenalty = `select e.*, a.id as appeal_id, a.reason, a.appealed_at, d.upheld, d.reason as decision, d.decided_at from certification.standing_event e
	left join certification.standing_appeal a on a.event_id = e.id left join certification.standing_appeal_decision d on d.appeal_id = a.id
	where e.kind in ('late', 'missing', 'minutes_lost')`

// Penalties are those the actor may see, the newest first: an agent's own, everybody's for operators, who may ask for those
// that wait for a decision.
func (s *Service) Penalties(ctx context.Context, waiting bool, before uuid.UUID, limit int) (list []Penalty, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		agent := uuid.Nil
		if tx.Actor.Role == auth.Agent {
			agent = tx.Actor.AccountID
		}
		return tx.Raw(selectPenalty+` and (? = ? or e.agent_id = ?) and (not ? or a.id is not null and d.appeal_id is null) and (? = ? or e.id < ?) order by e.id desc limit ?`,
			agent, uuid.Nil, agent, waiting, before, uuid.Nil, before, limit).Scan(&list).Error
	})
	return list, err
}

// AppealPenalty files the agent's appeal against being marked late or missing. It returns ErrAppealed or fault.ErrNotFound;
// minutes are appealed where they are disputed: ErrNothingToAppeal.
func (s *Service) AppealPenalty(ctx context.Context, id uuid.UUID, reason string) (p *Penalty, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		found, err := onePenalty(tx, id)
		if err != nil {
			return err
		}
		if found.Kind == "minutes_lost" {
			return ErrNothingToAppeal
		}
		if err := tx.Exec(`insert into certification.standing_appeal (id, event_id, agent_id, reason, appealed_at) values (?, ?, ?, ?, ?)`,
			newID(), id, found.AgentID, reason, tx.Now).Error; err != nil {
			return refusal(err)
		}
		p, err = onePenalty(tx, id)
		return err
	})
	return p, err
}

// DecidePenalty rules on the appeal against a penalty. Upheld, it never happened: the tier is computed anew,
// and billing pays what a lateness took away. It returns
// ErrNothingToAppeal, ErrDecided, ErrOtherPerson or fault.ErrNotFound.
func (s *Service) DecidePenalty(ctx context.Context, id uuid.UUID, r AppealRuling) (p *Penalty, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		found, err := onePenalty(tx, id)
		if err != nil {
			return err
		}
		if found.AppealID == nil {
			return ErrNothingToAppeal
		}
		if err := lockHolders(tx, []uuid.UUID{found.AgentID}); err != nil {
			return err
		}
		if err := tx.Exec(`insert into certification.standing_appeal_decision (appeal_id, agent_id, decided_by, upheld, reason, decided_at) values (?, ?, ?, ?, ?, ?)`,
			found.AppealID, found.AgentID, tx.Actor.AccountID, r.Upheld, r.Reason, tx.Now).Error; err != nil {
			return refusal(err)
		}
		if err := outbox.Append(tx, fact.PenaltyAppealDecided{
			EventID: id.String(), Kind: found.Kind, SubjectID: found.SubjectID.String(), AgentID: found.AgentID.String(), Upheld: r.Upheld,
			DecidedBy: tx.Actor.AccountID.String(),
		}); err != nil {
			return err
		}
		if err := audit.Record(tx, audit.Entry{Action: "penalty.decided", Subject: id.String(), Reason: r.Reason, Detail: map[string]bool{"upheld": r.Upheld}}); err != nil {
			return err
		}
		if err := settleTier(tx, found.AgentID, true); err != nil {
			return err
		}
		p, err = onePenalty(tx, id)
		return err
	})
	return p, err
}

func onePenalty(tx *postgres.Tx, id uuid.UUID) (*Penalty, error) {
	var list []Penalty
	if err := tx.Raw(selectPenalty+` and e.id = ?`, id).Scan(&list).Error; err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.ErrNotFound
	}
	return &list[0], nil
}
