package exchange_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"peakseat/academy/exchange"
)

func TestAikenFindings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file string
		want       []string
	}{
		{"an option first", "A. a\nB. b\nANSWER: A\n", []string{"1:aiken_stem"}},
		{"two lines of question", "Q\nmore\nA. a\nB. b\nANSWER: A\n", []string{"2:aiken_line"}},
		{"a letter left out", "Q\nA. a\nC. b\nANSWER: A\n", []string{"3:aiken_line"}},
		{"an answer that is none", "Q\nA. a\nB. b\nANSWER: C\n", []string{"4:aiken_answer"}},
		{"several answers", "Q\nA. a\nB. b\nANSWER: A, B\n", []string{"4:aiken_answer"}},
		{"no answer", "Q\nA. a\nB. b\n", []string{"1:aiken_end"}},
		{"one option", "Q\nA. a\nANSWER: A\n", []string{"1:part_count"}},
		{"faults of several questions", "Q\nA. a\nB) b\nANSWER: Z\n\nR\nx\n", []string{"4:aiken_answer", "7:aiken_line", "6:aiken_end"}},
		{"an answer alone", "ANSWER: A\nQ\nA. a\nB) b\nANSWER: B\n", []string{"1:aiken_stem"}},
	} {
		expectFindings(t, exchange.Aiken, c.name, c.file, c.want...)
	}
}

func TestCSVAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("testdata", "people.csv"))
	if err != nil {
		t.Fatal(err)
	}
	got, found, err := exchange.Read(exchange.CSV, bytes.NewReader(page), exchange.Nothing)
	if err != nil || len(found) > 0 {
		t.Fatalf("found %v, %v", found, err)
	}
	want := []exchange.Question{
		{
			Kind: exchange.SingleChoice, Category: "售前/物流", Difficulty: 2, Text: plain("几天发货？"), Feedback: plain("以页面为准"), Line: 2,
			Answers: []exchange.Answer{{Text: plain("两天"), Weight: exchange.Full}, {Text: exchange.Text{Format: exchange.HTML, Body: "<b>三天</b>"}}},
		},
		{Kind: exchange.TrueFalse, Text: plain("包邮"), Line: 5, Answers: []exchange.Answer{{}, {Weight: exchange.Full}}},
		{
			Kind: exchange.Dialogue, Text: plain("接待顾客"), Line: 8,
			Turns: []exchange.Turn{
				{Speaker: exchange.Agent, Text: "您好"},
				{Speaker: exchange.Customer, Text: "'tis 什么时候发货？", Required: []string{"今天", "48 小时"}, Forbidden: []string{"不知道"}},
			},
			Rubric: []exchange.Criterion{{Name: "礼貌", Points: 5, Guide: plain("用您")}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +read\n%s", diff)
	}
}

func TestTableFindings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file string
		want       []string
	}{
		{"no such column", "part,kind,text,colour\nquestion,open,Q,red\n", []string{"1!table_column_unknown"}},
		{"a column twice", "part,kind,text,text\nquestion,open,Q,\n", []string{"1!table_column_unknown"}},
		{"a column missing", "part;kind;text\n", []string{"1!table_column_unknown", "1:table_columns"}},
		{"quotes", "part,kind,text\nquestion,open,\"Q\n", []string{"2:table_malformed"}},
		{"no question before", "part,kind,text\nanswer,,a\n", []string{"2:table_part"}},
		{"no such part", "part,kind,text\nquestion,open,Q\nrow,,a\n", []string{"3:table_part"}},
		{"a weight at a question", "part,kind,text,weight\nquestion,open,Q,100\n", []string{"2:table_misplaced"}},
		{"a weight in words", "part,kind,text,weight\nquestion,short_text,Q,\nanswer,,a,all\n", []string{"3:table_value"}},
		{"true second", "part,kind,text,weight\nquestion,true_false,Q,\nanswer,,false,100\nanswer,,true,0\n", []string{"3:table_value", "4:table_value"}},
		{"no number", "part,kind,text,weight\nquestion,numeric,Q,\nanswer,,\"two\nor three\",100\n", []string{"3:number_wrong"}},
		{"a difficulty over all", "part,kind,text,difficulty\nquestion,open,Q,6\n", []string{"2:table_value"}},
		{"no such kind", "part,kind,text\n\nquestion,cloze,Q\n", []string{"3:kind_unknown"}},
		{"a criterion without points", "part,kind,text,points\nquestion,open,Q,\ncriterion,,polite,\n", []string{"3:criterion_wrong"}},
		{"many columns", "part,kind,text" + strings.Repeat(",x", exchange.MaxColumns) + "\n", []string{"1:table_size"}},
	} {
		expectFindings(t, exchange.CSV, c.name, c.file, c.want...)
	}
}

