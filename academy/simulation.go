package academy

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/academy/simulation"
	"peakseat/internal/audit"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// The refusals about simulations.
var (
	ErrScenarioRaced = fault.New(fault.Conflict, "scenario_changed",
		"剧本刚有了新版本，请重新读取。", "The scenario has just got a newer version; read it again.")
	ErrSimulationLive = fault.New(fault.Conflict, "simulation_live",
		"你还有一场模拟在进行，请先完成它。", "You are in a simulation already; finish it first.")
	ErrSimulationOver = fault.New(fault.Conflict, "simulation_over",
		"这场模拟已经结束。", "This simulation is over.")
	ErrDialogueClosed = fault.New(fault.Conflict, "dialogue_closed",
		"这位顾客还没来，或者已经离开。", "This customer has not come yet, or has left.")
)

func simulationRefusals() map[string]*fault.Fault {
	return map[string]*fault.Fault{
		"scenario_code_key":                        ErrScenarioRaced,
		"scenario_version_scenario_id_version_key": ErrScenarioRaced,
		"simulation_run_one_live":                  ErrSimulationLive,
		"simulation_run_ended":                     ErrSimulationOver,
		"simulation_score_pkey":                    ErrSimulationOver,
	}
}

// mostReplies bounds a run: nobody types more in an hour.
const mostReplies = 1000

// Scenario is the newest version of a chat simulation.
type Scenario struct {
	ID        uuid.UUID       `json:"id"`
	Code      string          `json:"code"`
	Version   int             `json:"version"`
	NameZH    string          `json:"name_zh"`
	NameEN    string          `json:"name_en"`
	AboutZH   string          `json:"about_zh"`
	AboutEN   string          `json:"about_en"`
	Seconds   int             `json:"seconds"`
	Dialogues int             `json:"dialogues" doc:"customers at once"`
	Pass      int             `json:"pass" doc:"the score to pass, in hundredths of a percent"`
	Best      *int            `json:"best,omitempty" doc:"the agent's own best score"`
	Passed    bool            `json:"passed" doc:"by the agent who asks"`
	Script    json.RawMessage `json:"script,omitempty" doc:"for those who write scenarios"`
	CreatedAt time.Time       `json:"created_at"`
}

// WriteScenario keeps a script as the newest version of the scenario that its code names; runs of older versions stay as they are.
func (s *Service) WriteScenario(ctx context.Context, raw json.RawMessage) (made *Scenario, err error) {
	script, flaws := simulation.Parse(raw)
	if len(flaws) > 0 {
		var wrong fault.Collect
		for _, f := range flaws {
			wrong.Add("/script"+f.At, f.Code, f.ZH, f.EN)
		}
		return nil, wrong.Err()
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		var ids []uuid.UUID
		if err := tx.Raw(`select id from academy.scenario where code = ?`, script.Code).Scan(&ids).Error; err != nil {
			return err
		}
		id := newID()
		if len(ids) > 0 {
			id = ids[0]
		} else if err := tx.Exec(`insert into academy.scenario (id, code, created_by, created_at) values (?, ?, ?, ?)`, id, script.Code, tx.Actor.AccountID, tx.Now).Error; err != nil {
			return refusal(err)
		}
		made = scenarioOf(id, 0, script, tx.Now)
		made.Script = raw
		err := tx.Raw(`insert into academy.scenario_version (id, scenario_id, version, script, created_by, created_at)
			select ?, ?, coalesce(max(version), 0) + 1, ?, ?, ? from academy.scenario_version where scenario_id = ? returning version`,
			newID(), id, string(raw), tx.Actor.AccountID, tx.Now, id).Scan(&made.Version).Error
		if err != nil {
			return refusal(err)
		}
		return audit.Record(tx, audit.Entry{Action: "scenario.versioned", Subject: id.String(), Reason: fmt.Sprintf("%s version %d", made.Code, made.Version)})
	})
	return made, err
}

