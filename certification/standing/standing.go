package standing

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Tier is an agent's standing.
type Tier string

// The tiers, the lowest first.
const (
	Bronze  Tier = "bronze"
	Silver  Tier = "silver"
	Gold    Tier = "gold"
	Diamond Tier = "diamond"
)

// Tiers are all, the lowest first.
func Tiers() []Tier { return []Tier{Bronze, Silver, Gold, Diamond} }

// rank of a tier; bronze is 0.
func (t Tier) rank() int { return max(slices.Index(Tiers(), t), 0) }

// Kind is what sort of thing happened.
type Kind string

// The kinds of events. Subject is of one kind: an assignment, a dispute, what was examined, a credential.
const (
	Finished      Kind = "finished"       // Subject: an assignment, of Minutes paid
	Late          Kind = "late"           // Subject: an assignment
	Missing       Kind = "missing"        // Subject: an assignment; finished after all, it counts as late
	MinutesLost   Kind = "minutes_lost"   // Subject: a dispute; Minutes were ruled away
	Scored        Kind = "scored"         // Subject: what was passed, with Score; the best counts
	CredentialIn  Kind = "credential_in"  //nolint:gosec // no secret. Subject: a credential that came into force, of the template Of
	CredentialOut Kind = "credential_out" //nolint:gosec // as above. And went out of it
	NewRules      Kind = "rules"          // another version of the formula began to judge
)

// Event is something that happened to an agent.
type Event struct {
	At      time.Time
	Kind    Kind
	Subject string
	Of      string
	Minutes int
	Score   int // hundredths of a percent
}

// Part is one thing that the score is made of. Value and Points are in hundredths: of a percent, and of a point.
type Part struct {
	Name   PartName `json:"part"`
	Value  int      `json:"value"`
	Weight int      `json:"weight"`
	Points int      `json:"points"`
}

// PartName names a part.
type PartName string

// The parts.
const (
	Attendance    PartName = "attendance"
	Disputes      PartName = "disputes"
	Training      PartName = "training"
	Certification PartName = "certification"
)

// Standing is where an agent stands, and why.
type Standing struct {
	Tier   Tier
	Score  int // hundredths of a point, of 100 points
	Parts  []Part
	Shifts int // that ended or were missed, ever
	Rules  Rules
	Path   []Change // how it came about, the oldest first
}

// Change is a step from one tier to another.
type Change struct {
	At       time.Time
	Rules    int // the version
	From, To Tier
	Score    int
	Parts    []Part
	Shifts   int
	Cause    Event
}

// Replay tells the standing at a time from all that happened, in any order; what comes after is not looked at.
func Replay(events []Event, until time.Time) Standing {
	s := newState()
	var path []Change
	for _, e := range inOrder(events, until) {
		s.apply(e)
		rules := InForce(e.At)
		from := s.tier
		now := s.judge(rules)
		if s.tier = now.Tier; s.tier != from {
			path = append(path, Change{At: e.At, Rules: rules.Version, From: from, To: s.tier, Score: now.Score, Parts: now.Parts, Shifts: now.Shifts, Cause: e})
		}
	}
	found := s.judge(InForce(until))
	found.Path = path
	return found
}

// inOrder sorts what happened until then; what happened at once has one order too.
func inOrder(events []Event, until time.Time) []Event {
	list := slices.Clone(events)
	for _, r := range Versions() {
		if !r.From.IsZero() {
			list = append(list, Event{At: r.From, Kind: NewRules})
		}
	}
	list = slices.DeleteFunc(list, func(e Event) bool { return e.At.After(until) })
	slices.SortFunc(list, func(a, b Event) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Score, b.Score))
	})
	return list
}

// state is what is remembered of all that happened so far.
type state struct {
	shifts []shift
	index  map[string]int
	lost   map[string]lost   // by dispute
	best   map[string]int    // hundredths of a percent, by what was examined
	order  []string          // of best, the newest last
	held   map[string]string // templates, by credential
	tier   Tier
}

// lost is minutes that were ruled away when so many shifts had ended.
type lost struct{ minutes, after int }

type shift struct {
	finished, late, missing bool
	minutes                 int
}

func newState() *state {
	return &state{index: map[string]int{}, lost: map[string]lost{}, best: map[string]int{}, held: map[string]string{}, tier: Bronze}
}

func (s *state) clone() *state {
	return &state{
		shifts: slices.Clone(s.shifts), index: maps.Clone(s.index), lost: maps.Clone(s.lost), best: maps.Clone(s.best),
		order: slices.Clone(s.order), held: maps.Clone(s.held), tier: s.tier,
	}
}

func (s *state) apply(e Event) {
	switch e.Kind {
	case Finished:
		w := s.shift(e.Subject)
		w.finished, w.minutes = true, e.Minutes
	case Late:
		s.shift(e.Subject).late = true
	case Missing:
		s.shift(e.Subject).missing = true
	case MinutesLost:
		s.lost[e.Subject] = lost{e.Minutes, len(s.ended())}
	case Scored:
		s.order = append(slices.DeleteFunc(s.order, func(code string) bool { return code == e.Subject }), e.Subject)
		s.best[e.Subject] = max(s.best[e.Subject], e.Score)
	case CredentialIn:
		s.held[e.Subject] = e.Of
	case CredentialOut:
		delete(s.held, e.Subject)
	case NewRules:
	}
}

// ended are the shifts that count, the oldest first.
func (s *state) ended() []shift {
	return slices.DeleteFunc(slices.Clone(s.shifts), func(w shift) bool { return !w.finished && !w.missing })
}

func (s *state) shift(assignment string) *shift {
	at, known := s.index[assignment]
	if !known {
		at = len(s.shifts)
		s.index[assignment] = at
		s.shifts = append(s.shifts, shift{})
	}
	return &s.shifts[at]
}

// judge computes the parts and the score, and moves the tier from the last one.
func (s *state) judge(r Rules) Standing {
	ended := s.ended()
	found := Standing{Shifts: len(ended), Rules: r}
	first := max(len(ended)-r.RecentShifts, 0)
	recent := ended[first:]
	away := 0
	for _, l := range s.lost {
		if l.after > first || first == 0 {
			away += l.minutes
		}
	}
	templates := map[string]bool{}
	for _, of := range s.held {
		templates[of] = true
	}
	for _, p := range []Part{
		{Name: Attendance, Weight: r.Weights.Attendance, Value: r.attendance(recent)},
		{Name: Disputes, Weight: r.Weights.Disputes, Value: r.disputes(recent, away)},
		{Name: Training, Weight: r.Weights.Training, Value: r.training(s.best, s.order)},
		{Name: Certification, Weight: r.Weights.Certification, Value: r.certification(len(templates))},
	} {
		p.Points = p.Weight * p.Value / 100
		found.Score += p.Points
		found.Parts = append(found.Parts, p)
	}
	found.Tier = r.move(s.tier, found.Score, found.Shifts)
	return found
}
