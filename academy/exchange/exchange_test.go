package exchange_test

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"peakseat/academy/exchange"
)

func formats() []exchange.Format {
	return []exchange.Format{exchange.GIFT, exchange.MoodleXML, exchange.Aiken, exchange.CSV, exchange.XLSX}
}

// What a format can say comes back equal, and nothing is found to be lost on either way.
func TestRoundTripLosesNothing(t *testing.T) {
	t.Parallel()
	for _, format := range formats() {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				var questions []exchange.Question
				for range rapid.IntRange(1, 4).Draw(t, "count") {
					q := drawQuestion(t, kindsOf(format))
					adapt(format, &q)
					questions = append(questions, q)
				}
				var file bytes.Buffer
				found, err := exchange.Write(format, &file, questions, exchange.Nothing)
				if err != nil || len(found) > 0 {
					t.Fatalf("write: %v %v\n%#v", err, found, questions)
				}
				text := file.String()
				got, found, err := exchange.Read(format, &file, exchange.Nothing)
				if err != nil || len(found) > 0 {
					t.Fatalf("read: %v %v\n%s", err, found, printable(format, text))
				}
				if format == exchange.MoodleXML {
					asBounds(questions)
					asBounds(got)
				}
				if diff := cmp.Diff(questions, got, cmpopts.IgnoreFields(exchange.Question{}, "Line"), cmpopts.EquateEmpty()); diff != "" {
					t.Fatalf("-written +read\n%s\n%s", diff, printable(format, text))
				}
			})
		})
	}
}

// Whatever the question, writing either says that something is lost or loses nothing.
func TestWritingNamesEveryLoss(t *testing.T) {
	t.Parallel()
	for _, format := range formats() {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				q := drawQuestion(t, kinds())
				var file bytes.Buffer
				found, err := exchange.Write(format, &file, []exchange.Question{q}, exchange.Nothing)
				if err != nil {
					t.Fatal(err)
				}
				if len(found) > 0 {
					if file.Len() > 0 {
						t.Fatalf("something was written in spite of %v", found)
					}
					return
				}
				text := file.String()
				got, found, err := exchange.Read(format, &file, exchange.Nothing)
				want := []exchange.Question{q}
				if format == exchange.MoodleXML {
					asBounds(want)
					asBounds(got)
				}
				if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(exchange.Question{}, "Line"), cmpopts.EquateEmpty()); diff != "" || err != nil || len(found) > 0 {
					t.Fatalf("%v %v -written +read\n%s\n%s", err, found, diff, printable(format, text))
				}
			})
		})
	}
}

func TestAcceptedLossesAreWritten(t *testing.T) {
	t.Parallel()
	choice := exchange.Question{
		Kind: exchange.SingleChoice, Title: "t", Text: plain("Which?"),
		Answers: []exchange.Answer{{Text: plain("a")}, {Text: plain("b"), Weight: exchange.Full, Feedback: plain("yes")}},
	}
	order := exchange.Question{Kind: exchange.Ordering, Text: plain("Order"), Items: []exchange.Text{plain("1"), plain("2")}}
	for _, c := range []struct {
		accept exchange.Severity
		want   string
	}{
		{exchange.Nothing, ""},
		{exchange.Detail, ""},
		{exchange.Whole, "Which?\nA. a\nB. b\nANSWER: B\n\n"},
		{exchange.Broken, "Which?\nA. a\nB. b\nANSWER: B\n\n"},
	} {
		var file bytes.Buffer
		found, err := exchange.Write(exchange.Aiken, &file, []exchange.Question{choice, order}, c.accept)
		if err != nil || file.String() != c.want || found.Worst() != exchange.Whole {
			t.Errorf("accepting %d: %q %v %v", c.accept, file.String(), found, err)
		}
		var said []string
		for _, f := range found {
			said = append(said, fmt.Sprintf("%d %s %s%s", f.Place.Question, f.Code, f.Params["what"], f.Params["kind"]))
		}
		if want := []string{"1 unsayable title", "1 unsayable feedback", "2 kind_unsayable ordering"}; !slices.Equal(said, want) {
			t.Errorf("found %v, want %v", said, want)
		}
	}
}

