package exchange

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

const (
	xlsxSheet     = "questions"
	xlsxMaxCell   = excelize.TotalCellChars // UTF-16 units
	xlsxMaxMerged = 1000
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
	merged, err := x.f.GetMergeCells(x.sheet, true)
	if err != nil {
		return nil, fmt.Errorf("merged cells: %w", err)
	}
	if len(merged) > xlsxMaxMerged { // the library looks through all of them for each cell
		return nil, fmt.Errorf("%d merged cells, at most %d are read", len(merged), xlsxMaxMerged)
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
	return cells, x.formulas(cells)
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

// formulas puts the text of a formula in place of what it came to.
func (x xlsxReader) formulas(cells [][]string) error {
	width := 0
	for _, row := range cells {
		width = max(width, len(row))
	}
	for i := range cells {
		for j := range width {
			name, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				return fmt.Errorf("cell: %w", err)
			}
			formula, err := x.f.GetCellFormula(x.sheet, name)
			if err != nil {
				return fmt.Errorf("formula: %w", err)
			}
			if formula == "" {
				continue
			}
			for len(cells[i]) <= j {
				cells[i] = append(cells[i], "")
			}
			cells[i][j] = "=" + strings.TrimPrefix(formula, "=")
			x.c.add(Detail, Place{Sheet: x.sheet, Line: i + 1, Column: j + 1}, "xlsx_formula", "text", shorten(cells[i][j]))
		}
	}
	return nil
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
