package academy

import (
	"fmt"
	"slices"
	"strings"

	"peakseat/academy/exchange"
	"peakseat/internal/fault"
)

// PackQuiz is a quiz as its merchant writes it.
type PackQuiz struct {
	PassPercent int            `json:"pass_percent" minimum:"50" maximum:"100" doc:"of the points"`
	Questions   []PackQuestion `json:"questions" maxItems:"60" nullable:"false" doc:"of more than 20 each attempt draws 20"`
}

// PackQuestion is one of its questions, in the three forms that a pack needs; a program marks them all.
type PackQuestion struct {
	Kind    string       `json:"kind" enum:"true_false,single_choice,matching"`
	Source  string       `json:"source" enum:"promise,fact,reply,own,trainer" doc:"what part of the pack it was made of; own: the merchant's; trainer: a trainer's"`
	Text    string       `json:"text" minLength:"1" maxLength:"500"`
	True    bool         `json:"true,omitempty" doc:"true_false: the statement holds"`
	Options []PackOption `json:"options,omitempty" maxItems:"6" nullable:"false" doc:"single_choice: two or more, one of them right"`
	Pairs   []PackPair   `json:"pairs,omitempty" maxItems:"6" nullable:"false" doc:"matching: two or more"`
}

// PackOption is an answer to choose.
type PackOption struct {
	Text  string `json:"text" minLength:"1" maxLength:"500"`
	Right bool   `json:"right,omitempty"`
}

// PackPair is two things that belong together.
type PackPair struct {
	Left  string `json:"left" minLength:"1" maxLength:"500"`
	Right string `json:"right" minLength:"1" maxLength:"500"`
}

const (
	leastQuestions = 3
	mostQuestions  = 60
	mostAsked      = 20 // of a quiz, in one attempt
	quizMinutes    = 15
	quizGrace      = 10 // seconds
	quizAttempts   = 100
	quizCoolDown   = 10 // minutes, so that guessing does not pay
	defaultPass    = 80 // percent

	perSource = 6 // questions that are made of a part of the pack
	choices   = 4
)

// questions makes a quiz of the parts of a pack: of a forbidden promise, which sentence must never be said; of a fact, what to
// answer; of quick replies, which fits when. The same pack makes the same quiz.
func (b *PackBody) questions(language string) []PackQuestion {
	say := func(zh, en string, args ...any) string {
		if language == "en" {
			return fmt.Sprintf(en, args...)
		}
		return fmt.Sprintf(zh, args...)
	}
	var allowed, answers []string
	for _, f := range b.Facts {
		answers = append(answers, f.Answer)
	}
	allowed = append(allowed, answers...)
	for _, q := range b.QuickReplies {
		allowed = append(allowed, q.Reply)
	}
	list := []PackQuestion{}
	for i, p := range first(b.ForbiddenPromises, perSource) {
		others := othersThan(allowed, p, i, choices-1)
		if len(others) < 2 {
			list = append(list, PackQuestion{Kind: "true_false", Source: "promise", Text: say("可以对顾客说：“%s”", "You may tell a customer: “%s”", p)})
			continue
		}
		list = append(list, oneRight("promise", say("下面哪一句绝对不能对顾客说？", "Which of these must never be said to a customer?"), p, others))
	}
	for i, f := range first(b.Facts, perSource) {
		others := othersThan(answers, f.Answer, i+1, choices-1)
		if len(others) < 2 {
			list = append(list, PackQuestion{Kind: "true_false", Source: "fact", True: true, Text: say("顾客问“%s”，应答“%s”", "To “%s” the answer is “%s”", f.Question, f.Answer)})
			continue
		}
		list = append(list, oneRight("fact", say("顾客问：“%s”怎么答？", "A customer asks: “%s” What is the answer?", f.Question), f.Answer, others))
	}
	for part := range slices.Chunk(distinctReplies(b.QuickReplies), choices) {
		if len(part) < 2 {
			continue
		}
		q := PackQuestion{Kind: "matching", Source: "reply", Text: say("什么时候用哪一条快捷回复？", "Which quick reply fits when?")}
		for _, r := range part {
			q.Pairs = append(q.Pairs, PackPair{r.When, r.Reply})
		}
		list = append(list, q)
	}
	return list
}

func first[T any](list []T, n int) []T { return list[:min(len(list), n)] }

