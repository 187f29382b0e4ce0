package academy

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/academy/exchange"
	"peakseat/academy/marking"
	"peakseat/internal/audit"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// AttemptReview is what an examinee is told of a graded attempt: topics and counts, never questions or keys.
type AttemptReview struct {
	AttemptID uuid.UUID     `json:"attempt_id"`
	Seq       int           `json:"seq" doc:"of the grading; a second marking makes a new one"`
	Score     int           `json:"score" doc:"hundredths of a percent"`
	PassScore int           `json:"pass_score"`
	Passed    bool          `json:"passed"`
	GradedAt  time.Time     `json:"graded_at"`
	Topics    []TopicResult `json:"topics" nullable:"false"`
}

// TopicResult is how an attempt went in one topic.
type TopicResult struct {
	Topic   string `json:"topic"`
	TopicEN string `json:"topic_en,omitempty" doc:"of the quiz of a brand pack, whose topics the program names in both languages"`
	Right   int    `json:"right"`
	Partly  int    `json:"partly"`
	Wrong   int    `json:"wrong"`
	Blank   int    `json:"unanswered"`
	Score   int    `json:"score" doc:"hundredths of a percent of the topic's points"`

	parts []marking.Part
}

// GradingTask is an answer that waits for a grader, who is not told whose it is or what others gave.
type GradingTask struct {
	ID       uuid.UUID            `json:"id"`
	Round    int                  `json:"round" doc:"1; 2: a second grader was asked for; 3: the first two are far apart"`
	Reason   string               `json:"reason,omitempty" doc:"why a second grader was asked for"`
	Topic    string               `json:"topic"`
	Points   int                  `json:"points" doc:"of the question in the paper"`
	Question marking.Shown        `json:"question"`
	Guide    marking.ShownText    `json:"guide"`
	Rubric   []RubricLine         `json:"rubric" nullable:"false"`
	Lines    []RequiredLine       `json:"lines,omitempty" doc:"dialogue: what the reply to each line of the customer must and must not say"`
	Answer   *marking.AnswerGiven `json:"answer,omitempty"`
	OpenedAt time.Time            `json:"opened_at"`
}

// RubricLine is a criterion of a rubric.
type RubricLine struct {
	Name   string            `json:"name"`
	Points int               `json:"points" doc:"at most"`
	Guide  marking.ShownText `json:"guide"`
}

// RequiredLine is what the author wrote beside a line of the customer.
type RequiredLine struct {
	Required  []string `json:"required" nullable:"false"`
	Forbidden []string `json:"forbidden" nullable:"false"`
}

// GraderMark is what a grader gives.
type GraderMark struct {
	Points  []int  `json:"points" minItems:"1" maxItems:"200" nullable:"false" doc:"on each criterion of the rubric, in its order"`
	Comment string `json:"comment,omitempty" maxLength:"2000"`
}

// ScoreEvidence is all that an attempt's score was made of.
type ScoreEvidence struct {
	AttemptID  uuid.UUID      `json:"attempt_id"`
	Recomputed int            `json:"recomputed" doc:"the score calculated now from the answers and graders' marks that are kept"`
	Agrees     bool           `json:"agrees" doc:"with the newest grading"`
	Gradings   []Grading      `json:"gradings" nullable:"false"`
	Items      []EvidenceItem `json:"items" nullable:"false"`
	Events     []AttemptEvent `json:"events" nullable:"false"`
}

// Grading is one result of an attempt; the newest counts.
type Grading struct {
	Seq      int        `json:"seq"`
	Score    int        `json:"score"`
	Passed   bool       `json:"passed"`
	GradedBy *uuid.UUID `json:"graded_by,omitempty" doc:"absent: the program"`
	GradedAt time.Time  `json:"graded_at"`
}

// EvidenceItem is one question with its answer and marks.
type EvidenceItem struct {
	Position          int                  `json:"position"`
	QuestionVersionID uuid.UUID            `json:"question_version_id"`
	Topic             string               `json:"topic"`
	Points            int                  `json:"points"`
	Question          marking.Shown        `json:"question"`
	Answer            *marking.AnswerGiven `json:"answer,omitempty"`
	Marks             []AnswerMark         `json:"marks" nullable:"false"`
}

// AnswerMark is what the program or a grader gave.
type AnswerMark struct {
	Round    int        `json:"round" doc:"0: the program"`
	Earned   float64    `json:"earned" doc:"percent of the question's points"`
	GraderID *uuid.UUID `json:"grader_id,omitempty"`
	Criteria []int      `json:"criteria,omitempty"`
	Comment  string     `json:"comment,omitempty"`
	MarkedAt time.Time  `json:"marked_at"`

	weight exchange.Weight
}

// AttemptEvent is something that happened to an attempt.
type AttemptEvent struct {
	Kind   string     `json:"kind" enum:"started,taken_over,paused,resumed,submitted,time_over"`
	Device *uuid.UUID `json:"device,omitempty"`
	At     time.Time  `json:"at"`
}

