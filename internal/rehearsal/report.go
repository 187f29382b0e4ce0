package rehearsal

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"peakseat/internal/money"
)

// Report is what a rehearsal saw. Amounts are in fen; durations in the unit that the name says.
type Report struct {
	Seed       uint64    `json:"seed"`
	Agents     int       `json:"agents"`
	Merchants  int       `json:"merchants"`
	Seats      int       `json:"seats"`      // asked for at the peak
	PeakSeats  int       `json:"peak_seats"` // booked at the peak
	PeakAt     time.Time `json:"peak_at"`
	Contacts   int       `json:"contacts"`
	Windows    int       `json:"windows"`
	Bookings   int       `json:"bookings"`
	SeatShifts int       `json:"seat_shifts"` // seats in all shifts of the day
	Released   int       `json:"released"`    // given back before the day

	Plan       Plan       `json:"plan"`
	Offers     Offers     `json:"offers"`
	Claims     Claims     `json:"claims"`
	Fill       []Hour     `json:"fill"`
	Unfilled   []Unfilled `json:"unfilled"`
	Day        Day        `json:"day"`
	Board      *Board     `json:"board,omitempty"`
	Settlement Settlement `json:"settlement"`
	Money      Money      `json:"money"`
	Audit      *Audit     `json:"audit,omitempty"`

	Checks  []Check  `json:"checks"`
	Skipped []string `json:"skipped,omitempty"`

	Stages     []Stage `json:"stages"`
	Seconds    float64 `json:"seconds"`
	Requests   int     `json:"requests"`
	Waited     int     `json:"waited"`                      // requests that were told to come again
	PeakMemory int64   `json:"peak_memory_bytes,omitempty"` // of the program and the rehearsal, without PostgreSQL
}

// Check is something that must be so.
type Check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

// Plan is what the matching engine told of its run.
type Plan struct {
	Seats        int   `json:"seats"`
	Agents       int   `json:"agents"`
	Filled       int   `json:"filled"`
	Offers       int   `json:"offers"`
	Weight       int64 `json:"weight"`
	Quality      int64 `json:"quality"`
	OfferWeight  int64 `json:"offer_weight"`
	OfferQuality int64 `json:"offer_quality"`
	SolveMS      int   `json:"solve_ms"`
}

// Offers are the answers to offers: the plan's, those to the next best, and the replacements'.
type Offers struct {
	Accepted int            `json:"accepted"`
	Refused  int            `json:"refused"`
	Refusals map[string]int `json:"refusals"` // of the program: answers that came too late, and why
}

// Claims are seats taken in the hall.
type Claims struct {
	Won      int            `json:"won"`
	Refusals map[string]int `json:"refusals"`
}

// Hour is an hour of the day, in seats on average.
type Hour struct {
	At     time.Time `json:"at"`
	Seats  float64   `json:"seats"`
	Held   float64   `json:"held"`   // when the day begins
	Worked float64   `json:"worked"` // somebody was there
}

// Unfilled is why seats of a shift were open before the day: each agent is lost at the first rule that says no. Sums
// under five are not told.
type Unfilled struct {
	StartsAt     time.Time `json:"starts_at"`
	Seats        int       `json:"seats"`
	Open         int       `json:"open"`
	Requirements []string  `json:"requirements"`
	Agents       *int      `json:"agents"`
	Rules        []Lost    `json:"rules"`
	Eligible     *int      `json:"eligible"`
}

// Lost is the agents lost at one rule.
type Lost struct {
	Rule string `json:"rule"`
	Tag  string `json:"tag,omitempty"`
	Lost *int   `json:"lost"`
}

// Day is how the day went.
type Day struct {
	Worked       int            `json:"worked"` // assignments
	Late         int            `json:"late"`
	NoShows      int            `json:"no_shows"`
	Replaced     int            `json:"replaced"`
	CameAfterAll int            `json:"came_after_all"` // after their deadline, while the seat was free
	Forgotten    int            `json:"forgotten_check_outs"`
	Breaks       int            `json:"breaks"`
	Refusals     map[string]int `json:"refusals"`

	NoticedMedianMS   float64 `json:"noticed_median_ms"` // from the deadline to the open seat, in real time
	NoticedMostMS     float64 `json:"noticed_most_ms"`
	ReplacedMedianMin float64 `json:"replaced_median_min"` // from the start to the replacement's, by the rules' clock
	ReplacedMostMin   float64 `json:"replaced_most_min"`
	ReplacedMedianMS  float64 `json:"replaced_median_ms"` // from the deadline, in real time

	noticedMS, replacedMS, replacedMinutes []float64
}

