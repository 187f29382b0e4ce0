package academy

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"peakseat/academy/exchange"
	"peakseat/academy/marking"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// item is a question of an attempt.
type item struct {
	Position          int
	QuestionVersionID uuid.UUID
	Topic             string
	Points            int
	Layout            marking.Layout // the system's role alone reads it
	Shown             marking.Shown
}

// versioned is a question with its topic.
type versioned struct {
	exchange.Question
	topic string
}

const attemptColumns = `a.id, a.agent_id, a.paper_id, a.paper_version_id, a.number, a.state, a.started_at, a.ends_at, a.grace_seconds, a.time_factor, a.pause_left, a.paused_at,
	a.device, a.closed_at, coalesce(a.closed_by, '') as closed_by`

const attemptGrade = `, g.score, g.passed from academy.attempt a
	left join lateral (select g.score, g.passed from academy.grading g where g.attempt_id = a.id order by g.seq desc limit 1) g on true`

type attemptRow struct {
	ID, AgentID, PaperID, PaperVersionID, Device uuid.UUID
	Number, GraceSeconds, TimeFactor, PauseLeft  int
	State, ClosedBy                              string
	StartedAt, EndsAt                            time.Time
	PausedAt, ClosedAt                           *time.Time
	Score                                        *int
	Passed                                       *bool
	Shown                                        []byte // of the question that is asked about
}

func (r attemptRow) attempt() Attempt {
	return Attempt{
		ID: r.ID, AgentID: r.AgentID, PaperID: r.PaperID, PaperVersionID: r.PaperVersionID, Number: r.Number, State: r.State, StartedAt: r.StartedAt.UTC(), EndsAt: r.EndsAt.UTC(),
		GraceSeconds: r.GraceSeconds, TimeFactor: r.TimeFactor, PauseLeft: r.PauseLeft, ClosedAt: utc(r.ClosedAt), ClosedBy: r.ClosedBy, Score: r.Score, Passed: r.Passed,
		device: r.Device, pausedAt: utc(r.PausedAt),
	}
}

// selectAttempt is an attempt that the actor may see; lock is "" or the words that lock it.
func selectAttempt(tx *postgres.Tx, id uuid.UUID, lock string) (*Attempt, error) {
	var rows []attemptRow
	if lock != "" { // the grade is read by a statement of its own: the one that locks may have waited
		if err := tx.Raw(`select 1 from academy.attempt a where a.id = ? `+lock, id).Scan(&[]int{}).Error; err != nil {
			return nil, err
		}
	}
	if err := tx.Raw(`select `+attemptColumns+attemptGrade+` where a.id = ?`, id).Scan(&rows).Error; err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fault.ErrNotFound
	}
	a := rows[0].attempt()
	return &a, nil
}

