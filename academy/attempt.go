package academy

import (
	"bytes"
	"context"
	crand "crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"peakseat/academy/marking"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// Attempt is one person's sitting of a paper. All times are the server's.
type Attempt struct {
	ID             uuid.UUID       `json:"id"`
	AgentID        uuid.UUID       `json:"agent_id"`
	PaperID        uuid.UUID       `json:"paper_id"`
	PaperVersionID uuid.UUID       `json:"paper_version_id"`
	Number         int             `json:"number" doc:"of the person's attempts at the paper, from 1"`
	State          string          `json:"state" enum:"open,submitted,graded" doc:"submitted: waits for a grader"`
	StartedAt      time.Time       `json:"started_at"`
	EndsAt         time.Time       `json:"ends_at"`
	Remaining      int             `json:"remaining_seconds" doc:"by the server; count down from it"`
	GraceSeconds   int             `json:"grace_seconds" doc:"how late an answer may still arrive"`
	TimeFactor     int             `json:"time_factor" doc:"percent of the paper's time"`
	PauseLeft      int             `json:"pause_left_seconds"`
	Paused         bool            `json:"paused"`
	ThisDevice     bool            `json:"this_device" doc:"whether Exam-Device is the one that may answer"`
	ClosedAt       *time.Time      `json:"closed_at,omitempty"`
	ClosedBy       string          `json:"closed_by,omitempty" enum:"agent,time"`
	Score          *int            `json:"score,omitempty" doc:"hundredths of a percent"`
	Passed         *bool           `json:"passed,omitempty"`
	Questions      []AskedQuestion `json:"questions,omitempty" doc:"while it is open, not paused, and on this device"`

	device   uuid.UUID
	pausedAt *time.Time
}

// AskedQuestion is a question of an attempt with what was answered so far.
type AskedQuestion struct {
	Position int                  `json:"position" doc:"from 1"`
	Points   int                  `json:"points"`
	Question marking.Shown        `json:"question"`
	Answer   *marking.AnswerGiven `json:"answer,omitempty"`
	Seq      int64                `json:"seq" doc:"of the answer saved last; 0: none"`
	SavedAt  *time.Time           `json:"saved_at,omitempty"`
}

// SavedAnswer is the acknowledgement of an answer.
type SavedAnswer struct {
	Position   int       `json:"position"`
	Seq        int64     `json:"seq" doc:"of the answer that is kept"`
	SavedAt    time.Time `json:"saved_at"`
	Superseded bool      `json:"superseded" doc:"a newer answer was saved before; this one is not kept"`
	Remaining  int       `json:"remaining_seconds"`
}

// ends is when the time is over, if a pause that lasts ends now or by itself.
func (a *Attempt) ends(now time.Time) time.Time {
	return a.EndsAt.Add(a.pausedFor(now))
}

// over tells whether not even a late answer is taken any more.
func (a *Attempt) over(now time.Time) bool {
	return now.After(a.ends(now).Add(time.Duration(a.GraceSeconds) * time.Second))
}

func (a *Attempt) pausedFor(now time.Time) time.Duration {
	if a.pausedAt == nil {
		return 0
	}
	return min(now.Sub(*a.pausedAt), time.Duration(a.PauseLeft)*time.Second)
}

// pausing tells whether a pause lasts: one whose allowance is used up has ended.
func (a *Attempt) pausing(now time.Time) bool {
	return a.pausedAt != nil && a.pausedFor(now) < time.Duration(a.PauseLeft)*time.Second
}

// unpause ends a pause and moves the end of the time by it. Begun seconds of the allowance are used up.
func (a *Attempt) unpause(now time.Time) {
	lasted := a.pausedFor(now)
	a.EndsAt, a.PauseLeft, a.pausedAt = a.EndsAt.Add(lasted), a.PauseLeft-int((lasted+time.Second-1)/time.Second), nil
}

// running tells why nobody may write to the attempt now.
func (a *Attempt) running(now time.Time) error {
	switch {
	case a.State != "open":
		return ErrAttemptClosed
	case a.over(now):
		return ErrTimeOver
	}
	return nil
}

// answerable tells why the device may not write to the attempt now.
func (a *Attempt) answerable(device uuid.UUID, now time.Time) error {
	if err := a.running(now); err != nil {
		return err
	}
	switch {
	case device != a.device:
		return ErrTakenOver
	case a.pausing(now):
		return ErrPaused
	}
	return nil
}

// look fills what depends on who looks and when.
func (a *Attempt) look(device uuid.UUID, now time.Time) {
	a.ThisDevice = device == a.device
	a.Paused = a.State == "open" && a.pausing(now)
	if a.State == "open" {
		a.EndsAt, a.PauseLeft = a.ends(now), a.PauseLeft-int(a.pausedFor(now)/time.Second)
		a.Remaining = max(0, int(a.EndsAt.Sub(now)/time.Second))
	}
}

// StartAttempt begins an attempt at the newest published version of a paper, on a form of its own. It returns ErrAttemptOpen,
// ErrInGrading, ErrWindow, ErrNoAttempts, ErrCoolDown or ErrFormsExhausted.
func (s *Service) StartAttempt(ctx context.Context, paper, device uuid.UUID) (a *Attempt, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		agent := tx.Actor.AccountID
		if err := s.closeOverdue(tx, agent); err != nil {
			return err
		}
		v, err := selectPublished(tx, paper)
		if err != nil {
			return err
		}
		if v.ShopID != nil { // to whom the shop does not exist, its quiz does not
			if _, err := s.Shops.ShopOfPack(tx, *v.ShopID); err != nil {
				return err
			}
		}
		st, err := standing(tx, agent, v)
		if err != nil {
			return err
		}
		if st.refusal != nil {
			return st.refusal
		}
		help, err := selectAccommodation(tx, agent)
		if err != nil {
			return err
		}
		seed, err := newSeed()
		if err != nil {
			return err
		}
		a = &Attempt{
			ID: newID(), AgentID: agent, PaperID: v.PaperID, PaperVersionID: v.ID, Number: st.Attempts + 1, State: "open", StartedAt: tx.Now, GraceSeconds: v.GraceSeconds,
			TimeFactor: help.TimeFactor, PauseLeft: help.PauseMinutes * 60, device: device,
			EndsAt: tx.Now.Add(time.Duration(v.Minutes*help.TimeFactor) * time.Minute / 100),
		}
		if !help.granted() && st.ClosesAt != nil && st.ClosesAt.Before(a.EndsAt) {
			a.EndsAt = *st.ClosesAt
		}
		if err := insertAttempt(tx, a); err != nil { // of two starts one waits here, and is refused
			return err
		}
		if err := s.handOut(tx, a, seed); err != nil {
			return err
		}
		if err := insertEvent(tx, a, "started", &device); err != nil {
			return err
		}
		return a.complete(tx, device)
	})
	return a, err
}