func (d *Day) sum() {
	d.NoticedMedianMS, d.NoticedMostMS = middle(d.noticedMS)
	d.ReplacedMedianMin, d.ReplacedMostMin = middle(d.replacedMinutes)
	d.ReplacedMedianMS, _ = middle(d.replacedMS)
}

func middle(list []float64) (median, most float64) {
	if len(list) == 0 {
		return 0, 0
	}
	slices.Sort(list)
	return list[len(list)/2], list[len(list)-1]
}

// Board is how the live board that was watched kept up with the rosters.
type Board struct {
	Events   int     `json:"events"`
	Compared int     `json:"compared"`
	Differed int     `json:"differed"`
	MedianMS float64 `json:"median_ms"` // until board and rosters agreed
	MostMS   float64 `json:"most_ms"`
}

// Settlement is what became of the timesheets.
type Settlement struct {
	Timesheets int `json:"timesheets"`
	Approved   int `json:"approved"` // by their merchants
	ByDeadline int `json:"by_deadline"`
	Disputed   int `json:"disputed"`
	Objected   int `json:"objected"`
	Ruled      int `json:"ruled"`
}

// Money is where everything that was paid in is at the end.
type Money struct {
	TopUps     int64 `json:"top_ups"`
	Quoted     int64 `json:"quoted"`
	Wallets    int64 `json:"wallets"`
	Escrow     int64 `json:"escrow"`
	Disputed   int64 `json:"disputed"`
	Owed       int64 `json:"owed"`
	Earnings   int64 `json:"earnings"`
	Pending    int64 `json:"pending"`
	Tax        int64 `json:"tax"`
	Commission int64 `json:"commission"`
	Pay        int64 `json:"pay"`     // that merchants were charged
	Credits    int64 `json:"credits"` // that merchants got back
}

// Stage is how long a part of the rehearsal took.
type Stage struct {
	Name     string  `json:"name"`
	Seconds  float64 `json:"seconds"`
	Requests int     `json:"requests"`
	MedianMS float64 `json:"median_ms"`
	P99MS    float64 `json:"p99_ms"`
}

// OK tells whether every check holds.
func (r *Report) OK() bool {
	return !slices.ContainsFunc(r.Checks, func(c Check) bool { return !c.OK })
}

// String is the report for people.
func (r *Report) String() string {
	w := &strings.Builder{}
	fmt.Fprintf(w, "\nRehearsal of a peak: %d agents, %d merchants, seed %d\n\n", r.Agents, r.Merchants, r.Seed)
	fmt.Fprintf(w, "Demand      %d contacts in a day -> %d windows of %d bookings, %d seats in shifts; %d at once at %s\n",
		r.Contacts, r.Windows, r.Bookings, r.SeatShifts, r.PeakSeats, r.PeakAt.Format("2006-01-02 15:04 -07:00"))
	p := r.Plan
	fmt.Fprintf(w, "Plan        %d open seats, %d agents, solved in %d ms: %d filled, W %d, Q %d; %d offers sent, W %d, Q %d\n",
		p.Seats, p.Agents, p.SolveMS, p.Filled, p.Weight, p.Quality, p.Offers, p.OfferWeight, p.OfferQuality)
	fmt.Fprintf(w, "Offers      %d accepted, %d refused; too late: %s\n", r.Offers.Accepted, r.Offers.Refused, counted(r.Offers.Refusals))
	fmt.Fprintf(w, "Claims      %d seats won in the hall; refused: %s\n", r.Claims.Won, counted(r.Claims.Refusals))
	r.printFill(w)
	r.printUnfilled(w)
	r.printDay(w)
	m := r.Money
	fmt.Fprintf(w, "\nMoney       in %s; quoted %s\n", money.CNY(m.TopUps), money.CNY(m.Quoted))
	fmt.Fprintf(w, "            out: wallets %s + escrow %s + disputed %s - owed %s + earnings %s + tax %s + commission %s\n",
		money.CNY(m.Wallets), money.CNY(m.Escrow), money.CNY(m.Disputed), money.CNY(m.Owed), money.CNY(m.Earnings), money.CNY(m.Tax), money.CNY(m.Commission))
	r.printStages(w)
	fmt.Fprintln(w)
	for _, c := range r.Checks {
		verdict := "ok     "
		if !c.OK {
			verdict = "NOT SO "
		}
		fmt.Fprintf(w, "%s %s (%s)\n", verdict, c.Name, strings.TrimSpace(c.Detail))
	}
	for _, s := range r.Skipped {
		fmt.Fprintf(w, "skipped %s\n", s)
	}
	return w.String()
}

