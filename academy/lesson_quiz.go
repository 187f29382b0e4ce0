package academy

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"peakseat/academy/exchange"
	"peakseat/academy/marking"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// The refusals about the quizzes of lessons.
var (
	ErrQuizAnswers = fault.ErrInvalid.At("/answers", "other_count", "每道题都要作答，且本课须有小测。", "Answer each item of a lesson that has a quiz.")
	ErrQuizFirst   = fault.New(fault.Conflict, "quiz_first",
		"请先通过本课的小测。", "Pass the lesson's quiz first.")
	ErrQuizNotDrawn = fault.New(fault.NotFound, "quiz_not_drawn",
		"这一课没有抽题的小测。", "The lesson has no quiz that is drawn.")
	ErrQuizMoved = fault.New(fault.Conflict, "quiz_moved_on",
		"这一份小测已经交过，请做新的一份。", "This quiz was answered before; take the next one.")
	ErrQuizPool = fault.New(fault.Conflict, "quiz_pool_short",
		"题库里能抽的题不够一份小测。", "The bank has too few questions that a quiz can draw.")
)

// QuizItem is a question of a lesson. What is right, and why, is told to agents only after they answered.
type QuizItem struct {
	Kind    string       `json:"kind" enum:"single_choice,multiple_choice"`
	TextZH  string       `json:"text_zh" minLength:"1" maxLength:"2000"`
	TextEN  string       `json:"text_en" minLength:"1" maxLength:"2000"`
	Options []QuizOption `json:"options" minItems:"2" maxItems:"10" nullable:"false"`
	WhyZH   string       `json:"why_zh,omitempty" maxLength:"2000"`
	WhyEN   string       `json:"why_en,omitempty" maxLength:"2000"`
}

// QuizOption is one answer that is offered.
type QuizOption struct {
	ZH    string `json:"zh" minLength:"1" maxLength:"500"`
	EN    string `json:"en" minLength:"1" maxLength:"500"`
	Right bool   `json:"right,omitempty"`
}

// right are the options that are.
func (q QuizItem) right() []int {
	list := []int{}
	for i, o := range q.Options {
		if o.Right {
			list = append(list, i)
		}
	}
	return list
}

// QuizDraw is a quiz that is drawn from a question bank: for each try a form of its own, which asks again as little as can be of the
// one before. Open questions and dialogues, which wait for a grader, are left out.
type QuizDraw struct {
	BankID    uuid.UUID `json:"bank_id" format:"uuid"`
	Topics    []string  `json:"topics,omitempty" maxItems:"50" nullable:"false" doc:"each with all below it; none: any"`
	Questions int       `json:"questions" minimum:"1" maximum:"20" doc:"in each form"`
}

// LessonQuiz is a form of a drawn quiz as one is asked it, without keys.
type LessonQuiz struct {
	Lesson    string          `json:"lesson"`
	Try       int             `json:"try" doc:"from 1; answers name it"`
	QuizPass  int             `json:"quiz_pass" doc:"percent of the questions that must be right"`
	Questions []marking.Shown `json:"questions" nullable:"false"`
}

// QuizAnswers is what is said to a lesson's quiz.
type QuizAnswers struct {
	Lesson  string                `json:"lesson" maxLength:"40"`
	Answers [][]int               `json:"answers,omitempty" maxItems:"20" nullable:"false" doc:"to the course's own items: for each the options chosen, from 0"`
	Try     int                   `json:"try,omitempty" minimum:"0" doc:"of a drawn quiz: the one that is answered"`
	Given   []marking.AnswerGiven `json:"given,omitempty" maxItems:"20" nullable:"false" doc:"to its questions, in their order"`
}

// QuizResult is what came of a try, with the keys.
type QuizResult struct {
	Items   []QuizItemResult `json:"items" nullable:"false"`
	Correct int              `json:"correct"`
	Passed  bool             `json:"passed"`
}

// QuizItemResult is one item's.
type QuizItemResult struct {
	Correct bool                 `json:"correct"`
	Right   []int                `json:"right" nullable:"false" doc:"of the course's own items: the options that are, from 0"`
	WhyZH   string               `json:"why_zh,omitempty"`
	WhyEN   string               `json:"why_en,omitempty"`
	Key     *marking.AnswerGiven `json:"key,omitempty" doc:"of a drawn question: an answer that is right"`
	Why     *marking.ShownText   `json:"why,omitempty" doc:"of a drawn question: its feedback"`
}

