package academy

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"peakseat/academy/marking"
	"peakseat/internal/web"
)

// OnDevice is the part of a request that names the device on which an exam is taken. Embed it in the input.
type OnDevice struct {
	Device uuid.UUID `header:"Exam-Device" required:"true" format:"uuid" doc:"an id that the device makes for itself and keeps; an attempt is answered on one device at a time"`
}

// PerhapsOnDevice is OnDevice where the device may be left unsaid.
type PerhapsOnDevice struct {
	Device uuid.UUID `header:"Exam-Device" format:"uuid" doc:"an id that the device makes for itself and keeps; only the attempt's own is shown the questions"`
}

func (s *Service) attemptRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/papers/{id}/standing", Summary: "Whether I may begin a paper now, and why not", Tag: tag, Access: web.Agent},
		func(ctx context.Context, in *web.ByID) (*PaperStanding, error) {
			return s.Standing(ctx, in.ID, web.Language(ctx))
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/papers/{id}/attempts", Summary: "Begin an attempt at a paper", Tag: tag, Access: web.Agent, Status: 201, Keyed: web.InEdge, Pool: s.System},
		func(ctx context.Context, in *struct {
			web.ByID
			OnDevice
		},
		) (*Attempt, error) {
			return s.StartAttempt(ctx, in.ID, in.Device)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/attempts", Summary: "My attempts, the newest first; officials see everybody's", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *struct {
			web.Page
			Paper uuid.UUID `query:"paper_id" format:"uuid"`
			Agent uuid.UUID `query:"agent_id" format:"uuid"`
		},
		) (*web.List[Attempt], error) {
			return listed(&in.Page, func(before uuid.UUID, limit int) ([]Attempt, error) {
				return s.Attempts(ctx, in.Paper, in.Agent, before, limit)
			}, func(t Attempt) uuid.UUID { return t.ID })
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/attempts/{id}", Summary: "An attempt: time left, and on its device the questions with the saved answers", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *struct {
			web.ByID
			PerhapsOnDevice
		},
		) (*Attempt, error) {
			return s.Attempt(ctx, in.ID, in.Device)
		})

	web.Register(a, web.Op{Method: http.MethodPut, Path: "/attempts/{id}/answers/{position}", Summary: "Save an answer; of several the greatest seq is kept, whichever arrives last", Tag: tag, Access: web.Agent},
		func(ctx context.Context, in *struct {
			web.ByID
			OnDevice
			Position int `path:"position" minimum:"1" maximum:"10000"`
			Body     struct {
				Seq    int64               `json:"seq" minimum:"1" maximum:"9007199254740991" doc:"the device's own count, greater with each change; begin above the greatest seq that the attempt shows"`
				Answer marking.AnswerGiven `json:"answer"`
			}
		},
		) (*SavedAnswer, error) {
			return s.SaveAnswer(ctx, in.ID, in.Device, in.Position, in.Body.Seq, in.Body.Answer)
		})

	for _, act := range []struct {
		path, summary string
		do            func(ctx context.Context, id, device uuid.UUID) (*Attempt, error)
	}{
		{"takeover", "Go on with an attempt on this device; the one before may answer no more", s.TakeOver},
		{"pause", "Stop the clock, where pauses were granted", s.Pause},
		{"resumption", "Let the clock run again", s.Resume},
	} {
		web.Register(a, web.Op{Method: http.MethodPost, Path: "/attempts/{id}/" + act.path, Summary: act.summary, Tag: tag, Access: web.Agent},
			func(ctx context.Context, in *struct {
				web.ByID
				OnDevice
			},
			) (*Attempt, error) {
				return act.do(ctx, in.ID, in.Device)
			})
	}

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/attempts/{id}/submission", Summary: "Hand an attempt in; what the program can mark is marked at once", Tag: tag, Access: web.Agent, Keyed: web.InEdge, Pool: s.System},
		func(ctx context.Context, in *struct {
			web.ByID
			OnDevice
		},
		) (*Attempt, error) {
			return s.Submit(ctx, in.ID, in.Device)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/attempts/{id}/review", Summary: "How an attempt went, by topic; neither questions nor keys", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *web.ByID) (*AttemptReview, error) { return s.Review(ctx, in.ID) })

	s.sittingRoutes(a)
	s.gradingRoutes(a)
}

