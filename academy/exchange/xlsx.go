package exchange

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

const (
	xlsxSheet   = "questions"
	xlsxMaxCell = excelize.TotalCellChars // UTF-16 units

	// xlsxOLE begins .xls files and encrypted workbooks. The library would try to open those, as slowly as the file says.
	xlsxOLE = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
)

func readXLSX(data []byte, c *collector) (questions []Question) {
	defer func() { // a file made to hurt may find what the library does not expect
		if p := recover(); p != nil {
			c.add(Broken, Place{}, "xlsx_malformed", "detail", shorten(fmt.Sprint(p)))
			questions = nil
		}
	}()
	malformed := func(err error) []Question {
		c.add(Broken, Place{}, "xlsx_malformed", "detail", shorten(err.Error()))
		return nil
	}
	if bytes.HasPrefix(data, []byte(xlsxOLE)) {
		return malformed(errors.New("an OLE file"))
	}
	// The limit of a part is that of the whole, so that nothing is ever put on disk.
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: MaxUnpacked, UnzipXMLSizeLimit: MaxUnpacked})
	if err != nil {
		return malformed(err)
	}
	defer func() { _ = f.Close() }() // nothing is on disk
	sheets := f.GetSheetList()
	if len(sheets) == 0 {
		c.add(Broken, Place{}, "file_empty")
		return nil
	}
	for _, sheet := range sheets[1:] {
		if rows, err := f.Rows(sheet); err == nil && rows.Next() {
			c.add(Detail, Place{Sheet: sheet}, "xlsx_sheet", "sheet", shorten(sheet))
		}
	}
	x := xlsxReader{f: f, c: c, sheet: sheets[0]}
	rows, err := x.rows()
	if err != nil {
		return malformed(err)
	}
	t := &tableReader{c: c}
	for i, cells := range rows {
		row := record{cells: cells, at: func(column int) Place { return Place{Sheet: x.sheet, Line: i + 1, Column: column + 1} }}
		if i > 0 {
			t.row(row)
		} else if !t.header(row) {
			return nil
		}
	}
	t.finish()
	return t.questions
}

type xlsxReader struct {
	f     *excelize.File
	c     *collector
	sheet string
}

// rows are the texts of the cells. The size is known before the library makes room for the whole sheet.
func (x xlsxReader) rows() ([][]string, error) {
	raw, err := x.f.Rows(x.sheet)
	if err != nil {
		return nil, fmt.Errorf("rows: %w", err)
	}
	var cells [][]string
	for raw.Next() {
		row, err := raw.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, fmt.Errorf("columns: %w", err)
		}
		if cells = append(cells, row); len(cells) > MaxRows || len(row) > MaxColumns {
			x.c.add(Broken, Place{Sheet: x.sheet, Line: len(cells)}, "table_size", "rows", strconv.Itoa(MaxRows), "columns", strconv.Itoa(MaxColumns))
			return nil, nil
		}
	}
	if err := raw.Error(); err != nil {
		return nil, fmt.Errorf("rows: %w", err)
	}
	shown, err := x.f.Rows(x.sheet)
	if err != nil {
		return nil, fmt.Errorf("rows: %w", err)
	}
	for i := 0; shown.Next() && i < len(cells); i++ {
		row, err := shown.Columns()
		if err != nil {
			return nil, fmt.Errorf("columns: %w", err)
		}
		for j := range min(len(row), len(cells[i])) {
			if cells[i][j] != row[j] {
				cells[i][j] = x.number(cells[i][j], row[j], Place{Sheet: x.sheet, Line: i + 1, Column: j + 1})
			}
		}
	}
	formulas, err := x.formulas()
	if err != nil {
		return nil, err
	}
	for _, f := range formulas {
		if f.row > len(cells) || f.column > MaxColumns {
			continue
		}
		row := &cells[f.row-1]
		for len(*row) < f.column {
			*row = append(*row, "")
		}
		(*row)[f.column-1] = f.text
		x.c.add(Detail, Place{Sheet: x.sheet, Line: f.row, Column: f.column}, "xlsx_formula", "text", shorten(f.text))
	}
	return cells, nil
}

// number is a number cell as its author meant it: in full, in percent where it shows so, or as it shows.
func (x xlsxReader) number(raw, shown string, at Place) string {
	value, err := strconv.ParseFloat(raw, 64)
	if err != nil || shown == "TRUE" || shown == "FALSE" {
		return shown
	}
	if strings.HasSuffix(shown, "%") {
		return strconv.FormatFloat(value*100, 'f', -1, 64) + "%"
	}
	if _, err := strconv.ParseFloat(strings.ReplaceAll(shown, ",", ""), 64); err == nil {
		return strconv.FormatFloat(value, 'f', -1, 64)
	}
	x.c.add(Detail, at, "xlsx_shown", "text", shorten(shown))
	return shown
}