// othersThan are up to n texts of a list that are not the one, from a place in it on.
func othersThan(list []string, one string, from, n int) (others []string) {
	for i := range list {
		text := list[(from+i)%len(list)]
		if len(others) < n && strings.TrimSpace(text) != strings.TrimSpace(one) && !slices.Contains(others, text) {
			others = append(others, text)
		}
	}
	return others
}

// distinctReplies leaves out what could be matched in two ways.
func distinctReplies(list []QuickReply) (distinct []QuickReply) {
	for _, r := range list {
		if !slices.ContainsFunc(distinct, func(o QuickReply) bool { return o.When == r.When || o.Reply == r.Reply }) {
			distinct = append(distinct, r)
		}
	}
	return distinct
}

func oneRight(source, text, right string, others []string) PackQuestion {
	q := PackQuestion{Kind: "single_choice", Source: source, Text: text, Options: []PackOption{{Text: right, Right: true}}}
	for _, o := range others {
		q.Options = append(q.Options, PackOption{Text: o})
	}
	return q
}

// checkQuestions names what is wrong with questions, which a body has at a pointer.
func checkQuestions(questions []PackQuestion, pointer string, wrong *fault.Collect) {
	for i := range questions {
		one := &questions[i]
		at := fmt.Sprintf("%s/%d", pointer, i)
		if strings.TrimSpace(one.Text) == "" {
			wrong.Add(at+"/text", "required", "请填写题目。", "Say what is asked.")
		}
		switch one.Kind {
		case "single_choice":
			one.True, one.Pairs = false, nil
			right := 0
			for j, o := range one.Options {
				if o.Right {
					right++
				}
				if slices.ContainsFunc(one.Options[:j], func(p PackOption) bool { return p.Text == o.Text }) {
					wrong.Add(fmt.Sprintf("%s/options/%d/text", at, j), "not_unique", "选项重复了。", "This answer is there twice.")
				}
			}
			if len(one.Options) < 2 || right != 1 {
				wrong.Add(at+"/options", "one_right", "至少两个选项，其中正好一个正确。", "Give two or more answers, exactly one of them right.")
			}
		case "matching":
			one.True, one.Options = false, nil
			if len(one.Pairs) < 2 {
				wrong.Add(at+"/pairs", "too_few", "至少两组。", "Give two or more pairs.")
			}
			for j, p := range one.Pairs {
				if slices.ContainsFunc(one.Pairs[:j], func(o PackPair) bool { return o.Left == p.Left || o.Right == p.Right }) {
					wrong.Add(fmt.Sprintf("%s/pairs/%d", at, j), "not_unique", "有一边重复了，会有两种配法。", "One side is there twice; it could be matched in two ways.")
				}
			}
		default:
			one.Options, one.Pairs = nil, nil
		}
		if wrong.Err() == nil {
			built := one.exchange()
			for _, f := range exchange.Check(&built) {
				wrong.Add(at, f.Code, f.ZH, f.EN)
			}
		}
	}
}

// exchange is the question as banks have it.
func (q *PackQuestion) exchange() exchange.Question {
	plain := func(text string) exchange.Text { return exchange.Text{Format: exchange.Plain, Body: text} }
	out := exchange.Question{Kind: exchange.Kind(q.Kind), Category: packTopics()[q.Source][0], Difficulty: 2, Text: plain(q.Text)}
	weigh := func(right bool) exchange.Weight {
		if right {
			return exchange.Full
		}
		return 0
	}
	switch q.Kind {
	case "true_false":
		out.Answers = []exchange.Answer{{Weight: weigh(q.True)}, {Weight: weigh(!q.True)}}
	case "single_choice":
		for _, o := range q.Options {
			out.Answers = append(out.Answers, exchange.Answer{Text: plain(o.Text), Weight: weigh(o.Right)})
		}
	case "matching":
		for _, p := range q.Pairs {
			out.Pairs = append(out.Pairs, exchange.Pair{Left: plain(p.Left), Right: p.Right})
		}
	}
	return out
}

// packTopics are by what an examinee is told how it went, in Chinese, in which they are kept, and in English.
func packTopics() map[string][2]string {
	return map[string][2]string{
		"promise": {"禁止承诺", "Forbidden promises"}, "fact": {"商品与活动", "Products and promotions"}, "reply": {"快捷回复", "Quick replies"},
		"own": {"补充", "The merchant's own"}, "trainer": {"培训师加题", "From trainers"},
	}
}

// packTopicEN is the English name of a topic of packs, "" where it is none.
func packTopicEN(topic string) string {
	for _, names := range packTopics() {
		if names[0] == topic {
			return names[1]
		}
	}
	return ""
}