// handOut draws the form of an attempt; questions of the form before, in any version, are drawn again as little as can be.
func (s *Service) handOut(tx *postgres.Tx, a *Attempt, seed uint64) error {
	before, err := selectFormBefore(tx, a)
	if err != nil {
		return err
	}
	form, err := draw(tx, a.PaperVersionID, seed, before)
	if err != nil {
		return err
	}
	items := make([]item, len(form))
	for i, d := range form {
		items[i] = item{Position: i + 1, QuestionVersionID: d.QuestionVersionID, Topic: d.Topic, Points: d.Points, Layout: d.Layout, Shown: marking.Show(&d.Question, d.Layout)}
	}
	return insertForm(tx, a, seed, items)
}

// Attempt is one attempt: to its examinee with the questions, while it is open on the device.
func (s *Service) Attempt(ctx context.Context, id, device uuid.UUID) (a *Attempt, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		a, err = selectAttempt(tx, id, "")
		if err != nil {
			return err
		}
		return a.complete(tx, device)
	})
	return a, err
}

// complete adds what the device is shown.
func (a *Attempt) complete(tx *postgres.Tx, device uuid.UUID) (err error) {
	if a.AgentID == tx.Actor.AccountID && a.answerable(device, tx.Now) == nil {
		a.Questions, err = selectAsked(tx, a.ID)
	}
	a.look(device, tx.Now)
	return err
}

