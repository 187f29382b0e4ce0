package matcher

import (
	"context"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// RosterEntry is an agent at a merchant's shift.
type RosterEntry struct {
	AssignmentID uuid.UUID  `json:"assignment_id"`
	AgentID      uuid.UUID  `json:"agent_id"`
	Name         string     `json:"name"`
	Seat         int        `json:"seat"`
	StartsAt     time.Time  `json:"starts_at"`
	EndsAt       time.Time  `json:"ends_at"`
	State        string     `json:"state" enum:"held,present,missing,finished,released,withdrawn"`
	Late         bool       `json:"late"`
	OnBreak      bool       `json:"on_break,omitempty"`
	TakenBy      string     `json:"taken_by" enum:"claim,offer,replacement"`
	CheckedInAt  *time.Time `json:"checked_in_at,omitempty"`
	CheckedOutAt *time.Time `json:"checked_out_at,omitempty"`
	ShiftsHere   int        `json:"shifts_here" doc:"finished for this merchant before"`
	Trial        bool       `json:"trial,omitempty" doc:"tries out in an extra seat"`
	MentorID     *uuid.UUID `json:"mentor_id,omitempty" format:"uuid" doc:"of a trial"`
}

// Roster lists everybody who holds or held a seat of a shift, by seat.
func (s *Service) Roster(ctx context.Context, shiftID uuid.UUID) (roster []RosterEntry, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		var found int
		if err := tx.Raw(`select count(*) from matcher.shift where id = ?`, shiftID).Scan(&found).Error; err != nil {
			return err
		}
		if found == 0 {
			return fault.ErrNotFound
		}
		if err := tx.Raw(`select a.id as assignment_id, a.agent_id, a.seat_no as seat, a.starts_at, a.ends_at, a.state, a.late, a.taken_by, a.checked_in_at, a.checked_out_at,
				a.state = 'present' and coalesce((select e.kind = 'break_start' from matcher.attendance_event e where e.assignment_id = a.id order by e.at desc, e.id desc limit 1), false) as on_break,
				coalesce(w.shifts, 0) as shifts_here, a.trial, (select t.mentor_id from matcher.trial t where t.assignment_id = a.id) as mentor_id
			from matcher.assignment a left join matcher.worked w on w.merchant_id = a.merchant_id and w.agent_id = a.agent_id
			where a.shift_id = ? order by a.seat_no, a.taken_at, a.id`, shiftID).Scan(&roster).Error; err != nil {
			return err
		}
		ids := make([]uuid.UUID, len(roster))
		for i, e := range roster {
			ids[i] = e.AgentID
		}
		names, err := s.People.Names(tx, ids)
		for i := range roster {
			roster[i].Name = names[roster[i].AgentID]
		}
		return err
	})
	return roster, err
}

// AgentSummary is an agent as a merchant or an operator finds them.
type AgentSummary struct {
	AgentID    uuid.UUID  `json:"agent_id"`
	Name       string     `json:"name"`
	Shifts     int        `json:"shifts" doc:"finished for this merchant; for operators, for anybody"`
	LastWorked *time.Time `json:"last_worked_at,omitempty"`
	Disabled   bool       `json:"disabled,omitempty"`
	Blocked    bool       `json:"blocked,omitempty" doc:"by this merchant: sees none of its shifts and is offered none"`
}

// Agents lists, by id after the one given, those who worked for the actor's merchant; an operator sees
// every agent, or the one whose id is q.
func (s *Service) Agents(ctx context.Context, q string, after uuid.UUID, limit int) (agents []AgentSummary, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if tx.Actor.IsMerchant() {
			err = tx.Raw(`select w.agent_id, w.shifts, w.last_at as last_worked,
					exists (select from matcher.block b where b.merchant_id = w.merchant_id and b.agent_id = w.agent_id and b.by = 'merchant') as blocked
				from matcher.worked w where w.merchant_id = platform.organisation() and w.agent_id > ? order by w.agent_id limit ?`,
				after, limit).Scan(&agents).Error
		} else {
			err = s.allAgents(tx, q, after, limit, &agents)
		}
		if err != nil {
			return err
		}
		ids := make([]uuid.UUID, len(agents))
		for i, a := range agents {
			ids[i] = a.AgentID
		}
		names, err := s.People.Names(tx, ids)
		for i := range agents {
			agents[i].Name = names[agents[i].AgentID]
		}
		return err
	})
	return agents, err
}

func (s *Service) allAgents(tx *postgres.Tx, q string, after uuid.UUID, limit int, into *[]AgentSummary) error {
	only := uuid.Nil
	if q != "" {
		id, err := s.People.Find(tx, q)
		if err != nil {
			return err
		}
		if id == uuid.Nil {
			return nil
		}
		only = id
	}
	return tx.Raw(`select a.agent_id, a.disabled, a.last_worked_at as last_worked, (select coalesce(sum(w.shifts), 0) from matcher.worked w where w.agent_id = a.agent_id) as shifts
		from matcher.agent a where a.agent_id > ? and (? = '00000000-0000-0000-0000-000000000000'::uuid or a.agent_id = ?) order by a.agent_id limit ?`,
		after, only, only, limit).Scan(into).Error
}
