package academy

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"peakseat/academy/exchange"
	"peakseat/internal/audit"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
	"peakseat/internal/web"
)

// PaperVersion is a version of a paper. Published ones never change: attempts keep the one that they were sat under.
type PaperVersion struct {
	ID          uuid.UUID  `json:"id"`
	PaperID     uuid.UUID  `json:"paper_id"`
	Code        string     `json:"code"`
	Version     int        `json:"version"`
	Revision    int64      `json:"revision" doc:"of a draft"`
	State       string     `json:"state" enum:"draft,published"`
	CreatedAt   time.Time  `json:"created_at"`
	PublishedAt *time.Time `json:"published_at,omitempty"`
	ShopID      *uuid.UUID `json:"shop_id,omitempty" format:"uuid" doc:"of the quiz of a brand pack: whose"`
	PaperTerms
}

// PaperTerms are what a version says.
type PaperTerms struct {
	NameZH          string      `json:"name_zh" minLength:"1" maxLength:"100"`
	NameEN          string      `json:"name_en" minLength:"1" maxLength:"100"`
	Minutes         int         `json:"minutes" minimum:"1" maximum:"600" doc:"the time to sit it, before accommodations"`
	GraceSeconds    int         `json:"grace_seconds" minimum:"0" maximum:"600" doc:"how late an answer may still arrive"`
	PassScore       int         `json:"pass_score" minimum:"0" maximum:"10000" doc:"in hundredths of a percent of the points"`
	MaxAttempts     int         `json:"max_attempts" minimum:"1" maximum:"100"`
	CoolDownMinutes int         `json:"cool_down_minutes" minimum:"0" maximum:"525600" doc:"from the end of an attempt to the next"`
	MaxOverlap      int         `json:"max_overlap" minimum:"0" maximum:"100" doc:"percent of a form that the examinee's form before may have had too"`
	BankIDs         []uuid.UUID `json:"bank_ids" minItems:"1" maxItems:"50" nullable:"false"`
	Blueprint       []Cell      `json:"blueprint" minItems:"1" maxItems:"100" nullable:"false"`
}

// ETag is of the draft's revision.
func (v *PaperVersion) ETag() string { return web.ETag(v.Revision) }

// BlueprintCheck tells whether the banks have what a blueprint asks for.
type BlueprintCheck struct {
	Items       int         `json:"items"`
	Points      int         `json:"points"`
	Publishable bool        `json:"publishable"`
	Cells       []CellCheck `json:"cells" nullable:"false"`
	// Repeated and Repeatable are of a second form, made after a first.
	Repeated   int `json:"repeated" doc:"questions that a retake must have again, because its cell has no others"`
	Repeatable int `json:"repeatable" doc:"questions that it may have again"`
}

// CellCheck is how a cell of a blueprint stands.
type CellCheck struct {
	Cell
	Available int `json:"available"`
	Lacking   int `json:"lacking" doc:"questions to write before it can be published"`
}

// PreviewItem is an item of a form as a trainer sees it.
type PreviewItem struct {
	QuestionVersionID uuid.UUID         `json:"question_version_id"`
	Points            int               `json:"points"`
	Question          exchange.Question `json:"question" doc:"answers in the order in which they are shown"`
	Shown             []int             `json:"shown,omitempty" doc:"choice: the places of the answers in the bank; ordering and matching: the order in which items and right sides are shown"`
}

// AddPaper makes a paper with its first version, a draft.
func (s *Service) AddPaper(ctx context.Context, code string, terms PaperTerms) (made *PaperVersion, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if err := checkPaper(tx, terms); err != nil {
			return err
		}
		paper := newID()
		if err := tx.Exec(`insert into academy.paper (id, code, created_by, created_at) values (?, ?, ?, ?)`, paper, code, tx.Actor.AccountID, tx.Now).Error; err != nil {
			return refusal(err)
		}
		made, err = insertPaperVersion(tx, paper, 1, terms)
		return err
	})
	return made, err
}

// AddPaperVersion begins the next version as a draft. It returns ErrPaperDraft where there is one.
func (s *Service) AddPaperVersion(ctx context.Context, paper uuid.UUID, terms PaperTerms) (made *PaperVersion, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if err := checkPaper(tx, terms); err != nil {
			return err
		}
		versions, err := selectPaperVersions(tx, paper)
		if err != nil {
			return err
		}
		made, err = insertPaperVersion(tx, paper, versions[0].Version+1, terms)
		return err
	})
	return made, err
}