// Attempts lists attempts after one, the newest first: of a paper or a person, where these are named.
func (s *Service) Attempts(ctx context.Context, paper, agent, before uuid.UUID, limit int) (list []Attempt, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		list, err = selectAttempts(tx, paper, agent, before, limit)
		for i := range list {
			list[i].look(uuid.Nil, tx.Now)
		}
		return err
	})
	return list, err
}

// SaveAnswer keeps an answer; seq is the examinee's own count, and the greatest wins, whichever arrives last. The same answer
// with the same seq is acknowledged again. It returns ErrAttemptClosed, ErrTimeOver, ErrTakenOver, ErrPaused, ErrSeqReused, or
// what is wrong with the answer.
func (s *Service) SaveAnswer(ctx context.Context, id, device uuid.UUID, position int, seq int64, answer marking.AnswerGiven) (saved *SavedAnswer, err error) {
	raw, err := json.Marshal(answer)
	if err != nil {
		return nil, fmt.Errorf("encode an answer: %w", err)
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		a, shown, err := shareAttempt(tx, id, position)
		if err != nil {
			return err
		}
		if a.AgentID != tx.Actor.AccountID {
			return fault.ErrNotFound
		}
		if err := a.answerable(device, tx.Now); err != nil {
			return err
		}
		if err := flawed(shown.Check(answer)); err != nil {
			return err
		}
		saved = &SavedAnswer{Position: position, Seq: seq, SavedAt: tx.Now, Remaining: max(0, int(a.ends(tx.Now).Sub(tx.Now)/time.Second))}
		kept, err := upsertAnswer(tx, a, position, seq, raw)
		if err != nil || kept {
			return err
		}
		newest, err := selectAnswer(tx, id, position)
		if err != nil {
			return err
		}
		if newest.Seq == seq && !newest.says(raw) {
			return ErrSeqReused
		}
		saved.Seq, saved.SavedAt, saved.Superseded = newest.Seq, newest.SavedAt, newest.Seq > seq
		return nil
	})
	return saved, err
}

// says tells whether an answer that is kept is the one that was sent.
func (k keptAnswer) says(sent []byte) bool {
	var a marking.AnswerGiven
	if json.Unmarshal(k.Answer, &a) != nil {
		return false
	}
	kept, err := json.Marshal(a)
	return err == nil && bytes.Equal(kept, sent)
}

// TakeOver makes the device the one that may answer; the one before is told so when it next saves. It returns
// ErrAttemptClosed or ErrTimeOver.
func (s *Service) TakeOver(ctx context.Context, id, device uuid.UUID) (a *Attempt, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		a, err = selectAttempt(tx, id, "for update of a")
		if err != nil {
			return err
		}
		if a.AgentID != tx.Actor.AccountID {
			return fault.ErrNotFound
		}
		if err := a.running(tx.Now); err != nil {
			return err
		}
		if a.device != device {
			if err := tx.Exec(`update academy.attempt set device = ? where id = ?`, device, id).Error; err != nil {
				return refusal(err)
			}
			if err := insertEvent(tx, a, "taken_over", &device); err != nil {
				return err
			}
			a.device = device
		}
		return a.complete(tx, device)
	})
	return a, err
}

