package exchange_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peakseat/academy/exchange"
)

// The ten files come with the parse that their authors expect; they are looked for in data/gift of $PEAKSEAT_SHARED, or of
// the folder beside the checkout.
func TestGIFTEqualsTheExpectedParse(t *testing.T) {
	t.Parallel()
	shared := os.Getenv("PEAKSEAT_SHARED")
	if shared == "" {
		_, here, _, _ := runtime.Caller(0)
		shared = filepath.Join(filepath.Dir(here), "..", "..", "..", "shared")
	}
	files, err := filepath.Glob(filepath.Join(shared, "data", "gift", "*.gift"))
	if err != nil || len(files) == 0 {
		t.Skip("no GIFT files: set PEAKSEAT_SHARED to the folder that holds data/gift")
	}
	if len(files) != 10 {
		t.Errorf("%d files, want ten", len(files))
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			file, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close() //nolint:errcheck // read only
			questions, found, err := exchange.Read(exchange.GIFT, file, exchange.Nothing)
			if err != nil || len(found) > 0 {
				t.Fatalf("found %v, %v", found, err)
			}
			page, err := os.ReadFile(strings.TrimSuffix(name, ".gift") + ".json")
			if err != nil {
				t.Fatal(err)
			}
			var want []any
			if err := json.Unmarshal(page, &want); err != nil {
				t.Fatal(err)
			}
			var got []any
			for i := range questions {
				got = append(got, asPEG(t, &questions[i]))
			}
			for i := range want {
				effective(want[i])
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-expected +read\n%s", diff)
			}
		})
	}
}

// asPEG is a question in the shape of the expected parse.
func asPEG(t *testing.T, q *exchange.Question) any {
	t.Helper()
	out := map[string]any{
		"id": orNil(q.ID), "tags": nil, "title": orNil(q.Title), "stem": peg(q.Text), "globalFeedback": peg(q.Feedback),
		"hasEmbeddedAnswers": strings.Contains(q.Text.Body, "_____"),
	}
	var choices []any
	for _, a := range q.Answers {
		choice := map[string]any{"weight": percent(t, a.Weight.String()), "text": peg(a.Text), "feedback": peg(a.Feedback)}
		if q.Kind == exchange.Numeric {
			choice["text"] = number(t, a.Number)
		}
		choices = append(choices, choice)
	}
	switch q.Kind {
	case exchange.SingleChoice, exchange.MultipleChoice:
		out["type"], out["choices"] = "MC", choices
	case exchange.ShortText:
		out["type"], out["choices"] = "Short", choices
	case exchange.Numeric:
		out["type"], out["choices"] = "Numerical", choices
		if len(q.Answers) == 1 {
			out["choices"] = number(t, q.Answers[0].Number)
		}
	case exchange.TrueFalse:
		out["type"], out["isTrue"] = "TF", q.Answers[0].Weight == exchange.Full
		out["trueFeedback"], out["falseFeedback"] = peg(q.Answers[0].Feedback), peg(q.Answers[1].Feedback)
	case exchange.Open:
		out["type"] = "Essay"
	case exchange.Matching:
		var pairs []any
		for _, p := range q.Pairs {
			pairs = append(pairs, map[string]any{"subquestion": peg(p.Left), "subanswer": p.Right})
		}
		out["type"], out["matchPairs"] = "Matching", pairs
	case exchange.Ordering, exchange.Dialogue:
		t.Errorf("the kind %s is in none of the files", q.Kind)
	}
	return out
}

// effective replaces isCorrect and a weight that is not said by the weight that they mean.
func effective(question any) {
	choices, _ := question.(map[string]any)["choices"].([]any)
	for _, c := range choices {
		choice, _ := c.(map[string]any)
		if choice["weight"] == nil {
			choice["weight"] = map[any]float64{true: 100, false: 0}[choice["isCorrect"]]
		}
		delete(choice, "isCorrect")
	}
}

func number(t *testing.T, n exchange.Number) any {
	t.Helper()
	switch {
	case n.Low != "":
		return map[string]any{"type": "high-low", "numberLow": percent(t, string(n.Low)), "numberHigh": percent(t, string(n.High))}
	case n.Tolerance != "":
		return map[string]any{"type": "range", "number": percent(t, string(n.Value)), "range": percent(t, string(n.Tolerance))}
	}
	return map[string]any{"type": "simple", "number": percent(t, string(n.Value))}
}

