package certification

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/postgres"
)

// achievement is something an agent did in the academy, as it told last, or that their real-name data are verified. Score is
// in hundredths of a percent; a course and an identity have none.
type achievement struct {
	AgentID    uuid.UUID
	Kind       string
	SourceID   uuid.UUID
	Seq        int
	Ref        string
	Score      *int
	Passed     bool
	AchievedAt time.Time // of the first seq: a score that is corrected later was not achieved later; of a course, of its version
}

// meets tells whether it is one of what is required.
func (a achievement) meets(p Prerequisite) bool {
	return a.Passed && (a.Score == nil || *a.Score >= hundredths(p.Score))
}

func hundredths(percent float64) int { return int(math.Round(percent * 100)) }

// String is the achievement as evidence.
func (a achievement) String() string {
	if a.Score == nil {
		return fmt.Sprintf("%s %s (%s, version %d)", a.Kind, a.Ref, a.SourceID, a.Seq)
	}
	return fmt.Sprintf("%s %s: %d.%02d%% (%s)", a.Kind, a.Ref, *a.Score/100, *a.Score%100, a.SourceID)
}

func insertAchievement(tx *postgres.Tx, a achievement) error {
	return tx.Exec(`insert into certification.achievement (agent_id, kind, source_id, seq, ref, score, passed, achieved_at) values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
		a.AgentID, a.Kind, a.SourceID, a.Seq, a.Ref, a.Score, a.Passed, a.AchievedAt).Error
}

// selectAchievements are the newest word on each of what the agents did, by agent.
func selectAchievements(tx *postgres.Tx, agents []uuid.UUID) (map[uuid.UUID][]achievement, error) {
	var rows []achievement
	if err := tx.Raw(`select distinct on (agent_id, kind, source_id) agent_id, kind, source_id, seq, ref, score, passed,
			case when kind = 'course' then achieved_at else min(achieved_at) over (partition by agent_id, kind, source_id) end as achieved_at
		from certification.achievement where agent_id = any (?::uuid[]) order by agent_id, kind, source_id, seq desc`, postgres.ArrayOf(agents)).Scan(&rows).Error; err != nil {
		return nil, err
	}
	list := map[uuid.UUID][]achievement{}
	for _, a := range rows {
		list[a.AgentID] = append(list[a.AgentID], a)
	}
	return list, nil
}

// lockAll locks those of a list, each once and in the order of their ids, in which they come back.
func lockAll(tx *postgres.Tx, agents []uuid.UUID) ([]uuid.UUID, error) {
	slices.SortFunc(agents, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	agents = slices.Compact(agents)
	return agents, lockHolders(tx, agents)
}

// lockHolders locks the agents' credentials and tags.
func lockHolders(tx *postgres.Tx, agents []uuid.UUID) error {
	if len(agents) == 0 {
		return nil
	}
	if err := tx.Exec(`insert into certification.holder (agent_id, version) select a, 0 from unnest(?::uuid[]) a order by a on conflict do nothing`, postgres.ArrayOf(agents)).Error; err != nil {
		return err
	}
	return tx.Exec(`select from certification.holder where agent_id = any (?::uuid[]) order by agent_id for update`, postgres.ArrayOf(agents)).Error
}

// insertRechecks notes the agents to whom a template's newest version may owe a credential.
func insertRechecks(tx *postgres.Tx, template uuid.UUID) error {
	return tx.Exec(`insert into certification.recheck (agent_id) select a.agent_id from (`+candidates+`) a on conflict do nothing`, template, template).Error
}

// candidates are the agents who achieved anything that a template's newest version asks for, or had a credential of it.
const candidates = `select a.agent_id from (select v.* from certification.template_version v where v.template_id = ? order by v.version desc limit 1) v
		cross join lateral jsonb_to_recordset(v.requirements || v.renewal_requirements) r (kind text, ref text)
		join certification.achievement a on a.kind = r.kind and a.ref = r.ref
	union select c.agent_id from certification.credential c where c.template_id = ?`

// evidence is a text of what was achieved, as long as a credential holds it.
func evidence(achieved []string) string {
	const most = 2000
	text := strings.Join(achieved, "; ")
	if len(text) > most {
		text = text[:most-len("...")] + "..."
	}
	return text
}