// Pause stops the clock of an attempt whose examinee was granted pauses. It returns ErrNoPause, or what SaveAnswer returns.
func (s *Service) Pause(ctx context.Context, id, device uuid.UUID) (*Attempt, error) {
	return s.act(ctx, id, device, func(tx *postgres.Tx, a *Attempt) error {
		if err := a.answerable(device, tx.Now); err != nil {
			return err
		}
		a.unpause(tx.Now) // a pause whose time ran out
		if a.PauseLeft <= 0 {
			return ErrNoPause
		}
		a.pausedAt = &tx.Now
		return updateClock(tx, a, "paused")
	})
}

// Resume ends a pause before its time. It returns ErrNotPaused.
func (s *Service) Resume(ctx context.Context, id, device uuid.UUID) (*Attempt, error) {
	return s.act(ctx, id, device, func(tx *postgres.Tx, a *Attempt) error {
		if err := a.answerable(device, tx.Now); err == nil {
			return ErrNotPaused
		} else if !errors.Is(err, ErrPaused) {
			return err
		}
		a.unpause(tx.Now)
		return updateClock(tx, a, "resumed")
	})
}

// Submit closes an attempt and marks it. It returns ErrAttemptClosed, ErrTimeOver or ErrTakenOver.
func (s *Service) Submit(ctx context.Context, id, device uuid.UUID) (*Attempt, error) {
	return s.act(ctx, id, device, func(tx *postgres.Tx, a *Attempt) error {
		if err := a.answerable(device, tx.Now); err != nil && !errors.Is(err, ErrPaused) {
			return err
		}
		return s.closeAttempt(tx, a, "agent", tx.Now)
	})
}

// act does something to the actor's attempt under its lock and reads it again.
func (s *Service) act(ctx context.Context, id, device uuid.UUID, do func(tx *postgres.Tx, a *Attempt) error) (a *Attempt, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		a, err = selectAttempt(tx, id, "for update of a")
		if err != nil {
			return err
		}
		if a.AgentID != tx.Actor.AccountID {
			return fault.ErrNotFound
		}
		if err := do(tx, a); err != nil {
			return err
		}
		if a, err = selectAttempt(tx, id, ""); err != nil {
			return err
		}
		return a.complete(tx, device)
	})
	return a, err
}

// closeOverdue closes the agent's open attempt where its time is over and no sweep has come by yet.
func (s *Service) closeOverdue(tx *postgres.Tx, agent uuid.UUID) error {
	var open []uuid.UUID
	if err := tx.Raw(`select id from academy.attempt where agent_id = ? and state = 'open'`, agent).Scan(&open).Error; err != nil || len(open) == 0 {
		return err
	}
	a, err := selectAttempt(tx, open[0], "for update of a")
	if err != nil || a.State != "open" || !a.over(tx.Now) {
		return err
	}
	return s.closeAttempt(tx, a, "time", a.ends(tx.Now))
}

// closeAttempt closes an attempt, locked, as of a time, and marks what was saved.
func (s *Service) closeAttempt(tx *postgres.Tx, a *Attempt, by string, at time.Time) error {
	a.unpause(at)
	a.State, a.ClosedBy, a.ClosedAt = "submitted", by, &at
	if err := updateClosed(tx, a); err != nil {
		return err
	}
	event, device := "submitted", &a.device
	if by == "time" {
		event, device = "time_over", nil
	}
	if err := insertEvent(tx, a, event, device); err != nil {
		return err
	}
	return s.markAttempt(tx, a)
}

// flawed is what is wrong with an answer, as a fault.
func flawed(flaws []marking.Flaw) error {
	var wrong fault.Collect
	for _, f := range flaws {
		wrong.Add("/answer"+f.Pointer, f.Code, f.ZH, f.EN)
	}
	return wrong.Err()
}

func newSeed() (uint64, error) {
	var raw [8]byte
	if _, err := crand.Read(raw[:]); err != nil {
		return 0, fmt.Errorf("draw a seed: %w", err)
	}
	return binary.LittleEndian.Uint64(raw[:]), nil
}
