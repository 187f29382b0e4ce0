package certification

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/audit"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/web"
)

// Tag is one skill of the taxonomy: dimension/value.
type Tag struct {
	Name      string `json:"tag" example:"function/presale"`
	Dimension string `json:"dimension" enum:"channel,function,industry,language,system"`
	Value     string `json:"value"`
	ZH        string `json:"zh"`
	EN        string `json:"en"`
}

// LevelMeaning is what somebody at a level of a tag can do.
type LevelMeaning struct {
	ZH string `json:"zh" minLength:"1" maxLength:"200"`
	EN string `json:"en" minLength:"1" maxLength:"200"`
}

// TagTerms are what a version of a tag says.
type TagTerms struct {
	ZH     string         `json:"zh" minLength:"1" maxLength:"60"`
	EN     string         `json:"en" minLength:"1" maxLength:"60"`
	Levels []LevelMeaning `json:"levels" minItems:"5" maxItems:"5" nullable:"false" doc:"what each level means, the first first"`
}

// ManagedTag is a tag as those see it who tend the taxonomy: retired ones too, and who stands on it.
type ManagedTag struct {
	Tag
	Levels    []LevelMeaning `json:"levels" nullable:"false"`
	Retired   bool           `json:"retired"`
	Version   int            `json:"version" doc:"of the taxonomy, when this tag last changed"`
	ChangedAt time.Time      `json:"changed_at"`
	Holders   int            `json:"holders" doc:"agents who hold it in force"`
	Templates []string       `json:"templates" nullable:"false" doc:"codes of the credentials whose newest version grants it"`
}

// ETag is the tag's version.
func (t ManagedTag) ETag() string { return web.ETag(int64(t.Version)) }

// ManagedTaxonomy is all tags there ever were, and the taxonomy's version.
type ManagedTaxonomy struct {
	Version int          `json:"version"`
	Tags    []ManagedTag `json:"tags" nullable:"false"`
}

// TagChange is one version of one tag, with what the one before said.
type TagChange struct {
	Version   int        `json:"version" doc:"the taxonomy's"`
	Tag       string     `json:"tag"`
	ZH        string     `json:"zh"`
	EN        string     `json:"en"`
	Retired   bool       `json:"retired"`
	Kind      string     `json:"kind" enum:"added,renamed,explained,retired,restored" doc:"explained: what its levels mean was changed"`
	Was       string     `json:"was,omitempty" doc:"its names before, where they changed"`
	Reason    string     `json:"reason"`
	ChangedBy *uuid.UUID `json:"changed_by,omitempty" doc:"absent: it came with the program"`
	ChangedAt time.Time  `json:"changed_at"`
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

// ManagedTags is the whole taxonomy for officials.
func (s *Service) ManagedTags(ctx context.Context) (t *ManagedTaxonomy, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		t = &ManagedTaxonomy{Tags: []ManagedTag{}}
		if err := tx.Raw(`select version from certification.taxonomy`).Scan(&t.Version).Error; err != nil {
			return err
		}
		t.Tags, err = managedTags(tx, "")
		return err
	})
	return t, err
}

// TagChanges are the versions of a tag, or of all where it is empty, the newest first.
func (s *Service) TagChanges(ctx context.Context, name string, before, limit int) (list []TagChange, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		return tx.Raw(`with told as (
			select v.*, lag(v.zh) over w as was_zh, lag(v.en) over w as was_en, lag(v.retired) over w as was_retired
			from certification.tag_version v where ? = '' or v.tag = ? window w as (partition by v.tag order by v.version))
			select version, tag, zh, en, retired, reason, changed_by, changed_at,
				case when was_zh is null then 'added' when retired and not was_retired then 'retired' when was_retired and not retired then 'restored'
					when (zh, en) <> (was_zh, was_en) then 'renamed' else 'explained' end as kind,
				case when (zh, en) <> (was_zh, was_en) then was_zh || ' · ' || was_en else '' end as was
			from told where version > 1 and (? = 0 or version < ?) or version = 1 and ? <> '' and (? = 0 or version < ?) order by version desc limit ?`,
			name, name, before, before, name, before, before, limit).Scan(&list).Error
	})
	return list, err
}

// AddTag adds a tag to a dimension. It returns ErrTagExists.
func (s *Service) AddTag(ctx context.Context, dimension, value string, terms TagTerms, reason string) (made *ManagedTag, err error) {
	if err := terms.check(); err != nil {
		return nil, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		name := dimension + "/" + value
		version, err := nextTaxonomy(tx)
		if err != nil {
			return err
		}
		levels, err := json.Marshal(terms.Levels)
		if err != nil {
			return fmt.Errorf("encode levels: %w", err)
		}
		if err := tx.Exec(`insert into certification.tag (name, dimension, value, zh, en, levels, version) values (?, ?, ?, ?, ?, ?::jsonb, ?)`,
			name, dimension, value, terms.ZH, terms.EN, string(levels), version).Error; err != nil {
			return refusal(err)
		}
		made, err = toldTag(tx, name, version, "tag.added", reason)
		return err
	})
	return made, err
}

