package exchange_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peakseat/academy/exchange"
)

func TestMoodleXMLAsMoodleWritesIt(t *testing.T) {
	t.Parallel()
	file, err := os.Open(filepath.Join("testdata", "moodle.xml"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // read only
	got, found, err := exchange.Read(exchange.MoodleXML, file, exchange.Whole)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, f := range found {
		said = append(said, finding(f)+" "+f.Params["what"]+f.Params["type"])
	}
	wantSaid := []string{
		`11!left_out <file shoe.png>`, `21!left_out <correctfeedback>`, `22!left_out <hint>`, `37!moodle_type cloze`, `41!moodle_type calculated`,
		`57!left_out <units>`,
	}
	if diff := cmp.Diff(wantSaid, said); diff != "" {
		t.Errorf("findings -want +got\n%s", diff)
	}
	html := func(s string) exchange.Text { return exchange.Text{Format: exchange.HTML, Body: s} }
	auto := func(s string) exchange.Text { return exchange.Text{Format: exchange.Moodle, Body: s} }
	want := []exchange.Question{
		{
			Kind: exchange.MultipleChoice, ID: "SKU-7", Title: "Shoes & socks", Category: "Pre-sale/Returns", Tags: []string{"618"}, Difficulty: 4, Line: 7,
			Text: html(`<p>Which? <img src="@@PLUGINFILE@@/shoe.png"></p>`),
			Answers: []exchange.Answer{
				{Text: html("<p>Shoes</p>"), Weight: 33_33333, Feedback: html("yes")},
				{Text: html("Hats"), Weight: 33_33333},
				{Text: html("Bags"), Weight: 33_33333},
				{Text: html("Milk"), Weight: -exchange.Full},
			},
		},
		{Kind: exchange.TrueFalse, Title: "TF", Category: "Pre-sale/Returns", Line: 28, Text: html("Free?"), Answers: []exchange.Answer{{Weight: exchange.Full, Feedback: html("indeed")}, {}}},
		{
			Kind: exchange.Numeric, Title: "Days", Category: "Pre-sale/Returns", Line: 45, Text: html("Days?"),
			Answers: []exchange.Answer{{Number: exchange.Number{Value: "7", Tolerance: "0.5"}, Weight: exchange.Full}, {Number: exchange.Number{Any: true}, Feedback: html("no")}},
		},
		{
			Kind: exchange.Matching, Title: "M", Category: "Pre-sale/Returns", Line: 60, Text: html("Match"),
			Pairs: []exchange.Pair{{Left: html("a"), Right: "1"}, {Left: html("b"), Right: "2"}, {Right: "3"}},
		},
		{Kind: exchange.Open, Title: "E", Line: 72, Text: auto("Answer the customer"), Guide: html("polite?")},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +read\n%s", diff)
	}
}

func TestMoodleXMLFindings(t *testing.T) {
	t.Parallel()
	quiz := func(inner string) string { return "<?xml version=\"1.0\"?>\n<quiz>\n" + inner + "\n</quiz>" }
	essay := func(inner string) string {
		return quiz("<question type=\"essay\">\n<questiontext format=\"html\"><text>Q</text></questiontext>\n" + inner + "\n</question>")
	}
	bomb := `<!DOCTYPE quiz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>`
	for _, c := range []struct {
		name, file string
		want       []string
	}{
		{"entities of one's own", bomb + quiz(""), []string{"1:xml_doctype"}},
		{"a file from outside", "<?xml version=\"1.0\"?>\n<!DOCTYPE q SYSTEM \"file:///etc/passwd\">\n<quiz/>", []string{"2:xml_doctype"}},
		{"an unknown entity", essay("<generalfeedback><text>&passwd;</text></generalfeedback>"), []string{"5:xml_malformed"}},
		{"an end too early", "<quiz>\n<question type=\"essay\">\n", []string{"3:xml_malformed"}},
		{"not a quiz", "<html></html>", []string{"1:xml_element"}},
		{"no question in it", quiz("<chapter/>"), []string{"3:xml_element"}},
		{"words between", quiz("hello"), []string{"4:xml_element"}},
		{"another encoding", `<?xml version="1.0" encoding="GBK"?><quiz/>`, []string{"1:xml_malformed"}},
		{"deep", essay(strings.Repeat("<x>", exchange.MaxDepth) + strings.Repeat("</x>", exchange.MaxDepth)), []string{"5:xml_deep"}},
		{"an unknown text format", essay(`<generalfeedback format="rtf"><text>x</text></generalfeedback>`), []string{"5:xml_value"}},
		{"a fraction in words", quiz("<question type=\"shortanswer\">\n<questiontext><text>Q</text></questiontext>\n<usecase>2</usecase>\n<answer fraction=\"all\"><text>x</text></answer></question>"), []string{"5:xml_value", "6:weight_wrong"}},
		{"a mark of its own", essay("<defaultgrade>2</defaultgrade>\n<hidden>1</hidden>"), []string{"5!left_out", "6!left_out"}},
		{"true and true", quiz("<question type=\"truefalse\">\n<questiontext><text>Q</text></questiontext>\n<answer fraction=\"100\"><text>true</text></answer>\n<answer fraction=\"0\"><text>true</text></answer></question>"), []string{"6:true_false_wrong"}},
		{"no number", quiz("<question type=\"numerical\"><questiontext><text>Q</text></questiontext>\n<answer fraction=\"100\"><text>{x}</text></answer></question>"), []string{"4:number_wrong"}},
	} {
		expectFindings(t, exchange.MoodleXML, c.name, c.file, c.want...)
	}
}

// A range is what Moodle keeps: its middle and half its width, with every digit.
func TestMoodleXMLKeepsRangesExactly(t *testing.T) {
	t.Parallel()
	for i, c := range [][4]string{{"3.141", "3.142", "3.1415", "0.0005"}, {"-5", "5", "0", "5"}, {"1e-6", "2", "1.0000005", "0.9999995"}} {
		var file strings.Builder
		q := exchange.Question{Kind: exchange.Numeric, Text: plain("x"), Answers: []exchange.Answer{{Number: exchange.Number{Low: exchange.Decimal(c[0]), High: exchange.Decimal(c[1])}, Weight: exchange.Full}}}
		if found, err := exchange.Write(exchange.MoodleXML, &file, []exchange.Question{q}, exchange.Nothing); err != nil || len(found) > 0 {
			t.Fatal(found, err)
		}
		got, _, _ := exchange.Read(exchange.MoodleXML, strings.NewReader(file.String()), exchange.Nothing)
		if n := got[0].Answers[0].Number; string(n.Value) != c[2] || string(n.Tolerance) != c[3] {
			t.Errorf("%s: %v", strconv.Itoa(i), n)
		}
	}
}
