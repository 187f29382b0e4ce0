package academy

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/academy/exchange"
	"peakseat/internal/audit"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
	"peakseat/internal/web"
)

// PackSummary is a shop's brand pack in the list of those who train for it.
type PackSummary struct {
	ShopID    uuid.UUID `json:"shop_id"`
	ShopName  string    `json:"shop_name"`
	Revision  int64     `json:"revision" doc:"of the draft"`
	Newest    int       `json:"newest" doc:"version published last; 0: none"`
	Questions int       `json:"questions" doc:"of the draft's quiz"`
	Trainers  int       `json:"trainers" doc:"of these by trainers"`
	ChangedAt time.Time `json:"changed_at" doc:"the draft"`
}

// TrainerQuestions are all that trainers want in the quiz of a pack's next version.
type TrainerQuestions struct {
	Questions []PackQuestion `json:"questions" maxItems:"60" nullable:"false" doc:"source is trainer, whatever it says"`
	FromBank  []uuid.UUID    `json:"from_bank" maxItems:"60" nullable:"false" doc:"questions of banks, as they are now: they are copied and put after the others"`
}

// ErrPackUnwritten refuses questions to a pack that its merchant has not begun.
var ErrPackUnwritten = fault.New(fault.Conflict, "pack_unwritten",
	"商家还没有写这份资料包，写了以后才能加题。", "The merchant has not written this pack yet; questions can be added once there is a draft.")

// Packs lists the packs that merchants have begun, after a shop, by the shop's id.
func (s *Service) Packs(ctx context.Context, after uuid.UUID, limit int) (list []PackSummary, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if list, err = selectPacks(tx, after, limit); err != nil {
			return err
		}
		for i := range list {
			shop, err := s.Shops.ShopOfPack(tx, list[i].ShopID)
			if err != nil {
				return err
			}
			list[i].ShopName = shop.Name
		}
		return nil
	})
	return list, err
}

// SetTrainerQuestions puts trainers' questions into a pack's draft, in place of those that trainers gave it before. Agents are asked
// them from the next version on, which is the merchant's to publish: published ones never change. revision is the draft's that was
// read. It returns ErrPackUnwritten and web.ErrChanged.
func (s *Service) SetTrainerQuestions(ctx context.Context, shop uuid.UUID, revision int64, said TrainerQuestions) (d *PackDraft, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		draft, err := s.draftOf(tx, shop, "for update")
		switch {
		case err != nil:
			return err
		case draft.Revision == 0:
			return ErrPackUnwritten
		case draft.Revision != revision:
			return web.ErrChanged
		}
		if draft.Quiz.Questions, err = said.beside(tx, draft.Quiz.Questions); err != nil {
			return err
		}
		if err := updatePackQuiz(tx, shop, draft.PackTerms); err != nil {
			return err
		}
		if err := audit.Record(tx, audit.Entry{Action: "pack.questions_set", Subject: shop.String(), Reason: fmt.Sprintf("revision %d", revision+1)}); err != nil {
			return err
		}
		d, err = s.draftOf(tx, shop, "")
		return err
	})
	return d, err
}

// beside is the quiz with these in place of trainers' questions before, or what is wrong with them.
func (said TrainerQuestions) beside(tx *postgres.Tx, before []PackQuestion) ([]PackQuestion, error) {
	var wrong fault.Collect
	for i := range said.Questions {
		said.Questions[i].Source = "trainer"
	}
	checkQuestions(said.Questions, "/questions", &wrong)
	all := append(slices.DeleteFunc(slices.Clone(before), func(q PackQuestion) bool { return q.Source == "trainer" }), said.Questions...)
	for i, id := range said.FromBank {
		at := fmt.Sprintf("/from_bank/%d", i)
		versions, err := selectQuestionVersions(tx, id)
		if err != nil {
			return nil, err
		}
		if len(versions) == 0 || versions[0].RetiredAt != nil {
			wrong.Add(at, "unknown_question", "没有这道题，或者它已停用。", "There is no such question, or it is retired.")
			continue
		}
		q, can := packQuestion(&versions[0].Question)
		switch {
		case !can:
			wrong.Add(at, "not_for_packs", "资料包的测验放不下这道题：只能是判断、只有一个正确选项的单选或配对，选项不超过 6 个，每段不超过 500 字，不带 HTML。",
				"A pack's quiz cannot hold this question: it is true or false, a choice with one right answer or a matching, of at most 6 parts and 500 characters each, without HTML.")
		case slices.ContainsFunc(all, func(o PackQuestion) bool { return o.Kind == q.Kind && o.Text == q.Text }):
			wrong.Add(at, "not_unique", "测验里已有这道题。", "The quiz has this question already.")
		default:
			all = append(all, q)
		}
	}
	if len(all) > mostQuestions {
		wrong.Add("", "too_many", fmt.Sprintf("一份测验最多 %d 道题，现在有 %d 道。", mostQuestions, len(all)), fmt.Sprintf("A quiz has at most %d questions; these are %d.", mostQuestions, len(all)))
	}
	return all, wrong.Err()
}

// packQuestion is a bank's question as a pack has it; can is false where a pack has no way to say it.
func packQuestion(q *exchange.Question) (p PackQuestion, can bool) {
	p = PackQuestion{Kind: string(q.Kind), Source: "trainer", Text: q.Text.Body}
	texts := []exchange.Text{q.Text}
	rights := 0
	for _, a := range q.Answers {
		texts = append(texts, a.Text)
		if a.Weight != exchange.Full && a.Weight > 0 {
			return p, false
		}
		rights += one(a.Weight == exchange.Full)
	}
	switch q.Kind { //nolint:exhaustive // packs have no others
	case exchange.TrueFalse:
		p.True = q.Answers[0].Weight == exchange.Full
	case exchange.SingleChoice:
		for _, a := range q.Answers {
			p.Options = append(p.Options, PackOption{Text: a.Text.Body, Right: a.Weight == exchange.Full})
		}
	case exchange.Matching:
		rights = 1
		for _, pair := range q.Pairs {
			texts = append(texts, pair.Left, exchange.Text{Body: pair.Right})
			if pair.Left.Body == "" { // a wrong match to choose from
				return p, false
			}
			p.Pairs = append(p.Pairs, PackPair{pair.Left.Body, pair.Right})
		}
	default:
		return p, false
	}
	for _, t := range texts {
		if t.Format == exchange.HTML || len([]rune(t.Body)) > 500 {
			return p, false
		}
	}
	var wrong fault.Collect
	checkQuestions([]PackQuestion{p}, "", &wrong)
	return p, rights == 1 && len(p.Options) <= 6 && len(p.Pairs) <= 6 && wrong.Err() == nil
}

// credit leaves to trainers what they wrote: of what was changed the merchant is the author.
func (q *PackQuiz) credit(before []PackQuestion) {
	for i := range q.Questions {
		now := &q.Questions[i]
		if now.Source == "trainer" && !slices.ContainsFunc(before, func(o PackQuestion) bool { return reflect.DeepEqual(o, *now) }) {
			now.Source = "own"
		}
	}
}
