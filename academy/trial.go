package academy

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"
)

// TrialCard is a version of the card by which trial shifts are scored. Each item has 0 to 4 points; versions never change.
type TrialCard struct {
	Code      string    `json:"code"`
	Version   int       `json:"version"`
	CreatedAt time.Time `json:"created_at"`
	CardTerms
}

// CardTerms are what a version says.
type CardTerms struct {
	NameZH   string     `json:"name_zh" minLength:"1" maxLength:"100"`
	NameEN   string     `json:"name_en" minLength:"1" maxLength:"100"`
	PassMark int        `json:"pass_mark" minimum:"1" maximum:"10000" doc:"of all points, in hundredths of a percent; at most what an item needs to be met, so that a failure always has an item that shows it"`
	ItemPass int        `json:"item_pass" minimum:"1" maximum:"4" doc:"points from which an item is met; below them the assessor quotes what shows it"`
	Items    []CardItem `json:"items" minItems:"1" maxItems:"20" nullable:"false"`
}

// CardItem is one thing that is looked at.
type CardItem struct {
	Code string `json:"code" pattern:"^[a-z0-9_]{1,40}$"`
	ZH   string `json:"zh" minLength:"1" maxLength:"200"`
	EN   string `json:"en" minLength:"1" maxLength:"200"`
}

const (
	mostMark    = 4
	defaultCard = "presale"
)

func (c *CardTerms) check() error {
	var wrong fault.Collect
	if c.PassMark > c.ItemPass*10000/mostMark {
		wrong.Add("/pass_mark", "too_large", "及格线不能高于每项都达标时的得分。", "It is above the score of meeting every item.")
	}
	for i, item := range c.Items {
		if slices.ContainsFunc(c.Items[:i], func(o CardItem) bool { return o.Code == item.Code }) {
			wrong.Add(fmt.Sprintf("/items/%d/code", i), "not_unique", "这一项写了两次。", "This item is named twice.")
		}
	}
	return wrong.Err()
}

// Trial is a worked trial shift and what was found.
type Trial struct {
	ID         uuid.UUID        `json:"id" doc:"of its assignment"`
	AgentID    uuid.UUID        `json:"agent_id"`
	MentorID   *uuid.UUID       `json:"mentor_id,omitempty"`
	ShiftID    uuid.UUID        `json:"shift_id"`
	Credential string           `json:"credential" doc:"code of the template whose trial it is"`
	Card       TrialCard        `json:"card"`
	StartsAt   time.Time        `json:"starts_at"`
	EndsAt     time.Time        `json:"ends_at"`
	WorkedAt   time.Time        `json:"worked_at"`
	AssessBy   time.Time        `json:"assess_by" doc:"the mentor's; then a trainer's"`
	State      TrialState       `json:"state" enum:"with_mentor,with_trainer,passed,failed"`
	Assessment *TrialAssessment `json:"assessment,omitempty"`

	code       string
	merchantID uuid.UUID
}

// TrialState says who has to act on a trial, or how it went.
type TrialState string

// The states.
const (
	TrialWithMentor  TrialState = "with_mentor"
	TrialWithTrainer TrialState = "with_trainer"
	TrialPassed      TrialState = "passed"
	TrialFailed      TrialState = "failed"
)

// TrialAssessment is a card filled in.
type TrialAssessment struct {
	By         string    `json:"by" enum:"mentor,trainer"`
	AssessedBy uuid.UUID `json:"assessed_by"`
	Score      int       `json:"score" doc:"of all points, in hundredths of a percent"`
	Passed     bool      `json:"passed"`
	Items      []Mark    `json:"items" nullable:"false"`
	Failed     []Mark    `json:"failed" nullable:"false" doc:"the items that were not met, with what was said or left out"`
	Note       string    `json:"note,omitempty"`
	AssessedAt time.Time `json:"assessed_at"`
}

// Mark is what one item got.
type Mark struct {
	Item  string `json:"item" doc:"its code"`
	Score int    `json:"score" minimum:"0" maximum:"4"`
	Quote string `json:"quote,omitempty" maxLength:"1000" doc:"from the conversations; required where the item is not met"`
}

