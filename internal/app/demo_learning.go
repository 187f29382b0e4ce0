package app

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"peakseat/academy"
	"peakseat/internal/postgres"
)

// demoPlacement places agents by the base bank.
const demoPlacement = "base_level"

// liven adds what people learn beside courses: a placement test, talks, questions among agents, and one agent who has learned.
func (d *demo) liven(ctx context.Context) error {
	for _, step := range []func(context.Context) error{d.addPlacement, d.announceTalks, d.askAround, d.learn} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) addPlacement(ctx context.Context) error {
	trainer := d.as(ctx, demoTrainer)
	tests, err := d.Academy.PlacementTests(trainer, uuid.Nil, 200)
	if err != nil || slices.ContainsFunc(tests, func(t academy.PlacementTest) bool { return t.Code == demoPlacement }) {
		return err
	}
	banks, err := d.Academy.Banks(trainer, uuid.Nil, 200)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(banks, func(b academy.Bank) bool { return b.Code == demoBank })
	if at < 0 {
		return nil // an operator's market has no such bank
	}
	d.acted = true
	_, err = d.Academy.AddPlacementTest(trainer, academy.PlacementTerms{
		Code: demoPlacement, NameZH: "基础定级", NameEN: "Base placement", BankID: banks[at].ID, MinItems: 5, MaxItems: 12, TargetSE: 0.45,
	})
	return err
}

// announceTalks announces two talks, of which one is nearly full.
func (d *demo) announceTalks(ctx context.Context) error {
	trainer := d.as(ctx, demoTrainer)
	talks, err := d.Academy.Talks(trainer, uuid.Nil, 1)
	if err != nil || len(talks) > 0 {
		return err
	}
	d.acted = true
	for _, t := range []struct {
		zh, en, speaker string
		day, seats      int
	}{
		{"大促夜里怎么稳住首次响应", "Keeping first replies quick on a peak night", "方老师", 2, 200},
		{"尺码问题问三句就够", "Three questions settle a size", "方老师", 5, 2},
	} {
		day, err := d.dayFromNow(ctx, t.day)
		if err != nil {
			return err
		}
		starts := time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, time.UTC) // 20:00 in Shanghai
		talk, err := d.Academy.ScheduleTalk(trainer, academy.TalkTerms{
			TitleZH: t.zh, TitleEN: t.en, Speaker: t.speaker, Link: "https://talks.peakseat.test/" + strconv.Itoa(t.day), Capacity: t.seats, StartsAt: starts, EndsAt: starts.Add(time.Hour),
		})
		if err != nil {
			return err
		}
		if _, err := d.Academy.SignUp(d.as(ctx, demoAfterSales), talk.ID, true); err != nil {
			return err
		}
	}
	return nil
}

// askAround asks three questions; one has an accepted answer, one waits.
func (d *demo) askAround(ctx context.Context) error {
	newcomer := d.as(ctx, demoNewcomer)
	asked, err := d.Academy.PeerQuestions(newcomer, academy.PeerFilter{}, uuid.Nil, 1)
	if err != nil || len(asked) > 0 {
		return err
	}
	d.acted = true
	type answer struct {
		by, text string
		best     bool
	}
	for _, q := range []struct {
		by, title, text string
		answers         []answer
	}{
		{demoAfterSales, "退款要查验货，顾客催得急怎么回？", "页面写 7 天内退款，仓库还没验。顾客一小时问了三次。", nil},
		{demoAgent, "同时接 4 位顾客，怎么不漏？", "高峰时经常漏掉第三个窗口。大家用什么**顺序**看？", []answer{{demoAfterSales, "谁等得最久先回谁，每回一句就换窗口。", false}}},
		{demoNewcomer, "千牛里怎么把会话转给售后？", "顾客先问尺码，后来要退上一单。直接转，还是让他自己再进线？", []answer{
			{demoAgent, "右上角 **转接**，选售后组，备注写一句：\n\n- 上一单订单号后四位\n- 顾客要退的原因\n\n不要让顾客再进线。", true},
			{demoAfterSales, "转之前先跟顾客说一声，不然他以为掉线了。", false},
		}},
	} {
		asker := d.as(ctx, q.by)
		made, err := d.Academy.AskPeers(asker, q.title, q.text)
		if err != nil {
			return err
		}
		for _, a := range q.answers {
			said, err := d.Academy.AnswerPeer(d.as(ctx, a.by), made.ID, a.text)
			if err != nil {
				return err
			}
			if a.best {
				if _, err := d.Academy.AcceptAnswer(asker, made.ID, said.ID); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// learn has the first agent finish the base course and answer the questionnaire of interests.
func (d *demo) learn(ctx context.Context) error {
	agent := d.as(ctx, demoAgent)
	done, err := d.Academy.Assessments(agent, uuid.Nil, uuid.Nil, 1)
	if err != nil || len(done) > 0 {
		return err
	}
	forms, err := academy.AssessmentForms()
	if err != nil {
		return err
	}
	at := slices.IndexFunc(forms, func(f academy.AssessmentForm) bool { return f.Top > 0 })
	if at < 0 {
		return nil
	}
	d.acted = true
	likes := map[string]int{"R": 1, "I": 2, "A": 2, "S": 4, "E": 3, "C": 2}
	answers := make([]int, len(forms[at].Items))
	for i, item := range forms[at].Items {
		answers[i] = min(4, max(0, likes[item.Scale]-i%2+i%3/2))
	}
	if _, err := d.Academy.AnswerAssessment(agent, forms[at].Code, answers); err != nil {
		return err
	}
	return d.finishBaseCourse(agent)
}

func (d *demo) finishBaseCourse(agent context.Context) error {
	courses, err := d.Academy.Courses(agent, uuid.Nil, 200)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(courses, func(c academy.CourseSummary) bool { return c.Code == demoCourse })
	if at < 0 || courses[at].Completed {
		return nil
	}
	content, err := sampleCourse()
	if err != nil {
		return err
	}
	return postgres.InTx(agent, d.Pools.App, func(tx *postgres.Tx) error {
		id := courses[at].ID
		if _, err := d.Academy.Enrol(tx.Context(), id); err != nil {
			return err
		}
		for _, l := range content.Lessons {
			if len(l.Quiz) > 0 {
				var right [][]int
				for _, item := range l.Quiz {
					right = append(right, rightOf(item))
				}
				if _, err := d.Academy.AnswerQuiz(tx.Context(), id, academy.QuizAnswers{Lesson: l.Key, Answers: right}); err != nil {
					return err
				}
			}
			if _, err := d.Academy.FinishLesson(tx.Context(), id, l.Key); err != nil {
				return err
			}
		}
		return nil
	})
}

func rightOf(q academy.QuizItem) (list []int) {
	for i, o := range q.Options {
		if o.Right {
			list = append(list, i)
		}
	}
	return list
}
