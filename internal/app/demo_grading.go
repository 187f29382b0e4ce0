package app

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/academy"
	"peakseat/academy/exchange"
	"peakseat/academy/marking"
	"peakseat/internal/clock"
)

// The demo's paper that a person grades, and how many of the made-up agents wait for it.
const demoSituations, demoWriters = "situations", 6

// write has some of the made-up agents answer in their own words at the beginning of the demo's past, so that a trainer has something to grade.
func (d *demo) write(ctx context.Context) error {
	begins, err := d.rulesNow(ctx)
	if err != nil {
		return err
	}
	trainer := d.as(ctx, demoTrainer)
	papers, err := d.Academy.Papers(trainer, uuid.Nil, 200)
	if err != nil || clock.Since(begins) < demoAway || slices.ContainsFunc(papers, func(p academy.PaperVersion) bool { return p.Code == demoSituations }) {
		return err
	}
	paper, err := d.setSituations(trainer)
	if err != nil {
		return err
	}
	d.acted = true
	agents := d.troupe()
	room := make([]examinee, min(demoWriters, len(agents)))
	if err := together(room, func(n int, e *examinee) (err error) {
		*e = examinee{ctx: d.asAgent(ctx, agents[n]), device: newID()}
		e.attempt, err = d.Academy.StartAttempt(e.ctx, paper, e.device)
		return err
	}); err != nil {
		return err
	}
	if err := d.setClock(ctx, begins.Add(20*time.Minute)); err != nil {
		return err
	}
	return together(room, func(n int, e *examinee) error {
		for _, asked := range e.attempt.Questions {
			if _, err := d.Academy.SaveAnswer(e.ctx, e.attempt.ID, e.device, asked.Position, 1, inWords(n, asked.Question)); err != nil {
				return err
			}
		}
		_, err := d.Academy.Submit(e.ctx, e.attempt.ID, e.device)
		return err
	})
}

// setSituations publishes a paper of questions that a person grades.
func (d *demo) setSituations(trainer context.Context) (uuid.UUID, error) {
	bank, err := d.Academy.AddBank(trainer, demoSituations, "情景题库")
	if err != nil {
		return uuid.Nil, err
	}
	text := func(s string) exchange.Text { return exchange.Text{Format: exchange.Plain, Body: s} }
	for _, q := range []exchange.Question{
		{
			Kind: exchange.Open, Category: "售后/安抚", Difficulty: 2, Text: text("顾客说衣服洗一次就掉色，很生气，要求全额退款并赔偿。你的第一条回复怎么写？"),
			Guide:  text("先安抚，再核实，不答应规则外的赔偿。"),
			Rubric: []exchange.Criterion{{Name: "先安抚", Points: 2, Guide: text("开头就道歉、说得出顾客的难处，2 分")}, {Name: "说清下一步", Points: 3, Guide: text("核实什么、多久答复、可能的方案，各 1 分")}},
		},
		{
			Kind: exchange.Dialogue, Category: "售前/探询", Difficulty: 2, Text: text("接待一位想买外套的顾客。"), Guide: text("先问清，再推荐；优惠只说活动里有的。"),
			Turns: []exchange.Turn{
				{Speaker: exchange.Customer, Text: "有外套吗", Required: []string{"身高"}},
				{Speaker: exchange.Customer, Text: "能便宜点吗", Required: []string{"活动"}, Forbidden: []string{"最低价"}},
			},
			Rubric: []exchange.Criterion{{Name: "问清需要", Points: 3}, {Name: "守住红线", Points: 2}},
		},
	} {
		if _, err := d.Academy.AddQuestion(trainer, bank.ID, q); err != nil {
			return uuid.Nil, err
		}
	}
	draft, err := d.Academy.AddPaper(trainer, demoSituations, academy.PaperTerms{
		NameZH: "情景作答", NameEN: "Situations", Minutes: 40, GraceSeconds: 5, PassScore: 60_00, MaxAttempts: 2, CoolDownMinutes: 24 * 60, MaxOverlap: 100,
		BankIDs: []uuid.UUID{bank.ID}, Blueprint: []academy.Cell{{Count: 2, Points: 10}},
	})
	if err != nil {
		return uuid.Nil, err
	}
	_, err = d.Academy.PublishPaper(trainer, draft.PaperID, draft.Version)
	return draft.PaperID, err
}

// inWords is what somebody writes where a grader reads.
func inWords(who int, shown marking.Shown) marking.AnswerGiven {
	texts := []string{
		"非常抱歉让你遇到这种情况，洗一次就掉色确实让人着急。我先看一下订单和这一批的反馈，10 分钟内答复你，可以换货、退货或按活动规则补差。",
		"你好，请先提供订单号和照片，我们核实后处理。",
		"抱歉抱歉！我马上给你全额退款再赔 100 元！",
		"这款确实容易掉色，洗标上写了手洗，麻烦再看一下洗标。",
		"很理解你的心情。麻烦拍一张掉色处的照片，我核实后今天内给你方案。",
		"",
	}
	turns := [][]string{
		{"有的，平时什么场合穿？方便说一下身高体重吗？", "现在有满 300 减 50 的活动，这两款都能用。"},
		{"有，链接发你。", "已经是最低价了。"},
		{"有的，推荐这款羽绒服，卖得最好。", "活动价今晚 12 点结束，可以先拍下。"},
	}
	if shown.Kind == exchange.Dialogue {
		return marking.AnswerGiven{Replies: turns[who%len(turns)]}
	}
	return marking.AnswerGiven{Text: texts[who%len(texts)]}
}