// ChangeDraft writes a draft anew; revision is the one that the editor read. It returns ErrPaperPublished.
func (s *Service) ChangeDraft(ctx context.Context, paper uuid.UUID, version int, revision int64, terms PaperTerms) (changed *PaperVersion, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if err := checkPaper(tx, terms); err != nil {
			return err
		}
		v, err := lockPaperVersion(tx, paper, version)
		switch {
		case err != nil:
			return err
		case v.State != "draft":
			return ErrPaperPublished
		case v.Revision != revision:
			return web.ErrChanged
		}
		v.PaperTerms, v.Revision = terms, v.Revision+1
		changed = &v
		return updateDraft(tx, v)
	})
	return changed, err
}

// CheckBlueprint tells which cells of a version lack how many questions. A published one lacks none.
func (s *Service) CheckBlueprint(ctx context.Context, paper uuid.UUID, version int) (check *BlueprintCheck, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		v, err := selectNumbered(tx, paper, version)
		if err != nil {
			return err
		}
		pool, err := poolOf(tx, v)
		if err != nil {
			return err
		}
		check = v.check(pool)
		return nil
	})
	return check, err
}

// PublishPaper freezes a draft with the questions that it draws from. It returns ErrBlueprint with every cell that lacks
// questions, and ErrPaperPublished.
func (s *Service) PublishPaper(ctx context.Context, paper uuid.UUID, version int) (published *PaperVersion, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		v, err := lockPaperVersion(tx, paper, version)
		if err != nil {
			return err
		}
		if v.State != "draft" {
			return ErrPaperPublished
		}
		pool, err := poolOf(tx, v)
		if err != nil {
			return err
		}
		if check := v.check(pool); !check.Publishable {
			return check.shortage(v.MaxAttempts)
		}
		if err := insertPool(tx, v.ID, pool); err != nil {
			return err
		}
		v.State, v.PublishedAt = "published", &tx.Now
		if err := tx.Exec(`update academy.paper_version set state = 'published', published_by = ?, published_at = ? where id = ?`, tx.Actor.AccountID, tx.Now, v.ID).Error; err != nil {
			return refusal(err)
		}
		published = &v
		return audit.Record(tx, audit.Entry{Action: "paper.published", Subject: v.ID.String(), Reason: fmt.Sprintf("%s version %d", v.Code, v.Version)})
	})
	return published, err
}

// PreviewPaper is the form that a seed stands for: of a published version the one that an attempt with the seed has, of a
// draft the one that it would have if it were published now.
func (s *Service) PreviewPaper(ctx context.Context, paper uuid.UUID, version int, seed uint64) (items []PreviewItem, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		v, err := selectNumbered(tx, paper, version)
		if err != nil {
			return err
		}
		pool, err := poolOf(tx, v)
		if err != nil {
			return err
		}
		if check := v.check(pool); !check.Publishable {
			return check.shortage(v.MaxAttempts)
		}
		form, err := v.form(tx, pool, seed, nil)
		if err != nil {
			return err
		}
		items = make([]PreviewItem, len(form))
		for i, d := range form {
			items[i] = d.preview()
		}
		return nil
	})
	return items, err
}

// preview is an item with its answers where examinees see them.
func (d DrawnItem) preview() PreviewItem {
	p := PreviewItem{QuestionVersionID: d.QuestionVersionID, Points: d.Points, Question: d.Question, Shown: d.Layout}
	if d.Question.Kind == exchange.SingleChoice || d.Question.Kind == exchange.MultipleChoice {
		p.Question.Answers = make([]exchange.Answer, len(d.Layout))
		for i, from := range d.Layout {
			p.Question.Answers[i] = d.Question.Answers[from]
		}
	}
	return p
}

// Papers lists the newest version of each paper after one: to agents the newest published. Quizzes of brand packs are listed with those.
func (s *Service) Papers(ctx context.Context, after uuid.UUID, limit int) (list []PaperVersion, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		list, err = selectPapers(tx, `select distinct on (p.id) `+paperColumns+` where p.id > ? and p.shop_id is null order by p.id, v.version desc limit ?`, after, limit)
		return err
	})
	return list, err
}

