package retail

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"time"
)

//go:embed curve.csv
var file string

// Point is the contacts that arrive in the half hour from StartsAt (in UTC,
// which was the shop's clock that week).
type Point struct {
	StartsAt time.Time
	Contacts int
}

// Curve returns the week from Monday 14 November 2011, 336 half hours without
// gaps, nights and the closed Saturday included as zeros. It panics where the
// embedded file was damaged, which a test rules out.
func Curve() []Point {
	lines := strings.Split(strings.TrimSpace(file), "\n")[1:]
	points := make([]Point, len(lines))
	for i, line := range lines {
		starts, contacts, _ := strings.Cut(line, ",")
		at, err := time.Parse("2006-01-02T15:04Z", starts)
		if err != nil {
			panic(fmt.Sprintf("retail: curve.csv line %d: %v", i+2, err))
		}
		n, err := strconv.Atoi(contacts)
		if err != nil {
			panic(fmt.Sprintf("retail: curve.csv line %d: %v", i+2, err))
		}
		points[i] = Point{at, n}
	}
	return points
}

// CSV returns the same week as the seat planner reads it: starts_at,contacts.
func CSV() string { return file }