func selectAttempts(tx *postgres.Tx, paper, agent, before uuid.UUID, limit int) ([]Attempt, error) {
	where, args := `true`, []any{}
	for _, filter := range []struct {
		sql string
		id  uuid.UUID
	}{{`a.paper_id = ?`, paper}, {`a.agent_id = ?`, agent}, {`a.id < ?`, before}} {
		if filter.id != uuid.Nil {
			where, args = where+` and `+filter.sql, append(args, filter.id)
		}
	}
	var rows []attemptRow
	if err := tx.Raw(`select `+attemptColumns+attemptGrade+` where `+where+` order by a.id desc limit ?`, append(args, limit)...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	list := make([]Attempt, len(rows))
	for i, r := range rows {
		list[i] = r.attempt()
	}
	return list, nil
}

// shareAttempt keeps an attempt from being closed, and reads what one of its questions shows.
func shareAttempt(tx *postgres.Tx, id uuid.UUID, position int) (*Attempt, marking.Shown, error) {
	var rows []attemptRow
	var shown marking.Shown
	if err := tx.Raw(`select `+attemptColumns+`, i.shown from academy.attempt a join academy.attempt_item i on i.attempt_id = a.id
		where a.id = ? and i.position = ? for share of a`, id, position).Scan(&rows).Error; err != nil {
		return nil, shown, err
	}
	if len(rows) == 0 {
		return nil, shown, fault.ErrNotFound
	}
	if err := json.Unmarshal(rows[0].Shown, &shown); err != nil {
		return nil, shown, fmt.Errorf("read question %d of attempt %s: %w", position, id, err)
	}
	a := rows[0].attempt()
	return &a, shown, nil
}

func insertAttempt(tx *postgres.Tx, a *Attempt) error {
	return refusal(tx.Exec(`insert into academy.attempt (id, agent_id, paper_id, paper_version_id, number, time_factor, device, state, started_at, ends_at, grace_seconds, pause_left)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		a.ID, a.AgentID, a.PaperID, a.PaperVersionID, a.Number, a.TimeFactor, a.device, a.State, a.StartedAt, a.EndsAt, a.GraceSeconds, a.PauseLeft).Error)
}

// insertForm writes what an attempt asks, and apart from it what leads to the keys.
func insertForm(tx *postgres.Tx, a *Attempt, seed uint64, items []item) error {
	type row struct {
		Position int           `json:"position"`
		Question uuid.UUID     `json:"question"`
		Topic    string        `json:"topic"`
		Points   int           `json:"points"`
		Shown    marking.Shown `json:"shown"`
	}
	rows, layouts := make([]row, len(items)), make([]marking.Layout, len(items))
	for i, it := range items {
		rows[i], layouts[i] = row{it.Position, it.QuestionVersionID, it.Topic, it.Points, it.Shown}, it.Layout
	}
	shown, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("encode a form: %w", err)
	}
	secret, err := json.Marshal(layouts)
	if err != nil {
		return fmt.Errorf("encode layouts: %w", err)
	}
	if err := tx.Exec(`insert into academy.attempt_form (attempt_id, agent_id, seed, layouts) values (?, ?, ?, ?::jsonb)`, a.ID, a.AgentID, int64(seed), string(secret)).Error; err != nil { //nolint:gosec // all 64 bits are kept
		return refusal(err)
	}
	return refusal(tx.Exec(`insert into academy.attempt_item (attempt_id, position, agent_id, question_version_id, topic, points, shown)
		select ?, r.position, ?, r.question, r.topic, r.points, r.shown
		from jsonb_to_recordset(?::jsonb) as r (position int, question uuid, topic text, points int, shown jsonb)`, a.ID, a.AgentID, string(shown)).Error)
}

func insertEvent(tx *postgres.Tx, a *Attempt, kind string, device *uuid.UUID) error {
	return tx.Exec(`insert into academy.attempt_event (id, attempt_id, agent_id, kind, device, at) values (?, ?, ?, ?, ?, ?)`, newID(), a.ID, a.AgentID, kind, device, tx.Now).Error
}

// selectFormBefore is what the person's attempt before asked, in all versions of its questions.
func selectFormBefore(tx *postgres.Tx, a *Attempt) (ids []uuid.UUID, err error) {
	err = tx.Raw(`select v.id from academy.question_version v where v.question_id in (
		select q.question_id from academy.attempt b join academy.attempt_item i on i.attempt_id = b.id join academy.question_version q on q.id = i.question_version_id
		where b.agent_id = ? and b.paper_id = ? and b.number = ?)`, a.AgentID, a.PaperID, a.Number-1).Scan(&ids).Error
	return ids, err
}

// selectVersions are questions as their authors wrote them, by the ids of their versions.
func selectVersions(tx *postgres.Tx, ids []uuid.UUID) (map[uuid.UUID]versioned, error) {
	var rows []struct {
		ID    uuid.UUID
		Topic string
		Body  []byte
	}
	if err := tx.Raw(`select id, topic, body from academy.question_version where id = any(?)`, postgres.ArrayOf(ids)).Scan(&rows).Error; err != nil {
		return nil, err
	}
	found := make(map[uuid.UUID]versioned, len(rows))
	for _, r := range rows {
		v := versioned{topic: r.Topic}
		if err := json.Unmarshal(r.Body, &v.Question); err != nil {
			return nil, fmt.Errorf("read question version %s: %w", r.ID, err)
		}
		found[r.ID] = v
	}
	return found, nil
}

// keptAnswer is an answer as it is kept.
type keptAnswer struct {
	Answer  []byte
	Seq     int64
	SavedAt time.Time
}

// upsertAnswer keeps an answer unless one with the same or a greater seq is kept.
func upsertAnswer(tx *postgres.Tx, a *Attempt, position int, seq int64, answer []byte) (kept bool, err error) {
	r := tx.Exec(`insert into academy.attempt_answer as k (attempt_id, position, agent_id, answer, seq, saved_at) values (?, ?, ?, ?::jsonb, ?, ?)
		on conflict (attempt_id, position, agent_id) do update set answer = excluded.answer, seq = excluded.seq, saved_at = excluded.saved_at where k.seq < excluded.seq`,
		a.ID, position, a.AgentID, string(answer), seq, tx.Now)
	return r.RowsAffected == 1, refusal(r.Error)
}

func selectAnswer(tx *postgres.Tx, attempt uuid.UUID, position int) (k keptAnswer, err error) {
	err = tx.Raw(`select answer, seq, saved_at from academy.attempt_answer where attempt_id = ? and position = ?`, attempt, position).Scan(&k).Error
	k.SavedAt = k.SavedAt.UTC()
	return k, err
}

// selectAsked are the questions of an attempt with the answers so far.
func selectAsked(tx *postgres.Tx, attempt uuid.UUID) ([]AskedQuestion, error) {
	var rows []struct {
		Position, Points int
		Shown, Answer    []byte
		Seq              int64
		SavedAt          *time.Time
	}
	if err := tx.Raw(`select i.position, i.points, i.shown, k.answer, coalesce(k.seq, 0) as seq, k.saved_at from academy.attempt_item i
		left join academy.attempt_answer k on k.attempt_id = i.attempt_id and k.position = i.position where i.attempt_id = ? order by i.position`, attempt).Scan(&rows).Error; err != nil {
		return nil, err
	}
	list := make([]AskedQuestion, len(rows))
	for i, r := range rows {
		q := AskedQuestion{Position: r.Position, Points: r.Points, Seq: r.Seq, SavedAt: utc(r.SavedAt)}
		if err := json.Unmarshal(r.Shown, &q.Question); err != nil {
			return nil, fmt.Errorf("read question %d of attempt %s: %w", r.Position, attempt, err)
		}
		if r.Answer != nil {
			if err := json.Unmarshal(r.Answer, &q.Answer); err != nil {
				return nil, fmt.Errorf("read answer %d of attempt %s: %w", r.Position, attempt, err)
			}
		}
		list[i] = q
	}
	return list, nil
}

// updateClock writes what a pause changes.
func updateClock(tx *postgres.Tx, a *Attempt, event string) error {
	if err := tx.Exec(`update academy.attempt set ends_at = ?, pause_left = ?, paused_at = ? where id = ?`, a.EndsAt, a.PauseLeft, a.pausedAt, a.ID).Error; err != nil {
		return refusal(err)
	}
	return insertEvent(tx, a, event, &a.device)
}

func updateClosed(tx *postgres.Tx, a *Attempt) error {
	return refusal(tx.Exec(`update academy.attempt set state = ?, ends_at = ?, pause_left = ?, paused_at = null, closed_at = ?, closed_by = ? where id = ?`,
		a.State, a.EndsAt, a.PauseLeft, a.ClosedAt, a.ClosedBy, a.ID).Error)
}

func utc(at *time.Time) *time.Time {
	if at == nil {
		return nil
	}
	in := at.UTC()
	return &in
}