// PaperVersions lists the versions of a paper, the newest first: to agents those published.
func (s *Service) PaperVersions(ctx context.Context, paper uuid.UUID) (list []PaperVersion, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		list, err = selectPaperVersions(tx, paper)
		return err
	})
	return list, err
}

// PaperVersion is one version of a paper.
func (s *Service) PaperVersion(ctx context.Context, paper uuid.UUID, version int) (v *PaperVersion, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		found, err := selectNumbered(tx, paper, version)
		v = &found
		return err
	})
	return v, err
}

// checkPaper names what is wrong with terms beyond their shape.
func checkPaper(tx *postgres.Tx, terms PaperTerms) error {
	var wrong fault.Collect
	for i, cell := range terms.Blueprint {
		for j, other := range terms.Blueprint[:i] {
			if cell.meets(other) {
				wrong.Add(fmt.Sprintf("/blueprint/%d", i), "cells_overlap",
					fmt.Sprintf("与第 %d 行重叠：同一道题会属于两行。请让各行的主题或难度互不包含。", j+1),
					fmt.Sprintf("A question could be of this row and of row %d; let no row's topic and difficulty hold another's.", j+1))
				break
			}
		}
	}
	known, err := selectBanks(tx, `b.id = any(?)`, postgres.ArrayOf(terms.BankIDs))
	if err != nil {
		return err
	}
	for i, id := range terms.BankIDs {
		if !slices.ContainsFunc(known, func(b Bank) bool { return b.ID == id }) {
			wrong.Add(fmt.Sprintf("/bank_ids/%d", i), "unknown_bank", "没有这个题库。", "There is no such bank.")
		}
	}
	return wrong.Err()
}

// check counts what a pool has for the blueprint.
func (v *PaperVersion) check(pool []pooled) *BlueprintCheck {
	c := &BlueprintCheck{Publishable: true, Cells: make([]CellCheck, len(v.Blueprint))}
	for i, cell := range v.Blueprint {
		at := &c.Cells[i]
		at.Cell = cell
		for _, p := range pool {
			at.Available += one(cell.holds(p.Topic, p.Difficulty))
		}
		at.Lacking = max(0, cell.Count-at.Available)
		c.Items += cell.Count
		c.Points += cell.Count * cell.Points
		c.Repeated += max(0, cell.Count-max(0, at.Available-cell.Count))
		c.Publishable = c.Publishable && at.Lacking == 0
	}
	c.Repeatable = c.Items * v.MaxOverlap / 100
	c.Publishable = c.Publishable && (v.MaxAttempts == 1 || c.Repeated <= c.Repeatable)
	return c
}

// shortage is the refusal to publish, with every cell that is short.
func (c *BlueprintCheck) shortage(attempts int) error {
	f := *ErrBlueprint
	for i, cell := range c.Cells {
		if cell.Lacking > 0 {
			zh, en := "任何主题", "Any topic"
			if cell.Topic != "" {
				zh, en = "主题“"+cell.Topic+"”", fmt.Sprintf("Topic %q", cell.Topic)
			}
			f.Fields = append(f.Fields, fault.Field{Pointer: fmt.Sprintf("/blueprint/%d", i), Code: "questions_lacking", Text: fault.Text{
				ZH: fmt.Sprintf("%s，难度 %s：要 %d 道，有 %d 道，还差 %d 道。", zh, difficultyWord(cell.Difficulty, "不限"), cell.Count, cell.Available, cell.Lacking),
				EN: fmt.Sprintf("%s, difficulty %s: %d wanted, %d there, %d lacking.", en, difficultyWord(cell.Difficulty, "any"), cell.Count, cell.Available, cell.Lacking),
			}})
		}
	}
	if len(f.Fields) == 0 && attempts > 1 {
		f.Fields = append(f.Fields, fault.Field{Pointer: "/max_overlap", Code: "retake_lacking", Text: fault.Text{
			ZH: fmt.Sprintf("重考的试卷会重复 %d 道题，最多允许 %d 道。请增加题目，或提高 max_overlap。", c.Repeated, c.Repeatable),
			EN: fmt.Sprintf("A retake would repeat %d questions and may repeat %d; add questions, or raise max_overlap.", c.Repeated, c.Repeatable),
		}})
	}
	return &f
}

func difficultyWord(difficulty int, unsaid string) string {
	if difficulty == 0 {
		return unsaid
	}
	return strconv.Itoa(difficulty)
}