func TestBrokenQuestionsAreNotWritten(t *testing.T) {
	t.Parallel()
	good := []exchange.Answer{{Text: plain("a"), Weight: exchange.Full}, {Text: plain("b")}}
	for want, q := range map[string]exchange.Question{
		"stem_missing":         {Kind: exchange.Open},
		"kind_unknown":         {Kind: "cloze", Text: plain("x")},
		"part_not_of_kind":     {Kind: exchange.Open, Text: plain("x"), Answers: good},
		"part_count":           {Kind: exchange.Ordering, Text: plain("x"), Items: []exchange.Text{plain("a")}},
		"part_empty":           {Kind: exchange.SingleChoice, Text: plain("x"), Answers: []exchange.Answer{good[0], {}}},
		"match_missing":        {Kind: exchange.Matching, Text: plain("x"), Pairs: []exchange.Pair{{Left: plain("a"), Right: "b"}, {Left: plain("a")}}},
		"right_answer_missing": {Kind: exchange.ShortText, Text: plain("x"), Answers: []exchange.Answer{{Text: plain("a"), Weight: 50_00000}}},
		"weights_sum":          {Kind: exchange.MultipleChoice, Text: plain("x"), Answers: []exchange.Answer{good[0], good[0]}},
		"weight_wrong":         {Kind: exchange.ShortText, Text: plain("x"), Answers: []exchange.Answer{good[0], {Text: plain("a"), Weight: -1}}},
		"number_wrong":         {Kind: exchange.Numeric, Text: plain("x"), Answers: []exchange.Answer{{Number: exchange.Number{Low: "2", High: "1"}, Weight: exchange.Full}}},
		"true_false_wrong":     {Kind: exchange.TrueFalse, Text: plain("x"), Answers: good},
		"criterion_wrong":      {Kind: exchange.Open, Text: plain("x"), Rubric: []exchange.Criterion{{Name: "polite"}}},
		"turn_wrong":           {Kind: exchange.Dialogue, Text: plain("x"), Turns: []exchange.Turn{{Speaker: exchange.Customer, Text: "?"}, {Speaker: "bot", Text: "!"}}},
		"customer_missing":     {Kind: exchange.Dialogue, Text: plain("x"), Turns: []exchange.Turn{{Speaker: exchange.Agent, Text: "!"}}},
		"format_unknown":       {Kind: exchange.Open, Text: exchange.Text{Format: "rtf", Body: "x"}},
		"text_too_long":        {Kind: exchange.Open, Text: plain(strings.Repeat("x", exchange.MaxText+1))},
		"text_wrong":           {Kind: exchange.Open, Text: plain(" x")},
		"line_wrong":           {Kind: exchange.Open, Text: plain("x"), Title: "a\nb"},
		"category_wrong":       {Kind: exchange.Open, Text: plain("x"), Category: "top/a"},
		"tag_wrong":            {Kind: exchange.Open, Text: plain("x"), Tags: []string{"difficulty:1"}},
		"difficulty_wrong":     {Kind: exchange.Open, Text: plain("x"), Difficulty: 6},
	} {
		for _, format := range formats() {
			var file bytes.Buffer
			found, err := exchange.Write(format, &file, []exchange.Question{q}, exchange.Broken)
			if err != nil || file.Len() > 0 || found.Worst() != exchange.Broken || !has(found, want) {
				t.Errorf("%s in %s: wrote %d bytes, found %v, %v", want, format, file.Len(), found, err)
			}
		}
	}
}

func TestFilesAsAWhole(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file, code string
		line             int
	}{
		{"GBK", "Question\nA. \xd6\xd0\xce\xc4\n", "not_utf8", 2},
		{"UTF-16", "\xff\xfeQ\x00", "not_utf8", 1},
		{"control characters", "Q\nA. \x07bell\n", "control_character", 2},
		{"nothing", "\ufeff\r\n\r\n", "file_empty", 0},
		{"too large", strings.Repeat("Q\n", exchange.MaxBytes/2+1), "file_too_large", 0},
	} {
		questions, found, err := exchange.Read(exchange.Aiken, strings.NewReader(c.file), exchange.Broken)
		if err != nil || len(questions) > 0 || !has(found, c.code) || found[0].Place.Line != c.line {
			t.Errorf("%s: %d questions, found %v, %v", c.name, len(questions), found, err)
		}
	}
	one := "Q\nA. a\nB. b\nANSWER: A\n"
	if questions, found, _ := exchange.Read(exchange.Aiken, strings.NewReader(strings.Repeat(one, exchange.MaxQuestions+1)), exchange.Whole); len(questions) > 0 || !has(found, "too_many_questions") {
		t.Errorf("%d questions were read: %v", len(questions), found)
	}
	_, found, _ := exchange.Read(exchange.Aiken, strings.NewReader(strings.Repeat("Q\nANSWER: 1\n", exchange.MaxFindings+5)), exchange.Nothing)
	if last := found[len(found)-1]; len(found) != exchange.MaxFindings+1 || last.Code != "more_findings" || last.Params["count"] != "5" || last.Severity != exchange.Broken {
		t.Errorf("%d findings, the last %v", len(found), last)
	}
	if _, _, err := exchange.Read("docx", strings.NewReader(""), exchange.Nothing); err == nil {
		t.Error("an unknown format was read")
	}
	if _, err := exchange.Write("docx", &bytes.Buffer{}, nil, exchange.Nothing); err == nil {
		t.Error("an unknown format was written")
	}
}

