package academy

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"peakseat/internal/web"
)

func (s *Service) playRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/play", Summary: "My points, streak and badges, with the events that they are made of", Tag: tag, Access: web.Agent},
		func(ctx context.Context, _ *struct{}) (*Play, error) { return s.Play(ctx) })

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/leaderboard", Summary: "A cohort by points; nobody is named", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *struct {
			Cohort string `query:"cohort" pattern:"^([0-9]{4}-[0-9]{2})?$" doc:"a month, such as 2026-11; absent: my own"`
			Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
		},
		) (*web.List[LeaderboardLine], error) {
			list, err := s.Leaderboard(ctx, in.Cohort, in.Limit)
			return &web.List[LeaderboardLine]{Items: list}, err
		})

	s.peerRoutes(a)
	s.talkRoutes(a)
}

func (s *Service) peerRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/peer-questions", Summary: "Questions among agents, newest first; q finds those in which all its words stand", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *struct {
			web.Page
			Query string `query:"q" maxLength:"200"`
			Mine  bool   `query:"mine" doc:"those I asked"`
			Open  bool   `query:"open" doc:"those of which no answer is accepted"`
		},
		) (*web.List[PeerQuestion], error) {
			return listed(&in.Page, func(before uuid.UUID, limit int) ([]PeerQuestion, error) {
				return s.PeerQuestions(ctx, PeerFilter{Query: in.Query, Mine: in.Mine, Open: in.Open}, before, limit)
			}, func(q PeerQuestion) uuid.UUID { return q.ID })
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/accepted-answers", Summary: "What agents found out among themselves, the best fit first; Chinese needs no spaces", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *struct {
			web.Page
			Query string `query:"q" maxLength:"200"`
		},
		) (*web.List[AcceptedAnswer], error) {
			var after AcceptedPlace
			if _, err := in.After(&after); err != nil {
				return nil, err
			}
			list, err := s.AcceptedAnswers(ctx, in.Query, after, in.Limit)
			if err != nil {
				return nil, err
			}
			return web.ListOf(list, in.Limit, func(a AcceptedAnswer) AcceptedPlace { return AcceptedPlace{Score: a.Score, ID: a.AnswerID} })
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/peer-questions", Summary: "Ask the other agents", Tag: tag, Access: web.Agent, Status: 201, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			Body struct {
				Title string `json:"title" minLength:"1" maxLength:"200"`
				Body  string `json:"body" minLength:"1" maxLength:"4000" doc:"Markdown"`
			}
		},
		) (*PeerQuestion, error) {
			return s.AskPeers(ctx, in.Body.Title, in.Body.Body)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/peer-questions/{id}", Summary: "A question with its answers", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *web.ByID) (*PeerQuestion, error) { return s.ReadPeerQuestion(ctx, in.ID) })

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/peer-questions/{id}/answers", Summary: "Answer a question; a trainer's answer is marked as such", Tag: tag, Access: web.Agent | web.Trainer, Status: 201, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			web.ByID
			Body struct {
				Body string `json:"body" minLength:"1" maxLength:"4000" doc:"Markdown"`
			}
		},
		) (*PeerAnswer, error) {
			return s.AnswerPeer(ctx, in.ID, in.Body.Body)
		})

	web.Register(a, web.Op{Method: http.MethodPut, Path: "/peer-questions/{id}/acceptance", Summary: "Accept an answer to my question, or none", Tag: tag, Access: web.Agent | officials, Keyed: web.InEdge, Pool: s.System},
		func(ctx context.Context, in *struct {
			web.ByID
			Body struct {
				Answer uuid.UUID `json:"answer_id,omitempty" format:"uuid" doc:"absent: none"`
			}
		},
		) (*PeerQuestion, error) {
			return s.AcceptAnswer(ctx, in.ID, in.Body.Answer)
		})
}

func (s *Service) talkRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/talks", Summary: "Talks, the newest announced first", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *web.Page) (*web.List[Talk], error) {
			return listed(in, func(before uuid.UUID, limit int) ([]Talk, error) { return s.Talks(ctx, before, limit) }, func(t Talk) uuid.UUID { return t.ID })
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/talks", Summary: "Announce a talk", Tag: tag, Access: officials, Status: 201, Keyed: web.InEdge},
		func(ctx context.Context, in *struct{ Body TalkTerms }) (*Talk, error) {
			return s.ScheduleTalk(ctx, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodPut, Path: "/talks/{id}/sign-up", Summary: "Sign up for a talk, or off", Tag: tag, Access: web.Agent, Keyed: web.InEdge, Pool: s.System},
		func(ctx context.Context, in *struct {
			web.ByID
			Body struct {
				Coming bool `json:"coming"`
			}
		},
		) (*Talk, error) {
			return s.SignUp(ctx, in.ID, in.Body.Coming)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/talks/{id}/guests", Summary: "Who signed up, and who was there", Tag: tag, Access: officials},
		func(ctx context.Context, in *struct {
			web.ByID
			web.Page
		},
		) (*web.List[Guest], error) {
			return listed(&in.Page, func(after uuid.UUID, limit int) ([]Guest, error) { return s.Guests(ctx, in.ID, after, limit) }, func(g Guest) uuid.UUID { return g.AgentID })
		})

	web.Register(a, web.Op{Method: http.MethodPut, Path: "/talks/{id}/attendance", Summary: "Note whether an agent was there", Tag: tag, Access: officials, Keyed: web.InEdge, Pool: s.System},
		func(ctx context.Context, in *struct {
			web.ByID
			Body struct {
				Agent    uuid.UUID `json:"agent_id" format:"uuid"`
				Attended bool      `json:"attended"`
			}
		},
		) (*Talk, error) {
			return s.NoteAttendance(ctx, in.ID, in.Body.Agent, in.Body.Attended)
		})
}
