package academy

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
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
	ErrNoLesson    = fault.ErrInvalid.At("/lesson", "unknown_lesson", "课程里没有这一课。", "The course has no such lesson.")
	ErrQuizAnswers = fault.ErrInvalid.At("/answers", "other_count", "每道题都要作答，且本课须有小测。", "Answer each item of a lesson that has a quiz.")
	ErrQuizFirst   = fault.New(fault.Conflict, "quiz_first",
		"请先通过本课的小测。", "Pass the lesson's quiz first.")
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
	QuizPass    int         `json:"quiz_pass,omitempty" minimum:"0" maximum:"100" doc:"percent of the items that must be right"`
}

// Video is a link to one.
type Video struct {
	URL     string `json:"url" format:"uri" maxLength:"500"`
	TitleZH string `json:"title_zh" minLength:"1" maxLength:"100"`
	TitleEN string `json:"title_en" minLength:"1" maxLength:"100"`
}

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

// PublishCourseVersion makes a draft what agents read. Whoever is enrolled in an older version stays there.
func (s *Service) PublishCourseVersion(ctx context.Context, versionID uuid.UUID) (published *Course, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		c, err := lockCourseVersion(tx, versionID)
		if err != nil {
			return err
		}
		if c.State != "draft" {
			return ErrCoursePublished
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

// Attachment is a small file beside a lesson.
type Attachment struct {
	ID        uuid.UUID `json:"id"`
	CourseID  uuid.UUID `json:"course_id"`
	Name      string    `json:"name" minLength:"1" maxLength:"200"`
	MediaType string    `json:"media_type" enum:"application/pdf,image/png,image/jpeg,text/plain,text/csv,text/markdown"`
	Bytes     int       `json:"bytes"`
	Content   []byte    `json:"content,omitempty" contentEncoding:"base64"`
}

const maxAttachment = 512 << 10 // bytes; the table says the same

// AddAttachment keeps a file for a course's lessons to show. What the bytes are must be what they are called.
func (s *Service) AddAttachment(ctx context.Context, courseID uuid.UUID, name, mediaType string, content []byte) (made *Attachment, err error) {
	var wrong fault.Collect
	if len(content) == 0 || len(content) > maxAttachment {
		wrong.Add("/content", "bad_size", "附件须在 1 字节到 512 KiB 之间。", "An attachment has 1 byte to 512 KiB.")
	}
	if !isOfType(content, mediaType) {
		wrong.Add("/media_type", "not_its_type", "附件内容不是所写的类型。", "The content is not of the type named.")
	}
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if _, err := selectCourse(tx, `where c.id = ? limit 1`, courseID); err != nil {
			return err
		}
		made = &Attachment{ID: newID(), CourseID: courseID, Name: name, MediaType: mediaType, Bytes: len(content)}
		return tx.Exec(`insert into academy.course_attachment (id, course_id, name, media_type, content, created_by, created_at) values (?, ?, ?, ?, ?, ?, ?)`,
			made.ID, courseID, name, mediaType, content, tx.Actor.AccountID, tx.Now).Error
	})
	return made, err
}

// CourseAttachment is a file with its content; agents get those of published versions.
func (s *Service) CourseAttachment(ctx context.Context, id uuid.UUID) (found *Attachment, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		var rows []Attachment
		if err := tx.Raw(`select id, course_id, name, media_type, octet_length(content) as bytes, content from academy.course_attachment where id = ?`, id).Scan(&rows).Error; err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.ErrNotFound
		}
		found = &rows[0]
		return nil
	})
	return found, err
}

func isOfType(content []byte, mediaType string) bool {
	found, _, _ := strings.Cut(http.DetectContentType(content), ";")
	if found == "text/plain" {
		return mediaType == "text/plain" || mediaType == "text/csv" || mediaType == "text/markdown"
	}
	return found == mediaType
}

func checkContent(tx *postgres.Tx, courseID uuid.UUID, c CourseContent) error {
	var wrong fault.Collect
	seen := map[string]bool{}
	for i, l := range c.Lessons {
		at := fmt.Sprintf("/lessons/%d", i)
		if seen[l.Key] {
			wrong.Add(at+"/key", "not_unique", "两课用了同一个 key。", "Two lessons have this key.")
		}
		seen[l.Key] = true
		if (len(l.Quiz) == 0) != (l.QuizPass == 0) {
			wrong.Add(at+"/quiz_pass", "quiz_and_pass", "有小测就要写通过比例，没有就不写。", "A quiz has a share to pass, and only a quiz.")
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
