package planner

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func TestReadCSVTakesWhatSpreadsheetsWrite(t *testing.T) {
	t.Parallel()
	shanghai := zone(t, "Asia/Shanghai")
	want := []Contacts{
		{time.Date(2026, 11, 11, 9, 0, 0, 0, shanghai), 12},
		{time.Date(2026, 11, 11, 9, 30, 0, 0, shanghai), 0},
		{time.Date(2026, 11, 11, 10, 0, 0, 0, shanghai), 7.5},
	}
	for name, text := range map[string]string{
		"with offsets":            "starts_at,contacts\n2026-11-11T09:00:00+08:00,12\n2026-11-11T01:30:00Z,0\n2026-11-11T10:00+08:00,7.5\n",
		"local":                   "starts_at,contacts\n2026-11-11T09:00,12\n2026-11-11 09:30,0\n2026-11-11T10:00:00,7.5",
		"slashes":                 "starts_at,contacts\n2026/11/11 9:00,12\n2026/11/11 9:30,0\n2026/11/11 10:00,7.5",
		"mark, CRLF, empty lines": "\ufeffstarts_at,contacts\r\n2026-11-11 09:00,12\r\n\r\n2026-11-11 09:30,0\r\n2026-11-11 10:00,7.5\r\n\r\n",
		"quotes and spaces":       "\"Starts_At\", contacts\n\"2026-11-11 09:00\",\"12\"\n2026-11-11 09:30, 0\n 2026-11-11 10:00 ,7.5",
	} {
		got, _, err := ReadCSV(strings.NewReader(text), shanghai)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(got) != len(want) {
			t.Fatalf("%s: %v", name, got)
		}
		for i := range got {
			if !got[i].StartsAt.Equal(want[i].StartsAt) || got[i].Contacts != want[i].Contacts || got[i].StartsAt.Location() != shanghai {
				t.Errorf("%s: %v, want %v", name, got[i], want[i])
			}
		}
	}
}

func TestReadCSVKeepsOffsetsWhereNoZoneIsGiven(t *testing.T) {
	t.Parallel()
	got, _, err := ReadCSV(strings.NewReader("starts_at,contacts\n2026-11-11T09:00:00+08:00,1\n"), nil)
	if err != nil || got[0].StartsAt.Format(time.RFC3339) != "2026-11-11T09:00:00+08:00" {
		t.Errorf("%v (%v)", got, err)
	}
}

func TestReadCSVTellsTheHourApartThatClocksPassTwice(t *testing.T) {
	t.Parallel()
	london := zone(t, "Europe/London") // 2026-10-25: 02:00 BST is 01:00 GMT
	got, _, err := ReadCSV(strings.NewReader(strings.Join([]string{
		"starts_at,contacts", "2026-10-25 00:30,1", "2026-10-25 01:00,2", "2026-10-25 01:30,3",
		"2026-10-25 01:00,4", "2026-10-25 01:30,5", "2026-10-25 02:00,6",
	}, "\n")), london)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range got {
		want := time.Date(2026, 10, 24, 23, 30, 0, 0, time.UTC).Add(time.Duration(i) * 30 * time.Minute)
		if !c.StartsAt.Equal(want) || c.Contacts != float64(i+1) {
			t.Errorf("line %d: %v, want %v", i+2, c, want)
		}
	}
	// And the hour they skip: 01:00 GMT is 02:00 BST.
	got, _, err = ReadCSV(strings.NewReader("starts_at,contacts\n2026-03-29 00:30,1\n2026-03-29 02:00,2\n2026-03-29 02:30,3\n"), london)
	if err != nil || got[1].StartsAt.Sub(got[0].StartsAt) != 30*time.Minute {
		t.Errorf("%v (%v)", got, err)
	}
}

