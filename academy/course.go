package academy

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/audit"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
	"peakseat/internal/web"
)

// The refusals about courses.
var (
	ErrCourseCode = fault.New(fault.Conflict, "course_exists",
		"已有同名代码的课程，请为它添加新版本。", "A course with this code exists; add a version to it.")
	ErrCourseDraft = fault.New(fault.Conflict, "course_has_draft",
		"这门课程已有一个草稿版本，请先发布它。", "The course has a draft version; publish that one first.")
	ErrCoursePublished = fault.New(fault.Conflict, "course_published",
		"已发布的课程版本不能修改，请建立新版本。", "A published version never changes; add a version.")
	ErrNotEnrolled = fault.New(fault.Conflict, "not_enrolled",
		"请先报名这门课程。", "Enrol in the course first.")
	ErrNoLesson = fault.ErrInvalid.At("/lesson", "unknown_lesson", "课程里没有这一课。", "The course has no such lesson.")
)

// courseRefusals are what broken constraints of courses and paths mean.
func courseRefusals() map[string]*fault.Fault {
	return map[string]*fault.Fault{
		"course_code_key":                      ErrCourseCode,
		"course_version_one_draft":             ErrCourseDraft,
		"course_version_course_id_version_key": ErrCourseDraft,
		"course_version_published":             ErrCoursePublished,
		"learning_path_pkey":                   ErrPathRaced,
	}
}

// Course is one version of a course: the newest that is published, or one that the reader asked for.
type Course struct {
	ID          uuid.UUID  `json:"id"`
	Code        string     `json:"code"`
	VersionID   uuid.UUID  `json:"version_id"`
	Version     int        `json:"version"`
	Revision    int64      `json:"revision" doc:"of a draft"`
	State       string     `json:"state" enum:"draft,published"`
	PublishedAt *time.Time `json:"published_at,omitempty"`
	CourseContent
	Progress *CourseProgress `json:"progress,omitempty" doc:"the agent's own, where enrolled"`
}

// ETag is a draft's revision.
func (c *Course) ETag() string { return web.ETag(c.Revision) }

// CourseContent is what a version says, in both languages.
type CourseContent struct {
	NameZH  string   `json:"name_zh" minLength:"1" maxLength:"100"`
	NameEN  string   `json:"name_en" minLength:"1" maxLength:"100"`
	AboutZH string   `json:"about_zh" minLength:"1" maxLength:"2000"`
	AboutEN string   `json:"about_en" minLength:"1" maxLength:"2000"`
	Lessons []Lesson `json:"lessons" minItems:"1" maxItems:"50" nullable:"false"`
}

// Lesson is one step of a course. Its texts are Markdown (CommonMark); nothing here makes them safe to show as HTML.
type Lesson struct {
	Key         string      `json:"key" pattern:"^[a-z0-9_]{1,40}$" doc:"names the lesson in progress and across versions"`
	TitleZH     string      `json:"title_zh" minLength:"1" maxLength:"100"`
	TitleEN     string      `json:"title_en" minLength:"1" maxLength:"100"`
	BodyZH      string      `json:"body_zh" minLength:"1" maxLength:"20000" doc:"Markdown"`
	BodyEN      string      `json:"body_en" minLength:"1" maxLength:"20000" doc:"Markdown"`
	Minutes     int         `json:"minutes" minimum:"1" maximum:"240"`
	Videos      []Video     `json:"videos,omitempty" maxItems:"10" nullable:"false"`
	Attachments []uuid.UUID `json:"attachments,omitempty" maxItems:"10" nullable:"false" doc:"of this course"`
	Quiz        []QuizItem  `json:"quiz,omitempty" maxItems:"20" nullable:"false"`
	Draw        *QuizDraw   `json:"draw,omitempty" doc:"a quiz of a question bank instead, drawn anew for each try"`
	QuizPass    int         `json:"quiz_pass,omitempty" minimum:"0" maximum:"100" doc:"percent of the items that must be right"`
}

// Video is a link to one.
type Video struct {
	URL     string `json:"url" format:"uri" maxLength:"500"`
	TitleZH string `json:"title_zh" minLength:"1" maxLength:"100"`
	TitleEN string `json:"title_en" minLength:"1" maxLength:"100"`
}

// withoutKeys is the content as who learns may see it before answering.
func (c CourseContent) withoutKeys() CourseContent {
	c.Lessons = slices.Clone(c.Lessons)
	for i := range c.Lessons {
		quiz := slices.Clone(c.Lessons[i].Quiz)
		for k := range quiz {
			quiz[k].WhyZH, quiz[k].WhyEN = "", ""
			quiz[k].Options = slices.Clone(quiz[k].Options)
			for o := range quiz[k].Options {
				quiz[k].Options[o].Right = false
			}
		}
		c.Lessons[i].Quiz = quiz
	}
	return c
}

