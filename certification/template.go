package certification

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/audit"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// Template is the newest or a named version of what a kind of credential takes and grants. Versions never change:
// a credential keeps the one that it was issued under.
type Template struct {
	ID        uuid.UUID `json:"id"`
	Code      string    `json:"code"`
	Version   int       `json:"version"`
	CreatedAt time.Time `json:"created_at"`
	TemplateTerms
}

// TemplateTerms are what a version says.
type TemplateTerms struct {
	NameZH              string         `json:"name_zh" minLength:"1" maxLength:"100"`
	NameEN              string         `json:"name_en" minLength:"1" maxLength:"100"`
	AboutZH             string         `json:"about_zh" minLength:"1" maxLength:"2000" doc:"what the holder can do, and how it is earned"`
	AboutEN             string         `json:"about_en" minLength:"1" maxLength:"2000"`
	Requirements        []Prerequisite `json:"requirements" maxItems:"50" nullable:"false"`
	RenewalRequirements []Prerequisite `json:"renewal_requirements" maxItems:"50" nullable:"false" doc:"the shorter path before expiry"`
	Grants              []TagGrant     `json:"grants" minItems:"1" maxItems:"50" nullable:"false"`
	ValidDays           int            `json:"valid_days" minimum:"1" maximum:"3650"`
}

// Prerequisite is one thing to have done: passed, and with at least the score. The academy tells what was done by facts;
// an official who issues by hand vouches for it with the evidence, but for earlier credentials, which are checked then too.
type Prerequisite struct {
	Kind  string  `json:"kind" enum:"course,paper,simulation,trial_shift,credential,identity"`
	Ref   string  `json:"ref" minLength:"1" maxLength:"100" doc:"which: the code of the course, paper, scenario, card or template; of identity, verified"`
	Score float64 `json:"score,omitempty" minimum:"0" maximum:"100" doc:"at least, in percent"`
	Count int     `json:"count,omitempty" minimum:"0" maximum:"100" doc:"how often; absent: once"`
}

// TagGrant is a tag at a level.
type TagGrant struct {
	Tag   string `json:"tag" example:"function/presale"`
	Level int    `json:"level" minimum:"1" maximum:"5"`
}

// AddTemplate makes a template with its first version.
func (s *Service) AddTemplate(ctx context.Context, code string, terms TemplateTerms) (made *Template, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if err := s.checkTerms(tx, terms); err != nil {
			return err
		}
		made = &Template{ID: newID(), Code: code, Version: 1, CreatedAt: tx.Now, TemplateTerms: terms}
		if err := tx.Exec(`insert into certification.template (id, code, created_by, created_at) values (?, ?, ?, ?)`,
			made.ID, code, tx.Actor.AccountID, tx.Now).Error; err != nil {
			return refusal(err)
		}
		return insertVersion(tx, made)
	})
	return made, err
}

// AddTemplateVersion makes the next version; credentials of older ones stay as they are. It returns ErrTemplateRaced.
func (s *Service) AddTemplateVersion(ctx context.Context, id uuid.UUID, terms TemplateTerms) (made *Template, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if err := s.checkTerms(tx, terms); err != nil {
			return err
		}
		last, err := selectTemplate(tx, id, 0)
		if err != nil {
			return err
		}
		made = &Template{ID: id, Code: last.Code, Version: last.Version + 1, CreatedAt: tx.Now, TemplateTerms: terms}
		return insertVersion(tx, made)
	})
	return made, err
}

// Templates lists the newest version of each.
func (s *Service) Templates(ctx context.Context) (list []Template, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		list, err = newestTemplates(tx)
		return err
	})
	return list, err
}

