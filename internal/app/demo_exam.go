package app

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"peakseat/academy"
	"peakseat/academy/exchange"
	"peakseat/academy/marking"
	"peakseat/internal/clock"
)

// The quiz after the briefing for a peak, the same for everybody, so that each question has enough answers to be judged by.
const demoBrief = "peak_brief"

// How many of the made-up agents took it; one of them was too fast to have read it.
const (
	demoExaminees = 40
	demoHasty     = 17
	demoTick      = 20 * time.Second // the rules' clock moves by so much
	demoAtOnce    = 4
)

// demoTrap is the question whose key the able doubt, so that a trainer finds one that tells people apart the wrong way round.
const demoTrap = "PR-08"

// examinee is one of the made-up agents in the exam room.
type examinee struct {
	ctx     context.Context
	device  uuid.UUID
	attempt *academy.Attempt
	said    int           // questions answered
	pace    time.Duration // for each
	ability float64
	luck    *rand.Rand
}

// sit has the made-up agents take the quiz at the beginning of the demo's past, so that a trainer has something to analyse.
func (d *demo) sit(ctx context.Context) error {
	begins, err := d.rulesNow(ctx)
	if err != nil {
		return err
	}
	if clock.Since(begins) < demoAway { // data from before there was an exam: nobody turns the clock back
		return nil
	}
	paper, keys, err := d.setBrief(d.as(ctx, demoTrainer))
	if err != nil || paper == uuid.Nil {
		return err
	}
	agents := d.troupe()
	room := make([]examinee, min(demoExaminees, len(agents)))
	if err := together(room, func(n int, e *examinee) (err error) {
		luck := rand.New(rand.NewPCG(uint64(n), 2)) //nolint:gosec // the same people each time
		*e = examinee{ctx: d.asAgent(ctx, agents[n]), device: newID(), ability: luck.NormFloat64() + 0.6, luck: luck}
		if e.pace = time.Duration(25+luck.IntN(30)) * time.Second; n == demoHasty {
			e.pace = 3 * time.Second
		}
		e.attempt, err = d.Academy.StartAttempt(e.ctx, paper, e.device)
		return err
	}); err != nil {
		return err
	}
	d.acted = true
	for spent, left := demoTick, true; left; spent += demoTick {
		if err := d.setClock(ctx, begins.Add(spent)); err != nil {
			return err
		}
		if err := together(room, func(_ int, e *examinee) error { return d.goOn(e, spent, keys) }); err != nil {
			return err
		}
		left = slices.ContainsFunc(room, func(e examinee) bool { return e.said < len(e.attempt.Questions) })
	}
	return nil
}

// goOn has the examinee answer what they have come to by now, and hand in after the last.
func (d *demo) goOn(e *examinee, spent time.Duration, keys map[string]academy.BankQuestion) error {
	for e.said < len(e.attempt.Questions) && e.pace*time.Duration(e.said+1) <= spent {
		asked := e.attempt.Questions[e.said]
		if _, err := d.Academy.SaveAnswer(e.ctx, e.attempt.ID, e.device, asked.Position, 1, e.answer(asked.Question, keys[asked.Question.Text.Body])); err != nil {
			return err
		}
		if e.said++; e.said == len(e.attempt.Questions) {
			_, err := d.Academy.Submit(e.ctx, e.attempt.ID, e.device)
			return err
		}
	}
	return nil
}

// together has all in the room do something, a few at a time.
func together(room []examinee, do func(n int, e *examinee) error) error {
	var group errgroup.Group
	group.SetLimit(demoAtOnce)
	for n := range room {
		group.Go(func() error { return do(n, &room[n]) })
	}
	return group.Wait()
}

