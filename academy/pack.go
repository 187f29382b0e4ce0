package academy

import (
	"context"
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

// PackBody is what a shop's agents must know.
type PackBody struct {
	ProductSheet      string       `json:"product_sheet" maxLength:"20000" doc:"Markdown: styles, sizes, stock, shipping"`
	PromotionRules    string       `json:"promotion_rules" maxLength:"20000" doc:"Markdown"`
	Facts             []PackFact   `json:"facts" maxItems:"50" nullable:"false" doc:"what customers ask, and the answer"`
	ForbiddenPromises []string     `json:"forbidden_promises" maxItems:"50" nullable:"false" doc:"what must never be promised, as an agent would say it"`
	QuickReplies      []QuickReply `json:"quick_replies" maxItems:"50" nullable:"false"`
}

// PackFact is a question of customers with its answer.
type PackFact struct {
	Question string `json:"question" minLength:"1" maxLength:"200"`
	Answer   string `json:"answer" minLength:"1" maxLength:"300"`
}

// QuickReply is what to say when.
type QuickReply struct {
	When  string `json:"when" minLength:"1" maxLength:"200"`
	Reply string `json:"reply" minLength:"1" maxLength:"500"`
}

// PackDraft is what a merchant writes at before the next version is published.
type PackDraft struct {
	ShopID    uuid.UUID  `json:"shop_id"`
	ShopName  string     `json:"shop_name"`
	Revision  int64      `json:"revision" doc:"0: nothing was saved yet"`
	Newest    int        `json:"newest" doc:"version published last; 0: none"`
	ChangedAt *time.Time `json:"changed_at,omitempty"`
	PackTerms
}

// PackTerms are what a draft says.
type PackTerms struct {
	Body PackBody `json:"body"`
	Quiz PackQuiz `json:"quiz" doc:"with its key"`
}

// ETag is of the draft's revision.
func (d *PackDraft) ETag() string { return web.ETag(d.Revision) }

// PackVersion is a published version as the merchant sees it. It never changes.
type PackVersion struct {
	ShopID      uuid.UUID  `json:"shop_id"`
	Version     int        `json:"version"`
	Editorial   bool       `json:"editorial" doc:"asks for no new quiz; who passed before need not again"`
	QuizVersion int        `json:"quiz_version" doc:"whose quiz must have been passed; 0: none"`
	PaperID     *uuid.UUID `json:"paper_id,omitempty" format:"uuid" doc:"the quiz, where it has one of its own"`
	Note        string     `json:"note" doc:"what changed, for agents"`
	InForceAt   time.Time  `json:"in_force_at"`
	PublishedAt time.Time  `json:"published_at"`
	PackTerms

	merchant uuid.UUID
}

// ReadPack is a version as agents read it.
type ReadPack struct {
	ShopID      uuid.UUID    `json:"shop_id"`
	ShopName    string       `json:"shop_name"`
	Version     int          `json:"version"`
	Note        string       `json:"note"`
	InForceAt   time.Time    `json:"in_force_at"`
	PublishedAt time.Time    `json:"published_at"`
	InForce     bool         `json:"in_force" doc:"it is the one that holds now"`
	Newest      int          `json:"newest" doc:"version published last"`
	Body        PackBody     `json:"body"`
	Exam        *PackExam    `json:"exam,omitempty" doc:"the quiz that this version asks for; absent: none"`
	Versions    []PackListed `json:"versions" nullable:"false" doc:"all that are published, the newest first"`
}

// PackExam says where to pass the quiz.
type PackExam struct {
	Version   int       `json:"version" doc:"of the pack whose quiz it is"`
	PaperID   uuid.UUID `json:"paper_id" format:"uuid" doc:"attempts are at this paper"`
	Questions int       `json:"questions"`
	Minutes   int       `json:"minutes"`
	PassScore int       `json:"pass_score" doc:"hundredths of a percent"`
	Passed    bool      `json:"passed" doc:"by me, or that of a later version"`
}

// PackListed is a version by its number.
type PackListed struct {
	Version   int       `json:"version"`
	InForceAt time.Time `json:"in_force_at"`
	Editorial bool      `json:"editorial"`
	Note      string    `json:"note"`
}

// PackRelease is what a merchant says when a draft is published.
type PackRelease struct {
	Revision  int64      `json:"revision" minimum:"1" doc:"of the draft that you read"`
	Editorial bool       `json:"editorial,omitempty" doc:"nothing to be learned anew: earlier passes stay good"`
	InForceAt *time.Time `json:"in_force_at,omitempty" doc:"at once where absent; agents may read it and take its quiz before"`
	Note      string     `json:"note,omitempty" maxLength:"500" doc:"what changed, for agents"`
}

// The refusals of packs.
var (
	ErrPackEmpty = fault.New(fault.Invalid, "pack_empty",
		"资料包还是空的，请先填写商品资料、常见问答或禁止承诺并保存。", "The pack is empty; write and save its product sheet, answers or forbidden promises first.")
	ErrPackQuizShort = fault.New(fault.Invalid, "pack_quiz_short",
		"测验至少要 3 道题。可以由资料自动出题，也可以自己加题；只改错别字时，可标为不需重考的修订。", "A quiz has at least 3 questions. Have them made of the pack, or add your own; where only the wording changed, mark the version as editorial.")
	ErrPackOrder = fault.New(fault.Conflict, "pack_not_after_the_last",
		"生效时间不能早于现在，也不能早于上一版的生效时间。", "A version cannot come into force in the past, or before the version that it follows.")
)

func packRefusals() map[string]*fault.Fault {
	return map[string]*fault.Fault{"pack_version_follows": ErrPackOrder, "pack_version_pkey": web.ErrChanged, "pack_version_since_publication": ErrPackOrder}
}

// farthest is how long ahead a version may be published.
const farthest = 90 * 24 * time.Hour

// PackDraft reads the draft of a shop's pack; where nothing was saved yet, an empty one.
func (s *Service) PackDraft(ctx context.Context, shop uuid.UUID) (d *PackDraft, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		d, err = s.draftOf(tx, shop, "")
		return err
	})
	return d, err
}

