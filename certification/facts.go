package certification

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"peakseat/certification/standing"
	"peakseat/internal/fact"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// Consumers are what certification does on facts: the academy's, its own of new templates, and those of work.
func (s *Service) Consumers() []outbox.Consumer {
	return []outbox.Consumer{s.achievements(), {
		Name:      "certification-standing",
		Types:     []string{fact.AssignmentFinished{}.Type(), fact.AgentCheckedIn{}.Type(), fact.AgentMissing{}.Type(), fact.DisputeRuled{}.Type()},
		HandleAll: followWork,
	}}
}

func (s *Service) achievements() outbox.Consumer {
	return outbox.Consumer{
		Name: "certification-achievements",
		Types: []string{
			fact.CourseCompleted{}.Type(), fact.AttemptGraded{}.Type(), fact.SimulationScored{}.Type(), fact.TrialAssessed{}.Type(),
			fact.TemplateVersioned{}.Type(), fact.IdentityChanged{}.Type(),
		},
		HandleAll: s.followAchievements,
	}
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
	agents, err := lockAll(tx, agents)
	if err != nil {
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
		if err := settleTier(tx, agent, false); err != nil {
			return err
		}
	}
	return nil
}

// readAchievement reads a fact of the academy, or of an identity.
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
	case fact.IdentityChanged{}.Type():
		f, err := outbox.Decode[fact.IdentityChanged](e)
		return achieve("identity", f.AccountID, f.AccountID, max(f.Seq, 1), "verified", nil, f.State == "verified", e.Time, err)
	}
	return achievement{}, fmt.Errorf("certification does not follow %s", e.Type)
}

func achieve(kind, agent, source string, seq int, ref string, score *int, passed bool, at time.Time, err error) (achievement, error) {
	if err != nil {
		return achievement{}, err
	}
	a := achievement{Kind: kind, Seq: seq, Ref: ref, Score: score, Passed: passed, AchievedAt: at}
	if a.AgentID, err = uuid.Parse(agent); err != nil {
		return achievement{}, fmt.Errorf("read the agent of a %s: %w", kind, err)
	}
	if a.SourceID, err = uuid.Parse(source); err != nil {
		return achievement{}, fmt.Errorf("read the source of a %s: %w", kind, err)
	}
	return a, nil
}

// followWork keeps what counts for tiers, and computes those of whom it is about anew.
func followWork(tx *postgres.Tx, list []outbox.Envelope) error {
	var (
		events []standingEvent
		agents []uuid.UUID
	)
	for _, e := range list {
		event, err := readWork(e)
		if err != nil {
			return err
		}
		if event.Kind != "" {
			events, agents = append(events, event), append(agents, event.AgentID)
		}
	}
	agents, err := lockAll(tx, agents)
	if err != nil {
		return err
	}
	for _, e := range events {
		if err := tx.Exec(`insert into certification.standing_event (id, agent_id, kind, subject_id, minutes, happened_at) values (?, ?, ?, ?, ?, ?) on conflict do nothing`,
			newID(), e.AgentID, e.Kind, e.SubjectID, e.Minutes, e.HappenedAt).Error; err != nil {
			return err
		}
	}
	for _, agent := range agents {
		if err := settleTier(tx, agent, false); err != nil {
			return err
		}
	}
	return nil
}

// standingEvent is something at work that counts for a tier.
type standingEvent struct {
	AgentID    uuid.UUID
	Kind       standing.Kind
	SubjectID  uuid.UUID
	Minutes    int64
	HappenedAt time.Time
}

// readWork reads a fact about work; the kind is empty where it does not count.
func readWork(e outbox.Envelope) (standingEvent, error) {
	switch e.Type {
	case fact.AssignmentFinished{}.Type():
		f, err := outbox.Decode[fact.AssignmentFinished](e)
		return work(standing.Finished, f.AgentID, f.AssignmentID, f.Minutes, e.Time, err)
	case fact.AgentCheckedIn{}.Type():
		f, err := outbox.Decode[fact.AgentCheckedIn](e)
		if err != nil || !f.Late {
			return standingEvent{}, err
		}
		return work(standing.Late, f.AgentID, f.AssignmentID, 0, e.Time, nil)
	case fact.AgentMissing{}.Type():
		f, err := outbox.Decode[fact.AgentMissing](e)
		return work(standing.Missing, f.AgentID, f.AssignmentID, 0, e.Time, err)
	case fact.DisputeRuled{}.Type():
		f, err := outbox.Decode[fact.DisputeRuled](e)
		if err != nil || f.Kind != "dispute" || f.MinutesToAgent >= f.Minutes {
			return standingEvent{}, err
		}
		return work(standing.MinutesLost, f.AgentID, f.DisputeID, f.Minutes-f.MinutesToAgent, e.Time, nil)
	}
	return standingEvent{}, fmt.Errorf("certification does not follow %s", e.Type)
}

func work(kind standing.Kind, agent, subject string, minutes int64, at time.Time, err error) (standingEvent, error) {
	if err != nil {
		return standingEvent{}, err
	}
	e := standingEvent{Kind: kind, Minutes: minutes, HappenedAt: at}
	for text, into := range map[string]*uuid.UUID{agent: &e.AgentID, subject: &e.SubjectID} {
		if *into, err = uuid.Parse(text); err != nil {
			return standingEvent{}, fmt.Errorf("read an id of what is %s: %w", kind, err)
		}
	}
	return e, nil
}