// Scenarios lists the newest version of each, without scripts.
func (s *Service) Scenarios(ctx context.Context) (list []Scenario, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		rows, err := selectScripts(tx, `select distinct on (c.code) `+scriptColumns+` order by c.code, v.version desc`)
		if err != nil {
			return err
		}
		var own []struct {
			Code   string
			Best   int
			Passed bool
		}
		if tx.Actor.IsAgent() {
			if err := tx.Raw(`select c.code, max(s.score) as best, bool_or(s.passed) as passed from academy.simulation_score s join academy.simulation_run r on r.id = s.run_id
				join academy.scenario_version v on v.id = r.version_id join academy.scenario c on c.id = v.scenario_id where r.agent_id = ? group by c.code`, tx.Actor.AccountID).Scan(&own).Error; err != nil {
				return err
			}
		}
		for _, r := range rows {
			one := scenarioOf(r.ScenarioID, r.Version, r.script, r.CreatedAt)
			if i := slices.IndexFunc(own, func(o struct {
				Code   string
				Best   int
				Passed bool
			},
			) bool {
				return o.Code == r.Code
			}); i >= 0 {
				one.Best, one.Passed = &own[i].Best, own[i].Passed
			}
			list = append(list, *one)
		}
		return nil
	})
	return list, err
}

// ReadScenario is the newest version with its script.
func (s *Service) ReadScenario(ctx context.Context, id uuid.UUID) (found *Scenario, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		rows, err := selectScripts(tx, `select `+scriptColumns+` where c.id = ? order by v.version desc limit 1`, id)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.ErrNotFound
		}
		found = scenarioOf(id, rows[0].Version, rows[0].script, rows[0].CreatedAt)
		found.Script = json.RawMessage(rows[0].Script)
		return nil
	})
	return found, err
}

func scenarioOf(id uuid.UUID, version int, s *simulation.Script, at time.Time) *Scenario {
	return &Scenario{
		ID: id, Code: s.Code, Version: version, NameZH: s.Name.ZH, NameEN: s.Name.EN, AboutZH: s.About.ZH, AboutEN: s.About.EN,
		Seconds: s.Seconds, Dialogues: len(s.Dialogues), Pass: s.Pass, CreatedAt: at,
	}
}

// SimulationRun is a run as it stands: customers who have come, what was said, and after its end the score.
type SimulationRun struct {
	ID        uuid.UUID             `json:"id"`
	AgentID   uuid.UUID             `json:"agent_id"`
	Scenario  string                `json:"scenario" doc:"the code"`
	Version   int                   `json:"version"`
	NameZH    string                `json:"name_zh"`
	NameEN    string                `json:"name_en"`
	Language  string                `json:"language" enum:"zh,en"`
	State     string                `json:"state" enum:"live,ended"`
	StartedAt time.Time             `json:"started_at"`
	EndsBy    time.Time             `json:"ends_by"`
	EndedAt   *time.Time            `json:"ended_at,omitempty"`
	Now       time.Time             `json:"now" doc:"the server's clock, which decides"`
	Dialogues []SimulationDialogue  `json:"dialogues" nullable:"false"`
	Score     *simulation.RunReport `json:"score,omitempty"`

	next time.Time // when a customer does something by themselves; zero: never
}

// SimulationDialogue is one customer who has come.
type SimulationDialogue struct {
	ID       string              `json:"id"`
	Customer string              `json:"customer"`
	State    string              `json:"state" enum:"open,served,lost,unfinished"`
	Messages []SimulationMessage `json:"messages" nullable:"false"`
}