func (s *Service) checkTerms(tx *postgres.Tx, terms TemplateTerms) error {
	var wrong fault.Collect
	names := make([]string, len(terms.Grants))
	for i, g := range terms.Grants {
		if slices.Contains(names[:i], g.Tag) {
			wrong.Add(fmt.Sprintf("/grants/%d/tag", i), "not_unique", "这个技能标签写了两次。", "This skill tag is named twice.")
		}
		names[i] = g.Tag
	}
	unknown, err := s.Unknown(tx, names)
	if err != nil {
		return err
	}
	for i, name := range names {
		if slices.Contains(unknown, name) {
			wrong.Add(fmt.Sprintf("/grants/%d/tag", i), "unknown_tag", "没有这个技能标签，可选项见 GET /tags。", "There is no such skill tag; GET /tags lists them.")
		}
	}
	ofTrial := func(p Prerequisite) bool { return p.Kind == "trial_shift" }
	if n := len(terms.Requirements); n > 0 && !slices.ContainsFunc(terms.Requirements, func(p Prerequisite) bool { return !ofTrial(p) }) {
		wrong.Add("/requirements", "trial_alone", "试岗之前还要有别的要求（课程、考试、模拟、证书或实名）：没有学过、也没有核验过的人不会直接面对商家的顾客。",
			"Something else must come before a trial (a course, exam, simulation, credential or identity): nobody who was neither taught nor verified meets a merchant's customers.")
	}
	return wrong.Err()
}

const templateColumns = `t.id, t.code, v.version, v.name_zh, v.name_en, v.about_zh, v.about_en, v.requirements, v.renewal_requirements, v.grants, v.valid_days, v.created_at
	from certification.template t join certification.template_version v on v.template_id = t.id`

type templateRow struct {
	ID                                        uuid.UUID
	Code                                      string
	Version                                   int
	NameZH                                    string `gorm:"column:name_zh"`
	NameEN                                    string `gorm:"column:name_en"`
	AboutZH                                   string `gorm:"column:about_zh"`
	AboutEN                                   string `gorm:"column:about_en"`
	Requirements, RenewalRequirements, Grants []byte
	ValidDays                                 int
	CreatedAt                                 time.Time
}

func selectTemplates(tx *postgres.Tx, query string, args ...any) ([]Template, error) {
	var rows []templateRow
	if err := tx.Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	list := make([]Template, len(rows))
	for i, r := range rows {
		t := Template{ID: r.ID, Code: r.Code, Version: r.Version, CreatedAt: r.CreatedAt, TemplateTerms: TemplateTerms{
			NameZH: r.NameZH, NameEN: r.NameEN, AboutZH: r.AboutZH, AboutEN: r.AboutEN, ValidDays: r.ValidDays,
		}}
		for _, part := range []struct {
			raw  []byte
			into any
		}{{r.Requirements, &t.Requirements}, {r.RenewalRequirements, &t.RenewalRequirements}, {r.Grants, &t.Grants}} {
			if err := json.Unmarshal(part.raw, part.into); err != nil {
				return nil, fmt.Errorf("read template %s: %w", r.ID, err)
			}
		}
		list[i] = t
	}
	return list, nil
}

// selectTemplate is a version of a template; 0 is the newest.
func selectTemplate(tx *postgres.Tx, id uuid.UUID, version int) (Template, error) {
	found, err := selectTemplates(tx, `select `+templateColumns+` where t.id = ? and ? in (0, v.version) order by v.version desc limit 1`, id, version)
	if err != nil {
		return Template{}, err
	}
	if len(found) == 0 {
		return Template{}, fault.ErrNotFound
	}
	return found[0], nil
}

func insertVersion(tx *postgres.Tx, t *Template) error {
	var parts [3][]byte
	for i, part := range []any{t.Requirements, t.RenewalRequirements, t.Grants} {
		raw, err := json.Marshal(part)
		if err != nil {
			return fmt.Errorf("encode template: %w", err)
		}
		parts[i] = raw
	}
	if err := tx.Exec(`insert into certification.template_version (template_id, version, name_zh, name_en, about_zh, about_en, requirements, renewal_requirements, grants, valid_days, created_by, created_at)
		values (?, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?::jsonb, ?, ?, ?)`,
		t.ID, t.Version, t.NameZH, t.NameEN, t.AboutZH, t.AboutEN, string(parts[0]), string(parts[1]), string(parts[2]), t.ValidDays, tx.Actor.AccountID, tx.Now).Error; err != nil {
		return refusal(err)
	}
	if err := outbox.Append(tx, fact.TemplateVersioned{TemplateID: t.ID.String(), Code: t.Code, Version: t.Version}); err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Action: "template.versioned", Subject: t.ID.String(), Reason: fmt.Sprintf("version %d", t.Version)})
}
