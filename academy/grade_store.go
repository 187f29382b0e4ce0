package academy

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"peakseat/academy/exchange"
	"peakseat/academy/marking"
	"peakseat/internal/auth"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// answered is a question of an attempt with its key, what was answered, and what that was given.
type answered struct {
	item
	question versioned
	kept     *marking.AnswerGiven
	marks    []AnswerMark // by round
}

// answer is what was answered, the zero Answer where nothing was.
func (a answered) answer() marking.AnswerGiven {
	if a.kept == nil {
		return marking.AnswerGiven{}
	}
	return *a.kept
}

// selectAnswered is all of an attempt, in the order of its positions. It reads keys: the system's role.
func selectAnswered(tx *postgres.Tx, attempt uuid.UUID) ([]answered, error) {
	var rows []struct {
		Position, Points      int
		QuestionVersionID     uuid.UUID
		Topic                 string
		Shown, Layout, Answer []byte
		Marks                 []byte
	}
	if err := tx.Raw(`select i.position, i.points, i.question_version_id, i.topic, i.shown, f.layouts -> (i.position - 1) as layout, k.answer,
			(select jsonb_agg(jsonb_build_object('round', m.round, 'earned', m.earned, 'grader', m.grader_id, 'criteria', m.criteria, 'comment', m.comment, 'at', m.marked_at) order by m.round)
				from academy.mark m where m.attempt_id = i.attempt_id and m.position = i.position) as marks
		from academy.attempt_item i join academy.attempt_form f on f.attempt_id = i.attempt_id
		left join academy.attempt_answer k on k.attempt_id = i.attempt_id and k.position = i.position
		where i.attempt_id = ? order by i.position`, attempt).Scan(&rows).Error; err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		ids[i] = r.QuestionVersionID
	}
	questions, err := selectVersions(tx, ids)
	if err != nil {
		return nil, err
	}
	list := make([]answered, len(rows))
	for i, r := range rows {
		it := answered{item: item{Position: r.Position, QuestionVersionID: r.QuestionVersionID, Topic: r.Topic, Points: r.Points}, question: questions[r.QuestionVersionID]}
		var marks []struct {
			Round    int
			Earned   exchange.Weight
			Grader   *uuid.UUID
			Criteria []int
			Comment  string
			At       time.Time
		}
		for _, part := range []struct {
			raw  []byte
			into any
		}{{r.Shown, &it.Shown}, {r.Layout, &it.Layout}, {r.Answer, &it.kept}, {r.Marks, &marks}} {
			if part.raw == nil {
				continue
			}
			if err := json.Unmarshal(part.raw, part.into); err != nil {
				return nil, fmt.Errorf("read question %d of attempt %s: %w", r.Position, attempt, err)
			}
		}
		for _, m := range marks {
			it.marks = append(it.marks, AnswerMark{
				Round: m.Round, Earned: float64(m.Earned) / float64(exchange.Full) * 100, GraderID: m.Grader, Criteria: m.Criteria, Comment: m.Comment, MarkedAt: m.At.UTC(), weight: m.Earned,
			})
		}
		list[i] = it
	}
	return list, nil
}

// newMark is a mark of the program.
type newMark struct {
	Position int    `json:"position"`
	Earned   int64  `json:"earned"`
	Response string `json:"response"`
}

func insertMarks(tx *postgres.Tx, a *Attempt, marks []newMark) error {
	raw, err := json.Marshal(append([]newMark{}, marks...))
	if err != nil {
		return fmt.Errorf("encode marks: %w", err)
	}
	return refusal(tx.Exec(`insert into academy.mark (attempt_id, position, round, agent_id, earned, response, marked_at)
		select ?, r.position, 0, ?, r.earned, r.response, ? from jsonb_to_recordset(?::jsonb) as r (position int, earned bigint, response text)`, a.ID, a.AgentID, tx.Now, string(raw)).Error)
}