func (c CourseContent) lesson(key string) (Lesson, bool) {
	i := slices.IndexFunc(c.Lessons, func(l Lesson) bool { return l.Key == key })
	if i < 0 {
		return Lesson{}, false
	}
	return c.Lessons[i], true
}

func (c CourseContent) attachments() []uuid.UUID {
	list := []uuid.UUID{}
	for _, l := range c.Lessons {
		list = append(list, l.Attachments...)
	}
	return list
}

// CreateCourse makes a course with its first version, a draft. It returns ErrCourseCode.
func (s *Service) CreateCourse(ctx context.Context, code string, content CourseContent) (made *Course, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		id := newID()
		if err := checkContent(tx, id, content); err != nil {
			return err
		}
		if err := tx.Exec(`insert into academy.course (id, code, created_by, created_at) values (?, ?, ?, ?)`, id, code, tx.Actor.AccountID, tx.Now).Error; err != nil {
			return refusal(err)
		}
		made, err = insertCourseVersion(tx, &Course{ID: id, Code: code, Version: 1, CourseContent: content})
		return err
	})
	return made, err
}

// AddCourseVersion makes the next version, a draft. It returns ErrCourseDraft while there is another.
func (s *Service) AddCourseVersion(ctx context.Context, id uuid.UUID, content CourseContent) (made *Course, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if err := checkContent(tx, id, content); err != nil {
			return err
		}
		last, err := selectCourse(tx, `where c.id = ? order by v.version desc limit 1`, id)
		if err != nil {
			return err
		}
		made, err = insertCourseVersion(tx, &Course{ID: id, Code: last.Code, Version: last.Version + 1, CourseContent: content})
		return err
	})
	return made, err
}

// ChangeCourseVersion replaces what a draft says; revision is the one that was read. It returns ErrCoursePublished.
func (s *Service) ChangeCourseVersion(ctx context.Context, versionID uuid.UUID, revision int64, content CourseContent) (changed *Course, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		c, err := lockCourseVersion(tx, versionID)
		if err != nil {
			return err
		}
		if c.State != "draft" {
			return ErrCoursePublished
		}
		if c.Revision != revision {
			return web.ErrChanged
		}
		if err := checkContent(tx, c.ID, content); err != nil {
			return err
		}
		c.CourseContent, c.Revision = content, c.Revision+1
		raw, err := json.Marshal(content)
		if err != nil {
			return fmt.Errorf("encode a course: %w", err)
		}
		changed = c
		return refusal(tx.Exec(`update academy.course_version set content = ?::jsonb, attachments = ?, revision = ? where id = ?`,
			string(raw), postgres.ArrayOf(content.attachments()), c.Revision, versionID).Error)
	})
	return changed, err
}

// PublishCourseVersion makes a draft what agents read, and freezes what its quizzes draw from. Whoever is enrolled in an older
// version stays there. It returns ErrCoursePublished and ErrQuizPool.
func (s *Service) PublishCourseVersion(ctx context.Context, versionID uuid.UUID) (published *Course, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		c, err := lockCourseVersion(tx, versionID)
		if err != nil {
			return err
		}
		if c.State != "draft" {
			return ErrCoursePublished
		}
		if err := freezeQuizzes(tx, c); err != nil {
			return err
		}
		if err := tx.Exec(`update academy.course_version set published_at = ? where id = ?`, tx.Now, versionID).Error; err != nil {
			return refusal(err)
		}
		c.State, c.PublishedAt = "published", &tx.Now
		published = c
		return audit.Record(tx, audit.Entry{Action: "course.published", Subject: c.ID.String(), Reason: fmt.Sprintf("%s version %d", c.Code, c.Version)})
	})
	return published, err
}

// CourseVersion is a version with its keys, for those who write courses.
func (s *Service) CourseVersion(ctx context.Context, versionID uuid.UUID) (found *Course, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		found, err = selectCourse(tx, `where v.id = ?`, versionID)
		return err
	})
	return found, err
}

// CourseSummary is a course in a list.
type CourseSummary struct {
	ID          uuid.UUID  `json:"id"`
	Code        string     `json:"code"`
	VersionID   uuid.UUID  `json:"version_id"`
	Version     int        `json:"version"`
	State       string     `json:"state" enum:"draft,published"`
	NameZH      string     `json:"name_zh"`
	NameEN      string     `json:"name_en"`
	Lessons     int        `json:"lessons"`
	Minutes     int        `json:"minutes"`
	PublishedAt *time.Time `json:"published_at,omitempty"`
	Enrolled    bool       `json:"enrolled"`
	LessonsDone int        `json:"lessons_done" doc:"the agent's own, in the version that they are enrolled in"`
	Completed   bool       `json:"completed"`
}

