package solver

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// A Problem is one planning horizon, normally an ISO week: agents, lines of identical seats, relations between merchants
// and agents, and seats already held. All times are whole minutes from the start of the horizon; work day d starts at
// 1440*d. Agents, lines and merchants are dense indices from 0: the caller keeps what they stand for.
//
// Build it with AddAgent, AddLine, AddRelation, Pin and Exclude, which refuse what is out of range. It is read-only
// afterwards, unless a Session takes it over.
type Problem struct {
	// Seed breaks ties between agents who cost the same. 0 keeps the order in which they were added.
	Seed uint64

	// CapHours makes an agent ineligible for a shift that alone is longer than the agent's day or week. The files' daily
	// model knows no hours and leaves it false.
	CapHours bool

	agents    []agentRow
	skills    []TagLevel
	free      []span
	lines     []Line
	relations []Relation
	pins      []Seat
	pinned    []int32           // seats pinned, by line
	excluded  map[Seat]struct{} // agents who may not work a line, whatever else says they may
	merchants int
	days      int
	tags      int
	seats     int64
}

// Limits of a Problem. The cost of a pair is between 2,900 and 10,000 inside them, which the objective relies on.
const (
	MinRating     = 300
	MaxRating     = 500
	MaxPriceCents = 6000
	MaxMinute     = 65535 // a little over 45 days
	MaxTag        = 1<<24 - 1
	MaxLevel      = 5
	MaxWeight     = 1000
	MaxSeats      = 1 << 20 // of one line
	MaxLineTags   = 32
	MaxPastShifts = 999
	MaxListed     = 65535 // tags, and intervals, of one agent
)

const minutesPerDay = 24 * 60

// An Agent is one freelance person. Slices are copied.
type Agent struct {
	Rating       int // stars x 100, 300 to 500
	PriceCents   int // an hour, 0 to 6000
	IdleDays     int // since the last job
	WeekShifts   int // most shifts in the horizon (daily model)
	DayMinutes   int // most minutes of the shifts that start on one work day
	WeekMinutes  int // most minutes in the horizon
	RestSameDay  int // least minutes between two shifts of a work day
	RestOtherDay int // least minutes between shifts of two work days
	Channels     uint32
	Languages    uint32
	Tags         []TagLevel // each tag once
	Free         []Interval // a shift must lie inside one of them
}

// An Interval is [Start, End) in minutes.
type Interval struct{ Start, End int }

// A TagLevel is a tag and a level of it, 1 to 5: held by an agent, or the least that a line asks for.
type TagLevel uint32

// NewTagLevel packs a tag (0 to MaxTag) and a level (1 to MaxLevel); AddAgent and AddLine check both.
func NewTagLevel(tag, level int) TagLevel {
	if tag < 0 || tag > MaxTag || level < 1 || level > MaxLevel {
		return 0 // level 0 is refused later
	}
	return TagLevel(tag)<<8 | TagLevel(level)
}

// Tag is the dense index of the tag.
func (t TagLevel) Tag() int { return int(t >> 8) }

// Level is 1 to MaxLevel.
func (t TagLevel) Level() int { return int(t & 0xff) }

// A Line is a number of identical seats: one merchant, one window, one set of requirements. Slices are copied.
type Line struct {
	Merchant   int
	Day        int // the work day that Start lies in
	Start, End int // minutes; End may pass midnight
	Seats      int
	Weight     int // what one filled seat is worth in W, 1 to MaxWeight
	Channel    int // bit of Agent.Channels, 0 to 31
	Language   int // bit of Agent.Languages, 0 to 31
	MinRating  int
	Tags       []TagLevel // least level of each, each tag once
}

// Minutes is the length of one seat.
func (l *Line) Minutes() int { return l.End - l.Start }

// RelationKind says what a merchant and an agent are to each other.
type RelationKind uint8

// The kinds of relation. Favourite includes the core team.
const (
	Experience RelationKind = iota + 1
	Favourite
	Block
)

// A Relation ties an agent to a merchant; a pair has at most one.
type Relation struct {
	Merchant   int32
	Agent      int32
	Kind       RelationKind
	PastShifts int // together; 0 to MaxPastShifts; counts up to 20
}

// A Seat is one agent on one line.
type Seat struct {
	Line  int32
	Agent int32
}

// agentRow keeps a million agents in 36 MB; tags and intervals lie in shared arrays, so many from here on.
type agentRow struct {
	skillAt, freeAt                              uint32
	skillN, freeN                                uint16
	channels, languages                          uint32
	rating, price, idle, weekShifts              uint16
	dayMinutes, weekMinutes, restSame, restOther uint16
}

type span struct{ start, end uint16 }

// AddAgent appends an agent; its index is the number of agents before it.
func (p *Problem) AddAgent(a Agent) error {
	if err := checkAgent(&a); err != nil {
		return err
	}
	p.agents = append(p.agents, agentRow{})
	p.putAgent(int32(len(p.agents)-1), &a) //nolint:gosec // agents are indexed by int32
	return nil
}