// sittingRoutes say when and how long somebody may sit.
func (s *Service) sittingRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/papers/{id}/window", Summary: "When a paper may be begun", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *web.ByID) (*PaperWindow, error) { return s.Window(ctx, in.ID) })

	web.Register(a, web.Op{Method: http.MethodPut, Path: "/papers/{id}/window", Summary: "Say when a paper may be begun; open attempts keep their time", Tag: tag, Access: officials, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			web.ByID
			Body WindowBounds
		},
		) (*PaperWindow, error) {
			return s.SetWindow(ctx, PaperWindow{PaperID: in.ID, WindowBounds: in.Body})
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/accommodations", Summary: "Accommodations in force: my own; officials see everybody's", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *web.Page) (*web.List[Accommodation], error) {
			return listed(in, func(after uuid.UUID, limit int) ([]Accommodation, error) { return s.Accommodations(ctx, after, limit) }, func(c Accommodation) uuid.UUID { return c.ID })
		})

	web.Register(a, web.Op{Method: http.MethodPut, Path: "/agents/{id}/accommodation", Summary: "Grant a person more time or pauses in exams, in place of what they had", Tag: tag, Access: officials, Keyed: web.InEdge, Pool: s.System},
		func(ctx context.Context, in *struct {
			web.ByID
			Body AccommodationTerms
		},
		) (*Accommodation, error) {
			return s.Accommodate(ctx, in.ID, in.Body)
		})
}

// gradingRoutes are for graders, and for whoever judges flags.
func (s *Service) gradingRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/grading-tasks", Summary: "Answers that wait for me to mark them, without whose they are", Tag: tag, Access: officials},
		func(ctx context.Context, in *web.Page) (*web.List[GradingTask], error) {
			return listed(in, func(after uuid.UUID, limit int) ([]GradingTask, error) { return s.GradingTasks(ctx, after, limit) }, func(t GradingTask) uuid.UUID { return t.ID })
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/grading-tasks/{id}/mark", Summary: "Mark an answer on its rubric", Tag: tag, Access: officials, Keyed: web.InEdge, Pool: s.System},
		func(ctx context.Context, in *struct {
			web.ByID
			Body GraderMark
		},
		) (*web.None, error) {
			return &web.None{}, s.MarkAnswer(ctx, in.ID, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/attempts/{id}/second-marking", Summary: "Ask another grader to mark what one person marked", Tag: tag, Access: web.Agent | officials, Keyed: web.InEdge, Pool: s.System},
		func(ctx context.Context, in *struct {
			web.ByID
			Body struct {
				Positions []int  `json:"positions,omitempty" maxItems:"200" doc:"absent: all that one person marked; officials may also name what the program marked"`
				Reason    string `json:"reason" minLength:"1" maxLength:"2000"`
			}
		},
		) (*SecondMarking, error) {
			asked, err := s.AskSecondMarking(ctx, in.ID, in.Body.Positions, in.Body.Reason)
			return &SecondMarking{Positions: asked}, err
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/attempts/{id}/evidence", Summary: "All that a score was made of, and the score calculated anew", Tag: tag, Access: officials},
		func(ctx context.Context, in *web.ByID) (*ScoreEvidence, error) { return s.Evidence(ctx, in.ID) })

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/exam-flags", Summary: "Likeness and haste that a person should judge, the newest first", Tag: tag, Access: officials},
		func(ctx context.Context, in *struct {
			web.Page
			All bool `query:"all" doc:"also those that are decided"`
		},
		) (*web.List[ExamFlag], error) {
			return listed(&in.Page, func(before uuid.UUID, limit int) ([]ExamFlag, error) { return s.Flags(ctx, in.All, before, limit) }, func(f ExamFlag) uuid.UUID { return f.ID })
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/exam-flags/{id}/decision", Summary: "Say what I make of a flag; nothing follows by itself", Tag: tag, Access: officials, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			web.ByID
			Body struct {
				Founded bool   `json:"founded"`
				Reason  string `json:"reason" minLength:"1" maxLength:"2000"`
			}
		},
		) (*ExamFlag, error) {
			return s.DecideFlag(ctx, in.ID, in.Body.Founded, in.Body.Reason)
		})
}

// SecondMarking is which answers will be marked again.
type SecondMarking struct {
	Positions []int `json:"positions" nullable:"false"`
}