func (s *Service) draftOf(tx *postgres.Tx, shop uuid.UUID, lock string) (*PackDraft, error) {
	known, err := s.Shops.ShopOfPack(tx, shop)
	if err != nil {
		return nil, err
	}
	d, err := selectPackDraft(tx, shop, lock)
	if err != nil {
		return nil, err
	}
	d.ShopID, d.ShopName = known.ID, known.Name
	return d, nil
}

// ChangePackDraft writes a draft anew; revision is the one that the editor read, 0 for the first. What the merchant changes of a
// trainer's question makes it the merchant's own.
func (s *Service) ChangePackDraft(ctx context.Context, shop uuid.UUID, revision int64, terms PackTerms) (d *PackDraft, err error) {
	if err := terms.check(); err != nil {
		return nil, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		known, err := s.Shops.ShopOfPack(tx, shop)
		if err != nil {
			return err
		}
		before, err := selectPackDraft(tx, shop, "")
		if err != nil {
			return err
		}
		terms.Quiz.credit(before.Quiz.Questions)
		if err := upsertPackDraft(tx, known, revision, terms); err != nil {
			return err
		}
		d, err = s.draftOf(tx, shop, "")
		return err
	})
	return d, err
}

// ProposePackQuiz makes questions of the draft as it is saved. Nothing is written.
func (s *Service) ProposePackQuiz(ctx context.Context, shop uuid.UUID) (list []PackQuestion, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		d, err := s.draftOf(tx, shop, "")
		if err == nil {
			list = d.Body.questions(web.Language(ctx))
		}
		return err
	})
	return list, err
}

// PublishPack freezes the draft as the next version. It returns web.ErrChanged, ErrPackEmpty, ErrPackQuizShort or ErrPackOrder.
func (s *Service) PublishPack(ctx context.Context, shop uuid.UUID, r PackRelease) (v *PackVersion, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		d, err := s.draftOf(tx, shop, "for update")
		switch {
		case err != nil:
			return err
		case d.Revision != r.Revision:
			return web.ErrChanged
		case d.Body.empty():
			return ErrPackEmpty
		case !r.Editorial && len(d.Quiz.Questions) < leastQuestions:
			return ErrPackQuizShort
		}
		last, err := selectNewestPack(tx, shop)
		if err != nil {
			return err
		}
		if v, err = d.next(tx, last, r); err != nil {
			return err
		}
		if !v.Editorial {
			if v.PaperID, err = publishQuiz(tx, d, v.Version); err != nil {
				return err
			}
		}
		if err := insertPackVersion(tx, v); err != nil {
			return err
		}
		if err := outbox.Append(tx, fact.PackPublished{
			ShopID: shop.String(), MerchantID: v.merchant.String(), Version: v.Version, QuizVersion: v.QuizVersion, Editorial: v.Editorial, InForceAt: v.InForceAt, PublishedAt: v.PublishedAt,
		}); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "pack.published", Subject: shop.String(), Reason: fmt.Sprintf("version %d", v.Version)})
	})
	return v, err
}

// next is the version that a draft becomes.
func (d *PackDraft) next(tx *postgres.Tx, last *PackVersion, r PackRelease) (*PackVersion, error) {
	v := &PackVersion{
		ShopID: d.ShopID, Version: 1, Editorial: r.Editorial, Note: strings.TrimSpace(r.Note), InForceAt: tx.Now, PublishedAt: tx.Now,
		PackTerms: d.PackTerms, merchant: tx.Actor.OrganisationID,
	}
	if last != nil {
		v.Version, v.QuizVersion = last.Version+1, last.QuizVersion
		if r.InForceAt == nil && last.InForceAt.After(v.InForceAt) {
			v.InForceAt = last.InForceAt // the one before is yet to come
		}
	}
	if !r.Editorial {
		v.QuizVersion = v.Version
	}
	if r.InForceAt != nil {
		v.InForceAt = r.InForceAt.UTC()
		if v.InForceAt.Before(tx.Now) || v.InForceAt.After(tx.Now.Add(farthest)) || last != nil && v.InForceAt.Before(last.InForceAt) {
			return nil, ErrPackOrder.With("in_force_at", v.InForceAt)
		}
	}
	return v, nil
}

