package rehearsal

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"peakseat/internal/clock"

	"github.com/google/uuid"
)

// agent is somebody who takes seats.
type agent struct {
	*person
	n      int
	id     uuid.UUID
	tags   map[string]int
	hunter bool // looks at the hall
	before earnings

	mu   sync.Mutex // over what it holds
	held []*hold
}

// hold is a seat that an agent was given.
type hold struct {
	agent *agent
	shift *shift
	assignment
	lost     bool // released, replaced or withdrawn
	missing  bool // did not come in time
	present  bool
	finished bool
	minutes  int
}

// note changes or reads what the agent knows of the seat, while others may.
func (h *hold) note(do func()) {
	h.agent.mu.Lock()
	defer h.agent.mu.Unlock()
	do()
}

// assignment is what the program answers about a seat taken.
type assignment struct {
	ID       uuid.UUID `json:"id"`
	ShiftID  uuid.UUID `json:"shift_id"`
	Seat     int       `json:"seat"`
	State    string    `json:"state"`
	StartsAt time.Time `json:"starts_at"`
	EndsAt   time.Time `json:"ends_at"`
}

func machineNow() time.Time { return clock.Now() }

// longTail is 0 in half of all cases, 1 in a quarter and so on, below most.
func longTail(random *rand.Rand, most int) (n int) {
	for n < most-1 && random.IntN(2) == 0 {
		n++
	}
	return n
}

// prepareAgents grants tags and says who is available when, as operators and agents do it; agents that seed made have
// both already.
func (r *run) prepareAgents(ctx context.Context) error {
	for _, a := range r.agents {
		a.hunter = r.draw("hunter", a.n).IntN(4) == 0
	}
	if r.Prepared {
		return r.each(ctx, "agents' tags", len(r.agents), func(ctx context.Context, i int) (err error) {
			if err = r.agents[i].readTags(ctx); err != nil {
				return err
			}
			r.agents[i].before, err = r.agents[i].earnings(ctx)
			return err
		})
	}
	expires := r.rulesNow().AddDate(1, 0, 0)
	if err := r.each(ctx, "agents", len(r.agents), func(ctx context.Context, i int) error { return r.prepare(ctx, r.agents[i], expires) }); err != nil {
		return err
	}
	// the last facts may be on their way: ask a sample of the agents, with the last of them
	granted := clock.Now()
	step := max(1, len(r.agents)/200)
	for i := len(r.agents) - 1; i >= 0; i -= step {
		a := r.agents[i]
		known, err := until(ctx, patience, func() (bool, error) {
			want := a.tags
			err := a.readTags(ctx)
			known := len(a.tags) == len(want)
			for tag, level := range want {
				known = known && a.tags[tag] == level
			}
			a.tags = want
			return known, err
		})
		if err != nil {
			return err
		}
		if !known {
			return fmt.Errorf("the matcher did not learn the tags of agent %d in a minute", a.n)
		}
	}
	r.progress.say("%d agents hold tags and said when they can work; the matcher knew all of it %.1f s later", len(r.agents), clock.Since(granted).Seconds())
	return nil
}

func (a *agent) readTags(ctx context.Context) error {
	var known page[requirement]
	if err := a.get(ctx, "/me/tags", &known); err != nil {
		return err
	}
	a.tags = map[string]int{}
	for _, t := range known.Items {
		a.tags[t.Tag] = t.Level
	}
	return nil
}

