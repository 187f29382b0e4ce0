package academy

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/academy/exchange"
	"peakseat/academy/marking"
	"peakseat/internal/audit"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// ExamFlag is something about attempts that a person should look at. It changes nothing by itself, and neither does what the
// person makes of it: scores are changed by marking, and credentials by those who suspend and revoke them.
type ExamFlag struct {
	ID        uuid.UUID         `json:"id"`
	Kind      string            `json:"kind" enum:"similarity,speed"`
	AttemptID uuid.UUID         `json:"attempt_id"`
	OtherID   *uuid.UUID        `json:"other_attempt_id,omitempty"`
	Involved  []uuid.UUID       `json:"involved" nullable:"false" doc:"the examinees"`
	Evidence  ExamFlagEvidence  `json:"evidence"`
	RaisedAt  time.Time         `json:"raised_at"`
	Decision  *ExamFlagDecision `json:"decision,omitempty"`
}

// ExamFlagEvidence is why a flag was raised.
type ExamFlagEvidence struct {
	Method   string            `json:"method" doc:"the statistic and its source"`
	Likeness *marking.Likeness `json:"likeness,omitempty"`
	Compared int               `json:"compared,omitempty" doc:"other attempts that this one was compared with"`
	Together int               `json:"seconds_together,omitempty" doc:"both attempts were open"`
	Haste    *marking.Haste    `json:"haste,omitempty"`
	Score    int               `json:"score" doc:"of what the program marked, hundredths of a percent"`
}

// ExamFlagDecision is what a person made of a flag.
type ExamFlagDecision struct {
	Founded   bool      `json:"founded"`
	Reason    string    `json:"reason"`
	DecidedBy uuid.UUID `json:"decided_by"`
	DecidedAt time.Time `json:"decided_at"`
}

// The methods, as evidence names them.
const (
	similarityMethod = "error-similarity analysis (Bellezza and Bellezza 1989), per-question chances, exact tail, Bonferroni over those compared"
	speedMethod      = "robust deviation of log seconds per answer (after van der Linden 2006); or under 2 seconds per answer"
)

// screenGroup bounds the attempts that one is compared with: the latest at the paper.
const screenGroup = 2000

// screened is an attempt as it is compared.
type screened struct {
	ID, AgentID         uuid.UUID
	StartedAt, ClosedAt time.Time
	Fresh               bool
	responses           []marking.Response
	parts               []marking.Part
}

// Screen compares attempts that nobody compared yet with others at the same paper, and raises flags.
func (s *Service) Screen(ctx context.Context) error {
	return postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		var paper []uuid.UUID
		if err := tx.Raw(`select paper_id from academy.attempt where state <> 'open' and screened_at is null order by closed_at limit 1`).Scan(&paper).Error; err != nil || len(paper) == 0 {
			return err
		}
		group, err := selectGroup(tx, paper[0])
		if err != nil {
			return err
		}
		responses := make([][]marking.Response, len(group))
		for i, a := range group {
			responses[i] = a.responses
		}
		statistics := marking.NewGroup(responses)
		for i := range group {
			if !group[i].Fresh {
				continue
			}
			if err := raiseSimilar(tx, group, i, statistics); err != nil {
				return err
			}
			if err := raiseHasty(tx, group, i); err != nil {
				return err
			}
			if err := tx.Exec(`update academy.attempt set screened_at = ? where id = ?`, tx.Now, group[i].ID).Error; err != nil {
				return refusal(err)
			}
		}
		return nil
	})
}

func raiseSimilar(tx *postgres.Tx, group []screened, i int, statistics *marking.Group) error {
	mine := group[i]
	for j, other := range group {
		if i == j || other.AgentID == mine.AgentID || other.Fresh && j < i { // the pair comes by once
			continue
		}
		like := statistics.Compare(mine.responses, other.responses)
		if !like.Striking(len(group) - 1) {
			continue
		}
		together := min(mine.ClosedAt.Unix(), other.ClosedAt.Unix()) - max(mine.StartedAt.Unix(), other.StartedAt.Unix())
		if err := insertFlag(tx, &ExamFlag{
			Kind: "similarity", AttemptID: mine.ID, OtherID: &other.ID, Involved: []uuid.UUID{mine.AgentID, other.AgentID},
			Evidence: ExamFlagEvidence{Method: similarityMethod, Likeness: &like, Compared: len(group) - 1, Together: int(max(0, together)), Score: marking.Total(mine.parts)},
		}); err != nil {
			return err
		}
	}
	return nil
}

func raiseHasty(tx *postgres.Tx, group []screened, i int) error {
	var others []float64
	for j, other := range group {
		if n := other.answered(); j != i && n > 0 {
			others = append(others, other.seconds()/float64(n))
		}
	}
	mine := group[i]
	haste := marking.Hurry(mine.seconds(), mine.answered(), others)
	if !haste.Striking() {
		return nil
	}
	return insertFlag(tx, &ExamFlag{
		Kind: "speed", AttemptID: mine.ID, Involved: []uuid.UUID{mine.AgentID}, Evidence: ExamFlagEvidence{Method: speedMethod, Haste: &haste, Score: marking.Total(mine.parts)},
	})
}

func (a screened) seconds() float64 { return a.ClosedAt.Sub(a.StartedAt).Seconds() }

func (a screened) answered() (n int) {
	for _, r := range a.responses {
		if r.Key != "" {
			n++
		}
	}
	return n
}

