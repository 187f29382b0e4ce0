package academy

import (
	"context"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// The refusals about talks.
var (
	ErrTalkFull = fault.New(fault.Conflict, "talk_full",
		"这场讲座已报满。", "This talk is fully booked.")
	ErrTalkBegun = fault.New(fault.Conflict, "talk_begun",
		"讲座已经开始。", "The talk has begun.")
	ErrTalkToCome = fault.New(fault.Conflict, "talk_to_come",
		"讲座还没有开始。", "The talk has not begun yet.")
)

// Talk is a talk by an expert.
type Talk struct {
	ID uuid.UUID `json:"id"`
	TalkTerms
	SignedUp int  `json:"signed_up"`
	Coming   bool `json:"coming" doc:"the agent who asks"`
	Attended bool `json:"attended" doc:"the agent who asks"`
}

// TalkTerms are what a talk is announced with.
type TalkTerms struct {
	TitleZH  string    `json:"title_zh" gorm:"column:title_zh" minLength:"1" maxLength:"200"`
	TitleEN  string    `json:"title_en" gorm:"column:title_en" minLength:"1" maxLength:"200"`
	Speaker  string    `json:"speaker" minLength:"1" maxLength:"100"`
	Link     string    `json:"link" pattern:"^https://" maxLength:"500"`
	Capacity int       `json:"capacity" minimum:"1" maximum:"100000"`
	StartsAt time.Time `json:"starts_at"`
	EndsAt   time.Time `json:"ends_at"`
}

// ScheduleTalk announces a talk to come.
func (s *Service) ScheduleTalk(ctx context.Context, terms TalkTerms) (made *Talk, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		var wrong fault.Collect
		if !terms.StartsAt.After(tx.Now) {
			wrong.Add("/starts_at", "in_the_past", "开始时间已经过去。", "The start lies in the past.")
		}
		if !terms.EndsAt.After(terms.StartsAt) {
			wrong.Add("/ends_at", "before_start", "结束须在开始之后。", "The end comes after the start.")
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		made = &Talk{ID: newID(), TalkTerms: terms}
		return tx.Exec(`insert into academy.talk (id, title_zh, title_en, speaker, link, capacity, starts_at, ends_at, created_by, created_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			made.ID, terms.TitleZH, terms.TitleEN, terms.Speaker, terms.Link, terms.Capacity, terms.StartsAt, terms.EndsAt, tx.Actor.AccountID, tx.Now).Error
	})
	return made, err
}

// Talks lists talks, the newest announced first.
func (s *Service) Talks(ctx context.Context, before uuid.UUID, limit int) (list []Talk, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		return tx.Raw(talkColumns+` where (@before = @nobody or t.id < @before) order by t.id desc limit @limit`,
			map[string]any{"me": tx.Actor.AccountID, "before": before, "nobody": uuid.Nil, "limit": limit}).Scan(&list).Error
	})
	return list, err
}

// SignUp tells whether the acting agent comes to a talk, until it begins. Seats are counted under the talk's lock.
func (s *Service) SignUp(ctx context.Context, id uuid.UUID, coming bool) (talk *Talk, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		if talk, err = lockTalk(tx, id); err != nil {
			return err
		}
		switch {
		case !talk.StartsAt.After(tx.Now):
			return ErrTalkBegun
		case talk.Coming == coming:
			return nil
		case coming && talk.SignedUp >= talk.Capacity:
			return ErrTalkFull
		}
		if err := tx.Exec(`insert into academy.talk_sign_up (id, talk_id, agent_id, coming, signed_at) values (?, ?, ?, ?, ?)`, newID(), id, tx.Actor.AccountID, coming, tx.Now).Error; err != nil {
			return err
		}
		talk, err = selectTalk(tx, id)
		return err
	})
	return talk, err
}

// NoteAttendance notes who was at a talk that has begun, among those who signed up; it may be corrected, and points follow.
func (s *Service) NoteAttendance(ctx context.Context, id, agent uuid.UUID, attended bool) (talk *Talk, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		if talk, err = lockTalk(tx, id); err != nil {
			return err
		}
		if talk.StartsAt.After(tx.Now) {
			return ErrTalkToCome
		}
		var state struct{ Coming, Attended bool }
		if err := tx.Raw(`select `+talkComing+` as coming, `+talkAttended+` as attended from academy.talk t where t.id = @id`, map[string]any{"id": id, "me": agent}).Scan(&state).Error; err != nil {
			return err
		}
		if !state.Coming {
			return fault.ErrInvalid.At("/agent_id", "not_signed_up", "这位云客服没有报名。", "This agent did not sign up.")
		}
		if state.Attended == attended {
			return nil
		}
		note := newID()
		if err := tx.Exec(`insert into academy.talk_attendance (id, talk_id, agent_id, attended, noted_by, noted_at) values (?, ?, ?, ?, ?, ?)`, note, id, agent, attended, tx.Actor.AccountID, tx.Now).Error; err != nil {
			return err
		}
		return settlePoints(tx, agent, "talk", id.String(), attended, note, tx.Now)
	})
	return talk, err
}

// Guest is an agent who signed up.
type Guest struct {
	AgentID  uuid.UUID `json:"agent_id"`
	Handle   string    `json:"handle" gorm:"-" doc:"what the agent is called among agents"`
	Attended bool      `json:"attended"`
}

// Guests lists who signed up for a talk, by agent.
func (s *Service) Guests(ctx context.Context, id, after uuid.UUID, limit int) (list []Guest, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		var ids []uuid.UUID
		if err := tx.Raw(`select id from academy.talk where id = ?`, id).Scan(&ids).Error; err != nil {
			return err
		}
		if len(ids) == 0 {
			return fault.ErrNotFound
		}
		err := tx.Raw(`select g.agent_id, coalesce((select a.attended from academy.talk_attendance a where a.talk_id = g.talk_id and a.agent_id = g.agent_id order by a.id desc limit 1), false) as attended
			from (select distinct on (agent_id) agent_id, talk_id, coming from academy.talk_sign_up where talk_id = ? and agent_id > ? order by agent_id, id desc) g
			where coming order by g.agent_id limit ?`, id, after, limit).Scan(&list).Error
		for i := range list {
			list[i].Handle = handle(list[i].AgentID)
		}
		return err
	})
	return list, err
}

const (
	talkComing   = `coalesce((select s.coming from academy.talk_sign_up s where s.talk_id = t.id and s.agent_id = @me order by s.id desc limit 1), false)`
	talkAttended = `coalesce((select a.attended from academy.talk_attendance a where a.talk_id = t.id and a.agent_id = @me order by a.id desc limit 1), false)`
	talkColumns  = `select t.id, t.title_zh, t.title_en, t.speaker, t.link, t.capacity, t.starts_at, t.ends_at, ` + talkComing + ` as coming, ` + talkAttended + ` as attended,
		(select count(*) from (select distinct on (s.agent_id) s.coming from academy.talk_sign_up s where s.talk_id = t.id order by s.agent_id, s.id desc) g where g.coming) as signed_up
		from academy.talk t`
)

func lockTalk(tx *postgres.Tx, id uuid.UUID) (*Talk, error) {
	if err := tx.Exec(`select pg_advisory_xact_lock(hashtextextended(?, 0))`, "talk/"+id.String()).Error; err != nil {
		return nil, err
	}
	return selectTalk(tx, id)
}

func selectTalk(tx *postgres.Tx, id uuid.UUID) (*Talk, error) {
	var rows []Talk
	if err := tx.Raw(talkColumns+` where t.id = @id`, map[string]any{"id": id, "me": tx.Actor.AccountID}).Scan(&rows).Error; err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fault.ErrNotFound
	}
	return &rows[0], nil
}
