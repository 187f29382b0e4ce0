package solver

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// MostTasks is the most jobs that a ptask file may have.
const MostTasks = 10_000

// ReadTasks reads a ptask file of shift minimisation personnel task scheduling (Krishnamoorthy, Ernst and Baatar, European
// Journal of Operational Research 219, 2012) as a problem of the roster model:
//
//	# comment
//	Type = 1
//	Jobs = 2
//	  0  60                  start and end of job 0, half-open
//	 30  90
//	Qualifications = 1
//	1:  0  1                 how many jobs the worker qualifies for, and which
//
// A job is a line of one seat with a tag of its own, a unit of time a minute. Workers are agents with those tags, always
// free, without caps or rest. What is wrong comes back as *InputError.
func ReadTasks(f File) (*Problem, error) {
	t := &taskFile{lines: lineReader{r: f.Reader, buf: make([]byte, 0, 1<<16)}, p: &Problem{}}
	err := t.read()
	if _, isRow := errors.AsType[rowError](err); isRow {
		return nil, &InputError{f.Name, max(1, t.lines.no), err.Error()}
	}
	if err != nil {
		return nil, t.lines.fault(f.Name, err)
	}
	return t.p, nil
}

type taskFile struct {
	lines lineReader
	p     *Problem
}

// rowError is a line that is not as expected, rather than a reader that broke.
type rowError struct{ error }

func (t *taskFile) read() error {
	if _, err := t.count("Type", 1, 1); err != nil {
		return err
	}
	jobs, err := t.count("Jobs", 1, MostTasks)
	if err != nil {
		return err
	}
	for k := range jobs {
		if err := t.job(k); err != nil {
			return err
		}
	}
	workers, err := t.count("Qualifications", 1, 1<<24)
	if err != nil {
		return err
	}
	seen := make([]int, jobs)
	for w := range workers {
		if err := t.worker(w+1, seen); err != nil {
			return err
		}
	}
	if _, ok, err := t.next(); ok || err != nil {
		return rowOr(err, "nothing after the last worker expected")
	}
	return nil
}

// count reads "name = n".
func (t *taskFile) count(name string, low, high int) (int, error) {
	r, ok, err := t.next()
	if err != nil {
		return 0, err
	}
	var n int64
	if ok = ok && bytes.HasPrefix(r.rest, []byte(name)); ok {
		r.rest = r.rest[len(name):]
		r.spaces()
		ok = r.skip('=')
		r.spaces()
	}
	if ok {
		n, ok = r.number()
		r.spaces()
	}
	if !ok || len(r.rest) > 0 || n < int64(low) || n > int64(high) {
		return 0, rowError{fmt.Errorf("%q with n of %d to %d expected", name+" = n", low, high)}
	}
	return int(n), nil
}

func (t *taskFile) job(k int) error {
	r, ok, err := t.next()
	if err != nil {
		return err
	}
	var start, end int64
	if ok {
		start, ok = r.number()
	}
	if ok && r.spaces() {
		end, ok = r.number()
		r.spaces()
	}
	if !ok || len(r.rest) > 0 || end <= start || end > MaxMinute {
		return rowError{fmt.Errorf("start and end of job %d with start < end <= %d expected", k, MaxMinute)}
	}
	return t.p.AddLine(Line{
		Start: int(start), End: int(end), Day: int(start) / minutesPerDay, Seats: 1, Weight: 1, Tags: []TagLevel{NewTagLevel(k, 1)},
	})
}

// worker adds an agent; seen has, by job, the last worker who listed it.
func (t *taskFile) worker(w int, seen []int) error {
	expected := rowError{errors.New("a worker's jobs as n: k k k expected, each once and of those above")}
	r, ok, err := t.next()
	if err != nil {
		return err
	}
	var n int64
	if ok {
		n, ok = r.number()
		r.spaces()
		ok = ok && r.skip(':')
	}
	var tags []TagLevel
	for ok && r.spaces() && len(r.rest) > 0 {
		var k int64
		if k, ok = r.number(); !ok || k >= int64(len(seen)) || seen[k] == w {
			return expected
		}
		seen[k] = w
		tags = append(tags, NewTagLevel(int(k), 1))
	}
	if !ok || len(r.rest) > 0 || n != int64(len(tags)) {
		return expected
	}
	return t.p.AddAgent(Agent{
		Rating: MinRating, WeekShifts: len(seen), DayMinutes: MaxMinute, WeekMinutes: MaxMinute, Channels: 1, Languages: 1,
		Tags: tags, Free: []Interval{{0, MaxMinute}},
	})
}

// next is the next line that says something; false at the end.
func (t *taskFile) next() (*row, bool, error) {
	for {
		text, err := t.lines.next()
		if errors.Is(err, io.EOF) {
			t.lines.no++
			return &row{}, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		r := &row{rest: text}
		if r.spaces(); len(r.rest) > 0 && r.rest[0] != '#' {
			return r, true, nil
		}
	}
}

// spaces skips blanks and says whether there were any.
func (r *row) spaces() bool {
	rest := bytes.TrimLeft(r.rest, " \t")
	some := len(rest) < len(r.rest)
	r.rest = rest
	return some
}

func rowOr(err error, expected string) error {
	if err != nil {
		return err
	}
	return rowError{errors.New(expected)}
}
