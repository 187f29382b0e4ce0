package exchange_test

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

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

// The archive's checksums would keep a fuzzer outside: it writes the parts of a workbook, or else the file itself.
func FuzzXLSX(f *testing.F) {
	var file bytes.Buffer
	q := exchange.Question{Kind: exchange.Numeric, Text: plain("x"), Answers: []exchange.Answer{{Number: exchange.Number{Value: "1"}, Weight: exchange.Full}}}
	if _, err := exchange.Write(exchange.XLSX, &file, []exchange.Question{q}, exchange.Nothing); err != nil {
		f.Fatal(err)
	}
	workbook := file.Bytes()
	archive, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		f.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, part := range archive.File {
		r, err := part.Open()
		if err != nil {
			f.Fatal(err)
		}
		if parts[part.Name], err = io.ReadAll(r); err != nil {
			f.Fatal(err)
		}
	}
	const sheet, texts, styles = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
	if parts[sheet] == nil || parts[texts] == nil || parts[styles] == nil {
		f.Fatal("the workbook has other parts than expected")
	}
	f.Add(workbook, parts[texts], parts[styles])
	f.Add(parts[sheet], parts[texts], parts[styles])
	f.Add([]byte(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>part</t></is></c><c r="B1" s="1"><f>A1</f><v>2</v></c><c r="C2" t="b"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>`), parts[texts], parts[styles])
	f.Fuzz(func(t *testing.T, first, second, third []byte) {
		data := first
		if !bytes.HasPrefix(first, []byte("PK")) {
			var made bytes.Buffer
			w := zip.NewWriter(&made)
			for _, part := range archive.File {
				content, ok := map[string][]byte{sheet: first, texts: second, styles: third}[part.Name]
				if !ok {
					content = parts[part.Name]
				}
				out, err := w.Create(part.Name)
				if err == nil {
					_, err = out.Write(content)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			data = made.Bytes()
		}
		readAndReadAgain(t, exchange.XLSX, data)
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
