package matcher

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"
)

// A trial seat is an extra seat of a shift whose merchant allows it, for an agent who lacks nothing of a credential but
// the trial. It costs the merchant nothing, counts in no sum of seats, and is claimed, never offered. A mentor who holds a
// regular seat of the shift, and so its tags, goes with it.

// TrialTerms are what goes with a trial seat.
type TrialTerms struct {
	MentorID      *uuid.UUID `json:"mentor_id,omitempty" format:"uuid" doc:"the agent who helps and scores; absent where they had to leave after the start: a trainer scores then"`
	Credential    string     `json:"credential" doc:"code of the template whose trial this is"`
	Card          string     `json:"card" doc:"code of the card by which it is scored"`
	Conversations int        `json:"conversations" doc:"at once, at most"`
}

// The rules that a trial seat asks in place of the tags.
const (
	ruleTrialSeats = "trial_seats"    // the shift has some
	ruleTrialPath  = "trial_path"     // all of a credential that fits the shift is met, but the trial
	ruleMentor     = "mentor_at_work" // somebody who holds the tags works the shift, is willing, and has nobody yet
)

// trialPath is how far an agent is towards the trial of a credential.
type trialPath struct {
	template   uuid.UUID
	code, card string
	grants     []Requirement
	missing    []string // requirements but the trial; empty: ready
}

// trialSeats are the trial seats of a shift and the mentors who are free. A batch hands both out.
type trialSeats struct {
	seats   int // not cancelled
	open    []int
	mentors []mentor
}

// mentor is a willing agent with a regular seat of the shift.
type mentor struct{ assignment, agent uuid.UUID }

// fits tells whether with the credential the agent could hold a regular seat of the shift: it grants a tag that the shift
// requires, and all of those that the agent lacks.
func (p *trialPath) fits(a *agentFacts, s *shiftFacts, until time.Time) bool {
	useful := len(s.tags) == 0
	for _, r := range s.tags {
		granted := slices.ContainsFunc(p.grants, func(g Requirement) bool { return g.Tag == r.Tag && g.Level >= r.Level })
		if !granted && !tagRule(a, r, until).Passed {
			return false
		}
		useful = useful || granted
	}
	return useful
}

// pathTo is the path of the agent that fits the shift and lacks least, or nil.
func (a *agentFacts) pathTo(s *shiftFacts, until time.Time) (best *trialPath) {
	for i := range a.paths {
		p := &a.paths[i]
		if p.fits(a, s, until) && (best == nil || len(p.missing) < len(best.missing)) {
			best = p
		}
	}
	return best
}

// walkTrial asks what a trial seat asks in place of the tags.
func walkTrial(a *agentFacts, s *shiftFacts, until time.Time, visit func(Rule) bool) bool {
	if !visit(Rule{Name: ruleTrialSeats, Passed: s.trial.seats > 0, texts: func() (fault.Text, fault.Text, fault.Text) {
		n := strconv.Itoa(s.trial.seats)
		return fault.Text{ZH: n + " 个试岗坐席", EN: n + " trial seats"}, fault.Text{ZH: "至少 1 个", EN: "at least 1"},
			fault.Text{ZH: "看看大厅里其他有试岗坐席的班次。", EN: "Look in the hall for another shift with trial seats."}
	}}) {
		return false
	}
	path := a.pathTo(s, until)
	if !visit(Rule{Name: ruleTrialPath, Passed: path != nil && len(path.missing) == 0, texts: func() (fault.Text, fault.Text, fault.Text) { return pathTexts(path, s) }}) {
		return false
	}
	return visit(Rule{Name: ruleMentor, Passed: len(s.trial.mentors) > 0, texts: func() (fault.Text, fault.Text, fault.Text) {
		n := strconv.Itoa(len(s.trial.mentors))
		return fault.Text{ZH: n + " 位空闲导师", EN: n + " free mentors"}, fault.Text{ZH: "至少 1 位", EN: "at least 1"},
			fault.Text{ZH: "等有导师接下这个班次，或选择其他班次。", EN: "Wait until a mentor takes a seat of this shift, or choose another."}
	}})
}

func pathTexts(path *trialPath, s *shiftFacts) (value, needed, next fault.Text) {
	var tags []string
	for _, r := range s.tags {
		tags = append(tags, fmt.Sprintf("%s %d", r.Tag, r.Level))
	}
	all := strings.Join(tags, ", ")
	needed = fault.Text{
		ZH: "一份授予 " + all + " 的证书，除试岗外的要求都已完成", EN: "all requirements but the trial of a credential that grants " + all,
	}
	switch {
	case path == nil:
		return fault.Text{ZH: "还没有开始这样的证书", EN: "no such credential begun"}, needed,
			fault.Text{ZH: "在证书列表里选择一份包含试岗的证书，从课程开始。", EN: "Choose a credential with a trial from the list of templates, and begin with its courses."}
	case len(path.missing) == 0:
		return fault.Text{ZH: "「" + path.code + "」已完成", EN: path.code + " is complete"}, needed, fault.Text{}
	}
	missing := strings.Join(path.missing, ", ")
	return fault.Text{ZH: "「" + path.code + "」还差：" + missing, EN: path.code + " lacks: " + missing}, needed,
		fault.Text{ZH: "完成：" + missing + "。", EN: "Complete: " + missing + "."}
}