// ChangeTag makes the next version of a tag: its names, what its levels mean, and whether it is retired. A retired tag is
// not asked for or granted anew; who holds it keeps it until it expires, and bookings that ask for it stay as they are.
// It returns ErrTagRaced, ErrTagGranted or fault.ErrNotFound.
func (s *Service) ChangeTag(ctx context.Context, name string, was int64, terms TagTerms, retired bool, reason string) (made *ManagedTag, err error) {
	if err := terms.check(); err != nil {
		return nil, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		version, err := nextTaxonomy(tx) // which others wait for
		if err != nil {
			return err
		}
		found, err := managedTags(tx, name)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fault.ErrNotFound
		}
		if int64(found[0].Version) != was {
			return ErrTagRaced
		}
		if retired && !found[0].Retired && len(found[0].Templates) > 0 {
			return ErrTagGranted
		}
		levels, err := json.Marshal(terms.Levels)
		if err != nil {
			return fmt.Errorf("encode levels: %w", err)
		}
		if err := tx.Exec(`update certification.tag set zh = ?, en = ?, levels = ?::jsonb, retired = ?, version = ? where name = ?`,
			terms.ZH, terms.EN, string(levels), retired, version, name).Error; err != nil {
			return refusal(err)
		}
		action := "tag.changed"
		switch {
		case retired && !found[0].Retired:
			action = "tag.retired"
		case !retired && found[0].Retired:
			action = "tag.restored"
		}
		made, err = toldTag(tx, name, version, action, reason)
		return err
	})
	return made, err
}

// nextTaxonomy locks the taxonomy and counts the change.
func nextTaxonomy(tx *postgres.Tx) (version int, err error) {
	err = tx.Raw(`update certification.taxonomy set version = version + 1 returning version`).Scan(&version).Error
	return version, err
}

// toldTag keeps the version for ever, audits it and tells others.
func toldTag(tx *postgres.Tx, name string, version int, action, reason string) (*ManagedTag, error) {
	if err := tx.Exec(`insert into certification.tag_version (version, tag, zh, en, levels, retired, reason, changed_by, changed_at)
		select version, name, zh, en, levels, retired, ?, ?, ? from certification.tag where name = ?`, reason, tx.Actor.AccountID, tx.Now, name).Error; err != nil {
		return nil, refusal(err)
	}
	found, err := managedTags(tx, name)
	if err != nil {
		return nil, err
	}
	t := &found[0]
	if err := outbox.Append(tx, fact.TagVersioned{TagID: tagID(name), Tag: name, Version: version, ZH: t.ZH, EN: t.EN, Retired: t.Retired}); err != nil {
		return nil, err
	}
	return t, audit.Record(tx, audit.Entry{Action: action, Subject: name, Reason: reason, Detail: map[string]any{"version": version, "holders": t.Holders}})
}

func managedTags(tx *postgres.Tx, name string) (list []ManagedTag, err error) {
	var rows []struct {
		Name, Dimension, Value string
		ZH                     string `gorm:"column:zh"`
		EN                     string `gorm:"column:en"`
		Levels, Templates      []byte
		Retired                bool
		Version, Holders       int
		ChangedAt              time.Time
	}
	if err := tx.Raw(`with holding as (select tag, count(*) as holders from certification.held_tag where expires_at > ? and (? = '' or tag = ?) group by tag),
			newest as (select distinct on (template_id) template_id, grants from certification.template_version order by template_id, version desc),
			granting as (select g.tag, jsonb_agg(t.code order by t.code) as templates from newest n join certification.template t on t.id = n.template_id
				cross join lateral jsonb_to_recordset(n.grants) g (tag text) group by g.tag)
		select t.name, t.dimension, t.value, t.zh, t.en, t.levels, t.retired, t.version, coalesce(h.holders, 0) as holders, coalesce(g.templates, '[]') as templates,
			(select v.changed_at from certification.tag_version v where v.tag = t.name and v.version = t.version) as changed_at
		from certification.tag t left join holding h on h.tag = t.name left join granting g on g.tag = t.name
		where ? = '' or t.name = ? order by t.dimension, t.value`, tx.Now, name, name, name, name).Scan(&rows).Error; err != nil {
		return nil, err
	}
	list = make([]ManagedTag, len(rows))
	for i, r := range rows {
		list[i] = ManagedTag{
			Tag:     Tag{Name: r.Name, Dimension: r.Dimension, Value: r.Value, ZH: r.ZH, EN: r.EN},
			Retired: r.Retired, Version: r.Version, ChangedAt: r.ChangedAt, Holders: r.Holders,
		}
		if err := json.Unmarshal(r.Levels, &list[i].Levels); err != nil {
			return nil, fmt.Errorf("decode levels of %s: %w", r.Name, err)
		}
		if err := json.Unmarshal(r.Templates, &list[i].Templates); err != nil {
			return nil, fmt.Errorf("decode templates of %s: %w", r.Name, err)
		}
	}
	return list, nil
}

// check trims what was typed and refuses what is blank.
func (t *TagTerms) check() error {
	var wrong fault.Collect
	blank := func(at string, text *string) {
		if *text = strings.TrimSpace(*text); *text == "" {
			wrong.Add(at, "required", "请填写。", "Say it in words.")
		}
	}
	blank("/zh", &t.ZH)
	blank("/en", &t.EN)
	for i := range t.Levels {
		blank(fmt.Sprintf("/levels/%d/zh", i), &t.Levels[i].ZH)
		blank(fmt.Sprintf("/levels/%d/en", i), &t.Levels[i].EN)
	}
	return wrong.Err()
}

// tagID is what a tag is called where ids are asked for: the same wherever its name is the same.
func tagID(name string) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte("peakseat:tag:"+name)).String()
}