// LessonQuiz is the form that the agent's next try at a drawn quiz answers; it stays the same until that. It returns ErrNotEnrolled,
// ErrNoLesson or ErrQuizNotDrawn.
func (s *Service) LessonQuiz(ctx context.Context, courseID uuid.UUID, lesson string) (q *LessonQuiz, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		c, l, err := taken(tx, courseID, lesson)
		if err != nil {
			return err
		}
		if l.Draw == nil {
			return ErrQuizNotDrawn
		}
		try, form, err := s.nextForm(tx, c, l)
		if err != nil {
			return err
		}
		q = &LessonQuiz{Lesson: lesson, Try: try, QuizPass: l.QuizPass, Questions: make([]marking.Shown, len(form))}
		for i, d := range form {
			q.Questions[i] = marking.Show(&d.Question, d.Layout)
		}
		return nil
	})
	return q, err
}

// AnswerQuiz marks a try at a lesson's quiz: an item is right where exactly its right options were chosen, a drawn question
// where the answer earns all of it. There may be as many tries as one likes: a lesson's quiz teaches, papers examine. It returns
// ErrQuizAnswers and ErrQuizMoved.
func (s *Service) AnswerQuiz(ctx context.Context, courseID uuid.UUID, said QuizAnswers) (result *QuizResult, err error) {
	err = s.inCourse(ctx, courseID, said.Lesson, func(tx *postgres.Tx, c *Course, l Lesson) error {
		var answers any = said.Answers
		var asked []uuid.UUID
		if l.Draw == nil {
			result, err = l.mark(said.Answers)
		} else {
			answers = said.Given
			result, asked, err = s.markDrawn(tx, c, l, said)
		}
		if err != nil {
			return err
		}
		for _, it := range result.Items {
			result.Correct += one(it.Correct)
		}
		result.Passed = result.Correct*100 >= l.QuizPass*len(result.Items)
		raw, err := json.Marshal(answers)
		if err != nil {
			return fmt.Errorf("encode answers: %w", err)
		}
		return tx.Exec(`insert into academy.quiz_try (id, agent_id, version_id, lesson, answers, correct, items, passed, tried_at, questions) values (?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?)`,
			newID(), tx.Actor.AccountID, c.VersionID, l.Key, string(raw), result.Correct, len(result.Items), result.Passed, tx.Now, postgres.ArrayOf(asked)).Error
	})
	return result, err
}

// mark compares answers with the course's own items.
func (l Lesson) mark(answers [][]int) (*QuizResult, error) {
	if len(l.Quiz) == 0 || len(answers) != len(l.Quiz) {
		return nil, ErrQuizAnswers
	}
	r := &QuizResult{}
	for i, q := range l.Quiz {
		chosen := slices.Clone(answers[i])
		slices.Sort(chosen)
		right := q.right()
		r.Items = append(r.Items, QuizItemResult{Correct: slices.Equal(slices.Compact(chosen), right), Right: right, WhyZH: q.WhyZH, WhyEN: q.WhyEN})
	}
	return r, nil
}

// markDrawn marks answers to the form that is due, and tells which questions it asked.
func (s *Service) markDrawn(tx *postgres.Tx, c *Course, l Lesson, said QuizAnswers) (*QuizResult, []uuid.UUID, error) {
	try, form, err := s.nextForm(tx, c, l)
	switch {
	case err != nil:
		return nil, nil, err
	case said.Try != try:
		return nil, nil, ErrQuizMoved.With("try", try)
	case len(said.Given) != len(form):
		return nil, nil, ErrQuizAnswers
	}
	r := &QuizResult{Items: make([]QuizItemResult, len(form))}
	var wrong fault.Collect
	for i, d := range form {
		for _, f := range marking.Show(&d.Question, d.Layout).Check(said.Given[i]) {
			wrong.Add(fmt.Sprintf("/given/%d%s", i, f.Pointer), f.Code, f.ZH, f.EN)
		}
		key := marking.Right(&d.Question, d.Layout)
		r.Items[i] = QuizItemResult{Correct: marking.Score(&d.Question, d.Layout, said.Given[i]).Earned == exchange.Full, Right: []int{}, Key: &key}
		if d.Question.Feedback.Body != "" {
			r.Items[i].Why = &marking.ShownText{Format: d.Question.Feedback.Format, Body: d.Question.Feedback.Body}
		}
	}
	return r, ids(form), wrong.Err()
}