// ClaimTrialSeat takes an open trial seat of a shift for the agent who acts, before the shift starts. The claim goes the way
// of all claims and holds the shift alone.
//
// Faults: those of ClaimSeat, with ErrTrialSeatsTaken in place of ErrShiftFull and ErrNoOpenSeat.
func (s *Service) ClaimTrialSeat(ctx context.Context, shiftID uuid.UUID) (*Assignment, error) {
	return s.claim(ctx, seatTrial, shiftID)
}

// TrialEligibility asks every rule of the agent who acts and a trial seat of a shift, those that the claim asks.
func (s *Service) TrialEligibility(ctx context.Context, shiftID uuid.UUID) ([]Rule, error) {
	return s.eligibility(ctx, shiftID, true)
}

// decideTrial gives the lowest open trial seat and the mentor who has held a seat longest.
func (m *member) decideTrial(now time.Time) (*seatChange, error) {
	if m.shift.id == uuid.Nil || m.shift.state == stateDraft || m.blocked {
		return nil, fault.ErrNotFound
	}
	if !m.known {
		return nil, errUnknownAgent
	}
	t := m.shift.trial
	if t.seats > 0 && len(t.open) == 0 {
		return nil, ErrTrialSeatsTaken
	}
	if err := m.ask(now); err != nil {
		return nil, err
	}
	seat, with := t.open[0], t.mentors[0]
	t.open, t.mentors = t.open[1:], t.mentors[1:]
	return m.takeWith(now, takenByClaim, seat, uuid.Nil, m.agent.pathTo(&m.shift, m.shift.endsAt), with)
}

func (p *trialPath) terms(book rules.Book, mentorID uuid.UUID) *TrialTerms {
	return &TrialTerms{MentorID: &mentorID, Credential: p.code, Card: p.card, Conversations: book.Trials.Chats}
}

// trialRow is a trial as the sweep and the day see it.
type trialRow struct {
	AssignmentID, ShiftID, AgentID uuid.UUID
	Code, Card                     string
	MentorID                       *uuid.UUID
	MentorWorks                    bool
	State                          string
	StartsAt                       time.Time
}

// sweepMentors looks for trials whose mentor left. Another mentor of the shift takes over; where there is none, a trial that has
// not begun is withdrawn, and one that has goes on to be scored by a trainer.
func (s *Service) sweepMentors(ctx context.Context) (int, error) {
	return s.sweepDue(ctx, `select t.assignment_id as id, t.shift_id, t.agent_id from matcher.trial t join matcher.assignment m on m.id = t.mentor_assignment_id join matcher.assignment a on a.id = t.assignment_id
			where t.live and a.state <> 'finished' and t.ends_at > ? and not m.live order by t.ends_at limit ?`,
		func(now time.Time) time.Time { return now },
		func(tx *postgres.Tx, d due) error { return replaceMentor(tx, d.ID) })
}

func replaceMentor(tx *postgres.Tx, id uuid.UUID) error {
	t, err := selectTrial(tx, id)
	if err != nil || t.MentorID == nil || t.MentorWorks || t.State == "finished" {
		return err
	}
	free, err := selectMentors(tx, t.ShiftID)
	switch {
	case err != nil:
		return err
	case len(free) > 0:
		return updateMentor(tx, id, &free[0])
	case t.StartsAt.After(tx.Now):
		return withdrawAssignments(tx, []uuid.UUID{id}, "mentor")
	}
	return updateMentor(tx, id, nil)
}

// tellTrial says that a trial is over and its card can be filled in.
func tellTrial(tx *postgres.Tx, a *Attendance) error {
	t, err := selectTrial(tx, a.ID)
	if err != nil {
		return err
	}
	f := fact.TrialWorked{
		TrialID: a.ID.String(), ShiftID: a.ShiftID.String(), BookingID: a.BookingID.String(), MerchantID: a.MerchantID.String(), AgentID: a.AgentID.String(),
		Code: t.Code, Card: t.Card, StartsAt: a.StartsAt, EndsAt: a.EndsAt, WorkedAt: tx.Now, RulesVersion: a.RulesVersion,
	}
	if t.MentorID != nil && t.MentorWorks {
		f.MentorID = t.MentorID.String()
	}
	return outbox.Append(tx, f)
}

// upsertPaths takes over how far agents are towards their trials, and returns those of whom that was news.
func (c *changes) upsertPaths(tx *postgres.Tx) (changed []uuid.UUID, err error) {
	agents, versions := make([]uuid.UUID, 0, len(c.paths)), make([]int64, 0, len(c.paths))
	for agent, f := range c.paths {
		agents, versions = append(agents, agent), append(versions, f.Version)
	}
	if err := insertAgents(tx, agents); err != nil {
		return nil, err
	}
	if err := tx.Raw(`update matcher.agent g set trial_version = c.version from unnest(?::uuid[], ?::bigint[]) c (agent_id, version)
		where g.agent_id = c.agent_id and g.trial_version < c.version returning g.agent_id`, postgres.ArrayOf(agents), postgres.ArrayOf(versions)).Scan(&changed).Error; err != nil || len(changed) == 0 {
		return nil, err
	}
	if err := tx.Exec(`delete from matcher.trial_path where agent_id = any (?::uuid[])`, postgres.ArrayOf(changed)).Error; err != nil {
		return nil, err
	}
	for _, agent := range changed {
		for _, p := range c.paths[agent].Trials {
			if err := insertPath(tx, agent, p); err != nil {
				return nil, err
			}
		}
	}
	return changed, nil
}

// ErrTrialSeatsTaken is the answer where others try out in all trial seats of a shift.
var ErrTrialSeatsTaken = fault.New(fault.Conflict, "trial_seats_taken",
	"这个班次的试岗坐席都已有人。", "Every trial seat of this shift is held.")
