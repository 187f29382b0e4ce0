package exchange

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Format is a format of files.
type Format string

// The formats.
const (
	GIFT      Format = "gift"
	MoodleXML Format = "moodle_xml"
	Aiken     Format = "aiken"
	CSV       Format = "csv"
	XLSX      Format = "xlsx"
)

// Read reads a file of questions. Findings tell what is wrong with it and what it says that a question cannot hold; when
// the worst of them is worse than accept, no question is returned at all. The error is the reader's, or of an unknown
// format.
func Read(format Format, r io.Reader, accept Severity) ([]Question, Findings, error) {
	read := map[Format]func([]byte, *collector) []Question{GIFT: readGIFT, MoodleXML: readMoodle, Aiken: readAiken, CSV: readCSV, XLSX: readXLSX}[format]
	if read == nil {
		return nil, nil, fmt.Errorf("exchange: unknown format %q", format)
	}
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read questions: %w", err)
	}
	c := &collector{}
	if len(data) > MaxBytes {
		c.add(Broken, Place{}, "file_too_large", "limit", strconv.Itoa(MaxBytes))
		return nil, c.all(), nil
	}
	if format != XLSX {
		data = bytes.TrimPrefix(data, []byte("\uFEFF"))
		data = bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
		c.encoding(data)
	}
	var questions []Question
	if c.worst < Broken {
		questions = read(data, c)
	}
	if len(questions) > MaxQuestions {
		c.add(Broken, Place{Line: questions[MaxQuestions].Line}, "too_many_questions", "limit", strconv.Itoa(MaxQuestions))
	}
	if len(questions) == 0 && c.worst == Nothing {
		c.add(Broken, Place{}, "file_empty")
	}
	if c.worst > min(accept, Whole) {
		questions = nil
	}
	return questions, c.all(), nil
}

// Write writes questions. Findings tell what the format cannot say of them; when the worst is worse than accept, nothing
// is written. A question that breaks a rule is Broken. The error is the writer's, or of an unknown format.
func Write(format Format, w io.Writer, questions []Question, accept Severity) (Findings, error) {
	c := &collector{}
	for i := range questions {
		at := Place{Question: i + 1}
		c.check(&questions[i], func(bool, int) Place { return at })
	}
	if c.worst == Broken {
		return c.all(), nil
	}
	var out bytes.Buffer
	var err error
	switch format {
	case GIFT:
		writeGIFT(&out, questions, c)
	case MoodleXML:
		writeMoodle(&out, questions, c)
	case Aiken:
		writeAiken(&out, questions, c)
	case CSV:
		err = writeCSV(&out, questions)
	case XLSX:
		err = writeXLSX(&out, questions, c)
	default:
		err = fmt.Errorf("exchange: unknown format %q", format)
	}
	if err == nil && c.worst <= min(accept, Whole) {
		_, err = out.WriteTo(w)
	}
	if err != nil {
		return nil, fmt.Errorf("write questions: %w", err)
	}
	return c.all(), nil
}

// encoding finds the first line that is not UTF-8, and every control character.
func (c *collector) encoding(data []byte) {
	for i, line := range bytes.Split(data, []byte("\n")) {
		if !utf8.Valid(line) || bytes.IndexByte(line, 0) >= 0 {
			c.add(Broken, Place{Line: i + 1}, "not_utf8")
			return
		}
		if at := bytes.IndexFunc(line, forbidden); at >= 0 {
			r, _ := utf8.DecodeRune(line[at:])
			c.add(Broken, Place{Line: i + 1, Column: at + 1}, "control_character", "character", fmt.Sprintf("%U", r))
		}
	}
}

// unsayable adds what a format cannot say of a question's attributes: names and whether the question has them, in turn.
func (c *collector) unsayable(format string, question int, lost ...any) {
	for i := 0; i+1 < len(lost); i += 2 {
		name, _ := lost[i].(string)
		if has, _ := lost[i+1].(bool); has {
			c.add(Detail, Place{Question: question}, "unsayable", "format", format, "what", name)
		}
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return shorten(line)
}
