package planner

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// LineError says what is wrong with one line of a CSV file; the first is 1.
type LineError struct {
	Line   int
	ZH, EN string
}

func (e LineError) Error() string { return "line " + strconv.Itoa(e.Line) + ": " + e.EN }

// LineErrors is every line that is wrong, in order. A file of more lines than a plan may have is read
// only so far, so that there are never many more than MaxIntervals.
type LineErrors []LineError

func (e LineErrors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "; ")
}

// ReadCSV reads "starts_at,contacts": that header, then one line per interval
// in order of time, without gaps. A start is RFC 3339, its seconds optional and a
// space allowed for the T, with an offset; or without one, in loc, where
// 2026/11/11 9:30 as spreadsheets write it is understood too. Results are in loc, or in
// their own offset where loc is nil. A byte order mark, CRLF and empty lines are
// tolerated.
//
// An hour that the clocks of loc pass twice is told apart by the line before; the
// length of an interval is the commonest step between lines.
//
// The second result is the line that each interval stands on. The error is
// LineErrors where lines are wrong, else what reading r returned. The caller
// bounds the size of r.
func ReadCSV(r io.Reader, loc *time.Location) ([]Contacts, []int, error) {
	f := csvFile{loc: loc}
	lines := bufio.NewScanner(r)
	number := 0
	for lines.Scan() && len(f.rows) <= MaxIntervals {
		number++
		text := lines.Bytes()
		if number == 1 {
			text = bytes.TrimPrefix(text, []byte("\ufeff"))
			f.header(string(text))
			continue
		}
		if len(bytes.TrimSpace(text)) > 0 {
			f.row(number, string(text))
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		f.refuse(number+1, "太长", "is too long")
	case err != nil:
		return nil, nil, fmt.Errorf("reading contacts: %w", err)
	case number == 0:
		f.refuse(1, "文件是空的", "the file is empty")
	case len(f.rows) == 0 && len(f.problems) == 0:
		f.refuse(number, "表头之后没有任何时段", "no interval follows the header")
	case len(f.rows) > MaxIntervals:
		f.refuse(number, fmt.Sprintf("超过 %d 个时段", MaxIntervals), fmt.Sprintf("more than %d intervals", MaxIntervals))
	}
	return f.contacts()
}

type csvFile struct {
	loc      *time.Location
	rows     []csvRow
	problems LineErrors
}

type csvRow struct {
	line int
	Contacts
}

func (f *csvFile) refuse(line int, zh, en string) {
	f.problems = append(f.problems, LineError{line, zh, en})
}

func (f *csvFile) header(text string) {
	fields, ok := cells(text)
	if !ok || len(fields) != 2 || !strings.EqualFold(fields[0], "starts_at") || !strings.EqualFold(fields[1], "contacts") {
		f.refuse(1, "必须是 starts_at,contacts", "must be starts_at,contacts")
	}
}

// row keeps a line whose start can be read even if its count cannot, so that
// the order of its neighbours is still judged against it.
func (f *csvFile) row(line int, text string) {
	fields, ok := cells(text)
	if !ok || len(fields) != 2 {
		f.refuse(line, "必须是开始时间和咨询量，中间一个逗号", "must be a start and a number of contacts with one comma between them")
		f.rows = append(f.rows, csvRow{line: line})
		return
	}
	var before time.Time
	if n := len(f.rows); n > 0 {
		before = f.rows[n-1].StartsAt
	}
	at, problem := f.start(fields[0], before)
	if problem.EN == "" && at.IsZero() { // which stands for "could not be read" below
		problem = Problem{ZH: "starts_at 太早", EN: "starts_at lies too far back"}
	}
	if problem.EN != "" {
		f.refuse(line, problem.ZH, problem.EN)
	}
	n, ok := count(fields[1])
	switch {
	case !ok:
		f.refuse(line, "contacts 必须是不小于 0 的数字，例如 12 或 12.5", "contacts must be a number of 0 or more, such as 12 or 12.5")
	case n > MaxContacts:
		f.refuse(line, fmt.Sprintf("contacts 最多 %d", MaxContacts), fmt.Sprintf("contacts must be at most %d", MaxContacts))
	}
	f.rows = append(f.rows, csvRow{line, Contacts{StartsAt: at, Contacts: n}})
}

// start reads the start of a line that follows one starting at before (zero
// where there is none or it could not be read).
func (f *csvFile) start(text string, before time.Time) (time.Time, Problem) {
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04Z07:00"} {
		if at, err := time.Parse(layout, text); err == nil {
			_, offset := at.Zone()
			if f.loc != nil {
				return at.In(f.loc), Problem{}
			}
			// Parse answers in the machine's own zone where the offsets agree.
			return at.In(time.FixedZone("", offset)), Problem{}
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006/1/2 15:04:05", "2006/1/2 15:04"} {
		wall, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		if f.loc == nil {
			return time.Time{}, Problem{ZH: "starts_at 没有时差，也没有给出时区", EN: "starts_at has no offset, and no time zone is given"}
		}
		return resolve(wall, f.loc, before)
	}
	return time.Time{}, Problem{ZH: "starts_at 必须是时间，例如 2026-11-11T09:30:00+08:00", EN: "starts_at must be a time such as 2026-11-11T09:30:00+08:00"}
}

// contacts judges the order of the rows, which takes all of them: the length of
// an interval is known only then.
func (f *csvFile) contacts() ([]Contacts, []int, error) {
	step := f.step()
	lineOf := map[int64]int{}
	var latest csvRow
	judged := false // whether the line above could be read
	for _, row := range f.rows {
		if row.StartsAt.IsZero() {
			judged = false
			continue
		}
		at := row.StartsAt.Unix()
		if line, seen := lineOf[at]; seen {
			f.refuse(row.line, fmt.Sprintf("与第 %d 行的开始时间相同", line), fmt.Sprintf("starts at the same time as line %d", line))
			continue
		}
		lineOf[at] = row.line
		f.onInterval(row, step)
		gone := at - latest.StartsAt.Unix()
		switch {
		case latest.line == 0:
		case gone < 0:
			f.refuse(row.line, fmt.Sprintf("早于第 %d 行；各行要按时间先后排列", latest.line), fmt.Sprintf("starts before line %d; lines go in order of time", latest.line))
			continue
		case judged && gone > step:
			missing := time.Unix(latest.StartsAt.Unix()+step, 0).In(row.StartsAt.Location()).Format(time.RFC3339)
			f.refuse(row.line, fmt.Sprintf("与第 %d 行之间有空缺：缺少 %s（没有咨询也要写一行 0）", latest.line, missing),
				fmt.Sprintf("leaves a gap after line %d: %s is missing (no contacts are a line with 0)", latest.line, missing))
		case judged && gone < step:
			f.refuse(row.line, fmt.Sprintf("比第 %d 行晚 %s，其他行之间相隔 %s", latest.line, secondsZH(gone), secondsZH(step)),
				fmt.Sprintf("starts %s after line %d where the others are %s apart", seconds(gone), latest.line, seconds(step)))
		}
		latest, judged = row, true
	}
	if len(f.problems) > 0 {
		return nil, nil, f.byLine()
	}
	out, lines := make([]Contacts, len(f.rows)), make([]int, len(f.rows))
	for i, row := range f.rows {
		out[i], lines[i] = row.Contacts, row.line
	}
	return out, lines, nil
}

// onInterval refuses a start that is not on the clock's own intervals. Lines
// that are 10 minutes apart are refused once, at the first.
func (f *csvFile) onInterval(row csvRow, step int64) {
	switch at := row.StartsAt; {
	case step > 0 && !isLength(step):
		if row.line == f.rows[0].line {
			f.refuse(row.line, fmt.Sprintf("各行相隔 %s；时段只能是 15、30 或 60 分钟", secondsZH(step)),
				fmt.Sprintf("the lines are %s apart; intervals are 15, 30 or 60 minutes", seconds(step)))
		}
	case at.Second() != 0 || at.Nanosecond() != 0 || step > 0 && int64(at.Minute())*60%step != 0:
		f.refuse(row.line, "开始时间没有落在时段的整点上", "does not start on the interval")
	}
}

// step is the commonest time from one line to the next, the shortest of them
// on a tie, in seconds.
func (f *csvFile) step() int64 {
	times := map[int64]int{}
	var step int64
	for i := 1; i < len(f.rows); i++ {
		if f.rows[i].StartsAt.IsZero() || f.rows[i-1].StartsAt.IsZero() {
			continue
		}
		if gone := f.rows[i].StartsAt.Unix() - f.rows[i-1].StartsAt.Unix(); gone > 0 {
			times[gone]++
		}
	}
	for gone, n := range times {
		if n > times[step] || n == times[step] && gone < step {
			step = gone
		}
	}
	return step
}

// byLine joins what is wrong with one line into one problem.
func (f *csvFile) byLine() LineErrors {
	slices.SortStableFunc(f.problems, func(a, b LineError) int { return a.Line - b.Line })
	var out LineErrors
	for _, p := range f.problems {
		if n := len(out); n > 0 && out[n-1].Line == p.Line {
			out[n-1].ZH += "；" + p.ZH
			out[n-1].EN += "; " + p.EN
			continue
		}
		out = append(out, p)
	}
	return out
}

// resolve finds the instant at which the clocks of loc show wall (given as if it
// were UTC). Where they show it twice, the first one after before is meant.
func resolve(wall time.Time, loc *time.Location, before time.Time) (time.Time, Problem) {
	// An offset is at most 15 h and changes months apart, so a day to either side
	// holds each offset that could apply.
	var found []time.Time
	for _, side := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		_, offset := wall.Add(side).In(loc).Zone()
		at := wall.Add(-time.Duration(offset) * time.Second).In(loc)
		if _, really := at.Zone(); really != offset {
			continue
		}
		if len(found) == 0 || !found[0].Equal(at) {
			found = append(found, at)
		}
	}
	slices.SortFunc(found, time.Time.Compare)
	switch {
	case len(found) == 0:
		return time.Time{}, Problem{ZH: fmt.Sprintf("%s 的时钟跳过了这个时刻", loc), EN: fmt.Sprintf("the clocks of %s skip this time", loc)}
	case len(found) == 1:
		return found[0], Problem{}
	case before.IsZero():
		return time.Time{}, Problem{ZH: fmt.Sprintf("%s 的时钟会两次经过这个时刻，请写明时差", loc), EN: fmt.Sprintf("the clocks of %s show this time twice; write the offset", loc)}
	case found[0].After(before):
		return found[0], Problem{}
	}
	return found[1], Problem{}
}

// cells splits one line; a quoted cell may not run over its end.
func cells(text string) ([]string, bool) {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	fields, err := r.Read()
	if err != nil {
		return nil, false
	}
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	return fields, true
}

// count reads digits with at most one point: no sign, exponent or Inf, which
// ParseFloat would take.
func count(text string) (float64, bool) {
	if strings.Trim(text, "0123456789.") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}

// isLength says whether an interval may last so many seconds.
func isLength(seconds int64) bool {
	return seconds == 15*60 || seconds == 30*60 || seconds == 60*60
}

func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }

func secondsZH(n int64) string {
	if n%60 != 0 {
		return fmt.Sprintf("%d 秒", n)
	}
	return fmt.Sprintf("%d 分钟", n/60)
}
