package certification

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/audit"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// Tag is one skill of the taxonomy: dimension/value.
type Tag struct {
	Name      string `json:"tag" example:"function/presale"`
	Dimension string `json:"dimension" enum:"channel,function,industry,language,system"`
	Value     string `json:"value"`
	ZH        string `json:"zh"`
	EN        string `json:"en"`
}

// HeldTag is a tag that an agent holds at a level, why, and until when.
type HeldTag struct {
	Tag       string    `json:"tag" example:"function/presale"`
	Level     int       `json:"level" minimum:"1" maximum:"5"`
	ExpiresAt time.Time `json:"expires_at"`
	Evidence  string    `json:"evidence" minLength:"1" maxLength:"500" doc:"what shows it: an exam, a reference"`
}

// HeldTags is all that an agent holds.
type HeldTags struct {
	AgentID uuid.UUID `json:"agent_id"`
	Version int64     `json:"version"`
	Tags    []HeldTag `json:"tags" nullable:"false"`
}

// Taxonomy lists the tags in force.
func (s *Service) Taxonomy(ctx context.Context) (tags []Tag, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		return tx.Raw(`select name, dimension, value, zh, en from certification.tag where not retired order by dimension, value`).Scan(&tags).Error
	})
	return tags, err
}

// Unknown returns those of names that the taxonomy does not have.
func (s *Service) Unknown(tx *postgres.Tx, names []string) (unknown []string, err error) {
	err = tx.Raw(`select n from unnest(?::text[]) n where not exists (select from certification.tag t where t.name = n and not t.retired)`,
		postgres.ArrayOf(names)).Scan(&unknown).Error
	return unknown, err
}

// SetTags replaces all that an agent holds. It is audited, and told to others whole.
func (s *Service) SetTags(ctx context.Context, agentID uuid.UUID, tags []HeldTag) (held *HeldTags, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		known, err := s.Agents.IsAgent(tx, agentID)
		if err != nil {
			return err
		}
		if !known {
			return fault.ErrNotFound
		}
		if err := s.check(tx, tags); err != nil {
			return err
		}
		held, err = replaceTags(tx, agentID, tags)
		if err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{
			Action: "tags.set", Subject: agentID.String(),
			Reason: fmt.Sprintf("version %d, %d tags", held.Version, len(tags)),
		})
	})
	return held, err
}

func (s *Service) check(tx *postgres.Tx, tags []HeldTag) error {
	var wrong fault.Collect
	names := make([]string, len(tags))
	for i, t := range tags {
		if slices.Contains(names[:i], t.Tag) {
			wrong.Add(fmt.Sprintf("/%d/tag", i), "not_unique", "这个技能标签写了两次。", "This skill tag is named twice.")
		}
		names[i] = t.Tag
		if !t.ExpiresAt.After(tx.Now) {
			wrong.Add(fmt.Sprintf("/%d/expires_at", i), "in_the_past", "到期时间已经过去。", "The expiry lies in the past.")
		}
		if strings.TrimSpace(t.Evidence) == "" {
			wrong.Add(fmt.Sprintf("/%d/evidence", i), "required", "请写明依据。", "Say what shows it.")
		}
	}
	unknown, err := s.Unknown(tx, names)
	if err != nil {
		return err
	}
	for i, name := range names {
		if slices.Contains(unknown, name) {
			wrong.Add(fmt.Sprintf("/%d/tag", i), "unknown_tag", "没有技能标签「"+name+"」，可选项见 GET /tags。", "There is no skill tag "+name+"; GET /tags lists them.")
		}
	}
	return wrong.Err()
}

// replaceTags writes what the agent holds and the history, and tells the fact, in the order of versions.
func replaceTags(tx *postgres.Tx, agentID uuid.UUID, tags []HeldTag) (*HeldTags, error) {
	held := &HeldTags{AgentID: agentID, Tags: tags}
	if err := tx.Raw(`insert into certification.holder (agent_id, version) values (?, 1)
		on conflict (agent_id) do update set version = certification.holder.version + 1 returning version`, agentID).Scan(&held.Version).Error; err != nil {
		return nil, err
	}
	names := []string{}
	for _, t := range tags {
		names = append(names, t.Tag)
	}
	const history = `insert into certification.tag_grant (id, agent_id, version, tag, level, expires_at, evidence, granted_by, granted_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`
	var withdrawn []string
	if err := tx.Raw(`delete from certification.held_tag where agent_id = ? and not tag = any (?::text[]) returning tag`, agentID, postgres.ArrayOf(names)).Scan(&withdrawn).Error; err != nil {
		return nil, err
	}
	for _, name := range withdrawn {
		if err := tx.Exec(history, newID(), agentID, held.Version, name, 0, nil, "withdrawn", tx.Actor.AccountID, tx.Now).Error; err != nil {
			return nil, err
		}
	}
	f := fact.TagsChanged{AgentID: agentID.String(), Version: held.Version, Tags: []fact.HeldTag{}}
	for _, t := range tags {
		if err := tx.Exec(`insert into certification.held_tag (agent_id, tag, level, expires_at, evidence, granted_by, granted_at) values (?, ?, ?, ?, ?, ?, ?)
			on conflict (agent_id, tag) do update set level = excluded.level, expires_at = excluded.expires_at, evidence = excluded.evidence,
				granted_by = excluded.granted_by, granted_at = excluded.granted_at`,
			agentID, t.Tag, t.Level, t.ExpiresAt, t.Evidence, tx.Actor.AccountID, tx.Now).Error; err != nil {
			return nil, err
		}
		if err := tx.Exec(history, newID(), agentID, held.Version, t.Tag, t.Level, t.ExpiresAt, t.Evidence, tx.Actor.AccountID, tx.Now).Error; err != nil {
			return nil, err
		}
		f.Tags = append(f.Tags, fact.HeldTag{Tag: t.Tag, Level: t.Level, ExpiresAt: t.ExpiresAt})
	}
	return held, outbox.Append(tx, f)
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