// earned is what the marks of a question, in the order of their rounds, come to: graders' take the place of the program's.
func earned(marks []AnswerMark) (w exchange.Weight, third bool) {
	var given []exchange.Weight
	for _, m := range marks {
		if m.Round > 0 {
			given = append(given, m.weight)
		}
	}
	if len(given) == 0 && len(marks) > 0 {
		return marks[0].weight, false
	}
	return marking.Settle(given)
}

// markAttempt marks a closed attempt; it is graded at once unless an answer waits for a grader.
func (s *Service) markAttempt(tx *postgres.Tx, a *Attempt) error {
	items, err := selectAnswered(tx, a.ID)
	if err != nil {
		return err
	}
	var marks []newMark
	var wait []int
	for i, it := range items {
		m := marking.Score(&it.question.Question, it.Layout, it.answer())
		if m.Waits {
			wait = append(wait, it.Position)
			continue
		}
		items[i].marks = []AnswerMark{{weight: m.Earned}}
		marks = append(marks, newMark{Position: it.Position, Earned: int64(m.Earned), Response: marking.Key(&it.question.Question, it.Layout, it.answer())})
	}
	if err := insertMarks(tx, a, marks); err != nil {
		return err
	}
	if len(wait) == 0 {
		return grade(tx, a, items)
	}
	return insertTasks(tx, a, 1, wait, nil, "")
}

// grade makes the next grading of an attempt from its marks and tells it. The attempt is locked.
func grade(tx *postgres.Tx, a *Attempt, items []answered) error {
	v, err := selectPaperVersion(tx, a.PaperVersionID)
	if err != nil {
		return err
	}
	score, topics := summed(items)
	g := Grading{Score: score, Passed: score >= v.PassScore, GradedAt: tx.Now}
	if id := tx.Actor.AccountID; id != uuid.Nil && id != a.AgentID {
		g.GradedBy = &id
	}
	raw, err := json.Marshal(topics)
	if err != nil {
		return fmt.Errorf("encode topics: %w", err)
	}
	if err := lockExaminee(tx, a.AgentID); err != nil {
		return err
	}
	if err := tx.Raw(`insert into academy.grading (attempt_id, seq, agent_id, score, passed, topics, graded_by, graded_at)
		select ?, coalesce(max(seq), 0) + 1, ?, ?, ?, ?::jsonb, ?, ? from academy.grading where attempt_id = ? returning seq`,
		a.ID, a.AgentID, g.Score, g.Passed, string(raw), g.GradedBy, tx.Now, a.ID).Scan(&g.Seq).Error; err != nil {
		return refusal(err)
	}
	if err := tx.Exec(`update academy.attempt set state = 'graded' where id = ?`, a.ID).Error; err != nil {
		return refusal(err)
	}
	news := []fact.Fact{fact.AttemptGraded{
		AttemptID: a.ID.String(), AgentID: a.AgentID.String(), PaperID: a.PaperID.String(), Code: v.Code, Version: v.Version, Seq: g.Seq, Score: g.Score, Passed: g.Passed,
	}}
	if v.ShopID != nil {
		quiz, err := quizGraded(tx, a, g)
		if err != nil {
			return err
		}
		news = append(news, quiz)
	}
	return outbox.Append(tx, news...)
}

// summed is the score of a paper, and how each topic went, in the order of their names.
func summed(items []answered) (score int, topics []TopicResult) {
	var all []marking.Part
	byName := map[string]*TopicResult{}
	for _, it := range items {
		w, _ := earned(it.marks)
		part := marking.Part{Points: it.Points, Earned: w}
		all = append(all, part)
		t := byName[it.Topic]
		if t == nil {
			t = &TopicResult{Topic: it.Topic}
			byName[it.Topic] = t
		}
		t.parts = append(t.parts, part)
		switch {
		case it.answer().Blank():
			t.Blank++
		case w == exchange.Full:
			t.Right++
		case w > 0:
			t.Partly++
		default:
			t.Wrong++
		}
	}
	topics = make([]TopicResult, 0, len(byName))
	for _, t := range byName {
		t.Score = marking.Total(t.parts)
		topics = append(topics, *t)
	}
	slices.SortFunc(topics, func(a, b TopicResult) int { return cmp.Compare(a.Topic, b.Topic) })
	return marking.Total(all), topics
}

// Review is what the examinee is told of the newest grading. It returns ErrNotGraded.
func (s *Service) Review(ctx context.Context, id uuid.UUID) (r *AttemptReview, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if _, err := selectAttempt(tx, id, ""); err != nil {
			return err
		}
		r, err = selectReview(tx, id)
		return err
	})
	return r, err
}

// GradingTasks are answers that wait for a grader who is the actor, the longest waiting first.
func (s *Service) GradingTasks(ctx context.Context, after uuid.UUID, limit int) (list []GradingTask, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		list, err = selectTasks(tx, after, limit)
		return err
	})
	return list, err
}

