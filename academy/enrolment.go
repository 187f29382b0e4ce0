package academy

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fact"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// CourseProgress is how far an agent is in the version of a course that they are enrolled in.
type CourseProgress struct {
	CourseID    uuid.UUID        `json:"course_id"`
	VersionID   uuid.UUID        `json:"version_id"`
	Version     int              `json:"version"`
	EnrolledAt  time.Time        `json:"enrolled_at"`
	Place       Place            `json:"place" doc:"where the agent left"`
	Lessons     []LessonProgress `json:"lessons" nullable:"false"`
	CompletedAt *time.Time       `json:"completed_at,omitempty"`
}

// Place is a lesson and how far in it.
type Place struct {
	Lesson string `json:"lesson" maxLength:"40"`
	At     int    `json:"at" minimum:"0" maximum:"1000" doc:"thousandths of the lesson"`
}

// LessonProgress is one lesson's.
type LessonProgress struct {
	Key        string     `json:"key"`
	QuizTries  int        `json:"quiz_tries"`
	QuizBest   int        `json:"quiz_best" doc:"most items right in one try"`
	QuizPassed bool       `json:"quiz_passed"`
	DoneAt     *time.Time `json:"done_at,omitempty"`
}

// Enrol puts the agent into the newest published version of a course; who is in it stays where they are.
func (s *Service) Enrol(ctx context.Context, courseID uuid.UUID) (p *CourseProgress, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		c, err := newestPublished(tx, courseID)
		if err != nil {
			return err
		}
		if err := tx.Exec(`insert into academy.enrolment (agent_id, version_id, enrolled_at, place_lesson, place_at) values (?, ?, ?, ?, 0) on conflict do nothing`,
			tx.Actor.AccountID, c.VersionID, tx.Now, c.Lessons[0].Key).Error; err != nil {
			return err
		}
		p, err = selectProgress(tx, c)
		return err
	})
	return p, err
}

// KeepPlace remembers where the agent left.
func (s *Service) KeepPlace(ctx context.Context, courseID uuid.UUID, place Place) (p *CourseProgress, err error) {
	err = s.inCourse(ctx, courseID, place.Lesson, func(tx *postgres.Tx, c *Course, _ Lesson) error {
		if err := tx.Exec(`update academy.enrolment set place_lesson = ?, place_at = ? where agent_id = ? and version_id = ?`,
			place.Lesson, place.At, tx.Actor.AccountID, c.VersionID).Error; err != nil {
			return err
		}
		p, err = selectProgress(tx, c)
		return err
	})
	return p, err
}

// FinishLesson marks a lesson as done; with the last one the course is completed, which is a fact. It returns ErrQuizFirst.
func (s *Service) FinishLesson(ctx context.Context, courseID uuid.UUID, lesson string) (p *CourseProgress, err error) {
	err = s.inCourse(ctx, courseID, lesson, func(tx *postgres.Tx, c *Course, l Lesson) error {
		if p, err = selectProgress(tx, c); err != nil {
			return err
		}
		i := slices.IndexFunc(p.Lessons, func(o LessonProgress) bool { return o.Key == lesson })
		if l.hasQuiz() && !p.Lessons[i].QuizPassed {
			return ErrQuizFirst
		}
		if p.Lessons[i].DoneAt != nil {
			return nil
		}
		if err := tx.Exec(`insert into academy.lesson_done (agent_id, version_id, lesson, done_at) values (?, ?, ?, ?)`, tx.Actor.AccountID, c.VersionID, lesson, tx.Now).Error; err != nil {
			return err
		}
		p.Lessons[i].DoneAt = &tx.Now
		if slices.ContainsFunc(p.Lessons, func(o LessonProgress) bool { return o.DoneAt == nil }) {
			return nil
		}
		p.CompletedAt = &tx.Now
		if err := tx.Exec(`insert into academy.course_completion (agent_id, version_id, completed_at) values (?, ?, ?)`, tx.Actor.AccountID, c.VersionID, tx.Now).Error; err != nil {
			return err
		}
		return outbox.Append(tx, fact.CourseCompleted{AgentID: tx.Actor.AccountID.String(), CourseID: c.ID.String(), Code: c.Code, Version: c.Version})
	})
	return p, err
}

// inCourse runs fn under the agent's lock on their enrolment. It returns ErrNotEnrolled and ErrNoLesson.
func (s *Service) inCourse(ctx context.Context, courseID uuid.UUID, lesson string, fn func(tx *postgres.Tx, c *Course, l Lesson) error) error {
	return postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		c, l, err := taken(tx, courseID, lesson)
		if err != nil {
			return err
		}
		if err := tx.Exec(`select from academy.enrolment where agent_id = ? and version_id = ? for update`, tx.Actor.AccountID, c.VersionID).Error; err != nil {
			return err
		}
		return fn(tx, c, l)
	})
}