// putAgent writes a checked agent's row. Tags and intervals go where the row's lay if they fit there.
func (p *Problem) putAgent(i int32, a *Agent) {
	r := &p.agents[i]
	if len(a.Tags) > int(r.skillN) {
		r.skillAt = uint32(len(p.skills)) //nolint:gosec // 2^32 tags do not fit in memory
		p.skills = append(p.skills, a.Tags...)
	} else {
		copy(p.skills[r.skillAt:], a.Tags)
	}
	if len(a.Free) > int(r.freeN) {
		r.freeAt = uint32(len(p.free)) //nolint:gosec // as above
		p.free = append(p.free, make([]span, len(a.Free))...)
	}
	for k, f := range a.Free {
		p.free[int(r.freeAt)+k] = span{uint16(f.Start), uint16(f.End)} //nolint:gosec // checked before
	}
	p.growTags(a.Tags)
	*r = agentRow{
		skillAt: r.skillAt, freeAt: r.freeAt, skillN: uint16(len(a.Tags)), freeN: uint16(len(a.Free)), //nolint:gosec // checked before
		channels: a.Channels, languages: a.Languages,
		rating: uint16(a.Rating), price: uint16(a.PriceCents), //nolint:gosec // checked before
		idle: uint16(a.IdleDays), weekShifts: uint16(a.WeekShifts), //nolint:gosec // checked before
		dayMinutes: uint16(a.DayMinutes), weekMinutes: uint16(a.WeekMinutes), //nolint:gosec // checked before
		restSame: uint16(a.RestSameDay), restOther: uint16(a.RestOtherDay), //nolint:gosec // checked before
	}
}

// AddLine appends a line; its index is the number of lines before it.
func (p *Problem) AddLine(l Line) error {
	if err := checkLine(&l); err != nil {
		return err
	}
	l.Tags = append([]TagLevel(nil), l.Tags...)
	p.growTags(l.Tags)
	p.lines = append(p.lines, l)
	p.pinned = append(p.pinned, 0)
	p.merchants = max(p.merchants, l.Merchant+1)
	p.days = max(p.days, l.Day+1)
	p.seats += int64(l.Seats)
	return nil
}

// AddRelation ties an agent added before to a merchant. A pair may have one relation; Prepare refuses a second.
func (p *Problem) AddRelation(r Relation) error {
	if err := p.checkRelation(&r); err != nil {
		return err
	}
	p.relations = append(p.relations, r)
	p.merchants = max(p.merchants, int(r.Merchant)+1)
	return nil
}

// Pin says that the agent holds a seat of the line already. It is not looked at for eligibility, never moved, uses one of
// the line's seats, the agent's work day, one of the weekly shifts, and counts for rest and hours. It is not part of a
// plan's seats, W or Q.
func (p *Problem) Pin(s Seat) error {
	if err := p.checkPin(s); err != nil {
		return err
	}
	p.pin(s)
	return nil
}

func (p *Problem) checkPin(s Seat) error {
	if err := p.checkSeat(s); err != nil {
		return err
	}
	if p.open(s.Line) <= 0 {
		return fmt.Errorf("at most %d held seats of line %d expected", p.lines[s.Line].Seats, s.Line)
	}
	return nil
}

func (p *Problem) pin(s Seat) {
	p.pinned[s.Line]++
	p.pins = append(p.pins, s)
}

func (p *Problem) unpin(s Seat) {
	i, last := slices.Index(p.pins, s), len(p.pins)-1
	p.pins[i] = p.pins[last]
	p.pins = p.pins[:last]
	p.pinned[s.Line]--
}

// Exclude says that the agent may not work the line: somebody who did not come, or refused.
func (p *Problem) Exclude(s Seat) error {
	if err := p.checkSeat(s); err != nil {
		return err
	}
	p.exclude(s)
	return nil
}

func (p *Problem) exclude(s Seat) {
	if p.excluded == nil {
		p.excluded = make(map[Seat]struct{})
	}
	p.excluded[s] = struct{}{}
}

// Agents is the number of agents.
func (p *Problem) Agents() int { return len(p.agents) }

// Lines is the number of lines.
func (p *Problem) Lines() int { return len(p.lines) }

// Seats is the number of seats of all lines, pinned ones included.
func (p *Problem) Seats() int64 { return p.seats }

// Line returns line i; its tags are shared and must not be changed.
func (p *Problem) Line(i int32) Line { return p.lines[i] }

// Agent returns agent i in the form in which it was added.
func (p *Problem) Agent(i int32) Agent {
	r := &p.agents[i]
	a := Agent{
		Rating: int(r.rating), PriceCents: int(r.price), IdleDays: int(r.idle), WeekShifts: int(r.weekShifts),
		DayMinutes: int(r.dayMinutes), WeekMinutes: int(r.weekMinutes),
		RestSameDay: int(r.restSame), RestOtherDay: int(r.restOther),
		Channels: r.channels, Languages: r.languages,
		Tags: p.skillsOf(i),
	}
	for _, f := range p.freeOf(i) {
		a.Free = append(a.Free, Interval{int(f.start), int(f.end)})
	}
	return a
}

// open is the number of seats of the line that are not pinned.
func (p *Problem) open(line int32) int { return p.lines[line].Seats - int(p.pinned[line]) }

