package academy

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// The forms are others' work. The O*NET Interest Profiler Short Form is USDOL/ETA's, whose Tools Developer License asks for the
// words in its Source, and for a study before a translation is offered (ADR 49); it is there to explore careers and not to select
// people, so that nothing here decides who gets work. The International Personality Item Pool is in the public domain.
//
//go:embed assessment/*.json
var assessmentFiles embed.FS

// AssessmentForm is a published questionnaire with its published key.
type AssessmentForm struct {
	Code    string             `json:"code"`
	Name    Bilingual          `json:"name"`
	About   Bilingual          `json:"about"`
	Source  string             `json:"source" doc:"who published it, and where"`
	Scoring string             `json:"scoring" doc:"the published key in words"`
	Options []AssessmentOption `json:"options" nullable:"false"`
	Top     int                `json:"top" doc:"how many of the strongest scales suggest tags; 0: those in the upper third"`
	Items   []AssessmentItem   `json:"items" nullable:"false"`
	Scales  []AssessmentScale  `json:"scales" nullable:"false"`

	Unvalidated bool `json:"unvalidated,omitempty" doc:"its licence asks for a study before a translation is offered, and there was none"`
}

// original is the form with its items and answers as they were published. Scores are the same: they go by position.
func (f AssessmentForm) original() AssessmentForm {
	f.Items, f.Options = slices.Clone(f.Items), slices.Clone(f.Options)
	for i := range f.Items {
		f.Items[i].ZH = f.Items[i].EN
	}
	for i := range f.Options {
		f.Options[i].ZH = f.Options[i].EN
	}
	f.About.ZH = "凭喜好作答，不考虑学历和收入。没有对错。题目和答案保留英文原文：按它的许可，译文做过信效度研究才能提供。"
	return f
}

// Bilingual is one text in each language.
type Bilingual struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// AssessmentOption is an answer that every item offers.
type AssessmentOption struct {
	Bilingual
	Points int `json:"points"`
}

// AssessmentItem is one statement or activity.
type AssessmentItem struct {
	Bilingual
	Scale    string `json:"scale"`
	Reversed bool   `json:"reversed,omitempty"`
}

// AssessmentScale is one thing that a form measures.
type AssessmentScale struct {
	Code    string    `json:"code"`
	Name    Bilingual `json:"name"`
	About   Bilingual `json:"about"`
	Tags    []string  `json:"tags" nullable:"false" doc:"that a high score suggests to train for"`
	Suggest Bilingual `json:"suggest"`
}

// AssessmentForms are the forms there are, by their codes.
func AssessmentForms() (list []AssessmentForm, err error) {
	names, err := fs.Glob(assessmentFiles, "assessment/*.json")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		raw, err := assessmentFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var f AssessmentForm
		if err := json.Unmarshal(raw, &f); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		list = append(list, f)
	}
	return list, nil
}

// Forms are those that are offered, by their codes.
func (s *Service) Forms() ([]AssessmentForm, error) {
	list, err := AssessmentForms()
	for i, f := range list {
		if f.Unvalidated && !s.Drafts {
			list[i] = f.original()
		}
	}
	return list, err
}

func assessmentForm(code string) (AssessmentForm, error) {
	forms, err := AssessmentForms()
	if err != nil {
		return AssessmentForm{}, err
	}
	i := slices.IndexFunc(forms, func(f AssessmentForm) bool { return f.Code == code })
	if i < 0 {
		return AssessmentForm{}, fault.ErrInvalid.At("/form", "unknown_form", "没有这份问卷。", "There is no such form.")
	}
	return forms[i], nil
}

// Assessment is what came of a form: nothing that decides who gets work, only a hint what to train for.
type Assessment struct {
	ID          uuid.UUID        `json:"id"`
	AgentID     uuid.UUID        `json:"agent_id"`
	Form        string           `json:"form"`
	CompletedAt time.Time        `json:"completed_at"`
	Scores      []ScaleScore     `json:"scores" nullable:"false" doc:"strongest first"`
	Suggestions []TagsToTrainFor `json:"suggestions" nullable:"false"`
	Note        Bilingual        `json:"note"`
}

// ScaleScore is a scale's, in plain words.
type ScaleScore struct {
	Scale string    `json:"scale"`
	Name  Bilingual `json:"name"`
	About Bilingual `json:"about"`
	Score int       `json:"score"`
	Least int       `json:"least"`
	Most  int       `json:"most"`
	Band  string    `json:"band" enum:"low,middle,high" doc:"the third of the possible range; nobody is compared with others"`
}

// TagsToTrainFor are a suggestion, and why.
type TagsToTrainFor struct {
	Tags []string  `json:"tags" nullable:"false"`
	Why  Bilingual `json:"why"`
}

