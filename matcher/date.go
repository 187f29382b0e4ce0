package matcher

import (
	"database/sql/driver"
	"fmt"
	"reflect"
	"time"
)

// Date is a day on the calendar, in no zone: 2026-11-11.
type Date struct { //nolint:recvcheck // read through a pointer, a value else
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the day of t in its location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// At is the moment of the day at minutes after midnight in loc; minutes may pass midnight.
func (d Date) At(minutes int, loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, minutes, 0, 0, loc)
}

// Add is days later.
func (d Date) Add(days int) Date {
	return DateOf(time.Date(d.Year, d.Month, d.Day+days, 0, 0, 0, 0, time.UTC))
}

// Before tells whether d is an earlier day than other.
func (d Date) Before(other Date) bool { return d.days() < other.days() }

// DaysUntil counts the days from d to other.
func (d Date) DaysUntil(other Date) int { return other.days() - d.days() }

func (d Date) days() int {
	return int(time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// MarshalText is 2026-11-11.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads 2026-11-11.
func (d *Date) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return err
	}
	*d = DateOf(t)
	return nil
}

// Value stores a date.
func (d Date) Value() (driver.Value, error) { return d.String(), nil }

// Scan reads a date.
func (d *Date) Scan(value any) error {
	switch v := value.(type) {
	case time.Time:
		*d = DateOf(v)
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	}
	return fmt.Errorf("a date cannot be read from %s", reflect.TypeOf(value))
}
