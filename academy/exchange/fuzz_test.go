package exchange_test

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"peakseat/academy/exchange"
)

func FuzzGIFT(f *testing.F) {
	seedFile(f, "people.gift")
	for _, s := range []string{"a{#1..2}", "a{=b -> c =d -> e}", "::t::[html]a{~%50%b#c ~%50%d####e} f", "{}", "a{>2 ALL\nb\nc}", "//[id:\\", `a\`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { readAndReadAgain(t, exchange.GIFT, data) })
}

func FuzzMoodleXML(f *testing.F) {
	seedFile(f, "moodle.xml")
	f.Add([]byte(`<quiz><question type="ordering"><questiontext><text>a</text></questiontext><answer><text>b</text></answer><answer>c</answer></question></quiz>`))
	f.Fuzz(func(t *testing.T, data []byte) { readAndReadAgain(t, exchange.MoodleXML, data) })
}

func FuzzAiken(f *testing.F) {
	f.Add([]byte("Q\nA. a\nB) b\nANSWER: B\n\nR\nA. a\nANSWER:"))
	f.Fuzz(func(t *testing.T, data []byte) { readAndReadAgain(t, exchange.Aiken, data) })
}

func FuzzCSV(f *testing.F) {
	seedFile(f, "people.csv")
	f.Add([]byte("part,kind,text,weight,case,tags\nquestion,numeric,Q,,,\"a\nb\"\nanswer,,1..2,100,,\n"))
	f.Fuzz(func(t *testing.T, data []byte) { readAndReadAgain(t, exchange.CSV, data) })
}

// The archive's checksums would keep a fuzzer outside: it writes the parts of a workbook, or else the file itself. Packing costs
// more than reading, so nothing is compressed.
func FuzzXLSX(f *testing.F) {
	var file bytes.Buffer
	q := exchange.Question{Kind: exchange.Numeric, Text: plain("x"), Answers: []exchange.Answer{{Number: exchange.Number{Value: "1"}, Weight: exchange.Full}}}
	if _, err := exchange.Write(exchange.XLSX, &file, []exchange.Question{q}, exchange.Nothing); err != nil {
		f.Fatal(err)
	}
	written := unpacked(f, file.Bytes())
	const texts, styles = "xl/sharedStrings.xml", "xl/styles.xml"
	if written[sheetPart] == nil || written[texts] == nil || written[styles] == nil {
		f.Fatal("the workbook has other parts than expected")
	}
	f.Add(file.Bytes(), written[texts], []byte(plainStyles))
	f.Add(written[sheetPart], written[texts], []byte(plainStyles))
	f.Add([]byte(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>part</t></is></c><c r="B1" s="1"><f>A1</f><v>2</v></c><c r="C2" t="b"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>`), written[texts], []byte(plainStyles))
	f.Fuzz(func(t *testing.T, first, second, third []byte) {
		data := first
		if !bytes.HasPrefix(first, []byte("PK")) {
			data = workbook(t, map[string]string{sheetPart: string(first), texts: string(second), styles: string(third)})
		}
		readAndReadAgain(t, exchange.XLSX, data)
	})
}

// A table says the same as a sheet and as CSV: the same questions, the same findings in the same cells.
func FuzzXLSXAsCSV(f *testing.F) {
	f.Add("part\tkind\ttext\tweight\nquestion\tsingle_choice\tQ\nanswer\t\ta\t100\nanswer\t\tb\t0\n")
	f.Add("行\t题型\t内容\n题目\t判断题\t'=1+1\n选项\t\t对\n\n选项\t\t错\t9\n")
	f.Add("part\tkind\ttext\tcase\nquestion\tshort_text\t Q \tmaybe\nturn\t\tx\n")
	f.Fuzz(func(t *testing.T, table string) {
		lines := strings.Split(table, "\n")
		if len(table) > 10_000 || strings.TrimSpace(lines[0]) == "" || strings.Contains(table, "_x") || strings.ContainsFunc(table, func(r rune) bool {
			return r == utf8.RuneError || r == '\uFEFF' || r == '\uFFFE' || r == '\uFFFF' || r != '\n' && r != '\t' && unicode.IsControl(r)
		}) {
			t.Skip("CSV begins at its first line with anything, and a sheet's XML has no such characters")
		}
		var sheet, csvFile bytes.Buffer
		rows := csv.NewWriter(&csvFile)
		sheet.WriteString(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
		for i, line := range lines {
			cells := strings.Split(line, "\t")
			fmt.Fprintf(&sheet, `<row r="%d">`, i+1)
			for _, cell := range cells {
				sheet.WriteString(`<c t="inlineStr"><is><t xml:space="preserve">`)
				if err := xml.EscapeText(&sheet, []byte(cell)); err != nil {
					t.Fatal(err)
				}
				sheet.WriteString(`</t></is></c>`)
			}
			sheet.WriteString(`</row>`)
			if len(cells) == 1 && cells[0] == "" {
				rows.Flush()
				csvFile.WriteByte('\n') // the writer would quote an empty line
				continue
			}
			if err := rows.Write(cells); err != nil {
				t.Fatal(err)
			}
		}
		rows.Flush()
		sheet.WriteString(`</sheetData></worksheet>`)
		type said struct {
			Questions []exchange.Question
			Found     []string
		}
		read := func(format exchange.Format, data []byte) (s said) {
			questions, found, err := exchange.Read(format, bytes.NewReader(data), exchange.Whole)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range found {
				s.Found = append(s.Found, fmt.Sprintf("%d:%d %s", f.Place.Line, f.Place.Column, f.Code))
			}
			s.Questions = questions
			return s
		}
		if diff := cmp.Diff(read(exchange.CSV, csvFile.Bytes()), read(exchange.XLSX, workbook(t, map[string]string{sheetPart: sheet.String()})), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("-CSV +XLSX\n%s", diff)
		}
	})
}

// readAndReadAgain: no panic; all or nothing; every finding speaks; and what was read can be written and read again.
func readAndReadAgain(t *testing.T, format exchange.Format, data []byte) {
	t.Helper()
	questions, found, err := exchange.Read(format, bytes.NewReader(data), exchange.Whole)
	if err != nil {
		t.Fatal(err)
	}
	if found.Worst() == exchange.Broken && len(questions) > 0 {
		t.Fatalf("half imported: %v", found)
	}
	for _, f := range found {
		if f.EN == "" || f.ZH == "" || f.Severity == exchange.Nothing {
			t.Fatalf("says nothing: %#v", f)
		}
	}
	if len(questions) == 0 {
		return
	}
	var file strings.Builder
	if found, err = exchange.Write(format, &file, questions, exchange.Nothing); err != nil || found.Worst() == exchange.Broken {
		t.Fatalf("cannot be written: %v %v", err, found)
	}
	if len(found) > 0 {
		return
	}
	again, found, err := exchange.Read(format, strings.NewReader(file.String()), exchange.Nothing)
	if err != nil || len(found) > 0 {
		t.Fatalf("cannot be read again: %v %v\n%s", err, found, printable(format, file.String()))
	}
	if diff := cmp.Diff(questions, again, cmpopts.IgnoreFields(exchange.Question{}, "Line"), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("-read +read again\n%s", diff)
	}
}

func seedFile(f *testing.F, name string) {
	f.Helper()
	page, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(page)
}
