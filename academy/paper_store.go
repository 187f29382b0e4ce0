package academy

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

const paperColumns = `v.id, v.paper_id, p.code, v.version, v.revision, v.state, v.name_zh, v.name_en, v.minutes, v.grace_seconds, v.pass_score, v.max_attempts,
	v.cool_down_minutes, v.max_overlap, to_jsonb(v.bank_ids) as banks, v.blueprint, v.created_at, v.published_at, p.shop_id from academy.paper p join academy.paper_version v on v.paper_id = p.id`

type paperRow struct {
	ID, PaperID                                                                uuid.UUID
	Code                                                                       string
	Version                                                                    int
	Revision                                                                   int64
	State                                                                      string
	NameZH                                                                     string `gorm:"column:name_zh"`
	NameEN                                                                     string `gorm:"column:name_en"`
	Minutes, GraceSeconds, PassScore, MaxAttempts, CoolDownMinutes, MaxOverlap int
	BankIDs                                                                    []byte `gorm:"column:banks"`
	Blueprint                                                                  []byte
	CreatedAt                                                                  time.Time
	PublishedAt                                                                *time.Time
	ShopID                                                                     *uuid.UUID
}

func selectPapers(tx *postgres.Tx, query string, args ...any) ([]PaperVersion, error) {
	var rows []paperRow
	if err := tx.Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	list := make([]PaperVersion, len(rows))
	for i, r := range rows {
		v := PaperVersion{
			ID: r.ID, PaperID: r.PaperID, Code: r.Code, Version: r.Version, Revision: r.Revision, State: r.State, CreatedAt: r.CreatedAt.UTC(), PublishedAt: r.PublishedAt, ShopID: r.ShopID,
			PaperTerms: PaperTerms{
				NameZH: r.NameZH, NameEN: r.NameEN, Minutes: r.Minutes, GraceSeconds: r.GraceSeconds, PassScore: r.PassScore,
				MaxAttempts: r.MaxAttempts, CoolDownMinutes: r.CoolDownMinutes, MaxOverlap: r.MaxOverlap,
			},
		}
		if err := json.Unmarshal(r.BankIDs, &v.BankIDs); err != nil {
			return nil, fmt.Errorf("read the banks of paper version %s: %w", r.ID, err)
		}
		if err := json.Unmarshal(r.Blueprint, &v.Blueprint); err != nil {
			return nil, fmt.Errorf("read the blueprint of paper version %s: %w", r.ID, err)
		}
		list[i] = v
	}
	return list, nil
}

// selectPaperVersion is a version, of any state.
func selectPaperVersion(tx *postgres.Tx, id uuid.UUID) (PaperVersion, error) {
	return theOne(selectPapers(tx, `select `+paperColumns+` where v.id = ?`, id))
}

// selectPublished is the newest published version of a paper, the one to sit.
func selectPublished(tx *postgres.Tx, paper uuid.UUID) (PaperVersion, error) {
	return theOne(selectPapers(tx, `select `+paperColumns+` where p.id = ? and v.state = 'published' order by v.version desc limit 1`, paper))
}

// selectPaperVersions lists a paper's versions that the actor may see, the newest first; no paper has none.
func selectPaperVersions(tx *postgres.Tx, paper uuid.UUID) ([]PaperVersion, error) {
	list, err := selectPapers(tx, `select `+paperColumns+` where p.id = ? order by v.version desc`, paper)
	if err == nil && len(list) == 0 {
		err = fault.ErrNotFound
	}
	return list, err
}

// selectNumbered is a version by its number.
func selectNumbered(tx *postgres.Tx, paper uuid.UUID, version int) (PaperVersion, error) {
	return theOne(selectPapers(tx, `select `+paperColumns+` where p.id = ? and v.version = ?`, paper, version))
}

// lockPaperVersion keeps others from changing a version.
func lockPaperVersion(tx *postgres.Tx, paper uuid.UUID, version int) (PaperVersion, error) {
	return theOne(selectPapers(tx, `select `+paperColumns+` where p.id = ? and v.version = ? for update of v`, paper, version))
}