// Flags are those that wait for a person, or all, the newest first.
func (s *Service) Flags(ctx context.Context, all bool, before uuid.UUID, limit int) (list []ExamFlag, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		list, err = selectFlags(tx, `(? or d.flag_id is null) and (? or f.id < ?) order by f.id desc limit ?`, all, before == uuid.Nil, before, limit)
		return err
	})
	return list, err
}

// DecideFlag says what a person made of a flag. It returns ErrFlagDecided or ErrInvolved.
func (s *Service) DecideFlag(ctx context.Context, id uuid.UUID, founded bool, reason string) (f *ExamFlag, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		r := tx.Exec(`insert into academy.exam_flag_decision (flag_id, involved, decided_by, founded, reason, decided_at) select id, involved, ?, ?, ?, ? from academy.exam_flag where id = ?`,
			tx.Actor.AccountID, founded, reason, tx.Now, id)
		if r.Error != nil {
			return refusal(r.Error)
		}
		if r.RowsAffected == 0 {
			return fault.ErrNotFound
		}
		if err := audit.Record(tx, audit.Entry{Action: "exam_flag.decided", Subject: id.String(), Reason: reason}); err != nil {
			return err
		}
		found, err := theOne(selectFlags(tx, `f.id = ?`, id))
		f = &found
		return err
	})
	return f, err
}

// selectGroup locks the attempts that are to be compared now, and reads them with the latest others at the paper.
func selectGroup(tx *postgres.Tx, paper uuid.UUID) ([]screened, error) {
	var fresh []uuid.UUID
	if err := tx.Raw(`select id from academy.attempt where paper_id = ? and state <> 'open' and screened_at is null order by closed_at limit ? for update skip locked`, paper, sweepBatch).Scan(&fresh).Error; err != nil {
		return nil, err
	}
	var group []screened
	if err := tx.Raw(`select a.id, a.agent_id, a.started_at, a.closed_at, a.screened_at is null as fresh from academy.attempt a
		where a.paper_id = ? and a.state <> 'open' and (a.screened_at is not null or a.id = any(?)) order by a.screened_at is not null, a.id desc limit ?`,
		paper, postgres.ArrayOf(fresh), screenGroup).Scan(&group).Error; err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(group))
	for i, a := range group {
		ids[i] = a.ID
	}
	var rows []struct {
		AttemptID, QuestionVersionID uuid.UUID
		Response                     string
		Earned                       int64
		Points                       int
	}
	if err := tx.Raw(`select m.attempt_id, i.question_version_id, m.response, m.earned, i.points from academy.mark m
		join academy.attempt_item i on i.attempt_id = m.attempt_id and i.position = m.position where m.attempt_id = any(?) and m.round = 0`, postgres.ArrayOf(ids)).Scan(&rows).Error; err != nil {
		return nil, err
	}
	for _, r := range rows {
		at := slices.Index(ids, r.AttemptID)
		group[at].responses = append(group[at].responses, marking.Response{Question: r.QuestionVersionID.String(), Key: r.Response, Wrong: r.Earned == 0})
		group[at].parts = append(group[at].parts, marking.Part{Points: r.Points, Earned: exchange.Weight(r.Earned)})
	}
	return group, nil
}

func insertFlag(tx *postgres.Tx, f *ExamFlag) error {
	raw, err := json.Marshal(f.Evidence)
	if err != nil {
		return fmt.Errorf("encode evidence: %w", err)
	}
	return tx.Exec(`insert into academy.exam_flag (id, involved, kind, attempt_id, other_id, evidence, raised_at) values (?, ?, ?, ?, ?, ?::jsonb, ?) on conflict do nothing`,
		newID(), postgres.ArrayOf(f.Involved), f.Kind, f.AttemptID, f.OtherID, string(raw), tx.Now).Error
}

func selectFlags(tx *postgres.Tx, where string, args ...any) ([]ExamFlag, error) {
	var rows []struct {
		ID, AttemptID      uuid.UUID
		OtherID, DecidedBy *uuid.UUID
		Kind, Reason       string
		Involved, Evidence []byte
		RaisedAt           time.Time
		DecidedAt          *time.Time
		Founded            bool
	}
	if err := tx.Raw(`select f.id, f.kind, f.attempt_id, f.other_id, to_jsonb(f.involved) as involved, f.evidence, f.raised_at,
			d.decided_by, d.decided_at, coalesce(d.founded, false) as founded, coalesce(d.reason, '') as reason
		from academy.exam_flag f left join academy.exam_flag_decision d on d.flag_id = f.id where `+where, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	list := make([]ExamFlag, len(rows))
	for i, r := range rows {
		f := ExamFlag{ID: r.ID, Kind: r.Kind, AttemptID: r.AttemptID, OtherID: r.OtherID, RaisedAt: r.RaisedAt.UTC()}
		if err := json.Unmarshal(r.Involved, &f.Involved); err != nil {
			return nil, fmt.Errorf("read flag %s: %w", r.ID, err)
		}
		if err := json.Unmarshal(r.Evidence, &f.Evidence); err != nil {
			return nil, fmt.Errorf("read flag %s: %w", r.ID, err)
		}
		if r.DecidedBy != nil && r.DecidedAt != nil {
			f.Decision = &ExamFlagDecision{Founded: r.Founded, Reason: r.Reason, DecidedBy: *r.DecidedBy, DecidedAt: r.DecidedAt.UTC()}
		}
		list[i] = f
	}
	return list, nil
}
