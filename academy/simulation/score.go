package simulation

import (
	"fmt"
	"strings"
)

// full is the whole mark, in hundredths of a percent.
const full = 100_00

// RunReport is the score of a run and why it is so.
type RunReport struct {
	Score   int       `json:"score" doc:"in hundredths of a percent"`
	Passed  bool      `json:"passed"`
	RedLine bool      `json:"red_line" doc:"something was said that fails a run whatever its score"`
	Parts   []RunPart `json:"parts" nullable:"false"`
}

// RunPart is one of the four things that are scored.
type RunPart struct {
	Part     string       `json:"part" enum:"first_response,answer_ratio,points,forbidden"`
	Weight   int          `json:"weight" doc:"percent"`
	Score    int          `json:"score" doc:"in hundredths of a percent"`
	ZH       string       `json:"zh"`
	EN       string       `json:"en"`
	Findings []RunFinding `json:"findings" nullable:"false"`
}

// RunFinding is what a part saw, with the words that show it.
type RunFinding struct {
	Dialogue string `json:"dialogue,omitempty"`
	Good     bool   `json:"good"`
	ZH       string `json:"zh"`
	EN       string `json:"en"`
	Quote    string `json:"quote,omitempty" doc:"what was said"`
	At       int64  `json:"at_ms,omitempty" doc:"when, from the beginning of the run"`
}

// Score judges a run that has ended. A customer who never came, because the agent ended the run before, counts as unserved.
func (s *Script) Score(run *Run) RunReport {
	report := RunReport{Parts: []RunPart{s.firstResponse(run), s.answerRatio(run), s.points(run)}}
	forbidden, redLine := s.forbidden(run)
	report.Parts = append(report.Parts, forbidden)
	report.RedLine = redLine
	sum := 0
	for _, p := range report.Parts {
		sum += p.Weight * p.Score
	}
	report.Score = sum / 100
	report.Passed = report.Score >= s.Pass && !redLine
	return report
}

// firstResponse: from the customer's first line to the agent's first word after it.
func (s *Script) firstResponse(run *Run) RunPart {
	rule := s.Scoring.FirstResponse
	part := RunPart{Part: "first_response", Weight: rule.Weight, Findings: []RunFinding{}}
	sum := 0
	for i := range run.Dialogues {
		d := &run.Dialogues[i]
		asked, answered := int64(-1), int64(-1)
		var quote string
		for _, m := range d.Messages {
			switch {
			case m.From == "customer" && asked < 0:
				asked = m.At
			case m.From == "agent" && asked >= 0 && answered < 0:
				answered, quote = m.At, m.Text
			}
		}
		if answered < 0 {
			part.Findings = append(part.Findings, RunFinding{Dialogue: d.ID, ZH: "没有回复顾客。", EN: "The customer got no answer."})
			continue
		}
		wait, best, worst := answered-asked, int64(rule.Full)*1000, int64(rule.Zero)*1000
		one := int(full * (worst - min(max(wait, best), worst)) / (worst - best))
		sum += one
		part.Findings = append(part.Findings, RunFinding{
			Dialogue: d.ID, Good: one == full, Quote: quote, At: answered,
			ZH: fmt.Sprintf("首次响应 %s 秒。", seconds(wait)), EN: fmt.Sprintf("First answer after %s s.", seconds(wait)),
		})
	}
	part.Score = sum / len(run.Dialogues)
	part.ZH = fmt.Sprintf("首次响应：%d 秒内满分，%d 秒起零分，各对话取平均。", rule.Full, rule.Zero)
	part.EN = fmt.Sprintf("First response: full mark within %d s, none from %d s on, the mean of the dialogues.", rule.Full, rule.Zero)
	return part
}