func (p *Problem) skillsOf(agent int32) []TagLevel {
	r := &p.agents[agent]
	return p.skills[r.skillAt : r.skillAt+uint32(r.skillN)]
}

func (p *Problem) freeOf(agent int32) []span {
	r := &p.agents[agent]
	return p.free[r.freeAt : r.freeAt+uint32(r.freeN)]
}

func (p *Problem) growTags(tags []TagLevel) {
	for _, t := range tags {
		p.tags = max(p.tags, t.Tag()+1)
	}
}

func checkAgent(a *Agent) error {
	checks := [...]struct {
		what      string
		got       int
		low, high int
	}{
		{"rating", a.Rating, MinRating, MaxRating},
		{"price_cents", a.PriceCents, 0, MaxPriceCents},
		{"idle days", a.IdleDays, 0, 65535},
		{"weekly cap of shifts", a.WeekShifts, 0, 65535},
		{"daily cap of minutes", a.DayMinutes, 0, MaxMinute},
		{"weekly cap of minutes", a.WeekMinutes, 0, MaxMinute},
		{"rest in minutes", a.RestSameDay, 0, MaxMinute},
		{"rest in minutes", a.RestOtherDay, 0, MaxMinute},
		{"number of tags", len(a.Tags), 0, MaxListed},
		{"number of intervals", len(a.Free), 0, MaxListed},
	}
	for i := range checks {
		if c := &checks[i]; c.got < c.low || c.got > c.high {
			return outOfRange(c.what, c.low, c.high, c.got)
		}
	}
	for _, f := range a.Free {
		if f.Start < 0 || f.End <= f.Start || f.End > MaxMinute {
			return fmt.Errorf("availability of 0 <= start < end <= %d minutes expected, got %d-%d", MaxMinute, f.Start, f.End)
		}
	}
	return checkTags(a.Tags)
}

func checkLine(l *Line) error {
	switch {
	case l.Merchant < 0 || l.Merchant > 1<<30:
		return outOfRange("merchant", 0, 1<<30, l.Merchant)
	case l.Start < 0 || l.End <= l.Start || l.End > MaxMinute:
		return fmt.Errorf("window of 0 <= start < end <= %d minutes expected, got %d-%d", MaxMinute, l.Start, l.End)
	case l.Day != l.Start/minutesPerDay:
		return fmt.Errorf("day %d expected, in which the window starts, got %d", l.Start/minutesPerDay, l.Day)
	case l.Seats < 1 || l.Seats > MaxSeats:
		return outOfRange("seats", 1, MaxSeats, l.Seats)
	case l.Weight < 1 || l.Weight > MaxWeight:
		return outOfRange("weight", 1, MaxWeight, l.Weight)
	case l.Channel < 0 || l.Channel > 31:
		return outOfRange("channel", 0, 31, l.Channel)
	case l.Language < 0 || l.Language > 31:
		return outOfRange("language", 0, 31, l.Language)
	case l.MinRating < 0 || l.MinRating > MaxRating:
		return outOfRange("least rating", 0, MaxRating, l.MinRating)
	case len(l.Tags) > MaxLineTags:
		return fmt.Errorf("at most %d tags expected, got %d", MaxLineTags, len(l.Tags))
	}
	return checkTags(l.Tags)
}

func (p *Problem) checkRelation(r *Relation) error {
	switch {
	case r.Merchant < 0 || r.Merchant > 1<<30:
		return outOfRange("merchant", 0, 1<<30, int(r.Merchant))
	case int(r.Agent) < 0 || int(r.Agent) >= len(p.agents):
		return fmt.Errorf("an agent of the problem expected, got %d", r.Agent)
	case r.Kind < Experience || r.Kind > Block:
		return errors.New("a relation of experience, favourite or block expected")
	case r.PastShifts < 0 || r.PastShifts > MaxPastShifts:
		return outOfRange("past shifts", 0, MaxPastShifts, r.PastShifts)
	}
	return nil
}

func (p *Problem) checkSeat(s Seat) error {
	return cmp.Or(p.knownLine(s.Line), p.knownAgent(s.Agent))
}

func (p *Problem) knownLine(line int32) error {
	if int(line) < 0 || int(line) >= len(p.lines) {
		return fmt.Errorf("a line of the problem expected, got %d", line)
	}
	return nil
}

func (p *Problem) knownAgent(agent int32) error {
	if int(agent) < 0 || int(agent) >= len(p.agents) {
		return fmt.Errorf("an agent of the problem expected, got %d", agent)
	}
	return nil
}

func checkTags(tags []TagLevel) error {
	for i, t := range tags {
		if t.Level() < 1 || t.Level() > MaxLevel {
			return fmt.Errorf("tags 0 to %d with levels 1 to %d expected", MaxTag, MaxLevel)
		}
		for _, o := range tags[:i] {
			if o.Tag() == t.Tag() {
				return fmt.Errorf("each tag once expected, got tag %d twice", t.Tag())
			}
		}
	}
	return nil
}

func outOfRange(what string, low, high, got int) error {
	return fmt.Errorf("%s of %d to %d expected, got %d", what, low, high, got)
}
