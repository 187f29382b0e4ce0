package matcher

import (
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

const (
	// fromMentors is who may take on a trial of shift w.id: willing, with a regular seat, and without one. The longest there comes first.
	fromMentors = `from matcher.assignment a join matcher.agent g on g.agent_id = a.agent_id
    where a.shift_id = w.id and a.state in ('held', 'present') and not a.trial and g.mentors and not g.disabled
      and not exists (select from matcher.trial t where t.mentor_assignment_id = a.id and t.live)`

	selectBatchTrials = `
select w.id, (select count(*) from matcher.seat e where e.shift_id = w.id and e.kind = 'trial' and e.state <> 'cancelled'),
  array(select e.seat_no from matcher.seat e where e.shift_id = w.id and e.kind = 'trial' and e.state = 'open' order by e.seat_no),
  array(select a.id ` + fromMentors + ` order by a.taken_at, a.id), array(select a.agent_id ` + fromMentors + ` order by a.taken_at, a.id)
from unnest($1::uuid[]) w (id)`

	selectBatchPaths = `
select m.n, p.template_id, p.code, p.card, p.tags, p.levels, p.missing
from unnest($1::uuid[]) with ordinality m (agent, n) join matcher.trial_path p on p.agent_id = m.agent order by m.n, p.code, p.template_id`
)

// scanTrials reads selectBatchTrials.
func (f *batchFacts) scanTrials(rows pgx.Rows) error {
	for rows.Next() {
		var (
			id                  uuid.UUID
			t                   trialSeats
			assignments, agents []uuid.UUID
		)
		if err := rows.Scan(&id, &t.seats, &t.open, &assignments, &agents); err != nil {
			return fmt.Errorf("read trial seats: %w", err)
		}
		for i := range assignments {
			t.mentors = append(t.mentors, mentor{assignments[i], agents[i]})
		}
		f.trials[id] = &t
	}
	return rows.Err()
}

// scanPaths reads selectBatchPaths.
func (f *batchFacts) scanPaths(rows pgx.Rows) error {
	for rows.Next() {
		var n int64
		p, err := scanPath(rows, &n)
		if err != nil {
			return err
		}
		agent := &f.members[n-1].agent
		agent.paths = append(agent.paths, p)
	}
	return rows.Err()
}

// scanPath reads the columns of a path after those named first.
func scanPath(rows pgx.Rows, first ...any) (p trialPath, err error) {
	var (
		tags   []string
		levels []int32
	)
	if err := rows.Scan(append(first, &p.template, &p.code, &p.card, &tags, &levels, &p.missing)...); err != nil {
		return trialPath{}, fmt.Errorf("read a path to a trial: %w", err)
	}
	for i := range tags {
		p.grants = append(p.grants, Requirement{tags[i], int(levels[i])})
	}
	return p, nil
}

// selectTrial reads a trial; fault.ErrNotFound where the assignment is none.
func selectTrial(tx *postgres.Tx, id uuid.UUID) (*trialRow, error) {
	var rows []trialRow
	err := tx.Raw(`select t.assignment_id, t.shift_id, t.agent_id, t.code, t.card, t.mentor_id, coalesce(m.live, false) as mentor_works, a.state, a.starts_at
		from matcher.trial t join matcher.assignment a on a.id = t.assignment_id left join matcher.assignment m on m.id = t.mentor_assignment_id
		where t.assignment_id = ?`, id).Scan(&rows).Error
	switch {
	case err != nil:
		return nil, fmt.Errorf("read a trial: %w", err)
	case len(rows) == 0:
		return nil, fault.ErrNotFound
	}
	return &rows[0], nil
}

// selectMentors lists who may take on a trial of the shift.
func selectMentors(tx *postgres.Tx, shift uuid.UUID) (list []mentor, err error) {
	var rows []struct{ ID, AgentID uuid.UUID }
	if err := tx.Raw(`select a.id, a.agent_id from (select ?::uuid as id) w cross join lateral (select a.id, a.agent_id, a.taken_at `+fromMentors+`) a order by a.taken_at, a.id`, shift).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read mentors: %w", err)
	}
	for _, r := range rows {
		list = append(list, mentor{r.ID, r.AgentID})
	}
	return list, nil
}

// updateMentor gives a trial another mentor, or none.
func updateMentor(tx *postgres.Tx, trial uuid.UUID, m *mentor) error {
	if m == nil {
		return tx.Exec(`update matcher.trial set mentor_assignment_id = null, mentor_id = null where assignment_id = ?`, trial).Error
	}
	return tx.Exec(`update matcher.trial set mentor_assignment_id = ?, mentor_id = ? where assignment_id = ?`, m.assignment, m.agent, trial).Error
}

func insertPath(tx *postgres.Tx, agent uuid.UUID, p fact.TrialPath) error {
	template, err := readID(p.TemplateID)
	if err != nil {
		return err
	}
	tags, levels, missing := []string{}, []int{}, append([]string{}, p.Missing...)
	for _, t := range p.Tags {
		tags, levels = append(tags, t.Tag), append(levels, t.Level)
	}
	return tx.Exec(`insert into matcher.trial_path (agent_id, template_id, code, card, tags, levels, missing) values (?, ?, ?, ?, ?, ?, ?)`,
		agent, template, p.Code, p.Card, postgres.ArrayOf(tags), postgres.ArrayOf(levels), postgres.ArrayOf(missing)).Error
}

// selectOwnPaths reads those of the agent who acts.
func selectOwnPaths(tx *postgres.Tx, a *agentFacts) error {
	return tx.Pgx(func(conn *pgx.Conn) error {
		rows, err := conn.Query(tx.Context(), `select template_id, code, card, tags, levels, missing from matcher.trial_path where agent_id = $1 order by code, template_id`, a.id)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			p, err := scanPath(rows)
			if err != nil {
				return err
			}
			a.paths = append(a.paths, p)
		}
		return rows.Err()
	})
}

// selectHallTrials reads what the hall shows of the trial seats of shifts, for the rules and for the list. A shift that has none is absent.
func selectHallTrials(tx *postgres.Tx, shifts []uuid.UUID) (map[uuid.UUID]*trialSeats, map[uuid.UUID]int, error) {
	found, open := map[uuid.UUID]*trialSeats{}, map[uuid.UUID]int{}
	err := tx.Pgx(func(conn *pgx.Conn) error {
		rows, err := conn.Query(tx.Context(), `select shift_id, seats, open, mentors from matcher.hall_trials where shift_id = any ($1)`, shifts)
		if err != nil {
			return err
		}
		var id uuid.UUID
		var seats, free, mentors int
		_, err = pgx.ForEachRow(rows, []any{&id, &seats, &free, &mentors}, func() error {
			found[id], open[id] = &trialSeats{seats: seats, mentors: make([]mentor, mentors)}, free
			return nil
		})
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read trial seats of the hall: %w", err)
	}
	return found, open, nil
}
