package academy

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/academy/exchange"
	"peakseat/academy/marking"
	"peakseat/academy/psychometrics"
	"peakseat/internal/auth"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// The refusals of placements.
var (
	ErrPlacementCode = fault.New(fault.Conflict, "placement_test_exists",
		"已有同名代码的定级测试。", "A placement test with this code exists.")
	ErrPlacementOpen = fault.New(fault.Conflict, "placement_open",
		"这个定级测试你还没有做完，请继续作答。", "You have not finished this placement test; go on with it.")
	ErrPlacementFinished = fault.New(fault.Conflict, "placement_finished",
		"这次定级测试已经结束。", "This placement is finished.")
	ErrPlacementPosition = fault.New(fault.Conflict, "placement_moved_on",
		"这道题已经答过，请作答当前题目。", "This question is answered; answer the one that is asked now.")
	ErrFewAnswers = fault.New(fault.Conflict, "few_answers",
		"作答的人太少，还不能估计题目的难度：至少需要 30 人。", "Too few people have answered to estimate how hard the questions are: at least 30.")
	ErrPlacementEmpty = fault.New(fault.Conflict, "placement_empty",
		"题库里没有可以自动评分的题目。", "The bank has no questions that are marked at once.")
)

func placementRefusals() map[string]*fault.Fault {
	return map[string]*fault.Fault{
		"placement_test_code_key": ErrPlacementCode,
		"placement_one_open":      ErrPlacementOpen,
		"placement_finished":      ErrPlacementFinished,
	}
}

// PlacementTest says from which questions people are placed, and when it is known well enough where they stand.
type PlacementTest struct {
	ID uuid.UUID `json:"id"`
	PlacementTerms
	CreatedAt time.Time `json:"created_at"`
}

// PlacementTerms are what a test says; it never changes.
type PlacementTerms struct {
	Code     string    `json:"code" pattern:"^[a-z0-9_]{1,40}$"`
	NameZH   string    `json:"name_zh" minLength:"1" maxLength:"100"`
	NameEN   string    `json:"name_en" minLength:"1" maxLength:"100"`
	BankID   uuid.UUID `json:"bank_id"`
	Topic    string    `json:"topic" maxLength:"1000" doc:"with all below it; empty is all"`
	MinItems int       `json:"min_items" minimum:"1" maximum:"100"`
	MaxItems int       `json:"max_items" minimum:"1" maximum:"100"`
	TargetSE float64   `json:"target_se" minimum:"0.01" maximum:"1" doc:"stop when the standard error is no larger"`
	CoolDown int       `json:"cool_down_minutes,omitempty" minimum:"0" maximum:"525600" doc:"from the end of a placement to the agent's next; absent: none"`
}

// Placement is one person's test. Ability is on the scale on which people are standard normal, before a test's end as far as
// it is known.
type Placement struct {
	ID         uuid.UUID          `json:"id"`
	AgentID    uuid.UUID          `json:"agent_id"`
	TestID     uuid.UUID          `json:"test_id"`
	State      string             `json:"state" enum:"open,finished"`
	StartedAt  time.Time          `json:"started_at"`
	FinishedAt *time.Time         `json:"finished_at,omitempty"`
	StoppedBy  string             `json:"stopped_by,omitempty" enum:"precise,length,exhausted" doc:"the standard error is small enough; the most questions were asked; there are no more"`
	Answered   int                `json:"answered"`
	Ability    float64            `json:"ability"`
	SE         float64            `json:"se" doc:"the standard error of ability"`
	Level      int                `json:"level" minimum:"1" maximum:"5" doc:"the difficulty at which somebody so able is right half of the time"`
	Question   *PlacementQuestion `json:"question,omitempty" doc:"what is asked now"`
}

// PlacementQuestion is what is asked now.
type PlacementQuestion struct {
	Position int           `json:"position"`
	Question marking.Shown `json:"question"`
}

// The scale before anybody has answered: difficulty 3 is right half of the time for the middle of all people, and a step of
// difficulty is a standard deviation.
const (
	unknownSlope = 1.0
	middleLevel  = 3
	// choiceOf is among how many of the best next questions chance decides, so that not everybody begins with the same
	// (Kingsbury and Zara, Procedures for selecting items for computerized adaptive tests, Applied Measurement in Education
	// 2, 1989, 359-375).
	choiceOf = 3
)