// A file made to hurt is refused as soon as another: were the work to grow with the square, this would not end.
func TestHostileFilesAreRefusedSoon(t *testing.T) {
	t.Parallel()
	const size = 4 << 20
	for name, c := range map[string]struct {
		format     exchange.Format
		head, many string
	}{
		"brackets":  {exchange.GIFT, "// ", "["},
		"open tags": {exchange.GIFT, "// ", "[tag:"},
		"tags":      {exchange.GIFT, "// ", "[tag:%d]"},
		"answers":   {exchange.GIFT, "a{", "=b\n"},
		"pairs":     {exchange.GIFT, "a{=b->c", "=\n"},
		"items":     {exchange.GIFT, "a{>\n", "b\n"},
		"braces":    {exchange.GIFT, "", "{}\n\n"},
		"elements":  {exchange.MoodleXML, "<quiz>", "<question>"},
		"answers x": {exchange.MoodleXML, "<quiz><question type='essay'>", "<answer/>"},
		"lines":     {exchange.Aiken, "Q\n", "A. a\n"},
		"cells":     {exchange.CSV, "part,kind,text\n", "question,open,\n"},
		"quotes":    {exchange.CSV, "part,kind,text\n", "\""},
		"tag cell":  {exchange.CSV, "part,kind,text,tags\nquestion,open,Q,\"", "%d\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var file strings.Builder
			file.WriteString(c.head)
			for i := 0; file.Len() < size; i++ {
				file.WriteString(strings.ReplaceAll(c.many, "%d", strconv.Itoa(i)))
			}
			file.WriteString("\"\nQ{T}}\n")
			questions, found, err := exchange.Read(c.format, strings.NewReader(file.String()), exchange.Whole)
			if err != nil || len(questions) > 0 || found.Worst() != exchange.Broken {
				t.Errorf("%d questions, %d findings, %v", len(questions), len(found), err)
			}
		})
	}
}

// finding is what a table of refused files expects: "line:code", or "line!code" for a loss that may be accepted.
func finding(f exchange.Finding) string {
	mark := ":"
	if f.Severity != exchange.Broken {
		mark = "!"
	}
	return fmt.Sprintf("%d%s%s", f.Place.Line, mark, f.Code)
}