func percent(t *testing.T, s string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Error(err)
	}
	return f
}

func peg(text exchange.Text) any {
	if text.Body == "" {
		return nil
	}
	return map[string]any{"format": string(text.Format), "text": text.Body}
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func TestGIFTFindings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file string
		want       []string
	}{
		{"an open brace ends with the paragraph", "// a\n\nGood?{T}\n\nBad?{=a\n\n=b}\n", []string{"5:gift_brace_open", "7:gift_brace_close"}},
		{"two blocks", "a {=b} c\nd {=e}", []string{"2:gift_second_answers"}},
		{"a title left open", "::a\n{T}", []string{"1:gift_title_open"}},
		{"no mark", "a{b}", []string{"1:gift_unmarked"}},
		{"no mark, third line", "a{\n=b\n~c#d\n}\n\nx{\nfirst\n~c\n}", []string{"7:gift_unmarked"}},
		{"a weight over all", "a{\n=b\n~%101%c\n}", []string{"3:weight_wrong"}},
		{"six decimals", "a{\n~%50.000001%b\n~%50%c\n}", []string{"2:weight_wrong"}},
		{"weights that do not add up", "a{~%50%b ~%40%c}", []string{"1:weights_sum"}},
		{"no number", "a{#\n=1\n=%50%two}", []string{"3:number_wrong"}},
		{"an end before its beginning", "a{#5..1}", []string{"1:number_wrong"}},
		{"half a match", "a{\n=b -> c\n=d\n}", []string{"3:gift_arrow"}},
		{"one choice", "a{=b ~}", []string{"1:part_empty"}},
		{"ordering", "a{>2 ALL SIDEWAYS\nb\nc\n}", []string{"1:gift_ordering"}},
		{"a description", "Read this.\n\nQ?{T}", []string{"1!gift_description"}},
		{"a difficulty that is none", "// [tag:difficulty:9]\nQ?{T}", []string{"2:difficulty_wrong"}},
		{"every fault is named", "a{b}\n\nc{d}\n\ne{#f}", []string{"1:gift_unmarked", "3:gift_unmarked", "5:number_wrong"}},
	} {
		expectFindings(t, exchange.GIFT, c.name, c.file, c.want...)
	}
}

func TestGIFTAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("testdata", "people.gift"))
	if err != nil {
		t.Fatal(err)
	}
	got, found, err := exchange.Read(exchange.GIFT, strings.NewReader(string(page)), exchange.Nothing)
	if err != nil || len(found) > 0 {
		t.Fatalf("found %v, %v", found, err)
	}
	moodle := func(s string) exchange.Text { return exchange.Text{Format: exchange.Moodle, Body: s} }
	want := []exchange.Question{
		{
			Kind: exchange.MultipleChoice, ID: "Q]1", Title: "退货: 时限", Category: "售前/退货", Tags: []string{"618"}, Difficulty: 2, Line: 5, Text: moodle("哪些可以退？"),
			Answers: []exchange.Answer{{Text: moodle("鞋"), Weight: 50_00000}, {Text: moodle("袜子"), Weight: 50_00000, Feedback: moodle("未拆封")}, {Text: moodle("生鲜")}},
		},
		{
			Kind: exchange.TrueFalse, Category: "售前/退货", Line: 11, Text: moodle("Blue is a colour."),
			Answers:  []exchange.Answer{{Weight: exchange.Full, Feedback: moodle("right")}, {Feedback: moodle("wrong")}},
			Feedback: moodle("general"),
		},
		{Kind: exchange.Ordering, Category: "售前/退货", Line: 13, Text: moodle("Order"), Items: []exchange.Text{moodle("one"), moodle("two"), moodle("three")}},
		{
			Kind: exchange.Numeric, Line: 21, Text: exchange.Text{Format: exchange.Markdown, Body: "How many?\n\n- days"},
			Answers: []exchange.Answer{{Number: exchange.Number{Value: "7"}, Weight: exchange.Full}, {Number: exchange.Number{Any: true}, Feedback: exchange.Text{Format: exchange.Markdown, Body: "no"}}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +read\n%s", diff)
	}
}
