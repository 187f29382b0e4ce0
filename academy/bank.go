package academy

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"peakseat/academy/exchange"
	"peakseat/internal/audit"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// Bank is a collection of questions.
type Bank struct {
	ID        uuid.UUID `json:"id"`
	Code      string    `json:"code"`
	Name      string    `json:"name"`
	Questions int       `json:"questions" doc:"not retired"`
	CreatedAt time.Time `json:"created_at"`
}

// BankQuestion is a version of a question of a bank, the newest where nothing else is said. Versions never change: what was
// asked under one is graded under it for ever.
type BankQuestion struct {
	ID         uuid.UUID         `json:"id"`
	BankID     uuid.UUID         `json:"bank_id"`
	VersionID  uuid.UUID         `json:"version_id"`
	Version    int               `json:"version"`
	Topic      string            `json:"topic"`
	Difficulty int               `json:"difficulty"`
	Question   exchange.Question `json:"question" doc:"with its key"`
	CreatedAt  time.Time         `json:"created_at"`
	RetiredAt  *time.Time        `json:"retired_at,omitempty"`
}

// QuestionFilter says which questions of a bank. The zero filter is all that are not retired.
type QuestionFilter struct {
	Topic      string        `query:"topic" maxLength:"1000" doc:"with all below it"`
	Difficulty int           `query:"difficulty" minimum:"0" maximum:"5" doc:"0 is any"`
	Kind       exchange.Kind `query:"kind" enum:"single_choice,multiple_choice,true_false,numeric,short_text,matching,ordering,open,dialogue"`
	Text       string        `query:"q" maxLength:"200" doc:"what the question says"`
	Retired    bool          `query:"retired" doc:"those, and not the others"`
}

// BankTopic is a topic of a bank, of its questions in use.
type BankTopic struct {
	Topic     string `json:"topic"`
	Questions int    `json:"questions"`
	ByHand    int    `json:"by_hand" doc:"of these: open questions and dialogues, which a grader marks"`
}

// AddBank makes an empty bank.
func (s *Service) AddBank(ctx context.Context, code, name string) (made *Bank, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		made = &Bank{ID: newID(), Code: code, Name: name, CreatedAt: tx.Now}
		return refusal(tx.Exec(`insert into academy.bank (id, code, name, created_by, created_at) values (?, ?, ?, ?, ?)`,
			made.ID, code, name, tx.Actor.AccountID, tx.Now).Error)
	})
	return made, err
}

// Banks lists the banks after one, by id; those of brand packs are the merchants' own.
func (s *Service) Banks(ctx context.Context, after uuid.UUID, limit int) (list []Bank, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		list, err = selectBanks(tx, `b.id > ? and b.shop_id is null order by b.id limit ?`, after, limit)
		return err
	})
	return list, err
}

// Bank is one bank.
func (s *Service) Bank(ctx context.Context, id uuid.UUID) (b *Bank, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		found, err := theOne(selectBanks(tx, `b.id = ?`, id))
		b = &found
		return err
	})
	return b, err
}

// Questions lists the questions of a bank after one, by id.
func (s *Service) Questions(ctx context.Context, bank uuid.UUID, filter QuestionFilter, after uuid.UUID, limit int) (list []BankQuestion, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if _, err := theOne(selectBanks(tx, `b.id = ?`, bank)); err != nil {
			return err
		}
		list, err = selectBankQuestions(tx, bank, filter, after, limit)
		return err
	})
	return list, err
}

// BankTopics lists the topics of a bank, in the order of their names.
func (s *Service) BankTopics(ctx context.Context, bank uuid.UUID) (list []BankTopic, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if _, err := theOne(selectBanks(tx, `b.id = ?`, bank)); err != nil {
			return err
		}
		list, err = selectTopics(tx, bank)
		return err
	})
	return list, err
}

// QuestionVersions lists all versions of a question, the newest first.
func (s *Service) QuestionVersions(ctx context.Context, id uuid.UUID) (list []BankQuestion, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		list, err = selectQuestionVersions(tx, id)
		if err == nil && len(list) == 0 {
			return fault.ErrNotFound
		}
		return err
	})
	return list, err
}