// nextForm is the form of the agent's next try at a drawn quiz, by its number. It follows from what was tried before and from the
// frozen pool, so that nothing is kept of a form that nobody answers; the pool's ids, which nobody is told, are part of the seed.
func (s *Service) nextForm(tx *postgres.Tx, c *Course, l Lesson) (try int, form []DrawnItem, err error) {
	agent := tx.Actor.AccountID
	var before []struct{ ID uuid.UUID }
	if err := tx.Raw(`select count(*) + 1 from academy.quiz_try where agent_id = ? and version_id = ? and lesson = ?`, agent, c.VersionID, l.Key).Scan(&try).Error; err != nil {
		return 0, nil, err
	}
	if err := tx.Raw(`select unnest(questions) as id from (select questions from academy.quiz_try where agent_id = ? and version_id = ? and lesson = ?
		order by tried_at desc, id desc limit 1) t`, agent, c.VersionID, l.Key).Scan(&before).Error; err != nil {
		return 0, nil, err
	}
	avoid := make([]uuid.UUID, len(before))
	for i, b := range before {
		avoid[i] = b.ID
	}
	err = postgres.InTx(tx.Context(), s.System, func(keys *postgres.Tx) error { // agents do not read keys
		pool, err := selectQuizPool(keys, c.VersionID, l.Key)
		if err != nil {
			return err
		}
		form, err = drawn(keys, l.Draw.blueprint(), pool, 100, quizSeed(c.VersionID, l.Key, agent, try, pool), avoid)
		return err
	})
	return try, form, err
}

// freezeQuizzes keeps what the drawn quizzes of a version draw from. It returns ErrQuizPool with every lesson that lacks questions.
func freezeQuizzes(tx *postgres.Tx, c *Course) error {
	short := *ErrQuizPool
	for i, l := range c.Lessons {
		if l.Draw == nil {
			continue
		}
		pool, err := selectLive(tx, []uuid.UUID{l.Draw.BankID})
		if err != nil {
			return err
		}
		pool = slices.DeleteFunc(pool, func(p pooled) bool { return !l.Draw.holds(p) })
		if len(pool) < l.Draw.Questions {
			short.Fields = append(short.Fields, fault.Field{Pointer: fmt.Sprintf("/lessons/%d/draw/questions", i), Code: "questions_lacking", Text: fault.Text{
				ZH: fmt.Sprintf("第 %d 课要抽 %d 道，题库里能抽的有 %d 道。", i+1, l.Draw.Questions, len(pool)),
				EN: fmt.Sprintf("Lesson %d draws %d questions, the bank has %d that it can.", i+1, l.Draw.Questions, len(pool)),
			}})
			continue
		}
		if err := insertQuizPool(tx, c.VersionID, l.Key, pool); err != nil {
			return err
		}
	}
	if len(short.Fields) > 0 {
		return &short
	}
	return nil
}

func (l Lesson) hasQuiz() bool { return len(l.Quiz) > 0 || l.Draw != nil }

// holds tells whether a quiz may ask a question.
func (d *QuizDraw) holds(p pooled) bool {
	return p.Kind != exchange.Open && p.Kind != exchange.Dialogue &&
		(len(d.Topics) == 0 || slices.ContainsFunc(d.Topics, func(t string) bool { return under(p.Topic, t) }))
}

// blueprint is the draw as papers have it; the pool holds nothing else.
func (d *QuizDraw) blueprint() []Cell { return []Cell{{Count: d.Questions, Points: 1}} }

func quizSeed(version uuid.UUID, lesson string, agent uuid.UUID, try int, pool []pooled) uint64 {
	text := fmt.Appendf(nil, "%s/%s/%s/%d", version, lesson, agent, try)
	for _, p := range pool {
		text = append(text, p.ID[:]...)
	}
	sum := sha256.Sum256(text)
	return binary.LittleEndian.Uint64(sum[:])
}