// expectFindings reads a file and compares what is found, in order; every text is whole and in two languages.
func expectFindings(t *testing.T, format exchange.Format, name, file string, want ...string) {
	t.Helper()
	questions, found, err := exchange.Read(format, strings.NewReader(file), exchange.Whole)
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	var got []string
	for _, f := range found {
		got = append(got, finding(f))
		if f.ZH == "" || f.EN == "" || strings.Contains(f.ZH+f.EN, "{"+"code}") || unfilled(f) {
			t.Errorf("%s: the texts are not whole: %q %q", name, f.ZH, f.EN)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s: found %v, want %v (%v)", name, got, want, found)
	}
	if found.Worst() == exchange.Broken && len(questions) > 0 {
		t.Errorf("%s: half imported: %d questions in spite of %v", name, len(questions), found)
	}
}

// unfilled tells whether a text still has the {name} of a parameter.
func unfilled(f exchange.Finding) bool {
	for _, name := range []string{"limit", "count", "kind", "part", "text", "value", "what", "format", "type", "detail", "element", "column", "expected", "found", "sheet", "rows", "columns", "sum", "tag", "category", "character", "fewest", "most"} {
		if strings.Contains(f.EN, "{"+name+"}") || strings.Contains(f.ZH, "{"+name+"}") {
			return true
		}
	}
	return false
}

func has(found exchange.Findings, code string) bool {
	return slices.ContainsFunc(found, func(f exchange.Finding) bool { return f.Code == code })
}

func plain(s string) exchange.Text { return exchange.Text{Format: exchange.Plain, Body: s} }

func printable(format exchange.Format, file string) string {
	if format == exchange.XLSX {
		return fmt.Sprintf("(%d bytes)", len(file))
	}
	return file
}

func kinds() []exchange.Kind {
	return []exchange.Kind{
		exchange.SingleChoice, exchange.MultipleChoice, exchange.TrueFalse, exchange.Numeric, exchange.ShortText,
		exchange.Matching, exchange.Ordering, exchange.Open, exchange.Dialogue,
	}
}

// kindsOf is the table of the package's documentation.
func kindsOf(format exchange.Format) []exchange.Kind {
	switch format {
	case exchange.Aiken:
		return kinds()[:1]
	case exchange.GIFT, exchange.MoodleXML:
		return kinds()[:8]
	case exchange.CSV, exchange.XLSX:
	}
	return kinds()
}

// adapt takes away what the format is documented not to say.
func adapt(format exchange.Format, q *exchange.Question) {
	switch format {
	case exchange.GIFT:
		q.CaseMade, q.Guide, q.Rubric = false, exchange.Text{}, nil
		for i := range q.Answers {
			if q.Kind == exchange.ShortText {
				q.Answers[i].Text.Body = strings.ReplaceAll(q.Answers[i].Text.Body, "->", "=>")
				q.Answers[i].Feedback.Body = strings.ReplaceAll(q.Answers[i].Feedback.Body, "->", "=>")
			}
		}
		for i := range q.Pairs {
			q.Pairs[i].Left.Body = strings.ReplaceAll(q.Pairs[i].Left.Body, "->", "=>")
		}
	case exchange.MoodleXML:
		q.Rubric = nil
	case exchange.CSV, exchange.XLSX: // they say everything
	case exchange.Aiken:
		bare := func(s string) exchange.Text { return plain("Q " + strings.ReplaceAll(s, "\n", " ")) }
		*q = exchange.Question{Kind: exchange.SingleChoice, Text: bare(q.Text.Body), Answers: q.Answers[:min(26, len(q.Answers))]}
		for i, a := range q.Answers {
			q.Answers[i] = exchange.Answer{Text: bare(a.Text.Body)}
		}
		q.Answers[0].Weight = exchange.Full
	}
}

// asBounds makes numbers that mean the same equal.
func asBounds(questions []exchange.Question) {
	for i := range questions {
		for j, a := range questions[i].Answers {
			if low, high, ok := a.Number.Bounds(); ok && questions[i].Kind == exchange.Numeric {
				questions[i].Answers[j].Number = exchange.Number{Low: exchange.Decimal(low.RatString()), High: exchange.Decimal(high.RatString())}
			}
		}
	}
}

// drawQuestion draws a question that keeps every rule, of texts that are awkward somewhere.
func drawQuestion(t *rapid.T, kinds []exchange.Kind) exchange.Question {
	q := exchange.Question{
		Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), ID: drawLine(t, "id"), Title: drawLine(t, "title"),
		Category: rapid.SampledFrom([]string{"", "售前", "Pre-sale/Shipping", `a\b: c`}).Draw(t, "category"), Difficulty: rapid.IntRange(0, 5).Draw(t, "difficulty"),
		Tags: rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) string { return "t" + drawLine(t, "tag") }), 0, 3, rapid.ID).Draw(t, "tags"),
		Text: drawText(t, "stem", false), Feedback: drawText(t, "feedback", true),
	}
	draw := func() exchange.Answer {
		return exchange.Answer{Text: drawText(t, "answer", false), Feedback: drawText(t, "answer feedback", true), Weight: exchange.Weight(rapid.Int64Range(0, int64(exchange.Full)).Draw(t, "weight"))}
	}
	count := rapid.IntRange(2, 6).Draw(t, "parts")
	for range count {
		switch q.Kind {
		case exchange.SingleChoice, exchange.ShortText:
			q.Answers = append(q.Answers, draw())
		case exchange.MultipleChoice:
			a := draw()
			a.Weight = -a.Weight
			q.Answers = append(q.Answers, a)
		case exchange.Numeric:
			a := draw()
			a.Text, a.Number = exchange.Text{}, drawNumber(t)
			q.Answers = append(q.Answers, a)
		case exchange.Matching:
			q.Pairs = append(q.Pairs, exchange.Pair{Left: drawText(t, "left", len(q.Pairs) > 0), Right: drawText(t, "right", false).Body})
		case exchange.Ordering:
			q.Items = append(q.Items, drawText(t, "item", false))
		case exchange.TrueFalse, exchange.Open:
		case exchange.Dialogue:
			turn := exchange.Turn{Speaker: exchange.Agent, Text: drawText(t, "line", false).Body}
			if len(q.Turns) == 0 || rapid.Bool().Draw(t, "customer") {
				turn.Speaker = exchange.Customer
				turn.Required = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string { return "r" + drawLine(t, "word") }), 0, 3).Draw(t, "required")
				turn.Forbidden = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string { return "f" + drawLine(t, "word") }), 0, 3).Draw(t, "forbidden")
			}
			q.Turns = append(q.Turns, turn)
		}
	}
	switch q.Kind {
	case exchange.SingleChoice, exchange.Numeric, exchange.ShortText:
		q.Answers[count-1].Weight = exchange.Full
	case exchange.MultipleChoice:
		q.Answers[0].Weight, q.Answers[1].Weight = 33_33333, 66_66667
	case exchange.Matching, exchange.Ordering, exchange.Open, exchange.Dialogue:
	case exchange.TrueFalse:
		q.Answers = []exchange.Answer{{Feedback: drawText(t, "true", true)}, {Feedback: drawText(t, "false", true)}}
		q.Answers[rapid.IntRange(0, 1).Draw(t, "verdict")].Weight = exchange.Full
	}
	if q.Kind == exchange.ShortText {
		q.CaseMade = rapid.Bool().Draw(t, "case")
	}
	if q.Kind == exchange.Open || q.Kind == exchange.Dialogue {
		q.Guide = drawText(t, "guide", true)
		for range rapid.IntRange(0, 3).Draw(t, "criteria") {
			q.Rubric = append(q.Rubric, exchange.Criterion{Name: "n" + drawLine(t, "name"), Points: rapid.IntRange(1, 1000).Draw(t, "points"), Guide: drawText(t, "criterion", true)})
		}
	}
	return q
}