// No cell that is written is a formula to a spreadsheet, whatever its text.
func TestCSVCannotInjectFormulas(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"=1+1", "+cmd", "-2+3", "@SUM(A1)", "＝1", "'=1", "-5..5", "'@"} {
		var file bytes.Buffer
		q := exchange.Question{Kind: exchange.Open, Title: text, Text: plain(text), Tags: []string{text, "b"}}
		if found, err := exchange.Write(exchange.CSV, &file, []exchange.Question{q}, exchange.Nothing); err != nil || len(found) > 0 {
			t.Fatal(found, err)
		}
		rows, err := csv.NewReader(bytes.NewReader(file.Bytes())).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, cell := range rows[1] {
			if cell != "" && strings.ContainsAny(string([]rune(cell)[0]), "=+-@＝") {
				t.Errorf("%q was written as %q", text, cell)
			}
		}
		got, found, err := exchange.Read(exchange.CSV, &file, exchange.Nothing)
		q.Line = 2
		if diff := cmp.Diff([]exchange.Question{q}, got); diff != "" || err != nil || len(found) > 0 {
			t.Errorf("%q: %v %v\n%s", text, found, err, diff)
		}
	}
}

// Cells as Excel makes them: numbers, percentages, dates, formulas, and a second sheet.
func TestXLSXAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	set := func(cell string, value any) {
		if err := f.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	style := func(cell string, format int) {
		id, err := f.NewStyle(&excelize.Style{NumFmt: format})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellStyle("Sheet1", cell, cell, id); err != nil {
			t.Fatal(err)
		}
	}
	for i, name := range []string{"行", "题型", "内容", "分值"} {
		set(string(rune('A'+i))+"1", name)
	}
	set("A2", "题目")
	set("B2", "多选题")
	set("C2", "Which?")
	for i, row := range [][]any{{0.1, 0.3333333}, {"3.10", 33.33333}, {true, "33.33334"}, {45000, nil}, {nil, nil}} {
		line := string(rune('3' + i))
		set("A"+line, "选项")
		set("C"+line, row[0])
		set("D"+line, row[1])
	}
	style("D3", 10) // 0.00%
	style("C6", 14) // a date
	if err := f.SetCellFormula("Sheet1", "C7", "1+2"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.NewSheet("notes"); err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellStr("notes", "A1", "left out"); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := f.Write(&file); err != nil {
		t.Fatal(err)
	}
	page := file.Bytes()
	got, found, err := exchange.Read(exchange.XLSX, bytes.NewReader(page), exchange.Detail)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, f := range found {
		said = append(said, f.Place.Sheet+" "+finding(f))
	}
	if diff := cmp.Diff([]string{"notes 0!xlsx_sheet", "Sheet1 6!xlsx_shown", "Sheet1 7!xlsx_formula"}, said); diff != "" {
		t.Error(diff, found)
	}
	if len(got) != 1 || len(got[0].Answers) != 5 {
		t.Fatalf("read %v", got)
	}
	for i, want := range []string{"0.1 33.33333", "3.10 33.33333", "TRUE 33.33334", "- 0", "=1+2 0"} {
		a := got[0].Answers[i]
		if i == 3 { // as it shows depends on the pattern of dates
			if a.Text.Body == "45000" {
				t.Error("a date was read as its serial number")
			}
			continue
		}
		if said := a.Text.Body + " " + a.Weight.String(); said != want {
			t.Errorf("answer %d is %q, want %q", i+1, said, want)
		}
	}
	if got, _, _ := exchange.Read(exchange.XLSX, bytes.NewReader(page), exchange.Nothing); got != nil {
		t.Error("read in spite of a loss that was not accepted")
	}
}

func TestXLSXFindings(t *testing.T) {
	t.Parallel()
	expectFindings(t, exchange.XLSX, "not a workbook", "part,kind,text\n", "0:xlsx_malformed")
	far := excelize.NewFile()
	if err := far.SetCellStr("Sheet1", "XFD3", "x"); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := far.Write(&file); err != nil {
		t.Fatal(err)
	}
	_, found, err := exchange.Read(exchange.XLSX, &file, exchange.Whole)
	if err != nil || len(found) != 1 || found[0].Code != "table_size" {
		t.Errorf("found %v, %v", found, err)
	}
	long := exchange.Question{Kind: exchange.Open, Text: plain(strings.Repeat("x", 40_000))}
	if found, err := exchange.Write(exchange.XLSX, &bytes.Buffer{}, []exchange.Question{long}, exchange.Nothing); err != nil || !has(found, "kind_unsayable") {
		t.Errorf("found %v, %v", found, err)
	}
}
