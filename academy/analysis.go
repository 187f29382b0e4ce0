package academy

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"peakseat/academy/exchange"
	"peakseat/academy/marking"
	"peakseat/academy/psychometrics"
	"peakseat/internal/postgres"
)

// PaperAnalysis is how good a version of a paper and its questions are, by the first graded attempt of everybody who sat it.
// Figures that the answers do not tell are absent.
type PaperAnalysis struct {
	Attempts int            `json:"attempts"`
	KR20     *float64       `json:"kr20,omitempty" doc:"how far another form would order people alike, up to 1; Cronbach's alpha where questions earn part marks"`
	Items    []ItemAnalysis `json:"items" nullable:"false" doc:"those that were asked, in the order of their ids"`
}

// ItemAnalysis is how good a question is.
type ItemAnalysis struct {
	QuestionID        uuid.UUID        `json:"question_id"`
	QuestionVersionID uuid.UUID        `json:"question_version_id"`
	Version           int              `json:"version"`
	Topic             string           `json:"topic"`
	Difficulty        int              `json:"difficulty"`
	Text              string           `json:"text"`
	Asked             int              `json:"asked"`
	Facility          *float64         `json:"facility,omitempty" doc:"the mean share of its points that was earned"`
	Discrimination    *float64         `json:"discrimination,omitempty" doc:"correlation with the rest of the form"`
	Curve             []float64        `json:"curve" nullable:"false" doc:"the mean share earned by each fifth of those who were asked, from who did worst on the rest of the form to who did best; empty where fewer than 25 were"`
	Flags             []string         `json:"flags" nullable:"false" enum:"negative_discrimination,everybody_alike,few_answers" doc:"what a trainer should look at"`
	Answers           []AnswerAnalysis `json:"answers" nullable:"false" doc:"what was answered, the most frequent first; nothing for answers that graders read"`
}

// AnswerAnalysis is who gave one answer to a question.
type AnswerAnalysis struct {
	Answer         string   `json:"answer" doc:"in the question's terms: the place of a choice, from 0; empty is none"`
	Text           string   `json:"text,omitempty" doc:"of a choice"`
	Right          bool     `json:"right" doc:"it earns all points"`
	Count          int      `json:"count"`
	Share          *float64 `json:"share,omitempty"`
	Upper          *float64 `json:"upper,omitempty" doc:"share among the 27% who did best on the rest"`
	Lower          *float64 `json:"lower,omitempty" doc:"share among the 27% who did worst"`
	Discrimination *float64 `json:"discrimination,omitempty"`
}

const (
	analysedMost = 3000 // attempts, the newest; more change no figure that is shown
	fewAnswers   = 30
	listedMost   = 20 // different answers to one question
)

// AnalysePaper looks at the finished attempts of a version. It changes nothing: what is wrong with a question is for a trainer
// to decide, and retiring it changes no past score.
func (s *Service) AnalysePaper(ctx context.Context, paper uuid.UUID, version int) (a *PaperAnalysis, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		v, err := selectNumbered(tx, paper, version)
		if err != nil {
			return err
		}
		given, err := selectGiven(tx, v.ID)
		if err != nil {
			return err
		}
		ids := distinct(given)
		questions, err := selectAnalysed(tx, ids)
		if err != nil {
			return err
		}
		a = analyse(given, questions)
		return nil
	})
	return a, err
}

// given is what an answer of an attempt earned.
type given struct {
	AttemptID, QuestionVersionID uuid.UUID
	Points                       int
	Response                     *string // nil where only graders read it
	Earned                       exchange.Weight
}

// analyse computes the figures; questions are those that were asked.
func analyse(answers []given, questions []BankQuestion) *PaperAnalysis {
	place := map[uuid.UUID]int{}
	points := make([]float64, len(questions))
	for i, q := range questions {
		place[q.VersionID] = i
	}
	var sheets []psychometrics.Sheet
	var responses []map[int]string // by attempt and question
	length, last := 0, uuid.Nil
	for _, g := range answers { // an attempt's stand together
		if g.AttemptID != last {
			sheet := make(psychometrics.Sheet, len(questions))
			for i := range sheet {
				sheet[i] = math.NaN()
			}
			sheets, responses, last = append(sheets, sheet), append(responses, map[int]string{}), g.AttemptID
		}
		i, n := place[g.QuestionVersionID], len(sheets)-1
		sheets[n][i] = float64(g.Earned) / float64(exchange.Full)
		points[i] = float64(g.Points)
		if g.Response != nil {
			responses[n][i] = *g.Response
		}
		length++
	}
	a := &PaperAnalysis{Attempts: len(sheets), Items: make([]ItemAnalysis, len(questions))}
	if len(sheets) > 0 {
		a.KR20 = figure(psychometrics.Reliability(sheets, points, length/len(sheets)))
	}
	for i, stats := range psychometrics.Items(sheets, points) {
		q := questions[i]
		item := ItemAnalysis{
			QuestionID: q.ID, QuestionVersionID: q.VersionID, Version: q.Version, Topic: q.Topic, Difficulty: q.Difficulty, Text: q.Question.Text.Body,
			Asked: stats.Count, Facility: figure(stats.Facility), Discrimination: figure(stats.Discrimination), Curve: curve(sheets, points, i), Flags: []string{}, Answers: []AnswerAnalysis{},
		}
		switch {
		case stats.Discrimination < 0:
			item.Flags = append(item.Flags, "negative_discrimination")
		case stats.Count > 1 && (stats.Facility == 0 || stats.Facility == 1):
			item.Flags = append(item.Flags, "everybody_alike")
		}
		if stats.Count < fewAnswers {
			item.Flags = append(item.Flags, "few_answers")
		}
		var choices []psychometrics.Choice
		right := map[string]bool{}
		for n, sheet := range sheets {
			if answer, read := responses[n][i]; read {
				choices = append(choices, psychometrics.Choice{Answer: answer, Rest: psychometrics.Rest(sheet, points, i)})
				right[answer] = right[answer] || sheet[i] == 1
			}
		}
		for _, d := range psychometrics.Distractors(choices) {
			if len(item.Answers) == listedMost {
				break
			}
			item.Answers = append(item.Answers, AnswerAnalysis{
				Answer: d.Answer, Text: answerText(&q.Question, d.Answer), Right: right[d.Answer], Count: d.Count,
				Share: figure(d.Share), Upper: figure(d.Upper), Lower: figure(d.Lower), Discrimination: figure(d.Discrimination),
			})
		}
		a.Items[i] = item
	}
	return a
}