// SimulationMessage is a line of the customer's or a reply.
type SimulationMessage struct {
	From string    `json:"from" enum:"customer,agent"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// StartSimulation begins a run of a scenario's newest version. It returns ErrSimulationLive while another goes on.
func (s *Service) StartSimulation(ctx context.Context, code, language string) (run *SimulationRun, err error) {
	if err := s.endMine(ctx); err != nil {
		return nil, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		rows, err := selectScripts(tx, `select `+scriptColumns+` where c.code = ? order by v.version desc limit 1`, code)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.ErrInvalid.At("/scenario", "unknown_scenario", "没有这个模拟场景。", "There is no such scenario.")
		}
		var seed [8]byte
		if _, err := rand.Read(seed[:]); err != nil {
			return fmt.Errorf("draw a seed: %w", err)
		}
		id := newID()
		if err := tx.Exec(`insert into academy.simulation_run (id, agent_id, version_id, language, seed, started_at, ends_by) values (?, ?, ?, ?, ?, ?, ?)`,
			id, tx.Actor.AccountID, rows[0].ID, language, int64(binary.LittleEndian.Uint64(seed[:])), tx.Now, tx.Now.Add(time.Duration(rows[0].script.Seconds)*time.Second)).Error; err != nil { //nolint:gosec // all 64 bits, whatever their sign
			return refusal(err)
		}
		kept, err := selectRun(tx, id, false)
		if err != nil {
			return err
		}
		run = kept.view(kept.play(tx.Now), tx.Now)
		return nil
	})
	return run, err
}

// SimulationReply says something to a customer. It counts from when the server got it. It returns ErrSimulationOver and
// ErrDialogueClosed.
func (s *Service) SimulationReply(ctx context.Context, id uuid.UUID, dialogue, body string) (run *SimulationRun, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		kept, err := selectRun(tx, id, true)
		if err != nil {
			return err
		}
		if strings.TrimSpace(body) == "" {
			return fault.ErrInvalid.At("/text", "required", "请写点什么。", "Write something.")
		}
		played := kept.play(tx.Now)
		if played.Ended || len(kept.session.Replies) >= mostReplies {
			return ErrSimulationOver
		}
		i := slices.IndexFunc(played.Dialogues, func(d simulation.DialogueRun) bool { return d.ID == dialogue })
		if i < 0 || !played.Dialogues[i].Open() {
			return ErrDialogueClosed
		}
		at := kept.at(tx.Now)
		if n := len(kept.session.Replies); n > 0 { // who waited for the lock began earlier
			at = max(at, kept.session.Replies[n-1].At)
		}
		if err := tx.Exec(`insert into academy.simulation_reply (run_id, seq, dialogue, body, at_ms) values (?, ?, ?, ?, ?)`,
			id, len(kept.session.Replies)+1, dialogue, body, at).Error; err != nil {
			return refusal(err)
		}
		kept.session.Replies = append(kept.session.Replies, simulation.Reply{At: at, Dialogue: dialogue, Text: body})
		run = kept.view(kept.play(tx.Now), tx.Now)
		return nil
	})
	return run, err
}

// ReadSimulation is a run as it stands; one whose end has come is scored.
func (s *Service) ReadSimulation(ctx context.Context, id uuid.UUID) (*SimulationRun, error) {
	run, over, err := s.lookAt(ctx, id)
	if err != nil || !over {
		return run, err
	}
	if err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error { return endRun(tx, id, false) }); err != nil {
		return nil, err
	}
	run, _, err = s.lookAt(ctx, id)
	return run, err
}

// lookAt reads a run; over tells that it has ended and is not scored.
func (s *Service) lookAt(ctx context.Context, id uuid.UUID) (run *SimulationRun, over bool, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		kept, err := selectRun(tx, id, false)
		if err != nil {
			return err
		}
		played := kept.play(tx.Now)
		run, over = kept.view(played, tx.Now), played.Ended && kept.EndedAt == nil
		return nil
	})
	return run, over, err
}

// EndSimulation ends the acting agent's run now and scores it.
func (s *Service) EndSimulation(ctx context.Context, id uuid.UUID) (run *SimulationRun, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		kept, err := selectRun(tx, id, true)
		if err != nil {
			return err
		}
		if kept.AgentID != tx.Actor.AccountID {
			return fault.ErrNotFound
		}
		if kept.EndedAt != nil {
			return ErrSimulationOver
		}
		if err := endRun(tx, id, true); err != nil {
			return err
		}
		if kept, err = selectRun(tx, id, false); err != nil {
			return err
		}
		run = kept.view(kept.play(tx.Now), tx.Now)
		return nil
	})
	return run, err
}

// WatchSimulation sends a run whenever it changed, until it is scored or the watcher leaves.
func (s *Service) WatchSimulation(ctx context.Context, id uuid.UUID, send func(run *SimulationRun) error) error {
	const longest, shortest = 2 * time.Second, 20 * time.Millisecond
	seen := ""
	for {
		run, err := s.ReadSimulation(ctx, id)
		if err != nil {
			return err
		}
		if now := run.signature(); now != seen {
			seen = now
			if err := send(run); err != nil {
				return err
			}
		}
		if run.State == "ended" {
			return nil
		}
		pause := longest
		if !run.next.IsZero() {
			pause = min(max(run.next.Sub(run.Now), shortest), longest)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// signature is different whenever there is something new to see.
func (r *SimulationRun) signature() string {
	var b strings.Builder
	b.WriteString(r.State)
	for _, d := range r.Dialogues {
		fmt.Fprintf(&b, " %s %d", d.State, len(d.Messages))
	}
	return b.String()
}

// SimulationSummary is a run in a list.
type SimulationSummary struct {
	ID        uuid.UUID  `json:"id"`
	AgentID   uuid.UUID  `json:"agent_id"`
	Scenario  string     `json:"scenario"`
	Version   int        `json:"version"`
	StartedAt time.Time  `json:"started_at"`
	EndedAt   *time.Time `json:"ended_at,omitempty"`
	Score     *int       `json:"score,omitempty" doc:"in hundredths of a percent"`
	Passed    bool       `json:"passed"`
}

// Simulations lists the actor's runs, newest first; officials see everybody's, or one agent's.
func (s *Service) Simulations(ctx context.Context, agent, before uuid.UUID, limit int) (list []SimulationSummary, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		return tx.Raw(`select r.id, r.agent_id, c.code as scenario, v.version, r.started_at, r.ended_at, s.score, coalesce(s.passed, false) as passed
			from academy.simulation_run r join academy.scenario_version v on v.id = r.version_id join academy.scenario c on c.id = v.scenario_id
				left join academy.simulation_score s on s.run_id = r.id
			where (@agent = @nobody or r.agent_id = @agent) and (@before = @nobody or r.id < @before) order by r.id desc limit @limit`,
			map[string]any{"agent": agent, "before": before, "nobody": uuid.Nil, "limit": limit}).Scan(&list).Error
	})
	return list, err
}

const (
	endRunsEvery = time.Second // how late a run that nobody watches is scored
	endRunsBatch = 100
)

func (s *Service) simulationLoops() []func(ctx context.Context) error {
	return []func(ctx context.Context) error{func(ctx context.Context) error {
		ticker := time.NewTicker(endRunsEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-ticker.C:
				if err := s.SweepSimulations(ctx); err != nil && ctx.Err() == nil {
					s.Log.ErrorContext(ctx, "simulations whose time is over could not be scored", slog.Any("error", err))
				}
			}
		}
	}}
}

// SweepSimulations scores the runs whose time is over.
func (s *Service) SweepSimulations(ctx context.Context) error {
	return s.endWhere(ctx, `ends_by <= @now`)
}

// endMine scores the acting agent's run where it has ended by itself and nobody has looked since.
func (s *Service) endMine(ctx context.Context) error {
	return s.endWhere(ctx, `agent_id = @actor`)
}

func (s *Service) endWhere(ctx context.Context, which string) error {
	var due []uuid.UUID
	err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		return tx.Raw(`select id from academy.simulation_run where ended_at is null and `+which+` order by ends_by limit @batch`,
			map[string]any{"now": tx.Now, "actor": tx.Actor.AccountID, "batch": endRunsBatch}).Scan(&due).Error
	})
	if err != nil {
		return err
	}
	for _, id := range due {
		if err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error { return endRun(tx, id, false) }); err != nil {
			return fmt.Errorf("end run %s: %w", id, err)
		}
	}
	return nil
}

// endRun scores a run that has ended, or that the agent stops now; any other it leaves alone.
func endRun(tx *postgres.Tx, id uuid.UUID, stop bool) error {
	kept, err := selectRun(tx, id, true)
	if err != nil || kept.EndedAt != nil {
		return err
	}
	if stop {
		kept.session.Stop = max(1, kept.at(tx.Now))
	}
	played := kept.play(tx.Now)
	if !played.Ended {
		return nil
	}
	report := kept.script.Score(played)
	raw, err := json.Marshal(report)
	if err != nil {
		return fmt.Errorf("encode a score: %w", err)
	}
	if err := tx.Exec(`update academy.simulation_run set ended_at = ? where id = ?`, kept.moment(played.EndsAt), id).Error; err != nil {
		return refusal(err)
	}
	if err := tx.Exec(`insert into academy.simulation_score (run_id, score, passed, report, scored_at) values (?, ?, ?, ?::jsonb, ?)`,
		id, report.Score, report.Passed, string(raw), tx.Now).Error; err != nil {
		return refusal(err)
	}
	return outbox.Append(tx, fact.SimulationScored{
		RunID: id.String(), AgentID: kept.AgentID.String(), Code: kept.Code, Version: kept.Version, Score: report.Score, Passed: report.Passed,
	})
}