// AddPlacementTest lets agents place themselves by the questions of a bank.
func (s *Service) AddPlacementTest(ctx context.Context, terms PlacementTerms) (made *PlacementTest, err error) {
	if terms.MaxItems < terms.MinItems {
		return nil, fault.ErrInvalid.At("/max_items", "too_small", "不能小于 min_items。", "Must not be less than min_items.")
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		banks, err := selectBanks(tx, `b.id = ?`, terms.BankID)
		if err != nil || len(banks) == 0 {
			return or(err, fault.ErrInvalid.At("/bank_id", "unknown_bank", "没有这个题库。", "There is no such bank."))
		}
		terms.TargetSE = math.Round(terms.TargetSE*100) / 100
		made = &PlacementTest{ID: newID(), PlacementTerms: terms, CreatedAt: tx.Now}
		return refusal(tx.Exec(`insert into academy.placement_test (id, code, name_zh, name_en, bank_id, topic, min_items, max_items, target_se, cool_down_minutes, created_by, created_at)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, made.ID, terms.Code, terms.NameZH, terms.NameEN, terms.BankID, terms.Topic, terms.MinItems, terms.MaxItems,
			int(math.Round(terms.TargetSE*100)), terms.CoolDown, tx.Actor.AccountID, tx.Now).Error)
	})
	return made, err
}

// PlacementTests lists the tests after one, by id.
func (s *Service) PlacementTests(ctx context.Context, after uuid.UUID, limit int) (list []PlacementTest, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		list, err = selectPlacementTests(tx, `id > ? order by id limit ?`, after, limit)
		return err
	})
	return list, err
}

// StartPlacement begins a test with its first question. It returns ErrPlacementOpen, ErrPlacementEmpty and ErrCoolDown.
func (s *Service) StartPlacement(ctx context.Context, test uuid.UUID) (p *Placement, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		t, err := theOne(selectPlacementTests(tx, `id = ?`, test))
		if err != nil {
			return err
		}
		if again, err := t.again(tx); err != nil {
			return err
		} else if tx.Now.Before(again) {
			return ErrCoolDown.With("retry_at", again)
		}
		p = &Placement{ID: newID(), AgentID: tx.Actor.AccountID, TestID: test, State: "open", StartedAt: tx.Now, SE: 1}
		if err := tx.Exec(`insert into academy.placement (id, agent_id, test_id, state, started_at, answered, ability, se) values (?, ?, ?, 'open', ?, 0, 0, 1)`,
			p.ID, p.AgentID, test, tx.Now).Error; err != nil {
			return refusal(err)
		}
		if err := p.ask(tx, t, nil); err != nil {
			return err
		}
		if p.State == "finished" {
			return ErrPlacementEmpty
		}
		p.level()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// again is from when on the actor may begin the test once more; the zero time where it is at once.
func (t PlacementTest) again(tx *postgres.Tx) (time.Time, error) {
	if t.CoolDown == 0 {
		return time.Time{}, nil
	}
	var last []time.Time
	if err := tx.Raw(`select finished_at from academy.placement where agent_id = ? and test_id = ? and state = 'finished' order by finished_at desc limit 1`,
		tx.Actor.AccountID, t.ID).Scan(&last).Error; err != nil || len(last) == 0 {
		return time.Time{}, err
	}
	return last[0].UTC().Add(time.Duration(t.CoolDown) * time.Minute), nil
}

// AnswerPlacement takes the answer to what is asked and asks the next, or ends the test. It returns ErrPlacementFinished and
// ErrPlacementPosition.
func (s *Service) AnswerPlacement(ctx context.Context, id uuid.UUID, position int, answer marking.AnswerGiven) (p *Placement, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		p, err = lockPlacement(tx, id)
		if err != nil {
			return err
		}
		if p.State != "open" {
			return ErrPlacementFinished
		}
		items, err := selectPlacementItems(tx, id)
		if err != nil {
			return err
		}
		if position != len(items) {
			return ErrPlacementPosition
		}
		asked := &items[position-1]
		if err := asked.mark(answer); err != nil {
			return err
		}
		t, err := theOne(selectPlacementTests(tx, `id = ?`, p.TestID))
		if err != nil {
			return err
		}
		p.Answered++
		e := estimate(items)
		p.Ability, p.SE = e.Mean, e.SE
		if err := insertPlacementAnswer(tx, p, position, answer, *asked.Right); err != nil {
			return err
		}
		switch {
		case p.SE <= t.TargetSE && p.Answered >= t.MinItems:
			err = p.finish(tx, "precise")
		case p.Answered >= t.MaxItems:
			err = p.finish(tx, "length")
		default:
			err = p.ask(tx, t, items)
		}
		p.level()
		return err
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Placements lists placements before one, the newest first: an agent's own, to officials everybody's.
func (s *Service) Placements(ctx context.Context, before uuid.UUID, limit int) (list []Placement, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		list, err = selectPlacements(tx, `(? = ? or p.id < ?) order by p.id desc limit ?`, before, uuid.Nil, before, limit)
		return err
	})
	return list, err
}

// Placement is one placement, to its examinee with what is asked now.
func (s *Service) Placement(ctx context.Context, id uuid.UUID) (p *Placement, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		found, err := theOne(selectPlacements(tx, `p.id = ?`, id))
		if err != nil {
			return err
		}
		p = &found
		return nil
	})
	if actor, _ := auth.ActorFrom(ctx); err != nil || p.State != "open" || p.AgentID != actor.AccountID {
		return p, err
	}
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		p.Question, err = selectAskedNow(tx, p)
		return err
	})
	return p, err
}

// ask chooses the next question, or ends the test where there is none.
func (p *Placement) ask(tx *postgres.Tx, t PlacementTest, before []placementItem) error {
	candidates, err := selectCandidates(tx, t)
	if err != nil {
		return err
	}
	candidates = slices.DeleteFunc(candidates, func(c candidate) bool {
		return slices.ContainsFunc(before, func(i placementItem) bool { return i.QuestionID == c.QuestionID })
	})
	if len(candidates) == 0 {
		return p.finish(tx, "exhausted")
	}
	parameters := make([]psychometrics.Item, len(candidates))
	for i, c := range candidates {
		parameters[i] = c.Item
	}
	position := len(before) + 1
	random := rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())) //nolint:gosec // it decides among questions that tell about the same
	best := psychometrics.Next(parameters, func(int) bool { return false }, p.Ability, choiceOf)
	chosen := candidates[best[random.IntN(len(best))]]
	questions, err := selectVersions(tx, []uuid.UUID{chosen.VersionID})
	if err != nil {
		return err
	}
	q := questions[chosen.VersionID].Question
	layout := marking.NewLayout(&q, random)
	shown := marking.Show(&q, layout)
	p.Question = &PlacementQuestion{Position: position, Question: shown}
	raw, err := json.Marshal(shown)
	if err != nil {
		return fmt.Errorf("encode what is shown: %w", err)
	}
	if layout == nil {
		layout = marking.Layout{}
	}
	if err := tx.Exec(`insert into academy.placement_item (placement_id, position, agent_id, question_version_id, a, b, shown, layout, asked_at) values (?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?)`,
		p.ID, position, p.AgentID, chosen.VersionID, chosen.A, chosen.B, string(raw), postgres.ArrayOf([]int(layout)), tx.Now).Error; err != nil {
		return refusal(err)
	}
	return refusal(tx.Exec(`update academy.placement set answered = ?, ability = ?, se = ? where id = ?`, p.Answered, p.Ability, p.SE, p.ID).Error)
}

func (p *Placement) finish(tx *postgres.Tx, why string) error {
	p.State, p.FinishedAt, p.StoppedBy, p.Question = "finished", &tx.Now, why, nil
	return refusal(tx.Exec(`update academy.placement set state = 'finished', finished_at = ?, stopped_by = ?, answered = ?, ability = ?, se = ? where id = ?`, tx.Now, why, p.Answered, p.Ability, p.SE, p.ID).Error)
}

// level is the difficulty whose questions, before anybody answered them, suit the ability.
func (p *Placement) level() {
	p.Level = max(1, min(5, middleLevel+int(math.Round(p.Ability))))
	p.Ability, p.SE = math.Round(p.Ability*1000)/1000, math.Round(p.SE*1000)/1000
}

// estimate is what the answers so far say of the ability, of people who are standard normal.
func estimate(items []placementItem) psychometrics.Ability {
	var answers []psychometrics.Answered
	for _, i := range items {
		if i.Right != nil {
			answers = append(answers, psychometrics.Answered{Item: psychometrics.Item{A: i.A, B: i.B}, Right: *i.Right})
		}
	}
	return psychometrics.EAP(answers, psychometrics.Ability{SE: 1})
}

// placementItem is a question that was asked.
type placementItem struct {
	QuestionID uuid.UUID
	A, B       float64
	Right      *bool
	question   exchange.Question
	layout     marking.Layout
}

// mark decides whether an answer is right: it earns the whole mark.
func (i *placementItem) mark(answer marking.AnswerGiven) error {
	var wrong fault.Collect
	for _, f := range marking.Show(&i.question, i.layout).Check(answer) {
		wrong.Add("/answer"+f.Pointer, f.Code, f.ZH, f.EN)
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	right := marking.Score(&i.question, i.layout, answer).Earned == exchange.Full
	i.Right = &right
	return nil
}

// candidate is a question that may be asked.
type candidate struct {
	QuestionID, VersionID uuid.UUID
	psychometrics.Item
}