// AddQuestion puts a question into a bank. Its category and difficulty are required. It returns ErrQuestionRef and ErrQuestionSame.
func (s *Service) AddQuestion(ctx context.Context, bank uuid.UUID, q exchange.Question) (made *BankQuestion, err error) {
	if err := checkQuestion(&q); err != nil {
		return nil, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if err := lockBank(tx, bank); err != nil {
			return err
		}
		if twin, err := selectTwins(tx, bank, []exchange.Question{q}); err != nil || len(twin) > 0 {
			return or(err, ErrQuestionSame)
		}
		rows := []newQuestion{fresh(q)}
		if err := insertQuestions(tx, bank, rows); err != nil {
			return err
		}
		list, err := selectQuestionVersions(tx, rows[0].QuestionID)
		if err != nil {
			return err
		}
		made = &list[0]
		return nil
	})
	return made, err
}

// AddQuestionVersion changes what a question asks from now on; papers published before keep what they have. last is the
// version that the editor read. It returns ErrQuestionRaced and ErrQuestionRetired.
func (s *Service) AddQuestionVersion(ctx context.Context, id uuid.UUID, last int, q exchange.Question) (made *BankQuestion, err error) {
	if err := checkQuestion(&q); err != nil {
		return nil, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		versions, err := selectQuestionVersions(tx, id)
		switch {
		case err != nil:
			return err
		case len(versions) == 0:
			return fault.ErrNotFound
		case versions[0].RetiredAt != nil:
			return ErrQuestionRetired
		case versions[0].Version != last:
			return ErrQuestionRaced
		}
		q.ID = versions[0].Question.ID // who a question is does not change
		if err := insertQuestionVersions(tx, []newQuestion{{VersionID: newID(), QuestionID: id, Version: last + 1, Question: q}}); err != nil {
			return err
		}
		versions, err = selectQuestionVersions(tx, id)
		if err != nil {
			return err
		}
		made = &versions[0]
		return nil
	})
	return made, err
}

// RetireQuestion keeps a question out of papers to come. Published papers, attempts and scores stay as they are. It returns
// ErrQuestionRetired.
func (s *Service) RetireQuestion(ctx context.Context, id uuid.UUID, reason string) (retired *BankQuestion, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		result := tx.Exec(`update academy.question set retired_by = ?, retired_at = ? where id = ?`, tx.Actor.AccountID, tx.Now, id)
		if result.Error != nil {
			return refusal(result.Error)
		}
		if result.RowsAffected == 0 {
			return fault.ErrNotFound
		}
		versions, err := selectQuestionVersions(tx, id)
		if err != nil {
			return err
		}
		retired = &versions[0]
		return audit.Record(tx, audit.Entry{Action: "question.retired", Subject: id.String(), Reason: reason})
	})
	return retired, err
}

// checkQuestion names every rule that a question of a bank breaks.
func checkQuestion(q *exchange.Question) error {
	var wrong fault.Collect
	if q.Category == "" {
		wrong.Add("/category", "required", "请写明主题。", "Name the topic.")
	}
	if q.Difficulty == 0 {
		wrong.Add("/difficulty", "required", "请写明难度，1（易）到 5（难）。", "Say how difficult it is, 1 (easy) to 5.")
	}
	for _, f := range exchange.Check(q) {
		wrong.Add("", f.Code, f.ZH, f.EN)
	}
	return wrong.Err()
}

// newQuestion is a version on its way into a bank.
type newQuestion struct {
	VersionID  uuid.UUID
	QuestionID uuid.UUID
	Version    int
	Question   exchange.Question
}

// fresh is the first version of a question.
func fresh(q exchange.Question) newQuestion {
	return newQuestion{VersionID: newID(), QuestionID: newID(), Version: 1, Question: q}
}

// digest is of what a question asks and wants to hear, whatever it is called and wherever it is filed.
func digest(q *exchange.Question) ([sha256.Size]byte, error) {
	raw, err := json.Marshal(exchange.Question{
		Kind: q.Kind, Text: q.Text, Answers: q.Answers, CaseMade: q.CaseMade, Pairs: q.Pairs, Items: q.Items, Guide: q.Guide, Rubric: q.Rubric, Turns: q.Turns,
	})
	if err != nil {
		return [sha256.Size]byte{}, fmt.Errorf("digest of question %s: %w", strconv.Quote(q.ID), err)
	}
	return sha256.Sum256(raw), nil
}

// or is err, or where there is none what is otherwise wrong.
func or(err error, otherwise *fault.Fault) error {
	if err != nil {
		return err
	}
	return otherwise
}