// Score computes a form's scales from the options chosen, by its published key. answers has an option of each item.
func (f AssessmentForm) Score(answers []int) ([]ScaleScore, []TagsToTrainFor) {
	least, most := f.Options[0].Points, f.Options[len(f.Options)-1].Points
	scores := make([]ScaleScore, len(f.Scales))
	for i, scale := range f.Scales {
		one := ScaleScore{Scale: scale.Code, Name: scale.Name, About: scale.About}
		for k, item := range f.Items {
			if item.Scale != scale.Code {
				continue
			}
			points := f.Options[answers[k]].Points
			if item.Reversed {
				points = least + most - points
			}
			one.Score, one.Least, one.Most = one.Score+points, one.Least+least, one.Most+most
		}
		switch above, third := 3*(one.Score-one.Least), one.Most-one.Least; {
		case above < third:
			one.Band = "low"
		case above <= 2*third:
			one.Band = "middle"
		default:
			one.Band = "high"
		}
		scores[i] = one
	}
	if f.Top > 0 { // interests are about which are strongest; traits keep their order
		slices.SortStableFunc(scores, func(a, b ScaleScore) int { return b.Score - a.Score })
	}
	suggestions := []TagsToTrainFor{}
	for i, one := range scores {
		scale := f.Scales[slices.IndexFunc(f.Scales, func(s AssessmentScale) bool { return s.Code == one.Scale })]
		if len(scale.Tags) > 0 && one.Band != "low" && (i < f.Top || f.Top == 0 && one.Band == "high") {
			suggestions = append(suggestions, TagsToTrainFor{Tags: scale.Tags, Why: scale.Suggest})
		}
	}
	return scores, suggestions
}

// AnswerAssessment keeps the acting agent's answers to a form.
func (s *Service) AnswerAssessment(ctx context.Context, code string, answers []int) (made *Assessment, err error) {
	f, err := assessmentForm(code)
	if err != nil {
		return nil, err
	}
	var wrong fault.Collect
	if len(answers) != len(f.Items) {
		wrong.Add("/answers", "other_count", fmt.Sprintf("请作答全部 %d 题。", len(f.Items)), fmt.Sprintf("Answer all %d items.", len(f.Items)))
	}
	for i, a := range answers {
		if a < 0 || a >= len(f.Options) {
			wrong.Add(fmt.Sprintf("/answers/%d", i), "unknown_option", "没有这个选项。", "There is no such option.")
		}
	}
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		made = f.result(newID(), tx.Actor.AccountID, tx.Now, answers)
		keys, err := s.Keys.DataKeys(tx, []uuid.UUID{made.AgentID})
		if err != nil {
			return err
		}
		key, there := keys[made.AgentID]
		if !there {
			return fault.ErrNotFound // erased a moment ago
		}
		return tx.Exec(`insert into academy.assessment (id, agent_id, form, sealed, completed_at) values (?, ?, ?, ?, ?)`,
			made.ID, made.AgentID, code, sealAnswers(key, made.ID, answers), tx.Now).Error
	})
	return made, err
}

func (f AssessmentForm) result(id, agent uuid.UUID, at time.Time, answers []int) *Assessment {
	scores, suggestions := f.Score(answers)
	return &Assessment{
		ID: id, AgentID: agent, Form: f.Code, CompletedAt: at, Scores: scores, Suggestions: suggestions,
		Note: Bilingual{
			ZH: "结果只有你和培训师能看到，只用来建议学什么，不影响派单、评级和收入。你可以随时删除它。",
			EN: "Only you and trainers see this. It suggests what to train for and changes neither offers, tier nor pay. You may delete it at any time.",
		},
	}
}

// Assessments lists the acting agent's results, newest first; trainers read one agent's or all.
func (s *Service) Assessments(ctx context.Context, agent, before uuid.UUID, limit int) (list []Assessment, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		var (
			rows []struct {
				ID, AgentID uuid.UUID
				Form        string
				Sealed      []byte
				CompletedAt time.Time
			}
			people []uuid.UUID
		)
		if err := tx.Raw(`select id, agent_id, form, sealed, completed_at from academy.assessment
			where sealed is not null and (@agent = @nobody or agent_id = @agent) and (@before = @nobody or id < @before) order by id desc limit @limit`,
			map[string]any{"agent": agent, "before": before, "nobody": uuid.Nil, "limit": limit}).Scan(&rows).Error; err != nil {
			return err
		}
		for _, r := range rows {
			people = append(people, r.AgentID)
		}
		keys, err := s.Keys.DataKeys(tx, people)
		if err != nil {
			return err
		}
		list = nil
		for _, r := range rows {
			key, there := keys[r.AgentID]
			if !there { // erased a moment ago
				continue
			}
			f, err := assessmentForm(r.Form)
			if err != nil {
				return fmt.Errorf("assessment %s: %w", r.ID, err)
			}
			answers, err := unsealAnswers(key, r.ID, r.Sealed, len(f.Items), len(f.Options))
			if err != nil {
				return fmt.Errorf("assessment %s: %w", r.ID, err)
			}
			list = append(list, *f.result(r.ID, r.AgentID, r.CompletedAt, answers))
		}
		return nil
	})
	return list, err
}

// DeleteAssessment forgets one of the acting agent's.
func (s *Service) DeleteAssessment(ctx context.Context, id uuid.UUID) error {
	return postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		done := tx.Exec(`delete from academy.assessment where id = ? and agent_id = ?`, id, tx.Actor.AccountID)
		if done.Error == nil && done.RowsAffected == 0 {
			return fault.ErrNotFound
		}
		return done.Error
	})
}

// erasureConsumer forgets the assessments of people who were erased.
func (s *Service) erasureConsumer() outbox.Consumer {
	return outbox.Consumer{
		Name: "academy-erasure", Types: []string{fact.AccountErased{}.Type()},
		Handle: func(tx *postgres.Tx, e outbox.Envelope) error {
			f, err := outbox.Decode[fact.AccountErased](e)
			if err != nil {
				return err
			}
			return tx.Exec(`delete from academy.assessment where agent_id = ?`, f.AccountID).Error
		},
	}
}
