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

// SetTags replaces all that an agent holds. It is audited, and told to others whole.
func (s *Service) SetTags(ctx context.Context, agentID uuid.UUID, tags []HeldTag) (held *HeldTags, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if err := s.checkAgent(tx, agentID); err != nil {
			return err
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

// replaceTags writes what operators grant the agent, to the history, and settles. What credentials grant stays.
func replaceTags(tx *postgres.Tx, agentID uuid.UUID, tags []HeldTag) (*HeldTags, error) {
	version, err := nextVersion(tx, agentID)
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, t := range tags {
		names = append(names, t.Tag)
	}
	var withdrawn []string
	if err := tx.Raw(`select tag from (`+directTags+`) d where level > 0 and not tag = any (?::text[])`, agentID, postgres.ArrayOf(names)).Scan(&withdrawn).Error; err != nil {
		return nil, err
	}
	for _, name := range withdrawn {
		if err := insertGrant(tx, agentID, version, source{Tag: name, Evidence: "withdrawn", GrantedBy: tx.Actor.AccountID}); err != nil {
			return nil, err
		}
	}
	for _, t := range tags {
		if err := insertGrant(tx, agentID, version, source{Tag: t.Tag, Level: t.Level, ExpiresAt: &t.ExpiresAt, Evidence: t.Evidence, GrantedBy: tx.Actor.AccountID}); err != nil {
			return nil, err
		}
	}
	return settleTags(tx, agentID, version)
}

// source is a grant: an operator's own, or a credential's. Level 0 withdraws.
type source struct {
	Tag          string
	Level        int
	ExpiresAt    *time.Time
	Evidence     string
	GrantedBy    uuid.UUID
	CredentialID *uuid.UUID
}

// directTags are an agent's newest grants by operators, withdrawals among them.
const directTags = `select distinct on (tag) tag, level, expires_at, evidence, granted_by, null::uuid as credential_id
	from certification.tag_grant where agent_id = ? and credential_id is null order by tag, version desc, id desc`

// earnedTags are what an agent's credentials in force grant, with what the agent's tier adds.
const earnedTags = `select g.tag, least(g.level + h.level_bonus, 5) as level, c.valid_until as expires_at,
		'credential ' || c.id || case when h.level_bonus > 0 then ', +' || h.level_bonus || ' as ' || h.tier else '' end as evidence, c.issued_by as granted_by, c.id as credential_id
	from certification.credential c join certification.template_version v on v.template_id = c.template_id and v.version = c.template_version
		join certification.holder h on h.agent_id = c.agent_id
		cross join lateral jsonb_to_recordset(v.grants) g (tag text, level int)
	where c.agent_id = ? and c.valid_from <= ? and c.valid_until > ? and not exists (select from certification.revocation r where r.credential_id = c.id)
		and not exists (select from certification.suspension p where p.credential_id = c.id and not exists (select from certification.suspension_end e where e.suspension_id = p.id))`

// settleTags makes what the agent holds the best of all sources, tag by tag: what is in force before what has expired,
// then the higher level, then the later end. It writes the history and tells the fact.
func settleTags(tx *postgres.Tx, agentID uuid.UUID, version int64) (*HeldTags, error) {
	var best []source
	if err := tx.Raw(`select distinct on (tag) * from (select * from (`+directTags+`) d where level > 0 union all `+earnedTags+`) s
		order by tag, (expires_at > ?) desc, level desc, expires_at desc, credential_id nulls first`, agentID, agentID, tx.Now, tx.Now, tx.Now).Scan(&best).Error; err != nil {
		return nil, err
	}
	names := []string{}
	for _, t := range best {
		names = append(names, t.Tag)
	}
	var withdrawn []source
	if err := tx.Raw(`delete from certification.held_tag where agent_id = ? and not tag = any (?::text[]) returning tag, credential_id`, agentID, postgres.ArrayOf(names)).Scan(&withdrawn).Error; err != nil {
		return nil, err
	}
	for _, w := range withdrawn {
		if w.CredentialID == nil {
			continue // whoever withdrew it wrote that
		}
		if err := insertGrant(tx, agentID, version, source{Tag: w.Tag, Evidence: "credential " + w.CredentialID.String() + " is out of force", GrantedBy: tx.Actor.AccountID, CredentialID: w.CredentialID}); err != nil {
			return nil, err
		}
	}
	held := &HeldTags{AgentID: agentID, Version: version, Tags: []HeldTag{}}
	f := fact.TagsChanged{AgentID: agentID.String(), Version: version, Tags: []fact.HeldTag{}}
	for _, t := range best {
		if err := updateHeld(tx, agentID, version, t); err != nil {
			return nil, err
		}
		held.Tags = append(held.Tags, HeldTag{Tag: t.Tag, Level: t.Level, ExpiresAt: *t.ExpiresAt, Evidence: t.Evidence})
		f.Tags = append(f.Tags, fact.HeldTag{Tag: t.Tag, Level: t.Level, ExpiresAt: *t.ExpiresAt})
	}
	return held, outbox.Append(tx, f)
}

// updateHeld writes one tag, and the history where its newest row says something else.
func updateHeld(tx *postgres.Tx, agentID uuid.UUID, version int64, t source) error {
	var last source
	if err := tx.Raw(`select tag, level, expires_at, credential_id from certification.tag_grant where agent_id = ? and tag = ? order by version desc, id desc limit 1`, agentID, t.Tag).Scan(&last).Error; err != nil {
		return err
	}
	if last.Level != t.Level || last.ExpiresAt == nil || !last.ExpiresAt.Equal(*t.ExpiresAt) {
		g := t
		if g.CredentialID == nil { // a grant that stood behind a credential's: it is not granted anew
			g.CredentialID = last.CredentialID
		}
		if err := insertGrant(tx, agentID, version, g); err != nil {
			return err
		}
	}
	return tx.Exec(`insert into certification.held_tag (agent_id, tag, level, expires_at, evidence, granted_by, granted_at, credential_id) values (?, ?, ?, ?, ?, ?, ?, ?)
		on conflict (agent_id, tag) do update set level = excluded.level, expires_at = excluded.expires_at, evidence = excluded.evidence,
			granted_by = excluded.granted_by, granted_at = excluded.granted_at, credential_id = excluded.credential_id`,
		agentID, t.Tag, t.Level, t.ExpiresAt, t.Evidence, t.GrantedBy, tx.Now, t.CredentialID).Error
}

// nextVersion locks the agent's tags and counts the change.
func nextVersion(tx *postgres.Tx, agentID uuid.UUID) (version int64, err error) {
	err = tx.Raw(`insert into certification.holder (agent_id, version) values (?, 1)
		on conflict (agent_id) do update set version = certification.holder.version + 1 returning version`, agentID).Scan(&version).Error
	return version, err
}

func insertGrant(tx *postgres.Tx, agentID uuid.UUID, version int64, g source) error {
	return tx.Exec(`insert into certification.tag_grant (id, agent_id, version, tag, level, expires_at, evidence, granted_by, granted_at, credential_id) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		newID(), agentID, version, g.Tag, g.Level, g.ExpiresAt, g.Evidence, g.GrantedBy, tx.Now, g.CredentialID).Error
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