// xlsxFormula is a formula of a cell, counted from 1.
type xlsxFormula struct {
	row, column int
	text        string
}

// formulas are those of the sheet, which stand in place of what they came to. A pass of our own finds them: the library would build
// the whole sheet for it, in time that grows with the square of the rows that have no number.
func (x xlsxReader) formulas() (found []xlsxFormula, err error) {
	part, err := x.part()
	if err != nil {
		return nil, err
	}
	d := xml.NewDecoder(bytes.NewReader(part))
	d.CharsetReader = x.f.CharsetReader
	shared := map[string]string{}
	row, column, inside := 0, 0, false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, fmt.Errorf("sheet: %w", err)
		}
		if end, is := token.(xml.EndElement); is && end.Name.Local == "sheetData" {
			inside = false
		}
		start, is := token.(xml.StartElement)
		if !is {
			continue
		}
		switch name := start.Name.Local; {
		case name == "sheetData":
			inside = true
		case !inside:
		case name == "row":
			row, column = row+1, 0
			if n, err := strconv.Atoi(attribute(start, "r")); err == nil && n > 0 {
				row = n
			}
		case name == "c":
			column++
			if n, _, err := excelize.CellNameToCoordinates(attribute(start, "r")); err == nil {
				column = n
			}
		case name == "f" && row > 0 && column > 0:
			var f struct {
				Text  string `xml:",chardata"`
				Kind  string `xml:"t,attr"`
				Group string `xml:"si,attr"`
			}
			if err := d.DecodeElement(&f, &start); err != nil {
				return nil, fmt.Errorf("formula: %w", err)
			}
			if f.Kind == "shared" && f.Text == "" {
				f.Text = shared[f.Group]
			} else if f.Kind == "shared" {
				shared[f.Group] = f.Text
			}
			if f.Text != "" {
				found = append(found, xlsxFormula{row, column, "=" + strings.TrimPrefix(f.Text, "=")})
			}
		}
	}
}

// part is the sheet as the archive has it.
func (x xlsxReader) part() ([]byte, error) {
	const rels = "xl/_rels/workbook.xml.rels"
	raw, _ := x.f.Pkg.Load(rels)
	content, _ := raw.([]byte)
	var known struct {
		Relationship []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := xml.Unmarshal(content, &known); err != nil {
		return nil, fmt.Errorf("%s: %w", rels, err)
	}
	for _, r := range known.Relationship {
		if r.ID != x.f.WorkBook.Sheets.Sheet[0].ID {
			continue
		}
		at := strings.TrimPrefix(r.Target, "/")
		if at == r.Target {
			at = path.Join("xl", at)
		}
		raw, _ := x.f.Pkg.Load(at)
		if content, is := raw.([]byte); is {
			return content, nil
		}
	}
	return nil, fmt.Errorf("%s does not name the sheet %s", rels, strconv.Quote(x.sheet))
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func writeXLSX(out *bytes.Buffer, questions []Question, c *collector) error {
	var fit []Question
	for i := range questions {
		long := false
		for _, row := range questionRows(&questions[i]) {
			for _, cell := range row {
				long = long || len(cell) >= xlsxMaxCell/8 && len(utf16.Encode([]rune(escapeXString(escapeCell(cell))))) > xlsxMaxCell
			}
		}
		if long {
			c.add(Whole, Place{Question: i + 1}, "kind_unsayable", "format", "XLSX", "kind", string(questions[i].Kind)+" (> 32767)")
		} else {
			fit = append(fit, questions[i])
		}
	}
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // nothing is on disk
	if err := f.SetSheetName("Sheet1", xlsxSheet); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	line := 0
	err := tableRows(fit, func(cells []string) error {
		line++
		for i, cell := range cells {
			if cell == "" {
				continue
			}
			name, err := excelize.CoordinatesToCellName(i+1, line)
			if err != nil {
				return err
			}
			if err := f.SetCellStr(xlsxSheet, name, escapeXString(cell)); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = f.Write(out)
	}
	if err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	return nil
}

// escapeXString keeps "_x0041_" from being read as the character of that number (ECMA-376, ST_Xstring); excelize undoes it
// in reading, but does not do it in writing shared strings.
func escapeXString(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteByte(s[i])
		if rest := s[i+1:]; s[i] == '_' && len(rest) > 5 && rest[0] == 'x' && rest[5] == '_' && strings.Trim(rest[1:5], "0123456789abcdefABCDEF") == "" {
			b.WriteString("x005F_")
		}
	}
	return b.String()
}
