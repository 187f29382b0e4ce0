package academy

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/postgres"
	"peakseat/internal/web"
)

func emptyPack() PackTerms {
	return PackTerms{
		Body: PackBody{Facts: []PackFact{}, ForbiddenPromises: []string{}, QuickReplies: []QuickReply{}},
		Quiz: PackQuiz{PassPercent: defaultPass, Questions: []PackQuestion{}},
	}
}

// packOf reads a pack's body and quiz as they are kept.
func packOf(body, quiz []byte) (t PackTerms, err error) {
	if err = json.Unmarshal(body, &t.Body); err == nil {
		err = json.Unmarshal(quiz, &t.Quiz)
	}
	return t, err
}

func packText(t PackTerms) (body, quiz string, err error) {
	b, err := json.Marshal(t.Body)
	if err != nil {
		return "", "", fmt.Errorf("encode a pack: %w", err)
	}
	q, err := json.Marshal(t.Quiz)
	return string(b), string(q), err
}

// selectPackDraft reads the draft, an empty one where there is none. lock is "" or the words that lock it.
func selectPackDraft(tx *postgres.Tx, shop uuid.UUID, lock string) (*PackDraft, error) {
	var rows []struct {
		Revision   int64
		Body, Quiz []byte
		ChangedAt  time.Time
	}
	if err := tx.Raw(`select revision, body, quiz, changed_at from academy.pack_draft where shop_id = ? `+lock, shop).Scan(&rows).Error; err != nil {
		return nil, err
	}
	d := &PackDraft{PackTerms: emptyPack()}
	if err := tx.Raw(`select coalesce(max(version), 0) from academy.pack_version where shop_id = ?`, shop).Scan(&d.Newest).Error; err != nil || len(rows) == 0 {
		return d, err
	}
	at := rows[0].ChangedAt.UTC()
	d.Revision, d.ChangedAt = rows[0].Revision, &at
	var err error
	if d.PackTerms, err = packOf(rows[0].Body, rows[0].Quiz); err != nil {
		return nil, fmt.Errorf("read the pack draft of shop %s: %w", shop, err)
	}
	return d, nil
}

// selectPacks lists the drafts, without their shops' names.
func selectPacks(tx *postgres.Tx, after uuid.UUID, limit int) (list []PackSummary, err error) {
	err = tx.Raw(`select d.shop_id, d.revision, d.changed_at, jsonb_array_length(d.quiz->'questions') as questions,
			(select count(*) from jsonb_array_elements(d.quiz->'questions') q where q->>'source' = 'trainer') as trainers,
			(select coalesce(max(v.version), 0) from academy.pack_version v where v.shop_id = d.shop_id) as newest
		from academy.pack_draft d where d.shop_id > ? order by d.shop_id limit ?`, after, limit).Scan(&list).Error
	return list, err
}

func upsertPackDraft(tx *postgres.Tx, shop PackShop, revision int64, t PackTerms) error {
	body, quiz, err := packText(t)
	if err != nil {
		return err
	}
	r := tx.Exec(`update academy.pack_draft set revision = revision + 1, body = ?::jsonb, quiz = ?::jsonb, changed_by = ?, changed_at = ? where shop_id = ? and revision = ?`,
		body, quiz, tx.Actor.AccountID, tx.Now, shop.ID, revision)
	if r.Error == nil && r.RowsAffected == 0 && revision == 0 {
		r = tx.Exec(`insert into academy.pack_draft (shop_id, merchant_id, revision, body, quiz, changed_by, changed_at) values (?, ?, 1, ?::jsonb, ?::jsonb, ?, ?) on conflict do nothing`,
			shop.ID, shop.MerchantID, body, quiz, tx.Actor.AccountID, tx.Now)
	}
	if r.Error == nil && r.RowsAffected == 0 {
		return web.ErrChanged
	}
	return refusal(r.Error)
}

// updatePackQuiz writes the quiz of a draft that is locked.
func updatePackQuiz(tx *postgres.Tx, shop uuid.UUID, t PackTerms) error {
	_, quiz, err := packText(t)
	if err != nil {
		return err
	}
	return tx.Exec(`update academy.pack_draft set revision = revision + 1, quiz = ?::jsonb, changed_by = ?, changed_at = ? where shop_id = ?`, quiz, tx.Actor.AccountID, tx.Now, shop).Error
}