// taken is a lesson of a course that the acting agent takes, with the version that they are in.
func taken(tx *postgres.Tx, courseID uuid.UUID, lesson string) (*Course, Lesson, error) {
	_, c, err := progressIn(tx, courseID)
	if err != nil {
		return nil, Lesson{}, err
	}
	if c == nil {
		if _, err := newestPublished(tx, courseID); err != nil {
			return nil, Lesson{}, err // there is no such course
		}
		return nil, Lesson{}, ErrNotEnrolled
	}
	l, has := c.lesson(lesson)
	if !has {
		return nil, Lesson{}, ErrNoLesson
	}
	return c, l, nil
}

// progressIn is the acting agent's progress in the newest version that they are enrolled in, and that version; nil where
// they are in none, and for everybody else.
func progressIn(tx *postgres.Tx, courseID uuid.UUID) (*CourseProgress, *Course, error) {
	if !tx.Actor.IsAgent() {
		return nil, nil, nil
	}
	list, err := selectCourses(tx, `join academy.enrolment e on e.version_id = v.id and e.agent_id = ? where c.id = ? order by v.version desc limit 1`, tx.Actor.AccountID, courseID)
	if err != nil || len(list) == 0 {
		return nil, nil, err
	}
	p, err := selectProgress(tx, &list[0])
	return p, &list[0], err
}

func selectProgress(tx *postgres.Tx, c *Course) (*CourseProgress, error) {
	var row struct {
		EnrolledAt  time.Time
		PlaceLesson string
		PlaceAt     int
		CompletedAt *time.Time
	}
	agent := tx.Actor.AccountID
	if err := tx.Raw(`select e.enrolled_at, e.place_lesson, e.place_at, c.completed_at from academy.enrolment e left join academy.course_completion c using (agent_id, version_id)
		where e.agent_id = ? and e.version_id = ?`, agent, c.VersionID).Scan(&row).Error; err != nil {
		return nil, err
	}
	var lessons []struct {
		Lesson string
		Tries  int
		Best   int
		Passed bool
		DoneAt *time.Time
	}
	if err := tx.Raw(`select lesson, count(correct) as tries, coalesce(max(correct), 0) as best, coalesce(bool_or(passed), false) as passed, max(done_at) as done_at from (
			select lesson, correct, passed, null::timestamptz as done_at from academy.quiz_try where agent_id = ? and version_id = ?
			union all select lesson, null, null, done_at from academy.lesson_done where agent_id = ? and version_id = ?) l group by lesson`,
		agent, c.VersionID, agent, c.VersionID).Scan(&lessons).Error; err != nil {
		return nil, err
	}
	p := &CourseProgress{
		CourseID: c.ID, VersionID: c.VersionID, Version: c.Version, EnrolledAt: row.EnrolledAt,
		Place: Place{Lesson: row.PlaceLesson, At: row.PlaceAt}, CompletedAt: row.CompletedAt,
	}
	for _, l := range c.Lessons {
		one := LessonProgress{Key: l.Key}
		for _, r := range lessons {
			if r.Lesson == l.Key {
				one.QuizTries, one.QuizBest, one.QuizPassed, one.DoneAt = r.Tries, r.Best, r.Passed, r.DoneAt
			}
		}
		p.Lessons = append(p.Lessons, one)
	}
	return p, nil
}

// Enrolment is an agent in a course, for those who teach it.
type Enrolment struct {
	AgentID     uuid.UUID  `json:"agent_id"`
	Version     int        `json:"version"`
	EnrolledAt  time.Time  `json:"enrolled_at"`
	LessonsDone int        `json:"lessons_done"`
	CompletedAt *time.Time `json:"completed_at,omitempty"`
}

// Enrolments lists who is in a course, by agent.
func (s *Service) Enrolments(ctx context.Context, courseID, after uuid.UUID, limit int) (list []Enrolment, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if _, err := selectCourse(tx, `where c.id = ? limit 1`, courseID); err != nil {
			return err
		}
		return tx.Raw(`select distinct on (e.agent_id) e.agent_id, v.version, e.enrolled_at, c.completed_at,
				(select count(*) from academy.lesson_done d where d.agent_id = e.agent_id and d.version_id = e.version_id) as lessons_done
			from academy.enrolment e join academy.course_version v on v.id = e.version_id left join academy.course_completion c using (agent_id, version_id)
			where v.course_id = ? and e.agent_id > ? order by e.agent_id, v.version desc limit ?`, courseID, after, limit).Scan(&list).Error
	})
	return list, err
}
