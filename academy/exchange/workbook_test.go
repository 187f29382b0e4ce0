package exchange_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"peakseat/academy/exchange"
)

const (
	sheetPart   = "xl/worksheets/sheet1.xml"
	plainStyles = `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="10" applyNumberFormat="1"/></cellXfs></styleSheet>`
)

// workbook packs parts, with the fewest others that make a workbook of one sheet.
func workbook(tb testing.TB, parts map[string]string) []byte {
	tb.Helper()
	const relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	all := [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + relationships + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` + relationships + `"><sheets><sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + relationships + `/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
		{sheetPart, ""},
		{"xl/sharedStrings.xml", ""},
		{"xl/styles.xml", ""},
	}
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	for _, part := range all {
		if content, is := parts[part[0]]; is {
			part[1] = content
		}
		if part[1] == "" {
			continue
		}
		out, err := w.CreateHeader(&zip.FileHeader{Name: part[0], Method: zip.Store})
		if err == nil {
			_, err = io.WriteString(out, part[1])
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return file.Bytes()
}

func unpacked(tb testing.TB, file []byte) map[string][]byte {
	tb.Helper()
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		tb.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, part := range archive.File {
		r, err := part.Open()
		if err != nil {
			tb.Fatal(err)
		}
		if parts[part.Name], err = io.ReadAll(r); err != nil {
			tb.Fatal(err)
		}
	}
	return parts
}

func sheetOf(data string) string {
	return `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + data + `</sheetData></worksheet>`
}

const sheetHeader = `<row><c t="inlineStr"><is><t>part</t></is></c><c t="inlineStr"><is><t>kind</t></is></c><c t="inlineStr"><is><t>text</t></is></c></row>`

// Files made to hurt are refused, or read, in a time that does not grow with the square of what they hold.
func TestXLSXMadeToHurt(t *testing.T) {
	t.Parallel()
	locked, err := excelize.Encrypt(workbook(t, map[string]string{sheetPart: sheetOf(sheetHeader)}), &excelize.Options{Password: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if _, found, _ := exchange.Read(exchange.XLSX, bytes.NewReader(locked), exchange.Whole); len(found) != 1 || found[0].Params["detail"] != "an OLE file" {
		t.Errorf("a locked workbook, which takes as long to open as it says, is tried: %v", found)
	}
	bomb := packed(t, sheetPart, sheetOf(sheetHeader+"<row>"+strings.Repeat(" ", exchange.MaxUnpacked)+"</row>"))
	if len(bomb) > 1<<20 {
		t.Fatalf("the bomb has %d bytes", len(bomb))
	}
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"64 MiB in a few", bomb, "0:xlsx_malformed"},
		{"rows without numbers", workbook(t, map[string]string{sheetPart: sheetOf(sheetHeader + strings.Repeat(`<row><c/></row>`, exchange.MaxRows-1))}), "0:file_empty"},
		{"too many rows", workbook(t, map[string]string{sheetPart: sheetOf(sheetHeader + strings.Repeat(`<row/>`, exchange.MaxRows))}), fmt.Sprintf("%d:table_size", exchange.MaxRows+1)},
		{"the last row there can be", workbook(t, map[string]string{sheetPart: sheetOf(sheetHeader + `<row r="1048576"><c/></row>`)}), fmt.Sprintf("%d:table_size", exchange.MaxRows+1)},
		{"the last column there can be", workbook(t, map[string]string{sheetPart: sheetOf(sheetHeader + `<row><c r="XFD2"><v>1</v></c></row>`)}), "2:table_size"},
		{"merged cells without end", workbook(t, map[string]string{sheetPart: strings.ReplaceAll(sheetOf(sheetHeader), "</sheetData>", "</sheetData><mergeCells>"+strings.Repeat(`<mergeCell ref="A1:XFD1048576"/>`, 100_000)+"</mergeCells>")}), "0:file_empty"},
		{"a sheet that breaks off", workbook(t, map[string]string{sheetPart: strings.TrimSuffix(sheetOf(sheetHeader), "</sheetData></worksheet>")}), "0:xlsx_malformed"},
	} {
		expectFindings(t, exchange.XLSX, c.name, string(c.file), c.want)
	}
}

// A formula that cells share stands in each of them, where the sheet says they are.
func TestXLSXSharedFormulas(t *testing.T) {
	t.Parallel()
	rows := `<row r="2"><c r="A2" t="inlineStr"><is><t>question</t></is></c><c r="B2" t="inlineStr"><is><t>short_text</t></is></c><c r="C2"><f t="shared" si="0">A1&amp;B1</f><v>1</v></c></row>` +
		`<row r="4"><c r="A4" t="inlineStr"><is><t>answer</t></is></c><c r="C4"><f t="shared" si="0"/><v>2</v></c><c r="D4"><v>100</v></c></row>`
	header := strings.ReplaceAll(sheetHeader, "</row>", `<c t="inlineStr"><is><t>weight</t></is></c></row>`)
	got, found, err := exchange.Read(exchange.XLSX, bytes.NewReader(workbook(t, map[string]string{sheetPart: sheetOf(header + rows)})), exchange.Detail)
	if err != nil || len(got) != 1 || got[0].Text.Body != "=A1&B1" || got[0].Answers[0].Text.Body != "=A1&B1" {
		t.Fatalf("read %v: %v %v", got, found, err)
	}
	if len(found) != 2 || found[0].Place.Line != 2 || found[1].Place.Line != 4 || found[1].Place.Column != 3 {
		t.Errorf("found %v", found)
	}
}

// packed is a workbook with a part that is compressed, as its header says truly.
func packed(tb testing.TB, name, content string) []byte {
	tb.Helper()
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	for part, text := range unpacked(tb, workbook(tb, nil)) {
		out, err := w.Create(part)
		if err == nil {
			_, err = out.Write(text)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	out, err := w.Create(name)
	if err == nil {
		_, err = io.WriteString(out, content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		tb.Fatal(err)
	}
	return file.Bytes()
}

func BenchmarkReadXLSX(b *testing.B) {
	var file bytes.Buffer
	questions := make([]exchange.Question, 1000)
	for i := range questions {
		questions[i] = exchange.Question{
			Kind: exchange.SingleChoice, Category: "售前/物流", Difficulty: 2, Text: plain(fmt.Sprintf("第 %d 题：几天发货？", i)),
			Answers: []exchange.Answer{{Text: plain("两天"), Weight: exchange.Full}, {Text: plain("三天")}, {Text: plain("四天")}, {Text: plain("五天")}},
		}
	}
	if _, err := exchange.Write(exchange.XLSX, &file, questions, exchange.Nothing); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if got, found, err := exchange.Read(exchange.XLSX, bytes.NewReader(file.Bytes()), exchange.Nothing); err != nil || len(got) != len(questions) {
			b.Fatal(len(got), found, err)
		}
	}
}