// answerRatio: replies for each question of the customers'; nudges and farewells are no questions.
func (s *Script) answerRatio(run *Run) RunPart {
	rule := s.Scoring.AnswerRatio
	part := RunPart{Part: "answer_ratio", Weight: rule.Weight, Findings: []RunFinding{}}
	replies, questions := 0, 0
	for _, d := range run.Dialogues {
		r, q := 0, 0
		for _, m := range d.Messages {
			switch m.Kind {
			case "reply":
				r++
			case "question":
				q++
			}
		}
		replies, questions = replies+r, questions+q
		part.Findings = append(part.Findings, RunFinding{
			Dialogue: d.ID, Good: q > 0 && rule.off(r*1000/q) <= rule.Free,
			ZH: fmt.Sprintf("回复 %d 条，顾客提问 %d 条。", r, q), EN: fmt.Sprintf("%d replies to %d messages of the customer.", r, q),
		})
	}
	ratio := 0
	if questions > 0 {
		ratio = replies * 1000 / questions
		off := min(max(rule.off(ratio), rule.Free), rule.Zero)
		part.Score = full * (rule.Zero - off) / (rule.Zero - rule.Free)
	}
	part.ZH = fmt.Sprintf("答问比 %s，目标约 %s。", thousandths(ratio), thousandths(rule.Target))
	part.EN = fmt.Sprintf("Answer ratio %s; the target is about %s.", thousandths(ratio), thousandths(rule.Target))
	return part
}

// points: what had to be said, each with the message in which it was.
func (s *Script) points(run *Run) RunPart {
	part := RunPart{Part: "points", Weight: s.Scoring.Points.Weight, Findings: []RunFinding{}}
	earned, all := 0, 0
	for i := range run.Dialogues {
		d := &run.Dialogues[i]
		for _, p := range s.Dialogues[i].Points {
			all++
			f := RunFinding{Dialogue: d.ID, ZH: p.ZH, EN: p.EN}
			if m, has := s.earning(d, p); has {
				earned++
				f.Good, f.Quote, f.At = true, m.Text, m.At
			}
			part.Findings = append(part.Findings, f)
		}
	}
	part.Score = full
	if all > 0 {
		part.Score = full * earned / all
	}
	part.ZH = fmt.Sprintf("要点 %d 条，说到 %d 条。", all, earned)
	part.EN = fmt.Sprintf("%d of %d required points were made.", earned, all)
	return part
}

// earning is the reply with which a point was made.
func (s *Script) earning(d *DialogueRun, p Point) (Message, bool) {
	until := never
	for _, v := range d.Visits {
		if v.State == p.Before {
			until = v.At
			break
		}
	}
	said := ""
	for _, m := range d.Messages {
		if m.From != "agent" || m.At > until { // the reply that led to the state came before it
			continue
		}
		if said = plain(said + "\n" + m.Text); s.holds(p.When, said) {
			return m, true
		}
	}
	return Message{}, false
}

// forbidden: each message that says what must not be said.
func (s *Script) forbidden(run *Run) (part RunPart, redLine bool) {
	part = RunPart{Part: "forbidden", Weight: s.Scoring.Forbidden.Weight, Findings: []RunFinding{}}
	hits := 0
	for _, d := range run.Dialogues {
		for _, m := range d.Messages {
			if m.From != "agent" {
				continue
			}
			for _, f := range s.Forbidden {
				if s.holds(f.When, plain(m.Text)) {
					hits++
					redLine = redLine || f.RedLine
					part.Findings = append(part.Findings, RunFinding{Dialogue: d.ID, ZH: f.Why.ZH, EN: f.Why.EN, Quote: m.Text, At: m.At})
				}
			}
		}
	}
	part.Score = max(0, full-hits*s.Scoring.Forbidden.Each)
	part.ZH = fmt.Sprintf("禁用语 %d 处。", hits)
	part.EN = fmt.Sprintf("Forbidden words in %d places.", hits)
	return part, redLine
}

func seconds(ms int64) string { return fmt.Sprintf("%d.%d", ms/1000, ms%1000/100) }

func thousandths(n int) string {
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%d.%03d", n/1000, n%1000), "0"), ".")
}
