package certification

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fact"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// Consumers are what certification does on facts: the academy's, and its own of new templates.
func (s *Service) Consumers() []outbox.Consumer {
	return []outbox.Consumer{{
		Name: "certification-achievements",
		Types: []string{
			fact.CourseCompleted{}.Type(), fact.AttemptGraded{}.Type(), fact.SimulationScored{}.Type(), fact.TrialAssessed{}.Type(),
			fact.TemplateVersioned{}.Type(),
		},
		HandleAll: s.followAchievements,
	}}
}

// followAchievements keeps what was achieved and issues what was earned by it. All holders are locked before anything is
// issued, in the order of their ids: the log's lock comes last everywhere.
func (s *Service) followAchievements(tx *postgres.Tx, list []outbox.Envelope) error {
	var (
		achieved  []achievement
		agents    []uuid.UUID
		templates []uuid.UUID
	)
	for _, e := range list {
		if e.Type == (fact.TemplateVersioned{}).Type() {
			templates = append(templates, e.Aggregate)
			continue
		}
		a, err := readAchievement(e)
		if err != nil {
			return err
		}
		achieved, agents = append(achieved, a), append(agents, a.AgentID)
	}
	slices.SortFunc(agents, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	agents = slices.Compact(agents)
	if err := lockHolders(tx, agents); err != nil {
		return err
	}
	for _, a := range achieved {
		if err := insertAchievement(tx, a); err != nil {
			return err
		}
	}
	for _, t := range templates {
		if err := insertRechecks(tx, t); err != nil {
			return err
		}
	}
	if len(agents) == 0 {
		return nil
	}
	offered, err := newestTemplates(tx)
	if err != nil {
		return err
	}
	for _, agent := range agents {
		if err := s.issueEarned(tx, agent, offered); err != nil {
			return err
		}
	}
	return nil
}

// readAchievement reads a fact of the academy.
func readAchievement(e outbox.Envelope) (achievement, error) {
	switch e.Type {
	case fact.CourseCompleted{}.Type():
		f, err := outbox.Decode[fact.CourseCompleted](e)
		return achieve("course", f.AgentID, f.CourseID, max(f.Version, 1), f.Code, nil, true, e.Time, err)
	case fact.AttemptGraded{}.Type():
		f, err := outbox.Decode[fact.AttemptGraded](e)
		return achieve("paper", f.AgentID, f.AttemptID, max(f.Seq, 1), f.Code, &f.Score, f.Passed, e.Time, err)
	case fact.SimulationScored{}.Type():
		f, err := outbox.Decode[fact.SimulationScored](e)
		return achieve("simulation", f.AgentID, f.RunID, 1, f.Code, &f.Score, f.Passed, e.Time, err)
	case fact.TrialAssessed{}.Type():
		f, err := outbox.Decode[fact.TrialAssessed](e)
		return achieve("trial_shift", f.AgentID, f.TrialID, 1, f.Code, &f.Score, f.Passed, e.Time, err)
	}
	return achievement{}, fmt.Errorf("certification does not follow %s", e.Type)
}

func achieve(kind, agent, source string, seq int, ref string, score *int, passed bool, at time.Time, err error) (achievement, error) {
	if err != nil {
		return achievement{}, err
	}
	a := achievement{Kind: kind, Seq: seq, Ref: ref, Score: score, Passed: passed, AchievedAt: at}
	for text, into := range map[string]*uuid.UUID{agent: &a.AgentID, source: &a.SourceID} {
		if *into, err = uuid.Parse(text); err != nil {
			return achievement{}, fmt.Errorf("read an id of a %s: %w", kind, err)
		}
	}
	return a, nil
}
