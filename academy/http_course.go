package academy

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"peakseat/internal/web"
)

// maxCourse is the largest course that can be sent, in bytes.
const maxCourse = 4 << 20

func (s *Service) courseRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/courses", Summary: "Courses: to agents the published ones with their progress, to officials all", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *web.Page) (*web.List[CourseSummary], error) {
			return listed(in, func(after uuid.UUID, limit int) ([]CourseSummary, error) { return s.Courses(ctx, after, limit) }, func(c CourseSummary) uuid.UUID { return c.ID })
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/courses", Summary: "Write a course: its first version, a draft", Tag: tag, Access: officials, Status: 201, Keyed: web.InEdge, MaxBody: maxCourse},
		func(ctx context.Context, in *struct {
			Body struct {
				Code string `json:"code" pattern:"^[a-z0-9_]{1,40}$"`
				CourseContent
			}
		},
		) (*Course, error) {
			return s.CreateCourse(ctx, in.Body.Code, in.Body.CourseContent)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/courses/{id}", Summary: "Learn: the version one is enrolled in, else the newest published, without the keys of its quizzes", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *web.ByID) (*Course, error) { return s.ReadCourse(ctx, in.ID) })

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/courses/{id}/versions", Summary: "Write the next version, a draft", Tag: tag, Access: officials, Status: 201, Keyed: web.InEdge, MaxBody: maxCourse},
		func(ctx context.Context, in *struct {
			web.ByID
			Body CourseContent
		},
		) (*Course, error) {
			return s.AddCourseVersion(ctx, in.ID, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/course-versions/{id}", Summary: "A version with its keys", Tag: tag, Access: officials},
		func(ctx context.Context, in *web.ByID) (*Course, error) { return s.CourseVersion(ctx, in.ID) })

	web.Register(a, web.Op{Method: http.MethodPut, Path: "/course-versions/{id}", Summary: "Rewrite a draft", Tag: tag, Access: officials, Keyed: web.InEdge, MaxBody: maxCourse},
		func(ctx context.Context, in *struct {
			web.ByID
			web.IfMatch
			Body CourseContent
		},
		) (*Course, error) {
			revision, err := in.Version()
			if err != nil {
				return nil, err
			}
			return s.ChangeCourseVersion(ctx, in.ID, revision, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/course-versions/{id}/publication", Summary: "Publish a draft; it never changes again", Tag: tag, Access: officials, Keyed: web.InEdge},
		func(ctx context.Context, in *web.ByID) (*Course, error) { return s.PublishCourseVersion(ctx, in.ID) })

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/courses/{id}/attachments", Summary: "Keep a small file for the course's lessons", Tag: tag, Access: officials, Status: 201, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			web.ByID
			Body struct {
				Name      string `json:"name" minLength:"1" maxLength:"200"`
				MediaType string `json:"media_type" enum:"application/pdf,image/png,image/jpeg,text/plain,text/csv,text/markdown"`
				Content   []byte `json:"content" contentEncoding:"base64" doc:"at most 512 KiB"`
			}
		},
		) (*Attachment, error) {
			return s.AddAttachment(ctx, in.ID, in.Body.Name, in.Body.MediaType, in.Body.Content)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/course-attachments/{id}", Summary: "A file of a lesson, with its content", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *web.ByID) (*Attachment, error) { return s.CourseAttachment(ctx, in.ID) })

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/courses/{id}/enrolments", Summary: "Who takes the course, and how far they are", Tag: tag, Access: officials},
		func(ctx context.Context, in *struct {
			web.ByID
			web.Page
		},
		) (*web.List[Enrolment], error) {
			return listed(&in.Page, func(after uuid.UUID, limit int) ([]Enrolment, error) { return s.Enrolments(ctx, in.ID, after, limit) }, func(e Enrolment) uuid.UUID { return e.AgentID })
		})

	s.enrolmentRoutes(a)
	s.pathRoutes(a)
}

func (s *Service) enrolmentRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodPost, Path: "/courses/{id}/enrolment", Summary: "Take a course, in its newest version", Tag: tag, Access: web.Agent, Keyed: web.InEdge},
		func(ctx context.Context, in *web.ByID) (*CourseProgress, error) { return s.Enrol(ctx, in.ID) })

	web.Register(a, web.Op{Method: http.MethodPut, Path: "/courses/{id}/place", Summary: "Remember where I left", Tag: tag, Access: web.Agent, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			web.ByID
			Body Place
		},
		) (*CourseProgress, error) {
			return s.KeepPlace(ctx, in.ID, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/courses/{id}/quiz", Summary: "The form of a lesson's drawn quiz that my next try answers, without keys", Tag: tag, Access: web.Agent},
		func(ctx context.Context, in *struct {
			web.ByID
			Lesson string `query:"lesson" required:"true" maxLength:"40"`
		},
		) (*LessonQuiz, error) {
			return s.LessonQuiz(ctx, in.ID, in.Lesson)
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/courses/{id}/quiz-answers", Summary: "Answer a lesson's quiz; the answer tells what is right, and why", Tag: tag, Access: web.Agent, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			web.ByID
			Body QuizAnswers
		},
		) (*QuizResult, error) {
			return s.AnswerQuiz(ctx, in.ID, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/courses/{id}/lessons-done", Summary: "Finish a lesson; with the last one the course is completed", Tag: tag, Access: web.Agent, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			web.ByID
			Body struct {
				Lesson string `json:"lesson" maxLength:"40"`
			}
		},
		) (*CourseProgress, error) {
			return s.FinishLesson(ctx, in.ID, in.Body.Lesson)
		})
}

func (s *Service) pathRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/learning-paths", Summary: "The ways to credentials; to an agent with what they have done of each", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, _ *struct{}) (*web.List[LearningPath], error) {
			list, err := s.Paths(ctx)
			return &web.List[LearningPath]{Items: list}, err
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/learning-paths", Summary: "Write a path, or its next version, which is in force at once", Tag: tag, Access: officials, Status: 201, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			Body struct {
				Code string `json:"code" pattern:"^[a-z0-9_]{1,40}$"`
				PathTerms
			}
		},
		) (*LearningPath, error) {
			return s.SetPath(ctx, in.Body.Code, in.Body.PathTerms)
		})
}
