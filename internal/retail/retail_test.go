package retail

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write curve.csv from the shop's orders")

// The derivation. An order is taken for four contacts (questions before it and
// after it, and those who ask and do not buy), a cancellation for two.
// Neither number was measured: the data has no conversations. They scale the
// curve to a shop of about ten seats and leave its shape to the orders.
const (
	contactsPerOrder        = 4
	contactsPerCancellation = 2
	week                    = "2011-11-14"
	halfHours               = 7 * 48
)

func TestCurveIsDerivedFromTheOrders(t *testing.T) {
	t.Parallel()
	want := derive(t)
	if *update {
		if err := os.WriteFile("curve.csv", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if file != want {
		t.Error("curve.csv is not what the orders give; go test ./internal/retail -update writes it")
	}
}

func TestCurveIsAWeekWithoutGaps(t *testing.T) {
	t.Parallel()
	points := Curve()
	if len(points) != halfHours {
		t.Fatalf("%d half hours, want %d", len(points), halfHours)
	}
	monday := time.Date(2011, 11, 14, 0, 0, 0, 0, time.UTC)
	sum, most := 0, 0
	for i, p := range points {
		if want := monday.Add(time.Duration(i) * 30 * time.Minute); !p.StartsAt.Equal(want) {
			t.Fatalf("line %d starts at %s, want %s", i+2, p.StartsAt, want)
		}
		if hour := p.StartsAt.Hour(); p.Contacts < 0 || p.Contacts > 0 && (hour < 7 || hour > 20) {
			t.Errorf("%v: contacts by night", p)
		}
		sum, most = sum+p.Contacts, max(most, p.Contacts)
	}
	// 773 orders and 121 cancellations.
	if sum != 773*contactsPerOrder+121*contactsPerCancellation || most < 60 {
		t.Errorf("%d contacts, at most %d in a half hour", sum, most)
	}
}

// derive makes the curve of the real orders, or skips where they are absent.
func derive(t *testing.T) string {
	t.Helper()
	shared := os.Getenv("PEAKSEAT_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared", "data")
	}
	name := filepath.Join(shared, "online-retail", "online_retail_30min.csv.gz")
	packed, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the orders are not here (PEAKSEAT_SHARED names the folder that has online-retail): %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	plain, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(plain).ReadAll() // interval_start,orders,cancellations,order_lines; only half hours with any
	if err != nil {
		t.Fatal(err)
	}
	contacts := map[string]int{}
	for _, row := range rows[1:] {
		contacts[row[0]] = contactsPerOrder*number(t, row[1]) + contactsPerCancellation*number(t, row[2])
	}
	at, err := time.Parse(time.DateOnly, week)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	out.WriteString("starts_at,contacts\n")
	for range halfHours {
		fmt.Fprintf(&out, "%s,%d\n", at.Format("2006-01-02T15:04Z"), contacts[at.Format("2006-01-02T15:04:05")])
		at = at.Add(30 * time.Minute)
	}
	return out.String()
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