// state is who has to act at a moment. Without a mentor, and after the mentor's time, that is a trainer.
func (t *Trial) state(now time.Time) TrialState {
	switch {
	case t.Assessment != nil && t.Assessment.Passed:
		return TrialPassed
	case t.Assessment != nil:
		return TrialFailed
	case t.MentorID == nil || !now.Before(t.AssessBy):
		return TrialWithTrainer
	}
	return TrialWithMentor
}

// assessor tells as what the actor may fill in the card now. Nobody assesses themselves.
func (t *Trial) assessor(actor auth.Actor, now time.Time) (by string, err error) {
	mentor := t.MentorID != nil && *t.MentorID == actor.AccountID
	switch state := t.state(now); {
	case actor.AccountID == t.AgentID:
		return "", ErrOwnTrial
	case !mentor && actor.Role != auth.Trainer:
		return "", fault.ErrNotFound
	case state == TrialPassed || state == TrialFailed:
		return "", ErrTrialAssessed
	case mentor && state == TrialWithTrainer:
		return "", ErrTrialWithTrainer
	case mentor:
		return "mentor", nil
	case state == TrialWithMentor:
		return "", ErrTrialWithMentor.With("assess_by", t.AssessBy)
	}
	return "trainer", nil
}

// mark adds the marks up. Every item is marked once, and one that is not met is quoted.
func (c *TrialCard) mark(marks []Mark) (score int, err error) {
	var wrong fault.Collect
	points := map[string]int{}
	for i, m := range marks {
		at := fmt.Sprintf("/items/%d", i)
		_, twice := points[m.Item]
		switch {
		case !slices.ContainsFunc(c.Items, func(item CardItem) bool { return item.Code == m.Item }):
			wrong.Add(at+"/item", "unknown_item", "评分卡没有这一项。", "The card has no such item.")
		case twice:
			wrong.Add(at+"/item", "not_unique", "这一项评了两次。", "This item is marked twice.")
		case m.Score < c.ItemPass && strings.TrimSpace(m.Quote) == "":
			wrong.Add(at+"/quote", "required", "未达标的项目请引用对话原文。", "Quote the conversation where an item is not met.")
		}
		points[m.Item] = m.Score
	}
	sum := 0
	for _, item := range c.Items {
		p, marked := points[item.Code]
		if !marked {
			wrong.Add("/items", "incomplete", "缺少项目「"+item.ZH+"」。", "The item "+item.Code+" is missing.")
		}
		sum += p
	}
	all := mostMark * len(c.Items)
	return (sum*10000 + all/2) / all, wrong.Err()
}

// failures are the marks that are not met.
func (c *TrialCard) failures(marks []Mark) []Mark {
	list := []Mark{}
	for _, m := range marks {
		if m.Score < c.ItemPass {
			list = append(list, m)
		}
	}
	return list
}

// AddCard writes the next version of a card, the first where there is none. Trials that were worked keep theirs.
func (s *Service) AddCard(ctx context.Context, code string, terms CardTerms) (card *TrialCard, err error) {
	if err := terms.check(); err != nil {
		return nil, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		card, err = insertCard(tx, code, terms)
		return err
	})
	return card, err
}

// Cards lists the newest version of each.
func (s *Service) Cards(ctx context.Context) (list []TrialCard, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		list, err = selectCards(tx, `select distinct on (code) `+cardColumns+` from academy.trial_card order by code, version desc`)
		return err
	})
	return list, err
}

// TrialFilter narrows a list of trials; zero members do not.
type TrialFilter struct {
	State  TrialState
	Mentor bool // those that the actor mentors
}

// Trials lists the actor's own and those that the actor mentors; officials see all. By id, after the one given.
func (s *Service) Trials(ctx context.Context, f TrialFilter, after uuid.UUID, limit int) (list []Trial, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		list, err = selectTrials(tx, f, after, limit)
		return err
	})
	return list, err
}

// Trial reads one that the actor may see.
func (s *Service) Trial(ctx context.Context, id uuid.UUID) (t *Trial, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		t, err = selectTrial(tx, id)
		return err
	})
	return t, err
}

