package academy

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/google/uuid"

	"peakseat/internal/web"
)

func (s *Service) simulationRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/scenarios", Summary: "Chat simulations there are, with my best score", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, _ *struct{}) (*web.List[Scenario], error) {
			list, err := s.Scenarios(ctx)
			return &web.List[Scenario]{Items: list}, err
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/scenarios", Summary: "Write a scenario, or the next version of the one that the script's code names", Tag: tag, Access: officials, Status: 201, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			Body struct {
				Script json.RawMessage `json:"script" doc:"see package academy/simulation"`
			}
		},
		) (*Scenario, error) {
			return s.WriteScenario(ctx, in.Body.Script)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/scenarios/{id}", Summary: "The newest version with its script", Tag: tag, Access: officials},
		func(ctx context.Context, in *web.ByID) (*Scenario, error) { return s.ReadScenario(ctx, in.ID) })

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/simulation-runs", Summary: "Begin a simulation", Tag: tag, Access: web.Agent, Status: 201, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			Body struct {
				Scenario string `json:"scenario" pattern:"^[a-z0-9_]{1,40}$" doc:"the code"`
				Language string `json:"language" enum:"zh,en"`
			}
		},
		) (*SimulationRun, error) {
			return s.StartSimulation(ctx, in.Body.Scenario, in.Body.Language)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/simulation-runs", Summary: "My runs, newest first; officials see everybody's", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *struct {
			web.Page
			Agent uuid.UUID `query:"agent_id" format:"uuid"`
		},
		) (*web.List[SimulationSummary], error) {
			return listed(&in.Page, func(before uuid.UUID, limit int) ([]SimulationSummary, error) {
				return s.Simulations(ctx, in.Agent, before, limit)
			}, func(r SimulationSummary) uuid.UUID { return r.ID })
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/simulation-runs/{id}", Summary: "A run as it stands, and after its end its score", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *web.ByID) (*SimulationRun, error) { return s.ReadSimulation(ctx, in.ID) })

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/simulation-runs/{id}/replies", Summary: "Say something to a customer", Tag: tag, Access: web.Agent, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			web.ByID
			Body struct {
				Dialogue string `json:"dialogue" minLength:"1" maxLength:"40"`
				Text     string `json:"text" minLength:"1" maxLength:"2000"`
			}
		},
		) (*SimulationRun, error) {
			return s.SimulationReply(ctx, in.ID, in.Body.Dialogue, in.Body.Text)
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/simulation-runs/{id}/end", Summary: "End my run now", Tag: tag, Access: web.Agent, Keyed: web.InEdge, Pool: s.System},
		func(ctx context.Context, in *web.ByID) (*SimulationRun, error) { return s.EndSimulation(ctx, in.ID) })

	web.Stream[web.ByID, SimulationRun](a, web.Op{Method: http.MethodGet, Path: "/simulation-runs/{id}/stream", Summary: "My run whenever it changes, as a whole", Tag: tag, Access: web.Agent | officials},
		func(ctx context.Context, in *web.ByID, _ string) (func(ctx context.Context, events chan<- web.Event) error, error) {
			if _, err := s.ReadSimulation(ctx, in.ID); err != nil {
				return nil, err
			}
			return func(ctx context.Context, events chan<- web.Event) error {
				return s.WatchSimulation(ctx, in.ID, func(run *SimulationRun) error {
					select {
					case events <- web.Event{ID: run.signature(), Type: "run", Data: run}:
						return nil
					case <-ctx.Done():
						return ctx.Err()
					}
				})
			}, nil
		})
}