// prepare makes one agent up. Most hold few tags and some many; the industries follow the merchants' sizes.
func (r *run) prepare(ctx context.Context, a *agent, expires time.Time) error {
	random := r.draw("agent", a.n)
	a.tags = map[string]int{}
	raise := func(tag string, most int) { a.tags[tag] = max(a.tags[tag], 1+longTail(random, most)) }
	raise("channel/chat", 4)
	home := random.Float64()
	for _, m := range r.merchants {
		if home -= m.share; home <= 0 || m.n == len(r.merchants)-1 {
			raise("industry/"+m.industry, 4)
			break
		}
	}
	switch n := random.IntN(10); {
	case n < 5:
		raise("function/presale", 4)
	case n < 8:
		raise("function/aftersale", 4)
	default:
		raise("function/presale", 4)
		raise("function/aftersale", 4)
	}
	for range longTail(random, 8) {
		raise("industry/"+industries()[random.IntN(len(industries()))], 4)
	}
	others := []string{"function/presale", "function/aftersale", "function/refund", "function/logistics", "language/english", "channel/voice", "system/qianniu"}
	for range longTail(random, 6) {
		raise(others[longTail(random, len(others))], 4)
	}
	if random.IntN(12) == 0 {
		raise("language/cantonese", 3)
	}
	type grant struct {
		Tag       string    `json:"tag"`
		Level     int       `json:"level"`
		ExpiresAt time.Time `json:"expires_at"`
		Evidence  string    `json:"evidence"`
	}
	grants := make([]grant, 0, len(a.tags))
	for tag, level := range a.tags {
		grants = append(grants, grant{tag, level, expires, "rehearsal"})
	}
	slices.SortFunc(grants, func(a, b grant) int { return compareText(a.Tag, b.Tag) })
	if err := r.operator.put(ctx, "/agents/"+a.id.String()+"/tags", grants, nil); err != nil {
		return err
	}
	if err := a.put(ctx, "/availability", r.availability(random), nil); err != nil {
		return err
	}
	if profile := limits(random); profile != nil {
		return a.put(ctx, "/profile", profile, nil)
	}
	return nil
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// availability: half can work at any time, others by day, in the evening or at the weekend; some are away on the day.
func (r *run) availability(random *rand.Rand) map[string]any {
	said := map[string]any{"intervals": []any{}}
	hours, first, last := [2]string{}, 1, 7
	switch n := random.IntN(20); {
	case n < 10:
	case n < 14:
		hours = [2]string{"08:00", "19:00"}
	case n < 16:
		hours = [2]string{"12:00", "00:00"}
	case n < 18:
		hours = [2]string{"07:00", "23:00"}
	case n < 19:
		hours = [2]string{"17:00", "02:00"}
	default:
		hours, first = [2]string{"08:00", "22:00"}, 6
	}
	if hours[0] != "" {
		var week []map[string]any
		for day := first; day <= last; day++ {
			week = append(week, map[string]any{"weekday": day, "start": hours[0], "end": hours[1]})
		}
		said["weekly"] = week
	}
	if random.IntN(16) == 0 {
		from := r.rulesNow().AddDate(0, 0, daysAhead-1).Truncate(time.Hour)
		said["intervals"] = []any{map[string]any{"starts_at": from, "ends_at": from.AddDate(0, 0, 3), "available": false}}
	}
	return said
}

// limits are what a third of the agents ask for: fewer hours, shorter shifts, least pay, needs.
func limits(random *rand.Rand) map[string]any {
	if random.IntN(3) != 0 {
		return nil
	}
	profile := map[string]any{
		"max_day_minutes": 720, "max_week_minutes": 3600, "longest_shift_minutes": 720,
		"least_pay": map[string]any{"amount": 0, "currency": "CNY"}, "needs": []string{},
	}
	switch random.IntN(6) {
	case 0:
		profile["longest_shift_minutes"] = 240
	case 1, 2:
		profile["longest_shift_minutes"] = 360
	case 3:
		profile["max_day_minutes"], profile["max_week_minutes"] = 480, 1800
	case 4:
		profile["least_pay"] = map[string]any{"amount": 1500 + 500*random.IntN(4), "currency": "CNY"}
	case 5:
		profile["needs"] = []string{[]string{"no_voice", "screen_reader", "extra_breaks"}[random.IntN(3)]}
	}
	return profile
}

// coreTeam is whom a merchant who had good experience names: of the first merchant a few who have the skills.
func (r *run) coreTeam(d *demand) []uuid.UUID {
	team := []uuid.UUID{}
	if d.merchant.n != 0 {
		return team
	}
	for _, a := range r.agents {
		if len(team) < r.Seats/100 && a.skilled(d) {
			team = append(team, a.id)
		}
	}
	return team
}

// skilled tells whether the agent holds what the demand requires.
func (a *agent) skilled(d *demand) bool {
	for _, q := range d.requirements {
		if a.tags[q.Tag] < q.Level {
			return false
		}
	}
	return true
}

// above is by how many levels the agent exceeds what is required.
func (a *agent) above(d *demand) (n int) {
	for _, q := range d.requirements {
		n += a.tags[q.Tag] - q.Level
	}
	return n
}

// free tells whether the agent, as far as it knows, holds nothing within a quarter of an hour of the time.
func (a *agent) free(from, to time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !slices.ContainsFunc(a.held, func(h *hold) bool {
		return !h.lost && (h.present || !h.missing) && h.StartsAt.Before(to.Add(15*time.Minute)) && from.Before(h.EndsAt.Add(15*time.Minute))
	})
}

// take notes a seat that the program gave; false where the agent knew, because it asked twice at once.
func (r *run) take(a *agent, given assignment) bool {
	h := &hold{agent: a, shift: r.byShift[given.ShiftID], assignment: given}
	known := false
	h.note(func() {
		if known = slices.ContainsFunc(a.held, func(o *hold) bool { return o.ID == h.ID }); !known {
			a.held = append(a.held, h)
		}
	})
	if !known && r.onTake != nil {
		r.onTake(h)
	}
	return !known
}

// holds are all seats that agents hold, as they know it, in an order that is the same in every run.
func (r *run) holds() (all []*hold) {
	for _, a := range r.agents {
		for _, h := range a.held {
			if !h.lost {
				all = append(all, h)
			}
		}
	}
	return all
}
