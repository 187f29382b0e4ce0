package exchange

import (
	"bytes"
	"slices"
	"strings"
)

func readAiken(data []byte, c *collector) []Question {
	var questions []Question
	var q *Question
	var parts []int
	bad := false // lines of this question are already complained of
	complain := func(line int, code, text string) {
		if !bad {
			c.add(Broken, Place{Line: line}, code, "text", shorten(text))
		}
		bad = true
	}
	for i, line := range strings.Split(string(data), "\n") {
		if len(questions) > MaxQuestions {
			break
		}
		line = strings.TrimSpace(line)
		letter, option := aikenOption(line)
		answer, answered := strings.CutPrefix(line, "ANSWER:")
		switch {
		case line == "":
		case q == nil && (letter != 0 || answered):
			complain(i+1, "aiken_stem", line)
			bad = !answered // the rest of it is no new fault
		case answered:
			answer = strings.TrimSpace(answer)
			switch {
			case len(answer) != 1 || answer[0] < 'A' || int(answer[0]-'A') >= len(q.Answers):
				complain(i+1, "aiken_answer", line)
			case !bad:
				q.Answers[answer[0]-'A'].Weight = Full
				c.check(q, func(_ bool, part int) Place {
					if part > 0 && part <= len(parts) {
						return Place{Line: parts[part-1]}
					}
					return Place{Line: q.Line}
				})
			}
			questions = append(questions, *q)
			q, parts, bad = nil, nil, false
		case q == nil:
			q = &Question{Kind: SingleChoice, Text: text(Plain, line), Line: i + 1}
			bad = false
		case letter != 0 && int(letter-'A') == len(q.Answers):
			q.Answers = append(q.Answers, Answer{Text: text(Plain, option)})
			parts = append(parts, i+1)
		default:
			complain(i+1, "aiken_line", line)
		}
	}
	if q != nil {
		bad = false
		complain(q.Line, "aiken_end", q.Text.Body)
	}
	return questions
}

// aikenOption splits "A. option"; letter is 0 where the line is none.
func aikenOption(line string) (letter byte, option string) {
	if len(line) < 3 || line[0] < 'A' || line[0] > 'Z' || line[1] != '.' && line[1] != ')' || line[2] != ' ' && line[2] != '\t' {
		return 0, ""
	}
	return line[0], strings.TrimSpace(line[3:])
}

func writeAiken(out *bytes.Buffer, questions []Question, c *collector) {
	for i := range questions {
		q := &questions[i]
		if !aikenSayable(q, i+1, c) {
			continue
		}
		right := 0
		out.WriteString(aikenLine(q.Text.Body) + "\n")
		for j, a := range q.Answers {
			if a.Weight == Full {
				right = j
			}
			out.WriteString(string(rune('A'+j)) + ". " + aikenLine(a.Text.Body) + "\n")
		}
		out.WriteString("ANSWER: " + string(rune('A'+right)) + "\n\n")
	}
}

// aikenSayable adds what Aiken cannot say; false: not even the rest.
func aikenSayable(q *Question, at int, c *collector) bool {
	right, partial, feedback := 0, false, q.Feedback.Body != ""
	formats, breaks := q.Text.Format != Plain, strings.Contains(q.Text.Body, "\n")
	for _, a := range q.Answers {
		if a.Weight == Full {
			right++
		}
		partial = partial || a.Weight != Full && a.Weight != 0
		feedback = feedback || a.Feedback.Body != ""
		formats = formats || a.Text.Format != Plain
		breaks = breaks || strings.Contains(a.Text.Body, "\n")
	}
	stem := aikenLine(q.Text.Body)
	letter, _ := aikenOption(stem)
	whole := ""
	switch {
	case q.Kind != SingleChoice:
	case right != 1:
		whole = " (> 1 ANSWER)"
	case len(q.Answers) > 26:
		whole = " (> 26)"
	case letter != 0 || strings.HasPrefix(stem, "ANSWER:") || strings.HasPrefix(stem, "\uFEFF"):
		whole = ` ("` + shorten(stem) + `")`
	}
	if q.Kind != SingleChoice || whole != "" {
		c.add(Whole, Place{Question: at}, "kind_unsayable", "format", "Aiken", "kind", string(q.Kind)+whole)
		return false
	}
	c.unsayable("Aiken", at, "id", q.ID != "", "title", q.Title != "", "category", q.Category != "", "tags", len(q.Tags) > 0,
		"difficulty", q.Difficulty != 0, "feedback", feedback, "weight", partial, "text format", formats, "line breaks", breaks)
	return true
}

func aikenLine(s string) string {
	lines := slices.Collect(strings.SplitSeq(s, "\n"))
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	if len(lines) == 1 {
		return s
	}
	return strings.Join(slices.DeleteFunc(lines, func(s string) bool { return s == "" }), " ")
}