func TestReadCSVNamesEveryLineThatIsWrong(t *testing.T) {
	t.Parallel()
	london := zone(t, "Europe/London")
	for _, tt := range []struct {
		name, text string
		lines      []int
		says       string
	}{
		{"nothing", "", []int{1}, "empty"},
		{"a header alone", "starts_at,contacts\n\n", []int{2}, "no interval"},
		{"no header", "2026-11-11 09:00,12\n2026-11-11 09:30,12\n", []int{1}, "starts_at,contacts"},
		{"a gap", day("09:00", "09:30", "10:30", "11:00"), []int{4}, "2026-11-11T10:00:00Z is missing"},
		{"a duplicate", day("09:00", "09:30", "09:30", "10:00"), []int{4}, "same time as line 3"},
		{"a duplicate far off", day("09:00", "09:30", "10:00", "09:00", "10:30"), []int{5}, "same time as line 2"},
		{"out of order", day("09:00", "09:30", "10:00", "08:00", "10:30"), []int{5}, "before line 4"},
		{"a step too short", day("09:00", "09:30", "09:45", "10:15", "10:45"), []int{4, 5, 6}, "15m0s after line 3"},
		{"off the interval", day("09:05", "09:35"), []int{2, 3}, "on the interval"},
		{"seconds", day("09:00:30"), []int{2}, "on the interval"},
		{"a length nobody uses", day("09:00", "09:10", "09:20"), []int{2}, "10m0s apart"},
		{"no time", "starts_at,contacts\nmorning,1\n2026-11-11 09:00,1\n2026-13-11 09:30,1\n", []int{2, 4}, "must be a time"},
		{"no number", "starts_at,contacts\n2026-11-11 09:00,-1\n2026-11-11 09:30,\n2026-11-11 10:00,NaN\n2026-11-11 10:30,1e3\n2026-11-11 11:00,1\n", []int{2, 3, 4, 5}, "0 or more"},
		{"too many contacts", "starts_at,contacts\n2026-11-11 09:00,100001\n", []int{2}, "at most 100000"},
		{"columns", "starts_at,contacts\n2026-11-11 09:00\n2026-11-11 09:30,1,2\n\"2026-11-11 10:00,3\n", []int{2, 3, 4}, "one comma"},
		{"two faults on a line are one error", "starts_at,contacts\nx,y\n", []int{2}, "; "},
		{"a time the clocks skip", "starts_at,contacts\n2026-03-29 01:30,1\n", []int{2}, "skip"},
		{"a time the clocks show twice, and nothing before", "starts_at,contacts\n2026-10-25 01:30,1\n", []int{2}, "twice"},
		{"an hour lost by the clock change", "starts_at,contacts\n2026-10-25 00:30,1\n2026-10-25 01:00,1\n2026-10-25 01:30,1\n2026-10-25 02:00,1\n", []int{5}, "gap"},
		{"the year 1", "starts_at,contacts\n0001-01-01T00:00:00Z,1\n", []int{2}, "too far back"},
		{"an endless line", "starts_at,contacts\n2026-11-11 09:00,1\n" + strings.Repeat("9", 100_000), []int{3}, "too long"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, _, err := ReadCSV(strings.NewReader(tt.text), london)
			var problems LineErrors
			if !errors.As(err, &problems) || got != nil {
				t.Fatalf("%v (%v), want line errors", got, err)
			}
			var lines []int
			for _, p := range problems {
				lines = append(lines, p.Line)
			}
			if !reflect.DeepEqual(lines, tt.lines) || !strings.Contains(problems.Error(), tt.says) {
				t.Errorf("%v\nwant lines %v and %q", problems, tt.lines, tt.says)
			}
		})
	}
}

func TestReadCSVNeedsAnOffsetOrAZone(t *testing.T) {
	t.Parallel()
	_, _, err := ReadCSV(strings.NewReader(day("09:00")), nil)
	var problems LineErrors
	if !errors.As(err, &problems) || problems[0].Line != 2 || !strings.Contains(err.Error(), "no time zone") {
		t.Errorf("%v", err)
	}
}

func TestReadCSVCountsTheLinesOfTheFile(t *testing.T) {
	t.Parallel()
	_, lines, err := ReadCSV(strings.NewReader("starts_at,contacts\n\n2026-11-11 09:00,1\n\n\n2026-11-11 09:30,1\n"), time.UTC)
	if want := []int{3, 6}; err != nil || !reflect.DeepEqual(lines, want) {
		t.Errorf("lines %v (%v), want %v", lines, err, want)
	}
}