// insertGraderMark writes a grader's mark and closes its task.
func insertGraderMark(tx *postgres.Tx, a *Attempt, t task, w exchange.Weight, v GraderMark) error {
	var comment *string
	if v.Comment != "" {
		comment = &v.Comment
	}
	if err := tx.Exec(`insert into academy.mark (attempt_id, position, round, agent_id, task_id, grader_id, earned, criteria, comment, marked_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		a.ID, t.Position, t.Round, a.AgentID, t.ID, tx.Actor.AccountID, int64(w), postgres.ArrayOf(v.Points), comment, tx.Now).Error; err != nil {
		return refusal(err)
	}
	return tx.Exec(`update academy.grading_task set open = false where id = ?`, t.ID).Error
}

func insertTasks(tx *postgres.Tx, a *Attempt, round int, positions []int, by *uuid.UUID, reason string) error {
	for _, position := range positions {
		if err := tx.Exec(`insert into academy.grading_task (id, attempt_id, position, round, agent_id, open, asked_by, reason, opened_at) values (?, ?, ?, ?, ?, true, ?, nullif(?, ''), ?)`,
			newID(), a.ID, position, round, a.AgentID, by, reason, tx.Now).Error; err != nil {
			return refusal(err)
		}
	}
	return nil
}

// task is a grading task's row.
type task struct {
	ID, AttemptID   uuid.UUID
	Position, Round int
	Open            bool
}

func selectTask(tx *postgres.Tx, id uuid.UUID) (task, error) {
	var rows []task
	if err := tx.Raw(`select id, attempt_id, position, round, open from academy.grading_task where id = ?`, id).Scan(&rows).Error; err != nil {
		return task{}, err
	}
	if len(rows) == 0 {
		return task{}, fault.ErrNotFound
	}
	return rows[0], nil
}

func countTasks(tx *postgres.Tx, attempt uuid.UUID) (open int, err error) {
	err = tx.Raw(`select count(*) from academy.grading_task where attempt_id = ? and open`, attempt).Scan(&open).Error
	return open, err
}

// selectTasks are those that the actor may do: neither of an own attempt nor of an answer marked before.
func selectTasks(tx *postgres.Tx, after uuid.UUID, limit int) ([]GradingTask, error) {
	var rows []struct {
		ID, QuestionVersionID uuid.UUID
		Round, Points         int
		Reason, Topic         string
		Shown, Answer         []byte
		OpenedAt              time.Time
	}
	if err := tx.Raw(`select t.id, t.round, coalesce(t.reason, '') as reason, i.topic, i.points, i.question_version_id, i.shown, k.answer, t.opened_at
		from academy.grading_task t join academy.attempt_item i on i.attempt_id = t.attempt_id and i.position = t.position
		left join academy.attempt_answer k on k.attempt_id = t.attempt_id and k.position = t.position
		where t.open and t.id > @after and t.agent_id <> @me
			and not exists (select from academy.mark m where m.attempt_id = t.attempt_id and m.position = t.position and m.grader_id = @me)
		order by t.id limit @limit`, map[string]any{"after": after, "me": tx.Actor.AccountID, "limit": limit}).Scan(&rows).Error; err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		ids[i] = r.QuestionVersionID
	}
	questions, err := selectVersions(tx, ids)
	if err != nil {
		return nil, err
	}
	list := make([]GradingTask, len(rows))
	for i, r := range rows {
		q := questions[r.QuestionVersionID]
		t := GradingTask{ID: r.ID, Round: r.Round, Reason: r.Reason, Topic: r.Topic, Points: r.Points, Guide: marking.ShownText(q.Guide), OpenedAt: r.OpenedAt.UTC()}
		for _, c := range marking.Rubric(&q.Question) {
			t.Rubric = append(t.Rubric, RubricLine{c.Name, c.Points, marking.ShownText(c.Guide)})
		}
		for _, turn := range q.Turns {
			if turn.Speaker == exchange.Customer {
				t.Lines = append(t.Lines, RequiredLine{append([]string{}, turn.Required...), append([]string{}, turn.Forbidden...)})
			}
		}
		if err := json.Unmarshal(r.Shown, &t.Question); err != nil {
			return nil, fmt.Errorf("read grading task %s: %w", r.ID, err)
		}
		if r.Answer != nil {
			if err := json.Unmarshal(r.Answer, &t.Answer); err != nil {
				return nil, fmt.Errorf("read grading task %s: %w", r.ID, err)
			}
		}
		list[i] = t
	}
	return list, nil
}

func selectReview(tx *postgres.Tx, attempt uuid.UUID) (*AttemptReview, error) {
	var rows []struct {
		Seq, Score, PassScore int
		Passed, OfPack        bool
		GradedAt              time.Time
		Topics                []byte
	}
	if err := tx.Raw(`select g.seq, g.score, g.passed, g.graded_at, g.topics, v.pass_score, p.shop_id is not null as of_pack
		from academy.grading g join academy.attempt a on a.id = g.attempt_id join academy.paper_version v on v.id = a.paper_version_id join academy.paper p on p.id = v.paper_id
		where g.attempt_id = ? order by g.seq desc limit 1`, attempt).Scan(&rows).Error; err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, ErrNotGraded
	}
	g := rows[0]
	r := &AttemptReview{AttemptID: attempt, Seq: g.Seq, Score: g.Score, PassScore: g.PassScore, Passed: g.Passed, GradedAt: g.GradedAt.UTC()}
	if err := json.Unmarshal(g.Topics, &r.Topics); err != nil {
		return nil, fmt.Errorf("read the review of attempt %s: %w", attempt, err)
	}
	for i := range r.Topics {
		if g.OfPack {
			r.Topics[i].TopicEN = packTopicEN(r.Topics[i].Topic)
		}
	}
	return r, nil
}

func selectGradings(tx *postgres.Tx, attempt uuid.UUID) (list []Grading, err error) {
	err = tx.Raw(`select seq, score, passed, graded_by, graded_at from academy.grading where attempt_id = ? order by seq`, attempt).Scan(&list).Error
	return list, err
}

func selectEvents(tx *postgres.Tx, attempt uuid.UUID) (list []AttemptEvent, err error) {
	err = tx.Raw(`select kind, device, at from academy.attempt_event where attempt_id = ? order by id`, attempt).Scan(&list).Error
	return list, err
}

// lockExaminee keeps the facts of a person's attempts in order.
func lockExaminee(tx *postgres.Tx, agent uuid.UUID) error {
	return tx.Exec(`select pg_advisory_xact_lock(hashtextextended(?, 0))`, "academy/examinee/"+agent.String()).Error
}

func official(a auth.Actor) bool { return a.Role == auth.Trainer || a.Role == auth.Operator }