// PackVersions lists the versions of a shop's pack, the newest first, with the keys of their quizzes.
func (s *Service) PackVersions(ctx context.Context, shop uuid.UUID) (list []PackVersion, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if _, err := s.Shops.ShopOfPack(tx, shop); err != nil {
			return err
		}
		list, err = selectPackVersions(tx, `shop_id = ? order by version desc`, shop)
		return err
	})
	return list, err
}

// ReadPack is a version as agents read it, without keys; version 0 is the one in force, or where none is yet, the first.
func (s *Service) ReadPack(ctx context.Context, shop uuid.UUID, version int) (p *ReadPack, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		known, err := s.Shops.ShopOfPack(tx, shop)
		if err != nil {
			return err
		}
		all, err := selectPackVersions(tx, `shop_id = ? order by version desc`, shop)
		if err != nil {
			return err
		}
		chosen, current := -1, -1
		for i := range all {
			if current < 0 && !all[i].InForceAt.After(tx.Now) {
				current = i
			}
			if all[i].Version == version {
				chosen = i
			}
		}
		if version == 0 && len(all) > 0 {
			if chosen = current; chosen < 0 {
				chosen = len(all) - 1
			}
		}
		if chosen < 0 {
			return fault.ErrNotFound
		}
		v := &all[chosen]
		p = &ReadPack{
			ShopID: shop, ShopName: known.Name, Version: v.Version, Note: v.Note, InForceAt: v.InForceAt, PublishedAt: v.PublishedAt,
			InForce: chosen == current, Newest: all[0].Version, Body: v.Body, Versions: make([]PackListed, len(all)),
		}
		for i := range all {
			p.Versions[i] = PackListed{all[i].Version, all[i].InForceAt, all[i].Editorial, all[i].Note}
			if all[i].Version == v.QuizVersion {
				if p.Exam, err = s.examOf(tx, &all[i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return p, err
}

func (s *Service) examOf(tx *postgres.Tx, v *PackVersion) (*PackExam, error) {
	paper, err := selectPublished(tx, *v.PaperID)
	if err != nil {
		return nil, err
	}
	e := &PackExam{Version: v.Version, PaperID: *v.PaperID, Minutes: paper.Minutes, PassScore: paper.PassScore}
	for _, cell := range paper.Blueprint {
		e.Questions += cell.Count
	}
	e.Passed, err = selectQuizPassed(tx, v.ShopID, v.Version, tx.Actor.AccountID)
	return e, err
}

// quizGraded is what the world is told of a graded attempt at a pack's quiz.
func quizGraded(tx *postgres.Tx, a *Attempt, g Grading) (fact.PackQuizGraded, error) {
	v, err := theOne(selectPackVersions(tx, `paper_id = ?`, a.PaperID))
	return fact.PackQuizGraded{
		AttemptID: a.ID.String(), AgentID: a.AgentID.String(), ShopID: v.ShopID.String(), MerchantID: v.merchant.String(), Version: v.Version, Seq: g.Seq, Passed: g.Passed,
	}, err
}

func (b *PackBody) empty() bool {
	return strings.TrimSpace(b.ProductSheet) == "" && strings.TrimSpace(b.PromotionRules) == "" && len(b.Facts) == 0 && len(b.ForbiddenPromises) == 0 && len(b.QuickReplies) == 0
}

// check names what is wrong with terms beyond their shape.
func (t *PackTerms) check() error {
	var wrong fault.Collect
	blank := func(pointer, text string) {
		if strings.TrimSpace(text) == "" {
			wrong.Add(pointer, "required", "请填写，或删去这一行。", "Fill it in, or take this row out.")
		}
	}
	for i, p := range t.Body.ForbiddenPromises {
		at := fmt.Sprintf("/body/forbidden_promises/%d", i)
		blank(at, p)
		if len([]rune(p)) > 200 {
			wrong.Add(at, "too_long", "最多 200 个字。", "At most 200 characters.")
		}
	}
	for i, f := range t.Body.Facts {
		blank(fmt.Sprintf("/body/facts/%d/question", i), f.Question)
		blank(fmt.Sprintf("/body/facts/%d/answer", i), f.Answer)
	}
	for i, q := range t.Body.QuickReplies {
		blank(fmt.Sprintf("/body/quick_replies/%d/when", i), q.When)
		blank(fmt.Sprintf("/body/quick_replies/%d/reply", i), q.Reply)
	}
	checkQuestions(t.Quiz.Questions, "/quiz/questions", &wrong)
	return wrong.Err()
}
