package certification

import (
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"peakseat/internal/fact"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// trialPaths are the paths to a trial that the agent has begun and not ended: something of them was done, or a credential is
// to be renewed, and the trial was not.
func (r record) trialPaths(offered []Template) []fact.TrialPath {
	list := []fact.TrialPath{}
	for _, t := range offered {
		p := r.progress(t)
		if p.State != ProgressOpen && p.State != ProgressRenewable {
			continue
		}
		path, begun := fact.TrialPath{TemplateID: t.ID.String(), Code: t.Code}, p.last != nil
		for _, v := range p.Requirements {
			begun = begun || v.Have > 0 || v.Last != nil
			switch {
			case v.Met:
			case v.Kind == "trial_shift" && path.Card == "":
				path.Card = v.Ref
			case v.Kind != "trial_shift":
				path.Missing = append(path.Missing, v.Kind+" "+v.Ref)
			}
		}
		if path.Card == "" || !begun {
			continue
		}
		for _, g := range t.Grants {
			path.Tags = append(path.Tags, fact.TagLevel{Tag: g.Tag, Level: g.Level})
		}
		list = append(list, path)
	}
	return list
}

// settleTrials tells the agent's paths to trials where they are not as told last. version is of the change of which it is a
// part; 0: it is one of its own. The holder is locked.
func settleTrials(tx *postgres.Tx, agent uuid.UUID, version int64) error {
	offered, err := newestTemplates(tx)
	if err != nil {
		return err
	}
	records, err := selectRecords(tx, []uuid.UUID{agent})
	if err != nil {
		return err
	}
	f := fact.TrialsChanged{AgentID: agent.String(), Version: version, Trials: records[0].trialPaths(offered)}
	raw, err := json.Marshal(f.Trials)
	if err != nil {
		return fmt.Errorf("encode paths to trials: %w", err)
	}
	changed := tx.Exec(`update certification.holder set trials = ?::jsonb where agent_id = ? and trials <> ?::jsonb`, string(raw), agent, string(raw))
	if changed.Error != nil || changed.RowsAffected == 0 {
		return changed.Error
	}
	if version == 0 {
		if f.Version, err = nextVersion(tx, agent); err != nil {
			return err
		}
		if _, err := settleTags(tx, agent, f.Version); err != nil {
			return err
		}
	}
	return outbox.Append(tx, f)
}
