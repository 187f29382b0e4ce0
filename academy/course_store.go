package academy

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/postgres"
)

const courseColumns = `select c.id, c.code, v.id as version_id, v.version, v.revision, v.content, v.published_at
	from academy.course c join academy.course_version v on v.course_id = c.id `

type courseRow struct {
	ID, VersionID uuid.UUID
	Code          string
	Version       int
	Revision      int64
	Content       []byte
	PublishedAt   *time.Time
}

func selectCourses(tx *postgres.Tx, where string, args ...any) ([]Course, error) {
	var rows []courseRow
	if err := tx.Raw(courseColumns+where, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	list := make([]Course, len(rows))
	for i, r := range rows {
		list[i] = Course{ID: r.ID, Code: r.Code, VersionID: r.VersionID, Version: r.Version, Revision: r.Revision, State: "draft", PublishedAt: r.PublishedAt}
		if r.PublishedAt != nil {
			list[i].State = "published"
		}
		if err := json.Unmarshal(r.Content, &list[i].CourseContent); err != nil {
			return nil, fmt.Errorf("read course version %s: %w", r.VersionID, err)
		}
	}
	return list, nil
}

func selectCourse(tx *postgres.Tx, where string, args ...any) (*Course, error) {
	c, err := theOne(selectCourses(tx, where, args...))
	return &c, err
}

func newestPublished(tx *postgres.Tx, id uuid.UUID) (*Course, error) {
	return selectCourse(tx, `where c.id = ? and v.published_at is not null order by v.version desc limit 1`, id)
}

func lockCourseVersion(tx *postgres.Tx, versionID uuid.UUID) (*Course, error) {
	return selectCourse(tx, `where v.id = ? for update of v`, versionID)
}

func insertCourseVersion(tx *postgres.Tx, c *Course) (*Course, error) {
	raw, err := json.Marshal(c.CourseContent)
	if err != nil {
		return nil, fmt.Errorf("encode a course: %w", err)
	}
	c.VersionID, c.Revision, c.State = newID(), 1, "draft"
	err = tx.Exec(`insert into academy.course_version (id, course_id, version, revision, content, attachments, created_by, created_at) values (?, ?, ?, 1, ?::jsonb, ?, ?, ?)`,
		c.VersionID, c.ID, c.Version, string(raw), postgres.ArrayOf(c.attachments()), tx.Actor.AccountID, tx.Now).Error
	return c, refusal(err)
}

func insertQuizPool(tx *postgres.Tx, versionID uuid.UUID, lesson string, pool []pooled) error {
	list := make([]uuid.UUID, len(pool))
	for i, p := range pool {
		list[i] = p.ID
	}
	return refusal(tx.Exec(`insert into academy.quiz_pool (version_id, lesson, question_version_id) select ?, ?, unnest(?::uuid[])`, versionID, lesson, postgres.ArrayOf(list)).Error)
}

// selectQuizPool is what a lesson's quiz draws from, in the order of the ids.
func selectQuizPool(tx *postgres.Tx, versionID uuid.UUID, lesson string) (pool []pooled, err error) {
	err = tx.Raw(`select q.id, q.question_id, q.topic, q.difficulty, q.kind from academy.quiz_pool p join academy.question_version q on q.id = p.question_version_id
		where p.version_id = ? and p.lesson = ? order by q.id`, versionID, lesson).Scan(&pool).Error
	return pool, err
}