// setBrief publishes the quiz, unless it is there (uuid.Nil); keys are the bank's questions by what they ask.
func (d *demo) setBrief(trainer context.Context) (paper uuid.UUID, keys map[string]academy.BankQuestion, err error) {
	papers, err := d.Academy.Papers(trainer, uuid.Nil, 200)
	if err != nil || slices.ContainsFunc(papers, func(p academy.PaperVersion) bool { return p.Code == demoBrief }) {
		return paper, nil, err
	}
	banks, err := d.Academy.Banks(trainer, uuid.Nil, 200)
	if err != nil {
		return paper, nil, err
	}
	at := slices.IndexFunc(banks, func(b academy.Bank) bool { return b.Code == demoBank })
	if at < 0 {
		return paper, nil, nil
	}
	questions, err := d.Academy.Questions(trainer, banks[at].ID, academy.QuestionFilter{}, uuid.Nil, 200)
	if err != nil {
		return paper, nil, err
	}
	keys = map[string]academy.BankQuestion{}
	for _, q := range questions {
		keys[q.Question.Text.Body] = q
	}
	draft, err := d.Academy.AddPaper(trainer, demoBrief, academy.PaperTerms{
		NameZH: "大促交底小测", NameEN: "Peak briefing quiz", Minutes: 15, GraceSeconds: 5, PassScore: 60_00, MaxAttempts: 2, CoolDownMinutes: 60, MaxOverlap: 100,
		BankIDs: []uuid.UUID{banks[at].ID},
		Blueprint: []academy.Cell{
			{Topic: "平台规则/班次", Difficulty: 1, Count: 4, Points: 4},
			{Topic: "平台规则/班次", Difficulty: 2, Count: 4, Points: 6},
			{Topic: "平台规则/报酬", Difficulty: 1, Count: 3, Points: 4},
			{Topic: "平台规则/报酬", Difficulty: 2, Count: 2, Points: 6},
		},
	})
	if err != nil {
		return paper, nil, err
	}
	_, err = d.Academy.PublishPaper(trainer, draft.PaperID, draft.Version)
	return draft.PaperID, keys, err
}

// answer is what the examinee says: right the more probably the abler they are (2PL, with a guess), except where the able fall into a trap.
func (e *examinee) answer(shown marking.Shown, key academy.BankQuestion) marking.AnswerGiven {
	hard, slope := float64(key.Difficulty)*0.8-1.1+spread(key.ID), 2.0
	if key.Question.ID == demoTrap {
		slope, hard = -1.4, 0.9
	}
	const guess = 0.15
	right := e.luck.Float64() < guess+(1-guess)/(1+math.Exp(-slope*(e.ability-hard)))
	return e.say(shown, &key.Question, right)
}

// spread moves a question's difficulty by up to a half either way, for everybody the same.
func spread(id uuid.UUID) float64 { return float64(id[15])/255 - 0.5 }

// say is the key of the question in the order in which it was shown, or something else.
func (e *examinee) say(shown marking.Shown, q *exchange.Question, right bool) (a marking.AnswerGiven) {
	earns := func(text string) bool {
		return slices.ContainsFunc(q.Answers, func(o exchange.Answer) bool { return o.Text.Body == text && o.Weight > 0 })
	}
	switch q.Kind {
	case exchange.SingleChoice:
		at := slices.IndexFunc(shown.Choices, func(c marking.ShownText) bool { return earns(c.Body) == right })
		a.Choice = &at
	case exchange.MultipleChoice:
		for i, c := range shown.Choices {
			if earns(c.Body) {
				a.Choices = append(a.Choices, i)
			}
		}
		if !right {
			a.Choices = a.Choices[1:]
		}
	case exchange.TrueFalse:
		truth := (q.Answers[0].Weight > 0) == right
		a.Truth = &truth
	case exchange.Numeric:
		if a.Number = strconv.Itoa(1 + e.luck.IntN(4)); right {
			a.Number = string(q.Answers[0].Number.Value)
		}
	case exchange.Matching:
		for _, left := range shown.Lefts {
			pair := slices.IndexFunc(q.Pairs, func(p exchange.Pair) bool { return p.Left.Body == left.Body })
			a.Matches = append(a.Matches, slices.Index(shown.Rights, q.Pairs[pair].Right))
		}
		if !right {
			slices.Reverse(a.Matches)
		}
	case exchange.Ordering:
		for _, want := range q.Items {
			a.Order = append(a.Order, slices.IndexFunc(shown.Items, func(i marking.ShownText) bool { return i.Body == want.Body }))
		}
		if !right {
			slices.Reverse(a.Order)
		}
	case exchange.ShortText, exchange.Open, exchange.Dialogue:
		if a.Text = "不知道"; right && len(q.Answers) > 0 {
			a.Text = q.Answers[0].Text.Body
		}
	}
	return a
}
