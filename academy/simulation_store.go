package academy

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"peakseat/academy/simulation"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

const scriptColumns = `v.id, v.scenario_id, c.code, v.version, v.script, v.created_at from academy.scenario c join academy.scenario_version v on v.scenario_id = c.id`

type scriptRow struct {
	ID, ScenarioID uuid.UUID
	Code           string
	Version        int
	Script         string
	CreatedAt      time.Time
	script         *simulation.Script
}

func selectScripts(tx *postgres.Tx, query string, args ...any) (rows []scriptRow, err error) {
	if err := tx.Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	for i := range rows {
		if rows[i].script, err = readScript(rows[i].Script); err != nil {
			return nil, fmt.Errorf("scenario %s version %d: %w", rows[i].Code, rows[i].Version, err)
		}
	}
	return rows, nil
}

func readScript(text string) (*simulation.Script, error) {
	script, flaws := simulation.Parse([]byte(text))
	if len(flaws) > 0 {
		return nil, fmt.Errorf("%s: %s", flaws[0].At, flaws[0].EN)
	}
	return script, nil
}

// keptRun is all that is kept of a run.
type keptRun struct {
	ID, AgentID       uuid.UUID
	Code              string
	Version           int
	Script            string
	Language          string
	Seed              int64
	StartedAt, EndsBy time.Time
	EndedAt           *time.Time
	Report            []byte
	script            *simulation.Script
	session           simulation.Session
}

// selectRun reads a run, under its lock where it is to change.
func selectRun(tx *postgres.Tx, id uuid.UUID, lock bool) (*keptRun, error) {
	if lock {
		var locked []uuid.UUID
		if err := tx.Raw(`select id from academy.simulation_run where id = ? for update`, id).Scan(&locked).Error; err != nil {
			return nil, err
		}
	}
	var rows []keptRun
	if err := tx.Raw(`select r.id, r.agent_id, c.code, v.version, v.script, r.language, r.seed, r.started_at, r.ends_by, r.ended_at, s.report
		from academy.simulation_run r join academy.scenario_version v on v.id = r.version_id join academy.scenario c on c.id = v.scenario_id
			left join academy.simulation_score s on s.run_id = r.id where r.id = ?`, id).Scan(&rows).Error; err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fault.ErrNotFound
	}
	kept := &rows[0]
	var replies []struct {
		Dialogue, Body string
		AtMs           int64
	}
	if err := tx.Raw(`select dialogue, body, at_ms from academy.simulation_reply where run_id = ? order by seq`, id).Scan(&replies).Error; err != nil {
		return nil, err
	}
	kept.session = simulation.Session{Language: kept.Language, Seed: uint64(kept.Seed)} //nolint:gosec // all 64 bits, whatever their sign
	for _, r := range replies {
		kept.session.Replies = append(kept.session.Replies, simulation.Reply{At: r.AtMs, Dialogue: r.Dialogue, Text: r.Body})
	}
	if kept.EndedAt != nil {
		kept.session.Stop = max(1, kept.at(*kept.EndedAt))
	}
	var err error
	if kept.script, err = readScript(kept.Script); err != nil {
		return nil, fmt.Errorf("run %s: %w", id, err)
	}
	return kept, nil
}

// at is a moment in milliseconds from the run's beginning.
func (k *keptRun) at(now time.Time) int64 { return max(0, now.Sub(k.StartedAt).Milliseconds()) }

// moment is when so many milliseconds had passed.
func (k *keptRun) moment(ms int64) time.Time {
	return k.StartedAt.Add(time.Duration(ms) * time.Millisecond)
}

func (k *keptRun) play(now time.Time) *simulation.Run { return k.script.Play(k.session, k.at(now)) }

// view is the run as its agent may see it.
func (k *keptRun) view(played *simulation.Run, now time.Time) *SimulationRun {
	run := &SimulationRun{
		ID: k.ID, AgentID: k.AgentID, Scenario: k.Code, Version: k.Version, NameZH: k.script.Name.ZH, NameEN: k.script.Name.EN, Language: k.Language,
		State: "live", StartedAt: k.StartedAt, EndsBy: k.EndsBy, EndedAt: k.EndedAt, Now: now, Dialogues: []SimulationDialogue{},
	}
	if played.Next >= 0 {
		run.next = k.moment(played.Next)
	}
	for i, d := range played.Dialogues {
		if !d.Began {
			continue
		}
		one := SimulationDialogue{ID: d.ID, Customer: k.script.Dialogues[i].Customer.In(k.Language), State: "open", Messages: []SimulationMessage{}}
		if d.Outcome != "" {
			one.State = string(d.Outcome)
		}
		for _, m := range d.Messages {
			one.Messages = append(one.Messages, SimulationMessage{From: m.From, Text: m.Text, At: k.moment(m.At)})
		}
		run.Dialogues = append(run.Dialogues, one)
	}
	if k.EndedAt != nil {
		run.State = "ended"
		var report simulation.RunReport
		if json.Unmarshal(k.Report, &report) == nil {
			run.Score = &report
		}
	}
	return run
}