func drawNumber(t *rapid.T) exchange.Number {
	decimal := func(name string) exchange.Decimal {
		return exchange.Decimal(rapid.SampledFrom([]string{"0", "5", ".5", "3.1415", "12.50", "1e-6", "2E3"}).Draw(t, name))
	}
	sign := exchange.Decimal(rapid.SampledFrom([]string{"", "-"}).Draw(t, "sign"))
	switch rapid.IntRange(0, 3).Draw(t, "form") {
	case 0:
		return exchange.Number{Any: true}
	case 1:
		return exchange.Number{Value: sign + decimal("value")}
	case 2:
		return exchange.Number{Value: sign + decimal("value"), Tolerance: decimal("tolerance")}
	}
	return exchange.Number{Low: "-" + decimal("low"), High: decimal("high")}
}

func drawText(t *rapid.T, name string, maybe bool) exchange.Text {
	fragments := []string{
		"=", "~", "#", "####", "{", "}", ":", "::", `\`, `\n`, "\n", "\n\n", "\t", "//", "[html]", "[", "]", "%50%", "%", "->", "-", ">", "'", `"`, ",", ";", "&lt;", "&",
		"<b>", "]]>", "<![CDATA[", "$CATEGORY:", "A. ", "ANSWER: A", "_x0041_", "_x000D_", "中文", "＝", "é", "😀", " ", "  ", "+1", "=1+1", "@", "TRUE", "T", "*", "1..2", "\u3000", "\u00a0",
		"\u2028", "\ufeff", "\ufffd", "word", "0", "null", "_____", "[plain]", "{>", "'=", "''", "\\.",
	}
	parts := rapid.SliceOfN(rapid.SampledFrom(fragments), 0, 6).Draw(t, name)
	body := strings.TrimSpace(strings.Join(parts, ""))
	if body == "" {
		if maybe {
			return exchange.Text{}
		}
		body = "x"
	}
	return exchange.Text{Format: rapid.SampledFrom([]exchange.TextFormat{exchange.Plain, exchange.HTML, exchange.Markdown, exchange.Moodle}).Draw(t, name+" format"), Body: body}
}

func drawLine(t *rapid.T, name string) string {
	return strings.TrimSpace(strings.NewReplacer("\n", " ", "\t", " ").Replace(drawText(t, name, true).Body))
}