// printFill draws a bar an hour: what was worked, what was held and not worked, what nobody held.
func (r *Report) printFill(w *strings.Builder) {
	if len(r.Fill) == 0 {
		return
	}
	const width = 50
	most, all := 0.0, Hour{}
	for _, h := range r.Fill {
		most = max(most, h.Seats)
		all.Seats, all.Held, all.Worked = all.Seats+h.Seats, all.Held+h.Held, all.Worked+h.Worked
	}
	fmt.Fprintf(w, "\nFill by the hour, in seats: █ worked  ▒ held when the day began  ░ nobody's\n")
	for _, h := range r.Fill {
		cells := func(n float64) int { return int(width*n/most + 0.5) }
		worked := cells(min(h.Worked, h.Seats))
		held := max(cells(h.Held), worked)
		bar := strings.Repeat("█", worked) + strings.Repeat("▒", held-worked) + strings.Repeat("░", max(0, cells(h.Seats)-held))
		bar += strings.Repeat(" ", max(0, width-len([]rune(bar))))
		fmt.Fprintf(w, "  %s %6.0f  %s held %5.1f%%  worked %5.1f%%\n", h.At.Format("02 15:04"), h.Seats, bar, share(h.Held, h.Seats), share(h.Worked, h.Seats))
	}
	fmt.Fprintf(w, "  seat hours %5.0f  held %.1f%%, worked %.1f%%\n", all.Seats, share(all.Held, all.Seats), share(all.Worked, all.Seats))
}

// printUnfilled tells where the agents of the emptiest shifts were lost.
func (r *Report) printUnfilled(w *strings.Builder) {
	for _, u := range r.Unfilled {
		fmt.Fprintf(w, "  %d of %d open at %s, %s; agents lost:", u.Open, u.Seats, u.StartsAt.Format("15:04 -07:00"), strings.Join(u.Requirements, ", "))
		for _, l := range u.Rules {
			if l.Lost != nil && *l.Lost > 0 {
				fmt.Fprintf(w, " %s %d", strings.TrimSpace(l.Rule+" "+l.Tag), *l.Lost)
			}
		}
		fmt.Fprintln(w)
	}
}

func share(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return 100 * part / whole
}

func (r *Report) printDay(w *strings.Builder) {
	d := r.Day
	if d.Worked == 0 {
		return
	}
	fmt.Fprintf(w, "\nDay         %d worked, %d late, %d breaks, %d check-outs forgotten, %d released the days before\n", d.Worked, d.Late, d.Breaks, d.Forgotten, r.Released)
	fmt.Fprintf(w, "No-shows    %d; noticed in %.0f ms (median; most %.0f); %d replaced, %.0f min after the start (median; most %.0f), %.1f s of real time; %d came after all; refused: %s\n",
		d.NoShows, d.NoticedMedianMS, d.NoticedMostMS, d.Replaced, d.ReplacedMedianMin, d.ReplacedMostMin, d.ReplacedMedianMS/1000, d.CameAfterAll, counted(d.Refusals))
	if b := r.Board; b != nil {
		fmt.Fprintf(w, "Live board  %d events, %d comparisons with the rosters, %d differed; up to date in %.0f ms (median; most %.0f)\n", b.Events, b.Compared, b.Differed, b.MedianMS, b.MostMS)
	}
	s := r.Settlement
	fmt.Fprintf(w, "Timesheets  %d: %d approved by merchants, %d by the deadline, %d disputed, %d objected to, %d ruled by an operator\n", s.Timesheets, s.Approved, s.ByDeadline, s.Disputed, s.Objected, s.Ruled)
}

func (r *Report) printStages(w *strings.Builder) {
	fmt.Fprintln(w)
	line := func(name string, seconds float64, requests int, rest string) {
		fmt.Fprintf(w, "%-26s %8.1f s %8d requests  %s\n", name, seconds, requests, rest)
	}
	for _, s := range r.Stages {
		if s.Requests == 0 && s.Seconds < 0.1 {
			continue // it was skipped
		}
		line(s.Name, s.Seconds, s.Requests, fmt.Sprintf("median %.1f ms, p99 %.1f ms", s.MedianMS, s.P99MS))
	}
	line("all", r.Seconds, r.Requests, "")
	if r.PeakMemory > 0 {
		fmt.Fprintf(w, "peak memory of the program and the rehearsal: %d MiB (PostgreSQL's comes on top)\n", r.PeakMemory>>20)
	}
}

// counted lists what was counted, most first: "shift_full 12, time_overlap 3".
func counted(counts map[string]int) string {
	if len(counts) == 0 {
		return "none"
	}
	names := make([]string, 0, len(counts))
	for name := range counts {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return compareText(a, b)
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %d", name, counts[name])
	}
	return strings.Join(names, ", ")
}