func selectPackVersions(tx *postgres.Tx, where string, args ...any) ([]PackVersion, error) {
	var rows []struct {
		Body, Quiz             []byte
		ShopID, MerchantID     uuid.UUID
		Version, QuizVersion   int
		Editorial              bool
		PaperID                *uuid.UUID
		Note                   string
		InForceAt, PublishedAt time.Time
	}
	if err := tx.Raw(`select shop_id, merchant_id, version, quiz_version, editorial, paper_id, note, in_force_at, published_at, body, quiz from academy.pack_version where `+where, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	list := make([]PackVersion, len(rows))
	for i, r := range rows {
		t, err := packOf(r.Body, r.Quiz)
		if err != nil {
			return nil, fmt.Errorf("read version %d of the pack of shop %s: %w", r.Version, r.ShopID, err)
		}
		list[i] = PackVersion{
			ShopID: r.ShopID, Version: r.Version, QuizVersion: r.QuizVersion, Editorial: r.Editorial, PaperID: r.PaperID, Note: r.Note,
			InForceAt: r.InForceAt.UTC(), PublishedAt: r.PublishedAt.UTC(), PackTerms: t, merchant: r.MerchantID,
		}
	}
	return list, nil
}

// selectNewestPack is the version published last, nil where none is.
func selectNewestPack(tx *postgres.Tx, shop uuid.UUID) (*PackVersion, error) {
	list, err := selectPackVersions(tx, `shop_id = ? order by version desc limit 1`, shop)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// insertPackVersion writes a version and lets nobody publish the same draft again.
func insertPackVersion(tx *postgres.Tx, v *PackVersion) error {
	body, quiz, err := packText(v.PackTerms)
	if err != nil {
		return err
	}
	if err := tx.Exec(`insert into academy.pack_version (shop_id, version, merchant_id, editorial, quiz_version, paper_id, body, quiz, note, in_force_at, published_by, published_at)
		values (?, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?, ?, ?, ?)`,
		v.ShopID, v.Version, v.merchant, v.Editorial, v.QuizVersion, v.PaperID, body, quiz, v.Note, v.InForceAt, tx.Actor.AccountID, v.PublishedAt).Error; err != nil {
		return refusal(err)
	}
	return tx.Exec(`update academy.pack_draft set revision = revision + 1 where shop_id = ?`, v.ShopID).Error
}

// publishQuiz makes the paper of a version's quiz: a paper of its own, so that attempts and cool-downs begin anew with it.
func publishQuiz(tx *postgres.Tx, d *PackDraft, version int) (*uuid.UUID, error) {
	bank, err := bankOfShop(tx, d.ShopID, d.ShopName)
	if err != nil {
		return nil, err
	}
	rows := make([]newQuestion, len(d.Quiz.Questions))
	pool := make([]pooled, len(rows))
	for i := range rows {
		rows[i] = fresh(d.Quiz.Questions[i].exchange())
		pool[i] = pooled{ID: rows[i].VersionID}
	}
	if err := insertQuestions(tx, bank, rows); err != nil {
		return nil, err
	}
	paper := newID()
	if err := tx.Exec(`insert into academy.paper (id, code, shop_id, created_by, created_at) values (?, ?, ?, ?, ?)`, paper, shopCode(paper), d.ShopID, tx.Actor.AccountID, tx.Now).Error; err != nil {
		return nil, refusal(err)
	}
	v, err := insertPaperVersion(tx, paper, 1, PaperTerms{
		NameZH: fmt.Sprintf("%s 品牌资料包第 %d 版测验", d.ShopName, version), NameEN: fmt.Sprintf("%s: quiz %d", d.ShopName, version),
		Minutes: quizMinutes, GraceSeconds: quizGrace, PassScore: d.Quiz.PassPercent * 100, MaxAttempts: quizAttempts, CoolDownMinutes: quizCoolDown, MaxOverlap: 100,
		BankIDs: []uuid.UUID{bank}, Blueprint: []Cell{{Count: min(len(rows), mostAsked), Points: 1}},
	})
	if err != nil {
		return nil, err
	}
	if err := insertPool(tx, v.ID, pool); err != nil {
		return nil, err
	}
	return &paper, refusal(tx.Exec(`update academy.paper_version set state = 'published', published_by = ?, published_at = ? where id = ?`, tx.Actor.AccountID, tx.Now, v.ID).Error)
}

// bankOfShop is where the questions of a shop's quizzes lie. The draft is locked, so that it is made once.
func bankOfShop(tx *postgres.Tx, shop uuid.UUID, name string) (id uuid.UUID, err error) {
	var found []uuid.UUID
	if err := tx.Raw(`select id from academy.bank where shop_id = ?`, shop).Scan(&found).Error; err != nil || len(found) > 0 {
		return append(found, uuid.Nil)[0], err
	}
	id = newID()
	return id, refusal(tx.Exec(`insert into academy.bank (id, code, name, shop_id, created_by, created_at) values (?, ?, ?, ?, ?, ?)`, id, shopCode(id), name, shop, tx.Actor.AccountID, tx.Now).Error)
}

// shopCode names a bank or a paper of a pack.
func shopCode(id uuid.UUID) string { return "pack_" + strings.ReplaceAll(id.String(), "-", "") }

// selectQuizPassed tells whether somebody passed the quiz of a version of a pack or of a later one.
func selectQuizPassed(tx *postgres.Tx, shop uuid.UUID, version int, agent uuid.UUID) (passed bool, err error) {
	err = tx.Raw(`select exists (select from academy.pack_version v join academy.attempt a on a.paper_id = v.paper_id
		cross join lateral (select g.passed from academy.grading g where g.attempt_id = a.id order by g.seq desc limit 1) g
		where v.shop_id = ? and v.version >= ? and a.agent_id = ? and g.passed)`, shop, version, agent).Scan(&passed).Error
	return passed, err
}