// MarkAnswer gives an answer a grader's points. When the attempt's last answer is marked it is graded. It returns ErrMarked,
// ErrOwnAnswer or ErrSameGrader.
func (s *Service) MarkAnswer(ctx context.Context, task uuid.UUID, v GraderMark) error {
	return postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		t, err := selectTask(tx, task)
		if err != nil {
			return err
		}
		a, err := selectAttempt(tx, t.AttemptID, "for update of a")
		if err != nil {
			return err
		}
		if t, err = selectTask(tx, task); err != nil { // as it is under the lock
			return err
		}
		switch {
		case !t.Open:
			return ErrMarked
		case a.AgentID == tx.Actor.AccountID:
			return ErrOwnAnswer
		}
		items, err := selectAnswered(tx, a.ID)
		if err != nil {
			return err
		}
		it := &items[t.Position-1]
		w, fits := marking.Graded(marking.Rubric(&it.question.Question), v.Points)
		if !fits {
			return fault.ErrInvalid.At("/points", "not_of_rubric", "请按评分表逐项给分，且不超过各项上限。", "Give points on each criterion of the rubric, at most what it is worth.")
		}
		if err := insertGraderMark(tx, a, t, w, v); err != nil {
			return err
		}
		if err := audit.Record(tx, audit.Entry{Action: "answer.marked", Subject: a.ID.String(), Reason: fmt.Sprintf("question %d, round %d", t.Position, t.Round)}); err != nil {
			return err
		}
		it.marks = append(it.marks, AnswerMark{Round: t.Round, weight: w})
		if _, third := earned(it.marks); third {
			return insertTasks(tx, a, 3, []int{t.Position}, nil, "")
		}
		left, err := countTasks(tx, a.ID)
		if err != nil || left > 0 {
			return err
		}
		return grade(tx, a, items)
	})
}

// AskSecondMarking asks for another grader of a graded attempt: an examinee for all answers that one person marked, officials
// also for any that they name. It returns ErrNotGraded or ErrSecondMarking.
func (s *Service) AskSecondMarking(ctx context.Context, id uuid.UUID, positions []int, reason string) (asked []int, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		a, err := selectAttempt(tx, id, "for update of a")
		if err != nil {
			return err
		}
		examinee := a.AgentID == tx.Actor.AccountID
		switch {
		case !examinee && !official(tx.Actor):
			return fault.ErrNotFound
		case a.State != "graded":
			return ErrNotGraded
		}
		items, err := selectAnswered(tx, id)
		if err != nil {
			return err
		}
		rounds := map[int][]int{} // next round: positions
		for _, it := range items {
			next := len(it.marks) + 1
			if len(it.marks) > 0 && it.marks[0].Round == 0 {
				next--
			}
			named := slices.Contains(positions, it.Position)
			if next == 2 && (named || len(positions) == 0) || next == 1 && named && !examinee {
				rounds[next] = append(rounds[next], it.Position)
				asked = append(asked, it.Position)
			}
		}
		open, err := countTasks(tx, id)
		if err != nil {
			return err
		}
		if len(asked) == 0 || open > 0 {
			return ErrSecondMarking
		}
		for next, list := range rounds {
			if err := insertTasks(tx, a, next, list, &tx.Actor.AccountID, reason); err != nil {
				return err
			}
		}
		return audit.Record(tx, audit.Entry{Action: "marking.second_asked", Subject: id.String(), Reason: reason})
	})
	return asked, err
}

// Evidence is all that an attempt's score was made of, with the score calculated anew.
func (s *Service) Evidence(ctx context.Context, id uuid.UUID) (e *ScoreEvidence, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		a, err := selectAttempt(tx, id, "")
		if err != nil {
			return err
		}
		items, err := selectAnswered(tx, id)
		if err != nil {
			return err
		}
		e = &ScoreEvidence{AttemptID: id, Items: make([]EvidenceItem, len(items))}
		for i, it := range items {
			e.Items[i] = EvidenceItem{it.Position, it.QuestionVersionID, it.Topic, it.Points, it.Shown, it.kept, append([]AnswerMark{}, it.marks...)}
			for j, m := range it.marks { // by the answer and the points that are kept, not by what they were found to be worth
				if items[i].marks[j].weight = marking.Score(&it.question.Question, it.Layout, it.answer()).Earned; m.Round > 0 {
					items[i].marks[j].weight, _ = marking.Graded(marking.Rubric(&it.question.Question), m.Criteria)
				}
			}
		}
		e.Recomputed, _ = summed(items)
		if e.Gradings, err = selectGradings(tx, id); err != nil {
			return err
		}
		if e.Events, err = selectEvents(tx, id); err != nil {
			return err
		}
		e.Agrees = a.Score != nil && *a.Score == e.Recomputed
		return nil
	})
	return e, err
}