// Courses lists courses: to agents the newest published version of each with their own progress, to officials every newest version.
func (s *Service) Courses(ctx context.Context, after uuid.UUID, limit int) (list []CourseSummary, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		courses, err := selectCourses(tx, `where c.id > ? and v.version = (select max(o.version) from academy.course_version o where o.course_id = c.id) order by c.id limit ?`, after, limit)
		if err != nil {
			return err
		}
		for _, c := range courses {
			sum := CourseSummary{
				ID: c.ID, Code: c.Code, VersionID: c.VersionID, Version: c.Version, State: c.State, NameZH: c.NameZH, NameEN: c.NameEN,
				Lessons: len(c.Lessons), PublishedAt: c.PublishedAt,
			}
			for _, l := range c.Lessons {
				sum.Minutes += l.Minutes
			}
			if tx.Actor.IsAgent() {
				p, _, err := progressIn(tx, c.ID)
				if err != nil {
					return err
				}
				if p != nil {
					sum.Enrolled, sum.Completed = true, p.CompletedAt != nil
					for _, l := range p.Lessons {
						if l.DoneAt != nil {
							sum.LessonsDone++
						}
					}
				}
			}
			list = append(list, sum)
		}
		return nil
	})
	return list, err
}

// ReadCourse is the course as one learns from it, without keys: the version that the agent is enrolled in, else the newest published.
func (s *Service) ReadCourse(ctx context.Context, id uuid.UUID) (found *Course, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		p, c, err := progressIn(tx, id)
		if err != nil {
			return err
		}
		if c == nil {
			if c, err = newestPublished(tx, id); err != nil {
				return err
			}
		}
		c.CourseContent, c.Progress = c.withoutKeys(), p
		found = c
		return nil
	})
	return found, err
}

// checkContent names what is wrong with a version beyond its shape.
func checkContent(tx *postgres.Tx, courseID uuid.UUID, c CourseContent) error {
	var wrong fault.Collect
	seen := map[string]bool{}
	for i, l := range c.Lessons {
		at := fmt.Sprintf("/lessons/%d", i)
		if seen[l.Key] {
			wrong.Add(at+"/key", "not_unique", "两课用了同一个 key。", "Two lessons have this key.")
		}
		seen[l.Key] = true
		if l.hasQuiz() != (l.QuizPass > 0) {
			wrong.Add(at+"/quiz_pass", "quiz_and_pass", "有小测就要写通过比例，没有就不写。", "A quiz has a share to pass, and only a quiz.")
		}
		if l.Draw != nil && len(l.Quiz) > 0 {
			wrong.Add(at+"/draw", "one_quiz", "小测要么自己写，要么从题库抽，只能选一种。", "A quiz is either written here or drawn from a bank.")
		}
		if l.Draw != nil {
			if known, err := selectBanks(tx, `b.id = ?`, l.Draw.BankID); err != nil {
				return err
			} else if len(known) == 0 {
				wrong.Add(at+"/draw/bank_id", "unknown_bank", "没有这个题库。", "There is no such bank.")
			}
		}
		for k, v := range l.Videos {
			if u, err := url.Parse(v.URL); err != nil || u.Scheme != "https" || u.Host == "" {
				wrong.Add(fmt.Sprintf("%s/videos/%d/url", at, k), "not_https", "视频链接须以 https:// 开头。", "A video is an https:// link.")
			}
		}
		for k, q := range l.Quiz {
			if n := len(q.right()); n == 0 || q.Kind == "single_choice" && n != 1 {
				wrong.Add(fmt.Sprintf("%s/quiz/%d/options", at, k), "bad_key", "单选题须有且只有一个正确选项，多选题至少一个。", "A single choice has one right option, a multiple choice one or more.")
			}
		}
	}
	if list := c.attachments(); len(list) > 0 {
		var known []uuid.UUID
		if err := tx.Raw(`select id from academy.course_attachment where course_id = ? and id = any (?::uuid[])`, courseID, postgres.ArrayOf(list)).Scan(&known).Error; err != nil {
			return err
		}
		for i, l := range c.Lessons {
			for k, a := range l.Attachments {
				if !slices.Contains(known, a) {
					wrong.Add(fmt.Sprintf("/lessons/%d/attachments/%d", i, k), "unknown_attachment", "这门课程没有这个附件。", "The course has no such attachment.")
				}
			}
		}
	}
	return wrong.Err()
}
