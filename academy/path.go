package academy

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// ErrPathRaced is the answer to the second of two writers.
var ErrPathRaced = fault.New(fault.Conflict, "path_changed",
	"学习路径刚有了新版本，请重新读取。", "The path has just got a newer version; read it again.")

// LearningPath is the ordered way to the credential whose template has its code. Its newest version is in force.
type LearningPath struct {
	Code      string    `json:"code" pattern:"^[a-z0-9_]{1,40}$" doc:"the credential template's"`
	Version   int       `json:"version"`
	CreatedAt time.Time `json:"created_at"`
	PathTerms
	StepsDone int `json:"steps_done" doc:"the agent's own"`
}

// PathTerms are what a version of a path says.
type PathTerms struct {
	NameZH  string     `json:"name_zh" minLength:"1" maxLength:"100"`
	NameEN  string     `json:"name_en" minLength:"1" maxLength:"100"`
	AboutZH string     `json:"about_zh" minLength:"1" maxLength:"2000"`
	AboutEN string     `json:"about_en" minLength:"1" maxLength:"2000"`
	Steps   []PathStep `json:"steps" minItems:"1" maxItems:"50" nullable:"false"`
}

// PathStep is one thing to pass.
type PathStep struct {
	Kind  string     `json:"kind" enum:"course,paper,simulation,trial_shift"`
	Ref   string     `json:"ref" pattern:"^[a-z0-9_]{1,40}$" doc:"the code of the course, paper, scenario or card"`
	Score int        `json:"score,omitempty" minimum:"0" maximum:"10000" doc:"at least, in hundredths of a percent; absent: passing is enough"`
	Done  bool       `json:"done,omitempty" readOnly:"true" doc:"by the agent who asks"`
	Since *time.Time `json:"since,omitempty" readOnly:"true"`
}

// SetPath writes the next version of the path with this code.
func (s *Service) SetPath(ctx context.Context, code string, terms PathTerms) (made *LearningPath, err error) {
	for i := range terms.Steps {
		terms.Steps[i].Done, terms.Steps[i].Since = false, nil
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		raw, err := json.Marshal(terms)
		if err != nil {
			return fmt.Errorf("encode a path: %w", err)
		}
		made = &LearningPath{Code: code, CreatedAt: tx.Now, PathTerms: terms}
		return refusal(tx.Raw(`insert into academy.learning_path (code, version, terms, created_by, created_at)
			select ?, coalesce(max(version), 0) + 1, ?::jsonb, ?, ? from academy.learning_path where code = ? returning version`,
			code, string(raw), tx.Actor.AccountID, tx.Now, code).Scan(&made.Version).Error)
	})
	return made, err
}

// Paths lists the paths in force; to an agent with what they have done of each.
func (s *Service) Paths(ctx context.Context) (list []LearningPath, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		var rows []struct {
			Code      string
			Version   int
			Terms     []byte
			CreatedAt time.Time
		}
		if err := tx.Raw(`select distinct on (code) code, version, terms, created_at from academy.learning_path order by code, version desc`).Scan(&rows).Error; err != nil {
			return err
		}
		passed, err := selectPassed(tx)
		if err != nil {
			return err
		}
		for _, r := range rows {
			p := LearningPath{Code: r.Code, Version: r.Version, CreatedAt: r.CreatedAt}
			if err := json.Unmarshal(r.Terms, &p.PathTerms); err != nil {
				return fmt.Errorf("read path %s: %w", r.Code, err)
			}
			for i := range p.Steps {
				step := &p.Steps[i]
				for _, m := range passed {
					if m.Kind == step.Kind && m.Ref == step.Ref && m.Score >= step.Score && !step.Done {
						step.Done, step.Since = true, &m.ReachedAt
						p.StepsDone++
					}
				}
			}
			list = append(list, p)
		}
		return nil
	})
	return list, err
}

// milestone is something that an agent passed, or no longer.
type milestone struct {
	SourceID  uuid.UUID
	Seq       int
	AgentID   uuid.UUID
	Kind, Ref string
	Score     int
	Passed    bool
	ReachedAt time.Time
}

// selectPassed are the acting agent's milestones that stand, oldest first.
func selectPassed(tx *postgres.Tx) (list []milestone, err error) {
	if !tx.Actor.IsAgent() {
		return nil, nil
	}
	err = tx.Raw(`select * from (select distinct on (source_id) * from academy.milestone where agent_id = ? order by source_id, seq desc) m where passed order by reached_at, source_id`,
		tx.Actor.AccountID).Scan(&list).Error
	return list, err
}

// pathConsumer keeps milestones of the academy's own facts: paths, points and badges are made of them.
func (s *Service) pathConsumer() outbox.Consumer {
	return outbox.Consumer{
		Name: "academy-milestones",
		Types: []string{
			fact.CourseCompleted{}.Type(), fact.AttemptGraded{}.Type(), fact.SimulationScored{}.Type(), fact.TrialAssessed{}.Type(),
		},
		Handle: func(tx *postgres.Tx, e outbox.Envelope) error {
			m, err := milestoneOf(e)
			if err != nil {
				return err
			}
			if err := insertMilestone(tx, m); err != nil {
				return err
			}
			return settleMilestone(tx, m, e.ID)
		},
	}
}

// full is the score of what is passed or not, in hundredths of a percent.
const full = 100_00

func milestoneOf(e outbox.Envelope) (m milestone, err error) {
	var source, agent string
	switch e.Type {
	case fact.CourseCompleted{}.Type():
		var f fact.CourseCompleted
		f, err = outbox.Decode[fact.CourseCompleted](e)
		source, agent, m = f.CourseID, f.AgentID, milestone{Seq: f.Version, Kind: "course", Ref: f.Code, Score: full, Passed: true}
	case fact.AttemptGraded{}.Type():
		var f fact.AttemptGraded
		f, err = outbox.Decode[fact.AttemptGraded](e)
		source, agent, m = f.AttemptID, f.AgentID, milestone{Seq: f.Seq, Kind: "paper", Ref: f.Code, Score: f.Score, Passed: f.Passed}
	case fact.SimulationScored{}.Type():
		var f fact.SimulationScored
		f, err = outbox.Decode[fact.SimulationScored](e)
		source, agent, m = f.RunID, f.AgentID, milestone{Seq: 1, Kind: "simulation", Ref: f.Code, Score: f.Score, Passed: f.Passed}
	default:
		var f fact.TrialAssessed
		f, err = outbox.Decode[fact.TrialAssessed](e)
		source, agent, m = f.TrialID, f.AgentID, milestone{Seq: 1, Kind: "trial_shift", Ref: f.Code, Score: f.Score, Passed: f.Passed}
	}
	if err != nil {
		return m, err
	}
	if m.SourceID, err = uuid.Parse(source); err != nil {
		return m, err
	}
	m.AgentID, err = uuid.Parse(agent)
	m.ReachedAt = e.Time
	return m, err
}

func insertMilestone(tx *postgres.Tx, m milestone) error {
	return tx.Exec(`insert into academy.milestone (source_id, seq, agent_id, kind, ref, score, passed, reached_at) values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
		m.SourceID, m.Seq, m.AgentID, m.Kind, m.Ref, m.Score, m.Passed, m.ReachedAt).Error
}