func TestReadCSVNamesAllWrongLinesOfAFileItReadsWhole(t *testing.T) {
	t.Parallel()
	_, _, err := ReadCSV(strings.NewReader("starts_at,contacts\n"+strings.Repeat("x,1\n", 200)), time.UTC)
	var problems LineErrors
	if !errors.As(err, &problems) || len(problems) != 200 {
		t.Errorf("%d problems, want 200", len(problems))
	}
	r := &counting{}
	if _, _, err := ReadCSV(r, time.UTC); err == nil || !strings.Contains(err.Error(), "more than 2976 intervals") {
		t.Errorf("%.200v", err)
	}
	if r.read > 1<<20 {
		t.Errorf("%d bytes read of a file without end", r.read)
	}
}

func TestReadCSVHandsBackWhatTheReaderSays(t *testing.T) {
	t.Parallel()
	gone := errors.New("the upload stopped")
	_, _, err := ReadCSV(io.MultiReader(strings.NewReader("starts_at,contacts\n"), iotest.ErrReader(gone)), time.UTC)
	if !errors.Is(err, gone) {
		t.Errorf("%v", err)
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add("starts_at,contacts\n2026-11-11T09:00:00+08:00,12\n2026-11-11T09:30:00+08:00,3\n")
	f.Add("\ufeffstarts_at,contacts\r\n2026/10/25 1:00,12\r\n2026/10/25 1:00,3\r\n")
	f.Add(day("00:30", "01:00", "x", "01:30", "01:00"))
	f.Add("starts_at,contacts\n2026-11-11 09:00,\"1\n2\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		london, err := time.LoadLocation("Europe/London")
		if err != nil {
			t.Skip(err)
		}
		got, _, err := ReadCSV(strings.NewReader(text), london)
		if err != nil {
			var problems LineErrors
			if !errors.As(err, &problems) || len(problems) == 0 || len(problems) > MaxIntervals+2 {
				t.Fatalf("%v is no list of lines", err)
			}
			for i, p := range problems {
				if p.ZH == "" || p.EN == "" {
					t.Fatalf("line %d says nothing in one of the languages", p.Line)
				}
				if p.Line < 1 || i > 0 && p.Line <= problems[i-1].Line {
					t.Fatalf("%v: lines out of order", problems)
				}
			}
			return
		}
		// What was read is a plan's input, and reads the same when written out.
		in := Input{IntervalMinutes: 30, Contacts: got, HandlingSeconds: 1, ServiceLevel: .8, ThresholdSeconds: 20}
		if len(got) > 1 {
			in.IntervalMinutes = int(got[1].StartsAt.Sub(got[0].StartsAt).Minutes())
		} else if got[0].StartsAt.Minute()%30 != 0 {
			in.IntervalMinutes = 15
		}
		if problems := in.withDefaults().validate(); problems != nil && (len(got) > 1 || got[0].StartsAt.Minute()%15 == 0) {
			t.Fatalf("%v: %v", got, problems)
		}
		written := "starts_at,contacts\n"
		var writtenSb203 strings.Builder
		for _, c := range got {
			fmt.Fprintf(&writtenSb203, "%s,%f\n", c.StartsAt.Format(time.RFC3339), c.Contacts)
		}
		written += writtenSb203.String()
		again, _, err := ReadCSV(strings.NewReader(written), london)
		if err != nil || len(again) != len(got) {
			t.Fatalf("%v\nwas read as %v, then as %v (%v)", text, got, again, err)
		}
		for i := range got {
			if !got[i].StartsAt.Equal(again[i].StartsAt) {
				t.Fatalf("%v was read as %v", got[i], again[i])
			}
		}
	})
}

// day is a file of one contact at each of the times.
func day(times ...string) string {
	text := "starts_at,contacts\n"
	var textSb221 strings.Builder
	for _, at := range times {
		textSb221.WriteString("2026-11-11 " + at + ",1\n")
	}
	text += textSb221.String()
	return text
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Skipf("no time zone data: %v", err)
	}
	return loc
}

// counting is a file without end: one line after another, half an hour apart.
type counting struct {
	read, lines int
	rest        string
}

func (c *counting) Read(p []byte) (int, error) {
	if c.rest == "" {
		c.rest = "starts_at,contacts\n"
		if c.lines > 0 {
			c.rest = time.Unix(int64(c.lines)*1800, 0).UTC().Format(time.RFC3339) + ",1\n"
		}
		c.lines++
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	c.read += n
	return n, nil
}
