package academy

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/audit"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// PaperStanding is whether somebody may begin a paper now, by the rules that StartAttempt asks.
type PaperStanding struct {
	PaperID      uuid.UUID  `json:"paper_id"`
	MayStart     bool       `json:"may_start"`
	Code         string     `json:"code,omitempty" doc:"why not, as starting would answer"`
	Reason       string     `json:"reason,omitempty"`
	RetryAt      *time.Time `json:"retry_at,omitempty" doc:"when to come back"`
	Attempts     int        `json:"attempts" doc:"so far"`
	AttemptsLeft int        `json:"attempts_left" doc:"since the last that passed"`
	OpensAt      *time.Time `json:"opens_at,omitempty"`
	ClosesAt     *time.Time `json:"closes_at,omitempty"`
	OpenAttempt  *uuid.UUID `json:"open_attempt_id,omitempty" doc:"at any paper"`

	refusal *fault.Fault
}

// PaperWindow is when a paper may be begun. An attempt ends with it, unless its examinee has an accommodation.
type PaperWindow struct {
	PaperID uuid.UUID `json:"paper_id"`
	WindowBounds
}

// WindowBounds are the two ends of a window.
type WindowBounds struct {
	OpensAt  *time.Time `json:"opens_at,omitempty" doc:"absent: it always was open"`
	ClosesAt *time.Time `json:"closes_at,omitempty" doc:"absent: it never closes"`
}

// standing counts what there is of a person at a paper.
func standing(tx *postgres.Tx, agent uuid.UUID, v PaperVersion) (PaperStanding, error) {
	st := PaperStanding{PaperID: v.PaperID}
	w, err := selectWindow(tx, v.PaperID)
	if err != nil {
		return st, err
	}
	st.OpensAt, st.ClosesAt = w.OpensAt, w.ClosesAt
	history, err := selectHistory(tx, agent, v.PaperID)
	if err != nil {
		return st, err
	}
	st.Attempts = history.Attempts
	st.AttemptsLeft = max(0, v.MaxAttempts-history.SincePass)
	st.OpenAttempt = history.OpenID
	st.refusal = func() *fault.Fault {
		switch {
		case history.OpenID != nil:
			return ErrAttemptOpen.With("attempt_id", *history.OpenID)
		case history.InGrading:
			return ErrInGrading
		case w.OpensAt != nil && tx.Now.Before(*w.OpensAt):
			return ErrWindow.With("retry_at", *w.OpensAt)
		case w.ClosesAt != nil && !tx.Now.Before(*w.ClosesAt):
			return ErrWindow
		case st.AttemptsLeft == 0:
			return ErrNoAttempts
		}
		if history.LastClosed != nil {
			if again := history.LastClosed.Add(time.Duration(v.CoolDownMinutes) * time.Minute); tx.Now.Before(again) {
				return ErrCoolDown.With("retry_at", again)
			}
		}
		return nil
	}()
	st.MayStart = st.refusal == nil
	return st, nil
}

// Standing tells the actor whether they may begin a paper, and why not. language is that of the reason.
func (s *Service) Standing(ctx context.Context, paper uuid.UUID, language string) (st *PaperStanding, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		v, err := selectPublished(tx, paper)
		if err != nil {
			return err
		}
		found, err := standing(tx, tx.Actor.AccountID, v)
		if err != nil {
			return err
		}
		if f := found.refusal; f != nil {
			found.Code, found.Reason = f.Code, f.Text.In(language)
			if at, is := f.Extra["retry_at"].(time.Time); is {
				found.RetryAt = &at
			}
		}
		st = &found
		return nil
	})
	return st, err
}

// Window is when a paper may be begun.
func (s *Service) Window(ctx context.Context, paper uuid.UUID) (w *PaperWindow, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if err := checkPaperExists(tx, paper); err != nil {
			return err
		}
		found, err := selectWindow(tx, paper)
		w = &found
		return err
	})
	return w, err
}

// SetWindow says when a paper may be begun; attempts that are open keep their time.
func (s *Service) SetWindow(ctx context.Context, w PaperWindow) (*PaperWindow, error) {
	if w.OpensAt != nil && w.ClosesAt != nil && !w.ClosesAt.After(*w.OpensAt) {
		return nil, fault.ErrInvalid.At("/closes_at", "not_after_opening", "应晚于开放时间。", "Must be after opens_at.")
	}
	err := postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if err := checkPaperExists(tx, w.PaperID); err != nil {
			return err
		}
		if err := tx.Exec(`insert into academy.paper_window (id, paper_id, opens_at, closes_at, set_by, set_at) values (?, ?, ?, ?, ?, ?)`,
			newID(), w.PaperID, w.OpensAt, w.ClosesAt, tx.Actor.AccountID, tx.Now).Error; err != nil {
			return refusal(err)
		}
		return audit.Record(tx, audit.Entry{Action: "paper.window_set", Subject: w.PaperID.String(), Reason: fmt.Sprintf("from %v to %v", bound(w.OpensAt), bound(w.ClosesAt))})
	})
	return &w, err
}

func bound(at *time.Time) string {
	if at == nil {
		return "-"
	}
	return at.UTC().Format(time.RFC3339)
}

// checkPaperExists refuses a paper of which the actor may see no version.
func checkPaperExists(tx *postgres.Tx, paper uuid.UUID) error {
	var found []uuid.UUID
	if err := tx.Raw(`select id from academy.paper_version where paper_id = ? limit 1`, paper).Scan(&found).Error; err != nil {
		return err
	}
	if len(found) == 0 {
		return fault.ErrNotFound
	}
	return nil
}

func selectWindow(tx *postgres.Tx, paper uuid.UUID) (PaperWindow, error) {
	w := PaperWindow{PaperID: paper}
	err := tx.Raw(`select opens_at, closes_at from academy.paper_window where paper_id = ? order by id desc limit 1`, paper).Scan(&w).Error
	return w, err
}

// history is what somebody did at a paper so far.
type history struct {
	Attempts   int
	SincePass  int
	InGrading  bool
	LastClosed *time.Time
	OpenID     *uuid.UUID
}

func selectHistory(tx *postgres.Tx, agent, paper uuid.UUID) (h history, err error) {
	err = tx.Raw(`
		with mine as (
			select a.id, a.number, a.state, a.closed_at, (select g.passed from academy.grading g where g.attempt_id = a.id order by g.seq desc limit 1) as passed
			from academy.attempt a where a.agent_id = @agent and a.paper_id = @paper)
		select count(*) as attempts, count(*) filter (where number > coalesce((select max(number) from mine where passed), 0)) as since_pass,
			coalesce(bool_or(state = 'submitted'), false) as in_grading, max(closed_at) as last_closed,
			(select id from academy.attempt where agent_id = @agent and state = 'open') as open_id
		from mine`, map[string]any{"agent": agent, "paper": paper}).Scan(&h).Error
	return h, err
}