// curve is how an item rises with ability, without a model: people stand in the order of the rest of their form and are cut into
// fifths. It is the empirical form of an item characteristic curve.
func curve(sheets []psychometrics.Sheet, points []float64, item int) []float64 {
	const fifths, fewest = 5, 25
	type seen struct{ rest, earned float64 }
	var people []seen
	for _, sheet := range sheets {
		if !math.IsNaN(sheet[item]) {
			people = append(people, seen{psychometrics.Rest(sheet, points, item), sheet[item]})
		}
	}
	if len(people) < fewest {
		return []float64{}
	}
	slices.SortStableFunc(people, func(a, b seen) int { return cmp.Compare(a.rest, b.rest) })
	means := make([]float64, fifths)
	for i := range means {
		part := people[i*len(people)/fifths : (i+1)*len(people)/fifths]
		for _, p := range part {
			means[i] += p.earned
		}
		means[i] = math.Round(means[i]/float64(len(part))*10_000) / 10_000
	}
	return means
}

// answerText is what a choice says.
func answerText(q *exchange.Question, answer string) string {
	if at, err := strconv.Atoi(answer); err == nil && q.Kind == exchange.SingleChoice && at >= 0 && at < len(q.Answers) {
		return q.Answers[at].Text.Body
	}
	return ""
}

// figure is a number of four decimals, or nil for none.
func figure(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	x = math.Round(x*10_000) / 10_000
	return &x
}

func distinct(answers []given) (ids []uuid.UUID) {
	seen := map[uuid.UUID]bool{}
	for _, g := range answers {
		if !seen[g.QuestionVersionID] {
			seen[g.QuestionVersionID] = true
			ids = append(ids, g.QuestionVersionID)
		}
	}
	return ids
}

// selectGiven is what the answers of everybody's first graded attempt at a version earned, attempt by attempt: graders' marks
// where there are any, as they settle, else the program's.
func selectGiven(tx *postgres.Tx, paperVersion uuid.UUID) ([]given, error) {
	var rows []struct {
		AttemptID, QuestionVersionID uuid.UUID
		Points                       int
		Round                        *int
		Earned                       exchange.Weight
		Response                     *string
	}
	if err := tx.Raw(`with first as (select distinct on (agent_id) id from academy.attempt where paper_version_id = ? and state = 'graded' order by agent_id, number),
			newest as (select id from first order by id desc limit ?)
		select i.attempt_id, i.question_version_id, i.points, m.round, coalesce(m.earned, 0) as earned, m.response
		from newest a join academy.attempt_item i on i.attempt_id = a.id left join academy.mark m on m.attempt_id = i.attempt_id and m.position = i.position
		order by i.attempt_id, i.position, m.round`, paperVersion, analysedMost).Scan(&rows).Error; err != nil {
		return nil, err
	}
	var list []given
	var graders []exchange.Weight
	for _, r := range rows {
		if n := len(list); n == 0 || list[n-1].AttemptID != r.AttemptID || list[n-1].QuestionVersionID != r.QuestionVersionID {
			list, graders = append(list, given{AttemptID: r.AttemptID, QuestionVersionID: r.QuestionVersionID, Points: r.Points}), nil
		}
		g := &list[len(list)-1]
		if r.Round == nil || *r.Round == 0 {
			g.Earned, g.Response = r.Earned, r.Response
			continue
		}
		graders = append(graders, r.Earned)
		g.Earned, _ = marking.Settle(graders)
	}
	return list, nil
}

// selectAnalysed are versions of questions, in the order of their ids.
func selectAnalysed(tx *postgres.Tx, versions []uuid.UUID) ([]BankQuestion, error) {
	return scanQuestions(tx, `select `+questionColumns+` where v.id = any(?) order by v.id`, postgres.ArrayOf(versions))
}
