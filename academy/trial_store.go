package academy

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

const cardColumns = `code, version, name_zh, name_en, pass_mark, item_pass, items, created_at`

type cardRow struct {
	Code               string
	Version            int
	NameZH             string `gorm:"column:name_zh"`
	NameEN             string `gorm:"column:name_en"`
	PassMark, ItemPass int
	Items              []byte
	CreatedAt          time.Time
}

func (r *cardRow) card() (TrialCard, error) {
	c := TrialCard{Code: r.Code, Version: r.Version, CreatedAt: r.CreatedAt, CardTerms: CardTerms{NameZH: r.NameZH, NameEN: r.NameEN, PassMark: r.PassMark, ItemPass: r.ItemPass}}
	return c, decodeMarks(r.Items, &c.Items)
}

func selectCards(tx *postgres.Tx, query string, args ...any) ([]TrialCard, error) {
	var rows []cardRow
	if err := tx.Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	list := make([]TrialCard, len(rows))
	for i := range rows {
		var err error
		if list[i], err = rows[i].card(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func insertCard(tx *postgres.Tx, code string, terms CardTerms) (*TrialCard, error) {
	items, err := json.Marshal(terms.Items)
	if err != nil {
		return nil, fmt.Errorf("encode a card: %w", err)
	}
	card := &TrialCard{Code: code, CreatedAt: tx.Now, CardTerms: terms}
	err = tx.Raw(`insert into academy.trial_card (code, version, name_zh, name_en, pass_mark, item_pass, items, created_by, created_at)
		select ?, coalesce(max(version), 0) + 1, ?, ?, ?, ?, ?::jsonb, ?, ? from academy.trial_card where code = ? returning version`,
		code, terms.NameZH, terms.NameEN, terms.PassMark, terms.ItemPass, string(items), tx.Actor.AccountID, tx.Now, code).Scan(&card.Version).Error
	return card, refusal(err)
}

type trialRow struct {
	ID, AgentID, ShiftID                 uuid.UUID
	MentorID                             *uuid.UUID
	Credential, AskedCode                string
	StartsAt, EndsAt, WorkedAt, AssessBy time.Time
	Card                                 cardRow `gorm:"embedded;embeddedPrefix:card_"`
	By, Note                             *string
	AssessedBy                           *uuid.UUID
	Score                                *int
	Passed                               *bool
	Marks                                []byte
	AssessedAt                           *time.Time
}

const trialColumns = `t.id, t.agent_id, t.shift_id, t.mentor_id, t.credential, t.code as asked_code, t.starts_at, t.ends_at, t.worked_at, t.assess_by,
	c.code as card_code, c.version as card_version, c.name_zh as card_name_zh, c.name_en as card_name_en, c.pass_mark as card_pass_mark,
	c.item_pass as card_item_pass, c.items as card_items, c.created_at as card_created_at,
	a.by, a.note, a.assessed_by, a.score, a.passed, a.marks, a.assessed_at
	from academy.trial t join academy.trial_card c on c.code = t.card_code and c.version = t.card_version
	left join academy.trial_assessment a on a.trial_id = t.id`

func (r *trialRow) trial(now time.Time) (t Trial, err error) {
	t = Trial{
		ID: r.ID, AgentID: r.AgentID, MentorID: r.MentorID, ShiftID: r.ShiftID, Credential: r.Credential,
		StartsAt: r.StartsAt, EndsAt: r.EndsAt, WorkedAt: r.WorkedAt, AssessBy: r.AssessBy, code: r.AskedCode,
	}
	if t.Card, err = r.Card.card(); err != nil {
		return t, err
	}
	if r.AssessedAt != nil {
		a := &TrialAssessment{By: *r.By, AssessedBy: *r.AssessedBy, Score: *r.Score, Passed: *r.Passed, Note: *r.Note, AssessedAt: *r.AssessedAt}
		if err := decodeMarks(r.Marks, &a.Items); err != nil {
			return t, err
		}
		a.Failed = t.Card.failures(a.Items)
		t.Assessment = a
	}
	t.State = t.state(now)
	return t, nil
}

func selectTrial(tx *postgres.Tx, id uuid.UUID) (*Trial, error) {
	var rows []trialRow
	if err := tx.Raw(`select `+trialColumns+` where t.id = ?`, id).Scan(&rows).Error; err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fault.ErrNotFound
	}
	t, err := rows[0].trial(tx.Now)
	return &t, err
}

func selectTrials(tx *postgres.Tx, f TrialFilter, after uuid.UUID, limit int) ([]Trial, error) {
	var rows []trialRow
	if err := tx.Raw(`select * from (select `+trialColumns+`) t where id > ? and (not ? or mentor_id = ?)
			and ? in ('', case when passed then 'passed' when not passed then 'failed' when mentor_id is null or assess_by <= ? then 'with_trainer' else 'with_mentor' end)
		order by id limit ?`, after, f.Mentor, tx.Actor.AccountID, string(f.State), tx.Now, limit).Scan(&rows).Error; err != nil {
		return nil, err
	}
	list := make([]Trial, len(rows))
	for i := range rows {
		var err error
		if list[i], err = rows[i].trial(tx.Now); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func insertTrial(tx *postgres.Tx, t *Trial) error {
	return tx.Exec(`insert into academy.trial (id, agent_id, mentor_id, shift_id, merchant_id, credential, code, card_code, card_version, starts_at, ends_at, worked_at, assess_by)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
		t.ID, t.AgentID, t.MentorID, t.ShiftID, t.merchantID, t.Credential, t.code, t.Card.Code, t.Card.Version, t.StartsAt, t.EndsAt, t.WorkedAt, t.AssessBy).Error
}

func insertAssessment(tx *postgres.Tx, t *Trial) error {
	a := t.Assessment
	marks, err := json.Marshal(a.Items)
	if err != nil {
		return fmt.Errorf("encode marks: %w", err)
	}
	return tx.Exec(`insert into academy.trial_assessment (trial_id, agent_id, assessed_by, by, score, passed, marks, note, assessed_at) values (?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?)`,
		t.ID, t.AgentID, a.AssessedBy, a.By, a.Score, a.Passed, string(marks), a.Note, a.AssessedAt).Error
}