func insertPaperVersion(tx *postgres.Tx, paper uuid.UUID, version int, t PaperTerms) (*PaperVersion, error) {
	blueprint, err := json.Marshal(t.Blueprint)
	if err != nil {
		return nil, fmt.Errorf("encode the blueprint: %w", err)
	}
	id := newID()
	if err := tx.Exec(`insert into academy.paper_version (id, paper_id, version, revision, state, name_zh, name_en, minutes, grace_seconds, pass_score, max_attempts,
			cool_down_minutes, max_overlap, bank_ids, blueprint, created_by, created_at)
		values (?, ?, ?, 1, 'draft', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?)`,
		id, paper, version, t.NameZH, t.NameEN, t.Minutes, t.GraceSeconds, t.PassScore, t.MaxAttempts,
		t.CoolDownMinutes, t.MaxOverlap, postgres.ArrayOf(t.BankIDs), string(blueprint), tx.Actor.AccountID, tx.Now).Error; err != nil {
		return nil, refusal(err)
	}
	made, err := selectPaperVersion(tx, id)
	return &made, err
}

func updateDraft(tx *postgres.Tx, v PaperVersion) error {
	blueprint, err := json.Marshal(v.Blueprint)
	if err != nil {
		return fmt.Errorf("encode the blueprint: %w", err)
	}
	return refusal(tx.Exec(`update academy.paper_version set revision = ?, name_zh = ?, name_en = ?, minutes = ?, grace_seconds = ?, pass_score = ?, max_attempts = ?,
		cool_down_minutes = ?, max_overlap = ?, bank_ids = ?, blueprint = ?::jsonb where id = ?`,
		v.Revision, v.NameZH, v.NameEN, v.Minutes, v.GraceSeconds, v.PassScore, v.MaxAttempts,
		v.CoolDownMinutes, v.MaxOverlap, postgres.ArrayOf(v.BankIDs), string(blueprint), v.ID).Error)
}

// poolOf is what a version draws from: frozen where it is published, else what its banks have now.
func poolOf(tx *postgres.Tx, v PaperVersion) ([]pooled, error) {
	if v.State == "published" {
		return selectPool(tx, v.ID)
	}
	live, err := selectLive(tx, v.BankIDs)
	return slices.DeleteFunc(live, func(p pooled) bool {
		return !slices.ContainsFunc(v.Blueprint, func(c Cell) bool { return c.holds(p.Topic, p.Difficulty) })
	}), err
}

// selectLive is what banks have now, in the order of the versions' ids.
func selectLive(tx *postgres.Tx, banks []uuid.UUID) (live []pooled, err error) {
	err = tx.Raw(`select v.id, v.question_id, v.topic, v.difficulty, v.kind from academy.question q join academy.question_version v on v.question_id = q.id
		where q.bank_id = any(?) and q.retired_at is null and `+current+` order by v.id`, postgres.ArrayOf(banks)).Scan(&live).Error
	return live, err
}

func insertPool(tx *postgres.Tx, paperVersion uuid.UUID, pool []pooled) error {
	ids := make([]uuid.UUID, len(pool))
	for i, p := range pool {
		ids[i] = p.ID
	}
	return refusal(tx.Exec(`insert into academy.paper_pool (paper_version_id, question_version_id) select ?, unnest(?::uuid[])`, paperVersion, postgres.ArrayOf(ids)).Error)
}

// selectPool is what a published version draws from, in the order of the ids.
func selectPool(tx *postgres.Tx, paperVersion uuid.UUID) (pool []pooled, err error) {
	err = tx.Raw(`select q.id, q.question_id, q.topic, q.difficulty, q.kind from academy.paper_pool p join academy.question_version q on q.id = p.question_version_id
		where p.paper_version_id = ? order by q.id`, paperVersion).Scan(&pool).Error
	return pool, err
}

// selectQuestionsOf are the questions that versions are of.
func selectQuestionsOf(tx *postgres.Tx, versions []uuid.UUID) (map[uuid.UUID]bool, error) {
	known := map[uuid.UUID]bool{}
	if len(versions) == 0 {
		return known, nil
	}
	var list []uuid.UUID
	if err := tx.Raw(`select question_id from academy.question_version where id = any(?)`, postgres.ArrayOf(versions)).Scan(&list).Error; err != nil {
		return nil, err
	}
	for _, id := range list {
		known[id] = true
	}
	return known, nil
}

func theOne[T any](list []T, err error) (T, error) {
	var none T
	if err != nil {
		return none, err
	}
	if len(list) == 0 {
		return none, fault.ErrNotFound
	}
	return list[0], nil
}
