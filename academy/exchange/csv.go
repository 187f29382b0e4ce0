package exchange

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
)

func readCSV(data []byte, c *collector) []Question {
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	t := &tableReader{c: c}
	for rows := 0; ; rows++ {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if bad := (*csv.ParseError)(nil); errors.As(err, &bad) {
			c.add(Broken, Place{Line: bad.Line, Column: bad.Column}, "table_malformed", "detail", bad.Err.Error())
			return nil
		}
		if err != nil {
			c.add(Broken, Place{}, "table_malformed", "detail", err.Error())
			return nil
		}
		if rows > MaxRows || len(cells) > MaxColumns {
			line, _ := r.FieldPos(0)
			c.add(Broken, Place{Line: line}, "table_size", "rows", strconv.Itoa(MaxRows), "columns", strconv.Itoa(MaxColumns))
			return nil
		}
		lines := make([]int, len(cells))
		for i := range cells {
			lines[i], _ = r.FieldPos(i)
		}
		row := record{cells: cells, at: func(column int) Place { return Place{Line: lines[min(column, len(lines)-1)], Column: column + 1} }}
		if rows > 0 {
			t.row(row)
		} else if !t.header(row) {
			return nil
		}
	}
	t.finish()
	return t.questions
}

func writeCSV(out *bytes.Buffer, questions []Question) error {
	out.WriteString("\uFEFF")
	w := csv.NewWriter(out)
	w.UseCRLF = true
	err := tableRows(questions, func(cells []string) error { return w.Write(cells) })
	w.Flush()
	if err = errors.Join(err, w.Error()); err != nil {
		return fmt.Errorf("csv: %w", err)
	}
	return nil
}