// AssessTrial fills in the card of a trial, once: its mentor until assess_by, then a trainer. It returns ErrOwnTrial,
// ErrTrialAssessed, ErrTrialWithMentor, ErrTrialWithTrainer, or what is wrong with the marks.
func (s *Service) AssessTrial(ctx context.Context, id uuid.UUID, marks []Mark, note string) (t *Trial, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		if t, err = selectTrial(tx, id); err != nil {
			return err
		}
		by, err := t.assessor(tx.Actor, tx.Now)
		if err != nil {
			return err
		}
		score, err := t.Card.mark(marks)
		if err != nil {
			return err
		}
		t.Assessment = &TrialAssessment{
			By: by, AssessedBy: tx.Actor.AccountID, Score: score, Passed: score >= t.Card.PassMark, Items: marks, Failed: t.Card.failures(marks),
			Note: strings.TrimSpace(note), AssessedAt: tx.Now,
		}
		t.State = t.state(tx.Now)
		if err := insertAssessment(tx, t); err != nil {
			return refusal(err)
		}
		return outbox.Append(tx, fact.TrialAssessed{
			TrialID: t.ID.String(), AgentID: t.AgentID.String(), ShiftID: t.ShiftID.String(), Code: t.code, Score: score, Passed: t.Assessment.Passed,
			AssessorID: tx.Actor.AccountID.String(), By: by,
		})
	})
	return t, err
}

func (s *Service) trialConsumer() outbox.Consumer {
	return outbox.Consumer{Name: "academy-trials", Types: []string{fact.TrialWorked{}.Type()}, Handle: followTrial}
}

// followTrial keeps a trial that was worked, with the card's version of that moment.
func followTrial(tx *postgres.Tx, e outbox.Envelope) error {
	f, err := outbox.Decode[fact.TrialWorked](e)
	if err != nil {
		return err
	}
	book, ok := rules.Of(f.RulesVersion)
	if !ok {
		return fmt.Errorf("there is no rule book %d", f.RulesVersion)
	}
	t := Trial{
		Credential: f.Code, StartsAt: f.StartsAt, EndsAt: f.EndsAt, WorkedAt: f.WorkedAt, AssessBy: f.WorkedAt.Add(book.Trials.AssessWithin), code: f.Card,
	}
	for text, into := range map[string]*uuid.UUID{f.TrialID: &t.ID, f.AgentID: &t.AgentID, f.ShiftID: &t.ShiftID, f.MerchantID: &t.merchantID} {
		if *into, err = uuid.Parse(text); err != nil {
			return fmt.Errorf("read an id of a trial: %w", err)
		}
	}
	if f.MentorID != "" {
		mentor, err := uuid.Parse(f.MentorID)
		if err != nil {
			return fmt.Errorf("read the mentor of a trial: %w", err)
		}
		t.MentorID = &mentor
	}
	cards, err := selectCards(tx, `select `+cardColumns+` from academy.trial_card where code in (?, ?) order by code = ? desc, version desc limit 1`, f.Card, defaultCard, f.Card)
	if err != nil {
		return err
	}
	t.Card = cards[0] // the default is always there
	return insertTrial(tx, &t)
}

func trialRefusals() map[string]*fault.Fault {
	return map[string]*fault.Fault{
		"trial_assessment_pkey":            ErrTrialAssessed,
		"trial_nobody_assesses_themselves": ErrOwnTrial,
		"trial_card_pkey":                  ErrCardRaced,
	}
}

func decodeMarks(raw []byte, into any) error {
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("read a trial's card: %w", err)
	}
	return nil
}

// The refusals of trials.
var (
	ErrOwnTrial = fault.New(fault.Forbidden, "own_trial",
		"不能给自己的试岗评分。", "Nobody assesses a trial of their own.")
	ErrTrialAssessed = fault.New(fault.Conflict, "trial_assessed",
		"这次试岗已经评分。", "This trial has been assessed.")
	ErrTrialWithTrainer = fault.New(fault.Conflict, "trial_with_trainer",
		"导师评分时间已过，这次试岗由培训师评分。", "The mentor's time is over; a trainer assesses this trial.")
	ErrTrialWithMentor = fault.New(fault.Conflict, "trial_with_mentor",
		"在 assess_by 之前由导师评分。", "Its mentor assesses it until assess_by.")
	ErrCardRaced = fault.New(fault.Conflict, "card_raced",
		"别人刚刚发布了同一张评分卡的新版本，请重试。", "Somebody else has just published a version of this card; try again.")
)
